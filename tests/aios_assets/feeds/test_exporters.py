"""Files in exporters' own layouts: each value is the right one, or the run stops with a question. Never another column's."""

import os
from pathlib import Path

import polars as pl
import pytest

from aios_assets.feeds import FeedError, Limits, UnsureError, guess, open_delivery
from aios_assets.feeds.mapping import apply
from aios_assets.feeds.reading import read
from tests.aios_assets.feeds.exporters import EXPORTED, PLACES, Exported, fixed_width, two_sheets

QUICK = Limits(settle_seconds=0)


def laid(folder: Path, file: str, data: bytes) -> Path:
    path = folder / file
    path.write_bytes(data)
    os.utime(path, (1_700_000_000,) * 2)
    return path


@pytest.mark.parametrize("exported", EXPORTED, ids=lambda each: each.name)
def test_every_value_is_the_right_one_or_is_asked_about(tmp_path: Path, exported: Exported) -> None:
    delivery = open_delivery(laid(tmp_path, exported.file, exported.data), limits=QUICK)
    guessed = guess(delivery)
    asked = {doubt.field for doubt in guessed.doubts}
    assert set(exported.asks) <= asked
    if not exported.asks:
        assert not asked
    if asked:
        with pytest.raises(UnsureError):
            guessed.mapping(delivery)
    rows = pl.concat([batch.rows for batch in read(delivery)])
    told = apply(guessed.proposal(delivery.supplier), rows)
    assert told.height == len(PLACES)
    for field, value in exported.values.items():
        if field not in asked:
            assert told[field].to_list() == [value(n) for n in PLACES], field


@pytest.mark.parametrize("header", [True, False])
def test_a_fixed_width_file_is_called_one(tmp_path: Path, header: bool) -> None:
    path = laid(tmp_path, "a.txt", fixed_width(header=header))
    with pytest.raises(FeedError, match=r"fixed-width.* characters 1, 13, 53, 7"):
        open_delivery(path, limits=QUICK)


def test_of_two_sheets_that_are_feeds_somebody_names_one(tmp_path: Path) -> None:
    delivery = open_delivery(laid(tmp_path, "a.xlsx", two_sheets()), limits=QUICK)
    with pytest.raises(FeedError, match="'Sheet', 'Discontinued'"):
        guess(delivery)


def test_titles_above_a_header_are_the_preamble_and_are_accounted_for(tmp_path: Path) -> None:
    exported = next(each for each in EXPORTED if each.name == "titles in an old encoding")
    delivery = open_delivery(laid(tmp_path, exported.file, exported.data), limits=QUICK)
    batches = list(read(delivery))
    skipped = pl.concat([batch.skipped for batch in batches])
    titles = skipped.filter(kind="preamble").row(0, named=True)
    assert (
        exported.data[titles["start"] : titles["end"]].decode("cp1252").startswith("Preisliste für Händler, Frühjahr")
    )
    taken = pl.concat([batch.rows.select("_start", "_end") for batch in batches]).rows()
    ranges = sorted([*taken, *skipped.select("start", "end").rows()])
    assert [0, *(end for _, end in ranges)] == [*(start for start, _ in ranges), len(exported.data)]
    assert pl.concat([batch.rows for batch in batches])["_line"][0] == 4
