"""Parquet and Arrow: typed columns as a feed's text, row group by row group."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from polars import selectors as cs

from aios_assets.feeds.batch import END, LINE, REJECTS, START, Batch, Reject, rejects_frame, skipped_frame, unique_names
from aios_assets.feeds.errors import FeedError, LimitError
from aios_assets.feeds.format import Format, Kind
from aios_assets.feeds.limits import MIB, Limits, Watch

ROWS, TEXT = 65_536, 32 * MIB
"""Rows, and bytes of text, that are made at a time at most."""

_BROKEN = (pa.ArrowException, OSError, ValueError, KeyError, OverflowError, MemoryError)


def batches(path: Path, form: Format, limits: Limits) -> Iterator[Batch]:
    """Reads a columnar file; `_line` is the row's number from 1, offsets are null. Raises FeedError."""
    watch, row = Watch(limits, path), 1
    try:
        for part in _parquet(path, limits) if form.kind is Kind.PARQUET else _arrow(path, limits):
            watch.check()
            yield _batch(part, row, limits, path)
            row += part.num_rows
    except _BROKEN as error:
        raise FeedError(
            f"a broken {form.kind} file", why=str(error).split("\n")[0][:200], do="ask for it again", path=path
        ) from error


def _parquet(path: Path, limits: Limits) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(path) as file:
        about = file.metadata
    if about.num_rows > limits.records:
        raise LimitError("records", limits.records, f"{about.num_rows:,} rows announced", path=path)
    if about.num_columns > limits.columns:
        raise LimitError("columns", limits.columns, f"{about.num_columns:,} columns", path=path)
    groups = [about.row_group(number) for number in range(about.num_row_groups)]
    size = sum(group.total_byte_size for group in groups)
    if size > limits.decompressed_bytes:
        raise LimitError("decompressed_bytes", limits.decompressed_bytes, f"{size:,} bytes announced", path=path)
    # A column of one repeated value costs next to nothing, so rows are asked about, not bytes alone.
    packed = max(path.stat().st_size, 1)
    if about.num_rows > max(packed, 1_000_000) * limits.expansion:
        found = f"{about.num_rows:,} rows announced in {packed:,} bytes"
        raise LimitError("expansion", limits.expansion, found, path=path)
    widest = max((-(-group.total_byte_size // max(group.num_rows, 1)) for group in groups), default=1)
    # What a file tells once is held once; and of a group of rows only those that are looked at.
    with pq.ParquetFile(path, read_dictionary=_told_once(groups), pre_buffer=False, buffer_size=MIB) as file:
        for part in file.iter_batches(batch_size=max(1, min(ROWS, TEXT // max(widest, 1)))):
            yield from _cut(part)


def _told_once(groups: list[pq.RowGroupMetaData]) -> list[str]:
    """Columns of texts of which a group of rows has each distinct one once, and numbers of them."""
    columns = (group.column(number) for group in groups for number in range(group.num_columns))
    return list(
        {
            column.path_in_schema: None
            for column in columns
            if column.physical_type == "BYTE_ARRAY" and any("DICTIONARY" in coding for coding in column.encodings)
        }
    )


def _cut(part: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The rows in pieces of no more than TEXT bytes of texts that were told once, or of one row; each has its text then."""
    once = {n: column for n, column in enumerate(part.columns) if pa.types.is_dictionary(column.type)}
    sizes = np.zeros(part.num_rows, np.int64)
    for column in once.values():
        lengths = pc.fill_null(pc.take(pc.binary_length(column.dictionary), column.indices), 0)
        sizes += lengths.to_numpy(zero_copy_only=False)
    ends = np.cumsum(sizes)
    start = 0
    while start < part.num_rows:
        before = int(ends[start - 1]) if start else 0
        end = max(start + 1, int(np.searchsorted(ends, before + TEXT, side="right")))
        piece = part.slice(start, end - start)
        for n in once:
            text = piece.column(n)
            piece = piece.set_column(n, part.schema.names[n], text.cast(text.type.value_type))
        yield piece
        start = end


def _arrow(path: Path, limits: Limits) -> Iterator[pa.RecordBatch]:
    with pa.memory_map(str(path)) as source, pa.ipc.open_file(source) as file:
        if len(file.schema) > limits.columns:
            raise LimitError("columns", limits.columns, f"{len(file.schema):,} columns", path=path)
        size = path.stat().st_size // max(file.num_record_batches, 1)
        if size > limits.document_bytes:
            found = f"{size:,} bytes in one record batch, which is read as a whole"
            raise LimitError("document_bytes", limits.document_bytes, found, path=path)
        for number in range(file.num_record_batches):
            whole = file.get_batch(number)
            whole.validate(full=True)
            for start in range(0, whole.num_rows, ROWS):
                yield whole.slice(start, ROWS)


def _batch(part: pa.RecordBatch, row: int, limits: Limits, path: Path) -> Batch:
    part.validate(full=True)
    frame = pl.from_arrow(pa.Table.from_batches([part.rename_columns(list(unique_names(part.schema.names)))]))
    if not isinstance(frame, pl.DataFrame):
        raise FeedError("a table without columns", why="its schema is empty", do="ask for it again", path=path)
    lines = pl.Series(LINE, np.arange(row, row + part.num_rows), dtype=pl.Int64)
    plain, broken = text_columns(frame, limits)
    rows = plain.with_columns(lines, pl.lit(None, pl.Int64).alias(START), pl.lit(None, pl.Int64).alias(END))
    raw = json_lines(plain)
    rejects = REJECTS.to_frame()
    if broken.any():
        numbers = lines.filter(broken)
        why = ("encoding", "a binary value that is no UTF-8 text, a NUL, or a value longer than cell_bytes")
        rejects = rejects_frame(
            [
                Reject(number, None, None, bytes(line), *why, "write the column as text")
                for number, line in zip(numbers, raw.filter(broken), strict=True)
            ]
        )
        rows, raw = rows.filter(~broken), raw.filter(~broken)
    return Batch(rows, raw, rejects, skipped_frame([]))


def text_columns(frame: pl.DataFrame, limits: Limits) -> tuple[pl.DataFrame, pl.Series]:
    """Every column as text (a struct's fields as paths, a list as JSON, "" as null), and the rows that cannot be."""
    while structs := [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Struct) and dtype.fields]:
        for name in structs:
            frame = frame.with_columns(pl.col(name).struct.rename_fields(_inner(frame.schema[name], name))).unnest(name)
    lists = cs.list() | cs.array()
    frame = frame.with_columns(cs.expand_selector(frame, lists) and lists.map_batches(_json, return_dtype=pl.String))
    binary = cs.expand_selector(frame, cs.binary())
    text = frame.with_columns((~cs.binary()).cast(pl.String, strict=False), cs.binary().cast(pl.String, strict=False))
    broken = pl.Series([False] * frame.height)
    for name in text.columns:
        column = text[name]
        over = (column.str.len_bytes() > limits.cell_bytes) | column.str.contains("\0", literal=True)
        if name in binary:
            over = over.fill_null(value=False) | (frame[name].is_not_null() & column.is_null())
        broken |= over.fill_null(value=False)
    return text.with_columns(pl.when(pl.all() != "").then(pl.all())), broken


def json_lines(frame: pl.DataFrame) -> pl.Series:
    """Each row as its canonical bytes: what stands for the line in formats that have none."""
    return frame.select(pl.struct(pl.all()).struct.json_encode().cast(pl.Binary)).to_series()


def _inner(dtype: pl.DataType, name: str) -> list[str]:
    return [f"{name}.{field.name}" for field in dtype.fields] if isinstance(dtype, pl.Struct) else []


def _json(column: pl.Series) -> pl.Series:
    wrapped = column.to_frame("v").select(pl.struct("v").struct.json_encode().str.slice(5).str.head(-1))
    return wrapped.to_series().set(column.is_null(), None)
