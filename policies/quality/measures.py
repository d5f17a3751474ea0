"""Measures: what each Great Expectations metric is as one polars expression. Knows no Great Expectations.

A column's NaN counts as missing, as it does for Great Expectations on pandas. A measure never yields a row's value of a
text column, only counts; aggregates of numbers and times are told as they are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from itertools import combinations
from typing import Any

import polars as pl

type_ = type
Arguments = Mapping[str, Any]

CONDITIONS = "row conditions are not evaluated; make the condition a row rule of the contract"


class UnmeasurableError(ValueError):
    """A metric that cannot be measured on this frame: says which, why, and what to change."""


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
    if aggregate := _AGGREGATES.get(name):
        return Measure(aggregate(_Column(domain["column"], schema), value))
    raise UnmeasurableError(f"metric {name} is not measured here; choose an expectation that is")


class _Column:
    """One column of the frame, its missing values made null."""

    def __init__(self, name: str, schema: pl.Schema) -> None:
        if name not in schema:
            raise UnmeasurableError(f"there is no column {name}; add it to the table or take the expectation out")
        self.name = name
        self.type = schema[name]
        column = pl.col(name)
        if self.type.is_float():
            column = column.fill_nan(None)
        if self.type in (pl.Categorical, pl.Enum):
            column = column.cast(pl.String)
            self.type = pl.String()
        self.expr = column

    @property
    def ordered(self) -> bool:
        return self.type.is_numeric() or self.type.is_temporal()

    def text(self) -> pl.Expr:
        """The column as text; only text and whole numbers have one text that everybody agrees on."""
        if self.type == pl.String:
            return self.expr
        if self.type.is_integer():
            return self.expr.cast(pl.String)
        raise self.unfit("text or whole numbers")

    def numbers(self) -> pl.Expr:
        """The column as numbers that can be added; decimals as floats, as pandas does."""
        if not self.type.is_numeric():
            raise self.unfit("numbers")
        return self.expr.cast(pl.Float64) if self.type.is_decimal() else self.expr

    def unfit(self, needed: str) -> UnmeasurableError:
        return UnmeasurableError(f"column {self.name} is {self.type}, but this expectation needs {needed}")

    def literal(self, value: Any) -> Any:
        """A value of the expectation as this column's kind; raises where it is of another kind."""
        match value:
            case bool():
                fits = self.type == pl.Boolean
            case int() | float() | Decimal():
                fits = self.type.is_numeric()
                if fits and self.type.is_decimal():
                    return Decimal(str(value))
            case datetime():
                fits = self.type.is_temporal()
                if isinstance(self.type, pl.Datetime) and (value.tzinfo is None) != (self.type.time_zone is None):
                    raise self.unfit("moments that have a time zone where it has one")
            case date():
                fits = self.type.is_temporal()
            case str() if isinstance(self.type, pl.Datetime | pl.Date):
                return self.literal(_moment(value, self.name))
            case str():
                fits = self.type == pl.String
            case _:
                fits = False
        if not fits:
            raise self.unfit(f"values of its own kind, not {type_(value).__name__}")
        return value


