"""A table's log on disk: what it holds, and what is taken out of it."""

from pathlib import Path

import pytest
from lock_fixtures import House

from aios_assets.tablelog import TableLog
from policies.permit import Permit


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House.opened(tmp_path)


@pytest.fixture
def permit(house: House) -> Permit:
    """A permit of a write that was committed as version 0."""
    permit = house.judged("things", {"a": 1})
    house.lake.commit(permit)
    return permit


@pytest.fixture
def log(house: House, permit: Permit) -> TableLog:
    return TableLog(house.lake.folder("things"))


def test_a_folder_without_a_log_has_no_version(tmp_path: Path) -> None:
    assert (TableLog(tmp_path).top, TableLog(tmp_path).above(-1)) == (-1, [])


def test_versions_are_log_entries_and_nothing_else(log: TableLog) -> None:
    for name in ("_last_checkpoint", "00000000000000000001.json.tmp", "0000000000000000000x.json", "1.json"):
        (log.file(0).parent / name).write_bytes(b"{}")
    assert (log.top, log.above(-1), log.above(0)) == (0, [0], [])


def test_a_write_is_held_by_its_own_permit_with_its_own_files(house: House, log: TableLog, permit: Permit) -> None:
    (write,) = permit.writes
    assert log.holds(permit.id, write)
    assert not log.holds("another", write)
    assert not log.holds(permit.id, house.judged("things", {"a": 1, "b": 2}).writes[0])


@pytest.mark.parametrize("left", [b"", b"\0" * 40, b'{"add": {'])
def test_a_torn_entry_goes_unless_it_was_committed(log: TableLog, left: bytes) -> None:
    for version in (1, 2):
        log.file(version).write_bytes(left)
    log.clear_torn(committed={0, 1})
    assert log.top == 1
    log.clear_torn(committed={0})
    assert log.top == 0


def test_a_whole_entry_stays_whoever_wrote_it(log: TableLog) -> None:
    log.file(1).write_bytes(log.file(0).read_bytes())
    log.clear_torn(committed={0})
    assert log.top == 1


def test_a_rewritten_entry_is_another_file_with_the_same_bytes(log: TableLog) -> None:
    before, told = log.file(0).stat().st_ino, log.sha256(0)
    (log.folder / "_log_copy").write_bytes(b"what an earlier copy left")
    log.rewrite(0)
    assert log.sha256(0) == told
    assert log.file(0).stat().st_ino != before
    assert not (log.folder / "_log_copy").exists()
