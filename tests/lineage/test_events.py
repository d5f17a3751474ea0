import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource

from lineage import governance
from lineage.attempt import Attempt, Code, Decision, Input, Output
from lineage.errors import LineageError
from lineage.events import completed, failed, started
from policies.candidate import Candidate, ColumnFacts, ExpectationFacts, InputFacts, ModelFacts
from policies.contract import Column, Contract, RowRule, longest
from policies.permit import DraftFile, Write
from policies.verdict import Finding, Outcome, Verdict

SPEC = Path(__file__).parents[2] / ".." / "shared" / "data" / "openlineage"
AT = datetime(2026, 11, 3, 2, 0, 0, 5, tzinfo=UTC)

PRODUCTS = Contract(
    key=("supplier", "sku"),
    columns=(
        Column("supplier", pl.String),
        Column("sku", pl.String),
        Column("title", pl.String, reads=("title",), tags={"text"}),
    ),
)
LISTINGS = Contract(
    key="product",
    columns=(
        Column("product", pl.String, reads=("matches.product",), about="the golden product"),
        Column("title", pl.String, reads=("products.title",), tags={"published"}, answered=True),
        Column("price", pl.Decimal(10, 2), reads=("price",), answered=True, null="no price is told"),
    ),
    rules=(RowRule("priced", pl.col("price") > 0, "the price is not positive", "mend the feed"),),
    expects=(longest("title", 150),),
    tags={"catalogue"},
)
ASIDE = Contract(
    key="id",
    columns=(
        Column("id", pl.String),
        Column("product", pl.String, null="no key"),
        Column("why", pl.String),
    ),
    tags={"quarantine"},
)


def a_candidate(**changed: Any) -> Candidate:
    told = Candidate(
        table="listings", stage="listings", profile="pilot", tags=("catalogue",), key=("product",),
        contract=LISTINGS.digest, contract_version=1, draft="d" * 64, declared=(("title", "String"),),
        columns=(
            ColumnFacts("product", "String", (), 0, 0, 0, False, None, None),
            ColumnFacts("title", "String", ("published",), 1, 0, 0, True, 0, 0.62),
            ColumnFacts("price", "Decimal(10, 2)", (), 2, 0, 0, True, 0, None),
        ),
        rows=10, measured=10, considered=12, quarantined=2, fingerprints=10, inputs=(), expected=4, cost=Decimal("0.0420"),
        models=(ModelFacts("extract/title", "rules", "3", "a" * 64, "a" * 64, "champion", {"owner": "x"}, 10),
                ModelFacts("extract/brand", "new", "1", "b" * 64, None, None, {}, 1)),
        expectations=(
            ExpectationFacts("expect_column_values_to_be_unique", ("product",), True, "10 of 10"),
            ExpectationFacts("expect_column_value_lengths_to_be_between", ("title",), False, "longest 171"),
            ExpectationFacts("expect_compound_columns_to_be_unique", ("product", "title"), None, ""),
        ),
    )  # fmt: skip
    return replace(told, **changed)


ATTEMPT = Attempt(
    lake="shop", location="aios", stage="listings", run="0190f3c2-7b1e-7c3a-9c46-0a7b7c1d2e3f", job="nightly", number=0,
    nominal=AT - timedelta(minutes=1), about="What a channel would get.", owners=("team:catalogue",),
    code=Code("https://example.org/shop", "stages/listings.py", "4f2c1ab"),
)  # fmt: skip
INPUTS = (
    Input(
        InputFacts("products", "table", 4, "c" * 64, 17),
        PRODUCTS,
        rows=20,
        size=4096,
        files=16,
        nulls={"title": 1},
    ),
    Input(InputFacts("matches", "table", 2, None, 18), ("product", "supplier", "sku")),
    Input(InputFacts("walmart.csv", "file", None, "d" * 64, None)),
)
WRITE = Write("listings", -1, (DraftFile("a", 100, "e" * 64, 6), DraftFile("b", 50, "f" * 64, 4)), (), LISTINGS.digest)
OUTPUTS = (
    Output("listings", LISTINGS, a_candidate(), WRITE, 0, "What a channel would get."),
    Output(
        "listings_quarantine",
        ASIDE,
        None,
        replace(WRITE, table="listings_quarantine", parent=3, overwrite=True),
        4,
        aside_of=LISTINGS,
    ),
)
PLANNED = tuple(replace(output, candidate=None, write=None, version=None) for output in OUTPUTS)
ADMITTED = Verdict(
    "listings",
    "d" * 64,
    (
        Finding("provenance/receipts-complete", Outcome.ADMITTED, "every answer is signed", "", "title"),
        Finding("model/registered-and-carded", Outcome.NOT_APPLICABLE, "no model answered", ""),
    ),
    "9" * 64,
    "wasm 50",
)
REFUSED = replace(
    ADMITTED,
    findings=(Finding("evidence/confidence-floor", Outcome.REFUSED, "0.62 is under 0.7", "review it", "title"),),
)
DECISION = Decision(ADMITTED, a_candidate(), 41, "permit-1", "0af7651916cd43dd8448eb211c80319c")
REFUSAL = replace(DECISION, verdict=REFUSED, permit=None)

