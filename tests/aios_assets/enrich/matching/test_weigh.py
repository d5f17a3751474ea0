import numpy as np
import pytest

from aios_assets.enrich.matching.weigh import NOTHING, calibrated


def ranks(share: float, *, size: int = 4000) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Scores of three ranks and who has a match: coincidences half a point apart, matches tilted by exp(score)."""
    rng = np.random.default_rng(2)
    own = rng.normal(2.0, 1.5, size)
    chance = [own - 0.5 * rank + rng.normal(0, 0.1, size) for rank in range(3)]
    matched = rng.random(size) < share
    first = np.where(matched, rng.normal(2.0 + 1.5**2, 1.5, size), chance[0])
    second = np.where(matched, chance[0], chance[1])
    third = np.where(matched, chance[1], chance[2])
    won = np.maximum(first, second)
    return won, np.minimum(first, second), third, matched


@pytest.mark.parametrize("share", [0.1, 0.3, 0.6, 0.9])
def test_the_share_of_matches_is_found(share):
    assert calibrated(*ranks(share)[:3], smaller=4000).share == pytest.approx(share, abs=0.2)


def test_nothing_matches_where_there_is_only_chance():
    first, second, third, _ = ranks(0.0)
    learned = calibrated(first, second, third, smaller=4000)
    assert (learned.probability(first) >= learned.threshold).mean() < 0.05
    assert not (first >= learned.certain).any()


def test_the_threshold_costs_little_against_hindsight():
    first, second, third, matched = ranks(0.4)
    learned = calibrated(first, second, third, smaller=4000)
    chosen = learned.probability(first) >= learned.threshold
    order = np.argsort(-first)
    best = (2 * np.cumsum(matched[order]) / (np.arange(1, 4001) + matched.sum())).max()
    assert 2 * (chosen & matched).sum() / (chosen.sum() + matched.sum()) >= best - 0.05


def test_certain_pairs_are_nearly_all_true():
    first, second, third, matched = ranks(0.4)
    learned = calibrated(first + 3 * matched, second, third, smaller=4000)
    certain = first + 3 * matched >= learned.certain
    assert certain.sum() > 200
    assert matched[certain].mean() >= 0.98


def test_too_little_teaches_nothing():
    few = np.arange(10.0)
    assert calibrated(few, few, few, smaller=10) is NOTHING
    assert NOTHING.probability(np.array([9.0]))[0] < 1e-6
