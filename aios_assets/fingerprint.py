"""Fingerprint: a stable 64-bit hash of a row's values, and the bucket that a key falls into."""

from collections.abc import Sequence

import polars as pl
import polars_hash  # noqa: F401  registers the stable hashes (xxh3); polars' own is not promised to stay the same

from policies.contract import FINGERPRINT

_ABSENT = 0x9E37_79B9_7F4A_7C15
_STEP = 0x100_0000_01B3


def fingerprint(columns: Sequence[str], schema: pl.Schema) -> pl.Expr:
    """Hash of these columns in this order, as Int64; null differs from every value, and `a|bc` from `ab|c`.

    Not cryptographic: what a supplier could gain by a collision is that its own old, already judged row stays.
    """
    return _folded([_hashed(name, schema[name]) for name in columns]).alias(FINGERPRINT)


def fingerprints(frame: pl.DataFrame) -> pl.Series:
    """`fingerprint` over all columns of a frame, each hashed beside the others."""
    hashed = frame.select(_hashed(name, dtype).alias(name) for name, dtype in frame.schema.items())
    return hashed.select(_folded([pl.col(name) for name in frame.columns]).alias(FINGERPRINT)).to_series()


def bucket_of(keys: Sequence[str], buckets: int) -> pl.Expr:
    """The bucket of a key, 0 … buckets-1, as UInt32; the same for ever."""
    text = pl.concat_str([pl.col(key).cast(pl.String) for key in keys], separator="\x1f")
    return (_xxh3(text) % buckets).cast(pl.UInt32).alias("bucket")


def _folded(hashes: Sequence[pl.Expr]) -> pl.Expr:
    total = pl.lit(len(hashes), dtype=pl.UInt64)
    for one in hashes:
        total = total * _STEP + one
    return total.reinterpret(signed=True)


def _hashed(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype == pl.Binary:
        text = column.bin.encode("hex")
    elif isinstance(dtype, pl.Struct):
        text = column.struct.json_encode()
    elif isinstance(dtype, pl.List):
        text = pl.struct(column).struct.json_encode()
    else:
        text = column.cast(pl.String)
    return _xxh3(text).fill_null(_ABSENT)


def _xxh3(text: pl.Expr) -> pl.Expr:
    hashed: pl.Expr = text.nchash.xxh3_64()  # type: ignore[attr-defined]  # the namespace is registered at import
    return hashed
