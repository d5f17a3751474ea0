"""Reconcile: finishes the story of every permit that was given and neither committed nor abandoned."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from aios_assets.ending import closing_event
from aios_assets.errors import LakeError, NotPermitted, Overtaken
from aios_assets.lake import Lake
from audit.entries import Decided
from audit.ledger import AlreadyLogged, Kind
from policies.permit import Permit


@dataclass(frozen=True)
class Reconciled:
    """Permits that were finished, permits that can never be, and those that a fault still keeps in doubt, with why."""

    finished: tuple[str, ...]
    abandoned: tuple[str, ...]
    in_doubt: tuple[str, ...]


def reconcile(lake: Lake, *, on_each: Callable[[str], None] = lambda _: None) -> Reconciled:
    """Goes through all writes in doubt, oldest first: commits what can be committed, abandons what never can.

    Safe beside a run that goes on: a commit that both make is made once, and only a permit whose parent was overtaken or
    whose files changed is abandoned. What a foreign version or a fault of storage keeps from landing stays in doubt.
    """
    finished, abandoned, doubtful = [], [], []
    for doubt in {doubt.permit: doubt for doubt in lake.tables.in_doubt}.values():
        decided = doubt.decision
        on_each(decided.table)
        leaf = next(iter(lake.ledger.read(doubt.decided, doubt.decided + 1))).leaf.hex()
        permit = Permit(doubt.permit, tuple(planned.write for planned in decided.writes), doubt.decided, leaf)
        try:
            lake.commit(permit)
            finished.append(f"{decided.table}: {permit.id}")
        except (Overtaken, NotPermitted) as never:
            abandoned.append(f"{decided.table}: {permit.id}: {never.why}")
        except LakeError as fault:
            doubtful.append(f"{decided.table}: {permit.id}: {fault.why}")
    _end_stories(lake)
    return Reconciled(tuple(finished), tuple(abandoned), tuple(doubtful))


def _end_stories(lake: Lake) -> None:
    """Appends the closing lineage event of every decision whose process died before it could."""
    told = {logged.entry.once for logged in lake.ledger.read(kind=Kind.LINEAGE)}
    tables = lake.tables
    still_open = {doubt.permit for doubt in tables.in_doubt}
    for logged in lake.ledger.read(kind=Kind.DECIDED):
        if f"end:{logged.entry.body.get('attempt')}" in told:
            continue
        decided = Decided.parse(logged.entry.body)
        if decided.event is None or decided.permit in still_open:
            continue
        landed = [
            planned.write.table
            for planned in decided.writes
            if (state := tables.state(planned.write.table))
            and (version := state.history.get(planned.write.parent + 1))
            and version.permit == decided.permit
        ]
        with contextlib.suppress(AlreadyLogged):
            now, trace_id = lake.clock.now(), logged.entry.trace_id
            lake.ledger.append(closing_event(decided, logged.index, now, trace_id, landed=landed))
