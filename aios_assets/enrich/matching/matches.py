"""Match: learn from a catalogue, and match it."""

from dataclasses import replace
from functools import partial
from typing import Final, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from aios_assets.enrich.matching.assign import levels, lifted, one_to_one
from aios_assets.enrich.matching.block import THREADS, Candidates, Lookup, neighbours_wanted, symmetric
from aios_assets.enrich.matching.compare import KINDS, NAMES, OVERLAP, SLICE, Comparer
from aios_assets.enrich.matching.corpus import KEY, Corpus, corpus, prepared
from aios_assets.enrich.matching.decide import Matches, Scored, decide
from aios_assets.enrich.matching.decided import Decisions
from aios_assets.enrich.matching.model import MatchModel
from aios_assets.enrich.matching.repetitive import coincidences, repetitions, repetitive
from aios_assets.enrich.matching.rivals import rivalry
from aios_assets.enrich.matching.scratch import Arrays, Scratch
from aios_assets.enrich.matching.telling import telling
from aios_assets.enrich.matching.veto import unruled
from aios_assets.enrich.matching.weigh import BEFORE, Calibration, calibrated, weighed
from aios_assets.enrich.matching.worth import judged

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

DEEP: Final = 5
"""Where a source lists a thing several times, the assignment that is the first of coincidences."""

FEW: Final = 0.01
"""A share of matches below which the second best candidates are looked at for repetitions of the best."""

SIBLINGS: Final = 50_000
"""How many records at most show which words tell siblings apart."""

ASKED: Final = {
    "supplier": pl.String,
    "sku": pl.String,
    "near_supplier": pl.String,
    "near_sku": pl.String,
    "near": pl.Float32,
    "score": pl.Float64,
    "unruled": pl.Float64,
}

ROUND: Final = tuple(kind.weight / OVERLAP for kind in KINDS)
"""What evidence weighs before anybody has labelled anything."""


def learn(
    records: pl.DataFrame,
    *,
    within: bool | None = None,
    weights: tuple[float, ...] = ROUND,
    scratch: Scratch | None = None,
) -> MatchModel:
    """Learns everything that matching takes from a whole catalogue: no labels, no randomness, independent of row order.

    `within` says whether suppliers list products more than once; None finds out. `weights`: what evidence weighs, where
    labelled pairs have taught it (see `lesson`). `scratch`: see Scratch.
    """
    scratch = scratch or Scratch()
    frame = prepared(records)
    body, vocabulary = corpus(frame, None)
    suppliers = frame["supplier"].unique().sort().to_list()
    plain = MatchModel(vocabulary, weights, BEFORE, {}, (), {}, {}, body.common())
    lookup = Lookup(body, plain)
    asking = lookup.drawn(SIBLINGS)
    siblings = lookup.siblings(asking)
    said = None if within is None else tuple(suppliers) if within else ()
    dirty = repetitive(frame, body, siblings, asking) if said is None else said
    asked = neighbours_wanted(np.bincount(body.sources), np.isin(suppliers, dirty))
    plain = replace(plain, dirty=dirty, wanted=dict(zip(suppliers, asked.tolist(), strict=True)))
    lookup.model = plain
    scratch.open(frame, plain.seen)
    pairs = symmetric(*lookup.asked(np.arange(body.size), scratch))
    scores, _ = based(body, plain, pairs.left, pairs.right, scratch)
    clean = ~np.isin(suppliers, dirty)
    overall, calibrations = _calibrations(body, suppliers, pairs, scores, clean)
    guess = replace(plain, overall=overall, calibrations=calibrations)
    lone = _lone_words(body, guess, siblings.of(clean[body.sources[siblings.left]]), pairs, scores)
    model = replace(
        plain, lone={word: value for word, value in zip(body.vocabulary, lone.tolist(), strict=True) if value}
    )
    told = _told(_comparer(body, model), model, pairs.left, pairs.right, scores)
    overall, calibrations = _calibrations(body, suppliers, pairs, told, clean)
    return replace(model, overall=overall, calibrations=calibrations)


