"""Delimited text: records of CSV, TSV and their kin, found for a whole block at once.

Fields are found by position, never copied: the places of separators, newlines and quotes give the table of field
ranges. A quote means something only where a field begins (RFC 4180, section 2); elsewhere it is a character, as in
`15" monitor`. Where quotes are well placed, their parity says what is inside; a record where they are not is read by
itself, and the next one starts afresh, so that one broken quote costs one line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from aios_assets.feeds.blocks import Block
from aios_assets.feeds.views import Bytes, Flags, Index

CR = 13
QUOTING = "quoting"


@dataclass(frozen=True)
class Dialect:
    """The bytes that mean something; `quote` is -1 where nothing is quoted."""

    separator: int
    quote: int
    newline: int


@dataclass(frozen=True)
class Records:
    """Every record of a block, in order: each is a range `starts` to `ends` of the block's text with `counts` fields.

    `terms` holds where each field ends, `first` the index of each record's first one. `reasons` tells, by record
    number, which ones have broken quoting, and why; `consumed` is where the next block goes on.
    """

    starts: Index
    ends: Index
    counts: Index
    first: Index
    terms: Index
    reasons: dict[int, str]
    consumed: int

    def fields(self, chosen: Index, width: int) -> tuple[Index, Index]:
        """Raw field ranges of the chosen records, which all have `width` fields: starts and ends, column by column."""
        at = self.first[chosen] + np.arange(width)[:, None]
        ends = self.terms[at]
        starts = np.empty_like(ends)
        starts[0] = self.starts[chosen]
        starts[1:] = ends[:-1] + 1
        return starts, ends


@dataclass
class _Found:
    terms: list[Index] = field(default_factory=list)
    last: list[Flags] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)  # by the record's end

    def add(self, terms: Index, last: Flags) -> None:
        self.terms.append(terms)
        self.last.append(last)


def records(block: Block, dialect: Dialect, *, record_bytes: int) -> Records:
    """Finds every record of a block that is complete in it.

    A quoted field that no quote closes within `record_bytes` (or before the end of the file) is broken quoting.
    """
    data = block.text.data[: block.text.size]
    found = _Found()
    quoted = dialect.quote >= 0 and bool((data == dialect.quote).any())
    if quoted:
        consumed = _quoted(block, data, dialect, found, record_bytes)
    else:
        terms = np.flatnonzero((data == dialect.separator) | (data == dialect.newline))
        found.add(terms, data[terms] == dialect.newline)
        consumed = len(data)
    terms = np.concatenate(found.terms or [np.empty(0, np.int64)])
    last = np.concatenate(found.last or [np.empty(0, np.bool_)])
    closing = np.flatnonzero(last)
    ends = terms[closing] + 1
    starts = np.concatenate((np.zeros(min(1, len(ends)), np.int64), ends[:-1]))
    counts = np.diff(closing, prepend=-1)
    numbers = {int(np.searchsorted(ends, end)): reason for end, reason in found.reasons.items()}
    return Records(starts, ends, counts, closing - counts + 1, terms, numbers, min(consumed, block.size))


def _quoted(block: Block, data: Bytes, dialect: Dialect, found: _Found, record_bytes: int) -> int:
    """Walks from clean stretch to clean stretch; returns where the first incomplete record starts."""
    newline, quote = dialect.newline, dialect.quote
    quotes = np.flatnonzero(data == quote)
    marks = np.flatnonzero((data == dialect.separator) | (data == newline))
    inside = np.searchsorted(quotes, marks) & 1
    misplaced = _misplaced(block.text.data, dialect, quotes)
    outside = tuple(marks[inside == parity] for parity in (0, 1))
    is_last = tuple(data[terms] == newline for terms in outside)
    breaks = tuple(terms[last] for terms, last in zip(outside, is_last, strict=True))
    slow = _Slow(block, dialect, record_bytes)
    at, size = 0, len(data)
    while at < size:
        parity = int(np.searchsorted(quotes, at)) & 1
        terms, ends = outside[parity], breaks[parity]
        ahead = misplaced[parity][np.searchsorted(misplaced[parity], at) :]
        trouble = int(ahead[0]) if len(ahead) else size
        clean = int(np.searchsorted(ends, trouble))
        stop = int(ends[clean - 1]) + 1 if clean and ends[clean - 1] >= at else at
        if stop > at:
            low, high = np.searchsorted(terms, (at, stop))
            found.add(terms[low:high], is_last[parity][low:high])
            at = stop
        if at < size:
            fields = slow.read(at)
            if fields is None:
                return at
            positions, reason = fields
            found.add(positions, np.arange(len(positions)) == len(positions) - 1)
            at = int(positions[-1]) + 1
            if reason:
                found.reasons[at] = reason
    return at


def _misplaced(data: Bytes, dialect: Dialect, quotes: Index) -> tuple[Index, Index]:
    """Quotes that break RFC 4180, when the first of the block opens (0) and when it closes (1)."""
    before = data[np.maximum(quotes - 1, 0)]
    opens = (before == dialect.separator) | (before == dialect.newline) | (quotes == 0)
    twin = np.diff(quotes) == 1
    opens[1:] |= twin
    after, second = data[quotes + 1], data[quotes + 2]  # a block ends in a newline, and padding is behind it
    closes = (after == dialect.separator) | (after == dialect.newline)
    closes |= (after == CR) & (second == dialect.newline)
    closes[:-1] |= twin
    opening = np.arange(len(quotes)) % 2 == 0
    return quotes[np.where(opening, ~opens, ~closes)], quotes[np.where(opening, ~closes, ~opens)]


class _Slow:
    """Reads one record at a time, byte by byte where it must."""

    def __init__(self, block: Block, dialect: Dialect, record_bytes: int) -> None:
        self.block, self.final, self.record_bytes = block, block.final, record_bytes
        self.separator, self.newline = dialect.separator, dialect.newline
        self.quote = bytes([dialect.quote])
        self.stop = re.compile(b"[" + re.escape(bytes([dialect.separator, dialect.newline])) + b"]")

    @cached_property
    def text(self) -> bytes:
        """The block's text, copied only where something has to be read slowly."""
        return self.block.text.cut(0, self.block.text.size)

    def read(self, at: int) -> tuple[Index, str] | None:
        """Where the fields of the record at this offset end, and why it is broken; None where the block ends first.

        A broken record is the physical line it starts on.
        """
        text, ends, start = self.text, [], at
        while True:
            if text[at : at + 1] == self.quote:
                close, reason = self._close(at, start)
                if reason:
                    return np.array([text.index(self.newline, start)]), reason
                if close < 0:
                    return None
                at = close
            else:
                match = self.stop.search(text, at)
                if match is None:
                    return None
                at = match.start()
            ends.append(at)
            if text[at] == self.newline:
                return np.array(ends), ""
            at += 1

    def _close(self, opened: int, start: int) -> tuple[int, str]:
        """Where the quoted field that opens here ends (-1: not in this block), or why it does not."""
        text, at = self.text, opened + 1
        while True:
            at = text.find(self.quote, at)
            if at < 0:
                if self.final:
                    return 0, "a quoted field is never closed"
                if len(text) - start > self.record_bytes:
                    return 0, f"a quoted field is not closed within record_bytes = {self.record_bytes:,}"
                return -1, ""
            if text[at + 1 : at + 2] == self.quote:
                at += 2
                continue
            after = at + 1
            if self.newline != CR and text[after] == CR and text[after + 1] == self.newline:
                after += 1
            if text[after] in (self.separator, self.newline):
                return after, ""
            return 0, "text stands between a closing quote and the separator"


def unquoted(data: Bytes, dialect: Dialect, starts: Index, ends: Index) -> tuple[Index, Index, Iterator[Index]]:
    """Field ranges without quotes and line ends, and per column the rows whose doubled quotes are to be halved."""
    if dialect.newline != CR:
        last = ends[-1]
        returned = (last > starts[-1]) & (data[last - 1] == CR)
        ends[-1] = last - returned
    if dialect.quote < 0 or not (data == dialect.quote).any():
        return starts, ends, iter([np.empty(0, np.int64)] * len(starts))
    wrapped = (data[starts] == dialect.quote) & (ends > starts)
    starts, ends = starts + wrapped, ends - wrapped
    quotes = np.flatnonzero(data == dialect.quote)
    doubled = []
    for column in range(len(starts)):
        rows = np.flatnonzero(wrapped[column])
        within = np.searchsorted(quotes, ends[column][rows]) > np.searchsorted(quotes, starts[column][rows])
        doubled.append(rows[within])
    return starts, ends, iter(doubled)
