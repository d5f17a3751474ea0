"""What taking deliveries in costs of memory, whatever they are: each in a process of its own, to the governed table.

`python -m benchmarks.intake_memory [CASE…] [--sizes MB…]`. Cases: `csv`, `jsonl`, `gzip`, `parquet` and `short` (records of
twelve bytes) are whole assortments; `ordered` are changes whose rows say when they were written, `suppliers` two suppliers'
files of half the size each at once, `deltas` an assortment and three files of changes, `sales` invoice lines. Megabytes
are those of the text that the files hold.
"""

import argparse
import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from aios_assets.intake import take_in
from aios_assets.materialise import Run, materialise
from aios_assets.runtime import Runtime
from aios_assets.settings import load
from aios_assets.stages.records import records
from aios_assets.stages.sales import sales
from benchmarks.feeds import COLUMNS, make
from benchmarks.intake import timed

CASES = ("csv", "jsonl", "gzip", "parquet", "short", "ordered", "suppliers", "deltas", "sales")
SMALL = 100_000
"""Records that are made once, and written again and again under keys of their own."""

PRODUCTS = "".join(f'{name} = "{name}"\n' for name in COLUMNS)
MAPPINGS = {
    "ordered": f'mode = "delta"\norder = "updated"\nsupplier = {{ name = "alpha" }}\n[fields]\n{PRODUCTS}',
    "deltas": f'mode = "delta"\nsupplier = {{ name = "%s" }}\n[fields]\n{PRODUCTS}',
    "short": 'supplier = { name = "alpha" }\n[fields]\nsku = "sku"\ntitle = "title"\n',
    "sales": 'kind = "sales"\nmode = "delta"\nsupplier = { name = "alpha" }\n[fields]\ninvoice = "invoice"\nsku = "stock"\n'
    'title = "text"\nquantity = "quantity"\nsold_at = "date"\nprice = "price"\ncountry = "country"\n',
}


def main() -> None:
    """Makes the files of each case, takes them in beside this process, prints one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", default=CASES, help=", ".join(CASES))
    parser.add_argument("--sizes", type=int, nargs="*", default=(500, 1_000), help="megabytes of text")
    parser.add_argument("--alone", type=Path, help="only take in the files of this folder, and tell the peak of memory")
    given = parser.parse_args()
    if given.alone:
        wall, processor = timed(lambda: governed(given.alone))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(json.dumps({"seconds": round(wall, 1), "processor": round(processor, 1), "peak_rss_mb": peak}))
        return
    for size in given.sizes:
        for case in given.cases:
            print(json.dumps(measured(case, size)), flush=True)


def measured(case: str, megabytes: int) -> dict[str, object]:
    """What a process of its own needs for one case."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        (home / "mappings").mkdir()
        (home / "inbox").mkdir()
        FILES.get(case, lambda *told: one_file(case, *told))(home, megabytes * 1_000_000)
        rested = time.time() - 60
        for file in (home / "inbox").iterdir():
            os.utime(file, (rested, rested))
        size = sum(file.stat().st_size for file in (home / "inbox").iterdir()) // 1_000_000
        command = [sys.executable, "-m", "benchmarks.intake_memory", "--alone", name]
        done = subprocess.run(command, capture_output=True, check=False, text=True)
        told = {"failed": done.stderr[-300:] or done.returncode}
        told = told if done.returncode else json.loads(done.stdout.splitlines()[-1])
        return {"name": f"memory: {case}", "text_mb": megabytes, "files_mb": size, **told, "at most": 2_048}


def governed(home: Path) -> None:
    """All files of the inbox through the gate. Raises SystemExit where they are refused."""
    runtime = Runtime.open(load(home, lake=str(home / "lake")))
    kind = sales if (home / "inbox" / "alpha_sales.csv").exists() else records
    feed = take_in(runtime, [str(home / "inbox")], None, kind)
    attempt = materialise(kind, runtime, Run("run", "bench"), contracts={kind.name: kind.contract}, feed=feed)
    if attempt.refused:
        raise SystemExit(f"refused: {attempt.verdict}")
    print(json.dumps({"rows": attempt.rows, "set_aside": attempt.set_aside}), file=sys.stderr)


