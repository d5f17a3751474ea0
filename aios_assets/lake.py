"""Lake: governed Delta tables. The only writer takes a permit; the only reader shows what the ledger committed.

The one file that meets deltalake. delta-rs neither syncs its files nor checks that an added file exists, that a removed
one is a member, or that a permit was used before: all of that is done here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, Schema, Transaction
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions

from aios_assets.disk import locked, make_folder, sha256_of, sync_file, sync_folder
from aios_assets.errors import ForeignVersion, LakeError, NotPermitted, Overtaken
from aios_assets.record import closing_event
from aios_assets.telemetry import current_trace_id
from audit.clock import Clock
from audit.entries import Abandoned, Committed, Decided, Foreign, closed
from audit.history import LOG, log_versions, read_version
from audit.ledger import AlreadyLogged, Entry, Kind, Ledger
from audit.tables import Tables, TableState
from policies.permit import DraftFile, Permit, Write

FILES = "_files"
"""Folder of data files inside a table's: VACUUM by any tool leaves folders that begin with `_` alone."""

CONFIGURATION = {"delta.enableExpiredLogCleanup": "false", "delta.checkpointInterval": "1000000"}
"""Log entries are evidence: delta never cleans them up; `aios maintain` writes checkpoints."""

LATER = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)


@dataclass(frozen=True)
class Landed:
    """One committed write: the table's new version, and whether it had landed before."""

    table: str
    version: int
    already: bool


