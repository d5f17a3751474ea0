"""Column drift: what became of one column's values: emptied, of another type, unit or scale, flattened or replaced.

Shares of a whole column say little where the goods are others: a delta of one category has that category everywhere, and
a season's goods may be measured in another unit. So what the records in both deliveries show goes before them.
"""

import math
import re
from collections.abc import Iterator
from statistics import median

from aios_assets.feeds.difference import Both, Drift
from aios_assets.feeds.names import means, moving
from aios_assets.feeds.shape import ENOUGH, ColumnShape

_FALL, _JUMP, _OTHER, _VARIED, _LEAP = 0.1, 0.3, 0.5, 0.02, 0.4
_ALWAYS = 0.9
"""The share from which something holds for a whole column."""
_SURE, _FEW, _MANY = 4, 5, 50
"""Standard deviations that chance does not reach, records that say nothing, and records from which a share says something."""

_SIGNS = {",": "comma", ".": "point"}
_DAY = re.compile(r"9([-./])9\1?9(?:$|[A ])")
"""What a day looks like: `2026-11-03`, `3.11.2026`, with a time of day or without."""

_FACTORS = {
    1_000.0: "thousandfold: grams for kilograms, metres for kilometres, or a decimal separator that was lost",
    0.001: "a thousandth: kilograms for grams, or a thousands separator read as the decimals'",
    100.0: "hundredfold: cents for whole amounts, or centimetres for metres",
    0.01: "a hundredth: whole amounts for cents, or metres for centimetres",
    10.0: "tenfold: millimetres for centimetres",
    0.1: "a tenth: centimetres for millimetres",
    2.54: "2.54 times: centimetres for inches",
    1 / 2.54: "1/2.54: inches for centimetres",
    25.4: "25.4 times: millimetres for inches",
    1 / 25.4: "1/25.4: inches for millimetres",
    0.45359237: "0.4536 times: kilograms for pounds",
    1 / 0.45359237: "2.2046 times: pounds for kilograms",
    28.349523: "28.35 times: grams for ounces",
    1 / 28.349523: "1/28.35: ounces for grams",
    453.59237: "453.6 times: grams for pounds",
    1 / 453.59237: "1/453.6: pounds for grams",
    16.0: "sixteenfold: ounces for pounds",
    1 / 16: "a sixteenth: pounds for ounces",
}


_TAXES = (5, 5.5, 7, 8, 8.1, 10, 19, 20, 21, 22, 23, 24, 25, 27)
"""Percent that prices are taxed with in Europe."""


def changed(both: Both, name: str, other: str, swaps: int) -> Iterator[Drift]:
    """What became of the values of one column."""
    old, new = both.before.columns[name], both.now.columns[other]
    lost = _lost(both, name, other)
    if lost:
        what = f"`{name}` is {new.fill:.0%} filled, it was {old.fill:.0%}"
        yield Drift("emptied", name, lost, what, "the supplier's export lost it for some of the records")
    if new.fill <= _FALL / 2 or name == both.before.key or both.now.records < ENOUGH:
        return
    told = [*_typed(both, name, other), *_written(name, old, new), *_unit(both, name, other)]
    told += _factor(name, both.logs(name, other))
    if not both.events and not moving(name):
        told += _flattened(both, name, other)
    yield from told
    if not (told or lost or swaps or both.events or moving(name) or _DAY.match(old.look)):
        yield from _replaced(both, name, other)  # what was emptied is not rewritten as well


def _lost(both: Both, name: str, other: str) -> float:
    """Which share of the records lost their value; 0 where that is life."""
    old, new = both.before.columns[name], both.now.columns[other]
    fall = old.fill - new.fill
    records = max(both.now.records, 1)
    if fall <= max(_FALL, _FEW / records, _SURE * math.sqrt(old.fill * (1 - old.fill) / records)):
        return 0.0
    if both.events:  # of lines that happen shares come and go, but each has its price and its quantity
        always = old.fill >= _ALWAYS and both.now.records >= _MANY and bool({"price", "quantity"} & means(name).keys())
        return fall if always or new.fill < _FALL * old.fill else 0.0
    if not both.changes:
        return fall
    pairs = [(one, two) for one, two in both.values(name, other) if one is not None]
    if len(pairs) < ENOUGH:  # other goods: what some of them lack others may as well
        return fall if old.fill >= _ALWAYS else 0.0
    gone = sum(two is None for _, two in pairs) / len(pairs)
    return gone if gone > _FALL else 0.0


def _flattened(both: Both, name: str, other: str) -> Iterator[Drift]:
    """Whether one value stands almost everywhere now; not where the same records have what they had."""
    old, new = both.before.columns[name], both.now.columns[other]
    if new.top - old.top <= _JUMP:
        return
    equal = both.equal(name, other)
    unlike = equal < 1 - _JUMP if equal is not None else not both.changes or old.distinct > _OTHER
    if unlike:
        what = f"{new.top:.0%} of `{name}` hold one and the same value, {old.top:.0%} did"
        yield Drift("flattened", name, new.top - old.top, what, "the supplier's export writes a constant")


