"""Prose: names in sentences that speak of a person or to one, with no word that introduces them.

A name alone is never enough, nor is a given name with a surname ("Paul Smith shirt"): what stands before or behind it must be
what one says of people. Where that could be said of a product or a company as well, the name must be a known one, or `he`
or `she` stand behind it in the same text.
"""

import re
from collections.abc import Iterator, Sequence
from enum import IntEnum

from aios_assets.enrich.personal import talk
from aios_assets.enrich.personal.eponym import COMPANY, is_borne
from aios_assets.enrich.personal.names import is_given, is_surname, is_town
from aios_assets.enrich.personal.phrases import BEFORE, KIN_WORDS, Before
from aios_assets.enrich.personal.scan import Detector
from aios_assets.enrich.personal.span import Span


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
    SPOKEN = 4
    """A known given name that ends its phrase, in sentences that say I, my, he, she."""
    ANY = 5
    """As NOTHING, in such sentences."""
    PRONOUN = 6
    """`he` or `she` behind it in the same text."""
    PROSE = 7
    """In sentences that say I, my, he, she: to be known and to begin one, or to be WHOLE."""


_IN_PROSE = (Needs.SPOKEN, Needs.ANY, Needs.PROSE)
_CAPITAL = r"[^\W\d_a-z\u00df-\u00f6\u00f8-\u00ff]"
_PART = rf"{_CAPITAL}(?:\.|[^\W\d_]{{1,30}}(?:['\u2019-][^\W\d_]{{2,30}}){{0,2}})"
_SMALL = r"(?:van|von|de|der|den|del|della|di|da|dos|du|la|le|el|al|bin|ter|zu) "
_NAME = re.compile(rf"(?<![^\W_]){_PART}(?: (?:{_SMALL}){{0,2}}{_PART}){{0,3}}(?![^\W_])")
_BEGUN = re.compile(r"(?:^|[.!?:;(\u2014\u201d\"'-]\s|[\n\"\u201c(]\s{0,2})$")
_ENDS = re.compile(r"[.!]?\s{0,3}(?:$|\n)")
_GREETED = re.compile(r"\s{0,2}(?:[,!:.\n]| [\u2013-]|$)")
_QUOTED = re.compile(r"[,!?.]['\"\u2019\u201d]+ [^\W\d_]+ $")
_MOST_WORDS = max(len(phrase.split()) for phrase in BEFORE)

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
        (r",? (?:here|speaking|this side)(?=\s{0,2}(?:[,.:;!-]|and|$))", Needs.KNOWN),
        (rf"['\u2019]s? (?:{talk.THINGS})(?![^\W_])", Needs.KNOWN),
        (rf"['\u2019]s? (?:{talk.THINGS})(?![^\W_])", Needs.ANY),
        (r" \((?:customer|client|kund|klant|klient|cliente|verified|age)", Needs.WHOLE),
        (r",? (?:\(?[0-9]{2}\)?,|aged [0-9]{2})", Needs.WHOLE),
        (talk.DEGREE, Needs.WHOLE),
    )
)
_GOES_ON = re.compile(r"['\u2019]|,? [a-z(\u00df-\u024f]|,? ?(?:M\.?D|Ph|D[DV]|RN|Esq)|, [A-Z]|,")
_ASKED = re.compile(rf", (?i:{talk.ASKS})(?![^\W_])")
_TOGETHER = re.compile(
    rf" and {_PART}(?: {_PART})? (?:are|were|have|had|went|got|met|both|live[ds]?|married|moved|decided|agreed)(?![^\W_])"
)
_BOTH = re.compile(rf" and ({_CAPITAL}[^\W\d_]+) [a-z]")
_HANDED = re.compile(r"(?<![^\W_])(?:send|sent|pay|transfer|wire|lend|mail|give|hand|deliver)(?: [^\s.]+){1,6} to $")
_DOES = re.compile(r" (?:is|was|has|had|can|will|would|did|does|[a-z]{2,14}(?:ed|es|s|an|t|ew|ook)) ")
_WORDED = re.compile(
    r"(?<![^\W_])(?:the|an?|it|this|that|his|her|their|my|our|me|us|him|them|to|for|on|at|from|in|der|die|das|den|ein|eine|zu|le|la|"
    r"un|une|el|una|il|lo|het|een|we?|na|ett?|och)(?![^\W_])"
)
"""The small words of a sentence; what a shelf says of its goods has few."""
_OF_HIM = re.compile(r"(?<!for )(?<!and )(?<!or )(?<![^\W_])(?:he|she|him|his|her|He|She|His|Her)(?![^\W_])")
_OF_SOMEBODY = re.compile(rf"(?<![^\W_])(?:{talk.HUMAN})")
_OF_ORDERS = re.compile(rf"(?<![^\W_])(?:{talk.SERVICE})(?![^\W_])")
_MADE_BY = re.compile(r"(?i)(?:^|[\s(])(?:by|featuring|feat\.?|starring|the|brand|author|artist|vs\.?|&|\+)\s$")
"""What stands before the name of a maker, an author, an actor: an attribute of the product."""
_PLACED = re.compile(r"(?<![^\W_])(?:in|at|near|from|the|im|aus|en|[aà]|w)\s$")


