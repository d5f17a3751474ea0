"""One million distinct rows under twenty row rules, on one thread, against the same promises as polars expressions.

Run: `python -m benchmarks.rules [rows]`; prints one JSON line a figure. The rules are written to a temporary folder beside
the product's own and compiled by the program opa; without it the benchmark says so and ends.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # before polars: the figure is for one thread

import polars as pl

from policies.build import SOURCES, build
from policies.bundle import Bundle
from policies.contract import Column, Contract
from policies.gate import Gate
from policies.wasm import WasmEngine

CEILING = 5.0
"""Seconds that a million distinct rows under twenty rules may take."""

OFFERS = Contract(
    key="sku",
    columns=(
        Column("sku", pl.String),
        Column("title", pl.String),
        Column("brand", pl.String),
        Column("stock", pl.Int64),
        Column("cents", pl.Int64),
    ),
)

RULES: dict[str, tuple[str, pl.Expr]] = {
    "sku-present": ('sku[i] != ""', pl.col("sku") != ""),
    "sku-prefixed": ('startswith(sku[i], "S")', pl.col("sku").str.starts_with("S")),
    "title-present": ('title[i] != ""', pl.col("title") != ""),
    "title-short": ("count(title[i]) <= 150", pl.col("title").str.len_chars() <= 150),
    "title-no-markup": ('not contains(title[i], "<")', ~pl.col("title").str.contains("<", literal=True)),
    "title-no-template": ('not contains(title[i], "{{")', ~pl.col("title").str.contains("{{", literal=True)),
    "title-no-formula": ('not startswith(title[i], "=")', ~pl.col("title").str.starts_with("=")),
    "brand-present": ('brand[i] != ""', pl.col("brand") != ""),
    "brand-known": ("brands[brand[i]]", pl.col("brand").is_in([f"brand {n}" for n in range(1, 100)])),
    "brand-no-space": ('not endswith(brand[i], " ")', ~pl.col("brand").str.ends_with(" ")),
    "stock-from-zero": ("stock[i] >= 0", pl.col("stock") >= 0),
    "stock-below-top": ("stock[i] < 100000", pl.col("stock") < 100_000),
    "stock-number": ("is_number(stock[i])", pl.col("stock").is_not_null()),
    "stock-not-placeholder": ("stock[i] != 99999", pl.col("stock") != 99_999),
    "price-positive": ("cents[i] > 0", pl.col("cents") > 0),
    "price-below-top": ("cents[i] < 10000000", pl.col("cents") < 10_000_000),
    "price-number": ("is_number(cents[i])", pl.col("cents").is_not_null()),
    "price-not-placeholder": ("cents[i] != 999999", pl.col("cents") != 999_999),
    "price-over-floor": ("cents[i] >= 5", pl.col("cents") >= 5),
    "price-with-stock": ("cents[i] + stock[i] > 0", pl.col("cents") + pl.col("stock") > 0),
}
"""Each rule's positive condition about row i, in Rego and in polars."""

RULE = """# METADATA
# title: {name}
# custom:
#   kind: row
#   applies_to: offers
#   facts: [sku, title, brand, stock, cents]
package aios.rules.bench["{name}"]

import data.aios.result

about := result.about(rego.metadata.chain())

applies := false

because := "rows are asked"

admit := false

findings := []

why := "the row does not hold what {name} promises"

do := "mend the row at its source"

# METADATA
# schemas:
#   - input: {{type: object}}
refused := [i |
{columns}
	some i, _ in input.columns.{first}
	not holds({arguments})
]

holds({parameters}) if {condition}
"""


def source(name: str) -> str:
    """The rule as Rego."""
    condition = RULES[name][0]
    used = [column for column in OFFERS.schema if f"{column}[i]" in condition]
    inlined = condition.replace("[i]", "")
    if inlined.startswith("brands["):
        inlined = "data.aios.brands[brand]"
    return RULE.format(
        name=name,
        columns="\n".join(f"\t{column} := input.columns.{column}" for column in used),
        first=used[0],
        arguments=", ".join(f"{column}[i]" for column in used),
        parameters=", ".join(used),
        condition=inlined,
    )


def bundled(folder: Path) -> Bundle:
    """The product's own rules with twenty row rules beside them."""
    rego = folder / "rego"
    shutil.copytree(SOURCES, rego)
    for name in RULES:
        home = rego / "aios" / "rules" / "bench" / name
        home.mkdir(parents=True)
        (home / f"{name}.rego").write_text(source(name))
    (rego / "aios" / "brands").mkdir()
    brands = {f"brand {number}": True for number in range(1, 100)}
    (rego / "aios" / "brands" / "data.json").write_text(json.dumps(brands))
    build(folder / "made", sources=rego)
    return Bundle.read(folder / "made")


def offers(rows: int) -> pl.DataFrame:
    """Distinct rows, one in a thousand of them broken."""
    number = pl.int_range(rows, eager=True)
    return pl.DataFrame({"number": number}).select(
        sku="S" + pl.col("number").cast(pl.String),
        title="Garden hose " + pl.col("number").cast(pl.String) + " m, green",
        brand="brand " + (pl.col("number") % 99 + 1).cast(pl.String),
        stock=pl.when(pl.col("number") % 1000 == 7).then(-1).otherwise(pl.col("number") % 500),
        cents=pl.col("number") % 9000 + 100,
    )


def main() -> None:
    """Measures and prints."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    if shutil.which("opa") is None:
        sys.stderr.write("the program opa is not on the PATH, so there are no twenty rules to measure\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        engine = WasmEngine(bundled(Path(folder)), seconds=60)
    frame = offers(rows)
    gate = Gate(engine, "run")
    gate.rows(frame.head(5_000), OFFERS)
    started, busy = perf_counter(), process_time()
    verdict = gate.rows(frame, OFFERS)
    seconds, cpu = perf_counter() - started, process_time() - busy
    conditions = [~condition.fill_null(value=False) for _, condition in RULES.values()]
    frame.head(5_000).select(pl.any_horizontal(conditions))
    started = perf_counter()
    plain = frame.select(pl.any_horizontal(conditions)).to_series()
    baseline = perf_counter() - started
    assert verdict.fault is None, verdict.fault
    assert (verdict.refused == plain).all()
    print(
        json.dumps(
            {
                "what": "rows under twenty row rules, one thread",
                "rows": rows,
                "rules": len(verdict.judgements),
                "refused": int(plain.sum()),
                "seconds": round(seconds, 3),
                "cpu_seconds": round(cpu, 3),
                "ceiling": round(CEILING * rows / 1_000_000, 3),
                "polars_seconds": round(baseline, 3),
                "ratio": round(seconds / baseline, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
