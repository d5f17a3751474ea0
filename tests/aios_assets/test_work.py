"""Work: what stages have to compute, over plain frames; and that any way there ends as a run from nothing would."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aios_assets import work as work_module
from aios_assets.changes import Source
from aios_assets.draft import merge
from aios_assets.errors import StageError
from aios_assets.fingerprint import fingerprint
from aios_assets.split import DO, REPEATED, RULE, WHY, quarantine_contract
from aios_assets.stage import Changes, Stage, row_stage, table_stage
from aios_assets.work import Feed, Standing, Work, row_work, table_work
from policies.contract import ATTEMPT, FINGERPRINT, Column, Contract, RowRule

GOODS = Contract(
    key=("supplier", "sku"),
    columns=(
        Column("supplier", pl.String),
        Column("sku", pl.String),
        Column("title", pl.String),
        Column("size", pl.Int64, null="none is named"),
        Column("file", pl.String),
        Column("line", pl.Int64),
    ),
    rules=(RowRule("size-positive", pl.col("size").is_null() | (pl.col("size") > 0), "no size", "measure it"),),
)
SIZES = Contract(
    key="title",
    columns=(Column("title", pl.String, reads=("goods.title",)), Column("total", pl.Int64, reads=("goods.size",))),
    rules=(RowRule("total-small", pl.col("total") < 12, "too large", "split it"),),
)


@row_stage(GOODS)
def goods(feed: pl.DataFrame) -> pl.DataFrame:
    """What was delivered."""
    return feed.with_columns(pl.col("size").cast(pl.String))  # types are the contract's business


@table_stage(SIZES, group="title")
def sizes(goods: pl.LazyFrame) -> pl.LazyFrame:
    """How much there is of each title."""
    return goods.group_by("title").agg(pl.col("size").fill_null(0).sum().alias("total"))


def admits(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A judge to whom every row is right."""
    return rows, rows.clear().with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in (RULE, WHY, DO))


