"""One feed in every format, encoding and compression, read back equal."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import polars as pl
import pytest
import zstandard

from aios_assets.feeds import FeedError, Limits, apply, guess, open_deliveries, open_delivery, read, reread
from aios_assets.feeds.format import Kind

QUICK = Limits(settle_seconds=0, block_bytes=4_096)
FEED = pl.DataFrame(
    {
        "sku": [f"{number:05d}" for number in range(200)],
        "title": [f'Kettle "No {number}", größe żółw, 1,5 l' for number in range(200)],
        "brand": [None if number % 7 == 0 else f"Brand {number % 5}" for number in range(200)],
        "price": [f"{number}.90" for number in range(200)],
    }
)


def xml(frame: pl.DataFrame) -> bytes:
    items = "".join(
        "<item>"
        + "".join(f"<g:{name}>{escape(value)}</g:{name}>" for name, value in row.items() if value)
        + "</item>\n"
        for row in frame.rows(named=True)
    )
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>'
    )
    return f"{head}<title>shop</title><link>https://shop.example</link>{items}</channel></rss>".encode()


def objects(frame: pl.DataFrame) -> list[dict[str, str]]:
    return [{name: value for name, value in row.items() if value} for row in frame.rows(named=True)]


def binary(write: Callable[[io.BytesIO], object]) -> bytes:
    buffer = io.BytesIO()
    write(buffer)
    return buffer.getvalue()


def zipped(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
        archive.writestr("__MACOSX/._" + name, b"noise")
    return buffer.getvalue()


CSV = FEED.write_csv()
WRITTEN: dict[str, bytes] = {
    "comma.csv": CSV.encode(),
    "semicolon.csv": FEED.write_csv(separator=";", line_terminator="\r\n").encode(),
    "tab.tsv": FEED.write_csv(separator="\t", quote_style="necessary").encode(),
    "bar.txt": FEED.write_csv(separator="|").encode(),
    "hash.csv": FEED.write_csv(separator="#").encode(),
    "quoted.csv": FEED.write_csv(quote_style="always").encode(),
    "bom.csv": CSV.encode("utf-8-sig"),
    "excel.csv": ("sep=;\r\n" + FEED.write_csv(separator=";", line_terminator="\r\n")).encode("utf-8-sig"),
    "utf16.csv": CSV.encode("utf-16"),
    "utf16be.csv": b"\xfe\xff" + CSV.encode("utf-16-be"),
    "bare16.csv": CSV.encode("utf-16-le"),
    "central.csv": CSV.encode("cp1250"),
    "mac.csv": CSV.replace("\n", "\r").encode(),
    "packed.csv.gz": gzip.compress(CSV.encode()),
    "members.csv.gz": gzip.compress(CSV.encode()[:999]) + gzip.compress(CSV.encode()[999:]),
    "packed.csv.zst": zstandard.compress(CSV.encode()),
    "packed.zip": zipped("feed.csv", CSV.encode()),
    "lines.jsonl": "\n".join(json.dumps(row) for row in objects(FEED)).encode(),
    "lines.jsonl.gz": gzip.compress("\n".join(json.dumps(row) for row in objects(FEED)).encode()),
    "array.json": json.dumps(objects(FEED), indent=1, ensure_ascii=False).encode(),
    "nested.json": json.dumps({"meta": {"v": [1, 2]}, "data": {"products": objects(FEED)}, "end": True}).encode(),
    "several.json": "\n".join(json.dumps(row, indent=1) for row in objects(FEED)).encode(),
    "array16.json": json.dumps(objects(FEED), ensure_ascii=False).encode("utf-16"),
    "merchant.xml": xml(FEED),
    "merchant.xml.gz": gzip.compress(xml(FEED)),
    "table.parquet": binary(FEED.write_parquet),
    "table.arrow": binary(FEED.write_ipc),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_every_format_reads_back_equal(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(WRITTEN[name])
    delivery = open_delivery(path, limits=QUICK)
    found = list(read(delivery))
    assert sum(batch.rejects.height for batch in found) == 0
    rows = pl.concat([batch.rows for batch in found], how="diagonal")
    names = {column: column.removeprefix("g:") for column in rows.columns}
    assert rows.rename(names).select(FEED.columns).equals(FEED)
    assert sum(len(batch.raw) for batch in found) == FEED.height
    fields = apply(guess(delivery).mapping(delivery), rows)
    assert fields["sku"].to_list() == FEED["sku"].to_list()
    assert fields["title"].to_list() == FEED["title"].to_list()
    assert fields["price"].to_list() == FEED["price"].to_list()
    assert fields["brand"].to_list() == FEED["brand"].to_list()
    row = rows.row(123, named=True)
    again = reread(delivery, row["_line"], start=row["_start"])
    assert {names[column]: value for column, value in again.items()} == FEED.row(123, named=True)


def test_workbook_reads_as_text(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="writing a workbook needs openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Price list of Acme, spring"])
    sheet.append([])
    sheet.append(FEED.columns)
    for row in FEED.rows():
        sheet.append(row)
    sheet.append(["00300", "a number", None, 3.5])
    book.save(tmp_path / "acme.xlsx")
    delivery = open_delivery(tmp_path / "acme.xlsx", limits=QUICK)
    assert delivery.format.kind is Kind.XLSX
    rows = pl.concat([batch.rows for batch in read(delivery)])
    assert rows.select(FEED.columns).head(200).equals(FEED)
    assert rows.row(200, named=True)["price"] == "3.5"
    assert rows["_line"].to_list() == list(range(4, 205))
    assert reread(delivery, 4) == FEED.row(0, named=True)


def test_types_become_text(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "sku": [1, 2],
            "price": [1.5, None],
            "tags": [["a", 'b"'], None],
            "size": [{"w": 1, "h": {"cm": 2}}, {"w": None, "h": {"cm": None}}],
            "live": [True, False],
        }
    )
    frame.write_parquet(tmp_path / "a.parquet")
    (rows,) = [batch.rows for batch in read(open_delivery(tmp_path / "a.parquet", limits=QUICK))]
    assert rows.row(0, named=True) | {"_line": 0} == {
        "sku": "1", "price": "1.5", "tags": '["a","b\\""]', "size.w": "1", "size.h.cm": "2", "live": "true",
        "_line": 0, "_start": None, "_end": None,
    }  # fmt: skip
    assert rows["tags"][1] is None


def test_archive_with_several_files_asks_which(tmp_path: Path) -> None:
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", CSV)
        archive.writestr("sub/b.csv", CSV)
    with pytest.raises(FeedError, match=r"two\.zip!a\.csv, two\.zip!sub/b\.csv"):
        open_delivery(path, limits=QUICK)
    assert [each.supplier for each in open_deliveries(path, limits=QUICK)] == ["a", "b"]
    delivery = open_delivery(path, limits=QUICK, member="sub/b.csv")
    assert (delivery.supplier, delivery.name) == ("b", "two.zip!sub/b.csv")
    assert sum(batch.rows.height for batch in read(delivery)) == FEED.height
    assert open_delivery(f"{path}!sub/b.csv", limits=QUICK) == delivery


def test_what_lies_in_an_archive_beside_the_data_is_no_delivery(tmp_path: Path) -> None:
    path = tmp_path / "one.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("read me.md", "Prices are net.")
        archive.writestr("a.csv", CSV)
        archive.writestr("pictures/1.jpg", b"\xff\xd8\xff")
    assert open_delivery(path, limits=QUICK).name == "one.zip!a.csv"
    assert [each.name for each in open_deliveries(path, limits=QUICK)] == ["one.zip!a.csv"]
