"""Candidate: the facts about a draft that a gate may see. Counts and digests, never a row's text."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class ColumnFacts:
    """What was measured of one physical column of the draft, over the rows that would become visible.

    `tags` come from the contract; everything else is measured. `personal` and `secrets` count values in which the
    detectors found something. `unsigned` counts values that have no receipt; it is None where none is owed.
    """

    name: str
    type: str
    tags: tuple[str, ...]
    nulls: int
    personal: int
    secrets: int
    answered: bool
    unsigned: int | None
    lowest_confidence: float | None


@dataclass(frozen=True)
class InputFacts:
    """One input, pinned: a governed table at a committed version, or a delivered file.

    `version` is None for a file, `ledger_index` the entry that committed the version (None where there is none).
    """

    name: str
    kind: str
    version: int | None
    digest: str | None
    ledger_index: int | None


@dataclass(frozen=True)
class ModelFacts:
    """One model that answered: who it is, where it stands, and its card as it is registered (empty where it has none)."""

    task: str
    name: str
    version: str
    digest: str
    registered_digest: str | None
    standing: str | None
    card: Mapping[str, Any]
    answers: int


@dataclass(frozen=True)
class ExpectationFacts:
    """One table-level expectation and what was observed. `success` is what the suite answered, unjudged."""

    type: str
    columns: tuple[str, ...]
    success: bool | None
    observed: str


@dataclass(frozen=True)
class ParentFacts:
    """The version that is published now and would be followed."""

    version: int
    rows: int
    columns: tuple[tuple[str, str], ...]
    contract: str
    contract_version: int


@dataclass(frozen=True)
class DeliveryFacts:
    """One delivery that the draft takes in, and the last accepted one of its supplier that it was compared with.

    `digest` is its SHA-256; `against` is the other's, None where none was accepted before.
    """

    supplier: str
    digest: str
    against: str | None
    records: int


@dataclass(frozen=True)
class DriftFacts:
    """One difference in shape between a delivery and the last accepted one of its supplier.

    `size` says how much of the column or the delivery it concerns (1: all of it). `read`: the mapping reads the column;
    `lost`: it reads a column that is not there. `records` is how many records it was measured against. `accepted`: a
    person said yes to this difference in exactly this delivery. `what`, `why` and `do` are words, without any value.
    """

    supplier: str
    delivery: str
    kind: str
    column: str
    size: float
    read: bool
    lost: bool
    records: int
    what: str
    why: str
    do: str
    accepted: bool


@dataclass(frozen=True)
class PromisedFacts:
    """One column as a contract promises it."""

    name: str
    type: str
    tags: tuple[str, ...]
    nullable: bool
    key: bool


@dataclass(frozen=True)
class StepFacts:
    """One declared step: `kind` is its class in small letters, `column` as it is called now (or was, where it is dropped).

    `was` is its former name; both are empty where a step is about no column.
    """

    kind: str
    column: str
    was: str


@dataclass(frozen=True)
class LossFacts:
    """Values of a column that the change would take away from rows, and where nobody could find them again."""

    column: str
    rows: int
    what: str


@dataclass(frozen=True)
class MigrationFacts:
    """A change of contract: what was promised before and is now, and the steps that were declared for it.

    `by` names who applies it; it is empty in a run that merely meets another contract. `returns` is the committed version
    that a revert goes back to. `checked` rows were computed again for a comparison, and `differing` came out otherwise
    than they are carried over. `accepts_loss`: that person said yes to the losses.
    """

    before: tuple[PromisedFacts, ...]
    after: tuple[PromisedFacts, ...]
    steps: tuple[StepFacts, ...]
    by: str = ""
    returns: int | None = None
    losses: tuple[LossFacts, ...] = ()
    accepts_loss: bool = False
    checked: int = 0
    differing: int = 0


@dataclass(frozen=True)
class Candidate:
    """A draft that asks to become visible.

    `rows` is what the table would hold, `quarantined` what was set aside of `considered` rows in this attempt.
    `measured` rows are new in the draft: columns and fingerprints were measured over those, the others when they came.
    `expected` is how many expectations the contract promises: fewer answers than that is no answer.
    """

    table: str
    stage: str
    profile: str
    tags: tuple[str, ...]
    key: tuple[str, ...]
    contract: str
    contract_version: int
    draft: str
    declared: tuple[tuple[str, str], ...]
    columns: tuple[ColumnFacts, ...]
    rows: int
    measured: int
    considered: int
    quarantined: int
    fingerprints: int
    inputs: tuple[InputFacts, ...]
    models: tuple[ModelFacts, ...]
    expected: int
    expectations: tuple[ExpectationFacts, ...]
    cost: Decimal
    parent: ParentFacts | None = None
    deliveries: tuple[DeliveryFacts, ...] = ()
    drifts: tuple[DriftFacts, ...] = ()
    migration: MigrationFacts | None = None

    def facts(self) -> dict[str, Any]:
        """As plain JSON values, the shape of a policy's `input` (policies/rego/aios/schema/candidate.json)."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return str(value)
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            return value
