# ruff: noqa: RUF001 - characters that look like others are what this file is about
"""Quantities: units and dimensions, with the magnitude that was written and no other."""

import time
from decimal import Decimal
from fractions import Fraction
from functools import cache

import pint
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aios_assets.enrich.normalise import number, quantity, unit
from aios_assets.enrich.normalise.number import Convention

READ = [
    ("5.1 x 3 in.", "5.1 x 3 in", "dimensions"), ('9/16"', "9/16 in", "fraction"), ("9/16 in", "9/16 in", "fraction"),
    ('1-9/16"', "1 9/16 in", "fraction"), ("1 9/16 inches", "1 9/16 in", "fraction"),
    ("25/16 in", "1 9/16 in", "fraction"), ("½ in", "0.5 in", "fraction"), ('1½"', "1.5 in", "fraction"),
    ("3/8 in", "0.375 in", "fraction"), ("1/3 cup", "1/3 cup", "fraction"), ("3/32 in", "3/32 in", "fraction"),
    ("10/16 in", "0.625 in", "fraction"), ("2-Pack", "2 pack", "single"), ("2 pack", "2 pack", "single"),
    ("2er-Pack", "2 pack", "single"), ("2er Pack", "2 pack", "single"), ("Pack of 2", "2 pack", "single"),
    ("lot de 2", "2 pack", "single"), ("paquet de 3", "3 pack", "single"), ("Set of 25", "25 pcs", "single"),
    ("Box of 12", "12 pcs", "single"), ("x2", "2 pack", "single"), ("2 pcs", "2 pcs", "single"),
    ("2 Stück", "2 pcs", "single"), ("2 szt.", "2 pcs", "single"), ("12 ct", "12 pcs", "single"),
    ("3 Paar", "3 pairs", "single"), ("1,5 l", "1.5 l", "single"), ("1.5 L", "1.5 l", "single"),
    ("1,5 Liter", "1.5 l", "single"), ("0,75l", "0.75 l", "single"), ("330ml", "330 ml", "single"),
    ("33 cl", "33 cl", "single"), ("6 x 330 ml", "6 x 330 ml", "multipack"), ("6x400g", "6 x 400 g", "multipack"),
    ("24 x 0,33 l", "24 x 0.33 l", "multipack"), ("7.6 x 4.8 x 1.4 inches", "7.6 x 4.8 x 1.4 in", "dimensions"),
    ("12.0 x 9.75 x 5.75 inches", "12 x 9.75 x 5.75 in", "dimensions"),
    ("10×20×30 cm", "10 x 20 x 30 cm", "dimensions"), ("10 X 20 CM", "10 x 20 cm", "dimensions"),
    ("10*20 mm", "10 x 20 mm", "dimensions"), ("49,3 x 19,7 x 19,7 cm", "49.3 x 19.7 x 19.7 cm", "dimensions"),
    ("10 cm x 5 cm x 2 cm", "10 x 5 x 2 cm", "dimensions"), ("10cm (L) x 5cm (W)", "10 x 5 cm", "dimensions"),
    ("L 10 x W 5 x H 2 cm", "10 x 5 x 2 cm", "dimensions"), ("10 by 5 cm", "10 x 5 cm", "dimensions"),
    ("10-15 cm", "10 to 15 cm", "range"), ("10 to 15 cm", "10 to 15 cm", "range"),
    ("10 bis 15 kg", "10 to 15 kg", "range"), ("5'11\"", "71 in", "compound"), ("5 ft 11 in", "71 in", "compound"),
    ("6' 2 1/2\"", "74.5 in", "compound"), ("1 lb 6 oz", "22 oz", "compound"), ("6'", "6 ft", "single"),
    ('24"', "24 in", "single"), ("24”", "24 in", "single"), ("55 inch", "55 in", "single"),
    ("24-inch", "24 in", "single"), ("55 Zoll", "55 in", "single"), ("27 cali", "27 in", "single"),
    ("500GB", "500 GB", "single"), ("500 gb", "500 GB", "single"), ("1 TB", "1 TB", "single"),
    ("512 Go", "512 GB", "single"), ("16 GiB", "16 GiB", "single"), ("100W", "100 W", "single"),
    ("100 watts", "100 W", "single"), ("18V", "18 V", "single"), ("10,8 V", "10.8 V", "single"),
    ("5000mAh", "5000 mAh", "single"), ("2.4GHz", "2.4 GHz", "single"), ("60 Hz", "60 Hz", "single"),
    ("2700 Kelvin", "2700 kelvin", "single"), ("800 lumens", "800 lm", "single"), ("-5 °C", "-5 °C", "single"),
    ("40 °C", "40 °C", "single"), ("12 MP", "12 MP", "single"), ("32 ohm", "32 Ω", "single"),
    ("10 %", "10 %", "single"), ("20 lbs", "20 lb", "single"), ("20 Lbs.", "20 lb", "single"),
    ("16 oz", "16 oz", "single"), ("16 fl oz", "16 fl oz", "single"), ("16 fl. oz.", "16 fl oz", "single"),
    ("3 gallons", "3 gal", "single"), ("5 m²", "5 m²", "single"), ("5 sq ft", "5 ft²", "single"),
    ("3 m", "3 m", "single"), ("18.0 cm", "18 cm", "single"), ("18.50 cm", "18.5 cm", "single"),
    ("007 cm", "7 cm", "single"), ("0,500 kg", "0.5 kg", "single"), (".5 in", "0.5 in", "single"),
    ("1.0000001 mm", "1.0000001 mm", "single"), ("100 Blatt", "100 sheets", "single"),
    ("1500 Seiten", "1500 pages", "single"), ("2 x 2 m", "2 x 2 m", "dimensions"), (" 5  cm ", "5 cm", "single"),
    ("5cm.", "5 cm", "single"), ("٥ cm", "5 cm", "single"), ("1.234.567 g", "1234567 g", "single"),
    ("1,234.5 mm", "1234.5 mm", "single"), ("200 PS", "200 PS", "single"), ("200 HP", "200 hp", "single"),
    ("30 min", "30 min", "single"), ("W10 x H20 x D30 cm", "10 x 20 x 30 cm", "dimensions"), ("1/250 s", "0.004 s", "fraction"),
    ('10.5" W x 5" D', "10.5 x 5 in", "dimensions"),
    ("5 ft. 6 in.", "66 in", "compound"), ("12-Count", "12 pcs", "single"), ("220-240 V", "220 to 240 V", "range"),
]  # fmt: skip

