"""Bounded: a small file that opens into much is read a little at a time, or refused before it is opened."""

import contextlib
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from aios_assets.feeds import Limits, columnar, documents, open_delivery, read
from aios_assets.feeds.errors import FeedError, LimitError
from aios_assets.feeds.workbook import weigh

LIMITS = Limits(settle_seconds=0)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(file: Path, cells: Iterable[str], strings: Iterable[str] = ()) -> Path:
    """What of a workbook is looked at before it is opened."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        shared = "".join(f"<si><t>{text}</t></si>" for text in strings)
        zipped.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{shared}</sst>')
        rows = "".join(f"<row>{cell}</row>" for cell in cells)
        zipped.writestr(
            "xl/worksheets/sheet1.xml", f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        )
    return file


def test_a_cell_far_away_from_the_others_is_refused(tmp_path: Path) -> None:
    far = workbook(tmp_path / "a.xlsx", ['<c r="A1"><v>1</v></c>', '<c r="XFD1048576"><v>1</v></c>'])
    with pytest.raises(LimitError, match=r"document_bytes.*17,179,869,184 places"):
        weigh(far, LIMITS)


def test_a_format_far_away_is_no_cell(tmp_path: Path) -> None:
    weigh(workbook(tmp_path / "a.xlsx", ['<c r="A1"><v>1</v></c>', '<c r="XFD1048576" s="3"/>']), LIMITS)


def test_a_damaged_stream_within_is_one_clear_error(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", [f'<c r="A{n}"><v>{n * 7919 % 1_000}</v></c>' for n in range(1, 400)])
    whole = file.read_bytes()
    refused = 0
    for at in range(len(whole) // 2, len(whole) // 2 + 40):  # in the packed sheet
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        with contextlib.suppress(FeedError):
            weigh(file, LIMITS)
            continue
        refused += 1
    assert refused > 20


@pytest.mark.parametrize(("cells", "refused"), [(60, False), (120, True)])
def test_texts_count_as_often_as_cells_share_them(tmp_path: Path, cells: int, refused: bool) -> None:
    strings = ["sku", "x" * 1_000, "y" * 100_000]  # the longest is shared by nobody
    shared = workbook(tmp_path / "a.xlsx", [f'<c r="A{n}" t="s"><v>1</v></c>' for n in range(1, cells)], strings)
    limits = Limits(settle_seconds=0, document_bytes=110_000)
    if refused:
        with pytest.raises(LimitError, match="its cells share"):
            weigh(shared, limits)
    else:
        weigh(shared, limits)


def test_of_texts_told_once_some_are_written_out_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columnar, "TEXT", 10_000)
    numbers = pa.array(np.arange(300) % 2, pa.int32())
    texts = pa.DictionaryArray.from_arrays(numbers, pa.array(["x" * 900, "y"]))
    table = pa.table({"sku": [str(n) for n in range(300)], "title": texts, "n": pa.array([1.5, None] * 150)})
    pq.write_table(table, tmp_path / "a.parquet")
    batches = list(read(open_delivery(tmp_path / "a.parquet", limits=LIMITS)))
    assert max(batch.rows["title"].str.len_bytes().sum() for batch in batches) <= 10_000
    rows = [row for batch in batches for row in batch.rows.select("sku", "title", "n").rows()]
    assert rows == [(str(n), ("y" if n % 2 else "x" * 900), (None if n % 2 else "1.5")) for n in range(300)]
    assert [line for batch in batches for line in batch.rows["_line"]] == list(range(1, 301))


def test_a_text_longer_than_all_that_is_written_out_at_a_time_comes_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columnar, "TEXT", 100)
    pq.write_table(pa.table({"sku": ["1", "2", "3"], "title": ["x" * 200, None, "z"]}), tmp_path / "a.parquet")
    batches = list(read(open_delivery(tmp_path / "a.parquet", limits=LIMITS)))
    assert [row for batch in batches for row in batch.rows["title"]] == ["x" * 200, None, "z"]


def test_a_large_record_batch_is_refused_as_it_is_read_whole(tmp_path: Path) -> None:
    table = pa.table({"sku": [str(n) for n in range(5_000)]})
    for name, rows in (("whole", 5_000), ("cut", 100)):
        with pa.OSFile(str(tmp_path / f"{name}.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as out:
            out.write_table(table, max_chunksize=rows)
    limits = Limits(settle_seconds=0, document_bytes=20_000)
    assert sum(b.rows.height for b in read(open_delivery(tmp_path / "cut.arrow", limits=limits))) == 5_000
    with pytest.raises(LimitError, match=r"document_bytes.*record batch"):
        list(read(open_delivery(tmp_path / "whole.arrow", limits=limits)))


def test_long_records_come_a_few_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "TEXT", 1_000)
    file = tmp_path / "a.json"
    file.write_text(json.dumps([{"sku": str(n), "title": "x" * (400 if n < 10 else 1)} for n in range(100)]))
    heights = [batch.rows.height for batch in read(open_delivery(file, limits=LIMITS))]
    assert (max(heights[:3]), sum(heights)) == (3, 100)
