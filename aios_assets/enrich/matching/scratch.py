"""Scratch: what a long matching may keep while it goes on, and who is told how far it has come.

This one keeps nothing and tells nobody; `aios_assets.scratch` has the one with a folder.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import polars as pl
from numpy.typing import NDArray

Arrays = tuple[NDArray[Any], ...]


class Scratch:
    """Where interim results of one piece of work lie, by name."""

    def open(self, records: pl.DataFrame, *parts: bytes) -> None:
        """Takes up the work on these records (prepared) with what was learned (`parts`)."""

    def kept(self, name: str, make: Callable[[], Arrays]) -> Arrays:  # noqa: ARG002  nothing has a name here
        """The arrays that an earlier run left under this name, or those that `make` gives."""
        return make()

    def progress(self, what: str, share: float) -> None:
        """Takes note of how much of one part of the work is done, 0 to 1."""

    def sliced(self, what: str, jobs: Sequence[tuple[str, Callable[[], Arrays]]], *, threads: int = 1) -> list[Arrays]:
        """What all named jobs give, in order, each kept; so many at a time."""
        done: list[Arrays] = []
        self.progress(what, 0.0)
        with ThreadPoolExecutor(threads) as pool:
            for made in pool.map(lambda job: self.kept(*job), jobs):
                done.append(made)
                self.progress(what, len(done) / len(jobs))
        return done
