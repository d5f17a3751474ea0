"""Lines that nobody's detector was written from, with what is personal in them marked by hand: `Ask {person:Ada} today`.

`people.txt` and `goods.txt` hold them, one a line (`\\n` is a line end), written before the detectors were looked at. Half
of the lines, drawn by their digest, is the open half: its misses may be read. The sealed half is scored by number only.

    python -m tests.aios_assets.enrich.unseen.marked            both halves by type
    python -m tests.aios_assets.enrich.unseen.marked --misses   what is wrong in the open half
"""

import hashlib
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import polars as pl

from aios_assets.enrich import personal
from aios_assets.evaluate.pii import Result, evaluate

FOLDER = Path(__file__).parent
FILES = ("people.txt", "goods.txt")
_MARK = re.compile(r"\{([a-z]+):([^}]*)\}")
_NAMED = {"mail": "EMAIL", "iban": "IBAN", "card": "CREDIT_CARD", "birth": "DATE_OF_BIRTH"}
Half = Literal["open", "sealed"]


class Marked(NamedTuple):
    """One text and what is personal in it: start, end, type."""

    text: str
    spans: tuple[tuple[int, int, str], ...]


def lines(half: Half) -> list[Marked]:
    """The lines of one half, in order."""
    written = [line for name in FILES for line in (FOLDER / name).read_text(encoding="utf-8").splitlines() if line]
    return [read(line) for line in written if half_of(line) == half]


def half_of(line: str) -> Half:
    """By lot, but always the same: the lowest bit of its digest."""
    return "sealed" if hashlib.sha256(line.encode()).digest()[0] & 1 else "open"


def read(line: str) -> Marked:
    """`Ask {person:Ada}` as `Ask Ada` and (4, 7, person)."""
    line = line.replace("\\n", "\n")
    text, spans, at = "", [], 0
    for mark in _MARK.finditer(line):
        text += line[at : mark.start()]
        spans.append((len(text), len(text) + len(mark[2]), mark[1]))
        text += mark[2]
        at = mark.end()
    return Marked(text + line[at:], tuple(spans))


def score(half: Half) -> Result:
    """Precision, recall and F2 by type, as `aios evaluate pii` says them."""
    records = [
        {
            "full_text": marked.text,
            "spans": [
                {"entity_type": _NAMED.get(kind, kind.upper()), "start_position": start, "end_position": end}
                for start, end, kind in marked.spans
            ],
        }
        for marked in lines(half)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{half}.json"
        path.write_text(json.dumps(records), encoding="utf-8")
        return evaluate(path)


def wrong() -> Iterator[str]:
    """Lines of the open half whose spans are not those that were marked."""
    marked = lines("open")
    found = personal.find(pl.Series([each.text for each in marked]))
    for row, each in enumerate(marked):
        ours = [(s, e, kind) for s, e, kind in found.filter(pl.col("row") == row).select("start", "end", "type").rows()]
        if not (_covers(ours, each.spans) and _covers(each.spans, ours)):
            told = [[f"{kind}:{each.text[s:e]}" for s, e, kind in spans] for spans in (each.spans, ours)]
            yield f"{each.text!r}\n    marked {told[0]}\n    found  {told[1]}"


def _covers(some: Sequence[tuple[int, int, str]], others: Sequence[tuple[int, int, str]]) -> bool:
    """Whether half of each of the others is covered by one of the same type, as the evaluation counts it."""
    return all(
        any(kind == k and 2 * (min(end, e) - max(start, s)) >= end - start for s, e, k in some)
        for start, end, kind in others
    )


def main() -> None:
    """Prints the scores, or the misses."""
    if "--misses" in sys.argv:
        print("\n".join(wrong()))
        return
    for half in ("open", "sealed"):
        print("\n".join(score(half).lines()))


if __name__ == "__main__":
    main()
