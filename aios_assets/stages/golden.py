"""Golden: of each product that several records are, the value that stands, who said it, and why the others lost."""

import polars as pl

from aios_assets.enrich.survive import AGREED, NAMES, ONLY, SAID, survive
from aios_assets.enrich.survivorship import BESIDE, CRITERIA, Survivorship
from aios_assets.order import comparable
from aios_assets.stage import table_stage
from aios_assets.stages.said import LOCALE, MET, READ, said
from policies.contract import Column, Contract, between, matches
from serving.gateway import Gateway

POLICY = tuple(
    f"survivorship.{part}" for part in ("about", "name", "criteria", "weight", "tolerance", "shown", "trust")
)
MEMBERS = ("matches.product", "matches.members", *MET)
ALIASES = ("brand_aliases.name", "brand_aliases.brand")
CHOSEN = (*MEMBERS, *LOCALE, "products.ordered", *READ, *ALIASES, *POLICY)
AGREE = "every record that says anything says the same"

GOLDEN = Contract(
    key=("product", "field", "locale"),
    columns=(
        Column("product", pl.String, reads=MEMBERS, tags={"digest"}),
        Column("field", pl.String, reads=CHOSEN, about="title, price, …, or attribute:<name>"),
        Column("locale", pl.String, reads=LOCALE, about="BCP 47; und where it is in no language"),
        Column("value", pl.String, reads=CHOSEN, tags={"text"}, answered=True, about="what stands"),
        Column("supplier", pl.String, reads=CHOSEN, about="whose record the value was taken from"),
        Column("sku", pl.String, reads=CHOSEN, about="the record that the value was taken from"),
        Column("agree", pl.Int64, reads=CHOSEN, about="records that say the same, whatever its spelling"),
        Column("differ", pl.Int64, reads=CHOSEN, about="records that say something else"),
        Column("decided_by", pl.String, reads=CHOSEN,
               about="the criterion that decided; only: one record says anything; all agree; names: only the alphabet told"),
        Column("others", pl.String, reads=CHOSEN, tags={"text"}, null=AGREE,
               about="JSON: which records said what else, and the criterion that each lost by"),
        Column("severity", pl.Float64, reads=CHOSEN, null=AGREE, about="how bad the disagreement is, 0 (wording) to 1"),
        Column("policy", pl.String, reads=POLICY, tags={"digest"},
               about="digest of what decides about the field"),
    ),
    expects=(
        between("severity", 0, 1),
        between("agree", 1, None),
        matches("decided_by", rf"^({'|'.join((ONLY, AGREED, NAMES, *CRITERIA))}|{BESIDE}[a-z_]+)$"),
    ),
    version=3,
)  # fmt: skip


@table_stage(GOLDEN, group="product")
def golden(
    products: pl.LazyFrame,
    matches: pl.LazyFrame,
    brand_aliases: pl.LazyFrame,
    survivorship: pl.LazyFrame,
    models: Gateway,
) -> pl.DataFrame:
    """Each product that several records are, value by value, with the record that each was taken from and why.

    A product of one record is that record; nothing is decided about it, and it has no row here.
    """
    several = matches.filter(pl.col("members") > 1).select("supplier", "sku", "product")
    members = products.join(several, on=["supplier", "sku"]).collect()
    members = members.with_columns(named=pl.col("title"))
    rows = said(members, models, "currency", "named", "ordered").with_columns(
        title="named", unit=pl.when(pl.col("field") == "price").then("currency"), recent=comparable(pl.col("ordered"))
    )
    aliases = dict(brand_aliases.select("name", "brand").collect().iter_rows())
    return survive(rows.select(SAID), Survivorship.read(survivorship.collect()), aliases)
