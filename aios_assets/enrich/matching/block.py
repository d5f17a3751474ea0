"""Block: which pairs of records are worth comparing, a handful for each record whatever the size of the catalogue.

Every record looks for its nearest records of the other suppliers by words, character trigrams, part numbers, GTINs and pairs
of rare words, with sparse matrix products in slices. Tokens are looked up from the rarest on until a record has spent its
budget of postings: a token in half the catalogue costs nothing, and a catalogue ten times as large costs ten times as much.
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final, cast

import numpy as np
import polars as pl
import scipy.sparse as sp
from numpy.typing import NDArray
from sparse_dot_topn import sp_matmul_topn

from aios_assets.enrich.matching.corpus import GTIN, Corpus, Matrix, scaled, unit, weighted
from aios_assets.enrich.matching.model import MatchModel
from aios_assets.enrich.matching.scratch import Arrays, Scratch

ASKED_PER_RECORD: Final = 7.0
"""How many neighbours a record asks for on average, over all sources; a pair asked from both sides is one candidate."""

NEAREST: Final = (3, 10)
"""Fewest and most neighbours one record asks for: few are enough in a large source, a small one can afford more."""

NEAREST_DIRTY: Final = 8
"""Fewest neighbours that a record of a dirty source asks for."""

POSTINGS: Final = 10_000
"""How many postings one record may visit."""

TIE: Final = 1e-3
"""Equally near neighbours are told apart by lot, fixed by their keys: at most so much is taken off a cosine."""

SLICE: Final = 20_000
THREADS: Final = 2


@dataclass(frozen=True)
class Candidates:
    """Pairs to compare: positions `left` < `right` of records, and how near the two are (cosine, 0 to 1)."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    near: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.left)

    def of(self, at: NDArray[np.int64] | NDArray[np.bool_]) -> "Candidates":
        """Some of them: positions, or a flag for each."""
        return Candidates(self.left[at], self.right[at], self.near[at])


@dataclass(frozen=True)
class Space:
    """The space in which neighbours are looked for: records x tokens, rows of length one at most, and each token's cost.

    A record's words, trigrams, identifiers and word pairs count alike, as far as it has them. Tokens that nobody can afford
    have no column.
    """

    matrix: Matrix
    costs: NDArray[np.int64]


def space(corpus: Corpus, model: MatchModel) -> Space:
    """Every record's place in the space, by the counts that the model holds."""
    learned = corpus.learned
    code_counts = model.code_counts(corpus.code_names)
    codes = unit(weighted(corpus.codes, learned.rarity(code_counts)))
    left_out = _pair_codes(model.common, corpus.vocabulary)
    pairs, paired = corpus.pairs.matrix(left_out)
    gtins, gtin_costs = _gtins(corpus, model.common)
    blocks = [
        (corpus.words, learned.counts_of(corpus.vocabulary)),
        (corpus.grams, learned.gram_counts(corpus.gram_names)),
        (codes, code_counts),
        (gtins, gtin_costs),
        (pairs, np.zeros(pairs.shape[1], dtype=np.int64)),
    ]
    filled = np.sum([np.diff(block.indptr) > 0 for block, _ in blocks[:-1]], axis=0) + paired
    share = (1 / np.sqrt(np.maximum(filled, 1))).astype(np.float32)
    affordable = [(scaled(sp.csr_matrix(block[:, cost <= POSTINGS]), share), cost) for block, cost in blocks]
    costs = np.concatenate([cost[cost <= POSTINGS] for _, cost in affordable])
    return Space(sp.csr_matrix(sp.hstack([block for block, _ in affordable], format="csr")), costs)


def _pair_codes(common: Mapping[str, int], vocabulary: pl.Series) -> NDArray[np.int64]:
    """Codes of the common word pairs, as far as their words are in the vocabulary."""
    said = [pair.split(" ") for pair in common if " " in pair]
    place = pl.DataFrame({"word": vocabulary}).with_row_index("at")
    ends = [
        pl.DataFrame({"word": [pair[side] for pair in said]}, schema={"word": pl.String})
        .join(place, on="word", how="left", maintain_order="left")["at"]
        .cast(pl.Int64)
        for side in (0, 1)
    ]
    return (ends[0] * len(vocabulary) + ends[1]).drop_nulls().to_numpy()


