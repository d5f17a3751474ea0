"""Catalogue: one run of the catalogue job in this process, in the instance that the UI and the schedules use."""

import logging
import os
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
import polars as pl

from aios_assets import telemetry
from aios_assets.dagster_home import OURS, prepare
from aios_assets.definitions import definitions, stages
from aios_assets.errors import SettingsError
from aios_assets.journal import Attempt
from aios_assets.reconcile_runs import process_tag, reconcile_runs
from aios_assets.runtime import Runtime
from aios_assets.sequence import TAKEN_IN
from aios_assets.settings import Settings, load
from aios_assets.stage import Stage
from aios_assets.stages.records import records
from audit.ledger import Kind

QUIET: dict[str, Any] = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class Fault:
    """A stage that broke off, not refused, failed: what happened to what, why, and what to do."""

    table: str
    what: str
    why: str
    do: str


@dataclass(frozen=True)
class Ran:
    """What a run did."""

    run_id: str
    trace_id: str
    attempts: tuple[Attempt, ...]
    faults: tuple[Fault, ...]
    seconds: float
    counts: dict[str, int]
    ledger: tuple[int, str]
    passed_over: tuple[dict[str, str], ...] = ()
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def refusals(self) -> list[dict[str, Any]]:
        """Every refusing finding, with the decision's ledger entry."""
        return [
            {
                "table": attempt.stage,
                "rule": finding.rule,
                "about": finding.about,
                "why": finding.why,
                "do": finding.do,
                "ledger_index": attempt.ledger_index,
            }
            for attempt in self.attempts
            if attempt.refused and attempt.verdict is not None
            for finding in attempt.verdict.refusals
        ]

    def plain(self) -> dict[str, Any]:
        """As `aios run --json` answers."""
        return {
            **self.counts,
            "unchanged": sum(a.rows - a.upserted for a in self.attempts if a.stage == "records"),
            "tables": {
                a.stage: {
                    "version": a.version,
                    "rows": a.rows,
                    "admitted": not a.refused,
                    "outcome": "unchanged" if a.unchanged else "refused" if a.refused else "admitted",
                    "quarantined": a.set_aside,
                    "aside": [vars(one) for one in a.aside],
                    "recomputed": a.computed,
                    "asked": a.asked,
                    "cost": str(a.cost),
                    "seconds": round(a.seconds, 3),
                }
                for a in self.attempts
            },
            "decisions": sum(a.verdict is not None for a in self.attempts),
            "refusals": self.refusals,
            "faults": [vars(fault) for fault in self.faults],
            "passed_over": list(self.passed_over),
            "ledger": {"size": self.ledger[0], "root": self.ledger[1]},
            "seconds": round(self.seconds, 3),
            "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "run_id": self.run_id,
            "trace_id": self.trace_id,
        }


def run_catalogue(
    settings: Settings,
    *,
    files: Sequence[str] = (),
    supplier: str = "",
    redrive: bool = False,
    only: Sequence[str] | None = None,
    say: Callable[[str], None] = lambda line: None,  # noqa: ARG005  nobody listens
) -> Ran:
    """Materialises the catalogue's assets, then the evidence, and says what came of it.

    `only` names stages (their inputs are taken as they are published); with `redrive` what was set aside is read again
    instead of a delivery. Raises SettingsError for a name that is none.
    """
    begun = time.monotonic()
    prepare(settings)
    settings = load(settings.home)  # as every process that Dagster starts will see them
    telemetry.setup(telemetry.settings_of(os.environ, spans=settings.lake_folder / "_telemetry"))
    known = stages(settings)
    chosen = _chosen(known, only)
    if not logging.getLogger().handlers:
        logging.getLogger().addHandler(telemetry.log_handler())  # every line carries the trace id of its span
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    runtime = Runtime.here(settings)
    runtime.journal.on_progress = say
    runtime.journal.on_begin = lambda stage: say(f"  {stage} …")
    runtime.journal.on_end = lambda attempt: say(f"  {attempt.stage}: {_outcome(attempt)} in {attempt.seconds:.1f} s")
    before, _ = runtime.ledger_head()
    instance = dg.DagsterInstance.get()
    reconcile_runs(instance)
    wired = definitions(settings)
    feeds = {
        stage.name: {"config": {"files": list(files), "supplier": supplier, "redrive": redrive}}
        for stage in known
        if stage.reads_feed and stage.name in chosen
    }
    with telemetry.span("run", kind="catalogue"):
        trace_id = telemetry.current_trace_id() or ""
        result = wired.resolve_job_def("catalogue").execute_in_process(
            instance=instance,
            run_config={**QUIET, "ops": feeds},
            asset_selection=[dg.AssetKey(name) for name in chosen],
            raise_on_error=False,
            tags=process_tag() | OURS,
        )
        wired.resolve_job_def("evidence").execute_in_process(
            instance=instance, run_config=QUIET, raise_on_error=False, tags=process_tag() | OURS
        )
    attempts = tuple(runtime.journal.attempts.get(result.run_id, ()))
    refused = {attempt.stage for attempt in attempts if attempt.refused}
    faults = tuple(fault for fault in _faults(result) if fault.table not in refused)
    size, root = runtime.ledger_head()
    seconds, counts, passed = time.monotonic() - begun, totals(runtime), _passed_over(runtime, before)
    return Ran(result.run_id, trace_id, attempts, faults, seconds, counts, (size, root), passed)


