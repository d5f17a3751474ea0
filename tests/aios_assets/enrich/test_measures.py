"""Measures: which of a supplier's columns hold amounts, and what each cell of them says."""

import json
from collections.abc import Mapping, Sequence

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aios_assets.enrich.measures import SCHEMA, measures, unit_in


def records(rows: Sequence[Mapping[str, str]], *, supplier: str = "acme", decimal: str | None = None) -> pl.DataFrame:
    told = [(supplier, f"S-{n}", json.dumps(row) if row else None, decimal) for n, row in enumerate(rows)]
    return pl.DataFrame(
        told, schema=dict.fromkeys(("supplier", "sku", "attributes", "decimal"), pl.String), orient="row"
    )


def read(*cells: str, name: str = "Weight", decimal: str | None = None) -> list[tuple[str | None, str | None, str]]:
    told = measures(records([{name: cell} for cell in cells], decimal=decimal)).unnest("quantity")
    return told.select("value", "base", "by").rows()


def test_each_cell_stands_beside_what_it_says() -> None:
    told = measures(records([{"Size": "7.60 x 4.8 in", "Colour": "red"}, {"Size": "10 cm", "Stock": "4"}, {}]))
    assert told.unnest("quantity").select("sku", "attribute", "raw", "value", "kind", "base").rows() == [
        ("S-0", "Size", "7.60 x 4.8 in", "7.6 x 4.8 in", "length", "0.19304 x 0.12192"),
        ("S-1", "Size", "10 cm", "10 cm", "length", "0.1"),
    ]


def test_what_cannot_be_read_is_null_with_its_rule() -> None:
    assert read("1 kg", "2 kg", "heavy", "n/a") == [
        ("1 kg", "1.0", "quantity/single"),
        ("2 kg", "2.0", "quantity/single"),
        (None, None, "quantity/unreadable"),
        (None, None, "quantity/absent"),
    ]


def test_a_column_of_other_things_is_none_of_amounts() -> None:
    assert read("red", "blue", "12 cm", name="Colour") == []
    assert read("4", "17", "0", name="Stock") == []


def test_a_unit_in_the_columns_name_is_that_of_its_cells() -> None:
    assert read("120", "95", name="Width (mm)") == [
        ("120 mm", "0.12", "quantity/declared-unit"),
        ("95 mm", "0.095", "quantity/declared-unit"),
    ]


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("Gewicht [g]", "g"),
        ("weight_kg", "kg"),
        ("Länge in cm", "cm"),
        ("inhalt.ml", "ml"),
        ("Volume, l", "l"),
        ("Size", None),
        ("Stock", None),
        ("in", None),
        ("Material (oak)", None),
        ("", None),
    ],
)
def test_which_unit_a_name_tells(name: str, spelled: str | None) -> None:
    assert unit_in(name) == spelled


def test_decimals_are_those_of_the_column_else_of_the_delivery() -> None:
    assert [value for value, _, _ in read("1,250 kg", "0,500 kg", "2,75 kg")] == ["1.25 kg", "0.5 kg", "2.75 kg"]
    assert read("1,250 kg") == [(None, None, "quantity/ambiguous")]
    assert [value for value, _, _ in read("1,250 kg", decimal=",")] == ["1.25 kg"]


def test_suppliers_columns_are_looked_at_by_themselves() -> None:
    one, other = records([{"Size": "M"}, {"Size": "L"}], supplier="one"), records([{"Size": "5 cm"}], supplier="other")
    assert measures(pl.concat([one, other]))["supplier"].to_list() == ["other"]


CELLS = st.dictionaries(
    st.text(max_size=6), st.sampled_from(["1 kg", "2,5 cm", "x", "", '9/16"']) | st.text(max_size=8), max_size=4
)


@given(st.lists(CELLS, max_size=6))
def test_every_answer_is_of_a_cell_that_was_delivered(rows: list[dict[str, str]]) -> None:
    told = measures(records(rows))
    assert told.schema == SCHEMA
    for sku, attribute, raw in told.select("sku", "attribute", "raw").rows():
        assert rows[int(sku[2:])][attribute] == raw
