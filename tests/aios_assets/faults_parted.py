"""A delivery taken in part by part under faults: `fresh DIR`, `do DIR`, `check DIR acked|unacked`.

`do` takes deliveries in that are too large to be held: an assortment, then the next one and another supplier's at once, for
which the table is cut anew. `check` reconciles, wants what was promised, whole assortments only, a clean verification and
nothing left of what was spilled, and then takes both in again.
"""

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

from core_fixtures import Row, Shop, kettles, row
from faults_materialise import ahead, told

from aios_assets import intake, spill
from aios_assets.errors import AiosError
from aios_assets.journal import Attempt
from aios_assets.materialise import Run, materialise
from aios_assets.reconcile import reconcile
from aios_assets.stages.records import records
from audit.checkpoint import Signer
from audit.errors import AuditError
from audit.verify import verify

FIRST: list[Row | str] = [*kettles(30), "B-1,too,many,cells,in,this,line"]
SECOND: list[Row | str] = [*kettles(25), row("A-1", "Kettle of another make"), *kettles(5, start=40)]
LONG_AGO = (1_700_000_000, 1_700_000_000)
OTHERS: list[Row | str] = kettles(8, start=60)
NAMES = (("acme_2024-05-01.csv",), ("acme_2024-05-02.csv", "beta_2024-05-02.csv"))
STANDS = (FIRST, [*SECOND, *OTHERS])
TEXT = (32 * 2**20, 600)
"""Of rows that are worth a part, so that the second time there are five parts for one."""

__all__ = ["ahead"]


def opened(folder: Path) -> Shop:
    shop = Shop.open(folder, stages=(records,))
    settings = shop.runtime.settings
    parted = {
        "feeds": settings.feeds.model_copy(update={"held_bytes": 0}),
        "lake": settings.lake.model_copy(update={"buckets": 3}),
    }
    return replace(shop, runtime=replace(shop.runtime, settings=settings.model_copy(update=parted)))


def take_in(shop: Shop, number: int) -> Attempt:
    spill.PART_TEXT = TEXT[number]
    feed = intake.take_in(shop.runtime, [str(shop.folder / "deliveries" / name) for name in NAMES[number]], None)
    assert feed is not None
    assert feed.spilled or feed.rows.is_empty(), "it is held, and no part is made"
    return materialise(records, shop.runtime, Run("run", "test"), contracts={records.name: records.contract}, feed=feed)


def fresh(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    told(folder).unlink(missing_ok=True)
    shop = opened(folder)
    for name, rows in zip([*NAMES[0], *NAMES[1]], (FIRST, SECOND, OTHERS), strict=True):
        os.utime(shop.deliver(name, rows), LONG_AGO)
    shop.runtime.lake.ledger.close()  # type: ignore[attr-defined]  # the embedded ledger can be closed


def do(folder: Path) -> None:
    shop = opened(folder)
    for number in range(len(NAMES)):
        assert take_in(shop, number).version == number
        with told(folder).open("a") as file:
            file.write(f"{number}\n")
    print("ACK", flush=True)


def titles(rows: list[Row | str]) -> dict[str, str]:
    """What stands of an assortment: the first of each SKU."""
    good = [one for one in rows if not isinstance(one, str)]
    return {one["sku"]: one["title"] for one in reversed(good)}


def shown(shop: Shop) -> dict[str, str]:
    return dict(shop.table("records").select("sku", "title").rows())


def check(folder: Path, acked: str) -> None:
    shop = opened(folder)
    lake = shop.runtime.lake
    assert not reconcile(lake).in_doubt
    promised = [int(line) for line in told(folder).read_text().split()] if told(folder).exists() else []
    assert acked == "unacked" or promised == [0, 1]
    state = lake.state("records")
    version = state.version if state else -1
    assert version >= max(promised, default=-1), f"promised {promised}, found version {version}"
    if version >= 0:
        assert shown(shop) == titles(STANDS[version]), "an assortment in parts of two"
    assert not problems(shop), problems(shop)
    for number in range(len(NAMES)):
        if number >= version:
            assert take_in(shop, number).unchanged == (number == version), f"delivery {number} was not recognised"
    assert shown(shop) == titles(STANDS[1])
    left = [path for path in (shop.runtime.settings.lake_folder / "_scratch").rglob("*") if path.is_file()]
    assert not left, left
    assert not problems(shop), problems(shop)


def problems(shop: Shop) -> list[str]:
    settings = shop.runtime.settings
    seen = verify(shop.runtime.lake.ledger, settings.lake_folder, Signer.kept_in(settings.keys_folder).verifier)
    return [str(problem) for problem in seen.problems]


if __name__ == "__main__":
    try:
        {"fresh": fresh, "do": do, "check": check}[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
    except (AiosError, AuditError, OSError) as fault:
        sys.exit(f"{type(fault).__name__}: {fault}")
