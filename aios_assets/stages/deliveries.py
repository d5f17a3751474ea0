"""Deliveries: which files came from whom, and how much of each could be read."""

import polars as pl

from aios_assets.evidence import facts_of
from aios_assets.stage import table_stage
from audit.ledger import Kind, LedgerReader
from policies.contract import Column, Contract

DELIVERIES = Contract(
    key="ledger_index",
    columns=(
        Column("ledger_index", pl.Int64, about="the delivery's entry"),
        Column("at", pl.Datetime("us", "UTC"), about="when it was read for the first time"),
        Column("supplier", pl.String),
        Column("file", pl.String, about="its name; the same bytes under another name are no second delivery"),
        Column("sha256", pl.String, tags={"digest"}, about="of the file as delivered, hex"),
        Column("format", pl.String),
        Column("size", pl.Int64, about="bytes as delivered"),
        Column("rows", pl.Int64, about="records that could be read"),
        Column("rejects", pl.Int64, about="records that could not"),
    ),
    tags=frozenset({"decisions"}),
)


@table_stage(DELIVERIES, part="evidence", owner="team:catalogue")
def deliveries(ledger: LedgerReader) -> pl.DataFrame:
    """Every delivery that was read, with its size and how many of its records could be read; read off the ledger."""
    told = ("supplier", "file", "sha256", "format", "size", "rows", "rejects")
    rows = [
        {"ledger_index": logged.index, "at": logged.entry.at, **{name: logged.entry.body[name] for name in told}}
        for logged in facts_of(ledger, Kind.DELIVERY)
    ]
    return pl.DataFrame(rows, schema={column.name: column.type for column in DELIVERIES.columns}, orient="row")
