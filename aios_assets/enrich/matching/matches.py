"""Match: learn from a catalogue, match it, and match again after a delivery."""

import hashlib
from dataclasses import dataclass, field, replace
from typing import Final, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from aios_assets.enrich.matching.assign import clusters, levels, one_to_one
from aios_assets.enrich.matching.block import Candidates, Lookup, neighbours_wanted, symmetric
from aios_assets.enrich.matching.compare import KINDS, NAMES, OVERLAP, Comparer
from aios_assets.enrich.matching.corpus import KEY, Corpus, corpus, prepared
from aios_assets.enrich.matching.explain import reasons
from aios_assets.enrich.matching.model import MatchModel
from aios_assets.enrich.matching.telling import telling
from aios_assets.enrich.matching.weigh import NOTHING, Calibration, calibrated, weighed

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

PAIR_KEYS: Final = ("left_supplier", "left_sku", "right_supplier", "right_sku")

SHOWN: Final = 0.05
"""Pairs less probable than this are left out of `Matches.pairs`: nobody looks at them."""

PROBABLE: Final = 0.9
"""Odds of nine to one: a false merge publishes one product's price for another, a missed one only lists it twice."""

REVIEWED: Final = 0.05
"""At most this share of all records is sent to review, two records a pair."""

REPEATED: Final = 0.2
"""A source is found dirty when more than this share of its records repeats another word for word."""

SIBLINGS: Final = 50_000
"""How many records at most show which words tell siblings apart."""

PAIRS: Final = {
    "left_supplier": pl.String,
    "left_sku": pl.String,
    "right_supplier": pl.String,
    "right_sku": pl.String,
    "probability": pl.Float64,
    "score": pl.Float64,
    "decision": pl.String,
    "likely": pl.Boolean,
    "evidence": pl.String,
}
ASKED: Final = {
    "supplier": pl.String,
    "sku": pl.String,
    "near_supplier": pl.String,
    "near_sku": pl.String,
    "near": pl.Float32,
    "score": pl.Float64,
}
CLUSTERS: Final = {"supplier": pl.String, "sku": pl.String, "product": pl.String}


@dataclass(frozen=True)
class Decisions:
    """What people decided and what came before: see `match`."""

    previous: pl.DataFrame | None
    never: pl.DataFrame | None
    always: pl.DataFrame | None
    merge: str


@dataclass(frozen=True)
class Matches:
    """The outcome of matching.

    `pairs` (see PAIRS): every pair worth a look, the lower key on the left. `decision` is `certain` (merges by itself),
    `review` (a person should look) or `apart`; `likely` says whether the pair is above the threshold with the best
    expected F1. `clusters` (see CLUSTERS): every record's product. `asked` (see ASKED): which neighbours each record
    looked up and what the pair scored; `rematch` needs it. `compared`: how many pairs were compared in this run.
    """

    pairs: pl.DataFrame
    clusters: pl.DataFrame
    asked: pl.DataFrame
    compared: int = field(compare=False)


def learn(records: pl.DataFrame, *, within: bool | None = None) -> MatchModel:
    """Learns everything that matching takes from a whole catalogue: no labels, no randomness, independent of row order.

    `within` says whether suppliers list products more than once; None finds out.
    """
    frame = prepared(records)
    body, vocabulary = corpus(frame, None)
    suppliers = frame["supplier"].unique().sort().to_list()
    dirty = _dirty(frame, within)
    asked = neighbours_wanted(np.bincount(body.sources), np.isin(suppliers, dirty))
    wanted = dict(zip(suppliers, asked.tolist(), strict=True))
    weights = tuple(kind.weight / OVERLAP for kind in KINDS)
    plain = MatchModel(vocabulary, weights, NOTHING, {}, dirty, wanted, {})
    lookup = Lookup(body, plain)
    pairs = symmetric(*lookup.asked(np.arange(body.size)))
    scores = _scored(body, plain, pairs.left, pairs.right)
    overall, calibrations = _calibrations(body, suppliers, pairs, scores)
    guess = replace(plain, overall=overall, calibrations=calibrations)
    lone = _lone_words(body, guess, lookup, pairs, scores)
    model = replace(
        plain, lone={word: value for word, value in zip(body.vocabulary, lone.tolist(), strict=True) if value}
    )
    told = _comparer(body, model).telling(pairs.left, pairs.right) * weights[NAMES.index("telling")]
    overall, calibrations = _calibrations(body, suppliers, pairs, scores + told)
    return replace(model, overall=overall, calibrations=calibrations)


