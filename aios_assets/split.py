"""Split: rows that keep a contract, and rows that don't with their reasons; and the contract of the table they go to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from aios_assets.keyed import first_of
from aios_assets.stage import Stage
from policies.contract import FINGERPRINT, Column, Contract, Expectation

ID = "id"
SEPARATOR = "/"
OWN = frozenset({ID, "rule", "why", "do", "row"})
"""Columns of every quarantine; a key column of such a name stands there under another."""

RULE, WHY, DO = TOLD = ("_rule", "_why", "_do")
"""Columns that say of a row why it goes aside, until it stands there: no stage may have columns of such names."""

REPEATED = "contract/key-unique"
"""The promise that a row breaks whose key stands further up already."""


@dataclass(frozen=True)
class Reason:
    """Why a row is set aside: `holds` must be literally true, else the row goes with this rule, why and do."""

    rule: str
    holds: pl.Expr
    why: str
    do: str


def aside_key(name: str) -> str:
    """A key column's name in the quarantine."""
    return f"{name}_key" if name in OWN else name


def quarantine_contract(stage: Stage) -> Contract:
    """What the table of a stage's set-aside rows promises: the key where there is one, and why, and what to do."""
    contract = stage.contract
    untold = "the row was broken before its key could be read"
    keys = tuple(
        Column(aside_key(c.name), c.type, reads=(c.name,), tags=c.tags, null=untold)
        for c in contract.columns
        if c.name in contract.keys
    )
    return Contract(
        key=ID,
        columns=(
            Column(ID, pl.String, about="the row's key, or file and line where it has none"),
            *keys,
            Column("rule", pl.String, about="the promise or policy rule that the row breaks"),
            Column("why", pl.String, about="what is wrong, in words"),
            Column("do", pl.String, about="what to do about it"),
            Column("row", pl.String, null="the row could not be read into columns", about="the row as JSON"),
            *contract.rejects,
        ),
        version=contract.version,
        tags=frozenset({"quarantine"}),
    )


