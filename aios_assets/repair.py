"""Repair: publishes a table's last committed version again, over versions that somebody wrote past the gate."""

import time
import uuid
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from aios_assets import telemetry
from aios_assets.dagster_home import LOCATION
from aios_assets.disk import copy_file, sha256_of, sync_folder
from aios_assets.draft import again
from aios_assets.errors import LakeError
from aios_assets.facts import parent_facts, shape_of
from aios_assets.lock import FILES
from aios_assets.profile import profile
from aios_assets.reconcile import reconcile
from aios_assets.record import Record, Written
from aios_assets.runtime import Runtime
from aios_assets.split import quarantine_contract
from aios_assets.stage import Stage
from audit.entries import Decided
from audit.history import LOG
from audit.table import TableState
from lineage.attempt import Attempt as Told
from lineage.attempt import Input
from policies.candidate import Candidate
from policies.contract import FINGERPRINT, Contract
from policies.permit import DraftFile, Permit, Write, digest_of
from policies.quality.suite import run_suite

SET_ASIDE = "_set_aside"
"""Folder inside a table's where the log goes of a table of which nothing was ever committed."""


@dataclass(frozen=True)
class Repaired:
    """What a repair did: the foreign versions it found, and the version that is published now (None where nothing is).

    `refused` says why the gate did not let the last committed version be published again; then nothing was changed.
    """

    table: str
    foreign: tuple[int, ...]
    version: int | None
    refused: tuple[str, ...] = ()
    ledger_index: int | None = None


def repair(runtime: Runtime, table: str) -> Repaired:
    """Undoes every foreign version of a table by one governed commit with the bytes of the last committed version.

    The gate judges those rows as it would any draft. The ledger names each foreign version, and by which permit it was
    undone. Of a table of which nothing was ever committed the foreign log is set aside. Nothing foreign: nothing is done.
    Raises LakeError where the committed files are damaged, or no stage has the contract that they were made under.
    """
    lake = runtime.lake
    reconcile(lake)
    if not lake.folder(table).is_dir():
        raise LakeError(f"table {table}", "there is no such table", "name one that `aios audit verify` names")
    with lake.alone(table):
        foreign = tuple(one.version for one in lake.name_foreign(table))
        state = lake.state(table)
        if foreign and state is None:
            _set_aside(runtime, table)
    if not foreign or state is None:
        return Repaired(table, foreign, state.version if state else None)
    stage, contract, contracts = _made_by(runtime, state)
    attempt = _Attempt(runtime, stage, contract, state, contracts)
    done = attempt.publish(max(foreign))
    reconcile(lake)  # what was judged before the repair is overtaken by it
    return Repaired(table, foreign, done.version, done.refused, done.ledger_index)


def _set_aside(runtime: Runtime, table: str) -> None:
    folder = runtime.lake.folder(table)
    aside = folder / SET_ASIDE / uuid.uuid4().hex
    aside.mkdir(parents=True)
    (folder / LOG).rename(aside / LOG)
    for changed in (aside, aside.parent, folder):
        sync_folder(changed)


def _made_by(runtime: Runtime, state: TableState) -> tuple[Stage, Contract, dict[str, Contract]]:
    """The stage that makes the table, under the contract that the table is published under."""
    from aios_assets.definitions import stages  # 2 s: Dagster

    known = stages(runtime.settings)
    contracts = {stage.name: stage.contract for stage in known}
    for stage in known:
        for name, contract in ((stage.name, stage.contract), (stage.quarantine, quarantine_contract(stage))):
            if name == state.table and contract.digest == state.contract:
                return stage, contract, contracts
    raise LakeError(
        f"table {state.table}",
        "no stage here has the contract that its last committed version was made under",
        "bring that stage's code back, repair the table, then change the contract",
    )