def match(
    records: pl.DataFrame,
    model: MatchModel,
    *,
    previous: pl.DataFrame | None = None,
    never: pl.DataFrame | None = None,
    always: pl.DataFrame | None = None,
    merge: str = "certain",
) -> Matches:
    """Matches a whole catalogue.

    `previous`: the clusters of the last run, whose product ids are kept. `never` and `always`: pairs that a person decided
    (PAIR_KEYS, either order). `merge`: which pairs make clusters: `certain` ones, also
    `probable` ones (nine to one or better), or all `likely` ones.
    """
    body, _ = corpus(prepared(records), model.vocabulary)
    asking, neighbour, near = Lookup(body, model).asked(np.arange(body.size))
    pairs = symmetric(asking, neighbour, near)
    scores = _scored(body, model, pairs.left, pairs.right)
    asked = _asked_frame(body, asking, neighbour, near, _scores_of(pairs, scores, asking, neighbour, body.size))
    decided = Decisions(previous, never, always, merge)
    return _decided(body, model, pairs, scores, decided=decided, asked=asked, compared=len(pairs))


def rematch(
    records: pl.DataFrame,
    model: MatchModel,
    before: Matches,
    changed: pl.DataFrame,
    *,
    never: pl.DataFrame | None = None,
    always: pl.DataFrame | None = None,
    merge: str = "certain",
) -> Matches:
    """Matches a catalogue of which `changed` (keys: `supplier`, `sku`) is new or different since `before`; what is gone, too.

    The same outcome as `match` with `previous=before.clusters`, but only pairs that a change concerns are compared. A
    record looks up its neighbours again when it changed, when a neighbour of its changed or went, or when a changed record
    is as near as the farthest that it has.
    """
    body, _ = corpus(prepared(records), model.vocabulary)
    lookup = Lookup(body, model)
    at = body.records.select(KEY).with_row_index("at").with_columns(pl.col("at").cast(pl.Int64))
    new = changed.select(pl.col(KEY).cast(pl.String)).unique()
    fresh = np.zeros(body.size, dtype=bool)
    fresh[at.join(new, on=list(KEY), how="semi")["at"].to_numpy()] = True
    near_key = {"supplier": "near_supplier", "sku": "near_sku", "at": "neighbour"}
    placed = before.asked.join(at, on=list(KEY), how="inner").join(
        at.rename(near_key), on=["near_supplier", "near_sku"], how="left"
    )
    fresh[~np.isin(np.arange(body.size), placed["at"].to_numpy())] = True
    missing = placed["neighbour"].is_null().to_numpy()
    neighbour = placed["neighbour"].fill_null(0).to_numpy()
    asking = placed["at"].to_numpy()
    again = fresh.copy()
    again[asking[missing | fresh[neighbour]]] = True
    again |= lookup.reached(np.flatnonzero(fresh), asking[~missing], placed["near"].to_numpy()[~missing])
    keep = ~again[asking]
    old = (asking[keep], neighbour[keep], placed["near"].to_numpy()[keep])
    new_ones = lookup.asked(np.flatnonzero(again))
    asking, neighbour, near = (np.concatenate([one, other]) for one, other in zip(old, new_ones, strict=True))
    pairs = symmetric(asking, neighbour, near)
    stable = ~fresh[placed["at"].to_numpy()] & ~missing & ~fresh[placed["neighbour"].fill_null(0).to_numpy()]
    kept = placed.filter(pl.Series(stable))
    known = kept.select(
        code=pl.min_horizontal("at", "neighbour") * body.size + pl.max_horizontal("at", "neighbour"), score="score"
    ).unique("code", keep="any")
    code = pl.DataFrame({"code": pairs.left * body.size + pairs.right})
    scores = code.join(known, on="code", how="left", maintain_order="left")["score"].to_numpy().copy()
    todo = np.flatnonzero(np.isnan(scores))
    scores[todo] = _scored(body, model, pairs.left[todo], pairs.right[todo])
    asked = _asked_frame(body, asking, neighbour, near, _scores_of(pairs, scores, asking, neighbour, body.size))
    decided = Decisions(before.clusters, never, always, merge)
    return _decided(body, model, pairs, scores, decided=decided, asked=asked, compared=len(todo))


