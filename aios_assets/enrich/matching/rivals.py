"""Rivals: how far the other candidates of two records speak against the two being one product.

A record has one counterpart at most in a source that lists a product once, so that a candidate as good as the pair halves
what the pair is worth. Rivals of one record share most of what is said; what they differ by does not overlap, and counts in
full (OVERLAP). Both records must have rivals for it to be a reason to doubt, which is why they are averaged in logarithms:
a product that one side lists several times has equals on that side only.
"""

import numpy as np
from numpy.typing import NDArray

from aios_assets.enrich.matching.compare import OVERLAP

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

STRONGEST = 30.0
"""Scores beyond which a power of e says no more."""


def rivalry(left: Ints, right: Ints, sources: Ints, scores: Floats, *, clean: NDArray[np.bool_]) -> Floats:
    """The logarithm of how much the other candidates of each pair's records are worth beside it (0: as much as itself).

    All pairs of a catalogue are given, as positions of their records. Minus infinity where a record has no other candidate
    in the other's source, or where either source is not `clean` and may well list a product twice.
    """
    number = int(sources.max(initial=-1)) + 1
    place = np.concatenate([left * number + sources[right], right * number + sources[left]])
    slots = np.unique(place, return_inverse=True)[1]
    worth = np.exp(OVERLAP * np.clip(scores, -STRONGEST, STRONGEST))
    others = np.bincount(slots, np.concatenate([worth, worth]))[slots].reshape(2, -1) - worth
    with np.errstate(divide="ignore"):
        beside = np.log(np.maximum(others, 0.0)).mean(axis=0) - np.log(worth)
    return np.where(clean[sources[left]] & clean[sources[right]], beside, -np.inf)
