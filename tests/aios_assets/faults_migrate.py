"""One change of contract under faults, table and quarantine: `fresh DIR`, `do DIR`, `check DIR acked|unacked`.

`do` applies it and goes back. `check` reconciles, wants the old or the new table whole and a clean verification, and then
does both: what had happened is recognised, and what comes out is what was there before.
"""

import shutil
import sys
from pathlib import Path

from changing import STOCK, Changing, as_told, but, changed, delivered, stock
from faults_materialise import ahead, problems, told

from aios_assets.errors import AiosError
from aios_assets.reconcile import reconcile
from audit.errors import AuditError
from policies.migration import Renamed

__all__ = ["ahead"]  # what a preloaded process (forked.py) does once
ROWS = {"a": 1, "b": 2, "c": 300, "d": 4, "bad": -1}
MOVED = changed(STOCK, Renamed("value", "amount"), columns=but(STOCK, "value", name="amount"), rules=())
NEW, OLD = stock(MOVED, lambda rows: as_told(rows).rename({"value": "amount"})), stock()


def fresh(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    told(folder).unlink(missing_ok=True)
    shop = Changing.open(folder)
    assert shop.run("stock", delivered(ROWS)).version == 0
    shop.runtime.lake.ledger.close()  # type: ignore[attr-defined]  # the embedded ledger can be closed


def do(folder: Path) -> None:
    shop = Changing.open(folder)
    shop.code(NEW)
    for number, step in enumerate((shop.apply, shop.revert), start=1):
        assert step("stock").version == number
        with told(folder).open("a") as file:
            file.write(f"{number}\n")
    print("ACK", flush=True)


def check(folder: Path, acked: str) -> None:
    shop = Changing.open(folder)
    shop.code(NEW)
    lake = shop.runtime.lake
    assert not reconcile(lake).in_doubt
    promised = [int(line) for line in told(folder).read_text().split()] if told(folder).exists() else [0]
    assert acked == "unacked" or promised == [1, 2]
    state = lake.state("stock")
    assert state is not None
    assert state.version >= max(promised), f"promised {promised}, found version {state.version}"
    first, aside = lake.scan("stock", 0).collect(), lake.scan("stock_quarantine", 0).collect()
    if state.version == 1:
        assert lake.scan("stock").collect().equals(first.rename({"value": "amount"}))
    else:
        assert lake.scan("stock").collect().equals(first)
    assert not problems(folder), problems(folder)
    if state.version == 0:
        assert shop.apply("stock").version == 1
    if state.version <= 1:
        assert shop.run("stock", delivered(ROWS)).unchanged
        assert shop.revert("stock").version == 2
    shop.code(OLD)
    assert shop.run("stock", delivered(ROWS)).unchanged
    assert lake.scan("stock").collect().equals(first)
    assert lake.scan("stock_quarantine").collect().equals(aside)
    assert not problems(folder), problems(folder)


if __name__ == "__main__":
    try:
        {"fresh": fresh, "do": do, "check": check}[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
    except (AiosError, AuditError, OSError) as fault:
        sys.exit(f"{type(fault).__name__}: {fault}")
