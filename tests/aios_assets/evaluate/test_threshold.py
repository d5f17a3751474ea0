"""The threshold chosen without labels, on made-up tables of trades that no shared feed has."""

import pytest

from benchmarks.matching_shapes import Shape, shapes

SETS = (
    "songs",
    "groceries",
    *(
        pytest.param(name, marks=pytest.mark.slow)
        for name in ("bibliography", "everything", "clean and easy", "restaurants", "a tenth", "one dirty table")
    ),
)
COST = 0.03
"""How much of F1 the threshold may cost against the best in hindsight."""


@pytest.fixture(scope="module")
def sets() -> dict[str, Shape]:
    return {shape.name: shape for shape in shapes()}


@pytest.mark.parametrize("name", SETS)
def test_the_threshold_holds(sets: dict[str, Shape], name: str) -> None:
    found = sets[name].result()
    assert found.hindsight[0] - found.hit.f1 <= COST
    assert found.certain.answered == 0 or found.certain.precision >= 0.98


def test_next_to_nothing_merges_where_nothing_is_shared(sets: dict[str, Shape]) -> None:
    found = sets["nothing"].result()
    assert not found.certain.answered
    assert found.automatic.answered <= 0.01 * found.n_left
    assert found.hit.answered <= 0.03 * found.n_left
