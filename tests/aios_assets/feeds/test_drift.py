"""Drift of shape, each kind against a delivery that has not drifted."""

import random
import re

import polars as pl
import pytest

from aios_assets.feeds.drift import Drift, drift, patched
from aios_assets.feeds.mapping import Mapping, Source, Supplier
from aios_assets.feeds.shape import SKETCH, WIDTH, Sampler, Shape, rekeyed
from audit.canonical import canonical

SECRET = b"k" * 32
DICE = random.Random(1)
BEFORE = pl.DataFrame(
    {
        "sku": [f"S-{number:04}" for number in range(600)],
        "title": [f"Kettle no {number} of steel" for number in range(600)],
        "brand": [DICE.choice(["Acme", "Bosch", "Krups", "Smeg"]) for _ in range(600)],
        "price": [f"{DICE.randrange(500, 90000) / 100:.2f}" for _ in range(600)],
        "weight": [f"{DICE.randrange(10, 900) / 10} lb" for _ in range(600)],
    }
)


def seen(frame: pl.DataFrame, rejected: int = 0, before: Shape | None = None) -> Shape:
    sampler = Sampler("sku", SECRET)
    sampler.take(frame.head(120), rejected)
    sampler.take(frame.slice(120))
    return rekeyed(sampler.shape(), before, lambda: [frame], SECRET) if before else sampler.shape()


def told(frame: pl.DataFrame, *, changes: bool = False, rejected: int = 0) -> tuple[Drift, ...]:
    before = seen(BEFORE).kept()
    return drift(before, seen(frame, rejected, before), changes=changes)


def times(name: str, factor: float, unit: str = "") -> pl.DataFrame:
    amount = pl.col(name).str.extract(r"([\d.]+)").cast(pl.Float64) * factor
    return BEFORE.with_columns((amount.round(3).cast(pl.String) + unit).alias(name))


KINDS = {
    ("renamed", "price"): BEFORE.rename({"price": "unit_price"}),
    ("renamed", "sku"): BEFORE.rename({name: f"c{at}" for at, name in enumerate(BEFORE.columns)}),
    ("vanished", "brand"): BEFORE.drop("brand"),
    ("appeared", "colour"): BEFORE.with_columns(colour=pl.lit("red")),
    ("swapped", "title"): BEFORE.rename({"title": "brand", "brand": "title"}),
    ("swapped", "sku"): BEFORE.rename({"title": "sku", "sku": "title"}),
    ("emptied", "title"): BEFORE.with_columns(title=pl.when(pl.int_range(pl.len()) % 3 == 0).then("title")),
    ("type", "price"): BEFORE.with_columns(price=pl.lit("on request")),
    ("type", "brand"): BEFORE.with_columns(brand=pl.int_range(pl.len()).cast(pl.String)),
    ("currency", "price"): BEFORE.with_columns(price=pl.col("price") + " €"),
    ("unit", "price"): BEFORE.with_columns(
        price=(pl.col("price").cast(pl.Float64) * 100).cast(pl.Int64).cast(pl.String)
    ),
    ("unit", "weight"): times("weight", 0.45359237, " lb"),
    ("scaled", "price"): times("price", 1.19),
    ("flattened", "title"): BEFORE.with_columns(title=pl.lit("see our shop")),
    ("replaced", "title"): BEFORE.with_columns(title=pl.col("title").shift(1)),
    ("replaced", "price"): BEFORE.with_columns(price=pl.col("price").reverse()),
    ("keys", "sku"): BEFORE.with_columns(sku=pl.col("sku").str.replace("S-0*", "S")),
    ("shrunk", ""): BEFORE.head(6),
    ("grown", ""): pl.concat([BEFORE, BEFORE.with_columns(sku="X" + pl.col("sku"))]),
}


@pytest.mark.parametrize(("kind", "column"), KINDS)
def test_each_kind_is_told_of_its_column(kind: str, column: str) -> None:
    found = told(KINDS[kind, column])
    assert (kind, column) in {(each.kind, name) for each in found for name in (each.column, *each.renames)}
    assert all(each.what and each.why and each.size > 0 for each in found)


