"""Columns: which input columns each output column depends on, derived from the contract that declares it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

from lineage.errors import UnknownReadError
from policies.contract import ATTEMPT, FINGERPRINT, Column, Contract

Inputs = Mapping[str, Contract | Iterable[str] | None]
"""What a stage is handed: columns by input name. None: a delivery, whose columns nobody promised."""


class Kind(StrEnum):
    """Whether a value is made of the source, or the source only decides which value, or which row."""

    DIRECT = "direct"
    INDIRECT = "indirect"


class Source(NamedTuple):
    """One input column that an output column depends on."""

    table: str
    column: str
    kind: Kind


def column_lineage(contract: Contract, inputs: Inputs) -> dict[str, list[Source]]:
    """Every physical output column with the input columns that it depends on, in declared order, each once.

    Direct: what the column reads; a key that declares no reads is the same-named column of each input that has one;
    `<c>__evidence` reads what `<c>` reads, and `_fingerprint` everything that is read. Indirect: what the key reads (it
    decides which row a value stands in); for `<c>__by` and `<c>__confidence` what `<c>` reads. `_attempt` depends on no
    input. A column that reads nothing and is no key has no direct source. Raises UnknownReadError for a read that
    no input has.
    """
    columns = _columns(inputs)
    direct = {column.name: _reads(column, contract, columns) for column in contract.columns}
    aligned = _sources((at for key in contract.keys for at in direct[key]), Kind.INDIRECT)
    everything = [at for sources in direct.values() for at in sources]

    lineage: dict[str, list[Source]] = {}
    for column in contract.columns:
        own = direct[column.name]
        lineage[column.name] = _merged(_sources(own, Kind.DIRECT), [] if column.name in contract.keys else aligned)
        if column.answered:
            choosing = _merged(_sources(own, Kind.INDIRECT), aligned)
            lineage[f"{column.name}__by"] = choosing
            lineage[f"{column.name}__confidence"] = choosing
            lineage[f"{column.name}__evidence"] = _merged(_sources(own, Kind.DIRECT), aligned)
    lineage[FINGERPRINT] = _merged(_sources(everything, Kind.DIRECT), [])
    lineage[ATTEMPT] = []
    return lineage


def row_lineage(contract: Contract, inputs: Inputs) -> dict[str, list[Source]]:
    """The input columns that decide which rows there are: by `key` (rows meet by it) and by `rules` (rows go aside)."""
    columns = _columns(inputs)
    direct = {column.name: _reads(column, contract, columns) for column in contract.columns}
    asked = [name for rule in contract.rules for name in rule.holds.meta.root_names()]
    # A rule may ask of a receipt (`title__confidence`): what its column reads decides then.
    ruled = [direct.get(name, direct.get(name.rpartition("__")[0], [])) for name in asked]
    return {
        "key": _merged(_sources((at for key in contract.keys for at in direct[key]), Kind.INDIRECT), []),
        "rules": _merged(_sources((at for sources in ruled for at in sources), Kind.INDIRECT), []),
    }


def set_aside(contract: Contract, made_as: Contract, inputs: Inputs) -> Contract:
    """A quarantine's contract with reads of its own: its rows are what was made under another contract and broke it.

    A column that repeats one of that contract's reads what that one reads; its own key is made of that contract's key;
    what is told of the whole row (why, the row itself) reads everything that was read.
    """
    columns = _columns(inputs)
    read = {
        column.name: [f"{table}.{name}" for table, name in _reads(column, made_as, columns)]
        for column in made_as.columns
    }
    key = [name for column in made_as.keys for name in read[column]]
    everything = [name for names in read.values() for name in names]
    return replace(
        contract,
        columns=tuple(
            replace(column, reads=read.get(column.name, key if column.name in contract.keys else everything))
            for column in contract.columns
        ),
    )


def _columns(inputs: Inputs) -> dict[str, tuple[str, ...] | None]:
    found: dict[str, tuple[str, ...] | None] = {}
    for table, columns in inputs.items():
        match columns:
            case None:
                found[table] = None
            case Contract():
                found[table] = tuple(columns.schema)
            case _:
                found[table] = tuple(columns)
    return found


def _reads(column: Column, contract: Contract, inputs: Mapping[str, tuple[str, ...] | None]) -> list[tuple[str, str]]:
    if not column.reads and column.name in contract.keys:
        return [(table, column.name) for table, names in inputs.items() if names is not None and column.name in names]
    found: list[tuple[str, str]] = []
    for read in column.reads:
        named = [(table, read) for table, names in inputs.items() if names is not None and read in names]
        for table, names in inputs.items():
            # By prefix and not at the first dot: a delivery's name has dots of its own.
            rest = read.removeprefix(f"{table}.")
            if rest != read and (names is None or rest in names):
                named = [(table, rest)]
        # Nobody promised a delivery's columns, so what no table has comes from there.
        named = named or [(table, read) for table, names in inputs.items() if names is None]
        if not named:
            raise UnknownReadError(
                f"column {column.name} reads {read}",
                f"none of the inputs {sorted(inputs)} has such a column",
                "name a column of an input, as `column` or `table.column`, in the contract's `reads`",
            )
        found += named
    return found


def _sources(found: Iterable[tuple[str, str]], kind: Kind) -> list[Source]:
    return [Source(table, column, kind) for table, column in found]


def _merged(first: list[Source], then: list[Source]) -> list[Source]:
    """Both, each input column once; what comes first stands."""
    kept: dict[tuple[str, str], Source] = {}
    for source in (*first, *then):
        kept.setdefault((source.table, source.column), source)
    return list(kept.values())
