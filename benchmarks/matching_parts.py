"""What each part of matching is worth: every kind of evidence left out, every constant moved by a fifth.

    python -m benchmarks.matching_parts [--feeds DIR] [--only NAME]…

Prints one JSON line a change: F1 at the threshold chosen without labels and the best in hindsight, on both labelled feeds and
on made-up sets of other trades, where a few hundred records decide. What a change has no say in is done once: no constant here
but those of LOOKUP moves words and neighbours. Of the constants that say what merges and what is reviewed (`of` in DECIDING),
which have no say in F1: how many pairs merge, how many of them are right, how many records are reviewed.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import numpy as np
import polars as pl

from aios_assets.enrich.matching import (
    Matches,
    block,
    compare,
    corpus,
    decide,
    learn,
    match,
    matches,
    repetitive,
    rivals,
    slope,
    telling,
    tokens,
    veto,
    weigh,
    wordpairs,
    worth,
)
from aios_assets.enrich.matching.compare import KINDS, OVERLAP
from aios_assets.enrich.matching.decide import MERGED
from aios_assets.evaluate.gold import pairs_of
from aios_assets.evaluate.tables import read_table, records_of
from benchmarks.matching import FEEDS, SIDES, f1, hindsight, tell
from benchmarks.matching_once import Once, wordless
from benchmarks.matching_shapes import Shape, shapes
from benchmarks.matching_trades import trade

SHAPES: Final = ("groceries", "restaurants", "a tenth", "one dirty table")
TRADES: Final = ("fashion, few shared", "offers, some listed twice")
FIFTH: Final = (0.8, 1.2)

GROUPS: Final = {
    "explained, all": ("explained", "explained_both"),
    "part and model numbers": (
        "same_code", "code_inside", "other_code", "same_model", "model_inside", "model_near", "other_model",
    ),
    "numbers and quantities": ("other_quantity", "other_number", "lone_number"),
    "brand": ("same_brand", "other_brand"),
    "price": ("same_price", "price_gap"),
}  # fmt: skip
"""Kinds of evidence that tell of one thing, left out together."""

CONSTANTS: Final = (
    (weigh, "STEP"), (weigh, "START"), (weigh, "MARGIN"), (weigh, "ENOUGH"), (weigh, "HALFWAY"),
    (slope, "SPREAD"), (slope, "STEEPEST"), (slope, "FIGURE"), (slope, "NUANCE"),
    (telling, "PRIOR"), (telling, "ENOUGH"), (matches, "DEEP"), (matches, "FEW"), (matches, "SIBLINGS"),
    (repetitive, "REPEATED"), (repetitive, "ALIKE"), (repetitive, "LETTERS"), (repetitive, "EXPLAINED"),
    (repetitive, "NEAR_PRICE"), (repetitive, "SAMPLE"),
    (block, "ASKED_PER_RECORD"), (block, "NEAREST"), (block, "NEAREST_DIRTY"),
)  # fmt: skip
LOOKUP: Final = (
    (block, "POSTINGS"), (corpus, "COMMON"), (corpus, "BACKGROUND"), (wordpairs, "PAIRED"), (wordpairs, "COMMON"),
    (tokens, "TITLE_CHARS"), (tokens, "TEXT_CHARS"),
)  # fmt: skip
"""What neighbours are looked up by: nothing can be kept. Of the others, Once tells apart who asks for how many."""

DECIDING: Final = (
    (decide, "PROBABLE", lambda odds, by: odds * by / (1 - odds + odds * by)),
    (weigh, "CERTAIN", lambda right, by: 1 - (1 - right) * by),
    (decide, "REVIEWED", lambda share, by: share * by),
    (worth, "SHOWN", lambda least, by: least * by),
)
"""What merges and what is reviewed, and what a fifth more of it is: of the odds, of the false ones, of the records."""


@dataclass(frozen=True)
class Set:
    """Records of two suppliers (or one), the left one's name, and the pairs that are one product."""

    records: pl.DataFrame
    left: str
    gold: pl.DataFrame

    def paired(self, found: Matches) -> pl.DataFrame:
        """The pairs found, `left_sku` being the left one's."""
        turned = pl.col("left_supplier") != self.left
        sides = {side: pl.when(turned).then(other).otherwise(side) for side, other in (SIDES, SIDES[::-1])}
        return found.pairs.select("probability", "likely", "decision", **sides)


def scored(one: Set, weights: tuple[float, ...]) -> tuple[float, float]:
    """F1 at the chosen threshold and in hindsight."""
    found = one.paired(match(one.records, learn(one.records, weights=weights), merge="likely"))
    return f1(found.filter("likely"), one.gold), hindsight(found, one.gold)


