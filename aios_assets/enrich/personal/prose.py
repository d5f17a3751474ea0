"""Prose: names in sentences that speak of a person or to one, with no word that introduces them.

A name alone is never enough, nor is a given name with a surname ("Paul Smith shirt"): what stands before or behind it must be
what one says of people. Where that could be said of a product or a company as well, the name must be a known one, or `he`
or `she` stand behind it in the same text.
"""

import re
from collections.abc import Iterator, Sequence
from enum import IntEnum

from aios_assets.enrich.personal import talk
from aios_assets.enrich.personal.eponym import is_borne
from aios_assets.enrich.personal.names import is_given, is_surname
from aios_assets.enrich.personal.scan import Detector
from aios_assets.enrich.personal.span import Span
from aios_assets.enrich.personal.talk import Before


class Needs(IntEnum):
    """What a name needs beside the words around it, from nothing to much."""

    NOTHING = 0
    """It is in capitals and no ordinary word."""
    KNOWN = 1
    """A given name or a surname that is known."""
    WHOLE = 2
    """A known given name with another name behind it."""
    FULL = 3
    """A known given name with a known surname behind it."""
    PRONOUN = 4
    """`he` or `she` behind it in the same text."""
    PROSE = 5
    """In sentences that say I, my, he, she: to be known and to begin one, or to be WHOLE."""


_CAPITAL = r"[^\W\d_a-z\u00df-\u00f6\u00f8-\u00ff]"
_PART = rf"{_CAPITAL}(?:\.|[^\W\d_]{{1,30}}(?:['\u2019-][^\W\d_]{{2,30}}){{0,2}})"
_SMALL = r"(?:van|von|de|der|den|del|della|di|da|dos|du|la|le|el|al|bin|ter|zu) "
_NAME = re.compile(rf"(?<![^\W_]){_PART}(?: (?:{_SMALL}){{0,2}}{_PART}){{0,2}}(?![^\W_])")
_BEGUN = re.compile(r"(?:^|[.!?:;(\u2014\u201d\"'-]\s|[\n\"\u201c(]\s{0,2})$")
_ENDS = re.compile(r"[.!]?\s{0,3}(?:$|\n)")
_GREETED = re.compile(r"\s{0,2}(?:[,!:.\n]| [\u2013-]|$)")
_QUOTED = re.compile(r"[,!?.]['\"\u2019\u201d]+ [^\W\d_]+ $")
_MOST_WORDS = max(len(phrase.split()) for phrase in talk.BEFORE)

_BEHIND = tuple(
    (re.compile(form), needs)
    for form, needs in (
        (rf"(?:{talk.DEGREE})?,? (?:{talk.LIVED})(?![^\W_])", Needs.NOTHING),
        (rf"['\u2019]s? (?:{talk.THEIRS})(?![^\W_])", Needs.NOTHING),
        (rf" (?:{talk.SPEAKS})(?![^\W_])", Needs.KNOWN),
        (rf"['\u2019]s? (?:[a-z]{{2,12}} )?(?:{talk.OWN})(?![^\W_])", Needs.KNOWN),
        (r" and (?:I|me|my)(?![^\W_])", Needs.KNOWN),
        (
            rf"(?:, (?:the|an?|our|my|his|her)| is (?:the|an?|our|my|his|her)) (?:[a-z-]+ ){{0,3}}(?:{talk.ROLES})(?![^\W_])",
            Needs.KNOWN,
        ),
        (r",? (?:\(?[0-9]{2}\)?,|aged [0-9]{2})", Needs.WHOLE),
        (talk.DEGREE, Needs.WHOLE),
    )
)
_GOES_ON = re.compile(r"['\u2019]|,? [a-z(]|,? ?(?:M\.?D|Ph|D[DV]|RN|Esq)|, [A-Z]|,")
_ASKED = re.compile(rf", (?i:{talk.ASKS})(?![^\W_])")
_TOGETHER = re.compile(
    rf" and {_PART}(?: {_PART})? (?:are|were|have|had|went|got|met|both|live[ds]?|married|moved|decided|agreed)(?![^\W_])"
)
_HANDED = re.compile(r"(?<![^\W_])(?:send|sent|pay|transfer|wire|lend|mail|give|hand|deliver)(?: [^\s.]+){1,6} to $")
_DOES = re.compile(r" (?:is|was|has|had|can|will|would|did|does|[a-z]{2,14}(?:ed|es|s|an|t|ew|ook)) ")
_OF_HIM = re.compile(r"(?<!for )(?<!and )(?<!or )(?<![^\W_])(?:he|she|him|his|her|He|She|His|Her)(?![^\W_])")
_OF_SOMEBODY = re.compile(rf"(?<![^\W_])(?:{talk.HUMAN})")
_MADE_BY = re.compile(r"(?i)(?:^|[\s(])(?:by|featuring|feat\.?|starring|the|brand|author|artist|vs\.?|&|\+)\s$")
"""What stands before the name of a maker, an author, an actor: an attribute of the product."""
_PLACED = re.compile(r"(?<![^\W_])(?:in|at|near|from|the|im|aus|en|[aà]|w)\s$")


