"""Matching: ours against Splink on labelled feeds (F1 and seconds), and how both grow on a generated catalogue.

    python -m benchmarks.matching [--feeds DIR] [--sizes 10000,100000,1000000] [--minutes 30]

Prints one JSON line a measurement. Splink runs on DuckDB as its documentation describes for linking: u from random pairs, the
prior from deterministic rules, m by expectation-maximisation, term frequencies, blocking on exploded rare tokens, rules that
make some million comparisons and not some hundred; one-to-one assignment is added to both sides alike. It is given the same
cleaned fields that our evidence reads. Each size of each tool has a process of its own, and `--minutes` at most.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

from aios_assets.enrich.matching import learn, match, tokens
from aios_assets.enrich.matching.assign import one_to_one
from aios_assets.evaluate.gold import pairs_of
from aios_assets.evaluate.tables import read_table, records_of
from benchmarks.matching_catalogue import catalogue

FEEDS = (("amazon_google", "amazon.csv", "gp.csv"), ("walmart_amazon", "walmart.csv", "amazon.csv"))
SIDES = ["left_sku", "right_sku"]
COMMON, TRAINED = 200, 5_000_000
"""How many records share a word at most that Splink compares them for, and the pairs at most that it learns from."""


def tell(**measured: object) -> None:
    """One measurement as a JSON line."""
    rounded = {key: round(value, 4) if isinstance(value, float) else value for key, value in measured.items()}
    print(json.dumps(rounded), flush=True)


def f1(found: pl.DataFrame, gold: pl.DataFrame) -> float:
    """F1 of pairs (`left_sku`, `right_sku`)."""
    return 2 * len(found.join(gold, on=SIDES, how="semi")) / max(len(found) + len(gold), 1)


def hindsight(scored: pl.DataFrame, gold: pl.DataFrame) -> float:
    """The best F1 that any threshold on `probability` reaches."""
    right = scored.join(gold.with_columns(right=True), on=SIDES, how="left").sort("probability", descending=True)
    hits = right["right"].fill_null(value=False).to_numpy().cumsum()
    return float((2 * hits / (np.arange(1, len(hits) + 1) + len(gold))).max()) if len(hits) else 0.0


def ours(records: pl.DataFrame, left: str) -> tuple[pl.DataFrame, float]:
    """Our pairs (`left_sku`, `right_sku`, `probability`, `likely`) and the seconds they took."""
    started = time.perf_counter()
    found = match(records, learn(records), merge="likely").pairs
    seconds = time.perf_counter() - started
    forth = found.filter(pl.col("left_supplier") == left).select(*SIDES, "probability", "likely")
    back = found.filter(pl.col("left_supplier") != left)
    turned = back.select(left_sku="right_sku", right_sku="left_sku", probability="probability", likely="likely")
    return pl.concat([forth, turned]), seconds


def splinked(records: pl.DataFrame, left: str) -> tuple[pl.DataFrame, float]:
    """Splink's pairs after one-to-one assignment, and the seconds they took."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    started = time.perf_counter()
    frames = [_cleaned(records.filter(supplier=name)) for name in (left, *_others(records, left))]
    fields = [name for name in ("brand", "model") if all(frame[name].drop_nulls().len() for frame in frames)]
    comparisons = [
        cl.JaroWinklerAtThresholds("title", [0.95, 0.88, 0.8]),
        cl.ArrayIntersectAtSizes("words", [6, 4, 3, 2, 1]),
        cl.ArrayIntersectAtSizes("rare", [3, 2, 1]),
        *(cl.JaroWinklerAtThresholds("brand", [0.9]).configure(term_frequency_adjustments=True) for _ in fields[:1]),
    ]
    rules = [block_on("rare", arrays_to_explode=["rare"])]
    deterministic = [block_on("title")]
    if "model" in fields:
        comparisons.append(cl.JaroWinklerAtThresholds("model", [0.95]).configure(term_frequency_adjustments=True))
        rules.append(block_on("model"))
        deterministic.append(block_on("model"))
    near = "least(price_l, price_r) / greatest(price_l, price_r)"
    comparisons.append(
        {
            "output_column_name": "price",
            "comparison_levels": [
                {
                    "sql_condition": "price_l IS NULL OR price_r IS NULL",
                    "label_for_charts": "null",
                    "is_null_level": True,
                },
                *({"sql_condition": f"{near} > {at}", "label_for_charts": f"within {at}"} for at in (0.98, 0.85, 0.6)),
                {"sql_condition": "ELSE", "label_for_charts": "apart"},
            ],
        }
    )
    settings = SettingsCreator(
        link_type="link_only", comparisons=comparisons, blocking_rules_to_generate_predictions=rules
    )
    api = DuckDBAPI()
    named = [api.register(frame.to_arrow(), dataset_display_name=f"s{at}") for at, frame in enumerate(frames)]
    linker = Linker(named, settings, log_level=40)
    linker.training.estimate_probability_two_random_records_match(deterministic, recall=0.5)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on(f"substr(title, 1, {_begun(frames)})"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("price"))
    table = linker.inference.predict(threshold_match_probability=0.01)
    found = pl.DataFrame(table.as_pyarrow_table())
    turn = pl.col("source_dataset_l") == "s0"
    found = found.select(
        left_sku=pl.when(turn).then("unique_id_l").otherwise("unique_id_r"),
        right_sku=pl.when(turn).then("unique_id_r").otherwise("unique_id_l"),
        probability=pl.col("match_probability").cast(pl.Float64),
        weight=pl.col("match_weight").cast(pl.Float64),
    )
    one = found["left_sku"].rank("dense").cast(pl.Int64).to_numpy() - 1
    other = found["right_sku"].rank("dense").cast(pl.Int64).to_numpy() - 1 + int(one.max(initial=0)) + 1
    sources = np.repeat([0, 1], [int(one.max(initial=-1)) + 1, int(other.max(initial=0)) - int(one.max(initial=-1))])
    won = found[one_to_one(one, other, sources, found["weight"].to_numpy())]
    seconds = time.perf_counter() - started
    return won.select(*SIDES, "probability", likely=pl.col("probability") >= 0.5), seconds


