"""Deliveries: which files came from whom and when, whether in time, and how much of each could be read."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

import polars as pl

from aios_assets.evidence import facts_of
from aios_assets.order import MOMENT
from aios_assets.stage import table_stage
from audit.entries import Decided
from audit.ledger import Kind, LedgerReader
from policies.contract import Column, Contract

RHYTHM = 3
"""Arrivals of a supplier from which its rhythm is learned."""

REFUSED = "refused"
MOMENT_TYPE = pl.Datetime("us", "UTC")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

DELIVERIES = Contract(
    key="ledger_index",
    columns=(
        Column("ledger_index", pl.Int64, about="the delivery's entry"),
        Column("at", MOMENT_TYPE, about="when it was read for the first time"),
        Column("supplier", pl.String),
        Column("file", pl.String, about="its name; the same bytes under another name are no second delivery"),
        Column("sha256", pl.String, tags={"digest"}, about="of the file as delivered, hex"),
        Column("format", pl.String),
        Column("size", pl.Int64, about="bytes as delivered"),
        Column("rows", pl.Int64, about="records that could be read"),
        Column("rejects", pl.Int64, about="records that could not"),
        Column("table", pl.String, about="the table that it fills: records, or sales"),
        Column("mode", pl.String, about="snapshot: what is missing is gone; delta: changes"),
        Column("dated", MOMENT_TYPE, null="the supplier gives it no date", about="the supplier's own date of it"),
        Column("number", pl.Int64, null="the supplier gives it no running number", about="the supplier's own number of it"),
        Column("ordered_by", pl.String, about="what says which delivery is the newer one: a column, the name, or arrival"),
        Column("outcome", pl.String, about="taken in; late or superseded: a newer snapshot stands; refused by the gate"),
        Column("expected_at", MOMENT_TYPE, null="nobody said when it is due, and too few arrivals show a rhythm"),
        Column("late_seconds", pl.Int64, null="it was not expected at any time", about="after that; 0: in time"),
        Column("next_expected_at", MOMENT_TYPE, null="another came after it, or there is no rhythm yet",
               about="when the supplier's next delivery is due"),
        Column("expected_by", pl.String, null="it was not expected at any time",
               about="the mapping's [expect], or the median of the time between earlier arrivals"),
    ),
    tags=frozenset({"decisions"}),
    version=2,
)  # fmt: skip


@table_stage(DELIVERIES, part="evidence", owner="team:catalogue")
def deliveries(ledger: LedgerReader) -> pl.DataFrame:
    """Every delivery that was read: what came, in which order, whether in time, what became of it; read off the ledger."""
    refused: dict[str, bool] = {}
    for logged in facts_of(ledger, Kind.DECIDED):
        decided = Decided.parse(logged.entry.body)
        refused |= {str(one.digest): not decided.admitted for one in decided.inputs if one.kind == "file"}
    rows = [
        {
            **{name: body[name] for name in ("supplier", "file", "sha256", "format", "size", "rows", "rejects")},
            "ledger_index": index,
            "at": at,
            "table": body.get("table", "records"),
            "mode": body.get("mode", "snapshot"),
            **_ordered(body),
            "outcome": REFUSED if refused.get(str(body["sha256"]), False) else body.get("outcome", "taken in"),
            **dict.fromkeys(("expected_at", "late_seconds", "next_expected_at", "expected_by")),
            "expect": json.loads(body["mapping"]).get("expect"),
        }
        for index, at, body in told(ledger)
    ]
    by_supplier: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_supplier[row["supplier"]].append(row)
    for own in by_supplier.values():
        _expected(own)
    schema = {column.name: column.type for column in DELIVERIES.columns}
    return pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema, orient="row")


def told(ledger: LedgerReader) -> Iterator[tuple[int, datetime, Mapping[str, Any]]]:
    """Each delivery once: entry and moment of its first reading, and what the latest one says."""
    first: dict[tuple[str, ...], tuple[int, datetime]] = {}
    last: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for logged in facts_of(ledger, Kind.DELIVERY):
        body = logged.entry.body
        key = tuple(str(body.get(name)) for name in ("supplier", "sha256", "file" if "!" in body["file"] else "order"))
        first.setdefault(key, (logged.index, logged.entry.at))
        last[key] = body
    for key, (index, at) in first.items():
        yield index, at, last[key]


def _ordered(body: Mapping[str, Any]) -> dict[str, Any]:
    order = int(body["order"]) if body.get("order") is not None else None
    moment = order is not None and order >= MOMENT
    return {
        "dated": EPOCH + timedelta(microseconds=order) if order is not None and moment else None,
        "number": None if moment else order,
        "ordered_by": body.get("by", "arrival"),
    }


def _expected(own: Sequence[dict[str, Any]]) -> None:
    """Says of each delivery of one supplier when it was due. What is read in one run has arrived at one time."""
    arrivals: list[datetime] = []
    slots: Slots | None = None
    for row in own:
        if arrivals and row["at"] <= arrivals[-1]:
            continue
        if arrivals:
            due, by = _due(arrivals, slots)
            if due is not None and not (slots and row["at"] <= slots.met):
                late = max(0, int((row["at"] - due).total_seconds()))
                row |= {"expected_at": due, "late_seconds": late, "expected_by": by}
        arrivals.append(row["at"])
        if slots is None or slots.expect != row["expect"]:
            slots = Slots.of(row["expect"], arrivals)
        elif slots:
            slots = slots.after(row["at"])
    own[-1]["next_expected_at"] = _due(arrivals, slots)[0]


@dataclass(frozen=True)
class Slots:
    """The moments by which a mapping's `[expect]` wants deliveries, `every` apart, and the last one that was met.

    A delivery meets the slot that is nearest to it, and at least the one after the last that was met: who comes before the
    time has met it, who comes too late has not met the next one. What comes again before a slot that is met is one more.
    """

    expect: Mapping[str, str]
    every: timedelta
    met: datetime

    @classmethod
    def of(cls, expect: Mapping[str, str] | None, arrivals: Sequence[datetime]) -> "Slots | None":
        """The slots as these arrivals met them; the day of the first one is a day on which something is due."""
        if not expect:
            return None
        unit = {"d": "days", "h": "hours", "m": "minutes"}[expect["every"][-1]]
        hour, minute = map(int, expect.get("by", "00:00").split(":"))
        every = timedelta(**{unit: int(expect["every"][:-1])})
        first = arrivals[0].replace(hour=hour, minute=minute, second=0, microsecond=0)
        slots = cls(expect, every, first + ((arrivals[0] - first) // every - 1) * every)
        for at in arrivals:
            slots = slots.after(at)
        return slots

    def after(self, at: datetime) -> "Slots":
        """The same after one more arrival."""
        if at <= self.met:
            return self
        ahead = max(1, round((at - self.met) / self.every))
        return replace(self, met=self.met + ahead * self.every)

    @property
    def words(self) -> str:
        """The mapping's words."""
        return f"[expect] every {self.expect['every']} by {self.expect.get('by', '00:00')} UTC"


def _due(arrivals: Sequence[datetime], slots: Slots | None) -> tuple[datetime | None, str | None]:
    """When the next delivery is due after these arrivals, and what says so."""
    if slots is not None:
        return slots.met + slots.every, slots.words
    if len(arrivals) < RHYTHM:
        return None, None
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(arrivals)]
    return arrivals[-1] + timedelta(seconds=median(gaps)), f"median of {len(gaps)} times between arrivals"
