"""The gate: what it admits, what it refuses, and that nothing but a complete literal answer opens it."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from candidates import CARD, COLOURS, MOVED, NEW, Answering, colour, model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.bundle import Bundle
from policies.candidate import Candidate, InputFacts
from policies.contract import Column, Contract
from policies.engine import (
    ENTRYPOINTS,
    ROWS,
    RULES,
    VERDICT,
    AnswerUndefinedError,
    EngineFailedError,
    EngineMissingError,
    EngineOutOfMemoryError,
    EngineTooSlowError,
    PolicyEngine,
    PolicyError,
    WrongBundleError,
)
from policies.gate import ENGINE_ANSWERS, SAME_PROFILE, Gate
from policies.verdict import Outcome
from policies.wasm import WasmEngine

BROKEN: dict[str, tuple[Candidate, str]] = {
    "feed/shape-kept": (replace(COLOURS, drifts=(replace(NEW, kind="renamed", column="price", read=True),)), "price"),
    "privacy/no-raw-pii": (colour(personal=2), "colour"),
    "privacy/no-secrets": (colour(secrets=1), "colour"),
    "provenance/inputs-pinned": (
        replace(COLOURS, inputs=(InputFacts("products", "table", None, None, 17),)),
        "products",
    ),
    "provenance/receipts-complete": (replace(COLOURS, fingerprints=999), "colours"),
    "quality/expectations-pass": (
        replace(COLOURS, expectations=(replace(COLOURS.expectations[0], success=False),)),
        "product",
    ),
    "quality/quarantine-share": (replace(COLOURS, quarantined=51), "colours"),
    "quality/volume-shift": (replace(COLOURS, rows=10, measured=10, fingerprints=10), "colours"),
    "evidence/confidence-floor": (colour(lowest_confidence=None, nulls=0), "colour"),
    "model/registered-and-carded": (model(card={**CARD, "limits": ""}), "palette"),
    "schema/migration-declared": (replace(COLOURS, migration=replace(MOVED, accepts_loss=False)), "hue"),
    "schema/no-drift": (colour(type="Int64"), "colours"),
}
"""Each rule alone: a candidate that breaks it and nothing else, and what the finding is about. The twin is COLOURS."""


def test_the_good_candidate_is_admitted_by_every_rule(engine: PolicyEngine, bundle: Bundle) -> None:
    verdict = Gate(engine, "run").judge(COLOURS)
    assert verdict.admitted
    assert [(finding.rule, finding.outcome) for finding in verdict.findings] == [
        (rule, Outcome.ADMITTED) for rule in bundle.rules
    ]
    assert verdict.policy == bundle.revision
    assert verdict.engine == engine.identity.engine
    assert (verdict.table, verdict.draft) == ("colours", "d" * 64)


def test_every_rule_has_a_candidate_that_breaks_it(bundle: Bundle) -> None:
    assert sorted(BROKEN) == sorted(bundle.rules)


@pytest.mark.parametrize("rule", sorted(BROKEN))
def test_each_rule_alone_refuses(engine: PolicyEngine, rule: str) -> None:
    candidate, about = BROKEN[rule]
    verdict = Gate(engine, "run").judge(candidate)
    assert not verdict.admitted
    assert {(finding.rule, finding.about) for finding in verdict.refusals} == {(rule, about)}
    assert all(len(finding.why) > 20 and len(finding.do) > 20 for finding in verdict.refusals)


def test_what_does_not_apply_is_recorded_with_its_reason(engine: PolicyEngine) -> None:
    verdict = Gate(engine, "run").judge(replace(COLOURS, models=(), parent=None, migration=None))
    assert verdict.admitted
    skipped = {one.rule: one.why for one in verdict.findings if one.outcome is Outcome.NOT_APPLICABLE}
    assert skipped == {
        "model/registered-and-carded": "no model was asked",
        "quality/volume-shift": "there is no version before this one",
        "schema/migration-declared": "the contract is the one that the table is published under",
    }


def test_profiles_differ_in_strictness(engine: PolicyEngine) -> None:
    doubled = replace(COLOURS, rows=1980, measured=1980, fingerprints=1980)
    admitted = {
        profile: Gate(engine, profile).judge(replace(doubled, profile=profile)).admitted
        for profile in ("pilot", "scale", "run")
    }
    assert admitted == {"pilot": True, "scale": True, "run": False}


@pytest.mark.parametrize("profile", ["", "lenient", "Run"])
def test_a_profile_without_levels_admits_nothing(engine: PolicyEngine, profile: str) -> None:
    verdict = Gate(engine, profile).judge(replace(COLOURS, profile=profile))
    assert not verdict.admitted
    assert all("profile" in finding.why for finding in verdict.refusals)


def test_a_candidate_of_another_profile_is_refused(engine: PolicyEngine) -> None:
    verdict = Gate(engine, "pilot").judge(COLOURS)
    assert [finding.rule for finding in verdict.refusals] == [SAME_PROFILE]


def test_both_engines_agree_on_outcomes(wasm: WasmEngine, engine: PolicyEngine) -> None:
    for candidate, _ in BROKEN.values():
        here, there = Gate(wasm, "run").judge(candidate), Gate(engine, "run").judge(candidate)
        assert [(one.rule, one.outcome, one.about) for one in here.findings] == [
            (one.rule, one.outcome, one.about) for one in there.findings
        ]


COUNTS = st.sampled_from([0, 1, 50, 99, 100, 990, 1000, 1001])
WORDS = st.sampled_from(["", "product", "colour", "table", "file", "0" * 64, "champion", "String"])
NUMBERS = st.one_of(st.none(), st.sampled_from([-1, 0, 1, 17]))


@st.composite
def candidates(draw: st.DrawFn) -> Candidate:
    """Candidates near the good one: each fact may have any value that its type allows, null where it may be null."""
    column = st.builds(
        replace,
        st.sampled_from(COLOURS.columns),
        nulls=COUNTS,
        personal=st.sampled_from([0, 0, 1]),
        secrets=st.sampled_from([0, 0, 1]),
        unsigned=st.one_of(st.none(), st.sampled_from([0, 1])),
        lowest_confidence=st.one_of(st.none(), st.sampled_from([0.0, 0.9, 1.5])),
        tags=st.sampled_from([(), ("sealed",)]),
    )
    inputs = st.builds(InputFacts, WORDS, WORDS, NUMBERS, st.one_of(st.none(), WORDS), NUMBERS)
    models = st.builds(
        lambda **changed: replace(COLOURS.models[0], **changed),
        registered_digest=st.one_of(st.none(), st.just("e" * 64), WORDS),
        standing=st.one_of(st.none(), WORDS),
        card=st.sampled_from([CARD, {}, {**CARD, "owner": None}, {**CARD, "limits": []}, {**CARD, "evaluation": 1}]),
    )
    expectations = st.builds(
        lambda **changed: replace(COLOURS.expectations[0], **changed),
        success=st.sampled_from([True, False, None]),
        columns=st.sampled_from([(), ("product",)]),
    )
    changes: dict[str, Any] = {
        "columns": st.lists(column, max_size=3).map(tuple),
        "inputs": st.lists(inputs, max_size=2).map(tuple),
        "models": st.lists(models, max_size=2).map(tuple),
        "expectations": st.lists(expectations, max_size=2).map(tuple),
        "parent": st.one_of(st.none(), st.builds(lambda rows: replace(COLOURS.parent, rows=rows), COUNTS)),
        **dict.fromkeys(
            ("rows", "measured", "considered", "quarantined", "fingerprints", "expected", "contract_version"), COUNTS
        ),
    }
    chosen = draw(st.sets(st.sampled_from(sorted(changes)), max_size=4))
    return replace(COLOURS, **{name: draw(changes[name]) for name in sorted(chosen)})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(candidate=candidates())
def test_both_engines_agree_on_any_candidate(wasm: WasmEngine, engine: PolicyEngine, candidate: Candidate) -> None:
    """And each answers every rule: no fact makes a built-in fail, and no rule falls silent."""
    here, there = Gate(wasm, "run").judge(candidate), Gate(engine, "run").judge(candidate)
    misshapen = any("agreed shape" in finding.why for finding in here.refusals)
    assert ENGINE_ANSWERS not in {finding.rule for finding in here.findings}
    if not misshapen:
        assert [(one.rule, one.outcome, one.about) for one in here.findings] == [
            (one.rule, one.outcome, one.about) for one in there.findings
        ]
    assert here.admitted == there.admitted


def test_judging_is_deterministic(engine: PolicyEngine) -> None:
    broken = replace(
        COLOURS,
        columns=tuple(replace(column, personal=1, secrets=1) for column in reversed(COLOURS.columns)),
    )
    gate = Gate(engine, "run")
    assert gate.judge(broken) == gate.judge(broken)
    about = [finding.about for finding in gate.judge(broken).findings if finding.rule == "privacy/no-raw-pii"]
    assert about == ["_fingerprint", "colour", "product"]


def test_a_card_that_is_no_json_is_refused_in_words(wasm: WasmEngine) -> None:
    verdict = Gate(wasm, "run").judge(model(card={**CARD, "weights": b"\x00"}))
    assert [finding.rule for finding in verdict.refusals] == [ENGINE_ANSWERS]
    assert "cannot be written as JSON" in verdict.refusals[0].why
    assert Gate(wasm, "run").judge(model(card={**CARD, "weights": "00"})).admitted


def test_text_of_the_facts_is_never_read_as_a_rule(wasm: WasmEngine) -> None:
    told = 'APPROVED by reviewer", "admit": true} {{7*7}} \x00 ' + chr(0x202E)
    verdict = Gate(wasm, "run").judge(replace(COLOURS, table=told, fingerprints=999))
    assert {finding.rule for finding in verdict.refusals} == {"provenance/receipts-complete"}


# Fail closed. Every one of these has its fault-free twin in the first test: the same candidate, the same engine.

FAULTS: dict[str, PolicyError] = {
    "missing": EngineMissingError("e", why="nothing listens"),
    "slow": EngineTooSlowError("e", VERDICT, seconds=1),
    "out of memory": EngineOutOfMemoryError("e", VERDICT, limit=2**20),
    "undefined": AnswerUndefinedError("e", VERDICT),
    "failed": EngineFailedError("e", VERDICT, why="500"),
    "wrong bundle": WrongBundleError("e", why="another revision"),
}


@pytest.mark.parametrize("fault", sorted(FAULTS))
@pytest.mark.parametrize("entrypoint", [RULES, VERDICT])
def test_an_engine_fault_is_a_refusal_with_its_reason(wasm: WasmEngine, fault: str, entrypoint: str) -> None:
    def broken(_: Any) -> Any:
        raise FAULTS[fault]

    engine = Answering(wasm, {entrypoint: broken})
    verdict = Gate(engine, "run").judge(COLOURS)
    assert not verdict.admitted
    assert [finding.rule for finding in verdict.refusals] == [ENGINE_ANSWERS]
    assert FAULTS[fault].what in verdict.refusals[0].why
    assert FAULTS[fault].why in verdict.refusals[0].why
    assert verdict.refusals[0].do == FAULTS[fault].do


UNCLEAR: dict[str, Callable[[Any], Any]] = {
    "true as text": lambda _: "true",
    "true": lambda _: True,
    "one": lambda _: 1,
    "nothing": lambda _: None,
    "an empty object": lambda _: {},
    "an empty list": lambda _: [],
    "a list": lambda answer: [answer],
    "text": str,
}


@pytest.mark.parametrize("entrypoint", [RULES, VERDICT])
@pytest.mark.parametrize("unclear", sorted(UNCLEAR))
def test_an_unclear_answer_is_a_refusal(wasm: WasmEngine, unclear: str, entrypoint: str) -> None:
    verdict = Gate(Answering(wasm, {entrypoint: UNCLEAR[unclear]}), "run").judge(COLOURS)
    assert not verdict.admitted
    assert [finding.rule for finding in verdict.refusals] == [ENGINE_ANSWERS]


def test_a_list_of_rules_too_short_is_a_refusal_even_if_the_verdict_is_as_short(wasm: WasmEngine) -> None:
    def fewer(rules: list[Any]) -> list[Any]:
        return [one for one in rules if one["rule"] != "privacy/no-raw-pii"]

    def silent(answer: Any) -> Any:
        del answer["rules"]["privacy/no-raw-pii"]
        return answer

    verdict = Gate(Answering(wasm, {RULES: fewer, VERDICT: silent}), "run").judge(COLOURS)
    assert [finding.rule for finding in verdict.refusals] == [ENGINE_ANSWERS]
    assert "privacy/no-raw-pii did not answer" in verdict.refusals[0].why


def test_a_rule_that_answers_twice_or_unasked_is_a_refusal(wasm: WasmEngine) -> None:
    for more in (lambda rules: [*rules, rules[0]], lambda rules: [*rules, {**rules[0], "rule": "a/b"}]):
        assert not Gate(Answering(wasm, {RULES: more}), "run").judge(COLOURS).admitted


def test_findings_of_another_rule_are_a_refusal_of_the_answer(wasm: WasmEngine) -> None:
    def mislabelled(answer: Any) -> Any:
        answer["rules"]["privacy/no-secrets"]["findings"][0]["rule"] = "privacy/no-raw-pii"
        return answer

    verdict = Gate(Answering(wasm, {VERDICT: mislabelled}), "run").judge(colour(secrets=1))
    assert [finding.rule for finding in verdict.refusals] == [ENGINE_ANSWERS]


def _places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside a JSON document."""
    if here:
        yield here
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _places(item, (*here, key))


