"""Decide: from scored pairs to decisions and clusters; what a person decided comes before what the model says.

Clusters are made twice: as the model alone would have them (`base`, whose product ids outlive runs), and with people's
decisions on top, named after the base. The second is a function of the first and of the decisions that stand, with no
memory of its own: so any order of decisions ends alike, and taking a decision back leaves no trace.
"""

from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple, Protocol

import numpy as np
import polars as pl
import polars_hash  # noqa: F401  registers the stable hashes
from numpy.typing import NDArray
from scipy.special import expit

from aios_assets.enrich.matching.assign import clusters, one_to_one
from aios_assets.enrich.matching.block import Candidates
from aios_assets.enrich.matching.corpus import KEY, Corpus
from aios_assets.enrich.matching.decided import Decisions, Pairs, coded, places, still_open
from aios_assets.enrich.matching.explain import reasons, worth_saying
from aios_assets.enrich.matching.model import MatchModel
from aios_assets.enrich.matching.naming import named
from aios_assets.enrich.matching.rivals import rivalry
from aios_assets.enrich.matching.veto import unruled
from aios_assets.enrich.matching.weigh import BEFORE, weighed
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
    "doubt": pl.Float64,
    "veto": pl.Float64,
    "evidence": pl.String,
}
FOUND_BY: Final = ("title", "brand", "model", "attributes", "gtin")
"""What neighbours are looked up by (see block.space): another price or description moves no record."""

SAME, DIFFERENT = "same", "different"
"""What a pair is called that a person decided."""


class Scored(NamedTuple):
    """Of each pair its score, and what it was worth before any catalogue where it contradicts itself (see unruled)."""

    score: Floats
    unruled: Floats


class Compares(Protocol):
    """Whoever can tell the evidence of pairs, pairs x KINDS; see Comparer."""

    def evidence(self, left: Ints, right: Ints) -> NDArray[np.float32]:
        """Pairs x KINDS."""


class Words(NamedTuple):
    """Pairs whose evidence was put into words before and would read alike: `code` (rising), with the doubt and veto told."""

    code: Ints
    doubt: Floats
    veto: Floats
    evidence: pl.Series

    def known(self, code: Ints, doubt: Floats, veto: Floats) -> Ints:
        """Where the words of each pair stand; minus one where it needs new ones."""
        if not len(self.code):
            return np.full(len(code), -1)
        at = np.minimum(np.searchsorted(self.code, code), len(self.code) - 1)
        return np.where((self.code[at] == code) & (self.doubt[at] == doubt) & (self.veto[at] == veto), at, -1)


NO_WORDS: Final = Words(
    np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0), pl.Series("evidence", [], dtype=pl.String)
)


@dataclass(frozen=True)
class Matches:
    """The outcome of matching.

    `pairs` (see PAIRS): every pair worth a look, the lower key on the left. `decision` is `certain` (merges by itself),
    `review` (a person should look) or `apart`, and `same` or `different` where a person decided; `likely` says whether the
    pair is above the threshold with the best expected F1. `clusters`: every record's product; `base`: the same as the model
    alone would have it, which the next run takes as `previous`. `asked`: which neighbours each record looked up and what
    the pair scored, `found_by`: a hash of what each record is looked up by; `rematch` needs both. `compared`: how many
    pairs were compared in this run.
    """

    pairs: pl.DataFrame
    clusters: pl.DataFrame
    base: pl.DataFrame
    asked: pl.DataFrame
    found_by: pl.DataFrame
    compared: int = field(compare=False)


