"""Brands and their aliases: each spelling with its brand, on evidence that can be read; two names of one brand agree."""

import json
from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest

from aios_assets.enrich.survivorship import package_default
from aios_assets.stages.brand_aliases import brand_aliases
from aios_assets.stages.brands import BRANDS, brands
from aios_assets.stages.golden import GOLDEN, golden
from aios_assets.stages.survivorship import survivorship
from lineage.receipts import signed, split_answers
from serving.gateway import Gateway
from serving.local.attributes import Attributes
from serving.registry import Registry

Said = Sequence[tuple[str, str | None, str | None]]


def products(*told: tuple[str, str | None, str | None]) -> pl.DataFrame:
    """Products of supplier, brand and GTIN, numbered."""
    rows = [
        {"supplier": supplier, "sku": str(n), "brand": brand, "gtin": gtin}
        for n, (supplier, brand, gtin) in enumerate(told)
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(("supplier", "sku", "brand", "gtin"), pl.String))


def both(one: str, other: str, count: int, start: int = 0) -> Said:
    """So many products that zeta calls by one name and acme by the other."""
    numbers = [f"{n:014}" for n in range(start, start + count)]
    return [(supplier, name, number) for number in numbers for supplier, name in (("zeta", one), ("acme", other))]


OFFICE = products(
    *both("Hewlett-Packard", "HP", 12),
    *[("zeta", "Hewlett-Packard", f"{n:014}") for n in (90, 91) for _ in range(2)],
    *[("acme", "HP", None)] * 10,
    *[("acme", "Nike", None)] * 3, ("zeta", "NIKE", None), ("zeta", "Nike, Inc.", None),
    ("zeta", "n/a", None), ("zeta", "Unheard", None), ("zeta", None, "00000000000001"),
)  # fmt: skip


def told(frame: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """The table, physical, by spelling."""
    made = signed(split_answers(brands(frame.lazy(), brand_aliases(frame.lazy()).lazy()), BRANDS).frame, BRANDS)
    return {row["delivered"]: row for row in made.iter_rows(named=True)}


@pytest.mark.parametrize(
    ("delivered", "brand", "rule", "evidence"),
    [
        ("Hewlett-Packard", "HP", "alias", "12 of 14 products that further records carry are HP there"),
        ("HP", "HP", "as-written", None),
        ("Nike", "Nike", "as-written", "3 of 5 records write it Nike"),
        ("NIKE", "Nike", "spelling", "3 of 5 records write it Nike"),
        ("Nike, Inc.", "Nike", "spelling", "3 of 5 records write it Nike"),
        ("n/a", None, "absent", None),
        ("Unheard", "Unheard", "as-written", None),
    ],
)
def test_a_spelling_has_its_brand_and_says_why(
    delivered: str, brand: str | None, rule: str, evidence: str | None
) -> None:
    row = told(OFFICE)[delivered]
    assert (row["brand"], row["brand__by"], row["brand__evidence"]) == (brand, f"rule:brand/{rule}", evidence)
    assert row["brand__confidence"] == (13 / 16 if rule == "alias" else brand and 1.0)


def test_it_counts_who_writes_what() -> None:
    rows = told(OFFICE)
    assert set(rows) == {*OFFICE["brand"].drop_nulls()}
    assert sum(row["records"] for row in rows.values()) == OFFICE["brand"].count()
    counts = {name: (row["records"], row["suppliers"], row["spellings"], row["of"]) for name, row in rows.items()}
    assert counts["Hewlett-Packard"] == (16, "zeta", 2, 38)
    assert counts["HP"] == (22, "acme", 2, 38)
    assert counts["Nike"] == (3, "acme", 3, 5)
    assert counts["n/a"] == (1, "zeta", None, None)


def test_an_alias_of_an_alias_is_the_brand_and_names_what_it_was_seen_with() -> None:
    alone: Said = [("acme", "HP", None)] * 10
    frame = products(*both("HP Compaq", "Hewlett-Packard", 6), *both("Hewlett-Packard", "HP", 30, start=100), *alone)
    (compaq,) = brand_aliases(frame.lazy()).filter(name="hpcompaq").rows()
    assert compaq == ("hpcompaq", "hp", "hewlettpackard", 6, 6)
    row = told(frame)["HP Compaq"]
    assert row["brand"] == "HP"
    assert row["brand__evidence"] == "6 of 6 products that further records carry are Hewlett-Packard there"


def test_the_order_of_products_does_not_matter() -> None:
    assert told(OFFICE.sample(fraction=1.0, shuffle=True, seed=3)) == told(OFFICE)


def test_no_products_have_no_brands() -> None:
    assert brand_aliases(products().lazy()).is_empty()
    assert told(products()) == {}


def stands(aliases: pl.DataFrame, *names: str) -> dict[str, Any]:
    """The golden brand of one product that suppliers give these names, in order."""
    fields = (
        "title",
        "description",
        "model",
        "gtin",
        "price",
        "currency",
        "category",
        "image",
        "language",
        "written_in",
    )
    rows = [{"supplier": f"s{n}", "sku": "1", "brand": name} for n, name in enumerate(names)]
    made = pl.DataFrame(rows, schema=dict.fromkeys(("supplier", "sku", "brand", *fields), pl.String))
    made = made.with_columns(ordered=pl.lit(None, pl.Int64))
    grouped = made.select("supplier", "sku", product=pl.lit("p"), members=pl.lit(len(names)))
    policy = survivorship(survival=package_default()).lazy()
    gateway = Gateway((Attributes(),), Registry.load())
    answer = golden(made.lazy(), grouped.lazy(), aliases.lazy(), policy, models=gateway)
    (row,) = signed(split_answers(answer, GOLDEN).frame, GOLDEN).iter_rows(named=True)
    return row


def test_two_names_of_one_brand_agree_and_the_value_stays_as_a_record_writes_it() -> None:
    aliases = brand_aliases(OFFICE.lazy())
    row = stands(aliases, "HP", "Hewlett-Packard", "Canon", "Hewlett-Packard")
    assert (row["value"], row["supplier"], row["agree"], row["differ"]) == ("Hewlett-Packard", "s1", 3, 1)
    assert [one["value"] for one in json.loads(row["others"])] == ["Canon"]
    row = stands(aliases, "Hewlett-Packard", "HP")
    assert (row["agree"], row["differ"], row["severity"]) == (2, 0, None)


def test_names_that_nothing_proves_to_be_one_still_differ() -> None:
    row = stands(brand_aliases(products().lazy()), "HP", "Hewlett-Packard")
    assert (row["agree"], row["differ"]) == (1, 1)
    assert row["severity"] > 0
