"""Difference: one way in which a delivery differs from the last accepted one, and two shapes side by side to find it in."""

from collections import Counter
from dataclasses import dataclass, field

from aios_assets.feeds.shape import ENOUGH, STEP, Shape

SAME = 0.5
"""Agreement beyond chance (Cohen's kappa) from which two columns are taken for the same."""


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


class Both:
    """Two shapes, and their columns over the records that stand in both sketches."""

    def __init__(self, before: Shape, now: Shape, *, changes: bool, events: bool) -> None:
        self.before, self.now, self.changes, self.events = before, now, changes, events
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
        return (equal - chance) / (1 - chance) if chance < 0.95 else equal * (SAME + 0.05)
