"""The dashboards as a person meets them: the server on a free port, its pages in a real browser."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from browser import browser
from shown_lake import Lake

APP = Path(__file__).resolve().parents[2] / "dashboards" / "app.py"
PLOTTED = "document.querySelectorAll('canvas, svg.marks').length > 0"
DRAWN = "document.querySelector('.stApp')?.dataset.testScriptState == 'notRunning' && document.querySelector('h1')"

SEEN = "document.body.innerText"


@pytest.mark.chromium
@pytest.mark.slow
def test_every_page_is_drawn(lake: Lake, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--server.address=127.0.0.1", f"--server.port={port}", "--server.headless=true"]
    command = [sys.executable, "-m", "streamlit", "run", str(APP), *options, "--browser.gatherUsageStats=false"]
    environment = {**os.environ, "AIOS_LAKE": str(lake.folder)}
    server = subprocess.Popen(command, cwd=APP.parents[1], env=environment, stdout=subprocess.DEVNULL)
    try:
        _answers(port)
        with browser(tmp_path / "profile") as tab:
            for path, sight in {
                "": "records was refused by quality/",
                "feeds": "Why rows were set aside",
                "matches": "What was decided",
                "products": "What stands, and whose word it is",
                "ledger": "Signed root over the first",
            }.items():
                tab.open(
                    f"http://127.0.0.1:{port}/{path}",
                    until=f"{DRAWN} && {SEEN}.includes({json.dumps(sight)}) && {PLOTTED}",
                )
                assert "Traceback" not in tab.text()
    finally:
        server.terminate()
        server.wait(20)


def _answers(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError("the dashboards did not start")
