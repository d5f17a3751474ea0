"""What the ledger makes of tables."""

from pathlib import Path

import pytest
from audit_lake import AT, Lake, decided, entry, refusal

from audit.entries import Foreign, Vacuumed
from audit.ledger import Entry, Kind, LedgerError
from audit.tables import Tables
from policies.permit import DraftFile, Write


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def file(name: str, rows: int = 1) -> DraftFile:
    return DraftFile(name, 1, "f" * 64, rows)


def first(table: str = "t", *names: str) -> Write:
    return Write(table, -1, tuple(file(name) for name in names or ("a",)), (), "c1", overwrite=True)


def test_a_table_is_what_was_committed(lake: Lake) -> None:
    lake.fill()
    tables = Tables(lake.ledger)
    assert tables.refresh() == 7
    assert tables.names == ("products", "products_quarantine")
    state = tables.state("products")
    assert state is not None
    assert (state.version, state.rows, state.contract, set(state.files)) == (
        2,
        2 + 3 + 4,
        "c1",
        {"b.parquet", "c.parquet", "d.parquet"},
    )
    assert [version.rows for version in state.history.values()] == [3, 5, 9]
    assert [(version.decided, version.committed) for version in state.history.values()] == [(0, 1), (2, 4), (5, 6)]
    assert set(tables.files("products", 0)) == {"a.parquet", "b.parquet"}
    assert set(tables.files("products", 1)) == {"b.parquet", "c.parquet"}
    quarantine = tables.state("products_quarantine")
    assert quarantine is not None
    assert (quarantine.version, quarantine.decided, state.decided_index) == (0, None, 5)
    assert (tables.faults, tables.in_doubt, state.foreign) == ((), (), {})
    assert tables.state("nobody") is None
    assert tables.state("products") is state


def test_refreshing_reads_what_is_new(lake: Lake) -> None:
    tables = Tables(lake.ledger)
    assert tables.refresh() == 0
    write = first()
    permit, index = lake.decide(write)
    tables.refresh()
    state = tables.state("t")
    assert state is not None
    assert (state.version, dict(state.files), [doubt.permit for doubt in state.in_doubt]) == (-1, {}, [permit])
    assert (tables.in_doubt, tables.decision(permit)) == (state.in_doubt, (index, state.decided))
    assert tables.decision("other") is None
    lake.close(write, permit, index, "d" * 64)
    lake.ledger.append(entry(Kind.LINEAGE, "t"))
    assert tables.refresh() == tables.refresh() == 3
    again = tables.state("t")
    assert again is not None
    assert (again.version, again.in_doubt, again.history[0].log_sha256) == (0, (), "d" * 64)
    assert state.version == -1


def test_a_refusal_changes_what_was_decided_last_alone(lake: Lake) -> None:
    lake.commit(first())
    lake.ledger.append(Entry(Kind.DECIDED, "t", refusal("t").body(), AT))
    tables = Tables(lake.ledger)
    tables.refresh()
    state = tables.state("t")
    assert state is not None
    assert state.decided is not None
    assert (state.version, state.decided.admitted, state.decided_index, state.in_doubt) == (0, False, 2, ())


def test_a_decision_is_settled_when_its_last_write_is_committed(lake: Lake) -> None:
    def settled() -> str | None:
        tables = Tables(lake.ledger)
        tables.refresh()
        state = tables.state("t")
        assert state is not None
        return state.settled.permit if state.settled else None

    aside, write = first("t_quarantine"), first()
    permit, index = lake.decide(aside, write)
    lake.close(aside, permit, index, "d")
    assert settled() is None
    lake.close(write, permit, index, "d")
    assert settled() == permit
    again, _ = lake.decide(Write("t", 0, (file("b"),), (), "c1"))
    assert settled() == permit
    lake.abandon("t", again)
    assert settled() == permit
    # judged again, with nothing to change
    lake.ledger.append(Entry(Kind.DECIDED, "t", decided("f" * 64, "t").body(), AT))
    assert settled() == "f" * 64


def test_an_abandoned_write_never_happened(lake: Lake) -> None:
    lake.commit(first())
    permit, _ = lake.decide(Write("t", 0, (file("b"),), (), "c1"))
    lake.abandon("t", permit)
    tables = Tables(lake.ledger)
    tables.refresh()
    state = tables.state("t")
    assert state is not None
    assert (state.version, state.in_doubt, set(state.files)) == (0, (), {"a"})


def test_versions_that_are_not_there_are_not_read(lake: Lake) -> None:
    lake.fill()
    lake.ledger.append(Entry(Kind.VACUUMED, "products", Vacuumed("products", ("a.parquet",), (0, 9)).body(), AT))
    tables = Tables(lake.ledger)
    tables.refresh()
    for table, version in (("products", 3), ("products", -1), ("nobody", 0)):
        with pytest.raises(LedgerError, match="never committed"):
            tables.files(table, version)
    with pytest.raises(LedgerError, match="vacuumed"):
        tables.files("products", 0)
    assert set(tables.files("products", 1)) == {"b.parquet", "c.parquet"}


def test_a_repair_builds_upon_a_foreign_version_and_replaces_it(lake: Lake) -> None:
    lake.commit(first())
    lake.ledger.append(Entry(Kind.FOREIGN, "t", Foreign("t", 1, "e" * 64).body(), AT))
    permit = lake.commit(Write("t", 1, (file("a"),), ("stranger",), "c1", overwrite=True))
    lake.ledger.append(Entry(Kind.FOREIGN, "t", Foreign("t", 1, "e" * 64, permit).body(), AT))
    tables = Tables(lake.ledger)
    tables.refresh()
    state = tables.state("t")
    assert state is not None
    assert (state.version, set(state.files), tables.faults) == (2, {"a"}, ())
    assert state.foreign[1].repaired_by == permit
    assert sorted(state.history) == [0, 2]
