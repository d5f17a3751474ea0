"""Query: SQL over committed versions, read only. DuckDB gets Arrow datasets over proven files and no file system."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.dataset as arrow

from aios_assets.errors import AiosError
from aios_assets.lake import Lake, polars_schema

CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "python_enable_replacements": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "temp_directory": "",
}
"""No files, no network, no extensions, no variables of this program: what a query may see is what is registered."""

_ALL = re.compile(r"\b(show|information_schema|duckdb_\w+|pg_catalog)\b", re.IGNORECASE)
"""Words of queries about the tables themselves."""


class QueryError(AiosError):
    """A query that cannot be answered, or asks for more than to read."""


@dataclass(frozen=True)
class Answered:
    """Column names and rows; `versions` says which version of each table was read."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    versions: Mapping[str, int]

    def plain(self) -> dict[str, Any]:
        """As JSON values; bytes are hex."""
        return {
            "columns": list(self.columns),
            "rows": [[_json(value) for value in row] for row in self.rows],
            "versions": dict(self.versions),
        }


def query(lake: Lake, sql: str, *, at: Mapping[str, int] | None = None) -> Answered:
    """Answers one SELECT over the lake's tables at their latest committed versions, or at those named.

    Raises QueryError for anything but one SELECT (DESCRIBE, SHOW and SUMMARIZE count as such) and for what DuckDB refuses,
    LakeError for a version that was never committed and for files that are not what was decided on.
    """
    versions = dict(at or {})
    tables = _tables(lake)
    if strange := sorted(set(versions) - set(tables)):
        raise QueryError(
            f"table {strange[0]}", "nothing of it is committed", f"name one of {', '.join(tables) or 'none yet'}"
        )
    with duckdb.connect(":memory:", config=CLOSED) as engine:
        _one_select(engine, sql)
        read = {}
        for name in tables:
            if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", sql, re.IGNORECASE) or _ALL.search(sql):
                read[name] = versions.get(name, tables[name])
                engine.register(name, dataset(lake, name, read[name]))
        engine.execute("SET lock_configuration = true")
        try:
            told = engine.execute(sql)
            columns = tuple(str(column[0]) for column in told.description or ())
            return Answered(columns, told.fetchall(), read)
        except duckdb.Error as error:
            first = str(error).strip().splitlines()[0]
            raise QueryError("the query", first, _hint(tables)) from error


def dataset(lake: Lake, table: str, version: int) -> arrow.Dataset:
    """A committed version as an Arrow dataset over its files, each proven to have its SHA-256. Raises LakeError."""
    lake.scan(table, version)  # proves the files
    files = lake.tables.files(table, version)
    state = lake.state(table)
    schema = polars_schema(state.history[version].planned.schema) if state else pl.Schema()
    if not files:
        empty: pa.Table = pl.DataFrame(schema=schema).to_arrow()
        return arrow.dataset(empty)
    return arrow.dataset([str(lake.folder(table) / path) for path in files], format="parquet")


def _tables(lake: Lake) -> dict[str, int]:
    tables = lake.tables
    states = [state for name in tables.names if (state := tables.state(name)) is not None]
    return {state.table: state.version for state in states if state.version >= 0}


def _one_select(engine: duckdb.DuckDBPyConnection, sql: str) -> None:
    try:
        statements = engine.extract_statements(sql)
    except duckdb.Error as error:
        raise QueryError("the query", str(error).strip().splitlines()[0], "correct it") from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        kinds = ", ".join(statement.type.name for statement in statements) or "nothing"
        raise QueryError(
            "the query", f"it is {kinds}, and only one SELECT is answered", "ask for rows; tables change through stages"
        )


def _hint(tables: Mapping[str, int]) -> str:
    known = ", ".join(tables) or "none yet"
    return f"the tables are {known}; their columns: aios sql 'DESCRIBE TABLE'"


def _json(value: Any) -> Any:
    match value:
        case bytes():
            return value.hex()
        case None | bool() | int() | float() | str():
            return value
        case list() | tuple():
            return [_json(one) for one in value]
        case Mapping():
            return {str(name): _json(one) for name, one in value.items()}
        case _:
            return str(value)
