import numpy as np
import pytest
from scipy.optimize import check_grad
from scipy.special import logit

from aios_assets.enrich.matching import slope
from aios_assets.enrich.matching.slope import Slope, raised, sloped, worth_it

RNG = np.random.default_rng(3)
CHANCE = np.round(RNG.normal(2.0, 0.7, 900), 3)
FAR = np.round(np.concatenate([RNG.normal(2.0, 0.7, 500), RNG.normal(9.0, 0.5, 400)]), 3)
PLAIN = Slope(0.6, 2.3, 1.0)


def test_the_gradient_is_one():
    told = slope._told(FAR, CHANCE)
    for at in ([logit(0.3), 0.2, 3.0], [logit(0.9), 1.5, 5.0], [logit(0.01), 0.0, 1.0]):
        miss = check_grad(lambda x: slope._loss(x, told)[0], lambda x: slope._loss(x, told)[1], np.array(at))
        assert miss < 1e-2


def test_matches_far_from_all_coincidences_make_it_steep_and_their_share_is_found():
    found = sloped(FAR, CHANCE, start=PLAIN, most=0.99)
    assert found.share == pytest.approx(4 / 9, abs=0.03)
    assert 3 < found.level < 9
    assert worth_it(FAR, CHANCE, plain=PLAIN, steep=found)


def test_coincidences_alone_make_nothing_steep():
    other = np.round(np.random.default_rng(5).normal(2.0, 0.7, 900), 3)
    plain = Slope(0.01, 2.3, 1.0)
    found = sloped(other, CHANCE, start=plain, most=0.99)
    assert found.share < 0.1 or not worth_it(other, CHANCE, plain=plain, steep=found)


def test_coincidences_rise_by_the_step_at_their_own_rank_and_only_without_a_match():
    second, third = np.array([1.0, 6.0, 2.0]), np.array([0.5, 3.0])
    assert raised(second, third, 0.0).tolist() == [9.0, 3.5, 1.0]
    assert raised(second, third, 1.0).tolist() == [6.0, 2.0, 1.0]


def test_coincidences_rise_by_no_more_than_what_was_won_lies_above_them():
    """Two siblings and no third: the third assignment is of strangers, and the best lie a half above the second best."""
    second, third = np.full(9, 4.0), np.full(9, 1.0)
    won = np.concatenate([np.full(2, 9.0), np.full(7, 4.5)])
    assert raised(second, third, 0.0, won=won).tolist() == [4.5] * 9
    assert raised(second, third, 0.0, won=second - 1).tolist() == [4.0] * 9


def test_a_bound_on_steepness_is_kept_and_one_figure_is_worth_less_than_two():
    flat = sloped(FAR, CHANCE, start=Slope(0.6, 2.3, 4.0), most=0.99, steepest=1.0)
    assert flat.steepness == pytest.approx(1.0)
    slight = sloped(CHANCE + 0.01, CHANCE, start=PLAIN, most=0.99)
    assert not worth_it(CHANCE + 0.01, CHANCE, plain=slight, steep=slight, figures=1)
    assert worth_it(FAR, CHANCE, plain=flat, steep=sloped(FAR, CHANCE, start=PLAIN, most=0.99), figures=1)
