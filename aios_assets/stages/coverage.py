"""Coverage: how much of each field suppliers fill, and how much of that could be read."""

import polars as pl

from aios_assets.stage import table_stage
from policies.contract import Column, Contract

FIELDS = ("title", "description", "brand", "model", "gtin", "price", "currency", "category", "image", "language")
READ = tuple(f"{table}.{field}" for table in ("records", "products") for field in FIELDS)

COVERAGE = Contract(
    key=("supplier", "field"),
    columns=(
        Column("supplier", pl.String, reads=("records.supplier", "products.supplier")),
        Column("field", pl.String, reads=READ),
        Column("records", pl.Int64, reads=("records.supplier", "records.sku"), about="published records"),
        Column("delivered", pl.Int64, reads=READ, about="records in which the supplier fills the field"),
        Column("readable", pl.Int64, reads=READ, about="records of which the field could be normalised"),
    ),
)


@table_stage(COVERAGE, part="feeds")
def coverage(records: pl.LazyFrame, products: pl.LazyFrame) -> pl.LazyFrame:
    """Of each supplier's records, how many fill each field, and of how many it could be read."""
    return (
        _filled(records, "delivered")
        .join(_filled(products, "readable").drop("records"), on=["supplier", "field"], how="left")
        .with_columns(pl.col("readable").fill_null(0))
    )


def _filled(table: pl.LazyFrame, called: str) -> pl.LazyFrame:
    counted = table.group_by("supplier").agg(pl.len().alias("records"), *(pl.col(field).count() for field in FIELDS))
    long = counted.unpivot(on=list(FIELDS), index=["supplier", "records"], variable_name="field", value_name=called)
    return long.with_columns(pl.col("records", called).cast(pl.Int64))
