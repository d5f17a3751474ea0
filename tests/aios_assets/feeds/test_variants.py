"""Variants: rows that leave title and brand to a parent's row get them, and where that is not sure somebody is asked."""

import os
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aios_assets.feeds import FeedError, Guess, UnsureError, guess, load, open_delivery, read
from aios_assets.feeds.batch import LINE
from aios_assets.feeds.inherit import LENT_DIGEST, LENT_LINE, Lender, pictures
from aios_assets.feeds.mapping import Inherit, Mapping, Source, Supplier, apply
from aios_assets.feeds.variants import NO_OPTION

TITLES = (
    "Wool Scarf",
    "Linen Shirt",
    "Oak Table Lamp",
    "Ceramic Mug",
    "Rain Jacket",
    "Canvas Tote",
    "Desk Mat",
    "Yoga Mat",
)
SHOP = "Handle,Title,Body (HTML),Vendor,Variant SKU,Variant Price,Image Src,Image Position"


def shop(*, strays: int = 0) -> str:
    lines = [SHOP]
    for at, title in enumerate(TITLES):
        handle, text = title.lower().replace(" ", "-"), f"<p>A fine {title.lower()} made to last for many years.</p>"
        vendor = ("Hejmo", "Vela")[at % 2]
        lines.append(f"{handle},{title},{text},{vendor},S-{at}0,{at + 9}.90,https://cdn.example/{at}.jpg,1")
        lines += [f"{handle},,,,S-{at}{size},{at + 9}.9{size},https://cdn.example/{at}{size}.jpg,2" for size in (1, 2)]
        lines.append(f"{handle},,,,,,https://cdn.example/{at}x.jpg,3")
    lines += [f"stray-{at},,,,X-{at},5.9{at},https://cdn.example/s{at}.jpg,1" for at in range(strays)]
    return "\n".join(lines) + "\n"


def webshop(*, wrong: int = 0) -> str:
    lines = ["ID,Type,SKU,Name,Description,Regular price,Categories,Brands,Parent"]
    for at, title in enumerate(TITLES):
        text = f"A fine {title.lower()} made to last for many years to come"
        lines.append(f"{at}00,variable,W-{at},{title},{text},,Home > Things,{('Hejmo', 'Vela')[at % 2]},")
        parent = f"W-{at}" if at >= wrong else f"gone-{at}"
        lines += [
            f"{at}0{n},variation,W-{at}-{n},{title} - {colour},,{at + 9}.9{n},,,{parent}"
            for n, colour in ((1, "Red"), (2, "Blue"))
        ]
    return "\n".join(lines) + "\n"


def guessed(folder: Path, text: str) -> tuple[Guess, Mapping]:
    file = folder / "shop.csv"
    file.write_text(text)
    os.utime(file, (1_700_000_000,) * 2)  # long at rest: nothing to wait for
    delivery = open_delivery(file)
    found = guess(delivery)
    return found, found.mapping(delivery)


def test_rows_of_one_handle_take_from_the_first(tmp_path: Path) -> None:
    found, mapping = guessed(tmp_path, shop())
    assert mapping.inherit == Inherit(by="Handle", fields=("title", "description", "brand"))
    assert found.variants is not None
    assert "16 of 32 rows leave title, description, brand to the first row of its Handle" in found.variants.told
    assert (found.variants.rows, found.variants.pictures) == (16, 8)
    assert mapping.fields["title"].columns == ("Title",)


def test_what_tells_variants_apart_ends_their_title(tmp_path: Path) -> None:
    lines = ["Handle,Title,Vendor,Option1 Name,Option1 Value,Option2 Value,Variant SKU,Variant Price"]
    for at, title in enumerate(TITLES):
        handle, one = title.lower().replace(" ", "-"), at % 4 == 3  # every fourth comes in one way only
        lines.append(
            f"{handle},{title},Hejmo,{'Title' if one else 'Size'},{NO_OPTION if one else 'S'},,S-{at}0,{at + 9}.90"
        )
        pairs = () if one else (("M", "Red"), ("L", "Blue"))
        lines += [f"{handle},,,,{size},{colour},S-{at}{size},{at + 9}.95" for size, colour in pairs]
    found, mapping = guessed(tmp_path, "\n".join(lines) + "\n")
    assert mapping.fields["title"] == Source(columns=("Title", "Option1 Value", "Option2 Value"), empty=(NO_OPTION,))
    assert "Option1 Value, Option2 Value tells them apart" in found.variants.told if found.variants else False
    rows = pl.concat([batch.rows for batch in read(open_delivery(tmp_path / "shop.csv"))])
    titles = apply(mapping, Lender(mapping).take(rows))["title"].to_list()
    assert titles[:3] == ["Wool Scarf S", "Wool Scarf M Red", "Wool Scarf L Blue"]
    assert titles[9] == "Ceramic Mug"
    assert len(set(titles)) == len(titles)


