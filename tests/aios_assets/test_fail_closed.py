"""An engine that is missing, slow, silent or unclear means no; a healthy one finishes the work, and no model is asked twice."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from core_fixtures import Shop, embedded, kettles

from aios_assets.journal import Attempt
from aios_assets.stage import row_stage
from aios_assets.stages.products import products
from aios_assets.stages.records import records
from audit.entries import Decided
from audit.ledger import Kind
from policies.contract import Column, Contract, RowRule
from policies.engine import (
    ROWS,
    RULES,
    VERDICT,
    AnswerUndefinedError,
    EngineFailedError,
    EngineMissingError,
    EngineOutOfMemoryError,
    EngineTooSlowError,
    Identity,
    PolicyEngine,
)
from policies.gate import ENGINE_ANSWERS
from serving.cache import Cache
from serving.gateway import Gateway
from serving.local.attributes import OneAttribute
from serving.registry import Registry

COLOURED = Contract(
    key=("supplier", "sku"),
    columns=(
        Column("supplier", pl.String),
        Column("sku", pl.String),
        Column("colour", pl.String, reads=("title",), answered=True, null="none is named"),
    ),
)


@row_stage(COLOURED)
def coloured(products: pl.DataFrame, models: Gateway) -> pl.DataFrame:
    """What colour a model reads off each title."""
    answers = models.ask("extract/colour", products.select("supplier", "sku", "title"))
    return products.select("supplier", "sku").with_columns(answers.column("colour"))


Turn = Callable[[Any], Any]


@dataclass
class Turning:
    """The real engine, of which some entrypoints' answers are turned into something else."""

    engine: PolicyEngine
    turns: dict[str, Turn]

    @property
    def identity(self) -> Identity:
        return self.engine.identity

    def decide(self, entrypoint: str, document: bytes) -> Any:
        answer = self.engine.decide(entrypoint, document)
        return self.turns[entrypoint](answer) if entrypoint in self.turns else answer


def raises(error: Exception) -> Turn:
    """An engine that gives up."""

    def turn(answer: Any) -> Any:
        raise error

    return turn


def put(*path: str, value: Any) -> Turn:
    """An answer with another value at one place of each rule's answer."""

    def turn(answer: Any) -> Any:
        told = json.loads(json.dumps(answer))
        for one in told["rules"].values():
            one[path[-1]] = value
        return told

    return turn


def short(answer: Any) -> Any:
    """A list, or an object, that lacks its last."""
    if isinstance(answer, list):
        return answer[:-1]
    name = sorted(answer["rules"])[-1]
    return {**answer, "rules": {key: one for key, one in answer["rules"].items() if key != name}}


