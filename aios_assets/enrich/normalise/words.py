"""Words: word lists written as lines of text, and the one list of what people write for nothing."""

from typing import Final


def words(lines: str, *, apart: str | None = None) -> frozenset[str]:
    """The words of a text, apart by white space, or by line ends and the mark given."""
    parts = lines.split() if apart is None else lines.replace("\n", apart).split(apart)
    return frozenset(word.strip() for word in parts if word.strip())


ABSENT: Final = words(
    """
    -|--|---|\u2013|\u2014|?|??|.|..|...|\u2026|/|n/a|n.a.|n.a|na|#n/a|#na|n/v|n.v.|k.a.|k. a.|nd|n.d.|b.d.|bd|null|none
    nil|\\n|(null)|tbd|tba|tbc|unknown|unbekannt|inconnu|desconocido|nieznana|empty|undefined|#value!
    #ref!|#div/0!|#name?|not available|not applicable|does not apply|nicht verf\u00fcgbar|keine angabe|entf\u00e4llt|brak
    nie dotyczy|non applicable|no aplica|unspecified
    various|\u7121\u3057|\u306a\u3057
    """,
    apart="|",
)
"""Lower-case cells that say that nothing is known; a word for zero is not among them."""
