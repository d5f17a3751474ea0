"""Shape: what is kept of a delivery so that the next one can be compared with it; small, and without a value in it.

A delivery's sketch is of the records whose keys have the smallest hashes, so that two deliveries have the same records
in theirs. A value stands in it as two bytes of a keyed hash, a number as its logarithm counted from a secret zero: that
tells equal from other, and by what factor numbers changed, and nothing else.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
import polars_hash  # noqa: F401  registers the stable hashes (xxh3)

from aios_assets.enrich.normalise import currency, number, unit
from aios_assets.feeds.batch import PLACE
from aios_assets.feeds.views import apart

SKETCH = 256
"""Records that a kept sketch has at most; one being compared has up to four times as many."""

WIDTH = 256
"""Columns that are looked at, those that the mapping reads first: more are no feed's shape but somebody's data."""

STEP = 0.005
"""What one step of a number's logarithm is: half a percent."""

ENOUGH = 10
"""Records that two sketches need in common before anything is said of them."""

_ALL = 2**32
_HELD = 4 * SKETCH
_PART = number.SPAN
_NUMBER = (
    rf"^\s*[-+]?([^\d\s.,;:/|()+-]{{0,4}})\s*({_PART})(?:\s*[x\u00d7*]\s*{_PART})*\s*([^\d\s.,;:/|()+-]{{0,12}})\.?\s*$"
)
_HALF, _KNOWN = 0.5, 0.1
_SHARES = ("fill", "number", "distinct", "top")
_NONE = "...."


@dataclass(frozen=True)
class ColumnShape:
    """One column. Shares are of its filled values, `fill` of all records; all but `fill` are of the sketch's records.

    `number`: share of amounts, with a unit or without; `unit`: the currency (ISO 4217) or unit that most carry;
    `distinct`: share of distinct values; `top`: share of the most frequent; `look`: how most are built (`AA-999` is
    `A-9`); `decimal`: the sign before two decimals. `values` and `numbers` have a place for each of the shape's keys;
    null where there is none.
    """

    fill: float
    number: float
    unit: str
    distinct: float
    top: float
    look: str
    values: tuple[str | None, ...]
    numbers: tuple[int | None, ...]
    decimal: str = ""

    def kept(self) -> "ColumnShape":
        """Its places in a kept sketch."""
        return replace(self, values=self.values[:SKETCH], numbers=self.numbers[:SKETCH])

    def plain(self) -> dict[str, object]:
        """As canonical JSON would have it: shares in millionths, and one text of all hashes, so that it stays small."""
        shares = {name: round(getattr(self, name) * 1e6) for name in _SHARES}
        values = "".join(_NONE if value is None else value for value in self.values)
        numbers = [-1 if value is None else value for value in self.numbers]
        told = {"unit": self.unit, "look": self.look, "decimal": self.decimal}
        return {**shares, **told, "values": values, "numbers": numbers}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "ColumnShape":
        """Back from `plain`."""
        cells = (plain["values"][at : at + len(_NONE)] for at in range(0, len(plain["values"]), len(_NONE)))
        return cls(
            **{name: plain[name] / 1e6 for name in _SHARES},
            unit=plain["unit"],
            look=plain["look"],
            values=tuple(None if cell == _NONE else cell for cell in cells),
            numbers=tuple(None if value == -1 else value for value in plain["numbers"]),
            decimal=plain.get("decimal", ""),  # deliveries before this was kept say nothing of it
        )


