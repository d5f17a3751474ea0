"""Prose: names in sentences that speak of a person or to one, with no word that introduces them.

A name alone is never enough, nor is a given name with a surname ("Paul Smith shirt"): what stands before or behind it must be
what one says of people. Where that could be said of a product or a company as well, the name must be a known one, or `he`
or `she` stand behind it in the same text.
"""

import re
from collections.abc import Iterator, Sequence

from aios_assets.enrich.personal import talk
from aios_assets.enrich.personal.around import (
    DOES,
    IN_PROSE,
    INITIAL,
    PART,
    WORDED,
    Needs,
    begins,
    is_full,
    needs_of,
)
from aios_assets.enrich.personal.eponym import COMPANY, is_borne
from aios_assets.enrich.personal.names import is_given, is_surname, is_town
from aios_assets.enrich.personal.phrases import BEFORE, KIN_WORDS, Before
from aios_assets.enrich.personal.scan import Detector
from aios_assets.enrich.personal.signs import LONGEST
from aios_assets.enrich.personal.span import Span

_SMALL = r"(?:van|von|de|der|den|del|della|di|da|dos|du|la|le|el|al|bin|ter|zu) "
_NAME = re.compile(rf"(?<![^\W_]){PART}(?: (?:{_SMALL}){{0,2}}{PART}){{0,3}}(?![^\W_])")
_OF_HIM = re.compile(r"(?<!for )(?<!and )(?<!or )(?<![^\W_])(?:he|she|him|his|her|He|She|His|Her)(?![^\W_])")
_OF_SOMEBODY = re.compile(rf"(?<![^\W_])(?:{talk.HUMAN})")
_OF_ORDERS = re.compile(rf"(?<![^\W_])(?:{talk.SERVICE})(?![^\W_])")
_MADE_BY = re.compile(r"(?i)(?:^|[\s(])(?:by|featuring|feat\.?|starring|the|brand|author|artist|vs\.?|&|\+)\s$")
"""What stands before the name of a maker, an author, an actor: an attribute of the product."""
_PLACED = re.compile(r"(?<![^\W_])(?:in|at|near|from|the|im|aus|en|[aà]|w)\s$")
_OWNS = re.compile(r",? [<(]")
"""What stands between a name and the mail or telephone of who bears it."""
_OWNED = frozenset({"mail", "phone", "iban", "card", "id", "address", "birth"})
_CLOSES = re.compile(
    r"(?:\s{0,2}(?:$|[.,;:!?)\n\"\u201d])|['\u2019]s? | (?:is|was|has|had|will|would|can|could|does|did|[a-z]{2,12}ed|and|or|"
    r"at|in|on|who|to|for|from|when|because|but|und|oder|ist|war|hat|kann|wird|am|um|et|est|a|y|está|ha|e|è|en|heeft|i|jest|"
    r"och|är|har)(?![^\W_]))"
)
"""What stands behind a name that is said for itself, and not before a thing that is called by it."""
_SINGLE = re.compile(r"(?<![\w'-])[^\W\d_]{3,30}(?![\w-])")
_AUXILIARIES = frozenset({"Will", "May"})
"""Given names that begin a question when they stand alone."""


def _cased(text: str, _: Sequence[Span]) -> Iterator[Span]:
    return iter(()) if text.islower() or text.isupper() else _prose(text, text)


def _of_one_case(text: str, _: Sequence[Span]) -> Iterator[Span]:
    """A short text all in small or all in capital letters, read with its known names in capitals, character for character."""
    if len(text) > LONGEST or not (text.islower() or text.isupper()):
        return iter(())
    return _prose(_shown(text), text)


def _prose(shown: str, text: str) -> Iterator[Span]:
    prose: bool | None = None
    one_case = shown is not text
    people: list[tuple[int, int]] = []
    others: list[tuple[int, int]] = []
    for hit in _NAME.finditer(shown):
        start, end = _trimmed(shown, *hit.span())
        if start == end:
            continue
        asked = needs_of(shown, start, end)
        if one_case:  # to begin a sentence tells nothing in a text without capitals
            asked = {needs for needs in asked if needs <= Needs.WHOLE or needs in IN_PROSE}
        met = any(_is_met(needs, shown, start, end, text) for needs in asked if needs not in IN_PROSE)
        if not met:
            prose = _is_prose(text) if prose is None else prose
            ways = {Needs.PROSE, *asked}.intersection(IN_PROSE)
            met = prose and any(_is_met(needs, shown, start, end, text) for needs in ways)
        met = met and not is_borne(shown, start, end)
        (people if met else others).append((start, end))
    known = {word for start, end in people for word in shown[start:end].split() if len(word) > 2}
    people += [place for place in others if known and _is_beside(shown, *place, known)]
    yield from (Span(start, end, "person") for start, end in people)


