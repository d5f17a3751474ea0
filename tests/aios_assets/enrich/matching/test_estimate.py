"""Estimates from samples: they hold the truth as often as they say."""

import numpy as np
import pytest

from aios_assets.enrich.matching.estimate import Stratum, precision, recall, wilson


def test_wilson_is_the_published_interval() -> None:
    told = wilson(9, 10)
    assert told is not None
    assert (told.value, round(told.low, 3), round(told.high, 3)) == (0.9, 0.596, 0.982)
    assert wilson(0, 0) is None


def test_a_stratum_that_nobody_looked_at_leaves_no_estimate() -> None:
    looked, unseen = Stratum(100, 10, 10, merged=True), Stratum(50, 0, 0, merged=False)
    assert recall({"certain": looked, "apart": unseen}) is None
    assert precision({"certain": looked, "apart": unseen}) is not None
    assert precision({"apart": unseen}) is None
    assert precision({}) is None


def test_agreement_of_few_is_no_certainty() -> None:
    told = precision({"certain": Stratum(1000, 5, 5, merged=True)})
    assert told is not None
    assert told.value == told.high == 1.0
    assert told.low < 0.7


def test_shares_are_weighed_by_the_size_of_their_stratum() -> None:
    told = recall({"certain": Stratum(90, 10, 10, merged=True), "apart": Stratum(100, 10, 1, merged=False)})
    assert told is not None
    assert told.value == pytest.approx(90 / 100)


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Strata of known shares, sampled again and again."""
    random, held = np.random.default_rng(1), {"precision": 0, "recall": 0}
    shares = {"certain": (800, 0.98, True), "likely": (200, 0.9, True), "review": (150, 0.5, False)}
    shares["apart"] = (4000, 0.01, False)
    true = {name: size * share for name, (size, share, _) in shares.items()}
    truth = {
        "precision": (true["certain"] + true["likely"]) / 1000,
        "recall": (true["certain"] + true["likely"]) / sum(true.values()),
    }
    tries = 150
    for _ in range(tries):
        strata = {
            name: Stratum(size, 60, int(random.binomial(60, share)), merged=merged)
            for name, (size, share, merged) in shares.items()
        }
        for name, told in (("precision", precision(strata)), ("recall", recall(strata))):
            held[name] += told is not None and told.low <= truth[name] <= told.high
    assert min(held.values()) >= 0.88 * tries, held
