"""Side by side: a pair of records in review, as text: what differs, what speaks for and against, what would change it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aios_assets.cli.answer import table
from aios_assets.cli.deciding import table_of

if TYPE_CHECKING:
    from aios_assets.cli.opened import Opened

CELL = 56


def shown(opened: "Opened", name: str) -> tuple[dict[str, Any], list[str]]:
    """A pair, for programs and for people."""
    import polars as pl

    from aios_assets.beside import Beside
    from aios_assets.enrich.matching.explain import steps
    from aios_assets.reviews import FIELDS

    beside = Beside(opened.lake)
    pair = beside.pair_of(name)
    stem = name.partition("-")[0]
    rows = table_of(opened, "reviews").drop("_fingerprint", "_attempt").filter(pl.col("id").str.starts_with(stem + "-"))
    row = rows.collect().row(0, named=True)
    said = beside.values(pair)
    one, other = (said.get(record, {}) for record in pair)
    fields = [
        {"field": field, "one": one.get(field), "other": other.get(field), "differs": _differs(one, other, field)}
        for field in FIELDS
        if one.get(field) is not None or other.get(field) is not None
    ]
    names = ["/".join(record) for record in pair]
    told = {**row, "one": names[0], "other": names[1], "fields": fields}
    rows = [
        ("≠" if f["differs"] else " ", f["field"], _short(one.get(str(f["field"]))), _short(other.get(str(f["field"]))))
        for f in fields
    ]
    lines = [f"review {row['id']}: {row['state']}, {'one product' if row['merged'] else 'two products'} now", ""]
    lines += table(rows, ("", "field", *names))
    if row["evidence"] is not None:
        parts = [("before any evidence", row["start"]), *((words, weight) for weight, words in steps(row["evidence"]))]
        parts += [("all that is smaller", row["rest"])]
        told["waterfall"] = [{"says": words, "added": weight} for words, weight in parts]
        shown = [(f"{weight:+.1f}", words, _bar(weight)) for words, weight in parts]
        lines += ["", *table(shown, ("log-odds", "evidence", ""))]
        lines += ["", f"probability {row['probability']:.3f}; such a pair merges from {row['line']:.2f} on"]
        lines += [f"what would change it: {row['tipping']}"]
    else:
        lines += ["", f"no evidence was written down; for all of it: aios matches explain {names[0]} {names[1]}"]
    if row["verdict"] is not None:
        lines += ["", f"{row['by']} decided `{row['verdict']}` (ledger entry {row['ledger_index']}): {row['why']}"]
    if row["conflict"]:
        lines += [f"it does not stand: {row['conflict']}"]
    lines += ["", f"decide: aios review decide {row['id']} same|different|unsure --by NAME --why TEXT"]
    return told, lines


def _differs(one: Mapping[str, str | None], other: Mapping[str, str | None], field: str) -> bool:
    a, b = one.get(field), other.get(field)
    return a is not None and b is not None and a.casefold() != b.casefold()


def _short(text: str | None) -> str:
    told = "-" if text is None else " ".join(text.split())
    return told if len(told) <= CELL else told[: CELL - 1] + "…"


def _bar(value: float) -> str:
    return ("█" if value >= 0 else "░") * min(24, round(abs(value) * 2))
