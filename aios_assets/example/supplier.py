"""Supplier: how each of the two suppliers writes about a product: language, units, prices, habits and slips."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from aios_assets.example.vocabulary import ALIASES, BRANDS, COLOURS, KINDS, LEGAL, SENTENCES, SERIES

NAMES = ("nordwind", "bluebird")
"""The two suppliers. Both number their goods from 100000, so that one number names two things."""

Draws = npt.NDArray[np.float64]
_ZLOTY = 4.3
_NOVEMBER = 1_793_491_200  # 2026-11-01 in seconds


def skus(positions: npt.NDArray[np.int64]) -> pl.Series:
    """The supplier's own number for each record of its file."""
    return pl.Series("sku", positions + 100_000).cast(pl.String)


def nordwind(products: pl.DataFrame, positions: npt.NDArray[np.int64], draw: np.random.Generator) -> pl.DataFrame:
    """Records of the German wholesaler: decimal commas, German column names, two in three titles in German."""
    language = np.where(draw.random(len(positions)) < 0.68, 0, 1)
    told = _spoken(products, language, draw)
    price = _amounts(pl.col("cents"), ",").alias("price")
    sure = pl.col("u_price")
    messy = (
        pl.when(sure < 0.010)
        .then(pl.lit("auf Anfrage"))
        .when(sure < 0.016)
        .then(pl.lit("0,00"))
        .when(sure < 0.020)
        .then(pl.lit("N/A"))
        .when(sure < 0.035)
        .then(pl.col("price") + " €")
        .when(sure < 0.042)
        .then("ab " + pl.col("price") + " €")
        .when(sure < 0.047)
        .then("EUR " + pl.col("price"))
        .when(sure < 0.049)
        .then(pl.col("price") + " - 9.999,00 €")
        .when(sure < 0.050)
        .then("-" + pl.col("price"))
        .when(sure < 0.060)
        .then(pl.lit(None, dtype=pl.String))
        .otherwise("price")
    )
    title = (
        pl.when(pl.col("u_title") < 0.35)
        .then(pl.format("{} {} {} {}, {} ({})", "maker", "series_", "noun", "size_", "colour_", "model"))
        .when(pl.col("u_title") < 0.6)
        .then(pl.format("{} {} {} {} {} {}", "noun", "maker", "series_", "model", "size_", "colour_"))
        .when(pl.col("u_title") < 0.85)
        .then(pl.format("{} {} {} {} - {}", "maker", "noun", "series_", "size_", "colour_"))
        .when(pl.col("u_title") < 0.98)
        .then(pl.format("{} {} {} {}", pl.col("maker").str.to_uppercase(), "series_", "noun", "size_"))
        .otherwise(pl.format("{} {} &amp; Zubehör {} {}", "maker", "noun", "model", "size_"))
    )
    brand = _spelled(pl.col("maker"), upper=0.06, legal=0.09, missing=0.16)
    return told.with_columns(price).select(
        skus(positions).alias("Artikelnummer"),
        _numbers(missing=0.25, wrong=0.28).alias("EAN"),
        title.alias("Bezeichnung"),
        "description",
        brand.alias("Marke"),
        pl.when(pl.col("u_model") > 0.15).then("model").alias("Herstellernummer"),
        pl.col("path").alias("Kategorie"),
        messy.alias("Preis"),
        pl.lit("EUR").alias("Währung"),
        _sized("x", ",", " cm").alias("Maße"),
        pl.format("https://img.nordwind.example/{}.jpg", pl.lit(skus(positions))).alias("Bild"),
        (pl.lit("2026-11-") + (pl.col("u_day") * 20 + 1).cast(pl.Int64).cast(pl.String).str.zfill(2)).alias("Stand"),
    )


