"""Maintenance: checkpoints of the tables' logs, and a vacuum that knows what drafts, pins and stages still need.

Delta's own vacuum would take drafts that wait for their decision, and tells nobody what it took.
"""

import contextlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from aios_assets.disk import sync_file, sync_folder
from aios_assets.errors import LakeError
from aios_assets.lake import Lake
from aios_assets.lock import FILES
from aios_assets.reconcile import reconcile
from aios_assets.tablelog import TableLog
from audit.entries import Vacuumed
from audit.history import LOG, read_version
from audit.ledger import AlreadyLogged, Entry, Kind
from audit.table import TableState

if TYPE_CHECKING:  # it costs 4 s, and only its lake is used here
    from aios_assets.runtime import Runtime

KEEP_DAYS = 7.0
"""Days for which a version that was followed by another stays readable, and for which no file is deleted."""

KEEP_VERSIONS = 2
"""Latest versions that stay readable however old they are."""

CHECKPOINT_EVERY = 50
"""Versions between two checkpoints: opening a table reads at most so many log entries one by one."""

_SCRATCH = "_scratch"
_CHECKPOINT = re.compile(r"(\d{20})\.checkpoint\.parquet")


@dataclass(frozen=True)
class Maintained:
    """What was done: files deleted and the bytes they took, versions that can no longer be read, checkpoints written.

    `versions` and `checkpoints` are told as `table@version`, `skipped` as `table: why`.
    """

    files: int
    bytes: int
    versions: tuple[str, ...]
    checkpoints: tuple[str, ...]
    skipped: tuple[str, ...]


def maintain(runtime: "Runtime", *, keep_versions: int = KEEP_VERSIONS, keep_days: float = KEEP_DAYS) -> Maintained:
    """Maintains this process' lake; see `maintain_lake`."""
    return maintain_lake(runtime.lake, keep_versions=keep_versions, keep_days=keep_days)


def maintain_lake(lake: Lake, *, keep_versions: int = KEEP_VERSIONS, keep_days: float = KEEP_DAYS) -> Maintained:
    """Writes checkpoints and deletes files that nobody needs any more; the ledger says which before they go.

    Stays: every file of the latest version, of pinned ones, of those that a stage read last, of the `keep_versions`
    latest (at least one), of those that were published within `keep_days`; drafts in doubt; whatever is younger than
    `keep_days`, which must be longer than the longest run. A table with a foreign version is left as it is.
    """
    reconcile(lake)
    limit = lake.clock.now() - timedelta(days=keep_days)
    read = _read_last(lake)
    count, size, versions, checkpoints, skipped = 0, 0, list[str](), list[str](), list[str]()
    for table in lake.tables.names:
        if not lake.folder(table).is_dir():
            continue
        with lake.alone(table):
            try:
                one = _Table(lake, table, limit, read.get(table, frozenset()))
                if one.checkpoint():
                    checkpoints.append(f"{table}@{one.version}")
                deleted, freed, lost = one.vacuum(max(1, keep_versions))
            except (LakeError, OSError) as fault:
                skipped.append(f"{table}: {fault.why if isinstance(fault, LakeError) else fault}")
                continue
        count, size = count + deleted, size + freed
        versions += [f"{table}@{version}" for version in lost]
    return Maintained(count, size, tuple(versions), tuple(checkpoints), tuple(skipped))


def pin(lake: Lake, table: str, version: int, *, why: str) -> None:
    """Keeps a committed version readable for good. Raises LakeError where there is none to read."""
    with lake.alone(table) if lake.state(table) else contextlib.nullcontext():
        lake.scan(table, version)
        body = {"table": table, "version": version, "why": why}
        with contextlib.suppress(AlreadyLogged):
            lake.ledger.append(Entry(Kind.PINNED, table, body, lake.clock.now(), once=f"pinned:{table}:{version}"))


def _read_last(lake: Lake) -> dict[str, frozenset[int]]:
    """The versions of each table that some stage read last: it compares with them to see what changed since."""
    tables, read = lake.tables, dict[str, set[int]]()
    for name in tables.names:
        state = tables.state(name)
        for facts in state.settled.inputs if state and state.settled else ():
            if facts.version is not None:
                read.setdefault(facts.name, set()).add(facts.version)
    return {name: frozenset(versions) for name, versions in read.items()}


