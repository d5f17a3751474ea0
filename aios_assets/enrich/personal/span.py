"""Span: where in a text something was found; how spans that overlap are settled; how a datum is written one way."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

TOKEN = re.compile(r"\[[a-z]{2,12}:[a-p]{24}\]")
"""What stands in the place of a datum: its type and 96 bits of its keyed digest, in letters that no detector reads."""

_FILL = "]"
_KEPT_DIGITS = frozenset({"phone", "card"})
_KEPT_ALPHANUMERICS = frozenset({"iban", "id"})


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (exclusive, in code points) hold a datum of this type."""

    start: int
    end: int
    type: str


def settle(spans: Iterable[Span], ranks: dict[str, int]) -> list[Span]:
    """Spans that do not overlap, in order: the better ranked type wins, then the longer span, then the earlier.

    What a loser covers beyond the winner is looked at again by whoever replaces the winner and scans anew.
    """
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (ranks[s.type], s.start - s.end, s.start)):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda s: s.start)


def hide_tokens(text: str) -> str:
    """The text with each token overwritten by as many brackets: no datum holds one, so a token is never found, nor split."""
    return TOKEN.sub(lambda found: _FILL * len(found[0]), text) if "[" in text else text


def normal(kind: str, text: str) -> str:
    """The one way to write a datum, so that equal data get equal tokens: `Jane@Example.com` is `jane@example.com`.

    `text` is folded first (see `fold.py`). Telephone numbers keep their digits (`00` and `+` are one prefix), cards
    their digits, IBANs and ids their letters and digits, everything else its words, casefolded.
    """
    from aios_assets.enrich.personal.fold import fold_text  # fold.py knows nothing of spans; kept apart for its tables

    text = fold_text(text)
    if kind in _KEPT_DIGITS:
        digits = re.sub(r"[^0-9]", "", re.split(r"(?i)x|ext", text)[0])
        plus = kind == "phone" and text.lstrip(" (").startswith(("+", "00"))
        return ("+" if plus else "") + (digits.removeprefix("00") if plus else digits)
    if kind in _KEPT_ALPHANUMERICS:
        return re.sub(r"[^0-9A-Z]", "", text.upper())
    if kind == "mail":
        return re.sub(r"\s", "", readable_mail(text)).casefold()
    return " ".join(re.sub(r"[\s,;]+", " ", text.casefold()).split())


def readable_mail(text: str) -> str:
    """`jane [at] example [dot] com` as `jane@example.com`."""
    text = re.sub(r"(?i)\s*[\[({]\s*(?:at|ät)\s*[\])}]\s*|\s+at\s+", "@", text)
    return re.sub(r"(?i)\s*[\[({]\s*(?:dot|punkt|punto|point)\s*[\])}]\s*|\s+dot\s+", ".", text)
