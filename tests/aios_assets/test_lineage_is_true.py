"""Lineage is true: another value in one input column changes only output columns that declare to read it."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from core_fixtures import CHAIN, Shop, decide, kettles, row

from aios_assets.enrich.matching import learn
from aios_assets.enrich.normalise.identifier import check_digits
from aios_assets.enrich.survivorship import package_default
from aios_assets.intake import take_in
from aios_assets.reviews import Reviewed, Verdict
from aios_assets.stage import FEED, Changes, Stage
from aios_assets.stages.brands import brands
from aios_assets.stages.records import FIELDS
from lineage.columns import column_lineage
from lineage.receipts import signed, split_answers
from policies.contract import ATTEMPT, FINGERPRINT, Contract

STAGES = (*CHAIN, brands)
CONTRACTS = {stage.name: stage.contract for stage in STAGES}
POOLS = (
    pytest.param(["99,90 EUR", "red steel kettle model 7919 of 2 litres", "de", None], id="read"),
    pytest.param(["x"], id="plain", marks=pytest.mark.slow),
    pytest.param(["1.50", "<b>tasty</b>", "4006381333931", "certain"], id="more", marks=pytest.mark.slow),
)
"""What is put into a column: texts that some stage reads something out of."""
DELIVERED = ("supplier", "sku", *FIELDS, "attributes", "file", "file_sha256", "line", "line_digest", "decimal")
Frames = Mapping[str, pl.DataFrame]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shop, tuple[Path, Path]]:
    """A shop, and what two suppliers of much the same delivered to it."""
    made = Shop.open(tmp_path_factory.mktemp("lineage"), stages=STAGES)
    mine = [*kettles(6), row("A-90", "Red copper pan 24 cm", description="A <b>pan</b>, write to joe@example.com")]
    theirs = [{**one, "sku": f"Z{one['sku']}", "price": "11.00", "brand": "Acme Tools"} for one in mine]
    return made, (numbered(made.deliver("acme.csv", mine)), numbered(made.deliver("zeta.csv", theirs)))


def numbered(file: Path) -> Path:
    """A delivery with GTINs, the same in each: they prove its brands to be one."""
    header, *lines = file.read_text().splitlines()
    bodies = np.arange(400638133300, 400638133300 + len(lines))
    told = [f"{line},{body}{digit}" for line, body, digit in zip(lines, bodies, check_digits(bodies), strict=True)]
    file.write_text("\n".join([f"{header},gtin", *told]) + "\n")
    return file


@pytest.fixture(scope="module")
def feed(opened: tuple[Shop, tuple[Path, Path]]) -> pl.DataFrame:
    """The records as they are handed over, taken in before any stage has run: what is known is not read again."""
    shop, files = opened
    taken = take_in(shop.runtime, [str(file) for file in files], None)
    assert taken is not None
    return taken.rows.drop(FINGERPRINT)


@pytest.fixture(scope="module")
def shop(opened: tuple[Shop, tuple[Path, Path]], feed: pl.DataFrame) -> Shop:
    """The shop after a run."""
    assert feed.height
    made, files = opened
    for stage in STAGES[:2]:
        assert not made.make(stage, *files).refused
    decide(made, "acme/A-0", "zeta/ZA-5", Verdict.SAME)
    decide(made, "acme/A-1", "zeta/ZA-1", Verdict.DIFFERENT)
    for attempt in made.run(*files).values():
        assert not attempt.refused
    assert made.table("brand_aliases").height == 1
    return made


@pytest.fixture(scope="module")
def inputs(shop: Shop, feed: pl.DataFrame) -> Mapping[str, Frames]:
    """What each stage is handed: by stage, by input."""
    given: dict[str, Frames] = {}
    for stage in STAGES:
        frames = {}
        for name in stage.inputs:
            keys = list(dict.fromkeys([*CONTRACTS[name].keys, *stage.reads_of(name)]))
            frames[name] = shop.table(name).select(one for one in keys if one in CONTRACTS[name].schema)
        given[stage.name] = {FEED: feed} if stage.reads_feed else frames
    return given


def made_of(stage: Stage, frames: Frames, shop: Shop) -> pl.DataFrame:
    """The physical columns that a stage's function makes of these frames, called as a function."""
    named: dict[str, Any] = {name: frame if stage.rowwise else frame.lazy() for name, frame in frames.items()}
    resources = {
        "vault": shop.runtime.vault,
        "models": shop.runtime.models,
        "changes": Changes(None, {}),
        "reviewed": Reviewed.read(shop.runtime.lake.ledger),
        "survival": package_default(),
        "scratch": shop.runtime.scratch,
    }
    named |= {name: resources[name] for name in stage.resources}
    made = stage(**named)
    made = made.collect() if isinstance(made, pl.LazyFrame) else made
    return signed(split_answers(made, stage.contract).frame, stage.contract)


