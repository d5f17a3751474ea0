"""Fills: how many records of each delivery fill each field, so that a field that runs dry is seen from delivery to delivery."""

import polars as pl

from aios_assets.stage import table_stage
from aios_assets.stages.deliveries import told
from audit.ledger import LedgerReader
from policies.contract import Column, Contract

FILLS = Contract(
    key=("ledger_index", "field"),
    columns=(
        Column("ledger_index", pl.Int64, about="the delivery's entry"),
        Column("at", pl.Datetime("us", "UTC"), about="when it was read for the first time"),
        Column("supplier", pl.String),
        Column("file", pl.String),
        Column("field", pl.String),
        Column("records", pl.Int64, about="of the delivery that could be read"),
        Column("filled", pl.Int64, about="of those, how many fill the field"),
    ),
    tags=frozenset({"decisions"}),
)


@table_stage(FILLS, part="evidence", owner="team:catalogue")
def fills(ledger: LedgerReader) -> pl.DataFrame:
    """How many records of each delivery fill each field; read off the ledger."""
    rows = [
        {"ledger_index": index, "at": at, "supplier": body["supplier"], "file": body["file"], "field": field,
         "records": body["rows"], "filled": filled}
        for index, at, body in told(ledger)
        for field, filled in sorted(body.get("filled", {}).items())
    ]  # fmt: skip
    return pl.DataFrame(rows, schema={column.name: column.type for column in FILLS.columns}, orient="row")
