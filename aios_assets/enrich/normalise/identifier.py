"""Identifier: trade item numbers proved by their check digit, model numbers in one form, SKUs as they are.

A GTIN is kept with 14 digits, as GS1 recommends for storage: a UPC and the EAN that is the same number are then equal.
Nothing is repaired. A lost leading zero, a digit too many or a number that a spreadsheet rounded is null with a reason;
one in ten wrong numbers would pass the check digit if it were padded to fit. Source: GS1 General Specifications 7.9,
2.1.11 (restricted circulation) and ISO 2108 (ISBN).
"""

import re
from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from aios_assets.enrich.normalise.answer import answer, texts
from aios_assets.enrich.normalise.number import latin_digits
from aios_assets.enrich.normalise.words import ABSENT

RULES: Final[Mapping[str, str]] = {
    "gtin/8": "eight digits with the right check digit",
    "gtin/12": "a UPC with the right check digit",
    "gtin/13": "an EAN with the right check digit",
    "gtin/14": "fourteen digits with the right check digit",
    "gtin/isbn": "an ISBN-13, which is an EAN, with the right check digit",
    "gtin/absent": "nothing is written there, or a word for nothing",
    "gtin/not-digits": "other than digits, spaces and hyphens stand in it",
    "gtin/scientific": "a spreadsheet has turned it into a rounded number; ask the supplier for the column as text",
    "gtin/length": "a trade item number has 8, 12, 13 or 14 digits; zeros may have been lost, and are not guessed",
    "gtin/check-digit": "the last digit is not the check digit of the others",
    "gtin/placeholder": "one digit over and over or digits in a row: made up to fill the cell",
    "gtin/restricted": "numbers in this range are each shop's or coupon's own and name no product elsewhere",
    "isbn/13": "an ISBN-13 with the right check digit",
    "isbn/10": "an ISBN-10 with the right check digit, written as ISBN-13",
    "isbn/absent": "nothing is written there, or a word for nothing",
    "isbn/shape": "an ISBN has 10 digits (the last may be X) or 13 that begin with 978 or 979",
    "isbn/check-digit": "the last digit is not the check digit of the others",
    "model/canonical": "the model number, in capitals, its dashes and spaces in one form",
    "model/absent": "nothing is written there, or a word for nothing",
    "model/sentence": "that many words are a description, not a model number",
    "model/too-long": "longer than any model number",
    "model/no-sign": "no letter or digit stands in it",
    "sku/as-is": "the supplier's own key, byte for byte",
    "sku/absent": "nothing but white space stands there",
    "sku/control": "a control or invisible character stands in it: two SKUs would look alike",
    "sku/too-long": "longer than 256 characters",
}
"""Rules in words."""

ISBN_PREFIX: Final = r"^97[89]"
_KINDS: Mapping[int, str] = {8: "gtin/8", 12: "gtin/12", 13: "gtin/13", 14: "gtin/14"}
_RESTRICTED = "^.(?:02|04|05|2|98[0-4]|99)"  # of the 13 digits behind the packaging level
_SEPARATORS = "[\\s\u00a0\u2010-\u2015\u2212\\-]"
_HIDDEN = "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
_ROW = "01234567890123456789098765432109876543210"
_LONGEST_SKU = 256
_LONGEST_MODEL = 64
_MOST_WORDS = 6
_INVISIBLE = r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\x{115F}\x{1160}\x{3164}\x{FFA0}\x{FE00}-\x{FE0F}\x{E0100}-\x{E01EF}]"


_NAMED = (
    r"(?i)^(?:upc(?:-?a)?|ean(?:-?(?:8|13))?|gtin(?:-?(?:8|12|13|14))?|jan|barcode|isbn(?:-?13)?)(?:\s*[:#=]\s*|\s+)"
)
"""A number that says what it is: "UPC: 036000291452"."""


