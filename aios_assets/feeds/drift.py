"""Drift: how the shape of a delivery differs from the last one that was accepted, with the likely cause and a remedy.

A profile is small and is kept with the accepted delivery; values stand in it only as keyed hashes, so that it holds
nothing personal and can still say "98 % of values equal".
"""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

import polars as pl

from aios_assets.feeds.batch import PLACE
from aios_assets.feeds.looks import MONEY, SYMBOLS

SKETCH, SAMPLE = 2_048, 200_000
_FALL, _JUMP, _SAME = 0.2, 0.3, 0.5


@dataclass(frozen=True)
class ColumnProfile:
    """One column: share filled, share of amounts, share of numbers, median of its numbers, the sign that most carry.

    `sketch` has a hash for each of up to SKETCH records: the record's key and the value together, chosen by the key, so
    that two deliveries have the same records in their sketches.
    """

    fill: float
    money: float
    number: float
    median: float
    sign: str
    sketch: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Profile:
    """The shape of one delivery."""

    records: int
    rejected: int
    columns: dict[str, ColumnProfile]

    def plain(self) -> dict[str, object]:
        """As JSON would have it."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: dict[str, object]) -> "Profile":
        """Back from `plain`."""
        columns = plain["columns"]
        if not isinstance(columns, dict):
            raise TypeError("a profile's columns are an object; profile the delivery again")
        known = {name: ColumnProfile(**column) for name, column in columns.items()}
        return cls(int(str(plain["records"])), int(str(plain["rejected"])), known)


@dataclass(frozen=True)
class Drift:
    """One difference: what, in words; why it is likely; and the mapping's lines that would answer it, if any."""

    kind: str
    column: str
    what: str
    why: str
    patch: dict[str, str] = field(default_factory=dict)


def profile(batches: Iterable[tuple[pl.DataFrame, int]], *, key: str | None, secret: bytes) -> Profile:
    """The profile of a delivery's rows (each frame with the number of its rejects); `key` is the SKU's column.

    Columns are looked at in the first SAMPLE rows. `secret` keys the hashes (up to 64 bytes): only profiles of one
    secret can be compared.
    """
    parts: list[pl.DataFrame] = []
    records = rejected = 0
    for rows, count in batches:
        if records < SAMPLE:
            parts.append(rows.select(pl.exclude(PLACE)).head(SAMPLE - records))
        records, rejected = records + rows.height, rejected + count
    sample = pl.concat(parts, how="diagonal") if parts else pl.DataFrame()
    chosen = _chosen(sample, key, secret)
    columns = {name: _column(sample[name], chosen, secret, sketched=name != key) for name in sample.columns}
    return Profile(records, rejected, columns)


def drift(before: Profile, now: Profile) -> tuple[Drift, ...]:
    """Every difference that matters, the gravest kind first; nothing found is an empty tuple."""
    gone = [name for name in before.columns if name not in now.columns]
    new = [name for name in now.columns if name not in before.columns]
    found: list[Drift] = []
    renamed: dict[str, str] = {}
    for name in gone:
        alike = {
            other: _equal(before.columns[name], now.columns[other]) for other in new if other not in renamed.values()
        }
        best = max(alike, key=lambda other: alike[other], default=None)
        if best is not None and alike[best] > _SAME:
            renamed[name] = best
            what = f"`{name}` is now `{best}`: {alike[best]:.0%} of values equal"
            found.append(Drift("renamed", name, what, "the supplier renamed the column", {name: best}))
        else:
            found.append(Drift("vanished", name, f"`{name}` is gone", "the supplier left it out", {}))
    added = [name for name in new if name not in renamed.values()]
    found += [Drift("appeared", name, f"`{name}` is new", "the supplier added it") for name in added]
    found += _swaps(before, now)
    swapped = {each.column for each in found if each.kind == "swapped"}
    for name, old in before.columns.items():
        other = now.columns.get(renamed.get(name, name))
        if other is not None and name not in swapped:
            found += _changes(name, old, other)
    return (*found, *_volume(before, now))


def _chosen(rows: pl.DataFrame, key: str | None, secret: bytes) -> pl.DataFrame:
    """The records of the sketch: those whose keys have the smallest hashes."""
    if key is None or key not in rows.columns:
        return pl.DataFrame({"key": [], "row": []}, schema={"key": pl.String, "row": pl.Int64})
    keys = (
        rows.select(key=pl.col(key), row=pl.int_range(pl.len(), dtype=pl.Int64))
        .drop_nulls()
        .unique("key", keep="first")
    )
    hashed = keys.with_columns(
        order=pl.col("key").map_elements(lambda text: _hash(text, secret), return_dtype=pl.String)
    )
    return hashed.sort("order").head(SKETCH).select(pl.col("order").alias("key"), "row")


