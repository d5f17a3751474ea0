"""The shape of a candidate: what candidate.json says, what the rules ask first, and what Candidate writes are one."""

import copy
from collections.abc import Iterator
from typing import Any

import jsonschema
import orjson
import pytest
from candidates import COLOURS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.build import SCHEMAS, SOURCES
from policies.engine import VERDICT
from policies.wasm import WasmEngine

SCHEMA = orjson.loads((SOURCES / SCHEMAS / "candidate.json").read_bytes())
FACTS = orjson.loads(orjson.dumps(COLOURS.facts()))


def fits(facts: Any) -> bool:
    return jsonschema.Draft7Validator(SCHEMA).is_valid(facts)


def judged(wasm: WasmEngine, facts: Any) -> bool:
    """Whether the rules take this for a candidate; if not, every one of them refuses."""
    answers = wasm.decide(VERDICT, orjson.dumps(facts))["rules"].values()
    misshapen = [any("agreed shape" in found["why"] for found in answer["findings"]) for answer in answers]
    assert all(misshapen) or not any(misshapen)
    assert not any(misshapen) or not any(answer["admit"] for answer in answers)
    return not all(misshapen)


def places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every fact, down to what the schema leaves open."""
    if here:
        yield here
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if key != "card" or "card" not in here:
            yield from (() if "card" in here else places(item, (*here, key)))


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, 1, -1, 1.5, 3.0, 2**53]),
    st.sampled_from(["", "run", "true"]),
    st.sampled_from([[], {}, [[]], [{}], [["a", "b"]], [["a"]], ["a"], [1], {"a": 1}]),
)


def test_what_a_candidate_writes_fits() -> None:
    jsonschema.validate(FACTS, SCHEMA)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_rules_take_exactly_what_the_schema_takes(wasm: WasmEngine, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(list(places(FACTS))))
    facts = copy.deepcopy(FACTS)
    holder = facts
    for key in place[:-1]:
        holder = holder[key]
    if data.draw(st.booleans()):
        holder[place[-1]] = data.draw(VALUES)
    else:
        del holder[place[-1]]
    assert judged(wasm, facts) == fits(facts)


@pytest.mark.parametrize("facts", [None, True, 1, "", [], {}, [FACTS]])
def test_what_is_no_object_is_no_candidate(wasm: WasmEngine, facts: Any) -> None:
    assert not judged(wasm, facts)
    assert not fits(facts)
