"""One whole small stage under faults, from delivery to commit: `fresh DIR`, `do DIR`, `check DIR acked|unacked`.

`do` takes two deliveries in, as a Dagster run would. `check` reconciles, wants what was promised, a clean verification,
and then takes both in again: what had happened is recognised.
"""

import shutil
import sys
from pathlib import Path

from tiny_stage import deliver, settings, shown

from aios_assets.errors import AiosError
from aios_assets.reconcile import reconcile
from aios_assets.runtime import Runtime
from audit.checkpoint import Signer
from audit.errors import AuditError
from audit.ledger import Kind
from audit.sqlite_reader import SqliteReader
from audit.verify import verify

FIRST = {"a": 1, "b": 2, "c": 3, "d": 4, "bad": -1}
SECOND = FIRST | {"a": 7, "e": 5}


def good(rows: dict[str, int]) -> dict[str, int]:
    return {name: value for name, value in rows.items() if value >= 0}


def told(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.told")


def ahead() -> None:
    """What every start repeats and no fault can strike: a preloaded process (forked.py) does it once."""
    import great_expectations  # noqa: F401  # seconds

    import policies.quality.engine  # noqa: F401
    from policies.bundle import Bundle
    from policies.wasm import compiled

    compiled(Bundle.read().wasm)


def fresh(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    told(folder).unlink(missing_ok=True)
    Runtime.open(settings(folder)).lake.ledger.close()  # type: ignore[attr-defined]  # the embedded ledger can be closed


def do(folder: Path) -> None:
    runtime = Runtime.open(settings(folder))
    for number, rows in enumerate((FIRST, SECOND)):
        assert deliver(runtime, rows, f"run{number}").version == number
        with told(folder).open("a") as file:
            file.write(f"{number}\n")
    print("ACK", flush=True)


def check(folder: Path, acked: str) -> None:
    runtime = Runtime.open(settings(folder))
    assert not reconcile(runtime.lake).in_doubt
    promised = [int(line) for line in told(folder).read_text().split()] if told(folder).exists() else []
    assert acked == "unacked" or promised == [0, 1]
    state = runtime.lake.state("tiny")
    version = state.version if state else -1
    assert version >= max(promised, default=-1), f"promised {promised}, found version {version}"
    if version >= 0:
        assert shown(runtime) == good((FIRST, SECOND)[version]), shown(runtime)
    assert not problems(folder), problems(folder)
    for number, rows in enumerate((FIRST, SECOND)):
        if number >= version:
            attempt = deliver(runtime, rows, f"again{number}")
            assert attempt.unchanged == (number == version), f"delivery {number} was not recognised"
    assert shown(runtime) == good(SECOND)
    assert runtime.lake.scan("tiny_quarantine").collect().height == 1
    now = runtime.lake.state("tiny")
    assert now is not None
    assert now.version == 1, f"{now.version + 1} versions"
    ledger = runtime.lake.ledger
    ends = [logged.entry.body["event"]["eventType"] for logged in ledger.read(kind=Kind.LINEAGE)]
    assert ends.count("COMPLETE") == 2, ends
    assert not problems(folder), problems(folder)


def problems(folder: Path) -> list[str]:
    place = settings(folder)
    with SqliteReader(place.lake_folder / "_ledger" / "ledger.db") as ledger:
        seen = verify(ledger, place.lake_folder, Signer.kept_in(place.keys_folder).verifier)
    return [str(problem) for problem in seen.problems]


if __name__ == "__main__":
    try:
        {"fresh": fresh, "do": do, "check": check}[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
    except (AiosError, AuditError, OSError) as fault:
        sys.exit(f"{type(fault).__name__}: {fault}")
