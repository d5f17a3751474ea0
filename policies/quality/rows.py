"""Rows: the condition that each row must keep for an expectation to hold, as a polars expression."""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from itertools import combinations
from typing import Any

import polars as pl

from policies.quality.column import Arguments, Column, UnmeasurableError


def _within(value: pl.Expr, low: Any, high: Any, arguments: Arguments) -> pl.Expr:
    if low is None and high is None:
        raise UnmeasurableError("a range needs a lower or an upper bound; give one")
    if low is not None and high is not None and low > high:
        raise UnmeasurableError("the lower bound is above the upper one; swap them")
    tests = []
    if low is not None:
        tests.append(value > low if arguments.get("strict_min") else value >= low)
    if high is not None:
        tests.append(value < high if arguments.get("strict_max") else value <= high)
    within: pl.Expr = reduce(pl.Expr.and_, tests)
    return within


def _between(column: Column, value: Arguments) -> pl.Expr:
    if not column.ordered and column.type != pl.String:
        raise column.unfit("numbers, times or text")
    low, high = (None if value.get(end) is None else column.literal(value[end]) for end in ("min_value", "max_value"))
    return _within(column.expr, low, high, value)


def _length_between(column: Column, value: Arguments) -> pl.Expr:
    return _within(column.text().str.len_chars(), value.get("min_value"), value.get("max_value"), value)


def _length_equals(column: Column, value: Arguments) -> pl.Expr:
    equals: pl.Expr = column.text().str.len_chars() == value["value"]
    return equals


def in_set(column: Column, value: Arguments) -> pl.Expr:
    """Whether the column's value is one of those allowed."""
    allowed = [column.literal(item) for item in value["value_set"] or () if item is not None]
    if not allowed:
        raise UnmeasurableError("the set of allowed values is empty; name at least one")
    if len(allowed) > 3:
        return column.expr.is_in(allowed)
    # A few comparisons are faster than a look-up.
    among: pl.Expr = reduce(pl.Expr.or_, [column.expr == item for item in allowed])
    return among


def _regex(column: Column, pattern: str) -> pl.Expr:
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError as error:
        raise UnmeasurableError(
            f"{pattern!r} is no RE2 expression: it can have no look-around and no back-reference"
        ) from error
    return column.text().str.contains(pattern)


def _regexes(column: Column, value: Arguments) -> pl.Expr:
    tests = [_regex(column, pattern) for pattern in value["regex_list"]]
    if not tests:
        raise UnmeasurableError("the list of regular expressions is empty; name at least one")
    matched: pl.Expr = reduce(pl.Expr.and_ if value.get("match_on") == "all" else pl.Expr.or_, tests)
    return matched


OF_COLUMN: Mapping[str, Callable[[Column, Arguments], pl.Expr]] = {
    "column_values.nonnull": lambda column, _: column.expr.is_not_null(),
    "column_values.null": lambda column, _: column.expr.is_null(),
    "column_values.in_set": in_set,
    "column_values.not_in_set": lambda column, value: ~in_set(column, value),
    "column_values.between": _between,
    "column_values.value_length.between": _length_between,
    "column_values.value_length.equals": _length_equals,
    "column_values.match_regex": lambda column, value: _regex(column, value["regex"]),
    "column_values.not_match_regex": lambda column, value: ~_regex(column, value["regex"]),
    "column_values.match_regex_list": _regexes,
    "column_values.not_match_regex_list": lambda column, value: ~_regexes(column, {**value, "match_on": "any"}),
}
"""Whether a value of one column keeps the expectation."""


def _against_order(
    wrong: Callable[[pl.Expr, pl.Expr], pl.Expr], wrong_strictly: Callable[[pl.Expr, pl.Expr], pl.Expr]
) -> Callable[[Column, bool], pl.Expr]:
    def count(column: Column, strictly: bool) -> pl.Expr:
        if not column.ordered:
            raise column.unfit("numbers or times")
        filled = column.expr.drop_nulls()
        return (wrong_strictly if strictly else wrong)(filled, filled.shift(1)).sum()

    return count


AGAINST_ORDER: Mapping[str, Callable[[Column, bool], pl.Expr]] = {
    "column_values.increasing": _against_order(pl.Expr.lt, pl.Expr.le),
    "column_values.decreasing": _against_order(pl.Expr.gt, pl.Expr.ge),
}
"""How many values of one column stand against the order."""


def _alike(columns: Sequence[Column]) -> None:
    """Raises unless all columns are of one kind, so that comparing them means something."""
    first, *others = columns
    for other in others:
        same = first.type == other.type or (first.type.is_numeric() and other.type.is_numeric())
        if not same:
            raise other.unfit(f"columns of one kind, and {first.name} is {first.type}")


def _greater(columns: Sequence[Column], value: Arguments) -> pl.Expr:
    _alike(columns)
    a, b = (column.expr for column in columns)
    return a >= b if value.get("or_equal") else a > b


def _pair_equal(columns: Sequence[Column], _: Arguments) -> pl.Expr:
    _alike(columns)
    return columns[0].expr == columns[1].expr


def _pair_in_set(columns: Sequence[Column], value: Arguments) -> pl.Expr:
    def is_pair(pair: Sequence[Any]) -> pl.Expr:
        return pl.all_horizontal(
            column.expr.eq_missing(None if item is None else column.literal(item))
            for column, item in zip(columns, pair, strict=True)
        )

    if not value["value_pairs_set"]:
        raise UnmeasurableError("the set of allowed pairs is empty; name at least one")
    return pl.any_horizontal(is_pair(pair) for pair in value["value_pairs_set"])


def _sum_equal(columns: Sequence[Column], value: Arguments) -> pl.Expr:
    total: pl.Expr = reduce(pl.Expr.add, [column.numbers() for column in columns])
    equals: pl.Expr = total == value["sum_total"]
    return equals


def _all_equal(columns: Sequence[Column], _: Arguments) -> pl.Expr:
    _alike(columns)
    return pl.all_horizontal(columns[0].expr.eq_missing(column.expr) for column in columns)


def _all_different(columns: Sequence[Column], _: Arguments) -> pl.Expr:
    _alike(columns)
    return pl.all_horizontal(a.expr.ne_missing(b.expr) for a, b in combinations(columns, 2))


OF_SEVERAL: Mapping[str, Callable[[Sequence[Column], Arguments], pl.Expr]] = {
    "column_pair_values.a_greater_than_b": _greater,
    "column_pair_values.equal": _pair_equal,
    "column_pair_values.in_set": _pair_in_set,
    "multicolumn_sum.equal": _sum_equal,
    "multicolumn_values.equal": _all_equal,
    "select_column_values.unique.within_record": _all_different,
}
"""Whether the values of several columns keep the expectation together."""
