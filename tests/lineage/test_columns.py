import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage.columns import Kind, Source, column_lineage, row_lineage, set_aside
from lineage.errors import UnknownReadError
from policies.contract import ATTEMPT, FINGERPRINT, Column, Contract, RowRule

D, I = Kind.DIRECT, Kind.INDIRECT  # noqa: E741 - read as a table below


def test_a_read_is_every_input_that_has_it_unless_one_is_named() -> None:
    contract = Contract(
        key="k",
        columns=(
            Column("k", pl.String),
            Column("a", pl.String, reads=("t",)),
            Column("b", pl.String, reads=("x.t",)),
        ),
    )
    lineage = column_lineage(contract, {"x": ["k", "t"], "y": ["t"]})
    assert lineage["k"] == [Source("x", "k", D)]
    assert lineage["a"] == [Source("x", "t", D), Source("y", "t", D), Source("x", "k", I)]
    assert lineage["b"] == [Source("x", "t", D), Source("x", "k", I)]
    assert lineage[FINGERPRINT] == [Source("x", "k", D), Source("x", "t", D), Source("y", "t", D)]
    assert lineage[ATTEMPT] == []


def test_an_input_may_be_a_contract_with_its_receipts() -> None:
    upstream = Contract(key="k", columns=(Column("k", pl.String), Column("t", pl.String, answered=True)))
    contract = Contract(key="k", columns=(Column("k", pl.String), Column("a", pl.String, reads=("t__by",))))
    assert column_lineage(contract, {"x": upstream})["a"] == [Source("x", "t__by", D), Source("x", "k", I)]


def test_receipts_are_chosen_by_what_the_value_reads_and_evidence_is_made_of_it() -> None:
    contract = Contract(key="k", columns=(Column("k", pl.String), Column("a", pl.String, reads=("t",), answered=True)))
    lineage = column_lineage(contract, {"x": ["k", "t"]})
    assert list(lineage) == list(contract.schema)
    assert lineage["a__by"] == lineage["a__confidence"] == [Source("x", "t", I), Source("x", "k", I)]
    assert lineage["a__evidence"] == [Source("x", "t", D), Source("x", "k", I)]


def test_a_column_that_reads_nothing_depends_on_nothing_but_its_row() -> None:
    contract = Contract(key="k", columns=(Column("k", pl.String), Column("a", pl.String)))
    assert column_lineage(contract, {"x": ["k", "a"]})["a"] == [Source("x", "k", I)]


def test_what_no_table_has_comes_from_the_delivery() -> None:
    contract = Contract(
        key="k", columns=(Column("k", pl.String, reads=("sku",)), Column("a", pl.String, reads=("b.v2.csv.t", "u")))
    )
    lineage = column_lineage(contract, {"b.v2.csv": None, "x": ["u"]})
    assert lineage["k"] == [Source("b.v2.csv", "sku", D)]
    assert lineage["a"][:2] == [Source("b.v2.csv", "t", D), Source("x", "u", D)]


@pytest.mark.parametrize("read", ["nothing", "x.nothing", "z.t", ""])
def test_a_read_that_no_input_has_is_an_error(read: str) -> None:
    contract = Contract(key="k", columns=(Column("k", pl.String), Column("a", pl.String, reads=(read,))))
    with pytest.raises(UnknownReadError, match="column a reads"):
        column_lineage(contract, {"x": ["k", "t"]})


def test_rows_are_decided_by_key_and_rules() -> None:
    contract = Contract(
        key="k",
        columns=(
            Column("k", pl.String),
            Column("a", pl.Float64, reads=("t",), answered=True),
            Column("b", pl.Int64, reads=("u",)),
        ),
        rules=(RowRule("sure", pl.col("a__confidence") > 0.5, "", ""), RowRule("k", pl.col("k") != "", "", "")),
    )
    assert row_lineage(contract, {"x": ["k", "t"], "y": ["k", "u"]}) == {
        "key": [Source("x", "k", I), Source("y", "k", I)],
        "rules": [Source("x", "t", I), Source("x", "k", I), Source("y", "k", I)],
    }


def test_a_quarantine_reads_what_its_rows_were_made_of() -> None:
    made = Contract(
        key="k", columns=(Column("k", pl.String), Column("n", pl.String), Column("a", pl.String, reads=("x.t",)))
    )
    aside = Contract(
        key="id", columns=(Column("id", pl.String), Column("a", pl.String, reads=("a",)), Column("why", pl.String))
    )
    lineage = column_lineage(set_aside(aside, made, {"x": ["k", "t"]}), {"x": ["k", "t"]})
    assert lineage["id"] == [Source("x", "k", D)]
    assert lineage["a"] == [Source("x", "t", D), Source("x", "k", I)]
    assert lineage["why"] == [Source("x", "k", D), Source("x", "t", D)]


TABLES = st.dictionaries(
    st.sampled_from(["x", "y", "z"]), st.lists(st.sampled_from("abcd"), unique=True, min_size=1), min_size=1
)


@given(TABLES, st.data())
def test_direct_sources_are_exactly_what_is_declared_and_exists(tables, data) -> None:
    there = sorted({name for names in tables.values() for name in names})
    dotted = sorted(f"{table}.{name}" for table, names in tables.items() for name in names)
    reads = data.draw(st.lists(st.sampled_from([*there, *dotted]), unique=True))
    contract = Contract(key="k", columns=(Column("k", pl.String), Column("v", pl.String, reads=reads, answered=True)))
    lineage = column_lineage(contract, tables)
    direct = {(s.table, s.column) for s in lineage["v"] if s.kind is D}
    expected = {(t, c) for t, names in tables.items() for c in names if c in reads or f"{t}.{c}" in reads}
    assert direct == expected
    assert {(s.table, s.column) for s in lineage["v__by"]} == expected
    for sources in lineage.values():
        assert len({s[:2] for s in sources}) == len(sources)
        assert all(s.column in tables[s.table] for s in sources)
