"""Migrate: one attempt that brings a table under another contract, forth or back, the way that every attempt goes.

What is new here is only which rows stay and how; drafts, gate, decision and commit are materialise's.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import polars as pl

from aios_assets.attempting import Attempting, Run
from aios_assets.carry import carried, key_course, refingered
from aios_assets.contracts import course, facts_of, published
from aios_assets.draft import Following
from aios_assets.errors import SettingsError
from aios_assets.fingerprint import fingerprint
from aios_assets.journal import Attempt
from aios_assets.maintenance import pin
from aios_assets.materialise import attempted
from aios_assets.runtime import CARRIES, Runtime
from aios_assets.shaped import keeping, made_again
from aios_assets.split import as_quarantine, aside_key
from aios_assets.stage import Stage
from aios_assets.work import Standing, Work
from policies.candidate import MigrationFacts
from policies.contract import FINGERPRINT, Contract
from policies.migration import Course, called_now, steps_since

FOLLOWS = "follows"
"""Measure of a migration's decision: the attempt that was settled before it."""

SAMPLE = 200
"""Rows that are computed again to see whether they come out as they are carried over."""

MIGRATED = "migrated the contract"
"""What a person's entry in the ledger says was done."""


@dataclass(frozen=True)
class Word:
    """Who has a contract changed, and why; `accepts_loss`: also where rows lose something by it."""

    by: str
    why: str
    accepts_loss: bool = False


