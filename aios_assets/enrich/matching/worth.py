"""Worth: what scored pairs are worth between their two sources, and how that moves when rivals go."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from aios_assets.enrich.matching.block import Candidates
from aios_assets.enrich.matching.model import MatchModel
from aios_assets.enrich.matching.veto import vetoed

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NEARLY: Final = 1 - 1e-12
"""As probable as a pair can be and still have finite odds."""

SHOWN: Final = 0.05
"""Pairs less probable than this are left out of `Matches.pairs`: nobody looks at them."""


class Worth(NamedTuple):
    """Of each pair: its probability, the threshold that it must reach, and the score from which on it is certain.

    `doubt`: by how much its rivals move the log-odds, zero or less; `veto`: by how much a contradiction does; `steepness`: how
    much evidence counts.
    """

    probability: Floats
    threshold: Floats
    cut: Floats
    doubt: Floats
    veto: Floats
    steepness: Floats


def judged(
    model: MatchModel, suppliers: list[str], sources: Ints, pairs: Candidates, scores: Floats, *, rivals: Floats
) -> Worth:
    """What pairs are worth if they win their assignment; `rivals`: see rivalry."""
    probability, threshold, cut = np.zeros(len(pairs)), np.ones(len(pairs)), np.full(len(pairs), np.inf)
    doubt, steepness = np.zeros(len(pairs)), np.ones(len(pairs))
    number = len(suppliers)
    code = sources[pairs.left] * number + sources[pairs.right]
    for at in np.unique(code).tolist():
        here = code == at
        known = model.calibration(suppliers[at // number], suppliers[at % number])
        probability[here] = known.probability(scores[here], rivals[here])
        doubt[here] = known.doubt(scores[here], rivals[here])
        threshold[here], cut[here], steepness[here] = known.threshold, known.certain, known.steepness
    return Worth(probability, threshold, cut, doubt, np.zeros(len(pairs)), steepness)


def contradicted(worth: Worth, unruled: Floats) -> Worth:
    """What pairs are worth that somebody would look at, where they contradict themselves; `unruled`: see veto."""
    at = np.flatnonzero(worth.probability >= SHOWN)
    odds = logit(np.clip(worth.probability[at], None, NEARLY))
    veto, probability = worth.veto.copy(), worth.probability.copy()
    veto[at] = vetoed(unruled[at], odds)
    probability[at] = np.where(veto[at] < 0, expit(odds + veto[at]), probability[at])
    return worth._replace(veto=veto, probability=probability)


def scattered(worth: Worth, at: Ints, other: Worth) -> Worth:
    """The one with what the other says of the pairs at these positions."""
    columns = [column.copy() for column in worth]
    for column, told in zip(columns, other, strict=True):
        column[at] = told
    return Worth(*columns)
