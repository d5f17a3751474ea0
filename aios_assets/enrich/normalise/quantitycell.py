# ruff: noqa: RUF001 - characters that look like others are what this file is about
"""Quantity cell: an amount in an uncommon form, a cell at a time; `quantity.py` reads the common forms at once."""

import math
import re
from dataclasses import dataclass, replace
from fractions import Fraction

from aios_assets.enrich.normalise import number, unit
from aios_assets.enrich.normalise.number import Convention
from aios_assets.enrich.normalise.words import ABSENT

_LONGEST = 200
_WIDE = {sign: sign - 0xFEE0 for sign in range(0xFF01, 0xFF5F)}


@dataclass(frozen=True)
class Reading:
    """What one odd cell says: canonical text, kind, amounts in base units, and its rule or refusal."""

    text: str | None = None
    kind: str | None = None
    base: tuple[float, ...] | None = None
    rule: str = "unreadable"


_FRACTION = r"(?:(?:(\d{1,4})(?:\s+|-))?(\d{1,3})\s?/\s?(\d{1,3}))"
_NUMBER = r"\d+(?:[.,]\d+)*|[.,]\d+"
_ANY = rf"(?:(?:\d{{1,4}}(?:\s+|-))?\d{{1,3}}\s?/\s?\d{{1,3}}|{_NUMBER})"
_WORD = r"[^\d\s.,x×*/+\-()][^\d,*()x×]{0,18}?"
_VULGAR = {"¼": "1/4", "½": "1/2", "¾": "3/4", "⅓": "1/3", "⅔": "2/3", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8"}
_INEXACT = re.compile(
    r"^(?:ca\.?|circa|approx\.?|approximately|about|~|≈|up to|bis zu|max\.?|min\.?|około|ok\.|env\.?|environ|±|[<>≤≥])\s*",
    re.I,
)
_LABEL = re.compile(
    r"\(?\b(?:[lwhdbt](?=\d)|"
    r"(?:l|w|h|d|b|t|length|width|height|depth|länge|breite|höhe|tiefe|wysokość|szerokość|długość)\b\.?\)?\s*:?)",
    re.I,
)
_TIMES_ODD = re.compile(r"\s*(?:[x×*]|(?<=[\d\s])х(?=[\d\s])|\bby\b)\s*", re.IGNORECASE)
_ORDER = re.compile(r"^\(?\s*[lwhdbt](?:\s*[x×*/]\s*[lwhdbt]){1,2}\s*\)?\s*:?|[Øø⌀]", re.IGNORECASE)
_NET = re.compile(
    r"^(?:net(?:to)?\b\.?\s*(?:wt\.?|weight|gewicht|inhalt|vol\.?)?\s*:?|℮)\s*|\s+(?:netto|net|e)$|\s*℮$", re.IGNORECASE
)
_SPACED = re.compile(rf"(?<![\d.,])(\d{{1,3}})((?:[{number.SPACES}]000)+|(?:['’]\d{{3}})+)(?![\d'’\"”″/])")
"""Thousands apart: by a space only where it can be nothing else, since "2 500 g" may be two of them."""
_SAME = re.compile(
    r"(?P<one>\d[^()/|]*[^()/|\s])\s*(?:[/|]\s*(?P<other>[\d.,½¼¾][^()/|]*)|\(\s*(?:=|approx\.?|ca\.?)?\s*(?P<inside>[\d.,][^()]*)\))"
)
_NEAR = 0.03
"""How far two statements of one amount may differ: the second is rounded."""
_AMOUNT_ODD = re.compile(rf"({_ANY})\s*-?({_WORD}|['\"″”’′]{{1,2}})?\.?")
_RANGE = re.compile(rf"({_ANY})\s*(?:-|–|—|to|bis|do|à|\.{{2,3}})\s*({_ANY})\s*({_WORD}|['\"″”]{{1,2}})\.?")
_SIGNED = re.compile(r"[-−]\s?(\d+(?:[.,]\d+)?)\s*(°\s?[CF]|[CF]|℃|℉)")
_COMPOUND = re.compile(
    rf"(\d+)\s*(?:'|′|’|ft\.?|feet|foot)\s*({_ANY})\s*(?:\"|″|”|''|in\.?|inch|inches)?|"
    rf"(\d+)\s*(?:lbs?\.?|pounds?)\s*({_ANY})\s*(?:oz\.?|ounces?)",
    re.IGNORECASE,
)
_TWO_UNITS = re.compile(r"(\d+)\s*([^\W\d_]{1,8})\.?\s*(?:and|und|et|i|y)?\s*(\d+)\s*([^\W\d_]{1,8})\.?")
_PACK = re.compile(
    r"(?:pack|set|box|case|lot|bundle|packung|satz|zestaw|opakowanie|paquet|boîte|bote|caja)\s*(?:of|de|à|zu|mit|po|x)?\s*(\d{1,5})"
    r"|(\d{1,5})\s*(?:-|\s)?\s*(?:er)?\s*(?:-|\s)?\s*(pack|pk|set|box|pak|packung)\.?|x\s?(\d{1,5})",
    re.IGNORECASE,
)


def read_cell(cell: str | None, default: unit.Unit | None, convention: Convention) -> Reading:
    """What a cell says that is more than amounts and a unit; refused where no form fits all of it."""
    text = number.latin_digits(" ".join((cell or "").split()).translate(_WIDE))
    if not text or text.lower() in ABSENT:
        return Reading(rule="absent")
    if len(text) > _LONGEST:
        return Reading()
    for sign, spelled in _VULGAR.items():
        text = re.sub(rf"(?<=\d)\s*{sign}", f" {spelled}", text).replace(sign, spelled)
    if _INEXACT.match(text) and any(c.isdigit() for c in text):
        return Reading(rule="inexact")
    text = _SPACED.sub(lambda run: re.sub(r"\D", "", run[0]), _NET.sub("", text))
    shapes = (_pack, _signed, _compound, _two_units, _range, _twice)
    found = next((told for shape in shapes if (told := shape(text, convention)) is not None), None)
    return found or _product(_LABEL.sub(" ", _ORDER.sub(" ", text)).strip(), default, convention)


def _pack(text: str, convention: Convention) -> Reading | None:
    if not (match := _PACK.fullmatch(text)):
        return None
    of = re.search("pack|pk|lot|paquet|pak", text, re.IGNORECASE)
    named = "pack" if of or match[4] else "pcs" if match[1] else "set"
    count = _value(match[1] or match[2] or match[4], convention)
    return None if count is None else _made([count], unit.UNITS[named], "single")


def _signed(text: str, convention: Convention) -> Reading | None:
    if not (match := _SIGNED.fullmatch(text)):
        return None
    amount, spelled = _value(match[1], convention), unit.of(match[2])
    if amount is None or spelled is None:
        return Reading(rule="ambiguous" if amount is None else "ambiguous-unit")
    return Reading(f"-{_written(amount)} {spelled.sign}", spelled.kind, None, "single")


def _compound(text: str, convention: Convention) -> Reading | None:
    if not (match := _COMPOUND.fullmatch(text)):
        return None
    big, small = Fraction(match[1] or match[3]), _value(match[2] or match[4], convention)
    whole, sign = (12, "in") if match[1] else (16, "oz")
    return Reading(rule="ambiguous") if small is None else _made([whole * big + small], unit.UNITS[sign], "compound")


def _two_units(text: str, convention: Convention) -> Reading | None:
    """`1 m 80 cm`, `1 h 30 min`: both of one kind, and the second less than one of the first."""
    del convention
    if not (match := _TWO_UNITS.fullmatch(text)):
        return None
    large, small = unit.of(match[2]), unit.of(match[4])
    if large is None or small is None or large.kind != small.kind or large.kind == "count":
        return None
    if large.ratio is None or small.ratio is None or int(match[3]) * small.ratio >= large.ratio:
        return None
    return _made([int(match[1]) * large.ratio / small.ratio + int(match[3])], small, "compound")


def _twice(text: str, convention: Convention) -> Reading | None:
    """`500 g / 17.6 oz`, `15.6" (39.6 cm)`: the first, where the second says the same."""
    if not (match := _SAME.fullmatch(text)):
        return None
    one, other = (read_cell(part, None, convention) for part in (match["one"], match["other"] or match["inside"]))
    if one.kind != other.kind or one.text == other.text or not one.base or not other.base:
        return None
    if len(one.base) != len(other.base) or one.kind in {None, "count", "data"}:
        return None
    near = all(abs(a - b) <= _NEAR * max(a, b) for a, b in zip(one.base, other.base, strict=True))
    return replace(one, rule="twice") if near else None


def _range(text: str, convention: Convention) -> Reading | None:
    match = _RANGE.fullmatch(text)
    # "1-9/16 in" is one and nine sixteenths, not a range.
    if not match or ("/" in match[2] and "/" not in match[1] and text[match.end(1) : match.start(2)] == "-"):
        return None
    known, refusal = _unit([match[3]], None)
    low, high = _value(match[1], convention), _value(match[2], convention)
    if known is None:
        return Reading(rule=refusal)
    if low is None or high is None:
        return Reading(rule="ambiguous")
    if low >= high:
        return Reading()
    base = None if known.ratio is None else tuple(_significant(each * known.ratio) for each in (low, high))
    return Reading(f"{_written(low)} to {_written(high)} {known.sign}", known.kind, base, "range")


def _product(text: str, default: unit.Unit | None, convention: Convention) -> Reading:
    """Amounts apart by `x`, each with a unit or the last for all."""
    parts = [part for part in (_AMOUNT_ODD.fullmatch(each.strip(" .:")) for each in _TIMES_ODD.split(text)) if part]
    if len(parts) != len(_TIMES_ODD.split(text)) or len(parts) > 3:
        return Reading()
    spelled = [part[2].strip() for part in parts if part[2]]
    known, refusal = _unit(spelled, default)
    backwards = len(parts) == 2 and bool(parts[0][2]) and known is not None and known.kind in {"mass", "volume"}
    if backwards and not parts[1][2] and parts[1][1].isdigit():
        parts.reverse()  # "330 ml x 6" is six of them
    if known is None or len(spelled) not in {0, 1, len(parts)} or (len(spelled) == 1 and not parts[-1][2]):
        return Reading(rule=refusal)
    amounts = [amount for amount in (_value(part[1], convention) for part in parts) if amount is not None]
    broken = any("/" in part[1] for part in parts)
    if len(amounts) < len(parts) or (broken and known.kind not in _DIVIDED):
        return Reading(rule="ambiguous")
    if len(amounts) == 2 and known.kind in PACKED and len(spelled) == 1:
        return _made(amounts, known, "multipack")
    if len(amounts) == 3 and known.kind in PACKED:
        return Reading()
    rule = "declared-unit" if not spelled else "fraction" if broken else "dimensions" if len(amounts) > 1 else "single"
    return _made(amounts, known, rule)


def _unit(spelled: list[str], default: unit.Unit | None) -> tuple[unit.Unit | None, str]:
    """The one unit that all spellings name, or None and the refusal."""
    if any(spelling.strip().rstrip(".") in unit.AMBIGUOUS for spelling in spelled):
        return None, "ambiguous-unit"
    units = {unit.of(spelling) for spelling in spelled}
    if None in units:
        return None, "unit"
    if len(units) > 1:
        return None, "mixed-units"
    return (units.pop(), "unit") if units else (default, "no-unit")


def _made(amounts: list[Fraction], known: unit.Unit, rule: str) -> Reading:
    text = " x ".join(_written(each) for each in amounts) + f" {known.sign}"
    if known.ratio is None:
        return Reading(text, known.kind, None, rule)
    ratios = [Fraction(1), known.ratio] if rule == "multipack" else [known.ratio] * len(amounts)
    base = tuple(_significant(each * ratio) for each, ratio in zip(amounts, ratios, strict=True))
    return Reading(text, known.kind, base, rule)


PACKED = frozenset({"mass", "volume", "count"})
"""What is sold so many of one amount each."""
_DIVIDED = frozenset({"length", "mass", "volume", "count", "area", "time"})
"""What people divide: "8/16 GB" is no half, and "50/60 Hz" is one or the other."""


def _value(span: str, convention: Convention) -> Fraction | None:
    """The exact number of a span; None where it is ambiguous or makes none."""
    if match := re.fullmatch(_FRACTION, span.strip()):
        return None if not int(match[3]) else int(match[1] or 0) + Fraction(int(match[2]), int(match[3]))
    told = number.read_one(span, convention=convention)
    return None if told is None else Fraction(told)


def _written(amount: Fraction) -> str:
    """Decimals where they are exact and short, a fraction in lowest terms where not or where a workshop would."""
    whole, rest = divmod(amount, 1)
    if not rest:
        return str(whole)
    if rest.denominator in {16, 32, 64} or not _ends(rest.denominator):
        return f"{whole} {rest}" if whole else str(rest)
    places = next(n for n in range(1, 60) if not 10**n % rest.denominator)
    return f"{whole}.{str(rest * 10**places).zfill(places)}"


def _ends(denominator: int) -> bool:
    """Whether a fraction in lowest terms has finitely many decimals."""
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    return denominator == 1


def _significant(amount: Fraction) -> float:
    exact = float(amount)
    return 0.0 if not exact else round(exact, 11 - math.floor(math.log10(abs(exact))))
