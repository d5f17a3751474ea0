"""Postal: addresses by their end: a postal code beside a town that is known, and what leads up to it.

What stands before, from comma to comma or line to line, belongs to it as long as it is made of names and numbers as
addresses are; one of the parts must hold a number. So a street needs no street word, in no language.
"""

import re
from collections.abc import Iterator, Sequence

from aios_assets.enrich.personal.names import is_town
from aios_assets.enrich.personal.scan import Detector
from aios_assets.enrich.personal.span import Span

_UPPER = r"[^\W\d_a-zß-öø-ÿ]"
_WORD = rf"{_UPPER}[^\W\d_]+(?:['.-][^\W\d_]+)*\.?"
_TOWN = rf"{_WORD}(?:[ -](?:(?:am|an|der|im|sur|le|la|de|do|da|upon|on|of|den) )?{_WORD}){{0,2}}"
_BRITISH = r"[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}"
_BEFORE_TOWN = (
    r"(?:[A-Z]{1,2}-)?(?:[0-9]{2}-[0-9]{3}|[0-9]{3} [0-9]{2}|[0-9]{4}-[0-9]{3}|[0-9]{4} ?[A-Z]{2}|[0-9]{4,6})"
)
_BEHIND_TOWN = (
    rf"(?:[A-Z]{{2}},? )?(?:{_BRITISH}|[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]|[0-9]{{5}}-[0-9]{{3,4}}|[0-9]{{3}}-[0-9]{{4}}|"
    r"[0-9]{3} [0-9]{3}|(?!19|20)[0-9]{4}|[0-9]{5,6})"
)
_ENDS = (
    re.compile(rf"(?<![\w.,-])(?P<code>{_BEFORE_TOWN})(?![\w-])[, ]{{1,2}}(?P<town>{_TOWN})(?!\w)"),
    re.compile(
        rf"(?<![\w'-])(?P<town>{_TOWN})(?: [0-9]{{1,2}})?(?:,? -? ?|\n\s{{0,8}})(?P<code>{_BEHIND_TOWN})(?![\w-]|[.,][0-9])"
    ),
)
_SMALL = (
    r"(?:de|du|des|del|della|dei|la|le|les|los|las|el|di|da|do|dos|das|van|der|den|dem|am|an|im|in|of|the|and|zum|zur|auf|bis|ter|"
    r"y|e|i|gate|gata|gatan|utca|út|ul\.|os\.|al\.|pl\.|c/|rue|via|vicolo|place|avenue|av\.|quai|no\.?|nr\.?|n[º°.]|št\.)"
)
_PIECE = (
    rf"(?:{_WORD}|{_UPPER}\.?|{_SMALL}|[ld]['\u2019]{_WORD}|#?[0-9]{{1,5}}(?:[-/.][0-9A-Za-z]{{1,4}}){{0,2}}[A-Za-z]?|"
    r"[0-9]{1,3}(?:st|nd|rd|th|[º°ª.]))"
)
_PART = re.compile(rf"(?:{_PIECE}[ .]{{1,2}}){{0,5}}{_PIECE}$")
_BREAK = re.compile(r"(?:,[ ]?|\s{0,2},?\s?\n[^\w\n]{0,8}|\s-\s|,?\s)$")
_START = re.compile(r"[:;.!?(\n]\s{0,4}$|^$")
_LABEL = re.compile(r"(?i)^(?:to|an|bei|at|chez|in|from|address|adresse|lives|live|wohnt?|is|lautet|at)$")
_LONGEST, _PARTS = 160, 4


def _addresses(text: str, _: Sequence[Span]) -> Iterator[Span]:
    for form in _ENDS:
        for end in form.finditer(text):
            town = _known(end["town"])
            if town is None:
                continue
            if form is _ENDS[0] and (street := _STREET_BEHIND.match(text, end.start("town") + len(town))):
                yield Span(end.start(), street.end(), "address")
                continue
            start = _begin(text, end.start("code") if form is _ENDS[0] else end.start("town"))
            if start is not None:
                close = end.start("town") + len(town) if form is _ENDS[0] else end.end()
                yield Span(start, close, "address")


_STREET_BEHIND = re.compile(
    rf", {_WORD}(?: {_WORD})? (?:utca|u\.|út|tér|krt\.|körút|köz|sor) [0-9]{{1,4}}\.?(?:[/-][0-9A-Z]+\.?)?"
)
"""As Hungary writes it, the town first."""


def _known(town: str) -> str | None:
    """As many words of it from the first as name a town."""
    words = town.split(" ")
    for count in range(len(words), 0, -1):
        name = " ".join(words[:count]).rstrip(".")
        if is_town(name) and name not in _MONTHS:
            return name
    return None


_MONTHS = frozenset({"March", "May", "August", "April", "Mai", "Mars", "Abril", "Marzo"})
"""Towns whose name in front of a number is a date."""


def _begin(text: str, at: int) -> int | None:
    """Where the parts before begin; None where none of them holds a number."""
    numbered, alone, start = False, False, at
    for _ in range(_PARTS):
        gap = _BREAK.search(text, max(0, start - 12), start)
        if not gap or start - gap.start() == 0:
            break
        line = re.split(r",|\n|: |; |\s-\s|\.\s(?=[A-Z])|\(", text[max(0, at - _LONGEST) : gap.start()])[-1]
        part = _part(line.strip(" .*?-\t"))
        if not part:
            break
        begun = text.rfind(part, 0, gap.start())
        has = any(char.isdigit() for char in part)
        if numbered and not (alone and not has):
            break  # what stands before the street is a name or a sentence
        start, numbered, alone = begun, numbered or has, part.isdigit()
        if part != line.strip(" .*?-\t"):
            break
    return start if numbered else None


def _part(line: str) -> str:
    """The end of a line that is made as an address is: of names, numbers and the small words between."""
    words = line.split(" ")
    for first in range(max(0, len(words) - 7), len(words)):
        part = " ".join(words[first:])
        if (
            _PART.match(part)
            and not _LABEL.match(words[first])
            and (words[first][0].isdigit() or words[first][0].isupper() or words[first] in _OPENS)
        ):
            return part
    return ""


_OPENS = frozenset(["rue", "via", "ul.", "os.", "al.", "pl.", "avenue", "place", "quai", "c/", "vicolo"])

POSTAL = Detector(
    gates=(
        r"(?s)[0-9].*[,\n]",
        (
            r"[,\n]\s{0,3}(?:[A-Z]{1,2}-)?[0-9]{2,6}(?:[ -][0-9]{2,3})?(?: ?[A-Z]{2})?,? [A-Z\x{C0}-\x{24F}]",
            (
                r"[A-Za-z\x{C0}-\x{24F}0-9][,]?[ \n-]{1,10}(?:[A-Z]{2},? )?(?:[0-9]{4,6}|[0-9]{3}[ -][0-9]{3,4}|"
                r"[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z][A-Z0-9])(?:[^0-9A-Za-z.]|$)"
            ),
        ),
    ),
    scan=_addresses,
)
