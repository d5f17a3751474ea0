"""Documents: formats that are read as a whole (JSON, XML, XLSX), as batches of flat records with counts for the container."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from aios_assets.feeds.batch import END, LINE, START, Batch, Reject, rejects_frame, skipped_frame
from aios_assets.feeds.errors import LimitError
from aios_assets.feeds.jsonl import DO, table
from aios_assets.feeds.jsonvalue import RecordError, compact
from aios_assets.feeds.limits import MIB, Limits, Watch

Flat = dict[str, str | None]
ROWS, TEXT = 20_000, 8 * MIB
"""Records, and characters of their values, that make a batch."""


def batches(found: Iterator[tuple[int, Flat | RecordError]], limits: Limits, path: Path) -> Iterator[Batch]:
    """Batches of numbered records and refusals; `_line` is the number that the format gives, offsets are null."""
    watch, total = Watch(limits, path), 0
    for part in _parts(found):
        watch.check()
        total += len(part)
        if total > limits.records:
            raise LimitError("records", limits.records, f"{total:,} records so far", path=path)
        yield _batch(part, limits, path)


def _parts(found: Iterator[tuple[int, Flat | RecordError]]) -> Iterator[list[tuple[int, Flat | RecordError]]]:
    """Some records at a time: many short ones, or few that are long."""
    part: list[tuple[int, Flat | RecordError]] = []
    size = 0
    for one in found:
        part.append(one)
        flat = one[1]
        size += len(flat.raw) if isinstance(flat, RecordError) else sum(len(v) for v in flat.values() if v is not None)
        if len(part) >= ROWS or size >= TEXT:
            yield part
            part, size = [], 0
    if part:
        yield part


def _batch(part: list[tuple[int, Flat | RecordError]], limits: Limits, path: Path) -> Batch:
    kept = [(number, flat) for number, flat in part if not isinstance(flat, RecordError)]
    refused = [(number, error) for number, error in part if isinstance(error, RecordError)]
    lines = pl.Series(LINE, [number for number, _ in kept], dtype=pl.Int64)
    nowhere = [pl.Series(name, [None] * len(kept), dtype=pl.Int64) for name in (START, END)]
    rows = pl.DataFrame([*table([flat for _, flat in kept], limits, path).get_columns(), lines, *nowhere])
    raw = pl.Series([compact(flat).encode("utf-8", "replace") for _, flat in kept], dtype=pl.Binary)
    rejects = [
        Reject(number, None, None, error.raw, error.rule, error.reason, DO[error.rule]) for number, error in refused
    ]
    return Batch(rows, raw, rejects_frame(rejects), skipped_frame([]))