def _replaced(both: Both, name: str, other: str) -> Iterator[Drift]:
    """Whether most records have another value; numbers move, so they have to leap."""
    equal, logs = both.equal(name, other), both.logs(name, other)
    if equal is None or both.before.columns[name].distinct < _VARIED:
        return
    if logs and sum(abs(each) > _LEAP for each in logs) < _JUMP * len(logs):
        return
    size = 1 - max(both.agreement(name, other), 0.0)
    if size > _OTHER:
        what = f"{equal:.0%} of `{name}` are what they were for the same records"
        why = "its values moved to other records, are in another language, or were all rewritten"
        yield Drift("replaced", name, size, what, why)


def _typed(both: Both, name: str, other: str) -> Iterator[Drift]:
    old, new = both.before.columns[name], both.now.columns[other]
    if _DAY.match(old.look):
        return  # `_written` says it better
    lost = old.number - new.number
    filled = max(both.now.records * new.fill, 1)
    least = max(_FALL, _FEW / filled, _SURE * math.sqrt(old.number * (1 - old.number) / filled))
    what = f"{new.number:.0%} of `{name}` are numbers, {old.number:.0%} were"
    if old.number > 0.8 and lost > least:
        yield Drift("type", name, lost, what, "the values changed their kind, or their way of writing numbers")
    elif old.number < 0.2 and new.number > 0.8:
        yield Drift("type", name, -lost, what, "numbers stand where words stood: perhaps an id for a name")


def _written(name: str, old: ColumnShape, new: ColumnShape) -> Iterator[Drift]:
    """Whether numbers or days are written in another way, which whoever reads them by the old one reads wrongly."""
    if old.decimal and new.decimal and old.decimal != new.decimal:
        what = (
            f"the decimals of `{name}` stand behind a {_SIGNS[new.decimal]}, they stood behind a {_SIGNS[old.decimal]}"
        )
        yield Drift("type", name, 1.0, what, "the supplier's export runs in another language or country")
    if _DAY.match(old.look) and new.look and old.look != new.look:
        what = f"the days of `{name}` look like {new.look}, and like {old.look} before (9: digits, A: letters)"
        yield Drift("type", name, 1.0, what, "the supplier's export runs in another language or country")


def _unit(both: Both, name: str, other: str) -> Iterator[Drift]:
    old, new = both.before.columns[name], both.now.columns[other]
    if old.unit == new.unit or not _another_unit(both, name, other):
        return
    what = f"`{name}` was in {old.unit or 'no named unit'}, it is in {new.unit or 'no named unit'}"
    money = any(map(_money, (old.unit, new.unit)))
    why = "the supplier changed the currency, or how it is written" if money else "the supplier changed the unit"
    yield Drift("currency" if money else "unit", name, 1.0, what, why)


def _another_unit(both: Both, name: str, other: str) -> bool:
    """Whether a unit that most values have now is the supplier's doing; other goods may be measured in another one."""
    equal = None if both.events else both.equal(name, other)
    if equal is not None:
        return equal < 1 - _JUMP
    old, new = both.before.columns[name], both.now.columns[other]
    constant = bool(old.unit and new.unit) and old.top > _ALWAYS
    return not both.changes or constant or ("price" in means(name) and any(map(_money, (old.unit, new.unit))))


def _money(unit: str) -> bool:
    return len(unit) == 3 and unit.isupper()


def _factor(name: str, logs: list[float]) -> Iterator[Drift]:
    """Whether numbers of the same records are one factor apart: one that units have, or any."""
    if len(logs) < ENOUGH:
        return
    near = {factor: sum(abs(each - math.log(factor)) < 0.03 for each in logs) / len(logs) for factor in _FACTORS}
    best = max(near, key=lambda factor: near[factor])
    if near[best] >= 0.2:
        what = f"{near[best]:.0%} of `{name}` are {best:.4g} times what they were for the same records"
        yield Drift("unit", name, near[best], what, _FACTORS[best])
        return
    middle = median(logs)
    alike = sum(abs(each - middle) < 0.015 for each in logs) / len(logs)
    if abs(middle) > 0.02 and alike > 0.8:
        factor = math.exp(middle)
        what = f"{alike:.0%} of `{name}` are {factor:.3f} times what they were for the same records"
        yield Drift("scaled", name, abs(factor - 1), what, _scaled(factor))


def _scaled(factor: float) -> str:
    """What one factor for all numbers is likely due to."""
    tax = max(factor, 1 / factor) - 1
    rate = next((rate for rate in _TAXES if abs(tax - rate / 100) < 0.004), None)
    change = "a rise" if factor > 1 else "a sale"
    if rate is not None:
        return f"a tax of {rate:g} % {'in' if factor > 1 else 'no longer in'} the price, or {change} for all"
    return f"{change} for all, or another currency" if 0.3 < factor < 2 else "another currency"
