"""Vault file: the two databases of the vault, and whose keys each was made under."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from aios_assets.errors import AiosError
from audit.durable import sync_folder

_MANY = 500
"""Names asked for in one statement."""

_BELONGS = "CREATE TABLE IF NOT EXISTS belongs (id TEXT PRIMARY KEY) WITHOUT ROWID;"


class VaultError(AiosError):
    """The vault could not do what was asked, and promised nothing."""


class Forgotten(VaultError):
    """The key of this subject was destroyed; what was sealed under it cannot be read by anyone, ever."""


def opened(path: Path, schema: str, owner: str) -> sqlite3.Connection:
    """The database of these tables, which belongs to these keys; made where there is none.

    Raises VaultError where it belongs to others; sqlite3.Error, OSError.
    """
    there = path.exists()
    database = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
        database.execute(f"PRAGMA {pragma}").fetchall()
    if not there:
        path.chmod(0o600)
    with transaction(database):
        for statement in (_BELONGS + schema).split(";"):
            database.execute(statement)
        database.execute("INSERT OR IGNORE INTO belongs SELECT ? WHERE NOT EXISTS (SELECT 1 FROM belongs)", (owner,))
        found = database.execute("SELECT id FROM belongs").fetchone()[0]
    sync_folder(path.parent)
    if found != owner:
        database.close()
        raise VaultError(str(path), "it was made under other keys", "give the keys' folder that belongs to this lake")
    return database


def owner_of(path: Path) -> str | None:
    """Whose keys a database was made under; None where there is no such database, or nothing in it yet."""
    if not path.exists():
        return None
    try:
        database = sqlite3.connect(path, timeout=60)
        try:
            row = database.execute("SELECT id FROM belongs").fetchone()
        finally:
            database.close()
    except sqlite3.OperationalError as broken:
        if "no such table" in str(broken):
            return None
        raise VaultError(str(path), str(broken), "see that it can be read") from broken
    return str(row[0]) if row else None


def chunked(database: sqlite3.Connection, query: str, names: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
    """The rows of a query for each of these names, some hundred names a statement."""
    names = list(names)
    for at in range(0, len(names), _MANY):
        part = names[at : at + _MANY]
        yield from database.execute(query.format(",".join("?" * len(part))), part)


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """One durable write: begun with the write lock, rolled back whole on any error."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise
