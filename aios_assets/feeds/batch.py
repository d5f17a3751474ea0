"""Batch: what one stretch of a delivery gave: records, rejects, and what was neither."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

LINE, START, END = "_line", "_start", "_end"
PLACE = (LINE, START, END)

REJECTS = pl.Schema(
    {
        "line": pl.Int64(),
        "start": pl.Int64(),
        "end": pl.Int64(),
        "raw": pl.Binary(),
        "rule": pl.String(),
        "reason": pl.String(),
        "do": pl.String(),
    }
)
SKIPPED = pl.Schema({"start": pl.Int64(), "end": pl.Int64(), "kind": pl.String()})


@dataclass(frozen=True)
class Reject:
    """One record that could not be read; bytes are those of the decompressed file."""

    line: int
    start: int | None
    end: int | None
    raw: bytes
    rule: str
    reason: str
    do: str


@dataclass(frozen=True)
class Batch:
    """Rows, rejects and skipped ranges of one stretch of a delivery.

    `rows` has the feed's own columns as text (an empty cell is null) and `_line` (physical line from 1 where the record
    starts; row number in formats that have no lines), `_start` and `_end` (byte offsets in the decompressed file,
    half-open; null in formats whose records are not byte ranges). `raw` is each row's bytes as delivered, in row order.
    `skipped` says what else there was: `mark`, `preamble`, `header`, `blank`.
    """

    rows: pl.DataFrame
    raw: pl.Series
    rejects: pl.DataFrame
    skipped: pl.DataFrame


def rejects_frame(rejects: Sequence[Reject]) -> pl.DataFrame:
    """The rejects as a frame of the schema REJECTS."""
    columns = {name: [getattr(reject, name) for reject in rejects] for name in REJECTS}
    return pl.DataFrame(columns, schema=REJECTS)


def skipped_frame(skipped: Sequence[tuple[int, int, str]]) -> pl.DataFrame:
    """Skipped ranges as a frame of the schema SKIPPED."""
    return pl.DataFrame(list(skipped), schema=SKIPPED, orient="row")


def unique_names(names: Sequence[str | None]) -> tuple[str, ...]:
    """Column names that are filled, distinct and none of the batch's own: `title`, `title_2`, `column_3`."""
    taken = set(PLACE)
    result: list[str] = []
    for number, name in enumerate(names, 1):
        base = (name or "").strip() or f"column_{number}"
        unique, again = base, 2
        while unique in taken:
            unique, again = f"{base}_{again}", again + 1
        taken.add(unique)
        result.append(unique)
    return tuple(result)
