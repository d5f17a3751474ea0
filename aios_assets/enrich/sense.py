"""Sense: what two spellings of a value share, and how far two values are apart that do not."""

from collections.abc import Mapping

import polars as pl

from aios_assets.enrich.normalise import brand, identifier, quantity
from aios_assets.enrich.survivorship import ATTRIBUTE

AMOUNT = r"^[0-9][0-9.,/]* ?[A-Za-zµ\"'°%²³]{1,12}$"
"""What may be an amount with its unit; all else is words."""

EXACT = ("gtin", "image", "currency")
"""Fields whose values are canonical already."""

MEASURED = r"^=(\S+) "
"""How the sense of an amount begins: with its unit, or the kind of its unit; `?` where nobody says which."""


def sense(said: pl.DataFrame, aliases: Mapping[str, str]) -> pl.Series:
    """What each value says, whatever its spelling: equal for `64 GB` and `64GB`, for `KTC-D320` and `ktc d320`.

    `said` has `field`, `text` and `unit` (a price's currency, else null); the answer is never null. `aliases`: further
    names of brands with the brand's own, both by `brand.key`.
    """
    field, text = pl.col("field"), pl.col("text")
    amounts = _amounts(said.filter(field.str.starts_with(ATTRIBUTE)).get_column("text"))
    made = (
        pl.when(field == "price")
        .then(pl.format("={} {}", pl.col("unit").fill_null("?"), text))
        .when(field.is_in(EXACT))
        .then(text)
        .when(field.is_in(["model", f"{ATTRIBUTE}model_number"]))
        .then(identifier.model_key(text))
        .when(field == "brand")
        .then(brand.key(text).replace(aliases))
        .when(field.str.starts_with(ATTRIBUTE))
        .then(pl.coalesce(text.replace_strict(amounts, default=None, return_dtype=pl.String), words(text)))
        .otherwise(words(text))
    )
    return said.select(pl.coalesce(pl.when(made != "").then(made), text).alias("sense")).to_series()


def words(text: pl.Expr) -> pl.Expr:
    """The words of a text in small letters, a blank between two."""
    return text.str.normalize("NFKC").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()


def fullness(text: pl.Expr, shown: pl.Expr) -> pl.Expr:
    """How many different words a text has among its first `shown` characters (null: all of it)."""
    return words(text.str.slice(0, pl.coalesce(shown, pl.lit(2**31)))).str.split(" ").list.n_unique()


def named(text: pl.Expr, title: pl.Expr) -> pl.Expr:
    """The share of a text's words that a title names, 0 to 1."""
    mine = words(text).str.split(" ")
    return mine.list.set_intersection(words(title).str.split(" ")).list.len() / mine.list.len()


def apart(one: str, other: str, field: str, tolerance: str) -> pl.Expr:
    """How far two senses are apart, 0 to 1: amounts by their ratio, once it exceeds the tolerance; words by those not shared.

    Arguments are column names. What merely says less is no disagreement: `Canon` and `Canon Europe`, `EOS500` and `EOS500D`.
    Nor are prices in two currencies, but for one amount in both: there somebody took the wrong one.
    """
    left, right = pl.col(one), pl.col(other)
    units = left.str.extract(MEASURED), right.str.extract(MEASURED)
    ratio = 1 - pl.min_horizontal(_amount(left), _amount(right)) / pl.max_horizontal(_amount(left), _amount(right))
    contradict = (units[0] != units[1]) & (units[0] != "?") & (units[1] != "?")
    two_units = pl.when(ratio == 0).then(1.0).otherwise(0.0)
    one_unit = pl.when(ratio > pl.col(tolerance)).then(ratio).otherwise(0.0)
    measured = pl.when(contradict).then(two_units).otherwise(one_unit)
    mine, theirs = left.str.split(" "), right.str.split(" ")
    fewer = pl.min_horizontal(mine.list.len(), theirs.list.len())
    worded = 1 - mine.list.set_intersection(theirs).list.len() / fewer
    held = left.str.contains(right, literal=True) | right.str.contains(left, literal=True)
    return (
        pl.when(units[0].is_not_null() & units[1].is_not_null())
        .then(measured.fill_nan(0.0))
        .when(held & (pl.col(field) != "gtin"))
        .then(0.0)
        .otherwise(worded)
        .cast(pl.Float64)
    )


def _amount(text: pl.Expr) -> pl.Expr:
    return text.str.extract(r" ([0-9.]+(?:e[+-]?[0-9]+)?)").cast(pl.Float64, strict=False)


def _amounts(texts: pl.Series) -> dict[str, str]:
    """Texts that are amounts, each as `=kind amount` in the base unit of its kind."""
    distinct = texts.drop_nulls().unique()
    distinct = distinct.filter(distinct.str.contains(AMOUNT))
    if distinct.is_empty():
        return {}
    read = quantity.read(distinct).select("kind", "base").with_columns(text=distinct)
    told = read.filter(pl.col("base").list.len() > 0).select(
        "text", pl.format("={} {}", "kind", pl.col("base").cast(pl.List(pl.String)).list.join(" "))
    )
    return dict(told.iter_rows())
