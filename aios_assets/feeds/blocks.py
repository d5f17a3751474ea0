"""Blocks: a text file in stretches of whole lines, as UTF-8, with the way back to the bytes as delivered."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from aios_assets.feeds.errors import FeedError, LimitError
from aios_assets.feeds.format import Format
from aios_assets.feeds.limits import Limits, Watch
from aios_assets.feeds.views import Buffer, Index

UTF16 = {"utf-16-le": "<u2", "utf-16-be": ">u2"}
NARROW = frozenset(
    {
        "cp1250",
        "cp1251",
        "cp1252",
        "cp1253",
        "cp1254",
        "cp1255",
        "cp1256",
        "cp1257",
        "cp1258",
        "cp437",
        "cp850",
        "cp852",
    }
    | {"cp866", "cp932", "cp949", "koi8-r", "koi8-u", "mac-roman", "shift_jis", "euc_jp", "euc_kr", "gbk", "gb18030"}
    | {"big5", "ascii", "latin-1", *(f"iso8859-{part}" for part in range(1, 17) if part != 12)}
)
"""Encodings in which the byte 0x0A is a line feed and nothing else, so that lines can be cut before decoding."""


@dataclass(frozen=True)
class Block:
    """Whole lines of a file.

    `text` is UTF-8 and ends in a newline (one is added at the end of the file where it lacks, and is not counted in
    `size`). `newlines` are the newline positions in `text`; `line_ends` the same boundaries in `original`, where
    that is another encoding. `damaged` are offsets in `text` of bytes that mean no character.
    """

    text: Buffer
    size: int
    newlines: Index
    original: Buffer
    line_ends: Index | None
    base: int
    line: int
    final: bool
    damaged: Index

    def places(self, boundaries: Index) -> Index:
        """File offsets of line boundaries given as offsets in `text`."""
        return self.base + self.originals(boundaries)

    def originals(self, boundaries: Index) -> Index:
        """Offsets in `original` of line boundaries given as offsets in `text`."""
        if self.line_ends is None:
            return np.minimum(boundaries, self.size)
        ends = np.concatenate((np.zeros(1, np.int64), self.line_ends))
        return ends[np.searchsorted(self.newlines, boundaries)]

    def lines(self, boundaries: Index) -> Index:
        """Physical line numbers (1-based) of the lines that begin at these offsets in `text`."""
        return self.line + np.searchsorted(self.newlines, boundaries)


class Blocks:
    """Iterates over blocks; `consumed` says how far the last one could be read, the rest comes again with the next."""

    def __init__(self, stream: BinaryIO, form: Format, limits: Limits, path: Path) -> None:
        if form.encoding != "utf-8" and form.encoding not in UTF16 and form.encoding not in NARROW:
            raise FeedError(
                f"unknown encoding {form.encoding!r}",
                why="its lines cannot be cut safely before decoding",
                do=f"write the file as UTF-8, or name one of {', '.join(sorted(NARROW | UTF16.keys()))}",
                path=path,
            )
        self.stream, self.form, self.limits, self.path = stream, form, limits, path
        self.carry, self.consumed = b"", 0
        self.base, self.line = form.skip, 1 + form.preamble
        self.skip(form.skip)

    def skip(self, count: int) -> None:
        """Reads past bytes that no record is in."""
        while count > 0:
            part = self.stream.read(min(count, self.limits.block_bytes))
            if not part:
                return
            count -= len(part)

    def __iter__(self) -> Iterator[Block]:
        """Blocks up to the end of the file; the last is `final` and may be empty."""
        watch = Watch(self.limits, self.path)
        while True:
            watch.check()
            block = self._next()
            self.consumed = block.size
            yield block
            if block.final:
                return
            used = int(block.originals(np.array([self.consumed]))[0])
            self.carry = block.original.cut(used, block.original.size) + self.carry
            self.base += used
            self.line += int(np.searchsorted(block.newlines, self.consumed))

    def _next(self) -> Block:
        parts, found = [self.carry], -1
        size = len(self.carry)
        while found < 0:
            part = self.stream.read(self.limits.block_bytes)
            if len(part) < self.limits.block_bytes:  # a stream gives less than it was asked for only at its end
                self.carry = b""
                return self._block([*parts, part], final=True)
            found = _last_line(part, size, self.form)
            if found < 0 and size + len(part) > self.limits.record_bytes:
                raise LimitError(
                    "record_bytes", self.limits.record_bytes, f"line {self.line:,} that is longer", path=self.path
                )
            if found >= 0:
                self.carry = part[found:]
                part = part[:found]
            parts.append(part)
            size += len(part)
        return self._block(parts, final=False)

    def _block(self, parts: list[bytes], *, final: bool) -> Block:
        newline = self.form.newline.encode()
        if self.form.encoding == "utf-8":
            ended = next((part for part in reversed(parts) if part), newline).endswith(newline)
            text = Buffer.of(*parts, b"" if ended else newline)
            original, line_ends = text, None
            size = text.size if ended else text.size - 1
        else:
            delivered = b"".join(parts)
            whole = utf8(delivered, self.form.encoding, newline)
            ended = not whole or whole.endswith(newline)
            text, original = Buffer.of(whole, b"" if ended else newline), Buffer.of(delivered)
            line_ends = _line_ends(delivered, self.form, open_end=not ended)
            size = len(whole)
        newlines = np.flatnonzero(text.data[: text.size] == newline[0])
        damaged = np.empty(0, np.int64) if text.is_utf8(size) else damage(text.cut(0, size))
        return Block(text, size, newlines, original, line_ends, self.base, self.line, final, damaged)


def utf8(delivered: bytes, encoding: str, newline: bytes = b"\n") -> bytes:
    """The same text in UTF-8, line for line; what means no character comes out as bytes that are no UTF-8 either."""
    if encoding in UTF16:
        whole = delivered[: len(delivered) // 2 * 2]
        text = whole.decode(encoding, "surrogatepass").encode("utf-8", "surrogatepass")
        return text if len(whole) == len(delivered) else text + b"\xff"
    text = delivered.decode(encoding, "surrogateescape").encode("utf-8", "surrogatepass")
    if text.count(newline) == delivered.count(newline):
        return text
    # A decoder of several bytes a character may swallow the line end behind a damaged one: then line by line.
    return newline.join(utf8(line, encoding, newline) for line in delivered.split(newline))


def damage(text: bytes) -> Index:
    """Offsets of the bytes that are not valid UTF-8."""
    points = np.frombuffer(text.decode("utf-8", "surrogateescape").encode("utf-32-le", "surrogatepass"), "<u4")
    broken = (points >= 0xDC80) & (points <= 0xDCFF)
    widths = 1 + (points >= 0x80).astype(np.int64) + (points >= 0x800) + (points >= 0x10000)
    widths[broken] = 1
    return (np.cumsum(widths) - widths)[broken]


def _last_line(part: bytes, before: int, form: Format) -> int:
    """How much of this part is whole lines; -1 where no line ends in it."""
    if form.encoding not in UTF16:
        return part.rfind(form.newline.encode()) + 1 or -1
    odd = before % 2
    units = np.frombuffer(part[odd : odd + (len(part) - odd) // 2 * 2], UTF16[form.encoding])
    ends = np.flatnonzero(units == ord(form.newline))
    return int(ends[-1]) * 2 + 2 + odd if len(ends) else -1


def _line_ends(delivered: bytes, form: Format, *, open_end: bool) -> Index:
    if form.encoding in UTF16:
        units = np.frombuffer(delivered[: len(delivered) // 2 * 2], UTF16[form.encoding])
        ends = np.flatnonzero(units == ord(form.newline)) * 2 + 2
    else:
        ends = np.flatnonzero(np.frombuffer(delivered, np.uint8) == ord(form.newline)) + 1
    return np.append(ends, len(delivered)) if open_end else ends