@pytest.fixture(scope="module")
def plain(shop: Shop, inputs: Mapping[str, Frames]) -> Frames:
    """What each stage makes of what it is handed, by stage."""
    return {stage.name: made_of(stage, inputs[stage.name], shop) for stage in STAGES}


def perturbed(frames: Frames, table: str, column: str, values: list[str | None]) -> Frames:
    """The frames with other values in one column of one of them; keys stay keys."""
    frame = frames[table]
    keys = CONTRACTS[table].keys if table in CONTRACTS else ("supplier", "sku")
    old = frame.get_column(column)
    if column == "artefact":
        # Another model, learned of other records.
        model = learn(frames["products"].with_columns(pl.lit("copper").alias("title")))
        new = pl.Series(column, [base64.b64encode(model.to_bytes()).decode()])
    elif column == "criteria":
        new = pl.Series(column, [("recency", "with price", "completeness, trust")[len(values) % 3]] * len(old))
    elif column in keys and old.dtype == pl.String:
        new = frame.select(pl.format("{}-{}", column, pl.lit(str(values[0]))).alias(column)).to_series()
    elif old.dtype == pl.String:
        filled = CONTRACTS[table].column(column).null is None if table in CONTRACTS and "__" not in column else False
        pool = [one for one in values if one is not None] or ["x"] if filled else values
        new = pl.Series(column, [pool[n % len(pool)] for n in range(len(old))], dtype=pl.String)
    else:
        new = (old.cast(pl.Float64) + float(len(values))).cast(old.dtype)
    return {**frames, table: frame.with_columns(new.alias(column))}


def untrue(
    contract: Contract, frames: Frames, source: tuple[str, str], before: pl.DataFrame, after: pl.DataFrame
) -> list[str]:
    """Output columns that changed and do not declare to read this input column."""
    shapes = {name: None if name == FEED else list(frame.columns) for name, frame in frames.items()}
    lineage = column_lineage(contract, shapes)
    keys = list(contract.keys)
    if any(source in {(one.table, one.column) for one in lineage[key]} for key in keys):
        return []  # which rows there are depends on it, and so does all that stands in them
    if before.height != after.height or not before.sort(keys).select(keys).equals(after.sort(keys).select(keys)):
        return keys
    silent = [name for name in before.columns if source not in {(one.table, one.column) for one in lineage[name]}]
    one, other = before.sort(keys), after.sort(keys)
    return [name for name in silent if not one.get_column(name).equals(other.get_column(name), null_equal=True)]


PUBLISHED = {"records", "products", "matches", "golden", "listings"}
"""Stages whose lineage is looked at in every quick run; the others' is in the whole one."""
PLACES = [
    pytest.param(*(stage, table, column), marks=() if stage.name in PUBLISHED else pytest.mark.slow)
    for stage in STAGES
    for table, columns in (
        {FEED: DELIVERED} if stage.reads_feed else {name: tuple(CONTRACTS[name].schema) for name in stage.inputs}
    ).items()
    for column in columns
    if table == FEED or column in {*CONTRACTS[table].keys, *stage.reads_of(table)}
]


@pytest.mark.parametrize("values", POOLS)
@pytest.mark.parametrize(("stage", "table", "column"), PLACES, ids=lambda one: getattr(one, "name", one))
def test_a_column_depends_on_nothing_that_it_does_not_declare(
    stage: Stage,
    table: str,
    column: str,
    values: list[str | None],
    shop: Shop,
    inputs: Mapping[str, Frames],
    plain: Frames,
) -> None:
    frames, before = inputs[stage.name], plain[stage.name]
    after = made_of(stage, perturbed(frames, table, column, values), shop)
    assert untrue(stage.contract, frames, (table, column), before, after) == []


def test_an_undeclared_dependency_is_found(shop: Shop, inputs: Mapping[str, Frames]) -> None:
    """The law can fail: a stage whose brand follows the title, which it does not say."""
    products = next(stage for stage in STAGES if stage.name == "products")
    frames = inputs["products"]
    before = made_of(products, frames, shop)
    after = before.with_columns(pl.lit("other").alias("brand"))
    assert untrue(products.contract, frames, ("records", "title"), before, after) == ["brand"]


def test_a_stage_is_handed_nothing_but_what_it_declares(shop: Shop, inputs: Mapping[str, Frames]) -> None:
    for stage in STAGES[1:]:
        for name, frame in inputs[stage.name].items():
            declared = {*CONTRACTS[name].keys, *stage.reads_of(name)}
            assert set(frame.columns) <= declared
            assert not {FINGERPRINT, ATTEMPT} & set(frame.columns)


def test_called_with_the_frames_of_a_run_the_functions_make_the_same_again(
    shop: Shop, inputs: Mapping[str, Frames], tmp_path: Path
) -> None:
    del tmp_path
    for stage in STAGES:
        made = made_of(stage, inputs[stage.name], shop)
        published = shop.table(stage.name).select(made.columns)
        assert sorted(made.rows(), key=str) == sorted(published.rows(), key=str)
