"""A contract changes on a lake with rows: what the gate says without a word, what becomes of rows, and the way back."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from changing import KEY, OFFERS, STOCK, SUMS, Changing, as_told, but, changed, delivered, in_words, offers, stock, sums

from aios_assets.carry import DEFAULTED
from aios_assets.errors import SettingsError, StageError
from aios_assets.reconcile import reconcile
from audit.ledger import Kind
from policies.contract import ATTEMPT, FINGERPRINT, Column, Contract, RowRule
from policies.migration import Added, Dropped, Exposed, Recomputed, Rekeyed, Renamed, Retyped

ROWS = {"a": 1, "b": 2, "c": 300, "d": None, "e": 6, "f": 7, "g": 8, "bad": -1}
NO_RULES: Any = ()
AMOUNT = changed(STOCK, Renamed("value", "amount"), columns=but(STOCK, "value", name="amount"), rules=NO_RULES)


def as_amount(rows: pl.DataFrame) -> pl.DataFrame:
    return as_told(rows).rename({"value": "amount"})


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two suppliers' stock, what is offered of it, and sums: made once."""
    made = Changing.open(folder := tmp_path_factory.mktemp("migrate"))
    assert not made.run("stock", delivered({"a": 5}, "you")).refused
    assert (two := made.run("stock", delivered(ROWS))).version == 1, made.why(two)
    assert [made.run(name).version for name in ("offers", "sums")] == [0, 0]
    made.runtime.lake.ledger.close()
    made.runtime.vault.close()
    return folder


@pytest.fixture
def shop(kept: Path, tmp_path: Path) -> Changing:
    """A copy of that shop, to be changed."""
    shutil.copytree(kept, tmp_path, dirs_exist_ok=True)
    return Changing.open(tmp_path)


WITHOUT_A_WORD: dict[str, tuple[Contract, Callable[[pl.DataFrame], pl.DataFrame], str]] = {
    "renamed": (replace(AMOUNT, migrations=()), as_amount, "value"),
    "dropped": (changed(STOCK, columns=KEY, rules=NO_RULES), lambda rows: rows.select("supplier", "id"), "value"),
    "retyped": (changed(STOCK, columns=but(STOCK, "value", dtype=pl.Int8)), as_told, "value"),
    "added": (
        changed(STOCK, columns=(*STOCK.columns, Column("unit", pl.String))),
        lambda rows: as_told(rows).with_columns(unit=pl.lit("piece")),
        "unit",
    ),
    "exposed": (changed(STOCK, columns=but(STOCK, "value", tags=frozenset())), as_told, "value"),
}


@pytest.mark.parametrize("profile", ["pilot", "scale", "run"])
def test_a_run_never_changes_a_contract_that_nobody_declared(tmp_path: Path, profile: str) -> None:
    shop = Changing.open(tmp_path, profile)
    shop.run("stock", delivered({"a": 5, "b": 7}, "you"))
    before = shop.table("stock")
    for name, (contract, make, about) in WITHOUT_A_WORD.items():
        shop.code(stock(contract, make))
        for attempt in (shop.run("stock", delivered({"a": 1})), shop.apply("stock")):
            assert ("schema/migration-declared", about) in shop.why(attempt), name
    assert shop.table("stock").equals(before)


def test_a_declared_change_waits_for_a_person(shop: Changing) -> None:
    shop.code(stock(AMOUNT, as_amount))
    refused = shop.run("stock", delivered(ROWS))
    assert shop.why(refused) == [("schema/migration-declared", "stock")]
    assert refused.verdict is not None
    assert "aios contract apply stock" in refused.verdict.refusals[0].do
    assert shop.apply("stock").version == 2


