"""Sensors: what watches the ledger. Lineage events are shipped in order until the backend has acknowledged each."""

from collections.abc import Iterator

import dagster as dg

from aios_assets.runtime import Runtime
from aios_assets.shipping import ship_lineage


def shipping_sensor() -> dg.SensorDefinition:
    """Ships lineage events that the backend has not acknowledged yet."""

    @dg.sensor(
        name="lineage_shipping",
        minimum_interval_seconds=30,
        description="Ships OpenLineage events from the ledger, in order, until each is acknowledged.",
        default_status=dg.DefaultSensorStatus.STOPPED,
    )
    def shipping() -> Iterator[dg.SkipReason]:
        yield dg.SkipReason(ship_lineage(Runtime.here()))

    return shipping