def _cased(text: str, _: Sequence[Span]) -> Iterator[Span]:
    return iter(()) if text.islower() or text.isupper() else _prose(text, text)


def _of_one_case(text: str, _: Sequence[Span]) -> Iterator[Span]:
    """A short text all in small or all in capital letters, read with its known names in capitals, character for character."""
    if len(text) > talk.LONGEST or not (text.islower() or text.isupper()):
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
        asked = _needs(shown, start, end)
        if one_case:  # to begin a sentence tells nothing in a text without capitals
            asked = {needs for needs in asked if needs <= Needs.WHOLE or needs in _IN_PROSE}
        met = any(_is_met(needs, shown, start, end, text) for needs in asked if needs not in _IN_PROSE)
        if not met:
            prose = _is_prose(text) if prose is None else prose
            ways = {Needs.PROSE, *asked}.intersection(_IN_PROSE)
            met = prose and any(_is_met(needs, shown, start, end, text) for needs in ways)
        met = met and not is_borne(shown, start, end)
        (people if met else others).append((start, end))
    known = {word for start, end in people for word in shown[start:end].split() if len(word) > 2}
    people += [place for place in others if known and _is_beside(shown, *place, known)]
    yield from (Span(start, end, "person") for start, end in people)


def _needs(text: str, start: int, end: int) -> set[Needs]:
    """What the words around a name ask of it, each enough by itself; nothing where they say nothing."""
    begun = _begins(text, start)
    asked = {*_behind(text, start, end, begun=begun), *(_before(text, start, end) if start else ())}
    if talk.DEGREED.search(text[start:end]):
        asked.add(Needs.WHOLE)
    if begun and text[start:end].endswith(".") and not text[end : end + 2].strip(" ").istitle():
        asked.add(Needs.FULL)  # "Ann B. writes", as reviews are signed
    if (
        not start
        and len(text) < _ONE_SENTENCE
        and text.rstrip().endswith((".", "!", "?"))
        and _GOES_ON.match(text, end)
    ):
        asked.add(Needs.FULL)
    if _DASHED.search(text[max(0, start - 4) : start]) and _ENDS_NAME.match(text, end):
        asked.add(Needs.FULL)
    return asked


_ONE_SENTENCE = 120
"""Characters of a text that is one sentence about somebody, not a description's first."""
_DASHED = re.compile(r"(?:^|\n)[-\u2013\u2014~] ?$")
_ENDS_NAME = re.compile(r"\.?(?:$|[,\n(])")
"""A line that a dash begins and a name follows is signed."""


def _begins(text: str, start: int) -> bool:
    return bool(_BEGUN.search(text[max(0, start - 4) : start]))


