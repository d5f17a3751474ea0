"""Corpus: a catalogue's records as matrices, so that a million pairs compare in vectorised steps."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeAlias, cast

import numpy as np
import polars as pl
import scipy.sparse as sp
from numpy.typing import NDArray

from aios_assets.enrich.matching import tokens, wordpairs
from aios_assets.errors import AiosError

Matrix: TypeAlias = Any
"""A scipy CSR matrix; scipy-stubs' generics add nothing here."""

KEY: Final = ("supplier", "sku")
KEPT: Final = (*KEY, "gtin", "price", "currency", "category")
COMMON: Final = 50
"""Part numbers and GTINs that stand in more records than this are counted; rarer ones are all alike."""

BACKGROUND: Final = 100
"""Other records that a catalogue is thought to lie among: a word that both of two records have says something all the same."""

GTIN: Final = "gtin:"
"""How a GTIN is written among the common names: no word and no part number has a colon."""

TEXTS: Final = ("title", "description", "brand", "model", "gtin", "category", "attributes")
OPTIONAL: Final = (*TEXTS, "price", "currency")


class MatchingError(AiosError):
    """Records that cannot be matched: it names what is wrong and what to change."""


@dataclass(frozen=True)
class Vocabulary:
    """Words of a catalogue in sorted order and in how many records each stands, out of `size` records."""

    words: pl.Series
    counts: NDArray[np.int64]
    size: int

    def counts_of(self, words: pl.Series) -> NDArray[np.int64]:
        """In how many records each word stood; a word that was never seen counts as seen once."""
        known = pl.DataFrame({"name": self.words, "count": self.counts}, schema={"name": pl.String, "count": pl.Int64})
        return _counts(words, known)

    def gram_counts(self, grams: pl.Series) -> NDArray[np.int64]:
        """In how many records each character trigram stood, summed over the words that have it."""
        return _counts(grams, self._grams)

    @cached_property
    def _grams(self) -> pl.DataFrame:
        counted = pl.DataFrame({"count": self.counts}, schema={"count": pl.Int64}).with_row_index("row")
        known = _grams(self.words).join(counted, on="row")
        return known.group_by(name="gram").agg(pl.col("count").sum())

    def rarity(self, counts: NDArray[np.int64]) -> NDArray[np.float32]:
        """Inverse document frequency of what stood in so many records, had BACKGROUND others stood beside them."""
        weights = np.log((self.size + BACKGROUND + 1) / (counts + 1)).clip(0)
        return cast("NDArray[np.float32]", weights.astype(np.float32))


def _counts(names: pl.Series, known: pl.DataFrame) -> NDArray[np.int64]:
    joined = names.alias("name").to_frame().join(known, on="name", how="left", maintain_order="left")
    return joined["count"].fill_null(1).to_numpy()


def prepared(records: pl.DataFrame) -> pl.DataFrame:
    """Records in key order with every column that matching reads, null where a feed has none.

    Raises MatchingError where `supplier`, `sku` or `title` is missing, a key is null, or a key stands twice.
    """
    missing = [name for name in (*KEY, "title") if name not in records.columns]
    if missing:
        raise MatchingError("the records", f"they lack the column {', '.join(missing)}", "map it in the feed's mapping")
    texts = [pl.col(name).cast(pl.String) for name in (*KEY, *TEXTS) if name in records.columns]
    absent = [pl.lit(None, dtype=pl.String).alias(name) for name in TEXTS if name not in records.columns]
    price = (
        tokens.money(records["price"]) if "price" in records.columns else pl.Series("price", [None], dtype=pl.Float64)
    )
    money = "currency" in records.columns
    frame = records.select(
        *texts,
        *absent,
        price.alias("price") if len(price) == len(records) else pl.lit(None, dtype=pl.Float64).alias("price"),
        (pl.col("currency").cast(pl.String) if money else pl.lit(None, dtype=pl.String)).alias("currency"),
    ).sort(KEY)
    if frame.select(pl.any_horizontal(pl.col(KEY).is_null()).any()).item():
        raise MatchingError("a record", "it has no supplier or no sku", "set it aside before matching")
    if frame.select(pl.struct(KEY).is_duplicated().any()).item():
        twice = frame.filter(pl.struct(KEY).is_duplicated()).select(KEY).row(0)
        raise MatchingError(
            f"{twice[0]}/{twice[1]}", "the record stands twice", "keep its newest row: a key names one record"
        )
    return frame


