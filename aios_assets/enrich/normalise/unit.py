# ruff: noqa: RUF001 - characters that look like others are what this file is about
"""Unit: how units are spelled in feeds, what each measures, and its exact ratio to the base unit of its kind.

Units that differ from country to country (gallon, pint, cup, fluid ounce) have no ratio: they compare with themselves
only. Spellings whose case decides between two units (`Gb`, `Mb`) are ambiguous and name none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from aios_assets.enrich.normalise.words import words


@dataclass(frozen=True)
class Unit:
    """A canonical unit: its sign, what it measures, and how many base units it is (None where that depends)."""

    sign: str
    kind: str
    ratio: Fraction | None


_INCH = Fraction("0.0254")
_POUND = Fraction("0.45359237")
_PIECES = (
    "pc|pieces|piece|stück|stk|st|szt|sztuk|sztuki|pièces|pièce|unidades|piezas|pezzi|stuks|stuk|ks|kpl|adet|шт|штук|"
    "штуки|個|个|件|ct|count|cnt|ea|each|units|unit|er"
)
_CM = "centimeter|centimetre|centimeters|centimetres|zentimeter|centymetry|centimètre|centimètres|cms|см"
_INCHES = (
    "inch|inches|zoll|\"|″|”|''|′′|cal|cale|cali|"
    "pouce|pouces|pulgada|pulgadas|pollici|pollice|tum|tommer|palce|palců|дюйм|дюйма|дюймов|inch.|ins"
)
_TABLE: tuple[tuple[str, str, Fraction | str | int | None, str], ...] = (
    # sign, kind, ratio to the base unit, other spellings in lower case
    ("mm", "length", "0.001", "millimeter|millimetre|millimeters|millimetres|milimetry|milimetr|millimètre|millimètres|мм"),
    ("cm", "length", "0.01", _CM),
    ("dm", "length", "0.1", "dezimeter|decimeter"),
    ("m", "length", 1, "meter|metre|meters|metres|mtr|mtrs|metr|metry|mètre|mètres|metro|metros|mts|метр|метра|метров"),
    ("km", "length", 1000, "kilometer|kilometre|kilometers|kilometres"),
    ("µm", "length", "0.000001", "um|μm|micron|microns|mikron"),
    ("in", "length", _INCH, _INCHES),
    ("ft", "length", 12 * _INCH, "foot|feet|'|′|’|fuß|pied|pieds"),
    ("yd", "length", 36 * _INCH, "yard|yards|yds"),
    ("mil", "length", _INCH / 1000, "mils"),
    ("µg", "mass", "0.000000001", "μg|mcg|microgram|micrograms|mikrogramm"),
    ("mg", "mass", "0.000001", "milligram|milligrams|milligramm|мг"),
    ("g", "mass", "0.001", "gram|grams|gramm|gr|gramme|grammes|gramy|gramów|gms|gm|г|гр|грамм"),
    ("kg", "mass", 1, "kilogram|kilograms|kilogramm|kilo|kilos|kgs|kilogramme|kilogramy|кг"),
    ("t", "mass", 1000, "tonne|tonnes"),
    ("oz", "mass", _POUND / 16, "ounce|ounces|unze|unzen|ozs"),
    ("lb", "mass", _POUND, "lbs|pound|pounds|libra|libras"),
    ("ml", "volume", "0.001", "milliliter|millilitre|milliliters|millilitres|mililitry|mls|мл"),
    ("cl", "volume", "0.01", "centiliter|centilitre|zentiliter"),
    ("dl", "volume", "0.1", "deciliter|decilitre|deziliter"),
    ("l", "volume", 1, "liter|litre|liters|litres|ltr|litr|litry|litrów|litro|litros|ltrs|lt|л|литр|литра|литров"),
    ("cm³", "volume", "0.001", "cm3|ccm|cc|cubic centimeters"),
    ("m³", "volume", 1000, "m3|cbm|cubic meters|cubic metres"),
    ("fl oz", "volume", None, "floz|fl. oz|fl.oz|fluid ounce|fluid ounces|fl oz."),
    ("gal", "volume", None, "gallon|gallons|gals"),
    ("pt", "volume", None, "pint|pints"),
    ("qt", "volume", None, "quart|quarts|qts"),
    ("cup", "volume", None, "cups"),
    ("cm²", "area", "0.0001", "cm2|sq cm|qcm"),
    ("m²", "area", 1, "m2|sqm|sq m|qm|square meters|square metres"),
    ("ft²", "area", 144 * _INCH * _INCH, "ft2|sq ft|sqft|sq. ft|square feet"),
    ("bit", "data", "0.125", "bits"),
    ("B", "data", 1, "byte|bytes"),
    ("KB", "data", 10**3, "kilobyte|kilobytes|kb"),
    ("MB", "data", 10**6, "megabyte|megabytes|mb"),
    ("GB", "data", 10**9, "gigabyte|gigabytes|gb|go|gigs|gig"),
    ("TB", "data", 10**12, "terabyte|terabytes|tb"),
    ("PB", "data", 10**15, "petabyte|petabytes"),
    ("KiB", "data", 2**10, "kib|kibibyte"),
    ("MiB", "data", 2**20, "mib|mebibyte"),
    ("GiB", "data", 2**30, "gib|gibibyte"),
    ("TiB", "data", 2**40, "tib|tebibyte"),
    ("Mbit/s", "data rate", 10**6, "mbps|mbit/s|mbits/s"),
    ("Gbit/s", "data rate", 10**9, "gbps|gbit/s"),
    ("MB/s", "data rate", 8 * 10**6, "mbyte/s"),
    ("W", "power", 1, "watt|watts|watów|watty|вт"),
    ("kW", "power", 1000, "kilowatt|kilowatts|kw"),
    ("hp", "power", None, "bhp|horsepower"),
    ("PS", "power", None, "cv|pferdestärken|km mech"),
    ("V", "voltage", 1, "volt|volts|vdc|vac|volty|v dc|v ac"),
    ("kV", "voltage", 1000, "kv|kilovolt"),
    ("A", "current", 1, "amp|amps|ampere|amperes"),
    ("mA", "current", "0.001", "milliamp|milliamps"),
    ("Ah", "charge", 1, "ah|amp hours|amp-hours"),
    ("mAh", "charge", "0.001", "mah|milliamp hours"),
    ("Wh", "energy", 1, "wh|watt hours|watt-hours"),
    ("kWh", "energy", 1000, "kwh"),
    ("Hz", "frequency", 1, "hz|hertz"),
    ("kHz", "frequency", 10**3, "khz|kilohertz"),
    ("MHz", "frequency", 10**6, "mhz|megahertz"),
    ("GHz", "frequency", 10**9, "ghz|gigahertz"),
    ("ms", "time", "0.001", "millisecond|milliseconds|msec"),
    ("s", "time", 1, "sec|secs|second|seconds|sekunde|sekunden|sekund|secondes"),
    ("min", "time", 60, "mins|minute|minutes|minuten|minut|minuty"),
    ("h", "time", 3600, "hr|hrs|hour|hours|std|stunde|stunden|godzin|godz|heures"),
    ("days", "time", 86400, "day|tage|tag|jours|jour|dni|días|giorni"),
    ("months", "duration", 1, "month|monate|monat|mois|meses|mesi|miesięcy|miesiące"),
    ("years", "duration", 12, "year|yr|yrs|jahre|jahr|ans|años|anni|lat|lata"),
    ("°C", "temperature", None, "celsius|℃|degc|° c"),
    ("°F", "temperature", None, "fahrenheit|℉|degf|° f"),
    ("kelvin", "colour temperature", 1, "kelvins"),
    ("lm", "light", 1, "lumen|lumens"),
    ("cd/m²", "luminance", 1, "cd/m2|nits|nit"),
    ("dB", "level", 1, "db|decibel|decibels|dba|db(a)"),
    ("rpm", "speed of rotation", 1, "u/min|tr/min|obr/min|min-1|1/min"),
    ("bar", "pressure", 10**5, "bars"),
    ("Pa", "pressure", 1, "pascal"),
    ("psi", "pressure", None, "lb/in²"),
    ("MP", "resolution", 10**6, "megapixel|megapixels|mpix|mpx|mp"),
    ("px", "pixels", 1, "pixel|pixels"),
    ("dpi", "density", 1, "ppi"),
    ("Ω", "resistance", 1, "ohm|ohms|\u03c9"),
    ("kΩ", "resistance", 1000, "kohm|kohms"),
    ("N·m", "torque", 1, "nm (torque)|newton metres|newton meters"),
    ("%", "share", "0.01", "percent|prozent|procent|pct"),
    ("°", "angle", 1, "degree|degrees|stopni|degrés"),
    ("g/m²", "grammage", 1, "g/m2|gsm|g/qm"),
    ("IU", "activity", 1, "iu|i.u|i.e|ie|ui"),
    ("pcs", "count", 1, _PIECES),
    ("pack", "count", 1, "packs|pk|pkt|er pack|er-pack|pak|paczka|lot|pack."),
    ("pairs", "count", 2, "pair|paar|par|paires|pary|prs"),
    ("set", "count", 1, "sets|piece set|pc set|pcs set|teilig|tlg|er-set|er set"),
    ("sheets", "sheets", 1, "sheet|blatt|feuilles|arkuszy|hojas"),
    ("pages", "pages", 1, "page|seiten|stron|páginas|pgs"),
    ("tablets", "count", 1, "tablet|tabletten|tabletki|comprimés|tabs"),
    ("capsules", "count", 1, "capsule|kapseln|kapsel|kapsułek|gélules|cápsulas|caps"),
    ("rolls", "count", 1, "roll|rollen|rolle|rouleaux|rolek|rotoli|rollos"),
    ("dozen", "count", 12, "dozens|dutzend|douzaine"),
)  # fmt: skip

UNITS: Final[Mapping[str, Unit]] = {
    sign: Unit(sign, kind, None if ratio is None else Fraction(ratio)) for sign, kind, ratio, _ in _TABLE
}
"""Canonical units by sign."""

_SPELLED: Mapping[str, str] = {other: sign for sign, _, _, others in _TABLE for other in others.split("|")}
_EXACT_ONLY = words("C F G L N T TO to B b")
_EXACT: Mapping[str, str] = {"L": "l", "To": "TB"}
AMBIGUOUS: Final = words("Gb Mb Kb Tb mW MW mPa MPa M Mo K C F")
"""Spellings that two units share, told apart by nothing that a feed says."""


def of(spelling: str) -> Unit | None:
    """The unit that a spelling names: exact signs first, then lower case; None where it names none or two."""
    bare = " ".join(spelling.split()).strip()
    if bare in AMBIGUOUS:
        return None
    for form in (bare, bare.rstrip(".")):
        if form in UNITS:
            return UNITS[form]
        if form in _EXACT:
            return UNITS[_EXACT[form]]
        lower = form.lower()
        if form not in _EXACT_ONLY:
            if lower in _SPELLED:
                return UNITS[_SPELLED[lower]]
            if lower in UNITS:
                return UNITS[lower]
    return None
