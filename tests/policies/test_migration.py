"""What declared steps make of a table's columns, and the way back."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.contract import Column, Contract, ContractError, RowRule, between, in_set
from policies.migration import (
    COMPUTED,
    Added,
    Course,
    Dropped,
    Exposed,
    Migration,
    MigrationError,
    Recomputed,
    Rekeyed,
    Renamed,
    Retyped,
    Step,
    called_now,
    course_of,
    course_told,
    steps_since,
)

COLUMNS = ("a", "b", "c")
NAMES = ("a", "b", "c", "d", "e")


@st.composite
def ways(draw: st.DrawFn) -> tuple[Step, ...]:
    """Steps that can be taken one after the other."""
    steps: tuple[Step, ...] = ()
    for _ in range(draw(st.integers(0, 6))):
        one, other = draw(st.sampled_from(NAMES)), draw(st.sampled_from(NAMES))
        makers = (Renamed(one, other), Added(one, 0), Added(one), Dropped(one), Retyped(one), Exposed(one), Rekeyed())
        step = draw(st.sampled_from(makers))
        try:
            course_of(COLUMNS, (*steps, step))
        except MigrationError:
            continue
        steps = (*steps, step)
    return steps


def columns_of(course: Course) -> set[str]:
    return {*course.origin, *course.added}


def test_a_chain_of_names_is_one_step() -> None:
    course = course_of(COLUMNS, (Renamed("a", "d"), Renamed("d", "e"), Retyped("e")))
    assert course.steps == (Renamed("a", "e"), Retyped("e"))


def test_names_can_be_exchanged() -> None:
    course = course_of(COLUMNS, (Renamed("a", "d"), Renamed("b", "a"), Renamed("d", "b")))
    assert course.renamed == {"a": "b", "b": "a"}
    assert course_told(COLUMNS, course.steps, COLUMNS) == course


def test_what_came_and_went_is_not_told() -> None:
    assert course_of(COLUMNS, (Added("d"), Dropped("d"))).steps == ()


def test_a_column_may_come_again_under_the_name_of_another() -> None:
    course = course_of(COLUMNS, (Dropped("a"), Added("a", 1)))
    assert course.origin == {"b": "b", "c": "c"}
    assert (course.added, course.dropped) == ({"a": 1}, ("a",))


@pytest.mark.parametrize(
    "step", [Renamed("x", "y"), Renamed("a", "b"), Added("a"), Dropped("x"), Retyped("x"), Exposed("x")]
)
def test_what_cannot_be_is_refused_with_what_is_there(step: Step) -> None:
    with pytest.raises(MigrationError, match="take it out"):
        course_of(COLUMNS, (step,))


def test_what_has_to_be_computed_is_known() -> None:
    assert course_of(COLUMNS, (Added("d"),)).computed
    assert course_of(COLUMNS, (Recomputed(),)).computed
    assert not course_of(COLUMNS, (Added("d", None), Rekeyed())).computed


def test_a_name_is_followed() -> None:
    assert called_now("a", (Renamed("a", "d"), Renamed("b", "a"), Renamed("d", "e"))) == "e"


def test_only_the_versions_on_the_way_count_in_their_order() -> None:
    told = (Migration(4, (Dropped("d"),)), Migration(2, (Dropped("b"),)), Migration(3, (Dropped("c"),)))
    assert steps_since(told, 2, 4) == (Dropped("c"), Dropped("d"))
    assert steps_since(told, 4, 2) == ()


@given(ways())
def test_every_column_is_told_once(steps: Sequence[Step]) -> None:
    course = course_of(COLUMNS, steps)
    assert not course.origin.keys() & course.added.keys()
    assert sorted([*course.origin.values(), *course.dropped]) == sorted(COLUMNS)
    assert course.retyped | course.exposed <= course.origin.keys()


@given(ways())
def test_the_fewest_steps_say_the_same(steps: Sequence[Step]) -> None:
    course = course_of(COLUMNS, steps)
    told = course_told(COLUMNS, course.steps, sorted(columns_of(course)))
    assert (told.origin, set(told.added), told.dropped) == (course.origin, set(course.added), course.dropped)
    assert (told.retyped, told.exposed, told.rekeyed) == (course.retyped, course.exposed, course.rekeyed)


@given(ways())
def test_the_way_back_leads_back(steps: Sequence[Step]) -> None:
    course = course_of(COLUMNS, steps)
    back = course.back
    assert columns_of(back) == set(COLUMNS)
    assert {*back.origin.values(), *back.dropped} == columns_of(course)
    assert back.back.origin == course.origin
    assert not back.computed


CONTRACT = Contract(
    key=("a",),
    columns=(
        Column("a", pl.String, reads=("x", "t.y")),
        Column("b", pl.Decimal(12, 2), tags={"personal"}, null="there is none", answered=True),
        Column("c", pl.List(pl.Int64)),
    ),
    rules=(RowRule("short", pl.col("a").str.len_chars() < 9, "it is long", "say less"),),
    expects=(in_set("a", ("u", "v")), between("b", 0, 1.5)),
    version=3,
    tags=frozenset({"decisions"}),
)
TYPES = {column.name: column.type for column in CONTRACT.columns}


def test_a_contract_is_read_as_it_was_written() -> None:
    found = Contract.read(CONTRACT.text, TYPES, [rule.holds for rule in CONTRACT.rules])
    assert (found.digest, found.schema) == (CONTRACT.digest, CONTRACT.schema)
    assert Contract.read(CONTRACT.text, TYPES).rules == ()


@pytest.mark.parametrize("types", [{}, {**TYPES, "b": pl.Int64()}])
def test_a_contract_that_would_read_otherwise_is_not_read(types: dict[str, pl.DataType]) -> None:
    with pytest.raises(ContractError, match="bring its code back"):
        Contract.read(CONTRACT.text, types, [rule.holds for rule in CONTRACT.rules])


def test_how_it_came_to_be_is_no_part_of_what_it_promises() -> None:
    assert replace(CONTRACT, migrations=(Migration(3, (Added("c", COMPUTED),)),)).digest == CONTRACT.digest
