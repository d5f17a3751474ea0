"""Looks: what the values of a column say about its meaning, whatever it is called."""

import re
from dataclasses import dataclass

import polars as pl

SYMBOLS = {
    "€": "EUR",
    "$": "USD",
    "£": "GBP",
    "₹": "INR",
    "¥": "JPY",
    "zł": "PLN",
    "Kč": "CZK",
    "₽": "RUB",
    "₺": "TRY",
    "R$": "BRL",
}
CODES = "EUR|USD|GBP|PLN|CHF|CZK|SEK|NOK|DKK|INR|JPY|CNY|HUF|RON|TRY|RUB|BRL|CAD|AUD|NZD|MXN|ZAR|UAH|KRW"
_SIGN = "(?:" + "|".join(map(re.escape, sorted(SYMBOLS, key=len, reverse=True))) + f"|{CODES})"
_AMOUNT = r"[-+]?\d{1,3}(?:[.,'  ]\d{3})+(?:[.,]\d{1,4})?|[-+]?\d+(?:[.,]\d{1,4})?"
MONEY = rf"(?i)^\s*(?:(?:from|ab|od|à partir de)\s+)?(?:{_SIGN}\s*)?(?:{_AMOUNT})\s*(?:{_SIGN}|,-)?\s*$"
_DATE = r"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[ T]\d{1,2}:\d{2}.*)?$|^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}(?: \d{1,2}:\d{2}.*)?$"
_CODE = r"^[A-Za-z0-9][A-Za-z0-9._/#:+-]{0,39}$"


@dataclass(frozen=True)
class Look:
    """A column's values in numbers; shares are of the filled values of the sample, `fill` of all.

    `named` says how much the values name things instead of measuring them (0 to 1).
    """

    name: str
    position: int
    rows: int
    fill: float
    distinct: float
    length: float
    words: float
    letters: float
    alpha: float
    money: float
    signed: float
    integer: float
    cents: float
    retail: float
    rising: float
    named: float
    path: float
    code: float
    digits: float
    gtin: float
    url: float
    picture: float
    date: float
    markup: float
    commas: float
    points: float
    samples: tuple[str, ...]


def look(name: str, position: int, values: pl.Series) -> Look:
    """Looks at a column's values (a sample of a few thousand is enough)."""
    filled = values.drop_nulls().str.strip_chars()
    count = max(filled.len(), 1)

    def share(pattern: str) -> float:
        return _count(filled.str.contains(pattern)) / count

    plain = filled.filter(filled.str.contains(r"^[-+]?\d+(?:[.,]\d+)?$")).str.replace(",", ".", literal=True)
    numbers = plain.cast(pl.Float64, strict=False).drop_nulls()
    steps = numbers.diff().drop_nulls()
    decimals = filled.filter(filled.str.contains(r"\d[.,]\d{2}\D*$"))
    return Look(
        name=name,
        position=position,
        rows=values.len(),
        fill=filled.len() / max(values.len(), 1),
        distinct=filled.n_unique() / count,
        length=float(filled.str.len_chars().cast(pl.Float64).median() or 0),  # type: ignore[arg-type]  # floats: a number
        words=float(filled.str.count_matches(r"\S+").mean() or 0),  # type: ignore[arg-type]  # a mean of counts
        letters=share(r"\p{L}{2}"),
        alpha=_count(filled.str.count_matches(r"\p{L}")) / max(_count(filled.str.len_chars()), 1),
        money=share(MONEY),
        signed=share(f"(?i){_SIGN}"),
        integer=share(r"^[-+]?\d+$"),
        cents=decimals.len() / count,
        retail=_count(decimals.str.contains(r"(?:9|95)\D*$")) / max(decimals.len(), 1),
        rising=_count(steps > 0) / max(steps.len(), 1),
        named=_named(filled, numbers),
        path=share(r" [>»/] |[^/\s]>[^/\s]"),
        code=share(_CODE),
        digits=share(r"\d"),
        gtin=sum(map(is_gtin, filled.filter(filled.str.contains(r"^(?:[0-9]{8}|[0-9]{12,14})$")))) / count,
        url=share(r"(?i)^(?:https?:)?//[^\s]+\.[^\s]+"),
        picture=share(r"(?i)\.(?:jpe?g|png|webp|gif|avif)(?:\?|$|[\s,|\"])"),
        date=share(_DATE),
        markup=share(r"<[a-zA-Z/][^>]*>"),
        commas=share(r"\d,\d{1,2}\D*$"),
        points=share(r"\d\.\d{1,2}\D*$"),
        samples=tuple(filled.unique(maintain_order=True).head(3).to_list()),
    )


def _named(filled: pl.Series, numbers: pl.Series) -> float:
    """Letters, one direction, one length, or numbers that draw from a range without ever meeting name things.

    Of n numbers drawn at random from a range of r about n²/2r pairs meet: where three should and none does, they were given.
    """
    count = filled.len()
    if numbers.len() < 0.9 * count or count < 2:
        return 1.0 if count else 0.0
    steps = numbers.diff().drop_nulls()
    if (steps > 0).all() or (steps < 0).all():
        return 1.0
    ordered = numbers.sort()
    span = ordered[-1] - ordered[0] + 1
    if numbers.n_unique() == count and count**2 / (2 * span) > 3:
        return 1.0
    length = filled.str.len_chars()
    return 0.9 if length.n_unique() == 1 and length[0] >= 5 else 0.3


def _count(series: pl.Series) -> int:
    return int(series.cast(pl.Int64).sum())


def is_gtin(text: str) -> bool:
    """Whether it is a GTIN-8, -12, -13 or -14 with a right check digit (GS1 General Specifications 7.9)."""
    if not (text.isascii() and text.isdigit() and len(text) in (8, 12, 13, 14)):
        return False
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(text)))
    return weighted % 10 == 0 and int(text) > 0


def within(inner: pl.Series, outer: pl.Series) -> tuple[float, float]:
    """In which share of the rows the inner text stands in the outer one, and in which at its start (letter case aside)."""
    frame = pl.DataFrame({"inner": inner.str.to_lowercase(), "outer": outer.str.to_lowercase()}).drop_nulls()
    frame = frame.filter(pl.col("inner").str.len_chars() > 1)
    if not frame.height:
        return 0.0, 0.0
    told = frame.select(
        pl.col("outer").str.contains(pl.col("inner"), literal=True).mean().alias("in"),
        pl.col("outer").str.starts_with(pl.col("inner")).mean().alias("start"),
    ).row(0)
    return float(told[0] or 0), float(told[1] or 0)
