"""`aios policy explain|replay`: why a decision said so, and whether today's rules would say the same."""

from pathlib import Path
from typing import Annotated, Any

import typer

from aios_assets.cli.answer import SAID_NO, JsonOption, LakeOption, progress, table, tell
from aios_assets.errors import SettingsError


def register(group: typer.Typer) -> None:
    """Adds the subcommands."""
    group.command("explain", short_help="A rule, or a decision of the ledger, in words")(explain)
    group.command("replay", short_help="Judges committed versions by today's rules")(replay)


def explain(
    rule: Annotated[str | None, typer.Argument(metavar="[CATEGORY/RULE]", help="A rule: what it asks and why.")] = None,
    entry: Annotated[
        int | None, typer.Option("--entry", metavar="N", help="A decision, by its ledger entry: what every rule said.")
    ] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Explains a rule in words with its levels, or a decision finding by finding."""
    if (rule is None) == (entry is None):
        raise SettingsError("explain", "it takes a rule or a decision", "name a rule, or --entry N")
    if entry is not None:
        _explain_decision(entry, lake, as_json=as_json)
    elif rule is not None:
        _explain_rule(rule, lake, as_json=as_json)


def _explain_rule(rule: str, lake: str | None, *, as_json: bool) -> None:
    from aios_assets.cli.policy_rules import described
    from aios_assets.settings import load
    from policies.build import PACKAGE

    rules, levels = described(load(lake=lake))
    found = next((one for one in rules if one["rule"] == rule), None)
    if found is None:
        raise SettingsError(
            f"rule {rule}", "there is no such rule", f"name one of {', '.join(one['rule'] for one in rules)}"
        )
    of = {profile: levels[profile].get(rule) for profile in levels}
    page = PACKAGE.parent / "docs" / "rules" / f"{rule.replace('/', '-')}.md"
    text = page.read_text("utf-8") if page.is_file() else None
    lines = [text.rstrip()] if text else [f"{rule}: {found['title']}", f"applies to {found['applies_to']}"]
    if text is None:
        lines += [f"{profile}: {level}" for profile, level in of.items() if level is not None]
    tell({**found, "levels": of, "page": text}, lines, as_json=as_json)


def _explain_decision(entry: int, lake: str | None, *, as_json: bool) -> None:
    from aios_assets.cli.opened import look
    from audit.entries import Decided
    from audit.ledger import Kind

    ledger = look(lake).lake.ledger
    logged = next(iter(ledger.read(entry, entry + 1)), None) if entry >= 0 else None
    if logged is None or logged.entry.kind is not Kind.DECIDED:
        kind = "no entry" if logged is None else f"an entry of kind {logged.entry.kind.value}"
        raise SettingsError(
            f"--entry {entry}",
            f"it is {kind}, no decision",
            "take a number from `aios sql`: SELECT ledger_index FROM decisions",
        )
    decided = Decided.parse(logged.entry.body)
    findings = sorted(decided.verdict["findings"], key=lambda one: ("refused", "admitted").index(one["outcome"])
                      if one["outcome"] in {"refused", "admitted"} else 2)  # fmt: skip
    told = {
        "ledger_index": entry,
        "at": logged.entry.at.isoformat(),
        "table": decided.table,
        "stage": decided.stage,
        "admitted": decided.admitted,
        "profile": decided.profile,
        "policy": decided.verdict["policy"],
        "engine": decided.verdict["engine"],
        "candidate": decided.candidate,
        "attempt": decided.attempt,
        "run": decided.run,
        "measures": dict(decided.measures),
        "inputs": [vars(one) for one in decided.inputs],
        "models": [dict(one) for one in decided.models],
        "findings": findings,
        "trace_id": logged.entry.trace_id,
    }
    said = "admitted" if decided.admitted else "REFUSED"
    lines = [
        f"{decided.table} was {said} at {told['at']} under profile {decided.profile} (policy {str(told['policy'])[:12]}…)",
        f"inputs: {', '.join(_input(one) for one in decided.inputs) or 'none'}",
        f"measured: {', '.join(f'{name} {value}' for name, value in decided.measures.items())}",
        "",
    ]
    for one in findings:
        about = f" ({one['about']})" if one["about"] else ""
        lines.append(f"{one['outcome']:15} {one['rule']}{about}: {one['why']}")
        if one["outcome"] == "refused":
            lines.append(f"{'':15} do: {one['do']}")
    tell(told, lines, as_json=as_json)


def replay(
    entry: Annotated[int | None, typer.Argument(metavar="[N]", help="A decision, by its ledger entry.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every decision whose version is kept.")] = False,
    profile: Annotated[str | None, typer.Option(help="Judge under this profile instead of the decision's.")] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measures committed versions again and judges them by today's rules; says which would end otherwise.

    The ledger keeps digests of facts, not the facts: what was refused, vacuumed or made under another contract cannot be
    measured again, and is named as such.
    """
    if (entry is None) != all_:
        raise SettingsError("replay", "it takes one decision or all", "name a ledger entry, or --all")
    from aios_assets.cli.opened import act

    settings = act(lake).settings
    from aios_assets.replay import replay as again
    from aios_assets.runtime import Runtime  # 4 s: the gate and its suite

    judged = again(Runtime.open(settings), entry, profile=profile, say=lambda name: progress(f"  {name} …"))
    rows = [(one.ledger_index, one.table, one.version, one.then, one.now, one.why) for one in judged]
    changed = [one for one in judged if one.changed]
    told: dict[str, Any] = {"judged": [one.plain() for one in judged], "changed": len(changed)}
    lines = table([["-" if cell is None else cell for cell in row] for row in rows],
                  ("entry", "table", "version", "then", "now", "why"))  # fmt: skip
    tell(told, [*lines, f"{len(changed)} of {len(judged)} would end otherwise"], as_json=as_json)
    if changed:
        raise typer.Exit(SAID_NO)


def _input(facts: Any) -> str:
    return (
        f"{facts.name}@{facts.version}"
        if facts.version is not None
        else f"{Path(facts.name).name} {facts.digest or ''}"[:40]
    )
