"""Stage: the one way to make a governed table. A function of frames, and the contract it is held to.

`@row_stage` maps rows of one input: it is handed batches of the rows that changed, and nothing but the columns that the
contract declares it reads. `@table_stage` sees whole tables as lazy frames and declares its grain: `whole`, or `group`
by a column, where only groups that a change concerns are computed again. Both are plain functions: in a test they are
called with plain frames.
"""

import hashlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from aios_assets import sources
from aios_assets.errors import StageError
from policies.contract import Contract

FEED = "feed"
"""The parameter name by which a row stage asks for delivered records instead of a table."""

RESOURCES = frozenset({"models", "vault", "changes", "ledger", "reviewed", "survival", "scratch"})
"""Parameter names that are no tables: the gateway, the vault, what changed since, the ledger, what people decided, whose
word counts, and where interim results lie."""

StageFunction = Callable[..., Any]


@dataclass(frozen=True)
class Group:
    """A table stage whose rows depend only on input rows of the same group: only groups with changes are recomputed."""

    by: str


@dataclass(frozen=True)
class Changes:
    """What an incremental table stage may look at besides its inputs: its own rows, and the keys that changed.

    `previous` is the stage's own table (None at first, and after a change of code: compute everything), `keys` has for
    each input the keys of rows that are new, changed or gone. `held` is the own table also where everything is to be
    computed: names that were once given have to outlive a change of code.
    """

    previous: pl.DataFrame | None
    keys: Mapping[str, pl.DataFrame]
    held: pl.DataFrame | None = None


@dataclass(frozen=True)
class Stage:
    """A declared stage; calling it calls its function."""

    name: str
    contract: Contract
    function: StageFunction
    rowwise: bool
    group: Group | None
    described: str
    owner: str
    part: str

    def __call__(self, *frames: Any, **named: Any) -> Any:
        """The function itself, for tests and shells."""
        return self.function(*frames, **named)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The function's parameter names."""
        return tuple(inspect.signature(self.function).parameters)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The governed tables it reads, in the order of its parameters."""
        return tuple(name for name in self.parameters if name not in RESOURCES and name != FEED)

    @property
    def resources(self) -> tuple[str, ...]:
        """What it asks for besides tables."""
        return tuple(name for name in self.parameters if name in RESOURCES)

    @property
    def reads_feed(self) -> bool:
        """True if its rows are delivered records."""
        return FEED in self.parameters

    @property
    def quarantine(self) -> str:
        """The table of rows set aside."""
        return self.contract.quarantine or f"{self.name}_quarantine"

    @property
    def reads(self) -> tuple[str, ...]:
        """Input columns that the contract declares, without their table, sorted."""
        return tuple(sorted({read.rsplit(".", 1)[-1] for column in self.contract.columns for read in column.reads}))

    def reads_of(self, table: str) -> tuple[str, ...]:
        """Input columns declared of one input table, sorted; an undotted name is meant of every input that has it."""
        declared = {read for column in self.contract.columns for read in column.reads}
        return tuple(sorted({r.rsplit(".", 1)[-1] for r in declared if "." not in r or r.startswith(table + ".")}))

    @property
    def code(self) -> str:
        """SHA-256 over the contract, the stage's file and the enrichment it may call: what a changed row is due to."""
        told = hashlib.sha256(self.contract.digest.encode())
        told.update(Path(inspect.getfile(self.function)).read_bytes())
        # Coarse on purpose: a change anywhere in enrich/ recomputes too much rather than leaving one stale row.
        told.update(sources.digest_of("enrich").encode())
        return told.hexdigest()


def row_stage(
    contract: Contract, *, owner: str = "team:catalogue", part: str = "catalogue"
) -> Callable[[StageFunction], Stage]:
    """Declares a function that maps rows of its one table parameter; the contract's key is the input's key.

    Raises StageError where the function has no table parameter, or more than one.
    """

    def declare(function: StageFunction) -> Stage:
        stage = _declare(function, contract, rowwise=True, group=None, owner=owner, part=part)
        tables = [name for name in stage.parameters if name not in RESOURCES]
        if len(tables) != 1:
            raise StageError(
                f"stage {stage.name}",
                f"a row stage maps the rows of exactly one input and this one has {tables or 'none'}",
                "use @table_stage for a stage of several inputs",
            )
        return stage

    return declare


def table_stage(
    contract: Contract, *, group: str | None = None, owner: str = "team:catalogue", part: str = "catalogue"
) -> Callable[[StageFunction], Stage]:
    """Declares a function of whole tables, handed over as lazy frames.

    With `group` every input row belongs to one value of that column (found through shared key columns where an input
    lacks it), and only the groups that a change concerns are computed again.
    """

    def declare(function: StageFunction) -> Stage:
        return _declare(
            function, contract, rowwise=False, group=Group(group) if group else None, owner=owner, part=part
        )

    return declare


def _declare(
    function: StageFunction, contract: Contract, *, rowwise: bool, group: Group | None, owner: str, part: str
) -> Stage:
    described = inspect.getdoc(function) or ""
    if not described:
        raise StageError(
            f"stage {function.__name__}", "it has no docstring", "say in one sentence what its table holds"
        )
    if group is not None and group.by not in contract.keys:
        raise StageError(
            f"stage {function.__name__}", f"its group {group.by} is no key column", "group by a column of the key"
        )
    return Stage(function.__name__, contract, function, rowwise, group, described, owner, part)


def in_order(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """The stages such that each comes after its inputs; raises StageError for an unknown input or a circle."""
    known = {stage.name: stage for stage in stages}
    done: dict[str, Stage] = {}
    waiting: dict[str, Stage] = dict(known)
    for stage in stages:
        if unknown := [name for name in stage.inputs if name not in known]:
            raise StageError(
                f"stage {stage.name}",
                f"it reads {', '.join(unknown)}, which no stage makes",
                f"name its parameters after tables ({', '.join(sorted(known))}) or {', '.join(sorted(RESOURCES))}",
            )
    while waiting:
        ready = [stage for stage in waiting.values() if all(name in done for name in stage.inputs)]
        if not ready:
            raise StageError(
                f"stages {', '.join(waiting)}", "each waits for another of them", "take one of the inputs out"
            )
        for stage in ready:
            done[stage.name] = waiting.pop(stage.name)
    return tuple(done.values())


def stages_of(module: Any) -> tuple[Stage, ...]:
    """Every stage that a module declares, in the order it declares them."""
    found: Mapping[str, Any] = vars(module)
    return tuple(value for value in found.values() if isinstance(value, Stage))
