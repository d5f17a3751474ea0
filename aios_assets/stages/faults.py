"""Faults: stages that broke off before there was anything to judge."""

import polars as pl

from aios_assets.evidence import facts_of
from aios_assets.stage import table_stage
from audit.ledger import Kind, LedgerReader
from policies.contract import Column, Contract

FAULTS = Contract(
    key="ledger_index",
    columns=(
        Column("ledger_index", pl.Int64, about="the fault's entry"),
        Column("at", pl.Datetime("us", "UTC")),
        Column("run", pl.String, about="the Dagster run, whose page tells the fault in words"),
        Column("stage", pl.String),
        Column("fault", pl.String, about="its class: words may quote what a feed holds, and stay out of the ledger"),
        Column("trace", pl.String, tags={"digest"}, null="no trace was on"),
    ),
    tags=frozenset({"decisions"}),
)


@table_stage(FAULTS, part="evidence", owner="team:catalogue")
def faults(ledger: LedgerReader) -> pl.DataFrame:
    """Every stage that broke off, by run and class of fault; read off the ledger."""
    rows = [
        {
            "ledger_index": logged.index,
            "at": logged.entry.at,
            "run": logged.entry.body["run"],
            "stage": logged.entry.body["stage"],
            "fault": logged.entry.body["fault"],
            "trace": logged.entry.trace_id or None,
        }
        for logged in facts_of(ledger, Kind.RUN)
    ]
    return pl.DataFrame(rows, schema={column.name: column.type for column in FAULTS.columns}, orient="row")
