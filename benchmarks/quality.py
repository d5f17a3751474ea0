"""Twenty expectations over one million rows, against one naive polars pass that counts the same things.

Run as `python -m benchmarks.quality [ROWS]`. One JSON object a line; the last one has the ratio.
"""

import json
import sys
import time
from collections.abc import Callable

import numpy as np
import polars as pl

from policies.contract import Expectation, between, in_set, longest, matches
from policies.quality.suite import run_suite

COLOURS = ["black", "white", "red", "blue", "green"]


def frame(rows: int) -> pl.DataFrame:
    """Ten columns like a product table's, from a fixed seed; every expectation below holds on it."""
    random = np.random.default_rng(7)
    number = np.arange(rows)
    return pl.DataFrame(
        {
            "sku": [f"SKU-{i:08d}" for i in number],
            "supplier": random.choice(["acme", "globex", "initech"], rows),
            "colour": pl.Series(random.choice(COLOURS, rows)),
            "title": [f"Product number {i} of a long catalogue" for i in number],
            "price": random.random(rows) * 100 + 1,
            "cost": random.random(rows),
            "stock": random.integers(0, 1000, rows),
            "weight": np.where(random.random(rows) < 0.1, np.nan, random.random(rows)),
            "batch": number // 100,
            "ean": [f"{i:013d}" for i in number],
        }
    )


def expectation(name: str, **arguments: object) -> Expectation:
    """An expectation by its short name."""
    return Expectation(f"expect_{name}", arguments)


SUITE = (
    expectation("column_values_to_be_unique", column="sku"),
    expectation("compound_columns_to_be_unique", column_list=["supplier", "ean"]),
    *(expectation("column_values_to_not_be_null", column=name) for name in ("sku", "supplier", "title", "price")),
    in_set("colour", COLOURS),
    in_set("supplier", ["acme", "globex", "initech"]),
    between("price", 0, 1000),
    between("stock", 0, 1000),
    between("weight", 0, 1),
    matches("sku", "^SKU-[0-9]{8}$"),
    matches("ean", "^[0-9]{13}$"),
    longest("title", 150),
    longest("sku", 20),
    expectation("column_pair_values_a_to_be_greater_than_b", column_A="price", column_B="cost"),
    expectation("column_mean_to_be_between", column="price", min_value=1, max_value=100),
    expectation("column_max_to_be_between", column="stock", max_value=1000),
    expectation("column_values_to_be_increasing", column="batch"),
    expectation("table_row_count_to_be_between", min_value=1),
)


def naive(data: pl.DataFrame) -> dict[str, object]:
    """The same twenty answers as anyone would write them in one polars select."""
    weight = pl.col("weight").fill_nan(None)
    return data.select(
        sku_repeated=pl.col("sku").is_duplicated().sum(),
        key_repeated=pl.struct("supplier", "ean").is_duplicated().sum(),
        sku_null=pl.col("sku").is_null().sum(),
        supplier_null=pl.col("supplier").is_null().sum(),
        title_null=pl.col("title").is_null().sum(),
        price_null=pl.col("price").is_null().sum(),
        colour=(~pl.col("colour").is_in(COLOURS)).sum(),
        supplier=(~pl.col("supplier").is_in(["acme", "globex", "initech"])).sum(),
        price=(~pl.col("price").is_between(0, 1000)).sum(),
        stock=(~pl.col("stock").is_between(0, 1000)).sum(),
        weight=(~weight.is_between(0, 1)).sum(),
        sku=(~pl.col("sku").str.contains("^SKU-[0-9]{8}$")).sum(),
        ean=(~pl.col("ean").str.contains("^[0-9]{13}$")).sum(),
        title=(pl.col("title").str.len_chars() > 150).sum(),
        sku_long=(pl.col("sku").str.len_chars() > 20).sum(),
        cost=(pl.col("price") <= pl.col("cost")).sum(),
        mean=pl.col("price").mean(),
        most=pl.col("stock").max(),
        batch=(pl.col("batch").diff() < 0).sum(),
        rows=pl.len(),
    ).row(0, named=True)


def best(work: Callable[[], object], times: int = 5) -> float:
    """The shortest of some runs, in seconds."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def main(rows: int) -> None:
    """Measures both, warm, in this process."""
    data = frame(rows)
    facts = run_suite(data, SUITE)
    assert len(facts) == 20
    assert all(fact.success for fact in facts), [fact for fact in facts if not fact.success]
    naive(data)
    plain, suite = best(lambda: naive(data)), best(lambda: run_suite(data, SUITE))
    fixed = best(lambda: run_suite(data.head(1), SUITE))
    print(json.dumps({"what": "naive polars pass", "rows": rows, "seconds": round(plain, 4)}))
    print(json.dumps({"what": "20 expectations", "rows": rows, "seconds": round(suite, 4)}))
    print(json.dumps({"what": "20 expectations, fixed cost", "rows": 1, "seconds": round(fixed, 4)}))
    print(json.dumps({"what": "ratio", "goal": "<= 1.5", "ratio": round(suite / plain, 3)}))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
