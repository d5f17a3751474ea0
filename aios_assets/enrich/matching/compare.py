"""Compare: the evidence for and against two records being one product, field by field, as a person would look at it.

Every kind of evidence is one column, zero where there is nothing to compare, so that a weighted sum is a log-odds and each
term of it can be shown. `KINDS` says what each means and what it weighs before anything was learned.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, cast

import numpy as np
import polars as pl
import scipy.sparse as sp
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist

from aios_assets.enrich.matching import colours, tokens
from aios_assets.enrich.matching.corpus import Corpus, Matrix, incidence, scaled, weighted

SLICE: Final = 100_000

SAME_PRICE: Final = 1e-6
"""Prices whose logarithms differ by less are equal: floats of one decimal number."""


@dataclass(frozen=True)
class Kind:
    """One kind of evidence: its name, its weight in log-odds before learning, the sign it must keep, and its words."""

    name: str
    weight: float
    sign: int
    says: str


KINDS: Final = (
    Kind("letters", 8, 1, "the same spelling"),
    Kind("explained", 2, 1, "one title is explained by the other record"),
    Kind("explained_both", 2, 1, "both titles are explained by the other record"),
    Kind("telling", 0.5, 1, "words that tell siblings apart"),
    Kind("same_code", 3, 1, "the same part number"),
    Kind("code_inside", 2, 1, "one's part number stands in the other's text"),
    Kind("other_code", -2, -1, "different part numbers"),
    Kind("same_model", 3, 1, "the same model number"),
    Kind("model_inside", 1, 1, "one model number contains the other"),
    Kind("model_near", 0.5, 1, "model numbers one character apart"),
    Kind("other_model", -2, -1, "different model numbers and no part number in common"),
    Kind("same_gtin", 12, 1, "the same GTIN"),
    Kind("other_gtin", -8, -1, "different GTINs"),
    Kind("other_quantity", -4, -1, "different quantities"),
    Kind("other_number", -2, -1, "different numbers, such as versions or years"),
    Kind("lone_number", -0.5, -1, "a number that the other does not have"),
    Kind("other_colour", -2, -1, "different colours, in whatever language"),
    Kind("same_brand", 1, 1, "the same brand"),
    Kind("other_brand", -1, -1, "different brands"),
    Kind("same_price", 1, 1, "the same price to the cent"),
    Kind("price_gap", -1, -1, "prices apart"),
    Kind("other_currency", 0, 0, "prices in different currencies"),
)
"""Weights are round numbers of natural log-odds: what a person would say before seeing a catalogue."""

OVERLAP: Final = 2.0
"""Kinds of evidence overlap (words, letters and part numbers see the same text): together they count half of their sum."""

NAMES: Final = tuple(kind.name for kind in KINDS)


class Comparer:
    """Compares pairs of one corpus; per-record material is made once.

    `lone`: for each word of the corpus how much it counts when only one record has it (see telling).
    """

    def __init__(self, corpus: Corpus, lone: NDArray[np.float64]) -> None:
        self.corpus = corpus
        self._lone = lone.astype(np.float32)

    def evidence(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float32]:
        """Pairs x KINDS."""
        out = np.zeros((len(left), len(KINDS)), dtype=np.float32)
        for start in range(0, len(left), SLICE):
            part = slice(start, start + SLICE)
            columns = self._columns(left[part], right[part])
            for place, name in enumerate(NAMES):
                out[part, place] = columns[name]
        return out

    def _columns(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> dict[str, NDArray[np.float32]]:
        columns = {name: np.zeros(len(left), dtype=np.float32) for name in NAMES}
        self._texts(columns, left, right)
        self._codes(columns, left, right)
        self._identifiers(columns, left, right)
        self._quantities(columns, left, right)
        self._numbers(columns, left, right)
        self._colour(columns, left, right)
        self._brand(columns, left, right)
        self._price(columns, left, right)
        return columns

    # texts

    def _texts(
        self, columns: dict[str, NDArray[np.float32]], left: NDArray[np.int64], right: NDArray[np.int64]
    ) -> None:
        corpus = self.corpus
        columns["letters"] = dot(corpus.grams, corpus.grams, left, right)
        one, other = self.explained(left, right), self.explained(right, left)
        columns["explained"] = np.maximum(one, other)
        columns["explained_both"] = np.minimum(one, other)
        columns["telling"] = np.add(*self.telling_sides(left, right))

    def telling(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float64]:
        """The evidence `telling` alone, for pairs whose other evidence is known."""
        parts = [slice(start, start + SLICE) for start in range(0, len(left), SLICE)]
        sides = [np.add(*self.telling_sides(left[part], right[part])) for part in parts]
        return np.concatenate([np.zeros(0), *sides])

    def explained(self, owner: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.float32]:
        """How much of the owner's title, by weight of its words, stands in anything that the other says."""
        return dot(self._title, self.corpus.full, owner, other)

    def telling_sides(
        self, left: NDArray[np.int64], right: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """What the words count that only the left record has, and those that only the right one has."""
        shared = dot(self._told, self.corpus.bag, left, right)
        return self._telling[left] - shared, self._telling[right] - shared

    @cached_property
    def _title(self) -> Matrix:
        title = weighted(self.corpus.title, self.corpus.idf)
        total = np.asarray(title.sum(axis=1)).ravel()
        total[total == 0] = 1.0
        return scaled(title, (1.0 / total).astype(np.float32))

    @cached_property
    def _told(self) -> Matrix:
        return weighted(self.corpus.bag, self._lone)

    @cached_property
    def _telling(self) -> NDArray[np.float32]:
        return np.asarray(self._told.sum(axis=1), dtype=np.float32).ravel()

    # part numbers

    @cached_property
    def _squashed(self) -> pl.Series:
        return self.corpus.text.select(tokens.squashed(pl.col("bag"))).to_series()

    def _codes(
        self, columns: dict[str, NDArray[np.float32]], left: NDArray[np.int64], right: NDArray[np.int64]
    ) -> None:
        same = dot(self.corpus.codes, self.corpus.codes, left, right) > 0
        have = np.diff(self.corpus.codes.indptr) > 0
        open_ = np.flatnonzero(~same & (have[left] | have[right]))
        inside = np.zeros(len(left), dtype=bool)
        inside[open_] = self._stands_in(left[open_], right[open_]) | self._stands_in(right[open_], left[open_])
        columns["same_code"] = same.astype(np.float32)
        columns["code_inside"] = inside.astype(np.float32)
        columns["other_code"] = (have[left] & have[right] & ~same & ~inside).astype(np.float32)

    def _stands_in(self, owner: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether any part number (four characters or more) of the owner stands in the other's squashed text."""
        pairs = pl.DataFrame({"code": self.corpus.code_lists.gather(owner), "text": self._squashed.gather(other)})
        looked = (
            pairs.with_row_index("pair")
            .explode("code", empty_as_null=False, keep_nulls=False)
            .filter(pl.col("code").str.len_chars() >= 4)
            .filter(pl.col("text").str.contains(pl.col("code"), literal=True))
        )
        found = np.zeros(len(owner), dtype=bool)
        found[looked["pair"].to_numpy()] = True
        return found

    def _identifiers(
        self, columns: dict[str, NDArray[np.float32]], left: NDArray[np.int64], right: NDArray[np.int64]
    ) -> None:
        models = self._models
        one, other = models.gather(left), models.gather(right)
        both = ((one.str.len_chars() > 0) & (other.str.len_chars() > 0)).to_numpy()
        same = both & (one == other).to_numpy()
        contained = _holds(one, other) | _holds(other, one)
        inside = both & ~same & contained
        distance = cpdist(one.to_list(), other.to_list(), scorer=Levenshtein.distance, score_cutoff=1)
        near = both & ~same & ~inside & (np.asarray(distance) == 1)
        columns["same_model"] = same.astype(np.float32)
        columns["model_inside"] = inside.astype(np.float32)
        columns["model_near"] = near.astype(np.float32)
        shared = (columns["same_code"] > 0) | (columns["code_inside"] > 0)
        columns["other_model"] = (both & ~same & ~inside & ~near & ~shared).astype(np.float32)
        gtin = self.corpus.gtins
        known = (gtin[left] > 0) & (gtin[right] > 0)
        columns["same_gtin"] = (known & (gtin[left] == gtin[right])).astype(np.float32)
        columns["other_gtin"] = (known & (gtin[left] != gtin[right])).astype(np.float32)

    @cached_property
    def _models(self) -> pl.Series:
        return self.corpus.text.select(tokens.squashed(pl.col("model"))).to_series()

    # quantities and numbers

    @cached_property
    def _measured(self) -> tuple[Matrix, Matrix, Matrix]:
        """Records x distinct quantities, records x dimensions, quantities x dimensions (all binary)."""
        found = tokens.quantities(self.corpus.text, "bag")
        distinct = found.select("dimension", "value").unique().sort("dimension", "value").with_row_index("column")
        placed = found.join(distinct, on=["dimension", "value"], how="inner").sort("row", "column")
        ones = np.ones(len(placed), dtype=np.float32)
        at = (placed["row"].to_numpy(), placed["column"].to_numpy())
        having = sp.csr_matrix((ones, at), shape=(self.corpus.size, len(distinct)))
        at = (distinct["column"].to_numpy(), distinct["dimension"].to_numpy())
        of = sp.csr_matrix(
            (np.ones(len(distinct), dtype=np.float32), at), shape=(len(distinct), len(tokens.DIMENSIONS))
        )
        return having, _binary(having @ of), of

    def _quantities(
        self, columns: dict[str, NDArray[np.float32]], left: NDArray[np.int64], right: NDArray[np.int64]
    ) -> None:
        having, measured, of = self._measured
        agreed = _binary(having[left].multiply(having[right]) @ of)
        agree = np.asarray(agreed.sum(axis=1)).ravel()
        both = dot(measured, measured, left, right)
        columns["other_quantity"] = (both - agree).astype(np.float32)

    @cached_property
    def _numbers_told(self) -> tuple[Matrix, Matrix]:
        """Records x numbers of the title, records x numbers of everything that is said."""
        text = self.corpus.text
        title = text.select(tokens.numbers(pl.col("title"))).to_series()
        full = text.select(tokens.numbers(pl.concat_str("bag", "description", "attributes", separator=" "))).to_series()
        names = title.explode(empty_as_null=False, keep_nulls=False).unique().sort()
        return incidence(title, names), incidence(full, names)

    def _numbers(
        self, columns: dict[str, NDArray[np.float32]], left: NDArray[np.int64], right: NDArray[np.int64]
    ) -> None:
        title, full = self._numbers_told
        count = np.diff(title.indptr)
        alone = count[left] > dot(title, full, left, right)
        other = count[right] > dot(title, full, right, left)
        columns["other_number"] = (alone & other).astype(np.float32)
        columns["lone_number"] = (alone ^ other).astype(np.float32)

    # colour, brand and price

    @cached_property
    def _colours(self) -> Matrix:
        return colours.named(self.corpus.bag, self.corpus.vocabulary)

    def _colour(
        self, columns: dict[str, NDArray[np.float32]], left: NDArray[np.int64], right: NDArray[np.int64]
    ) -> None:
        names = np.diff(self._colours.indptr) > 0
        shared = dot(self._colours, self._colours, left, right) > 0
        columns["other_colour"] = (names[left] & names[right] & ~shared).astype(np.float32)

    def _brand(
        self, columns: dict[str, NDArray[np.float32]], left: NDArray[np.int64], right: NDArray[np.int64]
    ) -> None:
        brands = self._brands
        one, other = brands.gather(left), brands.gather(right)
        has_one, has_other = (one.str.len_chars() > 0).to_numpy(), (other.str.len_chars() > 0).to_numpy()
        told = has_one & _holds(self._squashed.gather(right), one)
        told |= has_other & _holds(self._squashed.gather(left), other)
        partly = (dot(self._brand_words, self.corpus.bag, left, right) > 0) | (
            dot(self._brand_words, self.corpus.bag, right, left) > 0
        )
        columns["same_brand"] = np.where(told, 1.0, np.where(partly, 0.5, 0.0)).astype(np.float32)
        columns["other_brand"] = (has_one & has_other & ~told & ~partly).astype(np.float32)

    @cached_property
    def _brands(self) -> pl.Series:
        return self.corpus.text.select(tokens.squashed(pl.col("brand"))).to_series()

    @cached_property
    def _brand_words(self) -> Matrix:
        said = self.corpus.text.select(tokens.words(pl.col("brand"))).to_series()
        return incidence(said, self.corpus.vocabulary)

    def _price(
        self, columns: dict[str, NDArray[np.float32]], left: NDArray[np.int64], right: NDArray[np.int64]
    ) -> None:
        price = self.corpus.records["price"].fill_null(0.0).to_numpy()
        one, other = price[left], price[right]
        known = (one > 0) & (other > 0)
        currency = self.corpus.records["currency"].fill_null("").str.strip_chars().str.to_uppercase()
        same = (currency.gather(left) == currency.gather(right)).to_numpy()
        gap = np.zeros(len(left))
        gap[known & same] = np.abs(np.log(one[known & same] / other[known & same]))
        columns["price_gap"] = np.minimum(gap, 3.0).astype(np.float32)
        columns["same_price"] = (known & same & (gap < SAME_PRICE)).astype(np.float32)
        columns["other_currency"] = (known & ~same).astype(np.float32)


def dot(one: Matrix, other: Matrix, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float32]:
    """Row-wise products: one's row at left with other's row at right."""
    product = one[left].multiply(other[right])
    return cast("NDArray[np.float32]", np.asarray(product.sum(axis=1), dtype=np.float32).ravel())


def _holds(texts: pl.Series, parts: pl.Series) -> NDArray[np.bool_]:
    """Whether each text contains the part beside it."""
    frame = pl.DataFrame({"text": texts, "part": parts})
    return frame.select(pl.col("text").str.contains(pl.col("part"), literal=True)).to_series().to_numpy()


def _binary(matrix: Matrix) -> Matrix:
    matrix = sp.csr_matrix(matrix)
    matrix.data[:] = (matrix.data > 0).astype(np.float32)
    return matrix
