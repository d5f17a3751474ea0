"""Tokens: what a record's text is made of, read the same way whoever wrote it.

Words, codes and quantities are read from noisy strings by rules that hold for any catalogue: no list of brands or
products, nothing learned. Everything is a polars expression; a million titles take seconds.
"""

from typing import Final

import polars as pl

from aios_assets.enrich.normalise.identifier import isbn

TITLE_CHARS: Final = 400
"""How much of a title is read. Real ones end near 250 characters; a title of five megabytes must not cost."""

TEXT_CHARS: Final = 2_000
"""How much of a description is read."""

_NUMBER = r"\d+(?:\.\d+)?"
_WORD = r"\d+(?:\.\d+)+\p{L}*|[\p{L}\d]+"
_CODE = r"[\p{L}\d]+(?:[-/._][\p{L}\d]+)*"

_PIECES: Final = (
    "pk pack packs pcs piece pieces ct count stk stuck stueck paar pair pairs tabletten tablets kapseln capsules flaschen "
    "bottles dosen cans beutel bags"
)

_DIMENSIONS: Final[dict[str, dict[str, float]]] = {
    "data": {
        **dict.fromkeys(("kb", "kilobyte", "kilobytes"), 1e-6),
        **dict.fromkeys(("mb", "mo", "meg", "megabyte", "megabytes"), 1e-3),
        **dict.fromkeys(("gb", "go", "g", "gig", "gigabyte", "gigabytes"), 1.0),
        **dict.fromkeys(("tb", "terabyte", "terabytes"), 1e3),
    },
    "length": {
        "mm": 1.0,
        "cm": 10.0,
        **dict.fromkeys(("m", "meter", "meters", "metre", "metres", "mtr"), 1e3),
        **dict.fromkeys(("in", "inch", "inches", '"', "”", "zoll", "pouces"), 25.4),
        **dict.fromkeys(("ft", "foot", "feet", "'"), 304.8),
    },
    "power": {**dict.fromkeys(("w", "watt", "watts"), 1.0), "kw": 1e3},
    "voltage": dict.fromkeys(("v", "volt", "volts"), 1.0),
    "charge": {"mah": 1.0, "ah": 1e3},
    "frequency": {"hz": 1.0, "khz": 1e3, "mhz": 1e6, "ghz": 1e9},
    "pixels": dict.fromkeys(("mp", "megapixel", "megapixels"), 1.0),
    "weight": {
        "mg": 1e-3,
        **dict.fromkeys(("g", "gr", "gram", "grams", "gramm", "gramme", "grammes"), 1.0),
        **dict.fromkeys(("kg", "kilo", "kilos"), 1e3),
        **dict.fromkeys(("oz", "ounce", "ounces"), 28.3495),
        **dict.fromkeys(("lb", "lbs", "pound", "pounds"), 453.592),
    },
    "volume": {"ml": 1.0, "cl": 10.0, **dict.fromkeys(("l", "liter", "litre", "liters", "litres", "ltr"), 1e3)},
    "count": dict.fromkeys(_PIECES.split(), 1.0),
    "users": dict.fromkeys(
        ("user", "users", "u", "seat", "seats", "license", "licenses", "licence", "lic", "client", "clients"), 1.0
    ),
    "ports": dict.fromkeys(("port", "ports", "outlet", "outlets"), 1.0),
    "sheets": dict.fromkeys(("sheet", "sheets", "page", "pages", "blatt"), 1.0),
    "years": dict.fromkeys(("year", "years", "yr", "yrs", "jahr", "jahre", "ans"), 1.0),
    "months": dict.fromkeys(("month", "months", "monat", "monate", "mois"), 1.0),
}

_LETTERED = ("xxxs", "xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl", "xxxxl", "xxxxxl")
_SIZED = r"\b(?:size|sz|große|groesse|gr|taille|talla|taglia|rozmiar|maat|tamanho)\W{1,5}"
_SIZE = rf"{_SIZED}(?:x{{1,5}}|[2-5]x)?[sml]\b|(?:^|[\s\"(\[/,:-])(?:x{{1,5}}|[2-5]x)[sl]\b"
"""A garment's size in letters; `s`, `m` and `l` alone are one behind a word for size only (`men's`, `5 m`, `L. Ron`)."""

DIMENSIONS: Final = (*_DIMENSIONS, "size")
"""What quantities measure, in the order that `quantities` numbers them; a garment's size is its place in `_LETTERED`."""

