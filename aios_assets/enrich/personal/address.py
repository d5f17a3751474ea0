"""Address: where someone lives, in the ways of several countries.

A street word and a number alone are not enough where the words mean other things as well ("500 GB Hard Drive", "21 Jump
Street"): then a town with its postal code, a flat, or words such as "lives at" and "ship to" must stand beside them.
"""

import re
from collections.abc import Iterator, Sequence

from aios_assets.enrich.personal.scan import Detector
from aios_assets.enrich.personal.span import Span

_NUMBER = r"[0-9]{1,5}(?: ?[A-Za-z](?![A-Za-z]))?(?:[-/][0-9]{1,4}[A-Za-z]?)?"
_WORDS = r"(?:[^\W\d_][\w.'-]{0,30} ){1,4}?"
_ENGLISH = (
    r"street|road|avenue|boulevard|lane|drive|court|place|square|terrace|crescent|parkway|highway|circle|close|"
    r"way|row|walk|hill|grove|rise|quay|gardens|mews|st|rd|ave|blvd|ln|dr|ct|pl|pkwy|hwy"
)
_STRONG_END = r"(?:stra(?:ß|ss)e|str\.|gasse|straat|gracht|gatan|vägen|veien|katu|utca)"
_WEAK_END = r"(?:weg|allee|platz|ring|damm|ufer|laan|plein|kade|vej|gade|gata|tie|veg)"
_ROMANCE_STRONG = (
    r"rue|calle|avenida|avda\.?|viale|piazza|corso|rua|impasse|chemin|carrer|ulica|ul\.|al\.|plaza de|travessa|"
    r"bulevardul"
)
_ROMANCE_WEAK = (
    r"avenue|boulevard|bd|place|allée|quai|cours|route|via|vicolo|plaza|paseo|praça|c/|os\.|strada|náměstí|ulice"
)

_FLAT = r"(?:apt|appt|apartment|whg)\.? ?#?[0-9]{1,4}[A-Za-z]?(?!\w)"
_NAME = r"[^\W\d_][\w.'-]{0,30}"
_SMALL = r"(?:de|du|des|del|della|dei|degli|delle|la|le|les|los|las|el|di|da|do|dos|das|van|der|den|of|the) |[ld]'"
_CAPITALISED = r"[^\W\d_a-zß-ÿ][\w.'-]{0,30}"
_ENGLISH_FORMS = (
    (
        re.compile(
            rf"(?i)(?<![\w.,-])(?:{_NUMBER},? )?{_NUMBER},? {_WORDS}(?:{_ENGLISH})(?![\w'])\.?(?: [nsew]{{1,2}}\b)?"
        ),
        False,
    ),
)
_GERMANIC_FORMS = (
    (
        re.compile(
            rf"(?i)(?<![\w-])(?:[0-9]{{1,3}} )?(?:(?-i:{_CAPITALISED})[ -]){{0,2}}?[^\W\d_]"
            rf"[^\W\d_.-]{{1,30}}[ -]?{_STRONG_END} ?{_NUMBER}(?![\w])"
        ),
        True,
    ),
    (
        re.compile(
            rf"(?i)(?<![\w-])(?:[0-9]{{1,3}} )?(?:(?-i:{_CAPITALISED})[ -]){{0,2}}?[^\W\d_]"
            rf"[^\W\d_.-]{{1,30}}[ -]?{_WEAK_END} {_NUMBER}(?![\w])"
        ),
        False,
    ),
)
_PARTS = rf"(?:{_SMALL}){{0,3}}{_NAME}(?: (?-i:{_CAPITALISED})){{0,2}}"
_ROMANCE_FORMS = tuple(
    (re.compile(rf"(?i){form}"), enough)
    for words, enough in ((_ROMANCE_STRONG, True), (_ROMANCE_WEAK, False))
    for form in (
        rf"(?<![\w.,-])(?:[0-9]{{1,3}} )?{_NUMBER}(?: (?:bis|ter))?,? (?:{words}) {_PARTS}",
        rf"(?<![\w-])(?:{words}) (?:{_NAME},? ){{1,5}}?(?:n[°º.]? ?)?{_NUMBER}(?![\w])",
    )
)
_FLAT_FORMS = (
    (
        re.compile(
            rf"(?i)(?<![\w.,-])(?:[0-9]{{1,5}},? ){{1,2}}{_NAME}(?: {_NAME}){{0,4}}?(?: [0-9]{{1,5}})?\.?[\s,]{{1,4}}{_FLAT}"
        ),
        True,
    ),
)
"""Shapes of a street with its number, and whether the shape is enough by itself."""