def one_file(case: str, home: Path, size: int) -> None:
    """A file of this kind of one supplier."""
    kind = "jsonl" if case == "jsonl" else "csv"
    inbox = home / "inbox"
    if case == "gzip":
        with gzip.open(inbox / "alpha.csv.gz", "wb", compresslevel=1) as file:
            file.writelines(texts(home, size, "csv"))
    elif case == "parquet":
        pieces = (pl.read_csv(text, has_header=number == 0, new_columns=COLUMNS, infer_schema=False, ignore_errors=True)
                  for number, text in enumerate(texts(home, size, "csv", broken=False)))  # fmt: skip
        schema = pa.schema([(name, pa.large_string()) for name in COLUMNS])
        with pq.ParquetWriter(inbox / "alpha.parquet", schema, compression="zstd") as out:
            for piece in pieces:
                out.write_table(piece.select(COLUMNS).to_arrow().cast(schema))
    elif case == "short":
        (home / "mappings" / "alpha.toml").write_text(MAPPINGS["short"])
        with (inbox / "alpha.csv").open("w") as file:
            file.write("sku,title\n")
            file.writelines(f"{n:x},Pan {n % 997}\n" for n in range(size // 15))
    else:
        with (inbox / f"alpha.{kind}").open("wb") as file:
            file.writelines(texts(home, size, kind))


def texts(home: Path, size: int, kind: str, *, broken: bool = True, stamped: bool = False) -> Iterator[bytes]:
    """The lines of a file of this size, the header first."""
    small = {name: home / f"small.{name}" for name in ("csv", "jsonl")}
    make(small["csv"], small["jsonl"], SMALL)
    text = small[kind].read_bytes()
    for each in small.values():
        each.unlink()
    header, rows = text.split(b"\n", 1) if kind == "csv" else (b"", text)
    if not broken:
        rows = b"".join(row + b"\n" for number, row in enumerate(rows.splitlines()) if number % 200)
    if stamped:
        rows = b"".join(
            row + b",2024-05-%02d 10:%02d\n" % (1 + n % 28, n % 60) for n, row in enumerate(rows.splitlines())
        )
    if header:
        yield header + (b",updated\n" if stamped else b"\n")
    for copy in range(-(-size // len(rows))):
        yield rows.replace(b"SKU-", b"S%04d-" % copy)


def ordered(home: Path, size: int) -> None:
    """Changes whose rows say when they were written."""
    (home / "mappings" / "alpha.toml").write_text(MAPPINGS["ordered"])
    with (home / "inbox" / "alpha.csv").open("wb") as file:
        file.writelines(texts(home, size, "csv", stamped=True))


def suppliers(home: Path, size: int) -> None:
    """Two suppliers at once."""
    for name in ("alpha", "beta"):
        with (home / "inbox" / f"{name}.csv").open("wb") as file:
            file.writelines(texts(home, size // 2, "csv"))


def deltas(home: Path, size: int) -> None:
    """Four files of changes, a quarter each, the last three of the same keys."""
    (home / "mappings" / "alpha.toml").write_text(MAPPINGS["deltas"] % "alpha")
    for day in range(1, 5):
        with (home / "inbox" / f"alpha_2024-05-{day:02}.csv").open("wb") as file:
            file.writelines(texts(home, size // 4, "csv"))


def invoices(home: Path, size: int) -> None:
    """Invoice lines of a shop that numbers no positions."""
    (home / "mappings" / "alpha_sales.toml").write_text(MAPPINGS["sales"].replace("alpha", "alpha_sales"))
    with (home / "inbox" / "alpha_sales.csv").open("w") as file:
        file.write("invoice,stock,text,quantity,date,price,country\n")
        row = "%d,S%05d,Pan number %d of cast iron with a lid,%d,2024-05-%02d 10:%02d,%d.50,United Kingdom\n"
        for n in range(size // 95):
            file.write(row % (n // 20, n % 40_000, n % 40_000, 1 + n % 9, 1 + n % 28, n % 60, n % 90))


FILES = {"ordered": ordered, "suppliers": suppliers, "deltas": deltas, "sales": invoices}


if __name__ == "__main__":
    main()
