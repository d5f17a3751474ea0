"""Identity: numbers that states give to people, by shape, check digit and, where those are weak, the words beside them.

Check digits are python-stdnum's. A number whose shape and check leave chance less than about one in a thousand counts
by itself; any other needs a word that says what it is, for catalogues are full of numbers of every length.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from stdnum import verhoeff
from stdnum.au import tfn
from stdnum.be import nn
from stdnum.bg import egn
from stdnum.br import cpf
from stdnum.ca import sin
from stdnum.ch import ssn as ahv
from stdnum.cl import rut
from stdnum.cn import ric
from stdnum.cz import rc
from stdnum.de import idnr
from stdnum.ee import ik
from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.hr import oib
from stdnum.ie import pps
from stdnum.il import idnr as teudat
from stdnum.it import codicefiscale
from stdnum.kr import rrn
from stdnum.mx import curp
from stdnum.nl import bsn
from stdnum.no import fodselsnummer
from stdnum.pl import pesel
from stdnum.pt import nif
from stdnum.ro import cnp
from stdnum.se import personnummer
from stdnum.tr import tckimlik
from stdnum.us import itin, ssn
from stdnum.za import idnr as za

from aios_assets.enrich.personal.account import SEVEN_DIGITS
from aios_assets.enrich.personal.scan import Detector
from aios_assets.enrich.personal.span import Span

_NEAR = 48
_EDGE = r"(?i)(?<![^\W\d_])"


@dataclass(frozen=True)
class _Number:
    """One state's number: its shape, its check, and the words that must stand before it unless it counts by itself."""

    form: str
    shape: re.Pattern[str]
    valid: Callable[[str], bool]
    words: re.Pattern[str] | None = None


def _number(shape: str, valid: Callable[[str], bool], words: str = "") -> _Number:
    edged = rf"(?<![0-9A-Za-z])(?<![0-9][.,/-])(?:{shape})(?![0-9A-Za-z]|[./,-][0-9])"
    return _Number(shape, re.compile(edged), valid, re.compile(rf"{_EDGE}(?:{words})") if words else None)


def _any(_: str) -> bool:
    return True


