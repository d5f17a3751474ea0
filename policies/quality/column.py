"""Column: one column that an expectation measures, its missing values made null.

A column's NaN counts as missing, as it does for Great Expectations on pandas.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

type_ = type
Arguments = Mapping[str, Any]


class UnmeasurableError(ValueError):
    """A metric that cannot be measured on this frame: says which, why, and what to change."""


class Column:
    """One column of the frame, its missing values made null. Raises UnmeasurableError where the frame has none."""

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
        """Whether its values stand in an order that everybody agrees on: numbers and times."""
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
        """The error that says which kind of values an expectation needs and this column lacks."""
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