def test_another_unit_and_another_numbering_are_named() -> None:
    assert any("was in lb, it is in kg" in each.what for each in told(times("weight", 0.45359237, " kg")))
    renumbered = BEFORE.with_columns(sku=pl.format("{}/A", pl.int_range(9000, 9000 + pl.len())))
    (found,) = told(renumbered)
    assert (found.kind, "look like 9/A, and like A-9 before" in found.what) == ("keys", True)


@pytest.mark.parametrize("seed", range(20))
def test_life_is_no_drift(seed: int) -> None:
    dice = random.Random(seed)
    share = dice.uniform(0.01, 0.2)
    rows = BEFORE.sample(fraction=1 - share, shuffle=True, seed=seed)
    moved = pl.when(pl.int_range(pl.len()) < share * rows.height)
    price = (pl.col("price").cast(pl.Float64) * dice.uniform(0.8, 1.25)).round(2).cast(pl.String)
    lived = rows.with_columns(
        price=moved.then(price).otherwise("price"), title=moved.then(pl.col("title") + " new").otherwise("title")
    )
    new = BEFORE.head(int(share * 600)).with_columns(sku=pl.format("N-{}", pl.int_range(1000, 1000 + pl.len())))
    assert told(pl.concat([lived, new]).select(sorted(BEFORE.columns))) == ()


def test_a_renamed_column_comes_with_its_patch() -> None:
    changed = BEFORE.with_columns(price=pl.when(pl.int_range(pl.len()) % 50 == 0).then(pl.lit("1")).otherwise("price"))
    (found,) = told(changed.rename({"price": "unit_price"}))
    assert re.fullmatch(r"`price` is now `unit_price`: 9[6-9]% of values equal", found.what)
    mapping = Mapping(
        supplier=Supplier(name="a"), fields={"sku": Source(columns=("sku",)), "price": Source(columns=("price",))}
    )
    assert patched(mapping, [found]).fields["price"].columns == ("unit_price",)
    (gone,) = told(BEFORE.drop("price"))
    assert set(patched(mapping, [gone]).fields) == {"sku"}


def test_a_feed_of_changes_may_be_of_any_size_and_of_other_records() -> None:
    new = BEFORE.with_columns(sku=pl.format("S-{}", pl.int_range(5000, 5000 + pl.len())))
    assert told(BEFORE.head(12), changes=True) == ()
    assert told(new, changes=True) == ()
    assert {each.kind for each in told(new)} == {"keys"}


def test_rejects_that_rise_are_told() -> None:
    assert [each.kind for each in told(BEFORE, rejected=100)] == ["rejects"]


def test_what_is_kept_holds_no_values_and_survives_json() -> None:
    shape = seen(BEFORE).kept()
    plain = canonical(shape.plain()).decode()
    assert len(shape.keys) == SKETCH
    assert len(plain) < 30_000
    for text in ("Kettle", "S-00", "Bosch", BEFORE["price"][0]):
        assert text not in plain
    again = Shape.from_plain(shape.plain())
    assert again.keys == shape.keys
    assert drift(again, shape) == ()
    assert shape.plain() != Sampler("sku", b"other" * 6).shape().plain()


def test_a_feed_of_ten_thousand_columns_is_looked_at_in_part() -> None:
    wide = pl.DataFrame({"sku": ["1", "2"], **{f"c{at}": ["a", "b"] for at in range(10_000)}})
    sampler = Sampler("sku", SECRET, first=("c9999",))
    sampler.take(wide)
    assert len(sampler.shape().columns) == WIDTH
    assert "c9999" in sampler.shape().columns


@pytest.mark.parametrize(
    ("factor", "why"),
    [
        (1.19, "a tax of 19 % in the price"),
        (1 / 1.23, "a tax of 23 % no longer"),
        (0.7, "a sale"),
        (4.31, "another currency"),
    ],
)
def test_one_factor_for_all_prices_is_told_with_its_likely_cause(factor: float, why: str) -> None:
    (one,) = told(times("price", factor))
    assert one.kind == "scaled"
    assert one.why.startswith(why)


def test_a_column_that_lost_half_of_its_cells_is_not_called_rewritten_as_well() -> None:
    halved = BEFORE.with_columns(pl.when(pl.int_range(pl.len()) % 2 == 0).then("brand").alias("brand"))
    assert [one.kind for one in told(halved)] == ["emptied"]
