"""Sensors: lineage is shipped, writes in doubt are finished, runs of dead processes are ended."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster_house import House, house

from aios_assets.reconcile_runs import DIED, PROCESS, process_tag, reconcile_runs
from aios_assets.sensors import shipping_sensor
from aios_assets.settings import LineageSettings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with house(tmp_path, monkeypatch) as opened:
        yield opened


def begun(home: House, tags: dict[str, str]) -> dg.DagsterRun:
    """A run that is told to have started and not to have ended."""
    job = home.wired.resolve_job_def("evidence")
    return home.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags=tags)


def status(home: House, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    found = home.instance.get_run_by_id(run.run_id)
    assert found is not None
    return found.status


def dead_process() -> dict[str, str]:
    """The tag of a process that has come and gone."""
    script = "import json; from aios_assets.reconcile_runs import process_tag; print(json.dumps(process_tag()))"
    tag: dict[str, str] = json.loads(
        subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
    )
    return tag


@pytest.mark.slow
def test_a_run_ends_with_the_process_that_carried_it_out(home: House) -> None:
    dead, alive = begun(home, dead_process()), begun(home, process_tag())
    assert reconcile_runs(home.instance) == (dead.run_id,)
    assert status(home, dead) is dg.DagsterRunStatus.FAILURE
    assert status(home, alive) is dg.DagsterRunStatus.STARTED
    assert DIED in [entry.dagster_event.message for entry in home.instance.all_logs(dead.run_id) if entry.dagster_event]
    assert reconcile_runs(home.instance) == ()


def test_a_process_id_that_was_given_anew_is_another_process(home: House) -> None:
    name, _, _ = process_tag()[PROCESS].rpartition("/")
    earlier = begun(home, {PROCESS: f"{name}/1"})
    assert reconcile_runs(home.instance) == (earlier.run_id,)


@pytest.mark.parametrize("tags", [{}, {PROCESS: "elsewhere/boot/1/1"}, {PROCESS: "nonsense"}])
def test_what_cannot_be_known_is_left_alone(home: House, tags: dict[str, str]) -> None:
    run = begun(home, tags)
    assert reconcile_runs(home.instance) == ()
    assert status(home, run) is dg.DagsterRunStatus.STARTED


def test_a_run_names_its_process(home: House) -> None:
    result = home.run(home.feed(10))
    run = home.instance.get_run_by_id(result.run_id)
    assert run is not None
    assert run.tags[PROCESS] == process_tag()[PROCESS]


@pytest.mark.slow
def test_the_reconciling_sensor_ends_dead_runs_and_says_so(home: House) -> None:
    run = begun(home, dead_process())
    data = home.wired.resolve_sensor_def("reconciling").evaluate_tick(
        dg.build_sensor_context(home.instance, definitions=home.wired)
    )
    assert str(data.skip_message).startswith("1 dead runs ended; 0 writes finished")
    assert status(home, run) is dg.DagsterRunStatus.FAILURE


def test_lineage_is_shipped_by_itself_where_a_backend_is_set(home: House) -> None:
    plain = home.settings
    told = plain.model_copy(update={"lineage": LineageSettings(file="events.jsonl")})
    assert shipping_sensor(plain).default_status is dg.DefaultSensorStatus.STOPPED
    assert shipping_sensor(told).default_status is dg.DefaultSensorStatus.RUNNING


def test_shipping_says_how_far_it_came(home: House) -> None:
    (home.home / "aios.toml").write_text('[lineage]\nfile = "events.jsonl"\n', encoding="utf-8")
    home.run(home.feed(10))
    sensor = home.wired.resolve_sensor_def("lineage_shipping")
    data = sensor.evaluate_tick(dg.build_sensor_context(home.instance, definitions=home.wired))
    assert data.skip_message == "2 events shipped; nothing waits"
    assert len((home.home / "events.jsonl").read_text(encoding="utf-8").splitlines()) == 2