def probabilities(records: pl.DataFrame, model: MatchModel, pairs: pl.DataFrame) -> Floats:
    """The probability of each given pair (PAIR_KEYS) on its own, as if it had won its assignment; the order is kept."""
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
    scores = _scored(body, model, low, high)
    nearness = np.zeros(len(low), dtype=np.float32)
    suppliers = body.records["supplier"].unique().sort().to_list()
    return _judged(model, suppliers, body.sources, Candidates(low, high, nearness), scores)[0]


def _dirty(frame: pl.DataFrame, within: bool | None) -> tuple[str, ...]:
    suppliers = frame["supplier"].unique().sort().to_list()
    if within is not None:
        return tuple(suppliers) if within else ()
    said = [pl.col(name).fill_null("").str.to_lowercase() for name in ("title", "brand", "model", "description")]
    repeated = frame.with_columns(twice=pl.struct("supplier", *said).is_duplicated())
    shares = repeated.group_by("supplier").agg(pl.col("twice").mean()).filter(pl.col("twice") > REPEATED)
    return tuple(shares["supplier"].sort().to_list())


def _comparer(body: Corpus, model: MatchModel) -> Comparer:
    return Comparer(body, model.lone_words(body.vocabulary))


def _scored(body: Corpus, model: MatchModel, left: Ints, right: Ints) -> Floats:
    return weighed(_comparer(body, model).evidence(left, right), model.weights)


def _lone_words(body: Corpus, guess: MatchModel, lookup: Lookup, pairs: Candidates, scores: Floats) -> Floats:
    """What words tell siblings apart; where no source is clean, the second-best pairs stand in for siblings."""
    won = one_to_one(pairs.left, pairs.right, body.sources, scores)
    suppliers = body.records["supplier"].unique().sort().to_list()
    probability, _, _ = _judged(guess, suppliers, body.sources, pairs, scores)
    matched = (pairs.left[won], pairs.right[won], probability[won])
    beside = lookup.siblings(most=SIBLINGS)
    if not len(beside):
        _, second, _ = levels(pairs.left, pairs.right, body.sources, scores)
        beside = Candidates(pairs.left[second], pairs.right[second], pairs.near[second])
    return telling(body, matched, beside)


def _calibrations(
    body: Corpus, suppliers: list[str], pairs: Candidates, scores: Floats
) -> tuple[Calibration, dict[tuple[str, str], Calibration]]:
    sources = body.sources
    sizes = np.bincount(sources, minlength=len(suppliers))
    ranks = levels(pairs.left, pairs.right, sources, scores)
    between = [_between(sources, pairs, rank, len(suppliers)) for rank in ranks]
    each = {}
    for code in np.unique(between[0]).tolist():
        one, other = divmod(code, len(suppliers))
        told = [scores[rank[of == code]] for rank, of in zip(ranks, between, strict=True)]
        smaller = sizes[one] // 2 if one == other else min(sizes[one], sizes[other])
        learned = calibrated(*told, smaller=int(smaller))
        if learned is not NOTHING:
            each[suppliers[one], suppliers[other]] = learned
    smaller = sum(min(sizes[a], sizes[b]) for a in range(len(sizes)) for b in range(a + 1, len(sizes)))
    overall = calibrated(*(scores[rank] for rank in ranks), smaller=int(smaller) or int(sizes.sum()))
    return overall, each


