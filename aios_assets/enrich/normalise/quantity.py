"""Quantity: amounts with units, read to one canonical text that has exactly the magnitude that was written.

`7.60 x 4.8 x 1.4 inches` is `7.6 x 4.8 x 1.4 in`; `9/16"` is `9/16 in`, never another number. Nothing is converted in
the text: what compares across units is `base`, the amounts in the base unit of their kind, which is for comparing only.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from aios_assets.enrich.normalise import number, unit
from aios_assets.enrich.normalise.answer import answer, of_distinct, texts
from aios_assets.enrich.normalise.number import UNDECIDED, Convention
from aios_assets.enrich.normalise.quantitycell import PACKED, read_cell

RULES: Final[Mapping[str, str]] = {
    "quantity/single": "one amount with its unit",
    "quantity/dimensions": "two or three amounts with one unit",
    "quantity/multipack": "so many of one amount each",
    "quantity/fraction": "an amount written as a fraction or mixed number",
    "quantity/compound": "a larger unit and a smaller one together, as the smaller unit",
    "quantity/range": "from one amount to another",
    "quantity/twice": "the first of two amounts that say the same in two units",
    "quantity/declared-unit": "an amount whose unit the mapping of the feed declares",
    "quantity/absent": "nothing is written there, or a word for nothing",
    "quantity/no-unit": "an amount without a unit, and the mapping declares none",
    "quantity/unit": "what stands beside the amount is no unit that is known",
    "quantity/ambiguous-unit": "the unit's spelling stands for two units",
    "quantity/ambiguous": "three digits follow the only separator, and nothing says whether they are decimals",
    "quantity/mixed-units": "its amounts have different units",
    "quantity/inexact": "the cell itself says that the amount is not exact",
    "quantity/unreadable": "it is no amount in any form that is known",
}
"""Rules in words."""

REFUSALS: Final = frozenset(
    f"quantity/{name}"
    for name in ("absent", "no-unit", "unit", "ambiguous-unit", "ambiguous", "mixed-units", "inexact", "unreadable")
)
"""The rules that answer null."""

_AMOUNT = r"[0-9]+(?:[.,][0-9]+)*|[.,][0-9]+"
_TIMES = r"\s*[xX\u00d7*]\s*"
_SIGN = r"[^0-9\s.,x\u00d7*/+\-()][^0-9,*()]{0,18}?|['\"]{1,2}"
_COMMON = rf"^\s*({_AMOUNT})(?:{_TIMES}({_AMOUNT}))?(?:{_TIMES}({_AMOUNT}))?\s*-?({_SIGN})?\.?\s*$"


def learn(raw: pl.Series) -> Convention:
    """The number convention of a whole column of quantities."""
    parts = (
        pl.DataFrame({"raw": texts(raw).unique()})
        .select(pl.col("raw").str.extract_groups(_COMMON).alias("g"))
        .unnest("g")
    )
    return number.learn(pl.concat([parts["1"], parts["2"], parts["3"]]))


def read(raw: pl.Series, *, declared: str | None = None, convention: Convention = UNDECIDED) -> pl.DataFrame:
    """Quantities of each cell: columns `quantity` (answer of String), `kind`, `base` (List of Float64, 12 digits).

    `declared` is the unit that the mapping states for cells without one; a unit that is not known raises ValueError.
    """
    default = None if declared is None else unit.of(declared)
    if declared is not None and default is None:
        raise ValueError(
            f"the mapping declares the unit {declared!r}, which is not known; write its sign, such as kg or in"
        )
    held = Convention(".") if raw.dtype.is_numeric() else convention
    return of_distinct(pl.DataFrame({"raw": texts(raw)}), lambda distinct: _read(distinct, default, held))


def _read(distinct: pl.DataFrame, default: unit.Unit | None, convention: Convention) -> pl.DataFrame:
    frame = (
        distinct.with_row_index("row").with_columns(pl.col("raw").str.extract_groups(_COMMON).alias("g")).unnest("g")
    )
    spelled = {sign: found for sign in frame["4"].unique().drop_nulls() if (found := unit.of(sign.strip("-")))}
    easy = pl.col("1").is_not_null() & (
        pl.col("4").is_in(list(spelled)) | (pl.lit(default is not None) & pl.col("4").is_null())
    )
    common = frame.filter(easy)
    numbers = [number.read(common[name], convention=convention) for name in ("1", "2", "3")]
    simple = _common(common, numbers, spelled, default)
    rest = frame.filter(~easy.fill_null(value=False))
    odd = [read_cell(cell, default, convention) for cell in rest["raw"]]
    schema = pl.Schema({"text": pl.String(), "kind": pl.String(), "base": pl.List(pl.Float64), "rule": pl.String()})
    parsed = pl.DataFrame([(each.text, each.kind, each.base, each.rule) for each in odd], schema=schema, orient="row")
    parsed = rest.select("row").hstack(parsed)
    told = pl.concat([simple, parsed]).sort("row").hstack([distinct["raw"]])
    made = answer(pl.col("text"), pl.String, by=pl.lit("quantity/") + pl.col("rule"), raw=pl.col("raw"))
    return told.select(made.alias("quantity"), "kind", "base")


def _common(
    frame: pl.DataFrame, numbers: list[pl.DataFrame], spelled: Mapping[str, unit.Unit], default: unit.Unit | None
) -> pl.DataFrame:
    """Columns `row`, `text`, `kind`, `base`, `rule` of cells that are one to three amounts with a known unit."""
    signs = {sign: found.sign for sign, found in spelled.items()}
    kinds = {sign: found.kind for sign, found in spelled.items()}
    ratios = {sign: float(found.ratio) for sign, found in spelled.items() if found.ratio is not None}
    sign = pl.col("4").replace_strict(signs, default=None, return_dtype=pl.String)
    kind = pl.col("4").replace_strict(kinds, default=None, return_dtype=pl.String)
    ratio = pl.col("4").replace_strict(ratios, default=None, return_dtype=pl.Float64)
    if default is not None:
        sign, kind = sign.fill_null(default.sign), kind.fill_null(default.kind)
        own = pl.lit(None if default.ratio is None else float(default.ratio), dtype=pl.Float64)
        ratio = pl.when(pl.col("4").is_null()).then(own).otherwise(ratio)
    plain = [
        pl.Series(f"n{at}", each["number"])
        .str.replace(r"^0+([0-9])", "$1")
        .str.replace(r"(\.[0-9]*?)0+$", "$1")
        .str.strip_suffix(".")
        for at, each in enumerate(numbers)
    ]
    told = frame.select(
        "row", "2", "3", "4", sign.alias("sign"), kind.alias("kind"), ratio.alias("ratio")
    ).with_columns(*plain, *(each["by"].alias(f"by{at}") for at, each in enumerate(numbers)))
    rules = [pl.col(f"by{at}") for at in range(3)]
    bad = pl.any_horizontal(rule.is_in(["unreadable", "too-long"]) for rule in rules)
    unsure = pl.any_horizontal(rule == "ambiguous" for rule in rules)
    many = pl.col("2").is_not_null()
    # "3 x 2 x 100 g" is packs in packs: no dimensions, and not one amount.
    bad = bad | (pl.col("3").is_not_null() & pl.col("kind").is_in(sorted(PACKED)))
    rule = (
        pl.when(bad)
        .then(pl.lit("unreadable"))
        .when(unsure)
        .then(pl.lit("ambiguous"))
        .when(pl.col("4").is_null())
        .then(pl.lit("declared-unit"))
        .when(many & pl.col("kind").is_in(sorted(PACKED)) & pl.col("3").is_null())
        .then(pl.lit("multipack"))
        .when(many)
        .then(pl.lit("dimensions"))
        .otherwise(pl.lit("single"))
    )
    holds = ~(bad | unsure)
    text = pl.concat_str(["n0", "n1", "n2"], separator=" x ", ignore_nulls=True) + " " + pl.col("sign")
    # Of a multipack the first number counts: it is no amount of the unit.
    amounts = [pl.col(f"n{at}").cast(pl.Float64) for at in range(3)]
    scaled = [(each * pl.col("ratio")).round_sig_figs(12) for each in amounts]
    counted = rule == "multipack"
    base = (
        pl.when(counted).then(pl.concat_list(amounts[0], scaled[1])).otherwise(pl.concat_list(scaled).list.drop_nulls())
    )
    known = holds & pl.col("ratio").is_not_null()
    return told.select(
        "row",
        pl.when(holds).then(text).alias("text"),
        pl.when(holds).then("kind").alias("kind"),
        pl.when(known).then(base).alias("base"),
        rule.alias("rule"),
    )
