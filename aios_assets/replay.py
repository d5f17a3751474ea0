"""Replay: committed versions measured again and judged by the rules in force now.

The ledger keeps the digest of a candidate's facts, never the facts, so they are measured anew over the whole version.
What a decision saw of rows that came in earlier was measured when those came; here everything is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from aios_assets.definitions import stages
from aios_assets.errors import LakeError, SettingsError
from aios_assets.lake import polars_schema
from aios_assets.profile import profile as profile_of
from aios_assets.runtime import Runtime, engine_of
from aios_assets.stage import Stage
from audit.entries import Decided
from audit.ledger import Kind
from audit.table import TableState
from policies.candidate import Candidate, ModelFacts, ParentFacts
from policies.contract import FINGERPRINT
from policies.gate import Gate
from policies.permit import digest_of
from policies.quality.suite import run_suite
from serving.registry import Registry


@dataclass(frozen=True)
class Replayed:
    """One decision then and now. `now` is None where it cannot be judged again, and `why` says why not."""

    ledger_index: int
    table: str
    version: int | None
    then: str
    now: str | None
    why: str

    @property
    def changed(self) -> bool:
        """True if it was judged again and ends otherwise."""
        return self.now is not None and self.now != self.then

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {**vars(self), "changed": self.changed}


def replay(
    runtime: Runtime,
    entry: int | None = None,
    *,
    profile: str | None = None,
    say: Callable[[str], None] = lambda name: None,  # noqa: ARG005  nobody listens
) -> list[Replayed]:
    """Judges one decision again (default: every one). Raises SettingsError for an entry that is no decision."""
    start, stop = (0, None) if entry is None else (entry, entry + 1)
    known = {stage.name: stage for stage in stages(runtime.settings)}
    found = list(runtime.lake.ledger.read(start, stop, kind=Kind.DECIDED)) if start >= 0 else []
    if entry is not None and not found:
        raise SettingsError(
            f"entry {entry}", "it is no decision", "see aios sql: SELECT DISTINCT ledger_index FROM decisions"
        )
    judged = []
    for logged in found:
        decided = Decided.parse(logged.entry.body)
        say(f"{decided.table} (entry {logged.index})")
        judged.append(_replayed(runtime, logged.index, decided, known.get(decided.stage), profile or decided.profile))
    return judged


def _replayed(runtime: Runtime, index: int, decided: Decided, stage: Stage | None, profile: str) -> Replayed:
    then = "admitted" if decided.admitted else "refused"
    state = runtime.lake.state(decided.table)
    version = _version(state, decided)
    why = _impossible(decided, stage, state, version)
    if why or stage is None or state is None or version is None:
        return Replayed(index, decided.table, version, then, None, why)
    try:
        candidate = _candidate(runtime, decided, stage, state, version, profile=profile)
    except LakeError as gone:
        return Replayed(index, decided.table, version, then, None, gone.why)
    verdict = Gate(engine_of(runtime.settings), profile).judge(candidate)
    said = "; ".join(f"{one.rule}: {one.why}" for one in verdict.refusals)
    return Replayed(index, decided.table, version, then, "admitted" if verdict.admitted else "refused", said)


def _version(state: TableState | None, decided: Decided) -> int | None:
    history = state.history.values() if state else ()
    return next((version.version for version in history if version.permit == decided.permit), None)


def _impossible(decided: Decided, stage: Stage | None, state: TableState | None, version: int | None) -> str:
    """Why a decision cannot be judged again; empty where it can."""
    if not decided.admitted:
        return "refused drafts are not kept: run the stage again"
    if stage is None:
        return f"no stage {decided.stage} is known: add its module to [stages] modules"
    if state is None or version is None:
        return "it changed no row of the table" if not decided.writes else "it was never committed"
    if state.history[version].lost:
        return f"version {version} was vacuumed"
    if state.history[version].planned.write.contract != stage.contract.digest:
        return "the table's contract has changed since: its columns mean something else"
    parent = _parent(state, version)
    moved = parent is not None and parent.contract != stage.contract.digest
    return "it changed the table's contract: what was declared and lost then is not measured again" if moved else ""


def _candidate(
    runtime: Runtime, decided: Decided, stage: Stage, state: TableState, version: int, *, profile: str
) -> Candidate:
    contract, rows = stage.contract, runtime.lake.scan(decided.table, version).collect()
    aside = int(decided.measures.get("set_aside", "0"))
    return Candidate(
        table=decided.table,
        stage=stage.name,
        profile=profile,
        tags=tuple(sorted(contract.tags)),
        key=contract.keys,
        contract=contract.digest,
        contract_version=contract.version,
        draft=digest_of(planned.write for planned in decided.writes),
        declared=tuple((name, str(dtype)) for name, dtype in contract.schema.items()),
        columns=profile_of(rows, contract),
        rows=rows.height,
        measured=rows.height,
        considered=rows.height + aside,
        quarantined=aside,
        fingerprints=rows.height - rows.get_column(FINGERPRINT).null_count(),
        inputs=decided.inputs,
        models=tuple(_model(told) for told in decided.models),
        expected=len(contract.suite),
        expectations=run_suite(rows, contract.suite),
        cost=Decimal(decided.cost),
        parent=_parent(state, version),
    )


def _model(told: Any) -> ModelFacts:
    """A model as the decision names it, where it stands as it is registered now."""
    entry = Registry.load().registered(told["task"], told["name"], told["version"])
    return ModelFacts(
        task=told["task"],
        name=told["name"],
        version=told["version"],
        digest=told["digest"],
        registered_digest=entry.digest if entry else None,
        standing=entry.standing.value if entry else None,
        card=entry.card.plain() if entry else {},
        answers=int(told["answers"]),
    )


def _parent(state: TableState, version: int) -> ParentFacts | None:
    before = [number for number in state.history if number < version]
    if not before:
        return None
    parent = state.history[max(before)]
    shape = tuple((name, str(dtype)) for name, dtype in polars_schema(parent.planned.schema).items())
    return ParentFacts(parent.version, parent.rows, shape, parent.planned.write.contract, 1)
