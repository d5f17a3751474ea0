"""Matches: which golden product each record is."""

import polars as pl

from aios_assets.stage import table_stage
from aios_assets.stages.neighbours import itself
from policies.contract import Column, Contract, in_set

READ = tuple(f"neighbours.{name}" for name in ("near_supplier", "near_sku", "probability", "decision", "evidence"))
PRODUCT = ("neighbours.product", "neighbours.near_supplier", "neighbours.near_sku")

MATCHES = Contract(
    key=("supplier", "sku"),
    columns=(
        Column("supplier", pl.String, reads=("neighbours.supplier", "neighbours.near_supplier")),
        Column("sku", pl.String, reads=("neighbours.sku", "neighbours.near_sku")),
        Column(
            "product",
            pl.String,
            reads=PRODUCT,
            tags={"digest"},
            about="the golden product that the record is; stable across runs",
        ),
        Column("members", pl.Int64, reads=PRODUCT, about="records of that product"),
        Column(
            "decision",
            pl.String,
            reads=READ,
            about="of its likeliest pair: certain, likely, review or apart; same or different: a person's",
        ),
        Column("other_supplier", pl.String, reads=READ, null="no record is like it"),
        Column("other_sku", pl.String, reads=READ, null="no record is like it"),
        Column(
            "probability", pl.Float64, reads=READ, null="no record is like it", about="that the two are one product"
        ),
        Column("evidence", pl.String, reads=READ, null="no record is like it", about="what speaks for and against"),
    ),
    expects=(in_set("decision", ["certain", "likely", "review", "apart", "same", "different"]),),
    version=2,
)


@table_stage(MATCHES)
def matches(neighbours: pl.LazyFrame) -> pl.LazyFrame:
    """Which golden product each record is, with its likeliest counterpart and how sure that is."""
    told = pl.col("decision").replace_strict({"same": 0, "different": 2}, default=1, return_dtype=pl.Int8)
    best = (
        neighbours.filter(pl.col("decision").is_not_null())
        .sort(told, "probability", "near_supplier", "near_sku", descending=[False, True, False, False])
        .unique(subset=["supplier", "sku"], keep="first", maintain_order=True)
        .select(
            "supplier", "sku", "probability", "decision", "evidence",
            pl.col("near_supplier").alias("other_supplier"), pl.col("near_sku").alias("other_sku"),
        )
    )  # fmt: skip
    return (
        neighbours.filter(itself())
        .select("supplier", "sku", "product", pl.len().over("product").cast(pl.Int64).alias("members"))
        .join(best, on=["supplier", "sku"], how="left")
        .with_columns(pl.col("decision").fill_null("apart"))
        .select(column.name for column in MATCHES.columns)
    )
