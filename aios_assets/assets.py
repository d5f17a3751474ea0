"""Assets: every stage as a Dagster asset that reports what the gate said. Dagster shows the verdict, it is no lock."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from aios_assets.came import because, came, recent, refused
from aios_assets.errors import AiosError, ForeignVersion, LakeError, NotPermitted
from aios_assets.journal import Attempt
from aios_assets.materialise import Run, materialise
from aios_assets.reconcile_runs import PROCESS, process_tag
from aios_assets.runtime import Runtime
from aios_assets.stage import FEED, Stage
from aios_assets.telemetry import current_trace_id
from aios_assets.work import Feed
from audit.errors import LedgerError, NotCanonical
from audit.ledger import Entry, Kind
from lineage.columns import column_lineage
from policies.contract import Contract
from policies.verdict import Finding, Outcome

GATE = "gate"
"""Name of the one check that each asset has."""

FeedReader = Callable[[Runtime, Stage, Mapping[str, Any]], Feed | None]
"""Reads what a stage takes of a run's deliveries, given as in `DELIVERED`; None: there is nothing of its kind."""

DELIVERED: dict[str, Any] = {
    "files": dg.Field([str], default_value=[], description="Delivered files; none: all in the watched folder."),
    "supplier": dg.Field(str, default_value="", description="Who delivered, where a file's name does not say it."),
    "redrive": dg.Field(bool, default_value=False, description="Read what was set aside again, and no new delivery."),
}
"""Run configuration of the asset that takes deliveries in."""

RETRIES = dg.RetryPolicy(max_retries=2, delay=0.5, backoff=dg.Backoff.EXPONENTIAL)
"""For faults of storage only: each failure says itself whether it is worth another try."""

STORAGE = (LakeError, LedgerError, OSError)
LASTING = (NotPermitted, ForeignVersion, NotCanonical)
"""Faults that another try meets again."""

FINDING = ("outcome", "rule", "about", "why", "do")
ORDER = {Outcome.REFUSED: 0, Outcome.ADMITTED: 1, Outcome.NOT_APPLICABLE: 2}


def asset_of(stage: Stage, stages: Sequence[Stage], read_feed: FeedReader) -> dg.AssetsDefinition:
    """The Dagster asset of a stage: same name, its inputs upstream, its contract as schema and column lineage."""
    contracts: dict[str, Contract] = {other.name: other.contract for other in stages}
    check = dg.AssetCheckSpec(
        name=GATE,
        asset=stage.name,
        description="What the gate said of the latest attempt, and which version stays published.",
    )

    @dg.multi_asset(
        name=stage.name,
        specs=[
            dg.AssetSpec(
                key=stage.name,
                deps=list(stage.inputs),
                group_name=stage.part,
                description=stage.described,
                owners=[stage.owner],
                kinds={"delta", "polars"},
                tags=_tags(stage),
                code_version=stage.code[:12],
                metadata=_declared(stage, contracts),
                skippable=stage.reads_feed,
            )
        ],
        check_specs=[check],
        can_subset=False,
        config_schema=DELIVERED if stage.reads_feed else None,
        retry_policy=RETRIES,
        # What is read off the ledger comes last, and so tells of the other stages of its run.
        op_tags={"dagster/priority": "0" if "ledger" in stage.resources else "1"},
    )
    def asset(context: dg.AssetExecutionContext) -> Iterator[Any]:
        told = context.op_execution_context.op_config or {}
        run = Run(context.run.run_id, context.run.job_name)
        runtime = None
        try:
            _claim(context)
            runtime = Runtime.here()
            feed = read_feed(runtime, stage, told) if stage.reads_feed else None
            if stage.reads_feed and feed is None:
                yield from _nothing_came(stage, runtime)
                return
            attempt = materialise(stage, runtime, run, contracts=contracts, feed=feed)
            told_of = _told_of(stage, runtime, feed)
        except Exception as fault:  # whatever a stage's own function raises is told in words, and on the record
            if runtime is not None:
                _remember(fault, stage, runtime, run, context.op_execution_context.retry_number)
            raise _failure(fault, stage) from fault
        if attempt.refused:
            yield _check(stage, attempt)
            raise dg.Failure(_words(stage, attempt), metadata=_ended(attempt) | told_of, allow_retries=False)
        yield dg.MaterializeResult(
            asset_key=stage.name,
            metadata={"in words": _words(stage, attempt), **told_of, **_ended(attempt)},
            check_results=[_check(stage, attempt)],
            data_version=dg.DataVersion(f"{stage.name}@{attempt.version}"),
        )

    return asset


