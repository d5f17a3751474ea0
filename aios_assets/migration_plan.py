"""Plan: what a change of contract would do to a table and to what reads it; and, on real rows, what would become of them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from aios_assets.attempting import Run
from aios_assets.carry import carried
from aios_assets.contracts import course, published
from aios_assets.differences import PROTECTIVE, Difference, differences
from aios_assets.lake import Lake
from aios_assets.migrate import Migrating, Word
from aios_assets.revert import Reverting, last_turn
from aios_assets.runtime import Runtime
from aios_assets.stage import Stage
from policies.contract import ATTEMPT, FINGERPRINT, Contract
from policies.migration import Course

LOOKING = Word("nobody", "to look at it")
SHOWN = 5
"""Rows of a preview, of each kind."""

CARRIED, COMPUTED, ANEW = "carried over", "computed anew", "carried over, and computed anew by the next run"


@dataclass(frozen=True)
class Reader:
    """A stage that reads the table, and columns that it reads under names which would be gone."""

    stage: str
    breaks: tuple[str, ...]
    do: str


@dataclass(frozen=True)
class Plan:
    """What applying the contract in code would do. `goes_back`: it is one that the table was published under before.

    `rows` says what becomes of them, `count` and `size` (bytes) how many files' worth is written anew.
    """

    table: str
    version: int
    contract_before: int
    contract_now: int
    differences: tuple[Difference, ...]
    rows: str
    count: int
    size: int
    set_aside: int
    reversible: str
    readers: tuple[Reader, ...]
    goes_back: bool

    @property
    def declared(self) -> bool:
        """Whether nothing is left to be declared."""
        return not any(one.declare for one in self.differences)

    @property
    def do(self) -> str:
        """What to do next."""
        if self.goes_back:
            return f"aios contract revert {self.table} --why TEXT --by NAME"
        if not self.declared:
            wanted = ", ".join(one.declare for one in self.differences if one.declare)
            return f"declare in the contract: migrations=(Migration({self.contract_now}, ({wanted},)),)"
        return f"aios contract preview {self.table}, then aios contract apply {self.table} --why TEXT --by NAME"

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {**asdict(self), "declared": self.declared, "do": self.do}


@dataclass(frozen=True)
class Preview:
    """What would become of a table's rows. `samples` are values before and after, `nulls` how many each column has.

    `unfit` are rows that would be set aside, with the reason; `losses` what rows would lose for good.
    """

    table: str
    rows: int
    carried: int
    computed: int
    set_aside: int
    checked: int
    differing: int
    samples: tuple[Mapping[str, Any], ...]
    unfit: tuple[Mapping[str, Any], ...]
    nulls: Mapping[str, Mapping[str, int | None]]
    losses: tuple[Mapping[str, Any], ...]


def plans(lake: Lake, stages: Sequence[Stage], table: str | None = None) -> list[Plan]:
    """The plan of every table whose contract in code is another than the published one, or of one table."""
    found = []
    for stage in stages:
        before = published(lake, stage.name, stage.contract) if table in {None, stage.name} else None
        if before is not None and before.digest != stage.contract.digest:
            found.append(_plan(lake, stage, before, stages))
    return found


def preview(runtime: Runtime, stage: Stage, contracts: Mapping[str, Contract], *, back: bool = False) -> Preview:
    """What would become of the rows, forth or `back`; nothing is written. Raises as the attempt itself would."""
    run, lake = Run("preview", "contract"), runtime.lake
    begin = Reverting.of if back else Migrating
    attempt: Migrating = begin(stage, runtime, run, number=0, contracts=contracts, word=LOOKING)
    before = lake.scan(stage.name).collect()
    work, after, facts = attempt.look()
    unfit = work.aside.select("id", "rule", "why", "row").head(SHOWN)
    return Preview(
        table=stage.name,
        rows=before.height,
        carried=after.height - work.upserts.height,
        computed=work.computed,
        set_aside=work.aside.height,
        checked=facts.checked,
        differing=facts.differing,
        samples=_samples(before, after, attempt),
        unfit=tuple(unfit.iter_rows(named=True)),
        nulls=_nulls(before, after, attempt.contract, attempt.way),
        losses=tuple(asdict(one) for one in facts.losses if one.rows),
    )


def _plan(lake: Lake, stage: Stage, before: Contract, stages: Sequence[Stage]) -> Plan:
    state = lake.state(stage.name)
    assert state is not None
    after, aside = stage.contract, lake.state(stage.quarantine)
    turned = any(one.planned.write.contract == after.digest for one in state.history.values())
    turn = last_turn(lake, stage) if turned and after.version <= before.version else None
    goes_back = turn is not None and turn.contract.digest == after.digest
    way = turn.way.back if turn is not None and goes_back else course(stage.name, before, after)
    rows = COMPUTED if way.computed else CARRIED if stage.rowwise else ANEW
    return Plan(
        table=stage.name,
        version=state.version,
        contract_before=before.version,
        contract_now=after.version,
        differences=differences(before, after, way),
        rows=rows,
        count=state.rows,
        size=sum(file.size for file in state.files.values()),
        set_aside=aside.rows if aside else 0,
        reversible=_reversible(before, after, way),
        readers=tuple(_reader(other, stage, before, stages) for other in stages if stage.name in other.inputs),
        goes_back=goes_back,
    )


def _reversible(before: Contract, after: Contract, way: Course) -> str:
    """What of it can be taken back, in words."""
    gained = [c.name for c in after.columns if c.name in way.origin]
    was = {column.name: column for column in before.columns}
    if tight := [n for n in gained if PROTECTIVE & (set(after.column(n).tags) - set(was[way.origin[n]].tags))]:
        return f"no: going back would take protection off {', '.join(tight)}"
    lost = [*way.added, *way.dropped, *sorted(way.retyped)]
    if lost:
        return f"yes, exactly for the rows that stand now; of rows that come later what is in {', '.join(lost)} may be lost"
    return "yes, exactly"


def _reader(reader: Stage, stage: Stage, before: Contract, stages: Sequence[Stage]) -> Reader:
    """Which columns of the table a stage reads that the contract in code has no more."""
    others = {name for one in stages if one.name in reader.inputs for name in one.contract.schema}
    read = {name for column in reader.contract.columns for name in column.reads}
    dotted = {name.removeprefix(f"{stage.name}.") for name in read if name.startswith(f"{stage.name}.")}
    plain = {name for name in read if "." not in name and name not in others}
    now = {name for name in stage.contract.schema if name not in {FINGERPRINT, ATTEMPT}}
    gone = tuple(sorted(name for name in (dotted | plain) - now if name in before.schema))
    do = f"change what {reader.name} reads, then aios contract apply {reader.name}" if gone else ""
    return Reader(reader.name, gone, do)


def _samples(before: pl.DataFrame, after: pl.DataFrame, attempt: Migrating) -> tuple[Mapping[str, Any], ...]:
    """Rows before and after, side by side: each is found by what its key has become."""
    contract, keys = attempt.contract, list(attempt.contract.keys)
    named = carried(before, contract, attempt.way).frame.select(keys).with_row_index("_row")
    shown = after.join(named, on=keys, how="inner", maintain_order="left").head(SHOWN)
    stood = before[shown["_row"].to_list()].select(column.name for column in attempt.before.columns)
    stands = shown.select(column.name for column in contract.columns)
    return tuple(
        {
            "key": "/".join(str(new[key]) for key in keys),
            "before": {name: _text(value) for name, value in old.items()},
            "after": {name: _text(value) for name, value in new.items()},
        }
        for old, new in zip(stood.iter_rows(named=True), stands.iter_rows(named=True), strict=True)
    )


def _nulls(
    before: pl.DataFrame, after: pl.DataFrame, contract: Contract, way: Course
) -> dict[str, dict[str, int | None]]:
    """Null values of each column, before (None: it was not there) and after."""
    return {
        c.name: {
            "before": before.get_column(way.origin[c.name]).null_count() if c.name in way.origin else None,
            "after": after.get_column(c.name).null_count(),
        }
        for c in contract.columns
    }


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
