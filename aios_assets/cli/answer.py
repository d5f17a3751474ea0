"""Answer: how every command speaks: plain lines for people, one JSON object for programs, an exit code for scripts."""

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import typer

DONE, FAULT, WRONG_USE, SAID_NO, INTERRUPTED = 0, 1, 2, 3, 130

LakeOption = Annotated[str | None, typer.Option("--lake", metavar="DIR", help="The lake's folder (default: ./lake).")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, everything else on stderr.")]


def tell(told: Mapping[str, Any], lines: Iterable[str], *, as_json: bool) -> None:
    """Prints the answer: the object as JSON, or the lines."""
    if as_json:
        _out(json.dumps(told, ensure_ascii=False, default=str))
    else:
        for line in lines:
            _out(line)


def progress(line: str) -> None:
    """One line about work that goes on, on stderr."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def tell_fault(what: str, why: str, do: str, *, as_json: bool) -> None:
    """Says what went wrong, why, and what to do."""
    if as_json:
        _out(json.dumps({"error": {"what": what, "why": why, "do": do}}, ensure_ascii=False))
    progress(f"{what}: {why}\n  To do: {do}")


def table(rows: Iterable[Iterable[object]], header: Iterable[str]) -> list[str]:
    """Columns of text, left-aligned, numbers right-aligned."""
    cells = [[str(cell) for cell in row] for row in rows]
    heads = list(header)
    widths = [max(len(line[at]) for line in [heads, *cells]) for at in range(len(heads))]
    numeric = [bool(cells) and all(_number(line[at]) for line in cells) for at in range(len(heads))]

    def line(values: list[str]) -> str:
        return "  ".join(
            value.rjust(width) if right else value.ljust(width)
            for value, width, right in zip(values, widths, numeric, strict=True)
        ).rstrip()

    return [line(heads), *(line(row) for row in cells)]


def _out(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _number(text: str) -> bool:
    return text in {"", "-"} or text.replace(",", "").replace(".", "").replace("-", "").isdigit()
