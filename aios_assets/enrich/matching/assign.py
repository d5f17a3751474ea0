"""Assign: each record at most one counterpart in each clean source, and clusters that never contradict themselves."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def one_to_one(
    left: Ints, right: Ints, sources: Ints, scores: Floats, *, clean: NDArray[np.bool_] | None = None
) -> Ints:
    """The pairs (positions in the arrays given) that are best for both their records, best first, each taken off the table.

    A record may win one counterpart in each other source, or any number where that source is not `clean`. Equal to taking
    pairs greedily by falling score with ties in the order of the records, done in rounds of mutual best so that a million
    pairs take seconds.
    """
    number = int(sources.max(initial=-1)) + 1
    place = np.concatenate([left * number + sources[right], right * number + sources[left]])
    if clean is not None:
        free = ~np.concatenate([clean[sources[right]], clean[sources[left]]])
        place[free] = place.max(initial=0) + 1 + np.arange(free.sum())
    slots = np.unique(place, return_inverse=True)[1]
    one, other = slots[: len(left)], slots[len(left) :]
    order = np.lexsort((right, left, -scores))
    one, other = one[order], other[order]
    size = int(slots.max(initial=-1)) + 1
    alive = np.arange(len(order))
    taken = np.zeros(size, dtype=bool)
    won = []
    while len(alive):
        best = np.full(size, len(order), dtype=np.int64)
        np.minimum.at(best, one[alive], alive)
        np.minimum.at(best, other[alive], alive)
        winners = alive[(best[one[alive]] == alive) & (best[other[alive]] == alive)]
        won.append(winners)
        taken[one[winners]] = True
        taken[other[winners]] = True
        alive = alive[~taken[one[alive]] & ~taken[other[alive]]]
    return np.sort(order[np.concatenate(won)]) if won else np.zeros(0, dtype=np.int64)


def levels(left: Ints, right: Ints, sources: Ints, scores: Floats, *, depth: int = 3) -> list[Ints]:
    """Successive one-to-one assignments, each among what the ones before left over."""
    rest = np.arange(len(left))
    found = []
    for _ in range(depth):
        won = rest[one_to_one(left[rest], right[rest], sources, scores[rest])]
        found.append(won)
        rest = np.setdiff1d(rest, won, assume_unique=True)
    return found


def lifted(high: Floats, low: Floats, *, depth: int) -> tuple[Floats, Floats]:
    """What the second and third assignment would score, told from those at `depth` and behind it, all of them coincidences.

    The best of many coincidences fall with their rank k by a spread / k (Gumbel). The spread is told by the median, since
    some are no coincidences so deep, either.
    """
    high, low = np.sort(high)[::-1], np.sort(low)[::-1]
    both = min(len(high), len(low))
    spread = depth * max(float(np.median(high[:both] - low[:both])), 0.0) if both else 0.0
    second = high + spread * sum(1 / rank for rank in range(2, depth))
    return second, second - spread / 2


def clusters(
    size: int,
    edges: Iterable[tuple[int, int]],
    *,
    sources: Ints,
    clean: NDArray[np.bool_],
    always: Iterable[tuple[int, int]] = (),
    never: Iterable[tuple[int, int]] = (),
) -> Ints:
    """Each record's cluster, named by the lowest record in it.

    Edges come best first. One is left out where it would bring two records of a clean source together, or two that may
    never be one. What a person decided (`always`) goes first and is bound only by `never`.
    """
    parent = np.arange(size)
    members: dict[int, list[int]] = {}
    apart: dict[int, set[int]] = {}
    for one, other in never:
        apart.setdefault(one, set()).add(other)
        apart.setdefault(other, set()).add(one)

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = int(parent[node])
        return node

    def join(one: int, other: int, *, decided: bool) -> None:
        one, other = sorted((root(one), root(other)))
        if one == other:
            return
        these, those = members.get(one, [one]), members.get(other, [other])
        if any(apart[node].intersection(those) for node in these if node in apart):
            return
        if not decided:
            here = {int(sources[node]) for node in these if clean[sources[node]]}
            if any(int(sources[node]) in here for node in those):
                return
        parent[other] = one
        members[one] = these + those

    for one, other in always:
        join(one, other, decided=True)
    for one, other in edges:
        join(one, other, decided=False)
    for node, joined in members.items():
        parent[joined] = root(node)
    return parent
