"""Facts: what the gate is told about an attempt besides its rows: shapes, inputs, models, and the version before."""

import polars as pl

from aios_assets.lake import polars_schema
from audit.entries import Decided
from audit.table import TableState
from policies.candidate import Candidate, InputFacts, ModelFacts, ParentFacts
from serving.gateway import Use


def input_facts(name: str, state: TableState | None) -> InputFacts:
    """A table at its committed version; one of which nothing is committed stays unpinned, and the gate says so."""
    if state is None:
        return InputFacts(name, "table", None, None, None)
    at = state.history[state.version]
    return InputFacts(name, "table", state.version, at.log_sha256, at.committed)


def parent_facts(state: TableState, decided: Decided) -> ParentFacts:
    """The published version, and under which version of its contract it was decided."""
    version = int(decided.measures.get("contract_version", "0"))
    return ParentFacts(state.version, state.rows, shape_of(polars_schema(state.schema)), state.contract, version)


def shape_of(schema: pl.Schema) -> tuple[tuple[str, str], ...]:
    """Names and types of columns, in order."""
    return tuple((name, str(dtype)) for name, dtype in schema.items())


def exposed(candidate: Candidate) -> bool:
    """Whether anything personal or secret was found in a column."""
    return any(column.personal or column.secrets for column in candidate.columns)


def model_facts(use: Use) -> ModelFacts:
    """What a model did in an attempt, and where it stands."""
    return ModelFacts(
        use.task, use.name, use.version, use.digest, use.registered_digest, use.standing, use.card, use.answers
    )


def told_model(use: Use) -> dict[str, str | int]:
    """What a decision keeps of a model's work; numbers with fractions as text."""
    return {
        "task": use.task,
        "name": use.name,
        "version": use.version,
        "digest": use.digest,
        "answers": use.answers,
        "calls": use.calls,
        "cached": use.cached,
        "cost": str(use.cost),
        "seconds": f"{use.seconds:.3f}",
    }
