"""Entries: the ledger's table of contents, and the roots that were signed."""

import polars as pl

from aios_assets.stage import table_stage
from audit.checkpoint import Checkpoint
from audit.ledger import Inspected
from policies.contract import Column, Contract

ENTRIES = Contract(
    key="index",
    columns=(
        Column("index", pl.Int64, about="from 0"),
        Column("at", pl.Datetime("us", "UTC")),
        Column("kind", pl.String),
        Column("subject", pl.String, about="what it happened to: a table, a supplier, a run"),
        Column("leaf", pl.String, tags={"digest"}, about="RFC 9162 leaf hash, hex"),
        Column("root", pl.String, tags={"digest"}, null="no kept checkpoint ends with it",
               about="root that was signed over the ledger up to here, hex"),
        Column("trace", pl.String, tags={"digest"}, null="no trace was on"),
    ),
    tags=frozenset({"decisions"}),
)  # fmt: skip


@table_stage(ENTRIES, part="evidence", owner="team:risk")
def entries(ledger: Inspected) -> pl.DataFrame:
    """Every entry of the ledger up to this run's evidence by kind, subject and hash, with the signed roots."""
    roots = {told.size - 1: told.root.hex() for told in map(Checkpoint.parse, ledger.notes())}
    rows = [
        (
            logged.index,
            logged.entry.at,
            logged.entry.kind.value,
            logged.entry.subject,
            logged.leaf.hex(),
            roots.get(logged.index),
            logged.entry.trace_id or None,
        )
        for logged in ledger.read()
    ]
    return pl.DataFrame(rows, schema={column.name: column.type for column in ENTRIES.columns}, orient="row")