EVENTS = {
    "started": started(ATTEMPT, at=AT, inputs=INPUTS, outputs=PLANNED),
    "completed": completed(ATTEMPT, at=AT, inputs=INPUTS, outputs=OUTPUTS, decision=DECISION),
    "refused": failed(ATTEMPT, at=AT, inputs=INPUTS, outputs=(replace(OUTPUTS[0], version=None),), decision=REFUSAL),
    "fault": failed(ATTEMPT, at=AT, inputs=INPUTS, outputs=PLANNED, fault=MemoryError),
    "bare": started(
        replace(ATTEMPT, nominal=None, about="", owners=(), code=None, run="not a uuid"), at=AT, inputs=(), outputs=()
    ),
}


def spec_registry() -> Registry[Any]:
    if not SPEC.is_dir():
        pytest.skip("the OpenLineage schemas are not there: ../shared/data/openlineage is needed for this test")
    schemas = [orjson.loads((SPEC / "OpenLineage.json").read_bytes())]
    schemas += [orjson.loads(file.read_bytes()) for file in sorted((SPEC / "facets").glob("*.json"))]
    schemas += [governance.published(key) for key in governance.FACETS]
    return Registry().with_resources([(s["$id"], Resource.from_contents(s)) for s in schemas])


def facets_of(event: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    found = [*event["run"]["facets"].items(), *event["job"]["facets"].items()]
    for dataset in (*event["inputs"], *event["outputs"]):
        for kind in ("facets", "inputFacets", "outputFacets"):
            found += dataset.get(kind, {}).items()
    return found


def validate(event: dict[str, Any]) -> int:
    """Against the event schema, and every facet against the schema of its name; how many facets were looked at."""
    registry = spec_registry()

    def check(schema: dict[str, Any], value: object) -> None:
        Draft202012Validator(schema, registry=registry, format_checker=FormatChecker()).validate(value)

    check({"$ref": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"}, event)
    check(registry.contents("https://openlineage.io/spec/2-0-2/OpenLineage.json"), event)
    by_file = {id_.rsplit("/", 1)[-1]: id_ for id_ in registry}
    seen = 0
    for key, facet in facets_of(event):
        address, _, pointer = facet["_schemaURL"].partition("#")
        # The client may be a patch version ahead of the spec that lies here; the file's name is the same.
        schema_id = by_file[address.rsplit("/", 1)[-1]]
        check({"$ref": f"{schema_id}#{pointer}"}, facet)
        assert key in registry.contents(schema_id)["properties"], f"{key} is not the key of its facet"
        check({"$ref": schema_id}, {key: facet})
        seen += 1
    return seen


@pytest.mark.shared
@pytest.mark.parametrize("kind", EVENTS)
def test_every_event_is_valid_openlineage(kind: str) -> None:
    assert validate(EVENTS[kind]) >= 2


@pytest.mark.shared
@pytest.mark.parametrize(
    ("facet", "path", "wrong"),
    [
        ("aios_gateDecision", ("admitted",), "true"),
        ("aios_gateDecision", ("ledgerIndex",), -1),
        ("aios_gateDecision", ("findings", 0, "outcome"), "maybe"),
        ("aios_gateDecision", ("findings", 0, "surplus"), "x"),
        ("aios_gateDecision", ("surplus",), "x"),
        ("aios_gateDecision", ("traceId",), "zz"),
        ("aios_modelUse", ("cost",), 0.5),
        ("aios_modelUse", ("models", 0, "answers"), "10"),
    ],
)
def test_our_schemas_refuse_what_is_wrong(facet: str, path: tuple[Any, ...], wrong: object) -> None:
    event = copy.deepcopy(EVENTS["completed"])
    at = event["run"]["facets"][facet]
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = wrong
    with pytest.raises(ValidationError):
        validate(event)


@pytest.mark.parametrize("key", governance.FACETS)
def test_our_facets_keep_to_the_rules_for_custom_facets(key: str) -> None:
    schema = governance.published(key)
    name = governance.FACETS[key]
    Draft202012Validator.check_schema(schema)
    assert key.startswith("aios_")
    assert name.startswith("Aios")
    assert name.endswith("Facet")
    assert schema["$id"] == f"{governance.SCHEMAS}/{name}.json"
    assert schema["properties"] == {key: {"$ref": f"#/$defs/{name}"}}
    sent = [facet for found, facet in facets_of(EVENTS["completed"]) if found == key]
    assert sent
    assert {facet["_schemaURL"] for facet in sent} == {f"{schema['$id']}#/$defs/{name}"}
    assert {facet["_producer"] for facet in sent} == {governance.PRODUCER}


def test_an_unknown_facet_has_no_schema() -> None:
    with pytest.raises(LineageError, match="none of ours"):
        governance.published("aios_other")


@pytest.mark.parametrize("kind", EVENTS)
def test_every_event_is_canonical_without_floats(kind: str) -> None:
    def floats(value: Any) -> list[Any]:
        match value:
            case float():
                return [value]
            case dict():
                return [f for item in value.values() for f in floats(item)]
            case list():
                return [f for item in value for f in floats(item)]
            case _:
                return []

    assert floats(EVENTS[kind]) == []
    canonical = rfc8785.dumps(EVENTS[kind])
    assert orjson.loads(canonical) == EVENTS[kind]


@given(
    lowest=st.none() | st.floats(),
    cost=st.decimals(min_value=0, max_value=10**6, places=6),
    rows=st.integers(0, 2**40),
    observed=st.text(st.characters(codec=None), max_size=8),
    success=st.sampled_from([True, False, None]),
)
def test_whatever_was_measured_stays_canonical(lowest, cost, rows, observed, success) -> None:
    candidate = a_candidate(
        cost=cost, rows=rows, columns=(ColumnFacts("title", "String", (), 0, 0, 0, True, 0, lowest),),
        expectations=(ExpectationFacts("expect_x", ("title",), success, observed),),
    )  # fmt: skip
    outputs = (replace(OUTPUTS[0], candidate=candidate),)
    event = completed(ATTEMPT, at=AT, inputs=INPUTS, outputs=outputs, decision=replace(DECISION, candidate=candidate))
    assert orjson.loads(rfc8785.dumps(event)) == event
    use = event["run"]["facets"]["aios_modelUse"]
    assert Decimal(use["cost"]) == cost
    check = Draft202012Validator(
        governance.published("aios_modelUse")["$defs"]["AiosModelUseRunFacet"]["allOf"][1]["properties"]["cost"]
    )
    check.validate(use["cost"])


def test_a_run_is_known_by_one_id_however_often_it_is_told() -> None:
    assert len({EVENTS[kind]["run"]["runId"] for kind in ("started", "completed", "refused", "fault")}) == 1
    assert EVENTS["completed"] == completed(ATTEMPT, at=AT, inputs=INPUTS, outputs=OUTPUTS, decision=DECISION)
    assert started(replace(ATTEMPT, number=1), at=AT, inputs=(), outputs=())["run"]["runId"] != ATTEMPT.id


def test_a_completed_event_says_what_was_committed() -> None:
    event = EVENTS["completed"]
    assert (event["eventType"], event["eventTime"]) == ("COMPLETE", "2026-11-03T02:00:00.000005Z")
    assert event["job"] | {"facets": None} == {"namespace": "aios://shop", "name": "aios.listings", "facets": None}
    parent = event["run"]["facets"]["parent"]
    assert (parent["run"]["runId"], parent["job"]["name"]) == (ATTEMPT.run, "aios.nightly")
    products, _, delivered = event["inputs"]
    assert (products["namespace"], products["name"]) == ("aios://shop", "products")
    assert products["facets"]["version"]["datasetVersion"] == "4"
    assert (delivered["namespace"], delivered["name"]) == ("file", "walmart.csv")
    assert delivered["facets"]["version"]["datasetVersion"] == "sha256:" + "d" * 64
    listings, aside = event["outputs"]
    assert listings["facets"]["version"]["datasetVersion"] == "0"
    wrote = listings["outputFacets"]["outputStatistics"]
    assert (wrote["rowCount"], wrote["size"], wrote["fileCount"]) == (10, 150, 2)
    assert listings["facets"]["lifecycleStateChange"]["lifecycleStateChange"] == "CREATE"
    assert aside["facets"]["lifecycleStateChange"]["lifecycleStateChange"] == "OVERWRITE"
    assert [field["name"] for field in listings["facets"]["schema"]["fields"]] == list(LISTINGS.schema)
    assert listings["facets"]["dataQualityMetrics"]["columnMetrics"]["price"] == {"count": 8, "nullCount": 2}
    gate = event["run"]["facets"]["aios_gateDecision"]
    assert (gate["admitted"], gate["ledgerIndex"], gate["permit"], gate["traceId"]) == (
        True, 41, "permit-1", "0af7651916cd43dd8448eb211c80319c",
    )  # fmt: skip
    assert [test["status"] for test in event["run"]["facets"]["test"]["tests"]] == ["pass", "skip"]
    signed = listings["facets"]["aios_receipts"]["fields"]
    assert signed == [
        {"field": "title", "unsigned": 0, "lowestConfidence": "0.62"},
        {"field": "price", "unsigned": 0},
    ]


def test_an_assertion_succeeds_only_if_the_suite_said_so() -> None:
    told = EVENTS["completed"]["outputs"][0]["facets"]["dataQualityAssertions"]["assertions"]
    assert [(a["assertion"], a["success"]) for a in told] == [
        ("expect_column_values_to_be_unique", True),
        ("expect_column_value_lengths_to_be_between", False),
        ("expect_compound_columns_to_be_unique", False),
        ("every_expectation_is_answered", False),
    ]
    assert told[1]["expected"] == '{"max_value":150,"min_value":0}'
    assert told[2]["params"] == {"columns": ["product", "title"]}


def test_column_lineage_names_datasets_and_how_they_decide() -> None:
    listings, aside = EVENTS["completed"]["outputs"]
    lineage = listings["facets"]["columnLineage"]

    def said(fields: list[dict[str, Any]]) -> list[tuple[str, str, str, str]]:
        return [
            (f["name"], f["field"], f["transformations"][0]["type"], f["transformations"][0]["subtype"]) for f in fields
        ]

    assert said(lineage["fields"]["title"]["inputFields"]) == [("products", "title", "DIRECT", "TRANSFORMATION")]
    assert said(lineage["fields"]["title__by"]["inputFields"]) == [("products", "title", "INDIRECT", "CONDITIONAL")]
    assert said(lineage["fields"]["price"]["inputFields"]) == [("walmart.csv", "price", "DIRECT", "TRANSFORMATION")]
    assert all(f["transformations"][0]["masking"] for f in lineage["fields"]["_fingerprint"]["inputFields"])
    assert said(lineage["dataset"]) == [
        ("matches", "product", "INDIRECT", "GROUP_BY"),
        ("walmart.csv", "price", "INDIRECT", "FILTER"),
    ]
    broken = aside["facets"]["columnLineage"]["fields"]
    assert said(broken["product"]["inputFields"]) == [("matches", "product", "DIRECT", "TRANSFORMATION")]
    assert {field[:2] for field in said(broken["why"]["inputFields"])} == {
        ("matches", "product"), ("products", "title"), ("walmart.csv", "price"),
    }  # fmt: skip


def test_a_refusal_says_rule_reason_and_remedy() -> None:
    event = EVENTS["refused"]
    assert event["eventType"] == "FAIL"
    assert event["run"]["facets"]["errorMessage"]["message"] == (
        "refused by evidence/confidence-floor (title): 0.62 is under 0.7. To do: review it"
    )
    assert "version" not in event["outputs"][0]["facets"]
    assert event["outputs"][0]["outputFacets"] == {}


def test_a_verdict_that_found_nothing_is_told_as_a_refusal() -> None:
    silent = replace(REFUSAL, verdict=replace(ADMITTED, findings=()))
    event = failed(ATTEMPT, at=AT, inputs=(), outputs=(), decision=silent)
    assert "gate/some-rule-applies" in event["run"]["facets"]["errorMessage"]["message"]


def test_a_fault_is_told_by_its_class_and_not_by_its_words() -> None:
    class OddError(Exception):
        pass

    raised = OddError("john@example.org is broken")
    event = failed(ATTEMPT, at=AT, inputs=(), outputs=(), fault=type(raised))
    assert "OddError" in event["run"]["facets"]["errorMessage"]["message"]
    assert "john" not in orjson.dumps(event).decode()


def test_what_is_not_governed_is_not_completed() -> None:
    with pytest.raises(LineageError, match="not admitted"):
        completed(ATTEMPT, at=AT, inputs=INPUTS, outputs=OUTPUTS, decision=REFUSAL)
    with pytest.raises(LineageError, match="not admitted"):
        completed(ATTEMPT, at=AT, inputs=INPUTS, outputs=OUTPUTS, decision=replace(DECISION, permit=None))
    with pytest.raises(LineageError, match="listings has no committed version"):
        completed(ATTEMPT, at=AT, inputs=INPUTS, outputs=(replace(OUTPUTS[0], version=None),), decision=DECISION)
    with pytest.raises(LineageError, match="without a reason"):
        failed(ATTEMPT, at=AT, inputs=INPUTS, outputs=(), decision=DECISION)


def test_time_is_an_instant() -> None:
    with pytest.raises(LineageError, match="zone"):
        started(ATTEMPT, at=datetime(2026, 1, 1), inputs=(), outputs=())  # noqa: DTZ001 - what is refused
    east = AT.astimezone(timezone(timedelta(hours=9)))
    assert started(ATTEMPT, at=east, inputs=(), outputs=())["eventTime"] == EVENTS["started"]["eventTime"]
