"""Lock: what a permit opens. The one place that decides whether judged drafts become a table's next version.

A permit works once, for exactly the bytes that were judged, after exactly the version that they were judged on top of.
What the ledger does not believe is not committed, and what is committed is durable first.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from aios_assets.disk import locked, sync_file, sync_folder
from aios_assets.ending import closing_event
from aios_assets.errors import ForeignVersion, LakeError, NotPermitted, Overtaken
from aios_assets.proven import Proven
from aios_assets.tablelog import TableLog
from aios_assets.telemetry import current_trace_id
from audit.clock import Clock
from audit.entries import Abandoned, Committed, Decided, Foreign, Planned, closed
from audit.ledger import AlreadyLogged, Entry, Kind, Ledger
from audit.table import InDoubt
from audit.tables import Tables
from policies.permit import Permit, Write

FILES = "_files"
"""Folder of data files inside a table's: VACUUM by any tool leaves folders that begin with `_` alone."""

LOCK = "_lock"
"""File inside a table's folder that whoever changes the table on this machine holds."""

RERUN = "run the stage again; cached answers are used"

Land = Callable[[str, int, Planned], None]
"""Links a planned write into its table's log as the version after its parent, if that is free: permit, ledger index, write.

Raises LakeError; the write may have landed all the same.
"""


@dataclass(frozen=True)
class Landed:
    """One committed write: the table's new version, and whether it had landed before."""

    table: str
    version: int
    already: bool


@dataclass(frozen=True)
class _Case:
    """A permit whose decision stands in the ledger. What it allows is read there, never off the permit."""

    permit: str
    index: int
    decided: Decided


