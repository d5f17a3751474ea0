"""Deletions: a column that seems to take products away is asked about, and one that does not is not."""

from pathlib import Path

import polars as pl
import pytest

from aios_assets.feeds import FeedError, Limits, UnsureError, guess, inspect, open_delivery
from aios_assets.feeds.deletions import FIELD
from aios_assets.feeds.mapping import Deleted, load

QUICK = Limits(settle_seconds=0)


def feed(folder: Path, column: str, values: tuple[str, ...]) -> Path:
    file = folder / "acme.csv"
    lines = [f"P{n},Pan number {n} of iron,{n}.50,{values[n % len(values)]}" for n in range(40)]
    file.write_text("\n".join([f"sku,title,price,{column}", *lines]) + "\n")
    return file


ASKED = [
    ("operation", ("update", "delete")), ("Action", ("U", "D")), ("change_type", ("insert", "update", "deleted")),
    ("is_deleted", ("0", "1")), ("Deleted", ("false", "true")), ("Löschkennzeichen", ("", "X")), ("akcja", ("zmień", "usuń")),
    ("LVORM", ("", "x")), ("操作", ("更新", "删除")), ("Usunięty", ("nie", "tak")),
]  # fmt: skip
NOT_ASKED = [
    ("action", ("add", "update")), ("is_deleted", ("0", "0")), ("transaction", ("d", "e")), ("colour", ("red", "d")),
    ("status", ("active", "draft")), ("delivery", ("1", "2")), ("operation", ("manual", "automatic")),
]  # fmt: skip


@pytest.mark.parametrize(("column", "values"), ASKED)
def test_what_seems_to_take_products_away_is_asked_about(tmp_path: Path, column: str, values: tuple[str, ...]) -> None:
    delivery = open_delivery(feed(tmp_path, column, values), limits=QUICK)
    with pytest.raises(UnsureError, match=r"are those products gone\?") as asked:
        guess(delivery).mapping(delivery)
    assert asked.value.fields == (FIELD,)


@pytest.mark.parametrize(("column", "values"), NOT_ASKED)
def test_what_does_not_is_not(tmp_path: Path, column: str, values: tuple[str, ...]) -> None:
    delivery = open_delivery(feed(tmp_path, column, values), limits=QUICK)
    assert FIELD not in {doubt.field for doubt in guess(delivery).doubts}


def test_the_answer_that_inspect_writes_is_the_answer(tmp_path: Path) -> None:
    text = inspect(feed(tmp_path, "op", ("upsert", "delete")), limits=QUICK).toml()
    written = tmp_path / "acme.toml"
    written.write_text(text)
    assert load(written).deleted is None
    written.write_text(text.replace(f"# {FIELD}", FIELD))
    assert load(written).deleted == Deleted(column="op", values=("delete",))


def test_values_are_told_in_any_case_and_nothing_else_counts() -> None:
    cells = pl.Series(["Delete", " delete ", "deleted", "", None])
    assert Deleted(column="op", values=("DELETE",)).says(cells).to_list() == [True, True, False, False, False]


def test_sales_are_not_taken_away(tmp_path: Path) -> None:
    written = tmp_path / "shop.toml"
    written.write_text('kind = "sales"\ndeleted = { column = "op", values = ["d"] }\n[supplier]\nname = "shop"\n')
    with pytest.raises(FeedError, match="quantity below zero"):
        load(written)
