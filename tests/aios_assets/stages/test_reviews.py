"""What is said of a doubtful pair: what would have changed its outcome."""

import pytest

from aios_assets.stages.reviews import _tipping

ALONE = "no single evidence decides: with"


@pytest.mark.parametrize(
    ("said", "above", "told"),
    [
        ([(-0.5, "prices")], -0.4, "without “prices” (-0.5) it merges by itself; so it does with 0.40 log-odds more"),
        ([(-0.2, "prices")], -0.4, f"{ALONE} 0.40 log-odds more it merges by itself"),
        ([(2.0, "brand")], 0.3, "without “brand” (+2.0) it stays apart by itself; so it does with 0.30 log-odds less"),
        ([], -0.001, f"{ALONE} less than 0.01 log-odds more it merges by itself"),
    ],
)
def test_what_would_have_changed_it_is_told_by_evidence_and_by_how_much(
    said: list[tuple[float, str]], above: float, told: str
) -> None:
    assert _tipping(said, above) == told
