"""The governed chain against the same stage functions ungoverned, in one process, warm, on the same generated feed.

    python benchmarks/chain.py [ROWS…] [--alone]        default: 100000 1000000

`plain`: the stage functions, each result written with `write_deltalake`: what people do today. `fastest`: each result as
one polars-written file, committed by reference, with nothing synced. `rerun`: the governed chain again with 1 % of the
rows changed. All in one process, warm, but no way profits from texts that another has looked through: each begins with an
empty memory of them, and a rerun with that of its full run.

Two chains, a line of JSON each. `chain`: records, products, matches, listings as a run makes them, the matcher learning
and comparing on every side, up to 200,000 rows. `governance_alone` (of every size; `--alone`: nothing else): the matcher's
answer is made from the generator's truth, so that what governance costs is not hidden behind seconds that are the same on
all sides.
"""

import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import polars_hash
from deltalake import Schema, write_deltalake
from deltalake.transaction import AddAction, create_table_with_add_actions

from aios_assets.enrich import look
from aios_assets.enrich.clean import Clean
from aios_assets.enrich.survivorship import package_default
from aios_assets.fingerprint import fingerprint
from aios_assets.materialise import Run, materialise
from aios_assets.reviews import Reviewed
from aios_assets.runtime import Runtime
from aios_assets.settings import load
from aios_assets.split import quarantine_contract
from aios_assets.stage import Changes, Stage
from aios_assets.stages.brand_aliases import brand_aliases
from aios_assets.stages.conflicts import conflicts
from aios_assets.stages.golden import golden
from aios_assets.stages.listings import listings
from aios_assets.stages.match_labels import match_labels
from aios_assets.stages.match_model import match_model
from aios_assets.stages.matches import matches
from aios_assets.stages.neighbours import NEIGHBOURS, neighbours
from aios_assets.stages.products import products
from aios_assets.stages.records import records
from aios_assets.stages.survivorship import survivorship
from aios_assets.work import Feed
from policies.candidate import InputFacts
from policies.contract import ATTEMPT, RECEIPT_TYPES
from policies.quality.suite import warm
from serving.local.attributes import Attributes, OneAttribute

WORDS = 20_000
MATCHED = 200_000
"""Rows up to which the chain is measured with the matcher in it, and governance alone three times."""


