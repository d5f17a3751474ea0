"""Brand aliases: names of brands that are another name of one, proved by products that several records carry."""

import polars as pl

from aios_assets.enrich.normalise.brand import proved
from aios_assets.stage import table_stage
from policies.contract import Column, Contract, between

READ = ("products.brand", "products.gtin")
TEXT = frozenset({"text"})

BRAND_ALIASES = Contract(
    key="name",
    columns=(
        Column("name", pl.String, reads=READ, tags=TEXT,
               about="letters and digits, without case, accents, look-alikes and legal form"),
        Column("brand", pl.String, reads=READ, tags=TEXT, about="the name of the brand that it is, in the same form"),
        Column("beside", pl.String, reads=READ, tags=TEXT,
               about="the name that the same products carry; the brand's, or an alias on more records"),
        Column("both", pl.Int64, reads=READ, about="products that carry both names, told by their GTIN"),
        Column("shared", pl.Int64, reads=READ, about="products of this name that further records carry as well"),
    ),
    expects=(between("both", 1, None),),
)  # fmt: skip


@table_stage(BRAND_ALIASES)
def brand_aliases(products: pl.LazyFrame) -> pl.DataFrame:
    """Each further name of a brand, with the products that prove it: those of one GTIN carry both names."""
    found = proved(products.select("brand", "gtin").collect())
    rows = [(name, *told) for name, told in found.items()]
    return pl.DataFrame(rows, schema={column.name: column.type for column in BRAND_ALIASES.columns}, orient="row")
