"""Shipping: pending events leave in order, each until it is acknowledged. At least once, never skipping one."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lineage.errors import LineageError, TransportError
from lineage.transport import Transport


@dataclass(frozen=True)
class Shipped:
    """What one round of shipping came to: how many were acknowledged, and where and why it stopped, if it did."""

    acknowledged: int
    last: int | None = None
    stopped_at: int | None = None
    why: str | None = None

    @property
    def done(self) -> bool:
        """True if everything that was pending is acknowledged."""
        return self.stopped_at is None


def ship(
    pending: Iterable[tuple[int, Mapping[str, Any]]],
    transport: Transport,
    mark: Callable[[int], None],
    *,
    seconds: float | None = None,
) -> Shipped:
    """Sends events in the order of their ledger indices and marks each one that is acknowledged.

    Stops at the first that is not, and after `seconds` (a sensor's tick ends), so that no event overtakes another. A
    crash between acknowledgement and mark sends that event again: its run id and content are the same, so a backend
    sees one run. What `mark` raises goes to the caller. Raises LineageError where indices do not rise.
    """
    acknowledged, last = 0, None
    ends = None if seconds is None else time.monotonic() + seconds
    for index, event in pending:
        if last is not None and index <= last:
            raise LineageError(
                f"event {index} after event {last}", "events leave in the ledger's order", "sort them by index"
            )
        if ends is not None and time.monotonic() >= ends:
            return Shipped(acknowledged, last, index, f"{seconds:g} s are over; the rest follows with the next round")
        try:
            transport.emit(event)
        except TransportError as silent:
            return Shipped(acknowledged, last, index, str(silent))
        mark(index)
        acknowledged, last = acknowledged + 1, index
    return Shipped(acknowledged, last)
