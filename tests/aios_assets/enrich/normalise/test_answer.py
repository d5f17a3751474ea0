"""Answers: one shape for all normalisers, whatever the column holds."""

from collections.abc import Callable

import polars as pl
import pytest

from aios_assets.enrich.normalise import brand, currency, identifier, language, price, quantity, rules, text
from aios_assets.enrich.normalise.answer import PARTS, NormaliseError, answer_type, of_distinct
from aios_assets.enrich.normalise.brand import UNLEARNED
from policies.contract import RECEIPT_TYPES

READERS: dict[str, Callable[[pl.Series], pl.Series]] = {
    "price": lambda raw: price.read(raw)["price"],
    "price_high": lambda raw: price.read(raw)["price_high"],
    "price_currency": lambda raw: price.read(raw)["currency"],
    "currency": currency.read,
    "quantity": lambda raw: quantity.read(raw)["quantity"],
    "gtin": identifier.gtin,
    "isbn": identifier.isbn,
    "model": identifier.model,
    "sku": identifier.sku,
    "title": lambda raw: text.title(raw)["title"],
    "description": lambda raw: text.description(raw)["description"],
    "brand": lambda raw: brand.read(raw, UNLEARNED),
    "language": language.read,
}
HOLDS = {
    "nothing": pl.Series("x", [], dtype=pl.String),
    "nulls": pl.Series("x", [None, None], dtype=pl.String),
    "null type": pl.Series("x", [None, None]),
    "text": pl.Series("x", ["12,50", "Plain title", None, "<b>x</b>", "4006381333931", "\0", "N/A"]),
    "equal text": pl.Series("x", ["a b"] * 100),
    "integers": pl.Series("x", [0, 5, None]),
    "floats": pl.Series("x", [0.5, float("nan"), float("inf"), None]),
    "categories": pl.Series("x", ["a", "b", "a"], dtype=pl.Categorical),
}


@pytest.mark.parametrize("held", HOLDS)
@pytest.mark.parametrize("name", READERS)
def test_every_reader_answers_every_row_in_one_shape(name, held):
    raw = HOLDS[held]
    told = READERS[name](raw)
    amounts = name in {"price", "price_high"}
    assert told.dtype == answer_type(price.AMOUNT if amounts else pl.String)
    assert len(told) == len(raw)
    assert told.struct.field("by").is_in(list(rules.RULES)).all()
    assert told.struct.field("by").null_count() == 0


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("raw", [pl.Series("x", [[1], [2]]), pl.Series("x", [True]), pl.Series("x", [{"a": 1}])])
def test_what_no_value_is_read_from_is_refused(name, raw):
    with pytest.raises(NormaliseError, match="'x' is"):
        READERS[name](raw)


def test_the_parts_are_those_of_a_receipt():
    assert dict(RECEIPT_TYPES) == dict(PARTS)


def test_distinct_rows_are_read_once():
    seen: list[int] = []

    def read(frame: pl.DataFrame) -> pl.DataFrame:
        seen.append(frame.height)
        return frame.select(pl.col("a").fill_null(-1) * 2)

    frame = pl.DataFrame({"a": [1, 2, None, 1] * 50, "b": ["x", None, "x", "x"] * 50})
    assert of_distinct(frame, read)["a"].to_list() == [2, 4, -2, 2] * 50
    assert seen == [3]
