"""The reading side of the embedded ledger."""

import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from audit.checkpoint import Checkpoint
from audit.errors import LedgerError, NoteError
from audit.ledger import Kind, Logged, Proof, Row, parsed
from audit.merkle import Node, consistency, inclusion, leaf_hash

PATIENCE = 60.0
"""Seconds to wait for a lock that another program holds on the file."""

FAILURES = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite raises: where a damaged file puts strange bytes into an error's text, that text cannot be decoded."""

# a damaged file may hold other types than its columns have
LAST_NOTE = "SELECT coalesce(CAST(note AS TEXT), '') FROM notes ORDER BY size DESC LIMIT 1"
_ROWS = """
SELECT idx, kind, subject, once, coalesce(CAST(data AS BLOB), x''), coalesce(CAST(hashes AS BLOB), x'')
FROM entries WHERE idx >= ? ORDER BY idx LIMIT ?
"""

BATCH = 1000
"""Entries fetched at once; between two batches nothing is held open."""


class SqliteReader:
    """The ledger in the SQLite file at `path`, to be read, proved and verified; it needs no key.

    Safe to share between threads and across fork. Raises LedgerError where there is no ledger.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._looking = threading.Lock()
        self._reader: sqlite3.Connection | None = None
        _LIVE.add(self)
        self._ask("SELECT 1 FROM notes")

    def read(
        self,
        start: int = 0,
        stop: int | None = None,
        *,
        kind: Kind | tuple[Kind, ...] | None = None,
        subject: str | None = None,
    ) -> Iterator[Logged]:
        """The entries from `start` up to `stop`, in order; see audit.ledger.LedgerReader."""
        end: int = self._ask("SELECT coalesce(max(idx) + 1, 0) FROM entries")[0][0]
        kinds = (kind,) if isinstance(kind, Kind) else kind
        query, values = "SELECT CAST(data AS BLOB) FROM entries WHERE idx >= ? AND idx < ?", list[str]()
        if kinds is not None:
            # the plus sign keeps SQLite from an index that would have to sort every batch anew
            query += f" AND +kind IN ({', '.join('?' * len(kinds))})"
            values += kinds
        if subject is not None:
            query += " AND subject = ?"
            values.append(subject)
        return self._batches(
            f"{query} ORDER BY idx LIMIT {BATCH}", start, end if stop is None else min(stop, end), values
        )

    def prove(self, *indices: int, since: int = 0) -> Proof:
        """The latest checkpoint and the asked paths; see audit.ledger.LedgerReader."""
        notes = self._ask(LAST_NOTE)
        try:
            note: str = notes[0][0] if notes else ""
            told = Checkpoint.parse(note)
            paths = {index: inclusion(index, told.size, self._node) for index in indices}
            return Proof(note, told.size, told.root, paths, consistency(since, told.size, self._node))
        except (IndexError, NoteError) as error:
            raise LedgerError(f"the ledger {self.path} cannot prove that: {error}") from error

    def rows(self) -> Iterator[Row]:
        """Every stored entry in order, unbelieved; see audit.ledger.Inspected."""
        start = -(2**63)
        while batch := self._ask(_ROWS, start, BATCH):
            for row in batch:
                yield Row(*row)
            start = batch[-1][0] + 1

    def notes(self) -> tuple[str, ...]:
        """Every kept checkpoint, the latest last; see audit.ledger.Inspected."""
        return tuple(note for (note,) in self._ask("SELECT coalesce(CAST(note AS TEXT), '') FROM notes ORDER BY size"))

    def faults(self) -> tuple[str, ...]:
        """What SQLite's own integrity check says; see audit.ledger.Inspected."""
        return tuple(said for (said,) in self._ask("PRAGMA integrity_check") if said != "ok")

    def close(self) -> None:
        """Hands the connection back; the next call opens it again."""
        with self._looking:
            self._drop_reader()

    def __enter__(self) -> "SqliteReader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _batches(self, query: str, start: int, end: int, values: list[str]) -> Iterator[Logged]:
        while batch := self._ask(query, start, end, *values):
            for (data,) in batch:
                index, entry = parsed(data)
                yield Logged(index, leaf_hash(data), entry)
            start = index + 1

    def _ask(self, query: str, *values: object) -> list[Any]:
        """Every row of a query."""
        with self._looking:
            try:
                if self._reader is None:
                    self._reader = connected(self.path, "rw")
                    self._reader.execute("PRAGMA query_only = ON")
                    # a damaged text is to be shown, not to hide the rows beside it
                    self._reader.text_factory = lambda raw: raw.decode(errors="replace")
                return self._reader.execute(query, values).fetchall()
            except FAILURES as error:
                self._drop_reader()
                raise self._cannot("be read", error) from error

    def _node(self, level: int, number: int) -> bytes:
        query, values = _node_query(level, number)
        return _node(self._ask(query, *values), level, number)

    def _drop_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader = None

    def _cannot(self, do: str, error: Exception) -> LedgerError:
        """The error, with `error` as its cause."""
        said = LedgerError(
            f"the ledger {self.path} cannot {do}: {error}; see that the file is there and whole, and its disk has space"
        )
        said.__cause__ = error
        return said

    def _before_fork(self) -> None:
        self._looking.acquire()
        self._drop_reader()

    def _after_fork(self, *, child: bool) -> None:
        if child:
            self._looking = threading.Lock()
        else:
            self._looking.release()


def connected(path: Path, mode: str) -> sqlite3.Connection:
    """A connection whose commits are durable; `mode` as in SQLite's file names."""
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode={mode}", uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA synchronous = FULL")
    except FAILURES:
        connection.close()
        raise
    return connection


def node_of(connection: sqlite3.Connection) -> Node:
    """Answers stored nodes over this connection."""
    return lambda level, number: _node(connection.execute(*_node_query(level, number)).fetchall(), level, number)


def _node_query(level: int, number: int) -> tuple[str, tuple[int, int]]:
    """A node stands with the leaf that completes it, after the lower ones."""
    return "SELECT substr(CAST(hashes AS BLOB), ?, 32) FROM entries WHERE idx = ?", (
        32 * level + 1,
        ((number + 1) << level) - 1,
    )


def _node(found: list[Any], level: int, number: int) -> bytes:
    if not found or len(found[0][0] or b"") != 32:
        raise LedgerError(f"entry {((number + 1) << level) - 1} has lost its hashes; run `aios audit verify`")
    return bytes(found[0][0])


# A SQLite connection must not cross a fork, so all are closed before one and opened again after it.
_LIVE: "weakref.WeakSet[SqliteReader]" = weakref.WeakSet()
_HELD: list[SqliteReader] = []


def _before_fork() -> None:
    _HELD.extend(_LIVE)
    for ledger in _HELD:
        ledger._before_fork()


def _after_fork(*, child: bool) -> None:
    for ledger in _HELD:
        ledger._after_fork(child=child)
    _HELD.clear()


os.register_at_fork(
    before=_before_fork,
    after_in_parent=lambda: _after_fork(child=False),
    after_in_child=lambda: _after_fork(child=True),
)
