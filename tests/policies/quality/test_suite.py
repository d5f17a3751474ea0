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
    warm().join()
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


def test_empty_frame_and_frame_of_nothing_answer_as_on_pandas():
    compare(frame_of([(None, None, 1, 1), (None, math.nan, 2, 2)]))


def only(frame, name, **arguments):
    (fact,) = run_suite(frame, [E(name, arguments)])
    return fact


@pytest.mark.parametrize(
    ("name", "arguments", "why"),
    [
        ("expect_nothing_that_is_known", {}, "knows no expect_nothing_that_is_known"),
        ("expect_column_values_to_not_be_null", {"column": "absent"}, "there is no column absent"),
        ("expect_column_values_to_not_be_null", {"colum": "text"}, "do not fit"),
        ("expect_column_values_to_match_regex", {"column": "text", "regex": "(?=a)"}, "no RE2 expression"),
        ("expect_column_values_to_match_regex", {"column": "real", "regex": "1"}, "needs text"),
        ("expect_column_values_to_be_in_set", {"column": "text", "value_set": [1, 2]}, "values of its own kind"),
        ("expect_column_values_to_be_between", {"column": "text", "min_value": 1}, "values of its own kind"),
        ("expect_column_values_to_be_between", {"column": "real", "min_value": 2, "max_value": 1}, "above the upper"),
        ("expect_column_mean_to_be_between", {"column": "text", "min_value": 1}, "needs numbers"),
        ("expect_column_values_to_be_dateutil_parseable", {"column": "text"}, "is not measured here"),
        ("expect_column_values_to_not_be_null", {"column": "a", "row_condition": "b > 1"}, "row condition"),
        ("expect_column_pair_values_to_be_equal", {"column_A": "text", "column_B": "a"}, "columns of one kind"),
        ("expect_column_values_to_be_in_set", {"column": "text", "value_set": object()}, "no plain values"),
    ],
)
def test_what_cannot_be_evaluated_never_passes_and_says_why(name, arguments, why):
    frame = frame_of([("a", 1.0, 1, 2)])
    fact = only(frame, name, **arguments)
    assert fact.success is None
    assert why in fact.observed
    # Its neighbours are evaluated all the same.
    neighbours = run_suite(frame, [E("expect_table_row_count_to_equal", {"value": 1}), E(name, arguments)])
    assert [fact.success for fact in neighbours] == [True, None]


def test_answers_keep_order_and_number_with_repeats():
    frame = frame_of([("a", 1.0, 1, 2), ("a", 2.0, 1, 2)])
    suite = [
        longest("text", 1),
        in_set("text", ["b"]),
        longest("text", 1),
        E("expect_nonsense", {}),
        longest("text", 0),
    ]
    facts = run_suite(frame, suite)
    assert [fact.success for fact in facts] == [True, False, True, None, False]
    assert [fact.type for fact in facts] == [item.type for item in suite]
    assert run_suite(frame, []) == ()


def test_lazy_frames_are_judged_without_being_handed_over():
    frame = frame_of([("a", 1.0, 1, 2), ("a", 2.0, 1, 2)])
    assert run_suite(frame.lazy(), SUITE) == run_suite(frame, SUITE)


def test_observed_tells_counts_and_never_a_text():
    secret = "ada@example.org"
    frame = pl.DataFrame({"text": [secret, secret, None], "a": [1, 2, 1234567]})
    suite = [
        E("expect_column_values_to_be_unique", {"column": "text"}),
        matches("text", "^x$"),
        in_set("text", ["x"]),
        longest("text", 2),
        E("expect_column_distinct_values_to_be_in_set", {"column": "text", "value_set": ["x"]}),
        E("expect_column_distinct_values_to_equal_set", {"column": "text", "value_set": ["x"]}),
        E("expect_column_most_common_value_to_be_in_set", {"column": "text", "value_set": ["x"]}),
        E("expect_column_max_to_be_between", {"column": "text", "min_value": 1}),
        E("expect_column_sum_to_be_between", {"column": "text", "min_value": 1}),
    ]
    facts = run_suite(frame, suite)
    assert not any(fact.success for fact in facts)
    assert secret not in repr(facts)
    assert facts[0].observed == "2 of 3 rows break it, 1 have no value"
    assert only(frame, "expect_column_max_to_be_between", column="a", max_value=1).observed == "max is 1,234,567"


