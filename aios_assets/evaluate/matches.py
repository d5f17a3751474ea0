"""Evaluation of matching against gold pairs: the very code of the stage, with no look at the gold before it has decided."""

import resource
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from aios_assets.enrich.matching import Matches, learn, match
from aios_assets.enrich.matching.decide import MERGED
from aios_assets.enrich.matching.estimate import wilson
from aios_assets.enrich.matching.scratch import Scratch
from aios_assets.evaluate.gold import cluster_pairs, pairs_of
from aios_assets.evaluate.measures import Hit, b_cubed, best_in_hindsight, calibration, curve, interval, rounded
from aios_assets.evaluate.tables import TableError, read_table, records_of

LEFT: Final = "left"
RIGHT: Final = "right"
HARDEST: Final = 20


@dataclass(frozen=True)
class Result:
    """How well two files (or one with itself) were matched; see `plain` for the JSON.

    `hit` is of likely pairs. `automatic`: the pairs that `aios run` makes one product with nobody asked; `certain`: those of
    them that decoys promise to be right.
    """

    n_left: int
    n_right: int
    gold: int
    completeness: float
    reduction: float
    candidates_per_record: float
    hit: Hit
    f1_ci: tuple[float, float]
    clusters: dict[str, float]
    hindsight: tuple[float, float]
    threshold: float
    calibration: list[dict[str, float]]
    curve: list[dict[str, float]]
    automatic: Hit
    certain: Hit
    review_share: float
    errors: list[dict[str, Any]]
    seconds: float
    peak_rss_mb: int

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        told = {
            "kind": "matches",
            "n_left": self.n_left,
            "n_right": self.n_right,
            "gold": self.gold,
            "blocking": {"completeness": self.completeness, "reduction": self.reduction},
            "precision": self.hit.precision,
            "recall": self.hit.recall,
            "f1": self.hit.f1,
            "f1_ci": list(self.f1_ci),
            "automatic": self._merged(self.automatic),
            "certain": self._merged(self.certain),
            "review": {"share": self.review_share},
            "threshold": self.threshold,
            "seconds": self.seconds,
            "records_per_second": (self.n_left + self.n_right) / max(self.seconds, 1e-9),
            "peak_rss_mb": self.peak_rss_mb,
        }
        return {key: rounded(value) for key, value in told.items()}

    def _merged(self, told: Hit) -> dict[str, float]:
        """How many pairs as a share of the likely ones, how many are right, and the lower end of that one's 95 % interval."""
        sample = wilson(told.right, told.answered)
        low = sample.low if sample else 0.0
        return {"share": told.answered / max(self.hit.answered, 1), "precision": told.precision, "precision_low": low}

    def details(self) -> dict[str, Any]:
        """What `plain` has, and all else that was measured."""
        told = {
            "candidates_per_record": self.candidates_per_record,
            "b_cubed": self.clusters,
            "hindsight": {"f1": self.hindsight[0], "threshold": self.hindsight[1]},
            "calibration": self.calibration,
            "curve": self.curve,
            "errors": self.errors,
        }
        return {**self.plain(), **{key: rounded(value) for key, value in told.items()}}

    def lines(self) -> list[str]:
        """A few lines for a terminal, the hardest errors last."""
        hit, best, cubed = self.hit, self.hindsight, self.clusters
        low, high = self.f1_ci
        speed = (self.n_left + self.n_right) / max(self.seconds, 1e-9)
        return [
            f"{self.n_left} + {self.n_right} records, {self.gold} gold pairs",
            f"blocking   completeness {self.completeness:.4f}, {self.candidates_per_record:.2f} candidates a record",
            f"matches    {_three(hit.precision, hit.recall, hit.f1)} [{low:.3f}, {high:.3f}]",
            f"B-cubed    {_three(cubed['precision'], cubed['recall'], cubed['f1'])}",
            f"threshold  {self.threshold:.3f} without labels; {best[1]:.3f} in hindsight would give F1 {best[0]:.3f}",
            f"automatic  {self._merging(self.automatic)}",
            f"  certain  {self._merging(self.certain)}",
            f"review     {self.review_share:.3f} of the records",
            f"cost       {self.seconds:.1f} s, {speed:.0f} records/s, {self.peak_rss_mb} MB",
            *(
                f"{e['error']:<6} {e['probability']:.2f}  {e['left']}  <>  {e['right']}  ({e['why']})"
                for e in self.errors
            ),
        ]

    def _merging(self, told: Hit) -> str:
        if not told.answered:
            return "no pair"
        merged = self._merged(told)
        share, precision, low = merged["share"], merged["precision"], merged["precision_low"]
        return f"{told.answered} pairs, {share:.3f} of the likely ones, precision {precision:.3f} (at least {low:.3f})"


