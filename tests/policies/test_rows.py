"""Row rules: each distinct fact is asked once, and every row gets the answer to its own."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import pytest
from candidates import Answering, Told
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.bundle import Bundle
from policies.contract import FINGERPRINT, Column, Contract
from policies.engine import ROWS, PolicyEngine
from policies.gate import Gate
from policies.rows import BATCH, RowVerdict
from policies.wasm import WasmEngine

PALETTE = Contract(
    key="product",
    columns=(
        Column("product", pl.String),
        Column("colour", pl.String, answered=True, null="no colour is named"),
        Column("size", pl.Int64, answered=True, null="no size is named"),
        Column("price", pl.Decimal(12, 2), null="no price is known"),
    ),
)
SCHEMA = {**PALETTE.schema, FINGERPRINT: pl.Int64()}


def products(**columns: list[Any]) -> pl.DataFrame:
    """Rows of the contract with these columns, the rest null."""
    (height,) = {len(values) for values in columns.values()}
    return pl.DataFrame({name: columns.get(name, [None] * height) for name in SCHEMA}, schema=SCHEMA, strict=False)


def rule(name: str, facts: list[str]) -> dict[str, Any]:
    return {"rule": name, "title": name, "applies_to": "rows", "kind": "row", "facts": facts}


def judging(refuses: Callable[..., bool]) -> Callable[[Any], Any]:
    """A row answer that refuses each tuple of facts for which this holds."""

    def answer(asked: Any) -> Any:
        tuples = list(zip(*asked["columns"].values(), strict=True))
        refused = [index for index, one in enumerate(tuples) if refuses(*one)]
        said = {"refused": refused, "why": "it is so", "do": "change it"}
        return {"judged": len(tuples), "rules": dict.fromkeys(asked["rules"], said)}

    return answer


FLOORS: Mapping[str, float] = {"source": 0, "person": 0, "rule": 0.7, "model": 0.7}

ANSWER = st.tuples(
    st.one_of(st.none(), st.sampled_from(["red", "blue"])),
    st.one_of(st.none(), st.sampled_from(["model:a", "rule:b", "source:c", "oracle", "model", ""])),
    st.one_of(st.none(), st.sampled_from([0.0, -0.0, 0.69, 0.7, 0.95, 1.0, 1.5, math.nan, math.inf, -1.0])),
)


def expected(value: str | None, by: str | None, confidence: float | None) -> bool:
    """Whether run's floor refuses this answer, in plain Python."""
    if value is None and (confidence is None or not math.isfinite(confidence)):
        return False
    if by is None or confidence is None or not confidence <= 1:
        return True
    return not confidence >= FLOORS.get(by.split(":")[0], 0.95)


@settings(max_examples=60, deadline=None)
@given(answers=st.lists(ANSWER, max_size=40))
def test_the_floor_means_what_it_says_for_every_row(answers: list[tuple[Any, Any, Any]]) -> None:
    frame = products(
        product=[str(index) for index in range(len(answers))],
        colour=[value for value, _, _ in answers],
        colour__by=[by for _, by, _ in answers],
        colour__confidence=[confidence for _, _, confidence in answers],
    )
    verdict = Gate(_engine(), "run").rows(frame, PALETTE)
    assert verdict.fault is None
    assert verdict.refused.to_list() == [expected(*answer) for answer in answers]


@settings(max_examples=30, deadline=None)
@given(values=st.lists(st.one_of(st.none(), st.integers(-3, 3)), max_size=30), seed=st.integers(0, 5))
def test_a_row_is_judged_by_itself(values: list[int | None], seed: int) -> None:
    """Order and neighbours change nothing, and each distinct value is asked exactly once."""
    engine = Told([rule("size/odd", ["size"])], judging(lambda size: size is None or size % 2 == 1))
    frame = products(size=values).sample(fraction=1, shuffle=True, seed=seed)
    verdict = Gate(engine, "run").rows(frame, PALETTE)
    assert verdict.refused.to_list() == [one is None or one % 2 == 1 for one in frame["size"]]
    asked = [value for question in engine.asked for value in question["columns"]["size"]]
    assert sorted(asked, key=str) == sorted(set(values), key=str)