_PRODUCT = re.compile(
    r"(?i)(?:hard|flash|disk|disc|tape|optical|usb|cloud|storage|external|internal|portable|state|rom|thumb|pen|"
    r"floppy|zip|test|wheel|chain|gear|dvd|cd|sd)[ -]drive|"
    r"^[0-9]{1,5} ?(?:gb|tb|mb|kb|ghz|mhz|mm|cm|in|inch|ft|oz|lbs?|kg|ml|watt|volt|(?-i:w|v)|pack|piece|pc|pcs|way|port|"
    r"bit|pin|x) "
)
"""What a number and a street word mean in a catalogue."""

_BOX = re.compile(
    r"(?i)(?<![\w])(?:p\.? ?o\.? ?box|postfach|bo[iî]te postale|apartado(?: de correos)?) [0-9]{1,6}(?![0-9])"
)
_HERE = (
    r"address(?:es)?|adresse|anschrift|adres|direcci[oó]n|indirizzo|endere[cç]o|lives?|lived|located|"
    r"ship(?:ped)?\sto|deliver(?:ed|y)?\s?(?:to)?|"
    r"(?:please\s)?return\sto|send\s(?:it\s)?to|moved?|residing|live\s(?:at|on|in)|resident|resides|wohnt|"
    r"wohnhaft|mieszka|habite|vive|abita|woont|"
    r"(?:is|are)\s(?:at|on|located)|visit\sus|bill(?:ing)?\sto|c/o"
)
_WHERE = re.compile(rf"(?i)(?<![^\W_])(?:{_HERE})(?![^\W_])[^0-9]{{0,40}}(?:[0-9]{{1,3}}[ ,])?$")
_TECHNICAL = re.compile(
    r"(?i)(?:\bip|mac|e-?mail|web|internet|url|memory|i2c|bus|device|site|http|ethernet|network|modbus)[ -]?address"
)
_UNIT = (
    r"(?:apt|apartment|appt|suite|ste|unit|floor|flat|fl|whg|wohnung|etage|piso|m\.|lok\.|room|rm)"
    r"\.? ?#?[0-9A-Za-z]{1,5}"
)
_STATE = (
    r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]"
    r"|W[AIVY]|ON|QC|BC|AB|MB|SK|NS|NSW|VIC|QLD)"
)
_POSTAL = (
    rf"(?:{_STATE},? [0-9]{{4,5}}(?:-[0-9]{{4}})?|[A-Z]{{1,2}}[0-9][0-9A-Z]? [0-9][A-Z]{{2}}|[A-Z][0-9][A-Z] [0-9]"
    rf"[A-Z][0-9]|[0-9]{{3}} ?[0-9]{{2}}|[0-9]{{2}}-[0-9]{{3}}|[0-9]{{4}} ?[A-Z]{{2}}|"
    rf"[0-9]{{4}}-[0-9]{{3}}|[0-9]{{5}}-[0-9]{{3,4}}|(?:[A-Z]{{1,2}}-)?[0-9]{{4,6}})"
)
_TOWN = r"[^\W\d_][^\W\d_'.-]{1,30}"
_PLACE = re.compile(
    rf"(?P<unit>[,\s]{{1,3}}(?i:{_UNIT}))?(?P<town>[,\s]{{1,3}}(?:{_POSTAL}[,\s]{{1,3}}[^\W\d_]"
    rf"(?:[^\W\d_.'-]{{1,30}})(?:[ -][^\W\d_]{{2,30}}){{0,2}}|"
    rf"(?:{_TOWN}[, \n]{{1,3}}){{1,4}}{_POSTAL})(?![\w]))?"
)
_LINE = r"\s{0,2},?[ \t]{0,2}\n[^\w\n]{0,8}"
_PHRASE = r"[^\W\d_](?:[^\W\d_]|['.-]){0,30}(?: [^\W\d_](?:[^\W\d_]|['.-]){0,30}){0,3}"
_BLOCK = re.compile(
    rf"(?:(?:[.,]?\s{{1,2}}|{_LINE})(?i:{_UNIT}))?(?:(?:{_LINE}|,\s{{1,2}}){_PHRASE}){{0,3}}?(?:{_LINE}|,\s{{1,2}})"
    rf"(?:{_PHRASE},?\s{{1,2}})?{_POSTAL}(?![\w])(?: {_CAPITALISED}(?: {_CAPITALISED})?(?=\s{{0,2}}(?:[,\n]|$)))?"
)
"""Lines (or what commas part) behind a street, down to the one with the postal code; each may begin with signs."""
_CITY = re.compile(r",\s{0,2}[^\W\d_a-z][^\W\d_]{2,30}(?: [^\W\d_a-z][^\W\d_]{1,30})?(?:\s{0,2}$|,|\n|\s[0-9])")


