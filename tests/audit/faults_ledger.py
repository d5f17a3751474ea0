"""Work on a ledger under faults, for the sweep: `do DIR` appends, `check DIR acked|unacked` asks if all is well.

DIR holds keys and ledger; `DIR.told`, beside it and so beyond the faults, holds what was promised.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

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
        except AuditError:
            continue
        except OSError:
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


if __name__ == "__main__":
    if sys.argv[1] == "do":
        do(Path(sys.argv[2]))
    else:
        check(Path(sys.argv[2]), sys.argv[3])
