"""Drifts: how each delivery's shape differed from the last accepted one of its supplier, and what became of it."""

import polars as pl

from aios_assets.shapes import compared
from aios_assets.stage import table_stage
from audit.ledger import LedgerReader
from policies.contract import Column, Contract

DRIFTS = Contract(
    key=("ledger_index", "kind", "column"),
    columns=(
        Column("ledger_index", pl.Int64, about="the entry that compares the delivery"),
        Column("at", pl.Datetime("us", "UTC"), about="when it was compared"),
        Column("supplier", pl.String),
        Column("delivery", pl.String, tags={"digest"}, about="SHA-256 of what was delivered, hex"),
        Column("files", pl.String, about="their names"),
        Column("kind", pl.String, about="renamed, vanished, swapped, unit, currency, emptied, shrunk and so on"),
        Column("column", pl.String, about="as it was called before; empty: the delivery as a whole"),
        Column("size", pl.Float64, about="the share of the column or delivery that it concerns"),
        Column("read", pl.Boolean, about="whether a field reads the column"),
        Column("what", pl.String),
        Column("why", pl.String, about="the likely cause"),
        Column("patch", pl.String, about="lines of the mapping that would follow it; empty: none would"),
        Column("outcome", pl.String, about="refused, accepted, let through, or open: no decision was made"),
    ),
    tags=frozenset({"decisions"}),
)


@table_stage(DRIFTS, part="evidence", owner="team:catalogue")
def drifts(ledger: LedgerReader) -> pl.DataFrame:
    """Every difference in shape between a delivery and the last accepted one of its supplier; read off the ledger."""
    rows = [
        {
            "ledger_index": one.index,
            "at": one.at,
            "supplier": one.supplier,
            "delivery": one.delivery,
            "files": ", ".join(one.body["names"]),
            **{name: each[name] for name in ("kind", "column", "read", "what", "why")},
            "size": float(each["size"]),
            "patch": "\n".join(each["patch"]),
            "outcome": one.outcome_of(each),
        }
        for one in compared(ledger)
        for each in one.drifts
    ]
    return pl.DataFrame(rows, schema={column.name: column.type for column in DRIFTS.columns}, orient="row")
