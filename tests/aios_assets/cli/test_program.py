"""The program as a process: a whole run, its answer, and an interruption."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import dagster as dg
import pytest

from aios_assets.dagster_home import OURS, WORKSPACE
from tests.aios_assets.small_lake import write_feeds

PROGRAM = [sys.executable, "-m", "aios_assets.cli"]
ROOT = Path(__file__).parents[3]


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIOS_", "DAGSTER_", "OTEL_"))}
    return {**kept, "PYTHONPATH": str(ROOT)}


def aios(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments], cwd=cwd, env=environment(), capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_a_run_answers_the_keys_of_the_design_and_the_lake_verifies(tmp_path: Path) -> None:
    files = write_feeds(tmp_path / "feeds")
    done = aios("run", *files, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert set(told) >= {
        "rows_in", "rejected", "unchanged", "tables", "decisions", "refusals", "matches", "publishable", "in_review",
        "ledger", "seconds", "peak_rss_mb", "run_id", "trace_id",
    }  # fmt: skip
    assert (told["rows_in"], told["rejected"], told["refusals"]) == (11, 2, [])
    assert set(told["tables"]["listings"]) >= {"version", "rows", "admitted", "quarantined", "recomputed", "seconds"}
    assert "listings" in done.stderr
    with dg.DagsterInstance.from_config(str(tmp_path / "lake" / "_dagster")) as instance:
        ran = [run.job_name for run in instance.get_runs(dg.RunsFilter(tags=OURS))]
    assert ran == ["evidence", "catalogue"]  # Dagster's pages show them among each job's
    again = aios("run", *files, cwd=tmp_path)
    assert again.returncode == 0
    assert again.stdout.count("unchanged") >= 5
    assert aios("audit", "verify", cwd=tmp_path).returncode == 0


def test_the_command_and_dagster_alone_load_one_place_by_one_name() -> None:
    """Runs, schedules' switches and lineage go by that name."""
    assert (ROOT / "workspace.yaml").read_text(encoding="utf-8") == WORKSPACE
    (name,) = re.findall(r"location_name: (\S+)$", WORKSPACE, re.MULTILINE)
    assert {".dagster/repository": f"__repository__@{name}"} == OURS


@pytest.mark.slow
def test_a_refused_run_exits_three_and_says_why(tmp_path: Path) -> None:
    files = write_feeds(tmp_path / "feeds")
    done = aios("run", *files, "--profile", "run", "--json", cwd=tmp_path)
    assert done.returncode == 3, done.stderr
    refusal = json.loads(done.stdout)["refusals"][0]
    assert (refusal["table"], refusal["rule"]) == ("records", "quality/quarantine-share")
    assert refusal["why"]
    assert refusal["do"]
    reasons = json.loads(done.stdout)["tables"]["records"]["aside"]
    assert sum(reason["rows"] for reason in reasons) == 2
    assert all(reason["why"] and reason["do"] and reason["first"] for reason in reasons)
    explained = aios("policy", "explain", "--entry", str(refusal["ledger_index"]), cwd=tmp_path)
    assert "records was REFUSED" in explained.stdout


@pytest.mark.slow
def test_an_interruption_is_quiet(tmp_path: Path) -> None:
    """The signal comes while the run is starting or running; either way it ends by 130 and without a traceback."""
    files = write_feeds(tmp_path / "feeds")
    program = subprocess.Popen(
        [*PROGRAM, "run", *files],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stderr is not None
    assert "starting" in program.stderr.readline()
    time.sleep(1)
    program.send_signal(signal.SIGINT)
    _, said = program.communicate(timeout=60)
    # A library that is being imported may have put the default handler in place; for a shell both are 130.
    assert program.returncode in {130, -signal.SIGINT}
    assert "Traceback" not in said