def split(frame: pl.DataFrame, contract: Contract) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(rows that keep the contract, rows that don't with columns TOLD). Every reason is told, first one first.

    Null means no: a promise whose answer is null is broken. Expectations that a single row can break set the row aside.
    """
    return aside(frame, reasons_of(contract))


def aside(frame: pl.DataFrame, reasons: Sequence[Reason]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Parts a frame by these reasons, as `split` does."""
    if not reasons or frame.is_empty():
        return frame, frame.clear().with_columns(_untold())
    names = [f"_{index}" for index in range(len(reasons))]
    kept = (
        frame.lazy()
        .select(reason.holds.fill_null(value=False).alias(name) for name, reason in zip(names, reasons, strict=True))
        .collect()
    )
    holds = kept.select(pl.all_horizontal(pl.all())).to_series()
    if holds.all():
        return frame, frame.clear().with_columns(_untold())
    broken = kept.filter(~holds)

    def first(values: Sequence[str]) -> pl.Expr:
        return pl.coalesce(
            pl.when(~pl.col(name)).then(pl.lit(value)) for name, value in zip(names, values, strict=True)
        )

    told = broken.select(
        first([r.rule for r in reasons]).alias(RULE),
        pl.concat_str(
            [pl.when(~pl.col(n)).then(pl.lit(r.why)) for n, r in zip(names, reasons, strict=True)],
            separator="; ",
            ignore_nulls=True,
        ).alias(WHY),
        first([r.do for r in reasons]).alias(DO),
    )
    return frame.filter(holds), frame.filter(~holds).hstack(told)


def reasons_of(contract: Contract) -> tuple[Reason, ...]:
    """Every promise of the contract that a single row can break."""
    filled = [
        Reason(
            "contract/not-null",
            pl.col(column.name).is_not_null(),
            f"{column.name} is missing",
            f"give {column.name} a value in the feed, or declare in the contract why it may be null",
        )
        for column in contract.columns
        if column.null is None
    ]
    ruled = [Reason(f"contract/{rule.name}", rule.holds, rule.why, rule.do) for rule in contract.rules]
    expected = [reason for expectation in contract.expects for reason in _row_reason(expectation)]
    return (*filled, *ruled, *expected)


def decided_by_rows(contract: Contract) -> bool:
    """Whether every expectation beyond the key can be broken by a row alone, so that unchanged rows need no asking."""
    return all(_row_reason(expectation) for expectation in contract.expects)


def _row_reason(expectation: Expectation) -> tuple[Reason, ...]:
    arguments = expectation.arguments
    column = arguments.get("column")
    if not isinstance(column, str):
        return ()
    value, low, high = pl.col(column), arguments.get("min_value"), arguments.get("max_value")
    match expectation.type:
        case "expect_column_values_to_be_in_set":
            allowed = list(arguments["value_set"])  # type: ignore[call-overload]  # in_set() puts a list there
            holds, why = value.is_in(allowed), f"{column} is none of the {len(allowed)} allowed values"
        case "expect_column_values_to_match_regex":
            holds, why = value.str.contains(str(arguments["regex"])), f"{column} does not have the agreed form"
        case "expect_column_values_to_be_between":
            holds, why = _within(value, low, high), f"{column} is outside {low} … {high}"
        case "expect_column_value_lengths_to_be_between":
            holds, why = _within(value.str.len_chars(), low, high), f"{column} is not {low} to {high} characters long"
        case _:
            return ()
    name = expectation.type.removeprefix("expect_").replace("_", "-")
    return (Reason(f"contract/{name}", value.is_null() | holds, why, f"correct {column} in the feed, or the contract"),)


def _within(value: pl.Expr, low: Any, high: Any) -> pl.Expr:
    holds = pl.lit(value=True)
    if low is not None:
        holds = holds & (value >= low)
    if high is not None:
        holds = holds & (value <= high)
    return holds


def first_of_key(frame: pl.DataFrame, keys: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(the first row of each key, later rows of the same key as broken). A row with a null key is left in the first."""
    marks = first_of(frame, keys)
    if marks is None:
        return frame, frame.clear().with_columns(_untold())
    return frame.filter(marks), frame.filter(~marks).with_columns(
        pl.lit(REPEATED).alias(RULE),
        pl.lit(f"the same {SEPARATOR.join(keys)} stands there again; the newest counts, of equals the first").alias(
            WHY
        ),
        pl.lit("send each key once, or correct it").alias(DO),
    )


def as_quarantine(broken: pl.DataFrame, stage: Stage) -> pl.DataFrame:
    """Broken rows in the shape of the quarantine table, with their fingerprint.

    Where the key is incomplete the row's number in `broken` would not be stable: file and line name it, and where there
    are none the JSON of the row does.
    """
    contract = quarantine_contract(stage)
    keys = stage.contract.keys
    values = [name for name, dtype in broken.schema.items() if not name.startswith("_") and dtype != pl.Binary]
    told = broken.with_columns(pl.struct(values).struct.json_encode().alias("_row"))
    place = place_id() if {"supplier", "file", "file_sha256", "line"} <= set(broken.columns) else pl.col("_row")
    repeated = pl.col(RULE) == REPEATED
    own = (
        pl.when(repeated)
        .then(place)
        .otherwise(pl.coalesce(pl.concat_str([pl.col(k).cast(pl.String) for k in keys], separator=SEPARATOR), place))
    )
    source = {
        **{name: name for name in values},
        **{aside_key(key): key for key in keys},
        ID: "_own",
        "rule": RULE,
        "why": WHY,
        "do": DO,
        "row": "_row",
        FINGERPRINT: FINGERPRINT,
    }
    schema = {**{c.name: c.type for c in contract.columns}, FINGERPRINT: pl.Int64()}
    return (
        told.with_columns(own.alias("_own"))
        .select(
            (pl.col(source[name]) if name in source else pl.lit(None)).cast(dtype).alias(name)
            for name, dtype in schema.items()
        )
        .unique(subset=[ID], keep="first", maintain_order=True)
    )


def place_id() -> pl.Expr:
    """The id of a row that no key tells: whose delivery, which bytes of that name, and where in them.

    Two suppliers may name their files alike, and one supplier every day's changes.
    """
    return pl.format("{}:{}@{}:{}", "supplier", "file", pl.col("file_sha256").str.head(8), "line")


def _untold() -> list[pl.Expr]:
    return [pl.lit(None, dtype=pl.String).alias(name) for name in TOLD]
