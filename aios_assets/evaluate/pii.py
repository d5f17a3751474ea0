"""Evaluation of the personal-data detector against texts whose spans somebody marked by hand.

The file is a JSON list of `{"full_text", "spans": [{"entity_type", "entity_value", "start_position", "end_position"}]}`
(the format of presidio-research). A marked span is found where spans of the matching type cover at least half of it; a span
of ours is right where marked spans of a matching type cover at least half of it. Types that nobody looks for here (an
organisation, a web address, a time) are listed as out of scope, with how many there are, and count nowhere.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from aios_assets.enrich import personal
from aios_assets.errors import AiosError

MARKED_AS: Mapping[str, tuple[str, ...]] = {
    "mail": ("EMAIL_ADDRESS", "EMAIL"),
    "phone": ("PHONE_NUMBER", "PHONE"),
    "iban": ("IBAN_CODE", "IBAN"),
    "card": ("CREDIT_CARD", "CREDIT_CARD_NUMBER"),
    "id": (
        *(
            "US_SSN",
            "SSN",
            "US_ITIN",
            "US_DRIVER_LICENSE",
            "DRIVER_LICENSE",
            "US_PASSPORT",
            "PASSPORT",
            "UK_NHS",
            "UK_NINO",
            "NRP_ID",
        ),
        *(
            "NATIONAL_ID",
            "ID",
            "ES_NIF",
            "ES_NIE",
            "IT_FISCAL_CODE",
            "IT_DRIVER_LICENSE",
            "PL_PESEL",
            "SG_NRIC_FIN",
            "AU_TFN",
            "IN_PAN",
        ),
        *(
            "IN_AADHAAR",
            "FI_PERSONAL_IDENTITY_CODE",
            "KR_RRN",
            "SE_PERSONNUMMER",
            "DE_TAX_ID",
            "TR_NATIONAL_ID",
            "UK_PASSPORT",
        ),
    ),
    "ip": ("IP_ADDRESS", "IP"),
    "birth": ("DATE_OF_BIRTH", "DOB", "BIRTH_DATE"),
    "address": ("ADDRESS", "STREET_ADDRESS"),
    "person": ("PERSON", "NAME"),
}
"""Our types, and what markers call them."""

_ALSO_RIGHT: Mapping[str, tuple[str, ...]] = {
    "birth": ("DATE_TIME", "DATE"),
    "address": ("LOCATION", "GPE", "ZIP_CODE", "ZIP", "CITY", "COUNTRY", "STATE", "US_ZIP_CODE"),
    "person": ("TITLE",),
}
"""Marks inside which a span of ours is right as well, without being owed: the town of an address."""

_TYPE_OF = {mark: kind for kind, marks in MARKED_AS.items() for mark in marks}


class EvaluationError(AiosError):
    """A file that cannot be evaluated against."""


@dataclass(frozen=True)
class Score:
    """One type's counts: `marked` spans, of which `found`; our `answered` spans, of which `right`."""

    type: str
    marked: int
    found: int
    answered: int
    right: int

    @property
    def precision(self) -> float | None:
        """Share of our spans that are right; None where there are none."""
        return self.right / self.answered if self.answered else None

    @property
    def recall(self) -> float | None:
        """Share of marked spans that were found; None where there are none."""
        return self.found / self.marked if self.marked else None

    @property
    def f2(self) -> float | None:
        """Recall counts four times what precision does; None where nothing was marked."""
        if self.recall is None:
            return None
        precision = self.precision or 0.0
        return 5 * precision * self.recall / (4 * precision + self.recall) if precision and self.recall else 0.0

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        counts = {"marked": self.marked, "found": self.found, "answered": self.answered, "right": self.right}
        return {"type": self.type, "precision": self.precision, "recall": self.recall, "f2": self.f2, **counts}


@dataclass(frozen=True)
class Result:
    """How well personal data was found in one file: by type, all together, and what is out of scope."""

    file: str
    texts: int
    types: tuple[Score, ...]
    overall: Score
    out_of_scope: Mapping[str, int]

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "file": self.file,
            "texts": self.texts,
            "types": [score.plain() for score in self.types],
            "overall": self.overall.plain(),
            "out_of_scope": dict(self.out_of_scope),
        }

    def lines(self) -> list[str]:
        """A table for a terminal."""
        head = (
            f"{'type':<10}{'precision':>10}{'recall':>8}{'F2':>8}{'marked':>8}{'found':>7}{'answered':>10}{'right':>7}"
        )
        rows = [
            f"{s.type:<10}{_share(s.precision):>10}{_share(s.recall):>8}{_share(s.f2):>8}{s.marked:>8}{s.found:>7}{s.answered:>10}{s.right:>7}"
            for s in (*self.types, self.overall)
        ]
        beyond = ", ".join(f"{name} {number}" for name, number in self.out_of_scope.items())
        return [f"{self.file}: {self.texts} texts", head, *rows, *([f"out of scope: {beyond}"] if beyond else [])]


def evaluate(path: Path | str) -> Result:
    """Precision, recall and F2 by type. Raises EvaluationError for a file that is not in the format."""
    texts, marks = _read(Path(path))
    answers: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for row, start, end, kind, _ in personal.find(pl.Series(texts, dtype=pl.String)).iter_rows():
        answers[row].append((start, end, kind))
    counts: dict[str, list[int]] = {kind: [0, 0, 0, 0] for kind in personal.TYPES}
    out_of_scope: dict[str, int] = defaultdict(int)
    for row, marked in enumerate(marks):
        for start, end, mark in marked:
            kind = _TYPE_OF.get(mark)
            if kind is None:
                out_of_scope[mark] += 1
                continue
            counts[kind][0] += 1
            counts[kind][1] += _covered(start, end, [(s, e) for s, e, k in answers[row] if k == kind])
        for start, end, kind in answers[row]:
            fitting = {*MARKED_AS[kind], *_ALSO_RIGHT.get(kind, ())}
            counts[kind][2] += 1
            counts[kind][3] += _covered(start, end, [(s, e) for s, e, mark in marked if mark in fitting])
    types = tuple(Score(kind, *numbers) for kind, numbers in counts.items() if any(numbers))
    overall = Score("all", *(sum(numbers[at] for numbers in counts.values()) for at in range(4)))
    return Result(str(path), len(texts), types, overall, dict(sorted(out_of_scope.items())))


def _covered(start: int, end: int, others: Sequence[tuple[int, int]]) -> bool:
    held: set[int] = set()
    for other_start, other_end in others:
        held.update(range(max(start, other_start), min(end, other_end)))
    return 2 * len(held) >= max(1, end - start)


def _read(path: Path) -> tuple[list[str], list[list[tuple[int, int, str]]]]:
    do = 'give a JSON list of {"full_text", "spans": [{"entity_type", "start_position", "end_position"}]}'
    try:
        records = json.loads(path.read_text(encoding="utf-8"))
        texts = [str(record["full_text"]) for record in records]
        marks = [
            [(int(s["start_position"]), int(s["end_position"]), str(s["entity_type"])) for s in record["spans"] or ()]
            for record in records
        ]
    except OSError as broken:
        raise EvaluationError(str(path), str(broken), "give a file that can be read") from broken
    except (ValueError, KeyError, TypeError) as broken:
        raise EvaluationError(str(path), f"it is not in the format ({type(broken).__name__}: {broken})", do) from broken
    if not texts:
        raise EvaluationError(str(path), "it holds no texts", do)
    return texts, marks


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
