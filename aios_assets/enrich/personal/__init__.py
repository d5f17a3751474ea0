"""Personal: personal data in columns of text, found by pattern, checksum and context.

Types: `mail`, `iban`, `card`, `id` (national identity, tax and social security numbers, licences, passports), `ip`,
`birth`, `phone`, `address`, `person`.
"""

import polars as pl

from aios_assets.enrich.personal.abroad import ABROAD
from aios_assets.enrich.personal.account import CARD, IBAN
from aios_assets.enrich.personal.address import ADDRESS, CORNERS
from aios_assets.enrich.personal.identity import IDENTITY
from aios_assets.enrich.personal.mail import IP, MAIL
from aios_assets.enrich.personal.person import BIRTH, PERSON, PERSON_PLAIN, signed
from aios_assets.enrich.personal.phone import PHONE
from aios_assets.enrich.personal.postal import POSTAL
from aios_assets.enrich.personal.prose import CASED, ONE_CASE, written_beside
from aios_assets.enrich.personal.scan import SPANS, Detector, Scanner, readable
from aios_assets.enrich.personal.signs import Among
from aios_assets.enrich.personal.span import TOKEN, Span, normal

TYPES = ("mail", "iban", "card", "id", "ip", "birth", "phone", "address", "person")
"""What is looked for, in order of precedence where two overlap."""

SCANNER = Scanner(
    TYPES,
    (
        (Among.NUMBERED, (IBAN, CARD, *IDENTITY, IP, PHONE)),
        (Among.WORDED, (MAIL, CORNERS)),
        (Among.BOTH, (BIRTH, *ADDRESS, ABROAD, POSTAL)),
        (Among.OTHERS, (PERSON,)),
        (Among.PLAIN, (PERSON_PLAIN,)),
        (Among.CASED, (CASED,)),
        (Among.ONE_CASE, (ONE_CASE,)),
    ),
    lambda text, found: (*signed(text, found), *written_beside(text, found)),
)


def find(values: pl.Series) -> pl.DataFrame:
    """Every personal datum in a column of text, as `SPANS`: row, start, end (characters), type, text.

    Hiding places (invisible characters, full-width and mathematical letters, look-alikes of other scripts) are undone
    for the search, and the spans name the characters as they stand in the value. Tokens are never found.
    """
    return SCANNER.find(values)


def count(values: pl.Series) -> int:
    """How many values hold personal data: above zero exactly where `find` finds something."""
    return len(SCANNER.rows(readable(values)))


__all__ = ["SCANNER", "SPANS", "TOKEN", "TYPES", "Detector", "Scanner", "Span", "count", "find", "normal", "readable"]
