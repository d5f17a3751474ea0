"""Labels: the same evidence with labelled pairs, where somebody has reviewed some.

A forest and boosted trees over the evidence, the similarity of single fields, the words left over on either side, how each
pair stands among its rivals in the catalogue, and what other labels say of its records. The threshold is half of the best F1
over held-out fifths of the labelled pairs: with true probabilities that is where F1 is best, whatever the data, and it moves
less from sample to sample than the place of the maximum. Everything is seeded.
"""

from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from aios_assets.enrich.matching.block import Lookup, symmetric
from aios_assets.enrich.matching.compare import Comparer, dot
from aios_assets.enrich.matching.corpus import KEY, Corpus, MatchingError, corpus, prepared
from aios_assets.enrich.matching.model import MatchModel
from aios_assets.enrich.matching.pairwise import ABSENT, pairwise
from aios_assets.enrich.matching.weigh import weighed

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FOLDS: Final = 5
SCORERS: Final = (fuzz.token_set_ratio, fuzz.token_sort_ratio, fuzz.partial_ratio)


@dataclass(frozen=True)
class Trained:
    """Fitted trees and the threshold by held-out labels."""

    members: tuple[Any, ...]
    threshold: float

    def probability(self, features: Floats) -> Floats:
        """The probability of a match for each row of features."""
        return _mean([member.predict_proba(features)[:, 1] for member in self.members])


@dataclass(frozen=True)
class Seen:
    """What trees see of pairs whatever anybody has said of them, one row a pair, and the places of their records."""

    columns: Floats
    left: Ints
    right: Ints

    def knowing(self, labels: Ints, at: Ints) -> Floats:
        """The columns, and what the labels of the pairs `at` say of the records of the others.

        That is how many other labelled pairs give the left and the right record a counterpart: one that has its own wants no
        other. No row holds the label of its own pair.
        """
        size = int(max(self.left.max(initial=0), self.right.max(initial=0))) + 1
        pair = np.unique(self.left * size + self.right, return_inverse=True)[1]
        own = np.bincount(pair[at], labels, minlength=len(pair))[pair]
        ends = [np.bincount(end[at], labels, minlength=size)[end] - own for end in (self.left, self.right)]
        return np.column_stack([self.columns, *ends])


def train(seen: Seen, labels: Ints) -> Trained:
    """Fits trees to the first pairs seen, whose labels are given; MatchingError where a class has fewer than FOLDS labels.

    What is held out says nothing of the pairs that the trees learn from, as the pairs to be told will not.
    """
    if min(int((labels == 1).sum()), int((labels == 0).sum())) < FOLDS:
        raise MatchingError("the labelled pairs", f"a class has fewer than {FOLDS}", "label more pairs of it")
    every, held = np.arange(len(labels)), np.zeros(len(labels))
    for kept, out in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(every, labels):
        known = seen.knowing(labels[kept], kept)
        held[out] = Trained(_fitted(known[kept], labels[kept]), 0.5).probability(known[out])
    order = np.argsort(-held, kind="stable")
    f1 = 2 * np.cumsum(labels[order]) / (np.arange(1, len(order) + 1) + labels.sum())
    return Trained(_fitted(seen.knowing(labels, every)[every], labels), float(f1.max()) / 2)


def features(records: pl.DataFrame, model: MatchModel, pairs: pl.DataFrame) -> Seen:
    """What there is to see of pairs (`left_supplier`, `left_sku`, `right_supplier`, `right_sku`)."""
    body, _ = corpus(prepared(records), model.vocabulary)
    at = body.records.select(KEY).with_row_index("at")
    places = [
        pairs.select(supplier=f"{side}_supplier", sku=f"{side}_sku").join(
            at, on=list(KEY), how="left", maintain_order="left"
        )["at"]
        for side in ("left", "right")
    ]
    if any(place.null_count() for place in places):
        raise MatchingError(
            "the labelled pairs", "they name records that are not there", "give pairs of the records given"
        )
    left, right = (place.cast(pl.Int64).to_numpy() for place in places)
    comparer = Comparer(body, model.lone_words(body.vocabulary))
    evidence = comparer.evidence(left, right)
    scores = weighed(evidence, model.weights)
    columns = [evidence.astype(np.float64), scores[:, None], _fields(body, comparer, left, right)]
    columns += [pairwise(body, left, right), _rivals(comparer, model, left, right, scores)]
    return Seen(np.hstack(columns), left, right)