def feed_of(rows: int, *, changed: float = 0.0) -> pl.DataFrame:
    """Records of two suppliers who share a third of their range, as the intake hands them over."""
    rng = np.random.default_rng(7)
    half = rows // 2
    chance = 1 / np.arange(1, WORDS + 1)
    vocabulary = pl.Series([f"word{number}" for number in range(WORDS)])
    drawn = rng.choice(WORDS, size=(half, 6), p=chance / chance.sum())
    columns = [vocabulary.gather(drawn[:, at]) for at in range(6)]
    words = pl.DataFrame([c.alias(f"w{at}") for at, c in enumerate(columns)])
    brand = pl.Series(["Sony", "Acme", "Kodak", "Epson", "Canon", "Philips", "Bosch"]).gather(rng.integers(0, 7, half))
    model = pl.Series("model", rng.integers(10_000, 10**7, half)).cast(pl.String)
    size = pl.Series("size", rng.integers(1, 64, half)).cast(pl.String)
    base = words.with_columns(brand.alias("brand"), ("MX" + model).alias("model"), size.alias("size")).select(
        pl.concat_str("brand", "w0", "w1", "w2", "model", pl.format("{}GB black", "size"), separator=" ").alias(
            "title"
        ),
        pl.concat_str("w3", "w4", "w5", "w0", "w1", "w2", separator=" ").alias("description"),
        "brand",
        "model",
        pl.Series("price", np.round(rng.lognormal(4, 1, half), 2) + 0.01).round(2).cast(pl.String),
    )
    fresh = (pl.int_range(pl.len()) % 3 != 0).alias("fresh")
    other = base.with_columns(fresh).with_columns(
        pl.when("fresh").then("Other " + pl.col("title")).otherwise(pl.col("title") + " new").alias("title"),
        pl.when("fresh").then("Z" + pl.col("model")).otherwise("model").alias("model"),
    )
    parts = [
        frame.select("title", "description", "brand", "model", "price").with_columns(
            pl.lit(name).alias("supplier"), pl.int_range(pl.len()).cast(pl.String).alias("sku")
        )
        for name, frame in (("alpha", base), ("beta", other))
    ]
    told = pl.concat(parts).with_columns(
        *(pl.lit(None, pl.String).alias(name) for name in ("gtin", "category", "url", "image", "attributes")),
        pl.lit(None, pl.Int64).alias("ordered"),
        pl.lit(None, pl.Boolean).alias("withdrawn"),
        pl.lit("EUR").alias("currency"),
        pl.lit("en").alias("language"),
        pl.lit(".").alias("decimal"),
        pl.format("{}.csv", "supplier").alias("file"),
        pl.lit("0" * 64).alias("file_sha256"),
        pl.int_range(2, pl.len() + 2).alias("line"),
        pl.lit(None, pl.Int64).alias("lent_line"),
        pl.lit(None, pl.String).alias("lent_digest"),
    )
    if changed:
        hit = pl.Series("hit", rng.random(rows) < changed)
        told = told.with_columns(pl.when(hit).then("9" + pl.col("price")).otherwise("price").alias("price"))
    text = ["title", "description", "brand", "model", "price", "supplier", "sku"]
    line = told.select(pl.concat_str(text, separator="|").alias("line"))
    digest = line.select(polars_hash.col("line").chash.sha2_256()).to_series().alias("line_digest")
    return told.with_columns(digest, told.select(fingerprint(text, told.schema)).to_series())


def truth(rows: int) -> pl.DataFrame:
    """What a matcher would say of the feed, in the neighbours table's shape."""
    half = rows // 2
    skus = pl.DataFrame({"sku": pl.int_range(half, eager=True).cast(pl.String)})
    shared = skus.filter(pl.int_range(pl.len()) % 3 == 0)
    own = pl.concat([skus.with_columns(supplier=pl.lit(name)) for name in ("alpha", "beta")])
    own = own.with_columns(near_supplier="supplier", near_sku="sku", near=1.0)
    pairs = [
        shared.with_columns(
            supplier=pl.lit(one), near_supplier=pl.lit(other), near_sku="sku", near=0.9, score=5.0, probability=0.99,
            decision=pl.lit("certain"), evidence=pl.lit("model number equal"),
        )
        for one, other in (("alpha", "beta"), ("beta", "alpha"))
    ]  # fmt: skip
    product = pl.when(pl.col("sku").cast(pl.Int64) % 3 == 0).then("p" + pl.col("sku")).otherwise(
        pl.concat_str(pl.lit("p"), "supplier", "sku")
    )  # fmt: skip
    told = pl.concat([own, *pairs], how="diagonal").with_columns(product=product)
    names = [column.name for column in NEIGHBOURS.columns]
    return told.select(
        (pl.col(n) if n in told.columns else pl.lit(None)).cast(NEIGHBOURS.column(n).type).alias(n) for n in names
    )


def known(found: pl.DataFrame) -> Stage:
    """The neighbours stage with its answer given."""

    def neighbours_known(products: pl.LazyFrame) -> pl.DataFrame:  # noqa: ARG001  the chain's order, not its values
        """The matcher's answer."""
        return found

    neighbours_known.__name__ = neighbours.name
    contract = replace(
        NEIGHBOURS, columns=tuple(replace(c, reads=("products.supplier", "products.sku")) for c in NEIGHBOURS.columns)
    )
    return replace(neighbours, function=neighbours_known, contract=contract)


