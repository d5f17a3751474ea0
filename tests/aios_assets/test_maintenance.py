"""Maintenance: what is needed stays, what goes is told first, and a crash on the way leaves nothing half done."""

import os
from pathlib import Path
from unittest.mock import patch

import pytest
from deltalake import DeltaTable
from lock_fixtures import AT, House

from aios_assets import maintenance
from aios_assets.errors import LakeError
from aios_assets.maintenance import maintain_lake, pin
from aios_assets.reconcile import reconcile
from audit.clock import HeldClock
from audit.ledger import Kind

DAY = 86_400


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock(AT)


@pytest.fixture
def house(tmp_path: Path, clock: HeldClock) -> House:
    return House.opened(tmp_path, clock)


def put(house: House, clock: HeldClock, *values: int) -> None:
    """Each value is a version; between two of them a day goes by, for the clock and for the files."""
    for value in values:
        house.put("things", {"a": value})
        age(house, clock)
        clock.move(DAY)


def age(house: House, clock: HeldClock) -> None:
    at = clock.now().timestamp()
    for file in files(house):
        if file.stat().st_mtime > at:
            os.utime(file, (at, at))


def files(house: House, table: str = "things") -> list[Path]:
    folder = house.lake.folder(table) / "_files"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def test_old_versions_go_and_young_and_last_ones_stay(house: House, clock: HeldClock) -> None:
    put(house, clock, *range(10))
    done = maintain_lake(house.lake, keep_versions=2, keep_days=3)
    assert done.versions == tuple(f"things@{version}" for version in range(6))
    assert (done.files, len(files(house))) == (6, 4)
    assert done.bytes > 0
    assert [house.rows("things", version) for version in (6, 9)] == [{"a": 6}, {"a": 9}]
    with pytest.raises(LakeError, match="vacuumed"):
        house.lake.scan("things", 5)
    assert house.problems() == []
    clock.move(100 * DAY)
    assert maintain_lake(house.lake, keep_versions=2, keep_days=3).versions == ("things@6", "things@7")
    assert maintain_lake(house.lake, keep_versions=0, keep_days=3).versions == ("things@8",)
    assert house.rows("things") == {"a": 9}
    assert house.problems() == []


def test_nothing_to_do_tells_nothing(house: House, clock: HeldClock) -> None:
    put(house, clock, 1)
    size = house.ledger.prove().size
    done = maintain_lake(house.lake)
    assert (done.files, done.versions, done.checkpoints, done.skipped) == (0, (), (), ())
    assert house.ledger.prove().size == size


def test_a_pinned_version_stays_for_good(house: House, clock: HeldClock) -> None:
    put(house, clock, *range(5))
    pin(house.lake, "things", 1, why="it was published")
    pin(house.lake, "things", 1, why="it was published")
    clock.move(100 * DAY)
    assert maintain_lake(house.lake, keep_versions=1).versions == ("things@0", "things@2", "things@3")
    assert house.rows("things", 1) == {"a": 1}
    assert len(house.entries(Kind.PINNED)) == 1
    for version in (2, 7):
        with pytest.raises(LakeError):
            pin(house.lake, "things", version, why="too late")
    with pytest.raises(LakeError):
        pin(house.lake, "unheard-of", 0, why="there is none")
    assert house.problems() == []


def test_drafts_in_doubt_and_young_ones_stay_and_refused_ones_go(house: House, clock: HeldClock) -> None:
    put(house, clock, 1)
    house.write_past_the_gate("other", {"x": 1})  # what keeps the next permit in doubt
    waiting = house.judged("other", {"a": 2}, buckets=1)
    house.draft("things", {"a": 3})  # refused, or its process died before it was judged
    clock.move(100 * DAY)
    assert maintain_lake(house.lake, keep_versions=1).files == 1
    young, _ = house.draft("things", {"a": 4})  # its run goes on
    os.utime(house.lake.folder("things") / young.adds[0].path, (clock.now().timestamp(),) * 2)
    done = maintain_lake(house.lake, keep_versions=1)
    assert done.files == 0
    assert len(files(house)) == 2
    assert [file.name for file in files(house, "other")] == [Path(waiting.writes[0].adds[0].path).name]
    assert len(done.skipped) == 1


