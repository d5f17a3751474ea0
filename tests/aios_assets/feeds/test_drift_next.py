"""Next deliveries: what a person would take in is let through, and what must not be read as before is told and refused."""

from pathlib import Path

import polars as pl
import pytest

from aios_assets.feeds.drift import drift
from policies.bundle import Bundle
from policies.gate import Gate
from policies.wasm import WasmEngine
from tests.aios_assets.feeds.next_changes import CHANGES
from tests.aios_assets.feeds.next_deliveries import Watch
from tests.aios_assets.feeds.next_feeds import Next, feeds
from tests.aios_assets.feeds.next_ordinary import ORDINARY
from tests.aios_assets.feeds.test_drift import BEFORE, seen


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Watch]:
    folder: Path = tmp_path_factory.mktemp("next")
    return {name: Watch(feed, folder) for name, feed in feeds(400).items()}


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate(WasmEngine(Bundle.read(), seconds=60.0), "run")


def cases(group: tuple[Next, ...]) -> list[tuple[Next, str]]:
    return [(each, name) for each in group for name in each.only]


@pytest.mark.slow
def test_ordinary_deliveries_are_let_through(watched: dict[str, Watch], gate: Gate) -> None:
    told = {(name, each.name): watched[name].told(each) for each, name in cases(ORDINARY)}
    assert len(told) >= 80
    assert [case for case, found in told.items() if watched[case[0]].refused(gate, found)] == []
    assert sum(bool(found) for found in told.values()) <= 0.05 * len(told)


@pytest.mark.slow
def test_changes_are_told_and_refused(watched: dict[str, Watch], gate: Gate) -> None:
    told = {(name, each): watched[name].told(each) for each, name in cases(CHANGES)}
    assert len(told) >= 90
    assert [
        (name, each.name)
        for (name, each), found in told.items()
        if not any(watched[name].names(each, one) for one in found)
    ] == []
    through = {each.role for (name, each), found in told.items() if not watched[name].refused(gate, found)}
    assert through == {"date"}  # which no field of a products feed reads


def test_a_delta_of_one_category_or_in_another_unit_is_no_drift() -> None:
    before = seen(BEFORE).kept()
    one = BEFORE.filter(pl.col("brand") == "Smeg").head(60)
    new = one.with_columns(sku=pl.format("N-{}", pl.int_range(1000, 1000 + pl.len())), weight=pl.lit("12.5 kg"))
    assert drift(before, seen(one), changes=True) == ()
    assert drift(before, seen(pl.concat([BEFORE.head(300), new])), changes=True) == ()
    assert {each.kind for each in drift(before, seen(one.with_columns(title=pl.lit("-"))), changes=True)} == {
        "flattened"
    }


def test_another_decimal_sign_and_other_days_are_told() -> None:
    days = BEFORE.with_columns(day=pl.format("2026-11-{}", pl.int_range(pl.len()) % 20 + 10))
    before = seen(days).kept()
    later = days.with_columns(day=pl.format("2026-12-{}", pl.int_range(pl.len()) % 9 + 10))
    (comma,) = drift(before, seen(days.with_columns(pl.col("price").str.replace(".", ",", literal=True))))
    (written,) = drift(before, seen(days.with_columns(day=pl.format("{}.11.2026", pl.int_range(pl.len()) % 20 + 10))))
    assert drift(before, seen(later)) == ()
    assert (comma.kind, comma.column, "behind a comma" in comma.what) == ("type", "price", True)
    assert (written.kind, written.column, "9.9.9" in written.what) == ("type", "day", True)


def test_rows_that_stand_twice_are_told_and_stock_that_moves_is_not() -> None:
    stocked = BEFORE.with_columns(stock=(pl.int_range(pl.len()) * 7919 % 300).cast(pl.String))
    before = seen(stocked).kept()
    (twice,) = drift(before, seen(pl.concat([stocked, stocked.head(120)])))
    assert (twice.kind, twice.column) == ("rejects", "sku")
    assert twice.size == pytest.approx(1 / 6, abs=0.05)
    assert drift(before, seen(stocked.with_columns(pl.col("stock").reverse()))) == ()
