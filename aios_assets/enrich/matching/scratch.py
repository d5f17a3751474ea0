"""Scratch: what a long matching keeps while it goes on, so that a killed one continues, and how far it has come.

Interim results are arrays of row numbers and figures, never of text, one file a slice, in a folder named after everything that
they depend on: the records, what was learned of them, and this code. A file that is not whole is computed again.
"""

import hashlib
import os
import shutil
import time
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

Arrays = tuple[NDArray[Any], ...]
T = TypeVar("T")

LONG: Final = 50_000
"""Catalogues of fewer records are done before an interruption is worth a file."""

EVERY: Final = 5.0
"""Seconds between two words about progress."""


@dataclass
class Scratch:
    """Where interim results lie (`folder`; None: nowhere) and who is told how far it is (`say`; None: nobody)."""

    folder: Path | None = None
    say: Callable[[str], None] | None = None
    _home: Path | None = field(default=None, init=False)
    _begun: float = field(default_factory=time.monotonic, init=False)
    _told: float = field(default_factory=time.monotonic, init=False)

    def open(self, records: pl.DataFrame, *parts: bytes) -> None:
        """Takes up the work on these records (prepared) with what was learned (`parts`); other work is cleared away."""
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
            with np.load(path, allow_pickle=False) as held:
                return tuple(held[key] for key in held.files)
        except (OSError, ValueError, EOFError, zipfile.BadZipFile, KeyError):
            made = make()
        partial = path.with_suffix(f".{os.getpid()}.part")
        with partial.open("wb") as file:
            np.savez(file, *made)
        partial.replace(path)
        return made

    def progress(self, what: str, share: float) -> None:
        """Says now and then how much of one part of the work is done, and when it will be."""
        now = time.monotonic()
        if share == 0.0:
            self._begun = now
        if self.say is None or now - self._told < EVERY or not 0 < share < 1:
            return
        self._told = now
        left = (now - self._begun) / share * (1 - share)
        self.say(f"  {what}: {share:.0%}, about {left:.0f} s left")

    def sliced(self, what: str, jobs: Sequence[tuple[str, Callable[[], Arrays]]], *, threads: int = 1) -> list[Arrays]:
        """What all named jobs give, in order, each kept; the next ones run while one waits, on so many threads."""
        done: list[Arrays] = []
        self.progress(what, 0.0)
        with ThreadPoolExecutor(threads) as pool:
            for made in pool.map(lambda job: self.kept(*job), jobs):
                done.append(made)
                self.progress(what, len(done) / len(jobs))
        return done


@cache
def _code() -> bytes:
    """Digest of this package's code."""
    told = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        told.update(file.read_bytes())
    return told.digest()
