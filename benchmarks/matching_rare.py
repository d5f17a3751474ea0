"""Matching where matches are rare: matched records taken away, feeds cut in halves, feeds of different trades.

    python -m benchmarks.matching_rare [--feeds DIR] [--seeds 5]

Prints one JSON line a cut. Everything is learned anew each time. With part of the matched right-hand records taken away: F1 at
the threshold chosen without labels, and what that costs against the best one in hindsight, over several draws.
"""

import argparse
import sys
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from aios_assets.enrich.matching import learn, match
from aios_assets.enrich.matching.decide import MERGED
from aios_assets.evaluate.gold import pairs_of
from aios_assets.evaluate.tables import read_table, records_of
from benchmarks.matching import FEEDS, SIDES, f1, hindsight, tell

SHARES: Final = (0.0, 0.3, 0.6, 0.9, 1.0)


def found(records: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Pairs between `left` and `right` with `probability`, `likely` and `decision`; how many products have several records."""
    told = match(records, learn(records), merge=MERGED)
    pairs = told.pairs.filter(pl.col("left_supplier") != pl.col("right_supplier"))
    return pairs, int((told.clusters.group_by("product").len()["len"] > 1).sum())


def thinned(name: str, records: pl.DataFrame, gold: pl.DataFrame, seeds: int) -> None:
    """Shares of the matched right-hand records taken away."""
    for share in SHARES:
        scores, costs, likely, merged = [], [], [], []
        for seed in range(seeds if 0 < share < 1 else 1):
            gone = gold.sample(fraction=share, seed=seed)["right_sku"].implode()
            kept = records.filter((pl.col("supplier") == "left") | ~pl.col("sku").is_in(gone))
            pairs, products = found(kept)
            truth = gold.filter(~pl.col("right_sku").is_in(gone))
            scores.append(f1(pairs.filter("likely").select(SIDES), truth))
            costs.append(hindsight(pairs, truth) - scores[-1])
            likely.append(int(pairs["likely"].sum()))
            merged.append(products)
        worst = {"cost": float(np.mean(costs)), "cost_worst": float(np.max(costs))}
        counts = {"likely": float(np.mean(likely)), "merged": float(np.mean(merged))}
        tell(bench=name, taken_away=share, draws=len(costs), f1=float(np.mean(scores)), **worst, **counts)


def nothing_shared(feeds: dict[str, pl.DataFrame]) -> None:
    """Two random halves of one feed, and two feeds of different trades: what is likely there is false, or a repetition."""
    draw = np.random.default_rng(0)
    cuts = {}
    for name, records in feeds.items():
        half = pl.Series(draw.permutation(len(records)) < len(records) // 2)
        cuts[f"halves of {name}"] = records.with_columns(
            supplier=pl.when(half).then(pl.lit("left")).otherwise(pl.lit("right"))
        )
    one, other = feeds["walmart_amazon/walmart"], feeds["amazon_google/gp"]
    sides = [frame.with_columns(supplier=pl.lit(side)) for frame, side in ((one, "left"), (other, "right"))]
    cuts["walmart with google"] = pl.concat(sides, how="diagonal")
    for name, records in cuts.items():
        pairs, merged = found(records)
        certain = int((pairs["decision"] == "certain").sum())
        smaller = int(records["supplier"].value_counts()["count"].min())  # type: ignore[arg-type]  # a column of counts
        tell(bench=name, smaller=smaller, likely=int(pairs["likely"].sum()), merged=merged, certain=certain)


def main() -> int:
    """Measures every cut."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--feeds", type=Path, default=Path(__file__).resolve().parents[1].parent / "shared" / "data")
    parser.add_argument("--seeds", type=int, default=5)
    asked = parser.parse_args()
    if not asked.feeds.exists():
        return 0
    read = {}
    for name, *files in FEEDS:
        for file, side in zip(files, ("left", "right"), strict=True):
            read[f"{name}/{Path(file).stem}"] = records_of(read_table(asked.feeds / name / file), supplier=side)
        both = [read[f"{name}/{Path(file).stem}"] for file in files]
        thinned(name, pl.concat(both, how="diagonal"), pairs_of(read_table(asked.feeds / name / "gt.csv")), asked.seeds)
    nothing_shared(read)
    return 0


if __name__ == "__main__":
    sys.exit(main())
