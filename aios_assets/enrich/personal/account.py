"""Account: payment cards and IBANs, by issuer, length, grouping and check digit."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from stdnum import luhn, numdb

from aios_assets.enrich.personal.scan import Detector
from aios_assets.enrich.personal.span import Span

_CARD = re.compile(
    r"(?<![0-9])(?<![0-9][.,/-])(?=([0-9]{12,19}(?![0-9])|[0-9]{4}([ .-]{1,2})[0-9]{4}\2[0-9]{4}\2[0-9]{1,4}(?![0-9])|"
    r"[0-9]{4}([ .-]{1,2})[0-9]{6}\3[0-9]{4,5}(?![0-9])))"
)
"""Looks ahead, so that a number before a card ("8800 4111 1111 1111 1111") does not take its first digits away."""

_ISSUERS: tuple[tuple[int, int, int, tuple[int, ...]], ...] = (
    (4, 4, 1, (13, 16, 19)),
    (51, 55, 2, (16,)),
    (2221, 2720, 4, (16,)),
    (34, 34, 2, (15,)),
    (37, 37, 2, (15,)),
    (300, 305, 3, (14, 16)),
    (36, 36, 2, (14, 16)),
    (38, 39, 2, (14, 16)),
    (6011, 6011, 4, (16, 19)),
    (644, 659, 3, (16, 19)),
    (62, 62, 2, (16, 17, 18, 19)),
    (3528, 3589, 4, (15, 16, 19)),
    (2131, 2131, 4, (15,)),
    (1800, 1800, 4, (15,)),
    (5018, 5020, 4, (12, 13, 14, 15, 16, 17, 18, 19)),
    (5038, 5038, 4, (12, 13, 14, 15, 16, 17, 18, 19)),
    (56, 58, 2, (12, 13, 14, 15, 16, 17, 18, 19)),
    (6304, 6304, 4, (12, 13, 14, 15, 16, 17, 18, 19)),
    (6759, 6763, 4, (12, 13, 14, 15, 16, 17, 18, 19)),
)
"""First and last prefix, how many digits of it, lengths (ISO/IEC 7812 ranges of the schemes that are in use)."""

_BEHIND = re.compile(r"([0-9]{3,4} )?[0-9]{3,4} $")
_AHEAD = re.compile(r" [0-9]{3,4}( [0-9]{3,4})?(?![0-9])")

_PAYMENT = re.compile(
    r"(?i)(?:card|visa|credit|debit|maestro|amex|diners|discover|karte|carte|tarjeta|carta|cart[aã]o|kort|kaart|"
    r"kart[ayęu]?\b|cc#)[^0-9]{0,32}$"
)


def _cards(text: str, _: Sequence[Span]) -> Iterator[Span]:
    for found in _CARD.finditer(text):
        digits = re.sub(r"[^0-9]", "", found[1])
        if not is_card(digits):
            continue
        usual = len(digits) in (15, 16) and not (digits.startswith("5") and not "51" <= digits[:2] <= "55")
        if (usual and not is_gtin(digits) and not _is_listed(text, found.start(), found.end(1))) or _PAYMENT.search(
            text[max(0, found.start() - 48) : found.start()]
        ):
            yield Span(found.start(1), found.end(1), "card")


def _is_listed(text: str, start: int, end: int) -> bool:
    """Whether it stands among two or more numbers of its kind: a list of models ("1020 1022 3015 3020 3030"), no card."""
    behind, ahead = _BEHIND.search(text[max(0, start - 10) : start]), _AHEAD.match(text, end)
    return sum(1 + bool(near[1]) for near in (behind, ahead) if near) >= 2


def is_card(digits: str) -> bool:
    """Whether a scheme issues cards of this prefix and length, and the check digit (Luhn) is right."""
    known = any(len(digits) in lengths and low <= int(digits[:size]) <= high for low, high, size, lengths in _ISSUERS)
    return known and len(set(digits)) > 1 and luhn.is_valid(digits)


def is_gtin(digits: str) -> bool:
    """Whether these are a GTIN-8, -12, -13 or -14 with its check digit (GS1): then they are a product's, not a person's."""
    if len(digits) not in (8, 12, 13, 14):
        return False
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(reversed(digits)))
    return total % 10 == 0


SEVEN_DIGITS = r"[0-9](?:[ ./()-]{0,3}[0-9]){6}"
"""Seven digits with little between them: no card, telephone or number of a person is shorter."""

CARD = Detector(
    gates=(SEVEN_DIGITS, r"[0-9]{12}|[0-9]{4}[ .-]{1,2}(?:[0-9]{4}[ .-]{1,2}[0-9]{4}[ .-]|[0-9]{6}[ .-])"), scan=_cards
)

_IBAN = re.compile(r"(?<![A-Za-z0-9])(?=([A-Za-z]{2}[0-9]{2}(?:[ -]?[A-Za-z0-9]){11,30}))")
_PRINTED = re.compile(r"[A-Za-z]{2}[0-9]{2}(?:[A-Za-z0-9]{11}|(?:[ -][A-Za-z0-9]{4}){2})")
"""As banks print it: in one piece or in fours. Any other grouping counts only in a text that says IBAN."""


def _ibans(text: str, _: Sequence[Span]) -> Iterator[Span]:
    named = "iban" in text.lower()
    for found in _IBAN.finditer(text):
        start, run = found.start(), found[1]
        end = _end_of(run, _length(run[:2].upper())) if named or _PRINTED.match(run) else 0
        if end and is_iban(run[:end]) and not text[start + end : start + end + 1].isalnum():
            yield Span(start, start + end, "iban")


def _end_of(text: str, characters: int) -> int:
    """Where so many letters and digits end; 0 where there are fewer."""
    for at, char in enumerate(text):
        characters -= char.isalnum()
        if not characters:
            return at + 1
    return 0


@cache
def _length(country: str) -> int:
    parts = numdb.get("iban").info(country)
    structure = parts[0][1].get("bban", "")
    return 4 + sum(int(size) for size in re.findall(r"(\d+)!", structure)) if structure else 0


def is_iban(text: str) -> bool:
    """Whether the check digits are right (ISO 13616, mod 97)."""
    letters = re.sub(r"[ -]", "", text).upper()
    return int("".join(str(int(char, 36)) for char in letters[4:] + letters[:4])) % 97 == 1


IBAN = Detector(
    gates=(r"(?:^|[^0-9A-Za-z])[A-Za-z]{2}[0-9]{2}(?:[A-Za-z0-9]{11}|(?:[ -][A-Za-z0-9]{4}){2})|(?i:iban)",),
    scan=_ibans,
)
