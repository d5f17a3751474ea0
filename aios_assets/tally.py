"""Tally: rows that were set aside, counted by what is wrong with them."""

from dataclasses import dataclass

import polars as pl

BY = ("rule", "why", "do")


@dataclass(frozen=True)
class Tally:
    """How many rows break a promise in the same way, and where the first of them was delivered (empty: nowhere)."""

    rule: str
    why: str
    do: str
    rows: int
    first: str


def tallied(rows: pl.LazyFrame, *, most: int | None = None, by: tuple[str, ...] = ()) -> pl.DataFrame:
    """Rows of a quarantine by reason, the most frequent first: columns `by`, `rule`, `why`, `do`, `rows` and `first`."""
    delivered = {"file", "line"} <= set(rows.collect_schema())
    place = pl.format("{}, line {}", "file", "line") if delivered else pl.lit(None, pl.String)
    counted = rows.group_by(*by, *BY).agg(pl.len().alias("rows"), place.drop_nulls().sort().first().alias("first"))
    told = counted.sort("rows", "rule", "why", descending=[True, False, False])
    return (told if most is None else told.head(most)).collect()


def tallies(rows: pl.DataFrame, *, most: int) -> tuple[Tally, ...]:
    """The most frequent reasons of rows that were set aside."""
    told = tallied(rows.lazy(), most=most).select(*BY, "rows", pl.col("first").fill_null(""))
    return tuple(Tally(**row) for row in told.rows(named=True))
