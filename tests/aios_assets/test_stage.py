"""Stage: what a declaration says, what it refuses, and the order that stages run in."""

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from core_fixtures import CHAIN

from aios_assets.errors import StageError
from aios_assets.runtime import OFFERED
from aios_assets.stage import RESOURCES, Stage, in_order, row_stage, stages_of, table_stage
from policies.contract import Column, Contract

THINGS = Contract(key="id", columns=(Column("id", pl.String), Column("name", pl.String, reads=("goods.title", "size"))))


@row_stage(THINGS)
def things(goods: pl.DataFrame) -> pl.DataFrame:
    """Things that are goods."""
    return goods


@table_stage(THINGS, group="id", owner="team:me", part="mine")
def groups(things: pl.LazyFrame, models: Any, changes: Any) -> pl.LazyFrame:
    """Things again."""
    return things


def test_a_stage_is_its_function() -> None:
    frame = pl.DataFrame({"id": ["1"]})
    assert things(frame) is frame
    assert things(goods=frame) is frame


def test_parameters_are_tables_or_resources() -> None:
    assert (groups.inputs, groups.resources, groups.reads_feed) == (("things",), ("models", "changes"), False)
    assert (groups.owner, groups.part, groups.described) == ("team:me", "mine", "Things again.")
    assert things.quarantine == "things_quarantine"
    assert things.reads_of("goods") == ("size", "title")
    assert things.reads_of("other") == ("size",)


def test_whatever_is_offered_is_no_table_and_whatever_is_no_table_is_offered() -> None:
    # A name in one list alone made of `scratch` a table that nobody had written, and the gate refused all who asked for it.
    assert {*OFFERED, "changes"} == RESOURCES


def test_a_declaration_that_cannot_be_kept_is_refused() -> None:
    def silent(goods: pl.DataFrame) -> pl.DataFrame:
        return goods

    def several(goods: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
        """Of two."""
        return goods.join(more, on="id")

    def alone() -> pl.DataFrame:
        """Of none."""
        return pl.DataFrame()

    with pytest.raises(StageError, match="no docstring"):
        row_stage(THINGS)(silent)
    for function in (several, alone):
        with pytest.raises(StageError, match="exactly one input"):
            row_stage(THINGS)(function)
    with pytest.raises(StageError, match="no key column"):
        table_stage(THINGS, group="name")(several)


def test_stages_run_after_their_inputs() -> None:
    ordered = in_order(tuple(reversed(CHAIN)))
    names = [stage.name for stage in ordered]
    assert all(names.index(name) < names.index(stage.name) for stage in ordered for name in stage.inputs)


def test_an_unknown_input_and_a_circle_are_refused() -> None:
    with pytest.raises(StageError, match="goods, which no stage makes"):
        in_order((things,))
    circle = (replace(groups, name="goods"), replace(things, name="things"))
    with pytest.raises(StageError, match="waits for another"):
        in_order(circle)


def test_code_is_what_a_row_is_due_to() -> None:
    assert things.code == replace(things).code
    assert things.code != replace(things, contract=replace(THINGS, version=2)).code


def test_a_modules_stages_are_found() -> None:
    from aios_assets.stages import products as module

    assert [stage.name for stage in stages_of(module)] == ["products"]


@pytest.mark.parametrize("stage", CHAIN, ids=lambda stage: stage.name)
def test_a_stage_module_knows_no_dagster_and_no_lake(stage: Stage) -> None:
    tree = ast.parse(Path(stage.function.__code__.co_filename).read_text())
    named = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    named += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert not [one for one in named if one.split(".")[0] in {"dagster", "deltalake"} or one == "aios_assets.lake"]
