"""Reconcile: finishes the story of every permit that was given and neither committed nor abandoned."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from aios_assets.errors import LakeError, NotPermitted, Overtaken
from aios_assets.lake import Lake
from aios_assets.record import closing_event
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
    whose files changed is abandoned.
    """
    finished, abandoned, doubtful = [], [], []
    for permit in dict.fromkeys(doubt.permit for doubt in lake.tables.in_doubt):
        decision = lake.tables.decision(permit)
        if decision is None:
            continue
        index, decided = decision
        leaf = next(iter(lake.ledger.read(index, index + 1))).leaf.hex()
        on_each(decided.table)
        try:
            lake.commit(Permit(permit, tuple(planned.write for planned in decided.writes), index, leaf))
            finished.append(f"{decided.table}: {permit}")
        except (Overtaken, NotPermitted) as never:
            lake.abandon(Permit(permit, tuple(planned.write for planned in decided.writes), index, leaf), never.why)
            abandoned.append(f"{decided.table}: {permit}: {never.why}")
        except LakeError as fault:
            doubtful.append(f"{decided.table}: {permit}: {fault.why}")
    _end_stories(lake)
    return Reconciled(tuple(finished), tuple(abandoned), tuple(doubtful))


def _end_stories(lake: Lake) -> None:
    """Appends the closing lineage event of every decision whose process died before it could."""
    told = {logged.entry.once for logged in lake.ledger.read(kind=Kind.LINEAGE)}
    still_open = {doubt.permit for doubt in lake.tables.in_doubt}
    tables = lake.tables
    landed = {v.permit for name in tables.names if (state := tables.state(name)) for v in state.history.values()}
    for logged in lake.ledger.read(kind=Kind.DECIDED):
        decided = Decided.parse(logged.entry.body)
        if decided.event is None or f"end:{decided.attempt}" in told or decided.permit in still_open:
            continue
        aborted = decided.admitted and bool(decided.writes) and decided.permit not in landed
        with contextlib.suppress(AlreadyLogged):
            lake.ledger.append(
                closing_event(decided, logged.index, lake.clock.now(), logged.entry.trace_id, aborted=aborted)
            )