def _tags(stage: Stage) -> dict[str, str]:
    grain = "row" if stage.rowwise else (f"group-{stage.group.by}" if stage.group else "whole")
    return {"grain": grain, **{f"holds/{tag}": "" for tag in sorted(stage.contract.tags)}}


def _declared(stage: Stage, contracts: Mapping[str, Contract]) -> dict[str, Any]:
    inputs: dict[str, Any] = {name: contracts[name] for name in stage.inputs}
    lineage = column_lineage(stage.contract, inputs | ({FEED: None} if stage.reads_feed else {}))
    told = {column.name: column for column in stage.contract.columns}
    return {
        "dagster/table_name": stage.name,
        "dagster/column_schema": dg.TableSchema(
            columns=[
                dg.TableColumn(
                    name,
                    str(dtype),
                    description=told[name].about or None if name in told else "written by the machinery",
                    constraints=dg.TableColumnConstraints(
                        nullable=name not in told or told[name].null is not None,
                        unique=(name,) == stage.contract.keys,
                        other=_promised(told[name].tags, told[name].null) if name in told else [],
                    ),
                )
                for name, dtype in stage.contract.schema.items()
            ]
        ),
        "dagster/column_lineage": dg.TableColumnLineage(
            {
                name: [dg.TableColumnDep(dg.AssetKey(source.table), source.column) for source in sources]
                for name, sources in lineage.items()
                if sources
            }
        ),
        "key": ", ".join(stage.contract.keys),
        "promises": dg.MetadataValue.md(
            "\n".join(f"- **{rule.name}**: a row is set aside where {rule.why}" for rule in stage.contract.rules)
            or "Types and key; no rule about single rows."
        ),
        "rows set aside go to": stage.quarantine,
        "contract version": stage.contract.version,
        "how it came to be": dg.MetadataValue.md(
            "\n".join(
                f"- version {one.to}: {', '.join(map(repr, one.steps)) or 'nothing that has to be declared'}"
                for one in stage.contract.migrations
            )
            or "No column was ever renamed, retyped or dropped."
        ),
    }


def _promised(tags: frozenset[str] | set[str], null: str | None) -> list[str]:
    return [*sorted(tags), *([f"null: {null}"] if null else [])]


def _claim(context: dg.AssetExecutionContext) -> None:
    """Says in the run's tags which process carries it out, so that the run can be ended if that process dies."""
    mine = process_tag()
    if context.run.tags.get(PROCESS) != mine[PROCESS]:
        context.instance.add_run_tags(context.run.run_id, mine)


def _remember(fault: Exception, stage: Stage, runtime: Runtime, run: Run, number: int) -> None:
    """Puts the fault on record: its class only, since its words may quote what a feed holds."""
    body = {"run": run.id, "stage": stage.name, "fault": type(fault).__name__}
    once = f"fault:{run.id}:{stage.name}:{number}"
    entry = Entry(Kind.RUN, stage.name, body, runtime.clock.now(), current_trace_id() or "", once)
    # A ledger that cannot be written to is told by Dagster alone; the fault itself must not be lost over it.
    with contextlib.suppress(LedgerError):
        runtime.lake.ledger.append(entry)


def _failure(fault: Exception, stage: Stage) -> dg.Failure:
    """The fault as Dagster shows it: what happened, why, what to do; tried again only where storage may come back."""
    if isinstance(fault, AiosError):
        what, why, do = fault.what, fault.why, fault.do
    elif isinstance(fault, STORAGE):
        what, why, do = f"stage {stage.name}", str(fault), "mend storage, then run again; what was decided is finished"
    else:
        what, why = f"stage {stage.name}", f"its function raised {type(fault).__name__}: {fault}"
        do = "mend the stage; the error below says where. Nothing of this attempt was published"
    passing = isinstance(fault, STORAGE) and not isinstance(fault, LASTING)
    return dg.Failure(
        f"{what}: {why}. To do: {do}", metadata={"what": what, "why": why, "do": do}, allow_retries=passing
    )


