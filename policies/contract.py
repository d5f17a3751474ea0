"""Contract: what a table promises about its shape and its rows."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import orjson
import polars as pl

from policies.migration import Migration

RECEIPT_TYPES: Mapping[str, pl.DataType] = {
    "by": pl.String(),
    "confidence": pl.Float64(),
    "evidence": pl.String(),
}
"""Receipt columns that stand beside an answered column, as `<column>__<name>`."""

FINGERPRINT = "_fingerprint"
"""Row fingerprint: 64-bit hash of the values the row was computed from. The machinery writes it; no stage does."""

ATTEMPT = "_attempt"
"""The attempt that the row came in with: the thread from a row to its decision, models, cost and trace."""


TOMBSTONE = "tombstone"
"""The tag of a column that is filled where a row only says that its key is gone: such rows are handed to no stage."""


class ContractError(ValueError):
    """A contract that cannot hold: it names what is wrong and what to change."""


@dataclass(frozen=True)
class Column:
    """One promised column.

    `reads` names the input columns that its values depend on (`title`, or `products.title` where several inputs have
    one); column lineage is made of it and a row stage is handed nothing else. `null` is the reason a value may be
    missing; without it the column is never null. `answered` marks a value that a model or a named rule answers; it gets
    receipt columns. Tags are what policy rules select by.
    """

    name: str
    dtype: pl.DataType | type[pl.DataType]
    reads: Sequence[str] = ()
    tags: frozenset[str] | set[str] = frozenset()
    null: str | None = None
    answered: bool = False
    about: str = ""

    @property
    def type(self) -> pl.DataType:
        """The polars type, as an instance."""
        return self.dtype if isinstance(self.dtype, pl.DataType) else self.dtype()


@dataclass(frozen=True)
class RowRule:
    """A promise about each row by itself: `holds` must be literally true, else the row is set aside with `why`."""

    name: str
    holds: pl.Expr
    why: str
    do: str


@dataclass(frozen=True)
class Expectation:
    """A promise about the table as a whole, in Great Expectations' vocabulary (`type` is its snake-case name)."""

    type: str
    arguments: Mapping[str, object] = field(default_factory=dict)


def in_set(column: str, values: Sequence[str]) -> Expectation:
    """Every value of the column is one of these."""
    return Expectation("expect_column_values_to_be_in_set", {"column": column, "value_set": list(values)})


def between(column: str, low: float | None, high: float | None) -> Expectation:
    """Every value of the column lies in this closed range."""
    return Expectation("expect_column_values_to_be_between", {"column": column, "min_value": low, "max_value": high})


def matches(column: str, regex: str) -> Expectation:
    """Every value of the column matches this RE2 expression."""
    return Expectation("expect_column_values_to_match_regex", {"column": column, "regex": regex})


def longest(column: str, characters: int) -> Expectation:
    """No value of the column is longer than this."""
    return Expectation(
        "expect_column_value_lengths_to_be_between", {"column": column, "min_value": 0, "max_value": characters}
    )