def test_contract_suite_with_every_type_of_column():
    now = datetime(2026, 1, 2, tzinfo=UTC)
    frame = pl.DataFrame(
        {
            "supplier": ["s", "s", "t"],
            "sku": ["1", "2", "1"],
            "price": [Decimal("1.10"), Decimal("0.10"), None],
            "kind": pl.Series(["x", "y", "x"], dtype=pl.Categorical),
            "at": [now, now, now],
            "on": [now.date()] * 3,
            "tags": [["a"], [], ["b", "c"]],
            "live": [True, False, None],
        }
    )
    keys = ("supplier", "sku")
    contract = Contract(
        key=keys,
        columns=tuple(
            Column(name, dtype, null=None if name in {*keys, "tags"} else "may be absent")
            for name, dtype in frame.schema.items()
        ),
        expects=(
            between("price", 0.1, 1.1),
            between("price", Decimal("0.10"), Decimal("1.10")),
            in_set("kind", ["x", "y"]),
            E(
                "expect_column_values_to_be_between",
                {"column": "on", "min_value": "2026-01-02", "max_value": "2026-01-02"},
            ),
            E("expect_column_values_to_be_between", {"column": "at", "min_value": "2026-01-01T00:00:00+00:00"}),
            E("expect_column_values_to_be_in_set", {"column": "live", "value_set": [True, False]}),
            E("expect_column_max_to_be_between", {"column": "price", "max_value": 1.1}),
            E("expect_column_max_to_be_between", {"column": "on", "max_value": "2026-01-02"}),
            E("expect_column_values_to_be_unique", {"column": "tags"}),
        ),
    )
    facts = run_suite(frame, contract.suite)
    assert len(facts) == len(contract.suite)
    assert [(fact.type, fact.observed) for fact in facts if fact.success is not True] == []


@pytest.mark.parametrize(
    ("frame", "expectation", "theirs", "mine"),
    [
        # A decimal is compared as the decimal that is written, not as the binary float beside it.
        ({"x": [Decimal("0.10")]}, between("x", 0.1, 1), False, True),
        # RE2's $ is the end of the text; Python's also stands before a last line break.
        ({"x": ["a\n"]}, matches("x", "a$"), True, False),
        # A set of another kind than the column's is a mistake in the contract, not a finding about the rows.
        ({"x": ["1"]}, E("expect_column_values_to_not_be_in_set", {"column": "x", "value_set": [1]}), True, None),
        # Whole numbers beside missing ones stay whole; pandas makes floats of them and loses the last digits.
        ({"x": [2**53, 2**53 + 1, None]}, E("expect_column_values_to_be_unique", {"column": "x"}), False, True),
    ],
)
def test_where_polars_and_pandas_differ_on_purpose(frame, expectation, theirs, mine):
    data = pl.DataFrame(frame)
    assert (on_pandas(data, [expectation]), ours(data, [expectation])) == ([theirs], [mine])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.none() | st.integers(0, 40), max_size=40), st.integers(1, 64))
def test_uniqueness_is_exact_even_where_hashes_collide(found, spread):
    from policies.quality.measures import measure

    frame = pl.DataFrame({"x": found}, schema={"x": pl.Int64})
    plan = measure("column_values.unique.unexpected_count", {"column": "x"}, {}, frame.schema)
    filled = [value for value in found if value is not None]
    expected = sum(filled.count(value) > 1 for value in filled)
    assert frame.filter(plan.suspects).select(plan.expr).item() == expected
    assert (frame.select(plan.proof).item() == 0) == (expected == 0)
    # Any coarser suspicion, as colliding hashes would raise it, leaves the exact answer as it is.
    coarse = frame.filter(plan.suspects | (pl.col("x") % spread == 0))
    assert coarse.select(plan.expr).item() == expected


def test_many_threads_get_the_same_answers():
    frame = frame_of([("a", 1.0, 1, 2), ("b", None, 2, 2)])
    expected, found = run_suite(frame, SUITE), []
    threads = [threading.Thread(target=lambda: found.append(run_suite(frame, SUITE))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


@pytest.mark.slow
def test_warming_is_silent_at_once_and_writes_nothing(tmp_path):
    program = (
        "import socket, sys, time, warnings, logging\n"
        "def refuse(*_, **__): raise SystemExit('a connection was tried')\n"
        "socket.socket.connect = refuse\n"
        "showing = warnings.showwarning\n"
        "import polars as pl\n"
        "from policies.contract import in_set\n"
        "from policies.quality.suite import run_suite, warm\n"
        "assert 'great_expectations' not in sys.modules\n"
        "start = time.thread_time(); warm(); assert time.thread_time() - start < 0.5\n"
        "assert run_suite(pl.DataFrame({'x': ['a']}), [in_set('x', ['a'])])[0].success is True\n"
        "assert warnings.showwarning is showing and not logging.root.handlers\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": ":".join(sys.path), "HOME": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_warm_is_a_thread_that_ends():
    thread = warm()
    thread.join(60)
    assert not thread.is_alive()
