"""Said: what each record says of each field, long: as its supplier states it, and as a model reads it off its title."""

import polars as pl

from lineage.receipts import answer
from serving.gateway import Gateway

FIELDS = ("title", "description", "brand", "model", "gtin", "price", "currency", "category", "image")
ATTRIBUTE = "attribute:"
LANGUAGED = ("title", "description", "category")
"""Fields that are worded in a language; all else means the same in every one, what is read off a title too."""

UNKNOWN_LOCALE = "und"
"""BCP 47's word for an undetermined language."""

UNQUOTED = pl.lit(None, dtype=pl.String)
"""No span to show: the value is the whole of what stood there."""

KEY = ("product", "field", "locale")
LOCALE = ("products.language", "products.written_in")
"""What tells the locale."""
READ = tuple(f"products.{field}" for field in FIELDS)
MET = ("products.supplier", "products.sku", "matches.supplier", "matches.sku")
"""What records meet their product by, and, among equals, what decides whose value is taken."""


def said(members: pl.DataFrame, models: Gateway, *also: str) -> pl.DataFrame:
    """Every statement of records with their `product`: KEY, `value` (an answer), `supplier`, `sku`, and the columns `also`."""
    stated = [_stated(members, field, also) for field in FIELDS]
    return pl.concat([*stated, _found(members, models, also)])


def written(field: str) -> pl.Expr:
    """A field's value as a channel gets it: a price without the zeros that nobody writes."""
    text = pl.col(field).cast(pl.String)
    return text.str.replace(r"(\.\d\d)0+$", "$1") if field == "price" else text


def locale(field: str) -> pl.Expr:
    """The language that a field's value is in: the one that feed or mapping names, else the one that the text is written in."""
    if field not in LANGUAGED:
        return pl.lit(UNKNOWN_LOCALE)
    return pl.coalesce("language", "written_in", pl.lit(UNKNOWN_LOCALE))


def _stated(members: pl.DataFrame, field: str, also: tuple[str, ...]) -> pl.DataFrame:
    """A field as each record states it."""
    return members.filter(pl.col(field).is_not_null()).select(
        "product",
        pl.lit(field).alias("field"),
        locale(field).alias("locale"),
        answer(written(field), by=f"source/{field}", confidence=1.0, evidence=UNQUOTED).alias("value"),
        "supplier",
        "sku",
        *also,
    )


def _found(members: pl.DataFrame, models: Gateway, also: tuple[str, ...]) -> pl.DataFrame:
    """Attributes that a model reads off each title."""
    titled = members.filter(pl.col("title").is_not_null())
    told = models.ask("extract/attributes", titled.select("product", "supplier", "sku", *also, "title")).frame()
    return told.select(
        "product",
        pl.format("{}{}", pl.lit(ATTRIBUTE), "attribute").alias("field"),
        pl.lit(UNKNOWN_LOCALE).alias("locale"),
        "value",
        "supplier",
        "sku",
        *also,
    )
