"""Mutated files: any bytes end in records, rejects or one FeedError, and text formats tile.

`python -m benchmarks.fuzz_feeds 100000`.

Seeds are one small feed in every format. The input at hand is kept beside the run (`--keep FILE`), so that even a crash of
the interpreter leaves it behind. Ends with 1 where anything but the law was seen.
"""

import argparse
import gzip
import io
import json
import random
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from pathlib import Path

import polars as pl
import zstandard

from aios_assets.feeds import FeedError, Limits, open_delivery, read
from aios_assets.feeds.format import TEXT, Compression

LIMITS = Limits(
    settle_seconds=0, block_bytes=4_096, record_bytes=65_536, decompressed_bytes=50_000_000, document_bytes=50_000_000
)
SECONDS_A_MEGABYTE = 5.0
PIECES = (
    *(
        b'\n \r\n \r " "" , ; \t | \0 \\ { } [ ] < > </ &amp; &x; <![CDATA[ \xc3 \xff\xfe \xef\xbb\xbf \xed\xa0\x80 1e999 NaN'
    ).split(b" "),
    *(b"PAR1 \x00\x00\x00\x00 \xff\xff\xff\xff \xff\xff\xff\x7f sep=;\n").split(b" "),
    *(b"<!DOCTYPE a [", b'{"a":' * 100, b"[" * 200, b"<a>" * 100),
)


def seeds() -> dict[str, bytes]:
    """A small feed in every format."""
    frame = pl.DataFrame(
        {
            "sku": [f"{number:03d}" for number in range(40)],
            "title": [f'Kettle "No {number}", größe; 1,5 l\nsteel' for number in range(40)],
            "price": [f"{number}.90" for number in range(40)],
        }
    )
    csv = frame.write_csv().encode()
    rows = frame.rows(named=True)
    lines = "\n".join(json.dumps(row) for row in rows).encode()
    items = "".join(f"<item><g:id>{row['sku']}</g:id><t>{row['price']}</t></item>" for row in rows)
    xml = f'<?xml version="1.0"?><rss xmlns:g="http://base.google.com/ns/1.0"><channel>{items}</channel></rss>'.encode()
    parquet, arrow, archive = io.BytesIO(), io.BytesIO(), io.BytesIO()
    frame.write_parquet(parquet)
    frame.write_ipc(arrow)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("feed.csv", csv)
    found = {
        "a.csv": csv,
        "b.csv": frame.write_csv(separator=";", line_terminator="\r\n", quote_style="always").encode("utf-16"),
        "c.csv": frame.write_csv(separator="|").encode("cp1252"),
        "d.csv.gz": gzip.compress(csv),
        "e.csv.zst": zstandard.compress(csv),
        "f.zip": archive.getvalue(),
        "g.jsonl": lines,
        "h.json": json.dumps({"meta": 1, "items": rows}, indent=1).encode(),
        "i.json": json.dumps(rows).encode(),
        "j.xml": xml,
        "k.parquet": parquet.getvalue(),
        "l.arrow": arrow.getvalue(),
    }
    workbook = io.BytesIO()
    try:
        import openpyxl
    except ImportError:
        return found
    book = openpyxl.Workbook()
    for row in (frame.columns, *frame.rows()):
        book.active.append(row)
    book.save(workbook)
    return {**found, "m.xlsx": workbook.getvalue()}


def mutated(content: bytes, chance: random.Random) -> bytes:
    """One to eight random changes."""
    data = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data) + 1)
        span = chance.choice((1, 1, 2, 8, 64, 512))
        match chance.randrange(7):
            case 0 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                del data[at : at + span]
            case 2:
                data[at:at] = data[at : at + span]
            case 3:
                data[at:at] = chance.choice(PIECES)
            case 4:
                data[at : at + span] = chance.randbytes(span)
            case 5 if chance.random() < 0.2:
                del data[at:]
            case _:
                other = chance.randrange(len(data) + 1)
                data[at : at + span] = data[other : other + span]
    return bytes(data)


def judged(path: Path, content: bytes) -> str:
    """What became of one file; raises AssertionError where the law is broken."""
    path.write_bytes(content)
    before = time.process_time()  # of this process, as others may keep the machine busy
    try:
        delivery = open_delivery(path, limits=LIMITS)
        found = list(read(delivery))
    except FeedError:
        return "refused"
    finally:
        taken = time.process_time() - before
        assert taken < 5 + SECONDS_A_MEGABYTE * len(content) / 1e6, f"{taken:.1f} s for {len(content)} bytes"
    if delivery.format.kind in TEXT and delivery.format.compression is Compression.NONE:
        spans = [span for batch in found for span in batch.rows.select("_start", "_end").rows()]
        spans += [span for batch in found for span in batch.rejects.select("start", "end").rows()]
        spans += [span for batch in found for span in batch.skipped.select("start", "end").rows()]
        spans.sort()
        assert [start for start, _ in spans] == [0, *(end for _, end in spans)][:-1], "ranges do not tile"
        assert spans[-1][1] == len(content), "ranges do not reach the end"
    return "rejects" if any(batch.rejects.height for batch in found) else "records"


def main() -> int:
    """Runs until the count is reached; prints one JSON line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("files", type=int, nargs="?", default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after this time; the count is told")
    parser.add_argument("--keep", type=Path, default=None)
    chosen = parser.parse_args()
    known, results, broken = seeds(), Counter[str](), 0
    names = list(known)
    with tempfile.TemporaryDirectory() as folder:
        until = time.monotonic() + chosen.seconds
        for number in range(chosen.files):
            if time.monotonic() > until:
                break
            chance = random.Random(f"{chosen.seed}/{number}")
            name = names[number % len(names)]
            content = mutated(known[name], chance)
            if chosen.keep is not None:
                chosen.keep.write_bytes(content)
            try:
                results[judged(Path(folder) / name, content)] += 1
            except Exception:
                broken += 1
                print(f"file {number} of seed {chosen.seed} ({name}):", traceback.format_exc(limit=-4), file=sys.stderr)
    print(
        json.dumps(
            {
                "name": "fuzz: feeds",
                "files": sum(results.values()) + broken,
                "seed": chosen.seed,
                **results,
                "broken": broken,
            }
        )
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
