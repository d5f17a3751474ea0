"""Measures: what each Great Expectations metric is as one polars expression. Knows no Great Expectations.

A measure never yields a row's value of a text column, only counts; aggregates of numbers and times are told as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from policies.quality.aggregates import AGGREGATES
from policies.quality.column import Arguments, Column, UnmeasurableError
from policies.quality.rows import AGAINST_ORDER, OF_COLUMN, OF_SEVERAL

CONDITIONS = "row conditions are not evaluated; make the condition a row rule of the contract"


@dataclass(frozen=True)
class Measure:
    """One scalar (or list) to select. `proof` is a cheap expression that settles the answer where it is zero.

    Where a proof is given it is selected first and `expr` is asked only of the rows that `suspects` keeps.
    """

    expr: pl.Expr
    suspects: pl.Expr | None = None
    proof: pl.Expr | None = None


def measure(name: str, domain: Arguments, value: Arguments, schema: pl.Schema) -> Measure:
    """The measure that answers a metric; raises UnmeasurableError for one unknown or unfit for the columns."""
    if domain.get("row_condition"):
        raise UnmeasurableError(CONDITIONS)
    if name == "table.row_count":
        return Measure(pl.len())
    if name.endswith(".unexpected_count"):
        return _unexpected(name.removesuffix(".unexpected_count"), domain, value, schema)
    if name.endswith(".filtered_row_count"):
        return Measure(_considered(domain, schema).sum())
    if aggregate := AGGREGATES.get(name):
        return Measure(aggregate(Column(domain["column"], schema), value))
    raise UnmeasurableError(f"metric {name} is not measured here; choose an expectation that is")


def _unexpected(metric: str, domain: Arguments, value: Arguments, schema: pl.Schema) -> Measure:
    if metric == "column_values.unique":
        column = Column(domain["column"], schema)
        return _repeated(column.expr, column.expr.is_not_null())
    if metric == "compound_columns.unique":
        columns = [Column(name, schema).expr.alias(name) for name in domain["column_list"]]
        return _repeated(pl.struct(columns), _considered(domain, schema))
    if test := OF_COLUMN.get(metric):
        return Measure((~test(Column(domain["column"], schema), value)).sum())
    if order := AGAINST_ORDER.get(metric):
        return Measure(order(Column(domain["column"], schema), bool(value.get("strictly"))))
    if several := OF_SEVERAL.get(metric):
        kept = several([Column(name, schema) for name in _names(domain)], value).fill_null(value=False)
        return Measure((_considered(domain, schema) & ~kept).sum())
    raise UnmeasurableError(f"metric {metric} is not measured here; choose an expectation that is")


def _repeated(values: pl.Expr, considered: pl.Expr) -> Measure:
    """How many considered rows share their values with another; different 64-bit hashes prove different values."""
    hashes = values.hash().filter(considered)
    return Measure(
        expr=values.filter(considered).is_duplicated().sum(),
        suspects=considered & values.hash().is_duplicated(),
        proof=hashes.len() - hashes.n_unique(),
    )


def _names(domain: Arguments) -> Sequence[str]:
    return domain["column_list"] if "column_list" in domain else (domain["column_A"], domain["column_B"])


def _considered(domain: Arguments, schema: pl.Schema) -> pl.Expr:
    missing = [Column(name, schema).expr.is_null() for name in _names(domain)]
    match domain.get("ignore_row_if"):
        case "both_values_are_missing" | "all_values_are_missing":
            return ~pl.all_horizontal(missing)
        case "either_value_is_missing" | "any_value_is_missing":
            return ~pl.any_horizontal(missing)
        case "neither" | "never":
            return pl.repeat(value=True, n=pl.len())
        case other:
            raise UnmeasurableError(f"ignore_row_if {other!r} is unknown; Great Expectations' own words are")
