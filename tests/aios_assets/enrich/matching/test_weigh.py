import numpy as np
import pytest

from aios_assets.enrich.matching.weigh import BEFORE, Calibration, calibrated, pooled


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


@pytest.mark.parametrize("share", [0.05, 0.3, 0.7])
def test_coincidences_are_not_likely_because_matches_are_beyond_doubt(share):
    first, second, third, matched = ranks(share)
    first = np.where(matched, 14.0, first)
    learned = calibrated(first, second, third, smaller=4000)
    assert learned.share < share + 0.3


def test_rivals_as_good_halve_a_pair_and_farther_ones_count_less():
    certain = Calibration(share=0.5, level=-20.0, threshold=0.5, certain=np.inf)
    score = np.zeros(1)
    assert certain.probability(score, np.zeros(1))[0] == pytest.approx(0.5)
    chances = [certain.probability(score, np.full(1, beside))[0] for beside in (-np.inf, -3.0, -1.0, 1.0)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] == certain.probability(score)[0] > 0.99


def test_where_there_is_nothing_everything_is_as_before():
    none = np.zeros(0)
    assert calibrated(none, none, none, smaller=10) is BEFORE


@pytest.mark.parametrize("size", [1, 5, 20, 60, 200])
def test_a_catalogue_overrides_what_was_thought_before_by_and_by(size):
    first, second, third, _ = (told[:size] for told in ranks(0.4, size=4000))
    told = calibrated(first, second, third, smaller=size)
    assert abs(told.steepness - BEFORE.steepness) <= BEFORE.steepness * size / (size + 50) + 1e-9
    assert 0 < told.share < 1


def test_pooled_odds_are_weighted_means():
    one, other = Calibration(0.2, 3.0, 0.4, np.inf, 1.0), Calibration(0.7, 5.0, 0.5, np.inf, 2.0)
    scores = np.linspace(-5, 10, 7)
    expected = 0.3 * one.odds(scores) + 0.7 * other.odds(scores)
    assert pooled(one, other, 0.3).odds(scores) == pytest.approx(expected)
