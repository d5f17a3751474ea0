"""Templates: lines of JSON that a machine wrote alike, read for a whole block at once.

A program writes every record with the same keys, order and spaces. One line, read slowly, is the template; every line
whose bytes outside the values are just the same has its values in known places. A line that differs in anything, or whose
values need care, is not answered here: it is read slowly.
"""

import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from aios_assets.feeds.blocks import Block
from aios_assets.feeds.jsonvalue import RecordError, parse, record
from aios_assets.feeds.limits import Limits
from aios_assets.feeds.views import Bytes, Flags, Index, equal, texts

TRIES, WORTH = 6, 32
_PAIR = re.compile(
    rb'\s*"(?P<key>[^"\\]+)"(?P<colon>\s*:\s*)(?:"(?P<text>(?:[^"\\]|\\.)*)"|(?P<scalar>[^\s"{}\[\],]+))'
)
_SCALAR = r"^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)$"


@dataclass(frozen=True)
class _Slot:
    """One key: what stands before its value, and whether that value is in quotes."""

    key: str
    before: bytes
    quoted: bool


@dataclass(frozen=True)
class Template:
    """The constant parts of a line: before each value, and behind the last."""

    slots: tuple[_Slot, ...]
    behind: bytes

    @property
    def quotes(self) -> int:
        """How many quotes such a line has."""
        return sum(slot.before.count(b'"') for slot in self.slots) + self.behind.count(b'"')


@dataclass(frozen=True)
class Alike:
    """Lines of one template (by number) and their values."""

    lines: Index
    values: pl.DataFrame


class Lines:
    """A block's lines with the places of their quotes."""

    def __init__(self, block: Block, starts: Index, ends: Index) -> None:
        self.block, self.starts, self.ends = block, starts, ends
        data = block.text.data[: block.text.size]
        quotes = np.flatnonzero(data == ord('"'))
        self.quotes = quotes[~_escaped(data, quotes)]
        self.first = np.searchsorted(self.quotes, starts)
        self.count = np.searchsorted(self.quotes, ends) - self.first
        self.open = self._plain(data)

    def _plain(self, data: Bytes) -> Flags:
        """Lines without control characters, damage and halves of characters."""
        odd = np.flatnonzero((data < 32) & (data != 10) & (data != 13))
        places = [odd, self.block.damaged]
        backslashes = np.flatnonzero(data == ord("\\"))
        after = self.block.text.data
        half = (after[backslashes + 1] == ord("u")) & ((after[backslashes + 2] | 32) == ord("d"))
        places.append(backslashes[half])
        plain = np.ones(len(self.starts), np.bool_)
        for found in places:
            plain[np.searchsorted(self.ends, found, side="right")] = False
        return plain

    def alike(self, limits: Limits) -> list[Alike]:
        """Groups of lines that share a template; what is in none is read slowly."""
        found: list[Alike] = []
        for _ in range(TRIES):
            left = np.flatnonzero(self.open)
            if len(left) < WORTH:
                break
            sample = int(left[len(left) // 2])
            template = _template(self.block.text.cut(int(self.starts[sample]), int(self.ends[sample])), limits)
            if template is None:
                self.open[sample] = False
                continue
            group = self._group(template, left, limits)
            self.open[sample] = False
            if len(group.lines):
                self.open[group.lines] = False
                found.append(group)
        return found

    def _group(self, template: Template, left: Index, limits: Limits) -> Alike:
        text = self.block.text
        lines = left[self.count[left] == template.quotes]
        at, number = self.starts[lines], self.first[lines]
        ranges: list[tuple[Index, Index]] = []
        fits = np.ones(len(lines), np.bool_)
        for place, slot in enumerate(template.slots):
            fits &= equal(text, at, slot.before)
            start = at + len(slot.before)
            number = number + slot.before.count(b'"')
            if slot.quoted:
                end = self.quotes[np.minimum(number, len(self.quotes) - 1)]
            else:
                rest = template.slots[place + 1].before if place + 1 < len(template.slots) else template.behind
                end = self._scalar_end(lines, number, rest, last=place + 1 == len(template.slots))
            fits &= (start <= end) & (end - start <= limits.cell_bytes)
            ranges.append((start, end))
            at = np.maximum(end, start)
        fits &= equal(text, at, template.behind) & (at + len(template.behind) == self.ends[lines])
        kept = np.flatnonzero(fits)
        columns: list[pl.Series] = []
        sound = np.ones(len(kept), np.bool_)
        for slot, (start, end) in zip(template.slots, ranges, strict=True):
            values = texts(text, start[kept], end[kept])
            if slot.quoted:
                values, good = _unescaped(values)
            else:
                good = values.str.contains(_SCALAR).fill_null(value=False).to_numpy()
                values = values.set(values == "null", None)
            sound &= good
            columns.append(values.alias(slot.key))
        frame = pl.DataFrame(columns)
        return Alike(lines[kept[sound]], frame if sound.all() else frame.filter(pl.Series(sound)))

    def _scalar_end(self, lines: Index, number: Index, rest: bytes, *, last: bool) -> Index:
        """A bare value ends where the next constant part begins, which is found from its own first quote."""
        if last:
            return self.ends[lines] - len(rest)
        return self.quotes[np.minimum(number, len(self.quotes) - 1)] - rest.index(b'"')


def _template(line: bytes, limits: Limits) -> Template | None:
    """The template of a sound, flat record; None where the line is another thing."""
    try:
        flat = record(parse(line.decode(), limits), limits)
    except RecordError:
        return None
    slots: list[_Slot] = []
    since, at = 0, len(line) - len(line.lstrip()) + 1
    while match := _PAIR.match(line, at):
        quoted = match["text"] is not None
        start, end = match.span("text") if quoted else match.span("scalar")
        slots.append(_Slot(match["key"].decode(), line[since:start], quoted))
        since, at = end, end + quoted
        comma = re.compile(rb"\s*,").match(line, at)
        if comma is None:
            break
        at = comma.end()
    behind = line[since:]
    whole = re.fullmatch(rb'"?\s*\}\s*', behind) is not None and [slot.key for slot in slots] == list(flat)
    return Template(tuple(slots), behind) if whole and slots else None


def _escaped(data: Bytes, quotes: Index) -> Flags:
    """Quotes behind an odd number of backslashes."""
    odd = np.zeros(len(quotes), np.bool_)
    running, back = np.arange(len(quotes)), 1
    while len(running):
        before = quotes[running] - back
        running = running[(before >= 0) & (data[np.maximum(before, 0)] == ord("\\"))]
        odd[running] = ~odd[running]
        back += 1
    return odd


def _unescaped(values: pl.Series) -> tuple[pl.Series, Flags]:
    """Values with their escapes read, and which of them could be."""
    good = np.ones(values.len(), np.bool_)
    rows = values.str.contains("\\", literal=True).fill_null(value=False).arg_true()
    if not rows.len():
        return values, good
    try:
        read = ('"' + values.gather(rows) + '"').str.json_decode(pl.String)
    except pl.exceptions.PolarsError:
        good[rows.to_numpy()] = False
        return values, good
    bad = read.is_null() | read.str.contains("\0", literal=True)
    good[rows.filter(bad).to_numpy()] = False
    return values.scatter(rows, read), good
