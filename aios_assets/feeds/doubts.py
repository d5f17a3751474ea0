"""Doubts: fields that somebody has to name, since a wrong SKU, title, price or brand is worse than a question."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from aios_assets.feeds.candidates import Guessed, Table
from aios_assets.feeds.looks import Look
from aios_assets.feeds.names import is_generic, normal
from aios_assets.feeds.pricenames import price_kind

POSSIBLE = 0.2
CRITICAL = ("sku", "title", "price", "brand")
_SURE_NAME = {"sku": 0.7, "title": 0.6, "price": 0.85, "brand": 0.6}
"""Above this a name is a field's own; below, like `aw_product_id` or a list price, any other that may be it is asked about."""
_MARGIN = {"sku": 0.18, "title": 0.12, "price": 0.12, "brand": 0.12}
_MARGIN_BY_VALUE = {"sku": 0.33, "title": 0.3, "price": 0.2, "brand": 0.4}
"""How far behind a second column has to be, where the name says it and where only the values do."""


@dataclass(frozen=True)
class Doubt:
    """A field that somebody has to name: the columns it may be, and why that is open.

    `value` is what a mapping would say, where that is no column of `[fields]` but a line above it; `read` how it would read
    the field, where no one column is it.
    """

    field: str
    columns: tuple[str, ...]
    why: str
    value: str = ""
    read: str = ""

    @property
    def line(self) -> str:
        """A line for the mapping, to be filled in or crossed out."""
        if self.value:
            return f"above [fields] {self.field} = {self.value}, or a mapping without that line if they are not"
        perhaps = f"  # perhaps {', '.join(self.columns[:4])}" if self.columns else ""
        said = "" if self.read else "where there is a sale its price: "
        either = f", or {said}{self.either}" if self.either else ""
        return f'[fields] {self.field} = "…"{perhaps}{either}'

    @property
    def either(self) -> str:
        """How a mapping says it by several columns: a sale's price, and where there is none the usual one; "" where not."""
        if self.read:
            return self.read
        kinds = {price_kind(normal(column)): column for column in reversed(self.columns)}
        if self.field != "price" or not {"now", "sale"} <= set(kinds):
            return ""
        return f'{{ columns = ["{kinds["sale"]}", "{kinds["now"]}"], first = true }}'


def doubts_of(
    table: Table, taken: dict[str, Guessed], fields: tuple[str, ...], looks: tuple[Look, ...], sample: pl.DataFrame
) -> tuple[Doubt, ...]:
    """Critical fields without a sure column, or with a second one that may be it as well."""
    doubts = []
    cut = _cut(taken, looks)
    owner = {guessed.column: guessed for guessed in taken.values()}
    for name in (each for each in CRITICAL if each in fields):
        best = taken.get(name)
        rivals = [
            each
            for column, each in table[name].items()
            if each.confidence >= POSSIBLE
            and (column not in owner or owner[column].field == name or not owner[column].named)
        ]
        rivals.sort(key=lambda each: -each.confidence)
        columns = tuple(each.column for each in rivals)
        if best is None:
            if name in ("sku", "title") or columns:
                why = f"{', '.join(columns[:3])} may be it, none is sure" if columns else "no column looks like one"
                why += _spoiled(sample, columns)
                doubts.append(Doubt(name, columns or tuple(each.name for each in looks[:4]), why))
            continue
        if name == "price" and cut:
            doubts.append(cut)
            continue
        margin = (
            _MARGIN[name]
            if best.named and best.confidence > _SURE_NAME[name]
            else 0.4
            if best.named
            else _MARGIN_BY_VALUE[name]
        )
        others = [
            each
            for each in rivals
            if each.column != best.column
            and (
                each.confidence > best.confidence - margin
                or (name == "price" and not best.named and _alike(sample, best, each))
            )
        ]
        if others:
            told = f"{best.column} ({best.confidence:.2f}) and {others[0].column} ({others[0].confidence:.2f})"
            doubts.append(Doubt(name, columns, f"{told} both may be it"))
    return tuple(doubts)


def _cut(taken: Mapping[str, Guessed], looks: tuple[Look, ...]) -> Doubt | None:
    """The price, where its decimals stand in the next column: a comma parts the columns, and nobody quoted the numbers."""
    if "price" not in taken or not is_generic(looks[-1].name) or looks[-1].fill < _MOST:
        return None
    at = next(place for place, each in enumerate(looks) if each.name == taken["price"].column)
    if at + 1 == len(looks) or looks[at].integer < _MOST or looks[at + 1].integer < _MOST:
        return None
    price, behind = looks[at], looks[at + 1]
    if not all(_CENTS.fullmatch(value) for value in behind.samples) or behind.length != len("00"):
        return None
    why = f"the cents of {price.name} seem to stand in {behind.name}: a comma parts the columns and is in the numbers as well"
    return Doubt("price", (price.name,), why, read=f'{{ columns = ["{price.name}", "{behind.name}"], join = "," }}')


_CENTS, _MOST = re.compile(r"[0-9]{2}"), 0.95
_SPOILED = {
    r"^[0-9][.,][0-9]{1,5}E\+[0-9]{1,2}$": "Excel wrote its numbers short (1.23E+12), digits are lost: have it sent as text",
    r"^=\"[^\"]*\"$": 'its values are Excel\'s formulas (="0012"): have it sent without them',
}
"""What a spreadsheet made of codes."""


def _spoiled(sample: pl.DataFrame, columns: Sequence[str]) -> str:
    """Why none of the columns is sure, where a spreadsheet spoiled one."""
    for name in columns:
        for form, why in _SPOILED.items():
            filled = sample[name].drop_nulls()
            if filled.len() and filled.str.contains(form).mean() > 0.5:  # type: ignore[operator]  # a share
                return f"; of {name}: {why}"
    return ""


def _alike(sample: pl.DataFrame, one: Guessed, other: Guessed) -> bool:
    """Whether two columns of amounts rise and fall together, as a price does with a list price or a cost."""
    numbers = sample.select(
        _amount(pl.col(each.column)).alias(str(place)) for place, each in enumerate((one, other))
    ).drop_nulls()
    ranks = numbers.select(pl.all().rank()).to_numpy()
    if len(ranks) < 8 or not ranks.std(axis=0).all():
        return False
    return bool(np.corrcoef(ranks.T)[0, 1] > 0.6)


def _amount(text: pl.Expr) -> pl.Expr:
    """A rough number: one or two digits behind the last mark are cents."""
    cents = text.str.extract(r"[.,](\d{1,2})\D*$").fill_null("0").str.pad_end(2, "0")
    whole = text.str.replace(r"[.,]\d{1,2}(\D*)$", "$1").str.replace_all(r"\D", "")
    return whole.cast(pl.Float64, strict=False) + cents.cast(pl.Float64, strict=False) / 100
