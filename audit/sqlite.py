"""The embedded ledger: one SQLite file in WAL mode, `synchronous=FULL`.

Threads' appends that meet become one transaction; processes take turns on a lock file. Beside each entry stand the
hashes of the nodes it completes, so a group is written in order and proofs cost O(log n).
"""

import contextlib
import fcntl
import os
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from audit.checkpoint import Signer
from audit.durable import make_folder, sync_folder
from audit.errors import AlreadyLogged, InDoubt, LedgerError, NoteError
from audit.ledger import Entry, Logged, framed
from audit.merkle import EMPTY, Frontier, leaf_hash
from audit.sqlite_reader import FAILURES, LAST_NOTE, SqliteReader, connected, node_of

__all__ = ["SqliteLedger", "SqliteReader"]

_SCHEMA = """
BEGIN IMMEDIATE;
CREATE TABLE entries (
  idx INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, once TEXT,
  data BLOB NOT NULL, hashes BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX entries_once ON entries (once) WHERE once IS NOT NULL;
CREATE INDEX entries_subject ON entries (subject);
CREATE TABLE notes (size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
CREATE TABLE settled (id INTEGER PRIMARY KEY CHECK (id = 1), times INTEGER NOT NULL) STRICT;
INSERT INTO settled VALUES (1, 0);
CREATE TRIGGER entries_stay BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
CREATE TRIGGER entries_hold BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
PRAGMA application_id = 0x41494F53;
PRAGMA user_version = 1;
"""


