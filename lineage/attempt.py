"""Attempt: what lineage tells of: one attempt of one stage, what it read, what it writes, and what the gate decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lineage import names
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
