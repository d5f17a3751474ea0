"""Contradict: decisions that cannot all hold: this is that, that is a third, and the third is never the first."""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import TypeAlias

Record: TypeAlias = tuple[str, str]
"""Supplier and SKU."""
Pair: TypeAlias = tuple[Record, Record]
"""Two records, the lower key first."""


def ordered(one: Record, other: Record) -> Pair:
    """The two as a pair."""
    return (one, other) if one <= other else (other, one)


class Decided:
    """Which records decisions make one product, and which they keep apart."""

    def __init__(self, same: Iterable[Pair] = (), different: Iterable[Pair] = ()) -> None:
        self._beside: dict[Record, set[Record]] = {}
        self._apart: dict[Record, set[Record]] = {}
        for pair in same:
            _link(self._beside, pair)
        for pair in different:
            _link(self._apart, pair)

    def take(self, pair: Pair, *, same: bool | None) -> None:
        """Takes a decision in, in the place of what was decided of this pair before; None: nothing is decided."""
        for told, holds in ((self._beside, same is True), (self._apart, same is False)):
            if holds:
                _link(told, pair)
            else:
                for one, other in (pair, pair[::-1]):
                    told.get(one, set()).discard(other)

    def all_of(self, record: Record) -> set[Record]:
        """Every record that is one product with this one, itself included."""
        seen, waiting = {record}, [record]
        while waiting:
            for other in self._beside.get(waiting.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return seen

    def chain(self, one: Record, other: Record, *, but: Pair | None = None) -> tuple[Pair, ...]:
        """The shortest row of pairs from one record to another, `but` not by this pair; empty where none joins them."""
        came: dict[Record, Record] = {one: one}
        waiting = deque([one])
        while waiting and other not in came:
            here = waiting.popleft()
            for there in sorted(self._beside.get(here, ())):
                if there not in came and ordered(here, there) != but:
                    came[there] = here
                    waiting.append(there)
        if other not in came:
            return ()
        steps, here = [], other
        while here != one:
            steps.append(ordered(came[here], here))
            here = came[here]
        return tuple(reversed(steps))

    def against(self, pair: Pair, *, same: bool) -> tuple[Pair, ...]:
        """The pairs whose decisions this one would contradict; empty where it contradicts none.

        For `same`: the pair that is kept apart, and those that would join it. Else: those that join the two.
        """
        one, other = pair
        if not same:
            return self.chain(one, other, but=pair)
        here, there = self.all_of(one), self.all_of(other)
        for a in sorted(here):
            for b in sorted(self._apart.get(a, set()) & there):
                if ordered(a, b) != pair:
                    return (ordered(a, b), *self.chain(a, one), *self.chain(other, b))
        return ()


def torn(same: Iterable[Pair], different: Iterable[Pair]) -> Mapping[Pair, Pair]:
    """Of all pairs `same`, those that cannot stand, each with the pair kept apart that says so.

    Nobody here knows which decision is wrong: where a product holds two records that are kept apart, none of the
    decisions that made it stands, until a person takes one back.
    """
    same = sorted(same)
    decided = Decided(same)
    found: dict[Pair, Pair] = {}
    for a, b in sorted(different):
        reached = decided.all_of(a)
        if b in reached:
            found |= {pair: (a, b) for pair in same if pair[0] in reached and pair not in found}
    return found


def _link(told: dict[Record, set[Record]], pair: Pair) -> None:
    for one, other in (pair, pair[::-1]):
        told.setdefault(one, set()).add(other)
