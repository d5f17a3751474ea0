"""Governance facets: what OpenLineage has no words for. Their JSON schemas lie in lineage/schemas, by version.

OpenLineage's rules for facets of one's own (spec, "Custom Facet Naming"): the key carries the project's prefix, and
`_schemaURL` points at one immutable version of the schema. So a published version is never edited: a change is a new
folder.
"""

from importlib import resources
from typing import Any

import attr
import orjson
from openlineage.client.generated.base import DatasetFacet, RunFacet

from lineage.errors import LineageError

SCHEMAS = "https://aios.invalid/lineage/schemas/1-0-0"
"""Where the schemas are published. `.invalid` (RFC 2606) belongs to nobody: whoever publishes them puts their own here
and in the `$id`s."""

PRODUCER = "https://aios.invalid/lineage"
"""Who made an event."""

GATE_DECISION = "aios_gateDecision"
MODEL_USE = "aios_modelUse"
RECEIPTS = "aios_receipts"

FACETS = {
    GATE_DECISION: "AiosGateDecisionRunFacet",
    MODEL_USE: "AiosModelUseRunFacet",
    RECEIPTS: "AiosReceiptsDatasetFacet",
}
"""Facet key -> name of its schema."""


def published(facet: str) -> dict[str, Any]:
    """The JSON schema of one of our facets, by key; raises LineageError for a key that is none of ours."""
    if facet not in FACETS:
        raise LineageError(f"facet {facet}", "it is none of ours", f"ask for one of {', '.join(FACETS)}")
    text = resources.files("lineage").joinpath("schemas", "1-0-0", f"{FACETS[facet]}.json").read_bytes()
    schema: dict[str, Any] = orjson.loads(text)
    return schema


def _url(name: str) -> str:
    return f"{SCHEMAS}/{name}.json#/$defs/{name}"


@attr.define
class GateDecision(RunFacet):
    """The verdict on the attempt, the ledger entry that holds it, and the permit that it became."""

    admitted: bool
    policy: str
    engine: str
    profile: str
    draft: str
    ledgerIndex: int  # noqa: N815 - OpenLineage's facets speak camel case
    considered: int
    quarantined: int
    findings: list[dict[str, str]]
    permit: str | None = None
    traceId: str | None = None  # noqa: N815 - see above

    @staticmethod
    def _get_schema() -> str:
        return _url(FACETS[GATE_DECISION])


@attr.define
class ModelUse(RunFacet):
    """The models that answered in this attempt, and what their answers cost (decimal text)."""

    models: list[dict[str, Any]]
    cost: str

    @staticmethod
    def _get_schema() -> str:
        return _url(FACETS[MODEL_USE])


@attr.define
class Receipts(DatasetFacet):
    """How well the answered columns are signed: values without receipt, lowest confidence (decimal text)."""

    rows: int
    fingerprints: int
    fields: list[dict[str, Any]]

    @staticmethod
    def _get_schema() -> str:
        return _url(FACETS[RECEIPTS])
