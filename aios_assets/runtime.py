"""Runtime: what stages are materialised with. Opened once a process from the settings; everything in it is a port."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

import polars as pl

from aios_assets.disk import make_folder
from aios_assets.draft import reshaped
from aios_assets.journal import Journal
from aios_assets.lake import Lake
from aios_assets.reconcile import reconcile
from aios_assets.reviews import Reviewed
from aios_assets.scratch import ScratchFolder
from aios_assets.settings import Settings, load
from aios_assets.split import quarantine_contract
from aios_assets.stage import Stage
from aios_assets.survival import in_force
from aios_assets.vault import Vault
from aios_assets.work import Standing
from audit.checkpoint import Signer
from audit.clock import Clock, SystemClock
from audit.entries import Decided
from audit.sqlite import SqliteLedger
from policies.contract import ATTEMPT, Contract
from policies.engine import PolicyEngine
from policies.gate import Gate
from policies.quality import suite
from serving.cache import Cache
from serving.gateway import Gateway
from serving.local.attributes import Attributes, OneAttribute
from serving.model import ServingError
from serving.registry import Registry

CARRIES = "carries"
"""Measure of a migration's decision: the digest of the code whose rows it carried over."""


@dataclass(frozen=True)
class Runtime:
    """Lake, gate, vault and models of one process."""

    settings: Settings
    clock: Clock
    lake: Lake
    gate: Gate
    vault: Vault
    models: Gateway
    journal: Journal = field(default_factory=Journal)
    _here: ClassVar[dict[Settings, "Runtime"]] = {}
    _opening: ClassVar[threading.Lock] = threading.Lock()

    @classmethod
    def here(cls, settings: Settings | None = None) -> "Runtime":
        """This process' runtime for these settings (default: those in force), opened on first use."""
        wanted = settings or load()
        with cls._opening:
            if wanted not in cls._here:
                cls._here[wanted] = cls.open(wanted)
            return cls._here[wanted]

    @classmethod
    def open(cls, settings: Settings, *, clock: Clock | None = None, engine: PolicyEngine | None = None) -> "Runtime":
        """Opens everything, and finishes what an earlier process left in doubt. Raises AiosError, LedgerError."""
        clock = clock or SystemClock()
        root, keys = settings.lake_folder, settings.keys_folder
        for folder in (root, keys, root / "_ledger"):
            make_folder(folder)  # also where it is there: a crash may have come before it was durable
        ledger = SqliteLedger(root / "_ledger" / "ledger.db", Signer.kept_in(keys))
        lake = Lake(root, ledger, clock)
        reconcile(lake)
        suite.warm()
        vault = Vault.open(keys, root)
        gate = Gate(engine or engine_of(settings), settings.policy.profile)
        models = Gateway((Attributes(), OneAttribute()), Registry.load(), cache=Cache(root / "_answers" / "answers.db"))
        return cls(settings, clock, lake, gate, vault, models)

    def ledger_head(self) -> tuple[int, str]:
        """The ledger's size and root, hex."""
        proof = self.lake.ledger.prove()
        return proof.size, proof.root.hex()

    @property
    def scratch(self) -> ScratchFolder:
        """Where long stages keep interim results, and whom they tell how far they are."""
        return ScratchFolder(self.settings.lake_folder / "_scratch", say=self.journal.on_progress)

    def resources(self, stage: Stage, models: Gateway) -> dict[str, Any]:
        """What a stage asks for besides tables, by parameter name; `changes` are known to whoever materialises it."""
        return {name: OFFERED[name](self, models) for name in stage.resources if name in OFFERED}

    def standing(self, stage: Stage, last: Decided | None) -> Standing:
        """What is published of a stage, and whether its code, its models or the row rules have changed since."""
        table = self._published(stage.name, stage.contract)
        rules = self.gate.row_rules_digest
        attempts = {one.attempt: one for name in (stage.name, stage.quarantine) for one in self._attempts(name)}
        codes = as_good_as(stage.code, attempts.values())
        outdated = frozenset(a for a, told in attempts.items() if told.code not in codes or not self._same_models(told))
        misjudged = frozenset(a for a, told in attempts.items() if told.row_rules != rules)
        stale = last is not None and (last.code not in codes or not self._same_models(last))
        if outdated and not stale and not stage.reads_feed:
            # An attempt that asked no model says nothing about those that rows before it were answered by.
            stale = bool(table.select(pl.col(ATTEMPT).is_in(sorted(outdated)).any()).collect().item())
        return Standing(
            table=table,
            quarantine=self._published(stage.quarantine, quarantine_contract(stage)),
            stale=stale,
            rejudge=last is not None and last.row_rules != rules,
            outdated=outdated,
            misjudged=misjudged,
        )

    def _attempts(self, table: str) -> list[Decided]:
        """The decisions that a table's rows came in with."""
        tables, state = self.lake.tables, self.lake.state(table)
        found = (tables.decision(version.permit) for version in state.history.values()) if state else ()
        return [told for _, told in filter(None, found)]

    def _same_models(self, decided: Decided) -> bool:
        """Whether each model that answered in an attempt would answer its task now; no answer at all is another one."""
        try:
            return all(self.models.digest_of(str(one["task"])) == one["digest"] for one in decided.models)
        except ServingError:
            return False

    def _published(self, table: str, contract: Contract) -> pl.LazyFrame:
        """The rows in the contract's shape: under an older contract they lack what that did not promise."""
        state = self.lake.state(table)
        if state is None:
            return pl.LazyFrame(schema=contract.schema)
        rows = self.lake.scan(table)
        return rows if state.contract == contract.digest else reshaped(rows, contract.schema)


def as_good_as(code: str, attempts: Iterable[Decided]) -> frozenset[str]:
    """This code, and those whose rows a migration to it carried over: they need not be computed again."""
    carries = {told.code: told.measures[CARRIES] for told in attempts if CARRIES in told.measures}
    codes = [code]
    while (earlier := carries.get(codes[-1])) and earlier not in codes:
        codes.append(earlier)
    return frozenset(codes)


def engine_of(settings: Settings) -> PolicyEngine:
    """The policy engine that the settings name: an OPA server, or the embedded one."""
    from policies.bundle import Bundle

    bundle = Bundle.read()
    if settings.policy.opa_url:
        from policies.opa import OpaEngine  # 0.3 s, and only where a server is used

        return OpaEngine(bundle, url=settings.policy.opa_url, seconds=settings.policy.deadline)
    from policies.wasm import WasmEngine

    return WasmEngine(bundle, seconds=settings.policy.deadline, memory=settings.policy.memory_mb * 2**20)


OFFERED: Final[Mapping[str, Callable[[Runtime, Gateway], Any]]] = {
    "models": lambda _, models: models,
    "vault": lambda runtime, _: runtime.vault,
    "ledger": lambda runtime, _: runtime.lake.ledger,
    "scratch": lambda runtime, _: runtime.scratch,
    "reviewed": lambda runtime, _: Reviewed.read(runtime.lake.ledger),
    "survival": lambda runtime, _: in_force(runtime.settings),
}
"""How each resource is had; only what a stage asks for is."""