def written_beside(text: str, found: Sequence[Span]) -> Iterator[Span]:
    """Whole names that are known, in a text that holds a person's mail, telephone, account, number or address as well."""
    if len(text) > LONGEST * 5 or not any(span.type in _OWNED for span in found):
        return
    shown = _shown(text) if text.isupper() else text
    owners = [span.start for span in found if span.type in ("mail", "phone")]
    for hit in _NAME.finditer(shown):
        start, end = _trimmed(shown, *hit.span())
        name = shown[start:end]
        known = start < end and not is_town(name) and not _MADE_BY.search(text[max(0, start - 14) : start])
        known = known and (is_full(name) or (" " in name and any(_OWNS.fullmatch(text, end, at) for at in owners)))
        if (
            known
            and not is_borne(text, start, end)
            and not any(span.start < end and start < span.end for span in found)
        ):
            yield Span(start, end, "person")


def _is_met(needs: Needs, text: str, start: int, end: int, written: str) -> bool:
    words = text[start:end].split()
    given = is_given(words[0])
    match needs:
        case Needs.NOTHING | Needs.ANY:
            return not COMPANY.search(text[start : end + 12])
        case Needs.KNOWN:
            return given or is_surname(words[-1]) or (len(words) > 1 and INITIAL.fullmatch(words[0]) is not None)
        case Needs.WHOLE | Needs.FULL:
            return given and len(words) > 1 if needs is Needs.WHOLE else is_full(text[start:end])
        case Needs.SPOKEN:
            return given and bool(_CLOSES.match(text, end))
        case Needs.PROSE:
            whole = given and len(words) > 1 and not _MADE_BY.search(text[max(0, start - 14) : start])
            known = given or (len(words) > 1 and (is_surname(words[0]) or is_surname(words[-1]) or is_given(words[-1])))
            return whole or (known and begins(text, start) and bool(DOES.match(text, end)))
        case Needs.PRONOUN:
            return bool(_OF_HIM.search(written, end))


def _is_beside(text: str, start: int, end: int, known: set[str]) -> bool:
    """Whether a name stands again, or is a given one in a text that speaks of people: "said Ann to Ben"."""
    words = text[start:end].split()
    if is_borne(text, start, end):
        return False
    if any(word in known for word in words):
        return True
    return is_given(words[0]) and not _PLACED.search(text[max(0, start - 8) : start])


def _is_prose(text: str) -> bool:
    """Whether it speaks of somebody in sentences: a title has capitals all over."""
    words = text.split()
    spoken = _OF_SOMEBODY.search(text) or (_OF_ORDERS.search(text) and WORDED.search(text))
    return bool(spoken) and 5 * sum(word[0].islower() for word in words) >= 2 * sum(word[0].isalpha() for word in words)


def _shown(text: str) -> str:
    """A text in one letter case with its known names in capitals, character for character."""
    small = text.lower()
    if len(small) != len(text):
        return text
    behind = -1

    def cased(word: re.Match[str]) -> str:
        nonlocal behind
        name = word[0]
        if (is_given(name) and name not in talk.ORDINARY) or (word.start() == behind + 1 and is_surname(name)):
            behind = word.end()
        elif not (
            text.isupper()
            and is_surname(name)
            and (after := _SINGLE.match(small, word.end() + 1))
            and is_given(after[0])
        ):
            return name
        return name[0].upper() + name[1:]

    shown = _SINGLE.sub(cased, small)
    return shown if len(shown) == len(text) else text


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The name without ordinary words at its ends; empty where nothing is left, or all of it is in capitals."""
    words = text[start:end].split(" ")
    while words and not _may_be_name(words[0]):
        start += len(words.pop(0)) + 1
    while words and not _may_be_name(words[-1]):
        end -= len(words.pop()) + 1
    name = text[start:end]
    return (start, end) if words and not name.isupper() and name not in _AUXILIARIES else (start, start)


def _may_be_name(word: str) -> bool:
    if not word[0].isupper():
        return False
    plain = word.rstrip(".").casefold()
    said = BEFORE.get(plain)
    opens = plain in talk.ORDINARY or plain in KIN_WORDS or (said and not (said is Before.MET and is_given(plain)))
    return not opens and not (plain.endswith("ly") and not is_given(plain))


CASED = Detector(gates=(talk.GATES,), scan=_cased)
ONE_CASE = Detector(gates=(talk.SMALL_GATES,), scan=_of_one_case)
