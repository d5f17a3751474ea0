"""Scratch folder: interim results of a long matching on disk, so that a killed run continues, and its progress in words.

They are arrays of row numbers and figures, never of text, one file a slice, in a folder named after everything that they
depend on: the records, what was learned of them, and the code. A file that is not whole is computed again.
"""

import hashlib
import os
import shutil
import time
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from aios_assets.enrich import matching
from aios_assets.enrich.matching.scratch import Arrays, Scratch

LONG: Final = 50_000
"""Catalogues of fewer records are done before an interruption is worth a file."""

EVERY: Final = 5.0
"""Seconds between two words about progress."""


class ScratchFolder(Scratch):
    """Interim results in a folder (None: nowhere); `say` is told now and then how far it is."""

    def __init__(self, folder: Path | None, *, say: Callable[[str], None]) -> None:
        self.folder = folder
        self._say = say
        self._home: Path | None = None
        self._begun = self._told = time.monotonic()

    def open(self, records: pl.DataFrame, *parts: bytes) -> None:
        """Takes up the work on these records; what other work left is cleared away."""
        self._home = None
        if self.folder is None or len(records) < LONG:
            return
        told = hashlib.sha256(_code())
        for part in (np.ascontiguousarray(records.hash_rows(seed=0).to_numpy()).tobytes(), *parts):
            told.update(hashlib.sha256(part).digest())
        self._home = self.folder / told.hexdigest()[:32]
        self._home.mkdir(parents=True, exist_ok=True)
        for other in self.folder.iterdir():
            if other != self._home and other.is_dir():
                shutil.rmtree(other, ignore_errors=True)

    def kept(self, name: str, make: Callable[[], Arrays]) -> Arrays:
        """The arrays that an earlier run left under this name, or those that `make` gives."""
        if self._home is None:
            return make()
        path = self._home / f"{name}.npz"
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
                return tuple(held[key] for key in held.files)
        except (OSError, ValueError, EOFError, zipfile.BadZipFile, KeyError):
            made = make()
        partial = path.with_suffix(f".{os.getpid()}.part")
        with partial.open("wb") as out:
            np.savez(out, *made)
        partial.replace(path)
        return made

    def progress(self, what: str, share: float) -> None:
        """Says how much of one part of the work is done, and when it will be."""
        now = time.monotonic()
        if share == 0.0:
            self._begun = now
        if now - self._told < EVERY or not 0 < share < 1:
            return
        self._told = now
        left = (now - self._begun) / share * (1 - share)
        self._say(f"  {what}: {share:.0%}, about {left:.0f} s left")

    def so_far(self, what: str, done: int) -> None:
        """Says how many records of something are done whose end is not known."""
        now = time.monotonic()
        if now - self._told >= EVERY:
            self._told = now
            self._say(f"  {what}: {done:,} records so far")


@cache
def _code() -> bytes:
    """Digest of the code of matching."""
    told = hashlib.sha256()
    for file in sorted(Path(matching.__file__).parent.glob("*.py")):
        told.update(file.read_bytes())
    return told.digest()
