"""Fingerprint: stable, and different where values are."""

from decimal import Decimal

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from aios_assets.fingerprint import bucket_of, fingerprint

CELLS = st.one_of(st.none(), st.text(max_size=4))


def print_of(frame: pl.DataFrame) -> list[int]:
    """The fingerprints of a frame's rows."""
    return frame.select(fingerprint(frame.columns, frame.schema)).to_series().to_list()


@given(st.tuples(CELLS, CELLS), st.tuples(CELLS, CELLS))
def test_rows_have_one_print_exactly_if_they_are_equal(one: tuple[str, str], other: tuple[str, str]) -> None:
    first, second = print_of(pl.DataFrame([one, other], schema={"a": pl.String, "b": pl.String}, orient="row"))
    assert (first == second) is (one == other)


def test_it_is_the_same_for_ever() -> None:
    frame = pl.DataFrame(
        {
            "text": ["kettle", None],
            "number": [1, None],
            "price": [Decimal("1.50"), None],
            "bytes": [b"\x00\xff", None],
            "many": [["a", None], None],
            "both": [{"x": 1, "y": "z"}, None],
        }
    )
    assert print_of(frame) == print_of(frame.clone())
    assert len(set(print_of(frame))) == 2
    assert print_of(pl.DataFrame({"a": ["kettle", ""]})) == [9149686948815757420, 3244422440995231349]


@given(st.lists(st.text(max_size=5), min_size=1, max_size=20), st.integers(1, 16))
def test_a_key_is_always_in_the_same_bucket(keys: list[str], buckets: int) -> None:
    frame = pl.DataFrame({"a": keys, "b": keys[::-1]})
    told = frame.select(bucket_of(["a", "b"], buckets)).to_series()
    assert told.max() < buckets  # type: ignore[operator]  # there is at least one key
    again = frame.reverse().select(bucket_of(["a", "b"], buckets)).to_series().reverse()
    assert told.equals(again)
