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


def test_sizes_in_letters_are_one_however_often_the_x_is_written():
    assert measured("tee 3xl") == measured("tee - XXXL") == measured('{"size":"3XL"}') == {("size", 8_000)}
    assert measured("Shirt Gr. M") == measured("shirt, Größe: M") == measured("chemise taille m") == {("size", 4_000)}
    assert measured("shirt size s") != measured("shirt size m")


def test_a_letter_alone_is_no_size():
    assert measured("men's shirt by L. Ron, series s, ink 304xl") == set()
    assert measured("cable 5 m") == {("length", 5_000_000)}


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


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kaffee 1,8 l", "Kaffee 1.8 l"),
        ("Milch 1,5L", "Milch 1500 ml"),
        ("Reis 500 g", "Reis 0,5 kg"),
        ("Stick 16g", "Stick 16 GB"),
        ("Cola 6x330ml", "Cola 6 x 0,33 l"),
        ("Akku 1,000 mAh", "Akku 1000mAh"),
        ("Tassen 2er-Set", "Tassen, set of 2"),
        ("Carte 32 Go", "Karte 32GB"),
        ("Ibu 20 Tabletten", "Ibu 20 Stück"),
    ],
)
def test_one_quantity_however_it_is_written(one: str, other: str) -> None:
    assert set(measured(one)) & set(measured(other))
    assert {dimension for dimension, _ in measured(one)} & {dimension for dimension, _ in measured(other)}


@pytest.mark.parametrize(
    ("one", "other"), [("Reis 500 g", "Reis 1 kg"), ("Cola 6x330ml", "Cola 12x330ml"), ("Milch 1,5 l", "Milch 1 l")]
)
def test_another_quantity_is_another(one: str, other: str) -> None:
    assert set(measured(one)) != set(measured(other))
    shared = {dimension for dimension, _ in measured(one)} & {dimension for dimension, _ in measured(other)}
    values = [{(d, v) for d, v in measured(text) if d in shared} for text in (one, other)]
    assert values[0] != values[1]


def test_a_comma_in_a_list_is_no_decimal_comma() -> None:
    text = pl.DataFrame({"text": ["win 95,98,me", "1,000 sheets", "sizes 1,2,3"]})
    told = text.select(tokens.plain(pl.col("text"), limit=400)).to_series().to_list()
    assert told[:2] == ["win 95,98,me", "1,000 sheets"]