class _Attempt:
    """One attempt to publish a committed version again."""

    def __init__(
        self, runtime: Runtime, stage: Stage, contract: Contract, state: TableState, contracts: dict[str, Contract]
    ) -> None:
        self.runtime, self.stage, self.contract, self.state = runtime, stage, contract, state
        self.id, self.begun, self.at = uuid.uuid4().hex, time.monotonic(), runtime.clock.now()
        self.contracts, self.last = contracts, _standing(runtime, state)

    def publish(self, parent: int) -> Repaired:
        """1 copy the files · 2 measure · 3 ask the gate · 4 record · 5 commit by permit, over the foreign versions."""
        runtime, lake, state = self.runtime, self.runtime.lake, self.state
        rows = lake.scan(state.table).collect()
        files = self._copied()  # 1
        write = Write(state.table, parent, files, tuple(sorted(state.files)), self.contract.digest, overwrite=True)
        candidate = self._candidate(rows, write)  # 2
        with telemetry.span("gate", stage=self.stage.name):
            verdict = runtime.gate.judge(candidate)  # 3
        logged = self._record().decided(  # 4
            candidate,
            verdict,
            [Written(write, self.contract, state.schema)],
            run=self.id,
            models=self.last.models,
            seconds=f"{time.monotonic() - self.begun:.3f}",
            measures={**self.last.measures, "repairs": str(parent)},
            code=self.last.code,
            row_rules=self.last.row_rules,
        )
        if not verdict.admitted:
            why = tuple(f"{finding.rule}: {finding.why}" for finding in verdict.refusals)
            return Repaired(state.table, (), state.version, why, logged.index)
        with telemetry.span("commit", stage=self.stage.name):
            (landed,) = lake.commit(Permit(self.id, (write,), logged.index, logged.leaf.hex()))  # 5
        return Repaired(state.table, (), landed.version, (), logged.index)

    def _copied(self) -> tuple[DraftFile, ...]:
        """The member files under new names: in one version Delta cannot remove a path and add it again."""
        folder, copies = self.runtime.lake.folder(self.state.table), list[DraftFile]()
        for file in self.state.files.values():
            copy = again(file, self.id)
            copy_file(folder / file.path, folder / copy.path)
            if sha256_of(folder / copy.path) != file.sha256:
                raise LakeError(
                    f"table {self.state.table}",
                    f"file {file.path} no longer has the bytes that were decided on",
                    "bring it back from a backup; `aios audit verify` names every such file",
                )
            copies.append(copy)
        if copies:
            sync_folder(folder / FILES)
        self.runtime.lake.made_durable(self.state.table, copies)
        return tuple(copies)

    def _candidate(self, rows: pl.DataFrame, write: Write) -> Candidate:
        """The facts, measured anew over all rows; no model was asked."""
        state, contract = self.state, self.contract
        return Candidate(
            table=state.table,
            stage=self.stage.name,
            profile=self.runtime.settings.policy.profile,
            tags=tuple(sorted(contract.tags)),
            key=contract.keys,
            contract=contract.digest,
            contract_version=contract.version,
            draft=digest_of([write]),
            declared=shape_of(contract.schema),
            columns=profile(rows, contract),
            rows=rows.height,
            measured=rows.height,
            considered=rows.height,
            quarantined=0,
            fingerprints=rows.height - rows.get_column(FINGERPRINT).null_count(),
            inputs=self.last.inputs,
            models=(),
            expected=len(contract.suite),
            expectations=run_suite(rows, contract.suite),
            cost=Decimal(0),
            parent=parent_facts(state, self.last),
        )

    def _record(self) -> Record:
        lake, stage = self.runtime.lake, self.stage
        told = Told(lake.name, LOCATION, stage.name, self.id, "repair", 0, about=stage.described, owners=(stage.owner,))
        inputs = tuple(Input(facts, self.contracts.get(facts.name)) for facts in self.last.inputs)
        trace_id = telemetry.current_trace_id() or ""
        return Record(lake.ledger, self.runtime.clock, told, self.id, inputs, self.contract, self.at, trace_id)


def _standing(runtime: Runtime, state: TableState) -> Decided:
    """The decision that stands for the published version: what its rows were made of, and by what."""
    if state.settled is not None:
        return state.settled
    known = runtime.lake.tables.decision(state.history[state.version].permit)
    if known is None:
        raise LakeError(f"table {state.table}", "its decision is gone", "run `aios audit verify`")
    return known[1]
