"""Colours are the same in any language, and another colour is evidence against."""

import polars as pl
import pytest

from aios_assets.enrich.matching import tokens
from aios_assets.enrich.matching.colours import COLOURS
from aios_assets.enrich.matching.compare import NAMES, Comparer
from aios_assets.enrich.matching.corpus import corpus, prepared


def other_colour(one: str, other: str) -> float:
    records = pl.DataFrame({"supplier": ["a", "b"], "sku": ["1", "1"], "title": [one, other]})
    body, _ = corpus(prepared(records), None)
    comparer = Comparer(body, pl.zeros(len(body.vocabulary), eager=True).to_numpy())
    return float(
        comparer.evidence(pl.Series([0]).to_numpy(), pl.Series([1]).to_numpy())[0, NAMES.index("other_colour")]
    )


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("Stuhl rot", "chaise rouge", 0.0),
        ("Stuhl rot", "chaise grise", 1.0),
        ("toner żółty", "toner yellow", 0.0),
        ("toner czarny", "toner yellow", 1.0),
        ("case black/red", "case red", 0.0),
        ("case", "case red", 0.0),
        ("Jacke marine", "jacket blue", 0.0),
        ("Jacke marine", "jacket olive", 1.0),
        ("Red Hat Linux", "Red Hat Linux blue box", 0.0),
    ],
)
def test_another_colour_is_told_in_whatever_language(one: str, other: str, told: float) -> None:
    assert other_colour(one, other) == told


def test_every_word_is_written_as_plain_text_has_it_and_names_one_colour() -> None:
    words = [word for said in COLOURS.values() for word in said.split()]
    plain = pl.DataFrame({"word": words}).select(tokens.plain(pl.col("word"), limit=99)).to_series().to_list()
    assert plain == words
    assert len(set(words)) == len(words)
