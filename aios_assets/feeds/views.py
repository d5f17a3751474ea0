"""Views: text columns that point into the bytes they were read from, made without copying a cell."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

Index = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

_BEFORE, _AFTER, _INLINE = 4, 16, 12
_KEEP = np.zeros((_INLINE + 2, 16), np.uint8)
for _length in range(_INLINE + 1):
    _KEEP[_length, _BEFORE : _BEFORE + _length] = 255
_KEEP[_INLINE + 1, _BEFORE : 2 * _BEFORE] = 255  # a long view keeps its prefix; index and offset are written over
_KEEP_WORDS = _KEEP.view(np.uint32).copy()


@dataclass(frozen=True)
class Buffer:
    """Bytes with room around them, so that sixteen bytes can be taken at any offset.

    `size` bytes of content begin at `padded[4]`; at most 2 GiB, since a view's offset has 32 bits.
    """

    padded: Bytes
    size: int

    @classmethod
    def of(cls, *parts: bytes) -> "Buffer":
        """The parts one after another; the one copy that reading makes."""
        size = sum(map(len, parts))
        padded = np.empty(_BEFORE + size + _AFTER, np.uint8)
        padded[:_BEFORE] = 0
        at = _BEFORE
        for part in parts:
            padded[at : at + len(part)] = np.frombuffer(part, np.uint8)
            at += len(part)
        padded[at:] = 0
        return cls(padded, size)

    @property
    def data(self) -> Bytes:
        """The content, and behind it the padding (zeros)."""
        return self.padded[_BEFORE:]

    def cut(self, start: int, end: int) -> bytes:
        """One range as bytes."""
        return self.data[start:end].tobytes()

    def is_utf8(self, size: int) -> bool:
        """Whether the first bytes are valid UTF-8 (Unicode 16, table 3-7); nothing is decoded."""
        offsets = pa.py_buffer(np.array([_BEFORE, _BEFORE + size], np.int64))
        whole = pa.Array.from_buffers(pa.large_string(), 1, [None, offsets, pa.py_buffer(self.padded)])
        try:
            whole.validate(full=True)
        except pa.ArrowInvalid:
            return False
        return True


def texts(buffer: Buffer, starts: Index, ends: Index) -> pl.Series:
    """A String series of these ranges, which must be valid UTF-8; an empty range is null."""
    return _series(buffer, starts, ends, pa.string_view(), empty_is_null=True)


def blobs(buffer: Buffer, starts: Index, ends: Index) -> pl.Series:
    """A Binary series of these ranges."""
    return _series(buffer, starts, ends, pa.binary_view(), empty_is_null=False)


def _series(buffer: Buffer, starts: Index, ends: Index, dtype: pa.DataType, *, empty_is_null: bool) -> pl.Series:
    """Arrow's view layout: length, then twelve bytes inline, or a prefix of four, buffer number and offset."""
    lengths = (ends - starts).astype(np.uint32)
    windows = np.ndarray((buffer.size + _BEFORE,), dtype="V16", buffer=buffer.padded, strides=(1,))
    words = windows[starts].view(np.uint32).reshape(-1, 4)
    words &= _KEEP_WORDS.take(np.minimum(lengths, _INLINE + 1), axis=0)
    words[:, 0] = lengths
    long = lengths > _INLINE
    np.copyto(words[:, 3], (starts + _BEFORE).astype(np.uint32), where=long)
    valid = None
    if empty_is_null and not lengths.all():
        valid = pa.py_buffer(np.packbits(lengths > 0, bitorder="little"))
    array = pa.Array.from_buffers(dtype, len(lengths), [valid, pa.py_buffer(words), pa.py_buffer(buffer.padded)])
    return cast("pl.Series", pl.from_arrow(array))


def apart(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows in memory of their own: as views, few of them keep alive every block that they point into."""
    return pl.DataFrame(frame.to_arrow(compat_level=pl.CompatLevel.oldest()))


def equal(buffer: Buffer, starts: Index, literal: bytes) -> Flags:
    """Where exactly these bytes stand at each start (starts lie in the content)."""
    alike = np.ones(len(starts), np.bool_)
    windows = np.ndarray((buffer.size + _BEFORE,), dtype="V16", buffer=buffer.padded, strides=(1,))
    for at in range(0, len(literal), _INLINE):
        part = literal[at : at + _INLINE]
        wanted = np.frombuffer((b"\0" * _BEFORE + part).ljust(16, b"\0"), np.uint32)
        inside = np.minimum(starts + at, buffer.size)
        words = windows[inside].view(np.uint32).reshape(-1, 4) & _KEEP_WORDS[len(part)]
        alike &= (words == wanted).all(axis=1)
    return alike
