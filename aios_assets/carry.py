"""Carry: rows that were written under one contract, in the shape of another. Pure: frames in, frames out."""

from collections.abc import Iterator

import polars as pl

from aios_assets.fingerprint import fingerprints
from lineage.receipts import Split, split_answers
from policies.contract import ATTEMPT, FINGERPRINT, RECEIPT_TYPES, Contract
from policies.migration import COMPUTED, Course

DEFAULTED = "rule:contract/default"
"""Who signs a value that a migration gave to rows which were there."""


def carried(rows: pl.DataFrame, contract: Contract, course: Course) -> Split:
    """The rows as physical columns of `contract`, their receipts, fingerprints and attempts with them.

    What no step tells of stays under its name; what is not there is null. A value that its new type cannot hold
    unchanged is null, and `broken` says so of its row.
    """
    frame, broken = split_answers(rows.select(*_columns(rows, contract, course), FINGERPRINT, ATTEMPT), contract)
    return Split(frame.select(contract.schema.names()), broken)


def refingered(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of a table stage, each with the fingerprint that it would have if it had been made in this shape."""
    return rows.with_columns(fingerprints(rows.drop(FINGERPRINT, ATTEMPT)).alias(FINGERPRINT))


def key_course(course: Course, before: dict[str, str], after: dict[str, str], shared: list[str]) -> Course:
    """The way of a quarantine's columns: its keys go with the table's (`before`, `after`: what each is called there)."""
    origin = {after[new]: before[old] for new, old in course.origin.items() if new in after and old in before}
    return Course({**{name: name for name in shared}, **origin})


def _columns(rows: pl.DataFrame, contract: Contract, course: Course) -> Iterator[pl.Expr]:
    for column in contract.columns:
        name, was = column.name, course.origin.get(column.name, "")
        default = course.added.get(name)
        if was in rows.columns:
            yield pl.col(was).alias(name)
            beside = {f"{name}__{part}": f"{was}__{part}" for part in RECEIPT_TYPES} if column.answered else {}
            yield from (pl.col(old).alias(new) for new, old in beside.items() if old in rows.columns)
        elif default is None or default is COMPUTED:
            yield pl.lit(None, dtype=column.type).alias(name)
        else:
            yield pl.lit(default).alias(name)
            if column.answered:
                yield pl.lit(DEFAULTED).alias(f"{name}__by")
                yield pl.lit(1.0).alias(f"{name}__confidence")
