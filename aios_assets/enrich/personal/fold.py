"""Fold: text as a detector reads it, with what hides a datum undone, and the way back to the characters that stood there.

Three steps: one character for one (spaces, dashes, full-width and mathematical letters, the digits of every script),
which moves nothing; what nobody sees is left out, which moves what follows; letters of another script that look Latin
become Latin inside a word that mixes scripts (Unicode TR 39 calls these confusables), which moves nothing.
"""

import itertools
import re
import unicodedata
from functools import cache

import polars as pl

INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff"
)
"""Default-ignorable code points (Unicode DerivedCoreProperties), as the inside of a character class."""

_UNSEEN = re.compile(f"[{INVISIBLE}]")
_CYRILLIC_GREEK = "\u0370-\u03ff\u0400-\u052f"
MIXED = f"[A-Za-z0-9@._-][{_CYRILLIC_GREEK}]|[{_CYRILLIC_GREEK}][A-Za-z0-9@._-]"
"""A Latin letter, digit or address sign beside a Cyrillic or Greek one."""

_WORD = re.compile(r"[^\s,;:()<>\[\]{}\"]+")
_LOOKS_LATIN = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u0432\u043a\u043c\u043d\u0442"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0406\u0408\u0405"
    "\u03bf\u03b1\u03bd\u03c1\u03b9\u03ba\u03c5\u03c7\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
    "aeopcyxijshdqwbkmhtABEKMHOPCTXIJSoavpikuxABEZHIKMNOPTYX",
)


@cache
def _one_for_one() -> dict[str, str]:
    """Each character that stands for exactly one ASCII character: by Unicode's own compatibility and digit tables."""
    table = {}
    for code in itertools.chain(
        range(0x80, 0x3400), range(0xA000, 0xAC00), range(0xF900, 0x20000)
    ):  # no Han, no Hangul
        char = chr(code)
        kind = unicodedata.category(char)
        if kind == "Zs":
            table[char] = " "
        elif kind == "Pd" or char == "\u2212":
            table[char] = "-"
        elif char in "\u2018\u2019\u02bc":
            table[char] = "'"
        elif kind == "Nd":
            table[char] = str(unicodedata.digit(char))
        elif (
            char in "\uff20\ufe6b" or 0xFF01 <= code <= 0xFF5E or 0xFE50 <= code <= 0xFE6B or 0x1D400 <= code <= 0x1D7FF
        ):
            plain = unicodedata.normalize("NFKC", char)
            if len(plain) == 1 and plain.isascii():
                table[char] = plain
    return table


@cache
def _translation() -> dict[int, str]:
    return str.maketrans(_one_for_one())


def fold(values: pl.Series) -> pl.Series:
    """The values as detectors read them; pure ASCII, nearly everything, is passed through untouched."""
    strange = values.str.len_bytes() != values.str.len_chars()
    if not strange.any():
        return values
    table = _one_for_one()
    texts = values.filter(strange).str.replace_many(list(table), list(table.values()))
    texts = texts.str.replace_all(f"[{INVISIBLE}]", "")
    mixed = texts.str.contains(MIXED)
    if mixed.any():
        texts = texts.scatter(mixed.arg_true(), pl.Series([_unmix(t) for t in texts.filter(mixed)], dtype=pl.String))
    return values.clone().scatter(strange.arg_true(), texts)


def fold_text(text: str) -> str:
    """One text as detectors read it."""
    if text.isascii():
        return text
    return _unmix(_UNSEEN.sub("", text.translate(_translation())))


def places(text: str) -> list[int] | None:
    """Where each character of the folded text stood in `text`; None where nothing was left out."""
    if text.isascii() or not _UNSEEN.search(text):
        return None
    return [at for at, char in enumerate(text) if not _UNSEEN.match(char)]


def _unmix(text: str) -> str:
    return _WORD.sub(lambda word: word[0].translate(_LOOKS_LATIN) if _is_mixed(word[0]) else word[0], text)


def _is_mixed(word: str) -> bool:
    return any(char.isascii() and char.isalnum() for char in word) and not word.isascii()
