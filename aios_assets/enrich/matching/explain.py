"""Explain: which evidence counted how much for a pair, in words and as a waterfall."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from aios_assets.enrich.matching.compare import KINDS

RIVALS: Final = "other candidates that come as near"
"""What counts against a pair besides the evidence of the pair itself (see rivalry)."""

VETO: Final = "another quantity or GTIN, which no catalogue overrules"
"""What counts against a pair that contradicts itself so (see vetoed)."""

WORTH_SAYING: Final = 0.1
"""Contributions below this (in log-odds) are left out of the words; the waterfall has them all."""


SAYS: Final = (*(kind.says for kind in KINDS), RIVALS, VETO)


def contributions(evidence: NDArray[np.float32], weights: Sequence[float]) -> NDArray[np.float64]:
    """Pairs x KINDS: how much each kind of evidence moved the log-odds."""
    return np.asarray(evidence, dtype=np.float64) * np.asarray(weights, dtype=np.float64)


def worth_saying(moved: NDArray[np.float64]) -> NDArray[np.float64]:
    """Contributions as words tell them: to one decimal, and zero where they are left out."""
    return np.where(np.abs(moved) >= WORTH_SAYING, np.round(moved, 1), 0.0)


def reasons(
    evidence: NDArray[np.float32],
    weights: Sequence[float],
    steepness: NDArray[np.float64] | float = 1.0,
    besides: Sequence[NDArray[np.float64]] = (),
) -> pl.Series:
    """For each pair its evidence in words, the weightiest first: `+1.0 the same part number; -0.7 prices apart`.

    Words are a function of what they tell, so that a pair of which nothing is told differently reads alike.

    `steepness`: how much evidence moves the log-odds. `besides`: how much rivals, and a veto, move them.
    """
    moved = contributions(evidence, weights) * np.reshape(steepness, (-1, 1))
    moved = worth_saying(np.column_stack([moved, *besides]))
    if not len(moved):
        return pl.Series("evidence", [], dtype=pl.String)
    order = np.argsort(-np.abs(moved), axis=1, kind="stable")
    said = []
    for row, places in zip(moved.tolist(), order.tolist(), strict=True):
        told = [f"{row[at]:+.1f} {SAYS[at]}" for at in places if row[at]]
        said.append("; ".join(told))
    return pl.Series("evidence", said, dtype=pl.String)


_SAID: Final = re.compile(r"([+-]\d+\.\d) (.+)")


def steps(evidence: str) -> list[tuple[float, str]]:
    """What `reasons` told of a pair, part by part: what it moved the log-odds by, and its words."""
    found = (_SAID.fullmatch(part) for part in evidence.split("; "))
    return [(float(part[1]), part[2]) for part in found if part]
