"""Drift: how the shape of a delivery differs from the last one that was accepted, with the likely cause and a remedy."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from aios_assets.feeds.mapping import Mapping
from aios_assets.feeds.names import means
from aios_assets.feeds.shape import ENOUGH, STEP, ColumnShape, Shape

_SAME = 0.5
"""Agreement beyond chance (Cohen's kappa) from which two columns are taken for the same."""

_FALL, _JUMP, _REJECTS, _OTHER, _VARIED, _LEAP = 0.1, 0.3, 0.02, 0.5, 0.02, 0.4
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


@dataclass(frozen=True)
class Drift:
    """One difference: its kind, the column as it was called, how much it concerns (1: all), in words, and why it is likely.

    `renames` are the columns, old name to new, by which a mapping would follow it.
    """

    kind: str
    column: str
    size: float
    what: str
    why: str
    renames: dict[str, str] = field(default_factory=dict)


def drift(before: Shape, now: Shape, *, changes: bool = False, events: bool = False) -> tuple[Drift, ...]:
    """Every difference between two shapes; nothing found is an empty tuple.

    `changes`: the feed sends what changed, so that neither its size nor which records it holds says anything. `events`: its
    lines are what happened (sales), so that another value for the same key is another event, and shares come and go.
    """
    both = _Both(before, now, events=events)
    renamed = dict(_renamed(both))
    taken = set(renamed.values())
    found = [_rename(both, old, new) for old, new in renamed.items()]
    found += [
        Drift("vanished", name, 1.0, f"`{name}` is gone", "the supplier left it out")
        for name in both.gone
        if name not in renamed
    ]
    found += [
        Drift("appeared", name, 1.0, f"`{name}` is new", "the supplier added it")
        for name in both.new
        if name not in taken
    ]
    swapped = list(_swapped(both))
    found += swapped
    exchanged = {name for each in swapped for name in each.renames}
    for name in before.columns:
        other = renamed.get(name, name)
        if other in now.columns and name not in exchanged:
            found += _changes(both, name, other, len(swapped))
    volume = [] if changes or events else list(_volume(before, now))
    found += _keys(both, renamed, changes=changes or events or bool(volume))
    return (*found, *volume, *_rejects(before, now))


def patched(mapping: Mapping, found: Sequence[Drift]) -> Mapping:
    """The mapping as it follows columns that were renamed, exchanged or left out; the rest no mapping can answer."""
    renames = {old: new for each in found for old, new in each.renames.items()}
    gone = {each.column for each in found if each.kind == "vanished"}
    fields = {}
    for name, source in mapping.fields.items():
        columns = tuple(_follow(column, renames) for column in source.columns if column.partition("[")[0] not in gone)
        if columns or not source.columns:
            fields[name] = source.model_copy(update={"columns": columns})
    return mapping.model_copy(update={"fields": fields, "order": renames.get(mapping.order, mapping.order)})


def _follow(column: str, renames: dict[str, str]) -> str:
    bare, bracket, rest = column.partition("[")
    return renames.get(column) or (renames[bare] + bracket + rest if bare in renames else column)


class _Both:
    """Two shapes, and their columns over the records that stand in both sketches."""

    def __init__(self, before: Shape, now: Shape, *, events: bool) -> None:
        self.before, self.now, self.events = before, now, events
        self.gone = [name for name in before.columns if name not in now.columns]
        self.new = [name for name in now.columns if name not in before.columns]
        places = {key: place for place, key in enumerate(now.keys)}
        self.places = [(place, places[key]) for place, key in enumerate(before.keys) if key in places]

    def values(self, old: str, new: str) -> list[tuple[str | None, str | None]]:
        """The hashes of both, where at least one is filled."""
        one, other = self.before.columns[old].values, self.now.columns[new].values
        pairs = [(one[here], other[there]) for here, there in self.places]
        return [pair for pair in pairs if pair != (None, None)]

    def logs(self, old: str, new: str) -> list[float]:
        """By what factor, as a logarithm, each number changed."""
        one, other = self.before.columns[old].numbers, self.now.columns[new].numbers
        if not one or not other:
            return []
        pairs = ((one[here], other[there]) for here, there in self.places)
        return [(there - here) * STEP for here, there in pairs if here is not None and there is not None]

    def equal(self, old: str, new: str) -> float | None:
        """The share of records with the same value in both; None where too few can be compared."""
        pairs = self.values(old, new)
        return sum(one == other for one, other in pairs) / len(pairs) if len(pairs) >= ENOUGH else None

    def agreement(self, old: str, new: str) -> float:
        """Equal values beyond what chance would give; -1 to 1, and 0 where too few can be compared."""
        pairs, equal = self.values(old, new), self.equal(old, new)
        if equal is None:
            return 0.0
        ours, theirs = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
        chance = sum(count * theirs[value] for value, count in ours.items()) / len(pairs) ** 2
        # One value everywhere on both sides says little, and is all that there is to compare.
        return (equal - chance) / (1 - chance) if chance < 0.95 else equal * (_SAME + 0.05)


def _renamed(both: _Both) -> Iterator[tuple[str, str]]:
    """Pairs of a vanished and a new column that hold the same, the surest first."""
    scored = sorted(
        ((max(both.agreement(old, new), _told(both, old, new)), old, new) for old in both.gone for new in both.new),
        key=lambda each: -each[0],
    )
    taken: set[str] = set()
    for score, old, new in scored:
        if score > _SAME and not {f"-{old}", f"+{new}"} & taken:
            taken |= {f"-{old}", f"+{new}"}
            yield old, new


def _told(both: _Both, old: str, new: str) -> float:
    """How far the names alone say that two columns are the same, where there are no values to compare."""
    if both.equal(old, new) is not None:
        return 0.0
    one, other = means(old), means(new)
    alike = abs(both.before.columns[old].number - both.now.columns[new].number) < _OTHER
    return max((min(one[each], other[each]) for each in one.keys() & other.keys()), default=0.0) if alike else 0.0


def _rename(both: _Both, old: str, new: str) -> Drift:
    equal = both.equal(old, new)
    told = f"{equal:.0%} of values equal" if equal is not None else "the names mean the same"
    return Drift("renamed", old, 1.0, f"`{old}` is now `{new}`: {told}", "the supplier renamed the column", {old: new})


def _swapped(both: _Both) -> Iterator[Drift]:
    names = [name for name in both.before.columns if name in both.now.columns]
    moved = [name for name in names if (equal := both.equal(name, name)) is not None and equal < _SAME]
    taken: set[str] = set()
    for place, one in enumerate(moved):
        for two in moved[place + 1 :]:
            crossed = min(both.agreement(one, two), both.agreement(two, one))
            if crossed > _SAME and not {one, two} & taken:
                taken |= {one, two}
                equal = min(both.equal(one, two) or 0.0, both.equal(two, one) or 0.0)
                what = f"`{one}` and `{two}` are swapped: {equal:.0%} of values stand in the other column"
                yield Drift("swapped", one, 1.0, what, "the supplier exchanged two columns", {one: two, two: one})


def _changes(both: _Both, name: str, other: str, swaps: int) -> Iterator[Drift]:
    """What became of the values of one column."""
    old, new = both.before.columns[name], both.now.columns[other]
    emptied = old.fill - new.fill
    if both.events:
        emptied = emptied if new.fill < _FALL * old.fill else 0.0
    lost = emptied > _FALL and emptied > 4 * math.sqrt(old.fill * (1 - old.fill) / max(both.now.records, 1))
    if lost:
        what = f"`{name}` is {new.fill:.0%} filled, it was {old.fill:.0%}"
        yield Drift("emptied", name, emptied, what, "the supplier's export lost it for some of the records")
    if new.fill <= _FALL / 2 or name == both.before.key or both.now.records < ENOUGH:
        return
    told = [*_typed(name, old, new), *_unit(name, old, new), *_factor(name, both.logs(name, other))]
    if new.top - old.top > _JUMP and not both.events:
        what = f"{new.top:.0%} of `{name}` hold one and the same value, {old.top:.0%} did"
        told.append(Drift("flattened", name, new.top - old.top, what, "the supplier's export writes a constant"))
    yield from told
    if not (told or lost or swaps or both.events):  # what was emptied is not rewritten as well
        yield from _replaced(both, name, other)


def _replaced(both: _Both, name: str, other: str) -> Iterator[Drift]:
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


def _typed(name: str, old: ColumnShape, new: ColumnShape) -> Iterator[Drift]:
    lost = old.number - new.number
    if old.number > 0.8 and lost > _FALL:
        what = f"{new.number:.0%} of `{name}` are numbers, {old.number:.0%} were"
        yield Drift("type", name, lost, what, "the values changed their kind, or their way of writing numbers")
    elif old.number < 0.2 and new.number > 0.8:
        what = f"{new.number:.0%} of `{name}` are numbers, {old.number:.0%} were"
        yield Drift("type", name, -lost, what, "numbers stand where words stood: perhaps an id for a name")


def _unit(name: str, old: ColumnShape, new: ColumnShape) -> Iterator[Drift]:
    if old.unit != new.unit:
        what = f"`{name}` was in {old.unit or 'no named unit'}, it is in {new.unit or 'no named unit'}"
        money = any(len(each) == 3 and each.isupper() for each in (old.unit, new.unit))
        why = "the supplier changed the currency, or how it is written" if money else "the supplier changed the unit"
        yield Drift("currency" if money else "unit", name, 1.0, what, why)


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


def _keys(both: _Both, renamed: dict[str, str], *, changes: bool) -> Iterator[Drift]:
    """Whether the records are others than they were, or are called otherwise."""
    before, now, key = both.before, both.now, both.before.key
    old, new = before.columns.get(key), now.columns.get(renamed.get(key, key))
    if old is None or new is None:
        return
    equal = both.equal(key, renamed.get(key, key))
    looks = f"; they look like {new.look or 'nothing common'}, and like {old.look or 'nothing common'} before"
    if equal is not None and equal < 0.95:
        what = f"{1 - equal:.0%} of the SKUs are written otherwise{looks if old.look != new.look else ''}"
        yield Drift("keys", key, 1 - equal, what, "case, separators or leading zeros changed")
        return
    shared = before.shared(now)
    renumbered = old.look != new.look and bool(old.look and new.look)
    if shared is not None and shared < _OTHER and (renumbered or not changes):
        what = f"{shared:.0%} of the SKUs are those of the last delivery{looks if renumbered else ''}"
        why = "the supplier renumbered, or it is another assortment or another column"
        yield Drift("keys", key, 1 - shared, what, why)


def _volume(before: Shape, now: Shape) -> Iterator[Drift]:
    change = now.records / before.records - 1 if before.records else 0.0
    if abs(change) > _JUMP:
        kind, why = ("shrunk", "a part is missing") if change < 0 else ("grown", "an assortment was added, or doubled")
        what = f"{now.records:,} records, {before.records:,} before ({change:+.0%})"
        yield Drift(kind, "", abs(change), what, why)


def _rejects(before: Shape, now: Shape) -> Iterator[Drift]:
    shares = [each.rejected / max(each.records + each.rejected, 1) for each in (before, now)]
    if shares[1] > shares[0] + _REJECTS:
        what = f"{shares[1]:.1%} of the records cannot be read, {shares[0]:.1%} could not"
        yield Drift("rejects", "", shares[1] - shares[0], what, "separator, quoting or encoding changed")
