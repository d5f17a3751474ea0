"""Workbook: what a workbook would take of memory, asked of its XML before it is opened as the whole that it has to be."""

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from aios_assets.feeds.errors import FeedError, LimitError
from aios_assets.feeds.limits import MIB, Limits
from aios_assets.feeds.views import Index

_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error,
    ValueError, NotImplementedError, EOFError, OSError, RuntimeError,
)  # fmt: skip
CELL = 32
"""Bytes of document_bytes that a place in the sheet's rectangle counts for, filled or not: each has memory of its own."""

_PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3}[0-9]{1,7})[\"'][^>]*(?<!/)>")
_SHARED = re.compile(rb"\bt\s*=\s*[\"']s[\"']")
_STRING = re.compile(rb"<(?:\w+:)?si[\s/>]")
_CELL = re.compile(rb"<(?:\w+:)?c(?=\s)")
_VALUE = re.compile(rb"<(?:\w+:)?v[^>]*>\s*(\d+)")
_DIGITS, _LETTERS = b"0123456789", bytes(range(ord("A"), ord("Z") + 1))


def weigh(path: Path, limits: Limits) -> None:
    """Raises LimitError where it would take too much, and FeedError where its archive is broken.

    Three things make a small file a large table: what is packed, a cell far away from the others (the rectangle around
    them is made), and a long text that many cells share (each gets its own).
    """
    try:
        with zipfile.ZipFile(path) as zipped:
            entries = zipped.infolist()
            size = sum(entry.file_size for entry in entries)
            if size > limits.document_bytes:
                raise LimitError("document_bytes", limits.document_bytes, f"{size:,} bytes unpacked", path=path)
            places = sum(_places(_pieces(zipped, entry)) for entry in entries)
            if places * CELL > limits.document_bytes:
                found = f"{places:,} places between the first and the last filled cell of its sheets, {CELL} bytes each"
                raise LimitError("document_bytes", limits.document_bytes, found, path=path)
            text = _text(zipped, entries, limits.document_bytes)
            if text > limits.document_bytes:
                found = f"{text:,} bytes of text, which its cells share"
                raise LimitError("document_bytes", limits.document_bytes, found, path=path)
    except _BROKEN as error:
        raise FeedError("a broken workbook", why=str(error), do="save it again as XLSX or CSV", path=path) from error


def _pieces(zipped: zipfile.ZipFile, entry: zipfile.ZipInfo, mark: bytes = b">") -> Iterator[bytes]:
    """An entry's bytes in pieces that end with a mark."""
    carry = b""
    with zipped.open(entry) as file:
        while part := file.read(4 * MIB):
            cut = part.rfind(mark) + 1
            if cut:
                yield carry + part[:cut]
                carry = part[cut:]
            else:
                carry += part
    yield carry


def _places(pieces: Iterator[bytes]) -> int:
    """How many places the rectangle around a sheet's filled cells has."""
    columns, rows = set[bytes](), set[int]()
    for piece in pieces:
        found = _PLACE.findall(piece)
        columns |= {place.rstrip(_DIGITS) for place in found}
        numbers = {int(place.lstrip(_LETTERS)) for place in found}
        rows = {min(rows | numbers), max(rows | numbers)} if numbers else rows
    if not columns:
        return 0
    across = [_number(column) for column in columns]
    return (max(across) - min(across) + 1) * (max(rows) - min(rows) + 1)


def _number(column: bytes) -> int:
    number = 0
    for letter in column:
        number = number * 26 + letter - ord("A") + 1
    return number


def _text(zipped: zipfile.ZipFile, entries: list[zipfile.ZipInfo], most: int) -> int:
    """Bytes of the shared texts as often as a cell has them; counted one by one only where the longest could be too much."""
    lengths = np.concatenate([np.empty(0, np.int64), *(_lengths(_pieces(zipped, entry)) for entry in entries)])
    if not len(lengths):
        return 0
    cells = sum(len(_SHARED.findall(piece)) for entry in entries for piece in _pieces(zipped, entry))
    if cells * int(lengths.max()) <= most:
        return cells * int(lengths.max())
    total = 0
    for entry in entries:
        for piece in _pieces(zipped, entry, b"</row>"):
            numbers = [
                int(value[1])
                for cell in _CELL.split(piece)
                if _SHARED.search(cell, 0, 200) and (value := _VALUE.search(cell))
            ]
            told = np.array(numbers, dtype=np.int64)
            total += int(lengths[told[told < len(lengths)]].sum())
    return total


def _lengths(pieces: Iterator[bytes]) -> Index:
    """The length of each shared text with its marks, in their order."""
    starts, at = [np.empty(0, np.int64)], 0
    for piece in pieces:
        starts.append(np.array([match.start() + at for match in _STRING.finditer(piece)], dtype=np.int64))
        at += len(piece)
    return np.diff(np.append(np.concatenate(starts), at))
