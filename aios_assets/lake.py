"""Lake: governed Delta tables. The only writer takes a permit; the only reader shows what the ledger committed.

The one file that meets deltalake. delta-rs neither syncs its files nor checks that an added file exists, that a removed
one is a member, or that a permit was used before: all of that is the lock's work.
"""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

import polars as pl
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, Schema, Transaction
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions

from aios_assets.errors import LakeError
from aios_assets.lock import Landed, Lock, storage_failed
from aios_assets.proven import Proven
from aios_assets.tablelog import TableLog
from audit.clock import Clock
from audit.entries import Foreign, Planned
from audit.errors import LedgerError
from audit.history import LOG
from audit.ledger import Ledger
from audit.table import TableState
from audit.tables import Tables
from policies.permit import DraftFile, Permit

CONFIGURATION = {"delta.enableExpiredLogCleanup": "false", "delta.checkpointInterval": "1000000"}
"""Log entries are evidence: delta never cleans them up; `aios maintain` writes checkpoints."""

LATER = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)


class Lake:
    """The governed tables below one folder, as one ledger tells them."""

    def __init__(self, root: Path, ledger: Ledger, clock: Clock) -> None:
        self.root, self.ledger, self.clock = root, ledger, clock
        self._tables = Tables(ledger)
        self._proven = Proven()
        self._handles: dict[str, DeltaTable] = {}
        self._lock = Lock(root, ledger, clock, tables=self._tables, proven=self._proven, land=self._land)

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
        try:
            files = self._tables.files(table, at).values()
        except LedgerError as gone:
            raise LakeError(f"table {table}", str(gone), f"read a version from {state.version} on") from gone
        return self.scan_files(table, files, polars_schema(state.history[at].planned.schema))

    def scan_files(self, table: str, files: Iterable[DraftFile], schema: pl.Schema) -> pl.LazyFrame:
        """The rows of these member files, each proven to have its SHA-256: once a process, again when it is touched."""
        paths = []
        for file in files:
            path = self.folder(table) / file.path
            try:
                whole = self._proven.holds(path, file)
            except OSError as error:
                raise LakeError(
                    f"table {table}", f"file {file.path} cannot be read: {error}", "mend storage"
                ) from error
            if not whole:
                raise LakeError(
                    f"table {table}",
                    f"file {file.path} is gone, or no longer has the bytes that were decided on",
                    "bring it back from a backup; `aios audit verify` names every such file",
                )
            paths.append(path)
        return pl.scan_parquet(paths, glob=False) if paths else pl.LazyFrame(schema=schema)

    def made_durable(self, table: str, files: Iterable[DraftFile]) -> None:
        """Remembers drafts that this process has just synced, bytes and names."""
        self._proven.made_durable(self.folder(table) / file.path for file in files)

    def alone(self, *tables: str) -> contextlib.AbstractContextManager[None]:
        """Keeps every other process of this machine from changing these tables."""
        return self._lock.alone(*tables)

    def commit(self, permit: Permit) -> tuple[Landed, ...]:
        """Commits every write of a permit, in order; what is already committed under it is recognised, not repeated.

        Raises NotPermitted where the permit does not cover exactly these bytes or was used up, Overtaken where another
        commit came first (in both cases what was still open is abandoned), ForeignVersion where the table holds a
        version that nobody was permitted, LakeError where storage fails: the permit stays in doubt, for `reconcile`.
        """
        return self._lock.commit(permit)

    def abandon(self, permit: Permit, why: str) -> None:
        """Ends a permit: each write of it that has not landed is abandoned."""
        self._lock.abandon(permit, why)

    def name_foreign(self, table: str) -> tuple[Foreign, ...]:
        """Names in the ledger every version above the last committed one; answers them. Hold the table's lock."""
        return self._lock.name_foreign(table)

    def copy_log(self, table: str, to: Path) -> None:
        """Writes a checkpoint of the table's last committed version into the folder `to`, by a log of links there.

        Nothing of the table changes. Raises LakeError where the checkpoint is not what the ledger tells.
        """
        state, log, copied = self.state(table), TableLog(self.folder(table)), TableLog(to)
        if state is None:
            return
        (to / LOG).mkdir(parents=True)
        for number in range(state.version + 1):
            os.link(log.file(number), copied.file(number))
        try:
            DeltaTable(str(to)).create_checkpoint()
            for number in range(state.version):
                copied.file(number).unlink()
            members = {str(Path(uri).relative_to(to)) for uri in DeltaTable(str(to)).file_uris()}
        except (DeltaError, ValueError) as failed:
            raise LakeError(
                f"log of {table} at {log.folder / LOG}", f"no checkpoint: {failed}", "run `aios audit verify`"
            ) from failed
        if members != set(state.files):
            raise LakeError(
                f"checkpoint of {table}",
                f"it tells {len(members)} files where the ledger tells {len(state.files)}",
                "run `aios audit verify`; the checkpoint was thrown away",
            )

    def _land(self, permit: str, index: int, planned: Planned) -> None:
        """Links a write into its table's log; see aios_assets.lock.Land. No retries: they would rebase in silence."""
        write, folder = planned.write, self.folder(planned.write.table)
        at, schema = int(self.clock.now().timestamp() * 1000), Schema.from_json(planned.schema)
        adds = [AddAction(f.path, f.size, {}, at, _data_change(), f.stats or "{}") for f in write.adds]
        properties = CommitProperties(
            custom_metadata={"aios.permit": permit, "aios.decided": str(index)},
            max_commit_retries=0,
            app_transactions=[Transaction(permit, 1)],
        )
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
        except (DeltaError, OSError, ValueError) as failed:
            self._handles.pop(write.table, None)
            raise storage_failed(write.table, failed) from failed

    def _at(self, table: str, version: int) -> DeltaTable:
        """The table opened at exactly this version; a kept handle reads only the log entries that are new to it."""
        handle = self._handles.get(table)
        if handle is not None and handle.version() < version:
            handle.update_incremental()
        if handle is None or handle.version() != version:
            handle = self._handles[table] = DeltaTable(str(self.folder(table)), version=version)
        return handle


def delta_schema(schema: pl.Schema) -> str:
    """The Delta schema of a table with these columns, as JSON."""
    empty = pl.DataFrame(schema=schema).to_arrow(compat_level=pl.CompatLevel.oldest())
    return Schema.from_arrow(empty.schema).to_json()


def polars_schema(delta: str) -> pl.Schema:
    """The columns of a Delta schema (JSON)."""
    return pl.Schema(Schema.from_json(delta).to_arrow())


def _data_change() -> bool:
    """Every commit of ours changes data in Delta's sense: readers of its log must look at the files."""
    return True