def _three(precision: float, recall: float, f1: float) -> str:
    return f"precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}"


def evaluate(
    left: Path | str,
    right: Path | str | None,
    gold: Path | str | None,
    *,
    one_to_one: bool | None = None,
    dirty: bool = False,
    cluster: str | None = None,
    scratch: Scratch | None = None,
) -> Result:
    """Matches LEFT with RIGHT (or LEFT with itself where `dirty`) and compares with GOLD.

    `one_to_one`: True and False say whether each file lists a product once; None finds out as a run does. `cluster`: the
    gold is a column of the file itself. Raises TableError for files that cannot be used.
    """
    if dirty == (right is not None):
        raise TableError(
            str(left), "one file is matched with itself, two with each other", "give RIGHT or --dirty, not both"
        )
    frame = read_table(left)
    records = records_of(frame, supplier=LEFT, but=(cluster,) if cluster else ())
    n_left = len(records)
    ids = records["sku"]
    other = ids
    if right is not None:
        more = records_of(read_table(right), supplier=RIGHT)
        other = more["sku"]
        records = pl.concat([records, more], how="diagonal")
    if cluster is not None:
        truth = cluster_pairs(frame, cluster)
    elif gold is not None:
        truth = pairs_of(read_table(gold), ids, other)
    else:
        raise TableError(str(left), "there is nothing to compare with", "give --gold FILE or --cluster COL")
    within = True if dirty else None if one_to_one is None else not one_to_one
    return evaluate_records(records, truth, n_left=n_left, within=within, scratch=scratch)


