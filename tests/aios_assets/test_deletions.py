"""Changes that take products away: gone downstream, remembered by their order, and the same whatever came first."""

import uuid
from pathlib import Path

import pytest
from core_fixtures import Shop
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aios_assets.catalogue import totals
from aios_assets.stages.products import products
from aios_assets.stages.records import records

HEAD = "sku,title,price,updated,op"
MAPPING = """mode = "delta"
order = "updated"
deleted = { column = "op", values = ["delete"] }
[supplier]
name = "acme"
[fields]
sku = "sku"
title = "title"
price = "price"
"""
UNLIKE = ("file", "file_sha256", "line", "line_digest")


def shop_in(folder: Path, mapping: str = MAPPING) -> Shop:
    shop = Shop.open(folder, stages=(records, products))
    shop.runtime.settings.mappings.mkdir(exist_ok=True)
    (shop.runtime.settings.mappings / "acme.toml").write_text(mapping)
    return shop


def change(key: int, at: int, price: int | None) -> str:
    """A line; without a price it takes the product away."""
    return f"P{key},,,{at},delete" if price is None else f"P{key},Pan number {key} of iron,{price}.50,{at},upsert"


def deliver(shop: Shop, lines: list[str], head: str = HEAD) -> None:
    file = shop.folder / f"{uuid.uuid4().hex}.csv"
    file.write_text("\n".join([head, *lines]) + "\n")
    made = shop.run(file, supplier="acme")
    assert not [
        shop.why(attempt) + [f.why for f in attempt.verdict.refusals] for attempt in made.values() if attempt.refused
    ]


def offered(shop: Shop) -> dict[str, str]:
    return {sku: str(price) for sku, price in shop.table("products").select("sku", "price").sort("sku").iter_rows()}


def test_what_is_taken_away_is_gone_downstream_and_its_key_and_order_stay(tmp_path: Path) -> None:
    shop = shop_in(tmp_path)
    deliver(shop, [change(1, 10, 5), change(2, 10, 6)])
    deliver(shop, [change(1, 20, None)])
    assert offered(shop) == {"P2": "6.5000"}
    kept = shop.table("records").filter(sku="P1").row(0, named=True)
    assert (kept["withdrawn"], kept["ordered"], kept["title"], kept["price"]) == (True, 20, None, None)
    assert totals(shop.runtime)["rows_in"] == 1  # as `aios run` tells it


@pytest.mark.slow
def test_a_late_row_does_not_bring_it_back_and_a_newer_one_does(tmp_path: Path) -> None:
    shop = shop_in(tmp_path)
    deliver(shop, [change(1, 20, None), change(2, 10, 6)])
    deliver(shop, [change(1, 10, 5), change(2, 11, 7)])
    assert offered(shop) == {"P2": "7.5000"}
    deliver(shop, [change(1, 30, 8)])
    assert offered(shop) == {"P1": "8.5000", "P2": "7.5000"}


def test_a_later_assortment_ends_the_memory(tmp_path: Path) -> None:
    shop = shop_in(tmp_path)
    deliver(shop, [change(1, 20, None), change(2, 20, 6)])
    written = shop.runtime.settings.mappings / "acme.toml"
    written.write_text(MAPPING.replace('"delta"', '"snapshot"'))
    deliver(shop, [change(2, 30, 6), change(3, 30, 7)])
    assert set(shop.table("records")["sku"]) == {"P2", "P3"}


ROW = st.tuples(st.integers(0, 3), st.integers(1, 30), st.one_of(st.none(), st.integers(1, 99)))
ROWS = st.lists(ROW, min_size=2, max_size=10, unique_by=lambda row: (row[0], row[1]))


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=ROWS, data=st.data())
def test_any_order_and_split_ends_as_one_delivery_of_all(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int, int | None]], data: st.DataObject
) -> None:
    home = tmp_path_factory.mktemp("any")
    others = [change(key, 15, 5) for key in range(10, 60)]  # so that few of all are set aside
    one, many = shop_in(home / "one"), shop_in(home / "many")
    deliver(one, [*others, *(change(*row) for row in rows)])
    shuffled = data.draw(st.permutations(rows))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(rows) - 1), max_size=2)))
    for low, high in zip([0, *cuts], [*cuts, len(rows)], strict=True):
        deliver(many, [*others, *(change(*row) for row in shuffled[low:high])])
    for table in ("records", "products"):
        assert many.values(table, but=UNLIKE) == one.values(table, but=UNLIKE)
    newest = {key: max((at, price or 0) for k, at, price in rows if k == key) for key, _, _ in rows}
    told = {sku: price for sku, price in offered(many).items() if sku in {f"P{key}" for key in range(4)}}
    assert told == {f"P{key}": f"{price}.5000" for key, (_, price) in newest.items() if price}
