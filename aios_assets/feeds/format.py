"""Format: how a delivery's bytes are to be read."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a file's bytes are, once decompressed."""

    CSV = "csv"
    JSONL = "jsonl"
    JSON = "json"
    XML = "xml"
    XLSX = "xlsx"
    PARQUET = "parquet"
    ARROW = "arrow"


class Compression(StrEnum):
    """What the file is wrapped in."""

    NONE = "none"
    GZIP = "gzip"
    ZSTD = "zstd"
    ZIP = "zip"


TEXT = frozenset({Kind.CSV, Kind.JSONL})
"""Kinds whose records are byte ranges of the decompressed file."""


@dataclass(frozen=True)
class Format:
    """How a delivery is read; everything here is detected, reported and can be overridden by the mapping.

    `separator`, `quote` and `newline` are one character each (`quote` empty: nothing is quoted; `newline` is LF also
    where CR LF ends a line, and CR only where that alone does). `mark` is the length of the byte order mark, `preamble`
    the number of physical lines before the header, `skip` the length of both in bytes. `columns` are the names that raw
    rows will have; `records` is the path of the record elements in JSON and XML, or the sheet.
    """

    kind: Kind
    compression: Compression = Compression.NONE
    encoding: str = "utf-8"
    separator: str = ""
    quote: str = ""
    newline: str = "\n"
    line_end: str = "LF"
    header: bool = True
    mark: int = 0
    preamble: int = 0
    skip: int = 0
    columns: tuple[str, ...] = ()
    records: str = ""
