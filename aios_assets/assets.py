"""Assets: every stage as a Dagster asset that reports what the gate said. Dagster shows the verdict, it is no lock."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import dagster as dg

from aios_assets.errors import AiosError, LakeError
from aios_assets.journal import Attempt
from aios_assets.materialise import Run, materialise
from aios_assets.runtime import Runtime
from aios_assets.stage import FEED, Stage
from aios_assets.work import Feed
from lineage.columns import column_lineage
from policies.contract import Contract
from policies.verdict import Finding, Outcome

GATE = "gate"
"""Name of the one check that each asset has."""

FeedReader = Callable[[Runtime, Sequence[str], str | None], Feed]
"""Reads delivered files (paths, supplier or None) into mapped records."""


DELIVERED: dict[str, Any] = {
    "files": dg.Field([str], default_value=[], description="Delivered files; none: all in the watched folder."),
    "supplier": dg.Field(str, default_value="", description="Who delivered, where a file's name does not say it."),
}
"""Run configuration of the asset that takes deliveries in."""


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
                tags={"grain": "row" if stage.rowwise else (f"group-{stage.group.by}" if stage.group else "whole")},
                code_version=stage.code[:12],
                metadata=_declared(stage, contracts),
            )
        ],
        check_specs=[check],
        can_subset=False,
        config_schema=DELIVERED if stage.reads_feed else None,
    )
    def asset(context: dg.AssetExecutionContext) -> Iterator[Any]:
        runtime = Runtime.here()
        told = context.op_execution_context.op_config or {}
        run = Run(context.run_id, context.job_name)
        try:
            feed = read_feed(runtime, told["files"], told["supplier"] or None) if stage.reads_feed else None
            attempt = materialise(stage, runtime, run, contracts=contracts, feed=feed)
        except AiosError as fault:
            raise dg.Failure(
                f"{fault.what}: {fault.why}. To do: {fault.do}",
                metadata={"what": fault.what, "why": fault.why, "do": fault.do},
                allow_retries=isinstance(fault, LakeError),
            ) from fault
        if attempt.refused:
            yield _check(stage, attempt)
            raise dg.Failure(_words(stage, attempt), metadata=_ended(attempt), allow_retries=False)
        yield dg.MaterializeResult(
            asset_key=stage.name, metadata=_ended(attempt), check_results=[_check(stage, attempt)]
        )

    return asset


def _declared(stage: Stage, contracts: dict[str, Contract]) -> dict[str, Any]:
    inputs: dict[str, Any] = {name: contracts[name] for name in stage.inputs}
    lineage = column_lineage(stage.contract, inputs | ({FEED: None} if stage.reads_feed else {}))
    told = {column.name: column for column in stage.contract.columns}
    return {
        "dagster/column_schema": dg.TableSchema(
            columns=[
                dg.TableColumn(
                    name,
                    str(dtype),
                    description=told[name].about or None if name in told else "written by the machinery",
                    constraints=dg.TableColumnConstraints(
                        nullable=name not in told or told[name].null is not None,
                        unique=(name,) == stage.contract.keys,
                        other=sorted(told[name].tags) if name in told else [],
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
            "\n".join(f"- {rule.name}: {rule.why}" for rule in stage.contract.rules) or "none beyond types and key"
        ),
    }


def _ended(attempt: Attempt) -> dict[str, Any]:
    told: dict[str, Any] = {
        "dagster/row_count": attempt.rows,
        "outcome": "unchanged" if attempt.unchanged else ("refused" if attempt.refused else "admitted"),
        "version": attempt.version if attempt.version is not None else "none yet",
        "computed": attempt.computed,
        "put in": attempt.upserted,
        "taken out": attempt.removed,
        "set aside": attempt.set_aside,
        "cost": str(attempt.cost),
        "seconds": dg.MetadataValue.float(round(attempt.seconds, 3)),
        "attempt": attempt.id,
        "trace": attempt.trace_id,
    }
    if attempt.ledger_index is not None:
        told["ledger entry"] = attempt.ledger_index
    if attempt.verdict is not None:
        told["findings"] = dg.MetadataValue.table(
            records=[
                dg.TableRecord({"rule": f.rule, "outcome": f.outcome.value, "about": f.about, "why": f.why, "do": f.do})
                for f in _sorted(attempt.verdict.findings)
            ],
            schema=dg.TableSchema([dg.TableColumn(name) for name in ("rule", "outcome", "about", "why", "do")]),
        )
    return told


def _check(stage: Stage, attempt: Attempt) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=stage.name,
        check_name=GATE,
        passed=not attempt.refused,
        severity=dg.AssetCheckSeverity.ERROR,
        description=_words(stage, attempt),
        metadata=_ended(attempt),
    )


def _words(stage: Stage, attempt: Attempt) -> str:
    stays = f"version {attempt.version} stays published" if attempt.version is not None else "nothing is published yet"
    if attempt.unchanged:
        return f"Nothing changed; {stays}."
    if not attempt.refused or attempt.verdict is None:
        return f"Admitted as version {attempt.version} (ledger entry {attempt.ledger_index})."
    said = " ".join(f"[{f.rule}] {f.why}. To do: {f.do}." for f in attempt.verdict.refusals)
    return f"{stage.name} was refused in attempt {attempt.id}; {stays}. {said}"


def _sorted(findings: Sequence[Finding]) -> list[Finding]:
    order = {Outcome.REFUSED: 0, Outcome.ADMITTED: 1, Outcome.NOT_APPLICABLE: 2}
    return sorted(findings, key=lambda finding: (order[finding.outcome], finding.rule))
