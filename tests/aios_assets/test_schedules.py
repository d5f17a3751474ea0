"""Schedules: what starts a run, and what is said where none is started."""

import os
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster_house import House, house


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with house(tmp_path, monkeypatch) as opened:
        yield opened


ENDS = {dg.DagsterEventType.RUN_SUCCESS, dg.DagsterEventType.RUN_FAILURE}


def delivered(home: House, name: str = "north.csv", *, age: float = 60.0) -> Path:
    """A file in the watched folder, last written so many seconds ago."""
    home.settings.inbox.mkdir(exist_ok=True)
    file = home.settings.inbox / name
    file.write_text("sku,title\n1,Desk Lamp\n", encoding="utf-8")
    moment = file.stat().st_mtime - age
    os.utime(file, (moment, moment))
    return file


def ticked(home: House, cursor: str | None = None) -> dg.SensorEvaluationContext:
    return dg.build_sensor_context(home.instance, cursor=cursor, definitions=home.wired)


def inbox(home: House) -> dg.SensorDefinition:
    return home.wired.resolve_sensor_def("inbox")


def test_every_job_schedule_and_sensor_is_there(home: House) -> None:
    graph = home.wired.resolve_asset_graph()
    parts = {job: {graph.get(key).group_name for key in home.wired.resolve_job_def(job).asset_layer.executable_asset_keys}
             for job in ("catalogue", "evidence")}  # fmt: skip
    assert parts == {"catalogue": {"feeds", "catalogue"}, "evidence": {"evidence"}}
    names = {sensor.name for sensor in home.wired.sensors or ()}
    assert names == {"inbox", "evidence_after_success", "evidence_after_failure", "lineage_shipping", "reconciling"}
    nightly = home.wired.resolve_schedule_def("nightly")
    assert (nightly.cron_schedule, nightly.execution_timezone) == ("15 2 * * *", "UTC")


def test_the_folder_is_looked_at_only_once_a_delivery_has_come_to_rest(home: House) -> None:
    data = inbox(home).evaluate_tick(ticked(home))
    assert not data.run_requests
    assert "is empty" in str(data.skip_message)
    delivered(home, age=0)
    data = inbox(home).evaluate_tick(ticked(home))
    assert not data.run_requests
    assert "north.csv may still be being written" in str(data.skip_message)
    delivered(home)
    data = inbox(home).evaluate_tick(ticked(home))
    assert len(data.run_requests or ()) == 1


def test_a_delivery_starts_one_run_and_a_changed_one_another(home: House) -> None:
    delivered(home)
    first = inbox(home).evaluate_tick(ticked(home))
    again = inbox(home).evaluate_tick(ticked(home, first.cursor))
    assert not again.run_requests
    assert again.skip_message == "no delivery is new since the last run"
    delivered(home, "south.csv")
    second = inbox(home).evaluate_tick(ticked(home, first.cursor))
    keys = {request.run_key for data in (first, second) for request in data.run_requests or ()}
    assert len(keys) == 2


def test_hidden_files_and_folders_are_no_deliveries(home: House) -> None:
    for name in (".north.csv.part", "_north.csv"):
        delivered(home, name)
    (home.settings.inbox / "folder").mkdir()
    assert not inbox(home).evaluate_tick(ticked(home)).run_requests


def test_the_night_starts_nothing_over_an_empty_folder(home: House) -> None:
    nightly = home.wired.resolve_schedule_def("nightly")
    context = dg.build_schedule_context(home.instance)
    assert "is empty" in str(nightly.evaluate_tick(context).skip_message)
    delivered(home)
    assert len(nightly.evaluate_tick(context).run_requests or ()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("status", ["success", "failure"])
def test_the_evidence_follows_a_run_however_it_ended(home: House, status: str) -> None:
    files = (home.feed(10),) if status == "success" else (str(home.home / "none.csv"),)
    result = home.run(*files)
    assert result.success is (status == "success")
    sensor = home.wired.resolve_sensor_def(f"evidence_after_{status}")
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    event = next(e for e in reversed(result.all_events) if e.event_type in ENDS)
    context = dg.build_run_status_sensor_context(
        sensor_name=sensor.name, dagster_event=event, dagster_instance=home.instance, dagster_run=result.dagster_run
    )
    request = sensor(context)
    assert isinstance(request, dg.RunRequest)
    assert request.run_key == result.run_id
