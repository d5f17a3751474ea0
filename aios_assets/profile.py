"""Profile: what is measured of a draft's columns, for the gate to judge by."""

import polars as pl

from aios_assets.enrich import personal, secrets
from policies.candidate import ColumnFacts
from policies.contract import ATTEMPT, FINGERPRINT, Contract

UNREAD = frozenset({"digest", "sealed", "token"})
"""Tags of columns whose text is no language: digests, ciphertext, tokens. There is nothing in them to detect."""


MACHINERY = frozenset({FINGERPRINT, ATTEMPT})
"""Columns that no stage writes: numbers and ids of ours."""


def profile(frame: pl.DataFrame, contract: Contract) -> tuple[ColumnFacts, ...]:
    """Facts about every physical column, over the rows of `frame`."""
    declared = {column.name: column for column in contract.columns}
    nulls = frame.null_count().row(0, named=True)
    facts = []
    for name, dtype in contract.schema.items():
        if name in MACHINERY:
            facts.append(
                ColumnFacts(name, str(dtype), (), 0, 0, 0, answered=False, unsigned=None, lowest_confidence=None)
            )
            continue
        owner = declared[name] if name in declared else declared[name.rsplit("__", 1)[0]]
        tags = tuple(sorted(owner.tags))
        receipted = owner.answered and name == owner.name
        # Rule and model names are ours; evidence and values are somebody's text.
        text = dtype == pl.String and not name.endswith("__by") and not UNREAD & set(tags)
        values = frame.get_column(name)
        hit_personal = personal.count(values) if text else 0
        hit_secrets = secrets.count(values) if text else 0
        facts.append(
            ColumnFacts(
                name=name,
                type=str(dtype),
                tags=tags,
                nulls=int(nulls[name]),
                personal=hit_personal,
                secrets=hit_secrets,
                answered=receipted,
                unsigned=_unsigned(frame, name) if receipted else None,
                lowest_confidence=_lowest(frame, name) if receipted else None,
            )
        )
    return tuple(facts)


def _unsigned(frame: pl.DataFrame, name: str) -> int:
    return int(frame.select((pl.col(name).is_not_null() & pl.col(f"{name}__by").is_null()).sum()).item())


def _lowest(frame: pl.DataFrame, name: str) -> float | None:
    lowest = frame.get_column(f"{name}__confidence").min()
    return float(lowest) if isinstance(lowest, float) else None