def test_a_renamed_column_keeps_its_values_and_nothing_is_computed_again(shop: Changing) -> None:
    before, aside = shop.table("stock"), shop.table("stock_quarantine")
    shop.code(stock(AMOUNT, as_amount))
    made = shop.apply("stock")
    assert (made.version, made.computed) == (2, 0)
    assert shop.table("stock").equals(before.rename({"value": "amount"}))
    assert shop.table("stock_quarantine").equals(aside)
    assert shop.run("stock", delivered(ROWS)).unchanged
    assert shop.run("stock", delivered({**ROWS, "a": 9})).computed == 1
    assert shop.runtime.lake.scan("stock", 1).collect().sort("supplier", "id").equals(before)


def test_a_renamed_column_takes_its_receipts_along(shop: Changing) -> None:
    before = shop.table("offers")
    told = changed(OFFERS, Renamed("words", "text"), columns=but(OFFERS, "words", name="text"))
    shop.code(offers(told, lambda rows: in_words(rows).rename({"words": "text"})))
    assert not shop.apply("offers").refused
    after = shop.table("offers")
    assert after.columns[3:7] == ["text", "text__by", "text__confidence", "text__evidence"]
    assert after.rows() == before.rows()
    assert shop.run("offers").unchanged
    shop.run("stock", delivered({**ROWS, "a": 9}))
    assert shop.run("offers").computed == 1


def test_a_column_that_is_added_with_a_default_has_it_signed(shop: Changing) -> None:
    more = Column("unit", pl.String, reads=("value",), answered=True)
    told = changed(OFFERS, Added("unit", "piece"), columns=(*OFFERS.columns, more))

    def with_unit(rows: pl.DataFrame) -> pl.DataFrame:
        return in_words(rows).with_columns(unit=pl.struct(value=pl.lit("piece"), by=pl.lit("shop/unit")))

    shop.code(offers(told, with_unit))
    made = shop.apply("offers")
    assert not made.refused, shop.why(made)
    assert shop.table("offers")["unit__by"].unique().to_list() == [DEFAULTED]
    assert shop.run("offers").unchanged


def test_a_default_that_is_not_what_the_stage_computes_is_refused(shop: Changing) -> None:
    told = changed(OFFERS, Added("unit", "piece"), columns=(*OFFERS.columns, Column("unit", pl.String)))
    shop.code(offers(told, lambda rows: in_words(rows).with_columns(unit=pl.lit("box"))))
    refused = shop.apply("offers")
    assert shop.why(refused) == [("schema/migration-declared", "offers")]
    assert refused.verdict is not None
    assert "of 8 rows that were computed again 8 hold other values" in refused.verdict.refusals[0].why
    told = changed(OFFERS, Added("unit"), columns=(*OFFERS.columns, Column("unit", pl.String)))
    shop.code(offers(told, lambda rows: in_words(rows).with_columns(unit=pl.lit("box"))))
    made = shop.apply("offers")
    assert (made.refused, made.computed) == (False, 8)
    assert shop.table("offers")["unit"].to_list() == ["box"] * 8
    assert shop.run("offers").unchanged


def test_values_that_mean_something_else_are_computed_anew_where_that_is_declared(shop: Changing) -> None:
    def doubled(rows: pl.DataFrame) -> pl.DataFrame:
        return in_words(rows).with_columns(value=2 * pl.col("value"))

    shop.code(offers(changed(OFFERS, Recomputed()), doubled))
    assert shop.apply("offers").computed == 8
    assert shop.table("offers")["value"].to_list() == [2, 4, 600, None, 12, 14, 16, 10]


def test_delivered_rows_are_not_computed_without_a_delivery(shop: Changing) -> None:
    shop.code(stock(changed(STOCK, Added("unit"), columns=(*STOCK.columns, Column("unit", pl.String)))))
    with pytest.raises(SettingsError, match="give each added column a default"):
        shop.apply("stock")


def test_delivered_rows_get_their_own_value_with_the_next_delivery(shop: Changing) -> None:
    told = changed(STOCK, Added("unit", "piece"), columns=(*STOCK.columns, Column("unit", pl.String)))
    shop.code(stock(told, lambda rows: as_told(rows).with_columns(unit=pl.lit("box"))))
    assert not shop.apply("stock").refused
    assert shop.table("stock")["unit"].to_list() == ["piece"] * 8
    assert not shop.run("stock", delivered(ROWS)).unchanged
    assert shop.table("stock")["unit"].to_list() == ["box"] * 7 + ["piece"]


