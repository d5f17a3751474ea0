"""Attributes: reads colours, materials, quantities, pack counts and model numbers off a title.

Rules of the RE2 kind, run by polars over whole columns: time is linear in the text, whatever the text is. A value is
never made up: it is a pure function of its evidence, and the evidence stands in the title. How far each rule can be
believed is learned (train_attributes.py) and kept in attributes.json.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from importlib.resources import files
from typing import Any

import polars as pl

from serving.local.words import COLOURS, MATERIALS, NOT_COLOURED, PACKS, PACKS_OF, QUANTITIES
from serving.model import FOUND, ONE, Answered, ServingError

VERSION = "1"
LONGEST = 10_000
"""Characters of a title that are read; no honest title is longer."""

_SOURCES = ("attributes.py", "words.py", "attributes.json")
_SINGLE = {"g": "g", "m": "m", "l": "[lL]", "v": "V", "w": "W", "ah": "Ah"}
"""Units so short that their case tells them from sizes, grades and networks (5G, size M)."""


def _any(words: Iterable[str]) -> str:
    """One of these words, the longest that fits; a space in a word may be any white space."""
    return "|".join(
        re.escape(word).replace(r"\ ", r"\s") for word in sorted(words, key=lambda word: (-len(word), word))
    )


_UNITS = {
    word: (kind, unit)
    for kind, units in QUANTITIES.items()
    for unit, words in units.items()
    for word in words.split(",")
}
_UNIT = "|".join(
    [_any(word for word in _UNITS if word not in _SINGLE), *(f"(?-i:{text})" for text in _SINGLE.values())]
)
_NUMBER = r"\d{1,6}(?:[ -]\d{1,2}/\d{1,2}|/\d{1,2}|(?:,\d{3})+(?:\.\d{1,4})?|[.,]\d{1,4})?|\.\d{1,4}"
# A number does not begin inside a word, a decimal, a fraction, a range or a product: of 1-9/16 the 9/16 is no number.
_START = r"(?:^|[^\w.,/\x{2013}\x{d7}-]|[A-Za-z]-)"

_QUANTITY = rf"(?i){_START}(?P<evidence>(?P<number>{_NUMBER})[\s-]?(?P<unit>{_UNIT}))\b"
_INCHES = rf"{_START}(?P<evidence>(?P<number>{_NUMBER})\s?(?:\"|”|″|''|(?i:in)\.))"
_COUNT = rf"(?i){_START}(?P<evidence>(?P<number>\d{{1,5}}(?:,\d{{3}})?)[\s-]?(?:{_any(PACKS)}))\b"
_COUNT_OF = rf"(?i)\b(?P<evidence>(?:{_any(PACKS_OF)})\s(?P<number>\d{{1,5}}))\b"
# Titles are handed over between commas and with separators doubled, so that a colour that begins or ends one stands aside
# like any other, and the separator between two belongs to both.
_COLOUR = (
    rf"(?i)(?P<before>[,(/|\x{{2013}}-]\s?)?\b(?P<evidence>{_any(COLOURS)})\b"
    rf"(?:(?P<thing>\s(?:{_any(NOT_COLOURED)})\b)|(?P<after>\s?[,)/|]))?"
)
_MATERIAL = rf"(?i)\b(?P<evidence>{_any(MATERIALS)})\b"
_LABELLED = (
    r"(?i)\b(?:model|modell|modèle|art|item|part|mpn)\.?\s?(?:no|nr|number|num|#)?\.?[\s:#]{1,2}"
    r"(?P<evidence>(?-i:[A-Z0-9]{1,8}-?[0-9]{2,8}[A-Za-z0-9-]{0,10}))\b"
)
_UNLABELLED = (
    r"(?:^|[\s(,/\[])"
    r"(?P<evidence>[A-Z]{1,6}-?[0-9]{2,8}[A-Za-z0-9]{0,8}(?:-[A-Za-z0-9]{1,6})?|[0-9]{2,6}[A-Z]{1,4}[0-9]{2,6})"
    r"(?:[\s),/\]]|$)"
)
_NO_MODEL = (
    r"(?i)^(?:uv|usb|spf|ip|mp|hd|pm|ddr|pc|tr|n|kn|ffp|bt|wifi|type|size|us|eu|uk|a|aa|aaa|cr|d|b|c|k|m)-?\d{1,4}$"
)

_FOUND = {
    "row": pl.UInt32(),
    "attribute": pl.String(),
    "value": pl.String(),
    "rule": pl.String(),
    "evidence": pl.String(),
}


class UntrainedError(ServingError):
    """The learned reliabilities are missing or broken."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"serving/local/attributes.json cannot be used ({why});"
            " make it with `python -m serving.local.train_attributes DATA…`, or install the package again"
        )


