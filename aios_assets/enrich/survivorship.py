"""Survivorship: the policy that says whose word counts, field by field, where records of one product differ.

Data, not code: the defaults stand in survivorship.toml, a shop's own in its settings, and both together are a table.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Final

import orjson
import polars as pl

CRITERIA: Final = ("trust", "recency", "completeness", "agreement", "confidence", "named")
BESIDE: Final = "with "
"""`with price`: the record whose price was taken comes first."""

ATTRIBUTE: Final = "attribute:"
ANY, ANY_ATTRIBUTE = "*", "attribute:*"
TRUST: Final = 0.5
"""Of a supplier of whom nothing is said."""

TOLD: Final[Mapping[str, pl.DataType]] = {
    "about": pl.String(),
    "name": pl.String(),
    "criteria": pl.String(),
    "weight": pl.Float64(),
    "tolerance": pl.Float64(),
    "shown": pl.Int64(),
    "trust": pl.Float64(),
}
"""The policy as rows: of fields (criteria, weight, tolerance, shown) and of suppliers (trust)."""

_WORD = re.compile(rf"^(?:{'|'.join(CRITERIA)}|{BESIDE}[a-z_]+)$")


@dataclass(frozen=True)
class FieldPolicy:
    """What decides about one field; see survivorship.toml for each part. Raises ValueError for an unknown criterion."""

    criteria: tuple[str, ...]
    weight: float = 0.0
    tolerance: float = 0.0
    shown: int | None = None

    def __post_init__(self) -> None:
        strange = [one for one in self.criteria if not _WORD.match(one)]
        if strange or not self.criteria or len(set(self.criteria)) < len(self.criteria):
            what = f"{strange[0]!r} is none" if strange else "each stands there once, and at least one"
            raise ValueError(f"criteria are {', '.join(CRITERIA)} and `with FIELD`; {what}")

    @property
    def beside(self) -> str | None:
        """The field whose winning record decides about this one, if there is one."""
        return next((one.removeprefix(BESIDE) for one in self.criteria if one.startswith(BESIDE)), None)


@dataclass(frozen=True)
class Survivorship:
    """The whole policy: what decides by field (`*`, `attribute:*` and a field's own name), trust by supplier."""

    fields: Mapping[str, FieldPolicy]
    trust: Mapping[str, float] = field(default_factory=dict)

    def of(self, name: str) -> FieldPolicy:
        """What decides about a field."""
        family = ANY_ATTRIBUTE if name.startswith(ATTRIBUTE) else ANY
        return self.fields.get(name) or self.fields.get(family) or self.fields[ANY]

    def digest(self, name: str) -> str:
        """What a field's values depend on, as 16 hex digits; trust counts where trust is asked."""
        policy = self.of(name)
        told = [policy.criteria, policy.weight, policy.tolerance, policy.shown]
        if "trust" in policy.criteria:
            told.append(sorted((name, sure) for name, sure in self.trust.items() if sure != TRUST))
        return hashlib.sha256(orjson.dumps(told)).hexdigest()[:16]

    def changed(self, criteria: Mapping[str, Sequence[str]], trust: Mapping[str, float]) -> "Survivorship":
        """The policy with a shop's own criteria for some fields and its own trust in some suppliers.

        Raises ValueError for an unknown criterion and for trust outside 0 to 1.
        """
        if wrong := {name: sure for name, sure in trust.items() if not 0 <= sure <= 1}:
            raise ValueError(f"trust lies between 0 and 1, and that in {', '.join(map(repr, wrong))} does not")
        own = {name: replace(self.of(name), criteria=tuple(order)) for name, order in criteria.items()}
        return Survivorship({**self.fields, **own}, {**self.trust, **trust})

    def frame(self) -> pl.DataFrame:
        """The policy as rows of TOLD, sorted."""
        fields = [
            {"about": "field", "name": name, **vars(one), "criteria": ", ".join(one.criteria)}
            for name, one in sorted(self.fields.items())
        ]
        suppliers = [{"about": "supplier", "name": name, "trust": sure} for name, sure in sorted(self.trust.items())]
        return pl.DataFrame([*fields, *suppliers], schema=dict(TOLD))

    @classmethod
    def read(cls, rows: pl.DataFrame) -> "Survivorship":
        """The policy that `frame` wrote. What is not told of a field is the default's."""
        fields, trust = dict(package_default().fields), {}
        for row in rows.select(list(TOLD)).iter_rows(named=True):
            if row["about"] == "supplier":
                trust[row["name"]] = TRUST if row["trust"] is None else row["trust"]
            elif row["criteria"] is not None:
                order = tuple(row["criteria"].split(", "))
                fields[row["name"]] = FieldPolicy(order, row["weight"] or 0.0, row["tolerance"] or 0.0, row["shown"])
        return cls(fields, trust)


@cache
def package_default() -> Survivorship:
    """The policy that comes with the product; it trusts all suppliers alike."""
    told = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    fields = {name: FieldPolicy(**{**one, "criteria": tuple(one["criteria"])}) for name, one in told["fields"].items()}
    return Survivorship(fields)
