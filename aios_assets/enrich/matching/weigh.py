"""Weigh: from evidence to a calibrated probability, with no labels.

The score of a pair is its weighted evidence. What a score is worth is learned from the catalogue against what chance
brings about there: first the best one-to-one assignment is taken, then the best one among what it left over, and the best
one among what that left. Between clean sources the second and third are coincidences (decoys). Matches are coincidences
tilted by the evidence (a density-ratio model), so that the odds of a pair are

    share / (1 - share) * exp(score - level),    with `level` such that exp(score - level) averages one over chance,

and `share`, the part of the smaller source that has a counterpart, follows by expectation-maximisation. Where matches are
rare, the second assignment understates the best coincidence of a record, because the first was one as well; the step from
second to third says by how much, and is added for the records that have no match (`STEP`).

How steeply the odds rise is one by default (the evidence as it is); where matches lie so far from coincidences that a
steeper curve says much more, it is steeper (see slope). And a small catalogue teaches little: what is known before any
catalogue was seen (`BEFORE`) counts as much as ENOUGH records of it, so that data overrides it by and by.

Two things keep a coincidence from being called likely because it is the best that there is. Where matches lie far from
all coincidences, the tilt says too little about either, and the share would rise towards one: it is bounded by how often
even the best candidate is no better than the median coincidence (`_most`). And a record has at most one counterpart, so
that a pair is likely only as far as its records have no others as good (see rivals).

Sources: target-decoy competition (Elias and Gygi 2007); prior shift by EM (Saerens et al. 2002); density-ratio models
(Qin 1998); the bound on the share (Storey 2002).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaincinv, logit

from aios_assets.enrich.matching.slope import Slope, raised, sloped, worth_it

Floats = NDArray[np.float64]

STEP: Final = 1.0
"""How much of the step between the second and the third assignment is added to the decoys of records without a match."""

START: Final = 0.5
"""Where the share is started from: in the middle, so that neither few nor many matches are taken for granted."""

MARGIN: Final = 2.576
"""Standard deviations from an estimate to the end of its 99 % interval: the bound on the share must not be what errs."""

SHARES: Final = (1e-4, 1 - 1e-4)
ENOUGH: Final = 50
"""How many records what was thought before counts as: of a pair of sources, all sources together; of them, BEFORE."""

ROUNDS: Final = 10
"""How often the share and the coincidences that depend on it are made to agree."""

HALFWAY: Final = 0.5
"""How far towards a steeper curve that is worth it."""

CERTAIN: Final = 0.98
"""Precision that certain pairs must have at the lower end of its 95 % interval."""


def weighed(evidence: NDArray[np.float32], weights: Sequence[float]) -> Floats:
    """The score of each pair: its weighted evidence, summed in one order so that equal evidence is equal to the last bit."""
    scores = np.zeros(len(evidence))
    for column, weight in enumerate(weights):
        scores += evidence[:, column].astype(np.float64) * weight
    return scores


@dataclass(frozen=True)
class Calibration:
    """What a score is worth between two sources.

    `share` of the smaller source has a counterpart; `level` is where chance is balanced; the odds rise by `steepness` with the
    score; a pair is likely from probability `threshold` on (the best expected F1) and certain from score `certain` on
    (infinite: none is).
    """

    share: float
    level: float
    threshold: float
    certain: float
    steepness: float = 1.0

    @property
    def start(self) -> float:
        """The log-odds of a pair without any evidence."""
        return float(logit(self.share)) - self.steepness * self.level

    def odds(self, scores: Floats) -> Floats:
        """The log-odds of a match for pairs that won their one-to-one assignment, by their own evidence alone."""
        return self.steepness * scores + self.start

    def doubt(self, scores: Floats, rivals: Floats | float) -> Floats:
        """By how much rivals (see rivalry) move the log-odds: zero or less."""
        return -np.logaddexp(0.0, self.odds(scores) + rivals)

    def probability(self, scores: Floats, rivals: Floats | float = -np.inf) -> Floats:
        """The probability of a match for pairs that won their one-to-one assignment; `rivals`: see rivalry."""
        return expit(self.odds(scores) + self.doubt(scores, rivals))


BEFORE: Final = Calibration(share=0.5, level=4.75, threshold=0.5, certain=np.inf, steepness=2.0)
"""What a score is worth before any catalogue was seen, all evidence counting in full (see OVERLAP): two records of the same
words are one product at odds of ten to one, and not if they also contradict each other in a quantity or a GTIN."""


def calibrated(
    first: Floats,
    second: Floats,
    third: Floats,
    *,
    smaller: int,
    rivals: Floats | float = -np.inf,
    before: Calibration = BEFORE,
    steep: bool = True,
) -> Calibration:
    """Learns what scores are worth from those of three successive one-to-one assignments.

    `smaller`: records of the smaller source. `rivals`: those of the first assignment (see rivalry); none by default.
    `before`: what was thought before looking. `steep`: whether odds may rise more steeply than the evidence says.
    """
    if not len(first) or not smaller:
        return before
    chance, less = _level(second, smaller), _level(third, smaller)
    step = max(chance - less, 0.0)
    records = max(smaller, len(first))
    middle, lower = _middle(second, records), _middle(third, records)
    share = START
    for _ in range(200):
        level = chance + STEP * (1 - share) * step
        likely = expit(first - level + logit(share))
        risen = middle + STEP * (1 - share) * (middle - lower) if np.isfinite(lower) else middle
        after = min(float(likely.sum() + 1) / (smaller + 2), _most(first, risen, records))
        if abs(after - share) < 1e-6:
            break
        share = after
    level = chance + STEP * (1 - share) * step
    plain = Slope(share, level, 1.0)
    curve = _steeper(first, second, third, plain) if steep else plain
    told = pooled(Calibration(*curve[:2], 1.0, np.inf, curve.steepness), before, smaller / (smaller + ENOUGH))
    threshold = _best_threshold(told.probability(first, rivals))
    weight = smaller / (smaller + ENOUGH)
    certain = _certain_from(first, second, rise=level - chance)
    return replace(told, threshold=weight * threshold + (1 - weight) * before.threshold, certain=certain)


def pooled(one: Calibration, other: Calibration, weight: float) -> Calibration:
    """The calibration whose log-odds are the weighted mean of two; threshold and certainty are the one's."""
    steepness = weight * one.steepness + (1 - weight) * other.steepness
    odds = weight * logit(one.share) + (1 - weight) * logit(other.share)
    start = weight * one.start + (1 - weight) * other.start
    return replace(one, share=float(expit(odds)), level=float((odds - start) / steepness), steepness=float(steepness))