def decided(one: Set) -> dict[str, float]:
    """What merges, as a share of the likely pairs, how much of it is right, how much of it is certain; and what is reviewed."""
    told = match(one.records, learn(one.records), merge=MERGED)
    found = one.paired(told)
    mine, dirty = pl.col("supplier") == one.left, one.records["supplier"].n_unique() == 1
    here, there = told.clusters.filter(mine), told.clusters.filter(mine if dirty else ~mine)
    merged = here.join(there, on="product").select(left_sku="sku", right_sku="sku_right")
    merged = merged.filter(pl.col("left_sku") < pl.col("right_sku")) if dirty else merged
    right = len(merged.join(one.gold, on=SIDES, how="semi"))
    likely = max(int(found["likely"].sum()), 1)
    return {
        "merged": len(merged),
        "share": len(merged) / likely,
        "right": right / max(len(merged), 1),
        "certain": int((found["decision"] == "certain").sum()),
        "reviewed": 2 * int((found["decision"] == "review").sum()) / len(one.records),
    }


def weighing(moved: Mapping[str, float], overlap: float = OVERLAP) -> tuple[float, ...]:
    """Weights of evidence, some of them moved."""
    return tuple(kind.weight * moved.get(kind.name, 1.0) / overlap for kind in KINDS)


@contextmanager
def moved(home: Any, name: str, value: Any) -> Iterator[None]:
    """A constant with another value: in its module, wherever that name was imported from it, and as a function's default."""
    before = getattr(home, name)
    with ExitStack() as held:
        for module in (home, matches, rivals, veto, decide):
            if getattr(module, name, None) is before:
                held.enter_context(patch.object(module, name, value))
        for function in vars(home).values():
            for argument, given in (getattr(function, "__kwdefaults__", None) or {}).items():
                if given is before:
                    held.enter_context(patch.dict(function.__kwdefaults__, {argument: value}))
        yield


def by_a_fifth(value: Any, by: float) -> Any:
    """A constant so much larger; one that counts stays a whole number, and a share is no more than all."""
    if isinstance(value, tuple):
        return tuple(by_a_fifth(part, by) for part in value)
    if isinstance(value, int):
        return round(value * by)
    return min(value * by, 1.0) if value < 1 else value * by


def bound(by: float) -> Any:
    """How far coincidences are raised at most in the second search for a curve, moved."""
    raised = weigh.raised

    def other(second: Any, third: Any, share: float, *, won: Any = None) -> Any:
        if won is not None:
            high = np.sort(second)[::-1]
            most = min(len(won), len(high))
            won = high[:most] + by * (np.sort(won)[::-1][:most] - high[:most])
        return raised(second, third, share, won=won)

    return patch.object(weigh, "raised", other)


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
        yield f"x {by}", "slope.raised at most", plain, bound(by), False
        for homes, lookup in ((CONSTANTS, False), (LOOKUP, True)):
            for home, name in homes:
                value = by_a_fifth(getattr(home, name), by)
                yield f"x {by}", called(home, name), plain, moved(home, name, value), lookup


def called(home: Any, name: str) -> str:
    """A constant's name with its module's."""
    return f"{home.__name__.rsplit('.', 1)[-1]}.{name}"


def sets(feeds: Path) -> Iterator[tuple[str, Set]]:
    """The labelled feeds, where they are, and made-up sets."""
    for name, left, right in FEEDS:
        if (feeds / name).exists():
            sides = [
                records_of(read_table(feeds / name / file), supplier=f"{n}") for n, file in enumerate((left, right))
            ]
            yield name, Set(pl.concat(sides, how="diagonal"), "0", pairs_of(read_table(feeds / name / "gt.csv")))
    for shape in (*(shape for shape in shapes() if shape.name in SHAPES), *map(trade, TRADES)):
        yield shape.name, made(shape)


def made(shape: Shape) -> Set:
    """A made-up set; in one table, the lower key of a pair stands on the left, as matching has it."""
    low, high = (of(*SIDES).alias(side) for of, side in zip((pl.min_horizontal, pl.max_horizontal), SIDES, strict=True))
    return Set(shape.records, "left", shape.truth.select(low, high) if shape.dirty else shape.truth)


def measured(name: str, one: Set) -> None:
    """Prints what every change comes to on a set."""
    known, base = Once(), (np.nan, np.nan)
    for what, about, weights, holding, fresh in changes():
        with holding, nullcontext() if fresh else known():
            told = scored(one, weights)
        base = told if what == "base" else base
        moves = {"moves": told[0] - base[0], "moves_best": told[1] - base[1]}
        tell(bench=name, change=what, of=about, f1=told[0], hindsight=told[1], **moves)
    with known():
        tell(bench=name, change="base", of="what merges", **decided(one))
        for home, constant, larger in DECIDING:
            for by in FIFTH:
                with moved(home, constant, larger(getattr(home, constant), by)):
                    tell(bench=name, change=f"x {by}", of=called(home, constant), **decided(one))


def main() -> int:
    """Measures every change on every set."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--feeds", type=Path, default=Path(__file__).resolve().parents[1].parent / "shared" / "data")
    parser.add_argument("--only", action="append", help="the name of a set; may be given several times", default=[])
    asked = parser.parse_args()
    with wordless():
        for name, one in sets(asked.feeds):
            if not asked.only or name in asked.only:
                measured(name, one)
    return 0


if __name__ == "__main__":
    sys.exit(main())
