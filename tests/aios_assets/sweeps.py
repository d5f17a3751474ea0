"""Fault sweeps: every file operation of a program hit by every fault, and asked afterwards whether all is still well.

`python tests/aios_assets/sweeps.py [NAME…] [--modes M,…] [--every K]` runs them and prints one table; the tests run a
sample. `--without-each` leaves one fsync after the other out instead: each time the power cut must lose something.
The sweeping program itself is shared/tools/faults, beside the repository. `--cold` starts a fresh process for each
point, which takes ten times as long and finds the same.
"""

import argparse
import contextlib
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from forked import SHARED, built, forked

TESTS = Path(__file__).resolve().parents[1]
MODES = ("kill", "eio", "enospc", "short", "eintr", "power")


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
    "migrate": Sweep("aios_assets/faults_migrate.py", fresh="fresh"),
    "parted": Sweep("aios_assets/faults_parted.py", fresh="fresh"),
    "ledger": Sweep("audit/faults_ledger.py"),
    "vault": Sweep("aios_assets/faults_vault.py", fresh="fresh"),
}

WITHOUT = {
    **{f"without-{sync}": "commit" for sync in ("draft-bytes", "draft-names", "log-bytes")},
    **{f"without-{sync}": "commit" for sync in ("log-folder", "table-folder", "lake-folder")},
    **{f"without-{sync}:judged-elsewhere": "judged-elsewhere" for sync in ("elsewhere-bytes", "elsewhere-names")},
    "without-log-copy:reconciling": "reconcile",
    "without-commit": "ledger",
    "without-folder": "ledger",
}
"""Each fsync of a governed commit and of the ledger, left out, and the sweep that must notice."""


@dataclass(frozen=True)
class Swept:
    """What a sweep said: 0 all held · 1 something was lost · 2 it proves nothing."""

    code: int
    points: int
    outcomes: Counter[tuple[str, str, str]]
    said: str

    def count(self, mode: str, *, acked: str = "", outcome: str = "") -> int:
        """How many points of a mode ended so."""
        of = [n for (m, a, o), n in self.outcomes.items() if m == mode and acked in {"", a} and outcome in {"", o}]
        return sum(of)


@dataclass(frozen=True)
class Sweeper:
    """Interposer and client, built once; `cold` starts a fresh process for each point."""

    so: Path
    client: Path
    cold: bool = False

    @classmethod
    def built(cls, folder: Path, *, cold: bool = False) -> "Sweeper":
        """Compiles what is needed into the folder."""
        return cls(*built(folder), cold=cold)

    @contextlib.contextmanager
    def _start(self, program: Path, folder: Path) -> Iterator[str]:
        """The command that starts the program, with its arguments to follow."""
        if self.cold:
            yield f"{sys.executable} {program}"
            return
        with (
            tempfile.TemporaryDirectory() as short,  # a socket's path has at most 108 bytes
            forked(self.so, self.client, Path(short) / "asks", program) as start,
        ):
            yield start

    def sweep(self, one: Sweep, folder: Path, *, modes: str, every: int = 1, do: str = "") -> Swept:
        """Runs one sweep below `folder`; the state before the work is made once and copied for each point."""
        place, before = folder / "swept", folder / "before"
        with self._start(TESTS / one.program, folder) as start:
            if one.fresh:
                subprocess.run(f"{start} {one.fresh} {before}", shell=True, check=True, capture_output=True)
            else:
                before.mkdir(exist_ok=True)
            command = [sys.executable, str(SHARED / "sweep.py"), "--so", str(self.so), "--prefix", str(place)]
            command += ["--fresh", f"rm -rf {place} {place}.*; cp -a {before} {place}", "--least", str(one.least)]
            command += ["--do", f"{start} {do or one.do} {place}", "--check", f"{start} check {place}"]
            command += ["--modes", modes, "--every", str(every)]
            done = subprocess.run(command, text=True, capture_output=True, check=False)
        outcomes = Counter[tuple[str, str, str]]()
        tally = r"^(\w+) (acked|unacked) (ok|not fired|LOST) (\d+)$"
        for mode, acked, outcome, count in re.findall(tally, done.stdout, re.M):
            outcomes[mode, acked, outcome] += int(count)
        points = re.match(r"(\d+) points", done.stdout)
        return Swept(done.returncode, int(points[1]) if points else 0, outcomes, done.stdout + done.stderr)


@dataclass(frozen=True)
class Job:
    """One line of the table: a sweep in one mode; `do` is another program than the sweep's own, which must lose something."""

    name: str
    mode: str
    do: str = ""

    def line(self, sweeper: Sweeper, home: Path, every: int) -> tuple[str, bool]:
        """Runs it; answers its line, and whether it went as it must."""
        folder, begun = Path(tempfile.mkdtemp(dir=home)), time.monotonic()
        swept = sweeper.sweep(SWEEPS[self.name], folder, modes=self.mode, every=every, do=self.do)
        ok = {acked: swept.count(self.mode, acked=acked, outcome="ok") for acked in ("acked", "unacked")}
        lost, idle = swept.count(self.mode, outcome="LOST"), swept.count(self.mode, outcome="not fired")
        well = swept.code == (1 if self.do else 0)
        line = f"{self.do or self.name:34} {self.mode:7} {swept.points:6} {ok['acked']:6} {ok['unacked']:8} {lost:5} {idle:10}"
        line += f" {time.monotonic() - begun:6.0f}  {'as it must be' if well else 'WRONG'}"
        return (line if well else f"{line}\n{swept.said}"), well


def main() -> int:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SWEEPS))
    args.add_argument("--modes", default=",".join(MODES))
    args.add_argument("--every", type=int, default=1, help="only every so many points")
    args.add_argument("--without-each", action="store_true", help="leave one fsync after the other out")
    args.add_argument("--cold", action="store_true", help="a fresh process for each point")
    args.add_argument("--jobs", type=int, default=2, help="how many sweeps at once")
    opt = args.parse_args()
    if strangers := {*opt.names} - {*SWEEPS} | {*opt.modes.split(",")} - {*MODES}:
        args.error(f"unknown: {', '.join(sorted(strangers))}")
    names = opt.names or list(SWEEPS)
    jobs = [Job(name, mode) for name in names for mode in opt.modes.split(",")]
    if opt.without_each:
        jobs = [Job(name, "power", do) for do, name in WITHOUT.items() if name in names]
    print(f"{'sweep':34} {'mode':7} {'points':>6} {'acked':>6} {'unacked':>8} {'LOST':>5} {'not fired':>10} {'s':>6}")
    went = True
    with tempfile.TemporaryDirectory() as home, ThreadPoolExecutor(opt.jobs) as pool:
        sweeper = Sweeper.built(Path(home), cold=opt.cold)
        for line, well in pool.map(lambda job: job.line(sweeper, Path(home), opt.every), jobs):
            print(line, flush=True)
            went &= well
    return 0 if went else 1


if __name__ == "__main__":
    sys.exit(main())
