"""Pairwise: what the words of two records share and what is left over on either side, for a learner with labels.

Sums like `evidence` hide which word differs: whether the rarest word is shared, whether a number or half a part number is what
is left over, and how nearly that stands in the other record after all. No word is named, so what is learned holds for others.
"""

import math
from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq, Levenshtein

from aios_assets.enrich.matching import tokens
from aios_assets.enrich.matching.corpus import Corpus

ABSENT: Final = -1.0
"""Stands where there is nothing to compare."""

LATE: Final = 99.0
"""The position of the first word left over where none is."""

SHARED: Final = 9
SIDE: Final = 14
"""How many columns tell of both records, and of either one."""


@dataclass(frozen=True)
class Wording:
    """One record in words: those of its title in order, all that it says, that without punctuation, and its model number."""

    title: str
    words: tuple[str, ...]
    every: frozenset[str]
    squashed: str
    model: str


def pairwise(body: Corpus, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float64]:
    """Pairs x (SHARED columns of both, SIDE of the left record, SIDE of the right one)."""
    said = _wordings(body)
    counts = Counter(word for one in said for word in one.every)
    rarity = {word: math.log(len(said) / count) for word, count in counts.items()}
    rows = []
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        a, b = said[one], said[other]
        rows.append([*_shared(a, b, rarity), *_side(a, b, rarity), *_side(b, a, rarity)])
    return np.array(rows, dtype=np.float64).reshape(len(rows), SHARED + 2 * SIDE)


def _wordings(body: Corpus) -> list[Wording]:
    everything = pl.concat_str("bag", "description", separator=" ")
    text = body.text.select(
        "title",
        words=tokens.words(pl.col("title")),
        every=tokens.words(everything),
        squashed=tokens.squashed(everything),
        model=tokens.squashed(pl.col("model")),
    )
    return [
        Wording(title, tuple(words), frozenset(every), squashed, model)
        for title, words, every, squashed, model in text.iter_rows()
    ]


def _shared(one: Wording, other: Wording, rarity: dict[str, float]) -> list[float]:
    """Overlap plain, by rarity and as a cosine; the rarest word and number shared; left over numbers; spelling."""
    both, either = sorted(one.every & other.every), sorted(one.every | other.every)
    lengths = math.sqrt(_squares(one.every, rarity) * _squares(other.every, rarity))
    numbered = [word for word in both if _numbered(word)]
    lone = [[w for w in a.words if w not in b.every and _numbered(w)] for a, b in ((one, other), (other, one))]
    return [
        len(both) / max(len(either), 1),
        math.fsum(rarity[word] for word in both) / (math.fsum(rarity[word] for word in either) or 1.0),
        _squares(both, rarity) / (lengths or 1.0),
        max((rarity[word] for word in both), default=ABSENT),
        max((rarity[word] for word in numbered), default=ABSENT),
        len(numbered),
        min((Levenshtein.distance(a, b) for a in lone[0] for b in lone[1]), default=ABSENT),
        fuzz.ratio(one.squashed, other.squashed) / 100,
        LCSseq.normalized_similarity(one.title, other.title),
    ]


def _side(one: Wording, other: Wording, rarity: dict[str, float]) -> list[float]:
    """What of one record's title is left over: how much, how rare, how numbered, where, how nearly in the other's title."""
    lone = [w for w in one.words if w not in other.every and not (len(w) > 2 and w in other.squashed)]
    numbered = [word for word in lone if _numbered(word)]
    near = [max((fuzz.ratio(word, there) for there in other.words), default=0.0) / 100 for word in lone]
    missed = math.fsum((1 - close) * rarity[word] for close, word in zip(near, lone, strict=True))
    return [
        len(lone),
        math.fsum(rarity[word] for word in lone),
        max((rarity[word] for word in lone), default=0.0),
        min((rarity[word] for word in lone), default=ABSENT),
        len(numbered),
        sum(word.isdigit() for word in numbered),
        max((len(word) for word in numbered if not word.isdigit()), default=0),
        1 - missed / (math.fsum(rarity[word] for word in one.words) or 1.0),
        max(near, default=ABSENT),
        float(one.model in other.squashed) if one.model else ABSENT,
        fuzz.partial_ratio(one.model, other.squashed) / 100 if one.model else ABSENT,
        float(one.words[0] in other.every) if one.words else ABSENT,
        float(one.words[-1] in other.every) if one.words else ABSENT,
        min((at for at, word in enumerate(one.words) if word in lone), default=LATE),
    ]


def _squares(words: frozenset[str] | list[str], rarity: dict[str, float]) -> float:
    return math.fsum(rarity[word] ** 2 for word in words)


def _numbered(word: str) -> bool:
    return any(letter.isdigit() for letter in word)
