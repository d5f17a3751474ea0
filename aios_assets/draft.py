"""Draft: Parquet files in a table's folder that no version names yet."""

import datetime as dt
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

import polars as pl

from aios_assets.disk import sha256_of, sync_file, sync_folder
from aios_assets.fingerprint import bucket_of
from aios_assets.keyed import without
from aios_assets.lake import Lake
from aios_assets.lock import FILES
from aios_assets.threads import each
from policies.contract import ATTEMPT, Contract
from policies.permit import DraftFile

ROWS = 25_000
"""Rows that are worth a file of their own: more files mean less to rewrite, and more to open, hash and sync."""


@dataclass(frozen=True)
class Following:
    """What a table would hold next, as far as it changes: the rows of every bucket to rewrite, and the files they replace.

    `parts` are those rows by bucket; a bucket without rows is none. `height` is the row count of the whole table.
    `overwrite` replaces the shape as well, and with it every file.
    """

    table: str
    contract: Contract
    parts: Mapping[int, pl.DataFrame]
    removes: tuple[str, ...]
    height: int
    buckets: int
    overwrite: bool

    @cached_property
    def rows(self) -> pl.DataFrame:
        """The rows of all buckets that are rewritten."""
        return pl.concat(self.parts.values()) if self.parts else pl.DataFrame(schema=self.contract.schema)

    @property
    def changes(self) -> bool:
        """True if there is anything to commit."""
        return self.overwrite or bool(self.removes) or bool(self.parts)


def following(
    lake: Lake,
    table: str,
    contract: Contract,
    upserts: pl.DataFrame,
    removed: pl.DataFrame,
    *,
    buckets: int,
    attempt: str,
    stands: pl.DataFrame | None = None,
) -> Following:
    """The table after `upserts` came and `removed` keys went. Rows that stay keep the attempt they came in with.

    A table that is new, or whose contract changed, is overwritten. A migration says which rows stay and how (`stands`);
    without one old rows take the new shape with nulls for what they lack. One that has outgrown its files is cut into
    `buckets` anew.
    """
    keys, schema = list(contract.keys), contract.schema
    state = lake.state(table)
    fresh = upserts.with_columns(pl.lit(attempt).alias(ATTEMPT)).select(schema.names())
    if state is None:
        return Following(table, contract, in_buckets(fresh, keys, buckets), (), fresh.height, buckets, overwrite=True)
    files, overwrite = state.files, stands is not None or state.contract != contract.digest
    numbers = {bucket_in(path)[1] for path in files} or {buckets}
    cut = numbers.pop()
    if overwrite or (buckets >= 2 * cut and (fresh.height or removed.height)):
        before = reshaped(lake.scan(table), schema).collect() if stands is None else stands
        rows = merge(before, fresh, removed, keys)
        parts = in_buckets(rows, keys, buckets)
        return Following(table, contract, parts, tuple(sorted(files)), rows.height, buckets, overwrite=overwrite)
    coming, going = in_buckets(fresh, keys, cut), in_buckets(removed.select(keys), keys, cut)
    hit = sorted(coming.keys() | going.keys())
    old = {number: [file for path, file in files.items() if bucket_in(path)[0] == number] for number in hit}
    none = fresh.clear()

    def merged(number: int) -> pl.DataFrame:
        there = lake.scan_files(table, old[number], schema).collect()
        return merge(there, coming.get(number, none), going.get(number, none), keys)

    parts = {number: rows for number, rows in zip(hit, each(hit, merged), strict=True) if rows.height}
    replaced = [file for number in hit for file in old[number]]
    height = state.rows - sum(file.rows for file in replaced) + sum(rows.height for rows in parts.values())
    removes = tuple(sorted(file.path for file in replaced))
    return Following(table, contract, parts, removes, height, cut, overwrite=False)


def bucket_anew(
    contract: Contract,
    stood: pl.DataFrame,
    upserts: pl.DataFrame,
    removed: pl.DataFrame,
    *,
    table: str,
    number: int,
    buckets: int,
    attempt: str,
    height: int,
) -> Following:
    """One bucket of a table whose files are all replaced: `stood` are the rows of its keys so far, of `height` in all."""
    fresh = upserts.with_columns(pl.lit(attempt).alias(ATTEMPT)).select(contract.schema.names())
    rows = merge(stood, fresh, removed, list(contract.keys))
    then = height - stood.height + rows.height
    parts = {number: rows} if rows.height else {}
    return Following(table, contract, parts, (), then, buckets, overwrite=False)


