"""Sensors: what watches ledger and runs. Lineage is shipped until acknowledged; what a crash left open is ended."""

from collections.abc import Iterator

import dagster as dg

from aios_assets.reconcile import reconcile
from aios_assets.reconcile_runs import reconcile_runs
from aios_assets.runtime import Runtime
from aios_assets.settings import Settings
from aios_assets.shipping import ship_lineage


def shipping_sensor(settings: Settings) -> dg.SensorDefinition:
    """Ships lineage events that the backend has not acknowledged yet; on by itself where a backend is set."""
    told = bool(settings.lineage.url or settings.lineage.file)

    @dg.sensor(
        name="lineage_shipping",
        minimum_interval_seconds=30,
        description="Ships OpenLineage events from the ledger, in order, until each is acknowledged.",
        default_status=dg.DefaultSensorStatus.RUNNING if told else dg.DefaultSensorStatus.STOPPED,
    )
    def shipping() -> Iterator[dg.SkipReason]:
        yield dg.SkipReason(ship_lineage(Runtime.here()))

    return shipping


def reconciling_sensor() -> dg.SensorDefinition:
    """Finishes writes that a crash left in doubt, and ends runs whose process died."""

    @dg.sensor(
        name="reconciling",
        minimum_interval_seconds=60,
        description="Finishes writes that a crash left in doubt, and ends runs whose process died.",
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def reconciling(context: dg.SensorEvaluationContext) -> Iterator[dg.SkipReason]:
        ended = reconcile_runs(context.instance)
        done = reconcile(Runtime.here().lake)
        yield dg.SkipReason(
            f"{len(ended)} dead runs ended; {len(done.finished)} writes finished, {len(done.abandoned)} abandoned, "
            f"{len(done.in_doubt)} still in doubt" + "".join(f"; {why}" for why in done.in_doubt)
        )

    return reconciling
