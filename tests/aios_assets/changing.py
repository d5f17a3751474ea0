"""A small shop whose contracts change: what is delivered (`stock`), a row stage over it (`offers`), a table stage (`sums`)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl
from core_fixtures import embedded
from tiny_stage import delivery

from aios_assets.journal import Attempt
from aios_assets.materialise import Run, materialise
from aios_assets.migrate import Word, migrate
from aios_assets.revert import revert
from aios_assets.runtime import Runtime
from aios_assets.settings import LakeSettings, PolicySettings, Settings
from aios_assets.stage import Stage, row_stage, table_stage
from aios_assets.work import Feed
from lineage.receipts import answer
from policies.contract import Column, Contract, RowRule
from policies.migration import Migration, Step

KEY = (Column("supplier", pl.String, reads=("supplier",)), Column("id", pl.String, reads=("id",)))
VALUE = Column("value", pl.Int64, reads=("value",), tags={"personal"}, null="none was told")
WORDS = Column("words", pl.String, reads=("value",), answered=True, null="there is no value")
POSITIVE = RowRule(
    "not-negative", pl.col("value").fill_null(0) >= 0, "the value is negative", "deliver none below nothing"
)
STOCK = Contract(key=("supplier", "id"), columns=(*KEY, VALUE), rules=(POSITIVE,))
OFFERS = Contract(key=("supplier", "id"), columns=(*KEY, replace(VALUE, tags=frozenset()), WORDS))
Make = Callable[[pl.DataFrame], pl.DataFrame]


def as_told(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("supplier", "id", "value")


def in_words(rows: pl.DataFrame) -> pl.DataFrame:
    words = answer(pl.format("{} pieces", "value"), by="shop/words", confidence=0.9, evidence=pl.col("id"))
    return rows.select("supplier", "id", "value", words.alias("words"))


def stock(contract: Contract = STOCK, make: Make = as_told) -> Stage:
    def stock(feed: pl.DataFrame) -> pl.DataFrame:
        """What was delivered."""
        return make(feed)

    return row_stage(contract)(stock)


def offers(contract: Contract = OFFERS, make: Make = in_words) -> Stage:
    def offers(stock: pl.DataFrame) -> pl.DataFrame:
        """What is offered of it."""
        return make(stock)

    return row_stage(contract)(offers)


SUMS = Contract(
    key="supplier",
    columns=(Column("supplier", pl.String, reads=("supplier",)), Column("total", pl.Int64, reads=("value",))),
)


def sums(contract: Contract = SUMS, value: str = "value", total: str = "total") -> Stage:
    def sums(stock: pl.LazyFrame) -> pl.LazyFrame:
        """How much of it each supplier has."""
        return stock.group_by("supplier").agg(pl.col(value).sum().alias(total))

    return table_stage(contract)(sums)


def changed(contract: Contract, *steps: Step, **fields: object) -> Contract:
    """The contract one version later, by these steps."""
    version = contract.version + 1
    return replace(contract, version=version, migrations=(*contract.migrations, Migration(version, steps)), **fields)  # type: ignore[arg-type]


def but(contract: Contract, column: str, /, **fields: object) -> tuple[Column, ...]:
    """The contract's columns, one of them changed."""
    return tuple(replace(c, **fields) if c.name == column else c for c in contract.columns)  # type: ignore[arg-type]


def delivered(rows: Mapping[str, int | None], supplier: str = "me") -> Feed:
    feed = delivery(dict(rows))  # type: ignore[arg-type]  # null is a value as well
    return replace(
        feed,
        rows=feed.rows.with_columns(pl.lit(supplier).alias("supplier")),
        suppliers=(supplier,),
        identity=f"{feed.identity}{supplier}",
    )


@dataclass
class Changing:
    """The shop's lake, and its stages as their code is now."""

    runtime: Runtime
    now: dict[str, Stage] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path, profile: str = "pilot") -> "Changing":
        settings = Settings(
            lake=LakeSettings(path="lake", buckets=2), policy=PolicySettings(profile=profile), home=folder
        )
        return cls(Runtime.open(settings, engine=embedded()), {s.name: s for s in (stock(), offers(), sums())})

    @property
    def contracts(self) -> dict[str, Contract]:
        return {name: stage.contract for name, stage in self.now.items()}

    def code(self, *stages: Stage) -> None:
        """Puts these in the place of the stages in code."""
        self.now |= {stage.name: stage for stage in stages}

    def run(self, name: str, feed: Feed | None = None) -> Attempt:
        return materialise(self.now[name], self.runtime, Run("run", "job"), contracts=self.contracts, feed=feed)

    def apply(self, name: str, **word: object) -> Attempt:
        said = Word("ann", "it is meant", **word)  # type: ignore[arg-type]
        return migrate(self.runtime, self.now[name], self.contracts, Run("run", "contract"), said)

    def revert(self, name: str, **word: object) -> Attempt:
        said = Word("ann", "it was not meant", **word)  # type: ignore[arg-type]
        return revert(self.runtime, self.now[name], self.contracts, Run("run", "contract"), said)

    def table(self, name: str) -> pl.DataFrame:
        rows = self.runtime.lake.scan(name).collect()
        return rows.sort(rows.columns[:2])

    def why(self, attempt: Attempt) -> list[tuple[str, str]]:
        assert attempt.verdict is not None
        return sorted((one.rule, one.about) for one in attempt.verdict.refusals)