def _steeper(first: Floats, second: Floats, third: Floats, plain: Slope) -> Slope:
    """Halfway to the curve that winners and coincidences show, where that says so much more than the plain one.

    Halfway, since the curve sees matches far off best, and some are nearer: neither of the two is true alone. Where none is
    worth it, a steep one is sought again as if no record had a match, and families had no say in how far coincidences rise: a
    plain curve that sees too many matches, or none, is no place to start from.
    """
    if min(len(first), len(second)) < ENOUGH:
        return plain
    curve = _curved(first, second, third, plain, share=plain.share)
    curve = curve or _curved(first, second, third, plain, share=0.0, won=first)
    if curve is None:
        return plain
    one, other = (Calibration(told.share, told.level, 1.0, np.inf, told.steepness) for told in (plain, curve))
    between = pooled(one, other, 1 - HALFWAY)
    return Slope(between.share, between.level, between.steepness)


def _curved(
    first: Floats, second: Floats, third: Floats, plain: Slope, *, share: float, won: Floats | None = None
) -> Slope | None:
    """The curve whose share agrees with how far it raises coincidences, sought from a `share`; None where it is not worth it.

    Where coincidences are bounded by what was `won`, it must be its steepness that is worth it, and not another share or level.
    """
    coincidences = raised(second, third, share, won=won)
    curve = sloped(first, coincidences, start=plain, most=SHARES[1])
    if not worth_it(first, coincidences, plain=plain, steep=curve):
        return None
    if won is not None:
        flat = sloped(first, coincidences, start=plain, most=SHARES[1], steepest=1.0)
        if not worth_it(first, coincidences, plain=flat, steep=curve, figures=1):
            return None
    before = plain.share
    for _ in range(ROUNDS):
        near = abs(curve.share - before) < SHARES[0]
        curve = curve._replace(share=(curve.share + before) / 2)
        if near:
            break
        before = curve.share
        curve = sloped(first, raised(second, third, before, won=won), start=curve, most=SHARES[1])
    return curve


def _middle(scores: Floats, records: int) -> float:
    """The median over all records; those without a score have the lowest."""
    return float(np.sort(scores)[::-1][records // 2]) if 2 * len(scores) > records else -np.inf


def _most(first: Floats, middle: float, records: int) -> float:
    """The most that the share can be, `middle` being the median coincidence.

    A record whose best candidate is no better than that has no match. Half of all records would be there if none had one;
    the share is what is missing (Storey's estimate at one half, the upper end of its interval).
    """
    if not np.isfinite(middle):
        return SHARES[1]
    low = records - int((first > middle).sum())
    return float(np.clip(1 - 2 * (low - MARGIN * np.sqrt(low)) / records, *SHARES))


def _level(scores: Floats, smaller: int) -> float:
    """Logarithm of the mean of exp(score); records that found no coincidence at all count with next to nothing.

    ENOUGH more are thought to have had one as good as a coin's toss (BEFORE).
    """
    seen = np.exp(np.clip(scores, -30, 30)).sum() + ENOUGH * np.exp(BEFORE.level)
    return float(np.log(seen / (max(smaller, len(scores)) + ENOUGH)))


def _best_threshold(likely: Floats) -> float:
    """The probability from which on the expected F1 is best."""
    ordered = np.sort(likely)[::-1]
    expected = 2 * np.cumsum(ordered) / (np.arange(1, len(ordered) + 1) + ordered.sum())
    return float(ordered[int(expected.argmax())])


def _certain_from(first: Floats, second: Floats, *, rise: float) -> float:
    """The lowest score from which on decoys promise at most 2 % false pairs, at the upper end of their 95 % interval.

    Decoys are raised by as much as the best coincidence is thought to be above the second best.
    """
    cuts = np.unique(first)[::-1]
    targets = _at_least(first, cuts)
    decoys = _at_least(second + rise, cuts)
    good = np.flatnonzero(gammaincinv(decoys + 1, 0.95) <= (1 - CERTAIN) * targets)
    return float(cuts[good[-1]]) if len(good) else float(np.inf)


def _at_least(scores: Floats, cuts: Floats) -> Floats:
    ordered = np.sort(scores)
    return cast("Floats", (len(ordered) - np.searchsorted(ordered, cuts, side="left")).astype(np.float64))
