"""Survival: the policy of survivorship in force: the product's own, a shop's settings, and the trust that mappings declare."""

import hashlib
import tomllib

from aios_assets.enrich.survivorship import Survivorship, package_default
from aios_assets.errors import SettingsError
from aios_assets.settings import Settings
from policies.candidate import InputFacts

POLICY_INPUT = "policy/survivorship"
"""Name of the policy among a decision's inputs; no delivered file can be called so."""


def in_force(settings: Settings) -> Survivorship:
    """The policy. `aios.toml` goes before the mappings. Raises SettingsError for what is no criterion or no trust."""
    own = settings.survivorship
    try:
        return package_default().changed(own.fields, {**_declared(settings), **own.trust})
    except ValueError as wrong:
        raise SettingsError("survivorship", str(wrong), "correct [survivorship] in aios.toml") from wrong


def pinned(policy: Survivorship) -> InputFacts:
    """The policy as one input of a stage: its digest is what the decision is bound to."""
    return InputFacts(
        POLICY_INPUT, "file", None, hashlib.sha256(policy.frame().write_json().encode()).hexdigest(), None
    )


def _declared(settings: Settings) -> dict[str, float]:
    """Trust by supplier, as the mappings have it; one that says nothing is not told."""
    trust = {}
    for file in sorted(settings.mappings.glob("*.toml")) if settings.mappings.is_dir() else ():
        try:
            supplier = tomllib.loads(file.read_text("utf-8")).get("supplier", {})
            if "trust" in supplier:
                trust[str(supplier.get("name", file.stem))] = float(supplier["trust"])
        except (OSError, ValueError, TypeError, AttributeError) as broken:
            raise SettingsError(
                str(file), str(broken), "mend the mapping; its [supplier] says whom it is about"
            ) from broken
    if wrong := {name: sure for name, sure in trust.items() if not 0 <= sure <= 1}:
        raise SettingsError(str(settings.mappings), f"trust is {wrong}", "write a number from 0 to 1 into the mapping")
    return trust