def match(
    records: pl.DataFrame,
    model: MatchModel,
    *,
    previous: pl.DataFrame | None = None,
    never: pl.DataFrame | None = None,
    always: pl.DataFrame | None = None,
    settled: pl.DataFrame | None = None,
    merge: str = "certain",
    scratch: Scratch | None = None,
) -> Matches:
    """Matches a whole catalogue.

    `previous`: the base of the last run, whose product ids are kept. `never` and `always`: pairs that a person decided
    (PAIR_KEYS, either order); `settled`: pairs that a person has looked at and left to the model. `merge`: which pairs
    make clusters: `certain` ones, also `probable` ones (nine to one or better), or all `likely` ones. `scratch`: where a
    model was just learned with the same one, what that looked up and compared is taken from there.
    """
    scratch = scratch or Scratch()
    frame = prepared(records)
    body, _ = corpus(frame, model.vocabulary)
    scratch.open(frame, model.seen)
    asking, neighbour, near = Lookup(body, model).asked(np.arange(body.size), scratch)
    pairs = symmetric(asking, neighbour, near)
    comparer, told = scored(body, model, pairs.left, pairs.right, scratch)
    return decide(
        body,
        model,
        pairs,
        told,
        comparer,
        decided=Decisions(previous, never, always, settled, merge),
        asked=asked_frame(body, pairs, told, (asking, neighbour, near)),
        compared=len(pairs),
    )


def probabilities(records: pl.DataFrame, model: MatchModel, pairs: pl.DataFrame) -> Floats:
    """The probability of each given pair (PAIR_KEYS), as if it had won its assignment and had no rivals; order is kept."""
    body, _ = corpus(prepared(records), model.vocabulary)
    at = body.records.select(KEY).with_row_index("at")
    ends = [
        pairs.select(supplier=f"{side}_supplier", sku=f"{side}_sku")
        .join(at, on=list(KEY), how="left", maintain_order="left")["at"]
        .cast(pl.Int64)
        .to_numpy()
        for side in ("left", "right")
    ]
    low, high = np.minimum(*ends), np.maximum(*ends)
    scores = scored(body, model, low, high, Scratch())[1].score
    nearness, alone = np.zeros(len(low), dtype=np.float32), np.full(len(low), -np.inf)
    suppliers = body.records["supplier"].unique().sort().to_list()
    return judged(model, suppliers, body.sources, Candidates(low, high, nearness), scores, rivals=alone).probability


def _comparer(body: Corpus, model: MatchModel) -> Comparer:
    return Comparer(body, model.lone_words(body.vocabulary))


def scored(body: Corpus, model: MatchModel, left: Ints, right: Ints, scratch: Scratch) -> tuple[Comparer, Scored]:
    """Who compared the pairs, and what of it."""
    scores, against = based(body, model, left, right, scratch)
    comparer = _comparer(body, model)
    return comparer, Scored(_told(comparer, model, left, right, scores), against)


def based(body: Corpus, model: MatchModel, left: Ints, right: Ints, scratch: Scratch) -> tuple[Floats, Floats]:
    """Each pair's score but for telling words, and what it is unruled: they depend on nothing learned from other scores."""
    comparer = Comparer(body, np.zeros(len(body.vocabulary)))

    comparer.evidence(left[:1], right[:1])  # what it makes once is made before threads meet over it

    def slice_(start: int) -> Arrays:
        part = slice(start, start + SLICE)
        evidence = comparer.evidence(left[part], right[part])
        return weighed(evidence, model.weights), unruled(evidence, model.weights)

    jobs = [(f"scores-{start}", partial(slice_, start)) for start in range(0, len(left), SLICE)]
    parts = scratch.sliced("comparing pairs", jobs, threads=THREADS)
    scores, against = (np.concatenate([np.zeros(0), *(part[at] for part in parts)]) for at in (0, 1))
    return scores, against


def _told(comparer: Comparer, model: MatchModel, left: Ints, right: Ints, based: Floats) -> Floats:
    """The scores with what telling words add."""
    return based + comparer.telling(left, right) * model.weights[NAMES.index("telling")]


def _lone_words(body: Corpus, guess: MatchModel, siblings: Candidates, pairs: Candidates, scores: Floats) -> Floats:
    """What words tell siblings apart; where no source is clean, coincidences (DEEP) stand in for siblings."""
    won = one_to_one(pairs.left, pairs.right, body.sources, scores)
    suppliers = body.records["supplier"].unique().sort().to_list()
    alone = np.full(len(scores), -np.inf)
    probability = judged(guess, suppliers, body.sources, pairs, scores, rivals=alone).probability[won]
    matched = (pairs.left[won], pairs.right[won], probability)
    if not len(siblings):
        second = levels(pairs.left, pairs.right, body.sources, scores, depth=DEEP)[DEEP - 1]
        siblings = pairs.of(second)
    return telling(body, matched, siblings)