def _changed(document: Any, place: tuple[Any, ...], change: str, replacement: Any) -> Any:
    changed = copy.deepcopy(document)
    holder = changed
    for key in place[:-1]:
        holder = holder[key]
    if change == "drop":
        del holder[place[-1]]
    elif change == "add" and isinstance(holder, dict):
        holder["also"] = replacement
    else:
        holder[place[-1]] = replacement
    return changed


NO_ANSWERS = st.one_of(
    st.none(),
    st.just(""),
    st.integers(),
    st.floats(allow_nan=False),
    st.sampled_from([{}, {"admit": True}, [None], [{}], ["true"]]),
)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_mutation_of_a_complete_answer_is_admitted(data: st.DataObject) -> None:
    """Whatever is dropped from, added to or replaced in a complete, literal answer, the candidate is refused."""
    real = _real()
    answer = real.decide(VERDICT, b"null")
    place = data.draw(st.sampled_from(list(_places(answer))))
    change = data.draw(st.sampled_from(["drop", "add", "replace"]))
    original = answer
    for key in place:
        original = original[key]
    replacement = data.draw(st.booleans() if isinstance(original, bool) else NO_ANSWERS)
    if change == "replace" and isinstance(original, bool) and replacement is original:
        change = "drop"
    mutated = _changed(answer, place, change, replacement)
    verdict = Gate(Answering(real, {VERDICT: lambda _: mutated}), "run").judge(COLOURS)
    assert not verdict.admitted
    assert verdict.refusals


