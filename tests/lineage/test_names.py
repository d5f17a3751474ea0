import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage import names
from lineage.errors import LineageError
from lineage.names import Name


def test_datasets_and_jobs_are_named_as_the_house_says() -> None:
    assert names.dataset("shop", "listings") == Name("aios://shop", "listings")
    assert names.job("shop", "aios", "listings") == Name("aios://shop", "aios.listings")
    assert names.delivered("walmart.csv") == Name("file", "walmart.csv")


@pytest.mark.parametrize("wrong", ["", "a/b", "../x", "a b", "x" * 256, "a\n", "é"])
def test_a_name_that_could_be_mistaken_is_refused(wrong: str) -> None:
    for make in (lambda: names.lake(wrong), lambda: names.dataset("shop", wrong), lambda: names.job("s", wrong, "x")):
        with pytest.raises(LineageError):
            make()
    with pytest.raises(LineageError):
        names.delivered("")


RUNS = st.tuples(st.text(min_size=1), st.text(), st.integers(0, 9))


@given(RUNS, RUNS)
def test_run_ids_are_equal_exactly_for_equal_attempts(one, other) -> None:
    assert uuid.UUID(names.run_id(*one)).version == 5
    assert (names.run_id(*one) == names.run_id(*other)) == (one == other)


def test_run_ids_never_change() -> None:
    # A change here would make every retry after an upgrade a second run.
    assert names.run_id("run", "listings", 0) == "dc2e01c9-2ea8-507b-8084-7fbd43c56590"


def test_a_run_that_is_none_has_no_id() -> None:
    with pytest.raises(LineageError):
        names.run_id("", "listings", 0)
    with pytest.raises(LineageError):
        names.run_id("run", "listings", -1)


def test_a_parent_keeps_its_own_id() -> None:
    own = "0190F3C2-7B1E-7C3A-9C46-0A7B7C1D2E3F"
    assert names.parent_id(own) == own.lower()
    assert uuid.UUID(names.parent_id("run 7")) == uuid.UUID(names.parent_id("run 7"))
