import numpy as np
import pytest

from aios_assets.enrich.matching.compare import OVERLAP
from aios_assets.enrich.matching.rivals import rivalry

SOURCES = np.array([0, 0, 1, 1])
"""Two records of each of two sources."""


def told(
    pairs: dict[tuple[int, int], float], *, clean: tuple[bool, bool] = (True, True)
) -> dict[tuple[int, int], float]:
    left, right = (np.array(side) for side in zip(*pairs, strict=True))
    found = rivalry(left, right, SOURCES, np.array(list(pairs.values())), clean=np.array(clean))
    return dict(zip(pairs, found.tolist(), strict=True))


def test_equal_candidates_on_both_sides_are_worth_the_pair_itself():
    assert told({(0, 2): 3.0, (0, 3): 3.0, (1, 2): 3.0})[0, 2] == pytest.approx(0.0)


def test_a_farther_candidate_counts_by_what_it_differs():
    found = told({(0, 2): 3.0, (0, 3): 2.0, (1, 2): 2.0})
    assert found[0, 2] == pytest.approx(-OVERLAP)


def test_equals_on_one_side_only_are_no_reason_to_doubt():
    found = told({(0, 2): 3.0, (0, 3): 3.0})
    assert found[0, 2] == found[0, 3] == -np.inf


@pytest.mark.parametrize("clean", [(False, True), (True, False), (False, False)])
def test_a_source_that_lists_products_twice_has_no_rivals(clean):
    assert set(told({(0, 2): 3.0, (0, 3): 3.0, (1, 2): 3.0}, clean=clean).values()) == {-np.inf}
