"""Telling words: which words tell two products of one supplier apart, and which are only a way of writing.

Nobody lists editions, colours or platforms: a supplier that keeps its range clean shows them. Its nearest siblings are
different products, so a word that stands in one sibling and not in the other (`deluxe`, `upgrade`, `blue`, `2007`) tells them
apart; a word that is missing just as often between two suppliers' records of one product (`software`, `win`, `jewel case`)
tells nothing. What is learned is the log-odds of seeing the word on one side only, match against sibling, above what any
word has.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from aios_assets.enrich.matching.block import Candidates
from aios_assets.enrich.matching.corpus import Corpus

Floats = NDArray[np.float64]

PRIOR: Final = 10.0
"""How many pairs' worth of the average word stands behind each word: rare words stay near it."""

ENOUGH: Final = 50.0
"""Matched pairs (summed probability) below which nothing is learned."""

DIGITS: Final = 3


def telling(
    corpus: Corpus, matches: tuple[NDArray[np.int64], NDArray[np.int64], Floats], siblings: Candidates
) -> Floats:
    """For each word of the corpus how much it counts, in log-odds, when only one of two records has it.

    `matches`: left, right and probability of the pairs that won their assignment. `siblings`: nearest pairs within clean
    sources. All zero where there are too few of either.
    """
    left, right, probability = matches
    if probability.sum() < ENOUGH or len(siblings) < ENOUGH:
        return np.zeros(len(corpus.vocabulary))
    shared, held = _counts(corpus, left, right, probability)
    alike, having = _counts(corpus, siblings.left, siblings.right, np.ones(len(siblings)))
    usual, sibling = (shared.sum() + 1) / (held.sum() + 2), (alike.sum() + 1) / (having.sum() + 2)
    lone = 1 - (shared + PRIOR * usual) / (held + PRIOR)
    apart = 1 - (alike + PRIOR * sibling) / (having + PRIOR)
    told = np.log(lone / apart) - np.log((1 - usual) / (1 - sibling))
    return np.asarray(np.round(told, DIGITS), dtype=np.float64)


def _counts(corpus: Corpus, left: NDArray[np.int64], right: NDArray[np.int64], weight: Floats) -> tuple[Floats, Floats]:
    """For each word in how many pairs both records have it, and in how many at least one does (weighted)."""
    bag = corpus.bag
    both = np.asarray(bag[left].multiply(bag[right]).T @ weight).ravel()
    any_ = np.asarray((bag[left] + bag[right]).T @ weight).ravel() - both
    return both.astype(np.float64), any_.astype(np.float64)