def _behind(text: str, start: int, end: int, *, begun: bool) -> Iterator[Needs]:
    if not _GOES_ON.match(text, end):
        return
    yield from (needs for form, needs in _BEHIND if form.match(text, end))
    if begun and _ASKED.match(text, end):
        yield Needs.NOTHING
    if begun and _DOES.match(text, end) and (_WORDED.search(text, end) or not _is_full(text[start:end])):
        yield Needs.FULL if _is_full(text[start:end]) else Needs.PRONOUN
    if _TOGETHER.match(text, end) and is_given(text[start:end].split(maxsplit=1)[0]):
        yield Needs.KNOWN
    if begun and (both := _BOTH.match(text, end)) and is_given(both[1]) and _WORDED.search(text, both.end()):
        yield Needs.KNOWN


def _before(text: str, start: int, end: int) -> Iterator[Needs]:
    if not text[start - 1].isspace():
        return
    words = text[max(0, start - 40) : start].lower().split()
    for count in range(1, min(_MOST_WORDS, len(words)) + 1):
        phrase = " ".join(words[-count:]).lstrip("\"'(\u201c-")
        if phrase in BEFORE:
            yield from _of(BEFORE[phrase], text, start, end)
    if text.endswith(" to ", 0, start) and _HANDED.search(text[max(0, start - 60) : start]):
        yield Needs.KNOWN


def written_beside(text: str, found: Sequence[Span]) -> Iterator[Span]:
    """Whole names that are known, in a text that holds a person's mail, telephone, account, number or address as well."""
    if len(text) > talk.LONGEST * 5 or not any(span.type in _OWNED for span in found):
        return
    shown = _shown(text) if text.isupper() else text
    owners = [span.start for span in found if span.type in ("mail", "phone")]
    for hit in _NAME.finditer(shown):
        start, end = _trimmed(shown, *hit.span())
        name = shown[start:end]
        known = start < end and not is_town(name) and not _MADE_BY.search(text[max(0, start - 14) : start])
        known = known and (_is_full(name) or (" " in name and any(_OWNS.fullmatch(text, end, at) for at in owners)))
        if (
            known
            and not is_borne(text, start, end)
            and not any(span.start < end and start < span.end for span in found)
        ):
            yield Span(start, end, "person")


_OWNS = re.compile(r",? [<(]")
"""What stands between a name and the mail or telephone of who bears it."""
_OWNED = frozenset({"mail", "phone", "iban", "card", "id", "address", "birth"})


def _is_full(name: str) -> bool:
    """Whether a given name and a surname are known, in either order."""
    words = name.split()
    return len(words) > 1 and any(
        is_given(first) and (is_surname(last) or _INITIAL.fullmatch(last))
        for first, last in ((words[0], words[-1]), (words[-1], words[0]))
    )


_INITIAL = re.compile(r"[^\W\d_a-z]\.")
_PARTS = re.compile(r"(?:^|[.!?\n,;]\s{0,3})[^\W\d_]+(?: [^\W\d_]+){0,3}(?:[,!.:]\s{1,3}|\s{0,2}\n\s{0,3}| )$")
"""A farewell begins its line or sentence."""
_ACTS = re.compile(
    r"(?:,| (?:could|can|may|[a-z]{2,14}(?:ed|es|s|t|te|l|la|li|lo)|ist|is|was|has|war|hat|will|would)(?![^\W_]))"
)
"""How a sentence goes on about what somebody does: "Agent Ann noted"."""
_CLOSES = re.compile(
    r"(?:\s{0,2}(?:$|[.,;:!?)\n\"\u201d])|['\u2019]s? | (?:is|was|has|had|will|would|can|could|does|did|[a-z]{2,12}ed|and|or|"
    r"at|in|on|who|to|for|from|when|because|but|und|oder|ist|war|hat|kann|wird|am|um|et|est|a|y|está|ha|e|è|en|heeft|i|jest|"
    r"och|är|har)(?![^\W_]))"
)
"""What stands behind a name that is said for itself, and not before a thing that is called by it."""


