"""Schedules: the jobs, and what starts them: every night, a delivery in the watched folder, the end of a run."""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from aios_assets.settings import Settings

CATALOGUE_GROUPS = ("feeds", "catalogue")

QUIET = 5.0
"""Seconds that a delivery must have lain unchanged before a run is started for it."""

CATALOGUE = dg.define_asset_job(
    "catalogue",
    selection=dg.AssetSelection.groups(*CATALOGUE_GROUPS),
    description="From delivered files to listings; every stage is judged by the gate.",
    executor_def=dg.in_process_executor,
)

EVIDENCE = dg.define_asset_job(
    "evidence",
    selection=dg.AssetSelection.groups("evidence"),
    description="What was decided, as tables: it runs after every catalogue run, whatever came of that.",
    executor_def=dg.in_process_executor,
)


def nightly(settings: Settings) -> dg.ScheduleDefinition:
    """Takes in whatever lies in the watched folder at 02:15 UTC."""
    folder = settings.inbox

    @dg.schedule(
        name="nightly",
        job=CATALOGUE,
        cron_schedule="15 2 * * *",
        execution_timezone="UTC",
        description="The catalogue job over all files in the watched folder, at 02:15 UTC.",
    )
    def schedule() -> dg.RunRequest | dg.SkipReason:
        return dg.RunRequest() if deliveries_in(folder) else _empty(folder)

    return schedule


def inbox_sensor(settings: Settings) -> dg.SensorDefinition:
    """Starts a run when a delivery in the watched folder is new or has changed."""
    folder = settings.inbox

    @dg.sensor(
        name="inbox",
        job=CATALOGUE,
        minimum_interval_seconds=30,
        description="Starts a run for new or changed files in the watched folder, once they have come to rest.",
    )
    def inbox(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        files = deliveries_in(folder)
        if not files:
            yield _empty(folder)
            return
        stats = [(file.name, file.stat()) for file in files]
        now = time.time()
        if young := [name for name, stat in stats if 0 <= now - stat.st_mtime < QUIET]:
            yield dg.SkipReason(f"{', '.join(young)} may still be being written; looked at again soon")
            return
        told = "\n".join(f"{name}\t{stat.st_size}\t{stat.st_mtime_ns}" for name, stat in stats)
        seen = hashlib.sha256(told.encode(errors="surrogateescape")).hexdigest()
        if seen == context.cursor:
            yield dg.SkipReason("no delivery is new since the last run")
            return
        context.update_cursor(seen)
        yield dg.RunRequest(run_key=seen)

    return inbox


def evidence_after(status: dg.DagsterRunStatus) -> dg.SensorDefinition:
    """Starts the evidence job when a catalogue run has ended so."""

    @dg.run_status_sensor(
        name=f"evidence_after_{status.value.lower()}",
        run_status=status,
        monitored_jobs=[CATALOGUE],
        request_job=EVIDENCE,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"Brings the tables of evidence up to date after each catalogue run that ends in {status.value}.",
    )
    def after(context: dg.RunStatusSensorContext) -> dg.RunRequest:
        return dg.RunRequest(run_key=context.dagster_run.run_id)

    return after


def deliveries_in(folder: Path) -> list[Path]:
    """The files in a watched folder, sorted; hidden ones, and those that begin with `_`, are nobody's delivery."""
    if not folder.is_dir():
        return []
    return sorted(file for file in folder.iterdir() if file.name[0] not in "._" and file.is_file())


def _empty(folder: Path) -> dg.SkipReason:
    return dg.SkipReason(f"{folder} is empty; put deliveries there to have them taken in")
