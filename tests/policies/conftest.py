"""Engines for the gate's tests: the embedded one, and an OPA server on loopback with the committed bundle."""

import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator

import pytest

from policies.bundle import Bundle
from policies.engine import PolicyEngine
from policies.opa import OpaEngine
from policies.wasm import WasmEngine

NO_OPA = "the program opa is not on the PATH, so nothing that needs it was tested"


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    return Bundle.read()


@pytest.fixture(scope="session")
def wasm(bundle: Bundle) -> WasmEngine:
    return WasmEngine(bundle)


@pytest.fixture(scope="session")
def opa_program() -> str:
    found = shutil.which("opa")
    if found is None:
        pytest.skip(NO_OPA)
    return found


@pytest.fixture(scope="session")
def opa_url(opa_program: str, bundle: Bundle) -> Iterator[str]:
    """The address of a server that holds the committed bundle."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    command = [opa_program, "run", "--server", "--addr", address, "--log-level", "error", "--skip-version-check"]
    server = subprocess.Popen([*command, "--bundle", str(bundle.archive)])
    try:
        _ready(f"http://{address}/health?bundles")
        yield f"http://{address}"
    finally:
        server.terminate()
        server.wait(timeout=10)


@pytest.fixture(params=["wasm", pytest.param("opa", marks=pytest.mark.opa)])
def engine(request: pytest.FixtureRequest, bundle: Bundle) -> PolicyEngine:
    """Either side of the port; the same tests run over both."""
    if request.param == "wasm":
        embedded: WasmEngine = request.getfixturevalue("wasm")
        return embedded
    return OpaEngine(bundle, url=request.getfixturevalue("opa_url"))


def _ready(url: str) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the OPA server at {url} did not become ready within ten seconds")