_UNITS: Final = [
    (unit, number, factor)
    for number, dimension in enumerate(_DIMENSIONS)
    for unit, factor in _DIMENSIONS[dimension].items()
]
"""Units, what they measure, and in base units. A `g` is a gram and a gigabyte: whichever the other record speaks of."""

_UNIT = "(?:" + "|".join(sorted({u for u, _, _ in _UNITS if u[0].isalpha()}, key=lambda u: (-len(u), u))) + ")"
_PLAIN = rf"^(?:{_NUMBER}-?(?:{_UNIT}|x|k|p|er|th|st|nd|rd|bit|dpi|ppm|d|s)|(?:19|20)\d\d)$"
_TIMES = r"\b(\d{1,3})\s?x\s?(\d)"
_PACKS = (
    r"\b(?:pack|set|box|case|lot|pkg|count|paket)\s*(?:of|de|da|von|/)\s*(\d+)\b",
    r"\b(\d+)er[\s-]?(?:pack|packung|set)\b",
    r"\b(\d{1,3}) x \d+(?:\.\d+)?\s?(?:g|kg|ml|cl|l)\b",
)
"""How many are in a pack: `set of 3`, `2er-Pack`, `6 x 330 ml`."""


def plain(text: pl.Expr, *, limit: int) -> pl.Expr:
    """The text in lower case without accents, invisible characters and what lies behind the limit; null is empty.

    A decimal comma is a point (`1,8 l`, `0,125`), where it stands in no list (`95,98,me`) and groups no thousands (`1,000`).
    """
    return (
        text.fill_null("")
        .str.slice(0, limit)
        .str.normalize("NFKD")
        .str.replace_all(r"[\p{M}\p{Cf}\x00]", "")
        .str.replace_all(r"\b(\d{1,4}),(\d{1,2}(?:[^\d,]|$))", "$1.$2")
        .str.replace_all(r"\b0,(\d)", "0.$1")
        .str.to_lowercase()
    )


def squashed(text: pl.Expr) -> pl.Expr:
    """Plain text with nothing left but letters and digits, to find a code however it was punctuated."""
    return text.str.replace_all(r"[^\p{L}\d]+", "")


def words(text: pl.Expr) -> pl.Expr:
    """Distinct words of plain text: `v6.0` reads as `6`, so that a version is the same however it is written."""
    return (
        text.str.replace_all(r"\bv\.?\s?(\d)", "$1")
        .str.extract_all(_WORD)
        .list.eval(pl.element().str.replace(r"(?:\.0+)+$", ""))
        .list.unique(maintain_order=True)
    )


def codes(text: pl.Expr) -> pl.Expr:
    """Part numbers in plain text, squashed: four characters or more, mixed letters and digits or five digits and more.

    Quantities (`500gb`), years and ordinals are no codes. `KTC-D320/1G` gives `ktcd3201g`.
    """
    code = pl.element().str.replace_all(r"[^\p{L}\d]+", "")
    digits = code.str.count_matches(r"\d")
    letters = code.str.len_chars() - digits
    mixed = (digits >= 2) & (letters >= 1) & (code.str.len_chars() >= 4)
    kept = ~pl.element().str.contains(_PLAIN) & (mixed | (digits >= 5)) & (code.str.len_chars() <= 24)
    return text.str.extract_all(_CODE).list.eval(pl.when(kept).then(code)).list.drop_nulls().list.unique()


def numbers(text: pl.Expr) -> pl.Expr:
    """Bare numbers up to four digits in plain text (versions, years, generations), without trailing `.0`."""
    element = pl.element()
    return words(text).list.eval(element.filter(element.str.contains(r"^\d{1,4}(?:\.\d+)*$")))