class _Request:
    """One caller's entries on their way into a group."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries
        self.frames = [framed(entry) for entry in entries]
        keys = [entry.once for entry in entries if entry.once is not None]
        self.keys = dict.fromkeys(keys)
        if len(self.keys) < len(keys):
            raise AlreadyLogged(next(key for key in keys if keys.count(key) > 1), None)
        self.logged: tuple[Logged, ...] = ()
        self.error: LedgerError | None = None
        self.done = False


class SqliteLedger(SqliteReader):
    """The ledger in the SQLite file at `path`, made where it is missing; every group is signed by `signer`.

    Safe to share between threads and across fork. Use `close` or a with block to hand its files back.
    """

    def __init__(self, path: Path, signer: Signer) -> None:
        self._signer = signer
        self._turn = threading.Lock()
        self._queue: deque[_Request] = deque()
        self._writer: sqlite3.Connection | None = None
        self._lock: int | None = None
        self._tip: tuple[int, Frontier] | None = None
        self._unsettled = False
        self._prepare(path)
        super().__init__(path)

    def append(self, *entries: Entry) -> tuple[Logged, ...]:
        """Appends all entries or none, durable on return; see audit.ledger.Ledger."""
        if not entries:
            return ()
        request = _Request(entries)
        self._queue.append(request)
        try:
            with self._turn:
                if not request.done:
                    self._commit([self._queue.popleft() for _ in range(len(self._queue))])
        finally:
            if not request.done:  # interrupted while it waited: nobody may append it once its caller has gone
                with contextlib.suppress(ValueError):
                    self._queue.remove(request)
        if request.error is not None:
            raise request.error
        return request.logged

    def close(self) -> None:
        """Hands connections and lock file back; the next call opens them again."""
        with self._turn:
            self._drop_writer()
        super().close()

    # everything below runs under self._turn

    def _prepare(self, path: Path) -> None:
        """Makes file and folder durable, and also what an earlier process wrote and died before it was durable."""
        self.path = path.absolute()
        try:
            make_folder(self.path.parent)
            with self._alone():
                self._writing()
                sync_folder(self.path.parent)
                self._settle()
        except (OSError, *FAILURES) as error:
            self._drop_writer()
            raise self._cannot("be opened", error) from error

    def _commit(self, group: list[_Request]) -> None:
        """One transaction for all requests of a group; answers each of them, whatever happens."""
        error: LedgerError | None = InDoubt("the append was interrupted; look the entry up before you repeat it")
        try:
            error = self._transact(group)
        finally:
            # an interrupt may strike between the commit and its noting, so storage is asked before anything is believed
            if error is not None:
                self._unsettled |= isinstance(error, InDoubt)
                self._drop_writer()
            for request in group:
                if error is not None:
                    request.error, request.logged = type(error)(str(error)), ()
                    request.error.__cause__ = error.__cause__
                request.done = True

    def _transact(self, group: list[_Request]) -> LedgerError | None:
        """Writes the group; answers what went wrong with all of it."""
        try:
            with self._alone():
                if self._unsettled:
                    self._settle()
                writer = self._writing()
                writer.execute("BEGIN IMMEDIATE")
                version, frontier = self._edge(writer)
                self._insert(writer, frontier, group)
                writer.execute("COMMIT")
                self._tip = (version, frontier)
        except LedgerError as error:
            return error
        except (OSError, *FAILURES) as error:
            return self._after(error)
        return None

    def _edge(self, writer: sqlite3.Connection) -> tuple[int, Frontier]:
        """The tree's right edge; read and held against the signed checkpoint where another process has written."""
        version: int = writer.execute("PRAGMA data_version").fetchone()[0]
        if self._tip is not None and self._tip[0] == version:
            return version, self._tip[1].copy()
        notes = writer.execute(LAST_NOTE).fetchall()
        size = writer.execute("SELECT coalesce(max(idx) + 1, 0) FROM entries").fetchone()[0]
        try:
            told = self._signer.verifier.checkpoint(notes[0][0] if notes else "")
        except NoteError as error:
            raise LedgerError(f"nothing is appended to {self.path}: its last checkpoint fails ({error})") from error
        frontier = Frontier.at(size, node_of(writer))
        if (told.size, told.root) != (size, frontier.root()):
            raise LedgerError(
                f"nothing is appended to {self.path}: its last checkpoint, over {told.size} entries, does not cover "
                f"the {size} that it holds; run `aios audit verify`"
            )
        return version, frontier

    def _insert(self, writer: sqlite3.Connection, frontier: Frontier, group: list[_Request]) -> None:
        """Inserts every request whose keys are new, and the checkpoint over all."""
        before, taken = frontier.size, dict[str, int]()
        rows: list[tuple[int, str, str, str | None, bytes, bytes]] = []
        for request in group:
            if known := _known(writer, request, taken):
                request.error = AlreadyLogged(*known)
                continue
            logged = []
            for entry, (head, tail) in zip(request.entries, request.frames, strict=True):
                index = frontier.size
                data = b"%b%d%b" % (head, index, tail)
                hashes = frontier.append(leaf_hash(data))
                rows.append((index, entry.kind.value, entry.subject, entry.once, data, hashes))
                logged.append(Logged(index, hashes[:32], entry))
                if entry.once is not None:
                    taken[entry.once] = index
            request.logged = tuple(logged)
        if rows:
            writer.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", rows)
            if before.bit_length() == frontier.size.bit_length():
                # of the checkpoints between two powers of two only the last is kept
                writer.execute("DELETE FROM notes WHERE size = ?", (before,))
            note = self._signer.checkpoint(frontier.size, frontier.root())
            writer.execute("INSERT INTO notes VALUES (?, ?)", (frontier.size, note))

    def _after(self, error: Exception) -> LedgerError:
        """Settles a failed append: a further commit takes its place in the WAL, so that it never happened."""
        self._drop_writer()
        try:
            with self._alone():
                self._settle()
        except (OSError, *FAILURES):
            doubt = InDoubt(
                f"an append to {self.path} failed ({error}) and storage does not answer; mend it (space, permissions, "
                "disk) and look the entry up before you repeat it"
            )
            doubt.__cause__ = error
            return doubt
        return self._cannot("be appended to, and nothing was", error)

    def _settle(self) -> None:
        """Commits a change of no meaning: whatever was read before is then durable, whatever failed is gone."""
        self._writing().execute("UPDATE settled SET times = times + 1")
        self._unsettled = False

    def _ask(self, query: str, *values: object) -> list[Any]:
        if self._unsettled:
            with self._turn:
                try:
                    with self._alone():
                        self._settle()
                except (OSError, *FAILURES) as error:
                    self._drop_writer()
                    raise InDoubt(
                        f"an append to {self.path} failed and storage still does not answer ({error}); mend it (space, "
                        "permissions, disk), then ask again"
                    ) from error
        return super()._ask(query, *values)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keeps other processes from writing; the kernel takes the lock back when its holder dies."""
        if self._lock is None:
            self._lock = os.open(self.path.with_name(f"{self.path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o644)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    def _writing(self) -> sqlite3.Connection:
        """The writing connection, opened and its file made where that is still to be done."""
        if self._writer is None:
            self._writer = connected(self.path, "rwc")
            if not self._writer.execute("PRAGMA user_version").fetchone()[0]:
                self._writer.execute("PRAGMA journal_mode = WAL")
                self._writer.executescript(_SCHEMA)
                self._writer.execute("INSERT INTO notes VALUES (0, ?)", (self._signer.checkpoint(0, EMPTY),))
                self._writer.execute("COMMIT")
        return self._writer

    def _drop_writer(self) -> None:
        if self._writer is not None:
            with contextlib.suppress(sqlite3.Error):
                self._writer.close()
        if self._lock is not None:
            os.close(self._lock)
        self._writer = self._lock = self._tip = None

    def _before_fork(self) -> None:
        self._turn.acquire()
        self._drop_writer()
        super()._before_fork()

    def _after_fork(self, *, child: bool) -> None:
        super()._after_fork(child=child)
        if child:
            self._turn, self._queue = threading.Lock(), deque()  # other threads' requests stay with the parent
        else:
            self._turn.release()


def _known(writer: sqlite3.Connection, request: _Request, taken: dict[str, int]) -> tuple[str, int] | None:
    """The first key of a request that the ledger has, with its index."""
    for key in request.keys:
        if key in taken:
            return key, taken[key]
        if found := writer.execute("SELECT idx FROM entries WHERE once = ?", (key,)).fetchone():
            return key, found[0]
    return None
