# ruff: noqa: RUF001 - characters that look like others are what this file is about
"""Brands: learned from a catalogue by evidence, applied to one row alone."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aios_assets.enrich.normalise import brand
from aios_assets.enrich.normalise.brand import UNLEARNED, BrandModel


def rows(*told: tuple[str | None, str | None, str | None]) -> pl.DataFrame:
    return pl.DataFrame(told, schema={"brand": pl.String, "title": pl.String, "gtin": pl.String}, orient="row")


def catalogue() -> pl.DataFrame:
    packard = [("Hewlett Packard", f"Printer {n}", f"{n:014}") for n in range(12)]
    hp = [("HP", f"HP Printer {n}", f"{n:014}") for n in range(12)] + [("HP", f"HP Ink {n}", None) for n in range(30)]
    nike = [("Nike", f"Nike Air {n}", None) for n in range(20)] + [("NIKE", "NIKE Run", None), ("Nіke", "Nіke", None)]
    fine = [("Fine", f"Fine paper {n}", None) for n in range(10)] + [
        ("Acme", f"Fine pens {n}", None) for n in range(10)
    ]
    long = [("Black & Decker", f"Black & Decker drill {n}", None) for n in range(20)]
    return rows(*packard, *hp, *nike, *fine, *long, ("Acme Inc.", "x", None), ("Black", "Black box", None))


@pytest.fixture(scope="module")
def model() -> BrandModel:
    return brand.learn(catalogue())


def one(cell: str | None, model: BrandModel, title: str | None = None) -> tuple[str | None, str]:
    titles = None if title is None else pl.Series("t", [title])
    told = brand.read(pl.Series("b", [cell], dtype=pl.String), model, titles=titles)[0]
    assert told["by"] in brand.RULES
    return told["value"], told["by"].removeprefix("brand/")


@pytest.mark.parametrize(
    ("cell", "value", "rule"),
    [
        ("Nike", "Nike", "as-written"), ("NIKE", "Nike", "spelling"), ("nike", "Nike", "spelling"),
        ("Nіke", "Nike", "spelling"), (" Nike ", "Nike", "as-written"), ("Nike, Inc.", "Nike", "spelling"),
        ("NIKE GmbH", "Nike", "spelling"), ("Hewlett Packard", "HP", "alias"),
        ("HEWLETT-PACKARD", "HP", "alias"), ("hewlett packard GmbH & Co. KG", "HP", "alias"), ("HP", "HP", "as-written"),
        ("Acme", "Acme", "as-written"), ("Acme Inc.", "Acme", "spelling"), ("Acme Sp. z o.o.", "Acme", "spelling"),
        ("Unheard", "Unheard", "as-written"), ("black+decker", "Black & Decker", "spelling"), (None, None, "absent"),
        ("", None, "absent"), ("N/A", None, "absent"), ("-", None, "absent"), ("unbranded", None, "none"),
        ("Generic", None, "none"), ("No Name", None, "none"), ("bez marki", None, "none"), ("x" * 81, None, "too-long"),
        ("!!!", None, "no-sign"), ("3M", "3M", "as-written"),
    ],
)  # fmt: skip
def test_a_brand_has_one_spelling(model, cell, value, rule):
    assert one(cell, model) == (value, rule)


def test_an_alias_carries_its_share_as_confidence(model):
    told = brand.read(pl.Series(["Hewlett Packard"]), model)[0]
    assert told["confidence"] == pytest.approx(13 / 14)
    assert model.aliases == {"hewlettpackard": ("hp", 12, 12)}


@pytest.mark.parametrize(
    ("title", "value"),
    [
        ("Nike Air 90", "Nike"), ("NIKE air", "Nike"), ("HP Officejet", "HP"), ("Black & Decker saw", "Black & Decker"),
        ("Fine paper", None), ("Acme pens", None), ("Shoes by Nike", None), ("Nikelodeon", None), ("Hewlett Packard X", None),
        ("", None), ("Black shirt", None), ("HPX 5", None), ("Nike", "Nike"), ("Nike, red", "Nike"),
    ],
)  # fmt: skip
def test_a_title_names_the_brand_only_where_such_titles_always_do(model, title, value):
    assert one(None, model, title) == (value, "absent" if value is None else "title-start")
    assert one("Acme", model, title)[0] == "Acme"
    told = brand.read(pl.Series([None], dtype=pl.String), model, titles=pl.Series([title]))[0]
    assert told["evidence"] is None or title.startswith(told["evidence"])
    assert (told["confidence"] is None) == (value is None)


def test_without_evidence_there_is_no_alias():
    apart = [("Hewlett Packard", "a", f"{n:014}") for n in range(20)] + [
        ("HP", "b", f"{n + 50:014}") for n in range(20)
    ]
    assert brand.learn(rows(*apart)).aliases == {}
    few = [(name, "a", f"{n:014}") for n in range(3) for name in ("Hewlett Packard", "HP")]
    assert brand.learn(rows(*few)).aliases == {}
    resold = [(name, "a", f"{n:014}") for n in range(20) for name in (f"Shop {n % 4}", "HP")]
    own = [("Shop 1", "b", f"{n + 100:014}") for n in range(40) for _ in range(2)]
    assert "shop1" not in brand.learn(rows(*resold, *own)).aliases


def test_a_number_on_many_brands_proves_nothing():
    many = [(f"Brand {n}", "a", "00000000000017") for n in range(10)] * 20
    assert brand.learn(rows(*many)).aliases == {}


def test_a_model_is_its_bytes(model):
    assert BrandModel.from_bytes(model.to_bytes()) == model
    assert BrandModel.from_bytes(model.to_bytes()).digest == model.digest != UNLEARNED.digest
    with pytest.raises(ValueError, match="no brand model"):
        BrandModel.from_bytes(b'{"kind": "other"}')


def test_the_order_of_rows_does_not_matter(model):
    for seed in range(3):
        assert brand.learn(catalogue().sample(fraction=1.0, shuffle=True, seed=seed)).digest == model.digest


def test_an_empty_catalogue_teaches_nothing():
    assert brand.learn(rows()) == UNLEARNED
    assert one("NIKE", UNLEARNED) == ("NIKE", "as-written")


NAMES = st.sampled_from(
    ["Nike", "NIKE", "nike Inc.", "HP", "H.P.", "Hewlett Packard", "Acme", "ACME Ltd", None, "n/a", "x y"]
)


@given(st.lists(st.tuples(NAMES | st.text(max_size=12), st.text(max_size=20), st.integers(0, 9)), max_size=40))
@settings(max_examples=60, deadline=None)
def test_reading_twice_is_reading_once(told):
    table = rows(*[(name, title, f"{number:014}") for name, title, number in told])
    learned = brand.learn(table)
    once = brand.read(table["brand"], learned, titles=table["title"])
    assert len(once) == table.height
    assert once.struct.field("by").is_in(list(brand.RULES)).all()
    kept = once.struct.field("value")
    known = kept.is_not_null()
    assert brand.read(kept, learned).struct.field("value").filter(known).to_list() == kept.filter(known).to_list()
