"""Each rule alone refuses one real input on the whole way, and admits its minimally mended twin."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import naughty_stages as naughty
import polars as pl
import pytest
from core_fixtures import CHAIN, Shop, kettles, row

import serving
from aios_assets.materialise import Run
from aios_assets.migrate import Word, migrate
from aios_assets.stage import Stage
from aios_assets.stages.products import products
from aios_assets.stages.records import records
from policies.contract import ATTEMPT, FINGERPRINT, Column
from policies.migration import Dropped, Migration
from serving.gateway import Gateway
from serving.model import Answered
from serving.registry import Registration, Registry, Standing

ROOT = Path(__file__).resolve().parents[2]
START = (records, products)
OWN = [stage for stage in vars(naughty).values() if isinstance(stage, Stage)]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop whose products are published: the ground of stages that read them."""
    made = Shop.open(tmp_path_factory.mktemp("rules"), stages=(*START, *OWN))
    feed = made.deliver("acme.csv", [replaced | {"brand": "anna.schmidt"} for replaced in map(dict, kettles(12))])
    assert not any(made.make(stage, feed).refused for stage in START)
    return made


@pytest.mark.parametrize(("name", "rule"), naughty.REFUSED.items())
def test_a_table_is_refused_by_one_rule_and_its_twin_admitted(shop: Shop, name: str, rule: str) -> None:
    bad = shop.make(getattr(naughty, name))
    assert shop.why(bad) == [rule]
    assert shop.runtime.lake.state(name) is None
    good = shop.make(getattr(naughty, f"{name}_mended"))
    assert not good.refused, good.verdict
    assert good.version == 0


def test_a_row_is_refused_by_the_confidence_floor_and_its_twin_admitted(shop: Shop) -> None:
    shop.make(naughty.guess)
    assert shop.table("guess_quarantine").select("sku", "rule").rows() == [("A-9", "evidence/confidence-floor")]
    assert shop.table("guess").height == 11
    shop.make(naughty.guess_mended)
    assert shop.table("guess_mended").height == 12
    assert shop.table("guess_mended_quarantine").is_empty()


def test_what_must_not_be_stored_is_not_even_drafted(shop: Shop) -> None:
    shop.make(naughty.contact)
    shop.make(naughty.contact_mended)
    assert not list(shop.runtime.lake.folder("contact").rglob("*.parquet"))
    assert list(shop.runtime.lake.folder("contact_mended").rglob("*.parquet"))


def test_an_input_that_nobody_committed_is_refused_and_read_when_it_is_there(tmp_path: Path) -> None:
    made = Shop.open(tmp_path, stages=START)
    alone = made.make(products)
    assert made.why(alone) == ["provenance/inputs-pinned"]
    assert alone.version is None
    made.make(records, made.deliver("acme.csv", kettles(3)))
    assert made.make(products).version == 0


def test_a_feed_with_too_many_broken_lines_is_refused(tmp_path: Path) -> None:
    made = Shop.open(tmp_path, stages=START)
    nameless = [row(f"B-{n}", "") for n in range(4)]
    bad = made.make(records, made.deliver("acme.csv", [*kettles(6), *nameless]))
    assert made.why(bad) == ["quality/quarantine-share"]
    assert made.runtime.lake.state("feed_rejects") is None
    good = made.make(records, made.deliver("acme.csv", [*kettles(7), *nameless[:3]]))
    assert (good.refused, good.rows, good.set_aside) == (False, 7, 3)


def test_a_feed_that_shrank_overnight_is_refused(tmp_path: Path) -> None:
    made = Shop.open(tmp_path, stages=START)
    assert made.make(records, made.deliver("acme.csv", kettles(100))).version == 0
    bad = made.make(records, made.deliver("acme.csv", kettles(19)))
    assert made.why(bad) == ["quality/volume-shift"]
    assert (bad.version, bad.rows) == (0, 100)
    good = made.make(records, made.deliver("acme.csv", kettles(20)))
    assert (good.refused, good.rows) == (False, 20)


