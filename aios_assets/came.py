"""Came: what was delivered, what was refused of it and why, as tables in Markdown for whoever looks at an asset."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from aios_assets.lake import Lake
from aios_assets.order import MOMENT
from aios_assets.tally import Tally, tallied

SHOWN = 40
"""Rows of a table that are shown."""


def came(told: Sequence[Mapping[str, Any]]) -> str:
    """Each delivery of a run: who, which file, what of it could be read, what became of it."""
    rows = [
        (
            one.get("supplier", ""),
            one.get("file", ""),
            one.get("mode", ""),
            _order(one),
            f"{one['rows']:,}",
            f"{one['rejects']:,}",
            one["outcome"],
        )
        for one in told
    ]
    return table(("supplier", "file", "tells", "order", "read", "not readable", "what became of it"), rows)


def refused(lake: Lake, quarantine: str) -> str:
    """What is set aside now, by reason, the most frequent first."""
    if lake.state(quarantine) is None:
        return "Nothing is set aside."
    counted = tallied(lake.scan(quarantine), by=("supplier",))
    if counted.is_empty():
        return "Nothing is set aside."
    rows = counted.select("rows", "supplier", "rule", "why", "do", "first").rows()
    return table(("rows", "supplier", "promise broken", "why", "what to do", "first one"), rows)


def because(tallies: Sequence[Tally]) -> str:
    """Why the rows of a refused draft were set aside."""
    rows = [(one.rows, one.rule, one.why, one.do, one.first) for one in tallies]
    return table(("rows", "promise broken", "why", "what to do", "first one"), rows)


def recent(lake: Lake) -> str:
    """The latest deliveries of all suppliers, and whether they came in time."""
    if lake.state("deliveries") is None:
        return "No delivery has been read yet."
    names = ("at", "supplier", "file", "table", "rows", "rejects", "outcome", "expected_at", "late_seconds")
    rows = lake.scan("deliveries").sort("ledger_index", descending=True).head(SHOWN).select(names).collect()
    clock = (pl.col(name).dt.strftime("%Y-%m-%d %H:%M") for name in ("at", "expected_at"))
    return table(names, rows.with_columns(clock).rows())


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table in Markdown; what a cell holds cannot end it."""
    lines = [head, ["---"] * len(head), *rows[:SHOWN]]
    told = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in lines]
    return "\n".join(told) + (f"\n\n… {len(rows) - SHOWN:,} more" if len(rows) > SHOWN else "")


def _cell(cell: Any) -> str:
    if cell is None:
        return "-"
    text = f"{cell:,}" if isinstance(cell, int) else str(cell)
    for letter in "\\|`<[*":
        text = text.replace(letter, f"\\{letter}")
    return " ".join(text.split())


def _order(one: Mapping[str, Any]) -> str:
    if one.get("order") is None:
        return str(one.get("by", "arrival"))
    number = int(one["order"])
    if number < MOMENT:
        return f"{number} by {one['by']}"
    moment = pl.Series([number]).cast(pl.Datetime("us")).dt.strftime("%Y-%m-%d %H:%M")[0]
    return f"{moment} by {one['by']}"