@dataclass(frozen=True)
class Shape:
    """The shape of one delivery: how many records could and could not be read, its sketch's keys, and its columns.

    `key` is the column that names a record (empty: none does); `repeated` the share of the sketch's records whose key another
    one has already. `reach` is the largest selecting hash in the sketch: every
    key below it is there.
    """

    records: int
    rejected: int
    key: str
    reach: int
    keys: tuple[str, ...]
    columns: dict[str, ColumnShape]
    repeated: float = 0.0

    def kept(self) -> "Shape":
        """As it is kept: the sketch's first records only."""
        if len(self.keys) <= SKETCH:
            return self
        columns = {name: each.kept() for name, each in self.columns.items()}
        return replace(self, reach=self._reach_of(SKETCH), keys=self.keys[:SKETCH], columns=columns)

    def shared(self, other: "Shape") -> float | None:
        """Which share of the keys that both sketches reach is in both, of the smaller side, so that growth is no change.

        None where too few can be compared.
        """
        ours, theirs = self._reached(other)
        least = min(len(ours), len(theirs))
        return len(ours & theirs) / least if least >= ENOUGH else None

    def named(self, other: "Shape") -> float:
        """Which share of the keys that both sketches reach is in both, of the larger side."""
        ours, theirs = self._reached(other)
        return len(ours & theirs) / max(len(ours), len(theirs), 1)

    def _reached(self, other: "Shape") -> tuple[set[str], set[str]]:
        reach = min(self.reach, other.reach)
        ours, theirs = ({key for key in one.keys if int(key[:8], 16) <= reach} for one in (self, other))
        return ours, theirs

    def _reach_of(self, count: int) -> int:
        return int(self.keys[count - 1][:8], 16)

    def plain(self) -> dict[str, object]:
        """As canonical JSON would have it: no fractions."""
        columns = {name: each.plain() for name, each in self.columns.items()}
        told = {"records": self.records, "rejected": self.rejected, "key": self.key, "reach": self.reach}
        told["repeated"] = round(self.repeated * 1e6)
        return {**told, "keys": list(self.keys), "columns": columns}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Shape":
        """Back from `plain`."""
        columns = {name: ColumnShape.from_plain(each) for name, each in plain["columns"].items()}
        records, rejected, key, reach = (plain[name] for name in ("records", "rejected", "key", "reach"))
        repeated = plain.get("repeated", 0) / 1e6  # deliveries before this was kept say nothing of it
        return cls(records, rejected, key, reach, tuple(plain["keys"]), columns, repeated)


class Sampler:
    """Takes a delivery in batch by batch, in bounded memory, and answers its shape."""

    def __init__(self, key: str, secret: bytes, *, first: Sequence[str] = ()) -> None:
        self._key, self._secret, self._first = key, secret, tuple(first)
        self._records = self._rejected = 0
        self._filled: Counter[str] = Counter()
        self._held = pl.DataFrame()
        self._times: Counter[int] = Counter()
        self._cutoff = _ALL

    def take(self, rows: pl.DataFrame, rejected: int = 0) -> None:
        """One batch: raw text columns, and how many of its records could not be read."""
        names = _some([name for name in rows.columns if name not in PLACE], self._first)
        self._records += rows.height
        self._rejected += rejected
        for name, nulls in zip(names, rows.select(names).null_count().row(0) if rows.height else (), strict=False):
            self._filled[name] += rows.height - nulls
        order = (
            _order(self._key, self._secret)
            if self._key in names
            else pl.int_range(pl.len(), dtype=pl.Int64) + self._records
        )
        chosen = rows.select(*names, order.alias("_order")).filter(pl.col("_order") <= self._cutoff)
        held = pl.concat([self._held, chosen], how="diagonal") if self._held.width else chosen
        held = held.unique("_order", keep="first", maintain_order=True).sort("_order", maintain_order=True)
        if held.height > _HELD:
            held = held.head(_HELD)
            self._cutoff = int(held["_order"][-1])
        if self._key in names:
            self._times.update(chosen["_order"].filter(chosen["_order"] <= self._cutoff).to_list())
        self._held = apart(held)

    def shape(self) -> Shape:
        """What was seen of the delivery."""
        held, keyed = self._held, self._key in self._held.columns
        orders = held["_order"].to_list() if keyed else []
        texts = _plain(held[self._key]).to_list() if keyed else []
        # The selecting hash stands first, since the sketch's reach is read off it.
        keys = tuple(f"{order:08x}{_hash(text, self._secret, 4)}" for order, text in zip(orders, texts, strict=True))
        zero = 100_000 + int.from_bytes(hashlib.blake2b(b"zero", digest_size=2, key=self._secret).digest())
        columns = {
            name: _column(held[name], count / max(self._records, 1), self._secret, zero, sketched=keyed)
            for name, count in self._filled.items()
        }
        times = sum(self._times[order] for order in orders)
        repeated = 1 - len(orders) / times if times else 0.0
        return Shape(self._records, self._rejected, self._key if keyed else "", self._cutoff, keys, columns, repeated)