class _Good:
    """An engine that always gives the two complete answers that the real one gave of the good candidate."""

    def __init__(self, real: PolicyEngine, facts: bytes) -> None:
        self.identity = real.identity
        self._answers = {one: real.decide(one, facts) for one in (RULES, VERDICT)}

    def decide(self, entrypoint: str, document: bytes) -> Any:
        assert document
        return copy.deepcopy(self._answers[entrypoint])


_KEPT: list[_Good] = []


def _real() -> _Good:
    if not _KEPT:
        import orjson

        _KEPT.append(_Good(WasmEngine(Bundle.read()), orjson.dumps(COLOURS.facts())))
    return _KEPT[0]


def test_the_unmutated_answer_is_admitted() -> None:
    assert Gate(Answering(_real(), {}), "run").judge(COLOURS).admitted


@pytest.mark.parametrize(
    "emptied",
    ["table", "stage", "profile", "key", "contract", "draft", "declared", "columns", "inputs", "expectations"],
)
def test_nothing_empty_passes(engine: PolicyEngine, emptied: str) -> None:
    profile = "" if emptied == "profile" else "run"
    empty = replace(COLOURS, **{emptied: type(getattr(COLOURS, emptied))()})
    assert not Gate(engine, profile).judge(empty).admitted


# Rows.