def _chosen(known: Sequence[Stage], only: Sequence[str] | None) -> list[str]:
    names = [stage.name for stage in known if stage.part != "evidence"]
    if only is None:
        return names
    if strange := sorted(set(only) - set(names)):
        raise SettingsError("--stages", f"{', '.join(strange)} is no stage", f"name some of {', '.join(names)}")
    return [name for name in names if name in only]


def _outcome(attempt: Attempt) -> str:
    if attempt.unchanged:
        return "unchanged"
    if attempt.refused:
        return "REFUSED"
    return f"version {attempt.version}, {attempt.rows:,} rows, {attempt.computed:,} computed"


def _faults(result: dg.ExecuteInProcessResult) -> list[Fault]:
    faults = []
    for event in result.all_events:
        if event.is_step_failure:
            failure = event.step_failure_data
            metadata = failure.user_failure_data.metadata if failure.user_failure_data else {}
            error = failure.error.cause or failure.error if failure.error else None
            told = {
                "what": f"stage {event.step_key}",
                "why": error.message.strip() if error else "it broke off",
                "do": "see the run's log in Dagster",
            } | {name: str(value.value) for name, value in metadata.items() if name in ("what", "why", "do")}
            faults.append(Fault(str(event.step_key), **told))
    return faults


def _passed_over(runtime: Runtime, since: int) -> tuple[dict[str, str], ...]:
    """Deliveries of this run that were not applied, since a newer snapshot stands."""
    told = [one.entry.body for one in runtime.lake.ledger.read(since, kind=Kind.DELIVERY)]
    return tuple(
        {name: str(body[name]) for name in ("supplier", "file", "outcome")}
        for body in told
        if body["outcome"] != TAKEN_IN
    )


def _living(rows: pl.LazyFrame) -> int:
    """How many records are there, without those that only say that their product was taken away."""
    mark = records.contract.tombstone
    living = rows.filter(pl.col(mark).is_null()) if mark and mark in rows.collect_schema() else rows
    count: int = living.select(pl.len()).collect().item()
    return count


def totals(runtime: Runtime) -> dict[str, int]:
    """Totals over what is published now."""
    lake = runtime.lake
    tables = ("records", "feed_rejects", "sales", "sales_rejects", "listings")
    state = {name: lake.state(name) for name in tables}
    rows = {name: one.rows if one else 0 for name, one in state.items()}
    matches, doubtful = 0, 0
    if lake.state("matches"):
        told = lake.scan("matches").select(
            (pl.len() - pl.col("product").n_unique()).alias("merged"),
            (pl.col("decision") == "review").sum().alias("doubt"),
        )
        matches, doubtful = told.collect().row(0)
    products = lake.scan("listings").select(pl.col("product").n_unique()).collect().item() if state["listings"] else 0
    rejected = rows["feed_rejects"] + rows["sales_rejects"]
    return {
        "rows_in": (_living(lake.scan("records")) if state["records"] else 0) + rows["sales"] + rejected,
        "rejected": rejected,
        "sales": rows["sales"],
        "matches": matches,
        "publishable": products,
        "in_review": doubtful,
    }