def _rentenversicherung(text: str) -> bool:
    """Check digit of a German pension insurance number (VKVV § 2: letters as two digits, weights, digit sums)."""
    compact = text.replace(" ", "").upper()
    digits = compact[:8] + f"{ord(compact[8]) - 64:02d}" + compact[9:]
    weighted = (int(d) * w for d, w in zip(digits[:12], (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True))
    return sum(value // 10 + value % 10 for value in weighted) % 10 == int(digits[12])


def _nric(text: str) -> bool:
    """Check letter of a Singapore NRIC or FIN."""
    total = sum(int(d) * w for d, w in zip(text[1:8], (2, 7, 6, 5, 4, 3, 2), strict=True)) + 4 * (text[0] in "TG")
    return ("JZIHGFEDCBA" if text[0] in "ST" else "XWUTRQPNMLK")[total % 11] == text[8]


def _aadhaar(text: str) -> bool:
    digits = re.sub(r"[ -]", "", text)
    return digits != digits[::-1] and bool(verhoeff.is_valid(digits))


def _social(text: str) -> bool:
    """Whether the US could have given this number out; the area and group tables ended in 2011, so only by form."""
    area, group, serial = re.split(r"[ -]", text) if len(text) == 11 else (text[:3], text[3:5], text[5:])
    return bool(ssn.is_valid(f"{area}-{group}-{serial}")) or (
        area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"
    )


_US = r"ssn|ss#|social\s?security|sozialversicherung|itin|tax\s?payer|tax\s?id"
_LICENCE = (
    r"driv(?:er|ing)(?:'?s|s')?\s?licen[cs]e|licen[cs]e\s?(?:number|no\b|#)|dl\s?(?:number|no|#)|f[uü]hrerschein|"
    r"permis\sde\sconduire|carn[eé]\sde\sconducir|patente\sdi\sguida|prawo\sjazdy|rijbewijs"
)
_INSURANCE = r"nino|national\s?insurance|ni\s?(?:number|no\b)"
_PAN = r"(?-i:PAN\b)|pan\s?(?:card|no|number|:)|permanent\saccount"
_PASSPORT = (
    r"passport|reisepass|pasaporte|passaporto|passeport|paspoort|paszport|personalausweis|(?:personal)?ausweis|"
    r"id\s?card\s?(?:number|no)"
)

_IN_DIGITS = (
    _number(r"[0-9]{3}-[0-9]{2}-[0-9]{4}", _social),
    _number(r"[0-9]{3} [0-9]{2} [0-9]{4}|[0-9]{9}", _social, _US),
    _number(r"9[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{4}", itin.is_valid, _US),
    _number(r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}", nhs.is_valid, r"nhs|patient"),
    _number(r"[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}", idnr.is_valid, r"steuer|idnr|tin\b|tax|identifikationsnummer"),
    _number(r"[0-9]{2} ?[0-3][0-9][01][0-9][0-9]{2} ?[A-Z] ?[0-9]{3}", _rentenversicherung),
    _number(r"[12][ .]?[0-9]{2}[ .]?[0-9]{2}[ .]?[0-9][0-9AB][ .]?[0-9]{3}[ .]?[0-9]{3}[ .]?[0-9]{2}", nir.is_valid),
    _number(r"[0-9]{8}-?[A-HJ-NP-TV-Z]|[0-9]{2}\.[0-9]{3}\.[0-9]{3}-?[A-HJ-NP-TV-Z]", dni.is_valid),
    _number(r"[XYZ]-?[0-9]{7}-?[A-HJ-NP-TV-Z]", nie.is_valid),
    _number(r"[0-9]{4}\.?[0-9]{2}\.?[0-9]{3}|[0-9]{9}", bsn.is_valid, r"bsn|burgerservice|sofinummer|sofi\b"),
    _number(r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}", nn.is_valid),
    _number(r"[0-9]{11}", nn.is_valid, r"rijksregister|registre\snational|niss|insz"),
    _number(r"[0-9]{11}", pesel.is_valid, r"pesel"),
    _number(r"(?:[12][0-9])?[0-9]{2}[01][0-9][0-3][0-9][-+][0-9]{4}", personnummer.is_valid),
    _number(
        r"(?:[12][0-9])?[0-9]{2}[01][0-9][0-3][0-9]-?[0-9]{4}",
        personnummer.is_valid,
        r"person(?:nummer|nr)|pnr|personal\s?identity",
    ),
    _number(r"[0-3][0-9][01][0-9][0-9]{2}-?[0-9]{4}", _any, r"cpr"),
    _number(r"[0-7][0-9][01458][0-9][0-9]{2} ?[0-9]{5}", fodselsnummer.is_valid),
    _number(r"[0-9]{2}[0-9]{2}[0-3][0-9]/[0-9]{4}", rc.is_valid),
    _number(r"[0-9]{6}/?[0-9]{3,4}", rc.is_valid, r"rodn[eé]|r\.\s?[cč]"),
    _number(r"[0-9]{10}", egn.is_valid, r"egn|егн"),
    _number(r"[1-9][0-9]{12}", cnp.is_valid, r"cnp|cod(?:ul)?\snumeric"),
    _number(r"[1-6][0-9]{10}", ik.is_valid, r"isikukood|asmens|personal\s?code"),
    _number(r"[0-9]{11}", oib.is_valid, r"oib"),
    _number(r"[0-9]{3} ?[0-9]{3} ?[0-9]{3}", nif.is_valid, r"nif|contribuinte"),
    _number(r"[0-9]{7}[A-W][A-IW]?", pps.is_valid, r"pps"),
    _number(r"756\.?[0-9]{4}\.?[0-9]{4}\.?[0-9]{2}", ahv.is_valid),
    _number(r"[0-9]{4} ?[0-3][0-9][01][0-9][0-9]{2}", _any, r"svnr|sv-?n(?:umme)?r|sozialversicherung"),
    _number(r"[1-9][0-9]{10}", tckimlik.is_valid, r"t\.?c\.?\s?kimlik|tckn|kimlik"),
    _number(r"[0-9]{9}", teudat.is_valid, r"teudat|israeli?\s?id|ת\"?ז|תעודת"),
    _number(r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}", cpf.is_valid),
    _number(r"[0-9]{11}", cpf.is_valid, r"cpf"),
    _number(r"[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}-[0-9Kk]", rut.is_valid),
    _number(r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{3}", sin.is_valid, r"sin\b|social\s?insurance"),
    _number(r"[2-9][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}", _aadhaar, r"aadha?ar|uidai|uid"),
    _number(r"[STFG][0-9]{7}[A-Z]", _nric, r"nric|fin\b|identity|ic\s?(?:no|number)"),
    _number(r"[1-9][0-9]{5}(?:19|20)[0-9]{2}[01][0-9][0-3][0-9][0-9]{3}[0-9X]", ric.is_valid),
    _number(r"[0-9]{2}[01][0-9][0-3][0-9]-[1-8][0-9]{6}", rrn.is_valid),
    _number(r"[0-9]{13}", za.is_valid, r"rsa|id\s?(?:number|no)|identity"),
    _number(r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{2,3}", tfn.is_valid, r"tfn|tax\s?file"),
)
"""Seven digits or more with little between them."""

_CODED = (
    _number(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] [0-9]{2} [0-9]{2} [0-9]{2} [A-D]", _any),
    _number(
        r"(?i:[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D])",
        _any,
        _INSURANCE,
    ),
    _number(r"(?i:[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z])", codicefiscale.is_valid),
    _number(r"[0-3][0-9][01][0-9][0-9]{2}[-+A][0-9]{3}[0-9A-Y]", hetu.is_valid),
    _number(r"[A-Z]{4}[0-9]{6}[HM][A-Z]{5}[0-9A-Z][0-9]", curp.is_valid),
    _number(r"(?i:[A-Z]{3}[ABCFGHLJPT][A-Z][0-9]{4}[A-Z])", _any, _PAN),
    _number(r"[A-Z]{0,3}[0-9][0-9A-Z -]{3,16}[0-9]", _any, _LICENCE),
    _number(r"[A-Z]{0,2}[0-9][0-9A-Z]{5,8}", _any, _PASSPORT),
)
"""Letters and digits mixed, or any form beside a word that says what it is."""


def _identities(text: str, numbers: Sequence[_Number]) -> Iterator[Span]:
    for number in numbers:
        if not number.shape.search(text) or (number.words and not number.words.search(text)):
            continue
        for found in number.shape.finditer(text):
            named = not number.words or _named(number.words, text, found.start())
            if named and number.valid(found[0]):
                yield Span(found.start(), found.end(), "id")


def _named(words: re.Pattern[str], text: str, start: int) -> bool:
    """Whether such a word stands close before, with no other number in between."""
    last = None
    for last in words.finditer(text, max(0, start - _NEAR), start):  # noqa: B007 - the last one is wanted
        pass
    return last is not None and not re.search(r"[0-9]{3}", text[last.end() : start])


def _forms(numbers: Sequence[_Number]) -> str:
    """Matches a number of one of these forms."""
    return rf"(?:^|[^0-9A-Za-z])(?:{'|'.join(number.form for number in numbers)})(?:[^0-9A-Za-z]|$)"


def _words(numbers: Sequence[_Number]) -> str:
    """Matches the words of one of these numbers, with plain edges: it may match more, never less."""
    words = (
        number.words.pattern.removeprefix(_EDGE).replace(r"\b", "(?:[^A-Z]|$)") for number in numbers if number.words
    )
    return f"(?i:(?:^|[^A-Z])(?:{'|'.join(dict.fromkeys(words))}))"


_BARE = tuple(number for number in _IN_DIGITS if not number.words)
_NAMED = tuple(number for number in _IN_DIGITS if number.words)

IDENTITY = (
    Detector(gates=(SEVEN_DIGITS, _forms(_BARE)), scan=lambda text, _: _identities(text, _BARE)),
    Detector(gates=(SEVEN_DIGITS, _words(_NAMED)), scan=lambda text, _: _identities(text, _NAMED)),
    Detector(
        gates=(
            r"[0-9]{6}[+A-][0-9]{3}|[A-Za-z]{4}[0-9]{2}[A-Za-z0-9]{8}|"
            r"[A-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-Da-d]|(?i:"
            rf"{_INSURANCE}|{_PAN}|{_LICENCE}|{_PASSPORT})".replace(r"\b", ""),
            f"{_forms([number for number in _CODED if not number.words])}|{_words(_CODED)}",
        ),
        scan=lambda text, _: _identities(text, _CODED),
    ),
)