@dataclass(frozen=True)
class Contract:
    """What a table promises: its key, columns, row rules and expectations.

    `version` rises when the promise changes on purpose; a shape that changes without it is drift. `migrations` say how
    each version came of the one before; they promise nothing themselves. `rejects` are columns that the quarantine keeps
    besides the key and the reasons, `quarantine` its name where the default does not do.
    """

    key: str | tuple[str, ...]
    columns: tuple[Column, ...]
    rules: tuple[RowRule, ...] = ()
    expects: tuple[Expectation, ...] = ()
    version: int = 1
    tags: frozenset[str] | set[str] = frozenset()
    rejects: tuple[Column, ...] = ()
    quarantine: str | None = None
    migrations: tuple[Migration, ...] = ()

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if repeated := {name for name in names if names.count(name) > 1}:
            raise ContractError(f"columns {sorted(repeated)} are declared twice; declare each once")
        if missing := set(self.keys) - set(names):
            raise ContractError(f"key {sorted(missing)} is no column; add it to columns or take it out of the key")
        if nullable := [c.name for c in self.columns if c.name in self.keys and c.null]:
            raise ContractError(f"key {nullable} may be null; a key never is, take its `null` out")

    @property
    def keys(self) -> tuple[str, ...]:
        """The key's columns."""
        return (self.key,) if isinstance(self.key, str) else self.key

    @property
    def tombstone(self) -> str | None:
        """The column that is filled in rows that only say that their key is gone; None where there are none."""
        return next((column.name for column in self.columns if TOMBSTONE in column.tags), None)

    def column(self, name: str) -> Column:
        """The declared column of this name; raises KeyError."""
        return next(column for column in self.columns if column.name == name)

    @property
    def schema(self) -> pl.Schema:
        """Every physical column in order: each declared one with its receipts behind it, then the machinery's."""
        physical: dict[str, pl.DataType] = {}
        for column in self.columns:
            physical[column.name] = column.type
            if column.answered:
                physical.update({f"{column.name}__{part}": dtype for part, dtype in RECEIPT_TYPES.items()})
        return pl.Schema({**physical, FINGERPRINT: pl.Int64(), ATTEMPT: pl.String()})

    @property
    def suite(self) -> tuple[Expectation, ...]:
        """All table-level expectations: the implied ones (key unique, nothing null that may not be) and the declared."""
        keys = list(self.keys)
        unique = (
            Expectation("expect_column_values_to_be_unique", {"column": keys[0]})
            if len(keys) == 1
            else Expectation("expect_compound_columns_to_be_unique", {"column_list": keys})
        )
        filled = tuple(
            Expectation("expect_column_values_to_not_be_null", {"column": column.name})
            for column in self.columns
            if column.null is None
        )
        return (unique, *filled, *self.expects)

    @property
    def digest(self) -> str:
        """SHA-256 of everything promised, hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def text(self) -> str:
        """Everything promised, as JSON: what the digest is of."""
        return orjson.dumps(self.promises(), option=orjson.OPT_SORT_KEYS).decode()

    @classmethod
    def read(cls, text: str, types: Mapping[str, pl.DataType], rules: Sequence[pl.Expr] | None = None) -> "Contract":
        """The contract that this text is of, where `types` has its columns' types and `rules` what its row rules hold.

        Without `rules` it has none: enough to compare shapes. Raises ContractError where it would be told otherwise.
        """
        told = orjson.loads(text)
        try:
            found = cls(
                key=tuple(told["key"]),
                columns=tuple(
                    Column(name, types[name], tuple(reads), frozenset(tags), null, answered)
                    for name, _, reads, tags, null, answered in told["columns"]
                ),
                rules=tuple(
                    RowRule(name, holds, why, do)
                    for (name, _, why, do), holds in zip(told["rules"], rules or (), strict=rules is not None)
                ),
                expects=tuple(Expectation(name, arguments) for name, arguments in told["expects"]),
                version=told["version"],
                tags=frozenset(told["tags"]),
            )
        except (KeyError, ValueError, TypeError) as error:
            raise ContractError(f"a contract on record cannot be read: {error}; bring its code back") from error
        if rules is not None and found.text != text:
            raise ContractError("a contract on record reads otherwise than it was written; bring its code back")
        return found

    def promises(self) -> dict[str, object]:
        """Everything promised, as JSON values."""
        return {
            "key": list(self.keys),
            "version": self.version,
            "tags": sorted(self.tags),
            "columns": [
                [c.name, str(c.type), sorted(c.reads), sorted(c.tags), c.null, c.answered] for c in self.columns
            ],
            "rules": [[rule.name, str(rule.holds), rule.why, rule.do] for rule in self.rules],
            "expects": [[expectation.type, dict(expectation.arguments)] for expectation in self.expects],
        }