ENGINE = "test"
WRONG: dict[str, tuple[dict[str, Turn], str]] = {
    "missing": ({RULES: raises(EngineMissingError(ENGINE, why="nobody answers"))}, "is missing"),
    "slow": ({VERDICT: raises(EngineTooSlowError(ENGINE, VERDICT, seconds=10))}, "too slow"),
    "slow at rows": ({ROWS: raises(EngineTooSlowError(ENGINE, ROWS, seconds=10))}, "too slow"),
    "out of memory": ({VERDICT: raises(EngineOutOfMemoryError(ENGINE, VERDICT, limit=2**20))}, "out of memory"),
    "out of memory at rows": ({ROWS: raises(EngineOutOfMemoryError(ENGINE, ROWS, limit=2**20))}, "out of memory"),
    "failed": ({VERDICT: raises(EngineFailedError(ENGINE, VERDICT, why="it stopped"))}, "failed"),
    "undefined": ({VERDICT: raises(AnswerUndefinedError(ENGINE, VERDICT))}, "answered nothing"),
    "undefined at rows": ({ROWS: raises(AnswerUndefinedError(ENGINE, ROWS))}, "answered nothing"),
    "true": ({VERDICT: lambda _: True}, "malformed"),
    "'true'": ({VERDICT: lambda _: "true"}, "malformed"),
    "{}": ({VERDICT: lambda _: {}}, "malformed"),
    "{} at rows": ({ROWS: lambda _: {}}, "malformed"),
    "null": ({VERDICT: lambda _: None}, "malformed"),
    "no rules": ({VERDICT: lambda _: {"rules": {}}}, "malformed"),
    "admit: 'true'": ({VERDICT: put("admit", value="true")}, "malformed"),
    "admit: 1": ({VERDICT: put("admit", value=1)}, "malformed"),
    "a verdict too short": ({VERDICT: short}, "malformed"),
    "a list of rules too short": ({RULES: short}, "malformed"),
    "an empty list of rules": ({RULES: lambda _: []}, "malformed"),
    "too few rows judged": ({ROWS: lambda told: {**told, "judged": told["judged"] - 1}}, "malformed"),
    "rows of no rule": ({ROWS: lambda told: {**told, "rules": {}}}, "malformed"),
    "a row beyond the last": ({ROWS: put("refused", value=[10_000])}, "malformed"),
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop whose products are published."""
    made = Shop.open(tmp_path_factory.mktemp("closed"), stages=(records, products, coloured))
    feed = made.deliver("acme.csv", [{**one, "title": f"{one['title']} red"} for one in kettles(8)])
    for stage in (records, products):
        assert not made.make(stage, feed).refused
    return made


def judged_by(shop: Shop, engine: PolicyEngine, answers: Path) -> Shop:
    """The same shop under another engine, with a cache of answers of its own."""
    models = Gateway((OneAttribute(),), Registry.load(), cache=Cache(answers))
    gate = type(shop.runtime.gate)(engine, shop.runtime.gate.profile)
    return Shop(shop.folder, replace(shop.runtime, gate=gate, models=models), shop.stages)


def calls(shop: Shop, attempt: Attempt) -> int:
    """How often a model was really asked in an attempt, as its decision says."""
    assert attempt.ledger_index is not None
    (logged,) = shop.runtime.lake.ledger.read(attempt.ledger_index, attempt.ledger_index + 1)
    assert logged.entry.kind is Kind.DECIDED
    return sum(int(one["calls"]) for one in Decided.parse(logged.entry.body).models)


@pytest.mark.parametrize("wrong", WRONG)
def test_an_engine_that_gives_no_clear_answer_means_no(shop: Shop, wrong: str, tmp_path: Path) -> None:
    turns, why = WRONG[wrong]
    stage = replace(coloured, name=f"coloured_{list(WRONG).index(wrong)}")
    sick = judged_by(shop, Turning(embedded(), turns), tmp_path / "answers.db")
    refused = sick.make(stage)

    assert refused.refused
    assert ENGINE_ANSWERS in sick.why(refused)
    assert refused.verdict is not None
    told = next(one for one in refused.verdict.refusals if one.rule == ENGINE_ANSWERS)
    assert why in told.why
    assert told.do
    assert refused.ledger_index is not None
    (logged,) = shop.runtime.lake.ledger.read(refused.ledger_index, refused.ledger_index + 1)
    said = Decided.parse(logged.entry.body)
    assert not said.admitted
    assert said.writes == ()
    assert why in str(said.verdict)
    for table in (stage.name, stage.quarantine):
        assert shop.runtime.lake.state(table) is None
        assert not list(shop.runtime.lake.folder(table).glob("_delta_log/*"))
    assert calls(sick, refused) > 0

    healthy = judged_by(shop, embedded(), tmp_path / "answers.db")
    again = healthy.make(stage)
    assert not again.refused
    assert again.rows == 8
    assert calls(healthy, again) == 0


def test_the_same_engine_unturned_admits(shop: Shop, tmp_path: Path) -> None:
    well = judged_by(shop, Turning(embedded(), {}), tmp_path / "answers.db")
    attempt = well.make(replace(coloured, name="coloured_well"))
    assert (attempt.refused, attempt.version, attempt.rows) == (False, 0, 8)


def test_a_row_rule_that_gives_no_answer_sets_nothing_aside(shop: Shop, tmp_path: Path) -> None:
    picky = replace(COLOURED, rules=(RowRule("not-this", pl.col("sku") != "A-3", "not this one", "take another"),))
    stage = replace(coloured, name="coloured_picky", contract=picky)
    sick = judged_by(shop, Turning(embedded(), {ROWS: lambda _: {}}), tmp_path / "answers.db")
    refused = sick.make(stage)
    assert sick.why(refused) == [ENGINE_ANSWERS]
    assert shop.runtime.lake.state(stage.quarantine) is None
    again = judged_by(shop, embedded(), tmp_path / "answers.db").make(stage)
    assert (again.version, again.rows, again.set_aside) == (0, 7, 1)


def test_an_engine_with_other_rules_has_rows_judged_again_and_no_model_asked(shop: Shop, tmp_path: Path) -> None:
    stage = replace(coloured, name="coloured_again")
    first = judged_by(shop, embedded(), tmp_path / "answers.db")
    assert first.make(stage).computed == 8
    assert first.make(stage).unchanged

    @dataclass
    class Revised(Turning):
        @property
        def identity(self) -> Identity:
            return replace(self.engine.identity, policy="f" * 64)

    asked: list[int] = []

    def counted(told: Any) -> Any:
        asked.append(told["judged"])
        return told

    later = judged_by(shop, Revised(embedded(), {ROWS: counted}), tmp_path / "answers.db")
    judged = later.make(stage)
    assert (judged.computed, judged.upserted, judged.asked, judged.version) == (0, 0, 0, 0)
    assert asked  # the rows that stand were put before the new rules
    assert not judged.refused
    assert later.make(stage).unchanged

    def no(told: Any) -> Any:
        rules = {name: {**one, "refused": list(range(told["judged"]))} for name, one in told["rules"].items()}
        return {**told, "rules": rules}

    stern = judged_by(shop, Turning(embedded(), {ROWS: no}), tmp_path / "answers.db")
    refused = stern.make(stage)  # every row would go, and that is too large a share
    assert stern.why(refused) == ["quality/quarantine-share"]
    assert refused.rows == 8


def test_another_model_answers_again_also_when_the_attempt_between_asked_none(tmp_path: Path) -> None:
    made = Shop.open(tmp_path, stages=(records, products, coloured))
    assert not made.make(records, made.deliver("acme.csv", kettles(8))).refused
    made.make(products)
    assert made.make(coloured).asked == 8
    # A row goes: the attempt that follows asks no model, and so says nothing about those that answered before.
    made.make(records, made.deliver("acme.csv", kettles(7)))
    made.make(products)
    between = made.make(coloured)
    assert (between.computed, between.removed, between.asked) == (0, 1, 0)

    class Swapped(OneAttribute):
        version = "2"
        digest = "2" * 64

    models = Gateway((Swapped(),), Registry(()))
    later = Shop(tmp_path, replace(made.runtime, models=models), made.stages)
    attempt = later.make(coloured)
    assert attempt.computed == 7
    assert later.why(attempt) == ["model/registered-and-carded"]
