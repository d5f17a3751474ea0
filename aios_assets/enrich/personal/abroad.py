# ruff: noqa: RUF001 - letters of many alphabets are what this file is about
"""Abroad: addresses as Turkey, Romania, Denmark, Spain, Bohemia, Hungary and Greece write them.

A street's word and a number are not enough by themselves where they also name goods (`Engvej 7 m²`, `Aleea Rozelor 50 ml`):
then a floor, a block, a postal code, a known town behind, or words such as "I live in" before have to say so.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aios_assets.enrich.personal.names import is_town
from aios_assets.enrich.personal.scan import Detector
from aios_assets.enrich.personal.span import Span

_UP = r"[^\W\d_a-zß-öø-ÿα-ωά-ώ]"
_CAP = rf"{_UP}[^\W\d_]+(?:['’-][^\W\d_]+)*"
_ABBR = rf"(?:{_CAP}\.?|{_UP}\.)"
_NO = r"[0-9]{1,4}(?:/[0-9]{1,4})?(?: ?[A-Za-z](?![^\W_]))?"

_LANE = r"str(?:ada|\.)|bulevardul|b-dul|bd\.|[sșş]os(?:eaua|\.)|calea|aleea|splaiul|pia[tț]a"


@dataclass(frozen=True)
class _Way:
    """How a country writes a street and its number, whether that is enough, and what may follow within a house."""

    street: re.Pattern[str]
    enough: bool
    house: re.Pattern[str]


_HOUSES = {
    "tr": r"(?:[ ,]{1,2}(?:D(?:aire)?|K(?:at)?|Blok)[ .:]{0,2}[0-9A-Z]{1,3}(?![^\W_]))",
    "ro": r"(?:, ?(?:bl|sc|et|ap|sector|interfon|cam)\.? ?[0-9A-Z]{1,5}(?![^\W_]))",
    "da": r"(?:,? (?:[0-9]{1,2}|st|kl)\. ?(?:sal|tv|th|mf|dør [0-9]{1,3})(?![^\W_])\.?(?:,? (?:tv|th|mf)\.?)?)",
    "es": r"(?:, ?(?:[0-9]{1,2}\.?[ºª°]\.? ?(?:izq|dcha|drcha|[A-H](?![^\W_])|[0-9]{1,2}\.?[ªa])?\.?|bajo|"
    r"pral\.?(?: [0-9]{1,2}[ªa])?|esc\. ?[A-Z0-9](?![^\W_])|pta\. ?[0-9A-Z]{1,3}|piso [0-9]{1,2}))",
    "hu": r"(?:,? (?:[0-9]{1,2}\. ?em(?:\.|elet)(?:,? [0-9]{1,3}\.?(?:ajtó)?)?|"
    r"fszt\.? ?[0-9]{1,3}\.?|(?:[IVX]{1,5}|[0-9]{1,2})/[0-9]{1,3}\.?))",
    "el": r"(?:, [0-9]{1,2}ος όροφος)",
    "cs": r"(?:, (?:byt|dveře) ?(?:č\. ?)?[0-9]{1,3})",
}


def _way(country: str, street: str, *, enough: bool) -> _Way:
    return _Way(re.compile(rf"(?<![\w-]){street}(?![^\W_])"), enough, re.compile(rf"{_HOUSES[country]}{{1,3}}"))


_WAYS = (
    _way(
        "tr",
        rf"(?:(?:{_CAP} ){{1,2}}Mah(?:allesi|\.),? )?(?:{_CAP} ){{1,2}}"
        rf"(?:Cad(?:desi|\.)|Cd\.|Sok(?:ağı|ak|\.)|Sk\.|Bulvarı|Blv\.) ?"
        rf"(?:(?i:no) ?[:.]? ?)?{_NO}",
        enough=True,
    ),
    _way(
        "ro",
        rf"(?i:{_LANE}) (?:{_CAP} ){{0,2}}{_CAP},? nr\.? ?{_NO}",
        enough=True,
    ),
    _way(
        "ro",
        rf"(?i:{_LANE}) (?:{_CAP} ){{0,2}}{_CAP},? {_NO}",
        enough=False,
    ),
    _way(
        "da",
        rf"(?:{_CAP} ){{0,2}}[^\W\d_]{{1,20}}(?:gade|vej|all[eé]|plads|boulevard(?:en)?|stræde|torv|vænget|bro|parken) {_NO}",
        enough=False,
    ),
    _way("es", rf"C/ ?(?:de (?:la |los |las )?|del )?{_CAP}(?: {_CAP}){{0,2}},? {_NO}", enough=True),
    _way(
        "es",
        rf"(?i:calle|avda\.?|avenida|plaza|pza\.?|pl\.|paseo|p\.º|carrer|ronda|camino)(?: de)?(?: la| los| las| el)? "
        rf"{_CAP}(?: {_CAP}){{0,2}}, ?{_NO}",
        enough=False,
    ),
    _way(
        "hu",
        rf"(?:[0-9]{{4}} )?{_CAP},? (?:{_CAP} ){{1,2}}(?:utca|u\.|út|tér|körút|krt\.|köz|sor) {_NO}\.?",
        enough=False,
    ),
    _way("hu", rf"[0-9]{{4}} {_CAP}, (?:{_CAP} ){{1,2}}(?:utca|u\.|út|tér|körút|krt\.|köz|sor) {_NO}\.?", enough=True),
    _way("hu", rf"(?:{_CAP} ){{1,2}}(?:utca|u\.|út|tér|körút|krt\.) {_NO}\.?", enough=False),
    _way(
        "cs",
        rf"(?:(?i:ul(?:ice|ici|\.)|nám(?:ěstí|\.)|tř(?:ída|\.)|nábř\.) )(?:{_ABBR} ){{0,2}}{_ABBR} {_NO}",
        enough=False,
    ),
    _way("cs", rf"(?:{_CAP} |Na |U |V |Pod |Nad ){{0,2}}{_CAP} {_NO}", enough=False),
    _way("el", rf"(?:(?i:οδός|λεωφ(?:όρος|\.)|πλ(?:ατεία|\.)) )?(?:{_ABBR} )?{_ABBR} {_NO}", enough=False),
)
_CODE = r"(?:[0-9]{5}|[0-9]{3} [0-9]{2}|[0-9]{4}|[0-9]{4}-[0-9]{3})"
_BEHIND = re.compile(
    rf"(?:,\s?{_CODE} (?P<town>{_CAP}(?:[ -]{_CAP})?)(?: (?:[0-9]{{1,2}}|[NSØVKC])(?![^\W_]))?|"
    rf",\s?(?P<first>{_CAP}) (?:[0-9]{{5}}|[0-9]{{3}} [0-9]{{2}}))(?![\w])"
)
_TOWN = re.compile(rf"(?:,| )\s?(?P<town>{_CAP}(?:[/ -]{_CAP})?)(?: [0-9]{{1,2}}(?![^\W_,]))?")
_MORE = re.compile(rf"(?: - |/|, )(?P<town>{_CAP}(?:[ -]{_CAP})?)(?! ?[0-9])")
_LIVES = re.compile(
    r"(?i)(?:bydl[ií](?:m|me)?|locui(?:esc|ește)|stau|stă|\bbor|vivo|vive|mieszkam|lakom|lakik|στη[νς]?|διεύθυνσ\w{1,4}|"
    r"direcci[oó]n|adres[aei]?\w{0,3}|címem|cím|doručte|pošlete|trimite[tț]i|livra[tț]i|lever\w{0,4}|entregar|enviar|"
    r"gönder\w{0,6}|"
    r"paket\w{0,3}|παραδώστε|αποστολή|ulic[ei]|flyttet|szállítási|küldjék|evim|dejar)(?![^\W_])[^0-9\n]{0,40}$"
)


def _abroad(text: str, _: Sequence[Span]) -> Iterator[Span]:
    for way in _WAYS if _SIGN.search(text) else ():
        for street in way.street.finditer(text):
            end, told = street.end(), way.enough
            if house := way.house.match(text, end):
                end, told = house.end(), True
            if behind := _BEHIND.match(text, end):
                end = behind.end()
                town = behind["town"] or behind["first"]
                told = told or is_town(town) or is_town(town.split(" ")[0]) or _is_greek(town)
                if more := _MORE.match(text, end):
                    end = more.end()
            elif (place := _TOWN.match(text, end)) and (told or _lives(text, street.start())):
                known = any(map(is_town, (place["town"], *re.split(r"[/ -]", place["town"]))))
                end = place.end() if known else end
                told = told or known
            told = told or (_lives(text, street.start()) and _worded(street[0]))
            if told:
                yield Span(street.start(), end, "address")


def _lives(text: str, start: int) -> bool:
    return bool(_LIVES.search(text[max(0, start - 60) : start]))


def _worded(street: str) -> bool:
    """Whether a street's word stands in it."""
    return bool(
        re.search(r"(?i)gade|vej|calle|strada|str\.|aleea|calea|utca|ulic|nám|οδός|λεωφ|avda|plaza|pza", street)
    )


