"""Evaluation of drift: whether each way in which a feed goes wrong is found with its cause, and nothing else is refused.

Any delivered file is the feed: four fifths of its records are the accepted delivery, the next one is the same with
records changed, removed and added at random (false alarms), or that with one mutation on top (detection). What is
refused is what the rule feed/shape-kept refuses, asked through the engine.
"""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from aios_assets.evaluate.tables import TableError
from aios_assets.feeds import PLACE, FeedError, Mapping, guess, open_delivery, read
from aios_assets.feeds.drift import Drift, drift, moved
from aios_assets.feeds.shape import Sampler, Shape, rekeyed
from policies.bundle import Bundle
from policies.candidate import Candidate, DeliveryFacts, DriftFacts
from policies.gate import Gate
from policies.verdict import Outcome
from policies.wasm import WasmEngine

RULE, SECRET = "feed/shape-kept", b"aios evaluate drift"
LEAST = 200
_NOBODY = Candidate("drift", "drift", "run", (), (), "-", 0, "-", (), (), 0, 0, 0, 0, 0, (), (), 0, (), Decimal(0))


@dataclass(frozen=True)
class Mutation:
    """One way to go wrong: what it is called, the column it is done to, the kind that names it, and how it is done."""

    name: str
    column: str
    kind: str
    done: Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True)
class Found:
    """What was said of one mutation; `right`: a finding of its kind and column, `refused` by profile run."""

    mutation: str
    column: str
    right: bool
    refused: bool
    told: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """How well drift is told apart from life; see `plain` for the JSON."""

    records: int
    mutations: tuple[Found, ...]
    seeds: int
    alarms: tuple[tuple[int, str], ...]
    told: int
    seconds: float

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "kind": "drift",
            "records": self.records,
            "mutations": len(self.mutations),
            "found": sum(each.right for each in self.mutations),
            "refused": sum(each.refused for each in self.mutations),
            "benign": self.seeds,
            "false_alarms": len({seed for seed, _ in self.alarms}),
            "told_of_benign": self.told,
            "table": [vars(each) for each in self.mutations],
            "alarms": [{"seed": seed, "what": what} for seed, what in self.alarms],
            "seconds": round(self.seconds, 3),
        }

    def lines(self) -> list[str]:
        """The table for a terminal, what was missed first."""
        told = self.plain()
        rows = sorted(self.mutations, key=lambda each: (each.right, each.refused, each.mutation))
        return [
            (
                f"{self.records:,} records; {told['found']} of {told['mutations']} mutations found with their cause, "
                f"{told['refused']} refused under profile run"
            ),
            f"{told['false_alarms']} of {self.seeds} benign deliveries refused, {self.told} tellings of them in all",
            "",
            *(
                f"{'found ' if each.right else 'MISSED'} {'refused' if each.refused else 'let through':11} "
                f"{each.mutation:20} {each.column:16} {'; '.join(each.told) or 'nothing was told'}"
                for each in rows
            ),
            *(f"ALARM at seed {seed}: {what}" for seed, what in self.alarms),
            f"{self.seconds:.1f} s",
        ]


def evaluate(path: Path | str, *, seeds: int = 50) -> Result:
    """Mutates a delivered file and measures what is found. Raises TableError for a file that says too little."""
    started = time.perf_counter()
    rows, mapping = _rows(Path(path))
    engine = Gate(WasmEngine(Bundle.read(), seconds=60.0), "run")
    key = mapping.fields["sku"].columns[0]
    feed = _Feed(rows.sample(fraction=1.0, shuffle=True, seed=7), key, mapping)
    found: list[Found] = []
    for mutation in _mutations(feed, mapping):
        seen = feed.drift(mutation.done(feed.lived(random.Random(len(found)), 0.05)))  # noqa: S311
        right = any(each.kind == mutation.kind and mutation.column in {each.column, *each.renames} for each in seen)
        refused = bool(feed.refused(engine, seen))
        found.append(Found(mutation.name, mutation.column, right, refused, tuple(each.what for each in seen)))
    alarms: list[tuple[int, str]] = []
    told = 0
    for seed in range(seeds):
        life = random.Random(1_000 + seed)  # noqa: S311
        seen = feed.drift(feed.lived(life, life.uniform(0.01, 0.2)))
        told += len(seen)
        alarms += [(seed, what) for what in feed.refused(engine, seen)]
    return Result(rows.height, tuple(found), seeds, tuple(alarms), told, time.perf_counter() - started)


