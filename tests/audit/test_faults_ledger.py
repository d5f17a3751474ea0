"""Every file operation of a ledger's life, from no folder on, hit by every fault: nothing promised is lost."""

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve()
TOOLS = HERE.parents[3] / "shared" / "tools" / "faults"
MODES = "kill,eio,enospc,short,eintr,power"

pytestmark = pytest.mark.skipif(not TOOLS.is_dir(), reason="the fault sweep is not beside this repository")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("faults") / "faultpoints.so"
    compile_it = ["gcc", "-O1", "-shared", "-fPIC", "-o", str(built), str(TOOLS / "faultpoints.c"), "-ldl"]
    subprocess.run(compile_it, check=True, capture_output=True)
    return built


def sweep(library: Path, folder: Path, *options: str, do: str = "do") -> subprocess.CompletedProcess[str]:
    program = f"{sys.executable} {HERE.with_name('faults_ledger.py')}"
    command = [sys.executable, str(TOOLS / "sweep.py"), "--so", str(library), "--prefix", str(folder)]
    command += ["--fresh", f"rm -rf {folder} {folder}.*; mkdir {folder}", "--least", "50", *options]
    command += ["--do", f"{program} {do} {folder}", "--check", f"{program} check {folder}"]
    return subprocess.run(command, text=True, capture_output=True, check=False)


def test_a_sample_of_faults_loses_nothing(library: Path, tmp_path: Path) -> None:
    done = sweep(library, tmp_path / "lake", "--modes", "kill,eio,power", "--every", "29")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("mode", MODES.split(","))
def test_no_fault_loses_anything(library: Path, tmp_path: Path, mode: str) -> None:
    done = sweep(library, tmp_path / "lake", "--modes", mode)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("without", ["commit", "folder"])
def test_without_one_fsync_the_power_cut_loses_something(library: Path, tmp_path: Path, without: str) -> None:
    done = sweep(library, tmp_path / "lake", "--modes", "power", do=f"without-{without}")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "LOST" in done.stdout
