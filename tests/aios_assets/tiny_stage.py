"""One small stage for tests that need a whole runtime: what was delivered, as it is."""

import hashlib
from pathlib import Path

import orjson
import polars as pl

from aios_assets.fingerprint import fingerprint
from aios_assets.journal import Attempt
from aios_assets.materialise import Run, materialise
from aios_assets.runtime import Runtime
from aios_assets.settings import LakeSettings, Settings, StageSettings
from aios_assets.split import quarantine_contract
from aios_assets.stage import row_stage
from aios_assets.work import Feed
from policies.candidate import InputFacts
from policies.contract import FINGERPRINT, Column, Contract, RowRule

TINY = Contract(
    key=("supplier", "id"),
    columns=(
        Column("supplier", pl.String, reads=("supplier",)),
        Column("id", pl.String, reads=("id",)),
        Column("value", pl.Int64, reads=("value",)),
    ),
    rules=(RowRule("not-negative", pl.col("value") >= 0, "the value is negative", "deliver none below nothing"),),
)


@row_stage(TINY)
def tiny(feed: pl.DataFrame) -> pl.DataFrame:
    """What was delivered, as it is."""
    return feed.select("supplier", "id", "value")


def settings(folder: Path) -> Settings:
    return Settings(
        lake=LakeSettings(path="lake", buckets=2), stages=StageSettings(modules=("tiny_stage",)), home=folder
    )


def delivery(rows: dict[str, int]) -> Feed:
    frame = pl.DataFrame({"id": list(rows), "value": list(rows.values())}, schema={"id": pl.String, "value": pl.Int64})
    frame = frame.select(pl.lit("me").alias("supplier"), "id", "value")
    frame = frame.with_columns(fingerprint(["id", "value"], frame.schema))
    contract = quarantine_contract(tiny)
    rejects = pl.DataFrame(schema={**{c.name: c.type for c in contract.columns}, FINGERPRINT: pl.Int64()})
    digest = hashlib.sha256(orjson.dumps(rows)).hexdigest()
    return Feed(frame, rejects, ("me",), (InputFacts("tiny.csv", "file", None, digest, None),), identity=digest)


def deliver(runtime: Runtime, rows: dict[str, int], run: str = "run") -> Attempt:
    return materialise(tiny, runtime, Run(run, "job"), contracts={}, feed=delivery(rows))


def shown(runtime: Runtime, table: str = "tiny") -> dict[str, int]:
    return dict(runtime.lake.scan(table).select("id", "value").sort("id").collect().iter_rows())