class Namer:
    """A model that says one thing; it implements the real port."""

    task, name, inputs, many, batch, price = "extract/name", "namer", ("title",), False, 100, Decimal(0)
    version = "1"
    asked = 0

    def __init__(self, digest: str) -> None:
        self.digest = digest

    def answer(self, batch: pl.DataFrame) -> Answered:
        self.asked += batch.height
        rows = batch.select(
            pl.lit("warm").alias("value"), pl.lit(0.9).alias("confidence"), pl.col("title").alias("evidence")
        )
        return Answered(rows)


def named(products: pl.DataFrame, models: Gateway) -> pl.DataFrame:
    """What a model says of each product."""
    answers = models.ask("extract/name", products.select("supplier", "sku", "title"))
    return products.select("supplier", "sku").with_columns(answers.column("note"))


def with_model(shop: Shop, *standings: Standing) -> tuple[Shop, Namer]:
    """The shop with a model, registered so often as there are standings."""
    model = Namer("1" * 64)
    card = Registry.load().registrations[0].card
    told = tuple(
        Registration(
            task=model.task, name=model.name, version=model.version, digest=model.digest, standing=one, card=card
        )
        for one in standings
    )
    runtime = replace(shop.runtime, models=Gateway((model,), Registry(told)))
    return Shop(shop.folder, runtime, shop.stages), model


def test_a_model_that_is_not_registered_is_refused(shop: Shop) -> None:
    bad, good = naughty.stage(named, naughty.contract(naughty.ANSWERED)), Standing.CHAMPION
    refused = with_model(shop)[0].make(bad)
    assert shop.why(refused) == ["model/registered-and-carded"]
    assert with_model(shop, good)[0].make(bad).version == 0


def grown(*columns: Column, version: int, name: str = "notes") -> Stage:
    """The stage `notes`, as its code is at some time."""

    def notes(products: pl.DataFrame) -> pl.DataFrame:
        """What is to be said of each product."""
        return products.select("supplier", "sku", *(pl.lit(one.name).alias(one.name) for one in columns))

    notes.__name__ = name
    return naughty.stage(notes, replace(naughty.contract(*columns), version=version))


def test_a_contract_that_changed_is_refused_without_a_new_version_and_overwrites_with_one(shop: Shop) -> None:
    more = Column("more", pl.String, reads=("title",), null="there is no more to say")
    assert shop.make(grown(naughty.NOTE, version=1)).version == 0
    bad = shop.make(grown(naughty.NOTE, more, version=1))
    assert shop.why(bad) == ["schema/no-drift"]
    good = shop.make(grown(naughty.NOTE, more, version=2))
    assert (good.version, good.upserted) == (1, 12)
    assert shop.table("notes")["more"].to_list() == ["more"] * 12
    assert shop.why(shop.make(grown(naughty.NOTE, more, version=1))) == ["schema/no-drift"]


def test_a_column_that_is_gone_is_refused_until_it_is_declared_and_applied(shop: Shop) -> None:
    more = Column("more", pl.String, reads=("title",))
    assert not shop.make(grown(naughty.NOTE, more, version=4, name="remarks")).refused
    less = grown(naughty.NOTE, version=5, name="remarks")
    before = shop.table("remarks")
    assert shop.why(shop.make(less)) == ["schema/migration-declared"]
    declared = replace(less, contract=replace(less.contract, migrations=(Migration(5, (Dropped("more"),)),)))
    contracts = {other.name: other.contract for other in shop.stages}
    assert shop.why(shop.make(declared)) == ["schema/migration-declared"]
    assert shop.table("remarks").equals(before)
    done = migrate(shop.runtime, declared, contracts, Run("run", "contract"), Word("ann", "nobody reads it"))
    assert (done.refused, shop.table("remarks").columns) == (False, ["supplier", "sku", "note", FINGERPRINT, ATTEMPT])
    assert shop.make(declared).unchanged