def test_many_facts_are_asked_in_batches() -> None:
    count = 2 * BATCH + 7
    engine = Told([rule("size/last", ["size"])], judging(lambda size: size == count - 1 or size == BATCH))
    verdict = Gate(engine, "run").rows(products(size=list(range(count))), PALETTE)
    assert [question["count"] for question in engine.asked] == [BATCH, BATCH, 7]
    assert [refusal.rows.to_list() for refusal in verdict.refusals] == [[BATCH, count - 1]]
    assert [one.distinct for one in verdict.judgements] == [count]


def test_rules_that_need_the_same_facts_are_asked_together() -> None:
    rules = [rule("a/one", ["size"]), rule("a/two", ["size"]), rule("b/three", ["price", "size"])]
    engine = Told(rules, judging(lambda *_: False))
    Gate(engine, "run").rows(products(size=[1, 1, 2], price=["1.00", "1.00", "2.50"]), PALETTE)
    assert [(question["rules"], question["columns"]) for question in engine.asked] == [
        (["a/one", "a/two"], {"size": [1, 2]}),
        (["b/three"], {"price": ["1.00", "2.50"], "size": [1, 2]}),
    ]


def test_each_answered_column_is_asked_about_its_own_receipts() -> None:
    engine = Told([rule("a/by", ["answer.by", "answer.given"])], judging(lambda by, given: given and by is None))
    frame = products(colour=["red", "blue"], colour__by=["model:a", None], size=[1, None], size__by=[None, None])
    verdict = Gate(engine, "run").rows(frame, PALETTE)
    assert [(one.about, one.rows.to_list()) for one in verdict.refusals] == [("colour", [1]), ("size", [0])]
    assert verdict.refused.to_list() == [True, True]


def test_a_rule_whose_columns_the_contract_has_not_does_not_apply() -> None:
    engine = Told([rule("a/weight", ["weight"])], judging(lambda _: True))
    verdict = Gate(engine, "run").rows(products(size=[1]), PALETTE)
    assert (verdict.refused.to_list(), verdict.judgements, engine.asked) == ([False], (), [])


def test_tables_of_decisions_are_judged_by_table_rules_only() -> None:
    engine = Told([rule("a/size", ["size"])], judging(lambda _: True))
    decisions = Contract(key=PALETTE.key, columns=PALETTE.columns, tags={"decisions"})
    assert Gate(engine, "run").rows(products(size=[1]), decisions).refused.to_list() == [False]
    assert Gate(engine, "run").rows(products(size=[1]), PALETTE).refused.to_list() == [True]


def test_no_rows_are_no_question() -> None:
    engine = Told([rule("a/size", ["size"])], judging(lambda _: True))
    verdict = Gate(engine, "run").rows(products(size=[]), PALETTE)
    assert (verdict.rows, verdict.refused.to_list(), verdict.fault, engine.asked) == (0, [], None, [])


def test_a_row_that_lacks_a_declared_column_refuses_all() -> None:
    engine = Told([rule("a/size", ["size"])], judging(lambda _: False))
    verdict = Gate(engine, "run").rows(products(size=[1, 2]).drop("size"), PALETTE)
    assert verdict.fault is not None
    assert "a/size" in verdict.fault.why
    assert all(verdict.refused)


def test_a_fact_that_no_answer_has_refuses_all() -> None:
    engine = Told([rule("a/mood", ["answer.mood"])], judging(lambda _: False))
    verdict = Gate(engine, "run").rows(products(size=[1]), PALETTE)
    assert verdict.fault is not None
    assert "answer.mood" in verdict.fault.why


