"""A delivered file to the governed `records` table, against DuckDB's reader with its rejects plus a plain Delta write.

`python -m benchmarks.intake [ROWS] [--sizes MB…]`, in one run: CSV and JSON Lines with every two-hundredth row broken,
each into a new lake through detection, guess, personal data, contract, gate and ledger; then the CSV again with 1 % of its
rows changed. On the other side nothing is looked at: `read_csv` with `store_rejects` (or `read_json`), then
`write_deltalake`. Seconds on the clock and of the processor (all threads). Peak memory is that of a process of its own
that takes in a file of each of the sizes: a CSV, or with `--of jsonl` JSON Lines.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
from deltalake import write_deltalake

from aios_assets.enrich import look
from aios_assets.enrich.clean import Clean
from aios_assets.intake import take_in
from aios_assets.materialise import Run, materialise
from aios_assets.runtime import Runtime
from aios_assets.settings import load
from aios_assets.stages.records import records
from benchmarks.feeds import COLUMNS, make
from policies.quality.suite import warm

KINDS = ", ".join(f"{name}: 'VARCHAR'" for name in COLUMNS)


def main() -> None:
    """Makes the files, runs both ways, prints one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--sizes", type=int, nargs="*", default=(250, 500, 1_000), help="megabytes of file, for memory")
    parser.add_argument("--of", choices=("csv", "jsonl"), default="csv", help="what these files are")
    parser.add_argument("--alone", type=Path, help="only take in this file, and tell the peak of memory")
    given = parser.parse_args()
    if given.alone:
        _, processor = timed(lambda: governed(given.alone, given.alone.parent / "lake"))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(json.dumps({"processor": round(processor, 2), "peak_rss_mb": peak}))
        return
    for size in given.sizes:
        print(json.dumps(alone(size, given.of)), flush=True)
    if not given.rows:
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        warm_up(folder)
        table, lines = folder / "alpha.csv", folder / "alpha.jsonl"
        make(table, lines, given.rows)
        csv = f"read_csv('{table}', columns={{{KINDS}}}, header=true, auto_detect=false, delim=',', store_rejects=true)"
        ndjson = f"read_json('{lines}', columns={{{KINDS}}}, format='newline_delimited', ignore_errors=true)"
        plain = {"csv": timed(lambda: theirs(csv, folder / "plain-csv"))}
        plain["jsonl"] = timed(lambda: theirs(ndjson, folder / "plain-jsonl"))
        for kind, path in (("csv", table), ("jsonl", lines)):
            wall, processor = timed(lambda path=path, kind=kind: governed(path, folder / f"lake-{kind}"))  # type: ignore[misc]
            report(kind, given.rows, (wall, processor), plain[kind])
            if kind == "csv":
                full = wall
        changed(table)
        wall, processor = timed(lambda: governed(table, folder / "lake-csv"))
        print(
            json.dumps(
                {"name": "intake: 1 % changed ÷ full", "seconds": round(wall, 2), "ratio": round(wall / full, 2)}
            )
        )


def alone(megabytes: int, kind: str) -> dict[str, object]:
    """What a process of its own needs for a file of this size: seconds of the processor, and memory at its peak."""
    with tempfile.TemporaryDirectory() as name:
        table = Path(name) / f"alpha.{kind}"
        grown(table, megabytes)
        command = [sys.executable, "-m", "benchmarks.intake", "--alone", str(table)]
        told = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()[-1])
        size = table.stat().st_size // 1_000_000
        return {"name": f"intake: memory, {kind}", "megabytes": size, **told, "at most": 2_048}


def grown(table: Path, megabytes: int) -> None:
    """A file of about this size: the same hundred thousand records again and again, under SKUs of their own."""
    small = {kind: table.with_name(f"small.{kind}") for kind in ("csv", "jsonl")}
    make(small["csv"], small["jsonl"], 100_000)
    text = small[table.suffix[1:]].read_bytes()
    for each in small.values():
        each.unlink()
    header, rows = text.split(b"\n", 1) if table.suffix == ".csv" else (b"", text)
    with table.open("wb") as file:
        file.write(header + b"\n" if header else b"")
        for copy in range(-(-megabytes * 1_000_000 // len(rows))):
            file.write(rows.replace(b"SKU-", b"S%04d-" % copy))


def warm_up(folder: Path) -> None:
    """Loads what each side loads once."""
    warm().join()
    small = folder / "warm"
    small.mkdir()
    make(small / "alpha.csv", small / "alpha.jsonl", 1_000)
    governed(small / "alpha.csv", small / "lake")
    theirs(f"read_csv('{small / 'alpha.csv'}', all_varchar=true, ignore_errors=true)", small / "plain")


def governed(path: Path, home: Path) -> None:
    """One delivery through the gate into `records`. Raises SystemExit where it is refused."""
    look.CLEAN = Clean()  # no run profits from texts that another has looked through
    home.mkdir(exist_ok=True)
    runtime = Runtime.open(load(home, lake=str(home / "lake")))
    feed = take_in(runtime, [str(path)], None)
    run = Run(f"run-{time.monotonic_ns()}", "bench")
    attempt = materialise(records, runtime, run, contracts={records.name: records.contract}, feed=feed)
    if attempt.refused:
        raise SystemExit(f"records was refused: {attempt.verdict}")


def theirs(source: str, folder: Path) -> None:
    """The same rows by DuckDB, its rejects too, into a Delta table."""
    connection = duckdb.connect()
    write_deltalake(folder, connection.sql(f"select * from {source}").to_arrow_table())
    if "store_rejects" in source:
        write_deltalake(folder.with_suffix(".rejects"), connection.sql("select * from reject_errors").to_arrow_table())


def changed(table: Path) -> None:
    """Another price in every hundredth row of a CSV."""
    rows = table.read_text().split("\n")
    rows[50::100] = [row.replace(",USD,", "1,USD,") for row in rows[50::100]]
    table.write_text("\n".join(rows))
    rested = time.time() - 60  # what was only just written is waited for, and the full load's file was not
    os.utime(table, (rested, rested))


def timed(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds on the clock and of the processor."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def report(kind: str, rows: int, ours_: tuple[float, float], theirs_: tuple[float, float]) -> None:
    """One line: both ways and their ratios."""
    told = {
        "name": f"intake: {kind}",
        "rows": rows,
        "seconds": round(ours_[0], 2),
        "duckdb and delta": round(theirs_[0], 2),
    }
    told |= {"processor": round(ours_[1], 2), "processor, theirs": round(theirs_[1], 2)}
    ratios = {"ratio": round(ours_[0] / theirs_[0], 2), "ratio of processor": round(ours_[1] / theirs_[1], 2)}
    print(json.dumps({**told, **ratios, "at most": 2.5}), flush=True)


if __name__ == "__main__":
    main()
