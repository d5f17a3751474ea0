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
    if not gone.height or not frame.height:
        return frame
    names = list(on)
    gone = gone.select(names).drop_nulls()
    there = gone.select(key_hash(names)).with_row_index("_there")
    if there.get_column(HASH).n_unique() < there.height:
        gone = gone.unique(maintain_order=True)
        there = gone.select(key_hash(names)).with_row_index("_there")
    met = frame.select(key_hash(names)).with_row_index("_here").join(there, on=HASH, how="inner")
    if met.is_empty():
        return frame
    here, beside = met.get_column("_here"), met.get_column("_there")
    same = [frame.get_column(name).gather(here) == gone.get_column(name).gather(beside) for name in names]
    hit = here.filter(pl.select(pl.all_horizontal(same)).to_series().fill_null(value=False))
    return frame.filter(pl.repeat(True, frame.height, dtype=pl.Boolean, eager=True).scatter(hit, False))


def first_of(frame: pl.DataFrame, keys: Sequence[str]) -> pl.Series | None:
    """One boolean a row: whether it is the first with its key (a key with a null is its own). None: every row is."""
    hashes = frame.select(key_hash(keys)).to_series()
    if hashes.n_unique() == frame.height:
        return None
    first = pl.struct(keys).is_first_distinct() | pl.any_horizontal(pl.col(key).is_null() for key in keys)
    marks = frame.select(first.alias("first")).to_series()
    return None if marks.all() else marks