def _is_greek(town: str) -> bool:
    return "\u0370" <= town[0] <= "\u03ff"


_PIECES = (
    r"Cad\.|Cadd|Cd\.|Sok\.|Soka|Sk\.|Bulvar|Blv\.|nr\.? ?[0-9]|C/ ?[A-Zd]|, ?(?:ap|et|bl|esc|bajo|pral)|"
    r"\. ?(?:sal|tv|th|mf)|º|ª|°|utca |u\. [0-9]|út [0-9]|tér [0-9]|krt\. |körút |köz |sor [0-9]|gade [0-9]|vej [0-9]|"
    r"plads [0-9]|boulevarden |stræde |bro [0-9]|ulic[ei] |nám\. |náměstí |tř\. |[0-9] [0-9]{2} [Ͱ-ϿA-ZČŘŠŽ]|[α-ώ] [0-9]{3}"
)
"""Plain pieces of words, which a search without states looks for."""
_FORMS = (
    r"(?:Cad(?:desi|\.)|Cd\.|Sok(?:ak|ağı|\.)|Sk\.|Bulvarı|Blv\.) ?(?:[Nn][Oo] ?[:.]? ?)?[0-9]|nr\.? ?[0-9]|C/ ?[A-Zd]",
    r"(?:[0-9]|st|kl)\. ?(?:sal|tv|th|mf)|[0-9]\.?[ºª°]|, ?(?:ap|et|bl|esc)\. ?[0-9A-Z]|, (?:bajo|pral)",
    r"(?:utca|u\.|út|tér|krt\.|körút|köz|sor) [0-9]|(?:gade|vej|plads|boulevarden|stræde|bro) [0-9]{1,3}[A-Z]?, ",
    (
        r"[0-9]{3} [0-9]{2} [Ͱ-ϿA-ZČŘŠŽ]|[α-ώ] (?:[0-9]{5}|[0-9]{3} [0-9]{2})|"
        r"(?:ulic[ei]|nám\.|náměstí|tř\.) [A-ZČŘŠŽ]"
    ),
)
_SIGN = re.compile("|".join(_FORMS))
"""One of them stands in every text that is looked through."""

ABROAD = Detector(gates=((_PIECES,), _FORMS), scan=_abroad)
