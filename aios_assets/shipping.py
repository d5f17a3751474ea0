"""Shipping: lineage events from the ledger to an OpenLineage backend, once each as far as the backend remembers ids."""

import os

from aios_assets.runtime import Runtime
from audit.ledger import Entry, Kind
from lineage.shipping import ship
from lineage.transport import Transport, from_environment

SECONDS = 40.0
"""What one tick may take: Dagster ends a sensor after 60 s."""


def ship_lineage(runtime: Runtime, transport: Transport | None = None) -> str:
    """Ships what is not acknowledged yet, in the ledger's order, and says in a sentence how far it came.

    How far it came is itself an entry, so any process goes on where another stopped.
    """
    settings, ledger = runtime.settings.lineage, runtime.lake.ledger
    environment = {**os.environ, **({"OPENLINEAGE_URL": settings.url} if settings.url else {})}
    to = transport or from_environment(environment, file=settings.file)
    if to is None:
        return "no OpenLineage backend is set ([lineage] url); events are kept in the ledger"
    shipped = [int(logged.entry.body["through"]) for logged in ledger.read(kind=Kind.SHIPPED)]
    start = max(shipped, default=-1) + 1
    pending = ((logged.index, logged.entry.body["event"]) for logged in ledger.read(start, kind=Kind.LINEAGE))
    done: list[int] = []
    outcome = ship(pending, to, done.append, seconds=SECONDS)
    if done:
        body = {"through": done[-1], "events": len(done)}
        ledger.append(Entry(Kind.SHIPPED, "lineage", body, runtime.clock.now(), "", f"shipped:{done[-1]}"))
    if outcome.done:
        return f"{len(done)} events shipped; nothing waits"
    return (
        f"{len(done)} events shipped, then it stopped at entry {outcome.stopped_at}: {outcome.why}; it is tried again"
    )