class _Table:
    """One table, while its lock is held."""

    def __init__(self, lake: Lake, table: str, limit: datetime, read: frozenset[int]) -> None:
        self.lake, self.table, self.limit, self.read = lake, table, limit, read
        self.folder = lake.folder(table)
        self.state: TableState | None = lake.state(table)
        self.version = self.state.version if self.state else -1
        if (top := TableLog(self.folder).top) != self.version:
            raise LakeError(
                f"table {table}",
                f"its log ends with version {top} and version {self.version} is published",
                f"run `aios audit verify`, then `aios repair {table}`",
            )

    def checkpoint(self) -> bool:
        """Writes one if the last is far behind; it is whole, checked and durable before it has its name."""
        log, scratch = self.folder / LOG, self.folder / _SCRATCH
        there = [(int(found[1]), path) for path in _files_in(log) if (found := _CHECKPOINT.fullmatch(path.name))]
        if self.version - max((version for version, _ in there), default=-1) < CHECKPOINT_EVERY:
            return False
        shutil.rmtree(scratch, ignore_errors=True)
        try:
            self.lake.copy_log(self.table, scratch)
            for name in (f"{self.version:020d}.checkpoint.parquet", "_last_checkpoint"):
                sync_file(scratch / LOG / name)
                (scratch / LOG / name).rename(log / name)
                sync_folder(log)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        for _, path in there:
            path.unlink()
        return True

    def vacuum(self, keep_versions: int) -> tuple[int, int, list[int]]:
        """Deletes what nobody needs; answers how many files, their bytes, and the versions that are lost with them."""
        kept = self._kept(keep_versions)
        needed = {path for version in kept for path in self.lake.tables.files(self.table, version)}
        for doubt in self.lake.tables.in_doubt:
            if doubt.planned.write.table == self.table:
                needed |= {file.path for file in doubt.planned.write.adds}
        going = {
            path: told.st_size
            for path in self._candidates()
            if path not in needed and (told := (self.folder / path).stat()).st_mtime < self.limit.timestamp()
        }
        for leftover in _files_in(self.folder / LOG):
            if leftover.name.endswith(".tmp") or "#" in leftover.name:  # a writer that died; never a version
                leftover.unlink()
        if not going:
            return 0, 0, []
        history = self.state.history if self.state else {}
        readable = [version for version, told in history.items() if not told.lost and version not in kept]
        lost = [version for version in readable if going.keys() & self.lake.tables.files(self.table, version).keys()]
        body = Vacuumed(self.table, tuple(sorted(going)), tuple(lost)).body()
        self.lake.ledger.append(Entry(Kind.VACUUMED, self.table, body, self.lake.clock.now()))
        for path in going:
            (self.folder / path).unlink(missing_ok=True)
        return len(going), sum(going.values()), lost

    def _kept(self, keep_versions: int) -> set[int]:
        """The versions that stay readable."""
        history = self.state.history if self.state else {}
        ledger, numbers = self.lake.ledger, sorted(history)
        pinned = {logged.entry.body.get("version") for logged in ledger.read(kind=Kind.PINNED, subject=self.table)}
        kept = {version for version in numbers if version in pinned or version in self.read}
        kept |= set(numbers[-keep_versions:])
        followed = {
            logged.entry.body.get("version"): logged.entry.at
            for logged in ledger.read(kind=Kind.COMMITTED, subject=self.table)
        }
        for version, after in pairwise(numbers):
            if followed[after] >= self.limit:
                kept.add(version)
        return {version for version in kept if not history[version].lost}

    def _candidates(self) -> Iterator[str]:
        """Every data file of ours, and those that foreign versions brought in and a repair has undone."""
        for file in _files_in(self.folder / FILES):
            yield f"{FILES}/{file.name}"
        for number, foreign in (self.state.foreign if self.state else {}).items():
            told = read_version(self.folder, number) if foreign.repaired_by else None
            for path in told.adds if told else ():
                file = self.folder / path
                if file.is_file() and file.resolve().parent == self.folder.resolve():
                    yield path


def _files_in(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
