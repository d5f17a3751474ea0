"""Work: which rows a stage has to compute, and what came of them. Reads the lake, writes nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from aios_assets.changes import Source, affected_groups, changed_keys, only_groups
from aios_assets.errors import StageError
from aios_assets.fingerprint import fingerprint
from aios_assets.keyed import without
from aios_assets.split import ID, as_quarantine, first_of_key, split
from aios_assets.stage import Changes, Stage
from lineage.receipts import signed, split_answers
from policies.candidate import InputFacts
from policies.contract import ATTEMPT, FINGERPRINT

Judge = Callable[[pl.DataFrame], tuple[pl.DataFrame, pl.DataFrame]]
"""Parts physical rows into those that the row rules admit, and those refused with columns rule, why, do."""


@dataclass(frozen=True)
class Feed:
    """Delivered records, mapped: `rows` has the record key, canonical text columns, file, line and `_fingerprint`.

    `rejects` are lines that could not be read, shaped as the quarantine with `_fingerprint`; `suppliers` are those whose
    deliveries these are: what is missing of them is gone, what others delivered stays.
    """

    rows: pl.DataFrame
    rejects: pl.DataFrame
    suppliers: tuple[str, ...]
    inputs: tuple[InputFacts, ...]


@dataclass(frozen=True)
class Standing:
    """What is published of a stage's table and of its quarantine; both have their contract's columns, with no rows at first.

    `stale`: the code or a model has changed, so every row is computed again. `rejudge`: the row rules have, so every
    row is judged again.
    """

    table: pl.LazyFrame
    quarantine: pl.LazyFrame
    stale: bool = False
    rejudge: bool = False


@dataclass(frozen=True)
class Work:
    """What an attempt would change in the table (`upserts`, keys `removed`) and in its quarantine (`aside`, ids `mended`)."""

    upserts: pl.DataFrame
    removed: pl.DataFrame
    aside: pl.DataFrame
    mended: pl.DataFrame
    computed: int

    @property
    def nothing(self) -> bool:
        """True if nothing would change."""
        return not any(frame.height for frame in (self.upserts, self.removed, self.aside, self.mended))


def row_work(
    stage: Stage,
    driver: pl.DataFrame,
    standing: Standing,
    judge: Judge,
    resources: Mapping[str, Any],
    *,
    batch: int,
    feed: Feed | None = None,
) -> Work:
    """Work of a row stage over `driver`, whose rows carry the key and `_fingerprint`.

    Rows whose key and fingerprint stand in the table or its quarantine are not computed again, unless the stage is
    stale. With a `feed`, only the rows of its suppliers count as gone where the driver lacks them.
    """
    keys = list(stage.contract.keys)
    driver, twins = first_of_key(driver, keys)
    published = standing.table.select(*keys, FINGERPRINT).collect()
    set_aside = standing.quarantine.collect()
    if feed is not None:
        # A contract that a feed fills has the supplier in its key: that is what a record is.
        published = published.filter(pl.col("supplier").is_in(feed.suppliers))
        set_aside = set_aside.filter(pl.col("supplier").is_in(feed.suppliers))
    same = [*keys, FINGERPRINT]
    known = published if standing.rejudge else pl.concat([published, set_aside.select(same)])
    changed = driver if standing.stale else without(driver, known, same)

    made = [
        _shaped(stage, _called(stage, [rows.drop(FINGERPRINT)], resources), judge, rows.select(same))
        for start in range(0, changed.height, batch)
        if (rows := changed.slice(start, batch)).height
    ]
    good = [part for part, _ in made]
    broken = [part for _, part in made]
    if standing.rejudge and not standing.stale:
        stands = standing.table.drop(ATTEMPT).join(changed.select(keys).lazy(), on=keys, how="anti")
        broken.append(judge(stands.collect())[1])
    upserts = pl.concat(good) if good else _nothing(stage)

    fresh = [as_quarantine(part, stage) for part in (*broken, twins) if part.height]
    if feed is not None:
        fresh.append(feed.rejects)
    stays = without(set_aside.join(driver, on=same, how="semi"), changed, same)
    following = pl.concat([stays.drop(ATTEMPT), *fresh]).unique(subset=[ID], keep="first", maintain_order=True)
    gone = without(published, driver, keys)
    failed = [published.join(part, on=keys, how="semi") for part in broken]
    removed = pl.concat([gone, *failed]).select(keys).unique(maintain_order=True)
    return Work(upserts, removed, *_difference(following, set_aside), changed.height)


def table_work(
    stage: Stage, sources: Mapping[str, Source], standing: Standing, judge: Judge, resources: Mapping[str, Any]
) -> Work:
    """Work of a table stage: its function sees whole tables, or groups that changed; only rows that differ count."""
    keys = list(stage.contract.keys)
    published = standing.table.select(*keys, FINGERPRINT).collect()
    set_aside = standing.quarantine.collect()
    frames = {name: source.now for name, source in sources.items()}
    first = standing.stale or standing.rejudge or any(source.before is None for source in sources.values())
    given = dict(resources)
    if stage.group is not None and not first:
        groups = affected_groups(stage.group.by, sources)
        frames = only_groups(stage.group.by, groups, sources)
        published = published.join(groups, on=stage.group.by, how="semi")
        set_aside = set_aside.join(groups, on=stage.group.by, how="semi")
    if "changes" in stage.parameters:
        since = {} if first else {name: changed_keys(source) for name, source in sources.items()}
        previous = None if first else standing.table.drop(FINGERPRINT, ATTEMPT).collect()
        given["changes"] = Changes(previous, since)
    handed = [frame.drop(ATTEMPT) for frame in frames.values()]
    good, broken = _shaped(stage, _called(stage, handed, given), judge, None)
    upserts = good if standing.stale else without(good, published, [*keys, FINGERPRINT])
    removed = without(published, good, keys).select(keys)
    following = as_quarantine(broken, stage) if broken.height else set_aside.drop(ATTEMPT).clear()
    return Work(upserts, removed, *_difference(following, set_aside), good.height + broken.height)


def _difference(following: pl.DataFrame, now: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    aside = following.join(now, on=[ID, FINGERPRINT, "rule"], how="anti")
    mended = now.join(following, on=ID, how="anti").select(ID)
    return aside, mended


def _called(stage: Stage, frames: list[Any], resources: Mapping[str, Any]) -> pl.DataFrame:
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


def _shaped(
    stage: Stage, made: pl.DataFrame, judge: Judge, prints: pl.DataFrame | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(good physical rows with fingerprints, broken ones with rule, why, do): types, contract, then row rules."""
    keys = list(stage.contract.keys)
    frame, unfit = split_answers(made.select(column.name for column in stage.contract.columns), stage.contract)
    frame = signed(frame, stage.contract)
    if prints is None:
        frame = frame.with_columns(fingerprint(frame.columns, frame.schema))
    else:
        if not frame.select(keys).equals(prints.select(keys)):
            raise StageError(
                f"stage {stage.name}",
                f"it was handed {prints.height} rows and returned {frame.height} with other keys or in another order",
                "return one row for each row, in their order, with the key unchanged",
            )
        frame = frame.with_columns(prints.get_column(FINGERPRINT))
    fitting, unfitting = _fitting(frame, unfit)
    first, twins = first_of_key(fitting, keys)
    good, broken = split(first, stage.contract)
    admitted, refused = judge(good)
    parts = [part for part in (unfitting, twins, broken, refused) if part is not None and part.height]
    return admitted, pl.concat(parts) if parts else broken


def _fitting(frame: pl.DataFrame, unfit: pl.Series | None) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Parts off rows with a value that its declared type cannot hold."""
    if unfit is None:
        return frame, None
    told = (
        pl.lit("contract/type").alias("rule"),
        unfit.alias("why"),
        pl.lit("correct the value in the feed").alias("do"),
    )
    return frame.filter(unfit.is_null()), frame.with_columns(told).filter(unfit.is_not_null())


def _nothing(stage: Stage) -> pl.DataFrame:
    return pl.DataFrame(schema={name: dtype for name, dtype in stage.contract.schema.items() if name != ATTEMPT})
