"""Writes: what became of every write that was admitted, and every version that nobody was permitted."""

from typing import Any

import polars as pl

from aios_assets.evidence import facts_of
from aios_assets.stage import table_stage
from audit.entries import Abandoned, Committed, Decided, Foreign
from audit.ledger import Kind, LedgerReader, Logged
from policies.contract import Column, Contract, in_set

OUTCOMES = ("committed", "abandoned", "in doubt", "foreign", "repaired")

WRITES = Contract(
    key=("ledger_index", "table"),
    columns=(
        Column("ledger_index", pl.Int64, about="of the decision that admitted it, or that named the foreign version"),
        Column("table", pl.String),
        Column("at", pl.Datetime("us", "UTC"), about="of the decision, or of the finding"),
        Column("outcome", pl.String, about="committed, abandoned, in doubt; foreign or repaired: nobody's permit"),
        Column("version", pl.Int64, null="it became no version"),
        Column("rows", pl.Int64, null="nobody judged what it holds", about="in the files that it adds"),
        Column("bytes", pl.Int64, null="nobody judged what it holds", about="of the files that it adds"),
        Column("run", pl.String, null="no run of ours made it", about="the Dagster run"),
        Column("why", pl.String, null="it went as decided"),
    ),
    tags=frozenset({"decisions"}),
    expects=(in_set("outcome", OUTCOMES),),
)


@table_stage(WRITES, part="evidence", owner="team:risk")
def writes(ledger: LedgerReader) -> pl.DataFrame:
    """What became of every write that was admitted: committed, abandoned or in doubt; and versions without a permit."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    foreign: dict[tuple[str, int], dict[str, Any]] = {}
    for logged in facts_of(ledger, Kind.DECIDED, Kind.COMMITTED, Kind.ABANDONED, Kind.FOREIGN):
        match logged.entry.kind:
            case Kind.DECIDED:
                found |= _planned(logged)
            case Kind.COMMITTED:
                landed = Committed.parse(logged.entry.body)
                if row := found.get((landed.permit, landed.table)):
                    row |= {"outcome": "committed", "version": landed.version}
            case Kind.ABANDONED:
                ended = Abandoned.parse(logged.entry.body)
                if row := found.get((ended.permit, ended.table)):
                    row |= {"outcome": "abandoned", "why": ended.why}
            case _:
                _named(logged, foreign)
    schema = {column.name: column.type for column in WRITES.columns}
    return pl.DataFrame([*found.values(), *foreign.values()], schema=schema, orient="row")


def _planned(logged: Logged) -> dict[tuple[str, str], dict[str, Any]]:
    decided = Decided.parse(logged.entry.body)
    return {
        (decided.attempt, planned.write.table): {
            "ledger_index": logged.index,
            "table": planned.write.table,
            "at": logged.entry.at,
            "outcome": "in doubt",
            "version": None,
            "rows": sum(file.rows for file in planned.write.adds),
            "bytes": sum(file.size for file in planned.write.adds),
            "run": decided.run,
            "why": None,
        }
        for planned in decided.writes
    }


def _named(logged: Logged, foreign: dict[tuple[str, int], dict[str, Any]]) -> None:
    one = Foreign.parse(logged.entry.body)
    row = foreign.setdefault(
        (one.table, one.version), {"ledger_index": logged.index, "table": one.table, "at": logged.entry.at}
    )
    if one.repaired_by is None:
        row |= {"outcome": "foreign", "version": one.version, "why": "written past the gate; nobody reads it"}
    else:
        row |= {"outcome": "repaired", "version": one.version, "why": f"undone by permit {one.repaired_by}"}
