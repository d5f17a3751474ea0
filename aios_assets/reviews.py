"""Reviews: what people decided about pairs of records, read off the ledger.

A decision is an entry: which two records, `same`, `different` or `unsure`, by whom, why, and which version of the two was
seen. The latest of a pair stands. Entries are chained by their `once` key, each to the one before it, so that two people
who decide at one time never decide past each other.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

import orjson

from aios_assets.enrich.matching.contradict import Pair, Record, ordered
from audit.errors import LedgerError
from audit.ledger import Entry, Kind, LedgerReader, Logged
from policies.candidate import InputFacts

SUBJECT: Final = "matches"
"""Subject of every entry about pairs of records."""

REVIEWS_INPUT: Final = "ledger/reviews"
"""Name of these entries among a decision's inputs."""

DECIDED, SAMPLED = "matches/decided", "matches/sampled"
REVIEW, COMMAND = "review", "command"
"""How a decision was made: by looking at a pair that waits for review, or by naming two records."""

FIELDS: Final = ("title", "description", "brand", "model", "gtin", "price", "currency", "category", "image")
"""What a reviewer sees of a record: a decision is bound to these values of both."""


class Verdict(StrEnum):
    """What a person says of two records. Unsure leaves them to the model, and nobody is asked again."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"

    @property
    def same(self) -> bool | None:
        """True, False, or None where nothing is decided."""
        return None if self is Verdict.UNSURE else self is Verdict.SAME


@dataclass(frozen=True)
class Decision:
    """One decision. `seen` is the version of both records that was looked at, `replaces` the entry that it overrules.

    `seconds` is how long the person took, where that was measured. `index` is its ledger entry.
    """

    index: int
    at: datetime
    pair: Pair
    verdict: Verdict
    by: str
    why: str
    via: str
    seen: str
    replaces: int | None
    seconds: float | None

    @property
    def words(self) -> str:
        """In a sentence, for whoever meets it."""
        return f"{self.by} decided `{self.verdict}` on {self.at:%d %b %Y} (ledger entry {self.index}): {self.why}"


@dataclass(frozen=True)
class Sample:
    """Pairs drawn at random for review: by what was decided of them, how many there were, and which were drawn.

    `model` is the digest of what had decided.
    """

    index: int
    at: datetime
    by: str
    model: str
    sizes: Mapping[str, int]
    drawn: Mapping[Pair, str]


@dataclass(frozen=True)
class Reviewed:
    """Every decision and sample, in the ledger's order. `last` is the index of the latest entry, -1 where there is none."""

    decisions: tuple[Decision, ...] = ()
    samples: tuple[Sample, ...] = ()
    last: int = -1

    @classmethod
    def read(cls, ledger: LedgerReader) -> "Reviewed":
        """What the ledger holds. Raises LedgerError for an entry that is none of ours."""
        decisions, samples, last = [], [], -1
        for logged in _entries(ledger):
            last = logged.index
            if logged.entry.body.get("what") == SAMPLED:
                samples.append(_sample(logged))
            else:
                decisions.append(_decision(logged))
        return cls(tuple(decisions), tuple(samples), last)

    @cached_property
    def standing(self) -> Mapping[Pair, Decision]:
        """The latest decision of each pair."""
        return {decision.pair: decision for decision in self.decisions}


def pinned(ledger: LedgerReader) -> InputFacts:
    """These entries as one input of a stage: their digest is what its decision is bound to."""
    told = hashlib.sha256()
    for logged in _entries(ledger):
        told.update(logged.leaf)
    return InputFacts(REVIEWS_INPUT, "file", None, told.hexdigest(), None)


def once_after(last: int) -> str:
    """The once key of an entry that was decided on with everything up to entry `last` in sight."""
    return f"{SUBJECT}:after:{last}"


def decided_body(
    pair: Pair,
    verdict: Verdict,
    *,
    by: str,
    why: str,
    via: str,
    seen: str,
    versions: Mapping[str, int],
    replaces: int | None,
    seconds: float | None,
) -> dict[str, Any]:
    """A decision as an entry's body; `versions` are those of the tables that were looked at."""
    return {
        "what": DECIDED,
        "pair": [list(record) for record in pair],
        "verdict": verdict.value,
        "by": by,
        "why": why,
        "via": via,
        "seen": seen,
        "versions": dict(versions),
        "replaces": replaces,
        "seconds": None if seconds is None else f"{seconds:.1f}",
    }


def sampled_body(
    *, by: str, model: str, seed: int, sizes: Mapping[str, int], drawn: Mapping[Pair, str]
) -> dict[str, Any]:
    """A sample as an entry's body."""
    pairs = [[*(list(record) for record in pair), stratum] for pair, stratum in sorted(drawn.items())]
    return {"what": SAMPLED, "by": by, "model": model, "seed": seed, "sizes": dict(sizes), "pairs": pairs}


def pair_of(*cells: str) -> Pair:
    """The pair of two records given as supplier, SKU, supplier, SKU."""
    return ordered((cells[0], cells[1]), (cells[2], cells[3]))


def pair_name(pair: Pair) -> str:
    """What a pair is called for good, 10 hexadecimal digits."""
    return _digest([list(record) for record in pair])[:10]


def seen_of(one: Iterable[object], other: Iterable[object]) -> str:
    """The version of a pair: a digest, 6 hexadecimal digits, of what both records say (FIELDS, the lower key's first)."""
    return _digest([[None if value is None else str(value) for value in side] for side in (one, other)])[:6]


def review_id(pair: Pair, seen: str) -> str:
    """What a pair is called in review: who decides by it says which version was looked at."""
    return f"{pair_name(pair)}-{seen}"


def _digest(told: Any) -> str:
    return hashlib.sha256(orjson.dumps(told)).hexdigest()


def _entries(ledger: LedgerReader) -> Iterable[Logged]:
    return ledger.read(kind=Kind.REVIEW, subject=SUBJECT)


def _decision(logged: Logged) -> Decision:
    body = logged.entry.body
    try:
        seconds = body["seconds"]
        return Decision(
            index=logged.index,
            at=logged.entry.at,
            pair=ordered(*(_record(side) for side in body["pair"])),
            verdict=Verdict(body["verdict"]),
            by=str(body["by"]),
            why=str(body["why"]),
            via=str(body["via"]),
            seen=str(body["seen"]),
            replaces=body["replaces"],
            seconds=None if seconds is None else float(seconds),
        )
    except (KeyError, TypeError, ValueError) as broken:
        raise _strange(logged) from broken


def _sample(logged: Logged) -> Sample:
    body = logged.entry.body
    try:
        drawn = {ordered(_record(one), _record(other)): str(stratum) for one, other, stratum in body["pairs"]}
        sizes = {str(name): int(size) for name, size in body["sizes"].items()}
        return Sample(logged.index, logged.entry.at, str(body["by"]), str(body["model"]), sizes, drawn)
    except (KeyError, TypeError, ValueError, AttributeError) as broken:
        raise _strange(logged) from broken


def _record(told: Any) -> Record:
    supplier, sku = told
    return str(supplier), str(sku)


def _strange(logged: Logged) -> LedgerError:
    return LedgerError(
        f"ledger entry {logged.index}: it is no decision about a pair of records; run `aios audit verify`"
    )


def entry_of(body: Mapping[str, Any], at: datetime, once: str | None) -> Entry:
    """A decision or sample as an entry."""
    return Entry(Kind.REVIEW, SUBJECT, body, at, "", once)