def bluebird(products: pl.DataFrame, positions: npt.NDArray[np.int64], draw: np.random.Generator) -> pl.DataFrame:
    """Records of the marketplace seller: English, Polish and French, nested attributes, złoty where it speaks Polish."""
    chance = draw.random(len(positions))
    language = np.where(chance < 0.6, 1, np.where(chance < 0.82, 3, 2))
    told = _spoken(products, language, draw)
    zloty = pl.Series("zloty", language == 3)
    told = told.with_columns(zloty).with_columns(
        maker=pl.col("maker").replace(ALIASES),
        model=pl.col("model").str.replace_all("-", "", literal=True),
        cents=(pl.col("cents") * pl.when("zloty").then(_ZLOTY).otherwise(1.0) * (0.95 + 0.1 * pl.col("u_shift"))).round(
            0
        ),
    )
    code = pl.when("zloty").then(pl.lit("PLN")).otherwise(pl.lit("EUR"))
    told = told.with_columns(_amounts(pl.col("cents").cast(pl.Int64), ".").alias("price"), code.alias("code"))
    sure = pl.col("u_price")
    messy = (
        pl.when(sure < 0.008)
        .then(pl.lit("0.0"))
        .when(sure < 0.012)
        .then(pl.lit("NaN"))
        .when(sure < 0.014)
        .then(pl.lit("1e400"))
        .when(sure < 0.024)
        .then(pl.col("code") + " " + pl.col("price"))
        .when(sure < 0.034)
        .then("from " + pl.col("price"))
        .when(sure < 0.044)
        .then(pl.col("price") + pl.when("zloty").then(pl.lit(" zł")).otherwise(pl.lit(" €")))
        .when(sure < 0.052)
        .then(pl.lit(None, dtype=pl.String))
        .otherwise("price")
    )
    title = (
        pl.when(pl.col("u_title") < 0.3)
        .then(pl.format("{} {} {} {} {} {}", "maker", "model", "noun", "series_", "size_", "colour_"))
        .when(pl.col("u_title") < 0.55)
        .then(pl.format("{} {} {} - {} / {}", "maker", "series_", "noun", "colour_", "size_"))
        .when(pl.col("u_title") < 0.8)
        .then(pl.format("{}, {}, {} {}, {}", "noun", "size_", "maker", "series_", "model"))
        .otherwise(pl.format("{} {} {} ({})", "maker", "noun", "size_", "model"))
    )
    seconds = (pl.col("u_day") * 1_700_000).cast(pl.Int64)
    moment = pl.from_epoch(pl.lit(_NOVEMBER, dtype=pl.Int64) + seconds, time_unit="s")
    return told.select(
        skus(positions),
        _numbers(missing=0.3, wrong=0.33).alias("gtin"),
        title.alias("title"),
        "description",
        _spelled(pl.col("maker"), upper=0.03, legal=0.06, missing=0.15).alias("brand"),
        pl.when(pl.col("u_model") > 0.2).then("model").alias("mpn"),
        pl.col("path").alias("category"),
        messy.alias("price"),
        pl.when(pl.col("u_code") > 0.02).then("code").alias("currency"),
        pl.struct(colour="colour_", size="size_", package=_sized("x", ".", " cm"), condition=pl.lit("new")).alias(
            "attributes"
        ),
        pl.concat_list(pl.format("https://cdn.bluebird.example/{}_1.jpg", pl.lit(skus(positions)))).alias("images"),
        moment.dt.strftime("%Y-%m-%dT%H:%M:%SZ").alias("updated_at"),
    )


