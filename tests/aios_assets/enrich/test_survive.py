"""Survive: what stands does not depend on the order of records, only grows stronger by agreement, and follows its policy."""

import json
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aios_assets.enrich.survive import KEY, survive
from aios_assets.enrich.survivorship import FieldPolicy, Survivorship, package_default

ANSWER = pl.Struct({"value": pl.String, "by": pl.String, "confidence": pl.Float64, "evidence": pl.String})
SCHEMA = {
    **dict.fromkeys(KEY, pl.String),
    "value": ANSWER,
    **dict.fromkeys(("supplier", "sku", "title", "unit"), pl.String),
    "recent": pl.Int64,
}
VALUES = {
    "brand": ("Sony", "SONY", "Arkon", "Griffin Technology"),
    "gtin": ("04006381333931", "00012345678905"),
    "title": ("Red kettle", "red kettle, 2 l", "Kettle"),
    "price": ("12.50", "19.00"),
    "currency": ("EUR", "USD"),
    "attribute:storage": ("2 TB", "2000 GB", "1 TB"),
}


def said(*rows: tuple[str, str, str], product: str = "p", **more: Any) -> pl.DataFrame:
    """Statements: field, value, supplier."""
    told = [
        {
            "product": product, "field": field, "locale": "und", "supplier": supplier, "sku": "1", "title": "Sony kettle",
            "value": {"value": value, "by": f"source/{field}", "confidence": 1.0, "evidence": None}, **more,
        }
        for field, value, supplier in rows
    ]  # fmt: skip
    return pl.DataFrame(told, schema=SCHEMA, orient="row")


def stands(frame: pl.DataFrame, policy: Survivorship | None = None) -> dict[str, dict[str, Any]]:
    """What survives, by field."""
    told = survive(frame, policy or package_default())
    return {row["field"]: {**row, "value": row["value"]["value"]} for row in told.iter_rows(named=True)}


@st.composite
def statements(draw: st.DrawFn) -> pl.DataFrame:
    """Some records of one product, each saying one thing about some fields."""
    parts = []
    for number in range(draw(st.integers(1, 5))):
        recent = draw(st.one_of(st.none(), st.integers(0, 3)))
        for field in draw(st.sets(st.sampled_from(sorted(VALUES)), min_size=1)):
            value = draw(st.sampled_from(VALUES[field]))
            unit = draw(st.sampled_from(("EUR", "USD", None))) if field == "price" else None
            parts.append(said((field, value, f"s{number}"), recent=recent, unit=unit))
    return pl.concat(parts)


POLICY = package_default().changed({}, {"s1": 0.9, "s3": 0.1})


@settings(max_examples=25, deadline=None)
@given(frame=statements(), seed=st.integers(0, 99))
def test_the_order_of_records_is_nothing(frame: pl.DataFrame, seed: int) -> None:
    assert stands(frame, POLICY) == stands(frame.sample(fraction=1, shuffle=True, seed=seed), POLICY)


@settings(max_examples=25, deadline=None)
@given(frame=statements(), data=st.data())
def test_one_more_who_agrees_changes_no_value(frame: pl.DataFrame, data: st.DataObject) -> None:
    before = stands(frame, POLICY)
    told = sorted(set(before) - {"currency"})
    assume(told)
    field = data.draw(st.sampled_from(told))
    winner = frame.filter((pl.col("field") == field) & (pl.col("supplier") == before[field]["supplier"]))
    agrees = winner.with_columns(supplier=pl.lit(data.draw(st.sampled_from(("a", "s1", "s9", "z")))), sku=pl.lit("9"))
    after = stands(pl.concat([frame, agrees]), POLICY)
    assert after[field]["value"] == before[field]["value"]
    assert after[field]["agree"] == before[field]["agree"] + 1


@settings(max_examples=20, deadline=None)
@given(frame=statements())
def test_a_record_by_itself_stands_as_it_is(frame: pl.DataFrame) -> None:
    """What un-merging leaves: each record's own values."""
    alone = frame.with_columns(product=pl.col("supplier"))
    told = survive(alone, POLICY).select(
        "product", "field", pl.col("value").struct.field("value"), "decided_by", "others"
    )
    own = alone.select("product", "field", pl.col("value").struct.field("value"))
    assert told.select(own.columns).sort(pl.all()).equals(own.sort(pl.all()))
    assert set(told["decided_by"]) == {"only"}
    assert told["others"].null_count() == told.height


def test_a_spelling_is_no_disagreement_and_capitals_lose() -> None:
    told = stands(
        said(
            ("brand", "SONY", "a"),
            ("brand", "Sony", "b"),
            ("attribute:storage", "2 TB", "a"),
            ("attribute:storage", "2000 GB", "b"),
        )
    )
    assert (told["brand"]["value"], told["brand"]["decided_by"], told["brand"]["severity"]) == (
        "Sony",
        "all agree",
        None,
    )
    assert (told["attribute:storage"]["agree"], told["attribute:storage"]["differ"]) == (2, 0)


def test_who_lost_and_by_what_stands_beside_the_value() -> None:
    told = stands(said(("brand", "Sony", "b"), ("brand", "Arkon", "a")))["brand"]
    assert (told["value"], told["decided_by"], told["severity"]) == ("Sony", "named", 0.7)
    assert json.loads(told["others"]) == [{"supplier": "a", "sku": "1", "value": "Arkon", "lost": "named"}]


def test_the_currency_comes_with_the_price() -> None:
    frame = pl.concat(
        [
            said(("price", "12.50", "a"), ("currency", "EUR", "a"), unit="EUR"),
            said(("price", "19.00", "b"), ("currency", "USD", "b"), unit="USD"),
        ]
    )
    told = stands(frame, package_default().changed({}, {"b": 0.9}))
    assert (told["price"]["value"], told["currency"]["value"]) == ("19.00", "USD")
    assert (told["price"]["decided_by"], told["currency"]["decided_by"]) == ("trust", "with price")
    assert told["price"]["severity"] == 0.0


def test_a_policy_is_the_same_as_a_table_and_refuses_what_is_none() -> None:
    policy = package_default().changed({"price": ("recency",)}, {"acme": 0.9})
    assert Survivorship.read(policy.frame()) == policy
    assert policy.digest("price") != package_default().digest("price")
    assert policy.digest("gtin") != package_default().digest("gtin")
    assert package_default().changed({"price": ("recency",)}, {}).digest("gtin") == package_default().digest("gtin")
    with pytest.raises(ValueError, match="'loudest' is none"):
        FieldPolicy(("loudest",))
    with pytest.raises(ValueError, match="between 0 and 1"):
        package_default().changed({}, {"acme": 2.0})
