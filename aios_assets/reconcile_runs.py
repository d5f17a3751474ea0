"""Reconcile runs: ends, in Dagster's instance, runs whose process died. The tables' part of a crash is reconcile.py's."""

import os
import socket
from functools import cache
from pathlib import Path

import dagster as dg

PROCESS = ".dagster/aios-process"
"""Tag that names the process a run is carried out by; Dagster's pages hide tags that begin so."""

OPEN = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]

DIED = (
    "The process that carried out this run is gone: it was killed, or its machine went down. What was committed stays, "
    "what was decided is finished from the ledger; run it again for the rest."
)

PROC = Path("/proc")


def process_tag() -> dict[str, str]:
    """The run tag that names this process: machine, start of the machine, process id, start of the process."""
    return {PROCESS: _name(os.getpid())}


def reconcile_runs(instance: dg.DagsterInstance) -> tuple[str, ...]:
    """Reports every run as failed whose process was on this machine and is gone; answers their ids, the oldest first.

    Runs without the tag, and those of other machines, are left alone: nothing here can know what became of them.
    """
    ended = []
    for record in reversed(instance.get_run_records(dg.RunsFilter(statuses=OPEN))):
        run = record.dagster_run
        if _gone(run.tags.get(PROCESS, "")):
            instance.report_run_failed(run, DIED)
            ended.append(run.run_id)
    return tuple(ended)


def _gone(name: str) -> bool:
    machine, _, process = name.partition("/")
    if machine != socket.gethostname() or process.count("/") != 2:
        return False
    pid = process.split("/")[1]
    return not pid.isdecimal() or name != _name(int(pid))


def _name(pid: int) -> str:
    return f"{socket.gethostname()}/{_booted()}/{pid}/{_begun(pid)}"


@cache
def _booted() -> str:
    """Which start of the machine this is: process ids are given anew after it."""
    file = PROC / "sys" / "kernel" / "random" / "boot_id"
    return file.read_text().strip() if file.is_file() else "-"


def _begun(pid: int) -> str:
    """When a process began, in the machine's ticks (proc(5), field 22 of stat); a process id alone is used again.

    `gone` where there is no such process, or where it has ended and only waits to be collected.
    """
    if not PROC.is_dir():
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return "gone"
        except PermissionError:
            return "-"
        return "-"
    try:
        # The name in parentheses may hold anything, so fields are counted from behind it.
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return "gone"
    return "gone" if fields[0] in {"Z", "X"} else fields[19]