@dataclass(frozen=True)
class Read:
    """Prepared records as they are read: plain texts and their words, each made when somebody first asks."""

    records: pl.DataFrame

    @cached_property
    def text(self) -> pl.DataFrame:
        """Every record's texts, plain; `bag`: title, brand, model number and the beginning of the attributes."""
        limits = {"title": tokens.TITLE_CHARS, "brand": 100, "model": 60}
        limits |= dict.fromkeys(("description", "attributes"), tokens.TEXT_CHARS)
        told = self.records.select(tokens.plain(pl.col(n), limit=most).alias(n) for n, most in limits.items())
        short = pl.col("attributes").str.slice(0, tokens.TITLE_CHARS)
        return told.with_columns(pl.concat_str("title", "brand", "model", short, separator=" ").alias("bag"))

    @cached_property
    def listed(self) -> pl.Series:
        """Every record's distinct words."""
        return self.text.select(tokens.words(pl.col("bag"))).to_series()

    @cached_property
    def counted(self) -> pl.DataFrame:
        """`word`, in alphabetical order, and in how many records it stands: `count`."""
        words = self.listed.explode(empty_as_null=False, keep_nulls=False).alias("word").to_frame()
        return words.group_by("word").len("count").sort("word")

    def vocabulary(self) -> Vocabulary:
        """What is learned of their words."""
        return Vocabulary(self.counted["word"], self.counted["count"].cast(pl.Int64).to_numpy(), len(self.records))


@dataclass(frozen=True)
class Corpus:
    """Records of one catalogue, tokenised as far as somebody asks. Row numbers everywhere are positions in `records`."""

    read: Read
    learned: Vocabulary

    @cached_property
    def records(self) -> pl.DataFrame:
        """Keys, in their order, and fields that are no text."""
        return self.read.records.select(KEPT)

    @property
    def text(self) -> pl.DataFrame:
        """See Read."""
        return self.read.text

    @property
    def vocabulary(self) -> pl.Series:
        """The words that stand in any record, sorted."""
        return self.read.counted["word"]

    @cached_property
    def idf(self) -> NDArray[np.float32]:
        """What each word weighs."""
        return self.learned.rarity(self.learned.counts_of(self.vocabulary))

    @cached_property
    def bag(self) -> Matrix:
        """Records x words: title, brand, model number and attributes (binary)."""
        return incidence(self.read.listed, self.vocabulary)

    def only(self, rows: NDArray[np.int64]) -> "Corpus":
        """These records alone: what is said of each and of pairs of them is the same to the last bit."""
        return Corpus(Read(self.read.records[rows]), self.learned)

    @property
    def size(self) -> int:
        """How many records there are."""
        return len(self.records)

    @cached_property
    def sources(self) -> NDArray[np.int64]:
        """Each record's supplier, numbered in sorted order."""
        ranks = self.records["supplier"].rank("dense").cast(pl.Int64) - 1
        return cast("NDArray[np.int64]", ranks.to_numpy())

    @cached_property
    def words(self) -> Matrix:
        """Records x words, IDF-weighted, unit rows."""
        return unit(weighted(self.bag, self.idf))

    @cached_property
    def grams(self) -> Matrix:
        """Records x character trigrams of the words, weighted by how rare they are in the pinned vocabulary, unit rows."""
        listed = self._spelled.group_by("row", maintain_order=True).agg("gram")["gram"]
        present = self.bag @ incidence(listed, self.gram_names)
        present.data[:] = 1.0
        return unit(weighted(present, self.learned.rarity(self.learned.gram_counts(self.gram_names))))

    @cached_property
    def gram_names(self) -> pl.Series:
        """The trigrams that stand in any word, sorted."""
        return self._spelled["gram"].unique().sort()

    @cached_property
    def code_lists(self) -> pl.Series:
        """Each record's part numbers, squashed: of its title and attributes, and its model number however written."""
        model = tokens.squashed(pl.col("model"))
        own = (
            pl.when(model.str.len_chars() >= 3)
            .then(pl.concat_list(model))
            .otherwise(pl.lit([], dtype=pl.List(pl.String)))
        )
        return self.text.select(
            pl.concat_list(
                *(tokens.codes(pl.col(name)) for name in ("title", "model", "attributes")), own
            ).list.unique()
        ).to_series()

    @cached_property
    def code_names(self) -> pl.Series:
        """The part numbers that any record has, sorted."""
        return self.code_lists.explode(empty_as_null=False, keep_nulls=False).unique().sort()

    @cached_property
    def codes(self) -> Matrix:
        """Records x part numbers (binary)."""
        return incidence(self.code_lists, self.code_names)

    @cached_property
    def gtins(self) -> NDArray[np.int64]:
        """Each record's GTIN (or ISBN) as a number, zero where it has none."""
        return cast("NDArray[np.int64]", tokens.gtin(self.records["gtin"]).fill_null(0).to_numpy())

    @cached_property
    def pairs(self) -> wordpairs.WordPairs:
        """Pairs of rare words that stand in one record."""
        return wordpairs.word_pairs(self.bag, self.learned.counts_of(self.vocabulary))

    def common(self) -> dict[str, int]:
        """In how many records the commonest part numbers, GTINs (`gtin:…`) and pairs of words (`word word`) stand."""
        counts = np.bincount(self.codes.indices, minlength=len(self.code_names))
        often = np.flatnonzero(counts > COMMON)
        codes = dict(zip(self.code_names.gather(often).to_list(), counts[often].tolist(), strict=True))
        numbers, counts = np.unique(self.gtins[self.gtins > 0], return_counts=True)
        often = np.flatnonzero(counts > COMMON)
        told = zip(numbers[often].tolist(), counts[often].tolist(), strict=True)
        return codes | {f"{GTIN}{number}": count for number, count in told} | self.pairs.common(self.vocabulary)

    @cached_property
    def _spelled(self) -> pl.DataFrame:
        return _grams(self.vocabulary).sort("row", "gram")

    @cached_property
    def title(self) -> Matrix:
        """Records x words of the title alone (binary)."""
        return incidence(self.text.select(tokens.words(pl.col("title"))).to_series(), self.vocabulary)

    @cached_property
    def full(self) -> Matrix:
        """Records x words of everything that is said of the record, as far as the vocabulary of titles reaches (binary)."""
        everything = tokens.words(pl.concat_str("bag", "description", "attributes", separator=" "))
        return incidence(self.text.select(everything).to_series(), self.vocabulary)


