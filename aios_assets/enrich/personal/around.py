"""Around: what the words before and behind a name ask of it, if they are what one says of people."""

import re
from collections.abc import Iterator
from enum import IntEnum

from aios_assets.enrich.personal import talk
from aios_assets.enrich.personal.names import is_given, is_surname
from aios_assets.enrich.personal.phrases import BEFORE, Before


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


IN_PROSE = (Needs.SPOKEN, Needs.ANY, Needs.PROSE)
CAPITAL = r"[^\W\d_a-z\u00df-\u00f6\u00f8-\u00ff]"
PART = rf"{CAPITAL}(?:\.|[^\W\d_]{{1,30}}(?:['\u2019-][^\W\d_]{{2,30}}){{0,2}})"
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
    rf" and {PART}(?: {PART})? (?:are|were|have|had|went|got|met|both|live[ds]?|married|moved|decided|agreed)(?![^\W_])"
)
_BOTH = re.compile(rf" and ({CAPITAL}[^\W\d_]+) [a-z]")
_HANDED = re.compile(r"(?<![^\W_])(?:send|sent|pay|transfer|wire|lend|mail|give|hand|deliver)(?: [^\s.]+){1,6} to $")
DOES = re.compile(r" (?:is|was|has|had|can|will|would|did|does|[a-z]{2,14}(?:ed|es|s|an|t|ew|ook)) ")
WORDED = re.compile(
    r"(?<![^\W_])(?:the|an?|it|this|that|his|her|their|my|our|me|us|him|them|to|for|on|at|from|in|der|die|das|den|ein|eine|zu|le|la|"
    r"un|une|el|una|il|lo|het|een|we?|na|ett?|och)(?![^\W_])"
)
"""The small words of a sentence; what a shelf says of its goods has few."""
_ONE_SENTENCE = 120
"""Characters of a text that is one sentence about somebody, not a description's first."""
_DASHED = re.compile(r"(?:^|\n)[-\u2013\u2014~] ?$")
_ENDS_NAME = re.compile(r"\.?(?:$|[,\n(])")
"""A line that a dash begins and a name follows is signed."""
INITIAL = re.compile(r"[^\W\d_a-z]\.")
_PARTS = re.compile(r"(?:^|[.!?\n,;]\s{0,3})[^\W\d_]+(?: [^\W\d_]+){0,3}(?:[,!.:]\s{1,3}|\s{0,2}\n\s{0,3}| )$")
"""A farewell begins its line or sentence."""
_ACTS = re.compile(
    r"(?:,| (?:could|can|may|[a-z]{2,14}(?:ed|es|s|t|te|l|la|li|lo)|ist|is|was|has|war|hat|will|would)(?![^\W_]))"
)
"""How a sentence goes on about what somebody does: "Agent Ann noted"."""
_SAYS = {
    Before.CALLED: (Needs.NOTHING,),
    Before.ONLY: (Needs.KNOWN, Needs.ANY),
    Before.MET: (Needs.KNOWN,),
    Before.KIN: (Needs.KNOWN, Needs.ANY),
    Before.ROLE: (Needs.WHOLE,),
    Before.HANDLED: (Needs.WHOLE, Needs.SPOKEN),
    Before.LINK: (Needs.SPOKEN,),
}


def needs_of(text: str, start: int, end: int) -> set[Needs]:
    """What the words around a name ask of it, each enough by itself; nothing where they say nothing."""
    begun = begins(text, start)
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


def begins(text: str, start: int) -> bool:
    """Whether a sentence or a line begins there."""
    return bool(_BEGUN.search(text[max(0, start - 4) : start]))


def _behind(text: str, start: int, end: int, *, begun: bool) -> Iterator[Needs]:
    if not _GOES_ON.match(text, end):
        return
    yield from (needs for form, needs in _BEHIND if form.match(text, end))
    if begun and _ASKED.match(text, end):
        yield Needs.NOTHING
    if begun and DOES.match(text, end) and (WORDED.search(text, end) or not is_full(text[start:end])):
        yield Needs.FULL if is_full(text[start:end]) else Needs.PRONOUN
    if _TOGETHER.match(text, end) and is_given(text[start:end].split(maxsplit=1)[0]):
        yield Needs.KNOWN
    if begun and (both := _BOTH.match(text, end)) and is_given(both[1]) and WORDED.search(text, both.end()):
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


def is_full(name: str) -> bool:
    """Whether a given name and a surname are known, in either order."""
    words = name.split()
    return len(words) > 1 and any(
        is_given(first) and (is_surname(last) or INITIAL.fullmatch(last))
        for first, last in ((words[0], words[-1]), (words[-1], words[0]))
    )


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
