"""A small governed lake for the tests of the lock: real drafts, real decisions in a real ledger, no gate before them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from deltalake import write_deltalake

from aios_assets.draft import following, write_draft
from aios_assets.lake import Lake, delta_schema
from audit.checkpoint import Signer
from audit.clock import Clock, SystemClock
from audit.entries import Decided, Planned
from audit.ledger import Entry, Kind
from audit.sqlite import SqliteLedger
from audit.verify import Verification, verify
from policies.contract import FINGERPRINT, Column, Contract
from policies.permit import Permit, Write
from policies.verdict import Finding, Outcome, Verdict

THINGS = Contract(key="id", columns=(Column("id", pl.String), Column("value", pl.Int64)))
STUFF = Contract(key="id", columns=(*THINGS.columns, Column("note", pl.String, null="none was made")), version=2)
AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ADMITTED = Verdict("things", "d", (Finding("test/yes", Outcome.ADMITTED, "why", "do"),), "p", "e")


@dataclass
class House:
    """A lake, its ledger and its keys below one folder."""

    folder: Path
    clock: Clock
    lake: Lake
    ledger: SqliteLedger

    @classmethod
    def opened(cls, folder: Path, clock: Clock | None = None) -> "House":
        """Opens it, anew where it is there: another process' view of the same lake."""
        root, clock = folder / "lake", clock or SystemClock()
        root.mkdir(parents=True, exist_ok=True)
        ledger = SqliteLedger(root / "_ledger" / "ledger.db", Signer.kept_in(folder / "keys"))
        return cls(folder, clock, Lake(root, ledger, clock), ledger)

    def draft(
        self,
        table: str,
        rows: dict[str, int],
        *,
        removed: Sequence[str] = (),
        buckets: int = 2,
        contract: Contract = THINGS,
    ) -> tuple[Write, str]:
        """A draft that upserts these values by id and removes those ids, on top of what is published; with its schema."""
        attempt = uuid.uuid4().hex
        made = {
            "id": list(rows),
            "value": list(rows.values()),
            "note": [None] * len(rows),
            FINGERPRINT: list(rows.values()),
        }
        schema = pl.Schema({name: dtype for name, dtype in contract.schema.items() if name in made})
        upserts = pl.DataFrame({name: made[name] for name in schema.names()}, schema=schema)
        gone = pl.DataFrame({"id": list(removed)}, schema={"id": pl.String})
        state = self.lake.state(table)
        part = following(self.lake, table, contract, upserts, gone, buckets=buckets, attempt=attempt)
        files = write_draft(self.lake, part, attempt=attempt)
        parent = state.version if state else -1
        write = Write(table, parent, files, part.removes, contract.digest, overwrite=part.overwrite)
        return write, delta_schema(contract.schema)

    def decide(self, *drafts: tuple[Write, str]) -> Permit:
        """An admitted decision about these drafts, in the ledger, and its permit."""
        attempt, writes = uuid.uuid4().hex, tuple(write for write, _ in drafts)
        decided = Decided(
            permit=attempt,
            attempt=attempt,
            run="run",
            stage="stage",
            table=writes[-1].table,
            admitted=True,
            candidate="c" * 64,
            verdict=ADMITTED.plain(),
            profile="pilot",
            writes=tuple(Planned(write, schema) for write, schema in drafts),
            event=EVENT,
        )
        entry = Entry(Kind.DECIDED, decided.table, decided.body(), self.clock.now(), once=f"decided:{attempt}")
        (logged,) = self.ledger.append(entry)
        return Permit(attempt, writes, logged.index, logged.leaf.hex())

    def judged(self, table: str, rows: dict[str, int], **options: Any) -> Permit:
        """Draft and decision in one."""
        return self.decide(self.draft(table, rows, **options))

    def put(self, table: str, rows: dict[str, int], **options: Any) -> int:
        """Draft, decision and commit in one; the new version."""
        return self.lake.commit(self.judged(table, rows, **options))[-1].version

    def rows(self, table: str, version: int | None = None) -> dict[str, int]:
        """What the one reader shows."""
        return dict(self.lake.scan(table, version).select("id", "value").sort("id").collect().iter_rows())

    def write_past_the_gate(self, table: str, rows: dict[str, int], mode: str = "append") -> None:
        """What anybody with the folder's path and a Delta library can do."""
        folder = self.lake.folder(table)
        folder.mkdir(exist_ok=True)
        frame = pl.DataFrame(
            {"id": list(rows), "value": list(rows.values())}, schema={"id": pl.String, "value": pl.Int64}
        )
        write_deltalake(str(folder), frame.to_arrow(), mode=mode, schema_mode="merge" if mode == "append" else None)  # type: ignore[call-overload]  # mode is one of the two

    def verified(self) -> Verification:
        """The auditor's walk over everything."""
        return verify(self.ledger, self.lake.root, Signer.kept_in(self.folder / "keys").verifier)

    def problems(self) -> list[str]:
        """What that walk found, in short."""
        return [f"{problem.kind}: {problem.where}: {problem.what}" for problem in self.verified().problems]

    def log(self, table: str) -> list[str]:
        """The names of the table's log entries."""
        return sorted(path.name for path in (self.lake.folder(table) / "_delta_log").glob("*.json"))

    def entries(self, kind: Kind) -> list[Any]:
        """The bodies of the ledger's entries of a kind."""
        return [logged.entry.body for logged in self.ledger.read(kind=kind)]


EVENT: dict[str, Any] = {
    "eventTime": "2026-11-23T12:00:00.000000Z",
    "eventType": "COMPLETE",
    "run": {"runId": "r", "facets": {"aios_gateDecision": {"ledgerIndex": 0}}},
    "outputs": [{"name": "things"}, {"name": "things_quarantine"}],
}
