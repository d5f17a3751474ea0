"""The lock: what is no permitted write changes nothing that anybody can read."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from deltalake import DeltaTable
from lock_fixtures import STUFF, THINGS, House

from aios_assets.draft import following, write_draft
from aios_assets.errors import ForeignVersion, LakeError, NotPermitted, Overtaken
from aios_assets.reconcile import reconcile
from audit.ledger import Kind
from policies.permit import Permit, Write


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House.opened(tmp_path)


def refused(house: House, permit: Permit, error: type[LakeError] = NotPermitted, table: str = "things") -> str:
    """The permit is refused with this error, and neither log nor reader nor audit show a trace of it."""
    log, state = house.log(table), house.lake.state(table)
    before = house.rows(table) if state else None
    with pytest.raises(error) as said:
        house.lake.commit(permit)
    assert house.log(table) == log
    assert (house.rows(table) if house.lake.state(table) else None) == before
    return said.value.why


def test_a_permitted_draft_becomes_the_next_version_and_nothing_else_does(house: House) -> None:
    assert house.put("things", {"a": 1}) == 0
    assert house.put("things", {"a": 2, "b": 3}) == 1
    assert house.put("things", {}, removed=["a"]) == 2
    assert house.rows("things") == {"b": 3}
    assert [house.rows("things", version) for version in (0, 1)] == [{"a": 1}, {"a": 2, "b": 3}]
    assert house.problems() == []
    assert pl.read_delta(str(house.lake.folder("things"))).height == 1  # what other Delta readers see


def test_a_contract_that_changed_overwrites_the_shape(house: House) -> None:
    house.put("things", {"a": 1})
    assert house.put("things", {"b": 2}, contract=STUFF) == 1
    assert house.rows("things") == {"a": 1, "b": 2}
    assert "note" in house.lake.scan("things").collect_schema()
    assert house.rows("things", 0) == {"a": 1}
    assert house.problems() == []


def test_an_asset_that_is_no_stage_writes_without_a_permit_and_nobody_sees_it(house: House) -> None:
    house.put("things", {"a": 1})
    unjudged = house.draft("things", {"a": 666})[0]

    @dg.asset
    def rogue() -> None:
        house.lake.commit(Permit("rogue", (unjudged,), 0, "0" * 64))

    @dg.asset
    def raw() -> None:
        house.write_past_the_gate("things", {"b": 666})

    assert not dg.materialize([rogue], raise_on_error=False).success
    assert house.rows("things") == {"a": 1}
    assert house.problems() == []
    assert dg.materialize([raw], raise_on_error=False).success
    assert house.rows("things") == {"a": 1}
    assert any("written past the gate" in problem for problem in house.problems())


def test_a_draft_that_changed_after_the_verdict_is_refused_for_good(house: House) -> None:
    house.put("things", {"a": 1})
    permit = house.judged("things", {"a": 2})
    file = house.lake.folder("things") / permit.writes[0].adds[0].path
    judged = file.read_bytes()
    file.write_bytes(judged[:-1] + bytes([judged[-1] ^ 1]))
    assert "no longer has the bytes" in refused(house, permit)
    file.write_bytes(judged)  # back again: the permit is gone all the same
    assert "used up or abandoned" in refused(house, permit)
    assert house.problems() == []


def test_a_draft_that_is_gone_is_refused(house: House) -> None:
    permit = house.judged("things", {"a": 2})
    (house.lake.folder("things") / permit.writes[0].adds[0].path).unlink()
    assert "gone" in refused(house, permit)


def test_a_draft_that_is_a_link_to_a_file_elsewhere_is_refused(house: House) -> None:
    permit = house.judged("things", {"a": 2})
    file = house.lake.folder("things") / permit.writes[0].adds[0].path
    file.rename(house.folder / "elsewhere.parquet")
    file.symlink_to(house.folder / "elsewhere.parquet")
    assert "gone" in refused(house, permit)


def test_a_replayed_permit_writes_nothing(house: House) -> None:
    permit = house.judged("things", {"a": 1})
    first = house.lake.commit(permit)
    house.put("things", {"a": 2})
    log, size = house.log("things"), house.ledger.prove().size
    again = House.opened(house.folder).lake.commit(permit)
    assert (first[0].already, again[0].already, again[0].version) == (False, True, 0)
    assert (house.log("things"), house.ledger.prove().size) == (log, size)
    assert house.rows("things") == {"a": 2}


def test_a_permit_of_another_table_is_refused(house: House) -> None:
    permit = house.judged("things", {"a": 1})
    house.put("other", {"a": 1})
    assert "decided something else" in refused(
        house, replace(permit, writes=(replace(permit.writes[0], table="other", parent=0),)), table="other"
    )


@pytest.mark.parametrize(
    "forge",
    [
        lambda write: replace(write, parent=write.parent + 1),
        lambda write: replace(write, overwrite=not write.overwrite),
        lambda write: replace(write, adds=()),
        lambda write: replace(write, removes=("_files/x",)),
        lambda write: replace(write, adds=tuple(replace(file, sha256="0" * 64) for file in write.adds)),
    ],
)
def test_a_permit_for_other_writes_than_were_decided_is_refused(house: House, forge: object) -> None:
    permit = house.judged("things", {"a": 1})
    forged = forge(permit.writes[0])  # type: ignore[operator]
    assert "decided something else" in refused(house, replace(permit, writes=(forged,)))
    assert house.lake.commit(permit)[0].version == 0


def test_a_permit_after_another_commit_is_overtaken_and_abandoned(house: House) -> None:
    house.put("things", {"a": 1})
    late, soon = house.judged("things", {"a": 2}), house.judged("things", {"b": 3})
    house.lake.commit(soon)
    assert "version 1 is published" in refused(house, late, Overtaken)
    assert "version 1 is published" in refused(house, late, Overtaken)
    assert [body["permit"] for body in house.entries(Kind.ABANDONED)] == [late.id]
    assert house.problems() == []


def test_an_attempt_that_reconcile_ended_beside_it_is_overtaken_too(house: House) -> None:
    """Whoever is overtaken judges anew; that somebody else noticed first makes no difference."""
    house.put("things", {"a": 1})
    late, soon = house.judged("things", {"a": 2}), house.judged("things", {"b": 3})
    house.lake.commit(soon)
    assert not reconcile(House.opened(house.folder).lake).in_doubt
    assert "version 1 is published" in refused(house, late, Overtaken)
    assert house.put("things", {"a": 2}) == 2


@pytest.mark.parametrize(
    "made", [Permit("mine", (), 0, "0" * 64), Permit("mine", (), 10**6, "0" * 64), Permit("mine", (), -1, "")]
)
def test_a_hand_made_permit_is_refused(house: House, made: Permit) -> None:
    unjudged, _ = house.draft("things", {"a": 1})
    assert "no such decision" in refused(house, replace(made, writes=(unjudged,)))


def test_a_permit_with_another_decision_s_leaf_or_id_is_refused(house: House) -> None:
    mine, other = house.judged("things", {"a": 1}), house.judged("things", {"a": 2})
    refused(house, replace(mine, ledger_leaf=other.ledger_leaf))
    refused(house, replace(mine, ledger_index=other.ledger_index))
    refused(house, replace(mine, ledger_index=other.ledger_index, ledger_leaf=other.ledger_leaf))
    refused(house, replace(mine, id=other.id))


def test_a_draft_outside_the_table_s_own_folder_is_refused(house: House) -> None:
    house.put("other", {"a": 1})
    write, schema = house.draft("things", {"a": 1})
    for path in ("../other/_files/x.parquet", "x.parquet", "_files/../x.parquet", "/etc/passwd", "_files/.."):
        permit = house.decide((replace(write, adds=(replace(write.adds[0], path=path),)), schema))
        assert "outside" in refused(house, permit)


def test_a_member_cannot_be_added_again_and_a_stranger_not_be_removed(house: House) -> None:
    house.put("things", {"a": 1})
    write, schema = house.draft("things", {"a": 2})
    member = tuple(house.lake.state("things").files.values())  # type: ignore[union-attr]
    assert "member already" in refused(house, house.decide((replace(write, adds=member), schema)))
    assert "added twice" in refused(house, house.decide((replace(write, adds=write.adds * 2), schema)))
    assert "no member" in refused(house, house.decide((replace(write, removes=("_files/x",)), schema)))
    assert house.problems() == []


def test_an_attempt_lands_whole_or_not_at_all(house: House) -> None:
    house.put("things", {"a": 1})
    aside, table = house.draft("things_quarantine", {"q": 1}), house.draft("things", {"a": 2})
    permit = house.decide(aside, table)
    (house.lake.folder("things") / table[0].adds[0].path).unlink()
    refused(house, permit)
    assert house.lake.state("things_quarantine") is None
    assert [body["table"] for body in house.entries(Kind.ABANDONED)] == ["things_quarantine", "things"]
    both = house.decide(house.draft("things_quarantine", {"q": 1}), house.draft("things", {"a": 2}))
    assert [(landed.table, landed.version) for landed in house.lake.commit(both)] == [
        ("things_quarantine", 0),
        ("things", 1),
    ]
    ends = [body["event"] for body in house.entries(Kind.LINEAGE)]
    assert [(end["eventType"], len(end["outputs"])) for end in ends] == [("COMPLETE", 2), ("ABORT", 0), ("COMPLETE", 2)]
    assert house.problems() == []


def test_an_abandoned_permit_never_works(house: House) -> None:
    permit = house.judged("things", {"a": 1})
    house.lake.abandon(permit, "no longer wanted")
    assert "used up or abandoned" in refused(house, permit)
    house.lake.abandon(permit, "no longer wanted")
    assert len(house.entries(Kind.ABANDONED)) == 1


def test_a_commit_that_landed_cannot_be_abandoned(house: House) -> None:
    permit = house.judged("things", {"a": 1})
    house.lake.commit(permit)
    house.lake.abandon(permit, "too late")
    assert house.entries(Kind.ABANDONED) == []
    assert house.rows("things") == {"a": 1}


def test_two_that_race_with_one_permit_commit_it_once(house: House) -> None:
    permits = [house.judged(f"things{number}", {"a": number}) for number in range(12)]
    houses = [House.opened(house.folder) for _ in range(4)]
    with ThreadPoolExecutor(4) as racers:
        for permit in permits:
            landed = list(racers.map(lambda one, permit=permit: one.lake.commit(permit)[0], houses))
            assert sorted(one.already for one in landed) == [False, True, True, True]
            assert len(house.log(permit.writes[0].table)) == 1
    assert len(house.entries(Kind.COMMITTED)) == 12
    assert house.problems() == []


def test_two_permits_with_one_parent_never_both_land(house: House) -> None:
    house.put("things", {"a": 0})
    for _ in range(6):
        rivals = [house.judged("things", {"a": number}) for number in range(4)]
        houses = [House.opened(house.folder) for _ in rivals]

        def tried(pair: tuple[House, Permit]) -> bool:
            try:
                pair[0].lake.commit(pair[1])
            except Overtaken:
                return False
            return True

        with ThreadPoolExecutor(4) as racers:
            assert sorted(racers.map(tried, zip(houses, rivals, strict=True))) == [False, False, False, True]
    assert len(house.log("things")) == 7
    assert house.problems() == []


class TestForeignVersions:
    """Somebody writes into a governed folder with a Delta library."""

    def test_no_reader_shows_it_verify_names_it_and_nothing_builds_on_it(self, house: House) -> None:
        house.put("things", {"a": 1})
        permit = house.judged("things", {"b": 2})
        house.write_past_the_gate("things", {"x": 666})
        assert house.rows("things") == {"a": 1}
        with pytest.raises(LakeError, match="never committed"):
            house.lake.scan("things", 1)
        assert [p for p in house.problems() if p.startswith("foreign")] == [
            "foreign: things version 1: it was written past the gate: no entry of the ledger committed it"
        ]
        refused(house, permit, ForeignVersion)
        refused(house, house.judged("things", {"c": 3}), ForeignVersion)
        assert len(reconcile(house.lake).in_doubt) == 2  # until somebody repairs the table
        assert house.rows("things") == {"a": 1}

    def test_in_a_table_that_is_decided_and_not_yet_there(self, house: House) -> None:
        permit = house.judged("things", {"a": 1})
        house.write_past_the_gate("things", {"x": 666})
        refused(house, permit, ForeignVersion)
        assert house.lake.state("things") is None

    def test_one_that_carries_a_waiting_permit_s_id_is_foreign_all_the_same(self, house: House) -> None:
        house.put("things", {"a": 1})
        permit = house.judged("things", {"a": 2})
        from deltalake import CommitProperties, Transaction, write_deltalake

        forged = CommitProperties(
            custom_metadata={"aios.permit": permit.id}, app_transactions=[Transaction(permit.id, 1)]
        )
        frame = pl.DataFrame({"id": ["x"], "value": [666]})
        folder = str(house.lake.folder("things"))
        write_deltalake(folder, frame.to_arrow(), mode="append", schema_mode="merge", commit_properties=forged)
        refused(house, permit, ForeignVersion)
        assert house.rows("things") == {"a": 1}

    def test_a_log_entry_rewritten_in_place_is_not_built_upon(self, house: House) -> None:
        house.put("things", {"a": 1})
        permit = house.judged("things", {"a": 2})
        log = house.lake.folder("things") / "_delta_log" / f"{0:020d}.json"
        log.write_text(log.read_text().replace('"dataChange":true', '"dataChange":false'))
        assert "gone or changed" in refused(house, permit, LakeError)
        assert house.rows("things") == {"a": 1}


class TestTheReader:
    def test_shows_no_file_whose_bytes_changed(self, house: House) -> None:
        house.put("things", {"a": 1})
        assert house.rows("things") == {"a": 1}
        file = next((house.lake.folder("things") / "_files").iterdir())
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
        with pytest.raises(LakeError, match="no longer has the bytes"):
            house.lake.scan("things")

    def test_notices_a_change_in_the_very_tick_in_which_the_file_was_read(self, house: House) -> None:
        house.put("things", {"a": 1})
        file = next((house.lake.folder("things") / "_files").iterdir())
        data = file.read_bytes()
        for _ in range(20):
            file.write_bytes(data)
            house.lake.scan("things")
            file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
            with pytest.raises(LakeError, match="no longer has the bytes"):
                house.lake.scan("things")

    def test_hashes_a_file_that_lay_still_once(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        house.put("things", {"a": 1})
        time.sleep(0.15)
        house.lake.scan("things")
        hashed: list[Path] = []
        monkeypatch.setattr("aios_assets.proven.sha256_of", lambda path: hashed.append(path) or "")
        assert house.rows("things") == {"a": 1}
        assert hashed == []
        os.utime(next((house.lake.folder("things") / "_files").iterdir()))
        with pytest.raises(LakeError):
            house.lake.scan("things")

    def test_says_what_is_wrong_with_a_version_that_is_none(self, house: House) -> None:
        with pytest.raises(LakeError, match="nothing of it is committed"):
            house.lake.scan("things")
        house.put("things", {"a": 1})
        with pytest.raises(LakeError, match="never committed"):
            house.lake.scan("things", 7)


def test_a_file_that_nobody_synced_is_synced_by_the_commit(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    permit = house.judged("things", {"a": 1})
    synced: list[Path] = []
    other = House.opened(house.folder)
    monkeypatch.setattr("aios_assets.lock.sync_file", synced.append)
    other.lake.commit(permit)
    assert {file.path for file in permit.writes[0].adds} <= {f"_files/{path.name}" for path in synced}


def test_an_empty_table_can_be_published(house: House) -> None:
    assert house.put("things", {}) == 0
    assert house.rows("things") == {}
    assert house.put("things", {"a": 1}) == 1
    assert house.problems() == []


def test_a_draft_leaves_no_trace_in_what_others_read(house: House) -> None:
    house.put("things", {"a": 1})
    house.draft("things", {"a": 2})
    part = following(
        house.lake,
        "things",
        THINGS,
        house.lake.scan("things").collect(),
        pl.DataFrame({"id": []}, schema={"id": pl.String}),
        buckets=2,
        attempt="x",
    )
    write_draft(house.lake, part, attempt="x")
    assert house.rows("things") == {"a": 1}
    assert DeltaTable(str(house.lake.folder("things"))).version() == 0
    assert house.problems() == []


def test_a_write_names_its_table_once_in_a_permit(house: House) -> None:
    write, schema = house.draft("things", {"a": 1})
    other: Write = house.draft("things", {"a": 2})[0]
    refused(house, house.decide((write, schema), (other, schema)))
