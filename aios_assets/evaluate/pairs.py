"""Evaluation of pair matching on labelled pairs: `COL title VAL … COL price VAL …<tab>COL …<tab>0|1`, one pair a line.

With training pairs the evidence is weighed by trees (see enrich.matching.labels); without any it is weighed as for a
catalogue. The texts of all pairs, never their labels, are the catalogue.
"""

import re
import resource
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import fuzz

from aios_assets.enrich.matching import PAIR_KEYS, MatchModel, learn
from aios_assets.enrich.matching.labels import features, train
from aios_assets.enrich.matching.matches import probabilities
from aios_assets.enrich.matching.pairwise import ABSENT
from aios_assets.evaluate.measures import Hit, best_in_hindsight, calibration, interval, rounded
from aios_assets.evaluate.tables import NAMES, TableError, records_of

FIELDS: Final = frozenset(name for names in NAMES.values() for name in names)
_CELL: Final = re.compile(r"COL (\S+) VAL ?(.*?)(?=\s*COL \S+ VAL |\s*$)")


@dataclass(frozen=True)
class Result:
    """How well labelled pairs were told apart; see `plain` for the JSON."""

    pairs: int
    gold: int
    trained_on: int
    hit: Hit
    f1_ci: tuple[float, float]
    threshold: float
    hindsight: tuple[float, float]
    calibration: list[dict[str, float]]
    errors: list[dict[str, Any]]
    seconds: float
    peak_rss_mb: int

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        told = {
            "kind": "pairs",
            "pairs": self.pairs,
            "gold": self.gold,
            "trained_on": self.trained_on,
            "precision": self.hit.precision,
            "recall": self.hit.recall,
            "f1": self.hit.f1,
            "f1_ci": list(self.f1_ci),
            "threshold": self.threshold,
            "hindsight": {"f1": self.hindsight[0], "threshold": self.hindsight[1]},
            "calibration": self.calibration,
            "errors": self.errors,
            "seconds": self.seconds,
            "records_per_second": self.pairs / max(self.seconds, 1e-9),
            "peak_rss_mb": self.peak_rss_mb,
        }
        return {key: rounded(value) for key, value in told.items()}

    def lines(self) -> list[str]:
        """A few lines for a terminal, the hardest errors last."""
        hit, (low, high), best = self.hit, self.f1_ci, self.hindsight
        return [
            f"{self.pairs} pairs, {self.gold} of them matches; trained on {self.trained_on} labelled pairs",
            f"precision {hit.precision:.3f}  recall {hit.recall:.3f}  F1 {hit.f1:.3f} [{low:.3f}, {high:.3f}]",
            f"threshold {self.threshold:.3f}; {best[1]:.3f} in hindsight would give F1 {best[0]:.3f}",
            f"{self.seconds:.1f} s, {self.peak_rss_mb} MB",
            *(f"{e['error']:<6} {e['probability']:.2f}  {e['left']}  <>  {e['right']}" for e in self.errors),
        ]


