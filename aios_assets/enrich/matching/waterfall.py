"""Waterfall: one pair explained: what each kind of evidence added, what would have changed the outcome, who else was near."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit, logit

from aios_assets.enrich.matching.block import Lookup
from aios_assets.enrich.matching.compare import KINDS, Comparer
from aios_assets.enrich.matching.corpus import Corpus, MatchingError, corpus, prepared
from aios_assets.enrich.matching.explain import RIVALS, VETO, contributions
from aios_assets.enrich.matching.model import MatchModel
from aios_assets.enrich.matching.rivals import rivalry
from aios_assets.enrich.matching.veto import unruled, vetoed
from aios_assets.enrich.matching.weigh import weighed

NEIGHBOURS: Final = 5


@dataclass(frozen=True)
class Step:
    """One kind of evidence: what was seen, what it added in log-odds, and in words."""

    kind: str
    seen: float
    added: float
    says: str


@dataclass(frozen=True)
class Explanation:
    """Why two records are, or are not, one product.

    `start` is the log-odds before any evidence; the steps' `added` sum up to the log-odds of `probability`. `tipping` names
    the single kinds of evidence without which the pair would have come out on the other side of `threshold`. `neighbours`:
    (record, score) of the nearest others of either record, best first.
    """

    left: tuple[str, str]
    right: tuple[str, str]
    start: float
    steps: tuple[Step, ...]
    probability: float
    threshold: float
    tipping: tuple[str, ...]
    neighbours: tuple[tuple[str, str, float], ...]

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "left": "/".join(self.left),
            "right": "/".join(self.right),
            "start": self.start,
            "steps": [{"kind": s.kind, "seen": s.seen, "added": s.added, "says": s.says} for s in self.steps],
            "probability": self.probability,
            "threshold": self.threshold,
            "tipping": list(self.tipping),
            "neighbours": [{"of": of, "record": record, "score": score} for of, record, score in self.neighbours],
        }


def explain(records: pl.DataFrame, model: MatchModel, one: tuple[str, str], other: tuple[str, str]) -> Explanation:
    """Explains two records (supplier, sku) of a catalogue; raises MatchingError where one is not there."""
    frame = prepared(records)
    keys = list(zip(frame["supplier"].to_list(), frame["sku"].to_list(), strict=True))
    try:
        low, high = sorted((keys.index(one), keys.index(other)))
    except ValueError as missing:
        raise MatchingError(
            f"{'/'.join(one)} and {'/'.join(other)}", "one is not there", "give supplier/sku"
        ) from missing
    body, _ = corpus(frame, model.vocabulary)
    comparer = Comparer(body, model.lone_words(body.vocabulary))
    evidence = comparer.evidence(np.array([low]), np.array([high]))
    known = model.calibration(keys[low][0], keys[high][0])
    added = contributions(evidence, model.weights)[0] * known.steepness
    score = float(weighed(evidence, model.weights)[0])
    order = np.argsort(-np.abs(added), kind="stable").tolist()
    steps = tuple(
        Step(KINDS[at].name, float(evidence[0, at]), float(added[at]), KINDS[at].says)
        for at in order
        if evidence[0, at]
    )
    asking, near, _ = Lookup(body, model).asked(np.array([low, high]))
    scores = weighed(comparer.evidence(np.minimum(asking, near), np.maximum(asking, near)), model.weights)
    rivals = _rivals(body, model, (low, high, score), (asking, near, scores))

    def odds(told: float, beside: float = rivals) -> float:
        alone = np.array([told])
        return float(known.odds(alone)[0] + known.doubt(alone, beside)[0])

    veto = float(vetoed(unruled(evidence, model.weights), np.array([odds(score)]))[0])
    probability, line = float(expit(odds(score) + veto)), float(logit(known.threshold))
    above = odds(score) + veto >= line
    without = [odds(score - step.added / known.steepness) + veto >= line for step in steps]
    tipping = [step.kind for step, still in zip(steps, without, strict=True) if still != above]
    if np.isfinite(rivals):
        steps += (Step("rivals", float(np.exp(rivals)), odds(score) - odds(score, -np.inf), RIVALS),)
        tipping += ["rivals"] if (odds(score, -np.inf) + veto >= line) != above else []
    if veto:
        steps += (Step("veto", 1.0, veto, VETO),)
        tipping += ["veto"] if (odds(score) >= line) != above else []
    nearest = np.lexsort((near, -scores))
    neighbours = [
        ("/".join(keys[asking[at]]), "/".join(keys[near[at]]), float(scores[at]))
        for at in nearest.tolist()
        if {int(asking[at]), int(near[at])} != {low, high}
    ]
    return Explanation(
        left=keys[low],
        right=keys[high],
        start=known.start,
        steps=steps,
        probability=probability,
        threshold=known.threshold,
        tipping=tuple(tipping),
        neighbours=tuple(neighbours[: 2 * NEIGHBOURS]),
    )


def _rivals(
    body: Corpus,
    model: MatchModel,
    pair: tuple[int, int, float],
    looked_up: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
) -> float:
    """The rivalry of a pair among what its records look up. What looks them up from the other side only is farther off."""
    asking, near, scores = looked_up
    code = np.append(np.minimum(asking, near) * body.size + np.maximum(asking, near), pair[0] * body.size + pair[1])
    code, first = np.unique(code, return_index=True)
    suppliers = body.records["supplier"].unique().sort().to_list()
    clean = ~np.isin(suppliers, model.dirty)
    told = rivalry(code // body.size, code % body.size, body.sources, np.append(scores, pair[2])[first], clean=clean)
    return float(told[np.searchsorted(code, pair[0] * body.size + pair[1])])
