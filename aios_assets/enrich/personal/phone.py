"""Phone: telephone numbers, by the way they are written and the words beside them.

A catalogue is full of long numbers, so digits alone are never a telephone: it takes a country prefix (ITU-T E.164), the
grouping of a numbering plan, or a word ("call", "Tel.", "mobile") right beside. Freephone numbers (1-800, 0800) belong to
no person and are left alone, as are valid GTINs.
"""

import re
from collections.abc import Iterator, Sequence

from aios_assets.enrich.personal.account import SEVEN_DIGITS, is_gtin
from aios_assets.enrich.personal.scan import Detector
from aios_assets.enrich.personal.span import Span

_EXTENSION = r"(?: ?(?:x|ext\.?|extension|durchwahl|dw\.?) ?[0-9]{1,6})?"
_END = r"(?![0-9A-Za-z_]|[./-][0-9])"
_START = r"(?<![0-9A-Za-z_#$€£])(?<![0-9][.,/-])"

_INTERNATIONAL = re.compile(
    rf"(?<![0-9A-Za-z_+./-])\(?(?:\+|00|011[ -]?)[ -]?[1-9](?:[ .\-/()]{{0,3}}[0-9]){{6,14}}{_EXTENSION}{_END}"
)
_AMERICA = re.compile(r"\(?(?:\+|00|011[ -]?)[ -]?1(?:[ .\-/()]{0,3}[0-9]){10}(?![0-9])")
_AMERICAN = re.compile(
    rf"{_START}(?:1[ .-]{{1,2}})?(?:\([2-9][0-9]{{2}}\)[ .-]{{0,2}}|"
    rf"[2-9][0-9]{{2}}[.-])[2-9][0-9]{{2}}[ .-][0-9]{{4}}{_EXTENSION}{_END}"
)
_AREA = re.compile(rf"{_START}\(0[0-9]{{1,4}}\)[ /-]{{0,2}}[0-9]{{2,4}}(?:[ -]?[0-9]{{2,4}}){{1,3}}{_EXTENSION}{_END}")
_NATIONAL = re.compile(
    rf"{_START}(?:0[1-9](?: [0-9]{{2}}){{4}}|0[1-9][0-9]{{1,3}}[ /][0-9]{{3,4}}(?: ?[0-9]{{2,4}}){{1,2}}|"
    rf"0[1-9][0-9]{{1,4}}/[0-9]{{5,8}}){_EXTENSION}{_END}"
)
_ANY = re.compile(rf"(?<![0-9A-Za-z_])\(?\+?[0-9](?:[ .\-/()]{{0,3}}[0-9]){{6,14}}{_EXTENSION}{_END}")

_LABEL = (
    r"tel(?:e?fon|[eé]fono|ephone|efone|efoon)?|t[eé]l[eé]phone|t[eé]l|ph(?:one)?|mobile?|mobiel|m[oó]vil|mob|"
    r"cell(?:ulare?)?|celular|handy|(?:tele)?fax|"
    r"whats ?app|tfno|tlf|телефон|call(?:ed|ing)?|text|sms|ring|dial|reach|(?:ruf|an)(?:en?|rufen)?|rufnummer|appele[rz]|"
    r"llam[ae]r?|chiama(?:re|te)?|gsm|bel|"
    r"zadzwo[nń]|puhelin|telem[oó]vel|telefonn?[ií]?|volejte|chiam\w{2,5}|phone number|(?:my|new) number|rappel\w{2,4}|"
    r"r[uü]ckruf|"
    r"durchwahl|desk|office|home|work|contact|kontakt"
)
_BETWEEN = (
    r"me|us|him|her|them|back|now|today|tomorrow|at|on|is|no|nr|number|num|num[eé]ro|nummer|unter|an|au|al|alle|"
    r"op|under|direct|line|the|my|a|pod|"
    r"anytime|after|before|please|bitte|mich|mir|uns"
)
_BEFORE = re.compile(rf"(?i)(?<![^\W_])(?:{_LABEL})(?:[\s:.#/()=-]{{1,4}}(?:{_BETWEEN}))* ?[\s:.#/(=]{{0,4}}$")
_VIA = re.compile(rf"(?i)(?<![^\W_])(?:{_LABEL})[^0-9\n]{{1,40}} (?:at|on|al|au|unter|op|pod|na|p[aå]|no|an)\s$")
"""Who is called stands between: "call Ann at"."""
_CLOSE = re.compile(
    r"(?i)(?<![^\W_])(?:tel[a-zé]*|t[eé]l|ph|phone|mobile?|cell|fax|handy|whats ?app|call|(?:my|phone|mobile|"
    r"contact|cell) (?:number|no\.?)(?: is)?)[.:]? ?$|:\s{0,2}$|\b(?:at|on|me|us|is|under|unter|au|al|op)\s$"
)
_AFTER = re.compile(
    r"(?i)\s?[(,-]?\s?(?:office|mobile|cell|fax|home|work|desk|phone|tel|handy|mobil)\b\)?(?=\s{0,2}(?:$|[\n,;.|]))"
)
_FREE = re.compile(
    r"\+?(?:00)?1?8(?:00|33|44|55|66|77|88)[2-9][0-9]{6}$|(?:\+|00)?(?:44|49|43|41|33|39|34|"
    r"31)?0?80[058][0-9]{4,8}$|(?:\+|00)800[0-9]{8}$"
)
_LINE = re.compile(r"[+(]|[0-9][ .\-/)][ (]?[0-9]")

