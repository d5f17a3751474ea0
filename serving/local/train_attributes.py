"""Learns how far each rule of `attributes` can be believed: `python -m serving.local.train_attributes DATA.jsonl…`.

Each line of the data is {"input": title, "category": …, "target_scores": {attribute: {value: 1}}}, "n/a" for none. A
rule's confidence is the share of its finds that the labels bear out, drawn to what rules of its kind reach where few of
its finds were judged. Only these numbers are kept. The rules themselves are written by hand and are not fitted.
"""

import hashlib
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from serving.local.attributes import Attributes, OneAttribute, read, rules
from serving.local.words import QUANTITIES

FOLDS = 5
_PRIOR = 4
"""How many finds of its kind a rule's own finds are weighed against."""
_LABELLED_SHARE = 0.05
"""A category whose records carry a label this often is taken to be labelled for it."""

_LABELS: Mapping[str, tuple[str, ...]] = {
    "colour": ("color", "frame color", "lenses color"),
    "material": (
        *("material", "fabric type", "body material", "frame material", "lenses material", "fingerboard material"),
        *("back / side material", "bow material"),
    ),
    "quantity": ("net content", "volume", "weight", "length", "size", "dosage", "head circumference", "capacity"),
    "pack_count": ("pack size", "quantity", "net content"),
    "model_number": ("model number", "model", "model name"),
}
"""What our kinds are called by those who labelled the data."""


@dataclass(frozen=True)
class Record:
    """One labelled title; `labels` are the values by label (none where it says that there are none)."""

    title: str
    labels: Mapping[str, tuple[str, ...]]
    fold: int


@dataclass(frozen=True)
class Judged:
    """One find that the labels can speak about."""

    rule: str
    kind: str
    right: bool
    fold: int


def kind_of(attribute: str) -> str:
    """The kind whose labels judge an attribute: all that is measured in units is one kind."""
    return "quantity" if attribute in QUANTITIES else attribute


