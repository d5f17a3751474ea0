"""Learned: the models that a lake's own catalogue taught, as registrations with cards, read off its governed tables."""

import json
from datetime import date
from typing import Any

from aios_assets.lake import Lake
from serving.card import Card, Evaluation
from serving.registry import Registration, Standing

TASK = "match/pairs"


def learned(lake: Lake) -> tuple[Registration, ...]:
    """The model that matching decides by, and the ones before it (retired); none where nothing was learned yet."""
    state = lake.state("match_model")
    if state is None:
        return ()
    found: dict[str, Registration] = {}
    for number in sorted((n for n, told in state.history.items() if not told.lost), reverse=True):
        rows = lake.scan("match_model", number).collect().to_dicts()
        at = next(iter(lake.ledger.read(state.history[number].committed, state.history[number].committed + 1))).entry.at
        for row in rows:
            if row["digest"] not in found and "evaluation" in row:
                standing = Standing.RETIRED if found else Standing.CHAMPION
                measured = _estimated(lake, row["digest"]) if standing is Standing.CHAMPION else ()
                found[row["digest"]] = _registration(row, number, standing, at.date(), measured)
    return tuple(found.values())


def _registration(
    row: dict[str, Any], version: int, standing: Standing, on: date, measured: tuple[Evaluation, ...]
) -> Registration:
    told = tuple(Evaluation(date=on, **one) for one in json.loads(row["evaluation"]))
    labels = f"{row['same']} pairs called the same by people and {row['different']} called different"
    weights = "weights learned from them" if row["weights"] == "learned" else "weights as a person would give them"
    card = Card(
        purpose="tells which records of different suppliers are one product",
        intended_use="the catalogue that it was learned from; certain and likely pairs merge, doubtful ones go to review",
        not_for="other catalogues; images; products that differ in nothing that is written down",
        owner="team:catalogue",
        licence="that of the product; what it learned belongs to the lake",
        training_data=f"{row['records']} records of {row['suppliers']}; {labels}; {weights}",
        limits="variants in different sizes without identifiers are the hardest; see docs/matching.md",
        languages=("en", "de", "fr", "pl"),
        evaluation=(*told, *measured),
    )
    return Registration(
        task=TASK, name=row["name"], version=str(version), digest=row["digest"], standing=standing, card=card
    )


def _estimated(lake: Lake, digest: str) -> tuple[Evaluation, ...]:
    """What reviewed samples say of this model."""
    if lake.state("match_quality") is None:
        return ()
    rows = lake.scan("match_quality").collect().filter(model=digest).drop_nulls("value").to_dicts()
    return tuple(
        Evaluation(
            metric=f"{row['measure']} (95 %: {row['low']:.3f} to {row['high']:.3f})",
            value=row["value"],
            data=f"{row['decided']} random pairs reviewed by people",
            date=row["at"].date(),
        )
        for row in rows
        if row["measure"] in {"precision", "recall"}
    )
