"""Receipts: what a value came from, as columns beside it, and what a reader makes of them.

A stage returns an answered column as Struct(value, by, confidence, evidence); stored are `<c>`, `<c>__by`,
`<c>__confidence`, `<c>__evidence`. `by` is who answered: a model signs as `<name>@<version>`, a rule with its name.
Everything else of a receipt hangs on the commit that the row came in with.
"""

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import polars as pl

from lineage.errors import ReceiptError
from policies.contract import RECEIPT_TYPES, Column, Contract

VALUE = "value"
PARTS = (VALUE, *RECEIPT_TYPES)


class Split(NamedTuple):
    """Physical columns, and for each row why it is broken (null where it is not); None where no row is."""

    frame: pl.DataFrame
    broken: pl.Series | None


@dataclass(frozen=True)
class SourceLine:
    """One line of a delivered file. `sha256` is the keyed digest of the raw line, hex."""

    file: str
    line: int
    sha256: str


@dataclass(frozen=True)
class Lost:
    """What another record says of the same field, and the criterion by which it lost."""

    supplier: str
    sku: str
    value: str
    lost_by: str
    sources: tuple[SourceLine, ...]


@dataclass(frozen=True)
class FieldReceipt:
    """Everything that one published value resolves to (promise 2). What is not known is None, never made up.

    Where several records speak: whose word was taken (`supplier`, `sku`), what decided, how many agree, and who lost.
    """

    field: str
    locale: str | None
    channel: str | None
    value: Any
    table: str
    version: int
    stage: str
    model: str | None
    rule: str | None
    confidence: float | None
    evidence: str | None
    sources: tuple[SourceLine, ...]
    decision: str | None
    ledger_index: int | None
    reviewer: str | None
    cost: Decimal | None
    trace_id: str | None
    supplier: str | None = None
    sku: str | None = None
    decided_by: str | None = None
    agree: int | None = None
    differ: int | None = None
    lost: tuple[Lost, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As `aios trace --json` answers it: money is a string."""
        told = dict(vars(self))
        told["sources"] = [vars(source) for source in self.sources]
        told["lost"] = [{**vars(one), "sources": [vars(source) for source in one.sources]} for one in self.lost]
        told["cost"] = None if self.cost is None else str(self.cost)
        return told


def answer(
    value: pl.Expr,
    *,
    by: str | pl.Expr,
    confidence: float | pl.Expr | None = None,
    evidence: pl.Expr | None = None,
) -> pl.Expr:
    """A signed answer, for rules: `by` names the rule (a string is the name itself, an expression is per row).

    Raises ReceiptError for an empty name and for a confidence outside 0 to 1.
    """
    if isinstance(by, str) and not by:
        raise ReceiptError("an answer", "nobody signs it", "pass the name of the rule or model as `by`")
    if isinstance(confidence, int | float) and not (math.isfinite(confidence) and 0 <= confidence <= 1):
        raise ReceiptError("an answer", f"its confidence is {confidence}", "pass a number from 0 to 1")
    parts = [value.alias(VALUE), (pl.lit(by) if isinstance(by, str) else by).alias("by")]
    if confidence is not None:
        sure = confidence if isinstance(confidence, pl.Expr) else pl.lit(float(confidence))
        parts.append(sure.alias("confidence"))
    if evidence is not None:
        parts.append(evidence.alias("evidence"))
    return pl.struct(parts)


def split_answers(frame: pl.DataFrame, contract: Contract) -> Split:
    """What a stage returned as the contract's physical columns, in its order and of its types.

    Answered structs become their four columns; a plain column where an answer is due stays unsigned, and the gate says
    so. Every declared column is cast to its type: a value that the type cannot hold unchanged becomes null and its row
    broken, and so does a confidence outside 0 to 1. Columns that the contract does not know stand behind, untouched;
    what it lacks is not made up. Raises ReceiptError for a struct that has value and parts that no receipt has.
    """
    made: dict[str, pl.Series] = {}
    reasons: list[pl.Series] = []
    for column in contract.columns:
        if column.name not in frame.columns:
            continue
        given = frame.get_column(column.name)
        if column.answered:
            given, receipt = _opened(given, column, frame)
            made[column.name] = _held(given, column, reasons)
            made.update(_receipt(column, receipt, frame.height, reasons))
        else:
            made[column.name] = _held(given, column, reasons)
    rest = [series for series in frame.iter_columns() if series.name not in made]
    if not reasons:
        return Split(pl.DataFrame([*made.values(), *rest]), None)
    told = pl.DataFrame(reasons).select(pl.concat_str(pl.all(), separator="; ", ignore_nulls=True).alias("broken"))
    broken = told.select(pl.when(pl.col("broken") != "").then(pl.col("broken"))).to_series().alias("broken")
    return Split(pl.DataFrame([*made.values(), *rest]), broken)


def unsigned(frame: pl.DataFrame, column: str) -> int:
    """How many values of an answered column have no receipt: a value, and nobody who answered it."""
    if f"{column}__by" not in frame.columns:
        return frame.get_column(column).len() - frame.get_column(column).null_count()
    missing = pl.col(column).is_not_null() & pl.col(f"{column}__by").is_null()
    return int(frame.select(missing.sum()).item())


FAMILIES = ("source", "person", "rule", "model")
"""Who can sign: what stands before the colon of a stored `by`. Policies set their floors by it."""


def signed(frame: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """The physical columns with every `by` under its family, and exact signers sure of themselves.

    `name@version` is a model's, `source/field` the feed's own word, anything else a rule. A value whose rule or source
    gives no confidence was read exactly: 1. A model that gives none stays without, and the gate says so.
    """
    made: list[pl.Series | pl.Expr] = []
    for name in (column.name for column in contract.columns if column.answered):
        by, sure = frame.get_column(f"{name}__by"), pl.col(f"{name}__confidence")
        # Few signers sign many rows: each name is looked at once.
        family = {one: _family(one) for one in by.unique().drop_nulls()}
        models = [one for one in family.values() if one.startswith("model:")]
        signed_by = by.replace_strict(family, default=None, return_dtype=pl.String)
        exact = pl.col(name).is_not_null() & signed_by.is_not_null() & ~signed_by.is_in(models)
        made += [signed_by, pl.when(exact).then(sure.fill_null(1.0)).otherwise(sure).alias(f"{name}__confidence")]
    return frame.with_columns(made)


def _family(by: str) -> str:
    if by.split(":", 1)[0] in FAMILIES:
        return by
    if "@" in by:
        return f"model:{by}"
    return f"source:{by.removeprefix('source/')}" if by.startswith("source/") else f"rule:{by}"


def signer(by: str | None) -> tuple[str | None, str | None]:
    """(model, rule) that a `by` names: exactly one of them, or neither where nobody signed."""
    if not by:
        return None, None
    return (by, None) if "@" in by else (None, by)


def _opened(given: pl.Series, column: Column, frame: pl.DataFrame) -> tuple[pl.Series, dict[str, pl.Series]]:
    """The value and the parts of its receipt that were given."""
    beside = {part: f"{column.name}__{part}" for part in RECEIPT_TYPES}
    passed_on = {part: frame.get_column(name) for part, name in beside.items() if name in frame.columns}
    if not (isinstance(given.dtype, pl.Struct) and VALUE in (parts := {f.name for f in given.dtype.fields})):
        return given, passed_on
    if strange := parts - set(PARTS):
        raise ReceiptError(
            f"answered column {column.name}",
            f"its struct has {', '.join(sorted(strange))}, which is no part of an answer",
            f"return Struct({', '.join(PARTS)})",
        )
    if passed_on:
        raise ReceiptError(
            f"answered column {column.name}",
            f"it brings a receipt inside and {', '.join(s.name for s in passed_on.values())} beside it",
            "return one of the two",
        )
    return given.struct.field(VALUE).alias(column.name), {
        part: given.struct.field(part) for part in RECEIPT_TYPES if part in parts
    }


def _receipt(
    column: Column, given: dict[str, pl.Series], height: int, reasons: list[pl.Series]
) -> dict[str, pl.Series]:
    made = {}
    for part, dtype in RECEIPT_TYPES.items():
        name = f"{column.name}__{part}"
        if part not in given or given[part].dtype == pl.Null:
            made[name] = pl.Series(name, [None], dtype=dtype).new_from_index(0, height)
            continue
        series = given[part].alias(name)
        if not (series.dtype == dtype or (part == "confidence" and series.dtype.is_numeric()) or _texts(series)):
            raise ReceiptError(
                f"answered column {column.name}", f"its {part} is {series.dtype}", f"return it as {dtype}"
            )
        series = series if series.dtype == dtype else series.cast(dtype)
        if part == "confidence":
            series = _certain(series, column, reasons)
        elif (series == "").any():
            # Empty means nobody, and nothing.
            series = series.to_frame().select(pl.when(pl.col(name) != "").then(pl.col(name))).to_series()
        made[name] = series
    return made


def _texts(series: pl.Series) -> bool:
    return isinstance(series.dtype, pl.Categorical | pl.Enum)


def _certain(series: pl.Series, column: Column, reasons: list[pl.Series]) -> pl.Series:
    """Confidences from 0 to 1; what lies outside, NaN included, becomes null and breaks its row."""
    if series.null_count() == series.len():
        return series
    # Two cheap looks spare the common case the mask; NaN hides from min and max.
    low, high, odd = series.min(), series.max(), series.is_nan().any()
    if not odd and isinstance(low, float) and isinstance(high, float) and low >= 0 and high <= 1:
        return series
    wrong = ~series.is_between(0, 1) | series.is_nan()
    reasons.append(_reason(wrong, f"{column.name}: the confidence is not between 0 and 1", len(reasons)))
    return series.set(wrong.fill_null(value=False), None)


def _held(given: pl.Series, column: Column, reasons: list[pl.Series]) -> pl.Series:
    """The values in the declared type; what it cannot hold unchanged becomes null and breaks its row."""
    if given.dtype == column.type:
        return given
    if given.dtype == pl.Null:
        return given.cast(column.type)
    try:
        cast = given.cast(column.type, strict=False)
    except pl.exceptions.PolarsError:
        # No cast between these types: no value of this column can be held.
        cast = pl.Series(given.name, [None], dtype=column.type).new_from_index(0, given.len())
    lost = given.is_not_null() & (cast.is_null() | _changed(given, cast))
    if not lost.any():
        return cast
    reasons.append(_reason(lost, f"{column.name}: the value is no {column.type}", len(reasons)))
    kept = cast.to_frame().with_columns(lost.alias("lost")).select(pl.when(~pl.col("lost")).then(pl.first()))
    return kept.to_series().alias(given.name)


def _changed(given: pl.Series, cast: pl.Series) -> pl.Series:
    """Where the way there and back does not give the same value: 1.5 as an integer, 2.005 as a price of two digits.

    Text is read and written, not converted, and a shorter float is meant to be shorter: only infinity is a loss there.
    """
    here, there = given.dtype, cast.dtype
    if pl.String in {here.base_type(), there.base_type()}:
        return pl.Series([False]).new_from_index(0, given.len())
    if here.is_float() and there.is_float():
        return given.is_finite() & cast.is_infinite()
    try:
        back = cast.cast(here, strict=False)
    except pl.exceptions.PolarsError:
        return pl.Series([True]).new_from_index(0, given.len())
    return given.ne_missing(back)


def _reason(where: pl.Series, why: str, number: int) -> pl.Series:
    told = where.alias("where").to_frame().select(pl.when(pl.col("where")).then(pl.lit(why)).alias(f"_{number}"))
    return told.to_series()
