"""Measures: the amounts with units that suppliers deliver in columns of their own, each beside its raw form.

Which columns those are is told by their values: of the different ones at least half are amounts whose unit stands beside
them, or in the column's name (`Width (mm)`, `weight_kg`). Unit and decimal separator are a column's, not a cell's.
"""

import re
from collections.abc import Iterator
from typing import Final

import orjson
import polars as pl

from aios_assets.enrich.normalise import quantity, unit
from aios_assets.enrich.normalise.answer import answer_type
from aios_assets.enrich.normalise.number import UNDECIDED, Convention

SCHEMA: Final = pl.Schema(
    {
        "supplier": pl.String(),
        "sku": pl.String(),
        "attribute": pl.String(),
        "raw": pl.String(),
        "quantity": answer_type(pl.String()),
        "kind": pl.String(),
        "base": pl.String(),
    }
)
"""One row for each filled cell of such a column; `base` is in the base unit of its kind, for comparing only."""

_LEAST, _SHOWN = 0.5, 500
_NO_AMOUNT = [f"quantity/{name}" for name in ("absent", "no-unit", "unit", "unreadable")]
"""Rules of cells in which no amount with its unit stands; of the others some cannot be read for certain."""
_IN_NAME = re.compile(r"[(\[]\s*([^()\[\]]{1,16}?)\s*[)\]]\s*$|[\s_.-]([^\W\d_]{1,4}|[\"″])$")


def measures(records: pl.DataFrame) -> pl.DataFrame:
    """The quantities of records (`supplier`, `sku`, `attributes`: a JSON object of texts, `decimal`), as SCHEMA."""
    told = [
        part
        for _, rows in records.drop_nulls("attributes").group_by("supplier", maintain_order=True)
        for part in _of_supplier(rows)
    ]
    return pl.concat(told) if told else SCHEMA.to_frame()


def unit_in(name: str) -> str | None:
    """The unit that a column's name ends with; None where it names none."""
    found = _IN_NAME.search(name)
    spelled = next(filter(None, found.groups()), None) if found else None
    return spelled if spelled and unit.of(spelled) else None


def _of_supplier(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The quantities of one supplier's records, column by column."""
    names = sorted({name for text in rows["attributes"] for name in orjson.loads(text)})
    cells = rows["attributes"].str.json_decode(pl.Struct(dict.fromkeys(names, pl.String()))).struct
    known = rows["decimal"].drop_nulls().unique().to_list()
    usual = Convention(known[0]) if len(known) == 1 and known[0] in {".", ","} else UNDECIDED
    for name in names:
        raw = cells.field(name)
        learned = quantity.learn(raw)
        held, declared = learned if learned.decimal else usual, unit_in(name)
        if not _are_amounts(raw.drop_nulls(), declared, held):
            continue
        read = quantity.read(raw, declared=declared, convention=held)
        base = pl.col("base").cast(pl.List(pl.String)).list.join(" x ")
        told = rows.select("supplier", "sku").with_columns(pl.lit(name).alias("attribute"), raw.alias("raw"))
        yield told.hstack(read.with_columns(base)).filter(pl.col("raw").is_not_null()).select(SCHEMA.names())


def _are_amounts(raw: pl.Series, declared: str | None, held: Convention) -> bool:
    """Whether half of a column's different values, or of so many of them, are amounts with their unit."""
    distinct = raw.unique().sort()
    shown = distinct.gather_every(max(1, distinct.len() // _SHOWN))
    by = quantity.read(shown, declared=declared, convention=held)["quantity"].struct.field("by")
    return bool(shown.len()) and int((~by.is_in(_NO_AMOUNT)).sum()) >= _LEAST * shown.len()
