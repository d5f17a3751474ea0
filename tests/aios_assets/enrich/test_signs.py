"""Signs: a column tells of each text what the text tells by itself."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aios_assets.enrich.personal.signs import Among, Sign, signs

TEXTS = st.one_of(st.none(), st.text(max_size=6), st.text("aA1:-/ é", max_size=4))


def of(text: str | None) -> int:
    found = Sign(0)
    for char in text or "":
        found |= Sign.BEYOND if not char.isascii() else Sign(0)
        found |= Sign.DIGIT if char in "0123456789" else Sign(0)
        found |= Sign.CAPITAL if char.isascii() and char.isupper() else Sign(0)
        found |= Sign.SMALL if char.isascii() and char.islower() else Sign(0)
        found |= Sign.COLON if char == ":" else Sign(0)
        found |= Sign.JOINT if char in "_-./=" else Sign(0)
    return int(found)


@given(st.lists(TEXTS, max_size=8), st.integers(0, 3))
def test_each_text_has_the_signs_of_its_characters(texts: list[str | None], cut: int) -> None:
    column = pl.Series(texts, dtype=pl.String)
    assert signs(column).to_list() == [of(text) for text in texts]
    parts = pl.concat([column.head(cut), column.slice(cut)], rechunk=False)
    assert signs(parts).to_list() == signs(column).to_list()
    assert signs(column.slice(cut)).to_list() == signs(column).to_list()[cut:]


@pytest.mark.parametrize(
    ("among", "held", "other"),
    [
        (Among.NUMBERED, ["7", "abcd:ef::"], ["", "seven"]),
        (Among.WORDED, ["a", "É", "12 mm"], ["", "12.50"]),
        (Among.BOTH, ["12 mm", "É 1"], ["12", "mm"]),
        (Among.PLAIN, ["mrs smith", "a1"], ["Mrs smith", "é", "12"]),
        (Among.OTHERS, ["Mrs", "é"], ["mrs", "12"]),
        (Among.CASED, ["Mrs", "é"], ["MRS", "mrs"]),
        (Among.ONE_CASE, ["MRS", "mrs", "é" * 200], ["Mrs", "m" * 201, "12"]),
        (Among.ISSUED, ["key_", "Key", "k9", "a:b", "é"], ["plain words, only", "12.50"]),
    ],
)
def test_texts_are_among_those_that_it_says(among: Among, held: list[str], other: list[str]) -> None:
    texts = pl.Series("text", [*held, *other])
    told = pl.DataFrame({"text": texts, "signs": signs(texts)}).select(among.holds).to_series()
    assert told.to_list() == [True] * len(held) + [False] * len(other)
