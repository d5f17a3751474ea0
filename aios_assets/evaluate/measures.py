"""Measures of matching: precision, recall, F1 with an interval, B-cubed, calibration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

DRAWS: Final = 1000
BINS: Final = 10
POINTS: Final = 60


@dataclass(frozen=True)
class Hit:
    """How well one set of pairs agrees with the gold."""

    right: int
    answered: int
    gold: int

    @property
    def precision(self) -> float:
        """Share of the answered pairs that are right; one where nothing was answered."""
        return self.right / self.answered if self.answered else 1.0

    @property
    def recall(self) -> float:
        """Share of the gold pairs that were answered; one where there are none."""
        return self.right / self.gold if self.gold else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both; zero where nothing is right."""
        return 2 * self.right / (self.answered + self.gold) if self.right else 0.0


def interval(hits: Sequence[tuple[int, int, int]]) -> tuple[float, float]:
    """95 % bootstrap interval of F1 from each left record's (right, answered, gold); the seed is fixed."""
    if not hits:
        return 0.0, 0.0
    counts = np.array(hits, dtype=np.float64)
    rng = np.random.default_rng(1)
    drawn = rng.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), size=DRAWS) @ counts
    f1 = 2 * drawn[:, 0] / np.maximum(drawn[:, 1] + drawn[:, 2], 1)
    return float(np.quantile(f1, 0.025)), float(np.quantile(f1, 0.975))


def best_in_hindsight(probability: Floats, right: Bools, gold: int) -> tuple[float, float]:
    """The best F1 that any threshold reaches, and that threshold."""
    if not len(probability) or not right.any():
        return 0.0, 1.0
    order = np.argsort(-probability, kind="stable")
    f1 = 2 * np.cumsum(right[order]) / (np.arange(1, len(order) + 1) + gold)
    at = int(f1.argmax())
    return float(f1[at]), float(probability[order][at])


def curve(probability: Floats, right: Bools, gold: int) -> list[dict[str, float]]:
    """Precision, recall and F1 at falling thresholds, POINTS of them at most."""
    order = np.argsort(-probability, kind="stable")
    hits = np.cumsum(right[order])
    at = np.unique(np.linspace(0, len(order) - 1, POINTS).astype(int)) if len(order) else np.zeros(0, dtype=int)
    return [
        {
            "threshold": float(probability[order][i]),
            "precision": float(hits[i] / (i + 1)),
            "recall": float(hits[i] / gold) if gold else 1.0,
            "f1": float(2 * hits[i] / (i + 1 + gold)),
        }
        for i in at.tolist()
    ]


def calibration(probability: Floats, right: Bools) -> list[dict[str, float]]:
    """By tenth of probability: how many pairs, what was said on average, how many were right."""
    tenth = np.minimum((probability * BINS).astype(int), BINS - 1)
    return [
        {"pairs": int(here.sum()), "said": float(probability[here].mean()), "right": float(right[here].mean())}
        for here in (tenth == at for at in range(BINS))
        if here.any()
    ]


def b_cubed(answered: Mapping[str, str], gold: Mapping[str, str]) -> dict[str, float]:
    """B-cubed precision, recall and F1 over all records (Bagga and Baldwin 1998); both map record to cluster."""
    sizes: dict[tuple[str, str], int] = {}
    here: dict[str, int] = {}
    there: dict[str, int] = {}
    for record, cluster in answered.items():
        sizes[cluster, gold[record]] = sizes.get((cluster, gold[record]), 0) + 1
        here[cluster] = here.get(cluster, 0) + 1
        there[gold[record]] = there.get(gold[record], 0) + 1
    total = len(answered) or 1
    precision = sum(both * both / here[one] for (one, _), both in sizes.items()) / total
    recall = sum(both * both / there[other] for (_, other), both in sizes.items()) / total
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": precision, "recall": recall, "f1": f1}


def rounded(value: Any, digits: int = 4) -> Any:
    """A JSON value with its floats rounded."""
    if isinstance(value, float):
        return round(value, digits)
    if isinstance(value, dict):
        return {key: rounded(inner, digits) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(inner, digits) for inner in value]
    return value
