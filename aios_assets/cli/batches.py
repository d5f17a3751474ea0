"""Batches: many decisions in one file, CSV or JSON."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aios_assets.cli.deciding import record_of
from aios_assets.errors import SettingsError

DO = "give lines of id,verdict,why or left,right,verdict,why (CSV with these heads, or a JSON list of such objects)"
MOST = 100_000


@dataclass(frozen=True)
class Line:
    """One decision of a batch: a review by its ID (`name`), or two records by name (`pair`)."""

    name: str
    pair: Any
    verdict: str
    why: str
    over: int | None


def lines_of(file: Path) -> list[Line]:
    """The decisions in a file. Raises SettingsError for a file that holds none."""
    if not file.is_file():
        raise SettingsError(str(file), "there is no such file", DO)
    try:
        text = file.read_text(encoding="utf-8-sig")
        rows = json.loads(text) if text.lstrip().startswith(("[", "{")) else list(csv.DictReader(text.splitlines()))
    except (UnicodeDecodeError, ValueError, RecursionError, csv.Error) as broken:
        raise SettingsError(str(file), f"it cannot be read ({broken})", DO) from broken
    if isinstance(rows, dict):
        rows = rows.get("decisions", rows.get("reviews"))
    if not isinstance(rows, list) or not rows:
        raise SettingsError(str(file), "it holds no decisions", DO)
    if len(rows) > MOST:
        raise SettingsError(str(file), f"it holds {len(rows):,} decisions", f"give at most {MOST:,} at a time")
    return [_line(file, number, row) for number, row in enumerate(rows, start=1)]


def _line(file: Path, number: int, row: Any) -> Line:
    from aios_assets.reviews import pair_of

    told = {str(name).strip().lower(): value for name, value in row.items()} if isinstance(row, dict) else {}
    cells = {name: str(told.get(name) or "").strip() for name in ("id", "left", "right", "verdict", "why", "over")}
    named = bool(cells["left"] and cells["right"])
    if not cells["verdict"] or not (cells["id"] or named) or (cells["over"] and not cells["over"].isdigit()):
        raise SettingsError(f"{file}, line {number}", "it is no decision", DO)
    pair = None if cells["id"] else pair_of(*record_of(cells["left"]), *record_of(cells["right"]))
    over = int(cells["over"]) if cells["over"] else None
    return Line(cells["id"], pair, cells["verdict"], cells["why"], over)
