"""Gold: the true pairs of two tables, or of one with itself, however their file names the columns."""

from itertools import permutations
from typing import Final

import polars as pl

from aios_assets.evaluate.tables import TableError, id_column

LABELS: Final = ("label", "gold", "match", "is_match", "ismatch", "class", "target")
TRUE: Final = ("1", "1.0", "true", "yes", "match", "t", "y")
NUMBERS: Final = ("id", "_id", "pair_id", "pairid", "index", "row", "")
"""Columns that number the lines of a gold file."""


def pairs_of(frame: pl.DataFrame, left: pl.Series | None = None, right: pl.Series | None = None) -> pl.DataFrame:
    """The gold's pairs as `left_sku`, `right_sku`.

    `left`, `right`: the ids of the two tables; without them the first two columns are taken. With them the columns are those
    whose values are ids, on whichever side. A label column leaves the matches only. Raises TableError where the columns
    are no ids of these tables.
    """
    if frame.width < 2:
        raise TableError("gold", "it has one column", "give id pairs, one a line")
    label = _label(frame)
    if label is not None:
        frame = frame.filter(pl.col(label).str.to_lowercase().is_in(TRUE)).drop(label)
    candidates = [name for name in frame.columns if name.lower() not in NUMBERS]
    if len(candidates) < 2:
        candidates = frame.columns
    if left is None or right is None:
        one, other = candidates[:2]
    else:
        one, other = _sides(frame, candidates, left, right)
        if one in set(left) and other in set(right):  # a file without a header: its first line is a pair
            frame = pl.concat([pl.DataFrame({one: [one], other: [other]}), frame.select(one, other)])
    return frame.select(left_sku=pl.col(one), right_sku=pl.col(other)).drop_nulls().unique(maintain_order=True)


def _label(frame: pl.DataFrame) -> str | None:
    if frame.width < 3:
        return None
    named = [name for name in frame.columns if name.lower() in LABELS]
    return named[0] if named else None


def _sides(frame: pl.DataFrame, candidates: list[str], left: pl.Series, right: pl.Series) -> tuple[str, str]:
    """The two columns of which most values are ids of the left and of the right table; of equals, the first ones."""
    if not len(frame):
        return candidates[0], candidates[1]
    here = {name: _share(frame[name], left) for name in candidates}
    there = {name: _share(frame[name], right) for name in candidates}
    one, other = max(permutations(candidates, 2), key=lambda pair: min(here[pair[0]], there[pair[1]]))
    for side, name, share, ids in (("left", one, here[one], left), ("right", other, there[other], right)):
        if not share:
            shown = ", ".join(frame[name].drop_nulls().head(3).to_list())
            known = ", ".join(ids.head(3).to_list())
            raise TableError(
                "gold",
                f"none of its columns has ids of the {side} table: {name} has {shown}; the ids are {known}",
                "give the ids as they stand in the tables, the left one's first",
            )
    return one, other


def _share(values: pl.Series, ids: pl.Series) -> float:
    said = values.drop_nulls()
    return float(said.is_in(ids.implode()).mean() or 0.0) if len(said) else 0.0  # type: ignore[arg-type]  # of booleans


def cluster_pairs(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Pairs (`left_sku`, `right_sku`) of rows that have the same value in a column."""
    if column not in frame.columns:
        raise TableError("gold", f"there is no column {column}", f"name one of {', '.join(frame.columns)}")
    key = frame.select(sku=id_column(frame, but=(column,)), cluster=column).drop_nulls()
    both = key.join(key, on="cluster", suffix="_right").filter(pl.col("sku") < pl.col("sku_right"))
    return both.select(left_sku="sku", right_sku="sku_right").unique(maintain_order=True)
