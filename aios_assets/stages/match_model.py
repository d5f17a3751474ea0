"""Match model: what matching learns from a catalogue and from labels, pinned, so that a change of one row changes one row."""

import base64
import json

import polars as pl

from aios_assets.enrich.matching import learn
from aios_assets.enrich.matching.lesson import FEWEST, Lesson, calibrated_loss, taught
from aios_assets.enrich.matching.model import MatchModel
from aios_assets.enrich.matching.scratch import Scratch
from aios_assets.stage import Changes, table_stage
from aios_assets.stages.match_labels import PAIR
from policies.contract import Column, Contract

LABELS = tuple(f"match_labels.{name}" for name in (*PAIR, "verdict", "stands"))
READ = ("products.title", "products.description", "products.brand", "products.model", "products.gtin", "products.price")
LEARNED = (*READ, *LABELS)
GROWN = 0.2
"""Share by which the catalogue, or the labels, must have grown or shrunk before it is learned again: a model is pinned to
be held."""

MATCH_MODEL = Contract(
    key="name",
    columns=(
        Column("name", pl.String, reads=("products.supplier",), about="the only row is called `matching`"),
        Column("digest", pl.String, reads=LEARNED, tags={"digest"}, about="SHA-256 of the artefact, hex"),
        Column("artefact", pl.String, reads=LEARNED, tags={"digest"}, about="the model, base64"),
        Column("records", pl.Int64, reads=("products.supplier",), about="records it was learned from"),
        Column("suppliers", pl.String, reads=("products.supplier",), about="suppliers it was learned from"),
        Column("same", pl.Int64, reads=LABELS, about="pairs that people called the same when it was learned"),
        Column("different", pl.Int64, reads=LABELS, about="pairs that people called different"),
        Column("weights", pl.String, reads=LEARNED, about="round: as a person would give them; learned: from labels"),
        Column("evaluation", pl.String, reads=LEARNED, about="what was measured when it was learned, as JSON"),
    ),
    version=2,
    tags=frozenset({"model"}),
)


@table_stage(MATCH_MODEL)
def match_model(
    products: pl.LazyFrame, match_labels: pl.LazyFrame, changes: Changes, scratch: Scratch | None = None
) -> pl.DataFrame:
    """What matching learned, and from what; learned again when suppliers change, or a fifth of the records or labels does."""
    records = products.collect()
    suppliers = ", ".join(sorted(records["supplier"].unique()))
    standing = match_labels.filter(pl.col("stands") & pl.col("verdict").is_in(["same", "different"]))
    labels = standing.select(*PAIR, same=pl.col("verdict") == "same").collect()
    same, different = int(labels["same"].sum()), int((~labels["same"]).sum())
    held = changes.previous
    if held is not None and held.height:
        before = held.row(0, named=True)
        steady = abs(records.height - before["records"]) <= GROWN * before["records"]
        if before["suppliers"] == suppliers and steady and _taught_enough(before, same, different):
            return held
    model, weights = learn(records, scratch=scratch), "round"
    lesson, acting = taught(records, model, labels), None
    if lesson is not None and lesson.helps:
        other = learn(records, weights=lesson.weights, scratch=scratch)
        acting = calibrated_loss(records, model, labels), calibrated_loss(records, other, labels)
        if acting[1] < acting[0]:
            model, weights = other, "learned"
    return pl.DataFrame(
        {
            "name": ["matching"],
            "digest": [model.digest],
            "artefact": [base64.b64encode(model.to_bytes()).decode()],
            "records": [records.height],
            "suppliers": [suppliers],
            "same": [same],
            "different": [different],
            "weights": [weights],
            "evaluation": [json.dumps(_evaluation(model, lesson, acting))],
        }
    )


def _taught_enough(before: dict[str, int], same: int, different: int) -> bool:
    """Whether there is nothing new to learn from labels: too few of them, or about those that it learned from."""
    if min(same, different) < FEWEST and min(before["same"], before["different"]) < FEWEST:
        return True
    return all(abs(now - was) <= GROWN * was for now, was in ((same, before["same"]), (different, before["different"])))


def _evaluation(
    model: MatchModel, lesson: Lesson | None, acting: tuple[float, float] | None
) -> list[dict[str, str | float]]:
    """What was measured, as a card has it."""
    told: list[dict[str, str | float]] = [
        {
            "metric": "estimated share of the smaller supplier's records that have a counterpart",
            "value": round(model.overall.share, 4),
            "data": "the catalogue itself, without labels",
        }
    ]
    if lesson is not None:
        data = f"{lesson.same} same and {lesson.different} different pairs labelled by people, each held out once"
        for name, (before, after) in (("log loss", lesson.loss), ("average precision", lesson.ranked)):
            told += [
                {"metric": f"held-out {name}, round weights", "value": round(before, 4), "data": data},
                {"metric": f"held-out {name}, learned weights", "value": round(after, 4), "data": data},
            ]
    if acting is not None:
        for name, loss in zip(("round", "learned"), acting, strict=True):
            told.append({"metric": f"log loss of what matching acts on, {name} weights", "value": round(loss, 4),
                         "data": "all labelled pairs"})  # fmt: skip
    return told
