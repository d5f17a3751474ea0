# ruff: noqa: RUF001 - characters that look like others are what this file is about
"""Identifiers: check digits, model numbers, SKUs."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean as stdnum_ean
from stdnum import isbn as stdnum_isbn

from aios_assets.enrich.normalise import identifier

GTIN = [
    ("4006381333931", "04006381333931", "gtin/13"), ("036000291452", "00036000291452", "gtin/12"),
    ("0036000291452", "00036000291452", "gtin/13"), ("00036000291452", "00036000291452", "gtin/14"),
    ("14006381333938", "14006381333938", "gtin/14"), ("96385074", "00000096385074", "gtin/8"),
    ("400-6381-33393-1", "04006381333931", "gtin/13"), (" 4006381333931 ", "04006381333931", "gtin/13"),
    ("4 006381 333931", "04006381333931", "gtin/13"), ("4006381333931.0", "04006381333931", "gtin/13"),
    ("978-3-16-148410-0", "09783161484100", "gtin/isbn"), ("9790260000438", "09790260000438", "gtin/isbn"),
    ("4006381333932", None, "gtin/check-digit"), ("036000291453", None, "gtin/check-digit"),
    ("96385075", None, "gtin/check-digit"), ("4006381339331", None, "gtin/check-digit"),
    ("36000291452", None, "gtin/length"), ("400638133393", None, "gtin/check-digit"), ("12345", None, "gtin/length"),
    ("400638133393100", None, "gtin/length"), ("5,90123E+12", None, "gtin/scientific"),
    ("4.00638E+12", None, "gtin/scientific"), ("4.00638e12", None, "gtin/scientific"),
    ("0000000000000", None, "gtin/placeholder"), ("00000000", None, "gtin/placeholder"),
    ("9999999999994", None, "gtin/placeholder"), ("1234567890128", None, "gtin/placeholder"),
    ("123456789012", None, "gtin/placeholder"), ("2012345678903", None, "gtin/restricted"),
    ("0212345678909", None, "gtin/restricted"), ("212345678909", None, "gtin/restricted"),
    ("9912345678909", None, "gtin/restricted"), ("ABC", None, "gtin/not-digits"),
    ("40063813339３1", None, "gtin/not-digits"), ("=4006381333931", None, "gtin/not-digits"),
    ("N/A", None, "gtin/absent"), ("Does not apply", None, "gtin/absent"), ("", None, "gtin/absent"),
    ("  ", None, "gtin/absent"), (None, None, "gtin/absent"), ("-", None, "gtin/absent"),
    ("UPC: 036000291452", "00036000291452", "gtin/12"), ("EAN-13 4006381333931", "04006381333931", "gtin/13"),
    ("EAN 4006381333931", "04006381333931", "gtin/13"), ("GTIN: 4006381333932", None, "gtin/check-digit"),
    ("UPC:", None, "gtin/not-digits"), ("SKU 4006381333931", None, "gtin/not-digits"),
    ("9" * 400, None, "gtin/length"), ("1e400", None, "gtin/scientific"),
]  # fmt: skip

ISBN = [
    ("3-16-148410-X", "9783161484100", "isbn/10"), ("316148410X", "9783161484100", "isbn/10"),
    ("316148410x", "9783161484100", "isbn/10"), ("ISBN 0-8044-2957-X", "9780804429573", "isbn/10"),
    ("ISBN-10: 0 8044 2957 X", "9780804429573", "isbn/10"), ("978-3-16-148410-0", "9783161484100", "isbn/13"),
    ("ISBN-13: 978-3-16-148410-0", "9783161484100", "isbn/13"), ("0306406152", "9780306406157", "isbn/10"),
    ("0306406153", None, "isbn/check-digit"), ("978-3-16-148410-1", None, "isbn/check-digit"),
    ("4006381333931", None, "isbn/shape"), ("030640615", None, "isbn/shape"), ("X306406152", None, "isbn/shape"),
    ("n/a", None, "isbn/absent"), (None, None, "isbn/absent"),
]  # fmt: skip

MODEL = [
    ("KTC-D320/1G", "KTC-D320/1G", "KTCD3201G"), ("ktc-d320 / 1g", "KTC-D320/1G", "KTCD3201G"),
    ("KTC–D320/1G", "KTC-D320/1G", "KTCD3201G"),
    ("  EOS 7D  28-135mm Kit ", "EOS 7D 28-135MM KIT", "EOS7D28135MMKIT"), ("BA\u200bB102", "BAB102", "BAB102"),
    ("ＡＢ１２", "AB12", "AB12"), ("Model No.: AB-12", "AB-12", "AB12"), ("MPN: 0904B001AA", "0904B001AA", "0904B001AA"),
    ("modell 5", "MODELL 5", "MODELL5"), ("0012", "0012", "0012"), ("12", "12", "12"), ("Ä-12", "Ä-12", "Ä12"),
    ("n/a", None, None), ("none", None, None), ("---", None, None), ("- / -", None, None), (None, None, None),
    ("x" * 65, None, None), ("a fine thing to have at home", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "value", "rule"), GTIN)
def test_a_gtin_is_proved_or_null(cell, value, rule):
    told = identifier.gtin(pl.Series("g", [cell], dtype=pl.String))[0]
    assert (told["value"], told["by"]) == (value, rule)
    assert rule in identifier.RULES


@pytest.mark.parametrize(("cell", "value", "rule"), ISBN)
def test_an_isbn_is_proved_or_null(cell, value, rule):
    told = identifier.isbn(pl.Series("g", [cell], dtype=pl.String))[0]
    assert (told["value"], told["by"]) == (value, rule)
    assert rule in identifier.RULES


@pytest.mark.parametrize(("cell", "value", "key"), MODEL)
def test_a_model_number_has_one_form_and_one_key(cell, value, key):
    told = identifier.model(pl.Series("m", [cell], dtype=pl.String))
    assert told[0]["value"] == value
    assert told[0]["by"] in identifier.RULES
    keys = pl.DataFrame({"m": told.struct.field("value")}).select(identifier.model_key(pl.col("m")))
    assert keys.item() == key


@pytest.mark.parametrize(
    "cell", ["1", "01", "1.0", "../../x", "é", "e\u0301", " 7", "=1+1", "ＳＫＵ", "-", "N/A", "null"]
)
def test_a_sku_is_kept_byte_for_byte(cell):
    assert identifier.sku(pl.Series([cell]))[0] == {
        "value": cell, "by": "sku/as-is", "confidence": None, "evidence": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        (None, "absent"), ("", "absent"), (" \t", "absent"), ("a\0b", "control"), ("a\u200bb", "control"),
        ("a\u202eb", "control"), ("a\nb", "control"), ("\U000e0041", "control"), ("x" * 257, "too-long"),
    ],
)  # fmt: skip
def test_a_sku_that_cannot_be_a_key_is_null(cell, rule):
    told = identifier.sku(pl.Series([cell], dtype=pl.String))[0]
    assert (told["value"], told["by"]) == (None, f"sku/{rule}")


@given(st.lists(st.integers(0, 10**12 - 1), min_size=1, max_size=50))
def test_check_digits_are_those_of_stdnum(bodies):
    ours = identifier.check_digits(np.array(bodies, dtype=np.int64))
    assert [str(d) for d in ours] == [stdnum_ean.calc_check_digit(f"{body:012}") for body in bodies]


@given(st.lists(st.integers(0, 10**9 - 1), min_size=1, max_size=20))
def test_ten_digits_become_the_thirteen_of_stdnum(bodies):
    tens = [f"{b:09}" + stdnum_isbn._calc_isbn10_check_digit(f"{b:09}") for b in bodies]
    assert identifier.isbn(pl.Series(tens)).struct.field("value").to_list() == [
        stdnum_isbn.to_isbn13(ten).replace("-", "") for ten in tens
    ]


@given(st.integers(3 * 10**11, 9 * 10**11), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(body, place, shift):
    digits = f"{body}{stdnum_ean.calc_check_digit(str(body))}"
    wrong = digits[:place] + str((int(digits[place]) + shift) % 10) + digits[place + 1 :]
    assert identifier.gtin(pl.Series([wrong]))[0]["value"] is None


@given(st.lists(st.text() | st.text("0123456789-X ", max_size=16) | st.none(), max_size=20))
def test_reading_twice_is_reading_once(cells):
    raw = pl.Series("x", cells, dtype=pl.String)
    for reader in (identifier.gtin, identifier.isbn, identifier.model, identifier.sku):
        told = reader(raw)
        assert told.struct.field("by").is_in(list(identifier.RULES)).all()
        kept = told.struct.field("value").drop_nulls()
        assert reader(kept).struct.field("value").to_list() == kept.to_list()
