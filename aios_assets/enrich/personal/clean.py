"""Clean: texts in which a scanner found nothing, remembered by 64-bit hash, so that each text is scanned once a process.

A title goes through every stage of a run, and what it holds is a pure function of it. Only texts without a finding are
remembered. A chance collision would hide one text in 10^19.
"""

import numpy as np
import polars as pl
import polars_hash as plh
from numpy.typing import NDArray

MOST = 20_000_000
"""Texts remembered: 160 MB of hashes."""


class Clean:
    """A set of hashes, kept as a sorted array: adding replaces it whole, so threads may share it."""

    def __init__(self) -> None:
        self._known: NDArray[np.uint64] = np.empty(0, dtype=np.uint64)

    def unknown(self, hashes: pl.Series) -> pl.Series:
        """One boolean a hash: whether nothing is known of its text."""
        distinct = hashes.unique().sort().to_numpy()
        known = self._known
        at = np.searchsorted(known, distinct)
        inside = at < len(known)
        fresh = np.ones(len(distinct), dtype=bool)
        fresh[inside] = known[at[inside]] != distinct[inside]
        if fresh.all():
            return pl.repeat(value=True, n=len(hashes), dtype=pl.Boolean, eager=True)
        return hashes.is_in(pl.Series(distinct[fresh], dtype=pl.UInt64).implode())

    def add(self, hashes: pl.Series) -> None:
        """Remembers these texts, unless too many are remembered already."""
        if len(self._known) + len(hashes) <= MOST:
            # Sorting what is nearly sorted beats np.unique by far; a hash that stands twice does no harm.
            self._known = np.sort(np.concatenate([self._known, hashes.unique().to_numpy()]), kind="stable")


def hashes_of(values: pl.Series) -> pl.Series:
    """The hash of each text; a null hashes as the empty text, in which nothing is found either."""
    frame = pl.DataFrame({"text": values.cast(pl.String).fill_null("")})
    hashed: pl.Series = frame.select(plh.col("text").nchash.xxh3_64()).to_series()
    return hashed