def _cased(text: str, _: Sequence[Span]) -> Iterator[Span]:
    return iter(()) if text.islower() or text.isupper() else _prose(text, text)


def _of_one_case(text: str, _: Sequence[Span]) -> Iterator[Span]:
    """A short text all in small or all in capital letters, read with its known names in capitals, character for character."""
    if len(text) > talk.LONGEST or not (text.islower() or text.isupper()):
        return iter(())
    small = text.lower()
    return _prose(_PAIR.sub(_capitalised, small), text) if len(small) == len(text) else iter(())


def _prose(shown: str, text: str) -> Iterator[Span]:
    prose: bool | None = None
    least = Needs.PROSE if shown is text else Needs.FULL  # to begin a sentence tells nothing in a text without capitals
    people: list[tuple[int, int]] = []
    others: list[tuple[int, int]] = []
    for hit in _NAME.finditer(shown):
        start, end = _trimmed(shown, *hit.span())
        if start == end:
            continue
        needs = _needs(shown, start, end)
        met = needs < least and _is_met(needs, shown, start, end, text)
        if not met and needs >= min(least, Needs.PRONOUN):
            prose = _is_prose(text) if prose is None else prose
            met = prose and _is_met(Needs.PROSE, shown, start, end, text)
        met = met and not is_borne(shown, start, end)
        (people if met else others).append((start, end))
    known = {word for start, end in people for word in shown[start:end].split() if len(word) > 2}
    people += [place for place in others if known and _is_beside(shown, *place, known)]
    yield from (Span(start, end, "person") for start, end in people)


def _needs(text: str, start: int, end: int) -> Needs:
    """What the words around a name ask of it; PROSE where they say nothing."""
    begun = _begins(text, start)
    asked = [*_behind(text, start, end, begun=begun), *(_before(text, start, end) if start else ())]
    if talk.DEGREED.search(text[start:end]):
        asked.append(Needs.WHOLE)
    return min(asked, default=Needs.PROSE)


def _begins(text: str, start: int) -> bool:
    return bool(_BEGUN.search(text[max(0, start - 4) : start]))


def _behind(text: str, start: int, end: int, *, begun: bool) -> Iterator[Needs]:
    if not _GOES_ON.match(text, end):
        return
    yield from (needs for form, needs in _BEHIND if form.match(text, end))
    if begun and _ASKED.match(text, end):
        yield Needs.NOTHING
    if begun and _DOES.match(text, end):
        yield Needs.FULL if _is_full(text[start:end]) else Needs.PRONOUN
    if _TOGETHER.match(text, end):
        yield Needs.KNOWN


def _before(text: str, start: int, end: int) -> Iterator[Needs]:
    if not text[start - 1].isspace():
        return
    words = text[max(0, start - 40) : start].lower().split()
    for count in range(1, min(_MOST_WORDS, len(words)) + 1):
        phrase = " ".join(words[-count:]).lstrip("\"'(\u201c-")
        if phrase in talk.BEFORE and (needs := _of(talk.BEFORE[phrase], text, start, end)) is not None:
            yield needs
    if text.endswith(" to ", 0, start) and _HANDED.search(text[max(0, start - 60) : start]):
        yield Needs.KNOWN


