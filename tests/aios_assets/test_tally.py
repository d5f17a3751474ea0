import polars as pl

from aios_assets.tally import Tally, tallied, tallies

ASIDE = pl.DataFrame(
    {
        "supplier": ["a", "b", "b", "b"],
        "rule": ["contract/not-null", "contract/type", "contract/not-null", "contract/not-null"],
        "why": ["title is missing", "price: the value is no Decimal", "title is missing", "title is missing"],
        "do": ["give title a value", "correct the value", "give title a value", "give title a value"],
        "file": ["a.csv", "b.csv", None, "b.csv"],
        "line": [7, 4, None, 9],
    }
)


def test_reasons_are_counted_the_most_frequent_first_with_the_first_place() -> None:
    assert tallies(ASIDE, most=10) == (
        Tally("contract/not-null", "title is missing", "give title a value", 3, "a.csv, line 7"),
        Tally("contract/type", "price: the value is no Decimal", "correct the value", 1, "b.csv, line 4"),
    )


def test_only_the_most_frequent_are_told() -> None:
    assert [one.rows for one in tallies(ASIDE, most=1)] == [3]


def test_rows_that_nobody_delivered_have_no_place() -> None:
    assert tallies(ASIDE.drop("file", "line"), most=1)[0].first == ""


def test_reasons_can_be_told_apart_by_supplier() -> None:
    assert tallied(ASIDE.lazy(), by=("supplier",))["rows"].to_list() == [2, 1, 1]


def test_nothing_aside_is_nothing_told() -> None:
    assert tallies(ASIDE.clear(), most=10) == ()