def _between(sources: Ints, pairs: Candidates, rank: Ints, number: int) -> Ints:
    one, other = sources[pairs.left[rank]], sources[pairs.right[rank]]
    return cast("Ints", np.minimum(one, other) * number + np.maximum(one, other))


def _scores_of(pairs: Candidates, scores: Floats, asking: Ints, neighbour: Ints, size: int) -> Floats:
    known = pairs.left * size + pairs.right
    wanted = np.minimum(asking, neighbour) * size + np.maximum(asking, neighbour)
    return scores[np.searchsorted(known, wanted)]


def _asked_frame(
    body: Corpus, asking: Ints, neighbour: Ints, near: NDArray[np.float32], scores: Floats
) -> pl.DataFrame:
    keys = body.records.select(KEY)
    order = np.lexsort((neighbour, asking))
    return pl.DataFrame(
        {
            "supplier": keys["supplier"].gather(asking[order]),
            "sku": keys["sku"].gather(asking[order]),
            "near_supplier": keys["supplier"].gather(neighbour[order]),
            "near_sku": keys["sku"].gather(neighbour[order]),
            "near": near[order],
            "score": scores[order],
        },
        schema=ASKED,
    )


def _decided(
    body: Corpus,
    model: MatchModel,
    pairs: Candidates,
    scores: Floats,
    *,
    decided: Decisions,
    asked: pl.DataFrame,
    compared: int,
) -> Matches:
    """From scored pairs to decisions and clusters: linear in the pairs, and the same however the scores were come by."""
    sources = body.sources
    suppliers = body.records["supplier"].unique().sort().to_list()
    clean = np.array([supplier not in model.dirty for supplier in suppliers], dtype=bool)
    forbidden, decreed = _places(body, decided.never), _places(body, decided.always)
    banned = _coded(forbidden, body.size)
    code = pairs.left * body.size + pairs.right
    open_ = np.flatnonzero(~np.isin(code, banned))
    probability, threshold, cut = _judged(model, suppliers, sources, pairs, scores)
    won = _winners(pairs, open_, sources, scores, scores >= cut, clean=clean)
    probability[~won] = 0.0
    likely = won & (probability >= threshold)
    certain = likely & (scores >= cut)
    review = _reviewed(probability, won & ~certain, body.size)
    decision = np.where(certain, "certain", np.where(review, "review", "apart"))
    shown = np.flatnonzero(likely | (probability >= SHOWN) | review)
    evidence = _comparer(body, model).evidence(pairs.left[shown], pairs.right[shown])
    told = {
        "probability": probability[shown],
        "score": scores[shown],
        "decision": decision[shown],
        "likely": likely[shown],
        "evidence": reasons(evidence, model.weights),
    }
    keys = body.records.select(KEY)
    left = {f"left_{name}": keys[name].gather(pairs.left[shown]) for name in KEY}
    right = {f"right_{name}": keys[name].gather(pairs.right[shown]) for name in KEY}
    frame = pl.DataFrame({**left, **right, **told}, schema=PAIRS)
    mergers = {"certain": certain, "probable": certain | (likely & (probability >= PROBABLE)), "likely": likely}
    merging = np.flatnonzero(mergers[decided.merge])
    best = merging[np.lexsort((pairs.right[merging], pairs.left[merging], -scores[merging], -probability[merging]))]
    edges = zip(pairs.left[best].tolist(), pairs.right[best].tolist(), strict=True)
    groups = clusters(body.size, edges, sources=sources, clean=clean, always=decreed, never=forbidden)
    return Matches(frame, _products(body, groups, decided.previous), asked, compared)


