"""Definitions: wiring only. Which stages there are, as Dagster assets, and what runs them."""

import importlib
from collections.abc import Mapping
from typing import Any

import dagster as dg

from aios_assets.assets import asset_of
from aios_assets.dagster_home import prepare
from aios_assets.errors import SettingsError
from aios_assets.intake import take_in
from aios_assets.redrive import redrive
from aios_assets.runtime import Runtime
from aios_assets.schedules import CATALOGUE, EVIDENCE, evidence_after, inbox_sensor, nightly
from aios_assets.sensors import reconciling_sensor, shipping_sensor
from aios_assets.settings import Settings, load
from aios_assets.stage import Stage, in_order, stages_of
from aios_assets.work import Feed

OWN = (
    "aios_assets.stages.records",
    "aios_assets.stages.sales",
    "aios_assets.stages.products",
    "aios_assets.stages.quantities",
    "aios_assets.stages.brand_aliases",
    "aios_assets.stages.brands",
    "aios_assets.stages.match_labels",
    "aios_assets.stages.match_model",
    "aios_assets.stages.neighbours",
    "aios_assets.stages.matches",
    "aios_assets.stages.survivorship",
    "aios_assets.stages.golden",
    "aios_assets.stages.conflicts",
    "aios_assets.stages.listings",
    "aios_assets.stages.reviews",
    "aios_assets.stages.match_quality",
    "aios_assets.stages.decisions",
    "aios_assets.stages.deliveries",
    "aios_assets.stages.drifts",
    "aios_assets.stages.fills",
    "aios_assets.stages.writes",
    "aios_assets.stages.entries",
    "aios_assets.stages.faults",
    "aios_assets.stages.coverage",
)


def stages(settings: Settings) -> tuple[Stage, ...]:
    """The product's stages and those of the settings' modules, in order. Raises SettingsError for a module that fails."""
    found: dict[str, Stage] = {}
    for name in (*OWN, *settings.stages.modules):
        try:
            module = importlib.import_module(name)
        except ImportError as error:
            raise SettingsError(
                f"stages.modules: {name}", str(error), "correct the name, or put its folder on PYTHONPATH"
            ) from error
        found |= {stage.name: stage for stage in stages_of(module)}
    return in_order(tuple(found.values()))


def read_feed(runtime: Runtime, stage: Stage, told: Mapping[str, Any]) -> Feed | None:
    """What a stage takes of a run's deliveries, or of what was set aside of earlier ones."""
    supplier = told["supplier"] or None
    return redrive(runtime, stage, supplier) if told["redrive"] else take_in(runtime, told["files"], supplier, stage)


def definitions(settings: Settings | None = None) -> dg.Definitions:
    """All assets, jobs, schedules and sensors for these settings (default: those in force)."""
    settings = settings or load()
    prepare(settings)
    known = stages(settings)
    return dg.Definitions(
        assets=[asset_of(stage, known, read_feed) for stage in known],
        jobs=[CATALOGUE, EVIDENCE],
        schedules=[nightly(settings)],
        sensors=[
            inbox_sensor(settings),
            evidence_after(dg.DagsterRunStatus.SUCCESS),
            evidence_after(dg.DagsterRunStatus.FAILURE),
            shipping_sensor(settings),
            reconciling_sensor(),
        ],
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What Dagster loads; see workspace.yaml."""
    return definitions()
