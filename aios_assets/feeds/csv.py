"""CSV: a delimited text as batches of rows, rejects and skipped ranges that tile it."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl

from aios_assets.feeds.batch import END, LINE, REJECTS, START, Batch, skipped_frame
from aios_assets.feeds.blocks import Block, Blocks
from aios_assets.feeds.delimited import QUOTING, Dialect, Records, records, unquoted
from aios_assets.feeds.errors import LimitError
from aios_assets.feeds.format import Format
from aios_assets.feeds.limits import Limits
from aios_assets.feeds.views import Flags, Index, blobs, texts

SKIPPED_PLACES = pl.Schema({"start": pl.Int64(), "end": pl.Int64()})
DO = {
    "columns": "give the record as many fields as the header, or quote the field that holds the separator",
    QUOTING: "close the quote, and write a quote inside a quoted field twice",
    "encoding": "write the file in one encoding, or name the right one as `encoding` in the mapping",
    "nul": "take the NUL characters out",
    "cell_bytes": "shorten the cell, or raise cell_bytes under [feeds.limits] in aios.toml",
}
"""What to do about each rule that sets a record aside."""


def dialect(form: Format) -> Dialect:
    """The format's marks as bytes."""
    return Dialect(ord(form.separator), ord(form.quote) if form.quote else -1, ord(form.newline))


def batches(stream: BinaryIO, form: Format, limits: Limits, path: Path) -> Iterator[Batch]:
    """Reads a stream from its start; the first batch tells of byte order mark, preamble and header."""
    blocks = Blocks(stream, form, limits, path)
    reader = _Reader(form, limits)
    skipped = [(0, form.mark, "mark"), (form.mark, form.skip, "preamble")]
    total = 0
    for block in blocks:
        batch, blocks.consumed = reader.read(block, [entry for entry in skipped if entry[0] < entry[1]])
        skipped = []
        total += batch.rows.height + batch.rejects.height
        if total > limits.records:
            raise LimitError("records", limits.records, f"{total:,} records so far", path=path)
        yield batch


