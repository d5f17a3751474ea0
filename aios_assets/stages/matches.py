"""Matches: which product each record is, found over all suppliers by evidence."""

import base64

import polars as pl

from aios_assets.enrich.matching import MatchModel, match
from aios_assets.stage import Changes, table_stage
from aios_assets.stages.match_model import READ
from policies.contract import Column, Contract

DECIDING = (*READ, "match_model.artefact")

MATCHES = Contract(
    key=("supplier", "sku"),
    columns=(
        Column("supplier", pl.String, reads=("products.supplier",)),
        Column("sku", pl.String, reads=("products.sku",)),
        Column("product", pl.String, reads=DECIDING, about="the golden product that the record is; stable across runs"),
        Column("members", pl.Int64, reads=DECIDING, about="records of that product"),
        Column("decision", pl.String, reads=DECIDING, about="certain, review or apart: of its best pair"),
        Column("other_supplier", pl.String, reads=DECIDING, null="no record is like it"),
        Column("other_sku", pl.String, reads=DECIDING, null="no record is like it"),
        Column("probability", pl.Float64, reads=DECIDING, null="no record is like it",
               about="that its best pair is one product"),
    ),
)  # fmt: skip


@table_stage(MATCHES)
def matches(products: pl.LazyFrame, match_model: pl.LazyFrame, changes: Changes) -> pl.DataFrame:
    """Which golden product each record is, with its best counterpart at another supplier and how sure that is."""
    model = MatchModel.from_bytes(base64.b64decode(match_model.select("artefact").collect().item()))
    held = changes.previous
    previous = None if held is None else held.select("supplier", "sku", "product")
    found = match(products.collect(), model, previous=previous)
    return with_best(found.clusters, found.pairs)


def with_best(clusters: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Each record's product, and the likeliest of the pairs that it stands in."""
    sides = [
        pairs.select(
            pl.col(f"{one}_supplier").alias("supplier"),
            pl.col(f"{one}_sku").alias("sku"),
            pl.col(f"{other}_supplier").alias("other_supplier"),
            pl.col(f"{other}_sku").alias("other_sku"),
            "probability",
            "decision",
        )
        for one, other in (("left", "right"), ("right", "left"))
    ]
    best = (
        pl.concat(sides)
        .sort("probability", "other_supplier", "other_sku", descending=[True, False, False])
        .unique(subset=["supplier", "sku"], keep="first", maintain_order=True)
    )
    return (
        clusters.select("supplier", "sku", "product")
        .join(best, on=["supplier", "sku"], how="left", maintain_order="left")
        .with_columns(pl.len().over("product").cast(pl.Int64).alias("members"), pl.col("decision").fill_null("apart"))
        .select(column.name for column in MATCHES.columns)
    )