def refuses(title: str) -> Any:
    """A judge who refuses rows of one title."""

    def judge(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        hit = pl.col("title") == title
        told = (pl.lit("test/no").alias(RULE), pl.lit("that title").alias(WHY), pl.lit("another").alias(DO))
        return rows.filter(~hit), rows.filter(hit).with_columns(told)

    return judge


def as_is(rows: pl.DataFrame) -> pl.DataFrame:
    """Nothing to clean."""
    return rows


@dataclass
class Table:
    """A table and its quarantine as the lake would hold them, in memory; and every version of the table."""

    stage: Stage
    rows: pl.DataFrame = field(init=False)
    aside: pl.DataFrame = field(init=False)
    versions: list[pl.DataFrame] = field(init=False)
    attempts: int = 0

    def __post_init__(self) -> None:
        self.rows = pl.DataFrame(schema=self.stage.contract.schema)
        self.aside = pl.DataFrame(schema=quarantine_contract(self.stage).schema)
        self.versions = []

    def standing(self, **changed: Any) -> Standing:
        return Standing(self.rows.lazy(), self.aside.lazy(), **changed)

    def take(self, work: Work) -> Work:
        self.attempts += 1
        told = pl.lit(str(self.attempts)).alias(ATTEMPT)
        keys = list(self.stage.contract.keys)
        self.rows = merge(self.rows, work.upserts.with_columns(told).select(self.rows.columns), work.removed, keys)
        self.aside = merge(self.aside, work.aside.with_columns(told).select(self.aside.columns), work.mended, ["id"])
        assert self.rows.select(keys).is_duplicated().sum() == 0
        assert self.aside.select("id").is_duplicated().sum() == 0
        self.versions.append(self.rows)
        return work

    def values(self) -> tuple[list[Any], list[Any]]:
        """What the two hold, in no order, without file, line, attempt and fingerprint."""
        own = self.rows.drop("file", "line", ATTEMPT, FINGERPRINT, strict=False)
        aside = self.aside.select(pl.exclude("row", "id", "file", "line", ATTEMPT, FINGERPRINT))
        return sorted(own.rows(), key=str), sorted(aside.rows(), key=str)


Line = tuple[str | None, str, str | None]
"""SKU, title, size as written."""


def feed(supplier: str, lines: Sequence[Line], *, file: str = "f.csv", whole: bool = True) -> Feed:
    """A delivery of these lines."""
    rows = pl.DataFrame(
        {
            "supplier": [supplier] * len(lines),
            "sku": [sku for sku, _, _ in lines],
            "title": [title for _, title, _ in lines],
            "size": [size for _, _, size in lines],
            "file": [file] * len(lines),
            "line": list(range(2, len(lines) + 2)),
        },
        schema={
            "supplier": pl.String,
            "sku": pl.String,
            "title": pl.String,
            "size": pl.String,
            "file": pl.String,
            "line": pl.Int64,
        },
    )
    read = ["sku", "title", "size"]
    rows = rows.with_columns(fingerprint(read, rows.schema))
    nothing = pl.DataFrame(schema={n: t for n, t in quarantine_contract(goods).schema.items() if n != ATTEMPT})
    return Feed(rows, nothing, (supplier,) if whole else (), (), repr((supplier, lines)))


def work_of(table: Table, delivered: Feed, *, judge: Any = admits, batch: int = 3, **changed: Any) -> Work:
    """The work of a delivery over what stands."""
    standing = table.standing(**changed)
    return row_work(goods, delivered.rows, standing, judge, {}, batch=batch, clean=as_is, feed=delivered)


def delivered(*feeds: Feed) -> Table:
    """A table after these deliveries, one after the other."""
    table = Table(goods)
    for one in feeds:
        table.take(work_of(table, one))
    return table


GOOD: list[Line] = [("1", "red", "1"), ("2", "blue", "2"), ("3", "red", None)]


def test_the_same_delivery_again_is_no_work() -> None:
    table = delivered(feed("a", GOOD))
    again = work_of(table, feed("a", GOOD, file="another.csv"))
    assert again.nothing
    assert again.computed == 0


def test_one_changed_row_is_one_rows_work() -> None:
    table = delivered(feed("a", GOOD))
    work = work_of(table, feed("a", [GOOD[0], ("2", "green", "2"), GOOD[2]]))
    assert (work.computed, work.upserts.height, work.removed.height) == (1, 1, 0)
    assert work.upserts["sku"].to_list() == ["2"]


def test_a_row_that_breaks_goes_aside_and_a_mended_one_comes_back() -> None:
    table = delivered(feed("a", GOOD), feed("a", [GOOD[0], ("2", "blue", "-2"), GOOD[2]]))
    assert table.rows["sku"].to_list() == ["1", "3"]
    assert table.aside.select("id", "rule").rows() == [("a/2", "contract/size-positive")]
    table.take(work_of(table, feed("a", GOOD)))
    assert sorted(table.rows["sku"]) == ["1", "2", "3"]
    assert table.aside.height == 0


def test_a_value_of_another_type_breaks_its_row_alone() -> None:
    table = delivered(feed("a", [*GOOD, ("4", "red", "large")]))
    assert table.rows.height == 3
    assert table.aside.select("id", "rule").rows() == [("a/4", "contract/type")]


def test_another_suppliers_delivery_leaves_these_rows_alone() -> None:
    mine = feed("a", [*GOOD, ("4", "red", "-1"), ("1", "twin", "1"), (None, "nameless", "1")])
    table = delivered(mine)
    before = table.values()
    table.take(work_of(table, feed("b", [("1", "other", "1"), ("1", "twin", "2"), (None, "x", "1"), ("4", "y", "-4")])))
    table.take(work_of(table, feed("b", [])))
    assert table.values() == before


def test_the_second_of_a_key_becomes_the_row_when_the_first_is_gone() -> None:
    table = delivered(feed("a", [("1", "first", "1"), ("1", "second", "2")]))
    assert table.rows["title"].to_list() == ["first"]
    assert table.aside["rule"].to_list() == [REPEATED]
    table.take(work_of(table, feed("a", [("1", "second", "2")])))
    assert table.rows["title"].to_list() == ["second"]
    assert table.aside.height == 0


def test_a_line_that_stands_there_twice_is_told_until_it_stands_there_once() -> None:
    table = delivered(feed("a", [GOOD[0], GOOD[0]]))
    assert table.aside["rule"].to_list() == [REPEATED]
    table.take(work_of(table, feed("a", [GOOD[0]])))
    assert table.aside.height == 0
    assert table.rows.height == 1


def test_a_supplier_who_sends_changes_loses_nothing_that_is_not_named() -> None:
    table = delivered(feed("a", [*GOOD, ("4", "red", "-1")]))
    table.take(work_of(table, feed("a", [("2", "green", "2")], whole=False)))
    assert sorted(table.rows.select("sku", "title").rows()) == [("1", "red"), ("2", "green"), ("3", "red")]
    assert table.aside["id"].to_list() == ["a/4"]
    table.take(work_of(table, feed("a", [("4", "red", "4")], whole=False)))
    assert table.rows.height == 4
    assert table.aside.height == 0


def test_changed_code_computes_every_delivered_row_again() -> None:
    table = delivered(feed("a", GOOD), feed("b", GOOD))
    outdated = frozenset({"1", "2"})
    work = table.take(work_of(table, feed("a", GOOD), stale=True, outdated=outdated))
    assert (work.computed, work.upserts["supplier"].unique().to_list()) == (3, ["a"])
    # The last attempt ran with the new code; what the other supplier delivered did not.
    assert work_of(table, feed("a", GOOD), outdated=outdated).computed == 0
    assert work_of(table, feed("b", GOOD), outdated=outdated).computed == 3


def test_changed_row_rules_judge_what_stands_and_compute_only_what_was_set_aside() -> None:
    lines: list[Line] = [*GOOD, ("4", "red", "-1")]
    table = delivered(feed("a", lines), feed("b", lines))
    changed: dict[str, Any] = {"rejudge": True, "misjudged": frozenset({"1", "2"})}
    work = table.take(work_of(table, feed("a", lines), judge=refuses("red"), **changed))
    assert work.computed == 1  # the row that was set aside: what it was is not kept
    assert sorted(table.rows.select("supplier", "sku").rows()) == [("a", "2"), ("b", "2")]
    assert sorted(table.aside.filter(pl.col("rule") == "test/no")["id"]) == ["a/1", "a/3", "b/1", "b/3"]
    # Rules that are lifted again: at the next delivery of each, their rows come back.
    for supplier in ("a", "b"):
        late: dict[str, Any] = {"misjudged": frozenset(str(n) for n in range(1, 4))}
        table.take(work_of(table, feed(supplier, lines), **late))
    assert table.rows.height == 6
    assert sorted(table.aside["id"]) == ["a/4", "b/4"]


def test_what_a_function_returns_must_be_what_it_was_handed() -> None:
    @row_stage(GOODS)
    def turned(feed: pl.DataFrame) -> pl.DataFrame:
        """Rows in another order, from a table."""
        return feed.reverse()

    @row_stage(GOODS)
    def dropped(feed: pl.DataFrame) -> pl.DataFrame:
        """Fewer rows."""
        return feed.head(1)

    rows = feed("a", GOOD).rows
    for stage, raised in ((turned, False), (dropped, True)):
        table = Table(stage)
        if raised:
            with pytest.raises(StageError, match="other keys or in another order"):
                row_work(stage, rows, table.standing(), admits, {}, batch=9, clean=as_is, feed=feed("a", GOOD))
        else:
            work = row_work(stage, rows, table.standing(), admits, {}, batch=9, clean=as_is, feed=feed("a", GOOD))
            assert work.upserts["sku"].to_list() == ["2"]  # only what kept its place; the others are set aside
            assert set(work.aside["rule"]) == {"contract/key-kept"}


@pytest.mark.parametrize("made", [None, 3, pl.DataFrame({"supplier": ["a"]}), pl.DataFrame({"x": [1]})])
def test_a_function_that_returns_something_else_is_told_so(made: Any) -> None:
    @row_stage(GOODS)
    def odd(feed: pl.DataFrame) -> Any:
        """Something else."""
        return made

    with pytest.raises(StageError, match=r"returned|lacks promised columns"):
        row_work(odd, feed("a", GOOD).rows, Table(odd).standing(), admits, {}, batch=9, clean=as_is)


def test_columns_called_rule_why_and_row_are_a_stages_own() -> None:
    contract = Contract(
        key=("id", "rule"),
        columns=(Column("id", pl.Int64), Column("rule", pl.String), Column("why", pl.String), Column("row", pl.Int64)),
        rules=(RowRule("row-small", pl.col("row") < 5, "too large", "shrink it"),),
    )

    @row_stage(contract)
    def told(feed: pl.DataFrame) -> pl.DataFrame:
        """Rows whose columns are called like those of a quarantine."""
        return feed

    rows = pl.DataFrame({"id": [1, 2, 2], "rule": ["x", "y", "y"], "why": ["p", "q", "r"], "row": [1, 9, 9]})
    rows = rows.with_columns(fingerprint(["why", "row"], rows.schema))
    table = Table(told)
    table.take(row_work(told, rows, table.standing(), admits, {}, batch=9, clean=as_is))
    assert table.rows.select("id", "rule", "why", "row").rows() == [(1, "x", "p", 1)]
    assert sorted(table.aside.select("rule", "id_key", "rule_key").rows()) == [
        (REPEATED, 2, "y"),
        ("contract/row-small", 2, "y"),
    ]
    again = row_work(told, rows, table.standing(), admits, {}, batch=9, clean=as_is)
    assert again.nothing
    assert again.computed == 0


# The law: any way there is the same as from nothing.

SKUS = st.sampled_from(["1", "01", "2", "3", "x/y", None])
TITLES = st.sampled_from(["red", "blue", "green"])
SIZE_TEXTS = st.sampled_from(["1", "5", "9", "-1", "large", None])
LINES = st.lists(st.tuples(SKUS, TITLES, SIZE_TEXTS), max_size=7)
DELIVERIES = st.lists(st.tuples(st.sampled_from(["a", "b"]), LINES), min_size=1, max_size=5)


@given(DELIVERIES, st.integers(1, 4))
def test_a_row_stage_ends_as_if_run_from_nothing(deliveries: list[tuple[str, list[Line]]], batch: int) -> None:
    table = Table(goods)
    for supplier, lines in deliveries:
        table.take(work_of(table, feed(supplier, lines), batch=batch))
    last = dict(deliveries)
    fresh = Table(goods)
    with patch.multiple(work_module, LEAST=1, AT_ONCE=3):  # batches at once
        for supplier in sorted(last):
            fresh.take(work_of(fresh, feed(supplier, last[supplier])))
    assert table.values() == fresh.values()


@given(DELIVERIES)
def test_a_grouped_stage_ends_as_if_run_from_nothing(deliveries: list[tuple[str, list[Line]]]) -> None:
    source, table = Table(goods), Table(sizes)
    known = 0
    for supplier, lines in deliveries:
        source.take(work_of(source, feed(supplier, lines)))
        before = source.versions[known - 1] if known else None
        attempts = frozenset(str(number) for number in range(known + 1, source.attempts + 1))
        now = Source(source.rows.lazy(), before.lazy() if before is not None else None, GOODS.keys, attempts)
        work = table_work(sizes, {"goods": now}, table.standing(), admits, {}, clean=as_is)
        touched = (
            set(work.upserts["title"]) | set(work.removed["title"]) | set(work.aside["id"]) | set(work.mended["id"])
        )
        if before is not None:
            was, is_ = (frame.drop(FINGERPRINT, ATTEMPT, "file", "line").rows() for frame in (before, source.rows))
            assert touched <= {one[2] for one in set(was) ^ set(is_)}
        table.take(work)
        known = source.attempts
    whole = Source(source.rows.lazy(), None, GOODS.keys, frozenset())
    for least, parts in ((work_module.LEAST, 1), (0, 3)):  # whole, and many groups at once
        fresh = Table(sizes)
        with patch.multiple(work_module, LEAST=least, AT_ONCE=parts):
            fresh.take(table_work(sizes, {"goods": whole}, fresh.standing(), admits, {}, clean=as_is))
        assert table.values() == fresh.values()


def test_a_stage_that_asks_what_changed_is_told_keys_and_keeps_its_own_rows_for_names() -> None:
    seen: list[Changes] = []

    @table_stage(SIZES)
    def counted(goods: pl.LazyFrame, changes: Changes) -> pl.LazyFrame:
        """How much there is of each title, and what was changed."""
        seen.append(changes)
        return goods.group_by("title").agg(pl.col("size").fill_null(0).sum().alias("total"))

    source, table = delivered(feed("a", GOOD)), Table(counted)
    first = Source(source.rows.lazy(), None, GOODS.keys, frozenset())
    table.take(table_work(counted, {"goods": first}, table.standing(), admits, {}, clean=as_is))
    (told,) = seen
    assert told.previous is None
    before = source.rows
    source.take(work_of(source, feed("a", [GOOD[0], ("2", "green", "2")])))
    later = Source(source.rows.lazy(), before.lazy(), GOODS.keys, frozenset({"2"}))
    table_work(counted, {"goods": later}, table.standing(), admits, {}, clean=as_is)
    told = seen[1]
    assert sorted(told.keys["goods"]["sku"]) == ["2", "3"]
    assert told.previous is not None
    table_work(counted, {"goods": later}, table.standing(stale=True), admits, {}, clean=as_is)
    told = seen[2]
    assert told.previous is None
    assert told.held is not None
    assert told.held.height == 2
