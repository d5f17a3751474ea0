"""Word pairs: two words that are each too common to look up say together which few records are meant.

`stainless` stands in a tenth of a catalogue and `kettle` in another, both in a handful. Each record's rarest words are paired;
a word that no other record has can lead nowhere and is left out, so that a misspelt word takes nobody's place.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
import polars as pl
import scipy.sparse as sp
from numpy.typing import NDArray

Ints = NDArray[np.int64]

PAIRED: Final = 8
"""How many of a record's rarest words are paired with each other."""

COMMON: Final = 200
"""Pairs that stood in more records than this when the catalogue was learned are not looked up."""


@dataclass(frozen=True)
class WordPairs:
    """Records (`row`) and the pairs of words (columns `low` < `high` of the vocabulary) that they have."""

    row: NDArray[np.int32]
    code: Ints
    """`low * words + high`."""
    counts: Ints
    """In how many records each word of the vocabulary stands."""
    records: int

    def common(self, vocabulary: pl.Series) -> dict[str, int]:
        """In how many records the pairs stand that stand in more than COMMON, by their words."""
        names, counts = np.unique(self.code, return_counts=True)
        often = counts > COMMON
        low, high = np.divmod(names[often], len(self.counts))
        ends = zip(vocabulary.gather(low).to_list(), vocabulary.gather(high).to_list(), strict=True)
        return dict(zip(map(" ".join, ends), counts[often].tolist(), strict=True))

    def matrix(self, left_out: Ints) -> tuple[Any, NDArray[np.bool_]]:
        """Records x pairs, rows of length one at most, and which records have any. `left_out`: codes that are not looked up.

        Every pair counts the same. Pairs of one record only lead nowhere and have no column, but they count: what a record's
        pairs weigh is its own affair, whoever else comes and goes.
        """
        keep = ~np.isin(self.code, left_out)
        row, code = self.row[keep], self.code[keep]
        number = np.bincount(row, minlength=self.records)
        _, place, counts = np.unique(code, return_inverse=True, return_counts=True)
        shared = counts > 1
        column = np.cumsum(shared) - 1
        seen = shared[place]
        value = np.sqrt(1 / number[row[seen]]).astype(np.float32)
        at = (row[seen], column[place[seen]])
        matrix = sp.csr_matrix((value, at), shape=(self.records, int(shared.sum())), dtype=np.float32)
        return matrix, number > 0


def word_pairs(bag: Any, counts: Ints) -> WordPairs:
    """Pairs of each record's PAIRED rarest words; `bag`: records x words, `counts`: in how many records each word stands."""
    records = bag.shape[0]
    row = np.repeat(np.arange(records, dtype=np.int32), np.diff(bag.indptr))
    column = bag.indices.astype(np.int64)
    known = counts[column] > 1
    row, column = row[known], column[known]
    order = np.lexsort((column, counts[column], row))
    row, column = row[order], column[order]
    start = np.searchsorted(row, np.arange(records))
    place = np.arange(len(row)) - start[row]
    first = place < PAIRED
    rarest = np.full((records, PAIRED), -1, dtype=np.int64)
    rarest[row[first], place[first]] = column[first]
    rows, codes = [], []
    for one, other in combinations(range(PAIRED), 2):
        having = np.flatnonzero(rarest[:, other] >= 0)
        low = np.minimum(rarest[having, one], rarest[having, other])
        high = np.maximum(rarest[having, one], rarest[having, other])
        rows.append(having.astype(np.int32))
        codes.append(low * len(counts) + high)
    return WordPairs(np.concatenate(rows), np.concatenate(codes), counts, records)
