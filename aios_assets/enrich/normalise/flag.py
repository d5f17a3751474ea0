# ruff: noqa: RUF001 - characters that look like others are what this file is about
"""Flag: what in a text speaks to a machine instead of a shopper, or hides from one of the two.

A flag is a finding for moderation. It refuses nothing by itself and clears nothing: text without a flag is as little to
be trusted as text with one, for no in-band check has yet withstood someone who knows it (see docs on hostile input).
What is split over two fields is seen only where the fields are asked together.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Final

import polars as pl

from aios_assets.enrich.normalise import homoglyph, wording

FLAGS: Final[Mapping[str, str]] = {
    "instruction": "it tells a language model what to do",
    "fake-reply": "it imitates a tool's answer, a chat role, or a reviewer's approval",
    "refusal": "a language model's refusal or self-description stands in the copy",
    "price-order": "it orders a price",
    "base64": "a long run of base64, or one that hides an instruction",
    "script": "a script, an event handler, or a link that runs one",
    "link": "a data: link, or an image link that carries text away",
    "template": "an expression that a template engine would evaluate",
    "markup": "HTML tags stood in it",
    "formula": "a spreadsheet would run it as a formula",
    "invisible": "invisible characters stood in it",
    "bidi": "characters that turn the reading direction stood in it",
    "hidden-text": "Unicode tag characters spelled a text that nobody sees",
    "control": "control characters stood in it",
    "homoglyph": "a word mixes letters of scripts that look alike",
    "presentation": "full-width or mathematical letters stood for plain ones",
    "private-use": "characters without a public meaning stand in it",
    "encoding-damage": "a decoding error left its marks",
}
"""Every flag, in words."""

_TRIGGERS = sorted({trigger for each in wording.WORDINGS.values() for trigger in each.triggers})
_BASE64 = r"[A-Za-z0-9+/_\-]{24,}={0,2}"
_LONG_BASE64 = r"[A-Za-z0-9+/]{80,}={0,2}"
_FORMULA = "^[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]"
_HARMLESS_SIGN = r"^[+\-]\s?[0-9][^(=@!|]*$|^-+\s"
INVISIBLE: Final = (
    r"[\x{AD}\x{34F}\x{61C}\x{115F}\x{1160}\x{17B4}\x{17B5}\x{180B}-\x{180F}\x{200B}-\x{200F}\x{202A}-\x{202E}"
    r"\x{2060}-\x{206F}\x{3164}\x{FE00}-\x{FE0F}\x{FEFF}\x{FFA0}\x{FFF9}-\x{FFFB}\x{1BCA0}-\x{1BCA3}\x{1D173}-\x{1D17A}"
    r"\x{E0000}-\x{E0FFF}]"
)
"""Every character that shows nothing: format characters, fillers, variation selectors and tags."""
_BIDI = r"[\x{61C}\x{200E}\x{200F}\x{202A}-\x{202E}\x{2066}-\x{2069}]"
_TAGS = r"[\x{E0020}-\x{E007F}]"
CONTROL: Final = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x84\x86-\x9F]"
"""Control characters but tab and the line ends."""
PRESENTATION: Final = r"[\x{FF01}-\x{FF5E}\x{1D400}-\x{1D7FF}]"
"""Full-width ASCII and mathematical letters."""
_PRIVATE = r"[\x{E000}-\x{F8FF}\x{F0000}-\x{10FFFD}]"
_DAMAGE = r"\x{FFFD}|[ÃÂ][\x{80}-\x{BF}]|â€[™œžšŸ¦¢“”]|Ã[©¨¤¶¼Ÿ±³]|Å[‚›¼º]|Ä[…‡™]"


def textual(texts: pl.Series) -> dict[str, pl.Series]:
    """The flags that words raise, each as a Boolean column; texts with none of the trigger words cost one scan."""
    t = pl.col("text")
    rows = pl.DataFrame({"text": texts}).with_row_index("row")
    suspicious = rows.filter(t.str.contains_any(_TRIGGERS, ascii_case_insensitive=True))
    suspicious = suspicious.with_columns(t.str.to_lowercase())
    said: dict[str, pl.Series] = {}
    for name, each in wording.WORDINGS.items():
        asked = suspicious.filter(t.str.contains_any(sorted(each.triggers)))
        said[name] = _marks(texts, asked.filter(t.str.contains(each.pattern))["row"])
    return said | {"base64": _base64(texts)}


def _marks(texts: pl.Series, rows: pl.Series) -> pl.Series:
    none = pl.repeat(value=False, n=len(texts), eager=True)
    return none.scatter(rows, True) if len(rows) else none


def visual(texts: pl.Series) -> dict[str, pl.Series]:
    """The flags that characters raise, each as a Boolean column."""
    t = pl.col("text")
    sight = {
        "bidi": t.str.contains(_BIDI),
        "hidden-text": t.str.contains(_TAGS),
        "control": t.str.contains(CONTROL),
        "presentation": t.str.contains(PRESENTATION),
        "private-use": t.str.contains(_PRIVATE),
        "homoglyph": homoglyph.deceives(t),
    }
    told = pl.DataFrame({"text": texts}).select(each.fill_null(value=False).alias(name) for name, each in sight.items())
    return {name: told[name] for name in sight}


def damage(texts: pl.Series) -> pl.Series:
    """Whether replacement characters, or UTF-8 read as a one-byte encoding, stand in the text."""
    return texts.str.contains(_DAMAGE).fill_null(value=False)


def formula(texts: pl.Series) -> pl.Series:
    """Whether a spreadsheet would evaluate the cell; a signed number with its unit is none."""
    t = pl.col("text")
    told = pl.DataFrame({"text": texts}).select((t.str.contains(_FORMULA) & ~t.str.contains(_HARMLESS_SIGN)).alias("f"))
    return told["f"].fill_null(value=False)


def hidden(text: str) -> str:
    """What the Unicode tag characters in a text spell in ASCII."""
    return "".join(chr(ord(c) - 0xE0000) for c in text if 0xE0020 <= ord(c) <= 0xE007E)


def _base64(texts: pl.Series) -> pl.Series:
    """Long runs, and shorter ones that decode to a text which raises a flag by its words."""
    t = pl.col("text")
    rows = pl.DataFrame({"text": texts}).with_row_index("row").filter(t.str.contains(_BASE64))
    runs = rows.with_columns(t.str.extract_all(_BASE64).alias("text")).explode("text", empty_as_null=True)
    long = t.str.contains(_LONG_BASE64) & t.str.contains("[a-z]") & t.str.contains("[A-Z]") & t.str.contains("[0-9]")
    runs = runs.with_columns(long.alias("long"))
    plain = [_decoded(run) for run in runs["text"]]
    hidden_ = pl.DataFrame({"run": runs["text"], "text": plain}, schema={"run": pl.String, "text": pl.String})
    t_lower = t.str.to_lowercase()
    spoken = hidden_.filter(pl.any_horizontal(t_lower.str.contains(w.pattern) for w in wording.WORDINGS.values()))[
        "run"
    ]
    return _marks(texts, runs.filter(pl.col("long") | t.is_in(spoken.implode()))["row"])


def _decoded(run: str) -> str | None:
    try:
        padded = run.rstrip("=").translate({ord("-"): "+", ord("_"): "/"})
        return base64.b64decode(padded + "=" * (-len(padded) % 4)).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None  # not base64, so it hides no text