_SAYS = {
    Before.CALLED: (Needs.NOTHING,),
    Before.ONLY: (Needs.KNOWN, Needs.ANY),
    Before.MET: (Needs.KNOWN,),
    Before.KIN: (Needs.KNOWN, Needs.ANY),
    Before.ROLE: (Needs.WHOLE,),
    Before.HANDLED: (Needs.WHOLE, Needs.SPOKEN),
    Before.LINK: (Needs.SPOKEN,),
}


def _of(kind: Before, text: str, start: int, end: int) -> tuple[Needs, ...]:
    """What a phrase before a name asks of it, each enough; nothing where what stands behind does not fit the phrase."""
    match kind:
        case Before.ASKED_FOR:
            return (Needs.NOTHING,) if _ENDS.match(text, end) else ()
        case Before.SAID:
            return (Needs.NOTHING if _QUOTED.search(text[max(0, start - 24) : start]) else Needs.KNOWN,)
        case Before.GREETED:
            fits = _GREETED.match(text, end) and _begins_line(text, start)
            return (Needs.KNOWN, Needs.ANY) if fits else ()
        case Before.PARTED:
            parted = _PARTS.search(text[max(0, start - 40) : start]) and _ENDS.match(text, end)
            alone = text[:start].rstrip(" ").endswith("\n") and not text[end:].strip(" .!\n")
            return (Needs.NOTHING if alone else Needs.KNOWN,) if parted else ()
        case Before.ROLE if _ACTS.match(text, end):
            return (Needs.KNOWN,)
        case _:
            return _SAYS[kind]


def _begins_line(text: str, start: int) -> bool:
    """Whether there are three words at most before it in its line or sentence."""
    return len(re.split(r"[\n.!?]", text[max(0, start - 40) : start])[-1].split()) <= 3


def _is_met(needs: Needs, text: str, start: int, end: int, written: str) -> bool:
    words = text[start:end].split()
    given = is_given(words[0])
    match needs:
        case Needs.NOTHING | Needs.ANY:
            return not COMPANY.search(text[start : end + 12])
        case Needs.KNOWN:
            return given or is_surname(words[-1]) or (len(words) > 1 and _INITIAL.fullmatch(words[0]) is not None)
        case Needs.WHOLE | Needs.FULL:
            return given and len(words) > 1 if needs is Needs.WHOLE else _is_full(text[start:end])
        case Needs.SPOKEN:
            return given and bool(_CLOSES.match(text, end))
        case Needs.PROSE:
            whole = given and len(words) > 1 and not _MADE_BY.search(text[max(0, start - 14) : start])
            known = given or (len(words) > 1 and (is_surname(words[0]) or is_surname(words[-1]) or is_given(words[-1])))
            return whole or (known and _begins(text, start) and bool(_DOES.match(text, end)))
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
    spoken = _OF_SOMEBODY.search(text) or (_OF_ORDERS.search(text) and _WORDED.search(text))
    return bool(spoken) and 5 * sum(word[0].islower() for word in words) >= 2 * sum(word[0].isalpha() for word in words)


_SINGLE = re.compile(r"(?<![\w'-])[^\W\d_]{3,30}(?![\w-])")


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


_AUXILIARIES = frozenset({"Will", "May"})
"""Given names that begin a question when they stand alone."""


def _may_be_name(word: str) -> bool:
    plain = word.rstrip(".").casefold()
    said = BEFORE.get(plain)
    opens = plain in talk.ORDINARY or plain in KIN_WORDS or (said and not (said is Before.MET and is_given(plain)))
    return word[0].isupper() and not opens and not (plain.endswith("ly") and not is_given(plain))


PROSE = (
    Detector(gates=(talk.GATES,), scan=_cased),
    Detector(gates=(talk.ONE_CASE, talk.SMALL_GATES), scan=_of_one_case),
)
