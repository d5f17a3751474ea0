"""Keyed: what a join by hashes says is what a join by keys says."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from aios_assets import keyed
from aios_assets.keyed import differing, without

SCHEMA = {"a": pl.String, "_a": pl.String, "n": pl.Int64}
ROWS = st.lists(st.tuples(st.sampled_from(["", "x", "y", None]), st.sampled_from(["", "x", None]), st.integers(0, 2)))


@given(ROWS, ROWS)
def test_without_is_an_anti_join_in_order(mine, theirs):
    frame, gone = (pl.DataFrame(rows, schema=SCHEMA, orient="row") for rows in (mine, theirs))
    expected = frame.join(gone, on=list(SCHEMA), how="anti", maintain_order="left")
    assert_frame_equal(without(frame, gone, list(SCHEMA)), expected)


@given(ROWS, ROWS)
def test_differing_is_without_both_ways(mine, theirs):
    one, other = (pl.DataFrame(rows, schema=SCHEMA, orient="row") for rows in (mine, theirs))
    told = differing(one, other, list(SCHEMA))
    assert_frame_equal(told[0], without(one, other, list(SCHEMA)))
    assert_frame_equal(told[1], without(other, one, list(SCHEMA)))


@given(ROWS, ROWS)
def test_equal_hashes_prove_nothing(mine, theirs):
    frame, gone = (pl.DataFrame(rows, schema=SCHEMA, orient="row") for rows in (mine, theirs))
    expected = frame.join(gone, on=list(SCHEMA), how="anti", maintain_order="left")
    true = keyed.key_hash
    try:
        keyed.key_hash = lambda keys: (true(keys) % 2).alias(keyed.HASH)
        assert_frame_equal(without(frame, gone, list(SCHEMA)), expected)
    finally:
        keyed.key_hash = true
