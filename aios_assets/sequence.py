"""Sequence: several deliveries as what stands after one was applied after another, in their suppliers' own order.

A snapshot takes the place of all that its supplier sent before; a snapshot that is older than one that was taken in is
late and changes nothing. Of changes, the newer row of a key counts, whenever it came.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import polars as pl

from aios_assets.keyed import without
from aios_assets.order import is_older, older
from aios_assets.taken import Mapped, Taken
from aios_assets.work import ORDERED
from audit.ledger import Kind, LedgerReader

TAKEN_IN, SUPERSEDED, LATE = "taken in", "superseded", "late"
_STANDS = "_stands"


@dataclass(frozen=True)
class Applied:
    """What stands after the deliveries of one supplier: rows, rejects, whether that is the whole assortment.

    `outcomes` has for each delivery, in the order in which they were applied: taken in, superseded, or late.
    """

    rows: pl.DataFrame
    rejects: pl.DataFrame
    whole: bool
    outcomes: tuple[tuple[Taken, str], ...]

    @property
    def counted(self) -> list[Taken]:
        """The deliveries of which what stands was made."""
        return [one for one, outcome in self.outcomes if outcome == TAKEN_IN]


class Placed(Protocol):
    """What is asked of a delivery to say what becomes of it: its rows are not."""

    @property
    def mapped(self) -> Mapped:
        """The delivery and its mapping."""
        ...

    @property
    def order(self) -> int | None:
        """Its place in its supplier's own order."""
        ...

    @property
    def whole(self) -> bool:
        """Whether it is the supplier's whole assortment."""
        ...


One = TypeVar("One", bound=Placed)


def outcomes(deliveries: Iterable[One], snapshot: int | None) -> list[tuple[One, str]]:
    """What becomes of each delivery of one supplier, in the order in which they are applied.

    `snapshot` is the order of the last snapshot that was taken in before.
    """
    told: list[tuple[One, str]] = []
    for one in sorted(deliveries, key=_place):
        if one.whole and is_older(one.order, snapshot):
            told.append((one, LATE))
            continue
        if one.whole:
            snapshot = one.order
            told = [(other, SUPERSEDED if was == TAKEN_IN else was) for other, was in told]
        told.append((one, TAKEN_IN))
    return told


def applied(deliveries: Sequence[Taken], keys: Sequence[str], snapshot: int | None) -> Applied:
    """Applies the deliveries of one supplier; `snapshot` is the order of the last snapshot that was taken in before."""
    told = outcomes(deliveries, snapshot)
    counted = [one for one, outcome in told if outcome == TAKEN_IN]
    rows = standing([(one, one.rows) for one in counted], keys, snapshot)
    nothing = deliveries[0]
    return Applied(
        rows=nothing.rows.clear() if rows is None else rows,
        rejects=pl.concat([nothing.rejects.clear(), *(one.rejects for one in counted)]),
        whole=any(one.whole for one in counted),
        outcomes=tuple(told),
    )


def standing(
    counted: Sequence[tuple[Placed, pl.DataFrame]], keys: Sequence[str], snapshot: int | None
) -> pl.DataFrame | None:
    """What stands after these deliveries of one supplier, all of which count, were applied; None where there are none.

    Nothing of a row hangs on rows of other keys: of a part of the keys it is that part of what stands.
    """
    rows: pl.DataFrame | None = None
    for one, own in counted:
        if one.whole:
            rows, snapshot = own, one.order
        else:
            change = own.filter(~older(pl.col(ORDERED), pl.lit(snapshot, dtype=pl.Int64)))
            rows = change if rows is None else _changed(rows, change, keys)
    return rows


def last_snapshots(ledger: LedgerReader, table: str) -> Mapping[str, int]:
    """The order of each supplier's newest snapshot that was taken in, and not refused by the gate."""
    refused: dict[str, bool] = {}
    for logged in ledger.read(kind=Kind.DECIDED, subject=table):
        body = logged.entry.body
        refused |= {one["digest"]: not body["admitted"] for one in body["inputs"] if one["kind"] == "file"}
    newest: dict[str, int] = {}
    for logged in ledger.read(kind=Kind.DELIVERY):
        body = logged.entry.body
        order = body.get("order")
        if order is None or (body.get("table"), body.get("mode"), body.get("outcome")) != (table, "snapshot", TAKEN_IN):
            continue
        if not refused.get(body["sha256"], False):
            newest[body["supplier"]] = int(order)
    return newest


def _place(one: Placed) -> tuple[bool, int, int, str]:
    """Deliveries that tell their order come first, in it; the others as they arrived."""
    delivery = one.mapped.delivery
    return one.order is None, one.order or 0, delivery.modified, delivery.name


def _changed(stands: pl.DataFrame, change: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """What stands after a change: of each key the newer rows, of equal ones those of the change."""
    on = list(keys)
    if stands.is_empty():
        return change
    newest = stands.lazy().drop_nulls(ORDERED).group_by(on).agg(pl.col(ORDERED).max().alias(_STANDS))
    # A key is late as a whole: rows of it that lose within the delivery are older than what stands without being late.
    own = change.lazy().drop_nulls(ORDERED).group_by(on).agg(pl.col(ORDERED).max())
    late = own.join(newest, on=on).filter(older(pl.col(ORDERED), pl.col(_STANDS)))
    change = without(change, late.select(on).collect(), on)
    return pl.concat([without(stands, change.select(on), on), change])
