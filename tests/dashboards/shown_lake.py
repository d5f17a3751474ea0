"""A lake for the pages to read: two suppliers, two broken rows, two merges, a second delivery, a third that is refused."""

import os
from dataclasses import dataclass
from pathlib import Path

from aios_assets.cli.opened import Opened
from aios_assets.definitions import stages
from aios_assets.desk import Asked, Desk
from aios_assets.intake import take_in
from aios_assets.materialise import Run, materialise
from aios_assets.reviews import Verdict, pair_of
from aios_assets.runtime import Runtime

HEADER = "sku,title,brand,model,price,currency"
GOODS = ("Garden Hose", "Desk Lamp", "Travel Kettle", "Wool Blanket", "Bread Knife", "Door Mat")


@dataclass(frozen=True)
class Lake:
    """The lake's folder, and its tables as any reader finds them."""

    folder: Path
    opened: Opened


def feed(file: Path, start: int, stop: int, *, broken: int = 0, dearer: int = 0) -> str:
    """Writes a delivery of some goods, each tenth of them dearer by so much, and of rows without a SKU."""
    price = {n: n + dearer * (n % 10 == 0) for n in range(start, stop)}
    rows = [f"{n},Acme {GOODS[n % 6]} {n * 7} AX-{n},Acme,AX-{n},{price[n]}.50,EUR" for n in price]
    rows += [f",Acme {GOODS[n % 6]} of nobody,Acme,,9.99,EUR" for n in range(broken)]
    file.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    os.utime(file, (file.stat().st_mtime - 60,) * 2)  # so long at rest that it is not waited for
    return str(file)


def merged(runtime: Runtime, *skus: str) -> None:
    """A person's word that both suppliers mean the same by these SKUs; the catalogue is too small to learn it from."""
    pairs = [pair_of("north", sku, "south", sku) for sku in skus]
    Desk(runtime.lake, runtime.vault.tokens, ()).take([Asked(one, Verdict.SAME, "ann", "the same") for one in pairs])


def ran(runtime: Runtime, run: str, *files: str) -> None:
    """One run of all stages, up to the first refusal; the evidence always."""
    known = stages(runtime.settings)
    contracts = {stage.name: stage.contract for stage in known}
    refused = False
    for stage in sorted(known, key=lambda one: one.part == "evidence"):  # which comes last, as in a real run
        if stage.part == "evidence" or not refused:
            taken = take_in(runtime, files, None, stage) if stage.reads_feed else None
            if stage.reads_feed and taken is None:
                continue
            attempt = materialise(stage, runtime, Run(run, "catalogue"), contracts=contracts, feed=taken)
            refused = refused or attempt.refused
