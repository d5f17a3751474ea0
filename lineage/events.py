"""Events: what OpenLineage is told of one attempt of one stage: START, then COMPLETE or FAIL. Pure: no I/O, no clock.

An event is a plain JSON dict without floats, so that it can stand in a ledger entry as it is and be sent from there.
Equal arguments make equal events, with equal run ids. Importing this costs 0.4 s, for OpenLineage's client brings its
transports along.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from openlineage.client.event_v2 import Job, Run, RunEvent, RunState
from openlineage.client.facet_v2 import (
    documentation_job,
    error_message_run,
    job_type_job,
    nominal_time_run,
    ownership_job,
    parent_run,
    source_code_location_job,
)
from openlineage.client.generated.base import JobFacet, RunFacet
from openlineage.client.serde import Serde

from lineage import datasets, facets, names
from lineage.attempt import Attempt, Decision, Input, Output
from lineage.errors import LineageError
from lineage.governance import GATE_DECISION, MODEL_USE, PRODUCER


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
        inputs=[datasets.read(attempt.lake, given) for given in inputs],
        outputs=[datasets.written(attempt.lake, output, inputs) for output in outputs],
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
