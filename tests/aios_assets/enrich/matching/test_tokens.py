import polars as pl
import pytest

from aios_assets.enrich.matching import tokens


def read(rule, text: str) -> list[str]:
    frame = pl.DataFrame({"text": [text]}).select(tokens.plain(pl.col("text"), limit=400))
    return sorted(frame.select(rule(pl.col("text"))).to_series().to_list()[0])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Café V6.0", ["6", "cafe"]),
        ("v.2 Pro", ["2", "pro"]),
        ("co\u200boking\u00ad pot", ["cooking", "pot"]),
        ("", []),
    ],
)
def test_words_read_as_a_person_reads_them(text, found):
    assert read(tokens.words, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("KTC-D320/1G memory", ["ktcd3201g"]),
        ("disk 500gb 2.5in 2007 1080p 3rd 12-pack", []),
        ("cartridge 1163641", ["1163641"]),
        ("XTR690 SE", ["xtr690"]),
    ],
)
def test_codes_are_part_numbers_and_no_quantities(text, found):
    assert read(tokens.codes, text) == found


def measured(text: str) -> set[tuple[str, int]]:
    frame = pl.DataFrame({"text": [text]}).select(tokens.plain(pl.col("text"), limit=400))
    return {(tokens.DIMENSIONS[d], v) for _, d, v in tokens.quantities(frame, "text").iter_rows()}


def test_equal_quantities_are_equal_in_any_unit():
    assert measured("1 TB drive") == measured("1,000 GB drive") == {("data", 1_000_000)}
    assert measured('2.5" case') == measured("2.5-inch case") == {("length", 63_500)}


def test_packs_are_counted_however_they_are_written():
    assert measured("set of 25 jacks") == measured("25 pack jacks") == measured("25pk jacks") == {("count", 25_000)}


def test_quantities_in_megabytes_of_digits_do_not_break():
    assert measured("9" * 390 + "gb") == set()


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("1.234,56 €", 1234.56),
        ("$1,234.56", 1234.56),
        ("1,00", 1.0),
        ("0.0", None),
        ("NaN", None),
        ("1e400", 1.0),
        ("", None),
        (None, None),
    ],
)
def test_prices_read_or_are_null(text, price):
    assert tokens.money(pl.Series([text], dtype=pl.String)).to_list() == [price]


def test_prices_that_are_no_positive_numbers_are_null():
    values = pl.Series([float("nan"), float("inf"), -1.0, -0.0, 2.5])
    assert tokens.money(values).to_list() == [None, None, None, None, 2.5]


def test_an_isbn_of_ten_digits_is_the_book_of_the_longer_one_and_zeros_in_front_do_not_count():
    told = ["0-306-40615-2", "978-0-306-40615-7", "080442957X", "0012345678905", "12345678905", "1234567", "none", None]
    book, ean = 9780306406157, 12345678905
    assert tokens.gtin(pl.Series(told)).to_list() == [book, book, 9780804429573, ean, ean, None, None, None]
