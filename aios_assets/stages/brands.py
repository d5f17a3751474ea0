"""Brands: each spelling of a brand that products carry, the brand that it is, and what proves that."""

import polars as pl

from aios_assets.enrich.normalise import brand
from aios_assets.stage import table_stage
from lineage.receipts import answer
from policies.contract import Column, Contract, between

TEXT = frozenset({"text"})
SPELT = ("products.brand", *(f"brand_aliases.{name}" for name in ("name", "brand", "beside", "both", "shared")))
NONE = "it names no brand, and its rule says why"

BRANDS = Contract(
    key="delivered",
    columns=(
        Column("delivered", pl.String, reads=("products.brand",), tags=TEXT, about="as products carry it"),
        Column("brand", pl.String, reads=SPELT, tags=TEXT, answered=True, null=NONE,
               about="one name, in the spelling that most records have"),
        Column("records", pl.Int64, reads=("products.brand",), about="records that carry this spelling"),
        Column("suppliers", pl.String, reads=("products.brand", "products.supplier"), about="who writes it so"),
        Column("spellings", pl.Int64, reads=SPELT, null=NONE, about="spellings that the brand has, aliases' with them"),
        Column("of", pl.Int64, reads=SPELT, null=NONE, about="records that carry the brand in any spelling"),
    ),
    expects=(between("records", 1, None),),
)  # fmt: skip


@table_stage(BRANDS)
def brands(products: pl.LazyFrame, brand_aliases: pl.LazyFrame) -> pl.DataFrame:
    """Each spelling of a brand that products carry, with the brand that it is, by which rule, and on what evidence."""
    suppliers = pl.col("supplier").unique().sort().str.join(", ").alias("suppliers")
    found = products.drop_nulls("brand").group_by("brand").agg(pl.len().cast(pl.Int64).alias("records"), suppliers)
    counted = found.sort("brand").collect()
    told, aliases = brand.spellings(counted), brand_aliases.collect()
    rows = aliases.select("name", "brand", "both", "shared").iter_rows()
    proofs = {name: (to, both, shared) for name, to, both, shared in rows}
    forms = brand.forms(told)
    read = brand.read(counted["brand"], brand.BrandModel(forms=forms, aliases=proofs)).struct.unnest()
    spelt = counted.rename({"brand": "delivered"}).hstack(read.select("value", "by", "confidence"))
    spelt = spelt.with_columns(brand.key(pl.col("delivered")).alias("key"))
    spelt = spelt.join(_mostly(told), on="key", how="left").join(_proof(aliases, forms), on="key", how="left")
    evidence = pl.when(pl.col("by") == "brand/alias").then("proof").when(pl.col("value").is_not_null()).then("mostly")
    return spelt.select(
        "delivered",
        answer(pl.col("value"), by=pl.col("by"), confidence=pl.col("confidence"), evidence=evidence).alias("brand"),
        "records",
        "suppliers",
        pl.when(pl.col("value").is_not_null()).then(pl.len().over("value").cast(pl.Int64)).alias("spellings"),
        pl.when(pl.col("value").is_not_null()).then(pl.col("records").sum().over("value")).alias("of"),
    )


def _mostly(told: pl.DataFrame) -> pl.DataFrame:
    """Of each name that has several spellings, by `key`, how many records have the one that stands: `mostly`."""
    counts = told.group_by("key", maintain_order=True).agg(
        pl.col("form", "records").first(), pl.col("records").sum().alias("all"), pl.len().alias("forms")
    )
    said = pl.format("{} of {} records write it {}", "records", "all", "form")
    return counts.filter(pl.col("forms") > 1).select("key", said.alias("mostly"))


def _proof(aliases: pl.DataFrame, forms: dict[str, str]) -> pl.DataFrame:
    """What proves each alias, by `key`, in words: `proof`."""
    beside = pl.col("beside").replace(forms)
    said = pl.format("{} of {} products that further records carry are {} there", "both", "shared", beside)
    return aliases.select(pl.col("name").alias("key"), said.alias("proof"))