def records(path: Path) -> list[Record]:
    """The labelled titles of a file; where it never says "n/a", a label absent in a labelled category means none."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    found = []
    carried: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    size: dict[str, int] = defaultdict(int)
    explicit = False
    for line in lines:
        labels = {}
        size[line["category"]] += 1
        for label, values in line["target_scores"].items():
            given = tuple(value for value in values if value != "n/a")
            explicit = explicit or len(given) < len(values)
            labels[label.lower()] = given
            carried[line["category"]][label.lower()] += 1
        found.append((line["category"], line["input"], labels))
    usual = {
        category: () if explicit else tuple(k for k, n in counts.items() if n >= _LABELLED_SHARE * size[category])
        for category, counts in carried.items()
    }
    return [
        Record(title, {**dict.fromkeys(usual.get(category, ()), ()), **labels}, _fold(title))
        for category, title, labels in found
    ]


def _fold(title: str) -> int:
    return hashlib.sha256(title.encode()).digest()[0] % FOLDS


def _tokens(text: str) -> list[str]:
    return re.findall(r"\d+(?:[.,/]\d+)*|[^\W\d_]+", text.lower())


def agrees(evidence: str, label: str) -> bool:
    """True where one is a run of whole words and numbers of the other (Red of Red Patent, not 2 oz of 12 oz)."""
    shorter, longer = sorted((_tokens(evidence), _tokens(label)), key=len)
    width = len(shorter)
    return bool(shorter) and any(longer[at : at + width] == shorter for at in range(len(longer) - width + 1))


def judge(data: Sequence[Record]) -> tuple[list[Judged], dict[str, list[tuple[int, bool]]]]:
    """What the rules found, judged by the labels; and by kind, whether each labelled value in a title was found."""
    found = read(pl.Series([record.title for record in data]))
    finds: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    for row, attribute, rule, evidence in found.select("row", "attribute", "rule", "evidence").iter_rows():
        finds[row].append((kind_of(attribute), rule, evidence))
    judged: list[Judged] = []
    wanted: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for row, record in enumerate(data):
        for kind, labels in _LABELS.items():
            present = [label for label in labels if label in record.labels]
            if not present:
                continue
            values = [value for label in present for value in record.labels[label]]
            mine = [(rule, evidence) for found_kind, rule, evidence in finds[row] if found_kind == kind]
            judged += [
                Judged(rule, kind, any(agrees(evidence, value) for value in values), record.fold)
                for rule, evidence in mine
            ]
            wanted[kind] += [
                (record.fold, any(agrees(evidence, value) for _, evidence in mine))
                for value in (_packs(record) if kind == "pack_count" else values)
                if value.strip().lower() in record.title.lower() and (kind != "quantity" or _measured(value))
            ]
    return judged, wanted


def _packs(record: Record) -> list[str]:
    """Labelled counts of things; a net content may be anything."""
    return [value for label in ("pack size", "quantity") for value in record.labels.get(label, ())]


def _measured(value: str) -> bool:
    """Whether a labelled value is a number with a unit; a bare number or a shoe size is no quantity of ours."""
    return read(pl.Series([value])).filter(pl.col("attribute").is_in(list(QUANTITIES))).height > 0


def learn(judged: Iterable[Judged]) -> dict[str, dict[str, float]]:
    """The confidence of every rule, from judged finds."""
    by_rule: dict[str, list[bool]] = defaultdict(list)
    for find in judged:
        by_rule[find.rule].append(find.right)
    # A rule without a judged find is believed as far as the rules of its kind are on average, not as the busiest one is.
    by_kind: dict[str, list[float]] = defaultdict(list)
    for rule, finds in by_rule.items():
        by_kind[kind_of(rule.split(".")[0])].append((sum(finds) + 1) / (len(finds) + 2))
    told = {}
    for rule in rules():
        kind = by_kind[kind_of(rule.split(".")[0])]
        prior = sum(kind) / len(kind) if kind else 0.5
        own = by_rule[rule]
        share = (sum(own) + _PRIOR * prior) / (len(own) + _PRIOR)
        told[rule] = {"right": sum(own), "judged": len(own), "confidence": round(share, 4)}
    return told


def measured(judged: Sequence[Judged], wanted: Mapping[str, Sequence[tuple[int, bool]]]) -> dict[str, Any]:
    """Precision and recall by kind, and how honest the confidences are, each fold measured on what it did not learn."""
    squares, gaps, base = [], defaultdict(list), []
    for fold in range(FOLDS):
        confidence = learn(find for find in judged if find.fold != fold)
        for find in (find for find in judged if find.fold == fold):
            sure = confidence[find.rule]["confidence"]
            squares.append((sure - find.right) ** 2)
            gaps[int(sure * 10)].append(sure - find.right)
            base.append(find.right)
    share = sum(base) / len(base)
    kinds = {}
    for kind in _LABELS:
        right = [find.right for find in judged if find.kind == kind]
        hits = [hit for _, hit in wanted.get(kind, ())]
        kinds[kind] = {
            "precision": round(sum(right) / len(right), 4) if right else None,
            "judged": len(right),
            "recall": round(sum(hits) / len(hits), 4) if hits else None,
            "wanted": len(hits),
        }
    return {
        "kinds": kinds,
        "brier": round(sum(squares) / len(squares), 4),
        "brier_of_one_confidence": round(share * (1 - share), 4),
        "calibration_error": round(sum(abs(sum(gap)) for gap in gaps.values()) / len(squares), 4),
        "folds": FOLDS,
    }


def main(paths: Sequence[str]) -> int:
    """Learns from the files and writes attributes.json beside this module; prints what was measured and the digests."""
    if not paths:
        sys.stderr.write("usage: python -m serving.local.train_attributes DATA.jsonl…\n")
        return 2
    data = [record for path in paths for record in records(Path(path))]
    judged, wanted = judge(data)
    told = {
        "rules": learn(judged),
        "measured": measured(judged, wanted),
        "learned": datetime.now(tz=UTC).date().isoformat(),
        "titles": len(data),
    }
    artefact = Path(__file__).with_name("attributes.json")
    artefact.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    digests = {model.task: model.digest for model in (Attributes(), OneAttribute())}
    sys.stdout.write(json.dumps({"measured": told["measured"], "digests for the cards": digests}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
