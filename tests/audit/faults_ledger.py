"""Work on a ledger under faults, for the sweep: `do DIR` appends, `check DIR acked|unacked` asks if all is well.

DIR holds keys and ledger; `DIR.told`, beside it and so beyond the faults, holds what was promised.
"""

import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from audit import checkpoint, durable, sqlite
from audit.checkpoint import Signer
from audit.errors import AuditError
from audit.ledger import AlreadyLogged, Entry, InDoubt, Kind
from audit.sqlite import SqliteLedger
from audit.verify import verify

GROUPS = [[f"{group}.{number}" for number in range(3)] for group in range(4)]
AT = datetime(2026, 11, 23, tzinfo=UTC)


def opened(folder: Path) -> SqliteLedger:
    return SqliteLedger(folder / "ledger" / "ledger.sqlite", Signer.kept_in(folder / "keys"))


def append(ledger: SqliteLedger, keys: list[str]) -> bool:
    """Whether the group is in the ledger."""
    try:
        ledger.append(*(Entry(Kind.RUN, "run", {"key": key, "pad": "x" * 2000}, AT, once=key) for key in keys))
    except AlreadyLogged:
        return True
    return True


def present(ledger: SqliteLedger) -> list[str]:
    return [logged.entry.body["key"] for logged in ledger.read()]


def do(folder: Path) -> None:
    told = folder.with_name(f"{folder.name}.told")
    told.write_text("")
    for _ in range(3):  # a fault strikes once: whoever tries again gets through
        try:
            ledger = opened(folder)
            break
        except (AuditError, OSError):
            continue
    for keys in GROUPS:
        for _ in range(3):
            try:
                append(ledger, keys)
                break
            except InDoubt:
                continue
            except AuditError:
                if set(keys) & set(present(ledger)):
                    told.write_text("LIE: an append that said it did not happen did")
                    sys.exit(1)
        else:
            sys.exit(1)
        with told.open("a") as file:
            file.write(f"{keys[0]}\n")
        note = ledger.prove().note
        told.with_suffix(".note").write_text(note)
    ledger.close()
    print("ACK", flush=True)


def check(folder: Path, acked: str) -> None:
    told = folder.with_name(f"{folder.name}.told")
    promised = told.read_text().split("\n")[:-1] if acked == "unacked" else [keys[0] for keys in GROUPS]
    assert "LIE" not in told.read_text(), told.read_text()
    ledger = opened(folder)
    found = present(ledger)
    assert found == [key for keys in GROUPS for key in keys][: len(found)], f"not in order, or twice: {found}"
    assert len(found) % 3 == 0, f"half a group: {found}"
    assert not set(promised) - set(found), f"promised {promised}, found {found}"
    note = told.with_suffix(".note")
    kept = [note.read_text()] if promised and note.exists() else []
    for keys in GROUPS:
        append(ledger, keys)
    assert len(present(ledger)) == 12, "a retry did not finish the work, or did it twice"
    seen = verify(ledger, folder / "lake", Signer.kept_in(folder / "keys").verifier, kept=kept)
    assert seen.ok, seen.problems
    ledger.close()


def without_commit(folder: Path) -> None:
    """The work with commits that are not synced."""
    right = sqlite3.connect

    def unsynced(*args: Any, **options: Any) -> sqlite3.Connection:
        class Unsynced(sqlite3.Connection):
            def execute(self, query: str, *values: Any) -> sqlite3.Cursor:
                return super().execute(query.replace("= FULL", "= NORMAL"), *values)

        return right(*args, factory=Unsynced, **options)

    sqlite3.connect = unsynced  # type: ignore[assignment]
    do(folder)


def without_folder(folder: Path) -> None:
    """The work with folders that are not synced."""
    sqlite.sync_folder = durable.sync_folder = checkpoint.sync_folder = lambda _: None  # type: ignore[attr-defined]
    do(folder)


if __name__ == "__main__":
    programs = {"do": do, "check": check, "without-commit": without_commit, "without-folder": without_folder}
    programs[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