def quantities(frame: pl.DataFrame, text: str) -> pl.DataFrame:
    """Quantities with units in a frame's plain text column: `row` (UInt32), `dimension` (UInt32), `value` (Int64).

    Values are in thousandths of the dimension's base unit, rounded, so that `1 TB` and `1000 GB` are equal.
    """
    units = pl.DataFrame(
        {
            "unit": [unit for unit, _, _ in _UNITS],
            "dimension": [number for _, number, _ in _UNITS],
            "factor": [factor for _, _, factor in _UNITS],
        },
        schema={"unit": pl.String, "dimension": pl.UInt32, "factor": pl.Float64},
    )
    spaced = pl.col(text).str.replace_all(_TIMES, "$1 x $2")
    rows = frame.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"), spaced.alias("text"))
    found = (
        rows.select(
            "row", pl.col("text").str.extract_all(rf"(?:^|[^\p{{L}}\d.])\d[\d,]*(?:\.\d+)?[\s-]?(?:{_UNIT}\b|[\"”'])")
        )
        .explode("text", empty_as_null=False, keep_nulls=False)
        .with_columns(
            pl.col("text").str.extract(r"(\d[\d,]*(?:\.\d+)?)").str.replace_all(",", "").alias("number"),
            pl.col("text").str.extract(r"(\p{L}+|[\"”'])$").alias("unit"),
        )
        .join(units, on="unit", how="inner")
        .select("row", "dimension", (pl.col("number").cast(pl.Float64, strict=False) * pl.col("factor")).alias("value"))
    )
    packs = (
        rows.select(
            "row", pl.coalesce(pl.col("text").str.extract(one) for one in _PACKS).cast(pl.Float64).alias("value")
        )
        .drop_nulls()
        .select("row", pl.lit(DIMENSIONS.index("count"), dtype=pl.UInt32).alias("dimension"), "value")
    )
    return (
        pl.concat([found, packs, _sizes(rows)])
        .filter(pl.col("value").is_between(0, 1e12))
        .select("row", "dimension", (pl.col("value") * 1000).round().cast(pl.Int64).alias("value"))
        .unique()
        .sort("row", "dimension", "value")
    )


def _sizes(rows: pl.DataFrame) -> pl.DataFrame:
    """Sizes in letters of rows (`row`, `text`), as `row`, `dimension` and `value`: `3XL` and `XXXL` are one."""
    said = rows.select("row", pl.col("text").str.extract_all(_SIZE)).explode(
        "text", empty_as_null=False, keep_nulls=False
    )
    told = pl.col("text").str.extract(r"([2-5x]*x?[sml])$")
    times = told.str.extract(r"^(\d)").cast(pl.Int64)
    spelled = (
        pl.when(times.is_null()).then(told).otherwise(pl.lit("x").repeat_by(times).list.join("") + told.str.slice(2))
    )
    number = spelled.replace_strict({name: float(at) for at, name in enumerate(_LETTERED)}, default=None)
    dimension = pl.lit(DIMENSIONS.index("size"), dtype=pl.UInt32).alias("dimension")
    return said.select("row", dimension, number.cast(pl.Float64).alias("value")).drop_nulls()


def gtin(values: pl.Series) -> pl.Series:
    """GTINs of 8 to 14 digits as numbers, so that leading zeros do not matter; an ISBN-10 is the ISBN-13 of its book.

    What is neither is null.
    """
    told = values.fill_null("").str.to_uppercase().str.replace_all(r"[^\dX]", "")
    digits = told.str.replace_all("X", "", literal=True)
    number = digits.cast(pl.Int64, strict=False).set(~digits.str.len_chars().is_between(8, 14), None)
    book = told.str.contains(r"^\d{9}[\dX]$")
    longer = isbn(told.filter(book)).struct.field("value").cast(pl.Int64)
    return number.scatter(book.arg_true(), pl.select(pl.coalesce(longer, number.filter(book))).to_series())


def money(values: pl.Series) -> pl.Series:
    """Prices as positive floats; text is read (`1.234,56 €`, `$1,234.56`), and what is no positive number is null.

    Only for comparing two prices by their ratio: money that is published stays Decimal, elsewhere.
    """
    if values.dtype != pl.String:
        number = values.cast(pl.Float64, strict=False)
    else:
        text = values.str.slice(0, 40).str.extract(r"(\d[\d.,' ]*)").str.replace_all(r"[' ]", "")
        comma = text.str.contains(r",\d{1,2}$") & ~text.str.contains(r",.*,")
        european = text.str.replace_all(r"\.", "", literal=False).str.replace(",", ".", literal=True)
        english = text.str.replace_all(",", "", literal=True)
        number = pl.select(pl.when(comma).then(european).otherwise(english)).to_series().cast(pl.Float64, strict=False)
    return number.to_frame("price").select(
        pl.when(pl.col("price").is_finite() & (pl.col("price") > 0) & (pl.col("price") < 1e12)).then("price")
    )["price"]