def _ended(attempt: Attempt) -> dict[str, Any]:
    """What became of an attempt; figures are numbers, so that Dagster plots them over time."""
    told: dict[str, Any] = {
        "outcome": _outcome(attempt),
        "version": dg.MetadataValue.int(attempt.version) if attempt.version is not None else "none yet",
        "dagster/row_count": attempt.rows,
        "rows computed": attempt.computed,
        "rows put in": attempt.upserted,
        "rows taken out": attempt.removed,
        "rows set aside": attempt.set_aside,
        "rows asked of models": attempt.asked,
        "seconds": dg.MetadataValue.float(round(attempt.seconds, 3)),
        "cost": dg.MetadataValue.float(float(attempt.cost)),
    }
    if attempt.verdict is not None:
        told["findings"] = dg.MetadataValue.table(
            records=[_finding(finding) for finding in _sorted(attempt.verdict.findings)],
            schema=dg.TableSchema([dg.TableColumn(name) for name in FINDING]),
        )
    if attempt.aside:
        told["set aside in this attempt, and why"] = dg.MetadataValue.md(because(attempt.aside))
    if attempt.ledger_index is not None:
        told["ledger entry"] = attempt.ledger_index
        told["look closer"] = f"aios policy explain --entry {attempt.ledger_index}"
    return told | {"attempt": attempt.id, "trace": attempt.trace_id or "no trace was on"}


def _finding(finding: Finding) -> dg.TableRecord:
    return dg.TableRecord(
        {
            "outcome": finding.outcome.value,
            "rule": finding.rule,
            "about": finding.about or "the table",
            "why": finding.why,
            "do": finding.do,
        }
    )


def _check(stage: Stage, attempt: Attempt) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=stage.name,
        check_name=GATE,
        passed=not attempt.refused,
        severity=dg.AssetCheckSeverity.ERROR,
        description=_words(stage, attempt),
        metadata=_ended(attempt),
    )


def _outcome(attempt: Attempt) -> str:
    return "unchanged" if attempt.unchanged else "refused" if attempt.refused else "admitted"


def _words(stage: Stage, attempt: Attempt) -> str:
    stays = f"version {attempt.version} stays published" if attempt.version is not None else "nothing is published yet"
    if attempt.verdict is None:
        return f"Nothing changed; {stays}."
    if not attempt.refused:
        return f"Admitted as version {attempt.version} (ledger entry {attempt.ledger_index})."
    said = " ".join(f"[{f.rule}] {f.why}. To do: {f.do}." for f in attempt.verdict.refusals)
    return f"{stage.name} was refused in attempt {attempt.id}; {stays}. {said}"


def _told_of(stage: Stage, runtime: Runtime, feed: Feed | None) -> dict[str, Any]:
    """What came and what was refused of it, on the pages of the assets that take deliveries in and of their list."""
    if feed is not None:
        aside = refused(runtime.lake, stage.quarantine)
        return {"what came": dg.MetadataValue.md(came(feed.told)), "set aside now, and why": dg.MetadataValue.md(aside)}
    return {"latest deliveries": dg.MetadataValue.md(recent(runtime.lake))} if stage.name == "deliveries" else {}


def _nothing_came(stage: Stage, runtime: Runtime) -> Iterator[Any]:
    """No delivery of a stage's kind: what is published stays, and stages after it go on where there is anything."""
    state = runtime.lake.state(stage.name)
    stays = f"version {state.version} stays published" if state else "nothing is published yet"
    words = f"No delivery of this kind came; {stays}."
    check = dg.AssetCheckResult(asset_key=stage.name, check_name=GATE, passed=True, description=words)
    if state is None:
        yield check
        return
    yield dg.MaterializeResult(
        asset_key=stage.name,
        metadata={"in words": words, "outcome": "unchanged", "dagster/row_count": state.rows},
        check_results=[check],
        data_version=dg.DataVersion(f"{stage.name}@{state.version}"),
    )


def _sorted(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (ORDER[finding.outcome], finding.rule, finding.about))
