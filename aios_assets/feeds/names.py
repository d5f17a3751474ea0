# ruff: noqa: RUF001 - letters of many alphabets are what this file is about
"""Names: what a column's name says about its meaning, in the languages that feeds are written in."""

import re
import unicodedata
from functools import cache

from aios_assets.feeds.namewords import MOVING, NAMES, OTHER, words
from aios_assets.feeds.pricenames import STRENGTH, price_kind

LONGEST = 120
"""Characters of a name; what is longer is a text that stands in a header's place, and says nothing."""
SURE, LIKELY, HINT = 1.0, 0.8, 0.55
"""How much a name says: it is this field; it mostly is; it can be."""

_TURNS = words(
    """
    alt alter attribute author base batch brand bundle category class color colour competitor cost count country
    cross currency customer date delivery discount dostawa dostawy einkauf ek group grundpreis hersteller
    history hs image invoice krotki lot manufacturer marke max meta min model old option order parent per porto
    producenta purchase rabatt rating related review reviews seller seo serial ship shipment shipping short size
    stara steuer stock store supplier tarif tariff tax type unit upsell vat versand warehouse weight wholesale
    wysylka wysylki zakupu zolltarif
    """
)
"""Words that turn a name into another one's: a brand's id is no SKU, an image's title no title."""
_EMPTY = words(
    """
    01 1 a col das de default del der des die du en field full im in main my no of our shop the value
    """
)
"""Words that change nothing."""
_LETTERS = str.maketrans(
    {"ß": "ss", "ł": "l", "Ł": "L", "ı": "i", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "Ae"}
)
"""Letters that are no letter with an accent to Unicode, and are one to who types a header."""
_GENERIC = re.compile(
    r"(?:c|col|column|field|f|feld|spalte|kolumna|pole|colonne|columna|campo|kolom|colonna|var|attr|unnamed|x|v)?"
    r" ?\d+|[a-z]"
)


def normal(name: str) -> str:
    """A name in lower case without accents, its words apart: `ArtikelNr.` and `artikel_nr` are `artikel nr`."""
    name = re.sub(r"[#№](?=\s*$)", " number", name.rsplit("}", 1)[-1])
    name = re.sub(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    name = name.translate(_LETTERS)
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    plain = unicodedata.normalize("NFC", bare).lower()  # NFKD takes Korean syllables apart as well
    plain = re.sub(r"^(?:g|pd|p|c|product|item|offer)[:.](?=\w)", "", plain)
    return " ".join(re.findall(r"[^\W_]+", plain))


def means(name: str) -> dict[str, float]:
    """How much a column's name says that it is each field; fields it says nothing about are left out."""
    if len(name) > LONGEST:
        return {}
    said = dict(_means(normal(name)))
    parts = [normal(part) for part in re.split(r"[/|()\[\],;]| - ", name)]
    if len(parts) > 1:
        for part in filter(None, parts):
            for field, strength in _means(part).items():
                said[field] = max(said.get(field, 0.0), 0.95 * strength)
    path, _, element = name.rpartition(".")
    last = normal(element).split()
    if path and last and set(last) <= OTHER:
        return {}  # the tax of a price is no price
    if path and len(last) > 1 and not set(normal(path).split()) & _TURNS:
        for field, strength in _means(" ".join(last)).items():  # "ARTICLE_DETAILS.DESCRIPTION_SHORT"
            said[field] = max(said.get(field, 0.0), 0.95 * strength)
    if kind := price_kind(normal(name)):
        return {"price": STRENGTH[kind]}
    return said


def is_other(name: str) -> bool:
    """Whether a name says that the column is something that no field holds: a weight, a stock, a colour."""
    return bool(set(normal(name[:LONGEST]).split()) & OTHER) and not any(
        strength >= LIKELY for strength in means(name).values()
    )


def moving(name: str) -> bool:
    """Whether a name says that its values are others from one delivery to the next: a stock, a day, a rating."""
    return bool(set(normal(name[:LONGEST]).split()) & MOVING) or bool(means(name).keys() & {"quantity", "sold_at"})


def is_generic(name: str) -> bool:
    """Whether a name says nothing by intent: `c1`, `Column 3`, `B`."""
    return _GENERIC.fullmatch(normal(name)) is not None


@cache
def _means(whole: str) -> dict[str, float]:
    said: dict[str, float] = {}
    for phrase in (whole, whole.replace(" ", "")):
        for field, strength in _KNOWN.get(phrase, {}).items():
            said[field] = max(said.get(field, 0.0), strength)
    if said or " " not in whole:
        return said
    words = whole.split()
    kept = [word for word in words if word not in _EMPTY]
    if kept and len(kept) < len(words) and (plain := _KNOWN.get(" ".join(kept))):
        return {field: 0.95 * strength for field, strength in plain.items()}
    for size in range(len(words) - 1, 0, -1):
        for at in range(len(words) - size + 1):
            others = set(words[:at] + words[at + size :]) - _EMPTY
            if others & _TURNS or len(others) > 2:
                continue
            less = 0.85 if all(len(word) <= 3 for word in others) else 0.7
            for field, strength in _KNOWN.get(" ".join(words[at : at + size]), {}).items():
                whole_word = "sku" in words if field == "sku" else False
                said[field] = max(said.get(field, 0.0), strength * (0.95 if whole_word else less))
        if said:
            break
    return said


def _known() -> dict[str, dict[str, float]]:
    known: dict[str, dict[str, float]] = {}
    for field, phrases in NAMES.items():
        for listed, strength in zip(phrases, (SURE, LIKELY, HINT), strict=True):
            for phrase in listed:
                for form in {normal(phrase), normal(phrase).replace(" ", "")}:
                    known.setdefault(form, {}).setdefault(field, strength)
    return known


_KNOWN = _known()
