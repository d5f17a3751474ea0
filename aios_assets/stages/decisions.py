"""Decisions: what the gate said, as a table for dashboards and auditors. The ledger stays the record; this is read off it."""

import polars as pl

from aios_assets.evidence import facts_of
from aios_assets.stage import table_stage
from audit.entries import Decided
from audit.ledger import Kind, LedgerReader
from policies.contract import Column, Contract

DECISIONS = Contract(
    key=("ledger_index", "rule", "about"),
    columns=(
        Column("ledger_index", pl.Int64, about="the decision's entry"),
        Column("at", pl.Datetime("us", "UTC")),
        Column("run", pl.String, about="the Dagster run"),
        Column("stage", pl.String),
        Column("table", pl.String),
        Column("attempt", pl.String, tags={"digest"}),
        Column("profile", pl.String),
        Column("admitted", pl.Boolean, about="of the whole decision"),
        Column("version", pl.Int64, null="nothing was committed"),
        Column("rule", pl.String),
        Column("about", pl.String, about="the column or model that the finding is about; empty: the table"),
        Column("outcome", pl.String, about="admitted, refused or not applicable"),
        Column("why", pl.String),
        Column("do", pl.String),
        Column("rows", pl.Int64),
        Column("set_aside", pl.Int64),
        Column("computed", pl.Int64, about="rows that were computed in this attempt"),
        Column("asked", pl.Int64, about="rows that models answered for"),
        Column("cost", pl.Decimal(18, 6)),
        Column("seconds", pl.Float64),
        Column("policy", pl.String, tags={"digest"}, about="revision of the policy bundle"),
        Column("trace", pl.String, tags={"digest"}),
    ),
    tags=frozenset({"decisions"}),
)


@table_stage(DECISIONS, part="evidence", owner="team:risk")
def decisions(ledger: LedgerReader) -> pl.DataFrame:
    """What the gate said of every attempt, rule by rule, with rows, seconds and cost; read off the ledger."""
    versions = {
        (str(logged.entry.body["permit"]), str(logged.entry.body["table"])): int(logged.entry.body["version"])
        for logged in facts_of(ledger, Kind.COMMITTED)
    }
    rows = []
    for logged in facts_of(ledger, Kind.DECIDED):
        decided = Decided.parse(logged.entry.body)
        base = {
            "ledger_index": logged.index,
            "at": logged.entry.at,
            "run": decided.run,
            "stage": decided.stage,
            "table": decided.table,
            "attempt": decided.attempt,
            "profile": decided.profile,
            "admitted": decided.admitted,
            "version": versions.get((decided.permit or "", decided.table)),
            "rows": int(decided.measures.get("rows", 0)),
            "set_aside": int(decided.measures.get("set_aside", 0)),
            "computed": int(decided.measures.get("computed", 0)),
            "asked": sum(int(model["answers"]) for model in decided.models),
            "cost": decided.cost,
            "seconds": float(decided.seconds),
            "policy": decided.verdict["policy"],
            "trace": logged.entry.trace_id,
        }
        rows += [
            {**base, **{name: finding[name] for name in ("rule", "about", "outcome", "why", "do")}}
            for finding in decided.verdict["findings"]
        ]
    schema = {column.name: pl.String() if column.name == "cost" else column.type for column in DECISIONS.columns}
    told = pl.DataFrame(rows, schema=schema, orient="row").unique(subset=list(DECISIONS.keys), maintain_order=True)
    return told.with_columns(pl.col("cost").cast(pl.Decimal(18, 6)))