def corpus(records: pl.DataFrame, vocabulary: Vocabulary | None) -> tuple[Corpus, Vocabulary]:
    """Prepared records, to be tokenised; weights come from the given vocabulary, or from these records where there is none."""
    read = Read(records)
    known = read.vocabulary() if vocabulary is None else vocabulary
    return Corpus(read, known), known


def unit(matrix: Matrix) -> Matrix:
    """The matrix with rows of length one; empty rows stay empty."""
    matrix = sp.csr_matrix(matrix, dtype=np.float32)
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1.0
    return scaled(matrix, (1.0 / lengths).astype(np.float32))


def scaled(matrix: Matrix, factors: NDArray[np.float32]) -> Matrix:
    """The matrix with each row multiplied by its factor."""
    counts = np.diff(matrix.indptr)
    data = matrix.data * np.repeat(factors, counts)
    return sp.csr_matrix((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def weighted(matrix: Matrix, weights: NDArray[np.float32]) -> Matrix:
    """The matrix with each column multiplied by its weight, entries in column order.

    The order is what makes sums come out equal to the last bit, however many other records and words there are.
    """
    matrix = sp.csr_matrix(matrix)
    matrix.sort_indices()
    return sp.csr_matrix((matrix.data * weights[matrix.indices], matrix.indices, matrix.indptr), shape=matrix.shape)


def incidence(listed: pl.Series, vocabulary: pl.Series) -> Matrix:
    """Rows x vocabulary: one where a row's list has the word; words outside the vocabulary are left out."""
    known = pl.DataFrame({"word": vocabulary}).with_row_index("column")
    pairs = (
        pl.DataFrame({"row": pl.int_range(len(listed), dtype=pl.UInt32, eager=True), "word": listed})
        .explode("word", empty_as_null=False, keep_nulls=False)
        .join(known, on="word", how="inner")
        .select("row", "column")
        .unique()
        .sort("row", "column")
    )
    values = np.ones(len(pairs), dtype=np.float32)
    at = (pairs["row"].to_numpy(), pairs["column"].to_numpy())
    return sp.csr_matrix((values, at), shape=(len(listed), len(vocabulary)), dtype=np.float32)


def _grams(words: pl.Series) -> pl.DataFrame:
    """`row`, `gram`: the distinct character trigrams of each word, written with a space on either side."""
    padded = pl.DataFrame({"row": pl.int_range(len(words), dtype=pl.UInt32, eager=True), "word": words}).with_columns(
        word=pl.concat_str(pl.lit(" "), "word", pl.lit(" "))
    )
    longest = padded.select(pl.col("word").str.len_chars().max().fill_null(0)).item()
    parts = [
        padded.filter(pl.col("word").str.len_chars() >= start + 3).select(
            "row", gram=pl.col("word").str.slice(start, 3)
        )
        for start in range(max(longest - 2, 1))
    ]
    return pl.concat(parts).unique()
