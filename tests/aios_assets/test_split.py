"""Split: rows that keep a contract, rows that don't and why; null means no."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aios_assets.split import (
    REPEATED,
    RULE,
    WHY,
    as_quarantine,
    decided_by_rows,
    first_of_key,
    quarantine_contract,
    split,
)
from aios_assets.stage import row_stage
from policies.contract import (
    FINGERPRINT,
    Column,
    Contract,
    Expectation,
    RowRule,
    between,
    in_set,
    longest,
    matches,
)

GOODS = Contract(
    key=("supplier", "sku"),
    columns=(
        Column("supplier", pl.String),
        Column("sku", pl.String),
        Column("size", pl.Int64, null="unknown"),
        Column("colour", pl.String, null="unknown"),
    ),
    rules=(RowRule("size-even", pl.col("size") % 2 == 0, "the size is odd", "make it even"),),
    expects=(in_set("colour", ["red", "blue"]), between("size", 0, 10), longest("sku", 3), matches("sku", "^[a-z]*$")),
)


@row_stage(GOODS)
def goods(feed: pl.DataFrame) -> pl.DataFrame:
    """Goods."""
    return feed


def rows(*told: tuple[str | None, str | None, int | None, str | None]) -> pl.DataFrame:
    """Rows of goods, with fingerprints."""
    schema = {"supplier": pl.String, "sku": pl.String, "size": pl.Int64, "colour": pl.String}
    return pl.DataFrame(told, schema=schema, orient="row").with_columns(pl.int_range(pl.len()).alias(FINGERPRINT))


def test_every_promise_that_a_row_can_break_sets_it_aside() -> None:
    frame = rows(
        ("a", "x", 2, "red"),
        ("a", None, 2, "red"),
        ("a", "x", 3, "red"),
        ("a", "x", None, "red"),
        ("a", "x", 12, "red"),
        ("a", "x", 2, "green"),
        ("a", "xxxx", 2, None),
        ("a", "X", 2, None),
    )
    good, broken = split(frame, GOODS)
    assert good.rows() == frame[:1].rows()
    assert broken[RULE].to_list() == [
        "contract/not-null",
        "contract/size-even",
        "contract/size-even",  # null is no
        "contract/column-values-to-be-between",
        "contract/column-values-to-be-in-set",
        "contract/column-value-lengths-to-be-between",
        "contract/column-values-to-match-regex",
    ]


def test_every_reason_is_told_the_first_one_first() -> None:
    _, broken = split(rows((None, "XXXX", 3, "green")), GOODS)
    assert broken[RULE].to_list() == ["contract/not-null"]
    assert len(broken[WHY][0].split("; ")) == 5


@given(st.lists(st.tuples(*(st.sampled_from(one) for one in (["a", None], ["x", "Y"], [1, 2, None], ["red", "no"])))))
def test_no_row_is_lost_and_none_is_on_both_sides(told: list[tuple[str, str, int, str]]) -> None:
    frame = rows(*told)
    good, broken = split(frame, GOODS)
    assert sorted([*good[FINGERPRINT], *broken[FINGERPRINT]]) == list(range(len(told)))
    assert broken[RULE].null_count() == 0
    assert not split(good, GOODS)[1].height


def test_the_first_of_a_key_counts_and_null_is_no_key() -> None:
    frame = rows(
        ("a", "x", 1, None), ("a", "x", 2, None), ("a", None, 3, None), ("a", None, 4, None), ("b", "x", 5, None)
    )
    first, repeated = first_of_key(frame, GOODS.keys)
    assert first["size"].to_list() == [1, 3, 4, 5]
    assert repeated.select("size", RULE).rows() == [(2, REPEATED)]


def test_a_quarantine_row_has_an_id_that_stays_the_same() -> None:
    _, broken = split(rows(("a", "x", 3, None), ("a", None, 2, None), ("b", "x", 5, None)), GOODS)
    told = as_quarantine(broken, goods)
    assert told["id"].to_list()[0] == "a/x"
    assert told["id"].to_list()[2] == "b/x"
    assert '"sku":null' in told["id"].to_list()[1]  # no key, no file: the row itself
    assert told.schema == {
        name: dtype for name, dtype in quarantine_contract(goods).schema.items() if name != "_attempt"
    }
    assert as_quarantine(broken.reverse(), goods).sort("id").equals(told.sort("id"))


@pytest.mark.parametrize(
    ("expectation", "alone"),
    [
        (in_set("colour", ["red"]), True),
        (longest("sku", 3), True),
        (Expectation("expect_column_values_to_be_unique", {"column": "colour"}), False),
        (Expectation("expect_table_row_count_to_be_between", {"min_value": 1}), False),
    ],
)
def test_what_a_row_alone_cannot_decide_is_asked_of_the_whole_table(expectation: Expectation, *, alone: bool) -> None:
    assert decided_by_rows(Contract(key="sku", columns=GOODS.columns[1:], expects=(expectation,))) is alone