@dataclass(frozen=True)
class _Judged:
    """Scored pairs and what their scores are worth (see Worth)."""

    body: Corpus
    model: MatchModel
    comparer: Compares
    pairs: Candidates
    scores: Floats
    unruled: Floats
    clean: Flags
    worth: Worth
    merge: str

    def verdicts(self, open_: Ints) -> "_Verdicts":
        """What becomes of the pairs if only these may win."""
        worth, beyond = self.worth, self.scores >= self.worth.cut
        several = beyond | (worth.probability >= worth.threshold)
        won = _winners(self.pairs, open_, self.body.sources, self.scores, several, clean=self.clean)
        probability = np.where(won, worth.probability, 0.0)
        likely = won & (probability >= worth.threshold)
        certain = likely & beyond & (worth.veto == 0)
        mergers = {"certain": certain, "probable": certain | (likely & (probability >= PROBABLE)), "likely": likely}
        return _Verdicts(won, probability, likely, certain, mergers[self.merge])

    def groups(self, merging: Flags, always: Pairs, never: Pairs) -> Ints:
        """Each record's cluster: best edges first, after what was decided."""
        at, left, right = np.flatnonzero(merging), self.pairs.left, self.pairs.right
        best = at[np.lexsort((right[at], left[at], -self.scores[at], -self.worth.probability[at]))]
        sources, size = self.body.sources, self.body.size
        # Most edges meet no other one, nor a decision, and need not wait for their turn.
        degree = np.bincount(np.concatenate([left[at], right[at]]), minlength=size)
        degree[np.array([record for pair in (*always, *never) for record in pair], dtype=np.int64)] += 2
        lone = (degree[left[best]] == 1) & (degree[right[best]] == 1)
        edges = zip(left[best[~lone]].tolist(), right[best[~lone]].tolist(), strict=True)
        groups = clusters(size, edges, sources=sources, clean=self.clean, always=always, never=never)
        one, other = left[best[lone]], right[best[lone]]
        joined = (sources[one] != sources[other]) | ~self.clean[sources[one]]
        groups[other[joined]] = one[joined]
        return groups


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
    told: Scored,
    comparer: Compares,
    *,
    decided: Decisions,
    asked: pl.DataFrame,
    compared: int,
    words: Words = NO_WORDS,
) -> Matches:
    """From scored pairs to decisions and clusters: linear in the pairs, and the same however the scores were come by.

    `words`: what the evidence of pairs read like before, of which neither record has changed.
    """
    suppliers = body.records["supplier"].unique().sort().to_list()
    clean = np.array([supplier not in model.dirty for supplier in suppliers], dtype=bool)
    scores = told.score
    rivals = rivalry(pairs.left, pairs.right, body.sources, scores, clean=clean)
    worth = contradicted(judged(model, suppliers, body.sources, pairs, scores, rivals=rivals), told.unruled)
    scored = _Judged(body, model, comparer, pairs, scores, told.unruled, clean, worth, decided.merge)
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
    closed = np.isin(code, coded([*never, *always], body.size))
    unasked = closed | np.isin(code, coded(settled, body.size))
    review = _reviewed(verdicts, verdicts.won & ~verdicts.certain & ~unasked, body.size, before=_before(told, rivals))
    decision = np.where(verdicts.certain, "certain", np.where(review, "review", "apart"))
    shown = (verdicts.likely | (verdicts.probability >= SHOWN) | review) & ~closed
    frames = [
        _frame(scored, np.flatnonzero(shown), decision, (verdicts.probability, verdicts.likely), words),
        _decided_frame(scored, suppliers, always, never),
    ]
    return Matches(pl.concat(frames), final, base, asked, found_by(body), compared)


def found_by(body: Corpus) -> pl.DataFrame:
    """Of each record (KEY) a hash of what it is looked up by: while it is the same, so are its neighbours' words."""
    told = pl.concat_str([pl.col(name).fill_null("") for name in FOUND_BY], separator="\x1f")
    hashed: pl.Expr = told.nchash.xxh3_64()  # type: ignore[attr-defined]  # the namespace is registered at import
    return body.read.records.select(*KEY, hashed.reinterpret(signed=True).alias("found_by"))


def _freed(scored: _Judged, suppliers: list[str], open_: Ints, rivals: Floats) -> _Judged:
    """The same with the open pairs worth what they are without those that a decision closed: these are no rivals any more."""
    body, pairs = scored.body, scored.pairs
    left, right, scores = pairs.left[open_], pairs.right[open_], scored.scores[open_]
    fewer = rivalry(left, right, body.sources, scores, clean=scored.clean)
    moved = fewer != rivals[open_]
    at = open_[moved]
    part = Candidates(pairs.left[at], pairs.right[at], pairs.near[at])
    worth = judged(scored.model, suppliers, body.sources, part, scored.scores[at], rivals=fewer[moved])
    worth = contradicted(worth, scored.unruled[at])
    return replace(scored, worth=scattered(scored.worth, at, worth))


