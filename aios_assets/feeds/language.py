"""Language: the one that a feed's texts are written in: by what each of them tells, else by their commonest words."""

import re
from collections import Counter
from collections.abc import Iterable

import polars as pl

from aios_assets.enrich.normalise import language as told

_COMMON: dict[str, str] = {
    "en": "the and with for of to in is are your this from by on that",
    "de": "und der die das mit für von ist im den zur aus ein eine nicht sowie",
    "pl": "i w z do na jest nie oraz dla od przez się które ze przy",
    "fr": "et le la les des avec pour une du est dans sur vos en au",
    "es": "y el la los las con para una del es en por su que al",
    "it": "e il la le con per una del è di in che dei alla gli",
    "nl": "en de het een met voor van is op uw niet deze zijn te bij",
    "pt": "e o os as com para uma do da é em que por dos na",
    "sv": "och med för av är till på det en ett som den du",
    "da": "og med til af er på det en et som den du for",
    "cs": "a v na je s pro se do z které ze nebo při od",
}
_OF: dict[str, list[str]] = {}
for _language, _words in _COMMON.items():
    for _word in _words.split():
        _OF.setdefault(_word, []).append(_language)


_ENOUGH, _ONE = 10, 0.95
"""Texts that have to tell their language, and the share of them that has to be of one."""


def language(texts: Iterable[str | None]) -> str:
    """The ISO 639-1 code of the language that the feed is in, or "" where the texts do not say, or are in several.

    What is said of a feed is said of each of its rows, so two languages in it are none.
    """
    values = pl.Series(list(texts), dtype=pl.String)
    codes = Counter(told.read(values).struct.field("value").drop_nulls().to_list())
    if codes.total() < _ENOUGH:
        return _common(values)
    code, most = codes.most_common(1)[0]
    return code if most >= _ONE * codes.total() else ""


def _common(texts: Iterable[str | None]) -> str:
    """By the words that every text of a language has."""
    votes: Counter[str] = Counter()
    words: dict[str, set[str]] = {}
    for text in texts:
        for word in set(re.findall(r"[^\W\d_]+", (text or "").lower())):
            for candidate in _OF.get(word, ()):
                votes[candidate] += 1
                words.setdefault(candidate, set()).add(word)
    ranked = votes.most_common(2)
    if (
        not ranked
        or ranked[0][1] < 20
        or len(words[ranked[0][0]]) < 4
        or (len(ranked) > 1 and ranked[0][1] < 1.3 * ranked[1][1])
    ):
        return ""
    return ranked[0][0]