def _winners(
    pairs: Candidates,
    open_: Ints,
    sources: Ints,
    scores: Floats,
    certain: NDArray[np.bool_],
    *,
    clean: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """The pairs that win: each record's best in each other source, and in dirty sources whatever is certain besides."""
    won = np.zeros(len(pairs), dtype=bool)
    won[open_[one_to_one(pairs.left[open_], pairs.right[open_], sources, scores[open_])]] = True
    more = open_[certain[open_]]
    won[more[one_to_one(pairs.left[more], pairs.right[more], sources, scores[more], clean=clean)]] = True
    return won


def _judged(
    model: MatchModel, suppliers: list[str], sources: Ints, pairs: Candidates, scores: Floats
) -> tuple[Floats, Floats, Floats]:
    """Each pair's probability, the threshold that it must reach, and the score from which on it is certain."""
    probability, threshold, cut = np.zeros(len(pairs)), np.ones(len(pairs)), np.full(len(pairs), np.inf)
    number = len(suppliers)
    code = sources[pairs.left] * number + sources[pairs.right]
    for at in np.unique(code).tolist():
        here = code == at
        known = model.calibration(suppliers[at // number], suppliers[at % number])
        probability[here] = known.probability(scores[here])
        threshold[here], cut[here] = known.threshold, known.certain
    return probability, threshold, cut


def _reviewed(probability: Floats, open_: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    """The open pairs most in doubt, as many as review can take."""
    room = int(REVIEWED * size / 2)
    doubtful = np.flatnonzero(open_ & (probability >= SHOWN))
    nearest = doubtful[np.lexsort((doubtful, -probability[doubtful]))][:room]
    chosen = np.zeros(len(probability), dtype=bool)
    chosen[nearest] = True
    return chosen


def _places(body: Corpus, decided: pl.DataFrame | None) -> list[tuple[int, int]]:
    """Positions of decided pairs whose records are both there, lower one first."""
    if decided is None or not len(decided):
        return []
    at = body.records.select(KEY).with_row_index("at")
    placed = (
        decided.select(pl.col(PAIR_KEYS).cast(pl.String))
        .join(at.rename({"supplier": "left_supplier", "sku": "left_sku"}), on=["left_supplier", "left_sku"])
        .join(
            at.rename({"supplier": "right_supplier", "sku": "right_sku", "at": "other"}),
            on=["right_supplier", "right_sku"],
        )
        .select(low=pl.min_horizontal("at", "other"), high=pl.max_horizontal("at", "other"))
        .unique()
        .sort("low", "high")
    )
    return [(int(low), int(high)) for low, high in placed.iter_rows()]


def _coded(places: list[tuple[int, int]], size: int) -> Ints:
    return np.array([low * size + high for low, high in places], dtype=np.int64)


def product_id(supplier: str, sku: str, again: int = 0) -> str:
    """The id of a product that was first seen as this record; `again` counts up where that id is taken."""
    told = f"{supplier}\x00{sku}" + (f"\x00{again}" if again else "")
    return "p" + hashlib.sha256(told.encode()).hexdigest()[:16]


def _products(body: Corpus, groups: Ints, previous: pl.DataFrame | None) -> pl.DataFrame:
    """Every record's product id.

    A cluster keeps the previous id that most of its records had (of equals, that of its first record); an id goes to the
    cluster that took most of its records. A new cluster is named after its first record.
    """
    frame = body.records.select(KEY).with_columns(group=pl.Series(groups))
    names: dict[int, str] = {}
    if previous is not None and len(previous):
        before = previous.select(*(pl.col(name).cast(pl.String) for name in (*KEY, "product")))
        counted = (
            frame.with_row_index("at")
            .join(before, on=list(KEY))
            .group_by("group", "product")
            .agg(pl.len().alias("count"), pl.col("at").min())
            .sort("count", "at", descending=[True, False])
        )
        taken: set[str] = set()
        for group, product, _, _ in counted.iter_rows():
            if group not in names and product not in taken:
                names[group] = product
                taken.add(product)
    used = set(names.values())
    heads = frame.filter(pl.int_range(pl.len()) == pl.col("group"))
    for supplier, sku, group in heads.iter_rows():
        if group in names:
            continue
        again = 0
        while (name := product_id(supplier, sku, again)) in used:
            again += 1
        names[group] = name
        used.add(name)
    named = pl.DataFrame(
        {"group": list(names), "product": list(names.values())}, schema={"group": pl.Int64, "product": pl.String}
    )
    return frame.join(named, on="group", how="left", maintain_order="left").select(*KEY, "product")
