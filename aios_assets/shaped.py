"""Shaped: what a stage's function returned, as physical rows that keep its contract, and those that don't with why."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from aios_assets.errors import StageError
from aios_assets.fingerprint import fingerprints
from aios_assets.split import DO, RULE, WHY, Reason, aside, first_of_key, split
from aios_assets.stage import Stage
from lineage.receipts import signed, split_answers
from policies.contract import FINGERPRINT

Judge = Callable[[pl.DataFrame], tuple[pl.DataFrame, pl.DataFrame]]
"""Parts physical rows into those that the row rules admit, and those refused with columns TOLD."""

_MOVED = "_moved"
MOVED = Reason(
    "contract/key-kept",
    ~pl.col(_MOVED),
    "its key cannot be stored as it was delivered, and another key is another row",
    "have the supplier send a key that names a product and holds nothing personal",
)


def called(stage: Stage, frames: Sequence[pl.DataFrame | pl.LazyFrame], resources: Mapping[str, Any]) -> pl.DataFrame:
    """What a stage's function returns, with exactly the columns that its contract declares. Raises StageError."""
    tables = iter(frames)
    arguments = {name: resources[name] if name in resources else next(tables) for name in stage.parameters}
    made = stage.function(**arguments)
    made = made.collect() if isinstance(made, pl.LazyFrame) else made
    if not isinstance(made, pl.DataFrame):
        raise StageError(f"stage {stage.name}", f"it returned {type(made).__name__}", "return a polars frame")
    declared = [column.name for column in stage.contract.columns]
    if set(made.columns) != set(declared):
        lacking, extra = sorted(set(declared) - set(made.columns)), sorted(set(made.columns) - set(declared))
        why = f"it lacks promised columns ({', '.join(lacking) or 'none'}) or has others ({', '.join(extra) or 'none'})"
        raise StageError(f"stage {stage.name}", why, "return exactly the contract's columns")
    return made


def shaped(
    stage: Stage, made: pl.DataFrame, judge: Judge, prints: pl.DataFrame | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(good physical rows with fingerprints, broken ones with TOLD): types, contract, then row rules."""
    keys = list(stage.contract.keys)
    frame, unfit = split_answers(made.select(column.name for column in stage.contract.columns), stage.contract)
    frame = signed(frame, stage.contract)
    if prints is None:
        frame = frame.with_columns(fingerprints(frame))
        moved = pl.repeat(value=False, n=frame.height, dtype=pl.Boolean, eager=True)
    else:
        moved = _moved(stage, frame, prints)
        frame = frame.with_columns(prints.get_column(FINGERPRINT))
    frame, unfitting = _fitting(frame.with_columns(moved.alias(_MOVED)), unfit)
    first, twins = first_of_key(frame.filter(~pl.col(_MOVED)), keys)
    good, broken = split(first, stage.contract)
    kept, strange = split(frame.filter(_MOVED), stage.contract)
    admitted, refused = judge(good.drop(_MOVED))
    parts = [part.drop(_MOVED, strict=False) for part in (unfitting, twins, broken, strange, aside(kept, [MOVED])[1])]
    return admitted, pl.concat([*parts, refused])


def keeping(
    stage: Stage, rows: pl.DataFrame, unfit: pl.Series | None, judge: Judge
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Parts physical rows that were made before into those that keep the stage's contract, and those that don't with TOLD."""
    frame, unfitting = _fitting(rows, unfit)
    first, twins = first_of_key(frame, list(stage.contract.keys))
    good, broken = split(first, stage.contract)
    admitted, refused = judge(good)
    return admitted, pl.concat([unfitting, twins, broken, refused])


def made_again(stage: Stage, rows: pl.DataFrame, resources: Mapping[str, Any]) -> pl.DataFrame:
    """What a row stage makes of input rows, as physical columns; nothing is judged."""
    made = called(stage, [rows.drop(FINGERPRINT)], resources)
    frame, _ = split_answers(made.select(column.name for column in stage.contract.columns), stage.contract)
    return signed(frame, stage.contract)


def _moved(stage: Stage, made: pl.DataFrame, given: pl.DataFrame) -> pl.Series:
    """Which rows came back under another key. None may, but for delivered keys that cannot be stored as they are."""
    keys = stage.contract.keys
    if made.height == given.height:
        moved = pl.any_horizontal(pl.col(key).ne_missing(given.get_column(key)) for key in keys)
        told = made.select(moved.alias(_MOVED)).to_series()
        if stage.reads_feed or not told.any():
            return told
    raise StageError(
        f"stage {stage.name}",
        f"it was handed {given.height} rows and returned {made.height} with other keys or in another order",
        "return one row for each row, in their order, with the key unchanged",
    )


def _fitting(frame: pl.DataFrame, unfit: pl.Series | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Parts off rows with a value that its declared type cannot hold."""
    if unfit is None:
        unfit = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
    told = (
        pl.lit("contract/type").alias(RULE),
        unfit.alias(WHY),
        pl.lit("correct the value in the feed").alias(DO),
    )
    return frame.filter(unfit.is_null()), frame.with_columns(told).filter(unfit.is_not_null())
