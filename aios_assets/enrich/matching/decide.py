"""Decide: from scored pairs to decisions and clusters; what a person decided comes before what the model says.

Clusters are made twice: as the model alone would have them (`base`, whose product ids outlive runs), and with people's
decisions on top, named after the base. The second is a function of the first and of the decisions that stand, with no
memory of its own: so any order of decisions ends alike, and taking a decision back leaves no trace.
"""

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from aios_assets.enrich.matching.assign import clusters, one_to_one
from aios_assets.enrich.matching.block import Candidates
from aios_assets.enrich.matching.compare import Comparer
from aios_assets.enrich.matching.corpus import KEY, Corpus
from aios_assets.enrich.matching.decided import Decisions, Pairs, coded, places, still_open
from aios_assets.enrich.matching.explain import reasons
from aios_assets.enrich.matching.model import MatchModel
from aios_assets.enrich.matching.naming import named
from aios_assets.enrich.matching.rivals import rivalry
from aios_assets.enrich.matching.weigh import weighed
from aios_assets.enrich.matching.worth import SHOWN, Worth, contradicted, judged, scattered

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

PROBABLE: Final = 0.9
"""Odds of nine to one: a false merge publishes one product's price for another, a missed one only lists it twice."""

MERGED: Final = "probable"
"""Which pairs `aios run` makes one product: certain ones and those with odds of nine to one (ADR 12)."""

REVIEWED: Final = 0.05
"""At most this share of all records is sent to review, two records a pair."""

PAIRS: Final = {
    "left_supplier": pl.String,
    "left_sku": pl.String,
    "right_supplier": pl.String,
    "right_sku": pl.String,
    "probability": pl.Float64,
    "score": pl.Float64,
    "decision": pl.String,
    "likely": pl.Boolean,
    "evidence": pl.String,
}
SAME, DIFFERENT = "same", "different"
"""What a pair is called that a person decided."""


@dataclass(frozen=True)
class Matches:
    """The outcome of matching.

    `pairs` (see PAIRS): every pair worth a look, the lower key on the left. `decision` is `certain` (merges by itself),
    `review` (a person should look) or `apart`, and `same` or `different` where a person decided; `likely` says whether the
    pair is above the threshold with the best expected F1. `clusters`: every record's product; `base`: the same as the model
    alone would have it, which the next run takes as `previous`. `asked`: which neighbours each record looked up and what
    the pair scored; `rematch` needs it. `compared`: how many pairs were compared in this run.
    """

    pairs: pl.DataFrame
    clusters: pl.DataFrame
    base: pl.DataFrame
    asked: pl.DataFrame
    compared: int = field(compare=False)


@dataclass(frozen=True)
class _Scored:
    """Scored pairs and what their scores are worth (see Worth)."""

    body: Corpus
    model: MatchModel
    comparer: Comparer
    pairs: Candidates
    scores: Floats
    clean: Flags
    worth: Worth
    merge: str

    def verdicts(self, open_: Ints) -> "_Verdicts":
        """What becomes of the pairs if only these may win."""
        worth, beyond = self.worth, self.scores >= self.worth.cut
        won = _winners(self.pairs, open_, self.body.sources, self.scores, beyond, clean=self.clean)
        probability = np.where(won, worth.probability, 0.0)
        likely = won & (probability >= worth.threshold)
        certain = likely & beyond & (worth.veto == 0)
        mergers = {"certain": certain, "probable": certain | (likely & (probability >= PROBABLE)), "likely": likely}
        return _Verdicts(won, probability, likely, certain, mergers[self.merge])

    def groups(self, merging: Flags, always: Pairs, never: Pairs) -> Ints:
        """Each record's cluster: best edges first, after what was decided."""
        at, left, right = np.flatnonzero(merging), self.pairs.left, self.pairs.right
        best = at[np.lexsort((right[at], left[at], -self.scores[at], -self.worth.probability[at]))]
        edges = zip(left[best].tolist(), right[best].tolist(), strict=True)
        sources = self.body.sources
        return clusters(self.body.size, edges, sources=sources, clean=self.clean, always=always, never=never)


@dataclass(frozen=True)
class _Verdicts:
    """Of each pair: whether it won its assignment, its probability then, and what follows."""

    won: Flags
    probability: Floats
    likely: Flags
    certain: Flags
    merging: Flags