def evaluate(path: Path | str, *, train_on: Path | str | None = None) -> Result:
    """Tells the pairs of a file apart and compares with their labels; raises TableError for a file in another format."""
    asked = _read(Path(path))
    known = _read(Path(train_on)) if train_on is not None else ([], np.zeros(0, dtype=np.int64))
    started = time.perf_counter()
    records, pairs = _records([*known[0], *asked[0]])
    model = learn(records, within=False)
    count = len(known[0])
    if count:
        seen = features(records, model, pairs)
        seen = replace(seen, columns=np.hstack([seen.columns, _cells([*known[0], *asked[0]])]))
        trained = train(seen, known[1])
        told = seen.knowing(known[1], np.arange(count))
        probability, threshold = trained.probability(told[count:]), trained.threshold
    else:
        probability, threshold = _untrained(records, model, pairs)
    seconds = time.perf_counter() - started
    labels = asked[1] == 1
    said = probability >= threshold
    hits = [(int(s and y), int(s), int(y)) for s, y in zip(said, labels, strict=True)]
    return Result(
        pairs=len(labels),
        gold=int(labels.sum()),
        trained_on=count,
        hit=Hit(int((said & labels).sum()), int(said.sum()), int(labels.sum())),
        f1_ci=interval(hits),
        threshold=threshold,
        hindsight=best_in_hindsight(probability, labels, int(labels.sum())),
        calibration=calibration(probability, labels),
        errors=_errors(asked[0], labels, said, probability),
        seconds=seconds,
        peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


def _untrained(records: pl.DataFrame, model: MatchModel, pairs: pl.DataFrame) -> tuple[NDArray[np.float64], float]:
    return probabilities(records, model, pairs), model.calibration("left", "right").threshold


LabelledPair: TypeAlias = tuple[dict[str, str], dict[str, str]]


def _read(path: Path) -> tuple[list[LabelledPair], NDArray[np.int64]]:
    do = "give lines of COL <field> VAL <value> …, a tab, the same again, a tab, 0 or 1"
    try:
        lines = [line for line in path.read_text(encoding="utf-8", errors="replace").split("\n") if line.strip()]
    except OSError as broken:
        raise TableError(str(path), str(broken), "give a file that can be read") from broken
    pairs, labels = [], []
    for number, line in enumerate(lines, start=1):
        parts = line.split("\t")
        if len(parts) != 3 or parts[2].strip() not in ("0", "1"):
            raise TableError(f"{path}:{number}", "the line is no labelled pair", do)
        pairs.append((_record(parts[0]), _record(parts[1])))
        labels.append(int(parts[2]))
    if not pairs:
        raise TableError(str(path), "it has no pairs", do)
    return pairs, np.array(labels, dtype=np.int64)


def _record(text: str) -> dict[str, str]:
    return {name.lower(): value.strip() for name, value in _CELL.findall(text) if value.strip()}


def _records(pairs: list[LabelledPair]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Every distinct record once, and the pairs by their keys."""
    keys: dict[tuple[str, str], str] = {}
    rows: list[dict[str, str]] = []
    keyed: list[tuple[str, str, str, str]] = []
    for left, right in pairs:
        ends = []
        for supplier, record in (("left", left), ("right", right)):
            told = repr(sorted(record.items()))
            if (supplier, told) not in keys:
                keys[supplier, told] = f"{len(keys):09d}"
                rows.append({**record, "id": keys[supplier, told]})
            ends.append(keys[supplier, told])
        keyed.append(("left", ends[0], "right", ends[1]))
    names = dict.fromkeys(["id", *(name for row in rows for name in row)], pl.String)
    frame = records_of(pl.DataFrame(rows, schema=names), supplier="")
    suppliers = pl.Series("supplier", [supplier for supplier, _ in keys])
    return frame.with_columns(suppliers), pl.DataFrame(keyed, schema=list(PAIR_KEYS), orient="row")


def _cells(pairs: list[LabelledPair]) -> NDArray[np.float64]:
    """How alike the cells are in each column that no field is called by, in the order of their names; -1 for a missing one."""
    others = sorted({name for pair in pairs for record in pair for name in record} - FIELDS)
    columns = [
        [fuzz.token_set_ratio(a[name], b[name]) if name in a and name in b else ABSENT for a, b in pairs]
        for name in others
    ]
    return np.array(columns, dtype=np.float64).reshape(len(others), len(pairs)).T


def _errors(
    pairs: list[LabelledPair], labels: NDArray[np.bool_], said: NDArray[np.bool_], probability: NDArray[np.float64]
) -> list[dict[str, Any]]:
    wrong = np.flatnonzero(labels != said)
    hardest = wrong[np.argsort(-np.abs(probability[wrong] - labels[wrong]), kind="stable")][:20]
    return [
        {
            "error": "missed" if labels[at] else "false",
            "left": pairs[at][0].get("title", ""),
            "right": pairs[at][1].get("title", ""),
            "probability": float(probability[at]),
        }
        for at in hardest.tolist()
    ]
