"""Evaluation of drift: every mutation of a feed is found with its cause, and life is let through."""

import os
from pathlib import Path

import pytest

from aios_assets.evaluate.drift import evaluate
from aios_assets.evaluate.tables import TableError

SHARED = Path(__file__).parents[4] / "shared" / "data"
FEEDS = ("walmart_amazon/walmart.csv", "amazon_google/amazon.csv", "amazon_google/gp.csv")


@pytest.mark.slow
def test_a_generated_feed_is_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "acme.csv"
    lines = [f"A-{n},Kettle {n * 7919 % 977} of steel,{n * 31 % 400 + 5}.{n % 90 + 10}" for n in range(240)]
    file.write_text("\n".join(["sku,title,price", *lines]) + "\n")
    os.utime(file, (1_700_000_000,) * 2)  # long at rest: nothing to wait for
    told = evaluate(file, seeds=3)
    assert [each for each in told.mutations if not each.right] == []
    assert told.alarms == ()
    assert told.plain()["found"] == told.plain()["mutations"] > 20
    assert "found with their cause" in told.lines()[0]


def test_a_feed_that_says_too_little_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "acme.csv"
    file.write_text("sku,title,price\nA-1,Kettle,5.10\nA-2,Pan of steel,6.20\n")
    os.utime(file, (1_700_000_000,) * 2)  # long at rest: nothing to wait for
    with pytest.raises(TableError):
        evaluate(file)


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize("name", FEEDS)
def test_real_feeds_are_told_apart(name: str) -> None:
    if not (SHARED / name).is_file():
        pytest.skip("the shared data is not here")
    told = evaluate(SHARED / name, seeds=20)
    assert [each for each in told.mutations if not each.right] == []
    assert told.alarms == ()