def refused(gate: Gate, seen: tuple[Drift, ...], mapping: Mapping, records: int) -> list[str]:
    """What the rule refuses of these differences to a delivery of so many records that was read by this mapping."""
    reads = mapping.reads()
    facts = tuple(
        DriftFacts("feed", "-", each.kind, each.column, each.size,
                   not each.column or (each.column in reads and not moved(mapping, each)), False,
                   records, each.what, each.why, "-", accepted=False)
        for each in seen
    )  # fmt: skip
    verdict = gate.judge(replace(_NOBODY, deliveries=(DeliveryFacts("feed", "-", "-", records),), drifts=facts))
    return [one.why for one in verdict.findings if one.rule == RULE and one.outcome is Outcome.REFUSED]


class _Feed:
    """A feed that lives: an accepted delivery, and records that come later."""

    def __init__(self, rows: pl.DataFrame, key: str, mapping: Mapping) -> None:
        self.key, self._mapping = key, mapping
        count = rows.height * 4 // 5
        self.accepted, self._later = rows.head(count), rows.slice(count)
        self._before = self._shape(self.accepted, None).kept()

    def lived(self, dice: random.Random, share: float) -> pl.DataFrame:
        """The next delivery: that share of the records is gone, as many are new, and as many have other values."""
        rows = self.accepted.sample(fraction=1 - share, shuffle=True, seed=dice.randrange(2**31))
        new = self._later.sample(min(self._later.height, int(share * self.accepted.height)), seed=dice.randrange(2**31))
        changed = pl.int_range(pl.len()) < int(share * rows.height)
        other = [
            pl.when(changed).then(_touched(pl.col(name), dice)).otherwise(pl.col(name)).alias(name)
            for name in rows.columns
            if name != self.key
        ]
        return pl.concat([rows.with_columns(other), new]).sample(fraction=1.0, shuffle=True, seed=dice.randrange(2**31))

    def drift(self, rows: pl.DataFrame) -> tuple[Drift, ...]:
        """What is told of a delivery."""
        changes = self._mapping.mode == "delta"
        return drift(self._before, self._shape(rows, self._before), changes=changes)

    def refused(self, gate: Gate, seen: tuple[Drift, ...]) -> list[str]:
        """What the rule refuses of it."""
        return refused(gate, seen, self._mapping, self._before.records)

    def _shape(self, rows: pl.DataFrame, before: Shape | None) -> Shape:
        sampler = Sampler(self.key, SECRET)
        sampler.take(rows)
        return sampler.shape() if before is None else rekeyed(sampler.shape(), before, lambda: [rows], SECRET)


def _touched(value: pl.Expr, dice: random.Random) -> pl.Expr:
    """A value as it may be next week: a price that moved, a text with a word more, or empty."""
    moved = (value.cast(pl.Float64, strict=False) * dice.uniform(0.8, 1.25)).round(2).cast(pl.String)
    worded = value + pl.lit(dice.choice([" new", " (2 pcs)", "."]))
    return pl.when(moved.is_not_null()).then(moved).otherwise(worded if dice.random() < 0.9 else pl.lit(None))