def _frame(
    scored: _Judged, at: Ints, decision: NDArray[np.str_], verdict: tuple[Floats, Flags], words: Words = NO_WORDS
) -> pl.DataFrame:
    """Pairs (positions `at`) as rows of PAIRS, with their evidence in words; `verdict`: how probable, and whether likely."""
    body, pairs, worth, (probability, likely) = scored.body, scored.pairs, scored.worth, verdict
    told = {
        "probability": probability[at],
        "score": scored.scores[at],
        "decision": decision[at],
        "likely": likely[at],
        "doubt": worth_saying(worth.doubt[at]),
        "veto": worth_saying(worth.veto[at]),
        "evidence": _evidence(scored, at, words),
    }
    keys = body.records.select(KEY)
    left = {f"left_{name}": keys[name].gather(pairs.left[at]) for name in KEY}
    right = {f"right_{name}": keys[name].gather(pairs.right[at]) for name in KEY}
    return pl.DataFrame({**left, **right, **told}, schema=PAIRS)


def _evidence(scored: _Judged, at: Ints, words: Words) -> pl.Series:
    """What speaks for and against the pairs at these positions: in the words that are known, or new ones."""
    pairs, worth, model = scored.pairs, scored.worth, scored.model
    code = pairs.left[at] * scored.body.size + pairs.right[at]
    place = words.known(code, worth_saying(worth.doubt[at]), worth_saying(worth.veto[at]))
    new = np.flatnonzero(place < 0)
    at = at[new]
    evidence = scored.comparer.evidence(pairs.left[at], pairs.right[at])
    said = reasons(evidence, model.weights, worth.steepness[at], (worth.doubt[at], worth.veto[at]))
    place[new] = len(words.evidence) + np.arange(len(new))
    return pl.concat([words.evidence, said]).gather(place)


def _decided_frame(scored: _Judged, suppliers: list[str], always: Pairs, never: Pairs) -> pl.DataFrame:
    """What people decided, as rows of PAIRS; the probability is what the model would have said of the pair alone."""
    both = sorted([*((one, SAME) for one in always), *((one, DIFFERENT) for one in never)])
    if not both:
        return pl.DataFrame(schema=PAIRS)
    body, model = scored.body, scored.model
    low, high = (np.array(side, dtype=np.int64) for side in zip(*(pair for pair, _ in both), strict=True))
    told = Candidates(low, high, np.zeros(len(low), dtype=np.float32))
    evidence = scored.comparer.evidence(low, high)
    scores, against = weighed(evidence, model.weights), unruled(evidence, model.weights)
    worth = judged(model, suppliers, body.sources, told, scores, rivals=np.full(len(low), -np.inf))
    worth = contradicted(worth, against)
    words = np.array([word for _, word in both])
    alone = replace(scored, pairs=told, scores=scores, unruled=against, worth=worth)
    return _frame(alone, np.arange(len(low)), words, (worth.probability, worth.probability >= worth.threshold))


def _winners(
    pairs: Candidates,
    open_: Ints,
    sources: Ints,
    scores: Floats,
    several: Flags,
    *,
    clean: Flags,
) -> Flags:
    """The pairs that win: each record's best in each other source, and in dirty sources `several` besides."""
    won = np.zeros(len(pairs), dtype=bool)
    won[open_[one_to_one(pairs.left[open_], pairs.right[open_], sources, scores[open_])]] = True
    more = open_[several[open_]]
    won[more[one_to_one(pairs.left[more], pairs.right[more], sources, scores[more], clean=clean)]] = True
    return won


def _before(told: Scored, rivals: Floats) -> Floats:
    """The probability of each pair before any catalogue was seen (see BEFORE)."""
    return np.minimum(BEFORE.probability(told.score, rivals), expit(told.unruled))


def _reviewed(verdicts: _Verdicts, open_: Flags, size: int, *, before: Floats) -> Flags:
    """The open pairs that are most likely decided wrongly, as many as review can take.

    Where room is left, pairs follow that were likely `before` any catalogue was seen: one of near relatives, in which nothing
    is told from chance, calls them all coincidences, and who looks at them may know better.
    """
    room = int(REVIEWED * size / 2)
    shown = verdicts.probability >= SHOWN
    doubtful = np.flatnonzero(open_ & (shown | (before > BEFORE.threshold)))
    wrong = np.where(verdicts.merging, 1 - verdicts.probability, verdicts.probability)
    wrong = np.where(shown, wrong, before)[doubtful]
    chosen = np.zeros(len(open_), dtype=bool)
    chosen[doubtful[np.lexsort((doubtful, -wrong, ~shown[doubtful]))][:room]] = True
    return chosen