def _column(values: pl.Series, chosen: pl.DataFrame, secret: bytes, *, sketched: bool) -> ColumnProfile:
    filled = values.drop_nulls()
    count = max(filled.len(), 1)
    plain = filled.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False).drop_nulls()
    signs = {sign: filled.str.contains(sign, literal=True).sum() / count for sign in SYMBOLS}
    sign = max(signs, key=lambda each: signs[each])
    texts = values.gather(chosen["row"]).to_list() if sketched else []
    return ColumnProfile(
        fill=filled.len() / max(values.len(), 1),
        money=int(filled.str.contains(MONEY).sum()) / count,
        number=plain.len() / count,
        median=_median(plain),
        sign=SYMBOLS[sign] if signs[sign] > 0.5 else "",
        sketch={
            place: _hash(text, secret) for place, text in zip(chosen["key"], texts, strict=False) if text is not None
        },
    )


def _median(numbers: pl.Series) -> float:
    middle = numbers.median()
    return float(middle) if isinstance(middle, int | float) else 0.0


def _hash(text: str, secret: bytes) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8, key=secret).hexdigest()


def _equal(one: ColumnProfile, other: ColumnProfile) -> float:
    """Which share of the records that both sketches have carry the same value."""
    both = one.sketch.keys() & other.sketch.keys()
    return sum(one.sketch[each] == other.sketch[each] for each in both) / len(both) if len(both) >= 10 else 0.0


def _swaps(before: Profile, now: Profile) -> list[Drift]:
    names = [name for name in before.columns if name in now.columns]
    found = []
    for place, one in enumerate(names):
        for two in names[place + 1 :]:
            crossed = min(_equal(before.columns[one], now.columns[two]), _equal(before.columns[two], now.columns[one]))
            if crossed > _SAME > _equal(before.columns[one], now.columns[one]):
                what = f"`{one}` and `{two}` are swapped: {crossed:.0%} of values stand in the other column"
                found.append(Drift("swapped", one, what, "the supplier exchanged two columns", {one: two, two: one}))
                found.append(Drift("swapped", two, what, "the supplier exchanged two columns", {}))
    return found


def _changes(name: str, old: ColumnProfile, new: ColumnProfile) -> list[Drift]:
    found = []
    if new.fill < old.fill - _FALL:
        what = f"`{name}` is {new.fill:.0%} filled, it was {old.fill:.0%}"
        found.append(Drift("emptied", name, what, "the supplier's export lost it for some of the records"))
    if old.number > 0.9 and new.number < 0.5 and new.fill > 0.1:
        what = f"{new.number:.0%} of `{name}` are numbers, {old.number:.0%} were"
        found.append(Drift("type", name, what, "the values changed their kind, or their way of writing numbers"))
    if old.sign != new.sign and (old.sign or new.sign) and new.fill > 0.1:
        what = f"`{name}` was in {old.sign or 'no named currency'}, it is in {new.sign or 'no named currency'}"
        found.append(Drift("currency", name, what, "the supplier changed the currency"))
    if old.number > 0.9 and new.number > 0.9 and old.median > 0 and new.median > 0:
        ratio = new.median / old.median
        unit = next((told for factor, told in _FACTORS.items() if abs(ratio / factor - 1) < 0.05), "")
        if unit:
            found.append(Drift("unit", name, f"the median of `{name}` is {ratio:.4g} times what it was", unit))
    return found


_FACTORS = {
    1_000.0: "thousandfold: grams for kilograms, metres for kilometres, or a separator read as a decimal point",
    0.001: "a thousandth: kilograms for grams, or a separator read as a decimal point",
    100.0: "hundredfold: cents for whole amounts, or centimetres for metres",
    0.01: "a hundredth: whole amounts for cents, or metres for centimetres",
    10.0: "tenfold: millimetres for centimetres",
    0.1: "a tenth: centimetres for millimetres",
    2.54: "2.54 times: centimetres for inches",
    1 / 2.54: "1/2.54: inches for centimetres",
    0.45359: "0.4536 times: kilograms for pounds",
    2.20462: "2.2046 times: pounds for kilograms",
}


def _volume(before: Profile, now: Profile) -> list[Drift]:
    found = []
    change = now.records / before.records - 1 if before.records else 0.0
    if abs(change) > _JUMP:
        what = f"{now.records:,} records, {before.records:,} before ({change:+.0%})"
        found.append(Drift("volume", "", what, "a part is missing" if change < 0 else "an assortment was added"))
    shares = [each.rejected / max(each.records + each.rejected, 1) for each in (before, now)]
    if shares[1] > shares[0] + 0.05:
        what = f"{shares[1]:.1%} of the records are set aside, {shares[0]:.1%} were"
        found.append(Drift("rejects", "", what, "separator, quoting or encoding changed"))
    return found