def _begun(frames: list[pl.DataFrame]) -> int:
    """How many letters of a title two records share whose weights are learned: so many that TRAINED pairs do at most."""
    for letters in range(10, 40):
        one, other = (frame.select(k=pl.col("title").str.slice(0, letters)).group_by("k").len() for frame in frames)
        both = one.join(other, on="k").select(pl.col("len").cast(pl.Int64) * pl.col("len_right")).sum().item()
        if both <= TRAINED:
            return letters
    return 40


def _others(records: pl.DataFrame, left: str) -> list[str]:
    return [name for name in records["supplier"].unique().sort().to_list() if name != left]


def _cleaned(records: pl.DataFrame) -> pl.DataFrame:
    """Fields as our evidence reads them, and each title's four rarest words for blocking."""
    texts = {
        name: tokens.plain(pl.col(name), limit=400) if name in records.columns else pl.lit("")
        for name in ("title", "brand", "model")
    }
    frame = records.select(
        pl.col("sku").alias("unique_id"), **texts, price=tokens.money(records["price"])
    ).with_columns(
        words=tokens.words(pl.concat_str("title", "brand", "model", separator=" ")),
        model=tokens.squashed(pl.col("model")),
    )
    said = frame.select("unique_id", "words").explode("words", empty_as_null=False, keep_nulls=False)
    rare = said.group_by("words").len("count").filter(pl.col("count") <= COMMON)
    counted = said.join(rare, on="words").sort("unique_id", "count", "words")
    few = counted.group_by("unique_id", maintain_order=True).agg(rare=pl.col("words").head(4))
    empty = [pl.when(pl.col(name) != "").then(name).alias(name) for name in ("brand", "model")]
    return frame.join(few, on="unique_id", how="left", maintain_order="left").with_columns(*empty)


def feeds(folder: Path) -> None:
    """F1 and seconds of both on the labelled feeds."""
    for name, left, right in FEEDS:
        one, other = read_table(folder / name / left), read_table(folder / name / right)
        records = pl.concat([records_of(one, supplier="left"), records_of(other, supplier="right")], how="diagonal")
        gold = pairs_of(read_table(folder / name / "gt.csv"))
        for tool, run in (("aios", ours), ("splink", splinked)):
            found, seconds = run(records, "left")
            best = hindsight(found, gold)
            tell(
                bench="feed", feed=name, tool=tool, f1=f1(found.filter("likely"), gold), hindsight=best, seconds=seconds
            )


def grown(tool: str, size: int) -> None:
    """Seconds, processor seconds, memory and quality on a generated catalogue of this size."""
    records, truth = catalogue(size)
    gold = truth.select(*SIDES)
    begun = time.process_time()
    found, seconds = (ours if tool == "aios" else splinked)(records, "s0")
    tell(
        bench="growth",
        tool=tool,
        records=len(records),
        f1=f1(found.filter("likely"), gold),
        seconds=seconds,
        processor=time.process_time() - begun,
        peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


def growth(tool: str, sizes: list[int], minutes: float) -> None:
    """The same for each size, with the exponent between two; a size that takes longer is told as not finished."""
    before: dict[str, float] = {}
    for size in sizes:
        command = [sys.executable, "-m", "benchmarks.matching", "--alone", tool, str(size)]
        try:
            done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60 * minutes)
        except subprocess.TimeoutExpired:
            tell(bench="growth", tool=tool, records=size, finished=f"not within {minutes:g} minutes")
            return
        told = json.loads(done.stdout.splitlines()[-1])
        if before:
            told["exponent"] = float(
                np.log(told["seconds"] / before["seconds"]) / np.log(told["records"] / before["records"])
            )
        tell(**told)
        before = told


def main() -> int:
    """Runs what is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--feeds", type=Path, default=Path(__file__).resolve().parents[1].parent / "shared" / "data")
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--minutes", type=float, default=30, help="of a size of a tool, at most")
    parser.add_argument("--alone", nargs=2, metavar=("TOOL", "SIZE"), help="only this size of this tool")
    asked = parser.parse_args()
    if asked.alone:
        grown(asked.alone[0], int(asked.alone[1]))
        return 0
    if asked.feeds.exists():
        feeds(asked.feeds)
    for tool in ("aios", "splink"):
        growth(tool, [int(size) for size in asked.sizes.split(",") if size], asked.minutes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