def test_rows_that_name_their_parent_take_from_it(tmp_path: Path) -> None:
    _, mapping = guessed(tmp_path, webshop())
    assert mapping.inherit == Inherit(by="Parent", of="SKU", fields=("description", "brand", "category"))
    written = tmp_path / "shop.toml"
    written.write_text(mapping.toml())
    assert '[inherit]\nby = "Parent"\nof = "SKU"' in written.read_text()
    assert load(written) == mapping


def test_where_not_every_row_finds_its_parent_somebody_is_asked(tmp_path: Path) -> None:
    for text in (shop(strays=2), webshop(wrong=3)):
        with pytest.raises(UnsureError, match=r"inherit: \d\d% of the rows that ask for a parent find one"):
            guessed(tmp_path, text)


def test_a_feed_whose_rows_say_everything_inherits_nothing(tmp_path: Path) -> None:
    rows = [f"S-{at},{title},{('Hejmo', 'Vela')[at % 2]},{at + 9}.90" for at, title in enumerate(TITLES)]
    found, mapping = guessed(tmp_path, "\n".join(["sku,title,brand,price", *rows]) + "\n")
    assert (found.variants, mapping.inherit) == (None, None)


@pytest.mark.parametrize("column", ["price", "weight", "box", "shelf"])
def test_products_without_a_title_take_none_from_another_that_shares_a_value(tmp_path: Path, column: str) -> None:
    """A supplier forgot some titles; that two products weigh the same, or lie on one shelf, makes them no variants."""
    value = {"price": "{}.50", "weight": "{}.25", "box": "{}", "shelf": "R-{}"}[column]
    rows = [f"S-{at},{title},Hejmo,{value.format(at + 3)}" for at, title in enumerate(TITLES)]
    rows += [f"T-{at},,Hejmo,{value.format(3)}" for at in range(4)]
    text = "\n".join([f"sku,title,brand,{column}", *rows]) + "\n"
    (tmp_path / "shop.csv").write_text(text)
    os.utime(tmp_path / "shop.csv", (1_700_000_000,) * 2)
    assert guess(open_delivery(tmp_path / "shop.csv")).variants is None


def test_a_mapping_whose_parents_are_in_no_column_is_refused() -> None:
    mapping = Mapping(supplier=Supplier(name="s"), fields={"sku": Source(columns=("id",))}, inherit=Inherit(by="group"))
    with pytest.raises(FeedError, match="group"):
        mapping.check(("id", "title"))


MAPPING = Mapping(
    supplier=Supplier(name="s"),
    fields={name: Source(columns=(name,)) for name in ("sku", "title", "brand")},
    inherit=Inherit(by="handle", fields=("title", "brand")),
)
CELL = st.sampled_from([None, "a", "b"])


@given(st.lists(st.tuples(st.sampled_from([None, "h", "i", "j"]), CELL, CELL), max_size=12), st.data())
def test_how_a_feed_is_cut_into_batches_does_not_matter(
    cells: list[tuple[str | None, ...]], data: st.DataObject
) -> None:
    rows = pl.DataFrame(cells, schema=dict.fromkeys(("handle", "title", "brand"), pl.String), orient="row")
    rows = rows.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(LINE))
    digests = pl.Series([f"d{line}" for line in rows[LINE]], dtype=pl.String)
    whole = Lender(MAPPING).take(rows, digests)
    cut, lender = data.draw(st.integers(0, rows.height)), Lender(MAPPING)
    assert pl.concat([lender.take(rows[:cut], digests[:cut]), lender.take(rows[cut:], digests[cut:])]).equals(whole)
    for row, was in zip(whole.rows(named=True), rows.rows(named=True), strict=True):
        parent = next((one for one in rows.rows(named=True) if one["handle"] == was["handle"]), None)
        lent = parent is not None and parent[LINE] != was[LINE] and was["handle"] is not None
        for name in ("title", "brand"):
            assert row[name] == (was[name] if was[name] is not None or not lent else parent[name])  # type: ignore[index]
        took = any(row[name] != was[name] for name in ("title", "brand"))
        assert (row[LENT_LINE] is not None) == took
        assert row[LENT_DIGEST] == (f"d{row[LENT_LINE]}" if took else None)


def test_a_row_of_a_picture_is_one_only_where_nothing_else_is_said() -> None:
    rows = pl.DataFrame({"h": ["a", "a", None], "sku": [None, "1", None], "Image Src": ["x", "y", "z"]})
    assert pictures(rows, "h").to_list() == [True, False, False]
    assert not pictures(rows.drop("Image Src"), "h").any()
