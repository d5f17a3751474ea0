"""XLSX: one sheet of a workbook, its cells as text."""

from collections.abc import Iterator
from pathlib import Path

import fastexcel
import polars as pl

from aios_assets.feeds.batch import END, LINE, START, Batch, rejects_frame, skipped_frame, unique_names
from aios_assets.feeds.columnar import json_lines
from aios_assets.feeds.errors import FeedError, LimitError
from aios_assets.feeds.format import Format
from aios_assets.feeds.header import header_place
from aios_assets.feeds.limits import Limits
from aios_assets.feeds.names import LIKELY, means
from aios_assets.feeds.workbook import weigh

ROWS = 65_536
_FIRST = 50


def batches(path: Path, form: Format, limits: Limits) -> Iterator[Batch]:
    """One sheet (see `_sheet`); `_line` is the sheet's row number.

    The header is the first row that is at least half as full as the fullest of the first fifty, or of rows of headings
    the lowest; rows above it are titles and are passed over. A cell's text is its value, not its looks: 3.50 as a number
    is `3.5`. Raises FeedError.
    """
    sheet, first = _sheet(path, form, limits)
    if sheet.width > limits.columns:
        raise LimitError("columns", limits.columns, f"{sheet.width:,} columns", path=path)
    if sheet.height > limits.records:
        raise LimitError("records", limits.records, f"{sheet.height:,} rows", path=path)
    header = _header(sheet) if form.header else -1
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


def _header(sheet: pl.DataFrame) -> int:
    """The row that names the columns."""
    head = sheet.head(_FIRST)
    filled = head.select(pl.sum_horizontal(pl.all().is_not_null())).to_series()
    full = filled.max() if len(filled) else 0
    first = next((row for row, count in enumerate(filled) if count * 2 >= (full or 0)), 0)
    below = header_place([["" if cell is None else str(cell) for cell in row] for row in head.slice(first).rows()])
    return first + below


def _sheet(path: Path, form: Format, limits: Limits) -> tuple[pl.DataFrame, int]:
    """The sheet's cells as text, and the number of its first row.

    Of several sheets with cells it is the one that `form.records` names, else the one whose header is understood; where
    that is said of two or more, somebody has to name it, since the others' rows would vanish.
    """
    weigh(path, limits)
    try:
        book = fastexcel.read_excel(path)
        names = [form.records] if form.records else book.sheet_names
        loaded = ((name, book.load_sheet(name, header_row=None, dtypes="string", skip_rows=0)) for name in names)
        sheets = {name: sheet.to_polars() for name, sheet in loaded if sheet.total_height}
    except fastexcel.FastExcelError as error:
        why = str(error).split("\n")[0][:200]
        raise FeedError("a broken workbook", why=why, do="save it again as XLSX or CSV", path=path) from error
    if not sheets:
        raise FeedError("the workbook is empty", why="no sheet has a cell", do="ask for it again", path=path)
    spoken = {name: _spoken(sheet) for name, sheet in sheets.items()}
    best = max(spoken.values())
    feeds = [name for name, words in spoken.items() if words >= max(2, 0.6 * best)]
    if len(feeds) > 1:
        why = f"the sheets {', '.join(map(repr, feeds[:5]))} all look like feeds, and one delivery is one table"
        do = (
            "name the one to read as `records` under [reading] in the mapping, or send the others as files of their own"
        )
        raise FeedError("which sheet of the workbook", why=why, do=do, path=path)
    return sheets[feeds[0] if feeds else next(iter(sheets))], 1


def _spoken(sheet: pl.DataFrame) -> int:
    """How many names of a sheet's header are understood."""
    names = [str(cell) for cell in sheet.row(_header(sheet)) if cell is not None] if sheet.height > 1 else []
    return sum(max(means(name).values(), default=0.0) >= LIKELY for name in names)
