"""Ledger: appends and verification, each with a baseline measured in the same run. Prints JSON lines.

    python benchmarks/ledger.py [ENTRIES]

`baseline` is what the same bytes cost without the property: plain rows in SQLite (WAL, FULL) in the same groups for
appending, one SHA-256 a row for verification. `ratio` is seconds by seconds: how many times the baseline it costs.
"""

import hashlib
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # also without an installed package

from audit.checkpoint import Signer
from audit.entries import Committed, closed
from audit.ledger import Entry, Kind, entry_bytes
from audit.sqlite import SqliteLedger, SqliteReader
from audit.verify import verify

GROUP = 100
ROUNDS = 3
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def groups(count: int) -> list[list[Entry]]:
    """Commit-like entries with once keys and trace ids, made beforehand."""
    made = [
        Entry(Kind.SHIPPED, "products", body, AT, f"{number:032x}", closed(f"{number:064x}", "products"))
        for number in range(count)
        for body in [Committed(f"{number:064x}", "products", number, f"{number:064x}", number).body()]
    ]
    return [made[start : start + GROUP] for start in range(0, count, GROUP)]


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def appended(path: Path, calls: list[list[Entry]]) -> None:
    """All groups through the ledger."""
    with SqliteLedger(path, Signer.kept_in(path.parent / "keys")) as ledger:
        for call in calls:
            ledger.append(*call)


def inserted(path: Path, calls: list[list[bytes]]) -> None:
    """The same bytes as plain rows, a transaction each group."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rows (data BLOB)")
    for call in calls:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO rows VALUES (?)", [(data,) for data in call])
        connection.execute("COMMIT")
    connection.close()


def hashed(path: Path) -> None:
    """One SHA-256 over each stored row."""
    with SqliteReader(path) as reader:
        for row in reader.rows():
            hashlib.sha256(row.data).digest()


def verified(path: Path) -> None:
    """The whole walk over a ledger without tables."""
    with SqliteReader(path) as reader:
        seen = verify(reader, path.parent / "lake", Signer.kept_in(path.parent / "keys").verifier)
    if not seen.ok:
        raise SystemExit(f"the benchmark's ledger does not verify: {seen.problems[:3]}")


def report(name: str, count: int, own: list[float], baseline: list[float]) -> None:
    """One line: medians over the rounds."""
    mine, theirs = statistics.median(own), statistics.median(baseline)
    line = {"name": name, "entries": count, "seconds": round(mine, 3), "per_second": round(count / mine)}
    line |= {"baseline_per_second": round(count / theirs), "ratio": round(mine / theirs, 2)}
    print(json.dumps(line), flush=True)


def main(count: int = 100_000) -> None:
    """Measures both, the rounds of each side taking turns."""
    calls = groups(count)
    raw = [[entry_bytes(0, entry) for entry in call] for call in calls]
    appends, inserts, verifies, hashes = list[float](), list[float](), list[float](), list[float]()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(ROUNDS + 1):
            here = Path(folder) / str(number)
            here.mkdir()
            appends.append(seconds(lambda path=here / "ledger.sqlite": appended(path, calls)))  # type: ignore[misc]
            inserts.append(seconds(lambda path=here / "plain.sqlite": inserted(path, raw)))  # type: ignore[misc]
            verifies.append(seconds(lambda path=here / "ledger.sqlite": verified(path)))  # type: ignore[misc]
            hashes.append(seconds(lambda path=here / "ledger.sqlite": hashed(path)))  # type: ignore[misc]
    # the first round warms up
    report(f"ledger appends in groups of {GROUP}", count, appends[1:], inserts[1:])
    report("ledger verification", count, verifies[1:], hashes[1:])


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
