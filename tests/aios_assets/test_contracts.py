"""Contracts as the ledger keeps them: read back to the letter, or not at all."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from changing import STOCK, Changing, as_told, but, changed, delivered, stock

from aios_assets.contracts import published, read_rule, restored, written_rule
from aios_assets.errors import LakeError
from policies.contract import ContractError, RowRule
from policies.migration import Renamed

MOVED = changed(STOCK, Renamed("value", "amount"), columns=but(STOCK, "value", name="amount"), rules=())
ROWS = {"a": 1, "b": 2, "c": 3}


def test_a_rule_is_read_as_it_was_written() -> None:
    holds = pl.col("a").str.contains(r"\A[^\p{Cc}]{1,256}\z") & pl.any_horizontal(pl.col("a", "b").is_not_null())
    assert str(read_rule(written_rule(holds))) == str(holds)


def test_a_rule_that_calls_python_is_not_kept_and_never_run_to_be_read() -> None:
    called = pl.col("a").map_batches(lambda values: values, return_dtype=pl.Boolean)
    assert written_rule(called) == ""
    for text in ("", "QW5vbnltb3VzRnVuY3Rpb24="):
        with pytest.raises(ContractError, match="calls Python code"):
            read_rule(text)


def test_what_is_in_code_no_more_is_read_off_the_ledger(tmp_path: Path) -> None:
    shop = Changing.open(tmp_path)
    shop.run("stock", delivered(ROWS))
    lake = shop.runtime.lake
    told = published(lake, "stock", MOVED)
    assert told is not None
    assert (told.columns, told.keys, told.version, told.rules) == (STOCK.columns, STOCK.keys, 1, ())
    whole = restored(lake, "stock", MOVED, 0)
    assert (whole.digest, [rule.name for rule in whole.rules]) == (STOCK.digest, ["not-negative"])
    assert published(lake, "offers", MOVED) is None


def test_what_the_ledger_cannot_tell_asks_for_the_code(tmp_path: Path) -> None:
    shop = Changing.open(tmp_path)
    called = pl.col("value").map_batches(lambda values: values >= 0, return_dtype=pl.Boolean)
    ruled = replace(STOCK, rules=(RowRule("called", called, "it is negative", "deliver more"),))
    shop.code(stock(ruled))
    shop.run("stock", delivered(ROWS))
    shop.code(stock(MOVED, lambda rows: as_told(rows).rename({"value": "amount"})))
    assert not shop.apply("stock").refused
    with pytest.raises(LakeError, match="bring the older stage's code back"):
        shop.revert("stock")
    shop.code(stock(ruled))
    assert not shop.revert("stock").refused
    assert shop.table("stock").columns[2] == "value"


def test_a_lake_from_before_contracts_were_kept_can_be_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Changing.open(tmp_path)
    shop.run("stock", delivered(ROWS))
    before, lake = shop.table("stock"), shop.runtime.lake
    monkeypatch.setattr(type(lake.tables), "promised", lambda *_: None)
    told = published(lake, "stock", MOVED)
    assert told is not None
    assert [(one.name, one.type) for one in told.columns] == [(one.name, one.type) for one in STOCK.columns]
    shop.code(stock(MOVED, lambda rows: as_told(rows).rename({"value": "amount"})))
    assert not shop.apply("stock").refused
    assert shop.table("stock").equals(before.rename({"value": "amount"}))
    with pytest.raises(LakeError, match="before contracts were kept"):
        shop.revert("stock")
