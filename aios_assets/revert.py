"""Revert: one attempt that brings a table back under the contract before the last change of it.

Rows that stood at the change come back as they were, bit by bit, from the version that the ledger committed; those that
came since are carried back by the inverse steps, and what that loses is told before it is done.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from aios_assets.attempting import Run
from aios_assets.carry import carried
from aios_assets.contracts import published, restored, step_of
from aios_assets.draft import Following
from aios_assets.errors import LakeError, SettingsError
from aios_assets.journal import Attempt
from aios_assets.keyed import without
from aios_assets.lake import Lake
from aios_assets.materialise import attempted
from aios_assets.migrate import FOLLOWS, Migrating, Word
from aios_assets.runtime import Runtime
from aios_assets.shaped import keeping
from aios_assets.split import ID
from aios_assets.stage import Stage
from aios_assets.work import Work
from audit.entries import Decided
from audit.ledger import Kind
from audit.table import TableState
from policies.candidate import LossFacts, MigrationFacts
from policies.contract import ATTEMPT, Contract
from policies.migration import Course, course_told

REVERTED = "went back to an earlier contract"


@dataclass(frozen=True)
class Turn:
    """The last change of a table's contract: the version that made it and the one before, and the way it went.

    `contract` is the one before, `decided` the decision that stood then, `change` the one that changed it.
    """

    version: int
    before: int
    contract: Contract
    way: Course
    change: Decided
    decided: Decided


def last_turn(lake: Lake, stage: Stage) -> Turn:
    """Raises SettingsError where the contract never changed, LakeError where the version before cannot be read."""
    state = lake.state(stage.name)
    versions = sorted(state.history) if state else []
    at = next((n for n in reversed(range(1, len(versions))) if _differ(state, versions[n - 1], versions[n])), None)
    if state is None or at is None:
        raise SettingsError(f"table {stage.name}", "its contract never changed", "there is nothing to go back to")
    version, before = versions[at], versions[at - 1]
    if state.history[before].lost:
        raise LakeError(
            f"table {stage.name}", f"version {before} was vacuumed", "there is nothing to go back to any more"
        )
    contract = restored(lake, stage.name, stage.contract, before)
    now = published(lake, stage.name, stage.contract, version)
    change = _decision(lake, state.history[version].permit)
    told = (one.entry.body for one in lake.ledger.read(kind=Kind.REVIEW, subject=stage.name))
    steps = [
        step_of(step) for body in told if body.get("attempt") == change.attempt for step in body["migration"]["steps"]
    ]
    columns = [column.name for column in contract.columns]
    way = course_told(columns, steps, [column.name for column in now.columns] if now else [])
    decided = _decision(lake, change.measures.get(FOLLOWS, state.history[before].permit))
    return Turn(version, before, contract, way, change, decided)


def revert(runtime: Runtime, stage: Stage, contracts: Mapping[str, Contract], run: Run, word: Word) -> Attempt:
    """Brings a table back under its contract of before, by permit. Raises as `last_turn` does."""
    return attempted(
        stage.name,
        runtime,
        run,
        lambda number: Reverting.of(stage, runtime, run, number=number, contracts=contracts, word=word),
    )


class Reverting(Migrating):
    """One attempt to go back; its stage has the contract of before."""

    did = REVERTED
    came = 0

    @classmethod
    def of(
        cls, stage: Stage, runtime: Runtime, run: Run, *, number: int, contracts: Mapping[str, Contract], word: Word
    ) -> "Reverting":
        """The attempt to go back over the last change of the contract of a stage as it is in code."""
        turn = last_turn(runtime.lake, stage)
        old = replace(stage, contract=turn.contract)
        return cls(old, runtime, run, number=number, contracts=contracts, word=word, turn=turn)

    def __init__(
        self,
        stage: Stage,
        runtime: Runtime,
        run: Run,
        *,
        number: int,
        contracts: Mapping[str, Contract],
        word: Word,
        turn: Turn,
    ) -> None:
        self.turn = turn
        super().__init__(stage, runtime, run, number=number, contracts=contracts, word=word)
        if not stage.reads_feed:
            self.inputs = turn.decided.inputs

    @property
    def vouched(self) -> bool:
        """Rows that came since were made by other code, and the older one computes them anew."""
        return False

    def _way(self) -> Course:
        return self.turn.way.back

    def _facts(self) -> MigrationFacts:
        return replace(super()._facts(), returns=self.turn.before, accepts_loss=self.word.accepts_loss)

    def _work(self) -> Work:
        lake, name = self.runtime.lake, self.stage.name
        now, then, before = (lake.scan(name, at).collect() for at in (None, self.turn.version, self.turn.before))
        later = _permits_after(self.state, self.turn.version)
        came = now.filter(pl.col(ATTEMPT).is_in(later))
        self.came = came.height
        stays = _standing(before, self._names(before, then, now, came))
        back, broken = carried(came, self.contract, self.way)
        good, bad = keeping(self.stage, back, broken, self.judge)
        assert self.change is not None
        self.change = replace(self.change, losses=tuple(self._losses(came, back)))
        stands = pl.concat([stays.select(good.columns), good])
        return replace(
            self._nothing(), stands=stands, aside=self._told_aside(bad), aside_stands=self._aside_before(later)
        )

    def _names(self, before: pl.DataFrame, *rows: pl.DataFrame) -> list[pl.DataFrame]:
        """What each row is called in all of these frames alike: by its key now where every part of it was there before."""
        now, then = self.before, self.contract
        if set(now.keys) <= self.turn.way.origin.keys():
            return [carried(before, now, self.turn.way).frame.select(now.keys), *(one.select(now.keys) for one in rows)]
        if set(then.keys) <= self.way.origin.keys():
            carry = (carried(one, then, self.way).frame.select(then.keys) for one in rows)
            return [before.select(then.keys), *carry]
        raise LakeError(
            f"table {self.stage.name}",
            "neither key can be told from the columns of the other contract, so no row can be found again",
            f"read version {self.turn.before}: it stays readable",
        )

    def _losses(self, came: pl.DataFrame, back: pl.DataFrame) -> Iterator[LossFacts]:
        """What the way back takes from rows that came since; the others come back as they were."""
        for column in self.way.dropped:
            held = came.height - came.get_column(column).null_count()
            yield LossFacts(
                column, held, "the column was not there before, and rows that came since hold a value in it"
            )
        for column in self.way.added:
            yield LossFacts(column, came.height, "rows that came since have no value for the column that comes back")
        for column in sorted(self.way.retyped):
            unfit = back.get_column(column).null_count() - came.get_column(self.way.origin[column]).null_count()
            yield LossFacts(
                column, unfit, "values that came since do not fit its former type; their rows are set aside"
            )

    def _aside_before(self, later: Sequence[str]) -> pl.DataFrame:
        """The quarantine as it was, without what has been mended since, and with what was set aside since."""
        lake, name = self.runtime.lake, self.stage.quarantine
        now = self._now_aside()
        if now is None:
            return self._aside(None, self.way)
        at = next((one.write.parent for one in self.turn.change.writes if one.write.table == name), None)
        if at is None or at < 0:
            came = now if at is None else now.filter(pl.col(ATTEMPT).is_in(later))
            return self._aside(came, self.way)
        before, then = lake.scan(name, at).collect(), lake.scan(name, at + 1).collect()
        came = now.filter(pl.col(ATTEMPT).is_in(later))
        stays = _standing(before, [one.select(ID) for one in (before, then, now, came)])
        return pl.concat([stays.select(self.aside_contract.schema.names()), self._aside(came, self.way)])

    def _told(self, table: Following, aside: Following, work: Work) -> dict[str, Any]:
        told, then = super()._told(table, aside, work), self.turn.decided
        # What came since was made by newer code: the delivery that brought it is to be read again.
        measures = {**told["measures"], "feed": "" if self.came else told["measures"]["feed"]}
        return {
            **told, "measures": measures, "models": then.models, "code": then.code, "row_rules": then.row_rules,
        }  # fmt: skip


def _standing(before: pl.DataFrame, names: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The rows of before that nothing has replaced or taken away since.

    `names` are those of the rows before, at the change, now, and of those that came since.
    """
    was, at_change, here, fresh = (_numbered(one) for one in names)
    on = was.columns
    gone = pl.concat([without(at_change, here, on), fresh])
    kept_names = without(was.with_row_index("_row"), gone, on)
    return before[kept_names["_row"].to_list()]


def _numbered(names: pl.DataFrame) -> pl.DataFrame:
    """Key columns under numbers: their names differ before and after."""
    return names.rename({name: f"_{number}" for number, name in enumerate(names.columns)})


def _permits_after(state: TableState | None, version: int) -> list[str]:
    return sorted(one.permit for number, one in state.history.items() if number > version) if state else []


def _differ(state: TableState | None, one: int, other: int) -> bool:
    writes = [state.history[at].planned.write.contract for at in (one, other)] if state else ["", ""]
    return writes[0] != writes[1]


def _decision(lake: Lake, permit: str) -> Decided:
    found = lake.tables.decision(permit)
    if found is None:
        raise LakeError(f"permit {permit}", "its decision is gone", "run `aios audit verify`")
    return found[1]
