"""Names: which words are common given names, surnames and towns, as evidence beside words that speak of a person.

The lists are built by `build.py` from Faker's (MIT licence, copyright Daniele Faraglia and contributors), the surnames of the
census of the United States (public domain) and GeoNames' towns (CC BY 4.0, geonames.org). They are read at the first question.
"""

import unicodedata
from functools import cache
from pathlib import Path

GIVEN = Path(__file__).with_name("given.txt")
SURNAMES = Path(__file__).with_name("surnames.txt")
TOWNS = Path(__file__).with_name("towns.txt")

_TEXT_ENDS = """
ova eva ski ska cki cka sson sen mann ovic evic enko adze shvili idis opoulos quist berg stein ovich ovna ez ini elli etti uk
yan ian escu vic nen gaard strom lund dottir kumar singh murthy swamy appa oglu zadeh
"""
_ENDS = tuple(_TEXT_ENDS.split())
"""How surnames end in languages that make them from others."""


def is_given(word: str) -> bool:
    """Whether a word is a common given name, whatever its letter case and accents: `María`, `JOAO`, `Anne-Sophie`."""
    name = plain(word)
    return name in _listed(GIVEN) or ("-" in name and name.partition("-")[0] in _listed(GIVEN))


def is_surname(word: str) -> bool:
    """Whether a word is a common surname, ends as surnames do, or is two in one: `Roux-Duval`, `Al-Rashid`."""
    name = plain(word)
    if "-" in name and any(part in _listed(SURNAMES) for part in name.split("-")):
        return True
    return name in _listed(SURNAMES) or (len(name) > 5 and name.endswith(_ENDS))


def is_town(name: str) -> bool:
    """Whether a word, or several, name a town of 15,000 people or more."""
    return plain(name) in _listed(TOWNS)


def plain(word: str) -> str:
    """A word in small letters without its accents."""
    if word.isascii():
        return word.lower()
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in letters if not unicodedata.combining(char)).translate(_LETTERS)


_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i", "æ": "ae", "œ": "oe", "\u2019": "'"}
)


@cache
def _listed(path: Path) -> frozenset[str]:
    return frozenset(path.read_text(encoding="utf-8").splitlines())
