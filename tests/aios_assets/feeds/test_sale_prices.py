"""Two prices of one product: which counts is asked, and a mapping can answer that the sale's does where there is one."""

import re
from pathlib import Path

import polars as pl
import pytest

from aios_assets.feeds import Limits, UnsureError, guess, inspect, open_delivery
from aios_assets.feeds.mapping import Mapping, Source, Supplier, apply, load

QUICK = Limits(settle_seconds=0)
EITHER = Source(columns=("sale_price", "price"), first=True)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A merchant feed in which every fourth product is on sale."""
    file = tmp_path / "shop.tsv"
    sales = (f"{n + 3}.90 EUR" if n % 4 == 0 else "" for n in range(40))
    lines = [f"P{n}\tPan number {n} of iron\t{n + 5}.50 EUR\t{sale}\tin stock" for n, sale in enumerate(sales)]
    file.write_text("\n".join(["id\ttitle\tprice\tsale_price\tavailability", *lines]) + "\n", encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("sale", "price", "counts"),
    [("8.90", "9.90", "8.90"), (None, "9.90", "9.90"), ("", "9.90", "9.90"), (None, None, None), ("", "", None)],
)
def test_the_first_that_is_filled_counts(sale: str | None, price: str | None, counts: str | None) -> None:
    rows = pl.DataFrame({"sale_price": [sale], "price": [price]}, schema={"sale_price": pl.String, "price": pl.String})
    mapping = Mapping(supplier=Supplier(name="shop"), fields={"price": EITHER})
    assert apply(mapping, rows)["price"].to_list() == [counts]


def test_several_columns_are_joined_unless_the_first_counts() -> None:
    rows = pl.DataFrame({"brand": ["Acme", None], "name": ["Pan", "Pot"]})
    mapping = Mapping(supplier=Supplier(name="shop"), fields={"title": Source(columns=("brand", "name"))})
    assert apply(mapping, rows)["title"].to_list() == ["Acme Pan", "Pot"]


def test_a_feed_with_both_prices_asks_and_says_how_both_are_read(shop: Path) -> None:
    delivery = open_delivery(shop, limits=QUICK)
    with pytest.raises(UnsureError, match=r'where there is a sale its price: \{ columns = \["sale_price", "price"\]'):
        guess(delivery).mapping(delivery)


def test_the_answer_that_inspect_writes_reads_each_price(shop: Path) -> None:
    written = shop.with_name("shop.toml")
    text = inspect(shop, limits=QUICK).toml()
    written.write_text(re.sub(r"# price = .* or (\{.*\})  # unsure.*", r"price = \1", text), encoding="utf-8")
    mapping = load(written)
    assert mapping.fields["price"] == EITHER
    assert load_again(mapping, shop) == mapping


def load_again(mapping: Mapping, shop: Path) -> Mapping:
    """The mapping as it comes back from its own text."""
    again = shop.with_name("again.toml")
    again.write_text(mapping.toml(), encoding="utf-8")
    return load(again)


def test_two_prices_without_a_sale_have_no_such_answer(tmp_path: Path) -> None:
    file = tmp_path / "shop.csv"
    lines = [f"P{n},Pan number {n} of iron,{n + 5}.50,{n + 6}.50" for n in range(40)]
    file.write_text("\n".join(["sku,title,price gross,price", *lines]) + "\n", encoding="utf-8")
    doubts = guess(open_delivery(file, limits=QUICK)).doubts
    assert [doubt.field for doubt in doubts] == ["price"]
    assert (doubts[0].either, "first = true" in doubts[0].line) == ("", False)