def evaluate_records(
    records: pl.DataFrame,
    truth: pl.DataFrame,
    *,
    n_left: int,
    within: bool | None = None,
    scratch: Scratch | None = None,
) -> Result:
    """The same for records of the suppliers `left` and (but for one file) `right`, and gold `left_sku`, `right_sku`."""
    started = time.perf_counter()
    model = learn(records, within=within, scratch=scratch)
    found = match(records, model, merge=MERGED, scratch=scratch)
    seconds = time.perf_counter() - started
    dirty = n_left == len(records)
    gold = _ordered(truth, dirty=dirty)
    pairs = _across(found.pairs, dirty=dirty)
    looked = _ordered(_looked_up(found), dirty=dirty)
    right = pairs.join(gold.with_columns(right=True), on=["left_sku", "right_sku"], how="left", maintain_order="left")
    right = right.with_columns(pl.col("right").fill_null(value=False))
    likely = right.filter("likely")
    certain = right.filter(pl.col("decision") == "certain")
    review = right.filter(pl.col("decision") == "review")
    merged = _together(found.clusters, dirty=dirty)
    n_right = len(records) - n_left
    possible = n_left * (n_left - 1) // 2 if dirty else n_left * n_right
    held = len(gold.join(looked, on=["left_sku", "right_sku"], how="semi"))
    reviewed = len(
        {*review["left_supplier"] + "/" + review["left_sku"], *review["right_supplier"] + "/" + review["right_sku"]}
    )
    return Result(
        n_left=n_left,
        n_right=n_right,
        gold=len(gold),
        completeness=held / len(gold) if len(gold) else 1.0,
        reduction=1 - len(looked) / max(possible, 1),
        candidates_per_record=found.compared / max(len(records), 1),
        hit=Hit(int(likely["right"].sum()), len(likely), len(gold)),
        f1_ci=interval(_by_left(likely, gold)),
        clusters=_b_cubed(records, found, gold, dirty=dirty),
        hindsight=best_in_hindsight(right["probability"].to_numpy(), right["right"].to_numpy(), len(gold)),
        threshold=float(likely["probability"].min()) if len(likely) else 1.0,  # type: ignore[arg-type]  # a float column's
        calibration=calibration(right["probability"].to_numpy(), right["right"].to_numpy()),
        curve=curve(right["probability"].to_numpy(), right["right"].to_numpy(), len(gold)),
        automatic=Hit(len(merged.join(gold, on=["left_sku", "right_sku"], how="semi")), len(merged), len(gold)),
        certain=Hit(int(certain["right"].sum()), len(certain), len(gold)),
        review_share=reviewed / max(len(records), 1),
        errors=_errors(records, right, gold, looked, dirty=dirty),
        seconds=seconds,
        peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


def _ordered(pairs: pl.DataFrame, *, dirty: bool) -> pl.DataFrame:
    one, other = pl.col("left_sku"), pl.col("right_sku")
    if dirty:
        one, other = pl.min_horizontal("left_sku", "right_sku"), pl.max_horizontal("left_sku", "right_sku")
    return pairs.select(left_sku=one, right_sku=other).unique(maintain_order=True)


def _across(pairs: pl.DataFrame, *, dirty: bool) -> pl.DataFrame:
    """Pairs between the two files; `left` sorts before `right`, so that sides are as given."""
    return pairs if dirty else pairs.filter(pl.col("left_supplier") != pl.col("right_supplier"))


def _together(clusters: pl.DataFrame, *, dirty: bool) -> pl.DataFrame:
    """The pairs of records that became one product, between the two files or within the one."""
    left, right = (clusters.filter(supplier=side).select("sku", "product") for side in (LEFT, LEFT if dirty else RIGHT))
    both = left.join(right, on="product", suffix="_right").select(left_sku="sku", right_sku="sku_right")
    return both.filter(pl.col("left_sku") < pl.col("right_sku")) if dirty else both


def _looked_up(found: Matches) -> pl.DataFrame:
    asked = found.asked
    forth = asked.filter(pl.col("supplier") == LEFT).select(left_sku="sku", right_sku="near_sku", other="near_supplier")
    back = asked.filter(pl.col("supplier") == RIGHT).select(left_sku="near_sku", right_sku="sku", other="near_supplier")
    across = pl.concat([forth, back.filter(pl.col("other") == LEFT)])
    between = across.filter(pl.col("other") == RIGHT) if len(back) else across
    return pl.concat([between, back.filter(pl.col("other") == LEFT)]).select("left_sku", "right_sku")


def _by_left(likely: pl.DataFrame, gold: pl.DataFrame) -> list[tuple[int, int, int]]:
    answered = likely.group_by("left_sku").agg(pl.col("right").sum().cast(pl.Int64), answered=pl.len().cast(pl.Int64))
    owed = gold.group_by("left_sku").agg(gold=pl.len().cast(pl.Int64))
    both = answered.join(owed, on="left_sku", how="full", coalesce=True).sort("left_sku").fill_null(0)
    return [(int(a), int(b), int(c)) for a, b, c in both.select("right", "answered", "gold").iter_rows()]


def _b_cubed(records: pl.DataFrame, found: Matches, gold: pl.DataFrame, *, dirty: bool) -> dict[str, float]:
    """B-cubed over all records, the gold's clusters being what its pairs connect."""
    parent: dict[str, str] = {f"{a}/{b}": f"{a}/{b}" for a, b in records.select("supplier", "sku").iter_rows()}

    def root(node: str) -> str:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    side = LEFT if dirty else RIGHT
    for one, other in gold.iter_rows():
        a, b = f"{LEFT}/{one}", f"{side}/{other}"
        if a in parent and b in parent:
            low, high = sorted((root(a), root(b)))
            parent[high] = low
    answered = {f"{a}/{b}": product for a, b, product in found.clusters.iter_rows()}
    return b_cubed(answered, {record: root(record) for record in parent})


def _errors(
    records: pl.DataFrame, right: pl.DataFrame, gold: pl.DataFrame, looked: pl.DataFrame, *, dirty: bool
) -> list[dict[str, Any]]:
    """The most confident false merges and the misses that came nearest, with what spoke for and against them."""
    titles = {(a, b): str(title) for a, b, title in records.select("supplier", "sku", "title").iter_rows()}
    side = LEFT if dirty else RIGHT
    said = {
        (a, b): (p, e) for a, b, p, e in right.select("left_sku", "right_sku", "probability", "evidence").iter_rows()
    }
    known = set(looked.iter_rows())
    chosen = set(right.filter("likely").select("left_sku", "right_sku").iter_rows())
    taken = {one for one, _ in chosen}
    false = right.filter(pl.col("likely") & ~pl.col("right")).sort("probability", "left_sku", descending=[True, False])
    told = [("false", a, b, "merged") for a, b in false.select("left_sku", "right_sku").head(HARDEST).iter_rows()]
    missed = [(a, b) for a, b in gold.iter_rows() if (a, b) not in chosen]
    missed.sort(key=lambda pair: (-said.get(pair, (0.0, ""))[0], pair))
    for a, b in missed[:HARDEST]:
        why = "never compared" if (a, b) not in known else "another was nearer" if a in taken else "below the threshold"
        told.append(("missed", a, b, why))
    return [
        {
            "error": error,
            "left_sku": a,
            "right_sku": b,
            "left": titles.get((LEFT, a), ""),
            "right": titles.get((side, b), ""),
            "probability": float(np.round(said.get((a, b), (0.0, ""))[0], 4)),
            "why": why,
            "evidence": said.get((a, b), (0.0, ""))[1],
        }
        for error, a, b, why in told
    ]
