"""Every file operation of a governed commit, of a whole stage, of reconcile, ledger and vault, hit by every fault.

A sample of points; `make faults` takes them all and prints one table.
"""

from pathlib import Path

import pytest
from forked import SHARED
from sweeps import SWEEPS, Sweeper

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the fault sweep is not beside this repository")


@pytest.fixture(scope="module")
def sweeper(tmp_path_factory: pytest.TempPathFactory) -> Sweeper:
    return Sweeper.built(tmp_path_factory.mktemp("faults"))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "every"), [("commit", 97), ("ledger", 29), ("vault", 41)])
def test_a_sample_of_faults_loses_nothing(sweeper: Sweeper, tmp_path: Path, name: str, every: int) -> None:
    swept = sweeper.sweep(SWEEPS[name], tmp_path, modes="kill,eio,power", every=every)
    assert swept.code == 0, swept.said


@pytest.mark.slow
def test_a_missing_fsync_is_noticed(sweeper: Sweeper, tmp_path: Path) -> None:
    """The sample can fail: without the fsync of the log entry a power cut loses what was promised."""
    swept = sweeper.sweep(SWEEPS["commit"], tmp_path, modes="power", every=10_000, do="without-log-bytes")
    assert swept.count("power", acked="acked", outcome="LOST") == 1, swept.said


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["kill", "enospc", "power"])
@pytest.mark.parametrize("name", ["judged-elsewhere", "reconcile", "materialise", "migrate", "parted"])
def test_a_sample_of_longer_work_loses_nothing(sweeper: Sweeper, tmp_path: Path, name: str, mode: str) -> None:
    swept = sweeper.sweep(SWEEPS[name], tmp_path, modes=mode, every=31)
    assert swept.code == 0, swept.said


@pytest.mark.slow
@pytest.mark.parametrize("name", ["commit", "ledger"])
def test_a_forked_start_sees_what_a_cold_one_sees(sweeper: Sweeper, tmp_path: Path, name: str) -> None:
    """As many operations, and the same end at each point that is tried; a whole stage has threads, and no fixed number."""
    cold = Sweeper(sweeper.so, sweeper.client, cold=True)
    told = []
    for one, folder in ((sweeper, tmp_path / "forked"), (cold, tmp_path / "cold")):
        folder.mkdir()
        swept = one.sweep(SWEEPS[name], folder, modes="kill,power", every=97)
        told.append((swept.code, swept.points, swept.outcomes))
    assert told[0] == told[1]
