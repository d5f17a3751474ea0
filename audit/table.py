"""Table: what a governed table is, as the ledger tells it: its versions, its files, and the writes in doubt."""

from collections.abc import Mapping
from dataclasses import dataclass

from audit.entries import Decided, Foreign, Planned
from policies.permit import DraftFile


@dataclass(frozen=True)
class Version:
    """A committed version: under which permit, by which ledger entries, with which log file (SHA-256, hex).

    `rows` is what the table holds then, `planned` the write that the decision admitted, `lost` whether a vacuum took
    files that it needs.
    """

    version: int
    permit: str
    decided: int
    committed: int
    log_sha256: str
    rows: int
    planned: Planned
    lost: bool = False


@dataclass(frozen=True)
class InDoubt:
    """A write that was admitted and neither committed nor abandoned: a visible crash, or a run that goes on now."""

    permit: str
    decided: int
    planned: Planned
    decision: Decided


@dataclass(frozen=True)
class TableState:
    """What a governed table is now. A table that was decided upon and never committed has version -1 and no files.

    `decided` is the last decision about it, `settled` the last that was admitted and carried out to the end.
    """

    table: str
    version: int
    contract: str
    schema: str
    rows: int
    files: Mapping[str, DraftFile]
    history: Mapping[int, Version]
    in_doubt: tuple[InDoubt, ...]
    foreign: Mapping[int, Foreign]
    decided: Decided | None
    decided_index: int | None
    settled: Decided | None


@dataclass(frozen=True)
class Fault:
    """An entry that the fold could not believe, and why. What it claims stays invisible."""

    index: int
    table: str
    why: str