class Lock:
    """Commits by permit into the tables below one folder, as one ledger tells them."""

    def __init__(self, root: Path, ledger: Ledger, clock: Clock, *, tables: Tables, proven: Proven, land: Land) -> None:
        self.root, self.ledger, self.clock = root, ledger, clock
        self._tables, self._proven, self._land = tables, proven, land

    @property
    def tables(self) -> Tables:
        """Every table as the ledger tells it now."""
        self._tables.refresh()
        return self._tables

    def folder(self, table: str) -> Path:
        """A table's folder."""
        return self.root / table

    def log(self, table: str) -> TableLog:
        """A table's log."""
        return TableLog(self.folder(table))

    @contextlib.contextmanager
    def alone(self, *tables: str) -> Iterator[None]:
        """Keeps every other process of this machine from changing these tables.

        The lock saves work and lets torn log entries be told from ones that are being written; who wins is decided by
        Delta's put-if-absent of the next version.
        """
        with contextlib.ExitStack() as held:
            for table in sorted(set(tables)):
                self.folder(table).mkdir(parents=True, exist_ok=True)
                held.enter_context(locked(self.folder(table) / LOCK))
            yield

    def commit(self, permit: Permit) -> tuple[Landed, ...]:
        """Commits every write of a permit, in order; what is already committed under it is recognised, not repeated.

        Raises NotPermitted where the permit does not cover exactly these bytes or was used up, Overtaken where another
        commit came first (in both cases what was still open is abandoned), ForeignVersion where the table holds a
        version that nobody was permitted, LakeError where storage fails: the permit stays in doubt, for `reconcile`.
        """
        case = self._case(permit)
        try:
            with self.alone(*(planned.write.table for planned in case.decided.writes)):
                return self._carry_out(case)
        except OSError as failed:
            raise storage_failed(case.decided.table, failed) from failed

    def abandon(self, permit: Permit, why: str) -> None:
        """Ends a permit: each write of it that has not landed is abandoned."""
        case = self._case(permit)
        with self.alone(*(planned.write.table for planned in case.decided.writes)):
            for planned in case.decided.writes:
                self._finish_landed(planned.write.table)
            self._abandon(case, why)

    def name_foreign(self, table: str) -> tuple[Foreign, ...]:
        """Names in the ledger every version above the last committed one; answers them. Hold the table's lock."""
        self._finish_landed(table)
        state = self.tables.state(table)
        committed = state.version if state else -1
        found = []
        for number in self.log(table).above(committed):
            foreign = Foreign(table, number, self.log(table).sha256(number))
            once = f"foreign:{table}:{number}:{foreign.log_sha256}"
            found.append((foreign, self._entry(Kind.FOREIGN, table, foreign.body(), once)))
        self._append(*(entry for _, entry in found))
        return tuple(foreign for foreign, _ in found)

    def _case(self, permit: Permit) -> _Case:
        """The decision behind a permit: in the ledger, with the permit's leaf and id, covering these writes to the letter."""
        index = permit.ledger_index
        found = next(iter(self.ledger.read(index, index + 1)), None) if index >= 0 else None
        if found is None or found.entry.kind is not Kind.DECIDED or found.leaf.hex() != permit.ledger_leaf:
            raise NotPermitted(
                f"permit {permit.id}",
                f"the ledger holds no such decision at {index}",
                "let the gate judge the draft: only stages issue permits",
            )
        decided = Decided.parse(found.entry.body)
        covered = [planned.write.digest for planned in decided.writes]
        if decided.permit != permit.id or covered != [write.digest for write in permit.writes]:
            raise NotPermitted(
                f"permit {permit.id}",
                f"entry {index} decided something else",
                "a permit is for one attempt's exact writes; have the draft judged",
            )
        return _Case(permit.id, index, decided)

    def _carry_out(self, case: _Case) -> tuple[Landed, ...]:
        """1 finish what landed · 2 recognise, refuse a used permit · 3 refuse stale parents, changed bytes · 4 commit.

        Every write is looked at before the first is made, so that an attempt lands whole or, but for a fault, not at all.
        """
        landed, rest = dict[str, Landed](), list[Planned]()
        for planned in case.decided.writes:  # 1
            self._finish_landed(planned.write.table)
        for planned in case.decided.writes:  # 2
            table, version = planned.write.table, planned.write.parent + 1
            if self._is_committed(case, planned.write):
                landed[table] = Landed(table, version, already=True)
            else:
                self._refuse_used(case, planned.write)
                rest.append(planned)
        for planned in rest:  # 3
            self._refuse_stale(case, planned.write)
            self._refuse_changed(case, planned.write)
        for planned in rest:  # 4
            self._enter(planned.write)
        for planned in rest:
            self._commit(case, planned)
            landed[planned.write.table] = Landed(planned.write.table, planned.write.parent + 1, already=False)
        if not case.decided.writes:
            self._append(*self._closing(case, ()))
        return tuple(landed[planned.write.table] for planned in case.decided.writes)

    def _finish_landed(self, table: str) -> None:
        """Records commits of this table that landed and whose process died before it could say so; clears torn ones."""
        state = self.tables.state(table)
        self.log(table).clear_torn(state.history if state else ())
        for doubt in self.tables.in_doubt:
            write = doubt.planned.write
            if write.table == table and self.log(table).holds(doubt.permit, write):
                self.log(table).rewrite(write.parent + 1)
                self._record(_case_of(doubt), write)

    def _is_committed(self, case: _Case, write: Write) -> bool:
        state = self.tables.state(write.table)
        version = state.history.get(write.parent + 1) if state else None
        return version is not None and version.permit == case.permit and version.decided == case.index

    def _refuse_used(self, case: _Case, write: Write) -> None:
        """A permit that was ended opens nothing; reconcile may have ended it beside us, because another commit came first."""
        table = write.table
        open_now = [(doubt.permit, doubt.decided, doubt.planned.write.table) for doubt in self.tables.in_doubt]
        if (case.permit, case.index, table) not in open_now:
            if (state := self.tables.state(table)) and state.version > write.parent:
                raise Overtaken(f"draft for {table}", _overtaken(state.version, write), RERUN)
            raise NotPermitted(
                f"permit {case.permit} for table {table}",
                "it was used up or abandoned",
                "a permit works once; have a new draft judged",
            )

    def _refuse_stale(self, case: _Case, write: Write) -> None:
        """The parent must be what is published, be the top of the log, and have the log entry that was committed."""
        state, log = self.tables.state(write.table), self.log(write.table)
        committed = state.version if state else -1
        foreign = state.foreign if state else {}
        there = log.top
        # A repair is judged on top of the foreign versions that it undoes, and overwrites them.
        over = range(committed + 1, write.parent + 1)
        undoes = write.overwrite and committed >= 0 and len(over) > 0 and all(number in foreign for number in over)
        if committed != write.parent and not undoes:
            why = _overtaken(committed, write)
            self._abandon(case, why)
            raise Overtaken(f"draft for {write.table}", why, RERUN)
        if there > write.parent:
            raise ForeignVersion(
                f"table {write.table}",
                f"its log holds version {there}, for which there is no permit; nothing is built on it",
                f"look at it, then `aios repair {write.table}` publishes version {committed} again",
            )
        if write.parent < 0:
            return
        known = foreign[there].log_sha256 if undoes else state.history[committed].log_sha256 if state else ""
        if there < write.parent or log.sha256(there) != known:
            raise LakeError(
                f"table {write.table}",
                f"the log entry of version {write.parent} is gone or changed; nothing is built on it",
                "bring it back from a backup; `aios audit verify` names every such file",
            )

    def _refuse_changed(self, case: _Case, write: Write) -> None:
        """Every draft file must be new, lie in the table's own folder, and have the bytes that were judged."""
        state, folder = self.tables.state(write.table), self.folder(write.table)
        members, paths, why = state.files if state else {}, [file.path for file in write.adds], ""
        for file in write.adds:
            path = PurePosixPath(file.path)
            if path.parts != (FILES, path.name) or path.name in {"", "..", "."}:
                why = f"file {file.path} lies outside {FILES}"
            elif file.path in members or paths.count(file.path) > 1:
                why = f"file {file.path} is added twice, or is a member already"
            elif not self._proven.holds(folder / file.path, file):
                why = f"file {file.path} is gone, or no longer has the bytes that were judged"
        if strangers := sorted(set(write.removes) - set(members)):
            why = f"{strangers[0]} is to be removed and is no member of version {write.parent}"
        if why:
            self._abandon(case, why)
            raise NotPermitted(f"draft for {write.table}", why, "run the stage again; nothing was made visible")

    def _enter(self, write: Write) -> None:
        """Makes drafts durable where their writer has not, and a new table's folders, before anything of the attempt lands.

        What lands first must not stand alone because a crash took the drafts of what was to follow.
        """
        folder = self.folder(write.table)
        unsynced = [path for f in write.adds if not self._proven.is_durable(path := folder / f.path)]
        for path in unsynced:
            sync_file(path)
        if unsynced:
            sync_folder(folder / FILES)
        if write.parent < 0:
            for above in (folder, *folder.parents):
                sync_folder(above)
                if above == self.root:
                    return

    def _commit(self, case: _Case, planned: Planned) -> None:
        """Lands the write and makes its log entry durable."""
        write, log = planned.write, self.log(planned.write.table)
        try:
            self._land(case.permit, case.index, planned)
        except LakeError:
            # An exception does not mean "not committed": the log says what happened.
            if not log.holds(case.permit, write):
                self._refuse_stale(case, write)
                raise
            log.rewrite(write.parent + 1)
        else:
            log.sync(write.parent + 1)
        self._record(case, write)

    def _record(self, case: _Case, write: Write) -> None:
        """Makes the log entry's name durable, tells the ledger, and makes sure that the ledger believes it."""
        log, version = self.log(write.table), write.parent + 1
        log.sync_names()
        body = Committed(case.permit, write.table, version, log.sha256(version), case.index).body()
        entries = [self._entry(Kind.COMMITTED, write.table, body, closed(case.permit, write.table))]
        state = self.tables.state(write.table)
        for number, foreign in sorted(state.foreign.items() if state else ()):
            if foreign.repaired_by is None and number <= write.parent:
                undone = Foreign(write.table, number, foreign.log_sha256, case.permit).body()
                entries.append(self._entry(Kind.FOREIGN, write.table, undone, f"repaired:{write.table}:{number}"))
        if [doubt.planned.write.table for doubt in self._open(case)] == [write.table]:
            entries += self._closing(case, (*self._landed(case), write.table))
        self._append(*entries)
        if not self._is_committed(case, write):
            raise NotPermitted(
                f"permit {case.permit} for table {write.table}",
                f"the ledger does not take version {version} for committed: the permit was ended meanwhile",
                f"run `aios audit verify`, then `aios repair {write.table}`",
            )

    def _abandon(self, case: _Case, why: str) -> None:
        """Abandons what is still open, and ends the attempt's story with it."""
        entries = []
        for doubt in self._open(case):
            table = doubt.planned.write.table
            body = Abandoned(case.permit, table, why).body()
            entries.append(self._entry(Kind.ABANDONED, table, body, closed(case.permit, table)))
        if entries:
            self._append(*entries, *self._closing(case, self._landed(case)))

    def _open(self, case: _Case) -> list[InDoubt]:
        return [doubt for doubt in self.tables.in_doubt if (doubt.permit, doubt.decided) == (case.permit, case.index)]

    def _landed(self, case: _Case) -> tuple[str, ...]:
        return tuple(p.write.table for p in case.decided.writes if self._is_committed(case, p.write))

    def _closing(self, case: _Case, landed: tuple[str, ...]) -> tuple[Entry, ...]:
        if case.decided.event is None:
            return ()
        now, trace_id = self.clock.now(), current_trace_id() or ""
        return (closing_event(case.decided, case.index, now, trace_id, landed=landed),)

    def _append(self, *entries: Entry) -> None:
        """Appends all at once; where some were told before (that is what `once` keys are for), the others one by one."""
        if not entries:
            return
        try:
            self.ledger.append(*entries)
        except AlreadyLogged:
            for entry in entries:
                with contextlib.suppress(AlreadyLogged):
                    self.ledger.append(entry)

    def _entry(self, kind: Kind, subject: str, body: Mapping[str, Any], once: str) -> Entry:
        return Entry(kind, subject, body, self.clock.now(), current_trace_id() or "", once)


def storage_failed(table: str, failed: Exception) -> LakeError:
    """The error for a commit that storage kept from happening, or from being known to have happened."""
    return LakeError(
        f"commit to {table}",
        f"storage failed: {failed}",
        "mend it (space, mount, rights), then run again: `aios reconcile` finishes what was decided",
    )


def _overtaken(published: int, write: Write) -> str:
    return f"version {published} is published and the draft was judged on top of version {write.parent}"


def _case_of(doubt: InDoubt) -> _Case:
    return _Case(doubt.permit, doubt.decided, doubt.decision)