def read(titles: pl.Series, only: str | None = None) -> pl.DataFrame:
    """Everything the rules find, once: `row` (place of the title), `attribute`, `value`, `rule`, `evidence`.

    `only` leaves out the other attributes; raises ServingError for one that no rule reads.
    """
    texts = titles.cast(pl.String).str.slice(0, LONGEST)
    title = pl.DataFrame({"title": texts}).with_row_index("row").filter(pl.col("title").str.len_chars() > 0)
    readers = {"colour": _colours, "material": _materials, "pack_count": _packs, "model_number": _models}
    readers |= dict.fromkeys(QUANTITIES, _quantities)
    if only is not None and only not in readers:
        raise ServingError(f"no rule reads {only}; the rules read {', '.join(sorted(readers))}")
    chosen = dict.fromkeys(readers.values()) if only is None else [readers[only]]
    found = pl.concat([reader(title) for reader in chosen])
    found = found if only is None else found.filter(pl.col("attribute") == only)
    return found.unique(["row", "attribute", "value"], keep="first", maintain_order=True)


def _matches(title: pl.DataFrame, pattern: str) -> pl.DataFrame:
    """Every match of a pattern in every title: `row` and the pattern's named groups."""
    texts = title.select("row", pl.col("title").str.extract_all(pattern).alias("match"))
    found = texts.filter(pl.col("match").list.len() > 0).explode("match")
    return found.select("row", pl.col("match").str.extract_groups(pattern).alias("groups")).unnest("groups")


def _spelled(evidence: pl.Expr) -> pl.Expr:
    """Evidence as the word lists have it: lower case, single spaces."""
    return evidence.str.to_lowercase().str.replace_all(r"\s+", " ")


def _told(found: pl.DataFrame) -> pl.DataFrame:
    return found.select(pl.col(name).cast(dtype) for name, dtype in _FOUND.items())


def _several(rule: pl.Expr) -> pl.Expr:
    """The rule, marked where the title names several different values of it."""
    return pl.when(pl.col("value").n_unique().over("row") > 1).then(rule + ".several").otherwise(rule)


def _colours(title: pl.DataFrame) -> pl.DataFrame:
    between = title.with_columns("," + pl.col("title").str.replace_all(r"([,(/|)])", "$1$1") + ",")
    found = _matches(between, _COLOUR).filter(pl.col("thing").is_null())
    aside = pl.col("before").is_not_null() | pl.col("after").is_not_null()
    found = found.with_columns(
        value=_spelled(pl.col("evidence")).replace_strict(COLOURS, return_dtype=pl.String),
        attribute=pl.lit("colour"),
        aside=pl.when(aside).then(pl.lit("colour.aside")).otherwise(pl.lit("colour.inside")),
    )
    return _told(found.with_columns(rule=_several(pl.col("aside"))))


def _materials(title: pl.DataFrame) -> pl.DataFrame:
    found = _matches(title, _MATERIAL).with_columns(
        value=_spelled(pl.col("evidence")).replace_strict(MATERIALS, return_dtype=pl.String),
        attribute=pl.lit("material"),
    )
    return _told(found.with_columns(rule=_several(pl.lit("material"))))


def _quantities(title: pl.DataFrame) -> pl.DataFrame:
    kinds = {word: kind for word, (kind, _) in _UNITS.items()}
    units = {word: unit for word, (_, unit) in _UNITS.items()}
    unit = _spelled(pl.col("unit"))
    measured = _matches(title, _QUANTITY).with_columns(
        attribute=unit.replace_strict(kinds, return_dtype=pl.String),
        value=pl.col("number") + " " + unit.replace_strict(units, return_dtype=pl.String),
    )
    inches = _matches(title, _INCHES).with_columns(attribute=pl.lit("length"), value=pl.col("number") + " in")
    found = pl.concat([measured.drop("unit"), inches], how="diagonal")
    return _told(
        found.with_columns(
            rule=pl.col("attribute") + "." + pl.col("value").str.extract(r"([A-Za-z ]+)$").str.strip_chars()
        )
    )