_ARTICLE = re.compile(
    r"(?i)(?<![^\W_])(?:art(?:ikel|icle|\.)?|ref(?:erence|\.)?|r[eé]f(?:[eé]rence|\.)?|sku|mpn|part|model|modell|item|order|oem|"
    r"serial|s/n|ean|gtin|upc)(?:[ -]?(?:no|nr|num(?:ber)?|nummer|code)\b)?[.:#]{0,2} ?$"
)
"""Words after which a number is an article's."""

_TEXT_COUNTRIES = """
1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90
91 92 93 94 95 98 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 238 239
240 241 242 243 244 245 246 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264 265 266 267 268 269 290
291 297 298 299 350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 379 380 381 382 383 385
386 387 389 420 421 423 500 501 502 503 504 505 506 507 508 509 590 591 592 593 594 595 596 597 598 599 670 672 673
674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 692 850 852 853 855 856 880 886 960 961 962 963
964 965 966 967 968 970 971 972 973 974 975 976 977 992 993 994 995 996 998
"""
_COUNTRIES = frozenset(_TEXT_COUNTRIES.split())
"""Country codes of E.164."""


def _phones(text: str, found: Sequence[Span]) -> Iterator[Span]:
    taken = [span for span in found if span.type in ("card", "iban", "id", "ip", "mail")]
    for shape, needs in (
        (_INTERNATIONAL, _is_international),
        (_AMERICAN, None),
        (_AREA, None),
        (_NATIONAL, _is_national),
        (_ANY, _is_labelled),
    ):
        for hit in shape.finditer(text):
            start, end = hit.start(), _end(hit)
            if any(start < other.end and other.start < end for other in taken) or _is_free(hit[0]):
                continue
            if shape is not _ANY and not hit[0].startswith("+") and _ARTICLE.search(text[max(0, start - 24) : start]):
                continue
            if needs is None or needs(text, hit):
                yield Span(start, end, "phone")


def _end(hit: re.Match[str]) -> int:
    """Where the number ends: one of North America has eleven digits, and what follows is the product's."""
    if hit.re is _INTERNATIONAL and (american := _AMERICA.match(hit[0])) and not re.search(r"(?i)[xed]", hit[0]):
        return hit.start() + american.end()
    return hit.end()


def _is_international(_: str, hit: re.Match[str]) -> bool:
    digits = _digits(hit[0][: _end(hit) - hit.start()])
    if not hit[0].lstrip("(").startswith("+"):
        digits = digits[2:] if digits.startswith("00") else digits[3:]
        if not _LINE.search(hit[0].lstrip("0(+ -")):
            return False  # an unbroken run behind two zeros is a serial number
    known = next((digits[:size] for size in (1, 2, 3) if digits[:size] in _COUNTRIES), None)
    return known is not None and 8 <= len(digits) <= 15 and (known != "1" or len(digits) == 11)


def _is_national(_: str, hit: re.Match[str]) -> bool:
    return 9 <= len(_digits(hit[0])) <= 12


def _is_labelled(text: str, hit: re.Match[str]) -> bool:
    digits = _digits(hit[0])
    before = text[max(0, hit.start() - 48) : hit.start()]
    if _VIA.search(before) and len(digits) >= 8 and not is_gtin(digits):
        return True
    if _BEFORE.search(before):
        written = bool(_LINE.search(hit[0])) or len(digits) >= 9
        return bool(_CLOSE.search(before)) or (written and not is_gtin(digits))
    return (
        bool(_LINE.search(hit[0])) and len(digits) >= 8 and bool(_AFTER.match(text, hit.end())) and not is_gtin(digits)
    )


def _is_free(text: str) -> bool:
    return bool(_FREE.match(_digits(text, plus=True)))


def _digits(text: str, *, plus: bool = False) -> str:
    number = re.split(r"(?i)[xed]", text)[0]
    return ("+" if plus and number.lstrip("(").startswith("+") else "") + re.sub(r"[^0-9]", "", number)


_SHAPES = (
    r"(?:\+|(?:^|[^0-9A-Za-z_./-])(?:00|011))[ -]{0,2}[1-9](?:[ .\-/()]{0,3}[0-9]){6}|\([0-9]{2,5}\)|"
    r"[2-9][0-9]{2}[.-][2-9][0-9]{2}[ .-][0-9]{4}|"
    r"(?:^|[^0-9A-Za-z_])0[1-9](?:(?: [0-9]{2}){4}|[0-9]{1,3}[ /][0-9]{3}|[0-9]{1,4}/[0-9]{5})"
)
_KIND = r"office|mobile|cell|fax|home|work|desk|phone|tel|handy|mobil"

PHONE = Detector(
    gates=(
        SEVEN_DIGITS,
        rf"{_SHAPES}|(?i:(?:^|[^A-Z])(?:{_LABEL}|{_KIND})(?:[^A-Z]|$))",
        (
            rf"{_SHAPES}|"
            rf"(?i:(?:^|[^0-9A-Za-z])(?:{_LABEL})(?:[\s:.#/()=-]{{1,4}}(?:{_BETWEEN}))*)[\s:.#/(=+]{{0,6}}{SEVEN_DIGITS}|"
            rf"(?i: (?:at|on|al|au|unter|op|pod|na|p[aå]|no|an) )\(?{SEVEN_DIGITS}|"
            rf"{SEVEN_DIGITS}.{{0,10}}\s?[(,-]?\s?(?i:{_KIND})(?:[^0-9A-Za-z]|$)"
        ),
    ),
    scan=_phones,
)
