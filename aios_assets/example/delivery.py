"""Delivery: a supplier's records as the bytes of a file, with broken rows among them."""

import gzip
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal, Protocol

import numpy as np
import orjson
import polars as pl

Format = Literal["csv", "jsonl"]
"""`csv`: semicolons, CRLF, UTF-8. `jsonl`: JSON Lines in gzip."""

BROKEN: Final = {
    "csv": ("too-few-fields", "too-many-fields", "bad-bytes", "no-sku", "nul"),
    "jsonl": ("cut-off", "not-json", "array", "duplicate-key", "too-deep", "lone-surrogate", "no-sku", "not-a-number"),
}
"""What is wrong with a broken row, by format."""

_SUFFIX = {"csv": ".csv", "jsonl": ".jsonl.gz"}


class Sink(Protocol):
    """What takes bytes."""

    def write(self, data: bytes, /) -> object:
        """Take these bytes behind the others."""


def file_name(supplier: str, format_: Format) -> str:
    """The name of a supplier's file."""
    return f"{supplier}{_SUFFIX[format_]}"


@contextmanager
def opened(path: Path, format_: Format) -> Iterator[Sink]:
    """The file, to be written; gzip without name and time, so that equal content is equal bytes."""
    with path.open("wb") as raw:
        if format_ == "csv":
            yield raw
        else:
            with gzip.GzipFile(filename="", mode="wb", compresslevel=1, fileobj=raw, mtime=0) as packed:
                yield packed


def header(records: pl.DataFrame, format_: Format) -> bytes:
    """What stands before the first record."""
    return b"" if format_ == "jsonl" else written(records.head(0), format_, header=True)


def written(records: pl.DataFrame, format_: Format, *, header: bool = False) -> bytes:
    """The records as the bytes of a file."""
    buffer = io.BytesIO()
    if format_ == "jsonl":
        records.write_ndjson(buffer)
    else:
        flat(records).write_csv(buffer, separator=";", line_terminator="\r\n", include_header=header)
    return buffer.getvalue()


def flat(records: pl.DataFrame) -> pl.DataFrame:
    """Nested columns as CSV has them: one column a field, list entries apart by `|`."""
    for name, dtype in records.schema.items():
        if isinstance(dtype, pl.List):
            records = records.with_columns(pl.col(name).list.join("|"))
        elif isinstance(dtype, pl.Struct):
            records = records.with_columns(pl.col(name).name.prefix_fields(f"{name}.")).unnest(name)
    return records


def broken(kind: str, records: pl.DataFrame, number: int) -> bytes:
    """One row that breaks in this way, with its line end; it is made of no true record."""
    sku = f"9{number:07}"
    if kind in BROKEN["csv"]:
        return _broken_csv(kind, sku, flat(records.head(0)).width)
    whole = {"sku": sku, "title": f"Broken {number}", "price": "12.50"}
    raw = {
        "cut-off": orjson.dumps(whole)[:-9],
        "not-json": f"sku={sku} title=Broken".encode(),
        "array": orjson.dumps([sku, "Broken", 12.5]),
        "duplicate-key": b'{"sku":"%b","sku":"%b-2","title":"Broken"}' % (sku.encode(), sku.encode()),
        "too-deep": b'{"sku":"%b","title":"Broken","deep":%b%b}' % (sku.encode(), b"[" * 3000, b"]" * 3000),
        "lone-surrogate": b'{"sku":"%b","title":"Broken \\ud800"}' % sku.encode(),
        "no-sku": orjson.dumps({**whole, "sku": None}),
        "not-a-number": b'{"sku":"%b","title":"Broken","price":NaN}' % sku.encode(),
    }
    return raw[kind] + b"\n"


def _broken_csv(kind: str, sku: str, width: int) -> bytes:
    whole = [sku.encode(), b"", b"Defekte Zeile", *[b""] * (width - 3)]
    fields = {
        "too-few-fields": whole[:3],
        "too-many-fields": [*whole, b"x", b"y"],
        "bad-bytes": [whole[0], b"", b"Stra\xdfe \xff\xfe", *whole[3:]],
        "no-sku": [b"", *whole[1:]],
        "nul": [whole[0][:3] + b"\0" + whole[0][3:], *whole[1:]],
    }
    return b";".join(fields[kind]) + b"\r\n"


def places(count: int, share: float, draw: np.random.Generator) -> list[int]:
    """Before which records a broken row stands, ascending."""
    return np.flatnonzero(draw.random(count) < share).tolist()
