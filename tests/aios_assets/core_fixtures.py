"""A shop for tests of the core: its own folder, lake and keys, the real gate, and the chain of stages without Dagster."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import polars as pl

from aios_assets.desk import Asked, Desk, Made
from aios_assets.intake import take_in
from aios_assets.journal import Attempt
from aios_assets.materialise import Run, materialise
from aios_assets.reviews import Verdict, pair_of
from aios_assets.runtime import Runtime
from aios_assets.settings import Fixed, load
from aios_assets.stage import Stage
from aios_assets.stages.brand_aliases import brand_aliases
from aios_assets.stages.conflicts import conflicts
from aios_assets.stages.golden import golden
from aios_assets.stages.listings import listings
from aios_assets.stages.match_labels import match_labels
from aios_assets.stages.match_model import match_model
from aios_assets.stages.match_quality import match_quality
from aios_assets.stages.matches import matches
from aios_assets.stages.neighbours import neighbours
from aios_assets.stages.products import products
from aios_assets.stages.records import records
from aios_assets.stages.reviews import reviews
from aios_assets.stages.survivorship import survivorship
from policies.bundle import Bundle
from policies.contract import ATTEMPT, FINGERPRINT
from policies.engine import PolicyEngine
from policies.wasm import WasmEngine

CHAIN = (
    records, products, match_labels, match_model, neighbours, matches, brand_aliases, survivorship, golden, conflicts, listings,
    reviews, match_quality,
)  # fmt: skip
HEADER = ("sku", "title", "description", "brand", "price")

Row = Mapping[str, str]


def row(sku: str, title: str, *, description: str = "", brand: str = "Acme", price: str = "10.50") -> Row:
    """A line of a delivery."""
    return {"sku": sku, "title": title, "description": description, "brand": brand, "price": price}


def kettles(count: int, *, start: int = 0) -> list[Row]:
    """Lines of products that are like nothing else."""
    words = ("steel", "glass", "copper", "enamel", "iron", "ceramic", "plastic")
    return [
        row(f"A-{n}", f"Kettle {words[n % 7]} model {n * 7919 % 10_007} of {1 + n % 5} litres", price=f"{10 + n}.50")
        for n in range(start, start + count)
    ]


@cache
def embedded() -> WasmEngine:
    """The embedded engine, compiled once: that costs a second."""
    return WasmEngine(Bundle.read(), seconds=60.0, memory=512 * 2**20)


def decide(shop: "Shop", one: str, other: str, verdict: Verdict, *, by: str = "ann", over: int | None = None) -> Made:
    """A decision about two records (`supplier/sku`), made by a command; it takes effect with the next run."""
    pair = pair_of(*one.split("/", 1), *other.split("/", 1))
    asked = Asked(pair, verdict, by, "looked at both", over=over, frees=verdict is Verdict.UNSURE)
    return Desk(shop.runtime.lake, shop.runtime.vault.tokens, shop.runtime.settings.reviews.reviewers).one(asked)


@dataclass
class Shop:
    """A lake, its runtime, and the stages that are run over it."""

    folder: Path
    runtime: Runtime
    stages: tuple[Stage, ...] = CHAIN
    runs: list[dict[str, Attempt]] = field(default_factory=list)

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        engine: PolicyEngine | None = None,
        stages: Sequence[Stage] = CHAIN,
        profile: str = "pilot",
    ) -> "Shop":
        """Opens it, anew where it is there."""
        folder.mkdir(parents=True, exist_ok=True)
        settings = load(folder, lake=str(folder / "lake"), profile=profile)
        at_rest = settings.feeds.model_copy(update={"limits": Fixed({**settings.feeds.limits, "settle_seconds": 0})})
        few = settings.lake.model_copy(update={"buckets": 2})
        settings = settings.model_copy(update={"lake": few, "feeds": at_rest})
        return cls(folder, Runtime.open(settings, engine=engine or embedded()), tuple(stages))

    @classmethod
    def like(cls, kept: Path, folder: Path, *, stages: Sequence[Stage] = CHAIN, profile: str = "pilot") -> "Shop":
        """A copy of a shop that was made once and closed, in a folder of its own."""
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        return cls.open(folder, stages=stages, profile=profile)

    def close(self) -> Path:
        """Closes what holds files open; the folder is there to be copied."""
        self.runtime.lake.ledger.close()
        self.runtime.vault.close()
        return self.folder

    def deliver(self, name: str, rows: Sequence[Row | str]) -> Path:
        """A CSV file of these lines; a text is written as it is."""
        file = self.folder / "deliveries" / name
        file.parent.mkdir(exist_ok=True)
        lines = [",".join(HEADER)]
        for one in rows:
            cells = (one,) if isinstance(one, str) else (one[name] for name in HEADER)
            lines.append(",".join(f'"{cell}"' if not isinstance(one, str) and "," in cell else cell for cell in cells))
        file.write_text("\n".join(lines) + "\n")
        return file

    def make(self, stage: Stage, *files: Path | str, supplier: str | None = None) -> Attempt:
        """One attempt of one stage."""
        feed = take_in(self.runtime, [str(file) for file in files], supplier, stage) if stage.reads_feed else None
        contracts = {other.name: other.contract for other in self.stages}
        return materialise(stage, self.runtime, Run("run", "test"), contracts=contracts, feed=feed)

    def run(self, *files: Path | str, supplier: str | None = None) -> dict[str, Attempt]:
        """The stages in order, as far as they are admitted; without files those that read none."""
        made: dict[str, Attempt] = {}
        for stage in self.stages:
            if stage.reads_feed and not files:
                continue
            attempt = made[stage.name] = self.make(stage, *files, supplier=supplier)
            if attempt.refused:
                break
        self.runs.append(made)
        return made

    def table(self, name: str) -> pl.DataFrame:
        """What is published of a table; no columns where nothing is."""
        return self.runtime.lake.scan(name).collect() if self.runtime.lake.state(name) else pl.DataFrame()

    def values(self, name: str, *, but: Sequence[str] = ()) -> list[tuple[object, ...]]:
        """A table's rows in no order, without what tells only when and where they came in."""
        frame = self.table(name)
        frame = frame.drop(ATTEMPT, FINGERPRINT, *but, strict=False)
        return sorted(frame.rows(), key=str)

    def why(self, attempt: Attempt) -> list[str]:
        """The rules that refused an attempt."""
        assert attempt.verdict is not None
        return sorted({finding.rule for finding in attempt.verdict.refusals})
