"""A small lake for the audit tests: real files, real Delta logs written by hand, a real ledger."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from audit.checkpoint import Signer
from audit.entries import Abandoned, Committed, Decided, Planned, closed
from audit.ledger import Entry, Kind
from audit.sqlite import SqliteLedger
from policies.permit import DraftFile, Write

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SIGNER = Signer.parse("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")


def entry(kind: Kind = Kind.RUN, subject: str = "run", once: str | None = None, **body: Any) -> Entry:
    return Entry(kind, subject, body, AT, "trace", once)


def refusal(table: str) -> Decided:
    return decided(None, table)


def decided(permit: str | None, table: str, *writes: Write) -> Decided:
    admitted = permit is not None
    planned = tuple(Planned(write, '{"type":"struct","fields":[]}') for write in writes)
    verdict = {"admitted": admitted, "policy": "p", "engine": "e", "findings": []}
    return Decided(permit, "attempt", "run", "stage", table, admitted, "c" * 64, verdict, "pilot", planned)


class Lake:
    """Tables in a folder, and the ledger beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "lake"
        self.path = folder / "ledger" / "ledger.sqlite"
        self.ledger = SqliteLedger(self.path, SIGNER)
        self._permits = 0

    def draft(self, table: str, name: str, rows: int = 1) -> DraftFile:
        data = f"{table} {name} {rows}".encode() * rows
        path = self.folder / table / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return DraftFile(name, len(data), hashlib.sha256(data).hexdigest(), rows)

    def permit(self) -> str:
        self._permits += 1
        return f"{self._permits:064x}"

    def decide(self, *writes: Write) -> tuple[str, int]:
        permit = self.permit()
        found = decided(permit, writes[-1].table, *writes)
        (logged,) = self.ledger.append(Entry(Kind.DECIDED, found.table, found.body(), AT))
        return permit, logged.index

    def log(self, write: Write, permit: str, present: Mapping[str, Any] = {}) -> str:
        """Writes the Delta commit of a write; answers its digest."""
        removes = present if write.overwrite else write.removes
        actions: list[dict[str, Any]] = [{"commitInfo": {"operation": "WRITE", "aios.permit": permit}}]
        actions += [{"remove": {"path": path, "dataChange": True}} for path in removes]
        actions += [{"add": {"path": file.path, "size": file.size, "dataChange": True}} for file in write.adds]
        data = b"\n".join(orjson.dumps(action) for action in actions)
        path = self.folder / write.table / "_delta_log" / f"{write.parent + 1:020d}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return hashlib.sha256(data).hexdigest()

    def close(self, write: Write, permit: str, index: int, digest: str) -> None:
        body = Committed(permit, write.table, write.parent + 1, digest, index).body()
        self.ledger.append(Entry(Kind.COMMITTED, write.table, body, AT, once=closed(permit, write.table)))

    def abandon(self, table: str, permit: str) -> None:
        body = Abandoned(permit, table, "lost the race").body()
        self.ledger.append(Entry(Kind.ABANDONED, table, body, AT, once=closed(permit, table)))

    def commit(self, *writes: Write, present: Mapping[str, Any] = {}) -> str:
        permit, index = self.decide(*writes)
        for write in writes:
            self.close(write, permit, index, self.log(write, permit, present))
        return permit

    def fill(self) -> None:
        """Three versions of products, the last two incremental, with a quarantine beside the second."""
        a, b, c, d = (self.draft("products", f"{name}.parquet", rows) for rows, name in enumerate("abcd", 1))
        bad = self.draft("products_quarantine", "bad.parquet")
        self.commit(Write("products", -1, (a, b), (), "c1", overwrite=True))
        self.commit(
            Write("products_quarantine", -1, (bad,), (), "q1", overwrite=True),
            Write("products", 0, (c,), ("a.parquet",), "c1"),
        )
        self.commit(Write("products", 1, (d,), (), "c1"))
