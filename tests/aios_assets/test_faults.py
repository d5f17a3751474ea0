"""Every file operation of a governed commit, of a whole stage and of reconcile, hit by every fault: nothing promised is lost.

Quick tests take a sample of points; `make faults`, or tests/aios_assets/sweeps.py, takes them all.
"""

from pathlib import Path

import pytest
from sweeps import MODES, SWEEPS, TOOLS, Sweep, library, sweep

pytestmark = pytest.mark.skipif(not TOOLS.is_dir(), reason="the fault sweep is not beside this repository")

OWN = ["commit", "judged-elsewhere", "reconcile", "materialise"]
WITHOUT = {
    **{f"without-{sync}": "commit" for sync in ("draft-bytes", "draft-names", "log-bytes")},
    **{f"without-{sync}": "commit" for sync in ("log-folder", "table-folder", "lake-folder")},
    **{f"without-{sync}:judged-elsewhere": "judged-elsewhere" for sync in ("elsewhere-bytes", "elsewhere-names")},
    "without-log-copy:reconciling": "reconcile",
}
"""Each fsync of a governed commit, left out, and the sweep that must notice."""


@pytest.fixture(scope="module")
def interposer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return library(tmp_path_factory.mktemp("faults"))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("mode", ["kill", "eio", "power"])
def test_a_sample_of_faults_loses_nothing(interposer: Path, tmp_path: Path, mode: str) -> None:
    swept = sweep(SWEEPS["commit"], interposer, tmp_path, modes=mode, every=61)
    assert swept.code == 0, swept.said


@pytest.mark.timeout(600)
def test_a_missing_fsync_is_noticed(interposer: Path, tmp_path: Path) -> None:
    """The sample can fail: without the fsync of the log entry a power cut loses what was promised."""
    swept = sweep(SWEEPS["commit"], interposer, tmp_path, modes="power", every=10_000, do="without-log-bytes")
    assert swept.outcomes["power", "acked", "LOST"] == 1, swept.said


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("mode", MODES.split(","))
@pytest.mark.parametrize("name", OWN)
def test_no_fault_loses_anything(interposer: Path, tmp_path: Path, name: str, mode: str) -> None:
    swept = sweep(SWEEPS[name], interposer, tmp_path, modes=mode)
    assert swept.code == 0, swept.said
    assert swept.points >= 50


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("without", WITHOUT)
def test_without_any_one_fsync_faults_lose_something(interposer: Path, tmp_path: Path, without: str) -> None:
    program: Sweep = SWEEPS[WITHOUT[without]]
    swept = sweep(program, interposer, tmp_path, modes="power", every=40, do=without)
    assert swept.code == 1, swept.said
