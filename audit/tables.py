"""Tables: every governed table as a ledger tells it, kept up as the ledger grows."""

import threading
from collections.abc import Mapping

from audit.entries import Decided, Promised
from audit.fold import FOLDED, Fold
from audit.ledger import LedgerReader
from audit.table import Fault, InDoubt, TableState
from policies.permit import DraftFile


class Tables:
    """Every governed table as the ledger tells it. `refresh` reads on, the rest is memory. Threads may share it."""

    def __init__(self, ledger: LedgerReader) -> None:
        self._ledger, self._next, self._fold = ledger, 0, Fold()
        self._lock = threading.Lock()

    def refresh(self) -> int:
        """Takes in what the ledger has gained since the last time; answers its size. Cheap if nothing is new."""
        with self._lock:
            size = self._ledger.prove().size
            if size > self._next:
                for logged in self._ledger.read(self._next, size, kind=FOLDED):
                    self._fold.take(logged)
                    self._next = logged.index + 1
                self._next = size
            return size

    @property
    def names(self) -> tuple[str, ...]:
        """Every table that the ledger speaks of, sorted."""
        with self._lock:
            return self._fold.names

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The entries that were not believed."""
        with self._lock:
            return self._fold.faults

    @property
    def in_doubt(self) -> tuple[InDoubt, ...]:
        """Every write whose story has no end yet, in the order of their decisions."""
        with self._lock:
            return self._fold.in_doubt

    def state(self, table: str) -> TableState | None:
        """What the table is; None where the ledger does not know it."""
        with self._lock:
            return self._fold.state(table)

    def files(self, table: str, version: int) -> Mapping[str, DraftFile]:
        """The files of a committed version, by path. Raises LedgerError where there are none to read."""
        with self._lock:
            return self._fold.files(table, version)

    def decision(self, permit: str) -> tuple[int, Decided] | None:
        """The admitted decision that gave this permit, with its ledger index."""
        with self._lock:
            return self._fold.decision(permit)

    def promised(self, contract: str) -> Promised | None:
        """The contract of this digest, in the words that it was published in; None where the ledger was not told."""
        with self._lock:
            return self._fold.promised(contract)
