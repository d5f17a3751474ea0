"""Ending: the lineage event that ends an attempt, as its decision holds it. Needs no OpenLineage client, which costs 1 s."""

from collections.abc import Collection
from datetime import datetime

from audit.entries import Decided
from audit.ledger import Entry, Kind

INDEX = "ledgerIndex"
"""The field of the facet about the decision that waits for the decision's ledger index."""


def closing_event(decided: Decided, index: int, at: datetime, trace_id: str, *, landed: Collection[str] = ()) -> Entry:
    """The lineage entry that ends an attempt: its decision's event, now that the decision has an index and a time.

    `landed` are the tables whose writes were committed; where one of the decision's is missing the attempt is told as
    aborted, with the outputs that did become visible.
    """
    event = dict(decided.event or {})
    facets = {
        name: {**facet, INDEX: index} if INDEX in facet else facet for name, facet in event["run"]["facets"].items()
    }
    event["eventTime"] = at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    event["run"] = {**event["run"], "facets": facets}
    if {planned.write.table for planned in decided.writes} - set(landed):
        event |= {"eventType": "ABORT", "outputs": [one for one in event["outputs"] if one["name"] in landed]}
    return Entry(Kind.LINEAGE, decided.stage, {"event": event}, at, trace_id, f"end:{decided.attempt}")