class Ungoverned:
    """The same functions, called one after the other; `write` puts each result away."""

    def __init__(
        self, write: Callable[[str, pl.DataFrame], None], vault: Any, models: Any, found: pl.DataFrame | None
    ) -> None:
        self.write, self.vault, self.models, self.found = write, vault, models, found

    def run(self, feed: pl.DataFrame) -> None:
        """Feed to listings."""
        made = records(feed, self.vault)
        self.write("records", made)
        clean = products(made)
        self.write("products", clean)
        values = clean.with_columns(
            pl.col(c.name).struct.field("value").alias(c.name) for c in products.contract.columns if c.answered
        )
        found = self._compared(values) if self.found is None else self.found
        self.write("neighbours", found)
        grouped = matches(found.lazy()).collect()
        self.write("matches", grouped)
        names = brand_aliases(values.lazy())
        self.write("brand_aliases", names)
        policy = survivorship(package_default())
        self.write("survivorship", policy)
        stands = golden(values.lazy(), grouped.lazy(), names.lazy(), policy.lazy(), self.models)
        self.write("golden", stands)
        receipts = [pl.col("value").struct.field(part).alias(f"value__{part}") for part in RECEIPT_TYPES]
        stands = stands.with_columns(*receipts, pl.col("value").struct.field("value"))
        self.write("conflicts", conflicts(stands.lazy()).collect())
        self.write("listings", listings(values.lazy(), grouped.lazy(), stands.lazy(), self.models))

    def _compared(self, values: pl.DataFrame) -> pl.DataFrame:
        """The matcher's answer, learned and compared here."""
        labels = match_labels(Reviewed())
        self.write("match_labels", labels)
        model = match_model(values.lazy(), labels.lazy(), Changes(None, {}))
        self.write("match_model", model)
        told: pl.DataFrame = neighbours(values.lazy(), model.lazy(), labels.lazy(), Changes(None, {}))
        return told


def plain(folder: Path) -> Callable[[str, pl.DataFrame], None]:
    """Writes as people do: `write_deltalake`."""
    return lambda name, frame: write_deltalake(str(folder / name), frame, mode="overwrite")


def fastest(folder: Path) -> Callable[[str, pl.DataFrame], None]:
    """Writes one polars file a table and commits it by reference."""

    def write(name: str, frame: pl.DataFrame) -> None:
        target = folder / name
        target.mkdir(parents=True)
        frame.write_parquet(target / "part.parquet", compression="zstd", compression_level=1, statistics=False)
        add = AddAction("part.parquet", (target / "part.parquet").stat().st_size, {}, 0, True, "{}")
        empty = frame.head(0).to_arrow(compat_level=pl.CompatLevel.oldest())
        create_table_with_add_actions(str(target), Schema.from_arrow(empty.schema), [add], mode="error")

    return write


def governed(runtime: Runtime, stages: list[Stage], feed: pl.DataFrame, delivery: str) -> dict[str, float]:
    """The chain through gate and ledger; seconds by stage. Raises SystemExit where the gate refuses."""
    contracts = {stage.name: stage.contract for stage in stages}
    nothing = pl.DataFrame(
        schema={name: dtype for name, dtype in quarantine_contract(records).schema.items() if name != ATTEMPT}
    )
    given = Feed(
        feed, nothing, ("alpha", "beta"), (InputFacts(delivery, "file", None, delivery * 64, None),), identity=delivery
    )
    seconds = {}
    for stage in stages:
        begun = time.perf_counter()
        attempt = materialise(
            stage, runtime, Run(delivery, "bench"), contracts=contracts, feed=given if stage.reads_feed else None
        )
        seconds[stage.name] = round(time.perf_counter() - begun, 2)
        if attempt.refused:
            raise SystemExit(f"{stage.name} was refused: {attempt.verdict}")
    return seconds


