"""Answer: a value read from raw text, beside the rule that read it, how sure it is, and the span it stood in.

Every normaliser gives answers. Where nothing could be read the value is null and `by` names the rule that refused;
the rule's module says in words why (`RULES`). So a null always has a reason, and it costs no column of its own.
`evidence` is the span that the value was read from; it is null where that is the whole raw value. `confidence` is null
where a rule reads exactly and a share of 1 where it concludes from something else.
"""

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

PARTS: Final[Mapping[str, pl.DataType]] = {"by": pl.String(), "confidence": pl.Float64(), "evidence": pl.String()}
"""What stands beside a value, named as the receipt columns of a contract are."""


class NormaliseError(ValueError):
    """A column that no normaliser can take: it names the column's type and the one that is wanted."""


def answer_type(value: pl.DataType | type[pl.DataType]) -> pl.Struct:
    """The type of an answer whose value has this type."""
    return pl.Struct({"value": value, **PARTS})


def answer(
    value: pl.Expr,
    dtype: pl.DataType | type[pl.DataType],
    *,
    by: pl.Expr,
    raw: pl.Expr,
    evidence: pl.Expr | None = None,
    confidence: pl.Expr | None = None,
) -> pl.Expr:
    """One answer from its parts; `evidence` that equals the raw value is dropped."""
    span = pl.lit(None, dtype=pl.String) if evidence is None else evidence
    sure = pl.lit(None, dtype=pl.Float64) if confidence is None else confidence.cast(pl.Float64)
    return pl.struct(
        value.cast(dtype).alias("value"),
        by.cast(pl.String).alias("by"),
        sure.alias("confidence"),
        pl.when(span.ne_missing(raw)).then(span).alias("evidence"),
    )


def columns(answers: pl.Series) -> pl.DataFrame:
    """An answer as the physical columns of a contract: `name`, `name__by`, `name__confidence`, `name__evidence`."""
    parts = answers.struct.unnest()
    return parts.rename({"value": answers.name, **{part: f"{answers.name}__{part}" for part in PARTS}})


def texts(raw: pl.Series) -> pl.Series:
    """The column as text, numbers in their shortest exact form; raises NormaliseError for other types."""
    if raw.dtype == pl.String:
        return raw
    if raw.dtype == pl.Null or raw.dtype.is_numeric():
        return raw.cast(pl.String)
    if isinstance(raw.dtype, pl.Categorical | pl.Enum):
        return raw.cast(pl.String)
    raise NormaliseError(
        f"column {raw.name!r} is {raw.dtype}; a value is read from text or a number, so map a column of those types"
    )


def of_distinct(frame: pl.DataFrame, read: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """What `read` makes of the frame, computed once for each distinct row and joined back in order.

    `read` answers one row for each row that it is given, in order.
    """
    distinct = frame.unique(maintain_order=False)
    if distinct.height * 10 > frame.height * 9:
        return read(frame)
    told = read(distinct)
    keyed = {name: f"\0{name}" for name in frame.columns}  # what `read` answers may bear the name of what it was given
    table = pl.concat([distinct.rename(keyed), told], how="horizontal")
    joined = frame.rename(keyed).join(
        table, on=list(keyed.values()), how="left", nulls_equal=True, maintain_order="left"
    )
    return joined.select(told.columns)