def _mutations(feed: _Feed, mapping: Mapping) -> Iterator[Mutation]:
    """Every way that the feed's columns allow."""
    rows, key = feed.accepted, feed.key
    read_ = [name for name in mapping.columns() if name in rows.columns]
    filled = [name for name in rows.columns if rows[name].null_count() < 0.7 * rows.height]
    numeric = [name for name in filled if name != key and _numbers(rows[name]) > 0.9]
    varied = [name for name in read_ if name in filled and rows[name].n_unique() > 0.2 * rows.height]
    for name in filled:
        yield Mutation("renamed", name, "renamed", partial(_named, names={name: "feld"}))
        yield Mutation("dropped", name, "vanished", partial(_dropped, name=name))
    anew = {name: f"c{number}" for number, name in enumerate(rows.columns)}
    yield Mutation("all renamed", key, "renamed", partial(_named, names=anew))
    for one, two in pairwise(varied):
        yield Mutation("swapped", one, "swapped", partial(_named, names={one: two, two: one}))
    for name in numeric:
        yield Mutation("cents", name, "unit", partial(_times, name=name, factor=100, digits=0))
        yield Mutation("kg for lb", name, "unit", partial(_times, name=name, factor=0.45359237, digits=3))
        yield Mutation("cm for in", name, "unit", partial(_times, name=name, factor=2.54, digits=2))
        yield Mutation("another currency", name, "scaled", partial(_times, name=name, factor=0.8617, digits=2))
        yield Mutation("currency sign", name, "currency", partial(_prefixed, name=name, text="€ "))
        yield Mutation("words for numbers", name, "type", partial(_set, name=name, value=pl.lit("on request")))
    for name in filled:
        if name != key:
            yield Mutation("half empty", name, "emptied", partial(_halved, name=name))
    for name in varied:
        if name != key:
            yield Mutation(
                "one value", name, "flattened", partial(_set, name=name, value=pl.col(name).drop_nulls().first())
            )
            yield Mutation("moved a row", name, "replaced", partial(_moved, name=name))
    if mapping.mode == "snapshot":
        yield Mutation("99 % missing", "", "shrunk", _cut)
        yield Mutation("sent twice over", "", "grown", partial(_doubled, key=key))
    yield Mutation("SKUs padded", key, "keys", partial(_prefixed, name=key, text="000"))
    yield Mutation("SKUs prefixed", key, "keys", partial(_prefixed, name=key, text="NEW-"))


def _named(rows: pl.DataFrame, names: dict[str, str]) -> pl.DataFrame:
    return rows.rename(names)


def _dropped(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    return rows.drop(name)


def _set(rows: pl.DataFrame, name: str, value: pl.Expr) -> pl.DataFrame:
    return rows.with_columns(pl.when(pl.col(name).is_not_null()).then(value).alias(name))


def _halved(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    return rows.with_columns(pl.when(pl.int_range(pl.len()) % 2 == 0).then(name).alias(name))


def _moved(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    return rows.with_columns(pl.col(name).shift(1))


def _cut(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.head(max(rows.height // 100, 1))


def _doubled(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    return pl.concat([rows, _prefixed(rows, key, "again")])


def _numbers(values: pl.Series) -> float:
    filled = values.drop_nulls()
    return filled.cast(pl.Float64, strict=False).count() / max(filled.len(), 1)


def _times(rows: pl.DataFrame, name: str, factor: float, digits: int) -> pl.DataFrame:
    changed = (pl.col(name).cast(pl.Float64, strict=False) * factor).round(digits)
    return rows.with_columns((changed.cast(pl.Int64) if not digits else changed).cast(pl.String))


def _prefixed(rows: pl.DataFrame, name: str, text: str) -> pl.DataFrame:
    return rows.with_columns((pl.lit(text) + pl.col(name)).alias(name))


def _rows(path: Path) -> tuple[pl.DataFrame, Mapping]:
    try:
        delivery = open_delivery(path)
        mapping = guess(delivery).mapping(delivery)
        rows = pl.concat([batch.rows for batch in read(delivery)], how="diagonal").select(pl.exclude(PLACE))
    except FeedError as broken:
        raise TableError(str(path), f"{broken.what}: {broken.why}", broken.do) from broken
    key = mapping.fields["sku"].columns[0]
    rows = rows.unique(key, keep="first", maintain_order=True).drop_nulls(key)
    if rows.height < LEAST:
        raise TableError(str(path), f"it has {rows.height} records", f"give a feed of {LEAST} or more")
    return rows, mapping