@pytest.mark.parametrize(
    "spoil",
    [
        lambda answer: {**answer, "judged": 1},
        lambda answer: {**answer, "judged": True},
        lambda answer: {**answer, "judged": "2"},
        lambda answer: {**answer, "rules": {}},
        lambda answer: {**answer, "more": 1},
        lambda answer: {"judged": 2},
        lambda answer: _said(answer, refused=[2]),
        lambda answer: _said(answer, refused=[-1]),
        lambda answer: _said(answer, refused=[1, 0]),
        lambda answer: _said(answer, refused=[0, 0]),
        lambda answer: _said(answer, refused=[True]),
        lambda answer: _said(answer, refused=["0"]),
        lambda answer: _said(answer, refused=None),
        lambda answer: _said(answer, refused={}),
        lambda answer: _said(answer, why=""),
        lambda answer: _said(answer, do=None),
    ],
)
def test_an_answer_that_is_not_complete_refuses_all(spoil: Callable[[Any], Any]) -> None:
    frame = products(size=[1, 2])
    honest = judging(lambda _: False)
    rules = [rule("a/size", ["size"])]
    spoiled = Gate(Told(rules, lambda asked: spoil(honest(asked))), "run").rows(frame, PALETTE)
    assert spoiled.fault is not None
    assert all(spoiled.refused)
    twin = Gate(Told(rules, honest), "run").rows(frame, PALETTE)
    assert (twin.fault, twin.refused.to_list()) == (None, [False, False])


def _said(answer: Any, **changed: Any) -> Any:
    return {**answer, "rules": {name: {**said, **changed} for name, said in answer["rules"].items()}}


@pytest.mark.parametrize("kind", [("row", []), ("table", ["size"]), ("row", ["size", "size"]), ("both", ["size"])])
def test_a_rule_that_is_not_well_described_refuses_all(kind: tuple[str, list[str]]) -> None:
    described = {**rule("a/size", kind[1]), "kind": kind[0]}
    verdict = Gate(Told([described], judging(lambda _: False)), "run").rows(products(size=[1]), PALETTE)
    assert verdict.fault is not None


def test_a_bundle_without_rules_refuses_all() -> None:
    assert Gate(Told([], judging(lambda _: False)), "run").rows(products(size=[1]), PALETTE).fault is not None


@pytest.mark.parametrize(("value", "dtype"), [(b"\xff\x00", pl.Binary), (["a"], pl.List(pl.String))])
def test_what_is_no_single_value_is_refused_in_words(value: Any, dtype: Any) -> None:
    contract = Contract(key="k", columns=(Column("k", pl.String), Column("raw", dtype)))
    engine = Told([rule("a/raw", ["raw"])], judging(lambda _: False))
    verdict = Gate(engine, "run").rows(pl.DataFrame({"k": ["a"], "raw": [value]}), contract)
    assert verdict.fault is not None
    assert "single values" in verdict.fault.why


def test_both_engines_refuse_the_same_rows(engine: PolicyEngine) -> None:
    frame = products(
        product=["a", "b", "c", "d"],
        colour=["red", "blue", None, 'NUL \x00 "quote" \u202e'],
        colour__by=["model:a", "rule:\U000e0041", None, None],
        colour__confidence=[0.9, 0.1, None, 0.9],
    )
    verdict = Gate(engine, "run").rows(frame, PALETTE)
    assert verdict.fault is None
    assert verdict.refused.to_list() == [False, True, False, True]


def test_a_batch_that_fails_halfway_refuses_all(wasm: WasmEngine) -> None:
    seen: list[Any] = []

    def second_fails(answer: Any) -> Any:
        seen.append(answer)
        return answer if len(seen) == 1 else {}

    frame = products(
        colour=["red"] * 3000, colour__by=["model:a"] * 3000, colour__confidence=[i / 3000 for i in range(3000)]
    )
    verdict = Gate(Answering(wasm, {ROWS: second_fails}), "run").rows(frame, PALETTE)
    assert verdict.fault is not None
    assert verdict.refused.sum() == 3000
    assert 0 < Gate(wasm, "run").rows(frame, PALETTE).refused.sum() < 3000


def test_a_verdict_with_a_fault_refuses_whatever_else_it_says(wasm: WasmEngine) -> None:
    assert RowVerdict(rows=2, refusals=(), judgements=()).refused.to_list() == [False, False]


_KEPT: list[WasmEngine] = []


def _engine() -> WasmEngine:
    if not _KEPT:
        _KEPT.append(WasmEngine(Bundle.read()))
    return _KEPT[0]
