"""Repetitive: which sources list a thing several times, found out from nothing but their own records.

A clean source's nearest siblings are other products: they say another colour, size, number or edition. Records that repeat
one another say the same with a word left out or mistyped. A source of which many records have such a sibling is dirty, and
may give more than one record to a product.
"""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from aios_assets.enrich.matching import tokens
from aios_assets.enrich.matching.assign import one_to_one
from aios_assets.enrich.matching.block import Candidates
from aios_assets.enrich.matching.compare import NAMES, Comparer, dot
from aios_assets.enrich.matching.corpus import Corpus, incidence, weighted

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

REPEATED: Final = 0.2
"""A source is dirty when more than this share of its records repeats another word for word."""

ALIKE: Final = 0.3
"""And when more than this share has a sibling that says the same in other words."""

LETTERS: Final = 0.7
"""How alike the spelling of two records is that say the same."""

EXPLAINED: Final = (0.9, 0.7)
"""How much of one's title the other explains, and of the other's, where they say the same."""

NEAR_PRICE: Final = 0.5
"""How far the logarithms of two prices may lie apart where they say the same."""

SAMPLE: Final = 2_000
"""How many records of a source are looked at."""

SAID: Final = ("title", "brand", "model", "description", "attributes")
AGAINST: Final = (
    "other_code", "other_model", "other_gtin", "other_quantity", "other_number", "lone_number", "other_colour", "other_brand",
)  # fmt: skip


def repetitive(frame: pl.DataFrame, body: Corpus, siblings: Candidates, asked: Ints) -> tuple[str, ...]:
    """The suppliers that list things several times, sorted; `siblings`: what the `asked` records found in their own source."""
    said = [pl.col(name).fill_null("").str.to_lowercase() for name in SAID]
    repeated = frame.with_columns(twice=pl.struct("supplier", *said).is_duplicated())
    shares = repeated.group_by("supplier").agg(pl.col("twice").mean()).sort("supplier")
    found = []
    for source, (supplier, share) in enumerate(shares.iter_rows()):
        own = asked[body.sources[asked] == source]
        sample = own[:: -(-len(own) // SAMPLE) or 1]
        if share > REPEATED or _repeating(body, siblings, sample) > ALIKE * len(sample):
            found.append(supplier)
    return tuple(found)


def _repeating(body: Corpus, siblings: Candidates, sample: Ints) -> int:
    """How many of the sample have a sibling that says the same."""
    looked = np.zeros(body.size, dtype=bool)
    looked[sample] = True
    pairs = siblings.of(looked[siblings.left] | looked[siblings.right])
    same = _same(body, Comparer(body, np.zeros(len(body.vocabulary))), pairs)
    ends = np.unique(np.concatenate([pairs.left[same], pairs.right[same]]))
    return int(looked[ends].sum())


def coincidences(body: Corpus, pairs: Candidates, scores: Floats) -> list[Ints]:
    """Three successive one-to-one assignments, the second and third without repetitions of what was won before.

    Where a record's next best says the same as its best, it is the same product again, and tells nothing of chance.
    """
    comparer = Comparer(body, np.zeros(len(body.vocabulary)))
    number, rest = int(body.sources.max(initial=0)) + 1, np.arange(len(pairs))
    winner = np.full(body.size * number, -1, dtype=np.int64)
    found: list[Ints] = []
    for rank in range(3):
        if rank:
            next_ = rest[one_to_one(pairs.left[rest], pairs.right[rest], body.sources, scores[rest])]
            again = next_[_again(body, comparer, pairs.of(next_), winner)]
            rest = np.setdiff1d(rest, again, assume_unique=True)
        won = rest[one_to_one(pairs.left[rest], pairs.right[rest], body.sources, scores[rest])]
        found.append(won)
        rest = np.setdiff1d(rest, won, assume_unique=True)
        if not rank:
            left, right = pairs.left[won], pairs.right[won]
            winner[left * number + body.sources[right]] = right
            winner[right * number + body.sources[left]] = left
    return found


def _again(body: Corpus, comparer: Comparer, pairs: Candidates, winner: Ints) -> NDArray[np.bool_]:
    """Which pairs bring a record together with what says the same as its winner of that source."""
    number = len(winner) // max(body.size, 1)
    again = np.zeros(len(pairs), dtype=bool)
    for one, other in ((pairs.left, pairs.right), (pairs.right, pairs.left)):
        best = winner[one * number + body.sources[other]]
        open_ = np.flatnonzero(best >= 0)
        near = dot(body.grams, body.grams, best[open_], other[open_]) >= LETTERS
        open_ = open_[near]
        again[open_] |= _same(body, comparer, Candidates(best[open_], other[open_], pairs.near[open_]))
    return again


def repetitions(body: Corpus, pairs: Candidates) -> NDArray[np.bool_]:
    """Which pairs say the same, so that no chance need have brought them about."""
    return _same(body, Comparer(body, np.zeros(len(body.vocabulary))), pairs)


def _same(body: Corpus, comparer: Comparer, pairs: Candidates) -> NDArray[np.bool_]:
    """Which pairs say the same: alike in spelling, one told by the other, and nothing that tells them apart."""
    evidence = comparer.evidence(pairs.left, pairs.right)
    seen = dict(zip(NAMES, evidence.T, strict=True))
    apart = np.any([seen[name] > 0 for name in AGAINST], axis=0) | (seen["price_gap"] > NEAR_PRICE)
    told = (seen["explained"] >= EXPLAINED[0]) & (seen["explained_both"] >= EXPLAINED[1])
    besides = body.text.select(tokens.words(pl.col("attributes"))).to_series()
    more = weighted(incidence(besides, body.vocabulary), body.idf)
    total = np.asarray(more.sum(axis=1)).ravel()
    shared = dot(more, incidence(besides, body.vocabulary), pairs.left, pairs.right)
    least = np.minimum(total[pairs.left], total[pairs.right])
    told &= shared >= EXPLAINED[1] * least
    return np.asarray(told & ~apart & (seen["letters"] >= LETTERS), dtype=bool)
