"""Pins: the versions of a stage's inputs that one attempt reads, and what it is handed of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from aios_assets import evidence, reviews, survival
from aios_assets.changes import Source
from aios_assets.facts import input_facts
from aios_assets.fingerprint import fingerprint
from aios_assets.lake import Lake
from aios_assets.runtime import Runtime
from aios_assets.stage import Stage
from audit.entries import Decided
from audit.table import TableState
from lineage.attempt import Input
from policies.candidate import InputFacts
from policies.contract import ATTEMPT, Contract


@dataclass(frozen=True)
class Pins:
    """A stage's input tables as they were published when its attempt began: a later version is the next attempt's.

    `contracts` are those of the input tables, by name; a table that nobody committed has no state.
    """

    lake: Lake
    stage: Stage
    contracts: Mapping[str, Contract]
    states: Mapping[str, TableState | None]

    @classmethod
    def of(cls, lake: Lake, stage: Stage, contracts: Mapping[str, Contract]) -> "Pins":
        """The inputs as they are published now."""
        return cls(lake, stage, contracts, {name: lake.state(name) for name in stage.inputs})

    @property
    def complete(self) -> bool:
        """Whether every input table was committed."""
        return all(state is not None for state in self.states.values())

    def facts(self) -> tuple[InputFacts, ...]:
        """The input tables, as the gate is told of them."""
        return tuple(input_facts(name, state) for name, state in self.states.items())

    def told(self, inputs: tuple[InputFacts, ...]) -> tuple[Input, ...]:
        """Inputs as lineage tells them, tables with their contract and size."""
        return tuple(
            Input(
                facts,
                self.contracts.get(facts.name) if facts.kind == "table" else None,
                state.rows if (state := self.states.get(facts.name)) else None,
            )
            for facts in inputs
        )

    def version(self, table: str) -> int | None:
        """The version of an input that is read."""
        return state.version if (state := self.states[table]) else None

    def driver(self, table: str) -> pl.DataFrame:
        """The rows that a row stage goes over: its key, what it reads of them, and a fingerprint of that."""
        keys = self.stage.contract.keys
        wanted = list(dict.fromkeys([*keys, *self.stage.reads_of(table)]))
        rows = self._living(table, self.version(table)).select(wanted).collect()
        reads = [name for name in wanted if name not in keys]
        return rows.with_columns(fingerprint(reads, rows.schema))

    def _living(self, table: str, version: int | None) -> pl.LazyFrame:
        """The rows of a table, without those that only say that their key is gone."""
        rows, contract = self.lake.scan(table, version), self.contracts.get(table)
        mark = contract.tombstone if contract else None
        return rows.filter(pl.col(mark).is_null()) if mark and mark in rows.collect_schema() else rows

    def source(self, table: str, last: Decided | None) -> Source:
        """An input of a table stage, now and as the `last` decision read it, where that can still be told."""
        state, keys = self.states[table], self.contracts[table].keys
        known = self.contracts[table].schema
        reads = [name for name in self.stage.reads_of(table) if name in known]
        wanted = list(dict.fromkeys([*keys, *reads, ATTEMPT]))
        now = self._living(table, self.version(table)).select(wanted)
        read = {facts.name: facts.version for facts in last.inputs} if last else {}
        version = read.get(table)
        if version is None or state is None or version not in state.history or state.history[version].lost:
            return Source(now, None, keys, frozenset())
        before = self._living(table, version)
        if not set(wanted) <= set(before.collect_schema()):
            return Source(now, None, keys, frozenset())  # what it reads was not there then
        since = frozenset(entry.permit for number, entry in state.history.items() if number > version)
        return Source(now, before.select(wanted), keys, since)


def beside_tables(stage: Stage, runtime: Runtime) -> tuple[InputFacts, ...]:
    """What a stage reads that is neither table nor file: the ledger, people's decisions, the policy of survivorship."""
    ledger = runtime.lake.ledger
    pinned: dict[str, Callable[[], InputFacts]] = {
        "ledger": lambda: evidence.pinned(ledger),
        "reviewed": lambda: reviews.pinned(ledger),
        "survival": lambda: survival.pinned(survival.in_force(runtime.settings)),
    }
    return tuple(pin() for name, pin in pinned.items() if name in stage.resources)
