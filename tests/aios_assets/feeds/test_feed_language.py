"""A feed's language: told by those of its texts that tell theirs, never for a feed in two."""

import pytest

from aios_assets.feeds.language import language

SAID = {
    "de": "Schwarze Lederschuhe für Herren {}",
    "en": "Desk lamp, grey, {} W",
    "pl": "Słuchawki czarne {}",
    "cs": "Černý batoh pro muže {}",
}
MUTE = "Sony WH-{}XM4"


def texts(*parts: tuple[str, int]) -> list[str]:
    return [text.format(at) for text, count in parts for at in range(count)]


@pytest.mark.parametrize("code", SAID)
def test_the_few_titles_that_tell_speak_for_those_that_do_not(code: str) -> None:
    assert language(texts((MUTE, 200), (SAID[code], 12))) == code


def test_a_feed_in_two_languages_is_in_none() -> None:
    assert language(texts((SAID["de"], 70), (SAID["en"], 30))) == ""
    assert language(texts((SAID["de"], 97), (SAID["en"], 2))) == "de"


def test_names_and_numbers_tell_nothing() -> None:
    assert language(texts((MUTE, 200))) == ""
    assert language([None, "", "12345"]) == ""
    assert language([]) == ""
