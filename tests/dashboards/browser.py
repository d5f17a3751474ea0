"""A headless Chromium that is driven over its DevTools protocol: what a page shows once its scripts have run."""

import base64
import itertools
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

PATIENCE = 60.0
"""Seconds that a page, or the browser itself, has to get ready."""


class Browser:
    """One tab."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection, self._ids = connection, itertools.count()

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The answer to one command of the protocol."""
        number = next(self._ids)
        self._connection.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            told = json.loads(self._connection.recv(timeout=PATIENCE))
            if told.get("id") == number:
                answer: dict[str, Any] = told["result"]
                return answer

    def value(self, script: str) -> Any:
        """What an expression is worth in the page."""
        return self.ask("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def open(self, address: str, *, until: str) -> None:
        """Opens a page and waits until an expression holds there. Raises TimeoutError."""
        self.ask("Page.navigate", url=address)
        end = time.monotonic() + PATIENCE
        while self.value(f"Boolean({until})") is not True:
            if time.monotonic() > end:
                raise TimeoutError(f"{address} is not ready after {PATIENCE:.0f} s: {self.text()[:500]!r}")
            time.sleep(0.2)

    def text(self) -> str:
        """All text of the page."""
        return str(self.value("document.body ? document.body.innerText : ''"))

    def picture(self, file: Path) -> None:
        """Writes what is seen as a PNG."""
        file.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"]))


@contextmanager
def browser(folder: Path, *, width: int = 1400, height: int = 2000) -> Iterator[Browser]:
    """A browser with a profile of its own below `folder`, ended at the end."""
    program = shutil.which("chromium") or "chromium"
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-port=0"]
    command = [program, *flags, f"--user-data-dir={folder}", f"--window-size={width},{height}", "about:blank"]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with connect(_tab(folder / "DevToolsActivePort"), max_size=None, proxy=None) as connection:
            yield Browser(connection)
    finally:
        running.terminate()
        running.wait(20)


def _tab(told: Path) -> str:
    """The address of the first tab, once the browser has said at which port it listens."""
    from urllib.request import urlopen

    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        lines = told.read_text().split() if told.is_file() else []
        if len(lines) == 2:
            with urlopen(f"http://127.0.0.1:{lines[0]}/json/list", timeout=10) as answer:
                tabs = [tab for tab in json.load(answer) if tab["type"] == "page"]
            if tabs:
                return str(tabs[0]["webSocketDebuggerUrl"])
        time.sleep(0.1)
    raise TimeoutError("the browser did not start")
