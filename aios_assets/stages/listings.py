"""Listings: what a channel would get: one row a product, field, locale and channel, each from a named source record."""

import polars as pl

from aios_assets.keyed import key_hash
from aios_assets.stage import table_stage
from aios_assets.stages.said import KEY, LOCALE, MET, READ, said
from policies.contract import RECEIPT_TYPES, Column, Contract, in_set
from serving.gateway import Gateway

CHANNEL = "catalogue"
VALUE = ("value", *(f"value__{part}" for part in RECEIPT_TYPES))
MEMBERS = ("matches.product", "matches.members", *MET)
GOLDEN = tuple(f"golden.{name}" for name in (*KEY, *VALUE, "supplier", "sku", "agree", "differ"))
CHOSEN = (*MEMBERS, *LOCALE, *READ, *GOLDEN)

LISTINGS = Contract(
    key=("product", "field", "locale", "channel"),
    columns=(
        Column("product", pl.String, reads=(*MEMBERS, "golden.product"), tags={"digest"}),
        Column("field", pl.String, reads=CHOSEN, about="title, price, …, or attribute:<name>"),
        Column(
            "locale",
            pl.String,
            reads=(*LOCALE, "golden.locale"),
            about="BCP 47; und where it is in no language",
        ),
        Column("channel", pl.String, reads=("matches.product",)),
        Column("value", pl.String, reads=CHOSEN, tags={"published", "text"}, answered=True),
        Column("supplier", pl.String, reads=CHOSEN, about="whose record the value was taken from"),
        Column("sku", pl.String, reads=CHOSEN, about="the record that the value was taken from"),
        Column("agree", pl.Int64, reads=CHOSEN, about="records of the product that say the same"),
        Column("differ", pl.Int64, reads=CHOSEN, about="records of the product that say something else"),
    ),
    expects=(in_set("channel", [CHANNEL]),),
    version=2,
)


@table_stage(LISTINGS, group="product")
def listings(products: pl.LazyFrame, matches: pl.LazyFrame, golden: pl.LazyFrame, models: Gateway) -> pl.DataFrame:
    """What a channel would get of each product, value by value: the golden values, and a lone record's own.

    Each with the record that it was taken from.
    """
    alone = matches.filter(pl.col("members") == 1).select("supplier", "sku", "product")
    own = _surest(said(products.join(alone, on=["supplier", "sku"]).collect(), models))
    own = own.with_columns(agree=pl.lit(1, pl.Int64), differ=pl.lit(0, pl.Int64))
    standing = golden.select(*KEY, _answered(), "supplier", "sku", "agree", "differ").collect()
    return pl.concat([own, standing]).with_columns(pl.lit(CHANNEL).alias("channel"))


def _answered() -> pl.Expr:
    """A golden value with its receipt, as it was answered."""
    parts = ("value", *RECEIPT_TYPES)
    return pl.struct(pl.col(name).alias(part) for name, part in zip(VALUE, parts, strict=True)).alias("value")


def _surest(said: pl.DataFrame) -> pl.DataFrame:
    """One value a key: where a title names several, the surest, among equals the fullest, then the first in the alphabet."""
    # Different hashes prove different keys; only where they are equal the keys themselves are looked at.
    suspect = said.select(key_hash(KEY)).to_series().is_duplicated()
    value = pl.col("value").struct
    chosen = (
        said.filter(suspect)
        .sort(
            value.field("confidence"), value.field("value").str.len_chars(), value.field("value"),
            descending=[True, True, False], nulls_last=True,
        )
        .unique(subset=KEY, keep="first", maintain_order=True)
    )  # fmt: skip
    return pl.concat([said.filter(~suspect), chosen])
