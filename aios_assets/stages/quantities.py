"""Quantities: the amounts with units that suppliers deliver in columns of their own, normalised beside their raw form."""

import polars as pl

from aios_assets.enrich.measures import measures
from aios_assets.stage import table_stage
from policies.contract import Column, Contract

TEXT = frozenset({"text"})
READ = ("records.attributes", "records.decimal", "records.supplier")

QUANTITIES = Contract(
    key=("supplier", "sku", "attribute"),
    columns=(
        Column("supplier", pl.String, reads=("records.supplier",), about="who delivered the record"),
        Column("sku", pl.String, reads=("records.sku",), about="the supplier's own number for it"),
        Column("attribute", pl.String, reads=READ, tags=TEXT, about="what the supplier calls it"),
        Column("raw", pl.String, reads=READ, tags=TEXT, about="as the supplier writes it"),
        Column("quantity", pl.String, reads=READ, tags=TEXT, answered=True,
               null="it is no amount that can be read for certain, and its rule says why",
               about="the same magnitude in one way of writing: 7.6 x 4.8 in"),
        Column("kind", pl.String, reads=READ, null="it cannot be read", about="what its unit measures"),
        Column("base", pl.String, reads=READ, null="it cannot be read, or its unit differs from country to country",
               about="the amounts in the base unit of their kind, for comparing only"),
    ),
)  # fmt: skip


@table_stage(QUANTITIES)
def quantities(records: pl.LazyFrame) -> pl.DataFrame:
    """Every amount with a unit that a supplier delivers in a column of its own, with the rule that read it."""
    return measures(records.select("supplier", "sku", "attributes", "decimal").collect())
