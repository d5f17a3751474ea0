"""Order: which of a supplier's deliveries, and which of its rows, is the newer one, by what the supplier says itself.

An order is a number that grows: microseconds since 1970 for a moment, the number itself for a sequence. When something
reached us is no order: a late file is not a new one. Where a supplier says nothing, whatever arrives later counts.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from aios_assets.enrich.normalise import moment

AHEAD = timedelta(days=2)
"""How far ahead of our clock an order is believed: a supplier's clock that is a year fast must not outlive that year."""

MOMENT = 10**14
"""From here on a number is a moment (1973 in microseconds); sequences stay below, and neither is compared with the other."""

_DATE = re.compile(
    r"(?<!\d)(?P<date>\d{4}-\d\d-\d\d|\d{4}_\d\d_\d\d|\d{4}\.\d\d\.\d\d|(?:19|20)\d{6})"
    r"(?:[T _.-]?(?P<time>\d{2}[:.-]?\d{2}(?:[:.-]?\d{2})?)(?P<zone>Z)?)?(?!\d)"
)
_WHOLE = r"^\d{1,18}$"
_NUMBER = re.compile(r"[-_. ]+(?P<number>\d{1,12})$")


def of_name(name: str, zone: str = "UTC") -> int | None:
    """The order that a file's name tells by a date (`acme_2024-05-01.csv`), else by a running number at its end."""
    stem = Path(name.rsplit("!", 1)[-1]).name
    while "." in stem and re.search(r"\.[A-Za-z][A-Za-z0-9]{0,7}$", stem):
        stem = stem[: stem.rindex(".")]
    if found := list(_DATE.finditer(stem)):
        date = re.sub(r"\D", "", found[-1]["date"])
        time = re.sub(r"\D", "", found[-1]["time"] or "")
        text = f"{date[:4]}-{date[4:6]}-{date[6:]}" + (f"T{time[:2]}:{time[2:4]}:{time[4:] or '00'}" if time else "")
        at = moment.read(pl.Series([text], dtype=pl.String), zone=zone).dt.epoch("us")[0]
        return None if at is None else int(at)
    number = _NUMBER.search(stem)
    return int(number["number"]) if number else None


@dataclass(frozen=True)
class Written:
    """How a whole column says its order: in whole numbers, else in moments, which are read by these `dates` in this zone."""

    numbers: bool
    dates: moment.Dates
    zone: str


def numbers(values: pl.Series) -> bool:
    """Whether a column tells its order in whole numbers."""
    filled = values.cast(pl.String).str.strip_chars().drop_nulls()
    return bool(len(filled)) and bool(filled.str.contains(_WHOLE).all())


def telling(values: pl.Series) -> pl.Series:
    """A few cells of a column that tell of its order what all of them do."""
    whole = values.str.strip_chars().str.contains(_WHOLE)
    return pl.concat([moment.telling(values), values.filter(whole).head(1), values.filter(~whole).head(1)])


def of_rows(values: pl.Series, written: Written) -> pl.Series:
    """The order of each row (Int64; null where its cell tells none)."""
    text = values.cast(pl.String).str.strip_chars()
    if written.numbers:
        return text.cast(pl.Int64, strict=False).alias("ordered")
    return moment.read(text, dates=written.dates, zone=written.zone).dt.epoch("us").alias("ordered")


def believed(order: int | None, now: datetime) -> int | None:
    """The order, or None where it lies further ahead of our clock than AHEAD."""
    return None if order is not None and max(MOMENT, _horizon(now)) < order else order


def believable(order: pl.Expr, now: datetime) -> pl.Expr:
    """Whether it does not lie further ahead of our clock than AHEAD."""
    return order <= max(MOMENT, _horizon(now))


def _horizon(now: datetime) -> int:
    return int((now + AHEAD).timestamp() * 1_000_000)


def comparable(order: pl.Expr) -> pl.Expr:
    """The order where another supplier's can be compared with it, a moment; null for a sequence, which is one's own."""
    return pl.when(order >= MOMENT).then(order)


def older(order: pl.Expr, than: pl.Expr) -> pl.Expr:
    """Whether it is older: both are told, both in the same manner."""
    alike = (order >= MOMENT) == (than >= MOMENT)
    return (alike & (order < than)).fill_null(value=False)


def is_older(order: int | None, than: int | None) -> bool:
    """`older` for two orders."""
    return order is not None and than is not None and (order >= MOMENT) == (than >= MOMENT) and order < than