def test_what_no_longer_fits_is_set_aside_and_comes_back(shop: Changing) -> None:
    before, aside = shop.table("stock"), shop.table("stock_quarantine")
    shop.code(stock(changed(STOCK, Retyped("value"), columns=but(STOCK, "value", dtype=pl.Int8))))
    made = shop.apply("stock")
    assert (made.refused, made.rows, made.set_aside) == (False, 7, 2)
    told = shop.table("stock_quarantine").filter(rule="contract/type").select("id", "why").rows()
    assert told == [("me/c", "value: the value is no Int8")]
    assert not shop.revert("stock").refused
    assert shop.table("stock").equals(before)
    assert shop.table("stock_quarantine").equals(aside)


def test_too_many_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    shop = Changing.open(tmp_path)
    shop.run("stock", delivered({"a": 300, "b": 301, "c": 1}))
    shop.code(stock(changed(STOCK, Retyped("value"), columns=but(STOCK, "value", dtype=pl.Int8))))
    assert shop.why(shop.apply("stock")) == [("quality/quarantine-share", "stock")]


def test_a_protecting_tag_goes_only_by_its_own_step(shop: Changing) -> None:
    bare = but(STOCK, "value", name="amount", tags=frozenset())
    shop.code(stock(changed(STOCK, Renamed("value", "amount"), columns=bare, rules=NO_RULES), as_amount))
    assert shop.why(shop.apply("stock")) == [("schema/migration-declared", "amount")]
    both = (Renamed("value", "amount"), Exposed("amount"))
    shop.code(stock(changed(STOCK, *both, columns=bare, rules=NO_RULES), as_amount))
    assert not shop.apply("stock").refused


def test_a_revert_takes_no_protection_off(shop: Changing) -> None:
    shop.code(offers(changed(OFFERS, columns=but(OFFERS, "value", tags={"personal"}))))
    assert not shop.apply("offers").refused
    assert shop.why(shop.revert("offers")) == [("schema/migration-declared", "value")]


def test_another_key(shop: Changing) -> None:
    def by_number(rows: pl.DataFrame) -> pl.DataFrame:
        return as_told(rows).with_columns(number=pl.lit("-"))

    number = Column("number", pl.String)
    told = changed(STOCK, columns=(*STOCK.columns, number), key=("supplier", "id", "number"))
    shop.code(stock(replace(told, migrations=changed(STOCK, Added("number", "-")).migrations), by_number))
    assert shop.why(shop.apply("stock")) == [("schema/migration-declared", "stock")]
    shop.code(stock(replace(told, migrations=changed(STOCK, Added("number", "-"), Rekeyed()).migrations), by_number))
    before, aside = shop.table("stock"), shop.table("stock_quarantine")
    assert not shop.apply("stock").refused
    assert shop.runtime.lake.scan("stock_quarantine").collect_schema().names()[:4] == [
        "id",
        "supplier",
        "id_key",
        "number",
    ]
    assert not shop.revert("stock").refused
    assert shop.table("stock").equals(before)
    assert shop.table("stock_quarantine").equals(aside)


def test_row_rules_that_changed_set_rows_aside(shop: Changing) -> None:
    small = RowRule("small", pl.col("value").fill_null(0) < 100, "it is too much", "deliver less")
    shop.code(stock(replace(STOCK, rules=(*STOCK.rules, small))))
    made = shop.apply("stock")
    assert (made.refused, made.rows) == (False, 7)


