"""Number: one written number, read by the shape of its separators.

A separator says by itself what it is when both kinds stand in the number, when it repeats, or when other than three
digits follow it. `1.234` alone says nothing: it is read by the `Convention` of its column or not at all.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

from aios_assets.enrich.normalise.answer import of_distinct

RULES: Final[Mapping[str, str]] = {
    "absent": "nothing is written there",
    "integer": "digits alone",
    "grouped": "thousands apart by space or apostrophe",
    "decimal-comma": "the comma sets off the decimals",
    "decimal-point": "the point sets off the decimals",
    "grouped-point": "points set thousands apart",
    "grouped-comma": "commas set thousands apart",
    "by-column": "three digits after one separator, read as the rest of the column is written",
    "ambiguous": "three digits follow its only separator, and nothing says whether they are decimals or thousands",
    "unreadable": "the digits and separators make no number in any convention",
    "too-long": "it has more digits than a price or a measure can have",
}
"""Rules of reading, in words; the last three refuse, so does `absent`."""

SPACES: Final = " \u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
APOSTROPHES: Final = "'\u2019\u02bc\u2032\u00b4`"
DIGITS: Final = 14
"""The most digits before the decimals: what Decimal(18, 4) holds."""

_GROUP = f"[{SPACES}{APOSTROPHES}]"
SPAN: Final = rf"(?:[0-9]+(?:[.,{SPACES}{APOSTROPHES}][0-9]+)*[.,]?|[.,][0-9]+)"
"""A regular expression for the longest run that can be one number."""

_RUN = "_"
_EASY = r"^[0-9]{1,14}(?:\.[0-9]{1,2})?$"
_INTEGER = r"^[0-9]+$"
_GROUPED = r"^[0-9]{1,3}(?:_[0-9]{3})+(?:[.,][0-9]*)?$"
_COMMA_BOTH = r"^[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]*$"
_POINT_BOTH = r"^(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3})\.[0-9]*$"
_POINTS = r"^[0-9]{1,3}(?:\.[0-9]{3}){2,}$"
_COMMAS = r"^(?:[0-9]{1,3}(?:,[0-9]{3}){2,}|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3})$"
_EITHER = r"^[1-9][0-9]{0,2}[.,][0-9]{3}$"
_COMMA = r"^(?:[0-9]+,[0-9]*|,[0-9]+)$"
_POINT = r"^(?:[0-9]+\.[0-9]*|\.[0-9]+)$"


@dataclass(frozen=True)
class Convention:
    """How a column writes numbers: its decimal separator, and how many values said so and how many the contrary.

    Learned once from a whole delivery (`learn`) or declared by a mapping, and then held: a delta of one row is read as
    the full delivery was.
    """

    decimal: Literal[",", "."] | None = None
    votes: int = 0
    against: int = 0

    @property
    def confidence(self) -> float | None:
        """The share of votes that agree, by Laplace's rule; null for a convention that was declared or is unknown."""
        return (self.votes + 1) / (self.votes + self.against + 2) if self.votes else None

    @property
    def digest(self) -> str:
        """SHA-256 of what the convention says, hex."""
        return hashlib.sha256(f"number/1 {self.decimal} {self.votes} {self.against}".encode()).hexdigest()


UNDECIDED: Final = Convention()
"""The convention of a column about which nothing is known."""

_AGREEMENT = 0.99


def learn(spans: pl.Series) -> Convention:
    """The convention that the numbers of a column share: at least 99 % of those that say something by themselves.

    Equal numbers vote once each, so one value on every row does not outvote the rest. Decimals after zero (`0.500`)
    and a group mark before decimals count; `1.234` does not.
    """
    distinct = pl.DataFrame({"span": spans.drop_nulls().unique()}).select(_marked(pl.col("span")).alias("s"))
    comma = pl.any_horizontal(pl.col("s").str.contains(p) for p in (_COMMA_BOTH, _POINTS))
    point = pl.any_horizontal(pl.col("s").str.contains(p) for p in (_POINT_BOTH, _COMMAS))
    grouped = pl.col("s").str.contains(_GROUPED)
    alone = ~pl.col("s").str.contains(_EITHER)
    comma = comma | (alone & pl.col("s").str.contains(_COMMA)) | (grouped & pl.col("s").str.contains(","))
    point = point | (alone & pl.col("s").str.contains(_POINT)) | (grouped & pl.col("s").str.contains(r"\."))
    commas, points = distinct.select(comma.sum().alias("commas"), point.sum().alias("points")).row(0)
    most, least = max(commas, points), min(commas, points)
    if not most or most < _AGREEMENT * (most + least):
        return UNDECIDED
    return Convention("," if commas > points else ".", most, least)


def read(spans: pl.Series, *, convention: Convention = UNDECIDED) -> pl.DataFrame:
    """Each span as a plain decimal number: columns `number` (String such as `1234.56`, or null), `by`, `confidence`.

    Digits are ASCII and there is no sign (see `latin_digits`); who calls reads signs and words.
    """
    return of_distinct(pl.DataFrame({"s": spans}), lambda distinct: _read(distinct, convention))