def in_buckets(rows: pl.DataFrame, keys: Sequence[str], buckets: int) -> dict[int, pl.DataFrame]:
    """The rows of each bucket that has any, in their order."""
    if buckets == 1 or rows.is_empty():
        return {0: rows} if rows.height else {}
    parts = rows.with_columns(bucket_of(keys, buckets)).partition_by(
        "bucket", as_dict=True, include_key=False, maintain_order=True
    )
    return {int(bucket): part for (bucket,), part in sorted(parts.items())}


def buckets_of(rows: int, most: int) -> int:
    """Into how many files a table of so many rows is cut."""
    return min(most, max(1, -(-rows // ROWS)))


def bucket_name(bucket: int, buckets: int, attempt: str) -> str:
    """A data file's path inside its table's folder."""
    return f"{FILES}/{bucket:03}-of-{buckets:03}-{attempt}.parquet"


def again(file: DraftFile, attempt: str) -> DraftFile:
    """The same bytes as a draft of another attempt."""
    return replace(file, path=bucket_name(*bucket_in(file.path), attempt))


def bucket_in(path: str) -> tuple[int, int]:
    """The bucket, and the number of buckets, that a data file's path tells."""
    bucket, _, buckets, *_ = path.rsplit("/", 1)[-1].split("-")
    return int(bucket), int(buckets)


def write_draft(lake: Lake, next_rows: Following, *, attempt: str) -> tuple[DraftFile, ...]:
    """Writes the rows in one durable file a bucket; buckets without rows get none."""
    files = write_files(lake, next_rows, attempt=attempt)
    name_files(lake, next_rows.table, files)
    return files


def write_files(lake: Lake, next_rows: Following, *, attempt: str) -> tuple[DraftFile, ...]:
    """As `write_draft`, where only the bytes are durable and the names are not yet: `name_files` makes them so, once for many.

    Several at once, since polars' writer leaves one of two cores idle on files of this size.
    """
    folder, contract = lake.folder(next_rows.table), next_rows.contract
    target = folder / FILES
    target.mkdir(parents=True, exist_ok=True)  # the commit makes the folder's own name durable
    open_columns = tuple(c.name for c in contract.columns if "personal" not in c.tags)

    def write(item: tuple[int, pl.DataFrame]) -> DraftFile:
        bucket, part = item
        path = bucket_name(bucket, next_rows.buckets, attempt)
        file = folder / path
        part.write_parquet(file, compression="zstd", compression_level=1, statistics=False)
        sync_file(file)
        return DraftFile(path, file.stat().st_size, sha256_of(file), part.height, statistics_of(part, open_columns))

    return tuple(each(list(next_rows.parts.items()), write))


def name_files(lake: Lake, table: str, files: Sequence[DraftFile]) -> None:
    """Makes the names of drafts durable whose bytes are."""
    target = lake.folder(table) / FILES
    if target.is_dir():
        sync_folder(target)
    lake.made_durable(table, files)


def statistics_of(part: pl.DataFrame, columns: Iterable[str]) -> str:
    """Delta's per-file statistics as JSON: counts, and ranges of numbers and times; never of text, which can be personal."""
    ranged = [name for name in columns if part.schema[name].is_numeric() or part.schema[name].is_temporal()]
    low, high = part.select(pl.col(ranged).min()), part.select(pl.col(ranged).max())

    def told(frame: pl.DataFrame) -> dict[str, Any]:
        values = frame.row(0, named=True) if frame.width else {}
        return {name: plain for name, value in values.items() if (plain := _json(value)) is not None}

    return json.dumps(
        {
            "numRecords": part.height,
            "minValues": told(low),
            "maxValues": told(high),
            "nullCount": told(part.null_count()),
        },
        separators=(",", ":"),
        allow_nan=False,
    )


def _json(value: object) -> object:
    match value:
        case dt.datetime():
            return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if value.tzinfo else value.isoformat()
        case dt.date():
            return value.isoformat()
        case Decimal():
            return float(value)
        case float() if not math.isfinite(value):
            return None
        case _:
            return value


def reshaped(rows: pl.LazyFrame, schema: pl.Schema) -> pl.LazyFrame:
    """The rows in this shape: what they lack is null."""
    known = rows.collect_schema()
    if known == schema:
        return rows
    return rows.select(
        (pl.col(name).cast(dtype, strict=False) if name in known else pl.lit(None, dtype=dtype)).alias(name)
        for name, dtype in schema.items()
    )


def merge(before: pl.DataFrame, upserts: pl.DataFrame, removed: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """`before` without the removed and the replaced rows, then the upserts. All three have the keys' columns."""
    gone = pl.concat([upserts.select(keys), removed.select(keys)])
    kept = without(before, gone, keys)
    return pl.concat([kept, upserts.select(before.columns)]) if upserts.height else kept
