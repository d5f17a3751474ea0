"""Recognised: deliveries that the ledger knows, told by their bytes before a line of them is read.

Nothing is concluded that reading them would not show: what a file means is taken from its entry only where the same code
would guess the same again, and a feed is passed over only where it is the one that the table was last settled with.
"""

import hashlib
from collections.abc import Mapping as Told
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import polars as pl

from aios_assets import sources, whereabouts
from aios_assets.contracts import moved, published
from aios_assets.errors import LakeError
from aios_assets.feeds import Delivery, Mapping
from aios_assets.finished import order_by_name
from aios_assets.runtime import Runtime
from aios_assets.sequence import TAKEN_IN, last_snapshots, outcomes
from aios_assets.stage import Stage
from aios_assets.taken import Mapped, no_rejects
from aios_assets.work import Feed
from audit.ledger import Kind
from policies.candidate import InputFacts

READER = ("feeds", "enrich")
"""Folders whose code says what the columns of a file mean."""


def reader() -> str:
    """Which code reads and guesses, as a delivery's entry tells it."""
    return sources.digest_of(*READER)


def identity_of(counted: Sequence[Mapped]) -> str:
    """Equal for the same bytes from the same suppliers, read alike, in any order."""
    return hashlib.sha256("\n".join(sorted(one.identity for one in counted)).encode()).hexdigest()


def once(one: Mapped, order: int | None, by: str) -> str:
    """The key under which the ledger takes a delivery once: its bytes and meaning, and its order where its name tells it."""
    identity = hashlib.sha256(one.identity.encode()).hexdigest()
    return f"delivery:{identity}:{order if by == 'name' else ''}"


@dataclass(frozen=True)
class Known:
    """What the ledger told of deliveries when it was asked: the latest entry by supplier and digest, and by its key."""

    by_bytes: Told[tuple[str, str], Told[str, Any]]
    by_key: Told[str, Told[str, Any]]

    @classmethod
    def of(cls, runtime: Runtime) -> "Known":
        """Asks the ledger."""
        logged = [one.entry for one in runtime.lake.ledger.read(kind=Kind.DELIVERY)]
        return cls(
            {(str(entry.body["supplier"]), str(entry.body["sha256"])): entry.body for entry in logged},
            {entry.once: entry.body for entry in logged if entry.once},
        )

    def guess(self, delivery: Delivery) -> Mapping | None:
        """What the delivery was guessed to mean when it came, by this very code; an entry of an archive is guessed anew."""
        body = self.by_bytes.get((delivery.supplier, delivery.sha256), {})
        if delivery.member or not body.get("guessed") or body.get("reader") != reader():
            return None
        return Mapping.model_validate_json(body["mapping"])


@dataclass(frozen=True)
class Again(Feed):
    """The feed that a table was last settled with; its rows were not read."""

    def held(self) -> pl.DataFrame:
        """Raises LakeError: somebody asks for rows only where another attempt has come in between."""
        raise LakeError("a delivery that was known", "another attempt came in between", "run again")


@dataclass(frozen=True)
class _Unread:
    """A delivery of which only the name was looked at."""

    mapped: Mapped
    order: int | None
    by: str

    @property
    def whole(self) -> bool:
        """Whether it is the supplier's whole assortment."""
        return self.mapped.mapping.mode == "snapshot"


def settled_with(runtime: Runtime, stage: Stage, mapped: Sequence[Mapped], known: Known) -> Feed | None:
    """These deliveries as the feed that the table was last settled with, under the same code, rules, models and contract.

    None where that is not certain without reading them.
    """
    state, now = runtime.lake.state(stage.name), runtime.clock.now()
    last = state.settled if state else None
    if last is None or not _as_settled(runtime, stage):
        return None
    unread = [_unread(one, known, now) for one in mapped]
    before = last_snapshots(runtime.lake.ledger, stage.name)
    told: list[tuple[_Unread, str]] = []
    for supplier, group in groupby(sorted(unread, key=_supplier), key=_supplier):
        own = list(group)
        whole = {one.whole for one in own}
        # Rows that tell their order say which of several assortments is the newer one, or that one is late.
        if len(whole) > 1 or (whole == {True} and any(one.mapped.mapping.order for one in own)):
            return None
        told += outcomes(own, before.get(supplier))
    counted = [one.mapped for one, outcome in told if outcome == TAKEN_IN]
    entries = [known.by_key.get(once(one.mapped, one.order, one.by)) for one, _ in told]
    if identity_of(counted) != last.measures.get("feed") or None in entries:
        return None
    bodies = tuple(
        _as_now(one.mapped, body, outcome, runtime)
        for (one, outcome), body in zip(told, entries, strict=True)
        if body is not None
    )
    return Again(
        rows=pl.DataFrame(),
        rejects=no_rejects(stage),
        suppliers=(),
        inputs=tuple(input_of(one.delivery, runtime) for one in counted),
        identity=identity_of(counted),
        told=bodies,
    )


def passed_over(
    runtime: Runtime, mapped: Sequence[Mapped], known: Known, before: Told[str, int]
) -> dict[str, Told[str, Any]]:
    """What the ledger tells of deliveries, by identity, that are not read: it knows them, and nothing of them would count.

    That is certain where the names of all deliveries of their supplier tell which is the newer one, and theirs is older
    than an assortment. The order of rows is known only when they were read. One of each supplier is read in any case.
    """
    now, found = runtime.clock.now(), dict[str, Told[str, Any]]()
    unread = sorted((_unread(one, known, now) for one in mapped), key=_supplier)
    for supplier, group in groupby(unread, key=_supplier):
        own = list(group)
        if any(one.mapped.mapping.order for one in own):
            continue
        told = [(one, outcome) for one, outcome in outcomes(own, before.get(supplier)) if outcome != TAKEN_IN]
        for one, outcome in told[: len(own) - 1]:
            if body := known.by_key.get(once(one.mapped, one.order, one.by)):
                found[one.mapped.identity] = _as_now(one.mapped, body, outcome, runtime)
    return found


def _as_now(one: Mapped, body: Told[str, Any], outcome: str, runtime: Runtime) -> Told[str, Any]:
    """What the ledger tells of a delivery, with where it lies and what becomes of it now."""
    return {**body, **whereabouts.told(one.delivery, runtime.vault), "outcome": outcome}


def input_of(delivery: Delivery, runtime: Runtime) -> InputFacts:
    """A delivery as an input of a decision."""
    return InputFacts(whereabouts.called(delivery, runtime.vault), "file", None, delivery.sha256, None)


def _as_settled(runtime: Runtime, stage: Stage) -> bool:
    """Whether an attempt over the same inputs would find nothing to do, as `materialise` judges it."""
    state = runtime.lake.state(stage.name)
    standing = runtime.standing(stage, state.settled if state else None)
    change = moved(stage.name, published(runtime.lake, stage.name, stage.contract), stage.contract)
    return not (standing.stale or standing.rejudge or change)


def _unread(one: Mapped, known: Known, now: datetime) -> _Unread:
    """The delivery with its order: as its name tells it, or as its rows did. Of changes only who is told first hangs on it."""
    if not one.mapping.order:
        return _Unread(one, *order_by_name(one, now))
    order = known.by_key.get(once(one, None, one.mapping.order), {}).get("order")
    return _Unread(one, None if order is None else int(order), one.mapping.order)


def _supplier(one: _Unread) -> str:
    return one.mapped.supplier
