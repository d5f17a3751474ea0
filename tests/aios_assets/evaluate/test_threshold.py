"""The threshold chosen without labels, on made-up tables of trades that no shared feed has."""

import pytest

from benchmarks.matching_shapes import Shape, shapes

COSTS = {
    "bibliography": 0.03,
    "songs": 0.03,
    "groceries": 0.03,
    "everything": 0.03,
    "clean and easy": 0.03,
    "restaurants": 0.25,
    "a tenth": 0.16,
    "one dirty table": 0.28,
}
"""How much of F1 the threshold may cost against the best in hindsight. The goal is 0.03; the last three miss it (docs)."""


@pytest.fixture(scope="module")
def sets() -> dict[str, Shape]:
    return {shape.name: shape for shape in shapes()}


@pytest.mark.parametrize("name", COSTS)
def test_the_threshold_holds(sets: dict[str, Shape], name: str) -> None:
    found = sets[name].result()
    assert found.hindsight[0] - found.hit.f1 <= COSTS[name]
    assert found.certain.answered == 0 or found.certain.precision >= 0.98


def test_next_to_nothing_merges_where_nothing_is_shared(sets: dict[str, Shape]) -> None:
    found = sets["nothing"].result()
    assert not found.certain.answered
    assert found.automatic.answered <= 0.01 * found.n_left
    assert found.hit.answered <= 0.03 * found.n_left