def _packs(title: pl.DataFrame) -> pl.DataFrame:
    return pl.concat(
        _told(_matches(title, pattern).with_columns(attribute=pl.lit("pack_count"), value="number", rule=pl.lit(rule)))
        for pattern, rule in ((_COUNT_OF, "pack_count.of"), (_COUNT, "pack_count.number"))
    )


def _models(title: pl.DataFrame) -> pl.DataFrame:
    found = pl.concat(
        _matches(title, pattern).select("row", "evidence", rule=pl.lit(rule))
        for pattern, rule in ((_LABELLED, "model_number.labelled"), (_UNLABELLED, "model_number.token"))
    )
    measure = rf"(?i)^(?:{_NUMBER})-?(?:{_UNIT})$"
    found = found.filter(~pl.col("evidence").str.contains(_NO_MODEL) & ~pl.col("evidence").str.contains(measure))
    return _told(found.with_columns(attribute=pl.lit("model_number"), value="evidence"))


@dataclass(frozen=True)
class Attributes:
    """Reads every attribute it knows off each title (`extract/attributes`)."""

    task: str = "extract/attributes"
    name: str = "title-rules"
    version: str = VERSION
    inputs: tuple[str, ...] = ("title",)
    many: bool = True
    batch: int = 100_000
    price: Decimal = Decimal(0)

    @property
    def digest(self) -> str:
        """SHA-256 over task, code, word lists and learned numbers, as they are on disk now."""
        return _digest(self.task)

    def answer(self, batch: pl.DataFrame) -> Answered:
        """All attributes found in each title, with the learned confidence of the rule that found it."""
        found = self._sure(read(batch["title"]))
        listed = found.group_by("row", maintain_order=True).agg(
            pl.struct("attribute", "value", "confidence", "evidence").alias("found")
        )
        rows = pl.DataFrame({"row": pl.Series(range(batch.height), dtype=pl.UInt32)})
        empty = pl.lit([], dtype=pl.List(FOUND))
        told = rows.join(listed, on="row", how="left", maintain_order="left").select(pl.col("found").fill_null(empty))
        return Answered(told)

    def _sure(self, found: pl.DataFrame) -> pl.DataFrame:
        return found.with_columns(
            confidence=pl.col("rule").replace_strict(self._learned, default=None, return_dtype=pl.Float64)
        )

    @cached_property
    def _learned(self) -> Mapping[str, float]:
        return learned()


@dataclass(frozen=True)
class OneAttribute(Attributes):
    """Reads one attribute off each title (`extract/colour`): the one it is surest of, the first of equals."""

    task: str = "extract/colour"
    many: bool = False

    def answer(self, batch: pl.DataFrame) -> Answered:
        """The value of the attribute in each title, null where none is found."""
        kind = self.task.rpartition("/")[2].replace("-", "_")
        found = self._sure(read(batch["title"], kind))
        best = found.sort("confidence", descending=True, nulls_last=True, maintain_order=True)
        best = best.unique("row", keep="first", maintain_order=True)
        rows = pl.DataFrame({"row": pl.Series(range(batch.height), dtype=pl.UInt32)})
        return Answered(rows.join(best, on="row", how="left", maintain_order="left").select(list(ONE)))


def learned() -> Mapping[str, float]:
    """The confidence of each rule, as it was learned; raises UntrainedError."""
    try:
        told: Any = json.loads(files("serving.local").joinpath("attributes.json").read_bytes())
        return {str(rule): float(numbers["confidence"]) for rule, numbers in told["rules"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UntrainedError(type(error).__name__) from error


def rules() -> tuple[str, ...]:
    """Every rule's name."""
    units = [f"{kind}.{unit}" for kind, units in QUANTITIES.items() for unit in units]
    colours = ["colour.aside", "colour.aside.several", "colour.inside", "colour.inside.several"]
    others = ["material", "material.several", "pack_count.of", "pack_count.number"]
    return (*colours, *others, *units, "model_number.labelled", "model_number.token")


def _digest(task: str) -> str:
    told = hashlib.sha256(f"{task}\n".encode())
    for name in _SOURCES:
        data = files("serving.local").joinpath(name).read_bytes()
        told.update(f"{name} {len(data)}\n".encode() + data)
    return told.hexdigest()
