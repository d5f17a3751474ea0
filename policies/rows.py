"""Row rules: asked once per distinct fact, the answers joined back to the rows they concern."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import orjson
import polars as pl

from policies.answers import Rule, row_answers_of
from policies.contract import Contract
from policies.engine import PolicyEngine, PolicyError
from policies.verdict import Finding

BATCH = 2_000
"""Distinct facts in one question: Wasm is 32-bit, and an object of the language costs it kilobytes."""

ANSWER = "answer."
PARTS = ("given", "by", "confidence", "evidence")
"""What a rule may ask of each answered column as `answer.<part>`: whether a value is there, and its receipt columns."""

DECISIONS = "decisions"
"""Tag of tables that hold decisions themselves: they are judged by table rules only."""

INDEX = "_index"


class FactMissingError(PolicyError):
    """A row rule needs something that the rows do not have."""

    def __init__(self, rule: str, *, facts: Sequence[str], why: str) -> None:
        super().__init__(
            f"row rule {rule} cannot be asked about {', '.join(facts)}",
            why=why,
            do="hand over the rows with every column of their contract, receipts included",
        )


@dataclass(frozen=True)
class RowRefusal:
    """The rows that one rule refuses: their positions in the frame, ascending (UInt32), why, and what to do.

    `about` is the answered column that was judged, empty where the rule judges the row as a whole.
    """

    rule: str
    about: str
    why: str
    do: str
    rows: pl.Series


@dataclass(frozen=True)
class RowJudgement:
    """That one row rule was asked about one column, and over how many distinct facts."""

    rule: str
    about: str
    distinct: int


@dataclass(frozen=True)
class RowVerdict:
    """What the row rules say of a frame.

    With a `fault` nothing counts as judged: every row is refused, and the attempt may not go on.
    """

    rows: int
    refusals: tuple[RowRefusal, ...]
    judgements: tuple[RowJudgement, ...]
    fault: Finding | None = None

    @property
    def refused(self) -> pl.Series:
        """One boolean a row, in the frame's order: true where some rule refuses it, or where nothing was judged."""
        if self.fault is not None:
            return pl.Series("refused", [True] * self.rows, dtype=pl.Boolean)
        positions = pl.concat([pl.Series(dtype=pl.UInt32), *(refusal.rows for refusal in self.refusals)]).unique()
        every = pl.int_range(self.rows, dtype=pl.UInt32, eager=True)
        return every.is_in(positions.implode()).alias("refused")


@dataclass(frozen=True)
class _Question:
    """Row rules that need the same facts of the same columns, so that these are made distinct and written once."""

    rules: tuple[str, ...]
    about: str
    facts: tuple[tuple[str, pl.Expr], ...]


def judge_rows(
    engine: PolicyEngine, rules: Sequence[Rule], frame: pl.DataFrame, contract: Contract, *, profile: str
) -> RowVerdict:
    """Asks every row rule that applies to the contract; raises PolicyError if a single fact stays unjudged."""
    refusals: list[RowRefusal] = []
    judgements: list[RowJudgement] = []
    for question in _questions(rules, contract):
        facts = _projected(frame, question)
        names = [name for name, _ in question.facts]
        distinct = facts.unique(subset=names, keep="first", maintain_order=True)
        refused: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)
        for start, batch in _batches(distinct.select(names)):
            document = _document(batch, question.rules, profile=profile)
            for name, answer in row_answers_of(engine, question.rules, document, count=batch.height).items():
                refused[name, answer.why, answer.do] += [start + index for index in answer.refused]
        for (name, why, do), indices in sorted(refused.items()):
            if indices:
                hit = facts.join(distinct[indices].select(names), on=names, how="semi", nulls_equal=True)
                refusals.append(RowRefusal(name, question.about, why, do, hit.get_column(INDEX).sort()))
        judgements += [RowJudgement(name, question.about, distinct.height) for name in question.rules]
    return RowVerdict(rows=frame.height, refusals=tuple(refusals), judgements=tuple(judgements))


def _questions(rules: Sequence[Rule], contract: Contract) -> Sequence[_Question]:
    """Which rules are asked about which columns: once a row, or once for each answered column."""
    if DECISIONS in contract.tags:
        return ()
    grouped: dict[tuple[str, tuple[tuple[str, str], ...]], list[str]] = defaultdict(list)
    for rule in rules:
        plain = [fact for fact in rule.facts if not fact.startswith(ANSWER)]
        unknown = [fact for fact in rule.facts if fact.startswith(ANSWER) and fact.removeprefix(ANSWER) not in PARTS]
        if unknown:
            raise FactMissingError(rule.rule, facts=unknown, why=f"an answered column has only {', '.join(PARTS)}")
        if not set(plain) <= set(contract.schema.names()):
            continue
        answered = [column.name for column in contract.columns if column.answered]
        for about in answered if len(plain) < len(rule.facts) else [""]:
            grouped[about, tuple((fact, _physical(fact, about)) for fact in rule.facts)].append(rule.rule)
    return [
        _Question(tuple(names), about, tuple((fact, _measured(fact, column)) for fact, column in facts))
        for (about, facts), names in grouped.items()
    ]


def _physical(fact: str, about: str) -> str:
    """The column that a fact is read from."""
    match fact.removeprefix(ANSWER):
        case _ if not fact.startswith(ANSWER):
            return fact
        case "given":
            return about
        case part:
            return f"{about}__{part}"


def _measured(fact: str, column: str) -> pl.Expr:
    return pl.col(column).is_not_null() if fact == f"{ANSWER}given" else pl.col(column)


def _projected(frame: pl.DataFrame, question: _Question) -> pl.DataFrame:
    names = [name for name, _ in question.facts]
    try:
        facts = frame.select(measured.alias(name) for name, measured in question.facts)
    except pl.exceptions.ColumnNotFoundError as fault:
        raise FactMissingError(question.rules[0], facts=names, why=f"the rows have no column {fault}") from fault
    # polars does not raise but panics where JSON has no form for a value.
    if odd := [name for name, dtype in facts.schema.items() if dtype.is_nested() or dtype in (pl.Binary, pl.Object)]:
        raise FactMissingError(question.rules[0], facts=odd, why="only single values that JSON can hold are facts")
    return facts.with_row_index(INDEX)


def _batches(distinct: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
    for start in range(0, distinct.height, BATCH):
        yield start, distinct[start : start + BATCH]


def _document(batch: pl.DataFrame, rules: Sequence[str], *, profile: str) -> bytes:
    """The question as JSON. Columns, not objects: those cost the module kilobytes a row."""
    columns: Mapping[str, object] = {"profile": profile, "rules": list(rules), "count": batch.height}
    written = batch.select(pl.all().implode()).write_json()[1:-1]
    return orjson.dumps(columns)[:-1] + b',"columns":' + written.encode() + b"}"