def decide(
    body: Corpus,
    model: MatchModel,
    pairs: Candidates,
    scores: Floats,
    *,
    decided: Decisions,
    asked: pl.DataFrame,
    compared: int,
) -> Matches:
    """From scored pairs to decisions and clusters: linear in the pairs, and the same however the scores were come by."""
    suppliers = body.records["supplier"].unique().sort().to_list()
    clean = np.array([supplier not in model.dirty for supplier in suppliers], dtype=bool)
    rivals = rivalry(pairs.left, pairs.right, body.sources, scores, clean=clean)
    comparer = Comparer(body, model.lone_words(body.vocabulary))
    worth = judged(model, suppliers, body.sources, pairs, scores, rivals=rivals)
    worth = contradicted(worth, comparer, pairs, model.weights)
    scored = _Scored(body, model, comparer, pairs, scores, clean, worth, decided.merge)
    never, always, settled = (places(body, told) for told in (decided.never, decided.always, decided.settled))
    verdicts = scored.verdicts(np.arange(len(pairs)))
    base = named(body, scored.groups(verdicts.merging, [], []), decided.previous)
    final = base
    if never or always:
        open_ = still_open(pairs, body, clean, never, always)
        scored = _freed(scored, suppliers, open_, rivals)
        verdicts = scored.verdicts(open_)
        final = named(body, scored.groups(verdicts.merging, always, never), base, split=True)
    code = pairs.left * body.size + pairs.right
    told = np.isin(code, coded([*never, *always], body.size))
    unasked = told | np.isin(code, coded(settled, body.size))
    review = _reviewed(verdicts, verdicts.won & ~verdicts.certain & ~unasked, body.size)
    decision = np.where(verdicts.certain, "certain", np.where(review, "review", "apart"))
    shown = (verdicts.likely | (verdicts.probability >= SHOWN) | review) & ~told
    frames = [
        _frame(scored, np.flatnonzero(shown), decision, verdicts.probability, verdicts.likely),
        _decided_frame(scored, suppliers, always, never),
    ]
    return Matches(pl.concat(frames), final, base, asked, compared)


def _freed(scored: _Scored, suppliers: list[str], open_: Ints, rivals: Floats) -> _Scored:
    """The same with the open pairs worth what they are without those that a decision closed: these are no rivals any more."""
    body, pairs = scored.body, scored.pairs
    left, right, scores = pairs.left[open_], pairs.right[open_], scored.scores[open_]
    fewer = rivalry(left, right, body.sources, scores, clean=scored.clean)
    moved = fewer != rivals[open_]
    at = open_[moved]
    part = Candidates(pairs.left[at], pairs.right[at], pairs.near[at])
    worth = judged(scored.model, suppliers, body.sources, part, scored.scores[at], rivals=fewer[moved])
    worth = contradicted(worth, scored.comparer, part, scored.model.weights)
    return replace(scored, worth=scattered(scored.worth, at, worth))


def _frame(scored: _Scored, at: Ints, decision: NDArray[np.str_], probability: Floats, likely: Flags) -> pl.DataFrame:
    """Pairs (positions `at`) as rows of PAIRS, with their evidence in words."""
    body, model, pairs, worth = scored.body, scored.model, scored.pairs, scored.worth
    evidence = scored.comparer.evidence(pairs.left[at], pairs.right[at])
    told = {
        "probability": probability[at],
        "score": scored.scores[at],
        "decision": decision[at],
        "likely": likely[at],
        "evidence": reasons(evidence, model.weights, worth.steepness[at], (worth.doubt[at], worth.veto[at])),
    }
    keys = body.records.select(KEY)
    left = {f"left_{name}": keys[name].gather(pairs.left[at]) for name in KEY}
    right = {f"right_{name}": keys[name].gather(pairs.right[at]) for name in KEY}
    return pl.DataFrame({**left, **right, **told}, schema=PAIRS)


def _decided_frame(scored: _Scored, suppliers: list[str], always: Pairs, never: Pairs) -> pl.DataFrame:
    """What people decided, as rows of PAIRS; the probability is what the model would have said of the pair alone."""
    both = sorted([*((one, SAME) for one in always), *((one, DIFFERENT) for one in never)])
    if not both:
        return pl.DataFrame(schema=PAIRS)
    body, model = scored.body, scored.model
    low, high = (np.array(side, dtype=np.int64) for side in zip(*(pair for pair, _ in both), strict=True))
    told = Candidates(low, high, np.zeros(len(low), dtype=np.float32))
    scores = weighed(scored.comparer.evidence(low, high), model.weights)
    worth = judged(model, suppliers, body.sources, told, scores, rivals=np.full(len(low), -np.inf))
    worth = contradicted(worth, scored.comparer, told, model.weights)
    words = np.array([word for _, word in both])
    alone = replace(scored, pairs=told, scores=scores, worth=worth)
    return _frame(alone, np.arange(len(low)), words, worth.probability, worth.probability >= worth.threshold)


def _winners(
    pairs: Candidates,
    open_: Ints,
    sources: Ints,
    scores: Floats,
    certain: Flags,
    *,
    clean: Flags,
) -> Flags:
    """The pairs that win: each record's best in each other source, and in dirty sources whatever is certain besides."""
    won = np.zeros(len(pairs), dtype=bool)
    won[open_[one_to_one(pairs.left[open_], pairs.right[open_], sources, scores[open_])]] = True
    more = open_[certain[open_]]
    won[more[one_to_one(pairs.left[more], pairs.right[more], sources, scores[more], clean=clean)]] = True
    return won


def _reviewed(verdicts: _Verdicts, open_: Flags, size: int) -> Flags:
    """The open pairs that are most likely decided wrongly, as many as review can take."""
    room = int(REVIEWED * size / 2)
    doubtful = np.flatnonzero(open_ & (verdicts.probability >= SHOWN))
    wrong = np.where(verdicts.merging, 1 - verdicts.probability, verdicts.probability)[doubtful]
    chosen = np.zeros(len(open_), dtype=bool)
    chosen[doubtful[np.lexsort((doubtful, -wrong))][:room]] = True
    return chosen