def test_a_run_holds_rows_that_stay_to_new_row_rules(shop: Changing) -> None:
    small = RowRule("small", pl.col("value").fill_null(0) < 5, "it is too much", "deliver less")
    shop.code(stock(replace(STOCK, rules=(*STOCK.rules, small))))
    made = shop.run("stock", delivered({"a": 1, "b": 2, "c": 3}))
    assert (made.refused, shop.table("stock_quarantine")["id"].to_list()) == (False, ["you/a"])
    assert shop.table("stock").filter(supplier="you").is_empty()


def test_what_is_read_under_another_name_is_not_computed_again(tmp_path: Path) -> None:
    """Downstream: the row stage reads the new name, and its rows' fingerprints are found again over it."""
    worth = Column("worth", pl.Int64, null="none was told")
    told = replace(STOCK, columns=(*STOCK.columns, worth))
    read = replace(OFFERS, columns=(*OFFERS.columns, Column("double", pl.Int64, reads=("worth",), null="as before")))

    def doubled(rows: pl.DataFrame) -> pl.DataFrame:
        return in_words(rows).with_columns(double=2 * rows["worth"])

    shop = Changing.open(tmp_path)
    shop.code(stock(told, lambda rows: as_told(rows).with_columns(worth=pl.col("value") + 1)), offers(read, doubled))
    shop.run("stock", delivered(ROWS))
    assert shop.run("offers").computed == 7
    before = shop.table("offers")
    # The new name comes before `value` in the alphabet, the old one after it: a fingerprint goes by that order.
    renamed = changed(told, Renamed("worth", "amount"), columns=but(told, "worth", name="amount"))
    shop.code(stock(renamed, lambda rows: as_told(rows).with_columns(amount=pl.col("value") + 1)))
    assert not shop.apply("stock").refused
    after = replace(read, columns=but(read, "double", reads=("amount",)))
    shop.code(offers(after, lambda rows: doubled(rows.rename({"amount": "worth"}))))
    made = shop.apply("offers")
    assert (made.refused, made.computed) == (False, 0), shop.why(made)
    assert shop.table("offers").drop(FINGERPRINT).equals(before.drop(FINGERPRINT))
    assert not shop.table("offers")[FINGERPRINT].equals(before[FINGERPRINT])
    assert shop.run("offers").computed == 0
    shop.run("stock", delivered({**ROWS, "a": 9}))
    assert shop.run("offers").computed == 1


def test_a_table_stage_goes_on_as_if_it_had_always_read_the_new_name(shop: Changing) -> None:
    shop.code(stock(AMOUNT, as_amount))
    shop.apply("stock")
    read = changed(SUMS, Renamed("total", "all"), columns=(SUMS.columns[0], Column("all", pl.Int64, reads=("amount",))))
    shop.code(sums(read, "amount", "all"))
    before = shop.table("sums")
    assert not shop.apply("sums").refused
    after = shop.table("sums")
    assert after.rename({"all": "total"}).equals(before)
    again = shop.run("sums")
    assert (again.refused, shop.table("sums").drop(ATTEMPT).equals(after.drop(ATTEMPT))) == (False, True)


def test_the_way_back_keeps_what_came_since(shop: Changing) -> None:
    before = shop.table("stock")
    shop.code(stock(AMOUNT, as_amount))
    shop.apply("stock")
    shop.run("stock", delivered({"a": 9, "b": 2, "new": 4, "worse": -2}))
    assert not shop.revert("stock").refused
    after = shop.table("stock")
    assert dict(after.filter(supplier="me").select("id", "value").rows()) == {"a": 9, "b": 2, "new": 4}
    stood = ("b", "you")
    assert after.filter(pl.col("id").is_in(stood)).equals(before.filter(pl.col("id").is_in(stood)))
    assert shop.table("stock_quarantine")["id"].to_list() == ["me/worse"]
    assert shop.why(shop.run("stock", delivered(ROWS))) == [("schema/migration-declared", "stock")]
    shop.code(stock())
    assert shop.run("stock", delivered({"a": 9, "b": 2, "new": 4, "worse": -2})).computed == 2  # the older code's turn
    assert not shop.run("stock", delivered(ROWS)).refused
    mine = shop.table("stock").filter(supplier="me").select("id", "value")
    assert dict(mine.rows()) == {name: value for name, value in ROWS.items() if name != "bad"}


