"""Lesson: what labelled pairs teach the weights of evidence.

Logistic regression over the same evidence, held near the weights that a person would give (a Gaussian prior around them,
SPREAD of each weight wide), each weight keeping its sign. Its intercept is thrown away: reviewed pairs are the doubtful
ones and no fair sample, so how rare matches are is learned from the catalogue as before. Whether it helps is measured on
held-out fifths of the labels, and again with what the catalogue then makes of the new weights (`calibrated_loss`): where
either says no, nothing is changed.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.metrics import average_precision_score

from aios_assets.enrich.matching.compare import KINDS, Comparer
from aios_assets.enrich.matching.corpus import KEY, corpus, prepared
from aios_assets.enrich.matching.decided import PAIR_KEYS
from aios_assets.enrich.matching.matches import probabilities
from aios_assets.enrich.matching.model import MatchModel

Floats = NDArray[np.float64]

FOLDS: Final = 5
FEWEST: Final = 50
"""Labels of each kind below which nothing is learned from them."""

SPREAD: Final = 0.5
"""How far a weight may go: the prior's standard deviation, in parts of the weight."""


@dataclass(frozen=True)
class Lesson:
    """Weights learned from labels, and what they are worth on labels that were held out.

    `loss` is the log loss of a held-out pair, `ranked` the average precision over all of them, each with the weights that
    stood before and with the learned ones.
    """

    weights: tuple[float, ...]
    same: int
    different: int
    loss: tuple[float, float]
    ranked: tuple[float, float]

    @property
    def helps(self) -> bool:
        """Whether the learned weights tell held-out pairs apart better."""
        return self.loss[1] < self.loss[0]


def taught(records: pl.DataFrame, model: MatchModel, labels: pl.DataFrame) -> Lesson | None:
    """What labelled pairs (PAIR_KEYS and `same`, a boolean) teach; None where there are too few of either kind.

    Pairs of records that are not there are passed over.
    """
    body, _ = corpus(prepared(records), model.vocabulary)
    at = body.records.select(KEY).with_row_index("at")
    placed = labels.sort(PAIR_KEYS)
    for side in ("left", "right"):
        names = {"supplier": f"{side}_supplier", "sku": f"{side}_sku", "at": side}
        placed = placed.join(
            at.rename(names), on=[f"{side}_supplier", f"{side}_sku"], how="inner", maintain_order="left"
        )
    truth = placed["same"].cast(pl.Float64).to_numpy()
    same, different = int(truth.sum()), int((1 - truth).sum())
    if min(same, different) < FEWEST:
        return None
    ends = [placed[side].cast(pl.Int64).to_numpy() for side in ("left", "right")]
    comparer = Comparer(body, model.lone_words(body.vocabulary))
    evidence = comparer.evidence(np.minimum(*ends), np.maximum(*ends)).astype(np.float64)
    prior = np.array(model.weights)
    fold = _folds(truth)
    held = np.zeros((2, len(truth)))
    for out in range(FOLDS):
        test, rest = fold == out, fold != out
        weights, level = _fitted(evidence[rest], truth[rest], prior)
        _, plain = _fitted(evidence[rest], truth[rest], prior, fixed=True)
        held[0, test], held[1, test] = evidence[test] @ prior + plain, evidence[test] @ weights + level
    loss = [float(np.mean(np.logaddexp(0, np.where(truth == 1, -z, z)))) for z in held]
    ranked = [float(average_precision_score(truth, z)) for z in held]
    weights, _ = _fitted(evidence, truth, prior)
    told = tuple(float(np.round(weight, 4)) for weight in weights)
    return Lesson(told, same, different, (loss[0], loss[1]), (ranked[0], ranked[1]))


def calibrated_loss(records: pl.DataFrame, model: MatchModel, labels: pl.DataFrame) -> float:
    """The log loss of a labelled pair (PAIR_KEYS and `same`) with the probabilities that matching would act on."""
    keys = records.select("supplier", "sku")
    for side in ("left", "right"):
        names = {"supplier": f"{side}_supplier", "sku": f"{side}_sku"}
        labels = labels.join(keys.rename(names), on=list(names.values()), how="semi", maintain_order="left")
    told = np.clip(probabilities(records, model, labels), 1e-6, 1 - 1e-6)
    truth = labels["same"].to_numpy()
    return float(-np.mean(np.log(np.where(truth, told, 1 - told))))


def _folds(truth: Floats) -> NDArray[np.int64]:
    """Which fifth each label is held out with: both kinds dealt out evenly, the same for the same labels."""
    fold = np.zeros(len(truth), dtype=np.int64)
    for kind in (0.0, 1.0):
        at = np.flatnonzero(truth == kind)
        fold[np.random.default_rng(0).permutation(at)] = np.arange(len(at)) % FOLDS
    return fold


def _fitted(evidence: Floats, truth: Floats, prior: Floats, *, fixed: bool = False) -> tuple[Floats, float]:
    """Weights and intercept of least loss; `fixed` fits the intercept alone."""
    wide = np.where(prior == 0, 1.0, np.abs(prior) * SPREAD)
    bounds = [(0, None) if kind.sign > 0 else (None, 0) if kind.sign < 0 else (0, 0) for kind in KINDS]
    if fixed:
        bounds = [(weight, weight) for weight in prior.tolist()]

    def loss(told: Floats) -> tuple[float, Floats]:
        weights, level = told[:-1], told[-1]
        scores = evidence @ weights + level
        off = (weights - prior) / wide
        total = np.logaddexp(0, np.where(truth == 1, -scores, scores)).sum() + 0.5 * (off**2).sum()
        miss = expit(scores) - truth
        return float(total), np.append(evidence.T @ miss + off / wide, miss.sum())

    found = minimize(loss, np.append(prior, 0.0), jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)])
    return found.x[:-1], float(found.x[-1])
