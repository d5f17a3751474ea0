"""Permit: leave to write exactly these bytes, once, after exactly this version."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class DraftFile:
    """One written, unreferenced Parquet file. `path` is relative to the table's folder, `sha256` hex, `stats` Delta's."""

    path: str
    size: int
    sha256: str
    rows: int
    stats: str = ""


@dataclass(frozen=True)
class Write:
    """What a permit allows on one table: add these files, remove those, after this version (-1: the table is new).

    `overwrite` replaces the shape together with every file: a table's first commit, a contract change, a repair.
    """

    table: str
    parent: int
    adds: tuple[DraftFile, ...]
    removes: tuple[str, ...]
    contract: str
    overwrite: bool = False

    @property
    def digest(self) -> str:
        """SHA-256 over everything that this write would change, hex."""
        told = [self.table, str(self.parent), self.contract, str(self.overwrite)]
        told += [f"+{file.path} {file.size} {file.sha256}" for file in sorted(self.adds, key=lambda file: file.path)]
        told += [f"-{path}" for path in sorted(self.removes)]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()


@dataclass(frozen=True)
class Permit:
    """An admitted verdict, bound to the digests it covers and to the ledger entry that holds it."""

    id: str
    writes: tuple[Write, ...]
    ledger_index: int
    ledger_leaf: str


def digest_of(writes: Iterable[Write]) -> str:
    """The one digest that stands for all writes of an attempt: what the verdict is about."""
    return hashlib.sha256("".join(write.digest for write in writes).encode()).hexdigest()
