"""Verification: a clean lake is clean, and whatever is done to it is named."""

import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from audit_lake import AT, SIGNER, Lake, entry
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.checkpoint import Signer
from audit.entries import Foreign, Vacuumed
from audit.ledger import Entry, Kind, LedgerError, framed
from audit.sqlite import SqliteLedger, SqliteReader
from audit.verify import Verification, verify
from policies.permit import Write


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path)
    made.fill()
    return made


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake to make copies of; its ledger is closed, so that its file holds everything."""
    made = Lake(tmp_path_factory.mktemp("filled"))
    made.fill()
    made.ledger.close()
    return made


def look(lake: Lake, *kept: str) -> Verification:
    with SqliteReader(lake.path) as reader:
        return verify(reader, lake.folder, SIGNER.verifier, kept=kept)


def named(seen: Verification) -> set[tuple[str, str]]:
    return {(problem.kind, problem.where) for problem in seen.problems}


@contextlib.contextmanager
def tampering(path: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(path)) as other:
        with contextlib.suppress(sqlite3.OperationalError):
            other.execute("DROP TRIGGER entries_stay")
            other.execute("DROP TRIGGER entries_hold")
        yield other
        other.commit()


def test_a_clean_lake_is_clean(lake: Lake) -> None:
    told: list[tuple[str, int, int]] = []
    seen = verify(
        lake.ledger,
        lake.folder,
        SIGNER.verifier,
        kept=[lake.ledger.prove().note],
        progress=lambda *step: told.append(step),
    )
    assert seen.ok
    assert (seen.size, seen.files, seen.versions, seen.problems) == (7, 5, 4, ())
    assert seen.root == lake.ledger.prove().root.hex()
    assert told[0] == ("entries", 7, 7)
    assert told[-1] == ("files", 5, 5)


def test_an_empty_lake_is_clean(tmp_path: Path) -> None:
    assert look(Lake(tmp_path)).ok


# the ledger


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_any_flipped_bit_of_an_entry_is_named(filled: Lake, data: st.DataObject) -> None:
    whole = filled.path.read_bytes()
    with SqliteReader(filled.path) as reader:
        row = data.draw(st.sampled_from(list(reader.rows())))
    column = data.draw(st.sampled_from([row.data, row.hashes]))
    at = whole.index(column) + data.draw(st.integers(0, len(column) - 1))
    seen = flipped(filled, whole, at, data.draw(st.integers(0, 7)))
    assert isinstance(seen, Verification)
    assert ("entry", f"entry {row.index}") in named(seen)


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_no_flipped_bit_of_the_file_goes_unseen_that_changes_what_is_read(filled: Lake, data: st.DataObject) -> None:
    whole = filled.path.read_bytes()
    at, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
    seen = flipped(filled, whole, at, bit)
    if isinstance(seen, Verification) and seen.ok:
        with SqliteReader(filled.path) as right, SqliteReader(filled.path.with_name("flipped.sqlite")) as other:
            assert list(other.rows()) == list(right.rows())
            assert other.notes()[-1] == right.notes()[-1]


def flipped(lake: Lake, whole: bytes, at: int, bit: int) -> Verification | LedgerError:
    """What is seen of a copy of the ledger's file with one bit flipped."""
    path = lake.path.with_name("flipped.sqlite")
    for leftover in path.parent.glob("flipped.sqlite*"):
        leftover.unlink(missing_ok=True)
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
    try:
        with SqliteReader(path) as reader:
            return verify(reader, lake.folder, SIGNER.verifier)
    except LedgerError as error:
        return error


SWAP = """UPDATE entries SET data = CASE idx
    WHEN 5 THEN (SELECT data FROM entries WHERE idx = 6) ELSE (SELECT data FROM entries WHERE idx = 5) END
    WHERE idx IN (5, 6)"""
