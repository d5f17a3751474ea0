"""Spill: rows of a delivery too large to be held, on disk, cut by key so that one part of the keys is read back at a time.

What is written is encrypted under a key that this object alone holds, into a file that has no name: when the process
ends, however it ends, nothing can be read and nothing is left.
"""

import io
import secrets
import tempfile
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from aios_assets.fingerprint import bucket_of

HELD = 100_000
"""Rows that wait in memory before they are cut and written: smaller pieces would be more header than rows."""

PART = "_part"


def part_of(keys: Sequence[str], parts: int) -> pl.Expr:
    """The part that a row belongs to: its key's bucket; rows without a whole key are in the first."""
    return bucket_of(keys, parts).fill_null(0).alias(PART)


class Spill:
    """Takes rows of one schema in and gives them back part by part, in the order in which they came."""

    def __init__(self, folder: Path, keys: Sequence[str], parts: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.parts, self.height = parts, 0
        self._keys = list(keys)
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  lives as long as this object
        weakref.finalize(self, self._file.close)
        self._cipher, self._pieces = AESGCM(secrets.token_bytes(32)), 0
        self._index: dict[int, list[tuple[int, int, bytes]]] = {}
        self._waiting: list[pl.DataFrame] = []
        self._none: pl.DataFrame | None = None

    def add(self, rows: pl.DataFrame) -> None:
        """Takes rows in. Raises OSError where the disk is full."""
        self._none = rows.clear() if self._none is None else self._none
        self._waiting.append(rows)
        self.height += rows.height
        if sum(frame.height for frame in self._waiting) >= HELD:
            self._write()

    def part(self, number: int) -> pl.DataFrame:
        """The rows of one part. Raises OSError."""
        self._write()
        read = [pl.read_ipc(io.BytesIO(self._opened(*piece))) for piece in self._index.get(number, ())]
        nothing = pl.DataFrame() if self._none is None else self._none
        return pl.concat([nothing, *read]) if read else nothing

    def _write(self) -> None:
        if not self._waiting:
            return
        rows = pl.concat(self._waiting)
        self._waiting = []
        cut = rows.with_columns(part_of(self._keys, self.parts)).partition_by(
            PART, as_dict=True, include_key=False, maintain_order=True
        )
        for (number,), piece in cut.items():
            plain = io.BytesIO()
            piece.write_ipc(plain, compression="lz4")
            self._pieces += 1
            nonce = self._pieces.to_bytes(12)
            sealed = self._cipher.encrypt(nonce, plain.getvalue(), None)
            at = self._file.seek(0, io.SEEK_END)
            self._file.write(sealed)
            self._index.setdefault(int(number), []).append((at, len(sealed), nonce))

    def _opened(self, at: int, size: int, nonce: bytes) -> bytes:
        self._file.seek(at)
        return self._cipher.decrypt(nonce, self._file.read(size), None)


@dataclass(frozen=True)
class Spilled:
    """Rows in a spill as they come out of it: `finish` puts in what was only known when all had been seen."""

    spill: Spill
    finish: Callable[[pl.DataFrame], pl.DataFrame]

    @property
    def parts(self) -> int:
        """Into how many parts the keys are cut."""
        return self.spill.parts

    @property
    def height(self) -> int:
        """How many rows there are in all."""
        return self.spill.height

    def part(self, number: int) -> pl.DataFrame:
        """The rows of one part, in the delivery's order."""
        return self.finish(self.spill.part(number))

    def whole(self) -> pl.DataFrame:
        """All rows at once, for what cannot be done part by part; in the delivery's order within each part."""
        return pl.concat([self.part(number) for number in range(self.parts)])
