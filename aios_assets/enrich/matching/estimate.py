"""Estimate: precision and recall from random samples that people have looked at, with intervals.

Pairs are drawn from strata (what was decided of them). A stratum's share of true matches has a Wilson interval; what
combines strata (precision over all that merged, recall over all that was compared) has the 2.5 and 97.5 percentiles of
draws from the strata's Jeffreys posteriors, which stay wide where few were looked at, also when all of those agree.

Sources: Wilson (1927); Brown, Cai and DasGupta (2001).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

Z: Final = 1.959964
DRAWS: Final = 20_000


@dataclass(frozen=True)
class Stratum:
    """How many pairs a stratum has, how many of a random sample were decided, and how many of those are the same product.

    `merged`: whether its pairs are one product as things stand.
    """

    size: int
    decided: int
    same: int
    merged: bool


@dataclass(frozen=True)
class Estimate:
    """A share with its 95 % interval."""

    value: float
    low: float
    high: float


def wilson(same: int, decided: int) -> Estimate | None:
    """The share of a sample; None without one."""
    if not decided:
        return None
    share, spread = same / decided, Z * Z / decided
    middle = (share + spread / 2) / (1 + spread)
    half = Z * sqrt(share * (1 - share) / decided + spread / (4 * decided)) / (1 + spread)
    return Estimate(share, max(0.0, middle - half), min(1.0, middle + half))


def precision(strata: Mapping[str, Stratum]) -> Estimate | None:
    """Of the pairs that merged, the share that are one product; None while a stratum that merged was not looked at."""
    merged = {name: told for name, told in strata.items() if told.merged and told.size}
    if not merged or any(not told.decided for told in merged.values()):
        return None
    drawn, point = _shares(merged)
    sizes = np.array([told.size for told in merged.values()], dtype=np.float64)
    return _estimate(drawn @ sizes / sizes.sum(), float(point @ sizes / sizes.sum()))


def recall(strata: Mapping[str, Stratum]) -> Estimate | None:
    """Of the pairs compared that are one product, the share that merged; None while a stratum was not looked at."""
    filled = {name: told for name, told in strata.items() if told.size}
    if not filled or any(not told.decided for told in filled.values()):
        return None
    drawn, point = _shares(filled)
    sizes = np.array([told.size for told in filled.values()], dtype=np.float64)
    merged = np.array([told.merged for told in filled.values()])
    true = float(point @ sizes)
    if not true:
        return None
    return _estimate(
        (drawn * sizes)[:, merged].sum(axis=1) / (drawn @ sizes), float((point * sizes)[merged].sum() / true)
    )


def _shares(strata: Mapping[str, Stratum]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draws of each stratum's share, and the shares themselves; the same for the same samples."""
    random = np.random.default_rng(0)
    drawn = [random.beta(told.same + 0.5, told.decided - told.same + 0.5, DRAWS) for told in strata.values()]
    return np.column_stack(drawn), np.array([told.same / told.decided for told in strata.values()])


def _estimate(drawn: NDArray[np.float64], value: float) -> Estimate:
    low, high = (float(edge) for edge in np.percentile(drawn, (2.5, 97.5)))
    return Estimate(value, min(low, value), max(high, value))