def timed(run: Callable[[], Any]) -> tuple[float, float, Any]:
    """(seconds, CPU seconds, answer) of a run that has looked through no text before."""
    look.CLEAN = Clean()
    begun, busy = time.perf_counter(), time.process_time()
    answer = run()
    return time.perf_counter() - begun, time.process_time() - busy, answer


def measure(rows: int, home: Path, *, rounds: int, matcher: bool) -> dict[str, Any]:
    """One line of figures: of each way the best of some rounds, in which every way runs once, each time in another order."""
    from serving.gateway import Gateway
    from serving.registry import Registry

    feed, found = feed_of(rows), None if matcher else truth(rows)
    again = feed_of(rows, changed=0.01)
    between = [match_labels, match_model, neighbours] if found is None else [known(found)]
    stages = [records, products, *between, matches, brand_aliases, survivorship, golden, conflicts, listings]
    seconds: dict[str, list[tuple[float, float, Any]]] = {}

    def ungoverned(name: str, writer: Callable[[Path], Callable[[str, pl.DataFrame], None]], at: Path) -> None:
        runtime = Runtime.open(load(at, lake=str(at / "lake")))
        uncached = Gateway((Attributes(), OneAttribute()), Registry.load())
        run = Ungoverned(writer(at / name), runtime.vault, uncached, found)
        seconds.setdefault(name, []).append(timed(lambda: run.run(feed)))

    def with_gate(at: Path) -> None:
        runtime = Runtime.open(load(at, lake=str(at / "lake")))
        seconds.setdefault("governed", []).append(timed(lambda: governed(runtime, stages, feed, "a")))
        begun, busy = time.perf_counter(), time.process_time()
        told = governed(runtime, stages, again, "b")
        took = time.perf_counter() - begun, time.process_time() - busy, told
        seconds.setdefault("rerun_1_percent", []).append(took)

    ways = [
        lambda at: ungoverned("plain", plain, at),
        lambda at: ungoverned("fastest", fastest, at),
        with_gate,
    ]
    for number in range(rounds):
        for way in ways[number % 3 :] + ways[: number % 3]:
            at = Path(tempfile.mkdtemp(dir=home))
            way(at)
            shutil.rmtree(at)
    told: dict[str, Any] = {"name": "chain" if matcher else "governance_alone", "rows": rows, "rounds": rounds}
    best = {name: min(took) for name, took in seconds.items()}
    for name, (wall, busy, _) in best.items():
        told[f"{name}_seconds"], told[f"{name}_cpu_seconds"] = round(wall, 2), round(busy, 2)
    # On a machine that others use as well, only the seconds of the processor can be compared.
    for at, unit in enumerate(("", "_by_cpu")):
        told[f"governed_to_plain{unit}"] = round(best["governed"][at] / best["plain"][at], 2)
        told[f"governed_to_fastest{unit}"] = round(best["governed"][at] / best["fastest"][at], 2)
        told[f"rerun_to_full{unit}"] = round(best["rerun_1_percent"][at] / best["governed"][at], 2)
    told["by_stage"], told["rerun_by_stage"] = best["governed"][2], best["rerun_1_percent"][2]
    told["peak_rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return told


def main() -> None:
    """Warms up on a small feed, then measures each size."""
    warm().join()
    sizes = [int(text) for text in sys.argv[1:] if text.isdigit()] or [100_000, 1_000_000]
    both = [False] if "--alone" in sys.argv else [True, False]
    list(measured(2_000, both))
    for rows in sizes:
        for told in measured(rows, [matcher for matcher in both if rows <= MATCHED or not matcher]):
            print(json.dumps(told), flush=True)


def measured(rows: int, both: list[bool]) -> Iterator[dict[str, Any]]:
    """A line for each chain, with the matcher or without."""
    for matcher in both:
        home = Path(tempfile.mkdtemp(prefix="chain"))
        try:
            yield measure(rows, home, rounds=3 if rows <= MATCHED and not matcher else 2, matcher=matcher)
        finally:
            shutil.rmtree(home)


if __name__ == "__main__":
    main()
