"""Schedules: the jobs, and what starts them: every night, a delivery in the watched folder, the end of a run."""

from collections.abc import Iterator

import dagster as dg

from aios_assets.settings import Settings

CATALOGUE_GROUPS = ("feeds", "catalogue")

CATALOGUE = dg.define_asset_job(
    "catalogue",
    selection=dg.AssetSelection.groups(*CATALOGUE_GROUPS),
    description="From delivered files to listings; every stage is judged by the gate.",
    executor_def=dg.in_process_executor,
)

EVIDENCE = dg.define_asset_job(
    "evidence",
    selection=dg.AssetSelection.groups("evidence"),
    description="What was decided, as a table: it runs after every catalogue run, whatever came of that.",
    executor_def=dg.in_process_executor,
)


def nightly() -> dg.ScheduleDefinition:
    """Takes in whatever lies in the watched folder at 02:15 UTC."""
    return dg.ScheduleDefinition(
        name="nightly",
        job=CATALOGUE,
        cron_schedule="15 2 * * *",
        execution_timezone="UTC",
        description="The catalogue job over all files in the watched folder.",
    )


def inbox_sensor(settings: Settings) -> dg.SensorDefinition:
    """Starts a run when a delivery in the watched folder is new or has changed."""
    folder = settings.inbox

    @dg.sensor(
        name="inbox",
        job=CATALOGUE,
        minimum_interval_seconds=30,
        description="Starts a run for new or changed files in the watched folder.",
    )
    def inbox(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        files = sorted(f for f in folder.iterdir() if f.is_file() and f.name[0] not in "._") if folder.is_dir() else []
        if not files:
            yield dg.SkipReason(f"{folder} is empty; put deliveries there to have them taken in")
            return
        # A file half written has another size and time later, and so starts a run of its own when it is whole.
        seen = ";".join(f"{f.name}:{f.stat().st_size}:{f.stat().st_mtime_ns}" for f in files)
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
        description=f"Brings the table of decisions up to date after each catalogue run that ends in {status.value}.",
    )
    def after(context: dg.RunStatusSensorContext) -> dg.RunRequest:
        return dg.RunRequest(run_key=context.dagster_run.run_id)

    return after
