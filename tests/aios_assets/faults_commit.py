"""Governed commits under faults, for a sweep: `fresh DIR`, `do DIR`, `check DIR acked|unacked`.

`do` is three commits by permit, the first of two tables at once. `reconciling DIR` first dies in three ways between
decision and record, with nothing synced, and then reconciles. `judged-elsewhere DIR` commits drafts that their writer
never synced. `without-SYNC DIR` is `do` with one fsync left out (`without-SYNC:PROGRAM DIR` the named program).

Beside DIR, beyond the faults, DIR.told holds what was promised. `check` reconciles, wants every promise kept, nothing
but promised or decided rows visible, a clean verification; then does what is left to do and wants each thing done once.
"""

import contextlib
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

from lock_fixtures import House

from aios_assets import draft, lock, tablelog
from aios_assets.errors import AiosError
from aios_assets.lock import Lock
from aios_assets.reconcile import reconcile
from audit.errors import AuditError
from audit.ledger import Kind
from policies.permit import Permit

STEPS: list[dict[str, dict[str, int]]] = [
    {"things_quarantine": {"q": 1}, "things": {"a": 1, "b": 2}},
    {"things": {"a": 3, "c": 4}},
    {"other": {"o": 1}},
]
"""What each attempt upserts, by table."""

WANTED = {"things_quarantine": {"q": 1}, "things": {"a": 3, "b": 2, "c": 4}, "other": {"o": 1}}


UNSYNCED: dict[str, Any] = {"sync_file": lambda path: None, "sync_folder": lambda path: None}


class Died(Exception):
    """Stands for the end of a process."""


def told(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.told")


def fresh(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    told(folder).unlink(missing_ok=True)
    House.opened(folder).ledger.close()


def judged(house: House, step: int) -> Permit:
    return house.decide(*(house.draft(table, rows) for table, rows in STEPS[step].items()))


def promise(folder: Path, step: int) -> None:
    with told(folder).open("a") as file:
        file.write(f"{step}\n")


def do(folder: Path) -> None:
    house = House.opened(folder)
    for step in range(len(STEPS)):
        house.lake.commit(judged(house, step))
        promise(folder, step)
    print("ACK", flush=True)


def judged_elsewhere(folder: Path) -> None:
    writer = House.opened(folder)
    for step in range(len(STEPS)):
        with patch.multiple(draft, **UNSYNCED):
            permit = judged(writer, step)
        House.opened(folder).lake.commit(permit)
        promise(folder, step)
    print("ACK", flush=True)


def reconciling(folder: Path) -> None:
    """Dies 1 when the first of two tables had landed · 2 when the only one had · 3 before anything had; reconciles each."""

    for step, dies_in in enumerate(("_record", "_record", "_commit")):
        permit = judged(House.opened(folder), step)
        with (
            contextlib.suppress(Died),
            patch.object(tablelog, "sync_file", lambda path: None),
            patch.object(Lock, dies_in, side_effect=Died),
        ):
            House.opened(folder).lake.commit(permit)
        done = reconcile(House.opened(folder).lake)
        assert not done.in_doubt, done
        promise(folder, step)
    print("ACK", flush=True)


def check(folder: Path, acked: str) -> None:
    house = House.opened(folder)
    promised = {int(line) for line in told(folder).read_text().split()} if told(folder).exists() else set()
    assert acked == "unacked" or promised == set(range(len(STEPS)))
    done = reconcile(house.lake)
    assert not done.in_doubt, f"still in doubt: {done.in_doubt}"
    found = visible(house)
    assert found in [expected(step) for step in range(-1, len(STEPS))], f"nobody decided this: {found}"
    first = next(step for step in range(len(STEPS), -2, -1) if expected(step) == found)
    assert not promised or first >= max(promised), f"promised {sorted(promised)}, found {found}"
    assert not house.problems(), house.problems()
    for step in range(first + 1, len(STEPS)):
        house.lake.commit(judged(house, step))
    assert visible(house) == WANTED, visible(house)
    assert {table: len(house.log(table)) for table in WANTED} == {"things_quarantine": 1, "things": 2, "other": 1}
    ends = [body["event"]["eventType"] for body in house.entries(Kind.LINEAGE)]
    assert len(ends) == len(house.entries(Kind.DECIDED)), f"{len(ends)} stories have an end"
    assert ends.count("COMPLETE") == len(STEPS), ends
    assert not house.problems(), house.problems()


def visible(house: House) -> dict[str, dict[str, int]]:
    return {table: house.rows(table) for table in WANTED if house.lake.state(table)}


def expected(step: int) -> dict[str, dict[str, int]]:
    rows: dict[str, dict[str, int]] = {}
    for one in STEPS[: step + 1]:
        for table, values in one.items():
            rows[table] = rows.get(table, {}) | values
    return rows


def _skip(where: Any, name: str, skipped: Callable[[Path], bool]) -> None:
    right = getattr(where, name)
    setattr(where, name, lambda path: None if skipped(path) else right(path))


SYNCS: dict[str, Callable[[], object]] = {
    "draft-bytes": lambda: _skip(draft, "sync_file", lambda path: True),
    "draft-names": lambda: _skip(draft, "sync_folder", lambda path: True),
    "log-bytes": lambda: _skip(tablelog, "sync_file", lambda path: True),
    "log-folder": lambda: _skip(tablelog, "sync_folder", lambda path: path.name == "_delta_log"),
    "table-folder": lambda: [_skip(each, "sync_folder", lambda path: path.name in WANTED) for each in (lock, tablelog)],
    "lake-folder": lambda: _skip(lock, "sync_folder", lambda path: path.name == "lake"),
    "elsewhere-bytes": lambda: _skip(lock, "sync_file", lambda path: path.suffix == ".parquet"),
    "elsewhere-names": lambda: _skip(lock, "sync_folder", lambda path: path.name == "_files"),
    "log-copy": lambda: setattr(tablelog, "copy_file", lambda source, target: target.write_bytes(source.read_bytes())),
}
"""Each fsync of a governed commit, and how to leave it out."""

PROGRAMS: dict[str, Callable[..., None]] = {
    "fresh": fresh,
    "do": do,
    "judged-elsewhere": judged_elsewhere,
    "reconciling": reconciling,
    "check": check,
}

if __name__ == "__main__":
    name = sys.argv[1]
    if name.startswith("without-"):
        sync, _, program = name.removeprefix("without-").partition(":")
        SYNCS[sync]()
        name = program or "do"
    try:
        PROGRAMS[name](Path(sys.argv[2]), *sys.argv[3:])
    except (AiosError, AuditError, OSError) as fault:
        sys.exit(f"{type(fault).__name__}: {fault}")
