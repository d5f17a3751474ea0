"""Events: what OpenLineage is told of one attempt of one stage: START, then COMPLETE or FAIL. Pure: no I/O, no clock.

An event is a plain JSON dict without floats, so that it can stand in a ledger entry as it is and be sent from there.
Equal arguments make equal events, with equal run ids. Importing this costs 0.4 s, for OpenLineage's client brings its
transports along.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import (
    documentation_job,
    error_message_run,
    job_type_job,
    nominal_time_run,
    ownership_job,
    parent_run,
    source_code_location_job,
)
from openlineage.client.generated.base import DatasetFacet, InputDatasetFacet, JobFacet, OutputDatasetFacet, RunFacet
from openlineage.client.serde import Serde

from lineage import facets, names
from lineage.columns import Inputs, set_aside
from lineage.errors import LineageError
from lineage.governance import GATE_DECISION, MODEL_USE, PRODUCER, RECEIPTS
from policies.candidate import Candidate, InputFacts
from policies.contract import Contract
from policies.permit import Write
from policies.verdict import Verdict


@dataclass(frozen=True)
class Code:
    """Where the stage's function stands: a repository's address, a path in it, and the exact version (a commit)."""

    repository: str
    path: str
    version: str


@dataclass(frozen=True)
class Attempt:
    """One attempt of one stage in one orchestrated run.

    `run` and `job` are the orchestrator's run id and job name, `number` counts attempts from 0, `nominal` is the time
    the run was scheduled for. `kind` says what orchestrates it, `owners` are URNs (`team:catalogue`).
    """

    lake: str
    location: str
    stage: str
    run: str
    job: str
    number: int
    kind: str = "STAGE"
    nominal: datetime | None = None
    about: str = ""
    owners: tuple[str, ...] = ()
    code: Code | None = None

    @property
    def id(self) -> str:
        """The run id that OpenLineage knows it by; a retry of shipping has the same."""
        return names.run_id(self.run, self.stage, self.number)


@dataclass(frozen=True)
class Input:
    """One pinned input and what is known of it. `columns` is its contract, its columns, or None for a delivery."""

    facts: InputFacts
    columns: Contract | Sequence[str] | None = None
    rows: int | None = None
    size: int | None = None
    files: int | None = None
    nulls: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Output:
    """One table that the attempt writes. `version` is Delta's, None until the commit; `write` is what that added.

    `aside_of` is the contract that a quarantine's rows were made under.
    """

    table: str
    contract: Contract
    candidate: Candidate | None = None
    write: Write | None = None
    version: int | None = None
    about: str = ""
    aside_of: Contract | None = None


@dataclass(frozen=True)
class Decision:
    """What the gate said of the attempt, the ledger entry that holds it, and what it led to."""

    verdict: Verdict
    candidate: Candidate
    ledger_index: int
    permit: str | None = None
    trace: str | None = None


def started(attempt: Attempt, *, at: datetime, inputs: Sequence[Input], outputs: Sequence[Output]) -> dict[str, Any]:
    """START: the pinned inputs and what is to be written, by shape."""
    return _event(attempt, RunState.START, at, inputs, outputs)


def completed(
    attempt: Attempt, *, at: datetime, inputs: Sequence[Input], outputs: Sequence[Output], decision: Decision
) -> dict[str, Any]:
    """COMPLETE: what was committed, at which version, under which decision.

    Raises LineageError for a decision that does not admit and for an output without a version: nothing ungoverned is
    reported as done.
    """
    if not decision.verdict.admitted or decision.permit is None:
        raise LineageError(
            f"stage {attempt.stage}",
            "it was not admitted under a permit, so it did not complete",
            "report it as failed",
        )
    if silent := [output.table for output in outputs if output.version is None or output.write is None]:
        raise LineageError(
            f"stage {attempt.stage}", f"{', '.join(silent)} has no committed version", "report the commit, or a failure"
        )
    return _event(attempt, RunState.COMPLETE, at, inputs, outputs, more=_governance(decision))


def failed(
    attempt: Attempt,
    *,
    at: datetime,
    inputs: Sequence[Input],
    outputs: Sequence[Output],
    decision: Decision | None = None,
    fault: type[BaseException] | None = None,
) -> dict[str, Any]:
    """FAIL: refused by the gate, or ended by a fault, of which only the class is told (its words may be personal).

    Raises LineageError where neither is given.
    """
    if decision is not None and not decision.verdict.admitted:
        message = "; ".join(_refusal(f.rule, f.about, f.why, f.do) for f in decision.verdict.refusals)
    elif fault is not None:
        message = f"stage {attempt.stage} ended with {fault.__name__}; the run's log has its words"
    else:
        raise LineageError(f"stage {attempt.stage}", "a failure without a reason tells nobody anything", "pass one")
    run: dict[str, RunFacet] = {
        "errorMessage": error_message_run.ErrorMessageRunFacet(
            message=message, programmingLanguage="PYTHON", producer=PRODUCER
        )
    }
    if decision is not None:
        run |= _governance(decision)
    return _event(attempt, RunState.FAIL, at, inputs, outputs, more=run)


def _refusal(rule: str, about: str, why: str, do: str) -> str:
    return f"refused by {rule}{f' ({about})' if about else ''}: {why}. To do: {do}"


def _governance(decision: Decision) -> dict[str, RunFacet]:
    return {
        GATE_DECISION: facets.gate_decision(
            decision.verdict,
            decision.candidate,
            ledger_index=decision.ledger_index,
            permit=decision.permit,
            trace=decision.trace,
        ),
        MODEL_USE: facets.model_use(decision.candidate),
        "test": facets.tests(decision.verdict),
    }


def _event(
    attempt: Attempt,
    state: RunState,
    at: datetime,
    inputs: Sequence[Input],
    outputs: Sequence[Output],
    *,
    more: Mapping[str, RunFacet] | None = None,
) -> dict[str, Any]:
    job = names.job(attempt.lake, attempt.location, attempt.stage)
    event = RunEvent(
        eventTime=_instant(at),
        eventType=state,
        run=Run(runId=attempt.id, facets={**_run(attempt), **(more or {})}),
        job=Job(namespace=job.namespace, name=job.name, facets=_job(attempt)),
        inputs=[_input(attempt.lake, given) for given in inputs],
        outputs=[_output(attempt.lake, output, inputs) for output in outputs],
        producer=PRODUCER,
    )
    plain: dict[str, Any] = _exact(Serde.to_dict(event), "event")
    return plain


def _run(attempt: Attempt) -> dict[str, RunFacet]:
    parent = names.job(attempt.lake, attempt.location, attempt.job)
    told: dict[str, RunFacet] = {
        "parent": parent_run.ParentRunFacet(
            run=parent_run.Run(runId=names.parent_id(attempt.run), facets=None),
            job=parent_run.Job(namespace=parent.namespace, name=parent.name, facets=None),
            producer=PRODUCER,
        )
    }
    if attempt.nominal is not None:
        told["nominalTime"] = nominal_time_run.NominalTimeRunFacet(
            nominalStartTime=_instant(attempt.nominal), producer=PRODUCER
        )
    return told


def _job(attempt: Attempt) -> dict[str, JobFacet]:
    told: dict[str, JobFacet] = {
        "jobType": job_type_job.JobTypeJobFacet(
            processingType="BATCH", integration="AIOS", jobType=attempt.kind, producer=PRODUCER
        )
    }
    if attempt.about:
        told["documentation"] = documentation_job.DocumentationJobFacet(description=attempt.about, producer=PRODUCER)
    if attempt.owners:
        owners = [ownership_job.Owner(name=owner, type="MAINTAINER") for owner in attempt.owners]
        told["ownership"] = ownership_job.OwnershipJobFacet(owners=owners, producer=PRODUCER)
    if attempt.code is not None:
        code = attempt.code
        told["sourceCodeLocation"] = source_code_location_job.SourceCodeLocationJobFacet(
            type="git",
            url=f"{code.repository}/blob/{code.version}/{code.path}",
            repoUrl=code.repository,
            path=code.path,
            version=code.version,
            producer=PRODUCER,
        )
    return told


def _called(lake: str, facts: InputFacts) -> names.Name:
    return names.delivered(facts.name) if facts.version is None else names.dataset(lake, facts.name)


def _input(lake: str, given: Input) -> InputDataset:
    facts, called = given.facts, _called(lake, given.facts)
    told: dict[str, DatasetFacet] = facets.delivery() if facts.version is None else facets.storage()
    pinned = facts.version if facts.version is not None else facts.digest and f"sha256:{facts.digest}"
    if pinned is not None:
        told["version"] = facets.version(pinned)
    match given.columns:
        case Contract():
            told["schema"] = facets.schema(given.columns.schema, facets.described(given.columns))
        case None:
            pass
        case columns:
            told["schema"] = facets.schema(dict.fromkeys(columns), {})
    read: dict[str, InputDatasetFacet] = {}
    if any(known is not None for known in (given.rows, given.size, given.files)):
        read["inputStatistics"] = facets.input_statistics(given.rows, given.size, given.files)
    if given.nulls:
        read["dataQualityMetrics"] = facets.input_metrics(given.rows, given.nulls)
    return InputDataset(namespace=called.namespace, name=called.name, facets=told, inputFacets=read)


def _output(lake: str, output: Output, inputs: Sequence[Input]) -> OutputDataset:
    contract, called = output.contract, names.dataset(lake, output.table)
    shapes: Inputs = {given.facts.name: given.columns for given in inputs}
    spaces = {given.facts.name: _called(lake, given.facts) for given in inputs}
    reading = contract if output.aside_of is None else set_aside(contract, output.aside_of, shapes)
    told: dict[str, DatasetFacet] = {
        **facets.storage(),
        "schema": facets.schema(contract.schema, facets.described(contract)),
        "columnLineage": facets.columns(reading, shapes, spaces),
    }
    if (tags := facets.tags(contract)) is not None:
        told["tags"] = tags
    if output.about:
        told["documentation"] = facets.documentation(output.about)
    if output.candidate is not None:
        told["dataQualityMetrics"] = facets.metrics(output.candidate)
        # The spec lists assertions as facets of inputs; the draft is what the gate read, and only here can they be
        # told of the dataset that they are about. The schema holds in both places.
        told["dataQualityAssertions"] = cast("DatasetFacet", facets.assertions(contract, output.candidate))
        told[RECEIPTS] = facets.receipts(output.candidate)
    wrote: dict[str, OutputDatasetFacet] = {}
    if output.version is not None:
        told["version"] = facets.version(output.version)
        if output.write is not None:
            wrote["outputStatistics"] = facets.written(output.write)
            if (changed := facets.lifecycle(output.write)) is not None:
                told["lifecycleStateChange"] = changed
    return OutputDataset(namespace=called.namespace, name=called.name, facets=told, outputFacets=wrote)


def _instant(at: datetime) -> str:
    """UTC with microseconds and a Z; raises LineageError for a time without a zone."""
    if at.tzinfo is None:
        raise LineageError(f"the time {at}", "it has no zone, so it is no instant", "pass an aware datetime")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _exact(value: Any, where: str) -> Any:
    """As canonical JSON takes it (RFC 8785 as the ledger has it): no floats, no unpaired surrogates."""
    match value:
        case float():
            raise LineageError(where, "a float has no one spelling", "tell it as an integer or as decimal text")
        case str():
            return value.encode("utf-8", "backslashreplace").decode("utf-8")
        case Mapping():
            return {_exact(key, where): _exact(item, f"{where}.{key}") for key, item in value.items()}
        case list() | tuple():
            return [_exact(item, where) for item in value]
        case _:
            return value
