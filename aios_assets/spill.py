"""Spill: rows of deliveries too large to be held, cut by key so that one part of the keys is worked on at a time.

Too many to be kept in memory go to the disk, and are read back a part at a time.
What is written is encrypted under a key that this object alone holds, into a file that has no name: when the process
ends, however it ends, nothing can be read and nothing is left.
"""

import io
import itertools
import secrets
import tempfile
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import polars as pl
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from aios_assets.fingerprint import bucket_of

PIECE, PART_TEXT = 64 * 2**20, 32 * 2**20
"""Text of rows that is cut and written at once (smaller pieces would be more header than rows), and that is worth a part
and a file of the table: about 100,000 records, and half as much in a delivery, where no digests stand beside it."""

KEPT = 384 * 2**20
"""Bytes of rows that are kept in memory, cut: to write and to read back costs more than to read the delivery, and the more
is written at once the less."""

TEXT = 2
"""Bytes of text in the rows for one in the delivery: their places and digests stand beside them."""

GRAINS = 256
"""Into how many grains of keys rows are cut as they come; when all are there some grains each make a part."""

VIEW = 16
"""Bytes of a cell besides its text."""

LOOKED = 100_000
"""Rows that are looked through at a time."""

PART, OF = "_part", "_of"


def part_of(keys: Sequence[str], parts: int) -> pl.Expr:
    """The part that a row belongs to: its key's bucket; rows without a whole key are in the first."""
    return bucket_of(keys, parts).fill_null(0).alias(PART)


def weight_of(rows: pl.DataFrame) -> int:
    """Bytes of text in the rows: what they take of memory grows with it."""
    counts = rows.select(pl.col(pl.String).str.len_bytes().sum(), pl.col(pl.Binary).bin.size().sum())
    return sum(counts.row(0)) if counts.width else 0


def text_of(held_bytes: int) -> int:
    """Bytes of text in the rows of a delivery that is so large."""
    return TEXT * held_bytes


def most_held(held_bytes: int) -> int:
    """Bytes of text that are held at most: of a delivery as large as the setting, and what is looked at anyway."""
    return max(text_of(held_bytes), PIECE)