def _gtins(corpus: Corpus, common: Mapping[str, int]) -> tuple[Matrix, NDArray[np.int64]]:
    """Records x distinct GTINs, and what each costs: a number that stands in many records is a placeholder."""
    having = np.flatnonzero(corpus.gtins)
    names, column = np.unique(corpus.gtins[having], return_inverse=True)
    ones = np.ones(len(having), dtype=np.float32)
    matrix = sp.csr_matrix((ones, (having, column)), shape=(corpus.size, len(names)), dtype=np.float32)
    often = {int(name[len(GTIN) :]): count for name, count in common.items() if name.startswith(GTIN)}
    return matrix, np.array([often.get(name, 1) for name in names.tolist()], dtype=np.int64)


def neighbours_wanted(sizes: NDArray[np.int64], dirty: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many neighbours a record of each source asks for, so that all sources together spend the same.

    A small source asks for more per record: most of its records have a counterpart in the large one, not vice versa. A
    dirty source asks for more as well, since its own siblings are among what it finds; half of what is asked within one
    source is asked from both sides and counts once.
    """
    share = ASKED_PER_RECORD * sizes.sum() / max(len(sizes), 1) / np.maximum(sizes, 1)
    share = np.where(dirty, np.maximum(share, NEAREST_DIRTY), share)
    return cast("NDArray[np.int64]", np.clip(np.floor(share), *NEAREST).astype(np.int64))


class Among:
    """The records that may be found, by token; turned round when the first one looks."""

    def __init__(self, found: Matrix, rows: NDArray[np.int64]) -> None:
        self._found, self.rows = found, rows

    @cached_property
    def inverted(self) -> Matrix:
        """Tokens x these records."""
        return sp.csr_matrix(self._found[self.rows].T)


class Lookup:
    """Looks up the neighbours of records; what a token costs and how many are wanted is pinned by the model."""

    def __init__(self, corpus: Corpus, model: MatchModel) -> None:
        self.corpus = corpus
        self.model = model
        held = space(corpus, model)
        self.space, self._costs = held.matrix, held.costs
        self._lot = _lot(corpus)
        self._found = scaled(self.space, (1.0 - TIE * self._lot).astype(np.float32))
        self.suppliers: list[str] = corpus.records["supplier"].unique().sort().to_list()

    def asked(
        self, rows: NDArray[np.int64], scratch: Scratch | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """What each of `rows` asks for: (asking, neighbour, cosine), each asking record its own nearest.

        With a `scratch`, `rows` must be all records: what it keeps is named by slices of them.
        """
        sources, everyone = self.corpus.sources, np.arange(self.corpus.size)
        jobs: list[tuple[str, Callable[[], Arrays]]] = []
        for source, supplier in enumerate(self.suppliers):
            asking = rows[sources[rows] == source]
            dirty = supplier in self.model.dirty
            wanted = self.wanted(supplier) + int(dirty)
            among = Among(self._found, everyone if dirty else everyone[sources != source])
            for start in range(0, len(asking), SLICE):
                part = asking[start : start + SLICE]
                jobs.append((f"near-{source}-{start}", partial(self._others, part, among, wanted)))
        found = (scratch or Scratch()).sliced("looking up neighbours", jobs)
        none = np.zeros(0, dtype=np.int64)
        return (
            np.concatenate([none, *(part[0] for part in found)]),
            np.concatenate([none, *(part[1] for part in found)]),
            np.concatenate([none.astype(np.float32), *(part[2] for part in found)]),
        )

    def drawn(self, most: int) -> NDArray[np.int64]:
        """So many records at most, drawn by lot, which is fixed by their keys."""
        return np.sort(np.lexsort((np.arange(self.corpus.size), self._lot))[:most])

    def siblings(self, chosen: NDArray[np.int64]) -> Candidates:
        """The two nearest records that each of the chosen has in its own source."""
        body = self.corpus
        found: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]] = []
        for source in range(len(self.suppliers)):
            own = np.flatnonzero(body.sources == source)
            among, asking = Among(self._found, own), chosen[body.sources[chosen] == source]
            slices = range(0, len(asking), SLICE)
            found += [self._nearest(asking[start : start + SLICE], among, wanted=3) for start in slices]
        none = np.zeros(0, dtype=np.int64)
        one, other = (np.concatenate([none, *(part[at] for part in found)]) for at in (0, 1))
        near = np.concatenate([none.astype(np.float32), *(part[2] for part in found)])
        return symmetric(one[one != other], other[one != other], near[one != other])

    def reached(
        self, fresh: NDArray[np.int64], asking: NDArray[np.int64], near: NDArray[np.float32]
    ) -> NDArray[np.bool_]:
        """Which records would find one of the `fresh` ones among their nearest, given what they found before.

        `asking`, `near`: the records that asked and how near each neighbour was that they found.
        """
        body = self.corpus
        count = np.bincount(asking, minlength=body.size)
        farthest = np.full(body.size, np.inf, dtype=np.float32)
        np.minimum.at(farthest, asking, near)
        for source, supplier in enumerate(self.suppliers):
            short = (body.sources == source) & (count < self.wanted(supplier))
            farthest[short] = 0.0
        found = np.zeros(body.size, dtype=bool)
        if not len(fresh):
            return found
        inverted = sp.csr_matrix(self._found[fresh].T)
        for start in range(0, body.size, SLICE):
            rows = np.arange(start, min(start + SLICE, body.size))
            # What a record cannot afford to look up only brings it nearer, and most are too far off even so.
            at_most = (self.space[rows] @ inverted).tocoo()
            rows = rows[np.unique(at_most.row[at_most.data >= farthest[rows[at_most.row]] - 1e-4])]
            best = (self.affordable(rows) @ inverted).tocoo()
            other = body.sources[rows[best.row]] != body.sources[fresh[best.col]]
            dirty = np.array([supplier in self.model.dirty for supplier in self.suppliers])[
                body.sources[rows[best.row]]
            ]
            near_enough = best.data >= farthest[rows[best.row]] - 1e-5
            found[rows[best.row[(other | dirty) & near_enough]]] = True
        return found

    def wanted(self, supplier: str) -> int:
        """How many neighbours a record of a supplier asks for; a supplier that the model never saw asks for the most."""
        return self.model.wanted.get(supplier, NEAREST[1])

    def _others(
        self, rows: NDArray[np.int64], among: "Among", wanted: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        asking, found, near = self._nearest(rows, among, wanted=wanted)
        other = asking != found
        return asking[other], found[other], near[other]

    def _nearest(
        self, rows: NDArray[np.int64], among: "Among", *, wanted: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """For each of `rows` its nearest records in `among`: positions, positions, cosines."""
        if not len(among.rows):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        asked = self.affordable(rows)
        found = sp_matmul_topn(asked, among.inverted, top_n=wanted, threshold=0.0, n_threads=THREADS).tocoo()
        return rows[found.row], among.rows[found.col], found.data.astype(np.float32)

    def affordable(self, rows: NDArray[np.int64]) -> Matrix:
        """The rows as queries, their commonest tokens taken out so that no record visits more than POSTINGS postings."""
        queries = self.space[rows]
        cost = self._costs[queries.indices]
        row = np.repeat(np.arange(queries.shape[0]), np.diff(queries.indptr))
        order = np.lexsort((queries.indices, cost, row))
        spent = np.cumsum(cost[order])
        before = np.concatenate([[0], spent])[queries.indptr[:-1]]
        kept = np.zeros(len(cost), dtype=bool)
        kept[order] = spent - before[row[order]] <= POSTINGS
        at = (row[kept], queries.indices[kept])
        return sp.csr_matrix((queries.data[kept], at), shape=queries.shape, dtype=np.float32)


def _lot(corpus: Corpus) -> NDArray[np.float64]:
    """A number from 0 to 1 for each record, by its key alone."""
    keys = corpus.records.select(pl.concat_str("supplier", pl.lit("/"), "sku")).to_series().to_list()
    return np.array([zlib.crc32(key.encode()) for key in keys], dtype=np.float64) / 2**32


def symmetric(asking: NDArray[np.int64], found: NDArray[np.int64], near: NDArray[np.float32]) -> Candidates:
    """Each pair once, the lower position on the left, in order."""
    left, right = np.minimum(asking, found), np.maximum(asking, found)
    order = np.lexsort((near, right, left))
    left, right, near = left[order], right[order], near[order]
    last = np.ones(len(left), dtype=bool)
    last[:-1] = (left[1:] != left[:-1]) | (right[1:] != right[:-1])
    return Candidates(left[last], right[last], near[last])