def test_the_ledger_knows_before_a_file_goes_and_a_crash_changes_nothing(house: House, clock: HeldClock) -> None:
    put(house, clock, *range(4))
    clock.move(100 * DAY)

    def died(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with patch.object(Path, "unlink", died), pytest.raises(KeyboardInterrupt):
        maintain_lake(house.lake, keep_versions=1)
    assert [body["versions"] for body in house.entries(Kind.VACUUMED)] == [[0, 1, 2]]
    assert len(files(house)) == 4
    assert house.problems() == []
    done = maintain_lake(House.opened(house.folder, clock).lake, keep_versions=1)
    assert (done.files, done.versions) == (3, ())
    assert house.problems() == []
    assert house.rows("things") == {"a": 3}


def test_a_checkpoint_spares_opening_every_entry_and_changes_nothing_else(house: House, clock: HeldClock) -> None:
    with patch.object(maintenance, "CHECKPOINT_EVERY", 5):
        put(house, clock, *range(7))
        assert maintain_lake(house.lake).checkpoints == ("things@6",)
        log = house.lake.folder("things") / "_delta_log"
        assert (log / f"{6:020d}.checkpoint.parquet").is_file()
        assert maintain_lake(house.lake).checkpoints == ()
        assert house.problems() == []
        for version in (0, 3, 6):
            assert len(DeltaTable(str(house.lake.folder("things")), version=version).file_uris()) == 1
        put(house, clock, *range(7))
        assert House.opened(house.folder, clock).put("things", {"b": 1}) == 14
        assert maintain_lake(house.lake).checkpoints == ("things@14",)
        assert len(list(log.glob("*.checkpoint.parquet"))) == 1
        assert house.problems() == []
        assert not (house.lake.folder("things") / "_scratch").exists()


def test_a_checkpoint_that_tells_other_files_than_the_ledger_is_thrown_away(house: House, clock: HeldClock) -> None:
    with patch.object(maintenance, "CHECKPOINT_EVERY", 2):
        put(house, clock, *range(3))
        log = house.lake.folder("things") / "_delta_log" / f"{2:020d}.json"
        log.write_text("".join(line + "\n" for line in log.read_text().splitlines() if '"remove"' not in line))
        done = maintain_lake(house.lake)
    assert done.checkpoints == ()
    assert len(done.skipped) == 1
    assert not list(log.parent.glob("*checkpoint*"))


def test_a_checkpoint_without_its_hint_is_enough(house: House, clock: HeldClock) -> None:
    with patch.object(maintenance, "CHECKPOINT_EVERY", 2):
        put(house, clock, *range(3))
        maintain_lake(house.lake)
    (house.lake.folder("things") / "_delta_log" / "_last_checkpoint").unlink()
    assert House.opened(house.folder, clock).put("things", {"b": 1}) == 3
    assert house.problems() == []


def test_a_table_with_a_foreign_version_is_left_as_it_is(house: House, clock: HeldClock) -> None:
    put(house, clock, *range(4))
    house.write_past_the_gate("things", {"x": 666})
    clock.move(100 * DAY)
    done = maintain_lake(house.lake, keep_versions=1)
    assert done.files == 0
    assert done.skipped == ("things: its log ends with version 4 and version 3 is published",)
    assert len(files(house)) == 4


def test_what_a_commit_left_half_written_in_the_log_goes(house: House, clock: HeldClock) -> None:
    put(house, clock, 1)
    stray = house.lake.folder("things") / "_delta_log" / "_commit_1.json.tmp"
    stray.write_text("{")
    maintain_lake(house.lake)
    assert not stray.exists()
    assert reconcile(house.lake).in_doubt == ()
