"""Lookup: a lake's rows by record or product, and the decisions that brought them in, at what is published now."""

from collections.abc import Iterable
from functools import cache

import polars as pl

from aios_assets.draft import bucket_in
from aios_assets.fingerprint import bucket_of
from aios_assets.lake import Lake, polars_schema
from audit.entries import Decided
from audit.ledger import Logged
from audit.table import Version
from policies.contract import ATTEMPT

RECORD = ("supplier", "sku")
QUARANTINE = ("id", "rule", "why", "do", "row")
"""Columns that every table of rows set aside has."""


class Lookup:
    """One lake, asked about records and products."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self.tables = lake.tables
        self.decided = cache(self._decided)
        self.entry = cache(self._entry)

    def product_of(self, supplier: str, sku: str) -> str | None:
        """The product that a record belongs to; None where it is not matched."""
        found = self.found("matches", [(supplier, sku)])
        return str(found["product"][0]) if found.height else None

    def of_product(self, table: str, product: str) -> pl.DataFrame:
        """A product's rows; without any where nothing of the table is committed."""
        state = self.lake.state(table)
        return pl.DataFrame() if state is None else self.lake.scan(table).filter(pl.col("product") == product).collect()

    def found(self, table: str, keys: list[tuple[str, str]], version: int | None = None) -> pl.DataFrame:
        """The rows of these records: only the buckets that their keys fall into are proven and read."""
        state = self.lake.state(table)
        if state is None or not keys:
            return pl.DataFrame()
        at = state.version if version is None else version
        if at not in state.history:
            return pl.DataFrame()
        files = self.tables.files(table, at)
        asked = pl.DataFrame(keys, schema=dict.fromkeys(RECORD, pl.String), orient="row")
        cuts = {bucket_in(path)[1] for path in files}
        hit = {(bucket, cut) for cut in cuts for bucket in asked.select(bucket_of(RECORD, cut)).to_series()}
        wanted = [file for path, file in files.items() if bucket_in(path) in hit]
        schema = polars_schema(state.history[at].planned.schema)
        return self.lake.scan_files(table, wanted, schema).filter(_keyed(keys)).collect()

    def aside(self, subject: str, keys: Iterable[tuple[str, str]]) -> pl.DataFrame:
        """Rows that were set aside, of these records or of the subject itself (an id, or FILE:LINE), and in which table."""
        ids = [subject, *(f"{a}/{b}" for a, b in keys)]
        parts = []
        for table in self.tables.names:
            state = self.lake.state(table)
            known = set(polars_schema(state.schema).names()) if state is not None and state.rows else set()
            if known.issuperset(QUARANTINE):
                where = pl.col("id").is_in(ids)
                if known.issuperset(RECORD):
                    where = where | _keyed(keys)
                if known.issuperset(("file", "line")):
                    where = where | (pl.format("{}:{}", "file", "line") == subject)
                rows = self.lake.scan(table).filter(where).select("id", "rule", "why", "do", ATTEMPT)
                parts.append(rows.with_columns(pl.lit(table).alias("table")).collect())
        return pl.concat(parts) if parts else pl.DataFrame()

    def pinned(self, attempt: str, table: str) -> int | None:
        """The version of `table` that an attempt read."""
        decision = self.decided(attempt)
        inputs = decision[1].inputs if decision else ()
        return next((one.version for one in inputs if one.name == table), None)

    def version(self, table: str, attempt: str) -> Version | None:
        """The version that an attempt's rows came in with."""
        state = self.lake.state(table)
        history = state.history.values() if state else ()
        return next((version for version in history if version.permit == attempt), None)

    def _decided(self, attempt: str) -> tuple[int, Decided] | None:
        return self.tables.decision(attempt)

    def _entry(self, index: int) -> Logged:
        return next(iter(self.lake.ledger.read(index, index + 1)))


def _keyed(keys: Iterable[tuple[str, str]]) -> pl.Expr:
    each = [(pl.col("supplier") == supplier) & (pl.col("sku") == sku) for supplier, sku in keys]
    return pl.any_horizontal(each) if each else pl.lit(value=False)
