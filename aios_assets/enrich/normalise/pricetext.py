# ruff: noqa: RUF001 - characters that look like others are what this file is about
"""Pricetext: a price cell with words in it, taken apart into amounts, currency and what the words say.

It is asked for the distinct cells that are more than an amount with a currency beside it. What it does not know word
for word it refuses: a number beside an unknown word is no price.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from aios_assets.enrich.normalise import currency, number
from aios_assets.enrich.normalise.words import ABSENT, words

REFUSED: Final[Mapping[str, str]] = {
    "absent": "nothing is written there, or a word for nothing",
    "free": "given away is no price",
    "not-a-number": "NaN or infinity: a program's failure, not a price",
    "scientific": "an exponent stands in it; a spreadsheet that writes so has dropped digits",
    "negative": "a price is not below zero",
    "several": "it holds several amounts and does not say which is the price",
    "range-unclear": "two whole numbers about a dash: a range, or units and cents",
    "list-price": "the cell says that it is a list price, which is not what the product sells for",
    "per-unit": "an amount by weight, length or volume is not the price of the product",
    "words": "words stand beside the amount that no rule knows",
}
"""Wordings that hold no price, in words."""


@dataclass(frozen=True)
class Cell:
    """A cell taken apart: amounts as written, the currency codes its token may stand for, and its rule or refusal."""

    low: str | None = None
    high: str | None = None
    codes: str | None = None
    token: str | None = None
    rule: str | None = None


_ABSENT = ABSENT | words(
    """
    poa|p.o.a.|call|ask|auf anfrage|preis auf anfrage|on request|price on request|sur demande|prix sur demande
    a consultar|consultar|na zapytanie|cena na zapytanie|su richiesta|op aanvraag|på begäran|call for price
    price on application|see website|out of stock|sold out|ausverkauft|no price|contact us|по запросу
    """,
    apart="|",
)
_FREE = words("free|gratis|kostenlos|gratuit|za darmo|gratuito|ingyen|zdarma|ilmainen|бесплатно|免费|無料", apart="|")
_NOT_FINITE = re.compile(r"[+\-−]?\s*(?:nan|inf|infinity|∞|1\.#inf|1\.#ind|1\.#qnan|#num!)", re.IGNORECASE)
_FROM_ONE = (
    "from|starting from|starting at|starts at|starts from|as low as|ab|schon ab|bereits ab|od|już od|desde|a partir de|"
    "à partir de|a partire da|da|dès|des|vanaf|från|fra|alkaen|от|от|with prices from|prices from|price from|"
    "preis ab|preise ab|cena od|precio desde|prix à partir de"
)
_RANGE_OPEN = "from|between|von|zwischen|od|de|desde|entre|da|dal|van|tussen|från|mellan|fra|mellem|от"
_ONLY = (
    "only|just|now|price|preis|prix|precio|cena|prezzo|prijs|pris|preço|our price|unser preis|nur|jetzt nur|"
    "seulement|solo|sólo|tylko|regular price|sale price|price now"
)
_LIST = re.compile(
    r"(?:was|statt|instead of|au lieu de|antes|zamiast|msrp|m\.s\.r\.p\.|rrp|r\.r\.p\.|srp|uvp|list price|listenpreis|"
    r"prix conseill[ée]|pvp recomendado|cena katalogowa|adviesprijs)\b\s*:?\s*[^\d]{0,8}\d[^A-Za-z]*(?:[A-Za-z]{3})?",
    re.IGNORECASE,
)
_TAX = r"(?:(?:\d{1,2}\s*%\s*)?(?:vat|mwst\.?|ust\.?|tva|iva|btw|moms|gst|tax|taxes|taxe|mva|dph|áfa|kdv))"
_GROSS = (
    r"(?:\(?\s*(?:incl?\.?|including|inkl\.?|inklusive|inc\.?|ttc|t\.t\.c\.|iva inclusa|iva incluido|iva incl\.?|"
    rf"brutto|gross|z|mit)\s*{_TAX}?\s*\)?|(?:zzgl\.?|plus|\+)\s*(?:versand|shipping|p&p))"
)
_NET = (
    r"\(?\s*(?:(?:excl?\.?|excluding|exkl\.?|exklusive|ex\.?|zzgl\.?|plus|\+|hors|senza|sin|bez|o\.|netto|net)"
    rf"\s*{_TAX}|ht|h\.t\.|netto|net)\s*\)?"
)
_EACH = (
    r"(?:each|ea\.?|apiece|(?:/|per|je|pro|par|por|za|al|per\s+l[ae'])\s*"
    r"(?:pc|pcs|pce|piece|unit|item|each|ea|st|stk|stück|stuk|szt|sztukę|sztuka|pièce|unité|unidad|ud|pezzo|styck|kpl|"
    r"ks|db|1)\.?)"
)
_PER = (
    r"(?:/|per|je|pro|par|por|za|al)\s*(?:\d+\s*)?(?:kg|g|gr|mg|lb|lbs|oz|l|ml|cl|m|m2|m²|m³|cm|ft|sq\.?\s?ft|yd|gal|"
    r"gallon|litre|liter|meter|metre|kilo|pound|month|mo|monat|mois|mes|miesiąc|year|yr|jahr|hour|h|day|tag|night|"
    r"week|user)\.?"
)
_TAIL = rf"(?:[*¹†]|{_GROSS}|{_EACH})"
_DASH = r"[-−–—]"
_TO = (
    r"(?:\s*(?:[-−–—~〜～]|\.{2,3}|…)\s*|"
    r"\s+(?:to|bis|à|do|a|al|tot|til|till|until|up to|and|und|et|y|i|og|och|en|e|до|и)\s+)"
)
_WORD = r"[^\d\s.,+\-−–—()\[\]:;|%*~=<>_'\"]{1,8}(?:\.[^\d\s.,]{1,2})?"
_N = r"\d[\d.," + number.SPACES + number.APOSTROPHES + r"]*\d|\d|[.,]\d+"

_ONE = re.compile(
    rf"(?:(?P<start>{_FROM_ONE})\s*:?\s+|(?P<only>{_ONLY})\s*:?\s+)?(?P<neg>{_DASH}\s*)?(?P<c1>(?:{_WORD}(?:(?<=[^\W\d_])\.)?)?)\s*"
    rf"(?P<neg1>{_DASH}\s*)?\+?(?P<n>{_N})(?P<flat>[.,]\s?{_DASH}{{1,2}}|/{_DASH}|\.)?\s*"
    rf"(?P<c2>(?:{_WORD})?)\.?(?P<neg2>\s*{_DASH})?",
    re.IGNORECASE,
)
_TWO = re.compile(
    rf"(?:(?:{_RANGE_OPEN})\s+)?(?P<c1>(?:{_WORD}(?:(?<=[^\W\d_])\.)?)?)\s*(?P<n>{_N})\s*(?P<c2>(?:{_WORD})?)\.?(?P<gap>{_TO})"
    rf"(?P<c3>(?:{_WORD}(?:(?<=[^\W\d_])\.)?)?)\s*(?P<m>{_N})\s*(?P<c4>(?:{_WORD})?)\.?",
    re.IGNORECASE,
)
_APART = r"(?:(?<=[\d\W])\s*|\s+|(?=[/(*¹†+]))"
_NEUTRAL = re.compile(rf"{_APART}{_TAIL}$", re.IGNORECASE)
_WITHOUT_TAX = re.compile(rf"{_APART}{_NET}$", re.IGNORECASE)
_PER_UNIT = re.compile(rf".*\d.*?\s*{_PER}", re.IGNORECASE)
_AS_POINT = re.compile(rf"(\d{{1,6}})\s?({_WORD})\s?(\d\d)", re.IGNORECASE)
_CENTS = re.compile(r"(\d{1,2})\s?(¢|ct\.?|cts\.?|cents?|p|pence)", re.IGNORECASE)
_CENT_CODES = {"p": "GBP", "pence": "GBP"}
_EXPONENT = re.compile(r"\d\.?\s*[eE]\s*[+\-]?\d|\d\s*(?:\^|\*\*)\s*\d")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_WIDE = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)} | {0xFFE1: 0xA3, 0xFFE5: 0xA5, 0xFFE6: 0x20A9}
_LONGEST = 120
_WRAPPED = re.compile(r"""=?\s*(["'])(?P<inside>[^"']*)\1|['*]\s*(?P<marked>[^"']*)""")
"""As a spreadsheet or a quick hand writes a cell as text: `="5"`, `'5`, `"5"`; a mark of a footnote may stand before."""
_APART_SYMBOL = re.compile(r"^([A-Za-z]{1,3})\s+([$£¥€])(?=\s*[\d.,])")
_CODE_COLON = re.compile(r"^([A-Za-z]{3})\s*:\s*(?=\d)")
_COLON_FLAT = re.compile(rf"(?<=\d)\s*:\s*{_DASH}{{1,2}}(?=\s|$)")
_COLON_CENTS = re.compile(r"^(\d[\d ]*):(\d\d)(?=\s*(?:kr\b|sek$))", re.IGNORECASE)
_ASIA = (
    (re.compile(r"[（(【\[]?\s*(?:税込み?|含税|부가세\s?포함)\s*[)）】\]]?"), ""),
    (re.compile(r"^([^\d]*\d[\d.,]*\D?)\s*(?:起|から|부터)$"), r"from \1"),
)
"""Words of East Asia that stand right beside the amount: with tax; and from that amount on."""


def parse(cell: str | None) -> Cell:
    """What one price cell says; always a Cell, refused where its wording holds no price."""
    text = _plain(cell or "")
    if refusal := _no_amount(text):
        return Cell(rule=refusal)
    if text.startswith("(") and text.endswith(")"):
        return Cell(rule="negative" if _one(text[1:-1]).rule is None else "words")
    bare = _NEUTRAL.sub("", _NEUTRAL.sub("", text)).strip()
    amount = _WITHOUT_TAX.sub("", bare).strip()
    for shape in (_one, _minor, _two):
        if (found := shape(amount)).rule != "words":
            return replace(found, rule="net") if found.rule is None and amount != bare else found
    if _PER_UNIT.fullmatch(text):
        return Cell(rule="per-unit")
    return Cell(rule="several" if len(re.findall(rf"(?:{_N})", text)) > 1 else "words")


def _plain(cell: str) -> str:
    """The cell without what hides or wraps its price, and with the few spellings that differ by country made one."""
    text = html.unescape(cell) if "&" in cell and len(cell) <= _LONGEST else cell
    text = number.latin_digits(_UNSEEN.sub("", text).translate(_WIDE)).strip()
    if wrapped := _WRAPPED.fullmatch(text):
        text = (wrapped["inside"] or wrapped["marked"] or "").strip()
    text = text.strip('"').strip()
    text = _APART_SYMBOL.sub(lambda said: _joined(said[1], said[2]), text)
    text = _COLON_CENTS.sub(r"\1,\2", _COLON_FLAT.sub(",-", _CODE_COLON.sub(r"\1 ", text)))
    if not text.isascii():
        for written, plain in _ASIA:
            text = written.sub(plain, text).strip()
    return text


def _joined(country: str, symbol: str) -> str:
    """`US` and `$` as the one token that they are, if they are one."""
    return country + symbol if currency.candidates(country + symbol) else f"{country} {symbol}"


def _no_amount(text: str) -> str | None:
    """The refusal of a text that no amount can stand in."""
    lower = text.lower()
    refusals = {
        "absent": not text or lower in _ABSENT,
        "free": lower in _FREE,
        "not-a-number": _NOT_FINITE.fullmatch(text) is not None,
        "words": len(text) > _LONGEST or not any(c.isdigit() for c in text),
        "list-price": _LIST.fullmatch(text[:_LONGEST]) is not None,
        "scientific": _EXPONENT.search(text[:_LONGEST]) is not None,
    }
    return next((rule for rule, holds in refusals.items() if holds), None)


def _one(text: str) -> Cell:
    match = _ONE.fullmatch(text)
    if match is None:
        return Cell(rule="words")
    codes = _codes(match["c1"], match["c2"])
    if codes is None:
        return Cell(rule="words")
    if (match["neg"] or match["neg1"] or match["neg2"]) and any(digit in match["n"] for digit in "123456789"):
        return Cell(rule="negative")
    token = (match["c1"] or match["c2"]).strip() or None
    # "1.299,-" has a decimal sign and no decimals: it stays, for it says that the point is none.
    sign = match["flat"][0] if match["flat"] and match["flat"][0] in ".," and len(match["flat"]) > 1 else ""
    return Cell(low=match["n"] + sign, codes=codes or None, token=token, rule="from" if match["start"] else None)


def _minor(text: str) -> Cell:
    """Currency in the place of the decimal sign (`5€50`), and amounts in cents."""
    if (match := _AS_POINT.fullmatch(text)) and (codes := currency.candidates(match[2])):
        return Cell(low=f"{match[1]}.{match[3]}", codes=codes, token=match[2])
    if match := _CENTS.fullmatch(text):
        return Cell(low=f"0.{match[1]:0>2}", codes=_CENT_CODES.get(match[2].lower()), token=match[2])
    return Cell(rule="words")


def _two(text: str) -> Cell:
    match = _TWO.fullmatch(text)
    if match is None:
        return Cell(rule="words")
    tokens = [match[name] for name in ("c1", "c2", "c3", "c4")]
    codes = _codes(*tokens)
    if codes is None:
        return Cell(rule="words")
    bare = not codes and match["n"].isdigit() and match["m"].isdigit()
    if bare and re.fullmatch(_DASH, match["gap"]):
        return Cell(rule="range-unclear")
    token = next((t.strip() for t in tokens if t.strip()), None)
    return Cell(low=match["n"], high=match["m"], codes=codes or None, token=token, rule="range")


def _codes(*tokens: str) -> str | None:
    """What all written tokens may stand for: "" where none stands, None where one is no currency's, or CONFLICT."""
    sets = []
    for token in tokens:
        if not token.strip():
            continue
        codes = currency.candidates(token)
        if codes is None:
            return None
        sets.append(codes.split())
    if not sets:
        return ""
    shared = [code for code in sets[0] if all(code in other for other in sets[1:])]
    return " ".join(shared) if shared else currency.CONFLICT
