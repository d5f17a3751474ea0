"""Profile: what is measured of a draft's columns, for the gate to judge by."""

from collections.abc import Sequence

import polars as pl

from aios_assets.enrich import personal, secrets
from policies.candidate import ColumnFacts
from policies.contract import ATTEMPT, FINGERPRINT, Contract

FORMS = {"digest": r"\A[A-Za-z0-9+/_:-]*={0,2}\z", "token": r"\A(?:\[[a-z]+:[a-p]{24}\])*\z"}
"""Tags of columns whose text is no language, and the form of their values: there is nothing in those to detect. A value of
another form, or all of digits, is looked through like any text, since a tag is only somebody's word."""

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
        ours = name not in declared and name.endswith("__by")
        values = frame.get_column(name)
        sealed = SEALED in tags
        texts = None if ours or sealed or nulls[name] == frame.height else _texts(values, tags)
        facts.append(
            ColumnFacts(
                name=name,
                type=str(dtype),
                tags=tags,
                nulls=int(nulls[name]),
                personal=_readable(values) if sealed else 0 if texts is None else personal.count(texts),
                secrets=0 if texts is None else secrets.count(texts),
                answered=receipted,
                unsigned=_unsigned(frame, name) if receipted else None,
                lowest_confidence=_lowest(frame, name) if receipted else None,
            )
        )
    return tuple(facts)


def _texts(values: pl.Series, tags: Sequence[str]) -> pl.Series | None:
    """The texts that a column holds, also inside lists, structs and bytes; None where it can hold none."""
    dtype = values.dtype
    if dtype.is_nested():
        values = values.to_frame("nested").select(pl.struct("nested").struct.json_encode()).to_series()
    elif dtype in (pl.Categorical, pl.Enum):
        values = values.cast(pl.String)
    elif dtype == pl.Binary:
        # What is no UTF-8 may hold readable parts all the same; each byte has a character in Latin-1.
        values = pl.Series([None if one is None else one.decode("latin-1") for one in values], dtype=pl.String)
    elif dtype != pl.String:
        return None
    for form in (FORMS[tag] for tag in tags if tag in FORMS):
        values = values.filter(~(values.str.contains(form) & values.str.contains("[A-Za-z]")))
    return values


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
