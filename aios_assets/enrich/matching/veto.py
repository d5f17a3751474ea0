"""Veto: contradictions that no catalogue can teach anybody to overlook.

Where every counterpart of a catalogue differs in its capacity, such pairs are far from all coincidences, and what a score is
worth there would be learned from them. Another quantity or another GTIN is another product all the same: such a pair is
worth no more than it was before any catalogue was seen.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aios_assets.enrich.matching.compare import NAMES
from aios_assets.enrich.matching.weigh import BEFORE, weighed

Floats = NDArray[np.float64]

CONTRADICTIONS: Final = [NAMES.index(name) for name in ("other_quantity", "other_gtin")]


def unruled(evidence: NDArray[np.float32], weights: Sequence[float]) -> Floats:
    """Of each pair that contradicts itself the log-odds before any catalogue was seen; infinite where nothing does.

    Words that tell siblings apart are learned from the catalogue, and left out of it.
    """
    contradicts = (evidence[:, CONTRADICTIONS] > 0).any(axis=1)
    unlearned = [0.0 if name == "telling" else weight for name, weight in zip(NAMES, weights, strict=True)]
    return np.where(contradicts, BEFORE.odds(weighed(evidence, unlearned)), np.inf)


def vetoed(unruled: Floats, odds: Floats) -> Floats:
    """By how much contradictions move the log-odds of pairs, zero or less; `odds`: what they are without it."""
    return np.minimum(unruled - odds, 0.0)
