"""What an engine must answer, word for word. Whatever is not exactly this is no answer, and so no leave."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from policies.engine import ROWS, RULES, VERDICT, AnswerMalformedError, PolicyEngine

Said = Annotated[str, Field(min_length=1)]


class _Exact(BaseModel):
    """Literal types, no field more, no field less: `"true"`, 1 and {} are not true."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


_Model = TypeVar("_Model", bound=_Exact)


class Rule(_Exact):
    """One rule of the bundle. A row rule is asked about columns of its `facts`, a table rule about candidates."""

    rule: Said
    title: Said
    applies_to: Said
    kind: Literal["table", "row"]
    facts: list[Said]

    @model_validator(mode="after")
    def _asked_by_something(self) -> Self:
        if (self.kind == "row") != bool(self.facts):
            raise ValueError("a row rule names the facts it needs, a table rule none")
        if len(set(self.facts)) != len(self.facts):
            raise ValueError("a fact is named twice")
        return self


class Found(_Exact):
    """Something that a rule refuses."""

    rule: Said
    why: Said
    do: Said
    about: str


class Answer(_Exact):
    """What one rule says of one candidate: admitted, refused with findings, or not applicable."""

    applies: bool
    admit: bool
    because: Said
    findings: list[Found]

    @model_validator(mode="after")
    def _of_one_mind(self) -> Self:
        if self.admit and (not self.applies or self.findings):
            raise ValueError("it admits, and says that it does not apply or that something is wrong")
        if self.applies and not self.admit and not self.findings:
            raise ValueError("it refuses and does not say why")
        if not self.applies and self.findings:
            raise ValueError("it does not apply, and says that something is wrong")
        return self


class _Verdict(_Exact):
    rules: dict[str, Answer]


class RowAnswer(_Exact):
    """The indices of the rows that one rule refuses, in order, and what to say to each."""

    refused: list[int]
    why: Said
    do: Said


class _Rows(_Exact):
    judged: int
    rules: dict[str, RowAnswer]


def rules_of(engine: PolicyEngine) -> Sequence[Rule]:
    """Every rule of the engine's bundle, by name; raises PolicyError if one is missing or unknown."""
    answered = engine.decide(RULES, b"{}")
    if not isinstance(answered, list):
        raise _malformed(engine, RULES, "it is no list of rules")
    rules = [_held(Rule, one, engine, RULES) for one in answered]
    _same(engine, RULES, asked=engine.identity.rules, answered=[one.rule for one in rules])
    return sorted(rules, key=lambda one: one.rule)


def answers_of(engine: PolicyEngine, rules: Sequence[Rule], facts: bytes) -> Mapping[str, Answer]:
    """What each of these rules says of these facts, by name; raises PolicyError if one is silent or unclear."""
    answers = _held(_Verdict, engine.decide(VERDICT, facts), engine, VERDICT).rules
    _same(engine, VERDICT, asked=[one.rule for one in rules], answered=list(answers))
    for name, answer in answers.items():
        if strangers := {found.rule for found in answer.findings} - {name}:
            raise _malformed(engine, VERDICT, f"{name} reports findings of {sorted(strangers)}")
    return {name: answers[name] for name in sorted(answers)}


def row_answers_of(
    engine: PolicyEngine, rules: Sequence[str], document: bytes, *, count: int
) -> Mapping[str, RowAnswer]:
    """What each of these row rules says of `count` distinct facts; raises PolicyError if one left a row unjudged."""
    answered = _held(_Rows, engine.decide(ROWS, document), engine, ROWS)
    if answered.judged != count:
        raise _malformed(engine, ROWS, f"{answered.judged} of {count} rows were judged")
    _same(engine, ROWS, asked=rules, answered=list(answered.rules))
    for name, answer in answered.rules.items():
        indices = answer.refused
        ordered = all(one < other for one, other in pairwise(indices))
        if not ordered or (indices and not (indices[0] >= 0 and indices[-1] < count)):
            raise _malformed(engine, ROWS, f"{name} refuses rows that were not asked, or the same ones twice")
    return answered.rules


def _held(model: type[_Model], value: Any, engine: PolicyEngine, entrypoint: str) -> _Model:
    try:
        return model.model_validate(value)
    except ValidationError as fault:
        first = fault.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the answer"
        raise _malformed(engine, entrypoint, f"{where}: {first['msg']}") from fault


def _same(engine: PolicyEngine, entrypoint: str, *, asked: Sequence[str], answered: Sequence[str]) -> None:
    if not asked:
        raise _malformed(engine, entrypoint, "there is no rule to ask")
    if missing := sorted(set(asked) - set(answered)):
        raise _malformed(engine, entrypoint, f"{', '.join(missing)} did not answer")
    if len(answered) != len(asked):
        raise _malformed(engine, entrypoint, "rules answered that nobody asked, or one answered twice")


def _malformed(engine: PolicyEngine, entrypoint: str, why: str) -> AnswerMalformedError:
    return AnswerMalformedError(engine.identity.engine, entrypoint, why=why)
