"""Shapes: what the ledger tells of deliveries' shapes: how each differed from the one before, and what became of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aios_assets.evidence import facts_of
from audit.ledger import Kind, LedgerReader

ACCEPTED = "feed/accept"
"""What a person's yes to a drift is called in the ledger."""

Named = tuple[str, str]
"""A difference's name within its delivery: kind and column."""


@dataclass
class Compared:
    """One delivery that was compared with the last accepted one: its entry, its differences, and its end.

    `outcome`: `admitted`, `refused`, or `open` where no decision was made yet. `accepted` are differences that a person
    said yes to.
    """

    index: int
    at: datetime
    supplier: str
    body: Mapping[str, Any]
    accepted: set[Named] = field(default_factory=set)
    outcome: str = "open"
    refused: frozenset[Named] = frozenset()

    @property
    def delivery(self) -> str:
        """SHA-256 of the delivery, hex; of several files of one supplier that of their digests."""
        return str(self.body["delivery"])

    @property
    def drifts(self) -> list[dict[str, Any]]:
        """The differences, as they were told."""
        return list(self.body["drifts"])

    def outcome_of(self, drift: Mapping[str, Any]) -> str:
        """What became of one difference: accepted, refused, let through, or open."""
        name = str(drift["kind"]), str(drift["column"])
        if name in self.accepted:
            return "accepted"
        return {"admitted": "let through", "refused": "refused" if name in self.refused else "let through"}.get(
            self.outcome, "open"
        )


def compared(ledger: LedgerReader, supplier: str | None = None) -> list[Compared]:
    """Every comparison in the order of the ledger, each with what followed it."""
    found: list[Compared] = []
    for logged in facts_of(ledger, Kind.SHAPE, Kind.DECIDED, Kind.REVIEW):
        entry, body = logged.entry, logged.entry.body
        if entry.kind is Kind.SHAPE and supplier in {None, entry.subject}:
            one = Compared(logged.index, entry.at, entry.subject, body)
            one.accepted = {name for each in found if _same(each, one) for name in each.accepted}
            found.append(one)
        elif entry.kind is Kind.REVIEW and body.get("what") == ACCEPTED:
            for each in found:
                if (each.supplier, each.delivery) == (body["supplier"], body["delivery"]):
                    each.accepted |= {(kind, column) for kind, column in body["drifts"]}
        elif entry.kind is Kind.DECIDED:
            _decided(found, body)
    return found


def _same(one: Compared, other: Compared) -> bool:
    return (one.supplier, one.delivery) == (other.supplier, other.delivery)


def _decided(found: Iterable[Compared], body: Mapping[str, Any]) -> None:
    """A decision is about the latest comparison of each delivery among its inputs."""
    digests = {one["digest"] for one in body["inputs"] if one["kind"] == "file"}
    latest = {(each.supplier, each.delivery): each for each in found if digests.issuperset(each.body["files"])}
    for each in latest.values():
        told = [one for one in body["verdict"]["findings"] if one["rule"] == "feed/shape-kept"]
        each.outcome = "admitted" if body["admitted"] else "refused"
        each.refused = frozenset(
            (str(drift["kind"]), str(drift["column"]))
            for drift in each.drifts
            for one in told
            if one["outcome"] == "refused" and one["about"] == drift["column"] and drift["what"] in one["why"]
        )
