"""Attempting: one attempt of one stage, from pinned inputs to a committed version or a refusal. The gate is asked here."""

import time
import traceback
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from aios_assets import telemetry
from aios_assets.contracts import moved, published
from aios_assets.dagster_home import LOCATION
from aios_assets.draft import Following, buckets_of, following, write_draft
from aios_assets.enrich.redact import tokenise, tokenise_frame
from aios_assets.errors import AiosError, StageError
from aios_assets.facts import exposed, model_facts, parent_facts, shape_of, told_model
from aios_assets.journal import Attempt
from aios_assets.lake import delta_schema
from aios_assets.pins import Pins, beside_tables
from aios_assets.profile import profile
from aios_assets.record import Record, Written
from aios_assets.rows import RowJudge
from aios_assets.runtime import Runtime
from aios_assets.split import ID, aside_key, decided_by_rows, quarantine_contract
from aios_assets.stage import Stage
from aios_assets.tally import tallies
from aios_assets.threads import beside
from aios_assets.work import Feed, Standing, Work, row_work, table_work
from audit.table import TableState
from lineage.attempt import Attempt as Told
from policies.candidate import Candidate, ColumnFacts, MigrationFacts
from policies.contract import ATTEMPT, FINGERPRINT, Contract
from policies.permit import DraftFile, Permit, Write, digest_of
from policies.quality.suite import run_suite
from policies.verdict import Verdict
from serving.gateway import Gateway

TOLD = 10
"""Reasons at most that are told of rows set aside."""


@dataclass(frozen=True)
class Run:
    """The Dagster run that a stage is materialised in."""

    id: str
    job: str


