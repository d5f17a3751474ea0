"""Keyed: joins by key that first look at 64-bit hashes, since most rows of a large table differ from most of a small change.

Exact all the same: a hash only decides what need not be looked at.
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
    mine, theirs = frame.select(key_hash(on)).to_series(), gone.select(key_hash(on)).to_series()
    suspect = mine.is_in(theirs.unique().implode())
    if not suspect.any():
        return frame
    numbered = frame.filter(suspect).select(on).with_row_index("_row")
    hit = numbered.join(gone.select(on), on=list(on), how="semi").get_column("_row")
    places = suspect.arg_true().gather(hit)
    keep = pl.repeat(True, frame.height, dtype=pl.Boolean, eager=True).scatter(places, False)
    return frame.filter(keep)


def first_of(frame: pl.DataFrame, keys: Sequence[str]) -> pl.Series | None:
    """One boolean a row: whether it is the first with its key (a key with a null is its own). None: every row is."""
    hashes = frame.select(key_hash(keys)).to_series()
    if hashes.n_unique() == frame.height:
        return None
    first = pl.struct(keys).is_first_distinct() | pl.any_horizontal(pl.col(key).is_null() for key in keys)
    marks = frame.select(first.alias("first")).to_series()
    return None if marks.all() else marks