def _fields(body: Corpus, comparer: Comparer, left: Ints, right: Ints) -> Floats:
    """Similarities of single fields; ABSENT where one is missing."""
    columns = []
    for field, scorers in (("title", SCORERS), ("model", SCORERS[2:]), ("brand", SCORERS[:1])):
        one, other = (body.text[field].gather(side).to_list() for side in (left, right))
        known = np.array([bool(a) and bool(b) for a, b in zip(one, other, strict=True)])
        columns += [np.where(known, cpdist(one, other, scorer=scorer), ABSENT) for scorer in scorers]
    category = body.records["category"].fill_null("").str.to_lowercase()
    same = (category.gather(left) == category.gather(right)).to_numpy()
    known = ((category.gather(left) != "") & (category.gather(right) != "")).to_numpy()
    columns.append(np.where(known, same.astype(np.float64), ABSENT))
    price = body.records["price"].fill_null(0.0).to_numpy()
    both = (price[left] > 0) & (price[right] > 0)
    ratio = np.full(len(left), 9.0)
    ratio[both] = np.log(price[left][both] / price[right][both])
    words = np.diff(body.title.indptr)
    explained = [comparer.explained(one, other) for one, other in ((left, right), (right, left))]
    columns += [ratio, dot(body.words, body.words, left, right), *explained, words[left], words[right]]
    columns += [price[left], price[right], *comparer.telling_sides(left, right)]
    return np.column_stack(columns).astype(np.float64)


def _rivals(comparer: Comparer, model: MatchModel, left: Ints, right: Ints, scores: Floats) -> Floats:
    """How far each pair's score is above (or below) the best other pair of its left and of its right record."""
    body = comparer.corpus
    near = symmetric(*Lookup(body, model).asked(np.arange(body.size)))
    one = np.concatenate([near.left, np.minimum(left, right)])
    other = np.concatenate([near.right, np.maximum(left, right)])
    every = symmetric(one, other, np.zeros(len(one), dtype=np.float32))
    worth = weighed(comparer.evidence(every.left, every.right), model.weights)
    ends, twice = np.concatenate([every.left, every.right]), np.concatenate([worth, worth])
    order = np.lexsort((-twice, ends))
    ends, twice = ends[order], twice[order]
    best, second = np.full(body.size, -10.0), np.full(body.size, -10.0)
    first = np.ones(len(ends), dtype=bool)
    first[1:] = ends[1:] != ends[:-1]
    heads = np.flatnonzero(first)
    best[ends[heads]] = twice[heads]
    after = heads[(heads + 1 < len(ends))] + 1
    after = after[~first[after]]
    second[ends[after]] = twice[after]
    return np.column_stack([scores - np.where(scores >= best[end], second[end], best[end]) for end in (left, right)])


def _fitted(features_: Floats, labels: NDArray[np.int64]) -> tuple[Any, ...]:
    boosted = [
        HistGradientBoostingClassifier(
            max_iter=300,
            learning_rate=0.04,
            max_leaf_nodes=12,
            l2_regularization=1.0,
            max_features=0.3,
            random_state=seed,
        )
        for seed in range(3)
    ]
    forest = ExtraTreesClassifier(200, min_samples_leaf=2, random_state=0)
    # one thread: these sets are small, and threads that spin for each other on a busy machine cost a hundredfold
    with threadpool_limits(1, user_api="openmp"):
        fitted = [member.fit(features_, labels) for member in (*boosted, forest)]
    return tuple(fitted)


def _mean(columns: list[Floats]) -> Floats:
    return cast("Floats", np.mean(np.column_stack(columns), axis=1))