PALETTE = Contract(
    key="product",
    columns=(Column("product", pl.String), Column("colour", pl.String, answered=True, null="no colour is named")),
)
ROWS_OF_COLOUR = pl.DataFrame(
    {
        "product": ["a", "b", "c"],
        "colour": ["red", "blue", None],
        "colour__by": ["model:palette@3", "rule:word", None],
        "colour__confidence": [0.9, 0.3, None],
        "colour__evidence": ["red", "blue", None],
        "_fingerprint": [1, 2, 3],
    }
)


def test_rows_under_their_floor_are_refused_with_why_and_do(engine: PolicyEngine) -> None:
    verdict = Gate(engine, "run").rows(ROWS_OF_COLOUR, PALETTE)
    assert verdict.fault is None
    assert verdict.refused.to_list() == [False, True, False]
    (refusal,) = verdict.refusals
    assert (refusal.rule, refusal.about, refusal.rows.to_list()) == ("evidence/confidence-floor", "colour", [1])
    assert "profile run" in refusal.why
    assert refusal.do


@pytest.mark.parametrize("fault", sorted(FAULTS))
@pytest.mark.parametrize("entrypoint", [RULES, ROWS])
def test_an_engine_fault_refuses_every_row(wasm: WasmEngine, fault: str, entrypoint: str) -> None:
    def broken(_: Any) -> Any:
        raise FAULTS[fault]

    verdict = Gate(Answering(wasm, {entrypoint: broken}), "run").rows(ROWS_OF_COLOUR, PALETTE)
    assert verdict.fault is not None
    assert verdict.fault.rule == ENGINE_ANSWERS
    assert FAULTS[fault].why in verdict.fault.why
    assert verdict.refused.to_list() == [True, True, True]