REFUSED = [
    (None, "absent"), ("", "absent"), ("N/A", "absent"), ("-", "absent"), ("12", "no-unit"), ("5 x 3", "no-unit"),
    ("9/16", "no-unit"), ("12 apples", "unit"), ('24" monitor', "unit"), ("5 parsecs", "unit"),
    ("500 Gb", "ambiguous-unit"), ("100 Mb", "ambiguous-unit"), ("4K", "ambiguous-unit"), ("5 M", "ambiguous-unit"),
    ("1,500 g", "ambiguous"), ("1.234 kg", "ambiguous"), ("1/0 in", "ambiguous"), ("10 cm x 5 mm", "mixed-units"),
    ("50/60 Hz", "ambiguous"), ("110/220 V", "ambiguous"), ("8/16 GB", "ambiguous"), ("100/240 V", "ambiguous"),
    ("12 V x 5 A", "mixed-units"), ("ca. 5 cm", "inexact"), ("approx 5 cm", "inexact"), ("up to 5 m", "inexact"),
    ("~5 cm", "inexact"), ("max. 100 kg", "inexact"), ("L", "unreadable"), ("XL", "unreadable"),
    ("one size", "unreadable"), ("2 500GB", "unreadable"), ("1 x 2 x 3 x 4 cm", "unreadable"),
    ("5-3 cm", "unreadable"), ("1.2.3 cm", "unreadable"), ("9" * 60 + " cm", "unreadable"), ("x" * 300, "unreadable"),
    ("5e3 cm", "unreadable"), ("-5 cm", "unreadable"),
]  # fmt: skip


def one(cell: str | None, **known) -> dict:
    return quantity.read(pl.Series("q", [cell], dtype=pl.String), **known).row(0, named=True)