def gtin(raw: pl.Series) -> pl.Series:
    """Answers of GTIN-14 (String of 14 digits) for a column of EAN, UPC, GTIN or ISBN-13 cells."""
    r, d = pl.col("raw"), pl.col("digits")
    frame = pl.DataFrame({"raw": texts(raw)}).with_columns(
        r.str.strip_chars()
        .str.replace(_NAMED, "")
        .str.replace(r"^([0-9]{8,14})\.0+$", "$1")
        .str.replace_all(_SEPARATORS, "")
        .alias("digits")
    )
    odd = frame.filter(~d.str.contains("^[0-9]*$"))["raw"].unique()
    bare = {cell: digits for cell in odd if (digits := _bare(cell)) is not None}
    if bare:
        own = r.replace_strict(bare, default=None, return_dtype=pl.String)
        frame = frame.with_columns(pl.coalesce(own, d).alias("digits"))
    size = d.str.len_bytes()
    numeric = d.str.contains("^[0-9]+$")
    fits = numeric & size.is_in(list(_KINDS))
    frame = frame.with_columns(pl.when(fits).then(d.str.zfill(14)).alias("padded"))
    right = pl.Series("right", checks(frame["padded"]))
    p = pl.col("padded")
    restricted = p.str.contains(_RESTRICTED) | ((size == 8) & d.str.contains("^[02]"))
    made_up = d.str.contains(r"^(?:0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)[0-9]$") | pl.lit(_ROW).str.contains(
        d.str.head(size - 1), literal=True
    )
    by = (
        pl.when(_absent(r))
        .then(pl.lit("gtin/absent"))
        .when(~numeric & r.str.contains(r"(?i)^\s*[0-9]+(?:[.,][0-9]+)?e\+?[0-9]+\s*$"))
        .then(pl.lit("gtin/scientific"))
        .when(~numeric)
        .then(pl.lit("gtin/not-digits"))
        .when(~fits)
        .then(pl.lit("gtin/length"))
        .when(made_up)
        .then(pl.lit("gtin/placeholder"))
        .when(~pl.col("right"))
        .then(pl.lit("gtin/check-digit"))
        .when(restricted)
        .then(pl.lit("gtin/restricted"))
        .when((size == 13) & d.str.contains(ISBN_PREFIX))
        .then(pl.lit("gtin/isbn"))
        .otherwise(size.replace_strict(_KINDS, default=None, return_dtype=pl.String))
    )
    holds = pl.col("by").is_in([*_KINDS.values(), "gtin/isbn"])
    told = frame.with_columns(right).with_columns(by.alias("by"))
    return told.select(answer(pl.when(holds).then(p), pl.String, by=pl.col("by"), raw=r)).to_series().alias(raw.name)


_WRAPPED = re.compile(r"""=\s*"([^"]*)"|["'](?=[^"']*["']$)([^"']*)["']|'([^"']*)""")
_LABELLED = re.compile(r"^\(01\)\s*(?=\d)|\s*\((?:ean|upc|gtin|isbn)[-\w ]{0,4}\)$", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})+")
_WHOLE = re.compile(r"(\d)[.,](\d{7,13})[eE]\+?(\d{1,2})")


def _bare(cell: str) -> str | None:
    """The digits of a cell that a spreadsheet or a scanner dressed up without losing one; None for any other cell.

    Nothing is made up: a number in scientific notation is taken only where every one of its digits is written.
    """
    text = re.sub(_HIDDEN, "", cell).strip()
    if not any("0" <= sign <= "9" for sign in text):
        text = latin_digits(text)
    if wrapped := _WRAPPED.fullmatch(text):
        text = (wrapped[1] or wrapped[2] or wrapped[3] or "").strip()
    text = re.sub(_NAMED, "", _LABELLED.sub("", text))
    if (whole := _WHOLE.fullmatch(text)) and len(whole[2]) == int(whole[3]):
        text = whole[1] + whole[2]
    elif _GROUPED.fullmatch(text):
        text = re.sub(r"\D", "", text)
    text = re.sub(_SEPARATORS, "", re.sub(r"[.,]0+$", "", text))
    return text if text.isascii() and text.isdigit() else None


def isbn(raw: pl.Series) -> pl.Series:
    """Answers of ISBN-13 (String of 13 digits) for a column that is known to hold ISBNs, of ten or thirteen digits."""
    r, d = pl.col("raw"), pl.col("digits")
    frame = pl.DataFrame({"raw": texts(raw)}).with_columns(
        r.str.to_uppercase().str.replace(r"^\s*ISBN(?:-?1[03])?:?", "").str.replace_all(_SEPARATORS, "").alias("digits")
    )
    ten = d.str.contains("^[0-9]{9}[0-9X]$")
    thirteen = d.str.contains("^97[89][0-9]{10}$")
    frame = frame.with_columns(
        pl.when(thirteen).then(d.str.zfill(14)).alias("padded"), pl.when(ten).then(d).alias("ten")
    )
    told = frame.with_columns(pl.Series("right", checks(frame["padded"])), _isbn13(frame["ten"]))
    by = (
        pl.when(_absent(r))
        .then(pl.lit("isbn/absent"))
        .when(~(ten | thirteen))
        .then(pl.lit("isbn/shape"))
        .when(pl.col("right"))
        .then(pl.lit("isbn/13"))
        .when(pl.col("longer").is_not_null())
        .then(pl.lit("isbn/10"))
        .otherwise(pl.lit("isbn/check-digit"))
    )
    value = pl.when(pl.col("right")).then(d).otherwise("longer")
    return told.select(answer(value, pl.String, by=by, raw=r)).to_series().alias(raw.name)