def _streets(text: str, forms: Sequence[tuple[re.Pattern[str], bool]]) -> Iterator[Span]:
    for form, enough in forms:
        for street in _found(form, text) if forms is _ENGLISH_FORMS else form.finditer(text):
            if _PRODUCT.search(street[0]):
                continue
            end = street.end()
            place = _PLACE.match(text, end)
            beyond = end
            if place and (forms is not _ENGLISH_FORMS or place["unit"] or text[end : end + 1] in (",", "\n")):
                beyond = place.end()
            if block := _BLOCK.match(text, end):
                beyond = max(beyond, block.end())
            before = text[max(0, street.start() - 64) : street.start()]
            if (
                enough
                or beyond > end
                or _CITY.match(text, end)
                or (_WHERE.search(before) and not _TECHNICAL.search(before))
            ):
                yield Span(street.start(), beyond, "address")


def _found(form: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """What `form.finditer` answers, for a form that begins with a number: tried at numbers only."""
    end = 0
    for number in _DIGITS.finditer(text):
        if number.start() >= end and (street := form.match(text, number.start())):
            end = street.end()
            yield street


_DIGITS = re.compile(r"(?<![\w.,-])[0-9]")

_LABELLED = re.compile(
    r"(?i)(?<![^\W_])(?:(?:address(?:es)?|adresse|anschrift|adres|direcci[oó]n|indirizzo|endere[cç]o)"
    r"(?:\s{0,2}[:=]|(?:,?\s(?:with|to|is|are|it|here|they|at|now)){1,4}:?|[^.?!0-9]{0,20}[?] it is)|"
    r"(?:resid(?:es|ing)|liv(?:es|ed|e|ing))\s(?:at|in|on))\s{0,5}"
    r"(?P<street>(?<=[\s:=])(?:[0-9]{1,5},? ){1,2}"
    rf"(?:(?-i:{_CAPITALISED}|[a-z][^\W\d_]{{3,20}}))(?: {_NAME}){{0,4}}? [0-9]{{1,5}}[a-z]?(?!\w)|"
    rf"(?<=[\s:=])(?:(?-i:{_CAPITALISED}) ){{1,4}}[0-9]{{1,5}}[a-z]?(?!\w))"
)


def _labelled(text: str, _: Sequence[Span]) -> Iterator[Span]:
    """Any name with a number where a label says that an address follows: streets without a street word."""
    for found in _LABELLED.finditer(text):
        if not _TECHNICAL.search(text[max(0, found.start() - 10) : found.start() + 9]):
            ends = [place.end() for form in (_PLACE, _BLOCK) if (place := form.match(text, found.end()))]
            yield Span(found.start("street"), max(ends, default=found.end()), "address")


_PLAIN = re.compile(
    rf"(?:^|\n|:\s|\bto\s)[^\w\n]{{0,8}}(?P<street>(?:[0-9]{{1,5}},? ){{1,2}}{_NAME}(?: {_NAME}){{0,3}}|"
    rf"(?:[0-9]{{1,5}} )?{_NAME}(?: {_NAME}){{0,2}} [0-9]{{1,5}}[a-z]?)(?=[,\n]|\s{{1,2}}(?i:{_UNIT}))"
)


def _blocks(text: str, _: Sequence[Span]) -> Iterator[Span]:
    """A line with a number, and lines behind it down to a postal code: a street without a street word."""
    for plain in _PLAIN.finditer(text):
        block = _BLOCK.match(text, plain.end())
        if block and "\n" in block[0] and not _PRODUCT.search(plain["street"]):
            yield Span(plain.start("street"), block.end(), "address")


_CODE_LABEL = (
    r"zip(?: ?code)?|post(?:al)? ?code|postleitzahl|plz|code postal|c[oó]digo postal|codice postale|kod pocztowy|"
    r"postnummer|eircode|pin ?code"
)
_CODE = re.compile(
    rf"(?:(?i:(?<![^\W_])(?:{_CODE_LABEL}) ?(?:[:=]|is|ist))|(?<![^\W_])(?:ZIP|PLZ|[Pp]ostcode)(?: [Cc]ode)?) {{0,2}}"
    rf"(?P<code>{_POSTAL})(?![\w-])"
)


def _codes(text: str, _: Sequence[Span]) -> Iterator[Span]:
    for found in _CODE.finditer(text):
        yield Span(found.start("code"), found.end("code"), "address")


_CORNER = re.compile(
    rf"(?:[Tt]he )?(?i:corner|intersection) of (?:{_CAPITALISED} ){{1,4}}(?:[0-9]{{1,5}} )?(?:and|&) "
    rf"{_CAPITALISED}(?: {_CAPITALISED}){{0,3}}(?: [0-9]{{1,5}})?"
)
_STREET_WORD = re.compile(rf"(?i)(?<![^\W_])(?:{_ENGLISH})(?![^\W_])|(?:{_STRONG_END}|{_WEAK_END})(?![^\W_])")


def _corners(text: str, _: Sequence[Span]) -> Iterator[Span]:
    for corner in _CORNER.finditer(text):
        if _STREET_WORD.search(corner[0]):
            yield Span(corner.start(), corner.end(), "address")


def _boxes(text: str, _: Sequence[Span]) -> Iterator[Span]:
    for box in _BOX.finditer(text):
        place = _PLACE.match(text, box.end())
        yield Span(box.start(), place.end() if place else box.end(), "address")


_FLAT_GATE = r"(?i)[\s,](?:apt|appt|apartment|whg)[. ]"
_EDGE = r"(?:[^\p{L}\p{N}_]|$)"
_ANY_WORDS = r"(?:[^ ]{1,32} ){1,5}"
_BESIDE = rf"(?i:{_HERE}|[,\s](?:{_UNIT}))|[,\s](?:{_POSTAL})|,\s{{0,2}}\p{{L}}{{3}}"

ADDRESS = (
    Detector(
        gates=(
            rf"(?i)(?-u:\b)(?:{_ENGLISH})(?:[^A-Z]|$)",
            rf"(?i)[0-9][0-9A-Z/-]*,? (?:[^ ]+ ){{1,5}}(?:{_ENGLISH}){_EDGE}",
            rf"(?i)(?:{_ENGLISH})\.?(?: [nsew]{{1,2}})?(?:[,\n]|\s{{1,3}}{_UNIT})|(?-u:\b)(?:{_HERE}){_EDGE}",
        ),
        scan=lambda text, _: _streets(text, _ENGLISH_FORMS),
    ),
    Detector(
        gates=(rf"(?i)(?:{_STRONG_END}|{_WEAK_END}) ?[0-9]", rf"(?i:{_STRONG_END})|{_BESIDE}"),
        scan=lambda text, _: _streets(text, _GERMANIC_FORMS),
    ),
    Detector(
        gates=(
            rf"(?i)(?-u:\b)(?:{_ROMANCE_STRONG}|{_ROMANCE_WEAK}) ",
            (
                rf"(?i)[0-9][A-Z]?(?: (?:bis|ter))?,? (?:{_ROMANCE_STRONG}|{_ROMANCE_WEAK}) |(?:{_ROMANCE_STRONG}|"
                rf"{_ROMANCE_WEAK}) {_ANY_WORDS}(?:n[^0-9]{{0,2}})?[0-9]"
            ),
            rf"(?i:(?-u:\b)(?:{_ROMANCE_STRONG})) |{_BESIDE}",
        ),
        scan=lambda text, _: _streets(text, _ROMANCE_FORMS),
    ),
    Detector(
        gates=(
            (
                r"(?i)adress|address|anschrift|direcci|indirizz|endere|(?-u:\b)resid|(?-u:\b)liv(?:es|ed|e|"
                r"ing)(?-u:\b)|(?-u:\b)adres"
            ),
            (
                r"(?i)(?:address(?:es)?|adresse|anschrift|adres|direcci[oó]n|indirizzo|endere[cç]o|resid(?:es|ing)|"
                r"liv(?:es|ed|e|ing))[\s:,=-][^0-9]{0,160}[0-9]"
            ),
        ),
        scan=_labelled,
    ),
    Detector(gates=(_FLAT_GATE,), scan=lambda text, _: _streets(text, _FLAT_FORMS)),
    Detector(
        gates=(rf"(?i:(?:{_CODE_LABEL}) ?(?:[:=]|is|ist))|(?:ZIP|PLZ|[Pp]ostcode)(?: [Cc]ode)? [0-9A-Z]",), scan=_codes
    ),
    Detector(gates=(r"\n", r"(?s)[0-9].*\n.*[0-9]{3}"), scan=_blocks),
    Detector(gates=(r"(?i)p\.? ?o\.? ?box [0-9]|postfach [0-9]|postale [0-9]|apartado",), scan=_boxes),
)

CORNERS = Detector(gates=(r"(?i)(?:corner|intersection) of [^\s]",), scan=_corners)
"""The one that needs no number."""
