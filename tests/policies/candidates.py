"""A candidate that every rule admits, for tests that change one fact of it, and engines that misbehave."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import orjson

from policies.candidate import (
    Candidate,
    ColumnFacts,
    DeliveryFacts,
    DriftFacts,
    ExpectationFacts,
    InputFacts,
    LossFacts,
    MigrationFacts,
    ModelFacts,
    ParentFacts,
    PromisedFacts,
    StepFacts,
)
from policies.engine import Identity, PolicyEngine

DECLARED = (("product", "String"), ("colour", "String"), ("_fingerprint", "Int64"))
CARD = {
    "purpose": "reads colours",
    "owner": "catalogue",
    "licence": "Apache-2.0",
    "limits": ["English only"],
    "evaluation": {"f1": 0.9},
    "training_data": "none",
}
NEW = DriftFacts(
    supplier="acme",
    delivery="0" * 64,
    kind="appeared",
    column="colour",
    size=1,
    read=False,
    lost=False,
    records=1000,
    what="`colour` is new",
    why="the supplier added it",
    do="map it if it says something that a field should hold",
    accepted=False,
)
PROMISED = (
    PromisedFacts("product", "String", (), nullable=False, key=True),
    PromisedFacts("colour", "String", ("enriched",), nullable=True, key=False),
)
MOVED = MigrationFacts(
    before=(PROMISED[0], replace(PROMISED[1], name="hue")),
    after=PROMISED,
    steps=(StepFacts("renamed", "colour", "hue"),),
    by="ann",
    returns=1,
    losses=(LossFacts("hue", 1, "its rows came since"),),
    accepts_loss=True,
    checked=10,
)
COLOURS = Candidate(
    table="colours",
    stage="colour",
    profile="run",
    tags=(),
    key=("product",),
    contract="c" * 64,
    contract_version=1,
    draft="d" * 64,
    declared=DECLARED,
    columns=(
        ColumnFacts("product", "String", (), 0, 0, 0, False, None, None),
        ColumnFacts("colour", "String", ("enriched",), 10, 0, 0, True, 0, 0.9),
        ColumnFacts("_fingerprint", "Int64", (), 0, 0, 0, False, None, None),
    ),
    rows=1000,
    considered=1000,
    quarantined=3,
    measured=1000,
    fingerprints=1000,
    inputs=(InputFacts("products", "table", 3, None, 17), InputFacts("feed.csv", "file", None, "0" * 64, None)),
    models=(ModelFacts("extract/colour", "palette", "3", "e" * 64, "e" * 64, "champion", CARD, 1000),),
    expected=1,
    expectations=(ExpectationFacts("expect_column_values_to_be_unique", ("product",), True, "0 repeated"),),
    cost=Decimal("0.12"),
    parent=ParentFacts(2, 990, DECLARED, "b" * 64, 1),
    deliveries=(DeliveryFacts("acme", "0" * 64, "1" * 64, 1000),),
    drifts=(NEW,),
    migration=MOVED,
)


def colour(**changed: Any) -> Candidate:
    """The good candidate with facts of its answered column changed."""
    product, answered, fingerprint = COLOURS.columns
    return replace(COLOURS, columns=(product, replace(answered, **changed), fingerprint))


def model(**changed: Any) -> Candidate:
    """The good candidate with facts of its model changed."""
    return replace(COLOURS, models=(replace(COLOURS.models[0], **changed),))


class Answering:
    """An engine of the port that hands the real one's answer to a function, or answers what it likes."""

    def __init__(self, real: PolicyEngine, meddle: Mapping[str, Callable[[Any], Any]]) -> None:
        self._real = real
        self._meddle = meddle
        self.identity: Identity = real.identity
        self.asked: list[tuple[str, bytes]] = []

    def decide(self, entrypoint: str, document: bytes) -> Any:
        self.asked.append((entrypoint, document))
        answer = copy.deepcopy(self._real.decide(entrypoint, document))
        return self._meddle.get(entrypoint, lambda same: same)(answer)


class Told:
    """An engine that answers what it is told, without a bundle; for rules that exist only in a test."""

    def __init__(self, rules: list[dict[str, Any]], rows: Callable[[Any], Any]) -> None:
        self._rules = rules
        self._rows = rows
        self.identity = Identity(policy="p" * 64, engine="told", rules=tuple(one["rule"] for one in rules))
        self.asked: list[Any] = []

    def decide(self, entrypoint: str, document: bytes) -> Any:
        if entrypoint == "aios/main/rules":
            return self._rules
        self.asked.append(orjson.loads(document))
        return self._rows(self.asked[-1])