def model(raw: pl.Series) -> pl.Series:
    """Answers of model numbers: compatibility forms folded, capitals, one kind of dash, single spaces.

    Equal models written with other separators are equal by `model_key`, which is for joining and never for showing.
    """
    r = pl.col("raw")
    value = (
        r.str.normalize("NFKC")
        .str.replace_all(_INVISIBLE, "")
        .str.replace_all("[\u2010-\u2015\u2212]", "-")
        .str.replace_all(r"\s+", " ")
        .str.replace_all(r"\s*([-/])\s*", "$1")
        .str.strip_chars(" ")
        .str.replace(r"(?i)^(?:model(?:l|o)?|modèle|mpn|part|p/n|art)\s*(?:no|nr|number|num)?\s*[.:#]+\s*", "")
        .str.to_uppercase()
    )
    by = (
        pl.when(_absent(r))
        .then(pl.lit("model/absent"))
        .when(pl.col("model").str.len_chars() > _LONGEST_MODEL)
        .then(pl.lit("model/too-long"))
        .when(pl.col("model").str.count_matches(" ") >= _MOST_WORDS)
        .then(pl.lit("model/sentence"))
        .when(~pl.col("model").str.contains(r"[\p{L}\p{N}]"))
        .then(pl.lit("model/no-sign"))
        .otherwise(pl.lit("model/canonical"))
    )
    told = pl.DataFrame({"raw": texts(raw)}).with_columns(value.alias("model")).with_columns(by.alias("by"))
    holds = pl.col("by") == "model/canonical"
    made = answer(pl.when(holds).then("model"), pl.String, by=pl.col("by"), raw=r)
    return told.select(made).to_series().alias(raw.name)


def model_key(models: pl.Expr) -> pl.Expr:
    """Letters and digits alone, in capitals: `KTC-D320/1G` and `ktc d3201g` are one key. Null stays null."""
    key = models.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]", "")
    return pl.when(key != "").then(key)


def sku(raw: pl.Series) -> pl.Series:
    """Answers of the supplier's keys, unchanged: `1`, `01` and `1.0` are three SKUs, and NFC and NFD twins are two."""
    r = pl.col("raw")
    by = (
        pl.when(r.is_null() | (r.str.strip_chars() == ""))
        .then(pl.lit("sku/absent"))
        .when(r.str.contains(_INVISIBLE))
        .then(pl.lit("sku/control"))
        .when(r.str.len_chars() > _LONGEST_SKU)
        .then(pl.lit("sku/too-long"))
        .otherwise(pl.lit("sku/as-is"))
    )
    told = pl.DataFrame({"raw": texts(raw)}).with_columns(by.alias("by"))
    made = answer(pl.when(pl.col("by") == "sku/as-is").then(r), pl.String, by=pl.col("by"), raw=r)
    return told.select(made).to_series().alias(raw.name)


def checks(padded: pl.Series) -> npt.NDArray[np.bool_]:
    """Whether each string of 14 digits ends in its GS1 check digit; false where there is none."""
    numbers = padded.cast(pl.Int64).fill_null(-1).to_numpy()
    return np.asarray((numbers >= 0) & (check_digits(numbers // 10) == numbers % 10))


def check_digits(bodies: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The GS1 check digit of each body (the number without it): weights 3 and 1 from the right."""
    total = np.zeros_like(bodies)
    rest = bodies.copy()
    for weight in (3, 1) * 7:
        rest, digit = np.divmod(rest, 10)
        total += weight * digit
    return -total % 10


def _isbn13(tens: pl.Series) -> pl.Series:
    """The ISBN-13 of each ISBN-10 whose last sign is right (modulo 11); null for others. Column `longer`."""
    body = tens.str.head(9).cast(pl.Int64).fill_null(0).to_numpy()
    last = tens.str.tail(1).replace("X", "10").cast(pl.Int64).fill_null(-1).to_numpy()
    total = last.copy()
    rest = body.copy()
    for weight in range(2, 11):
        rest, digit = np.divmod(rest, 10)
        total += weight * digit
    prefixed = 978_000_000_000 + body
    whole = prefixed * 10 + check_digits(prefixed)
    right = pl.Series("right", (last >= 0) & (total % 11 == 0))
    told = pl.DataFrame({"whole": whole}).select(pl.when(right).then(pl.col("whole").cast(pl.String)).alias("longer"))
    return told.to_series()


def _absent(raw: pl.Expr) -> pl.Expr:
    bare = raw.str.strip_chars()
    return raw.is_null() | (bare == "") | bare.str.to_lowercase().is_in(sorted(ABSENT))