@cache
def table() -> dict[str | None, dict]:
    """Every cell of both tables, read as one column; that each says the same alone has its own test."""
    cells = [cell for cell, *_ in [*READ, *REFUSED]]
    return dict(zip(cells, quantity.read(pl.Series("q", cells, dtype=pl.String)).rows(named=True), strict=True))


@cache
def canonical() -> dict[str, dict]:
    """Every canonical text, read as one column with a decimal point."""
    texts = sorted({text for _, text, _ in READ})
    told = quantity.read(pl.Series("q", texts, dtype=pl.String), convention=Convention("."))
    return dict(zip(texts, told.rows(named=True), strict=True))


@pytest.mark.parametrize(("cell", "text", "rule"), READ)
def test_reads_what_feeds_write(cell, text, rule):
    told = table()[cell]["quantity"]
    assert (told["value"], told["by"]) == (text, f"quantity/{rule}")
    assert told["by"] in quantity.RULES


@pytest.mark.parametrize(("cell", "rule"), REFUSED)
def test_refuses_with_a_reason(cell, rule):
    told = table()[cell]
    assert told["quantity"] == {"value": None, "by": f"quantity/{rule}", "confidence": None, "evidence": None}
    assert told["quantity"]["by"] in quantity.REFUSALS
    assert told["kind"] is None
    assert told["base"] is None


@pytest.mark.parametrize("text", sorted({text for _, text, _ in READ}))
def test_the_canonical_text_reads_as_itself(text):
    assert canonical()[text]["quantity"]["value"] == text


@pytest.mark.parametrize(("cell", "text", "rule"), [row for row in READ if row[2] != "compound"][::3])
def test_canonical_and_raw_have_one_magnitude(cell, text, rule):
    assert table()[cell]["base"] == canonical()[text]["base"]
    assert table()[cell]["kind"] == canonical()[text]["kind"]


@pytest.mark.slow
def test_all_cells_at_once_say_what_each_says_alone():
    cells = [cell for cell, *_ in [*READ, *REFUSED]]
    together = quantity.read(pl.Series("q", cells, dtype=pl.String))
    assert together.rows() == [quantity.read(pl.Series("q", [cell], dtype=pl.String)).row(0) for cell in cells]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("1 in", "2.54 cm"), ("12 in", "1 ft"), ('9/16"', "14.2875 mm"), ("1 l", "1000 ml"),
        ("16 oz", "1 lb"), ("1 TB", "1000 GB"),
        ("1 kg", "1000 g"),
        ("5.1 x 3 in", "129.54 x 76.2 mm"), ("3 pairs", "6 pcs"), ("5000 mAh", "5 Ah"), ("5'11\"", "180.34 cm"),
    ],
)  # fmt: skip
def test_equal_amounts_in_other_units_have_one_base(a, b):
    assert one(a)["base"] == one(b)["base"] is not None


@pytest.mark.parametrize(
    ("a", "b"), [("9/16 in", "1-9/16 in"), ("500 GB", "500 GiB"), ("1 hp", "1 PS"), ("6 x 330 ml", "330 ml")]
)
def test_other_amounts_have_another(a, b):
    assert one(a)["quantity"]["value"] != one(b)["quantity"]["value"]
    assert one(a)["base"] is None or one(a)["base"] != one(b)["base"]


def test_what_differs_between_countries_has_no_base():
    for cell in ("1 gal", "16 fl oz", "2 cups", "5 pt"):
        assert one(cell)["base"] is None
        assert one(cell)["kind"] == "volume"


def test_a_declared_unit_fills_in():
    assert one("5.5", declared="lbs")["quantity"]["value"] == "5.5 lb"
    assert one("5.5", declared="lbs")["quantity"]["by"] == "quantity/declared-unit"
    assert one("5 kg", declared="lb")["quantity"]["value"] == "5 kg"
    assert quantity.read(pl.Series([0.95, 2.0]), declared="lb")["quantity"].struct.field("value").to_list() == [
        "0.95 lb",
        "2 lb",
    ]
    with pytest.raises(ValueError, match="not known"):
        one("5", declared="parsec")


