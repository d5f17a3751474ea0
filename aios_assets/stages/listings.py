"""Listings: what a channel would get: one row a product, field, locale and channel, each from a named source record."""

import polars as pl

from aios_assets.keyed import key_hash
from aios_assets.stage import table_stage
from lineage.receipts import answer
from policies.contract import Column, Contract, in_set
from serving.gateway import Gateway

CHANNEL = "catalogue"
UNKNOWN_LOCALE = "und"
"""BCP 47's word for an undetermined language."""

FIELDS = ("title", "description", "brand", "model", "gtin", "price", "currency", "category", "image")
ATTRIBUTE = "attribute:"
UNQUOTED = pl.lit(None, dtype=pl.String)
"""No span to show: the value is the whole of what stood there."""
KEY = ("product", "field", "locale")
READ = tuple(f"products.{field}" for field in FIELDS)
MET = ("products.supplier", "products.sku", "matches.supplier", "matches.sku")
"""What records meet their product by, and, among equals, what decides whose value is taken."""
CHOSEN = ("matches.product", "products.language", *MET, *READ)

LISTINGS = Contract(
    key=("product", "field", "locale", "channel"),
    columns=(
        Column("product", pl.String, reads=("matches.product", *MET), tags={"digest"}),
        Column("field", pl.String, reads=CHOSEN, about="title, price, …, or attribute:<name>"),
        Column("locale", pl.String, reads=("products.language",), about="BCP 47; und where no language is known"),
        Column("channel", pl.String, reads=("matches.product",)),
        Column("value", pl.String, reads=CHOSEN, tags={"published", "text"}, answered=True),
        Column("supplier", pl.String, reads=CHOSEN, about="whose record the value was taken from"),
        Column("sku", pl.String, reads=CHOSEN, about="the record that the value was taken from"),
        Column("agree", pl.Int64, reads=CHOSEN, about="records of the product that say the same"),
        Column("differ", pl.Int64, reads=CHOSEN, about="records of the product that say something else"),
    ),
    expects=(in_set("channel", [CHANNEL]),),
)


@table_stage(LISTINGS, group="product")
def listings(products: pl.LazyFrame, matches: pl.LazyFrame, models: Gateway) -> pl.DataFrame:
    """What a channel would get of each golden product, value by value, each with the record that it was taken from."""
    members = products.join(matches.select("supplier", "sku", "product"), on=["supplier", "sku"]).collect()
    stated = pl.concat([_stated(members, field) for field in FIELDS])
    found = _found(members, models)
    return _chosen(pl.concat([stated, found]))


def _stated(members: pl.DataFrame, field: str) -> pl.DataFrame:
    """A field as each record states it, long."""
    return members.filter(pl.col(field).is_not_null()).select(
        "product",
        pl.lit(field).alias("field"),
        pl.col("language").fill_null(UNKNOWN_LOCALE).alias("locale"),
        answer(pl.col(field).cast(pl.String), by=f"source/{field}", confidence=1.0, evidence=UNQUOTED).alias("value"),
        "supplier",
        "sku",
    )


def _found(members: pl.DataFrame, models: Gateway) -> pl.DataFrame:
    """Attributes that a model reads off each title, long."""
    titled = members.filter(pl.col("title").is_not_null())
    told = models.ask("extract/attributes", titled.select("product", "supplier", "sku", "language", "title")).frame()
    return told.select(
        "product",
        pl.format("{}{}", pl.lit(ATTRIBUTE), "attribute").alias("field"),
        pl.col("language").fill_null(UNKNOWN_LOCALE).alias("locale"),
        "value",
        "supplier",
        "sku",
    )


def _chosen(said: pl.DataFrame) -> pl.DataFrame:
    """One value for each key: what most records say; among equals the fullest, then the first supplier and SKU."""
    # Different hashes prove different keys; only where they are equal the keys themselves are looked at.
    suspect = said.select(key_hash(KEY)).to_series().is_duplicated()
    near = said.filter(suspect).with_columns(pl.struct(KEY).is_duplicated().alias("contested"))
    alone = pl.concat([said.filter(~suspect), near.filter(~pl.col("contested")).drop("contested")])
    alone = alone.with_columns(agree=pl.lit(1, pl.Int64), differ=pl.lit(0, pl.Int64))
    several = (
        near.filter("contested")
        .with_columns(pl.col("value").struct.field("value").alias("said"))
        .with_columns(
            pl.len().over([*KEY, "said"]).cast(pl.Int64).alias("agree"), pl.len().over(KEY).cast(pl.Int64).alias("all")
        )
        .sort("agree", pl.col("said").str.len_chars(), "supplier", "sku", descending=[True, True, False, False])
        .unique(subset=KEY, keep="first", maintain_order=True)
        .with_columns(differ=pl.col("all") - pl.col("agree"))
    )
    names = [column.name for column in LISTINGS.columns if column.name != "channel"]
    return pl.concat([alone.select(names), several.select(names)]).with_columns(pl.lit(CHANNEL).alias("channel"))
