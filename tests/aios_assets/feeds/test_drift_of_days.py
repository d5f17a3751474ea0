"""Drift over a shop's real days of sales: what a day brings is no drift, and what breaks a day's file is."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from aios_assets.feeds import PLACE, open_delivery, read
from aios_assets.feeds.drift import Drift, drift
from aios_assets.feeds.shape import Sampler, Shape, rekeyed

DAYS = Path(__file__).parents[4] / "shared" / "data" / "retail" / "by_day"
SECRET = b"k" * 32
HARMLESS = {"keys"}
PENCE = (pl.col("UnitPrice").cast(pl.Float64) * 100).round(0).cast(pl.Int64).cast(pl.String)
BROKEN = {
    "renamed": lambda day: day.rename({"UnitPrice": "Price each", "Description": "Text"}),
    "swapped": lambda day: day.rename({"Description": "StockCode", "StockCode": "Description"}),
    "unit": lambda day: day.with_columns(UnitPrice=PENCE),
    "vanished": lambda day: day.drop("UnitPrice"),
    "emptied": lambda day: day.with_columns(Description=pl.when(pl.int_range(pl.len()) < 2).then("Description")),
}


def days() -> Iterator[pl.DataFrame]:
    for file in sorted(DAYS.glob("*.csv"))[::3]:
        yield pl.concat([batch.rows for batch in read(open_delivery(file))]).select(pl.exclude(PLACE))


def shape(day: pl.DataFrame, before: Shape | None = None) -> Shape:
    sampler = Sampler("StockCode", SECRET)
    sampler.take(day)
    return rekeyed(sampler.shape(), before, lambda: [day], SECRET) if before else sampler.shape()


def told(before: Shape, day: pl.DataFrame) -> tuple[Drift, ...]:
    return drift(before, shape(day, before), changes=True, events=True)


@pytest.mark.slow
@pytest.mark.shared
def test_a_day_is_no_drift_and_a_broken_day_is() -> None:
    if not DAYS.is_dir():
        pytest.skip("the shared data is not here")
    every = list(days())
    assert len(every) > 40
    found = dict.fromkeys(BROKEN, 0)
    pairs = list(pairwise(every))
    for earlier, later in pairs:
        before = shape(earlier).kept()
        assert {each.kind for each in told(before, later)} <= HARMLESS
        for kind, broken in BROKEN.items():
            found[kind] += kind in {each.kind for each in told(before, broken(later))}
    assert min(found.values()) > 0.9 * len(pairs)
