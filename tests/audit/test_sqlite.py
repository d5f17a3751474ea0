"""The SQLite adapter: threads, processes, forks, failing storage."""

import contextlib
import os
import resource
import signal
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from audit_lake import SIGNER, entry

from audit.checkpoint import Signer
from audit.ledger import AlreadyLogged, InDoubt, Kind, LedgerError
from audit.sqlite import SqliteLedger, SqliteReader
from audit.verify import verify


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a" / "b" / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqliteLedger]:
    with SqliteLedger(path, SIGNER) as opened:
        yield opened


def keys(ledger: SqliteReader) -> list[str | None]:
    return [logged.entry.once for logged in ledger.read()]


def sound(path: Path) -> bool:
    with SqliteReader(path) as reader:
        seen = verify(reader, path.parent / "lake", SIGNER.verifier)
        assert seen.ok, seen.problems
        return True


@contextlib.contextmanager
def no_space(path: Path, more: int = 0) -> Iterator[None]:
    """Within it no file grows beyond the write-ahead log's present size and so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    wal = path.with_name(f"{path.name}-wal")
    resource.setrlimit(resource.RLIMIT_FSIZE, (wal.stat().st_size + more, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_the_file_is_durable_and_strict(ledger: SqliteLedger, path: Path) -> None:
    ledger.append(entry())
    with contextlib.closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        for change in ("DELETE FROM entries", "UPDATE entries SET subject = 'x'"):
            with pytest.raises(sqlite3.IntegrityError, match="entries are never"):
                other.execute(change)
    assert ledger._writing().execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_closed_ledger_opens_again_by_itself(ledger: SqliteLedger) -> None:
    ledger.append(entry(once="a"))
    ledger.close()
    ledger.append(entry(once="b"))
    assert keys(ledger) == ["a", "b"]


def test_a_reader_needs_no_key(ledger: SqliteLedger, path: Path) -> None:
    ledger.append(entry(once="a"))
    with SqliteReader(path) as reader:
        assert keys(reader) == ["a"]
        assert reader.prove(0) == ledger.prove(0)
        with pytest.raises(LedgerError, match="readonly"):
            reader._ask("DELETE FROM notes")


@pytest.mark.parametrize("content", [None, b"", b"not a database, but long enough to have a header" * 9])
def test_what_is_no_ledger_is_not_read(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ledger.sqlite"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(LedgerError, match="cannot be read"):
        SqliteReader(path)


def test_what_is_no_ledger_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"not a database, but long enough to have a header" * 9)
    with pytest.raises(LedgerError, match="cannot be opened"):
        SqliteLedger(path, SIGNER)
    with pytest.raises(LedgerError, match="cannot be opened"):
        SqliteLedger(path / "below a file" / "ledger.sqlite", SIGNER)


def test_kept_checkpoints_are_the_last_of_each_power_of_two(ledger: SqliteLedger) -> None:
    for _ in range(20):
        ledger.append(entry())
    kept = [SIGNER.verifier.checkpoint(note).size for note in ledger.notes()]
    assert kept == [0, 1, 3, 7, 15, 20]


def test_threads_share_groups_and_each_gets_its_own_answer(ledger: SqliteLedger, path: Path) -> None:
    def work(thread: int) -> list[int]:
        return [
            logged.index
            for call in range(25)
            for logged in ledger.append(entry(once=f"{thread}.{call}.0"), entry(once=f"{thread}.{call}.1"))
        ]

    with ThreadPoolExecutor(8) as pool:
        indices = list(pool.map(work, range(8)))
    assert sorted(index for own in indices for index in own) == list(range(400))
    assert all(own == sorted(own) for own in indices)
    found = keys(ledger)
    assert all(
        found[index] == f"{thread}.{number // 2}.{number % 2}"
        for thread, own in enumerate(indices)
        for number, index in enumerate(own)
    )
    assert sound(path)


def test_threads_that_meet_become_one_transaction_and_one_refusal_spares_the_rest(ledger: SqliteLedger) -> None:
    ledger.append(entry(once="old"))
    wanted = ["a", "old", "b", "twin", "twin"]
    with ThreadPoolExecutor(len(wanted)) as pool:
        with ledger._turn:
            calls = [pool.submit(ledger.append, entry(), entry(once=once)) for once in wanted]
            while len(ledger._queue) < len(wanted):
                pass
        errors = [call.exception() for call in calls]
    refused = [error for error in errors if error is not None]
    assert [type(error) for error in refused] == [AlreadyLogged, AlreadyLogged]
    assert errors[0] is errors[2] is None
    assert isinstance(errors[1], AlreadyLogged)
    assert (errors[1].once, errors[1].index) == ("old", 0)
    assert sorted(filter(None, keys(ledger))) == ["a", "b", "old", "twin"]
    sizes = [SIGNER.verifier.checkpoint(note).size for note in ledger.notes()]
    assert sizes == [0, 1, 7]


def _appending(path: Path, process: int) -> int:
    done = 0
    with SqliteLedger(path, SIGNER) as ledger:
        for call in range(50):
            ledger.append(entry(once=f"{process}.{call}"), entry())
            try:
                ledger.append(entry(once=f"shared.{call}"))
                done += 1
            except AlreadyLogged:
                pass
    return done


@pytest.mark.slow
def test_processes_take_turns(path: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        shared = sum(pool.map(_appending, [path] * 4, range(4)))
    with SqliteReader(path) as reader:
        found = [key for key in keys(reader) if key is not None]
    assert shared == 50
    assert len(found) == len(set(found)) == 4 * 50 + 50
    assert sound(path)


def test_a_fork_shares_nothing_but_the_file(ledger: SqliteLedger, path: Path) -> None:
    ledger.append(entry(once="before"))
    assert keys(ledger) == ["before"]
    child = os.fork()
    if child == 0:
        try:
            ledger.append(entry(once="child"))
            os._exit(0 if keys(ledger)[0] == "before" else 3)
        finally:
            os._exit(4)
    ledger.append(entry(once="parent"))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert sorted(filter(None, keys(ledger))) == ["before", "child", "parent"]
    assert sound(path)


def test_a_full_disk_leaves_nothing_behind_and_the_ledger_usable(ledger: SqliteLedger, path: Path) -> None:
    ledger.append(entry(once="a"))
    with no_space(path, more=20_000), pytest.raises(LedgerError, match="nothing was") as caught:
        ledger.append(entry(once="b", pad="x" * 100_000), entry(once="c"))
    assert not isinstance(caught.value, InDoubt)
    assert isinstance(caught.value.__cause__, sqlite3.Error)
    assert keys(ledger) == ["a"]
    ledger.append(entry(once="b"))
    assert keys(ledger) == ["a", "b"]
    assert sound(path)


def test_storage_that_stays_broken_leaves_doubt_until_it_answers(ledger: SqliteLedger, path: Path) -> None:
    ledger.append(entry(once="a"))
    with no_space(path):
        with pytest.raises(InDoubt, match="look the entry up"):
            ledger.append(entry(once="b"))
        with pytest.raises(InDoubt, match="still does not answer"):
            keys(ledger)
        with pytest.raises(InDoubt):
            ledger.append(entry(once="c"))
    assert keys(ledger) == ["a"]
    ledger.append(entry(once="b"))
    assert sound(path)


def test_after_doubt_an_append_settles_first(ledger: SqliteLedger, path: Path) -> None:
    ledger.append(entry(once="a"))
    with no_space(path), pytest.raises(InDoubt):
        ledger.append(entry(once="b"))
    ledger.append(entry(once="b"))
    assert keys(ledger) == ["a", "b"]
    assert sound(path)


class _Interrupt(BaseException):
    """As KeyboardInterrupt, which pytest would take for its own."""


@contextlib.contextmanager
def interrupted(seconds: float) -> Iterator[None]:
    def strike(*_: object) -> None:
        raise _Interrupt

    before = signal.signal(signal.SIGALRM, strike)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_who_is_interrupted_while_waiting_appends_nothing_later(ledger: SqliteLedger) -> None:
    release = threading.Event()

    def hold() -> None:
        with ledger._turn:
            release.wait(20)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(hold)
        with interrupted(0.1), pytest.raises(_Interrupt):
            ledger.append(entry(once="a"))
        release.set()
    ledger.append(entry(once="b"))
    assert keys(ledger) == ["b"]


def test_who_is_interrupted_while_writing_can_see_what_happened(
    ledger: SqliteLedger, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = ThreadPoolExecutor(1)
    ledger.append(entry(once="a"))

    def strike(size: int, root: bytes) -> str:
        raise _Interrupt

    with monkeypatch.context() as patch:
        patch.setattr(SIGNER, "checkpoint", strike)
        with ledger._turn:
            waits = other.submit(ledger.append, entry(once="b"))
            while not ledger._queue:
                pass
            group = [ledger._queue.popleft()]
            with pytest.raises(_Interrupt):
                ledger._commit(group)
        assert isinstance(waits.exception(), InDoubt)
    assert keys(ledger) == ["a"]
    ledger.append(entry(once="b"))
    assert sound(path)
    other.shutdown()


def test_nothing_is_appended_to_a_ledger_signed_by_another_key(
    ledger: SqliteLedger, path: Path, tmp_path: Path
) -> None:
    ledger.append(entry(once="a"))
    with SqliteLedger(path, Signer.kept_in(tmp_path / "keys")) as other:
        with pytest.raises(LedgerError, match="last checkpoint fails"):
            other.append(entry(once="b"))
        assert keys(other) == ["a"]


@pytest.mark.parametrize(
    "tamper",
    [
        "DELETE FROM entries WHERE idx = (SELECT max(idx) FROM entries)",
        "INSERT INTO entries SELECT idx + 1, kind, subject, NULL, data, hashes FROM entries ORDER BY idx DESC LIMIT 1",
        "UPDATE entries SET hashes = zeroblob(length(hashes)) WHERE idx = 3",
        "UPDATE entries SET hashes = x'' WHERE idx = 3",
        "DELETE FROM notes",
    ],
)
def test_nothing_is_appended_to_a_ledger_that_was_tampered_with(ledger: SqliteLedger, path: Path, tamper: str) -> None:
    ledger.append(*(entry(Kind.RUN, n=number) for number in range(5)))
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("DROP TRIGGER entries_stay")
        other.execute("DROP TRIGGER entries_hold")
        other.execute(tamper)
        other.commit()
    before = sum(1 for _ in ledger.rows())
    with pytest.raises(LedgerError, match=r"verify|last checkpoint fails"):
        ledger.append(entry())
    assert sum(1 for _ in ledger.rows()) == before


def test_a_ledger_without_checkpoint_proves_nothing(ledger: SqliteLedger, path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("DELETE FROM notes")
        other.commit()
    with pytest.raises(LedgerError, match="cannot prove"):
        ledger.prove()


def test_a_forked_child_begins_with_locks_and_queue_of_its_own(ledger: SqliteLedger) -> None:
    ledger.append(entry(once="a"))
    turn, looking = ledger._turn, ledger._looking
    ledger._before_fork()
    ledger._after_fork(child=True)
    assert turn.locked()
    assert looking.locked()
    ledger.append(entry(once="b"))
    assert keys(ledger) == ["a", "b"]
