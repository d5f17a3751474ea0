"""What entries make of tables, and which entries are not believed."""

import pytest
from audit_lake import AT, decided, entry, refusal
from hypothesis import example, given, settings
from hypothesis import strategies as st

from audit.entries import Abandoned, Committed, Foreign, Vacuumed, closed
from audit.fold import Fold
from audit.ledger import Entry, Kind, Logged
from policies.permit import DraftFile, Write


def file(name: str, rows: int = 1) -> DraftFile:
    return DraftFile(name, 1, "f" * 64, rows)


def first(table: str = "t", *names: str) -> Write:
    return Write(table, -1, tuple(file(name) for name in names or ("a",)), (), "c1", overwrite=True)


@settings(deadline=None, max_examples=50)
@example([(False, [name]) for name in "abcdef" * 25])
@given(st.lists(st.tuples(st.booleans(), st.lists(st.sampled_from("abcdef"), unique=True)), max_size=150))
def test_files_of_any_version_are_those_of_a_plain_replay(steps: list[tuple[bool, list[str]]]) -> None:
    fold, replayed = Fold(), list[dict[str, DraftFile]]()
    for version, (overwrite, names) in enumerate(steps):
        before = {} if overwrite or not version else dict(replayed[-1])
        removes = () if overwrite else tuple(sorted(before))[:2]
        adds = tuple(file(name, version) for name in names)
        write = Write("t", version - 1, adds, removes, "c", overwrite=overwrite)
        permit = str(version)
        found = decided(permit, "t", write)
        body = Committed(permit, "t", version, "d", 2 * version).body()
        fold.take(Logged(2 * version, b"", Entry(Kind.DECIDED, "t", found.body(), AT)))
        fold.take(Logged(2 * version + 1, b"", Entry(Kind.COMMITTED, "t", body, AT, once=closed(permit, "t"))))
        replayed.append(
            {path: kept for path, kept in before.items() if path not in removes} | {a.path: a for a in adds}
        )
    assert fold.faults == ()
    assert [dict(fold.files("t", version)) for version in range(len(steps))] == replayed
    assert [dict(files) for _, _, files in fold.versions()] == replayed


def committed(permit: str, version: int, decision: int, table: str = "t") -> Entry:
    return Entry(
        Kind.COMMITTED, table, Committed(permit, table, version, "d", decision).body(), AT, once=closed(permit, table)
    )


def told(permit: str, *writes: Write) -> Entry:
    return Entry(Kind.DECIDED, "t", decided(permit, "t", *writes).body(), AT)


NEXT = Write("t", 0, (file("b"),), (), "c1")
START = (told("p0", first()), committed("p0", 0, 0))
LIES: dict[str, tuple[str, tuple[Entry, ...]]] = {
    "a commit nobody decided": ("never given", (committed("p1", 1, 2),)),
    "a commit of a refusal": (
        "never given",
        (Entry(Kind.DECIDED, "t", refusal("t").body(), AT), committed("p1", 1, 2)),
    ),
    "a permit used twice": ("closed already", (committed("p0", 1, 0),)),
    "a permit for another table": ("closed already", (told("p1", NEXT), committed("p1", 1, 2, "other"))),
    "a permit given twice": ("given twice", (told("p0", NEXT),)),
    "two writes on one table": ("two writes", (told("p1", NEXT, NEXT),)),
    "a commit after its abandonment": (
        "closed already",
        (
            told("p1", NEXT),
            Entry(Kind.ABANDONED, "t", Abandoned("p1", "t", "w").body(), AT, once=closed("p1", "t")),
            committed("p1", 1, 2),
        ),
    ),
    "another decision": ("names decision 1", (told("p1", NEXT), committed("p1", 1, 1))),
    "a version that skips": ("does not follow", (told("p1", NEXT), committed("p1", 2, 2))),
    "a version that goes back": ("does not follow", (told("p1", first()), committed("p1", 0, 2))),
    "a parent never committed": (
        "never committed",
        (told("p1", Write("t", 1, (file("b"),), (), "c1")), committed("p1", 2, 2)),
    ),
    "a member that is none": (
        "no member",
        (told("p1", Write("t", 0, (), ("stranger",), "c1")), committed("p1", 1, 2)),
    ),
    "another once key": (
        "wrong subject or once",
        (told("p1", NEXT), Entry(Kind.COMMITTED, "t", Committed("p1", "t", 1, "d", 2).body(), AT, once="x")),
    ),
    "another subject": (
        "wrong subject or once",
        (
            told("p1", NEXT),
            Entry(Kind.COMMITTED, "u", Committed("p1", "t", 1, "d", 2).body(), AT, once=closed("p1", "t")),
        ),
    ),
    "a foreign version that was committed": (
        "called foreign",
        (Entry(Kind.FOREIGN, "t", Foreign("t", 0, "e").body(), AT),),
    ),
    "a foreign version with two digests": (
        "two digests",
        (
            Entry(Kind.FOREIGN, "t", Foreign("t", 1, "e").body(), AT),
            Entry(Kind.FOREIGN, "t", Foreign("t", 1, "f").body(), AT),
        ),
    ),
    "a vacuum of what is needed": (
        "latest version needs",
        (Entry(Kind.VACUUMED, "t", Vacuumed("t", ("a",), ()).body(), AT),),
    ),
    "a body that is none": ("no valid", (Entry(Kind.COMMITTED, "t", {}, AT),)),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_cannot_be_believed_is_a_fault_and_stays_invisible(lie: str) -> None:
    why, entries = LIES[lie]
    fold = Fold()
    for index, one in enumerate([*START, *entries]):
        fold.take(Logged(index, b"", one))
    assert [fault.index for fault in fold.faults] == [len(START) + len(entries) - 1]
    assert why in fold.faults[0].why
    state = fold.state("t")
    assert state is not None
    assert (state.version, set(state.files)) == (0, {"a"})


def test_entries_about_no_table_change_nothing() -> None:
    fold = Fold()
    fold.take(Logged(0, b"", entry(Kind.LINEAGE, "t")))
    assert (fold.names, fold.faults) == ((), ())