def program(home: Path, *words: str, first: Sequence[Path] = ()) -> tuple[int, Any]:
    """Exit status and what `aios run … --json` tells, started in `home` with these folders before all others."""
    bare = {key: value for key, value in os.environ.items() if not key.startswith(("AIOS_", "DAGSTER_"))}
    path = os.pathsep.join(map(str, (*first, ROOT, Path(__file__).parent)))
    start = "import sys; from aios_assets.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", start, "run", *words, "--json"],
        cwd=home,
        env=bare | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def refusals(told: Any) -> set[tuple[str, str]]:
    """Table and rule of each refusal, all of which say why and what to do."""
    for one in told["refusals"]:
        assert one["why"]
        assert one["do"]
        assert one["ledger_index"] >= 0
    return {(one["table"], one["rule"]) for one in told["refusals"]}


@pytest.mark.slow
def test_through_the_program_each_is_refused_by_its_rule_and_its_twin_admitted(tmp_path: Path) -> None:
    (tmp_path / "aios.toml").write_text('[stages]\nmodules = ["naughty_stages"]\n')
    feed = tmp_path / "acme.csv"
    rows: Sequence[dict[str, str]] = [{**one, "brand": "anna.schmidt"} for one in kettles(12)]
    pl.DataFrame(rows).write_csv(feed)
    status, told = program(tmp_path, str(feed))
    assert status == 3  # the system said no
    assert refusals(told) == set(naughty.REFUSED.items())
    for name in naughty.REFUSED:
        assert not told["tables"][name]["admitted"]
        assert told["tables"][f"{name}_mended"]["admitted"]
    assert told["tables"]["guess"]["quarantined"] == 1
    assert told["tables"]["guess_mended"]["quarantined"] == 0
    assert {stage.name for stage in CHAIN} <= {name for name, one in told["tables"].items() if one["admitted"]}


NOTES = '''
import polars as pl

from aios_assets.stage import row_stage
from policies.contract import Column, Contract

KEY = (Column("supplier", pl.String, reads=("supplier",)), Column("sku", pl.String, reads=("sku",)))
TOLD = [Column(name, pl.String, reads=("title",), null="there is nothing to say") for name in {names}]


@row_stage(Contract(key=("supplier", "sku"), columns=(*KEY, *TOLD), version={version}))
def notes(products: pl.DataFrame) -> pl.DataFrame:
    """What is to be said of each product."""
    return products.select("supplier", "sku", *(pl.lit(one.name).alias(one.name) for one in TOLD))
'''


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_through_the_program_what_changes_between_runs_is_refused_and_its_twin_admitted(tmp_path: Path) -> None:
    """Inputs that nobody committed, a feed that shrank, a contract that changed, a model without its card."""
    (tmp_path / "aios.toml").write_text('[stages]\nmodules = ["shops_notes", "my_shop.stages"]\n')
    shutil.copytree(Path(serving.__file__).parent, tmp_path / "own" / "serving")
    card = tmp_path / "own" / "serving" / "cards" / "extract-colour.toml"
    champion = card.read_text()

    def run(stages: str, feed: int = 0, *, names: Sequence[str] = ("note",), version: int = 1) -> tuple[int, Any]:
        (tmp_path / "own" / "shops_notes.py").write_text(NOTES.format(names=list(names), version=version))
        pl.DataFrame(kettles(feed or 1)).write_csv(tmp_path / "acme.csv")
        words = [str(tmp_path / "acme.csv")] if feed else []
        return program(tmp_path, *words, "--stages", stages, first=(tmp_path / "own", ROOT / "examples" / "my_shop"))

    status, told = run("products")
    assert (status, refusals(told)) == (3, {("products", "provenance/inputs-pinned")})
    status, told = run("records,products,notes", 100)
    assert (status, refusals(told)) == (0, set())

    card.unlink()
    status, told = run("records,notes,colour", 19, names=("note", "more"))
    why = {"records": "quality/volume-shift", "notes": "schema/no-drift", "colour": "model/registered-and-carded"}
    assert (status, refusals(told)) == (3, set(why.items()))
    assert {told["tables"][name]["version"] for name in ("records", "notes")} == {0}

    card.write_text(champion)
    status, told = run("records,notes,colour", 20, names=("note", "more"), version=2)
    assert (status, refusals(told)) == (0, set())
    assert [told["tables"][name]["version"] for name in why] == [1, 1, 0]
