"""Profile: what is measured of a draft's columns, for the gate to judge by."""

import polars as pl

from aios_assets.enrich import look
from policies.candidate import ColumnFacts
from policies.contract import ATTEMPT, FINGERPRINT, Contract

SEALED = "sealed"
"""Tag of columns that hold ciphertext. It too is only somebody's word: a value that can be read counts as personal."""

SHORTEST = 28
"""Bytes of a nonce and a tag: what the vault seals is never shorter."""

PRINTABLE = bytes(range(0x20, 0x7F)) + b"\t\n\r\0"
MOSTLY = 0.85
"""Share of printable bytes from which a value is text in some encoding; of random bytes it is 0.39, give or take 0.09."""

MACHINERY = frozenset({FINGERPRINT, ATTEMPT})
"""Columns that no stage writes: numbers and ids of ours."""


def profile(frame: pl.DataFrame, contract: Contract) -> tuple[ColumnFacts, ...]:
    """Facts about every physical column, over the rows of `frame`."""
    declared = {column.name: column for column in contract.columns}
    nulls = frame.null_count().row(0, named=True)
    owners = {
        name: declared[name] if name in declared else declared[name.rsplit("__", 1)[0]]
        for name in contract.schema
        if name not in MACHINERY
    }
    # Rule and model names are ours; evidence and values are somebody's text.
    looked_through = {
        name: texts
        for name, owner in owners.items()
        if not (SEALED in owner.tags or (name not in declared and name.endswith("__by")) or nulls[name] == frame.height)
        and (texts := _texts(frame.get_column(name))) is not None
    }
    exposed = look.counts(looked_through, {name: tuple(owners[name].tags) for name in looked_through})
    facts = []
    for name, dtype in contract.schema.items():
        owner = owners.get(name)
        receipted = owner is not None and owner.answered and name == owner.name
        sealed = owner is not None and SEALED in owner.tags
        found = exposed.get(name, look.Exposed(0, 0))
        facts.append(
            ColumnFacts(
                name=name,
                type=str(dtype),
                tags=tuple(sorted(owner.tags)) if owner else (),
                nulls=int(nulls[name]) if owner else 0,
                personal=_readable(frame.get_column(name)) if sealed else found.personal,
                secrets=found.secrets,
                answered=receipted,
                unsigned=_unsigned(frame, name) if receipted else None,
                lowest_confidence=_lowest(frame, name) if receipted else None,
            )
        )
    return tuple(facts)


def _texts(values: pl.Series) -> pl.Series | None:
    """The texts that a column holds, also inside lists, structs and bytes; None where it can hold none."""
    dtype = values.dtype
    if dtype.is_nested():
        return values.to_frame("nested").select(pl.struct("nested").struct.json_encode()).to_series()
    if dtype in (pl.Categorical, pl.Enum):
        return values.cast(pl.String)
    if dtype == pl.Binary:
        # What is no UTF-8 may hold readable parts all the same; each byte has a character in Latin-1.
        return pl.Series([None if one is None else one.decode("latin-1") for one in values], dtype=pl.String)
    return values if dtype == pl.String else None


def _readable(values: pl.Series) -> int:
    """How many values of a sealed column are no ciphertext: of another type than bytes, too short, or text."""
    if values.dtype != pl.Binary:
        return len(values) - values.null_count()
    return sum(_is_text(value) for value in values.drop_nulls())


def _is_text(value: bytes) -> bool:
    if len(value) < SHORTEST or len(value.translate(None, PRINTABLE)) < (1 - MOSTLY) * len(value):
        return True
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _unsigned(frame: pl.DataFrame, name: str) -> int:
    return int(frame.select((pl.col(name).is_not_null() & pl.col(f"{name}__by").is_null()).sum()).item())


def _lowest(frame: pl.DataFrame, name: str) -> float | None:
    lowest = frame.get_column(f"{name}__confidence").min()
    return float(lowest) if isinstance(lowest, float) else None
