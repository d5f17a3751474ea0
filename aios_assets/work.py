"""Work: which rows a stage has to compute, and what came of them. Reads the lake, writes nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from aios_assets.changes import Source, affected_groups, changed_keys, in_parts, only_groups
from aios_assets.keyed import differing, without
from aios_assets.order import older
from aios_assets.shaped import Judge, called, keeping, made_again, shaped
from aios_assets.spill import Spilled
from aios_assets.split import ID, REPEATED, TOLD, as_quarantine, aside_key, first_of_key
from aios_assets.stage import Changes, Stage
from aios_assets.threads import AT_ONCE, each
from policies.candidate import DeliveryFacts, DriftFacts, InputFacts
from policies.contract import ATTEMPT, FINGERPRINT

Clean = Callable[[pl.DataFrame], pl.DataFrame]
"""Puts tokens in the place of personal data in rows of a quarantine, which no table rule looks at."""

LEAST = 20_000
"""Rows below which a batch is not worth a thread of its own."""

ORDERED, _STANDS = "ordered", "_stands"


@dataclass(frozen=True)
class Feed:
    """Delivered records, mapped: `rows` has the record key, canonical text columns, file, line and `_fingerprint`.

    `rejects` are lines that could not be read, shaped as the quarantine with `_fingerprint`. `suppliers` are those whose
    whole assortment this is: what is missing of them is gone. What others delivered stays, and so does what a supplier
    who sends changes does not name. `identity` is equal for the same bytes from the same suppliers, read alike.
    Rows may carry `ordered`, the supplier's own order: one that is older than what stands under its key is late, and what
    stands stays. `redriven` are ids of the quarantine that are read again here: they leave it where they do not come back.
    `deliveries` and `drifts` tell the gate how their shape differs from that of the last accepted ones. What is too large
    to be held is `spilled`; `rows` then has the columns only.
    """

    rows: pl.DataFrame
    rejects: pl.DataFrame
    suppliers: tuple[str, ...]
    inputs: tuple[InputFacts, ...]
    identity: str
    redriven: frozenset[str] = frozenset()
    told: tuple[Mapping[str, Any], ...] = ()
    deliveries: tuple[DeliveryFacts, ...] = ()
    drifts: tuple[DriftFacts, ...] = ()
    spilled: Spilled | None = None

    def held(self) -> pl.DataFrame:
        """All rows at once. Raises OSError."""
        return self.spilled.whole() if self.spilled else self.rows


@dataclass(frozen=True)
class Standing:
    """What is published of a stage's table and of its quarantine; both have their contract's columns, with no rows at first.

    `stale`: the code or a model has changed, so every row is computed again. `rejudge`: the row rules have, so every
    row is judged again. `moved`: the contract has, so rows that stay are held to it. `outdated` are earlier attempts that
    ran with other code or models, `misjudged` those that asked other row rules: what one supplier's delivery brings up to
    date leaves the rows of others as they were.
    """

    table: pl.LazyFrame
    quarantine: pl.LazyFrame
    stale: bool = False
    rejudge: bool = False
    moved: bool = False
    outdated: frozenset[str] = frozenset()
    misjudged: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Counts:
    """How many rows an attempt computed, puts into its table, and takes out of it."""

    computed: int
    upserted: int
    removed: int


@dataclass(frozen=True)
class Work:
    """What an attempt would change in the table (`upserts`, keys `removed`) and in its quarantine (`aside`, ids `mended`).

    `late` counts delivered rows that were passed over, since what stands under their key is newer. Where the contract
    changes by a migration, `stands` and `aside_stands` are the rows that stay in each table, in its new shape.
    """

    upserts: pl.DataFrame
    removed: pl.DataFrame
    aside: pl.DataFrame
    mended: pl.DataFrame
    computed: int
    late: int = 0
    stands: pl.DataFrame | None = None
    aside_stands: pl.DataFrame | None = None

    @property
    def counts(self) -> Counts:
        """What was done, in numbers."""
        return Counts(self.computed, self.upserts.height, self.removed.height)

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
    clean: Clean,
    feed: Feed | None = None,
) -> Work:
    """Work of a row stage over `driver`, whose rows carry the key and `_fingerprint`.

    Rows whose key and fingerprint stand in the table or its quarantine are not computed again, unless the code, a model
    or a rule that they came of has changed. With a `feed`, only the rows of its suppliers count as gone where the driver
    lacks them.
    """
    keys = list(stage.contract.keys)
    same, held_by = [*keys, FINGERPRINT], [*(aside_key(key) for key in keys), FINGERPRINT]
    driver, repeated = first_of_key(driver, keys)
    delivered = driver.height
    if feed is not None:
        driver = _not_late(driver, standing, keys, feed.suppliers)
    published = _but_of(standing.table, standing.outdated).select(same).collect()
    set_aside = standing.quarantine.collect()
    current = _but_of(set_aside.lazy(), standing.outdated | standing.misjudged).collect()
    # A row that repeats a key is no version of it: it is told anew each time, and never taken for the row itself.
    held = current.filter(pl.col("rule") != REPEATED)
    known = pl.concat([published, held.select(held_by).rename(dict(zip(held_by, same, strict=True)))])
    changed = driver if standing.stale else without(driver, known, same)

    def computed(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        return shaped(stage, called(stage, [rows.drop(FINGERPRINT)], resources), judge, rows.select(same))

    # Rows that ask models go one batch after the other: equal questions are asked once.
    at_once = 1 if "models" in stage.resources else AT_ONCE
    size = max(1, min(batch, max(LEAST, -(-changed.height // at_once))))
    made = each(list(changed.iter_slices(size)) if changed.height else [], computed, at_once=at_once)
    good = [part for part, _ in made]
    broken = [part for _, part in made]
    upserts = pl.concat(good) if good else _nothing(stage)
    stood = standing.table.select(keys).collect()
    gone = without(stood, driver, keys)
    # A contract that a feed fills has the supplier in its key: that is what a record is.
    gone = gone if feed is None else gone.filter(pl.col("supplier").is_in(feed.suppliers))
    if standing.moved or (standing.rejudge and not standing.stale):
        stands = standing.table.drop(ATTEMPT).collect()
        for other in (changed, gone):
            stands = without(stands, other.select(keys), keys)
        broken.append(keeping(stage, stands, None, judge)[1])

    fresh = [
        clean(as_quarantine(part, stage)) for part in (*broken, _repeated(stage, repeated, resources)) if part.height
    ]
    stays = [held.clear()]
    if held.height:
        unchanged = without(driver, changed, same)
        stays = [held.join(unchanged, left_on=held_by, right_on=same, how="semi")]
    if feed is not None:
        fresh.append(feed.rejects)
        kept = ~pl.col("supplier").is_in(feed.suppliers) & ~pl.col(ID).is_in(sorted(feed.redriven))
        stays.append(set_aside.filter(kept).join(driver, on=keys, how="anti"))
    failed = [stood.join(part, on=keys, how="semi") for part in broken]
    removed = pl.concat([gone, *failed]).select(keys).unique(maintain_order=True)
    changes = _difference(fresh, pl.concat(stays), current, set_aside)
    return Work(upserts, removed, *changes, changed.height, delivered - driver.height)


def _not_late(driver: pl.DataFrame, standing: Standing, keys: list[str], whole: tuple[str, ...]) -> pl.DataFrame:
    """The delivered rows that are not older than what stands under their key, in the table or set aside.

    What comes as a supplier's `whole` assortment is the newest there is, and was judged so as a delivery.
    """
    if ORDERED not in driver.columns or driver[ORDERED].null_count() == driver.height:
        return driver
    stands = [rows.select(*keys, ORDERED) for rows in (standing.table, standing.quarantine)]
    newest = pl.concat(stands).drop_nulls(ORDERED).group_by(keys).agg(pl.col(ORDERED).max().alias(_STANDS))
    change = ~pl.col("supplier").is_in(whole)
    late = driver.lazy().filter(change).select(*keys, ORDERED).join(newest, on=keys)
    late = late.filter(older(pl.col(ORDERED), pl.col(_STANDS)))
    return without(driver, late.select(keys).collect(), keys)


def _but_of(rows: pl.LazyFrame, attempts: frozenset[str]) -> pl.LazyFrame:
    """The rows that none of these attempts brought."""
    return rows.filter(~pl.col(ATTEMPT).is_in(sorted(attempts))) if attempts else rows


def _repeated(stage: Stage, rows: pl.DataFrame, resources: Mapping[str, Any]) -> pl.DataFrame:
    """Rows of a key that stands further up, as the stage makes them: nothing is stored the way it was delivered."""
    if rows.is_empty():
        return rows
    return made_again(stage, rows.drop(TOLD), resources).hstack(rows.select(FINGERPRINT, *TOLD))


def table_work(
    stage: Stage,
    sources: Mapping[str, Source],
    standing: Standing,
    judge: Judge,
    resources: Mapping[str, Any],
    *,
    clean: Clean,
) -> Work:
    """Work of a table stage: its function sees whole tables, or groups that changed; only rows that differ count."""
    keys = list(stage.contract.keys)
    published = standing.table.select(*keys, FINGERPRINT)
    set_aside = standing.quarantine.collect()
    frames = {name: source.now for name, source in sources.items()}
    first = standing.stale or standing.rejudge or any(source.before is None for source in sources.values())
    given = dict(resources)
    if stage.group is not None and not first:
        groups = affected_groups(stage.group.by, sources)
        frames = only_groups(stage.group.by, groups, sources)
        by = stage.group.by
        published = published.join(groups.lazy(), on=by, how="semi")
        # A row set aside may lack its group: null is a group like the others.
        set_aside = set_aside.join(groups, left_on=aside_key(by), right_on=by, how="semi", nulls_equal=True)
    if "changes" in stage.parameters:
        since = {} if first else {name: changed_keys(source) for name, source in sources.items()}
        held = standing.table.drop(FINGERPRINT, ATTEMPT).collect()
        given["changes"] = Changes(None if first else held, since, held)
    handed = {name: frame.drop(ATTEMPT) for name, frame in frames.items()}
    good, broken = shaped(stage, _made(stage, handed, {n: s.keys for n, s in sources.items()}, given), judge, None)
    stood = published.collect()
    fresh_rows, other = differing(good, stood, [*keys, FINGERPRINT])
    upserts = good if standing.stale else fresh_rows
    removed = without(other, fresh_rows, keys).select(keys)  # a row that stands as it stood was not removed
    fresh = [clean(as_quarantine(broken, stage))] if broken.height else []
    current = set_aside.clear() if standing.stale else set_aside
    changes = _difference(fresh, set_aside.clear(), current, set_aside)
    return Work(upserts, removed, *changes, good.height + broken.height)


def _made(
    stage: Stage,
    frames: Mapping[str, pl.LazyFrame],
    keys: Mapping[str, Sequence[str]],
    resources: Mapping[str, Any],
) -> pl.DataFrame:
    """What a table stage's function returns; groups know nothing of each other, so many are worked on in parts at once."""
    if stage.group is None or "changes" in stage.parameters:
        return called(stage, list(frames.values()), resources)
    whole = dict(zip(frames, pl.collect_all(frames.values()), strict=True))
    if AT_ONCE < 2 or max(frame.height for frame in whole.values()) < 2 * LEAST:
        return called(stage, [frame.lazy() for frame in whole.values()], resources)
    parts = in_parts(stage.group.by, whole, keys, AT_ONCE)
    whole.clear()  # the parts have copies, and a table may be large
    return pl.concat(each(parts, lambda part: called(stage, [rows.lazy() for rows in part.values()], resources)))


def _difference(
    fresh: list[pl.DataFrame], stays: pl.DataFrame, current: pl.DataFrame, now: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(rows that the quarantine lacks, ids that leave it), where `now` stands in it and `current` needs no new telling."""
    told = pl.concat([now.drop(ATTEMPT).clear(), *fresh]).unique(subset=[ID], keep="first", maintain_order=True)
    lacking = told.join(current, on=[ID, FINGERPRINT, "rule"], how="anti")
    mended = now.join(told, on=ID, how="anti").join(stays, on=ID, how="anti").select(ID)
    return lacking, mended


def _nothing(stage: Stage) -> pl.DataFrame:
    return pl.DataFrame(schema={name: dtype for name, dtype in stage.contract.schema.items() if name != ATTEMPT})
