"""Scan: from a column of text to spans, in sieves of which each but the last can only let too much through.

Which kinds of characters a text has (`signs.py`), one linear-time expression over the texts that have what it needs (Rust), one
a detector over what is left (Rust), then the detector itself, in Python, on the few values that remain. Every Python
expression is bounded, so no text makes one slow.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from aios_assets.enrich.personal.fold import fold, places
from aios_assets.enrich.personal.signs import SIGNS, Among, signs
from aios_assets.enrich.personal.span import Span, hide_tokens, settle

SPANS = pl.Schema({"row": pl.UInt32, "start": pl.UInt32, "end": pl.UInt32, "type": pl.String, "text": pl.String})
"""One row a span: which value, from which character to which (code points, end exclusive), what, and the text there."""


@dataclass(frozen=True)
class Detector:
    """Finds data of some types in one folded text, given what the detectors before it found there.

    `gates` are Rust expressions that all match every text in which `scan` can find something. The first reads every value
    of its group and is written to be fast (no Unicode word boundary), the others read what the ones before them let
    through. A gate of several expressions is matched by any of them: one automaton for all would be many times slower than
    each in turn.
    """

    gates: tuple[str | tuple[str, ...], ...]
    scan: Callable[[str, Sequence[Span]], Iterable[Span]]


FEW = 64
"""Texts that detectors look at sooner than an expression is compiled: polars keeps 32 a thread, and there are more."""


def passes(gate: str | tuple[str, ...]) -> pl.Expr:
    """Which of the column `text` a gate lets through."""
    return pl.any_horizontal([pl.col("text").str.contains(form) for form in _forms(gate)])


@dataclass(frozen=True)
class Scanner:
    """Detectors in the order they run; `types` in order of precedence where spans overlap.

    A group finds something only among some texts. Its first gates are one expression: a few alternatives cost what one
    does, too many cost far more. `beside` looks for what counts only in a text where something was found already.
    """

    types: tuple[str, ...]
    groups: tuple[tuple[Among, tuple[Detector, ...]], ...]
    beside: Callable[[str, Sequence[Span]], Iterable[Span]] | None = None

    @cached_property
    def detectors(self) -> tuple[Detector, ...]:
        """All of them, in order."""
        return tuple(detector for _, group in self.groups for detector in group)

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {kind: rank for rank, kind in enumerate(self.types)}

    def find(self, values: pl.Series) -> pl.DataFrame:
        """Every datum in the values, as SPANS, ordered by row and start; null holds none."""
        return self.placed(values, readable(values))

    def placed(self, values: pl.Series, frame: pl.DataFrame) -> pl.DataFrame:
        """As `find`; `frame` is what `readable` makes of the values."""
        texts, rows, plans = self._candidates(frame)
        found = [
            (row, *where, span.type)
            for row, text, plan in zip(rows, texts, plans, strict=True)
            for span, where in _placed(self.scan(text, plan), values, row)
        ]
        spans = pl.DataFrame(found, schema={k: SPANS[k] for k in ("row", "start", "end", "type")}, orient="row")
        return spans.with_columns(_cut(values, spans)).select(SPANS.names())

    def rows(self, frame: pl.DataFrame) -> list[int]:
        """Which of the `readable` values hold a datum: the same judgement as `find`, without placing what was found."""
        return [row for text, row, plan in zip(*self._candidates(frame), strict=True) if self.scan(text, plan)]

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

    def _candidates(self, frame: pl.DataFrame) -> tuple[list[str], list[int], list[int]]:
        """Folded texts that may hold something, their rows, and which detectors must look."""
        masks = frame.select(among.holds.alias(str(n)) for n, (among, _) in enumerate(self.groups))
        own = [frame if mask.all() else frame.filter(mask) for mask in masks]
        homes = _all_through(list(zip(own, (_sieve(group) for _, group in self.groups), strict=True)))
        plans: dict[int, int] = {}
        bit = 1
        for few, (_, group) in zip(homes, self.groups, strict=True):
            alone = len(group) == 1  # then what the sieve let through is what its gate lets through
            first = [few] if alone else _all_through([(few, _forms(detector.gates[0])) for detector in group])
            for left, detector in zip(first, group, strict=True):
                for gate in detector.gates[1:]:
                    (left,) = _all_through([(left, _forms(gate))])  # noqa: PLW2901  each gate reads what is left
                for row in left["row"]:
                    plans[row] = plans.get(row, 0) | bit
                bit <<= 1
        rows = sorted(plans)
        texts = frame["text"].gather(rows).to_list() if rows else []
        return texts, rows, [plans[row] for row in rows]


def readable(values: pl.Series) -> pl.DataFrame:
    """The values as detectors read them: columns `row`, `text` (folded) and what `signs` it has."""
    texts = fold(values.cast(pl.String))
    return pl.DataFrame({"text": texts, SIGNS: signs(texts)}).with_row_index("row")


def _forms(gate: str | tuple[str, ...]) -> tuple[str, ...]:
    return (gate,) if isinstance(gate, str) else gate


def _all_through(asked: Sequence[tuple[pl.DataFrame, tuple[str, ...]]]) -> list[pl.DataFrame]:
    """Of each frame the texts that match one of its expressions, all asked at once; where they are FEW, all of them."""
    many = [(frame, gate) for frame, gate in asked if frame.height > FEW]
    if not many:
        return [frame for frame, _ in asked]
    masks = iter(pl.collect_all(frame.lazy().select(passes(gate)) for frame, gate in many))
    return [frame.filter(next(masks).to_series()) if frame.height > FEW else frame for frame, _ in asked]


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
