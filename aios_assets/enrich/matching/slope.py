"""Slope: where matches lie farther from coincidences than their evidence says, how steeply the odds of a match rise.

Winners of the first assignment are told from coincidences by a curve: to what chance brings about, matches add
`share * exp(steepness * (score - level))` as much (a density-ratio model). Its three figures are those that make what was won
and what was left over most likely together, the steepness held near one and never below.

Sources: density-ratio models (Qin 1998); the price of a free figure (Schwarz 1978); likelihoods of curves that are both wrong
(Miller and Dunson 2019).
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

Floats = NDArray[np.float64]

SPREAD: Final = 0.5
"""How far from one the logarithm of the steepness is thought to lie."""

STEEPEST: Final = 20.0
GRAIN: Final = 2
"""Decimals of a score that the curve looks at: a million scores are a few thousand different ones."""

FIGURE: Final = 0.5
"""What a free figure must bring in log-likelihood, times the logarithm of how much was seen (Schwarz)."""

NUANCE: Final = 0.001
"""Log-likelihood a record below which a curve is no better than another, however many records there are: neither is true."""

FARTHEST: Final = 60.0
LEAST: Final = 1e-4


class Slope(NamedTuple):
    """`share` of the smaller source is matched; a match is as likely as a coincidence, shares aside, at score `level`."""

    share: float
    level: float
    steepness: float


def raised(second: Floats, third: Floats, share: float, *, won: Floats | None = None) -> Floats:
    """Coincidences as high as the best one of a record without a match: the second best, and the step from the third.

    Each is raised by the step at its own rank, since coincidences far above the others are further apart; by no more, where
    it is told what was `won`, than half of the ranks show between that and the second best. Where a family has two siblings
    to come near to and no third, the step from the third says how far families lie apart.
    """
    high, low = np.sort(second)[::-1], np.sort(third)[::-1]
    both = min(len(high), len(low))
    step = np.zeros(len(high))
    step[:both] = np.maximum(high[:both] - low[:both], 0.0)
    if won is not None:
        most = min(len(won), len(high))
        step = np.minimum(step, max(float(np.median(np.sort(won)[::-1][:most] - high[:most])), 0.0))
    return high + (1 - share) * step


def sloped(first: Floats, coincidences: Floats, *, start: Slope, most: float, steepest: float = STEEPEST) -> Slope:
    """The most likely curve, sought from `start`; its share is at most `most`, its steepness at most `steepest`."""
    told = _told(first, coincidences)
    bounds = [
        (float(logit(LEAST)), float(logit(max(most, 2 * LEAST)))),
        (0.0, float(np.log(steepest))),
        (min(float(first.min()), start.level), max(float(first.max()), start.level)),
    ]
    at = np.array([logit(np.clip(start.share, LEAST, 1 - LEAST)), np.log(start.steepness), start.level])
    found = minimize(_loss, at, args=(told,), jac=True, method="L-BFGS-B", bounds=bounds).x
    return Slope(float(expit(found[0])), float(found[2]), float(np.exp(found[1])))


def worth_it(first: Floats, coincidences: Floats, *, plain: Slope, steep: Slope, figures: int = 2) -> bool:
    """Whether a curve says so much more than a plain one that so many `figures` are worth it (Schwarz), and no mere NUANCE."""
    told = _told(first, coincidences)
    costs = [_loss(np.array([logit(s.share), np.log(s.steepness), s.level]), told)[0] for s in (plain, steep)]
    seen = len(first) + len(coincidences)
    return bool(costs[0] - costs[1] > figures * FIGURE * np.log(seen) + NUANCE * seen)


class _Told(NamedTuple):
    """What was won and what is coincidence: distinct scores and how often each stands, and how many more there are."""

    won: tuple[Floats, Floats]
    chance: tuple[Floats, Floats]
    offset: float


def _told(first: Floats, coincidences: Floats) -> _Told:
    return _Told(_counted(first), _counted(coincidences), float(np.log(len(first) / len(coincidences))))


def _loss(at: Floats, told: _Told) -> tuple[float, Floats]:
    """How unlikely the scores are under a curve (logit of its share, logarithm of its steepness, level); its gradient."""
    steepness, share, level = np.exp(at[1]), expit(at[0]), at[2]
    total = 0.5 * (at[1] / SPREAD) ** 2
    gradient = np.array([0.0, at[1] / SPREAD**2, 0.0])
    for (scores, times), sign in ((told.won, 1.0), (told.chance, -1.0)):
        moved = np.clip(steepness * (scores - level), -FARTHEST, FARTHEST)
        ratio = np.logaddexp(np.log1p(-share), np.log(share) + moved)
        match = np.exp(np.log(share) + moved - ratio)
        apart = sign * (ratio + told.offset)
        total += float(times @ np.logaddexp(0.0, -apart))
        pull = -sign * times * expit(-apart)
        gradient += [pull @ (match - share), pull @ (match * moved), -steepness * float(pull @ match)]
    return float(total), gradient


def _counted(scores: Floats) -> tuple[Floats, Floats]:
    values, counts = np.unique(np.round(scores, GRAIN), return_counts=True)
    return values, counts.astype(np.float64)