def _read(frame: pl.DataFrame, convention: Convention) -> pl.DataFrame:
    """Plain numbers by one look, the others by the shape of their separators."""
    s = pl.col("s")
    rows = frame.with_row_index("row")
    easy = s.str.contains(_EASY).fill_null(value=False)
    whole = pl.when(s.str.contains(".", literal=True)).then(pl.lit("decimal-point")).otherwise(pl.lit("integer"))
    nothing = pl.lit(None, dtype=pl.Float64)
    simple = rows.filter(easy).select("row", s.alias("number"), whole.alias("by"), nothing.alias("confidence"))
    rest = rows.filter(~easy)
    told = pl.concat([simple, rest.select("row").hstack(_shaped(rest["s"], convention))]) if rest.height else simple
    return told.sort("row").drop("row")


def _shaped(spans: pl.Series, convention: Convention) -> pl.DataFrame:
    s = pl.col("s")
    said = convention.decimal
    either = s.str.contains(_EITHER)
    digits = s.str.count_matches(r"[0-9]")
    by = (
        pl.when(s.is_null())
        .then(pl.lit("absent"))
        .when(s.str.contains(_INTEGER))
        .then(pl.lit("integer"))
        .when(either)
        .then(pl.lit("ambiguous" if said is None else "by-column"))
        .when(s.str.contains(_POINT))
        .then(pl.lit("decimal-point"))
        .when(s.str.contains(_COMMA))
        .then(pl.lit("decimal-comma"))
        .when(s.str.contains(_POINT_BOTH))
        .then(pl.lit("decimal-point"))
        .when(s.str.contains(_COMMA_BOTH))
        .then(pl.lit("decimal-comma"))
        .when(s.str.contains(_GROUPED))
        .then(pl.lit("grouped"))
        .when(s.str.contains(_POINTS))
        .then(pl.lit("grouped-point"))
        .when(s.str.contains(_COMMAS))
        .then(pl.lit("grouped-comma"))
        .otherwise(pl.lit("unreadable"))
    )
    by = pl.when(~by.is_in(["absent", "unreadable"]) & (digits > 2 * DIGITS)).then(pl.lit("too-long")).otherwise(by)
    without_comma = s.str.replace_all("[,_]", "")
    without_point = s.str.replace_all("[._]", "").str.replace(",", ".", literal=True)
    number = (
        pl.when(pl.col("by").is_in(["absent", "ambiguous", "unreadable", "too-long"]))
        .then(pl.lit(None, dtype=pl.String))
        .when(pl.col("by").is_in(["decimal-comma", "grouped-point"]))
        .then(without_point)
        .when(pl.col("by") == "by-column")
        .then(without_point if said == "," else without_comma)
        .when(pl.col("by") == "grouped")
        .then(s.str.replace_all("_", "", literal=True).str.replace(",", ".", literal=True))
        .otherwise(without_comma)
        .str.replace(r"^\.", "0.")
        .str.strip_suffix(".")
    )
    sure = pl.when(pl.col("by") == "by-column").then(pl.lit(convention.confidence, dtype=pl.Float64))
    return (
        pl.DataFrame({"s": spans})
        .with_columns(_marked(s).alias("s"))
        .with_columns(by.alias("by"))
        .select(number.alias("number"), "by", sure.alias("confidence"))
    )


_SHAPES: Final = tuple(
    (re.compile(shape), rule)
    for shape, rule in (
        (_INTEGER, "integer"),
        (_EITHER, "by-column"),
        (_POINT, "decimal-point"),
        (_COMMA, "decimal-comma"),
        (_POINT_BOTH, "decimal-point"),
        (_COMMA_BOTH, "decimal-comma"),
        (_GROUPED, "grouped"),
        (_POINTS, "grouped-point"),
        (_COMMAS, "grouped-comma"),
    )
)


def read_one(span: str, *, convention: Convention = UNDECIDED) -> str | None:
    """What `read` answers for one span by itself, without the cost of a column; None where it refuses."""
    marked = re.sub(_GROUP, _RUN, span.strip(SPACES))
    rule = next((rule for shape, rule in _SHAPES if shape.match(marked)), "unreadable")
    unsure = rule == "by-column" and convention.decimal is None
    if rule == "unreadable" or unsure or sum(sign.isdigit() for sign in marked) > 2 * DIGITS:
        return None
    comma = rule in {"decimal-comma", "grouped-point", "grouped"} or (rule == "by-column" and convention.decimal == ",")
    dropped = "_" if rule == "grouped" else "._" if comma else ",_"
    plain = "".join(sign for sign in marked if sign not in dropped).replace(",", ".")
    return ("0" + plain if plain.startswith(".") else plain).removesuffix(".")


def latin_digits(text: str) -> str:
    """The text with every decimal digit of any script as ASCII, and the Arabic separators as point and comma."""
    if text.isascii():
        return text
    plain = "".join(str(unicodedata.decimal(c)) if not c.isascii() and c.isdecimal() else c for c in text)
    return plain.replace("\u066b", ".").replace("\u066c", "'").replace("\uff0e", ".").replace("\uff0c", ",")


def _marked(span: pl.Expr) -> pl.Expr:
    return span.str.strip_chars(SPACES).str.replace_all(_GROUP, _RUN)
