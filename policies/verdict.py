"""Verdict: what the gate found. Nothing found is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """What one rule said."""

    ADMITTED = "admitted"
    REFUSED = "refused"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class Finding:
    """One rule's word about one candidate: what, why, what to do, and the column or model it is about."""

    rule: str
    outcome: Outcome
    why: str
    do: str
    about: str = ""

    def plain(self) -> dict[str, Any]:
        """As JSON values for the ledger."""
        return {
            "rule": self.rule,
            "outcome": self.outcome.value,
            "why": self.why,
            "do": self.do,
            "about": self.about,
        }


@dataclass(frozen=True)
class Verdict:
    """All findings about one draft. Admitted only if some rule applied and every rule that did said yes."""

    table: str
    draft: str
    findings: tuple[Finding, ...]
    policy: str
    engine: str

    @property
    def admitted(self) -> bool:
        """True if at least one rule applied and none refused."""
        outcomes = {finding.outcome for finding in self.findings}
        return Outcome.ADMITTED in outcomes and Outcome.REFUSED not in outcomes

    @property
    def refusals(self) -> tuple[Finding, ...]:
        """The findings that refuse; where nothing applied, the one that says so."""
        refused = tuple(f for f in self.findings if f.outcome is Outcome.REFUSED)
        if refused or self.admitted:
            return refused
        return (
            Finding(
                "gate/some-rule-applies",
                Outcome.REFUSED,
                f"no rule applies to table {self.table}, and what nothing judges stays unseen",
                "tag the contract's columns, or add a rule that applies to this table",
            ),
        )

    def plain(self) -> Mapping[str, Any]:
        """As JSON values for the ledger."""
        found = (
            self.findings if self.admitted else (*self.findings, *(f for f in self.refusals if f not in self.findings))
        )
        return {
            "admitted": self.admitted,
            "policy": self.policy,
            "engine": self.engine,
            "findings": [finding.plain() for finding in found],
        }