def _spoken(products: pl.DataFrame, language: npt.NDArray[np.int64], draw: np.random.Generator) -> pl.DataFrame:
    """The products in words: `maker`, `series_`, `noun`, `colour_`, `size_`, `path`, `model`, `description`, draws `u_…`."""
    kind, many = products["kind"].to_numpy(), products.height
    widest = max(len(each.sizes) for each in KINDS)
    sizes = [size for each in KINDS for size in (*each.sizes, *[""] * (widest - len(each.sizes)))]
    size = _pick(sizes, kind * widest + products["size"].to_numpy())
    size = pl.select(
        pl.when(pl.Series(np.isin(language, (0, 2, 3)))).then(size.str.replace(".", ",", literal=True)).otherwise(size)
    ).to_series()
    codes = [brand[:2].upper() for brand in BRANDS]
    step = products["step"].to_numpy()
    suffix = _pick(["", *(f"-{chr(65 + at)}" for at in range(25))], np.minimum(step, 25))
    model = _pick(codes, products["brand"].to_numpy()) + pl.Series(products["family"] + 1000).cast(pl.String) + suffix
    words = {
        "maker": _pick(BRANDS, products["brand"].to_numpy()),
        "series_": _pick(SERIES, products["series"].to_numpy()),
        "noun": _pick([noun for each in KINDS for noun in each.nouns], kind * 4 + language),
        "colour_": _pick([colour for each in COLOURS for colour in each], products["colour"].to_numpy() * 4 + language),
        "path": _pick([path for each in KINDS for path in each.path], kind * 4 + language),
        "size_": size,
        "model": model,
    }
    chances = {
        f"u_{name}": draw.random(many)
        for name in ("price", "title", "gtin", "brand", "model", "code", "day", "text", "shift")
    }
    told = products.with_columns(
        pl.Series("language", language),
        **{name: series.alias(name) for name, series in words.items()},
        **{name: pl.Series(values) for name, values in chances.items()},
    )
    count = len(SENTENCES[0])
    flat = [sentence for each in SENTENCES for sentence in each]
    opening = draw.integers(0, count, many)
    first, second, third = (_pick(flat, language * count + (opening + step) % count) for step in (0, 2, 3))
    told = told.with_columns(first=first, second=second, third=third)
    plain = pl.format("{} {} {}. {} {} {}", "maker", "series_", "noun", "first", "second", "third")
    rich = pl.format("<p><b>{} {}</b> {}</p><ul><li>{}</li><li>{} &amp; {}</li></ul>", "maker", "series_", "noun", "first",
                     "size_", "colour_")  # fmt: skip
    text = (
        pl.when(pl.col("u_text") < 0.12)
        .then(pl.lit(None, dtype=pl.String))
        .when(pl.col("u_text") < 0.27)
        .then(rich)
        .when(pl.col("u_text") < 0.32)
        .then(pl.format("{}\n\n{}\n{}", "first", "second", "third"))
        .otherwise(plain)
    )
    return told.with_columns(description=text)


def _pick(words: Sequence[str], places: npt.NDArray[np.int64]) -> pl.Series:
    return pl.Series(list(words), dtype=pl.String).gather(pl.Series(places, dtype=pl.UInt32))


def _amounts(cents: pl.Expr, decimal: str) -> pl.Expr:
    """The amount with two decimals; thousands apart only where the decimal sign is a comma, as each supplier does."""
    whole, rest = cents // 100, (cents % 100).cast(pl.String).str.zfill(2)
    if decimal == ".":
        return pl.format("{}.{}", whole, rest)
    thousands = pl.format("{}.{}", whole // 1000, (whole % 1000).cast(pl.String).str.zfill(3))
    return pl.format("{},{}", pl.when(whole >= 1000).then(thousands).otherwise(whole.cast(pl.String)), rest)


def _numbers(*, missing: float, wrong: float) -> pl.Expr:
    """The trade item number, missing in some rows and with a wrong last digit in others."""
    number = pl.col("gtin")
    bad = number // 10 * 10 + (number % 10 + 3) % 10
    chance = pl.col("u_gtin")
    return pl.when(chance < missing).then(None).when(chance < wrong).then(bad).otherwise(number).cast(pl.String)


def _spelled(maker: pl.Expr, *, upper: float, legal: float, missing: float) -> pl.Expr:
    chance = pl.col("u_brand")
    form = pl.lit(pl.Series(LEGAL)).gather((chance * 100_000).cast(pl.UInt32) % len(LEGAL))
    return (
        pl.when(chance < upper)
        .then(maker.str.to_uppercase())
        .when(chance < legal)
        .then(maker + " " + form)
        .when(chance < missing)
        .then(pl.lit(None, dtype=pl.String))
        .otherwise(maker)
    )


def _sized(times: str, decimal: str, unit: str) -> pl.Expr:
    """The package's three edges to a millimetre."""
    edges = [
        (
            pl.col("kind").replace_strict({at: int(each.package[i] * 10) for at, each in enumerate(KINDS)})
            * pl.col("scale")
        )
        .round(0)
        .cast(pl.Int64)
        for i in range(3)
    ]
    written = [pl.format(f"{{}}{decimal}{{}}", edge // 10, edge % 10) for edge in edges]
    return pl.concat_str(written, separator=f" {times} ") + unit
