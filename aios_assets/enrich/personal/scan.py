"""Scan: from a column of text to spans, in three sieves of which each but the last can only let too much through.

One linear-time expression over the column (Rust), one a detector over what is left (Rust), then the detector itself, in
Python, on the few values that remain. Every Python expression is bounded, so no text makes one slow.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from aios_assets.enrich.personal.fold import fold, places
from aios_assets.enrich.personal.span import Span, hide_tokens, settle

SPANS = pl.Schema({"row": pl.UInt32, "start": pl.UInt32, "end": pl.UInt32, "type": pl.String, "text": pl.String})
"""One row a span: which value, from which character to which (code points, end exclusive), what, and the text there."""


@dataclass(frozen=True)
class Detector:
    """Finds data of some types in one folded text, given what the detectors before it found there.

    `gates` are Rust expressions that all match every text in which `scan` can find something. The first reads every value
    and is written to be fast (no Unicode word boundary), the others read what the ones before them let through. A gate of
    several expressions is matched by any of them: one automaton for all would be many times slower than each in turn.
    """

    gates: tuple[str | tuple[str, ...], ...]
    scan: Callable[[str, Sequence[Span]], Iterable[Span]]


def passes(gate: str | tuple[str, ...]) -> pl.Expr:
    """Which of the column `text` a gate lets through."""
    forms = (gate,) if isinstance(gate, str) else gate
    return pl.any_horizontal([pl.col("text").str.contains(form) for form in forms])


@dataclass(frozen=True)
class Scanner:
    """Detectors in the order they run; `types` in order of precedence where spans overlap.

    A group's first gates are one expression: a few alternatives cost what one does, too many cost far more.
    `beside` looks for what counts only in a text where something was found already.
    """

    types: tuple[str, ...]
    groups: tuple[tuple[Detector, ...], ...]
    beside: Callable[[str, Sequence[Span]], Iterable[Span]] | None = None

    @cached_property
    def detectors(self) -> tuple[Detector, ...]:
        """All of them, in order."""
        return tuple(detector for group in self.groups for detector in group)

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {kind: rank for rank, kind in enumerate(self.types)}

    def find(self, values: pl.Series) -> pl.DataFrame:
        """Every datum in the values, as SPANS, ordered by row and start; null holds none."""
        texts, rows, plans = self._candidates(values)
        found = [
            (row, *where, span.type)
            for row, text, plan in zip(rows, texts, plans, strict=True)
            for span, where in _placed(self.scan(text, plan), values, row)
        ]
        spans = pl.DataFrame(found, schema={k: SPANS[k] for k in ("row", "start", "end", "type")}, orient="row")
        return spans.with_columns(_cut(values, spans)).select(SPANS.names())

    def rows(self, values: pl.Series) -> list[int]:
        """Which values hold a datum: the same judgement as `find`, without placing what was found."""
        return [row for text, row, plan in zip(*self._candidates(values), strict=True) if self.scan(text, plan)]

    def scan(self, text: str, plan: int = -1) -> list[Span]:
        """The spans of one folded text; bit i of `plan` says whether detector i need run."""
        text = hide_tokens(text)
        found: list[Span] = []
        for at, detector in enumerate(self.detectors):
            if plan >> at & 1:
                found.extend(detector.scan(text, found))
        if found and self.beside:
            found.extend(self.beside(text, found))
        return settle(found, self._ranks)

    def _candidates(self, values: pl.Series) -> tuple[list[str], list[int], list[int]]:
        """Folded texts that may hold something, their rows, and which detectors must look."""
        frame = pl.DataFrame({"text": fold(values.cast(pl.String))}).with_row_index("row")
        passed = frame.select(passes(_sieve(group)).alias(str(n)) for n, group in enumerate(self.groups))
        plans: dict[int, int] = {}
        bit = 1
        for home, group in zip(passed, self.groups, strict=True):
            few = frame.filter(home)
            alone = len(group) == 1  # then what the sieve let through is what its gate lets through
            first = (
                [home.filter(home)]
                if alone
                else few.select(passes(d.gates[0]).alias(str(n)) for n, d in enumerate(group))
            )
            for mask, detector in zip(first, group, strict=True):
                left = few.filter(mask)
                for gate in detector.gates[1:]:
                    left = left.filter(passes(gate)) if len(left) else left
                for row in left["row"]:
                    plans[row] = plans.get(row, 0) | bit
                bit <<= 1
        rows = sorted(plans)
        texts = frame["text"].gather(rows).to_list() if rows else []
        return texts, rows, [plans[row] for row in rows]


def _sieve(group: Sequence[Detector]) -> tuple[str, ...]:
    """What the first gates of a group let through: one expression for those that are one."""
    first = [detector.gates[0] for detector in group]
    whole = "|".join(f"(?:{gate})" for gate in first if isinstance(gate, str))
    return (*([whole] if whole else []), *(form for gate in first if not isinstance(gate, str) for form in gate))


def _placed(spans: list[Span], values: pl.Series, row: int) -> list[tuple[Span, tuple[int, int]]]:
    if not spans:
        return []
    there = places(values[row])
    if there is None:
        return [(span, (span.start, span.end)) for span in spans]
    return [(span, (there[span.start], there[span.end - 1] + 1)) for span in spans]


def _cut(values: pl.Series, spans: pl.DataFrame) -> pl.Series:
    triples = zip(spans["row"], spans["start"], spans["end"], strict=True)
    return pl.Series("text", [values[row][start:end] for row, start, end in triples], dtype=pl.String)
