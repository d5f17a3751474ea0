import math
import subprocess
import sys
import threading
from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.contract import Column, Contract, Expectation, between, in_set, longest, matches
from policies.quality.suite import run_suite, warm

E = Expectation
VALUES = ["a", "b", "ab", "A1", "", "É", "x y"]
PAIRS = {"column_A": "a", "column_B": "b"}
SUITE = (
    E("expect_column_values_to_be_unique", {"column": "text"}),
    E("expect_column_values_to_be_unique", {"column": "real"}),
    E("expect_column_values_to_be_unique", {"column": "a", "mostly": 0.6}),
    E("expect_column_values_to_not_be_null", {"column": "text"}),
    E("expect_column_values_to_not_be_null", {"column": "real", "mostly": 0.5}),
    E("expect_column_values_to_be_null", {"column": "real"}),
    in_set("text", ["a", "b", "ab", "A1"]),
    in_set("a", [0, 1]),
    E("expect_column_values_to_not_be_in_set", {"column": "text", "value_set": ["a"]}),
    between("real", -1, 2.5),
    between("a", None, 2),
    E("expect_column_values_to_be_between", {"column": "b", "min_value": 0, "strict_min": True, "mostly": 0.5}),
    matches("text", "^[a-z]+$"),
    E("expect_column_values_to_not_match_regex", {"column": "text", "regex": "[0-9]"}),
    E("expect_column_values_to_match_regex_list", {"column": "text", "regex_list": ["^a", "b$"], "match_on": "any"}),
    E("expect_column_values_to_match_regex_list", {"column": "text", "regex_list": ["^a", "b$"], "match_on": "all"}),
    E("expect_column_values_to_not_match_regex_list", {"column": "text", "regex_list": ["^a", "1$"]}),
    longest("text", 1),
    E("expect_column_value_lengths_to_equal", {"column": "text", "value": 1, "mostly": 0.5}),
    E("expect_column_values_to_be_increasing", {"column": "a"}),
    E("expect_column_values_to_be_increasing", {"column": "real", "strictly": True}),
    E("expect_column_values_to_be_decreasing", {"column": "a"}),
    E("expect_column_values_to_be_decreasing", {"column": "b", "strictly": True}),
    E("expect_compound_columns_to_be_unique", {"column_list": ["text", "a"]}),
    E("expect_compound_columns_to_be_unique", {"column_list": ["real", "a"], "ignore_row_if": "any_value_is_missing"}),
    E("expect_compound_columns_to_be_unique", {"column_list": ["real", "b"], "ignore_row_if": "never"}),
    E("expect_column_pair_values_a_to_be_greater_than_b", PAIRS),
    E(
        "expect_column_pair_values_a_to_be_greater_than_b",
        {**PAIRS, "or_equal": True, "ignore_row_if": "either_value_is_missing"},
    ),
    E("expect_column_pair_values_to_be_equal", PAIRS),
    E("expect_column_pair_values_to_be_equal", {**PAIRS, "ignore_row_if": "neither"}),
    E("expect_column_pair_values_to_be_in_set", {**PAIRS, "value_pairs_set": [(0, 0), (1, 1), (1, 0), (None, 1)]}),
    E("expect_multicolumn_sum_to_equal", {"column_list": ["a", "b"], "sum_total": 2}),
    E("expect_multicolumn_values_to_be_equal", {"column_list": ["a", "b"]}),
    E("expect_select_column_values_to_be_unique_within_record", {"column_list": ["a", "b"]}),
    E("expect_column_min_to_be_between", {"column": "real", "min_value": -1, "max_value": 1}),
    E("expect_column_max_to_be_between", {"column": "a", "min_value": 1, "strict_min": True}),
    E("expect_column_mean_to_be_between", {"column": "real", "min_value": -1, "max_value": 1}),
    E("expect_column_median_to_be_between", {"column": "a", "min_value": 0, "max_value": 1}),
    E("expect_column_stdev_to_be_between", {"column": "real", "min_value": 0, "max_value": 1}),
    E("expect_column_sum_to_be_between", {"column": "a", "min_value": 0, "max_value": 3}),
    E("expect_column_unique_value_count_to_be_between", {"column": "text", "min_value": 1, "max_value": 2}),
    E("expect_column_proportion_of_unique_values_to_be_between", {"column": "text", "min_value": 0.6}),
    E("expect_column_proportion_of_non_null_values_to_be_between", {"column": "real", "min_value": 0.6}),
    E("expect_column_distinct_values_to_be_in_set", {"column": "text", "value_set": ["a", "b", "A1"]}),
    E("expect_column_distinct_values_to_contain_set", {"column": "text", "value_set": ["a", "b"]}),
    E("expect_column_distinct_values_to_equal_set", {"column": "a", "value_set": [0, 1]}),
    E("expect_column_most_common_value_to_be_in_set", {"column": "a", "value_set": [0, 1]}),
    E("expect_column_most_common_value_to_be_in_set", {"column": "a", "value_set": [0, 1], "ties_okay": True}),
    E(
        "expect_column_quantile_values_to_be_between",
        {"column": "real", "quantile_ranges": {"quantiles": [0.25, 0.5], "value_ranges": [[-2, 0], [None, 1]]}},
    ),
    E("expect_table_row_count_to_be_between", {"min_value": 2, "max_value": 4}),
    E("expect_table_row_count_to_equal", {"value": 3}),
    E("expect_table_column_count_to_equal", {"value": 4}),
    E("expect_table_column_count_to_be_between", {"min_value": 5, "max_value": 9}),
    E("expect_table_columns_to_match_set", {"column_set": ["text", "real"], "exact_match": False}),
    E("expect_table_columns_to_match_set", {"column_set": ["text", "real"], "exact_match": True}),
    E("expect_table_columns_to_match_ordered_list", {"column_list": ["text", "real", "a", "b"]}),
    E("expect_column_to_exist", {"column": "a"}),
)

