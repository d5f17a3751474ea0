"""`aios dev`: Dagster's pages and the dashboards, side by side on this machine."""

import os
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from aios_assets.cli.answer import FAULT, JsonOption, LakeOption, progress, tell
from aios_assets.errors import AiosError

LOOPBACK = "127.0.0.1"
PATIENCE = 20.0
"""Seconds that a stopped program has to end by itself."""


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("dev", short_help="Starts Dagster and the dashboards, and says where")(dev)


def dev(
    dagster_port: Annotated[int, typer.Option(help="0: a free one.")] = 0,
    dashboard_port: Annotated[int, typer.Option(help="0: a free one.")] = 0,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Starts Dagster (pages, schedules, sensors) and the dashboards on this lake; prints both addresses; Ctrl-C stops both."""
    from aios_assets.dagster_home import prepare  # 0.1 s
    from aios_assets.settings import load

    settings = load(lake=lake)
    home = prepare(settings)
    pages, boards = dagster_port or _free(), dashboard_port or _free()
    dagster = ["-m", "dagster", "dev", "-w", str(home / "workspace.yaml"), "-h", LOOPBACK, "-p", str(pages)]
    streamlit = [
        "-m", "streamlit", "run", str(_app()), "--server.address", LOOPBACK, "--server.port", str(boards),
        "--server.headless", "true", "--browser.gatherUsageStats", "false",
    ]  # fmt: skip
    progress("  starting; Dagster takes some 15 s …")
    started = [_start(arguments, home) for arguments in (dagster, streamlit)]
    code = None
    try:
        addresses = {"dagster": f"http://{LOOPBACK}:{pages}", "dashboards": f"http://{LOOPBACK}:{boards}"}
        if _answer(started, (pages, boards)):
            lines = [f"{name:11} {address}" for name, address in addresses.items()]
            tell(
                {**addresses, "dagster_home": str(home), "lake": str(settings.lake_folder)},
                [*lines, f"lake        {settings.lake_folder}", "Ctrl-C stops both"],
                as_json=as_json,
            )
            sys.stdout.flush()
        while all(program.poll() is None for program in started):
            time.sleep(0.5)
        code = FAULT
    finally:
        _stop(started)
    if code is not None:
        progress("one of the two ended by itself, so the other was stopped; what it said stands above")
        raise typer.Exit(code)


def _app() -> Path:
    # Found, not imported: dashboards stand above the command line in the order of who knows whom.
    found = find_spec("dashboards")
    if found is None or found.origin is None:
        raise AiosError("aios dev", "the package dashboards is not installed", "install aios as a whole")
    return Path(found.origin).parent / "app.py"


def _free() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _start(arguments: list[str], home: Path) -> subprocess.Popen[bytes]:
    """A program of its own session, so that Ctrl-C reaches it once, through `_stop`."""
    environment = {**os.environ, "DAGSTER_HOME": str(home), "DAGSTER_DISABLE_TELEMETRY": "yes"}
    command = [sys.executable, *arguments]
    return subprocess.Popen(command, env=environment, stdout=sys.stderr, stderr=sys.stderr, start_new_session=True)  # noqa: S603  our own


def _answer(started: list[subprocess.Popen[bytes]], ports: tuple[int, ...]) -> bool:
    """Waits until every port is open; False where a program ended before that."""
    waiting = set(ports)
    while waiting:
        if any(program.poll() is not None for program in started):
            return False
        for port in tuple(waiting):
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex((LOOPBACK, port)) == 0:
                    waiting.discard(port)
        time.sleep(0.2)
    return True


def _stop(started: list[subprocess.Popen[bytes]]) -> None:
    """Interrupts every program, and after a while ends it."""
    for program in started:
        if program.poll() is None:
            program.send_signal(2)
    end = time.monotonic() + PATIENCE
    for program in started:
        try:
            program.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()
