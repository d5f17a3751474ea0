"""Bodies of entries: what one side writes the other reads, and what is malformed is refused."""

from typing import Any

import orjson
import pytest
from audit_lake import decided, refusal

from audit.canonical import canonical
from audit.entries import Abandoned, Committed, Decided, Foreign, Vacuumed, closed
from audit.errors import LedgerError
from policies.candidate import InputFacts
from policies.permit import DraftFile, Write

WRITE = Write("t", 3, (DraftFile("a", 1, "f" * 64, 2, "{}"),), ("b",), "c", overwrite=True)
FULL = Decided(
    **{
        **vars(decided("p", "t", WRITE)),
        "inputs": (InputFacts("i", "table", 3, "d", 7), InputFacts("f", "file", None, None, None)),
        "models": ({"name": "m", "answers": 3},),
        "measures": {"rows": "12"},
        "event": {"eventType": "COMPLETE"},
    }
)
BODIES = [
    FULL,
    refusal("t"),
    Committed("p", "t", 4, "e" * 64, 0),
    Abandoned("p", "t", "why"),
    Foreign("t", 4, "e" * 64),
    Foreign("t", 4, "e" * 64, "p"),
    Vacuumed("t", ("a", "b"), (0, 1)),
]


@pytest.mark.parametrize("one", BODIES, ids=lambda one: type(one).__name__)
def test_a_body_reads_back_the_same(one: Any) -> None:
    assert type(one).parse(orjson.loads(canonical(one.body()))) == one


@pytest.mark.parametrize("one", BODIES, ids=lambda one: type(one).__name__)
def test_a_field_that_is_missing_or_of_another_type_is_refused(one: Any) -> None:
    for name in one.body():
        rest = {key: value for key, value in one.body().items() if key != name}
        nullable = name in ("event", "repaired_by") or one.body()[name] is None
        for body in (rest | {name: object()}, rest | {name: [object()]}, *(() if nullable else (rest,))):
            with pytest.raises(LedgerError):
                type(one).parse(body)


@pytest.mark.parametrize(
    "change", [{"permit": None}, {"admitted": False}, {"verdict": {}}, {"writes": [1]}, {"admitted": 1}]
)
def test_a_decision_that_contradicts_itself_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(LedgerError):
        Decided.parse(FULL.body() | change)


def test_a_body_is_an_object() -> None:
    with pytest.raises(LedgerError, match="no object"):
        Committed.parse([])  # type: ignore[arg-type]


def test_a_write_is_closed_under_one_key() -> None:
    assert closed("p", "t") == "closed:p:t"
