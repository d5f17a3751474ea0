"""JSON Lines: one object a line, as batches of rows, rejects and blanks that tile the file."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl

from aios_assets.feeds.batch import END, LINE, START, Batch, Reject, rejects_frame, skipped_frame, unique_names
from aios_assets.feeds.blocks import Block, Blocks
from aios_assets.feeds.errors import LimitError
from aios_assets.feeds.format import Format
from aios_assets.feeds.jsonvalue import RecordError, parse, record
from aios_assets.feeds.limits import Limits
from aios_assets.feeds.templates import Lines
from aios_assets.feeds.views import blobs

DO = {
    "json": "write one JSON object a line (RFC 8259)",
    "duplicate-key": "give each key once",
    "depth": "flatten the record, or raise depth under [feeds.limits] in aios.toml",
    "columns": "send attributes as a list of name and value, or raise columns under [feeds.limits] in aios.toml",
    "cell_bytes": "shorten the value, or raise cell_bytes under [feeds.limits] in aios.toml",
    "surrogate": "escape characters beyond U+FFFF as a pair, or write them as they are",
    "nul": "take the NUL characters out",
    "encoding": "write the file in one encoding, or name the right one as `encoding` in the mapping",
}
"""What to do about each rule that sets a record aside."""


def batches(stream: BinaryIO, form: Format, limits: Limits, path: Path) -> Iterator[Batch]:
    """Reads a stream from its start; columns are those that the block's records have."""
    skipped = [(0, form.mark, "mark")] if form.mark else []
    total = 0
    for block in Blocks(stream, form, limits, path):
        batch = _batch(block, limits, skipped, path)
        skipped = []
        total += batch.rows.height + batch.rejects.height
        if total > limits.records:
            raise LimitError("records", limits.records, f"{total:,} records so far", path=path)
        yield batch


def table(records: Sequence[dict[str, str | None]], limits: Limits, path: Path) -> pl.DataFrame:
    """Flat records as a frame of text columns; what a record does not name is null."""
    names: dict[str, None] = {}
    for flat in records:
        names.update(dict.fromkeys(flat))
        if len(names) > limits.columns:
            raise LimitError("columns", limits.columns, f"{len(names):,} different keys", path=path)
    data = {
        column: pl.Series(column, [flat.get(name) for flat in records], dtype=pl.String)
        for name, column in zip(names, unique_names(tuple(names)), strict=True)
    }
    return pl.DataFrame(data or None, height=len(records))  # empty objects have no column, and are records all the same


def _text(line: bytes, *, damaged: bool) -> str:
    if damaged:
        raise RecordError("encoding", "bytes that are no character of the file's encoding")
    return line.decode()


def _batch(block: Block, limits: Limits, skipped: list[tuple[int, int, str]], path: Path) -> Batch:
    ends = block.newlines + 1
    starts = np.concatenate((np.zeros(min(1, len(ends)), np.int64), ends[:-1]))
    lines = Lines(block, starts, ends)
    alike = lines.alike(limits)
    left = np.ones(len(starts), np.bool_)
    for group in alike:
        left[group.lines] = False
    damaged = set(np.searchsorted(ends, block.damaged, side="right").tolist())
    kept: list[int] = []
    flat: list[dict[str, str | None]] = []
    rejects: list[Reject] = []
    place = (block.lines(starts), block.places(starts), block.places(ends))
    for number in np.flatnonzero(left).tolist():
        start, end = int(starts[number]), int(ends[number])
        line = block.text.cut(start, end)
        if not line.strip():
            skipped.append((int(place[1][number]), int(place[2][number]), "blank"))
            continue
        try:
            flat.append(record(parse(_text(line, damaged=number in damaged), limits), limits))
            kept.append(number)
        except RecordError as refused:
            at = (int(place[0][number]), int(place[1][number]), int(place[2][number]))
            raw = block.original.cut(*block.originals(np.array([start, end])).tolist())
            rejects.append(Reject(*at, raw, refused.rule, refused.reason, DO[refused.rule]))
    parts = [group.values for group in alike] + ([table(flat, limits, path)] if flat else [])
    numbers = np.concatenate([*(group.lines for group in alike), np.array(kept, np.int64)])
    order = np.argsort(numbers, kind="stable")
    chosen = numbers[order]
    values = pl.concat(parts, how="diagonal") if len(parts) > 1 else parts[0] if parts else pl.DataFrame()
    if values.width > limits.columns:
        raise LimitError("columns", limits.columns, f"{values.width:,} different keys", path=path)
    if len(parts) > 1:
        values = values[order]
    columns = [pl.Series(name, numbers[chosen]) for name, numbers in zip((LINE, START, END), place, strict=True)]
    raw_rows = blobs(block.original, block.originals(starts[chosen]), block.originals(ends[chosen]))
    rows = pl.DataFrame([*values.get_columns(), *columns])
    return Batch(rows, raw_rows, rejects_frame(rejects), skipped_frame(skipped))
