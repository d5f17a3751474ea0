# ruff: noqa: RUF001 - characters that look like others are what this file is about
"""Language: by words where they say enough, by script, else unsure."""

import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aios_assets.enrich.normalise import language
from aios_assets.enrich.normalise.languagewords import WORDS

SHARED = Path(__file__).parents[4].parent / "shared" / "data" / "taxonomy_shopify" / "localizations" / "categories"

TOLD = [
    ("Desk lamp, grey, 5 W", "en"), ("Sony black headphones", "en"),
    ("The housing is shockproof and sits well in the hand.", "en"),
    ("Robust verarbeitet und für den täglichen Einsatz gemacht.", "de"), ("Schwarze Lederschuhe für Herren", "de"),
    ("Idéal pour la maison, le bureau et les voyages.", "fr"), ("Sac à dos noir pour homme", "fr"),
    ("Dobry wybór do domu, biura i w podróży.", "pl"), ("Słuchawki czarne", "pl"), ("Zaino da uomo nero", "it"),
    ("Zapatos de cuero para mujer con suela de goma", "es"), ("Mochila de couro preta para mulher e criança", "pt"),
    ("Zwarte rugzak voor kinderen", "nl"), ("Ryggsäck svart för dam", "sv"), ("Černý batoh pro muže", "cs"),
    ("Musta reppu miesten", "fi"), ("Fekete hátizsák férfi", "hu"), ("Rucsac negru pentru bărbați", "ro"),
    ("Siyah sırt çantası erkek", "tr"), ("Høretelefoner til børn, sort, uden kabel, hvad er det", "da"),
    ("Чёрные мужские кроссовки", "ru"),
    ("Чорні чоловічі кросівки", "uk"), ("Ανδρικά παπούτσια", "el"),
    ("日本語のタイトル", "ja"), ("红色运动鞋", "zh"),
    ("한국어 제목", "ko"), ("كتاب للأطفال", "ar"), ("پیراهن مردانه چرمی", "fa"),

    ("ספר ילדים", "he"), ("รองเท้าผู้ชาย", "th"), ("पुरुषों के जूते", "hi"),
]  # fmt: skip

UNSURE = ["Sony WH-1000XM4", "Apple iPhone 12", "Xantrix Alto", "Pro 11", "Laptop", "本", "ABC def", "Kabel", "1 x 2"]
ABSENT = [None, "", "12345", "!!!", "5 - 3"]


def one(cell: str | None) -> dict:
    return language.read(pl.Series("l", [cell], dtype=pl.String))[0]


@pytest.mark.parametrize(("cell", "code"), TOLD)
def test_a_text_tells_its_language(cell, code):
    told = one(cell)
    assert told["value"] == code
    assert code in language.LANGUAGES
    if told["by"] == "language/words":
        assert 0.7 <= told["confidence"] < 1
        assert set(told["evidence"].split()) <= set(re.findall(r"\w+", cell.lower()))


@pytest.mark.parametrize("cell", UNSURE)
def test_too_little_is_unsure(cell):
    assert one(cell) == {"value": None, "by": "language/unsure", "confidence": None, "evidence": None}


@pytest.mark.parametrize("cell", ABSENT)
def test_no_letter_is_no_language(cell):
    assert one(cell)["by"] == "language/absent"


def test_all_texts_at_once_say_what_each_says_alone():
    cells = [cell for cell, _ in TOLD] + UNSURE + ABSENT
    together = language.read(pl.Series("l", cells, dtype=pl.String)).to_list()
    assert together == [one(cell) for cell in cells]


def test_word_lists_are_in_lower_case_and_of_letters():
    for listed in WORDS.values():
        assert len(listed) > 100
        assert all(word == word.lower() and word.isalpha() for word in listed)


@given(st.lists(st.text(max_size=40) | st.none(), max_size=8))
@settings(max_examples=60, deadline=None)
def test_any_text_is_told_or_refused(cells):
    told = language.read(pl.Series("l", cells, dtype=pl.String))
    assert len(told) == len(cells)
    for answer in told:
        assert answer["by"] in language.RULES
        assert (answer["value"] is None) == (answer["by"] in {"language/absent", "language/unsure"})


@pytest.mark.shared
@pytest.mark.skipif(
    not SHARED.exists(), reason="the shared taxonomy is not here, so its thirteen languages cannot be asked"
)
@pytest.mark.parametrize("code", ["cs", "de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt-BR", "sv", "tr"])
def test_category_names_that_it_never_saw_are_told_right_or_not_at_all(code):
    lines = (SHARED / f"{code}.yml").read_text(encoding="utf-8")
    names = [name.strip("\"' ") for name in re.findall(r"^\s+name: (.+)$", lines, re.MULTILINE)][:4000]
    pairs = [" ".join(names[at : at + 2]) for at in range(0, len(names), 2)]
    told = language.read(pl.Series(pairs)).struct.field("value").drop_nulls()
    assert len(told) > len(pairs) / 50
    assert (told == code[:2]).mean() > 0.93