TAMPERS: dict[str, tuple[str, set[tuple[str, str]]]] = {
    "swapped": (SWAP, {("entry", "entry 5"), ("entry", "entry 6")}),
    "renumbered": (
        "UPDATE entries SET idx = CASE idx WHEN 6 THEN 99 ELSE idx END WHERE idx = 6",
        {("entry", "entry 6 to 98"), ("entry", "entry 99")},
    ),
    "the last deleted": ("DELETE FROM entries WHERE idx = 6", {("checkpoint", "checkpoint over 7")}),
    "one deleted": ("DELETE FROM entries WHERE idx = 5", {("entry", "entry 5"), ("checkpoint", "checkpoint over 7")}),
    "all deleted": ("DELETE FROM entries", {("checkpoint", "checkpoint over 7")}),
    "another subject": ("UPDATE entries SET subject = 'x' WHERE idx = 2", {("entry", "entry 2")}),
    "another kind": ("UPDATE entries SET kind = 'run' WHERE idx = 2", {("entry", "entry 2")}),
    "another key": ("UPDATE entries SET once = 'x' WHERE idx = 1", {("entry", "entry 1")}),
    "a node": (
        "UPDATE entries SET hashes = CAST(substr(hashes, 1, 32) || zeroblob(32) AS BLOB) WHERE idx = 1",
        {("entry", "entry 1")},
    ),
    "a node too many": (
        "UPDATE entries SET hashes = CAST(hashes || zeroblob(32) AS BLOB) WHERE idx = 1",
        {("entry", "entry 1")},
    ),
    "no hashes": ("UPDATE entries SET hashes = x'' WHERE idx = 1", {("entry", "entry 1")}),
    "no bytes": ("UPDATE entries SET data = x'' WHERE idx = 1", {("entry", "entry 1")}),
    "no checkpoint": ("DELETE FROM notes", {("checkpoint", "the last checkpoint")}),
    "an old checkpoint": ("DELETE FROM notes WHERE size > 3", {("checkpoint", "entries from 3 on")}),
    "an altered checkpoint": (
        "UPDATE notes SET note = replace(note, char(10) || '7' || char(10), char(10) || '6' || char(10)) WHERE size = 7",
        {("checkpoint", "checkpoint 4"), ("checkpoint", "entries from 3 on")},
    ),
}


@pytest.mark.parametrize("tamper", TAMPERS)
def test_tampering_with_the_ledger_is_named(lake: Lake, tamper: str) -> None:
    change, expected = TAMPERS[tamper]
    with tampering(lake.path) as other:
        other.execute(change)
    seen = look(lake)
    assert not seen.ok
    assert expected <= named(seen)


