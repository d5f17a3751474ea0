# ruff: noqa: RUF001 - characters that look like others are what this file is about
"""Homoglyph: letters of one script that pass for letters of another, found in words that mix scripts.

A word that mixes is flagged and never rewritten: `skeleton` is for comparing only. Single Greek letters that stand for
units and quantities (`μF`, `kΩ`, `Δ`) are no look-alikes and may stand beside Latin ones. Source: Unicode UTS 39, the
part of its confusables that are whole letters of Latin, Cyrillic, Greek and Armenian.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

_CYRILLIC = dict(zip("АВЕКМНОРСТУХЅІЈԚԜҮаеорсухѕіјԛԝүһӏѵ", "ABEKMHOPCTYXSIJQWYaeopcyxsijqwyhlv", strict=True))
_GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοντρυικα", "ABEZHIKMNOPTYXovtpuika", strict=True))
_ARMENIAN = dict(zip("ՍՕԼհոսօցզ", "UOLhnuogq", strict=True))
LATIN: Final[Mapping[str, str]] = {**_CYRILLIC, **_GREEK, **_ARMENIAN}
"""Letters of other scripts with the Latin letter that each passes for."""

_LIKE = "".join(LATIN)
_BETWEEN = r"[\p{M}\p{N}'’\-]*"
_MIXED = rf"\p{{Latin}}{_BETWEEN}[{_LIKE}]|[{_LIKE}]{_BETWEEN}\p{{Latin}}"
_MIXED_CYRILLIC = rf"\p{{Latin}}{_BETWEEN}\p{{Cyrillic}}|\p{{Cyrillic}}{_BETWEEN}\p{{Latin}}"
_WHOLE = rf"(?:^|[^\p{{L}}\p{{M}}])[{''.join(_CYRILLIC)}]{{2,}}(?:[^\p{{L}}\p{{M}}]|$)"


def deceives(text: pl.Expr) -> pl.Expr:
    """Whether a word of the text mixes look-alike scripts, or is one of look-alikes alone in a Latin text."""
    foreign = text.str.contains(f"[{_LIKE}]")
    mixed = text.str.contains(_MIXED) | text.str.contains(_MIXED_CYRILLIC)
    # A Cyrillic text has letters that pass for nothing ("ж", "и"); a forged Latin one has none.
    plain = ~text.str.replace_all(f"[{_LIKE}]", "").str.contains(r"\p{Cyrillic}")
    return (foreign & (mixed | (text.str.contains(_WHOLE) & plain & text.str.contains(r"\p{Latin}")))).fill_null(
        value=False
    )


def skeleton(text: pl.Expr) -> pl.Expr:
    """The text with every look-alike as the Latin letter that it passes for."""
    return text.str.replace_many(list(LATIN), list(LATIN.values()))