class _Reader:
    def __init__(self, form: Format, limits: Limits) -> None:
        self.form, self.limits, self.dialect = form, limits, dialect(form)
        self.width = len(form.columns)
        self.header: bytes | None = None if form.header else b""

    def read(self, block: Block, skipped: list[tuple[int, int, str]]) -> tuple[Batch, int]:
        """One block's batch, and how far it goes."""
        found = records(block, self.dialect, record_bytes=self.limits.record_bytes)
        header, blank = self._headers(block, found), self._blank(block, found)
        good = (found.counts == self.width) & ~header & ~blank
        reasons = {number: (QUOTING, reason) for number, reason in found.reasons.items()}
        reasons |= self._damaged(block, found)
        good[list(reasons)] = False
        chosen = np.flatnonzero(good)
        starts, ends, doubled = unquoted(block.text.data, self.dialect, *found.fields(chosen, self.width))
        lengths = ends - starts
        if lengths.size and lengths.max() > self.limits.cell_bytes:
            long = (lengths > self.limits.cell_bytes).any(axis=0)
            for number in chosen[long]:
                reasons[int(number)] = ("cell_bytes", f"a cell is longer than cell_bytes = {self.limits.cell_bytes:,}")
            good[chosen[long]] = False
            chosen, starts, ends = chosen[~long], starts[:, ~long], ends[:, ~long]
            _, _, doubled = unquoted(block.text.data, self.dialect, *found.fields(chosen, self.width))
        empty = ~(ends > starts).any(axis=0)
        blank[chosen[empty]], good[chosen[empty]] = True, False
        columns = []
        for name, low, high, rows in zip(self.form.columns, starts, ends, doubled, strict=True):
            text = texts(block.text, low, high)
            if len(rows):
                text = text.scatter(rows, text.gather(rows).str.replace_all('""', '"', literal=True))
            columns.append(text.alias(name))
        kept = chosen[~empty]
        if empty.any():
            columns = pl.DataFrame(columns).filter(pl.Series(~empty)).get_columns()
        passed = pl.concat(
            [
                skipped_frame(skipped),
                _ranges(block, found, header, "header"),
                _ranges(block, found, blank, "blank"),
            ]
        )
        frame = pl.DataFrame([*columns, *_place(block, found, kept)])
        raw = blobs(block.original, block.originals(found.starts[kept]), block.originals(found.ends[kept]))
        rejected = np.flatnonzero(~good & ~header & ~blank)
        rejects = self._rejects(block, found, rejected, reasons)
        return Batch(frame, raw, rejects, passed), found.consumed

    def _headers(self, block: Block, found: Records) -> Flags:
        """The header, and every later line with just its bytes (files that were put one behind the other)."""
        flags = np.zeros(len(found.starts), np.bool_)
        if self.header is None:
            filled = np.flatnonzero(~self._blank(block, found))
            if len(filled):
                first = filled[0]
                self.header = block.text.cut(found.starts[first], found.ends[first]).rstrip(b"\r\n")
                flags[first] = True
        if self.header:
            lengths = found.ends - found.starts - len(self.header)
            alike = np.flatnonzero((lengths == 1) | (lengths == 2))
            for number in alike[found.counts[alike] == self.width]:
                line = block.text.cut(found.starts[number], found.ends[number])
                flags[number] |= line.rstrip(b"\r\n") == self.header
        return flags

    def _blank(self, block: Block, found: Records) -> Flags:
        lengths = found.ends - found.starts
        returned = (lengths == 2) & (block.text.data[found.starts] == ord("\r"))
        blank: Flags = (found.counts == 1) & ((lengths == 1) | returned)
        return blank

    def _damaged(self, block: Block, found: Records) -> dict[int, tuple[str, str]]:
        reasons: dict[int, tuple[str, str]] = {}
        whole = block.damaged[block.damaged < found.consumed]
        for number, at in zip(np.searchsorted(found.ends, whole, side="right"), whole, strict=True):
            reason = f"byte {int(at - found.starts[number]) + 1} of the record is no {self.form.encoding} character"
            reasons.setdefault(int(number), ("encoding", reason))
        nuls = np.flatnonzero(block.text.data[: found.consumed] == 0)
        for number in np.unique(np.searchsorted(found.ends, nuls, side="right")):
            reasons.setdefault(int(number), ("nul", "a NUL character stands in the record"))
        return reasons

    def _rejects(
        self, block: Block, found: Records, rejected: Index, reasons: dict[int, tuple[str, str]]
    ) -> pl.DataFrame:
        if not len(rejected):
            return REJECTS.to_frame()
        told = rejected[np.isin(rejected, list(reasons))].tolist()
        special = [(int(np.searchsorted(rejected, number)), *reasons[number]) for number in told]
        places = [place for place, _, _ in special]
        counts = pl.Series("counts", found.counts[rejected])
        plain = pl.select(pl.format("{} fields where {} are expected", counts, self.width)).to_series()
        rule = pl.repeat("columns", len(rejected), eager=True).scatter(places, [rule for _, rule, _ in special])
        reason = plain.scatter(places, [reason for _, _, reason in special])
        place = dict(zip(("line", "start", "end"), _place(block, found, rejected), strict=True))
        raw = blobs(block.original, block.originals(found.starts[rejected]), block.originals(found.ends[rejected]))
        why = {"rule": rule, "reason": reason, "do": rule.replace_strict(DO, return_dtype=pl.String)}
        return pl.DataFrame({**place, "raw": raw, **why}, schema=REJECTS)


def _place(block: Block, found: Records, chosen: Index) -> list[pl.Series]:
    return [
        pl.Series(LINE, block.lines(found.starts[chosen])),
        pl.Series(START, block.places(found.starts[chosen])),
        pl.Series(END, block.places(found.ends[chosen])),
    ]


def _ranges(block: Block, found: Records, flags: Flags, kind: str) -> pl.DataFrame:
    starts, ends = block.places(found.starts[flags]), block.places(found.ends[flags])
    return pl.DataFrame({"start": starts, "end": ends}, schema=SKIPPED_PLACES).with_columns(kind=pl.lit(kind))