numbers = st.none() | st.integers(-1, 3)
rows = st.lists(
    st.tuples(
        st.none() | st.sampled_from(VALUES),
        st.none() | st.sampled_from([-2.0, -0.5, 0.0, 0.5, 1.0, 2.5, 3.25, math.nan]),
        numbers,
        numbers,
    ),
    max_size=6,
)


def frame_of(found):
    return pl.DataFrame(
        found, schema={"text": pl.String, "real": pl.Float64, "a": pl.Int64, "b": pl.Int64}, orient="row"
    )


def on_pandas(frame, suite):
    """What Great Expectations answers by itself, on pandas; None where it raises."""
    import policies.quality.engine  # noqa: F401 - imports Great Expectations with its warnings spent
    from great_expectations.core.batch import Batch
    from great_expectations.execution_engine import PandasExecutionEngine
    from great_expectations.execution_engine.pandas_batch_data import PandasBatchData
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.validator.validator import Validator

    engine = PandasExecutionEngine()
    # Floats are handed over as pandas has them: a missing number is NaN there.
    data = PandasBatchData(engine, frame.to_pandas())
    validator = Validator(execution_engine=engine, batches=[Batch(data=data)])
    configurations = [
        ExpectationConfiguration(type=item.type, kwargs=dict(item.arguments), meta={"number": number})
        for number, item in enumerate(suite)
    ]
    validator._determine_progress_bars = lambda: False
    found = validator.graph_validate(
        configurations=configurations, runtime_configuration={"result_format": "BOOLEAN_ONLY"}
    )
    answers = {}
    for result in found:
        raised = result.exception_info
        failed = raised.get("raised_exception") if "raised_exception" in raised else bool(raised)
        answers[result.expectation_config.meta["number"]] = None if failed else bool(result.success)
    return [answers[number] for number in range(len(suite))]


def ours(frame, suite=SUITE):
    return [fact.success for fact in run_suite(frame, suite)]


def compare(frame):
    pandas, polars = on_pandas(frame, SUITE), ours(frame)
    different = [
        (item.type, dict(item.arguments), f"pandas {theirs}, polars {mine}")
        for item, theirs, mine in zip(SUITE, pandas, polars, strict=True)
        if theirs != mine
    ]
    assert not different


def test_every_expectation_answers_as_on_pandas():
    compare(frame_of([("a", 1.0, 1, 0), ("b", math.nan, 2, 1), (None, None, None, 2), ("ab", -0.5, 0, 0)]))


@pytest.mark.slow
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows)
def test_any_small_frame_answers_as_on_pandas(found):
    compare(frame_of(found))
