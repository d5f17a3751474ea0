"""Keyed: joins by key over 64-bit hashes, since hashing several columns of text into a join costs many times as much.

Exact all the same: a hash only says which rows to compare.
"""

from collections.abc import Sequence

import polars as pl
import polars_hash  # noqa: F401  registers the stable hashes

HASH = "_key_hash"


def key_hash(keys: Sequence[str]) -> pl.Expr:
    """A 64-bit hash of the key; equal keys have equal hashes. A null part counts as an empty one."""
    total = pl.lit(0, dtype=pl.UInt64)
    for key in keys:
        hashed: pl.Expr = pl.col(key).cast(pl.String).nchash.xxh3_64()  # type: ignore[attr-defined]  # registered above
        total = total * 0x100_0000_01B3 + hashed.fill_null(0)
    return total.alias(HASH)


def without(frame: pl.DataFrame, gone: pl.DataFrame, on: Sequence[str]) -> pl.DataFrame:
    """The rows of `frame` whose values in `on` stand in no row of `gone`, in their order; null equals nothing."""
    met = _met(frame, gone, on)
    return frame if met is None else _but(frame, met.get_column("_here"))


def differing(one: pl.DataFrame, other: pl.DataFrame, on: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`without` both ways: the rows of either whose values in `on` stand in no row of the other."""
    met = _met(one, other, on)
    return (one, other) if met is None else (_but(one, met.get_column("_here")), _but(other, met.get_column("_there")))


def _met(frame: pl.DataFrame, other: pl.DataFrame, on: Sequence[str]) -> pl.DataFrame | None:
    """Places of rows that are equal in `on`: `_here` in one frame, `_there` in the other; None where there are none."""
    if not other.height or not frame.height:
        return None
    names = list(on)
    # Null equals nothing, so that a thousand rows without a key meet nobody, and not each other.
    whole = pl.when(pl.all_horizontal(pl.col(name).is_not_null() for name in names)).then(key_hash(names))
    sides = ((frame, "_here"), (other, "_there"))
    here, there = (one.select(whole.alias(HASH)).with_row_index(place).drop_nulls() for one, place in sides)
    met = here.join(there, on=HASH, how="inner")
    if met.is_empty():
        return None
    one, two = met.get_column("_here"), met.get_column("_there")
    same = [frame.get_column(name).gather(one) == other.get_column(name).gather(two) for name in names]
    return met.filter(pl.select(pl.all_horizontal(same)).to_series().fill_null(value=False))


def _but(frame: pl.DataFrame, places: pl.Series) -> pl.DataFrame:
    return frame.filter(pl.repeat(True, frame.height, dtype=pl.Boolean, eager=True).scatter(places, False))


def first_of(frame: pl.DataFrame, keys: Sequence[str]) -> pl.Series | None:
    """One boolean a row: whether it is the first with its key (a key with a null is its own). None: every row is."""
    hashes = frame.select(key_hash(keys)).to_series()
    if hashes.n_unique() == frame.height:
        return None
    first = pl.struct(keys).is_first_distinct() | pl.any_horizontal(pl.col(key).is_null() for key in keys)
    marks = frame.select(first.alias("first")).to_series()
    return None if marks.all() else marks
