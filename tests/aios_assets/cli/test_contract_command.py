"""`aios contract`: a shop's own stage changes its contract, and every step of it is a command."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aios_assets.cli.answer import SAID_NO, WRONG_USE
from aios_assets.runtime import Runtime
from aios_assets.settings import load
from tests.aios_assets.cli.conftest import Aios
from tests.aios_assets.small_lake import run_chain

MODULE = "a_shop_whose_contract_changes"
STAGE = '''
import polars as pl

from aios_assets.stage import row_stage
from lineage.receipts import answer
from policies.contract import Column, Contract
from policies.migration import Migration, Renamed, Retyped

KEY = (Column("supplier", pl.String, reads=("supplier",)), Column("sku", pl.String, reads=("sku",)))
LENGTH = Column("{name}", pl.{dtype}, reads=("title",), answered=True, null="it has no title")


@row_stage(Contract(("supplier", "sku"), (*KEY, LENGTH), version={version}, migrations=({migrations})))
def lengths(products: pl.DataFrame) -> pl.DataFrame:
    """How long each title is."""
    long = answer(pl.col("title").str.len_chars().cast(pl.Int64), by="shop/length")
    return products.select("supplier", "sku", long.alias("{name}"))


@row_stage(Contract(("supplier", "sku"), (*KEY, Column("twice", pl.Int64, reads=("lengths.{read}",), null="as before"))))
def twices(lengths: pl.DataFrame) -> pl.DataFrame:
    """Twice as long."""
    return lengths.select("supplier", "sku", (2 * pl.col("{read}")).alias("twice"))
'''
Code = Callable[..., None]


@pytest.fixture
def code(own: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Code]:
    """Puts another version of the shop's stages in force."""
    (own.parent / "aios.toml").write_text(f'[stages]\nmodules = ["{MODULE}"]\n')

    def change(
        name: str = "long", dtype: str = "Int64", version: int = 1, migrations: str = "", read: str = "long"
    ) -> None:
        folder = own.parent / f"v{len(list(own.parent.glob('v*')))}"
        folder.mkdir()
        told = STAGE.format(name=name, dtype=dtype, version=version, migrations=migrations, read=read)
        (folder / f"{MODULE}.py").write_text(told)
        monkeypatch.syspath_prepend(folder)
        sys.modules.pop(MODULE, None)

    change()
    run_chain(Runtime.open(load()), [], only={"lengths", "twices"})
    yield change
    sys.modules.pop(MODULE, None)


RENAMED = 'Migration(2, (Renamed("long", "characters"),)),'
SIGNED = ("--by", "ann", "--why", "the trade says characters")


def test_no_change_says_so(aios: Aios, code: Code) -> None:
    said = aios("contract", "plan")
    assert (said.code, said.out) == (0, "every table is published under the contract in code: nothing to do\n")
    assert aios("contract", "plan", "lengths", "--json").told == {"tables": []}


def test_a_column_that_is_gone_is_told_with_what_to_declare(aios: Aios, code: Code) -> None:
    code("characters", version=2)
    (one,) = aios("contract", "plan", "--json").told["tables"]
    assert (one["table"], one["declared"], one["rows"]) == ("lengths", False, "carried over")
    assert [reader["breaks"] for reader in one["readers"]] == [["long"]]
    said = aios("contract", "plan", "lengths")
    assert 'Renamed("long", …) or Dropped("long")' in said.out
    assert "read by twices: BREAKS, it reads long" in said.out
    refused = aios("contract", "apply", "lengths", *SIGNED)
    assert refused.code == SAID_NO
    assert "schema/migration-declared" in refused.out


def test_a_rename_is_planned_looked_at_applied_and_taken_back(aios: Aios, code: Code, own: Path) -> None:
    before = aios("sql", "select * from lengths order by supplier, sku", "--json").told
    code("characters", version=2, migrations=RENAMED)
    (one,) = aios("contract", "plan", "--json").told["tables"]
    assert [each["step"] for each in one["differences"]] == ['Renamed("long", "characters")']
    assert (one["count"], one["declared"], one["reversible"]) == (len(before["rows"]), True, "yes, exactly")
    assert one["size"] > 0
    files = sorted(own.rglob("*.parquet"))
    seen = aios("contract", "preview", "lengths", "--json").told
    assert (seen["carried"], seen["set_aside"], seen["differing"]) == (len(before["rows"]), 0, 0)
    assert seen["checked"] == seen["rows"]
    sample = seen["samples"][0]
    assert sample["before"] == {
        "supplier": "acme",
        "sku": sample["after"]["sku"],
        "long": sample["after"]["characters"],
    }
    assert sorted(own.rglob("*.parquet")) == files
    done = aios("contract", "apply", "lengths", *SIGNED, "--json")
    assert (done.code, done.told["version"], done.told["computed"]) == (0, 1, 0)
    after = aios("sql", "select * from lengths order by supplier, sku", "--json").told
    assert after["rows"] == before["rows"]
    assert after["columns"][2:4] == ["characters", "characters__by"]
    assert "nothing to do" in aios("contract", "plan").out
    assert aios("sql", "select long from lengths", "--at", "lengths=0").code == 0
    assert "characters=" in aios("contract", "preview", "lengths", "--revert").out
    assert "put that back in code too" in aios("contract", "revert", "lengths", *SIGNED).out
    back = aios("sql", "select * from lengths order by supplier, sku", "--json").told
    assert (back["columns"], back["rows"]) == (before["columns"], before["rows"])
    assert aios("audit", "verify").code == 0


@pytest.mark.slow
def test_what_does_not_fit_is_shown_before_it_is_set_aside(aios: Aios, code: Code) -> None:
    code("long", dtype="Boolean", version=2, migrations='Migration(2, (Retyped("long"),)),')
    said = aios("contract", "preview", "lengths")
    assert said.code == 0
    assert "long: the value is no Boolean (contract/type)" in said.out
    assert aios("contract", "preview", "lengths", "--json").told["set_aside"] > 0


def test_wrong_use_is_told(aios: Aios, code: Code) -> None:
    for words, says in (
        (("apply", "lengths"), "somebody has to answer for it"),
        (("revert", "lengths", "--by", "ann", "--why", " "), "somebody has to answer for it"),
        (("apply", "lengths", *SIGNED), "is the one that it is published under"),
        (("revert", "lengths", *SIGNED), "never changed"),
        (("plan", "prices"), "no stage here makes it"),
        (("plan", "lengths_quarantine"), "both go together"),
    ):
        said = aios("contract", *words)
        assert (said.code, says in said.err) == (WRONG_USE, True), words
