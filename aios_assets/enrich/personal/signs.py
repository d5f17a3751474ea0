"""Signs: which kinds of characters stand in each text of a column, told in one pass over its bytes.

Hardly any datum is made of any characters: a telephone has digits, a name has a capital. An expression that is looked for
only in the texts that have what it needs costs nothing in the others, and to know what a text has costs less than one
expression does.
"""

from enum import Enum, IntFlag

import numpy as np
import polars as pl

SIGNS = "signs"
"""The column of `with_signs`."""


class Sign(IntFlag):
    """What a text has at least one of."""

    DIGIT = 1
    CAPITAL = 2
    SMALL = 4
    BEYOND = 8
    COLON = 16
    JOINT = 32

    @property
    def stands(self) -> pl.Expr:
        """Whether a text has one of these."""
        return (pl.col(SIGNS) & int(self)) != 0


_JOINTS = b"_-./="
_TABLE = bytes(
    (Sign.DIGIT if 48 <= byte <= 57 else 0)
    | (Sign.CAPITAL if 65 <= byte <= 90 else 0)
    | (Sign.SMALL if 97 <= byte <= 122 else 0)
    | (Sign.BEYOND if byte >= 128 else 0)
    | (Sign.COLON if byte == 58 else 0)
    | (Sign.JOINT if byte in _JOINTS else 0)
    for byte in range(256)
)
"""The signs of each byte of UTF-8; of a character beyond ASCII every byte is from 128 on."""

LONGEST = 200
"""Characters of a text that is read whatever its letter case; a longer one in small letters is no message but a description."""


class Among(Enum):
    """Among which texts something is looked for."""

    NUMBERED = "with a digit or a colon"
    WORDED = "with a letter"
    BOTH = "with a letter and a digit"
    PLAIN = "with small letters of ASCII and no other"
    OTHERS = "with a capital, or a character beyond ASCII"
    CASED = "with capitals and small letters, as far as ASCII tells"
    ONE_CASE = "short, and in small letters or in capitals only"
    ISSUED = "with a digit, a capital, a character beyond ASCII, or a sign that stands in keys and links"

    @property
    def holds(self) -> pl.Expr:
        """Whether a text is one of these, from its columns `text` and SIGNS."""
        return _HOLDS[self]


_UPPER, _SHORT = (Sign.CAPITAL | Sign.BEYOND).stands, pl.col("text").str.len_chars() <= LONGEST
_WORDED = (Sign.CAPITAL | Sign.SMALL | Sign.BEYOND).stands
_HOLDS = {
    Among.NUMBERED: (Sign.DIGIT | Sign.COLON).stands,
    Among.WORDED: _WORDED,
    Among.BOTH: _WORDED & Sign.DIGIT.stands,
    Among.PLAIN: Sign.SMALL.stands & ~_UPPER,
    Among.OTHERS: _UPPER,
    Among.CASED: _UPPER & (Sign.SMALL | Sign.BEYOND).stands,
    Among.ONE_CASE: _WORDED & ~(Sign.CAPITAL.stands & Sign.SMALL.stands) & _SHORT,
    Among.ISSUED: _WORDED & (_UPPER | (Sign.DIGIT | Sign.COLON | Sign.JOINT).stands),
}


def signs(texts: pl.Series) -> pl.Series:
    """The signs of each text, as UInt8; none of a null."""
    array = texts.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    _, places, content = array.buffers()
    if content is None or not len(array):
        return pl.zeros(len(texts), dtype=pl.UInt8, eager=True).alias(SIGNS)
    offsets = np.frombuffer(places, np.int64)[array.offset : array.offset + len(array) + 1]
    told = np.frombuffer(memoryview(content)[: offsets[-1]].tobytes().translate(_TABLE) + b"\0", np.uint8)
    found = np.bitwise_or.reduceat(told, offsets[:-1])
    found[offsets[:-1] == offsets[1:]] = 0  # of an empty range numpy answers with what stands behind it
    return pl.Series(SIGNS, found)