def test_the_column_decides_about_three_digits():
    column = pl.Series(["1,5 kg", "2,25 kg", "1.250 kg"])
    convention = quantity.learn(column)
    assert convention.decimal == ","
    told = quantity.read(column, convention=convention)["quantity"].struct.field("value").to_list()
    assert told == ["1.5 kg", "2.25 kg", "1250 kg"]


PINT = {
    "in": "inch", "ft": "foot", "yd": "yard", "lb": "pound", "oz": "ounce", "t": "tonne", "µm": "micrometer",
    "ft²": "foot**2", "bar": "bar", "h": "hour", "mil": "thou", "km": "kilometer", "cl": "centiliter",
    "m³": "meter**3", "cm³": "centimeter**3", "KiB": "kibibyte", "TiB": "tebibyte", "MB": "megabyte",
    "kWh": "kilowatt_hour", "mAh": "milliampere_hour",
}  # fmt: skip
BASE = {"length": "meter", "mass": "kilogram", "volume": "liter", "area": "meter**2", "pressure": "pascal", "time": "second",
        "data": "byte", "energy": "watt_hour", "charge": "ampere_hour"}  # fmt: skip


@pytest.fixture(scope="module")
def exact():
    return pint.UnitRegistry(non_int_type=Decimal)


@pytest.mark.parametrize("sign", PINT)
def test_ratios_are_those_of_pint(sign, exact):
    ours = unit.UNITS[sign]
    theirs = exact.Quantity(Decimal(1), PINT[sign]).to(BASE[ours.kind]).magnitude
    assert float(ours.ratio) == pytest.approx(float(theirs), rel=1e-12)


def test_every_spelling_names_the_unit_of_its_line():
    for spelling, sign in unit._SPELLED.items():
        assert unit.of(spelling) == unit.UNITS[sign]
    for sign, known in unit.UNITS.items():
        assert unit.of(sign) == known


@given(
    st.lists(st.decimals("0.01", "9999", places=2), min_size=1, max_size=3),
    st.sampled_from(["cm", "inches", "kg", "V"]),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_a_written_amount_keeps_its_magnitude(amounts, sign, comma):
    amounts = amounts[:2] if sign == "kg" else amounts  # of three weights none is known to count the others
    written = " x ".join(str(amount) for amount in amounts)
    told = one(f"{written.replace('.', ',') if comma else written} {sign}")
    numbers = told["quantity"]["value"].rsplit(" ", 1)[0].split(" x ")
    assert [Decimal(n) for n in numbers] == amounts


@given(st.integers(0, 20), st.integers(1, 64), st.integers(1, 64))
@settings(max_examples=60, deadline=None)
def test_a_fraction_keeps_its_magnitude(whole, top, bottom):
    told = one(f"{whole} {top}/{bottom} in" if whole else f"{top}/{bottom} in")["quantity"]["value"]
    parts = told.removesuffix(" in").split(" ")
    assert sum(Fraction(part) for part in parts) == whole + Fraction(top, bottom)
    assert one(told, convention=Convention("."))["quantity"]["value"] == told


@given(st.text("0123456789.,' _", max_size=14), st.sampled_from([None, ",", "."]))
@settings(max_examples=300, deadline=None)
def test_one_span_is_read_as_a_column_is(span, decimal):
    convention = Convention(decimal)
    assert (
        number.read_one(span, convention=convention)
        == number.read(pl.Series([span]), convention=convention)["number"].item()
    )


@given(st.lists(st.text() | st.text("0123456789 x/-.,\"'cminkgLlb", max_size=20) | st.none(), max_size=10))
@settings(max_examples=100, deadline=None)
def test_any_text_is_read_or_refused_with_a_known_rule(cells):
    raw = pl.Series("q", cells, dtype=pl.String)
    told = quantity.read(raw, convention=quantity.learn(raw))
    assert told.height == len(cells)
    for answer in told["quantity"]:
        assert answer["by"] in quantity.RULES
        assert (answer["value"] is None) == (answer["by"] in quantity.REFUSALS)


@pytest.mark.parametrize("piece", ["1 ", "1x", "1/", "1.", "x ", "1-1/", "a ", "1'", "5 cm x "])
def test_no_cell_takes_long(piece):
    began = time.process_time()
    for length in range(1, 200, 29):
        one((piece * length)[:200] + "!")
    assert time.process_time() - began < 6