def test_what_the_way_back_loses_has_to_be_accepted(shop: Changing) -> None:
    told = changed(STOCK, Dropped("value"), columns=KEY, rules=NO_RULES)
    shop.code(stock(told, lambda rows: rows.select("supplier", "id")))
    before = shop.table("stock")
    assert not shop.apply("stock").refused
    assert shop.table("stock").columns == ["supplier", "id", FINGERPRINT, ATTEMPT]
    shop.run("stock", delivered({**ROWS, "new": 4}))
    assert shop.why(shop.revert("stock")) == [("schema/migration-declared", "value")]
    assert not shop.revert("stock", accepts_loss=True).refused
    after = shop.table("stock")
    assert after.filter(pl.col("id") == "new")["value"].to_list() == [None]
    assert after.filter(pl.col("id") != "new").equals(before)


def test_a_revert_can_be_reverted(shop: Changing) -> None:
    shop.code(stock(AMOUNT, as_amount))
    shop.apply("stock")
    moved, aside = shop.table("stock"), shop.table("stock_quarantine")
    shop.revert("stock")
    assert not shop.revert("stock").refused
    assert shop.table("stock").equals(moved)
    assert shop.table("stock_quarantine").equals(aside)
    assert shop.run("stock", delivered(ROWS)).unchanged


def test_an_older_contract_in_code_is_taken_as_it_stands_there(shop: Changing) -> None:
    """The usual way back: the code first, then the table."""
    shop.code(stock(AMOUNT, as_amount))
    shop.apply("stock")
    shop.code(stock())
    refused = shop.run("stock", delivered(ROWS))
    assert ("schema/no-drift", "stock") in shop.why(refused)
    assert not shop.revert("stock").refused
    assert shop.run("stock", delivered(ROWS)).unchanged


def test_who_did_it_and_why_stands_in_the_ledger_and_in_lineage(shop: Changing) -> None:
    shop.code(stock(AMOUNT, as_amount))
    made = shop.apply("stock")
    ledger = shop.runtime.lake.ledger
    (word,) = [one.entry.body for one in ledger.read(kind=Kind.REVIEW, subject="stock")]
    assert (word["what"], word["by"], word["why"]) == ("migrated the contract", "ann", "it is meant")
    assert word["attempt"] == made.id
    assert word["migration"]["steps"] == [{"kind": "renamed", "column": "amount", "was": "value"}]
    ends = [one.entry.body["event"] for one in ledger.read(kind=Kind.LINEAGE)]
    end = [one for one in ends if one["eventType"] == "COMPLETE"][-1]
    told = {out["name"].rsplit("/", 1)[-1]: out["facets"]["schema"]["fields"] for out in end["outputs"]}
    assert [field["name"] for field in told["stock"]][:3] == ["supplier", "id", "amount"]


def test_there_is_nothing_to_do_where_nothing_changed(shop: Changing) -> None:
    with pytest.raises(SettingsError, match="the one that it is published under"):
        shop.apply("stock")
    with pytest.raises(SettingsError, match="never changed"):
        shop.revert("stock")


def test_a_step_about_nothing_is_told_as_such(shop: Changing) -> None:
    shop.code(stock(changed(STOCK, Renamed("worth", "amount"))))
    with pytest.raises(StageError, match=r"worth.*is about a column that is not there"):
        shop.apply("stock")


def test_a_change_that_a_crash_left_open_is_finished(shop: Changing, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.code(stock(AMOUNT, as_amount))
    with monkeypatch.context() as patch:
        patch.setattr(type(shop.runtime.lake), "commit", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            shop.apply("stock")
    assert "value" in shop.table("stock").columns
    assert len(reconcile(shop.runtime.lake).finished) == 1
    assert "amount" in shop.table("stock").columns
    assert shop.run("stock", delivered(ROWS)).unchanged
