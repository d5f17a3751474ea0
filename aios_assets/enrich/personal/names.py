"""Names: which words are common given names and surnames, as evidence beside words that speak of a person.

The lists are built by `build.py` from Faker's (MIT licence, copyright Daniele Faraglia and contributors). They are read at the
first question: 3 ms.
"""

import unicodedata
from functools import cache
from pathlib import Path

GIVEN = Path(__file__).with_name("given.txt")
SURNAMES = Path(__file__).with_name("surnames.txt")

_TEXT_ENDS = """
ova eva ski ska cki cka sson sen mann ovic evic enko adze shvili idis opoulos quist berg stein ovich ovna ez ini elli etti uk
yan ian escu vic nen gaard strom lund
"""
_ENDS = tuple(_TEXT_ENDS.split())
"""How surnames end in languages that make them from others."""


def is_given(word: str) -> bool:
    """Whether a word is a common given name, whatever its letter case and accents: `María`, `JOAO`."""
    return plain(word) in _listed(GIVEN)


def is_surname(word: str) -> bool:
    """Whether a word is a common surname, or ends as surnames do."""
    name = plain(word)
    return name in _listed(SURNAMES) or (len(name) > 5 and name.endswith(_ENDS))


def plain(word: str) -> str:
    """A word in small letters without its accents."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in letters if not unicodedata.combining(char)).translate(_LETTERS)


_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe", "\u2019": "'"})


@cache
def _listed(path: Path) -> frozenset[str]:
    return frozenset(path.read_text(encoding="utf-8").split())
