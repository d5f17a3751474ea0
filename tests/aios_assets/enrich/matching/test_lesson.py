"""Lessons: labels move weights towards what they say, never across zero, and the same whatever their order."""

import numpy as np
import polars as pl
import pytest
from catalogues import two_suppliers

from aios_assets.enrich.matching import PAIR_KEYS, MatchModel, learn, match
from aios_assets.enrich.matching.compare import KINDS
from aios_assets.enrich.matching.lesson import FEWEST, calibrated_loss, taught

Catalogue = tuple[pl.DataFrame, MatchModel, pl.DataFrame]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """Records, a model, and every pair that was compared, with the truth."""
    records, truth = two_suppliers(200)
    model = learn(records)
    asked = match(records, model).asked.filter(supplier="north")
    names = dict(zip(("supplier", "sku", "near_supplier", "near_sku"), PAIR_KEYS, strict=True))
    pairs = asked.rename(names).select(PAIR_KEYS).filter(right_supplier="south")
    labels = pairs.join(truth.with_columns(same=pl.lit(value=True)), on=PAIR_KEYS, how="left")
    return records, model, labels.with_columns(pl.col("same").fill_null(value=False))


def test_too_few_labels_of_either_kind_teach_nothing(catalogue: Catalogue) -> None:
    records, model, labels = catalogue
    few = pl.concat([labels.filter("same").head(FEWEST - 1), labels.filter(~pl.col("same"))])
    assert taught(records, model, few) is None
    assert taught(records, model, labels.clear()) is None


def test_weights_keep_their_sign_and_tell_pairs_apart_better(catalogue: Catalogue) -> None:
    records, model, labels = catalogue
    lesson = taught(records, model, labels)
    assert lesson is not None
    assert lesson.helps
    assert lesson.ranked[1] >= lesson.ranked[0] - 0.01
    assert (lesson.same, lesson.different) == (labels["same"].sum(), (~labels["same"]).sum())
    for kind, weight in zip(KINDS, lesson.weights, strict=True):
        assert weight * kind.sign >= 0, kind.name


def test_order_and_strangers_do_not_matter(catalogue: Catalogue) -> None:
    records, model, labels = catalogue
    stranger = labels.head(1).with_columns(left_sku=pl.lit("nobody"))
    mixed = pl.concat([labels.sample(fraction=1.0, shuffle=True, seed=3), stranger])
    assert taught(records.sample(fraction=1.0, shuffle=True, seed=4), model, mixed) == taught(records, model, labels)
    assert calibrated_loss(records, model, mixed) == pytest.approx(calibrated_loss(records, model, labels))


def test_held_out_labels_that_are_noise_are_told_as_such(catalogue: Catalogue) -> None:
    records, model, labels = catalogue
    noise = np.random.default_rng(2).random(len(labels)) < 0.5
    lesson = taught(records, model, labels.with_columns(same=pl.Series(noise)))
    assert lesson is not None
    assert lesson.loss[1] > 0.65
    assert lesson.ranked[1] < 0.65