def _moment(text: str, column: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise UnmeasurableError(f"column {column} holds times, and a bound is no ISO 8601 time") from error


# -- rows: how many break the expectation ---------------------------------------------------------------------------


def _unexpected(metric: str, domain: Arguments, value: Arguments, schema: pl.Schema) -> Measure:
    if metric == "column_values.unique":
        column = _Column(domain["column"], schema)
        return _repeated(column.expr, column.expr.is_not_null())
    if metric == "compound_columns.unique":
        columns = [_Column(name, schema).expr.alias(name) for name in domain["column_list"]]
        return _repeated(pl.struct(columns), _considered(domain, schema))
    if test := _COLUMN_TESTS.get(metric):
        return Measure((~test(_Column(domain["column"], schema), value)).sum())
    if order := _ORDER_TESTS.get(metric):
        return Measure(order(_Column(domain["column"], schema), bool(value.get("strictly"))))
    if several := _SEVERAL_TESTS.get(metric):
        kept = several([_Column(name, schema) for name in _names(domain)], value).fill_null(value=False)
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
    missing = [_Column(name, schema).expr.is_null() for name in _names(domain)]
    match domain.get("ignore_row_if"):
        case "both_values_are_missing" | "all_values_are_missing":
            return ~pl.all_horizontal(missing)
        case "either_value_is_missing" | "any_value_is_missing":
            return ~pl.any_horizontal(missing)
        case "neither" | "never":
            return pl.repeat(value=True, n=pl.len())
        case other:
            raise UnmeasurableError(f"ignore_row_if {other!r} is unknown; Great Expectations' own words are")


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


def _between(column: _Column, value: Arguments) -> pl.Expr:
    if not column.ordered and column.type != pl.String:
        raise column.unfit("numbers, times or text")
    low, high = (None if value.get(end) is None else column.literal(value[end]) for end in ("min_value", "max_value"))
    return _within(column.expr, low, high, value)


def _length_between(column: _Column, value: Arguments) -> pl.Expr:
    return _within(column.text().str.len_chars(), value.get("min_value"), value.get("max_value"), value)


def _length_equals(column: _Column, value: Arguments) -> pl.Expr:
    equals: pl.Expr = column.text().str.len_chars() == value["value"]
    return equals


def _in_set(column: _Column, value: Arguments) -> pl.Expr:
    allowed = [column.literal(item) for item in value["value_set"] or () if item is not None]
    if not allowed:
        raise UnmeasurableError("the set of allowed values is empty; name at least one")
    if len(allowed) > 3:
        return column.expr.is_in(allowed)
    # A few comparisons are faster than a look-up.
    among: pl.Expr = reduce(pl.Expr.or_, [column.expr == item for item in allowed])
    return among


def _regex(column: _Column, pattern: str) -> pl.Expr:
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError as error:
        raise UnmeasurableError(
            f"{pattern!r} is no RE2 expression: it can have no look-around and no back-reference"
        ) from error
    return column.text().str.contains(pattern)


def _regexes(column: _Column, value: Arguments) -> pl.Expr:
    tests = [_regex(column, pattern) for pattern in value["regex_list"]]
    if not tests:
        raise UnmeasurableError("the list of regular expressions is empty; name at least one")
    matched: pl.Expr = reduce(pl.Expr.and_ if value.get("match_on") == "all" else pl.Expr.or_, tests)
    return matched


_COLUMN_TESTS: Mapping[str, Callable[[_Column, Arguments], pl.Expr]] = {
    "column_values.nonnull": lambda column, _: column.expr.is_not_null(),
    "column_values.null": lambda column, _: column.expr.is_null(),
    "column_values.in_set": _in_set,
    "column_values.not_in_set": lambda column, value: ~_in_set(column, value),
    "column_values.between": _between,
    "column_values.value_length.between": _length_between,
    "column_values.value_length.equals": _length_equals,
    "column_values.match_regex": lambda column, value: _regex(column, value["regex"]),
    "column_values.not_match_regex": lambda column, value: ~_regex(column, value["regex"]),
    "column_values.match_regex_list": _regexes,
    "column_values.not_match_regex_list": lambda column, value: ~_regexes(column, {**value, "match_on": "any"}),
}


def _against_order(
    wrong: Callable[[pl.Expr, pl.Expr], pl.Expr], wrong_strictly: Callable[[pl.Expr, pl.Expr], pl.Expr]
) -> Callable[[_Column, bool], pl.Expr]:
    def count(column: _Column, strictly: bool) -> pl.Expr:
        if not column.ordered:
            raise column.unfit("numbers or times")
        filled = column.expr.drop_nulls()
        return (wrong_strictly if strictly else wrong)(filled, filled.shift(1)).sum()

    return count


_ORDER_TESTS: Mapping[str, Callable[[_Column, bool], pl.Expr]] = {
    "column_values.increasing": _against_order(pl.Expr.lt, pl.Expr.le),
    "column_values.decreasing": _against_order(pl.Expr.gt, pl.Expr.ge),
}


def _alike(columns: Sequence[_Column]) -> None:
    """Raises unless all columns are of one kind, so that comparing them means something."""
    first, *others = columns
    for other in others:
        same = first.type == other.type or (first.type.is_numeric() and other.type.is_numeric())
        if not same:
            raise other.unfit(f"columns of one kind, and {first.name} is {first.type}")


def _greater(columns: Sequence[_Column], value: Arguments) -> pl.Expr:
    _alike(columns)
    a, b = (column.expr for column in columns)
    return a >= b if value.get("or_equal") else a > b


def _pair_equal(columns: Sequence[_Column], _: Arguments) -> pl.Expr:
    _alike(columns)
    return columns[0].expr == columns[1].expr


def _pair_in_set(columns: Sequence[_Column], value: Arguments) -> pl.Expr:
    def is_pair(pair: Sequence[Any]) -> pl.Expr:
        return pl.all_horizontal(
            column.expr.eq_missing(None if item is None else column.literal(item))
            for column, item in zip(columns, pair, strict=True)
        )

    if not value["value_pairs_set"]:
        raise UnmeasurableError("the set of allowed pairs is empty; name at least one")
    return pl.any_horizontal(is_pair(pair) for pair in value["value_pairs_set"])


def _sum_equal(columns: Sequence[_Column], value: Arguments) -> pl.Expr:
    total: pl.Expr = reduce(pl.Expr.add, [column.numbers() for column in columns])
    equals: pl.Expr = total == value["sum_total"]
    return equals


def _all_equal(columns: Sequence[_Column], _: Arguments) -> pl.Expr:
    _alike(columns)
    return pl.all_horizontal(columns[0].expr.eq_missing(column.expr) for column in columns)


def _all_different(columns: Sequence[_Column], _: Arguments) -> pl.Expr:
    _alike(columns)
    return pl.all_horizontal(a.expr.ne_missing(b.expr) for a, b in combinations(columns, 2))


_SEVERAL_TESTS: Mapping[str, Callable[[Sequence[_Column], Arguments], pl.Expr]] = {
    "column_pair_values.a_greater_than_b": _greater,
    "column_pair_values.equal": _pair_equal,
    "column_pair_values.in_set": _pair_in_set,
    "multicolumn_sum.equal": _sum_equal,
    "multicolumn_values.equal": _all_equal,
    "select_column_values.unique.within_record": _all_different,
}


# -- aggregates: one number a column --------------------------------------------------------------------------------


def _extreme(pick: Callable[[pl.Expr], pl.Expr]) -> Callable[[_Column, Arguments], pl.Expr]:
    def extreme(column: _Column, _: Arguments) -> pl.Expr:
        if column.type == pl.String or column.type.is_temporal():
            return pick(column.expr)
        return pick(column.numbers())

    return extreme


def _distinct(column: _Column, _: Arguments) -> pl.Expr:
    return column.expr.drop_nulls().n_unique()


def _unique_proportion(column: _Column, value: Arguments) -> pl.Expr:
    filled = column.expr.is_not_null().sum()
    return pl.when(filled > 0).then(_distinct(column, value) / filled).otherwise(0)


def _outside(column: _Column, value: Arguments) -> pl.Expr:
    return column.expr.filter(~_in_set(column, value)).n_unique()


def _absent(column: _Column, value: Arguments) -> pl.Expr:
    wanted = {column.literal(item) for item in value["value_set"] or () if item is not None}
    if not wanted:
        raise UnmeasurableError("the set of values to be found is empty; name at least one")
    return pl.lit(len(wanted)) - column.expr.filter(column.expr.is_in(list(wanted))).n_unique()


def _quantiles(column: _Column, value: Arguments) -> pl.Expr:
    if value.get("allow_relative_error"):
        raise UnmeasurableError("quantiles are exact here; take allow_relative_error out")
    ranked = column.numbers().drop_nulls().sort()
    at = [((ranked.len() - 1) * share).round(mode="half_to_even").cast(pl.Int64) for share in value["quantiles"]]
    return pl.concat_list(ranked.get(position, null_on_oob=True) for position in at)


_AGGREGATES: Mapping[str, Callable[[_Column, Arguments], pl.Expr]] = {
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
