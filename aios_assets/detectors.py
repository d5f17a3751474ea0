"""Detectors: how many texts hold personal data or secrets, each distinct text looked at once in a process."""

from collections.abc import Callable

import numpy as np
import polars as pl
import polars_hash as plh
from numpy.typing import NDArray

from aios_assets.enrich import personal, secrets

Count = Callable[[pl.Series], int]
"""How many values of a text column something is found in: a pure function of each value."""


class Once:
    """A count that remembers, by 64-bit hash, the texts in which nothing was found.

    A title goes through every stage: it is looked at when it first appears. Only findings-free batches are remembered,
    so that what holds something is counted anew each time. A chance collision hides one text in 10^19.
    """

    def __init__(self, count: Count) -> None:
        self._count = count
        self._clean: NDArray[np.uint64] = np.empty(0, dtype=np.uint64)

    def __call__(self, values: pl.Series) -> int:
        """How many of these values something is found in."""
        hashed = _hashes(values)
        at = np.searchsorted(self._clean, hashed)
        known = np.zeros(len(hashed), dtype=bool)
        inside = at < len(self._clean)
        known[inside] = self._clean[at[inside]] == hashed[inside]
        new = values.filter(pl.Series(~known))
        found = self._count(new) if len(new) else 0
        if not found and len(new):
            # Sorting what is nearly sorted beats np.unique by far; a hash that stands twice does no harm.
            self._clean = np.sort(np.concatenate([self._clean, hashed[~known]]), kind="stable")
        return found


class Detectors:
    """The two counts that a profile takes of every text column."""

    def __init__(self) -> None:
        self.personal: Count = Once(personal.count)
        self.secrets: Count = Once(secrets.count)


def _hashes(values: pl.Series) -> NDArray[np.uint64]:
    frame = pl.DataFrame({"value": values.fill_null("")})
    hashed: pl.Series = frame.select(plh.col("value").nchash.xxh3_64()).to_series()
    return hashed.to_numpy()
