"""The law of text formats: whatever bytes come, records, rejects and the rest tile the file, or there is one FeedError."""

import gzip
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aios_assets.feeds import Batch, FeedError, Limits, Mapping, Supplier, open_delivery, read, reread
from aios_assets.feeds.format import TEXT
from aios_assets.feeds.mapping import Reading

SMALL = Limits(settle_seconds=0, block_bytes=64, record_bytes=4_096)
QUIET = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PIECES = st.sampled_from(
    b', ; \t | " "" \n \r\n \r a title 12.50 \xe9 \xc3\xa9 \0 \xa0 "a" { } {"a":1} [ ] {"sku":"1","title":"xy"}\n \xef\xbb\xbf'
    b' \xff\xfe a,b,c\n sep=;\n <a> \\ \' \xed\xa0\x80 1,2,3\n 1,"2\n",3\n'.split(b" ")
)


def batches(path: Path, content: bytes, limits: Limits = SMALL) -> list[Batch] | None:
    """What reading gives; None where the delivery is refused as a whole."""
    path.write_bytes(content)
    try:
        return list(read(open_delivery(path, limits=limits)))
    except FeedError:
        return None


def tiles(found: list[Batch], content: bytes) -> None:
    spans = [span for batch in found for span in batch.rows.select("_start", "_end").rows()]
    spans += [span for batch in found for span in batch.rejects.select("start", "end").rows()]
    spans += [span for batch in found for span in batch.skipped.select("start", "end").rows()]
    spans.sort()
    at = 0
    for start, end in spans:
        assert start == at
        assert end > start
        at = end
    assert at == len(content)
    for batch in found:
        for raw, start, end in zip(batch.raw, batch.rows["_start"], batch.rows["_end"], strict=True):
            assert raw == content[start:end]
        for raw, start, end in batch.rejects.select("raw", "start", "end").rows():
            assert raw == content[start:end]


@QUIET
@given(st.one_of(st.binary(max_size=400), st.lists(PIECES, max_size=80).map(b"".join)))
def test_any_bytes_tile_or_are_refused_once(tmp_path: Path, content: bytes) -> None:
    for name in ("feed.csv", "feed.csv.gz"):
        packed = gzip.compress(content) if name.endswith("gz") else content
        path = tmp_path / name
        path.write_bytes(packed)
        try:
            delivery = open_delivery(path, limits=SMALL)
            found = list(read(delivery))
        except FeedError:
            continue
        if delivery.format.kind in TEXT:
            tiles(found, gzip.decompress(packed) if delivery.format.compression == "gzip" else packed)


@QUIET
@given(
    st.lists(
        st.tuples(
            *[st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\r\t"), max_size=12)] * 3
        ),
        min_size=1,
        max_size=25,
    ),
    st.sampled_from([",", ";", "|", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_is_written_well_is_read_back(
    tmp_path: Path, rows: list[tuple[str, str, str]], separator: str, line_end: str, encoding: str
) -> None:
    frame = pl.DataFrame(rows, schema=["sku", "title", "price"], orient="row")
    text = frame.write_csv(separator=separator, line_terminator=line_end, quote_style="always")
    path = tmp_path / "supplier.csv"
    path.write_bytes(text.encode(encoding))
    said = Mapping(supplier=Supplier(name="s"), reading=Reading(separator=separator, quote='"'))
    delivery = open_delivery(path, limits=SMALL, mapping=said)
    found = list(read(delivery))
    tiles(found, path.read_bytes())
    back = pl.concat([batch.rows for batch in found])
    wanted = frame.select(pl.when(pl.all() != "").then(pl.all())).filter(~pl.all_horizontal(pl.all().is_null()))
    wanted = wanted.filter(pl.concat_str(pl.all(), separator="\0", ignore_nulls=True) != "sku\0title\0price")
    assert back.select("sku", "title", "price").rows() == wanted.rows()
    for row in back.rows(named=True)[:3]:
        again = reread(delivery, row["_line"], start=row["_start"])
        assert again == {name: row[name] for name in ("sku", "title", "price")}


@QUIET
@given(st.lists(st.dictionaries(st.text(max_size=4), st.text(max_size=12), max_size=4), max_size=20))
def test_json_lines_tile(tmp_path: Path, records: list[dict[str, str]]) -> None:
    import orjson

    content = b'{"sku":"0"}\n' + b"".join(
        orjson.dumps(record) + b"\n"
        for record in records
        if all(_plain(text) for pair in record.items() for text in pair)
    )
    found = batches(tmp_path / "feed.jsonl", content)
    assert found is not None
    tiles(found, content)


def _plain(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


@pytest.mark.parametrize("block", [7, 16, 1_000, 1_000_000])
def test_blocks_change_nothing(tmp_path: Path, block: int) -> None:
    content = b'sku,title,price\n1,"two\nlines",3\n2,"never closed,4\n3,fine,5\r\n\r\n4,"a ""b"" c",6\n5,too,many,7\n'
    content += b'6,15" wide,8'
    found = batches(tmp_path / "feed.csv", content, Limits(settle_seconds=0, block_bytes=block))
    assert found is not None
    tiles(found, content)
    rows = pl.concat([batch.rows for batch in found])
    assert rows.select("sku", "title", "_line").rows() == [
        ("1", "two\nlines", 2),
        ("3", "fine", 5),
        ("4", 'a "b" c', 7),
        ("6", '15" wide', 9),
    ]
    rejects = pl.concat([batch.rejects for batch in found])
    assert rejects.select("line", "rule").rows() == [(4, "quoting"), (8, "columns")]
