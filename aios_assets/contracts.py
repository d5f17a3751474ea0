"""Contracts: what a table was promised to be, version by version, as the ledger tells it, and how one came of another."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace

import polars as pl

from aios_assets.errors import LakeError, StageError
from aios_assets.lake import Lake, polars_schema
from policies.candidate import MigrationFacts, PromisedFacts, StepFacts
from policies.contract import ATTEMPT, FINGERPRINT, RECEIPT_TYPES, Column, Contract, ContractError
from policies.migration import (
    Added,
    Course,
    Dropped,
    Exposed,
    MigrationError,
    Recomputed,
    Rekeyed,
    Renamed,
    Retyped,
    Step,
    course_of,
    steps_since,
)

BACK = "bring the older stage's code back, then revert: what stands in code is used"
_PYTHON = b"AnonymousFunction"
"""How polars marks a Python function in an expression that it writes, pickled; what is read back is never unpickled."""

UNRECORDED = "the ledger does not say why"
"""Stands for a reason to be null in a contract that was published before contracts were kept."""


def published(lake: Lake, table: str, code: Contract, version: int | None = None) -> Contract | None:
    """The contract of a committed version (default: the latest) without its row rules; None where nothing is committed.

    Of a version from before contracts were kept only columns and types are on record; `code` stands in for the rest.
    """
    state = lake.state(table)
    if state is None:
        return None
    planned = state.history[state.version if version is None else version].planned
    if planned.write.contract == code.digest:
        return code
    schema = polars_schema(planned.schema)
    told = lake.tables.promised(planned.write.contract)
    found = _unrecorded(lake, table, schema, code) if told is None else Contract.read(told.text, schema)
    return replace(found, rejects=code.rejects, quarantine=code.quarantine)


def restored(lake: Lake, table: str, code: Contract, version: int) -> Contract:
    """The contract of a committed version, whole. Raises LakeError where the ledger cannot tell it to the letter."""
    planned = lake.tables.state(table).history[version].planned  # type: ignore[union-attr]  # a version that is there
    if planned.write.contract == code.digest:
        return code
    told = lake.tables.promised(planned.write.contract)
    if told is None:
        raise LakeError(
            f"the contract of {table} version {version}", "it was published before contracts were kept", BACK
        )
    try:
        rules = [read_rule(rule) for rule in told.rules]
        found = Contract.read(told.text, polars_schema(planned.schema), rules)
    except (ContractError, pl.exceptions.PolarsError, ValueError) as error:
        raise LakeError(f"the contract of {table} version {version}", str(error), BACK) from error
    return replace(found, rejects=code.rejects, quarantine=code.quarantine)


def course(table: str, before: Contract, after: Contract) -> Course:
    """What the declared steps make of the columns of one contract on the way to another. Raises StageError."""
    steps = steps_since(after.migrations, before.version, after.version)
    try:
        return course_of([column.name for column in before.columns], steps)
    except MigrationError as error:
        raise StageError(
            f"the migrations of {table}", str(error), f"correct them beside the contract of {table}"
        ) from error


def moved(table: str, before: Contract | None, after: Contract) -> MigrationFacts | None:
    """A change of contract as facts for the gate, applied by nobody yet; None where there is none."""
    if before is None or before.digest == after.digest:
        return None
    return facts_of(before, after, course(table, before, after))


def facts_of(before: Contract, after: Contract, way: Course) -> MigrationFacts:
    """The same, where the way is known."""
    return MigrationFacts(_promised(before), _promised(after), tuple(map(step_facts, way.steps)))


def written_rule(holds: pl.Expr) -> str:
    """A row rule's expression as the ledger keeps it; empty where it calls Python, whose code stands in the stage alone."""
    try:
        told = holds.meta.serialize()
    except pl.exceptions.PolarsError:
        return ""
    return "" if _PYTHON in told else base64.b64encode(told).decode()


def read_rule(text: str) -> pl.Expr:
    """The expression that `written_rule` wrote. Raises ContractError for one that would run Python code to be read."""
    told = base64.b64decode(text)
    if not told or _PYTHON in told:
        raise ContractError("one of its row rules calls Python code, and that stands in no ledger")
    return pl.Expr.deserialize(told)


def step_facts(step: Step) -> StepFacts:
    """A step as the gate is told of it."""
    kind = type(step).__name__.lower()
    match step:
        case Renamed(old, new):
            return StepFacts(kind, new, old)
        case Added(column) | Dropped(column) | Retyped(column) | Exposed(column):
            return StepFacts(kind, column, column)
        case _:
            return StepFacts(kind, "", "")


def step_of(told: Mapping[str, str]) -> Step:
    """The step that facts tell of, as the ledger keeps them; what rows got by it is not told."""
    kind, column = told["kind"], told["column"]
    if kind == "renamed":
        return Renamed(told["was"], column)
    of_columns: Mapping[str, Callable[[str], Step]] = {
        "added": Added,
        "dropped": Dropped,
        "retyped": Retyped,
        "exposed": Exposed,
    }
    if kind in of_columns:
        return of_columns[kind](column)
    return Rekeyed() if kind == "rekeyed" else Recomputed()


def _promised(contract: Contract) -> tuple[PromisedFacts, ...]:
    return tuple(
        PromisedFacts(c.name, str(c.type), tuple(sorted(c.tags)), c.null is not None, c.name in contract.keys)
        for c in contract.columns
    )


def _unrecorded(lake: Lake, table: str, schema: pl.Schema, code: Contract) -> Contract:
    receipts = {f"{name}__{part}" for name in schema for part in RECEIPT_TYPES}
    known = {column.name: column for column in code.columns}
    columns = tuple(
        replace(known[name], dtype=dtype)
        if name in known
        else Column(name, dtype, null=UNRECORDED, answered=f"{name}__by" in schema)
        for name, dtype in schema.items()
        if name not in receipts and name not in {FINGERPRINT, ATTEMPT}
    )
    keys = tuple(key for key in code.keys if key in schema) or (columns[0].name,)
    columns = tuple(replace(column, null=None) if column.name in keys else column for column in columns)
    state = lake.state(table)
    told = state.settled.measures.get("contract_version", "0") if state and state.settled else "0"
    # Never the digest of what is in code: it is another contract, or this function would not be asked.
    return Contract(keys, columns, version=int(told), tags=code.tags)