def test_a_damaged_file_is_named_and_what_can_be_read_is_read(lake: Lake) -> None:
    lake.ledger.append(*(entry(pad="x" * 3000) for _ in range(20)))
    lake.ledger.close()
    whole = lake.path.read_bytes()
    lake.path.write_bytes(whole[: len(whole) // 2])
    with contextlib.suppress(LedgerError):
        seen = look(lake)
        assert {"storage"} <= {kind for kind, _ in named(seen)}


def test_a_page_lost_in_the_middle_hides_nothing_before_it(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.ledger.append(*(entry(n=number) for number in range(25_000)))
    lake.ledger.close()
    told: list[int] = []
    with lake.path.open("r+b") as file:
        file.seek(lake.path.stat().st_size // 4096 // 2 * 4096)
        file.write(bytes(4096))
    with SqliteReader(lake.path) as reader:
        seen = verify(reader, lake.folder, SIGNER.verifier, progress=lambda _, done, __: told.append(done))
    assert told == [10_000, seen.size]
    assert ("storage", f"entries from {seen.size} on") in named(seen)


def test_checkpoints_that_cannot_be_read_are_named(lake: Lake) -> None:
    with SqliteReader(lake.path) as reader:
        with tampering(lake.path) as other:
            other.execute("DROP TABLE notes")
        seen = verify(reader, lake.folder, SIGNER.verifier)
    assert named(seen) == {("storage", "the ledger's file"), ("checkpoint", "the last checkpoint")}


@pytest.mark.parametrize("end", [b',"v":1 }', b',"v":1.0}', b',"v":1e400}', b',"v":9007199254740993.5}'])
def test_bytes_that_are_not_canonical_are_named_even_if_they_were_signed(
    lake: Lake, end: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def framed_otherwise(one: Entry) -> tuple[bytes, bytes]:
        head, tail = framed(one)
        return head, tail.removesuffix(b',"v":1}') + end

    with monkeypatch.context() as patch:
        patch.setattr("audit.sqlite.framed", framed_otherwise)
        lake.ledger.append(entry())
    assert ("entry", "entry 7") in named(look(lake))


def sealed(lake: Lake, at: Path, change: str, signer: Signer = SIGNER) -> Lake:
    """The ledger written anew with one word changed, by somebody who has a key."""
    with SqliteReader(lake.path) as reader:
        entries = [logged.entry for logged in reader.read()]
    other = Lake(at)
    other.ledger.close()
    shutil.rmtree(other.path.parent)
    with SqliteLedger(other.path, signer) as ledger:
        ledger.append(*(Entry(one.kind, one.subject, {**one.body, change: 1}, one.at, "", one.once) for one in entries))
    other.folder = lake.folder
    return other


def test_a_fork_of_the_same_size_is_noticed_against_a_kept_checkpoint(lake: Lake, tmp_path: Path) -> None:
    kept = lake.ledger.prove().note
    fork = sealed(lake, tmp_path / "fork", "forged")
    assert look(fork).ok
    assert named(look(fork, kept)) == {("kept checkpoint", "kept checkpoint over 7")}
    fork.ledger.append(entry())
    assert named(look(fork, kept)) == {("kept checkpoint", "kept checkpoint over 7")}


def test_an_older_copy_is_noticed_against_a_kept_checkpoint(lake: Lake, tmp_path: Path) -> None:
    before = tmp_path / "before.sqlite"
    lake.ledger.close()
    shutil.copy(lake.path, before)
    lake.ledger.append(entry())
    kept = lake.ledger.prove().note
    lake.ledger.close()
    shutil.copy(before, lake.path)
    assert look(lake).ok
    seen = look(lake, kept)
    assert named(seen) == {("kept checkpoint", "kept checkpoint over 8")}
    assert "shorter" in seen.problems[0].what


def test_a_ledger_that_grew_continues_every_kept_checkpoint(lake: Lake) -> None:
    kept = [lake.ledger.prove().note]
    for _ in range(9):
        lake.ledger.append(entry())
        kept.append(lake.ledger.prove().note)
    assert look(lake, *kept).ok


def test_another_key_is_noticed(lake: Lake, tmp_path: Path) -> None:
    thief = Signer("PeterNeumann", Ed25519PrivateKey.generate())
    seen = look(sealed(lake, tmp_path / "thief", "forged", thief))
    assert {kind for kind, _ in named(seen)} == {"checkpoint"}
    assert "not signed by PeterNeumann" in seen.problems[0].what


def test_a_kept_checkpoint_of_another_ledger_is_no_evidence(lake: Lake) -> None:
    other = Signer("other", Ed25519PrivateKey.generate()).checkpoint(7, bytes(32))
    assert named(look(lake, other, "garbage")) == {("kept checkpoint", f"kept checkpoint {n}") for n in (1, 2)}


# the lake


def test_a_story_without_end_is_named(lake: Lake) -> None:
    permit, _ = lake.decide(Write("products", 2, (lake.draft("products", "e.parquet"),), (), "c1"))
    assert named(look(lake)) == {("in doubt", "products after version 2")}
    assert permit in look(lake).problems[0].what
    # its Delta commit happened, and only the ledger does not know yet: still the same one story
    lake.log(Write("products", 2, (lake.draft("products", "e.parquet"),), (), "c1"), permit)
    assert named(look(lake)) == {("in doubt", "products after version 2")}
    lake.abandon("products", permit)
    assert named(look(lake)) == {("foreign", "products version 3")}


def test_a_commit_without_decision_is_named(lake: Lake) -> None:
    write = Write("products", 2, (lake.draft("products", "e.parquet"),), (), "c1")
    lake.close(write, "f" * 64, 0, lake.log(write, "f" * 64))
    assert named(look(lake)) == {("story", "entry 7, products"), ("foreign", "products version 3")}


def test_a_write_past_the_gate_is_named_until_it_is_repaired(lake: Lake) -> None:
    stranger = lake.draft("products", "stranger.parquet")
    write = Write("products", 2, (stranger,), (), "")
    digest = lake.log(write, "nobody's")
    assert named(look(lake)) == {("foreign", "products version 3")}
    lake.ledger.append(Entry(Kind.FOREIGN, "products", Foreign("products", 3, digest).body(), AT))
    assert "not repaired" in look(lake).problems[0].what
    kept = tuple(lake.draft("products", f"{name}.parquet", rows) for name, rows in (("b", 2), ("c", 3), ("d", 4)))
    present = dict.fromkeys(["b.parquet", "c.parquet", "d.parquet", "stranger.parquet"])
    permit = lake.commit(Write("products", 3, kept, (), "c1", overwrite=True), present=present)
    told = Foreign("products", 3, digest, permit).body()
    lake.ledger.append(Entry(Kind.FOREIGN, "products", told, AT))
    assert look(lake).problems == ()
    lake.log(write, "nobody else's")
    assert named(look(lake)) == {("foreign", "products version 3")}
    assert "changed since" in look(lake).problems[0].what


LOG = "products/_delta_log/00000000000000000001.json"


def rewrite(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


DAMAGES: dict[str, tuple[Callable[[Path], object], set[tuple[str, str]], str]] = {
    "log missing": (lambda lake: (lake / LOG).unlink(), {("version", "products version 1")}, "missing"),
    "log empty": (lambda lake: (lake / LOG).write_bytes(b""), {("version", "products version 1")}, "empty"),
    "log zeroed": (
        lambda lake: rewrite(lake / LOG, lambda data: bytes(len(data))),
        {("version", "products version 1")},
        "zero bytes",
    ),
    "log cut": (
        lambda lake: rewrite(lake / LOG, lambda data: data[: data.rindex(b"\n")]),
        {("version", "products version 1")},
        "not the one that was committed",
    ),
    "last log missing": (
        lambda lake: (lake / LOG.replace("1.json", "2.json")).unlink(),
        {("version", "products version 2")},
        "missing",
    ),
    "all logs missing": (
        lambda lake: shutil.rmtree(lake / "products/_delta_log"),
        {("table", "products")},
        "log is gone",
    ),
    "a torn log on top": (
        lambda lake: (lake / LOG.replace("1.json", "3.json")).write_bytes(b"\0" * 9),
        {("version", "products version 3")},
        "torn",
    ),
    "a table on the side": (
        lambda lake: shutil.copytree(lake / "products", lake / "more" / "copy"),
        {("table", "more/copy")},
        "knows no such table",
    ),
    "file missing": (lambda lake: (lake / "products/a.parquet").unlink(), {("file", "products/a.parquet")}, "missing"),
    "file longer": (
        lambda lake: rewrite(lake / "products/a.parquet", lambda data: data + b"x"),
        {("file", "products/a.parquet")},
        "bytes and was committed",
    ),
    "file altered": (
        lambda lake: rewrite(lake / "products/a.parquet", lambda data: b"X" + data[1:]),
        {("file", "products/a.parquet")},
        "not those that were committed",
    ),
    "file unreadable": (
        lambda lake: ((lake / "products/a.parquet").unlink(), (lake / "products/a.parquet").mkdir()),
        {("file", "products/a.parquet")},
        "cannot be read",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_to_the_lake_is_named(lake: Lake, damage: str) -> None:
    harm, expected, why = DAMAGES[damage]
    harm(lake.folder)
    seen = look(lake)
    assert named(seen) == expected
    assert any(why in problem.what for problem in seen.problems)
    assert all(problem.do for problem in seen.problems)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_any_flipped_bit_of_a_file_is_named(filled: Lake, data: st.DataObject) -> None:
    files = sorted(path for path in filled.folder.rglob("*") if path.is_file())
    path = data.draw(st.sampled_from(files))
    right = path.read_bytes()
    at, bit = data.draw(st.integers(0, len(right) - 1)), data.draw(st.integers(0, 7))
    try:
        path.write_bytes(right[:at] + bytes([right[at] ^ 1 << bit]) + right[at + 1 :])
        seen = look(filled)
    finally:
        path.write_bytes(right)
    table, name = path.parts[len(filled.folder.parts)], path.name
    where = f"{table} version {int(name[:20])}" if name.endswith(".json") else f"{table}/{name}"
    assert where in {problem.where for problem in seen.problems}


@pytest.mark.parametrize(
    ("adds", "removes", "why"),
    [
        (("e.parquet", "f.parquet"), (), "adds other files"),
        ((), (), "adds other files"),
        (("e.parquet",), ("b.parquet",), "removes other files"),
    ],
)
def test_a_log_that_does_other_than_its_permit_is_named(
    lake: Lake, adds: tuple[str, ...], removes: tuple[str, ...], why: str
) -> None:
    write = Write("products", 2, (lake.draft("products", "e.parquet"),), (), "c1")
    permit, index = lake.decide(write)
    other = Write("products", 2, tuple(lake.draft("products", name) for name in adds), removes, "c1")
    lake.close(write, permit, index, lake.log(other, permit))
    seen = look(lake)
    assert named(seen) == {("version", "products version 3")}
    assert why in seen.problems[0].what
    assert "files after it" in seen.problems[-1].what


def test_an_overwrite_that_leaves_a_file_is_named(lake: Lake) -> None:
    write = Write("products", 2, (lake.draft("products", "e.parquet"),), (), "c2", overwrite=True)
    lake.commit(write, present={"b.parquet": 1, "c.parquet": 1})
    assert named(look(lake)) == {("version", "products version 3")}


def test_what_was_vacuumed_is_not_missed(lake: Lake) -> None:
    (lake.folder / "products" / "a.parquet").unlink()
    assert not look(lake).ok
    vacuumed = Vacuumed("products", ("a.parquet",), (0,))
    lake.ledger.append(Entry(Kind.VACUUMED, "products", vacuumed.body(), AT))
    assert look(lake).ok


def test_names_that_lead_out_of_the_lake_are_not_followed(lake: Lake) -> None:
    secret = lake.draft("../secret", "s.parquet")
    lake.commit(Write("../secret", -1, (secret,), (), "c", overwrite=True))
    hidden = lake.draft("products", "../../secret/s.parquet")
    lake.commit(Write("products", 2, (hidden,), (), "c"))
    seen = look(lake)
    assert named(seen) == {("table", "../secret"), ("file", "products/../../secret/s.parquet")}
    assert seen.files == 6
