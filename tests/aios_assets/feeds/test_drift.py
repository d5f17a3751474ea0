"""Drift of shape, each kind against a delivery that has not drifted."""

import json

import polars as pl
import pytest

from aios_assets.feeds.drift import Profile, drift, profile

BEFORE = pl.DataFrame(
    {
        "sku": [f"S{number}" for number in range(300)],
        "title": [f"Kettle no {number}" for number in range(300)],
        "price": [f"{number}.99" for number in range(300)],
        "weight": [f"{number + 1}" for number in range(300)],
    }
)


def seen(frame: pl.DataFrame, rejected: int = 0) -> Profile:
    return profile([(frame.head(120), rejected), (frame.slice(120), 0)], key="sku", secret=b"k" * 32)


KINDS = {
    "renamed": BEFORE.rename({"price": "unit_price"}),
    "vanished": BEFORE.drop("weight"),
    "appeared": BEFORE.with_columns(colour=pl.lit("red")),
    "swapped": BEFORE.rename({"price": "weight", "weight": "price"}),
    "emptied": BEFORE.with_columns(title=pl.when(pl.col("sku") < "S2").then("title")),
    "type": BEFORE.with_columns(price=pl.lit("on request")),
    "currency": BEFORE.with_columns(price=pl.col("price") + " €"),
    "unit": BEFORE.with_columns(weight=(pl.col("weight").cast(pl.Int64) * 1000).cast(pl.String)),
    "volume": BEFORE.head(3),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_told(kind: str) -> None:
    found = drift(seen(BEFORE), seen(KINDS[kind]))
    assert kind in {each.kind for each in found}
    assert all(each.what and each.why for each in found)


def test_no_drift_says_nothing() -> None:
    assert (
        drift(
            seen(BEFORE),
            seen(
                BEFORE.with_columns(price=pl.col("price").str.replace("1", "2")).select(
                    "title", *BEFORE.columns[:1], *BEFORE.columns[2:]
                )
            ),
        )
        == ()
    )


def test_a_renamed_column_comes_with_its_patch() -> None:
    changed = BEFORE.with_columns(price=pl.when(pl.int_range(pl.len()) < 6).then(pl.lit("1")).otherwise("price"))
    (found,) = drift(seen(BEFORE), seen(changed.rename({"price": "unit_price"})))
    assert found.what == "`price` is now `unit_price`: 98% of values equal"
    assert found.patch == {"price": "unit_price"}


def test_rejects_that_rise_are_told() -> None:
    assert [each.kind for each in drift(seen(BEFORE), seen(BEFORE, rejected=100))] == ["rejects"]


def test_a_profile_holds_no_values_and_survives_json() -> None:
    plain = json.dumps(seen(BEFORE).plain())
    assert "Kettle" not in plain
    assert "S17" not in plain
    assert Profile.from_plain(json.loads(plain)) == seen(BEFORE)
