"""Aggregates: what each metric that is one number (or list) of a column is as a polars expression."""

from collections.abc import Callable, Mapping

import polars as pl

from policies.quality.column import Arguments, Column, UnmeasurableError
from policies.quality.rows import in_set


def _extreme(pick: Callable[[pl.Expr], pl.Expr]) -> Callable[[Column, Arguments], pl.Expr]:
    def extreme(column: Column, _: Arguments) -> pl.Expr:
        if column.type == pl.String or column.type.is_temporal():
            return pick(column.expr)
        return pick(column.numbers())

    return extreme


def _distinct(column: Column, _: Arguments) -> pl.Expr:
    return column.expr.drop_nulls().n_unique()


def _unique_proportion(column: Column, value: Arguments) -> pl.Expr:
    filled = column.expr.is_not_null().sum()
    return pl.when(filled > 0).then(_distinct(column, value) / filled).otherwise(0)


def _outside(column: Column, value: Arguments) -> pl.Expr:
    return column.expr.filter(~in_set(column, value)).n_unique()


def _absent(column: Column, value: Arguments) -> pl.Expr:
    wanted = {column.literal(item) for item in value["value_set"] or () if item is not None}
    if not wanted:
        raise UnmeasurableError("the set of values to be found is empty; name at least one")
    return pl.lit(len(wanted)) - column.expr.filter(column.expr.is_in(list(wanted))).n_unique()


def _quantiles(column: Column, value: Arguments) -> pl.Expr:
    if value.get("allow_relative_error"):
        raise UnmeasurableError("quantiles are exact here; take allow_relative_error out")
    ranked = column.numbers().drop_nulls().sort()
    at = [((ranked.len() - 1) * share).round(mode="half_to_even").cast(pl.Int64) for share in value["quantiles"]]
    return pl.concat_list(ranked.get(position, null_on_oob=True) for position in at)


AGGREGATES: Mapping[str, Callable[[Column, Arguments], pl.Expr]] = {
    "column.min": _extreme(pl.Expr.min),
    "column.max": _extreme(pl.Expr.max),
    "column.mean": lambda column, _: column.numbers().mean(),
    "column.median": lambda column, _: column.numbers().median(),
    "column.standard_deviation": lambda column, _: column.numbers().std(ddof=1),
    "column.sum": lambda column, _: column.numbers().sum(),
    "column.distinct_values.count": _distinct,
    "column.distinct_values.not_in_set.count": _outside,
    "column.distinct_values.missing_from_column.count": _absent,
    "column.unique_proportion": _unique_proportion,
    "column.non_null_proportion": lambda column, _: (
        pl.when(pl.len() > 0).then(column.expr.is_not_null().sum() / pl.len()).otherwise(0)
    ),
    "column.most_common_value": lambda column, _: column.expr.drop_nulls().mode().sort().implode(),
    "column.quantile_values": _quantiles,
}