def written_beside(text: str, found: Sequence[Span]) -> Iterator[Span]:
    """Whole names that are known, in a text that holds a person's mail, telephone, account, number or address as well."""
    if len(text) > talk.LONGEST * 5 or not any(span.type in _OWNED for span in found):
        return
    for hit in _NAME.finditer(text):
        start, end = _trimmed(text, *hit.span())
        known = start < end and _is_full(text[start:end]) and not _MADE_BY.search(text[max(0, start - 14) : start])
        if (
            known
            and not is_borne(text, start, end)
            and not any(span.start < end and start < span.end for span in found)
        ):
            yield Span(start, end, "person")


_OWNED = frozenset({"mail", "phone", "iban", "card", "id", "address", "birth"})


def _is_full(name: str) -> bool:
    words = name.split()
    return len(words) > 1 and is_given(words[0]) and is_surname(words[-1])


_SAYS = {Before.CALLED: Needs.NOTHING, Before.MET: Needs.KNOWN, Before.ROLE: Needs.WHOLE}


def _of(kind: Before, text: str, start: int, end: int) -> Needs | None:
    """What a phrase before a name asks of it; None where what stands behind does not fit the phrase."""
    match kind:
        case Before.ASKED_FOR:
            return Needs.NOTHING if _ENDS.match(text, end) else None
        case Before.SAID:
            return Needs.NOTHING if _QUOTED.search(text[max(0, start - 24) : start]) else Needs.KNOWN
        case Before.GREETED:
            return Needs.KNOWN if _GREETED.match(text, end) and _begins_line(text, start) else None
        case Before.PARTED:
            return Needs.KNOWN if _ENDS.match(text, end) else None
        case _:
            return _SAYS[kind]


def _begins_line(text: str, start: int) -> bool:
    """Whether there are three words at most before it in its line or sentence."""
    return len(re.split(r"[\n.!?]", text[max(0, start - 40) : start])[-1].split()) <= 3


def _is_met(needs: Needs, text: str, start: int, end: int, written: str) -> bool:
    words = text[start:end].split()
    given = is_given(words[0])
    match needs:
        case Needs.NOTHING:
            return True
        case Needs.KNOWN:
            return given or is_surname(words[-1])
        case Needs.WHOLE:
            return given and len(words) > 1
        case Needs.FULL:
            return True
        case Needs.PROSE:
            whole = given and len(words) > 1 and not _MADE_BY.search(text[max(0, start - 14) : start])
            return whole or (given and _begins(text, start) and bool(_DOES.match(text, end)))
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
    return bool(_OF_SOMEBODY.search(text)) and 2 * sum(word[0].islower() for word in words) >= len(words)


_PAIR = re.compile(r"(?<![\w'-])([^\W\d_]{3,30})(?![\w-])( [^\W\d_]{3,30}(?![\w-]))?")


def _capitalised(pair: re.Match[str]) -> str:
    first, behind = pair.groups(default="")
    if not is_given(first) or first in talk.ORDINARY:
        return pair[0]
    return first.title() + (behind.title() if behind and is_surname(behind.strip()) else behind)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The name without ordinary words at its ends; empty where nothing is left, or all of it is in capitals."""
    words = text[start:end].split(" ")
    while words and not _may_be_name(words[0]):
        start += len(words.pop(0)) + 1
    while words and not _may_be_name(words[-1]):
        end -= len(words.pop()) + 1
    name = text[start:end]
    return (start, end) if words and not name.isupper() and name not in _AUXILIARIES else (start, start)


_AUXILIARIES = frozenset({"Will", "May"})
"""Given names that begin a question when they stand alone."""


def _may_be_name(word: str) -> bool:
    plain = word.rstrip(".").casefold()
    opens = plain in talk.ORDINARY or plain in talk.BEFORE
    return word[0].isupper() and not opens and not (plain.endswith("ly") and not is_given(plain))


PROSE = (
    Detector(gates=(talk.GATES,), scan=_cased),
    Detector(gates=(talk.ONE_CASE, talk.SMALL_GATES), scan=_of_one_case),
)
