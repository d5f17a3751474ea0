"""Reading a million records: our feeds against DuckDB's own readers, in the same run, as JSON lines.

`python -m benchmarks.feeds [ROWS]`; each figure is the best of three, files are made first and are in the page cache.
"""

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from aios_assets.feeds import Limits, apply, guess, open_delivery, read

WORDS = "wireless stereo mouse black usb kodak ink cartridge printer cable adapter case screen protector koss radio"
COLUMNS = ("sku", "title", "description", "brand", "price", "currency", "category", "url")
LIMITS = Limits(settle_seconds=0)


def main() -> None:
    """Makes the files, runs each pair and prints its ratio."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", type=int, nargs="?", default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        table, lines = Path(folder) / "feed.csv", Path(folder) / "feed.jsonl"
        make(table, lines, rows)
        kinds = ", ".join(f"{name}: 'VARCHAR'" for name in COLUMNS)
        csv = f"read_csv('{table}', columns={{{kinds}}}, delim=',', quote='\"', escape='\"', header=true,"
        csv += " auto_detect=false, store_rejects=true)"
        ndjson = f"read_json('{lines}', columns={{{kinds}}}, format='newline_delimited', ignore_errors=true)"
        report("csv", rows, lambda: ours(table), lambda: theirs(csv))
        report("csv, mapped", rows, lambda: ours(table, mapped=True), lambda: theirs(csv))
        report("jsonl", rows, lambda: ours(lines), lambda: theirs(ndjson))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"name": "feeds", "peak_rss_mb": round(peak)}))


def make(table: Path, lines: Path, rows: int) -> None:
    """A CSV with every two-hundredth row broken, and the same records as JSON Lines with as many broken lines."""
    chance = random.Random(1)
    with table.open("w") as csv, lines.open("w") as ndjson:
        csv.write(",".join(COLUMNS) + "\n")
        for number in range(rows):
            words = chance.choices(WORDS.split(), k=16)
            values = [
                f"SKU-{number:07d}",
                " ".join(words[:6]),
                " ".join(words[6:14]),
                words[14],
                f"{chance.random() * 500:.2f}",
            ]
            values += ["USD", f"Electronics > {words[15]}", f"https://shop.example/p/{number}"]
            if number % 50 == 0:
                values[2] += ', 15" wide'
            ndjson.write(json.dumps(dict(zip(COLUMNS, values, strict=True))) + ("}\n" if number % 200 == 0 else "\n"))
            values[2] = '"' + values[2].replace('"', '""') + '"' if '"' in values[2] else values[2]
            broken = (values[:5], [*values, "more"], [values[0], '"never" closed', *values[2:]])
            csv.write(",".join(broken[number // 200 % 3] if number % 200 == 0 else values) + "\n")


def ours(path: Path, *, mapped: bool = False) -> tuple[int, int]:
    """Records and rejects of a whole delivery, digest and detection included."""
    delivery = open_delivery(path, limits=LIMITS)
    mapping = guess(delivery).mapping(delivery)
    good = bad = 0
    for batch in read(delivery):
        good, bad = good + batch.rows.height, bad + batch.rejects.height
        if mapped:
            apply(mapping, batch.rows)
    return good, bad


def theirs(source: str) -> tuple[int, int]:
    """The same by DuckDB, into Arrow."""
    connection = duckdb.connect()
    good = connection.sql(f"select * from {source}").to_arrow_table().num_rows
    bad = connection.sql("select count(*) from reject_errors").fetchall()[0][0] if "store_rejects" in source else 0
    return good, int(bad)


def report(name: str, rows: int, run: Callable[[], tuple[int, int]], base: Callable[[], tuple[int, int]]) -> None:
    """Best of three each, taken in turns, so that a busy machine is unfair to both."""
    times: dict[str, list[float]] = {"ours": [], "duckdb": []}
    counts = {}
    for _ in range(3):
        for who, call in (("ours", run), ("duckdb", base)):
            before = time.perf_counter()
            counts[who] = call()
            times[who].append(time.perf_counter() - before)
    best = {who: min(taken) for who, taken in times.items()}
    told = {
        "name": f"feeds: {name}",
        "rows": rows,
        "seconds": round(best["ours"], 3),
        "duckdb": round(best["duckdb"], 3),
    }
    print(json.dumps({**told, "ratio": round(best["ours"] / best["duckdb"], 2), "counts": counts}))


if __name__ == "__main__":
    main()