class Attempting:
    """One attempt: what is pinned at its start, and the steps."""

    def __init__(
        self,
        stage: Stage,
        runtime: Runtime,
        run: Run,
        *,
        number: int,
        contracts: Mapping[str, Contract],
        feed: Feed | None,
    ) -> None:
        self.stage, self.runtime, self.run, self.contracts, self.feed = stage, runtime, run, contracts, feed
        self.begun, self.at, self.id = time.monotonic(), runtime.clock.now(), uuid.uuid4().hex
        self.trace_id = telemetry.current_trace_id() or ""
        lake = runtime.lake
        self.contract, self.aside_contract = stage.contract, quarantine_contract(stage)
        self.state, self.aside_state = lake.state(stage.name), lake.state(stage.quarantine)
        self.pins = Pins.of(lake, stage, contracts)
        self.inputs = (*(feed.inputs if feed else self.pins.facts()), *beside_tables(stage, runtime))
        self.last = self.state.settled if self.state else None
        before = published(lake, stage.name, stage.contract)
        self.change: MigrationFacts | None = moved(stage.name, before, stage.contract)
        self.standing: Standing = replace(runtime.standing(stage, self.last), moved=self.change is not None)
        self.models: Gateway = runtime.models.session(run.id)
        self.judge = RowJudge(runtime.gate, stage.contract)
        self.told = Told(
            lake.name, LOCATION, stage.name, run.id, run.job, number, about=stage.described, owners=(stage.owner,)
        )

    def made(self) -> Attempt:
        """1 nothing new? · 2 compute · 3 write and measure drafts · 4 ask the gate · 5 record · 6 commit by permit."""
        runtime, lake = self.runtime, self.runtime.lake
        settled = self.last is not None and not (self.standing.stale or self.standing.rejudge or self.change)
        if settled and self._same_inputs():  # 1
            return self._ended(None, None, None, Decimal(0))
        record = self._record()
        try:
            with telemetry.span("compute", stage=self.stage.name):
                work = self._work()  # 2
            if self.feed and settled and work.nothing:
                return self._ended(None, None, work, Decimal(0))
            table, aside, written, candidate = self._drafted(work)  # 3
        except AiosError as fault:
            record.fault(fault)
            raise
        except Exception as fault:
            record.fault(fault)
            # Not chained: what a library says quotes rows, and Dagster keeps every word of a chain.
            raise self._broken_off(fault) from None
        with telemetry.span("gate", stage=self.stage.name):
            verdict = runtime.gate.judge(candidate)  # 4
            if self.judge.fault is not None:
                verdict = replace(verdict, findings=(*verdict.findings, self.judge.fault))
        logged = record.decided(  # 5
            candidate,
            verdict,
            written,
            run=self.run.id,
            cost=str(candidate.cost),
            seconds=f"{time.monotonic() - self.begun:.3f}",
            **self._told(table, aside, work),
        )
        if verdict.admitted:
            with telemetry.span("commit", stage=self.stage.name):  # 6
                writes = tuple(one.write for one in written)
                lake.commit(Permit(self.id, writes, logged.index, logged.leaf.hex()))
        return self._ended(verdict, logged.index, work, candidate.cost)

    def _told(self, table: Following, aside: Following, work: Work) -> dict[str, Any]:
        """What the decision keeps besides the facts."""
        return {
            "models": tuple(told_model(use) for use in self.models.used()),
            "measures": {
                "feed": self.feed.identity if self.feed else "",
                "contract_version": str(self.contract.version),
                "rows": str(table.height),
                "set_aside": str(aside.height),
                "computed": str(work.counts.computed),
                "upserted": str(work.counts.upserted),
                "removed": str(work.counts.removed),
            },
            "code": self.stage.code,
            "row_rules": self.runtime.gate.row_rules_digest,
        }

    def _same_inputs(self) -> bool:
        """Whether the last decision was about exactly these inputs: the same versions, or the same bytes read alike."""
        if self.last is None:
            return False
        if self.feed:
            return self.last.measures.get("feed") == self.feed.identity
        return set(self.last.inputs) == set(self.inputs)

    def _drafted(self, work: Work) -> tuple[Following, Following, tuple[Written, ...], Candidate]:
        """What would follow, as drafts and as facts.

        Where something would stand in the clear that is personal or secret, and the gate refuses it without drafts, none
        are written: what must not be stored is not stored as a draft either.
        """
        with telemetry.span("draft", stage=self.stage.name), ThreadPoolExecutor(2) as threads:
            whole = self.standing.rejudge or (self.state is not None and self.state.contract != self.contract.digest)
            measured = None if whole else beside(threads, lambda: profile(work.upserts, self.contract))
            table = self._following(
                self.stage.name, self.contract, self.state, work.upserts, work.removed, stands=work.stands
            )
            aside = self._following(
                self.stage.quarantine,
                self.aside_contract,
                self.aside_state,
                work.aside,
                work.mended,
                stands=work.aside_stands,
            )
            suite = beside(threads, lambda: run_suite(self._expected(table), self.contract.suite))
            # Facts are about what is new, since what stays was measured when it came. Under another contract or other
            # rules nothing counts as measured.
            fresh = self._whole(table) if whole else work.upserts
            facts = measured.result() if measured else profile(fresh, self.contract)
            candidate = self._candidate(fresh, facts, table, aside)
            written: tuple[Written, ...] = ()
            if not exposed(candidate) or self.runtime.gate.judge(candidate).admitted:
                written = self._written(aside, table)
            draft = digest_of(one.write for one in written)
            return table, aside, written, replace(candidate, draft=draft, expectations=suite.result())

    def _following(
        self,
        table: str,
        contract: Contract,
        state: TableState | None,
        upserts: pl.DataFrame,
        removed: pl.DataFrame,
        *,
        stands: pl.DataFrame | None,
    ) -> Following:
        lake, most = self.runtime.lake, self.runtime.settings.lake.buckets
        buckets = buckets_of(upserts.height + (state.rows if state else 0), most)
        return following(lake, table, contract, upserts, removed, buckets=buckets, attempt=self.id, stands=stands)

    def _expected(self, table: Following) -> pl.DataFrame:
        """The rows that expectations are asked of: files that change, and all where a file alone cannot tell."""
        return table.rows if decided_by_rows(self.contract) else self._whole(table)

    def _whole(self, table: Following) -> pl.DataFrame:
        """Every row that the table would hold."""
        if table.overwrite or self.state is None:
            return table.rows
        stays = [file for path, file in self.state.files.items() if path not in table.removes]
        rest = self.runtime.lake.scan_files(table.table, stays, self.contract.schema)
        return pl.concat([rest, table.rows.lazy()]).collect()

    def _broken_off(self, fault: Exception) -> StageError:
        """A fault in words that can be stored: personal data in them is sealed like any other."""
        said = tokenise(pl.Series([str(fault)]), self.runtime.vault.tokens)[0]
        place = traceback.extract_tb(fault.__traceback__)[-1]
        return StageError(
            f"stage {self.stage.name}",
            f"{type(fault).__name__} at {Path(place.filename).name}:{place.lineno}: {said}",
            "mend what the words name, then run again; answers of models are kept",
        )

    def _record(self) -> Record:
        lake, clock = self.runtime.lake, self.runtime.clock
        inputs = self.pins.told(self.inputs)
        return Record(lake.ledger, clock, self.told, self.id, inputs, self.contract, self.at, self.trace_id)

    def _work(self) -> Work:
        stage = self.stage
        if not self.pins.complete:
            return self._nothing()  # nothing is made of an input that nobody committed; the gate says so
        resources = self.runtime.resources(stage, self.models)
        if stage.rowwise:
            driver = self.feed.held() if self.feed else self.pins.driver(stage.inputs[0])
            return self._row_work(driver, self.standing, resources, self.feed)
        sources = {name: self.pins.source(name, self.last) for name in stage.inputs}
        return table_work(stage, sources, self.standing, self.judge, resources, clean=self._clean)

    def _row_work(
        self, driver: pl.DataFrame, standing: Standing, resources: Mapping[str, Any], feed: Feed | None
    ) -> Work:
        batch = self.runtime.settings.stages.batch_rows
        return row_work(self.stage, driver, standing, self.judge, resources, batch=batch, clean=self._clean, feed=feed)

    def _nothing(self) -> Work:
        """Work that changes nothing."""
        contracts = (self.contract, self.aside_contract)
        table, aside = (pl.DataFrame(schema={n: t for n, t in one.schema.items() if n != ATTEMPT}) for one in contracts)
        return Work(table, table.select(self.contract.keys), aside, aside.select(ID), 0)

    def _clean(self, rows: pl.DataFrame) -> pl.DataFrame:
        keys = [aside_key(key) for key in self.contract.keys]
        texts = [name for name in (ID, *keys, "why", "row") if rows.schema[name] == pl.String]
        return rows.with_columns(tokenise_frame(rows.select(texts), self.runtime.vault.tokens))

    def _written(self, *drafts: Following) -> tuple[Written, ...]:
        """The drafts as writes, quarantine first; a quarantine that never held a row is not made."""
        written = []
        for part in drafts:
            state = self.state if part.table == self.stage.name else self.aside_state
            if part.changes and (part.table == self.stage.name or state is not None or part.height):
                written.append(self._write(part, write_draft(self.runtime.lake, part, attempt=self.id)))
        return tuple(written)

    def _write(self, part: Following, files: tuple[DraftFile, ...]) -> Written:
        state = self.state if part.table == self.stage.name else self.aside_state
        parent = state.version if state else -1
        write = Write(part.table, parent, files, part.removes, part.contract.digest, overwrite=part.overwrite)
        return Written(write, part.contract, delta_schema(part.contract.schema))

    def _candidate(
        self, fresh: pl.DataFrame, facts: tuple[ColumnFacts, ...], table: Following, aside: Following
    ) -> Candidate:
        """The facts, of which `facts` were measured over the rows `fresh`; drafts and expectations come later."""
        runtime, contract = self.runtime, self.contract
        uses = self.models.used()
        return Candidate(
            table=self.stage.name,
            stage=self.stage.name,
            profile=runtime.settings.policy.profile,
            tags=tuple(sorted(contract.tags)),
            key=contract.keys,
            contract=contract.digest,
            contract_version=contract.version,
            draft="",
            declared=shape_of(contract.schema),
            columns=facts,
            rows=table.height,
            measured=fresh.height,
            considered=table.height + aside.height,
            quarantined=aside.height,
            fingerprints=fresh.height - fresh.get_column(FINGERPRINT).null_count(),
            inputs=self.inputs,
            models=tuple(model_facts(use) for use in uses),
            expected=len(contract.suite),
            expectations=(),
            cost=sum((use.cost for use in uses), Decimal(0)),
            parent=parent_facts(self.state, self.last) if self.state and self.last else None,
            deliveries=self.feed.deliveries if self.feed else (),
            drifts=self.feed.drifts if self.feed else (),
            migration=self.change,
        )

    def _ended(self, verdict: Verdict | None, index: int | None, work: Work | None, cost: Decimal) -> Attempt:
        lake = self.runtime.lake
        state, aside = lake.state(self.stage.name), lake.state(self.stage.quarantine)
        return Attempt(
            id=self.id,
            stage=self.stage.name,
            verdict=verdict,
            ledger_index=index,
            version=state.version if state else None,
            rows=state.rows if state else 0,
            set_aside=aside.rows if aside else 0,
            computed=work.counts.computed if work else 0,
            upserted=work.counts.upserted if work else 0,
            removed=work.counts.removed if work else 0,
            asked=sum(use.answers for use in self.models.used()),
            cost=cost,
            seconds=time.monotonic() - self.begun,
            trace_id=self.trace_id,
            aside=tallies(work.aside, most=TOLD) if verdict and not verdict.admitted and work else (),
        )