class Lake:
    """The governed tables below one folder, as one ledger tells them."""

    def __init__(self, root: Path, ledger: Ledger, clock: Clock) -> None:
        self.root, self.ledger, self.clock = root, ledger, clock
        self._tables = Tables(ledger)
        self._seen: dict[Path, tuple[tuple[int, ...], str]] = {}
        self._handles: dict[str, DeltaTable] = {}

    @property
    def name(self) -> str:
        """The lake's name in lineage: its folder's."""
        return self.root.name

    @property
    def tables(self) -> Tables:
        """Every table as the ledger tells it now."""
        self._tables.refresh()
        return self._tables

    def folder(self, table: str) -> Path:
        """A table's folder."""
        return self.root / table

    def state(self, table: str) -> TableState | None:
        """What is committed of a table; None where nothing is."""
        state = self.tables.state(table)
        return state if state is not None and state.version >= 0 else None

    def scan(self, table: str, version: int | None = None) -> pl.LazyFrame:
        """The rows of a committed version (default: the latest), as exactly the bytes that were decided on.

        Raises LakeError where nothing is committed, or where a file is gone or has other bytes.
        """
        state = self.state(table)
        if state is None:
            raise LakeError(f"table {table}", "nothing of it is committed", "run the stage that makes it: `aios run`")
        at = state.version if version is None else version
        if at not in state.history:
            known = ", ".join(str(number) for number in list(state.history)[-5:])
            raise LakeError(f"table {table}", f"version {at} was never committed", f"read one of …{known}")
        files = self._tables.files(table, at).values()
        return self.scan_files(table, files, polars_schema(state.history[at].planned.schema))

    def scan_files(self, table: str, files: Iterable[DraftFile], schema: pl.Schema) -> pl.LazyFrame:
        """The rows of these member files, each proven to have its SHA-256: once a process, again when it is touched."""
        paths = []
        for file in files:
            path = self.folder(table) / file.path
            self._prove(table, path, file)
            paths.append(path)
        return pl.scan_parquet(paths, glob=False) if paths else pl.LazyFrame(schema=schema)

    def note(self, table: str, files: Iterable[DraftFile]) -> None:
        """Remembers files that this process has just written, synced and hashed."""
        for file in files:
            path = self.folder(table) / file.path
            self._seen[path] = (_signature(path), file.sha256)

    def commit(self, permit: Permit) -> tuple[Landed, ...]:
        """Commits every write of a permit, in order; what is already in a table's log is recognised, not repeated.

        Raises NotPermitted where the permit does not cover exactly these bytes or was used up, Overtaken where another
        commit came first (the permit is abandoned then), ForeignVersion where the table holds a version that nobody was
        permitted, LakeError where storage fails.
        """
        decided = self._decision(permit)
        landed = tuple(self._commit(permit, write, decided) for write in permit.writes)
        self._tell(permit, decided)
        return landed

    def abandon(self, permit: Permit, why: str) -> None:
        """Ends a permit: each write of it that is still open is abandoned."""
        for write in permit.writes:
            body = Abandoned(permit.id, write.table, why).body()
            self._append(self._entry(Kind.ABANDONED, write.table, body, closed(permit.id, write.table)))
        if (known := self.tables.decision(permit.id)) is not None:
            self._tell(permit, known[1], aborted=True)

    def _decision(self, permit: Permit) -> Decided:
        """The decision behind a permit: in the ledger, with the permit's leaf and id, covering these writes to the letter."""
        found = next(iter(self.ledger.read(permit.ledger_index, permit.ledger_index + 1)), None)
        if found is None or found.entry.kind is not Kind.DECIDED or found.leaf.hex() != permit.ledger_leaf:
            raise NotPermitted(
                f"permit {permit.id}",
                f"the ledger holds no such decision at {permit.ledger_index}",
                "let the gate judge the draft: only stages issue permits",
            )
        decided = Decided.parse(found.entry.body)
        covered = [planned.write.digest for planned in decided.writes]
        if decided.permit != permit.id or covered != [write.digest for write in permit.writes]:
            raise NotPermitted(
                f"permit {permit.id}",
                f"entry {permit.ledger_index} decided something else",
                "a permit is for one attempt's exact writes; have the draft judged",
            )
        return decided

    def _commit(self, permit: Permit, write: Write, decided: Decided) -> Landed:
        """Recognise what landed; refuse a used permit, a stale parent, changed bytes; commit; make durable and record.

        The lock saves work among processes of this machine; what decides is Delta's put-if-absent of the next version.
        """
        folder = self.folder(write.table)
        if not folder.is_dir():
            make_folder(folder)
        with locked(folder / "_lock"):
            if self._has_landed(permit, write):
                return self._record(permit, write, already=True)
            self._refuse_used(permit, write)
            self._refuse_stale(permit, write)
            self._refuse_changed(permit, write)
            self._to_delta(permit, write, decided)
            return self._record(permit, write, already=False)

    def _has_landed(self, permit: Permit, write: Write) -> bool:
        folder, number = self.folder(write.table), write.parent + 1
        version = read_version(folder, number)
        if (
            version is not None
            and version.torn
            and number == max(log_versions(folder))
            and self._unknown(write, number)
        ):
            # A power cut kept the entry's name and lost its bytes: it was never acknowledged, and delta-rs would read
            # it as old data.
            log_file(folder, number).unlink()
            sync_folder(folder / LOG)
            return False
        return version is not None and version.carries(permit.id)

    def _unknown(self, write: Write, number: int) -> bool:
        state = self.state(write.table)
        return state is None or number not in state.history

    def _refuse_used(self, permit: Permit, write: Write) -> None:
        if not any(doubt.permit == permit.id and doubt.planned.write == write for doubt in self.tables.in_doubt):
            raise NotPermitted(
                f"permit {permit.id} for table {write.table}",
                "it was used up or abandoned",
                "a permit works once; have a new draft judged",
            )

    def _refuse_stale(self, permit: Permit, write: Write) -> None:
        self._finish_landed(write.table)
        state = self.tables.state(write.table)
        committed = state.version if state else -1
        there = max(log_versions(self.folder(write.table)), default=-1)
        # A repair is judged on top of the foreign versions that it undoes, and overwrites them.
        undoes = write.overwrite and write.parent == there and state is not None and there in state.foreign
        if committed != write.parent and not undoes:
            why = f"version {committed} is published and the draft was judged on top of version {write.parent}"
            self.abandon(permit, why)
            raise Overtaken(f"draft for {write.table}", why, "run the stage again; cached answers are used")
        if there != write.parent:
            raise ForeignVersion(
                f"table {write.table}",
                f"its log holds version {there}, for which there is no permit; nothing is built on it",
                f"look at it, then `aios repair {write.table}` publishes version {committed} again",
            )

    def _finish_landed(self, table: str) -> None:
        """Records commits of this table that landed and whose process died before it could say so."""
        for doubt in self.tables.in_doubt:
            if doubt.planned.write.table == table:
                version = read_version(self.folder(table), doubt.planned.write.parent + 1)
                if version is not None and version.carries(doubt.permit):
                    self._record(Permit(doubt.permit, (), doubt.decided, ""), doubt.planned.write, already=True)

    def _refuse_changed(self, permit: Permit, write: Write) -> None:
        state = self.state(write.table)
        members = state.files if state else {}
        why = ""
        for file in write.adds:
            path = self.folder(write.table) / file.path
            if not path.is_file() or path.stat().st_size != file.size or sha256_of(path) != file.sha256:
                why = f"file {file.path} is gone, or no longer has the bytes that were judged"
        if strangers := sorted(set(write.removes) - set(members)):
            why = f"{strangers[0]} is to be removed and is no member of version {write.parent}"
        if why:
            self.abandon(permit, why)
            raise NotPermitted(f"draft for {write.table}", why, "run the stage again; nothing was made visible")

    def _to_delta(self, permit: Permit, write: Write, decided: Decided) -> None:
        folder, at = self.folder(write.table), int(self.clock.now().timestamp() * 1000)
        schema = next(Schema.from_json(planned.schema) for planned in decided.writes if planned.write == write)
        adds = [AddAction(f.path, f.size, {}, at, _data_change(), f.stats or "{}") for f in write.adds]
        properties = CommitProperties(
            custom_metadata={"aios.permit": permit.id, "aios.decided": str(permit.ledger_index)},
            max_commit_retries=0,
            app_transactions=[Transaction(permit.id, 1)],
        )
        for file in write.adds:
            sync_file(folder / file.path)
        if write.adds:
            sync_folder(folder / FILES)
        try:
            if write.parent < 0:
                create_table_with_add_actions(
                    str(folder), schema, adds, mode="error", configuration=CONFIGURATION,
                    commit_properties=properties, post_commithook_properties=LATER,
                )  # fmt: skip
            else:
                removes = [] if write.overwrite else [RemoveAction(path, _data_change(), at) for path in write.removes]
                self._at(write.table, write.parent).create_write_transaction(
                    [*adds, *removes], "overwrite" if write.overwrite else "append", schema,
                    commit_properties=properties, post_commithook_properties=LATER,
                )  # fmt: skip
        except (DeltaError, OSError) as failed:
            self._handles.pop(write.table, None)
            # An exception does not mean "not committed": the log says what happened.
            if self._has_landed(permit, write):
                return
            self._refuse_stale(permit, write)
            raise LakeError(
                f"commit to {write.table}",
                f"storage failed: {failed}",
                "mend it (space, mount, rights), then run again: `aios reconcile` finishes what was decided",
            ) from failed

    def _at(self, table: str, version: int) -> DeltaTable:
        """The table opened at exactly this version; a kept handle reads only the log entries that are new to it."""
        handle = self._handles.get(table)
        if handle is not None and handle.version() < version:
            handle.update_incremental()
        if handle is None or handle.version() != version:
            handle = self._handles[table] = DeltaTable(str(self.folder(table)), version=version)
        return handle

    def _record(self, permit: Permit, write: Write, *, already: bool) -> Landed:
        folder, version = self.folder(write.table), write.parent + 1
        log = log_file(folder, version)
        sync_file(log)
        sync_folder(folder / LOG)
        sync_folder(folder)
        body = Committed(permit.id, write.table, version, sha256_of(log), permit.ledger_index).body()
        entries = [self._entry(Kind.COMMITTED, write.table, body, closed(permit.id, write.table))]
        state = self.tables.state(write.table)
        for number in sorted(state.foreign if state else ()):
            if state and state.foreign[number].repaired_by is None and number <= write.parent:
                undone = Foreign(write.table, number, state.foreign[number].log_sha256, permit.id).body()
                entries.append(self._entry(Kind.FOREIGN, write.table, undone, None))
        self._append(*entries)
        return Landed(write.table, version, already)

    def _tell(self, permit: Permit, decided: Decided, *, aborted: bool = False) -> None:
        if decided.event is not None:
            self._append(
                closing_event(decided, permit.ledger_index, self.clock.now(), current_trace_id() or "", aborted=aborted)
            )

    def _append(self, *entries: Entry) -> None:
        try:
            self.ledger.append(*entries)
        except AlreadyLogged:
            return  # Somebody, or an earlier try, told the same; that is what `once` keys are for.

    def _entry(self, kind: Kind, subject: str, body: Mapping[str, Any], once: str | None) -> Entry:
        return Entry(kind, subject, body, self.clock.now(), current_trace_id() or "", once)

    def _prove(self, table: str, path: Path, file: DraftFile) -> None:
        try:
            signature = _signature(path)
            if self._seen.get(path) == (signature, file.sha256):
                return
            whole = signature[0] == file.size and sha256_of(path) == file.sha256
        except FileNotFoundError:
            whole = False
        if not whole:
            raise LakeError(
                f"table {table}",
                f"file {file.path} is gone, or no longer has the bytes that were decided on",
                "bring it back from a backup; `aios audit verify` names every such file",
            )
        self._seen[path] = (signature, file.sha256)


def delta_schema(schema: pl.Schema) -> str:
    """The Delta schema of a table with these columns, as JSON."""
    empty = pl.DataFrame(schema=schema).to_arrow(compat_level=pl.CompatLevel.oldest())
    return Schema.from_arrow(empty.schema).to_json()


def polars_schema(delta: str) -> pl.Schema:
    """The columns of a Delta schema (JSON)."""
    empty = pa.schema(Schema.from_json(delta).to_arrow()).empty_table()
    return pl.DataFrame(pl.from_arrow(empty)).schema


def log_file(folder: Path, version: int) -> Path:
    """The log entry of a version of the table in this folder."""
    return folder / LOG / f"{version:020d}.json"


def _data_change() -> bool:
    """Every commit of ours changes data in Delta's sense: readers of its log must look at the files."""
    return True


def _signature(path: Path) -> tuple[int, ...]:
    told = path.stat()
    return told.st_size, told.st_mtime_ns, told.st_ctime_ns, told.st_ino