@pytest.mark.parametrize("unclear", sorted(UNCLEAR))
def test_an_unclear_answer_refuses_every_row(wasm: WasmEngine, unclear: str) -> None:
    verdict = Gate(Answering(wasm, {ROWS: UNCLEAR[unclear]}), "run").rows(ROWS_OF_COLOUR, PALETTE)
    assert verdict.fault is not None
    assert all(verdict.refused)


def test_the_digest_of_the_row_rules_changes_with_bundle_and_profile(wasm: WasmEngine) -> None:
    other = Answering(wasm, {})
    other.identity = replace(wasm.identity, policy="0" * 64)
    digests = {Gate(wasm, "run").row_rules_digest, Gate(wasm, "pilot").row_rules_digest}
    digests.add(Gate(other, "run").row_rules_digest)
    assert len(digests) == 3
    assert Gate(wasm, "run").row_rules_digest == Gate(wasm, "run").row_rules_digest


def test_the_bundle_answers_each_entrypoint(engine: PolicyEngine) -> None:
    asked = {RULES: b"{}", VERDICT: b"{}", ROWS: b'{"profile":"run","rules":[],"count":1,"columns":{}}'}
    assert sorted(asked) == sorted(ENTRYPOINTS)
    for entrypoint, document in asked.items():
        assert engine.decide(entrypoint, document)
