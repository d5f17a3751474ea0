"""Price: the amount and currency of a price cell, in the conventions of the world's feeds.

A price is positive and one amount. Zero, negative, missing and unreadable prices are null with the rule that says why;
of a range and of "from …" the value is the lowest amount and the rule says so, the highest stands beside it.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from aios_assets.enrich.normalise import currency as currencies
from aios_assets.enrich.normalise import number
from aios_assets.enrich.normalise.answer import answer, of_distinct, texts
from aios_assets.enrich.normalise.number import UNDECIDED, Convention
from aios_assets.enrich.normalise.pricetext import REFUSED, parse

AMOUNT: Final = pl.Decimal(18, 4)
"""The type of a price: exact, four decimals, up to 10^14."""

RULES: Final[Mapping[str, str]] = {
    **{f"price/{name}": words for name, words in number.RULES.items()},
    **{f"price/{name}": words for name, words in REFUSED.items()},
    "price/minor-digits": "three digits after one separator are thousands: the currency has no third decimal",
    "price/rounded": "read as a decimal number and rounded, half to even, to four decimals",
    "price/from": "the lowest of several prices, announced by a word for 'from'",
    "price/range": "the lowest of a range whose highest stands beside it",
    "price/net": "an amount that the cell says is without tax",
    "price/no-range": "the cell names one amount, so there is no highest",
    "price/zero": "zero is no price: feeds write it for unknown",
    "price/negative": "a price is not below zero",
    "price/range-reversed": "the range ends below its beginning",
    "price/too-large": "it has more than 14 digits before the decimals",
}
"""Rules in words."""

REFUSALS: Final = frozenset(
    f"price/{name}"
    for name in (*REFUSED, "absent", "ambiguous", "unreadable", "too-long", "zero", "range-reversed", "too-large")
)
"""The rules that answer null."""

_DASHES = "\u2212\u2013\u2014"
_WORD = rf"[^\d\s.,+\-{_DASHES}()\[\]:;|%*~=<>_'\"]{{1,8}}(?:\.[^\d\s.,]{{1,2}})?\.?"
_COMMON = rf"^\s*({_WORD})?\s*([0-9][0-9.,{number.SPACES}{number.APOSTROPHES}]*[0-9]|[0-9])\s*({_WORD})?\s*$"
_PLAIN = r"^[0-9]{1,14}(?:\.(?:[0-9]{1,2}|[0-9]{4}))?$"
_CELL = {"low": pl.String, "high": pl.String, "codes": pl.String, "token": pl.String, "rule": pl.String}


def learn(raw: pl.Series) -> Convention:
    """The number convention of a whole price column; `UNDECIDED` where its cells differ or say nothing."""
    if raw.dtype.is_numeric():
        return Convention(".")
    cells = _cells(texts(raw).unique())
    return number.learn(pl.concat([cells["low"], cells["high"]]))


def read(
    raw: pl.Series,
    *,
    currency: pl.Series | None = None,
    declared: str | None = None,
    convention: Convention = UNDECIDED,
) -> pl.DataFrame:
    """Price answers for each cell: columns `price` and `price_high` (Decimal(18, 4)) and `currency` (ISO 4217).

    `currency` is the row's currency cell where the feed has one, `declared` the currency that its mapping states, and
    `convention` what `learn` found in the whole delivery. A column of numbers has a decimal point whatever that is.
    """
    held = Convention(".") if raw.dtype.is_numeric() else convention
    column = pl.Series("column", [None], dtype=pl.String).new_from_index(0, len(raw))
    if currency is not None:
        column = texts(currency).rename("column")
    frame = pl.DataFrame([texts(raw).rename("raw"), column])
    return of_distinct(frame, lambda distinct: _read(distinct, declared, held))


def _cells(raw: pl.Series) -> pl.DataFrame:
    """Each cell taken apart: its amounts as written, the codes and token beside them, and the rule of its wording."""
    plain = raw.str.contains(_PLAIN).fill_null(value=False)
    frame = pl.DataFrame({"raw": raw, "plain": plain}).with_row_index("row")
    easy = frame.filter("plain").select(
        "row", pl.col("raw").alias("low"), *(pl.lit(None, dtype=pl.String).alias(name) for name in list(_CELL)[1:])
    )
    rest = frame.filter(~pl.col("plain"))
    parts = rest.select("row", "raw", pl.col("raw").str.extract_groups(_COMMON).alias("g")).unnest("g")
    tokens = pl.concat([parts["1"], parts["3"]]).drop_nulls().unique()
    known = {token: codes for token in tokens if (codes := currencies.candidates(token)) is not None}
    parts = parts.with_columns(
        pl.coalesce("1", "3").alias("token"),
        pl.coalesce("1", "3").replace_strict(known, default=None, return_dtype=pl.String).alias("codes"),
    )
    one = pl.col("1").is_null() | pl.col("3").is_null()
    common = pl.col("2").is_not_null() & one & (pl.col("token").is_null() | pl.col("codes").is_not_null())
    nothing = pl.lit(None, dtype=pl.String)
    middle = parts.filter(common).select(
        "row", pl.col("2").alias("low"), nothing.alias("high"), "codes", "token", nothing.alias("rule")
    )
    odd = parts.filter(~common)
    parsed = [parse(cell) for cell in odd["raw"]]
    far = pl.DataFrame(
        [odd["row"], *(pl.Series(n, [getattr(cell, n) for cell in parsed], dtype=t) for n, t in _CELL.items())]
    )
    return pl.concat([easy, middle, far]).sort("row").drop("row")


def _read(distinct: pl.DataFrame, declared: str | None, convention: Convention) -> pl.DataFrame:
    cells = _cells(distinct["raw"]).hstack(distinct)
    low = _amounts(cells["low"], cells["codes"], convention)
    high = _amounts(cells["high"], cells["codes"], convention)
    told = cells.hstack(low).hstack(high.rename(lambda name: f"{name}_high"))
    worded = pl.col("rule").is_not_null()
    refused = worded & pl.col("rule").is_in(list(REFUSED))
    unread = pl.col("amount").is_null()
    reversed_ = (pl.col("rule") == "range") & (pl.col("amount_high") < pl.col("amount"))
    half = (pl.col("rule") == "range") & pl.col("amount_high").is_null()
    by = (
        pl.when(refused)
        .then(pl.col("rule"))
        .when(unread)
        .then(pl.col("by"))
        .when(half)
        .then(pl.col("by_high"))
        .when(pl.col("amount") == 0)
        .then(pl.lit("zero"))
        .when(reversed_)
        .then(pl.lit("range-reversed"))
        .when(worded)
        .then(pl.col("rule"))
        .otherwise(pl.col("by"))
    )
    holds = ~(refused | unread | half | (pl.col("amount") == 0) | reversed_).fill_null(value=False)
    told = told.with_columns(by.alias("rule_by"), holds.alias("holds"))
    ranged = pl.col("holds") & (pl.col("rule") == "range")
    return told.hstack(_currency(told, declared)).select(
        answer(
            pl.when("holds").then("amount"),
            AMOUNT,
            by=pl.lit("price/") + pl.col("rule_by"),
            raw=pl.col("raw"),
            evidence=_span("low", pl.col("holds")),
            confidence=pl.when("holds").then("sure"),
        ).alias("price"),
        answer(
            pl.when(ranged).then("amount_high"),
            AMOUNT,
            by=pl.when(ranged).then(pl.lit("price/range")).otherwise(pl.lit("price/no-range")),
            raw=pl.col("raw"),
            evidence=_span("high", ranged),
            confidence=pl.when(ranged).then("sure_high"),
        ).alias("price_high"),
        answer(pl.col("code"), pl.String, by=pl.col("code_by"), raw=pl.col("raw"), evidence=pl.col("code_from")).alias(
            "currency"
        ),
    )


_GROUPING_CONFIDENCE = 0.95


def _amounts(spans: pl.Series, codes: pl.Series, convention: Convention) -> pl.DataFrame:
    """Columns `amount`, `by`, `sure`; an ambiguous span is thousands where its currency has no third decimal."""
    read_ = number.read(spans, convention=convention)
    small = [c for c in codes.drop_nulls().unique() if currencies.minor_digits(c) < 3]
    frame = pl.DataFrame({"span": spans, "codes": codes}).hstack(read_)
    thousands = (pl.col("by") == "ambiguous") & pl.col("codes").is_in(small)
    frame = frame.with_columns(
        pl.when(thousands).then(pl.col("span").str.replace_all(r"\D", "")).otherwise("number").alias("number"),
        pl.when(thousands).then(pl.lit("minor-digits")).otherwise("by").alias("by"),
        pl.when(thousands).then(pl.lit(_GROUPING_CONFIDENCE)).otherwise("confidence").alias("sure"),
    )
    large = pl.col("number").str.replace(r"^0+", "").str.contains(r"^[0-9]{15}")
    fine = pl.col("number").str.contains(r"\.[0-9]{4}[0-9]*[1-9]")
    return frame.select(
        pl.when(~large).then(pl.col("number")).cast(AMOUNT, strict=False).alias("amount"),
        pl.when(large).then(pl.lit("too-large")).when(fine).then(pl.lit("rounded")).otherwise("by").alias("by"),
        "sure",
    )


def _span(amount: str, holds: pl.Expr) -> pl.Expr:
    """The amount as it stands in the raw cell; null (the whole cell) where it was put together from parts of it."""
    return pl.when(holds & pl.col("raw").str.contains(pl.col(amount), literal=True)).then(amount)


def _currency(told: pl.DataFrame, declared: str | None) -> pl.DataFrame:
    """Columns `code`, `code_by`, `code_from`, decided once for each distinct (written, column) pair."""
    pairs = told.select("codes", "column").unique()
    rows = []
    for codes, column in pairs.iter_rows():
        known = currencies.candidates(column) if column and column.strip() else ""
        code, by = (None, "currency/unreadable") if known is None else currencies.decide(codes or "", known, declared)
        rows.append((codes, column, code, by))
    schema = {"codes": pl.String, "column": pl.String, "code": pl.String, "code_by": pl.String}
    table = pl.DataFrame(rows, schema=schema, orient="row")
    joined = told.select("codes", "column", "token").join(
        table, on=["codes", "column"], how="left", nulls_equal=True, maintain_order="left"
    )
    source = pl.when(pl.col("code_by") == "currency/column").then("column").otherwise("token")
    return joined.select("code", "code_by", source.alias("code_from"))
