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
        distinct = hashed.unique().sort().to_numpy()
        at = np.searchsorted(self._clean, distinct)
        inside = at < len(self._clean)
        known = np.zeros(len(distinct), dtype=bool)
        known[inside] = self._clean[at[inside]] == distinct[inside]
        if known.all():
            return 0
        new = distinct[~known]
        found = self._count(values.filter(hashed.is_in(pl.Series(new).implode())).unique())
        if not found:
            # Sorting what is nearly sorted beats np.unique by far.
            self._clean = np.sort(np.concatenate([self._clean, new]), kind="stable")
        return found


class Detectors:
    """The two counts that a profile takes of every text column."""

    def __init__(self) -> None:
        self.personal: Count = Once(personal.count)
        self.secrets: Count = Once(secrets.count)


def _hashes(values: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"value": values.fill_null("")})
    hashed: pl.Series = frame.select(plh.col("value").nchash.xxh3_64()).to_series()
    return hashed