def rekeyed(shape: Shape, before: Shape, again: Callable[[], Iterable[pl.DataFrame]], secret: bytes) -> Shape:
    """The shape by the column that now holds the keys of `before`, where the one that did no longer does.

    `again` reads the delivery once more: only a delivery whose keys are gone is read twice.
    """
    known = before.shared(shape)
    if not before.key or (known is not None and known > _KNOWN):
        return shape
    samplers = {name: Sampler(name, secret, first=(name,)) for name in shape.columns if name != shape.key}
    for rows in again():
        for sampler in samplers.values():
            sampler.take(rows)
    found = {name: before.named(sampler.shape()) for name, sampler in samplers.items()}
    best = max(found, key=lambda name: found[name], default=None)
    if best is None or found[best] <= 2 * _KNOWN:
        return shape
    return replace(samplers[best].shape(), rejected=shape.rejected)


def _some(names: list[str], first: Sequence[str]) -> list[str]:
    if len(names) <= WIDTH:
        return names
    wanted = [name for name in first if name in names]
    return [*wanted, *(name for name in names if name not in wanted)][:WIDTH]


def _plain(keys: pl.Series) -> pl.Series:
    return keys.to_frame("key").select(_normal("key")).to_series()


def _normal(key: str) -> pl.Expr:
    """A key without what suppliers change and mean the same: case, separators, leading zeros."""
    return pl.col(key).str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", "").str.strip_chars_start("0")


def _order(key: str, secret: bytes) -> pl.Expr:
    salted = pl.concat_str(pl.lit(secret.hex()), _normal(key))
    hashed: pl.Expr = salted.nchash.xxh3_64()  # type: ignore[attr-defined]  # registered at import
    return (hashed // _ALL).cast(pl.Int64)


def _hash(text: str, secret: bytes, size: int) -> str:
    return hashlib.blake2b(text.encode(), digest_size=size, key=secret).hexdigest()


def _column(values: pl.Series, fill: float, secret: bytes, zero: int, *, sketched: bool) -> ColumnShape:
    filled = values.drop_nulls()
    count = max(filled.len(), 1)
    frame = values.to_frame("text").select(pl.col("text").str.extract_groups(_NUMBER).alias("g")).unnest("g")
    amounts = frame["2"]
    counts = filled.value_counts(sort=True) if filled.len() else None
    told = _unit(frame, filled)
    if not told and counts is not None and counts["count"][0] > _HALF * count:
        told = _code(str(counts[values.name][0]))
    looks = Counter(_looks(filled).to_list()).most_common(1)
    return ColumnShape(
        fill=fill,
        number=amounts.count() / count,
        unit=told,
        distinct=filled.n_unique() / count,
        top=counts["count"][0] / count if counts is not None else 0.0,
        look=looks[0][0] if looks and looks[0][1] > _HALF * count else "",
        values=tuple(None if text is None else _hash(text, secret, 2) for text in values) if sketched else (),
        numbers=_logs(amounts, zero) if sketched and amounts.count() > _HALF * count else (),
        decimal=_decimal(amounts),
    )


def _unit(numbers: pl.DataFrame, filled: pl.Series) -> str:
    """What most of the numbers carry, before or behind; empty where that is no currency and no unit."""
    for part in ("1", "3"):
        tokens = Counter(token for token in numbers[part].drop_nulls().to_list() if token).most_common(1)
        if tokens and tokens[0][1] > _HALF * filled.len():
            token = tokens[0][0]
            known = unit.of(token)
            return _code(token) or (known.sign if known else "")
    return ""


def _code(token: str) -> str:
    """The one currency that a token most likely means; the first of several (`$` is USD before CAD)."""
    codes = currency.candidates(token) if 0 < len(token.strip()) <= 4 else None
    return codes.split()[0] if codes else ""


def _decimal(spans: pl.Series) -> str:
    """The sign before two decimals, where nine in ten of those that have any have this one; empty where nothing is sure."""
    counts = {sign: int(spans.str.contains(rf"\d[{sign}]\d\d$").sum() or 0) for sign in ",."}
    sign = max(counts, key=lambda each: counts[each])
    return sign if counts[sign] >= max(ENOUGH, 0.9 * sum(counts.values())) else ""


def _logs(spans: pl.Series, zero: int) -> tuple[int | None, ...]:
    read = number.read(spans, convention=number.learn(spans))["number"].cast(pl.Float64, strict=False)
    return tuple(round(math.log(value) / STEP) + zero if value is not None and value > 0 else None for value in read)


def _looks(filled: pl.Series) -> pl.Series:
    """How a code is built: runs of letters are A, runs of digits 9; texts with words have no look."""
    built = filled.str.head(64).str.replace_all(r"\p{L}+", "A").str.replace_all(r"\p{N}+", "9")
    return built.set(built.str.len_chars() > 12, "")
