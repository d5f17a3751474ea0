"""What each part of matching is worth: every kind of evidence left out, every constant moved by a fifth.

    python -m benchmarks.matching_parts [--feeds DIR] [--only NAME,…]

Prints one JSON line a change: F1 at the threshold chosen without labels and the best in hindsight, on both labelled feeds and
on made-up sets of other trades, where a few hundred records decide. What looks up neighbours is done once: no constant here
but those of LOOKUP has a say in it.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import numpy as np
import polars as pl

from aios_assets.enrich.matching import (
    block,
    compare,
    corpus,
    learn,
    match,
    matches,
    rivals,
    slope,
    telling,
    veto,
    weigh,
)
from aios_assets.enrich.matching.compare import KINDS, OVERLAP, Comparer
from aios_assets.evaluate.gold import pairs_of
from aios_assets.evaluate.tables import read_table, records_of
from benchmarks.matching import FEEDS, SIDES, f1, hindsight, tell
from benchmarks.matching_shapes import shapes

SHAPES: Final = ("groceries", "restaurants", "a tenth")
FIFTH: Final = (0.8, 1.2)

GROUPS: Final = {
    "explained": ("explained", "explained_both"),
    "part and model numbers": (
        "same_code", "code_inside", "other_code", "same_model", "model_inside", "model_near", "other_model",
    ),
    "numbers and quantities": ("other_quantity", "other_number", "lone_number"),
    "brand": ("same_brand", "other_brand"),
    "price": ("same_price", "price_gap"),
}  # fmt: skip
"""Kinds of evidence that tell of one thing, left out together."""

CONSTANTS: Final = (
    (weigh, "STEP"), (weigh, "START"), (weigh, "MARGIN"), (weigh, "ENOUGH"), (slope, "SPREAD"), (slope, "NUANCE"),
    (telling, "PRIOR"), (telling, "ENOUGH"), (corpus, "BACKGROUND"),
)  # fmt: skip
LOOKUP: Final = ((block, "ASKED_PER_RECORD"), (block, "POSTINGS"), (corpus, "COMMON"))


@dataclass(frozen=True)
class Set:
    """Records of two suppliers, the left one's name, and the pairs that are one product."""

    records: pl.DataFrame
    left: str
    gold: pl.DataFrame


class Once:
    """Neighbours and evidence of a set, computed once however the weights are."""

    def __init__(self) -> None:
        self.known: dict[tuple[Any, ...], Any] = {}

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """While it holds, what has been looked up is not looked up again."""
        asked, siblings, evidence = block.Lookup.asked, block.Lookup.siblings, Comparer.evidence

        def once(key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
            if key not in self.known:
                self.known[key] = make()
            return self.known[key]

        def look(lookup: block.Lookup, rows: Any, *more: Any) -> Any:
            return once(("asked", rows.tobytes()), lambda: asked(lookup, rows, *more))

        def beside(lookup: block.Lookup, chosen: Any) -> Any:
            return once(("siblings", chosen.tobytes()), lambda: siblings(lookup, chosen))

        def told(comparer: Comparer, left: Any, right: Any) -> Any:
            if comparer._lone.any():
                return evidence(comparer, left, right)
            return once(("evidence", left.tobytes(), right.tobytes()), lambda: evidence(comparer, left, right))

        with (
            patch.object(block.Lookup, "asked", look),
            patch.object(block.Lookup, "siblings", beside),
            patch.object(Comparer, "evidence", told),
        ):
            yield


def scored(one: Set, weights: tuple[float, ...]) -> tuple[float, float]:
    """F1 at the chosen threshold and in hindsight."""
    found = match(one.records, learn(one.records, weights=weights), merge="likely").pairs
    turned = pl.col("left_supplier") != one.left
    sides = {side: pl.when(turned).then(other).otherwise(side) for side, other in (SIDES, SIDES[::-1])}
    found = found.select(**sides, probability="probability", likely="likely")
    return f1(found.filter("likely"), one.gold), hindsight(found, one.gold)


def weighing(moved: Mapping[str, float], overlap: float = OVERLAP) -> tuple[float, ...]:
    """Weights of evidence, some of them moved."""
    return tuple(kind.weight * moved.get(kind.name, 1.0) / overlap for kind in KINDS)


@contextmanager
def moved(home: Any, name: str, value: Any) -> Iterator[None]:
    """A constant with another value: in its module, wherever that name was imported from it, and as a function's default."""
    before = getattr(home, name)
    with ExitStack() as held:
        for module in (home, matches, rivals, veto):
            if getattr(module, name, None) is before:
                held.enter_context(patch.object(module, name, value))
        for function in vars(home).values():
            for argument, given in (getattr(function, "__kwdefaults__", None) or {}).items():
                if given is before:
                    held.enter_context(patch.dict(function.__kwdefaults__, {argument: value}))
        yield


def changes() -> Iterator[tuple[str, str, tuple[float, ...], Any, bool]]:
    """What is changed: kind of change, its name, the weights, the context that it holds in, and whether neighbours change."""
    plain = weighing({})
    yield "base", "base", plain, nullcontext(), False
    for kind in KINDS:
        if kind.weight:
            yield "left out", kind.name, weighing({kind.name: 0.0}), nullcontext(), False
    for name, kinds in GROUPS.items():
        yield "left out", name, weighing(dict.fromkeys(kinds, 0.0)), nullcontext(), False
    for by in FIFTH:
        for kind in KINDS:
            if kind.weight:
                yield f"x {by}", kind.name, weighing({kind.name: by}), nullcontext(), False
        overlap = moved(compare, "OVERLAP", OVERLAP * by)
        yield f"x {by}", "OVERLAP", weighing({}, OVERLAP * by), overlap, False
        for part in ("share", "level", "steepness"):
            other = replace(weigh.BEFORE, **{part: getattr(weigh.BEFORE, part) * by})
            yield f"x {by}", f"BEFORE {part}", plain, moved(weigh, "BEFORE", other), False
        for homes, lookup in ((CONSTANTS, False), (LOOKUP, True)):
            for home, name in homes:
                before = getattr(home, name)
                value = type(before)(round(before * by)) if isinstance(before, int) else before * by
                told = f"{home.__name__.rsplit('.', 1)[-1]}.{name}"
                yield f"x {by}", told, plain, moved(home, name, value), lookup or home is corpus


def sets(feeds: Path) -> Iterator[tuple[str, Set]]:
    """The labelled feeds, where they are, and made-up sets."""
    for name, left, right in FEEDS:
        if (feeds / name).exists():
            sides = [
                records_of(read_table(feeds / name / file), supplier=f"{n}") for n, file in enumerate((left, right))
            ]
            yield name, Set(pl.concat(sides, how="diagonal"), "0", pairs_of(read_table(feeds / name / "gt.csv")))
    for shape in shapes():
        if shape.name in SHAPES:
            yield shape.name, Set(shape.records, "left", shape.truth)


def main() -> int:
    """Measures every change on every set."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--feeds", type=Path, default=Path(__file__).resolve().parents[1].parent / "shared" / "data")
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    only = set(filter(None, asked.only.split(",")))
    for name, one in sets(asked.feeds):
        if only and name not in only:
            continue
        known, base = Once(), (np.nan, np.nan)
        for what, about, weights, holding, fresh in changes():
            with holding, nullcontext() if fresh else known():
                told = scored(one, weights)
            base = told if what == "base" else base
            moves = {"moves": told[0] - base[0], "moves_best": told[1] - base[1]}
            tell(bench=name, change=what, of=about, f1=told[0], hindsight=told[1], **moves)
    return 0


if __name__ == "__main__":
    sys.exit(main())
