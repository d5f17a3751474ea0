"""Fault sweeps: every file operation of a program hit by every fault, and asked afterwards whether all is still well.

`python tests/aios_assets/sweeps.py [NAME…] [--modes M,…] [--every K]` runs them and prints one table; the tests run a
sample. The sweeping program itself is shared/tools/faults, beside the repository.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT.parent / "shared" / "tools" / "faults"
MODES = "kill,eio,enospc,short,power"


@dataclass(frozen=True)
class Sweep:
    """A program with `do` and `check`, how its folder is made anew, and the fewest points that prove anything."""

    program: str
    do: str = "do"
    fresh: str = ""
    least: int = 50


SWEEPS = {
    "commit": Sweep("aios_assets/faults_commit.py", fresh="fresh"),
    "judged-elsewhere": Sweep("aios_assets/faults_commit.py", do="judged-elsewhere", fresh="fresh"),
    "reconcile": Sweep("aios_assets/faults_commit.py", do="reconciling", fresh="fresh"),
    "materialise": Sweep("aios_assets/faults_materialise.py", fresh="fresh"),
    "ledger": Sweep("audit/faults_ledger.py"),
    "vault": Sweep("aios_assets/faults_vault.py", fresh="fresh"),
}


@dataclass(frozen=True)
class Swept:
    """What a sweep said: 0 all held · 1 something was lost · 2 it proves nothing."""

    code: int
    points: int
    outcomes: Counter[tuple[str, str, str]]
    said: str


def library(folder: Path) -> Path:
    """Builds the interposer."""
    built = folder / "faultpoints.so"
    source = str(TOOLS / "faultpoints.c")
    subprocess.run(
        ["gcc", "-O1", "-shared", "-fPIC", "-o", str(built), source, "-ldl"], check=True, capture_output=True
    )
    return built


def sweep(one: Sweep, so: Path, folder: Path, *, modes: str = MODES, every: int = 1, do: str = "") -> Swept:
    """Runs one sweep below `folder`; the state before the work is made once and copied for each point."""
    place, before = folder / "swept", folder / "before"
    program = f"{sys.executable} {ROOT / 'tests' / one.program}"
    if one.fresh:
        subprocess.run(f"{program} {one.fresh} {before}", shell=True, check=True, capture_output=True)
    else:
        before.mkdir(exist_ok=True)
    command = [sys.executable, str(TOOLS / "sweep.py"), "--so", str(so), "--prefix", str(place)]
    command += ["--fresh", f"rm -rf {place} {place}.*; cp -a {before} {place}", "--least", str(one.least)]
    command += ["--do", f"{program} {do or one.do} {place}", "--check", f"{program} check {place}"]
    command += ["--modes", modes, "--every", str(every)]
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    outcomes = Counter[tuple[str, str, str]]()
    for mode, acked, outcome, count in re.findall(
        r"^(\w+) (acked|unacked) (ok|not fired|LOST) (\d+)$", done.stdout, re.M
    ):
        outcomes[mode, acked, outcome] += int(count)
    points = re.match(r"(\d+) points", done.stdout)
    return Swept(done.returncode, int(points[1]) if points else 0, outcomes, done.stdout + done.stderr)


def main() -> int:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("names", nargs="*", default=list(SWEEPS), metavar="NAME", help=", ".join(SWEEPS))
    args.add_argument("--modes", default=MODES)
    args.add_argument("--every", type=int, default=1)
    args.add_argument("--do", default="", help="another program than the sweep's own, e.g. without-log-bytes")
    opt = args.parse_args()
    worst = 0
    print(f"{'sweep':18} {'points':>6} {'mode':7} {'acked':>6} {'unacked':>8} {'LOST':>5} {'not fired':>10} {'s':>6}")
    with tempfile.TemporaryDirectory() as home:
        so = library(Path(home))
        for name in opt.names:
            for mode in opt.modes.split(","):
                folder = Path(home) / name / mode
                folder.mkdir(parents=True)
                begun = time.monotonic()
                swept = sweep(SWEEPS[name], so, folder, modes=mode, every=opt.every, do=opt.do)
                worst = max(worst, swept.code)
                by = {
                    what: sum(n for key, n in swept.outcomes.items() if what in key) for what in ("LOST", "not fired")
                }
                held = {what: swept.outcomes[mode, what, "ok"] for what in ("acked", "unacked")}
                print(
                    f"{name:18} {swept.points:6} {mode:7} {held['acked']:6} {held['unacked']:8} {by['LOST']:5} "
                    f"{by['not fired']:10} {time.monotonic() - begun:6.0f}",
                    flush=True,
                )
                if swept.code:
                    print(swept.said, flush=True)
    return worst


if __name__ == "__main__":
    sys.exit(main())
