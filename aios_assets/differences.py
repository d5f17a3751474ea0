"""Differences: what differs between two contracts, in words, with what is declared for it and what should be."""

from collections.abc import Iterator
from dataclasses import dataclass

from policies.contract import Column, Contract
from policies.migration import COMPUTED, Course

PROTECTIVE = frozenset({"personal", "sealed"})
"""Tags that protect what a column holds; the levels of schema/migration-declared say which the gate counts."""


@dataclass(frozen=True)
class Difference:
    """One difference. `step` is what is declared for it, `declare` what should be; neither: it needs no word."""

    column: str
    what: str
    step: str = ""
    declare: str = ""


def differences(before: Contract, after: Contract, way: Course) -> tuple[Difference, ...]:
    """Every difference, columns first, in the order of the contract in code."""
    was = {column.name: column for column in before.columns}
    found: list[Difference] = []
    for column in after.columns:
        old = was.get(way.origin.get(column.name, ""))
        found += _new(column, way) if old is None else _changed(old, column, way)
    left = {column.name for column in after.columns}
    for column in before.columns:
        if column.name in way.dropped:
            found.append(Difference(column.name, "is dropped", f'Dropped("{column.name}")'))
        elif not any(way.origin.get(name) == column.name for name in left):
            declare = f'Renamed("{column.name}", …) or Dropped("{column.name}")'
            found.append(Difference(column.name, "is gone, and nobody says what became of it", declare=declare))
    return (*found, *_of_table(before, after, way))


def _new(column: Column, way: Course) -> Iterator[Difference]:
    name = column.name
    if name in way.added:
        default = way.added[name]
        told = "computed for every row" if default is COMPUTED else f"{default!r} in rows that are there"
        yield Difference(name, f"is new: {told}", f'Added("{name}"{"" if default is COMPUTED else f", {default!r}"})')
    elif column.null is not None:
        yield Difference(name, "is new, and null in rows that are there")
    else:
        yield Difference(name, "is new and never null", declare=f'Added("{name}"), Added("{name}", default) or Renamed')


def _changed(old: Column, new: Column, way: Course) -> Iterator[Difference]:
    name = new.name
    if old.name != name:
        yield Difference(name, f"was called {old.name}", f'Renamed("{old.name}", "{name}")')
    if old.type != new.type:
        step = f'Retyped("{name}")'
        declared = name in way.retyped
        what = f"was {old.type}, is {new.type}"
        yield Difference(name, what, step if declared else "", "" if declared else step)
    if bared := sorted(set(old.tags) - set(new.tags)):
        step, declared = f'Exposed("{name}")', name in way.exposed
        needs = bool(PROTECTIVE & set(bared)) and not declared
        yield Difference(name, f"loses {', '.join(bared)}", step if declared else "", step if needs else "")
    if more := sorted(set(new.tags) - set(old.tags)):
        yield Difference(name, f"gains {', '.join(more)}")
    if (old.null is None) != (new.null is None):
        yield Difference(name, "may be null now" if new.null else "is never null now: rows without it are set aside")
    if old.answered != new.answered:
        yield Difference(name, "has receipts now" if new.answered else "has no receipts any more")
    if sorted(old.reads) != sorted(new.reads):
        yield Difference(name, f"reads {', '.join(sorted(new.reads)) or 'nothing'}")


def _of_table(before: Contract, after: Contract, way: Course) -> Iterator[Difference]:
    called = {old: new for new, old in way.origin.items()}
    was = {called.get(key, key) for key in before.keys}
    if was != set(after.keys):
        step, what = "Rekeyed()", f"the key was {', '.join(before.keys)}, is {', '.join(after.keys)}"
        yield Difference("", what, step if way.rekeyed else "", "" if way.rekeyed else step)
    if way.recomputed:
        yield Difference("", "every row is computed anew", "Recomputed()")
    told = {name: before.promises()[name] != after.promises()[name] for name in ("rules", "expects", "tags")}
    words = {"rules": "row rules", "expects": "expectations", "tags": "tags of the table"}
    for name, differ in told.items():
        if differ:
            yield Difference("", f"{words[name]} changed: every row is judged by them again")