def _calibrations(
    body: Corpus, suppliers: list[str], pairs: Candidates, scores: Floats, clean: NDArray[np.bool_]
) -> tuple[Calibration, dict[tuple[str, str], Calibration]]:
    """What scores are worth, over all sources and between each two of them.

    Where next to nothing seems to match, it may be that repetitions are taken for what chance brings about: the second best of
    clean sources that say the same as the best, and of a dirty one all pairs that say the same. These are then left out.
    """
    ranks = levels(pairs.left, pairs.right, body.sources, scores, depth=3 if clean.all() else DEEP + 1)
    plain, _ = _calibrated(body, suppliers, pairs, scores, clean, ranks=ranks, steep=False)
    if plain.share < FEW:
        ranks = coincidences(body, pairs, scores) if clean.all() else _unrepeated(body, pairs, scores, ranks[0])
    return _calibrated(body, suppliers, pairs, scores, clean, ranks=ranks)


def _unrepeated(body: Corpus, pairs: Candidates, scores: Floats, first: Ints) -> list[Ints]:
    """The first assignment, and those behind it among pairs that don't say the same."""
    others = np.flatnonzero(~repetitions(body, pairs))
    deep = levels(pairs.left[others], pairs.right[others], body.sources, scores[others], depth=DEEP + 1)
    return [first, *(others[rank] for rank in deep[1:])]


def _calibrated(
    body: Corpus,
    suppliers: list[str],
    pairs: Candidates,
    scores: Floats,
    clean: NDArray[np.bool_],
    *,
    ranks: list[Ints],
    steep: bool = True,
) -> tuple[Calibration, dict[tuple[str, str], Calibration]]:
    sources, number = body.sources, len(suppliers)
    sizes = np.bincount(sources, minlength=number)
    rivals = rivalry(pairs.left, pairs.right, sources, scores, clean=clean)[ranks[0]]
    between = [_between(sources, pairs, rank, number) for rank in ranks]
    codes = np.unique(between[0]).tolist()
    told = {
        code: _assigned([scores[rank[of == code]] for rank, of in zip(ranks, between, strict=True)], clean=both)
        for code, both in ((code, clean[code // number] and clean[code % number]) for code in codes)
    }
    smaller = sum(min(sizes[a], sizes[b]) for a in range(number) for b in range(a + 1, number))
    order = np.argsort(between[0], kind="stable")
    together = [np.concatenate([np.zeros(0), *(one[at] for one in told.values())]) for at in range(3)]
    overall = calibrated(*together, smaller=int(smaller) or int(sizes.sum()), rivals=rivals[order], steep=steep)
    each = {}
    for code in codes:
        one, other = divmod(code, number)
        smaller = int(sizes[one] // 2 if one == other else min(sizes[one], sizes[other]))
        known = {"smaller": smaller, "rivals": rivals[between[0] == code]}
        each[suppliers[one], suppliers[other]] = calibrated(*told[code], **known, before=overall, steep=steep)
    return overall, each


def _assigned(ranks: list[Floats], *, clean: bool) -> tuple[Floats, Floats, Floats]:
    """Scores of the first assignment, and what the next two would score if both sources listed everything once."""
    return (ranks[0], ranks[1], ranks[2]) if clean else (ranks[0], *lifted(ranks[DEEP - 1], ranks[DEEP], depth=DEEP))


def _between(sources: Ints, pairs: Candidates, rank: Ints, number: int) -> Ints:
    one, other = sources[pairs.left[rank]], sources[pairs.right[rank]]
    return cast("Ints", np.minimum(one, other) * number + np.maximum(one, other))


def asked_frame(
    body: Corpus, pairs: Candidates, told: Scored, found: tuple[Ints, Ints, NDArray[np.float32]]
) -> pl.DataFrame:
    """What records asked for (asking, neighbour, nearness), with what each pair came to, as rows of ASKED."""
    asking, neighbour, near = found
    order = np.lexsort((neighbour, asking))
    asking, neighbour = asking[order], neighbour[order]
    wanted = np.minimum(asking, neighbour) * body.size + np.maximum(asking, neighbour)
    at = np.searchsorted(pairs.left * body.size + pairs.right, wanted)
    against = told.unruled[at]
    keys = body.records.select(KEY)
    return pl.DataFrame(
        {
            "supplier": keys["supplier"].gather(asking),
            "sku": keys["sku"].gather(asking),
            "near_supplier": keys["supplier"].gather(neighbour),
            "near_sku": keys["sku"].gather(neighbour),
            "near": near[order],
            "score": told.score[at],
            "unruled": pl.Series(against).set(pl.Series(np.isinf(against)), None),
        },
        schema=ASKED,
    )
