"""Moment: a written date and time as a moment in UTC.

A moment with an offset says where it is; one without is a clock on the wall of the zone that the mapping names. In the
hour that a clock shows twice the first is meant, and a time that the clock skipped is none.
"""

from typing import Final, Literal

import polars as pl

from aios_assets.enrich.normalise.answer import of_distinct

TYPE: Final = pl.Datetime("us", "UTC")
Dates = Literal["dmy", "mdy", ""]

_CLOCK = r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6})\d*)?)?\s*([AaPp][Mm])?\s*(Z|[+-]\d{2}:?\d{2})?)?\s*$"
_YEAR_FIRST = r"^\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _CLOCK
_YEAR_LAST = r"^\s*(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4})" + _CLOCK
_COMPACT = r"^\s*(\d{4})(\d{2})(\d{2})(?:[T_ -]?(\d{2})(\d{2})(\d{2})?)?(Z)?\s*$"
_EPOCH = r"^\s*\d{10}(?:\d{3})?\s*$"


def learn(values: pl.Series) -> Dates:
    """Which comes first in a column of `3/4/2024`: the day, the month, or nothing says it. A point puts the day first."""
    parts = values.drop_nulls().unique().str.extract_groups(_YEAR_LAST).struct.unnest()
    first, second = parts["1"].cast(pl.Int64), parts["3"].cast(pl.Int64)
    days, months = int((first > 12).sum()), int((second > 12).sum())
    if bool(days) != bool(months):
        return "dmy" if days else "mdy"
    return "dmy" if not days and bool((parts["2"] == ".").any()) else ""


def telling(values: pl.Series) -> pl.Series:
    """A few cells of a column of which `learn` learns what it learns of all of them."""
    cells = values.drop_nulls().unique()
    parts = cells.str.extract_groups(_YEAR_LAST).struct.unnest()
    first, second = parts["1"].cast(pl.Int64), parts["3"].cast(pl.Int64)
    return pl.concat([cells.filter(one).head(1) for one in (first > 12, second > 12, parts["2"] == ".")])


def read(values: pl.Series, *, dates: Dates = "", zone: str = "UTC") -> pl.Series:
    """Each cell as a moment in UTC (null where it is none): ISO 8601, dates written day or month first, epochs."""
    told = of_distinct(pl.DataFrame({"s": values}), lambda distinct: _read(distinct["s"], dates, zone))
    return told["at"].alias(values.name)


def _read(cells: pl.Series, dates: Dates, zone: str) -> pl.DataFrame:
    first, last = (cells.str.extract_groups(pattern).struct.unnest() for pattern in (_YEAR_FIRST, _YEAR_LAST))
    dense = cells.str.extract_groups(_COMPACT).struct.unnest()
    day, month = ("1", "3") if dates == "dmy" else ("3", "1")
    parts = pl.DataFrame(
        {
            "year": _either(first["1"], last["4"] if dates else None, dense["1"]),
            "month": _either(first["2"], last[month], dense["2"]),
            "day": _either(first["3"], last[day], dense["3"]),
            "hour": _either(first["4"], last["5"], dense["4"]),
            "minute": _either(first["5"], last["6"], dense["5"]),
            "second": _either(first["6"], last["7"], dense["6"]),
            "part": _either(first["7"], last["8"]),
            "half": _either(first["8"], last["9"]).str.to_lowercase(),
            "offset": _either(first["9"], last["10"], dense["7"]),
        }
    )
    hour = pl.col("hour").cast(pl.Int64)
    # 12 AM is midnight, 12 PM is noon.
    hour = (
        pl.when(pl.col("half").is_null())
        .then(hour)
        .when(hour <= 12)
        .then(hour % 12 + pl.when(pl.col("half") == "pm").then(12).otherwise(0))
    )
    text = pl.format(
        "{}-{}-{}T{}:{}:{}.{}",
        "year",
        *(pl.col(name).str.zfill(2) for name in ("month", "day")),
        *(part.fill_null("0").str.zfill(2) for part in (hour.cast(pl.String), pl.col("minute"), pl.col("second"))),
        pl.col("part").fill_null("0").str.pad_end(6, "0"),
    )
    wall = text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.6f", time_unit="us", strict=False)
    digits = pl.col("offset").str.replace(":", "")
    sign = pl.when(digits.str.starts_with("-")).then(-1).otherwise(1)
    hours, rest = (digits.str.slice(start, 2).cast(pl.Int64, strict=False) for start in (1, 3))
    minutes = pl.when(pl.col("offset") == "Z").then(0).otherwise(sign * (hours * 60 + rest))
    shifted = (wall - pl.duration(minutes=minutes)).dt.replace_time_zone("UTC")
    local = wall.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
    told = parts.select(pl.when(pl.col("offset").is_null()).then(local).otherwise(shifted).cast(TYPE).alias("at"))
    return told.with_columns(pl.coalesce("at", _counted(cells)).alias("at"))


def _counted(cells: pl.Series) -> pl.Series:
    """Seconds or milliseconds since 1970."""
    text = cells.str.strip_chars()
    number = text.cast(pl.Int64, strict=False)
    return pl.select(
        pl.when(cells.str.contains(_EPOCH))
        .then(number * pl.when(text.str.len_chars() == 13).then(1_000).otherwise(1_000_000))
        .cast(pl.Datetime("us"))
        .dt.replace_time_zone("UTC")
    ).to_series()


def _either(*series: pl.Series | None) -> pl.Series:
    given = [one for one in series if one is not None]
    return pl.DataFrame({str(n): one for n, one in enumerate(given)}).select(pl.coalesce(pl.all())).to_series()