class Spill:
    """Takes rows of one schema in, each `of` a delivery, and gives them back part by part, those of a key as they came.

    They wait in memory while their text is no more than `holds` bytes, and no more than KEPT of them are on no disk. `cut`
    is the least number of parts; where more are needed, it is a multiple.
    """

    def __init__(self, folder: Path, keys: Sequence[str], cut: int, *, holds: int = 0) -> None:
        self.height = self.weight = 0
        self._folder, self._keys, self._holds = folder, list(keys), holds
        self._cut, self._grains = cut, cut * max(1, GRAINS // cut)
        self._file: IO[bytes] | None = None
        self._cipher, self._pieces = AESGCM(secrets.token_bytes(32)), 0
        self._index: dict[int, list[tuple[int, int, bytes]]] = {}
        self._kept: dict[int, list[pl.DataFrame]] = {}
        self._keeps = 0
        self._waiting: list[pl.DataFrame] = []
        self._waits = 0
        self._none: pl.DataFrame | None = None

    @property
    def over(self) -> bool:
        """Whether there is more than is held."""
        return self.weight > self._holds

    @property
    def parts(self) -> int:
        """Into how many parts the keys are cut, by what came so far."""
        most, wanted = self._grains // self._cut, -(-self.weight // (PART_TEXT * self._cut))
        return self._cut * min((n for n in range(1, most + 1) if most % n == 0 and n >= wanted), default=most)

    @property
    def none(self) -> pl.DataFrame:
        """No rows, in the columns of those that came."""
        return pl.DataFrame() if self._none is None else self._none

    def add(self, rows: pl.DataFrame, of: int = 0) -> None:
        """Takes rows in. Raises OSError where the disk is full."""
        self._none = rows.clear() if self._none is None else self._none
        if rows.is_empty():
            return
        weight = weight_of(rows)
        self.height, self.weight, self._waits = self.height + rows.height, self.weight + weight, self._waits + weight
        self._waiting.append(rows.with_columns(pl.lit(of, dtype=pl.Int32).alias(OF)))
        if self.over and self._waits >= PIECE:
            self._write()

    def held(self, of: int) -> pl.DataFrame:
        """The rows of one delivery, where all are held."""
        rows = [frame for frame in self._waiting if frame.item(0, OF) == of] if not (self._index or self._kept) else []
        return pl.concat(rows).drop(OF) if rows else self.none

    def part(self, number: int, parts: int | None = None) -> pl.DataFrame:
        """The rows of one part with column OF: the delivery that each is of. Raises OSError."""
        self._write()
        parts = parts or self.parts
        if self._index:
            self._put_down()
        else:
            kept: pl.DataFrame = pl.concat([self._empty(), *self._kept.get(number % self._cut, ())], rechunk=True)
            return kept if parts == self._cut else kept.filter(part_of(self._keys, parts) == number)
        own = [piece for grain in range(number, self._grains, parts) for piece in self._index.get(grain, ())]
        read = [self._opened(*piece) for piece in sorted(own)]
        return pl.concat(read) if read else self._empty()

    def looked_through(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """All rows, of these columns only, many at a time and in no order. Raises OSError."""
        some: list[pl.DataFrame] = []
        for piece in sorted(piece for grain in self._index.values() for piece in grain):
            some.append(self._opened(*piece).select(columns))
            if sum(frame.height for frame in some) >= LOOKED:
                yield pl.concat(some)
                some = []
        some += [frame.select(columns) for frame in (*itertools.chain(*self._kept.values()), *self._waiting)]
        if some:
            yield pl.concat(some)

    def again(self, keys: Sequence[str], do: Callable[[pl.DataFrame], pl.DataFrame]) -> "Spill":
        """A spill of what `do` makes of each part of this one, cut by other keys; this one is used up. Raises OSError."""
        self._write()
        other, parts = Spill(self._folder, keys, self._cut, holds=self._holds), self.parts if self._index else self._cut
        for number in range(parts):
            for (of,), rows in do(self.part(number, parts)).group_by(OF, maintain_order=True):
                other.add(rows.drop(OF), int(str(of)))
            if not self._index:
                self._kept.pop(number, None)  # two of them in memory would be twice as much
        return other

    def _write(self) -> None:
        while self._waiting:
            rows, size = [], 0
            while self._waiting and size < PIECE:
                rows.append(self._waiting.pop(0))
                size += weight_of(rows[-1])
            self._keeps += size + VIEW * rows[0].width * sum(frame.height for frame in rows)
            for number, piece in self._cut_into(self._cut, pl.concat(rows)):
                # Every later look at a view into what was read would find its text somewhere else.
                self._kept.setdefault(number, []).append(_together(piece))
            if self._keeps > KEPT:
                self._put_down()
        self._waits = 0

    def _put_down(self) -> None:
        kept, self._kept, self._keeps = self._kept, {}, 0
        while kept:
            self._cut_and_write(pl.concat(kept.popitem()[1]))

    def _empty(self) -> pl.DataFrame:
        return self.none.with_columns(pl.lit(None, dtype=pl.Int32).alias(OF))

    def _cut_into(self, parts: int, rows: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
        cut = rows.with_columns(part_of(self._keys, parts)).partition_by(
            PART, as_dict=True, include_key=False, maintain_order=True
        )
        for (number,), piece in cut.items():
            yield int(number), piece

    def _cut_and_write(self, rows: pl.DataFrame) -> None:
        file = self._opened_file()
        for number, piece in self._cut_into(self._grains, rows):
            plain = io.BytesIO()
            piece.serialize(plain)  # of many small frames, a third of what writing Arrow files costs
            self._pieces += 1
            nonce = self._pieces.to_bytes(12)
            sealed = self._cipher.encrypt(nonce, plain.getvalue(), None)
            at = file.seek(0, io.SEEK_END)
            file.write(sealed)
            self._index.setdefault(number, []).append((at, len(sealed), nonce))

    def _opened_file(self) -> IO[bytes]:
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115  lives as long as this object
            weakref.finalize(self, self._file.close)
        return self._file

    def _opened(self, at: int, size: int, nonce: bytes) -> pl.DataFrame:
        file = self._opened_file()
        file.seek(at)
        return pl.DataFrame.deserialize(io.BytesIO(self._cipher.decrypt(nonce, file.read(size), None)))


def _together(rows: pl.DataFrame) -> pl.DataFrame:
    """The same rows with their text in memory of its own, and not as views into all that was read."""
    return pl.DataFrame(rows.to_arrow(compat_level=pl.CompatLevel.oldest()))


@dataclass(frozen=True)
class Spilled:
    """Rows in a spill as they come out of it: `finish` makes of a part what stands of it when all had been seen."""

    spill: Spill
    finish: Callable[[pl.DataFrame], pl.DataFrame]

    @property
    def parts(self) -> int:
        """Into how many parts the keys are cut."""
        return self.spill.parts

    def part(self, number: int) -> pl.DataFrame:
        """The rows of one part, those of a key in the deliveries' order."""
        return self.finish(self.spill.part(number))

    def whole(self) -> pl.DataFrame:
        """All rows at once, for what cannot be done part by part; those of a key in the deliveries' order."""
        return pl.concat([self.part(number) for number in range(self.parts)])
