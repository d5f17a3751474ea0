"""Which sources list things several times is found out, and what follows from it."""

import numpy as np
import polars as pl
import pytest

from aios_assets.enrich.matching import learn, match
from aios_assets.enrich.matching.assign import lifted
from benchmarks.matching_shapes import Row
from benchmarks.matching_trades import SEVERAL, TWICE, Trade, listings, trade


@pytest.mark.slow
@pytest.mark.parametrize("name", [SEVERAL, "dirty papers", "dirty people", "dirty offers", "dirty fashion"])
def test_a_thing_that_is_listed_several_times_is_found_as_often(name: str) -> None:
    found = trade(name).result()
    assert found.hit.f1 > 0.75
    assert found.hindsight[0] - found.hit.f1 < 0.05
    assert found.automatic.precision > 0.98


def test_the_table_that_repeats_itself_is_dirty_and_the_other_is_not() -> None:
    maker = Trade(5, words=2000)

    def again(row: Row) -> Row:
        return row | {"title": " ".join(maker.noisy(str(row["title"]).split(), 0.1))}

    shape = listings(SEVERAL, maker.publication, again, left=150, right=200, shared=120, rng=maker.rng)
    model = learn(shape.records)
    assert model.dirty == ("right",)
    products = match(shape.records, model, merge="probable").clusters
    held = products.group_by("product").agg(left=(pl.col("supplier") == "left").sum(), all=pl.len())
    assert held["left"].max() == 1
    assert held["all"].max() > 2


@pytest.mark.slow
def test_a_few_repetitions_are_no_reason_to_call_everything_a_coincidence() -> None:
    """The second best of three records in ten is the best again; chance was thought to bring about as much."""
    shape = trade(TWICE)
    assert learn(shape.records).dirty == ()
    found = shape.result()
    assert found.hit.f1 > 0.7
    assert found.automatic.precision > 0.98


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fashion variants", "part families"])
def test_siblings_that_differ_in_a_colour_a_size_or_a_character_are_no_repetitions(name: str) -> None:
    shape = trade(name)
    model = learn(shape.records)
    assert model.dirty == ()
    products = match(shape.records, model, merge="probable").clusters
    assert products.group_by("product", "supplier").len()["len"].max() == 1


def test_siblings_that_say_another_number_are_no_repetitions() -> None:
    rows = [
        ("a", f"{at}-{size}", f"acme lamp {word} {size} watt")
        for at, word in enumerate(("omega", "delta", "gamma", "sigma", "kappa"))
        for size in (20, 40, 60)
    ]
    records = pl.DataFrame(rows, schema=["supplier", "sku", "title"], orient="row")
    assert learn(records).dirty == ()


def test_coincidences_so_deep_are_lifted_by_what_the_best_of_many_are_apart() -> None:
    """The k-th best of many draws from a Gumbel law of spread one lies H(k-1) below the best on average."""
    rng = np.random.default_rng(7)
    best = np.sort(rng.gumbel(size=(4_000, 400)), axis=1)[:, ::-1]
    second, third = lifted(best[:, 4], best[:, 5], depth=5)
    assert np.median(second) == pytest.approx(np.median(best[:, 1]), abs=0.1)
    assert np.median(third) == pytest.approx(np.median(best[:, 2]), abs=0.1)


def test_nothing_to_lift_is_nothing() -> None:
    none = np.zeros(0)
    second, third = lifted(none, none, depth=5)
    assert not len(second)
    assert not len(third)
