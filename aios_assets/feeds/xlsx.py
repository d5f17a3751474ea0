"""XLSX: one sheet of a workbook, its cells as text."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import fastexcel
import polars as pl

from aios_assets.feeds.batch import END, LINE, START, Batch, rejects_frame, skipped_frame, unique_names
from aios_assets.feeds.columnar import json_lines
from aios_assets.feeds.errors import FeedError, LimitError
from aios_assets.feeds.format import Format
from aios_assets.feeds.limits import Limits

ROWS = 65_536


def batches(path: Path, form: Format, limits: Limits) -> Iterator[Batch]:
    """The first sheet with cells in it (or the one that `form.records` names); `_line` is the sheet's row number.

    The header is the first row that is at least half as full as the fullest of the first fifty; rows above it are
    titles and are passed over. A cell's text is its value, not its looks: 3.50 as a number is `3.5`. Raises FeedError.
    """
    sheet, first = _sheet(path, form, limits)
    if sheet.width > limits.columns:
        raise LimitError("columns", limits.columns, f"{sheet.width:,} columns", path=path)
    if sheet.height > limits.records:
        raise LimitError("records", limits.records, f"{sheet.height:,} rows", path=path)
    filled = sheet.head(50).select(pl.sum_horizontal(pl.all().is_not_null())).to_series()
    full = filled.max() if len(filled) else 0
    header = next((row for row, count in enumerate(filled) if count * 2 >= (full or 0)), 0) if form.header else -1
    names = sheet.row(header) if form.header and sheet.height else [f"c{n}" for n in range(1, sheet.width + 1)]
    frame = sheet.rename(dict(zip(sheet.columns, unique_names(names), strict=True))).slice(header + 1)
    lines = pl.int_range(first + header + 1, first + header + 1 + frame.height, dtype=pl.Int64, eager=True).alias(LINE)
    frame = frame.with_columns(pl.when(pl.all() != "").then(pl.all()))
    kept = (
        frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
        if frame.height
        else pl.Series([], dtype=pl.Boolean)
    )
    frame, lines = frame.filter(kept), lines.filter(kept)
    for start in range(0, max(frame.height, 1), ROWS):
        part = frame.slice(start, ROWS)
        nowhere = [pl.lit(None, pl.Int64).alias(name) for name in (START, END)]
        rows = part.with_columns(lines.slice(start, ROWS), *nowhere)
        yield Batch(rows, json_lines(part), rejects_frame([]), skipped_frame([]))


def _sheet(path: Path, form: Format, limits: Limits) -> tuple[pl.DataFrame, int]:
    """The sheet's cells as text, and the number of its first row."""
    _weigh(path, limits)
    try:
        book = fastexcel.read_excel(path)
        names = [form.records] if form.records else book.sheet_names
        for name in names:
            sheet = book.load_sheet(name, header_row=None, dtypes="string", skip_rows=0)
            if sheet.total_height:
                return sheet.to_polars(), 1
    except fastexcel.FastExcelError as error:
        why = str(error).split("\n")[0][:200]
        raise FeedError("a broken workbook", why=why, do="save it again as XLSX or CSV", path=path) from error
    raise FeedError("the workbook is empty", why="no sheet has a cell", do="ask for it again", path=path)


def _weigh(path: Path, limits: Limits) -> None:
    """A workbook is read as a whole, so its unpacked size is asked before."""
    try:
        with zipfile.ZipFile(path) as zipped:
            sizes = [entry.file_size for entry in zipped.infolist()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise FeedError("a broken workbook", why=str(error), do="save it again as XLSX or CSV", path=path) from error
    if sum(sizes) > limits.document_bytes:
        raise LimitError("document_bytes", limits.document_bytes, f"{sum(sizes):,} bytes unpacked", path=path)
    if sum(sizes) > 64 * 1024**2 and sum(sizes) > limits.expansion * path.stat().st_size:
        raise LimitError("expansion", limits.expansion, f"{sum(sizes):,} bytes unpacked", path=path)