class Migrating(Attempting):
    """One attempt to bring a table under the contract in code."""

    did = MIGRATED

    def __init__(
        self, stage: Stage, runtime: Runtime, run: Run, *, number: int, contracts: Mapping[str, Contract], word: Word
    ) -> None:
        super().__init__(stage, runtime, run, number=number, contracts=contracts, feed=None)
        before = published(runtime.lake, stage.name, stage.contract)
        if before is None or self.state is None or self.last is None:
            raise SettingsError(f"table {stage.name}", "nothing of it is published", "run its stage first: aios run")
        if self.change is None:
            raise SettingsError(
                f"table {stage.name}", "its contract in code is the one that it is published under", "change it first"
            )
        self.word, self.before, self.decided = word, before, self.last
        self.way = self._way()
        self.change = self._facts()
        if self.way.computed and stage.reads_feed:
            raise SettingsError(
                f"the migrations of {stage.name}",
                "its rows are delivered, and no delivery is at hand to compute them from",
                "give each added column a default; rows get their own values as they are delivered",
            )
        if not self.way.computed:
            self.inputs = self.decided.inputs

    def made(self) -> Attempt:
        """As every attempt; the version before stays readable for good, so that there is a way back."""
        if self.state is not None:
            pin(self.runtime.lake, self.stage.name, self.state.version, why="before a change of contract")
        if self.aside_state is not None:
            pin(self.runtime.lake, self.stage.quarantine, self.aside_state.version, why="before a change of contract")
        return super().made()

    def look(self) -> tuple[Work, pl.DataFrame, MigrationFacts]:
        """What would become of the rows, what the table would hold, and what the gate would be told; nothing is written."""
        work = self._work()
        told = self._following(
            self.stage.name, self.contract, self.state, work.upserts, work.removed, stands=work.stands
        )
        assert self.change is not None
        return work, told.rows, self.change

    def _way(self) -> Course:
        return course(self.stage.name, self.before, self.contract)

    def _facts(self) -> MigrationFacts:
        return replace(facts_of(self.before, self.contract, self.way), by=self.word.by)

    @property
    def vouched(self) -> bool:
        """Whether rows that are carried over count as made by the code as it is now.

        Those of a row stage over a table are compared with what it computes. Delivered rows are vouched for by the person
        who applies it, but for columns that only a delivery fills. A table stage computes its rows anew next time.
        """
        return self.stage.rowwise and not self.way.computed and not (self.stage.reads_feed and self.way.added)

    def _work(self) -> Work:
        lake, stage = self.runtime.lake, self.stage
        rows, broken = carried(lake.scan(stage.name).collect(), self.contract, self.way)
        aside = self._aside(self._now_aside(), self.way)
        if self.way.computed:
            rows = rows.drop_nulls(self.contract.keys)
            self.standing = Standing(rows.lazy(), aside.lazy(), stale=True)
            return replace(super()._work(), stands=rows, aside_stands=aside)
        good, bad = keeping(stage, rows, broken, self.judge)
        good = self._printed(good)
        return replace(self._nothing(), stands=good, aside=self._told_aside(bad), aside_stands=aside)

    def _now_aside(self) -> pl.DataFrame | None:
        return self.runtime.lake.scan(self.stage.quarantine).collect() if self.aside_state else None

    def _aside(self, rows: pl.DataFrame | None, way: Course) -> pl.DataFrame:
        """Rows of the quarantine in its new shape: its keys are called as the table's are."""
        contract = self.aside_contract
        if rows is None:
            return pl.DataFrame(schema=contract.schema)
        before = {key: aside_key(key) for key in way.origin.values() if aside_key(key) in rows.columns}
        after = {key: aside_key(key) for key in self.contract.keys}
        shared = [name for name in contract.schema if name in rows.columns]
        return carried(rows, contract, key_course(way, before, after, shared)).frame

    def _told_aside(self, broken: pl.DataFrame) -> pl.DataFrame:
        return self._clean(as_quarantine(broken, self.stage))

    def _printed(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with fingerprints that hold under the new contract, and compared with what the stage computes."""
        if not self.stage.rowwise:
            return refingered(rows)
        if self.stage.reads_feed or not rows.height:
            return rows
        table, keys = self.stage.inputs[0], list(self.contract.keys)
        driver = self.pins.driver(table)
        names = driver.rename({FINGERPRINT: "_now"}).select(*keys, "_now")
        was = self._read_before(table)
        known = rows.join(names, on=keys, how="left", maintain_order="left")
        if was is not None:
            known = known.join(was, on=keys, how="left", maintain_order="left")
            current = pl.col("_was").eq_missing(pl.col(FINGERPRINT)) & pl.col("_now").is_not_null()
            known = known.with_columns(pl.when(current).then("_now").otherwise(FINGERPRINT).alias(FINGERPRINT))
        rows = known.select(rows.columns)
        self._compare(known.filter(pl.col("_now") == pl.col(FINGERPRINT)).select(rows.columns), driver)
        return rows

    def _read_before(self, table: str) -> pl.DataFrame | None:
        """Each input row's fingerprint as the contract of before read it, under the names that its columns have now."""
        lake, upstream, keys = self.runtime.lake, self.contracts[table], list(self.contract.keys)
        steps = steps_since(upstream.migrations, 0, upstream.version)
        read = replace(self.stage, contract=self.before).reads_of(table)
        names = [called_now(name, steps) for name in read if name not in self.before.keys]
        rows = lake.scan(table, self.pins.version(table))
        if not {*names, *keys} <= set(rows.collect_schema()):
            return None
        found = rows.select(list(dict.fromkeys([*keys, *names]))).collect()
        return found.select(*keys, fingerprint(names, found.schema).alias("_was"))

    def _compare(self, rows: pl.DataFrame, driver: pl.DataFrame) -> None:
        """Computes a sample of rows again; how many differ from those carried over is for the gate to judge."""
        sample = rows.gather_every(max(1, rows.height // SAMPLE)).head(SAMPLE)
        again = driver.join(sample.select(self.contract.keys), on=list(self.contract.keys), how="semi")
        made = made_again(self.stage, again, self.runtime.resources(self.stage, self.models))
        stand = again.select(self.contract.keys).join(
            sample, on=list(self.contract.keys), how="left", maintain_order="left"
        )
        other = [made[column.name].ne_missing(stand[column.name]) for column in self.contract.columns]
        differing = pl.DataFrame(other).select(pl.any_horizontal(pl.all()).sum()).item()
        assert self.change is not None
        self.change = replace(self.change, checked=sample.height, differing=int(differing))

    def _told(self, table: Following, aside: Following, work: Work) -> dict[str, Any]:
        told = super()._told(table, aside, work)
        assert self.change is not None
        more = {FOLLOWS: self.decided.attempt}
        if not self.way.computed:
            more["feed"] = self.decided.measures.get("feed", "")
            told["models"] = self.decided.models
        if self.vouched:
            more[CARRIES] = self.decided.code
        elif not self.way.computed:
            told["code"] = self.decided.code  # what is in the table, the code of before has made
        word = {"what": self.did, "by": self.word.by, "why": self.word.why, "migration": asdict(self.change)}
        return {**told, "measures": {**told["measures"], **more}, "word": word}


def migrate(runtime: Runtime, stage: Stage, contracts: Mapping[str, Contract], run: Run, word: Word) -> Attempt:
    """Brings a table under the contract in code, by permit. Raises SettingsError where there is nothing to do."""
    return attempted(
        stage.name,
        runtime,
        run,
        lambda number: Migrating(stage, runtime, run, number=number, contracts=contracts, word=word),
    )
