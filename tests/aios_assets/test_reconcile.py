"""Reconcile: wherever a process died, the story gets its end, the right one, once."""

from pathlib import Path
from unittest.mock import patch

import pytest
from lock_fixtures import House

from aios_assets import tablelog
from aios_assets.errors import LakeError, Overtaken
from aios_assets.lock import Lock
from aios_assets.reconcile import reconcile
from aios_assets.tablelog import TableLog
from audit.ledger import Kind
from policies.permit import Permit


class Died(BaseException):
    """The end of a process."""


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House.opened(tmp_path)
    house.put("things", {"a": 1})
    return house


def dies(house: House, permit: Permit, where: str) -> House:
    with patch.object(Lock, where, side_effect=Died), pytest.raises(Died):
        house.lake.commit(permit)
    assert any("in doubt" in problem for problem in house.problems())
    return House.opened(house.folder)


def ends(house: House) -> list[str]:
    return [body["event"]["eventType"] for body in house.entries(Kind.LINEAGE)]


@pytest.mark.parametrize("where", ["_carry_out", "_commit", "_record"])
def test_a_commit_that_died_is_finished_from_the_ledger_alone(house: House, where: str) -> None:
    permit = house.judged("things", {"a": 2})
    other = dies(house, permit, where)
    assert house.rows("things") == {"a": 1}
    assert reconcile(other.lake).finished == (f"things: {permit.id}",)
    assert other.rows("things") == house.rows("things") == {"a": 2}
    assert ends(house) == ["COMPLETE", "COMPLETE"]
    assert house.lake.commit(permit)[0].already
    assert house.problems() == []
    assert reconcile(other.lake) == reconcile(house.lake)
    assert len(house.log("things")) == 2


@pytest.mark.parametrize("bytes_left", [b"", b"\0" * 700, b'{"commitInfo":{"times'])
def test_a_log_entry_that_a_power_cut_tore_is_written_again(house: House, bytes_left: bytes) -> None:
    permit = house.judged("things", {"a": 2})
    other = dies(house, permit, "_record")
    TableLog(house.lake.folder("things")).file(1).write_bytes(bytes_left)
    assert len(reconcile(other.lake).finished) == 1
    assert house.rows("things") == {"a": 2}
    assert house.problems() == []


def test_a_torn_entry_does_not_stop_another_writer(house: House) -> None:
    permit, rival = house.judged("things", {"a": 2}), house.judged("things", {"a": 3})
    other = dies(house, permit, "_record")
    TableLog(house.lake.folder("things")).file(1).write_bytes(b"")
    other.lake.commit(rival)
    assert len(reconcile(other.lake).abandoned) == 1
    assert house.rows("things") == {"a": 3}
    assert house.problems() == []


def test_a_log_entry_that_cannot_be_read_is_not_taken_for_torn(house: House) -> None:
    permit = house.judged("things", {"a": 2})
    other = dies(house, permit, "_record")
    log = TableLog(house.lake.folder("things")).file(1)
    kept = log.read_bytes()
    log.unlink()
    log.mkdir()  # opening it raises what a failing disk would: OSError
    assert len(reconcile(other.lake).in_doubt) == 1
    log.rmdir()
    log.write_bytes(kept)
    assert len(reconcile(other.lake).finished) == 1
    assert house.problems() == []


def test_the_next_commit_tells_what_landed_before_it(house: House) -> None:
    permit = house.judged("things", {"a": 2})
    late = house.judged("things", {"b": 3})
    other = dies(house, permit, "_record")
    with pytest.raises(Overtaken):
        other.lake.commit(late)
    assert house.rows("things") == {"a": 2}
    assert other.put("things", {"b": 3}) == 2
    assert ends(house) == ["COMPLETE", "COMPLETE", "ABORT", "COMPLETE"]
    assert house.problems() == []


def test_a_draft_lost_in_a_crash_ends_its_permit(house: House) -> None:
    permit = house.judged("things", {"a": 2})
    other = dies(house, permit, "_carry_out")
    (house.lake.folder("things") / permit.writes[0].adds[0].path).unlink()
    done = reconcile(other.lake)
    assert "gone" in done.abandoned[0]
    assert ends(house) == ["COMPLETE", "ABORT"]
    assert house.problems() == []


def test_an_attempt_of_two_tables_is_finished_where_it_stopped(house: House) -> None:
    permit = house.decide(house.draft("things_quarantine", {"q": 1}), house.draft("things", {"a": 2}))
    other = dies(house, permit, "_record")
    assert len(reconcile(other.lake).finished) == 1
    assert [body["table"] for body in house.entries(Kind.COMMITTED)] == ["things", "things_quarantine", "things"]
    assert house.rows("things") == {"a": 2}
    assert house.problems() == []


def test_a_failed_sync_leaves_the_commit_in_doubt_and_a_durable_copy_ends_it(house: House) -> None:
    """The kernel says once that it could not write: syncing the same file again proves nothing."""
    permit = house.judged("things", {"a": 2})
    failing = patch.object(tablelog, "sync_file", side_effect=OSError(5, "Input/output error"))
    with failing, pytest.raises(LakeError, match="storage failed"):
        house.lake.commit(permit)
    before = TableLog(house.lake.folder("things")).file(1).stat().st_ino
    assert len(reconcile(house.lake).finished) == 1
    assert TableLog(house.lake.folder("things")).file(1).stat().st_ino != before
    assert house.problems() == []


def test_nothing_in_doubt_tells_nothing(house: House) -> None:
    size = house.ledger.prove().size
    assert reconcile(house.lake) == reconcile(house.lake)
    assert house.ledger.prove().size == size
