"""Deliveries that lie elsewhere: from a web server and from an object store into governed records."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.request import urlopen

import pytest
from core_fixtures import Shop, kettles
from pyarrow import fs

from aios_assets.intake import IntakeError
from aios_assets.stages.records import records

STORE = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "eu-central-1"}


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server asks for
        """Says nothing."""


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A shop that may fetch from this machine."""
    (tmp_path / "aios.toml").write_text('[feeds]\nallowed = ["127.0.0.1"]\n')
    return Shop.open(tmp_path, stages=(records,))


@pytest.fixture
def web(shop: Shop) -> Iterator[str]:
    """A web server over what the shop's suppliers delivered."""
    (shop.folder / "deliveries").mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=shop.folder / "deliveries"))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of an object store that speaks S3."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("store") / "log"
    with log.open("wb") as told:
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=told, stderr=told
        )
        try:
            _ready(f"http://127.0.0.1:{port}", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(30)


def _ready(endpoint: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 120
    while True:
        try:
            urlopen(endpoint, timeout=10).close()
        except OSError:
            assert server.poll() is None, log.read_text(errors="replace")
            assert time.monotonic() < until, log.read_text(errors="replace")
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def bucket(store: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[fs.S3FileSystem]:
    """An empty bucket, `feeds`."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {**STORE, "AWS_ENDPOINT_URL": store}.items():
        monkeypatch.setenv(name, value)
    made = fs.S3FileSystem(endpoint_override=store, allow_bucket_creation=True, allow_bucket_deletion=True)
    made.create_dir("feeds")
    yield made
    made.delete_dir("feeds")


def put(bucket: fs.S3FileSystem, key: str, file: Path) -> None:
    with bucket.open_output_stream(f"feeds/{key}") as stream:
        stream.write(file.read_bytes())


def test_a_delivery_is_fetched_from_a_web_server(shop: Shop, web: str) -> None:
    shop.deliver("acme.csv", kettles(3))
    told = shop.run(f"{web}/acme.csv")["records"]
    assert (told.refused, told.rows) == (False, 3)
    assert set(shop.table("records")["supplier"]) == {"acme"}
    assert shop.run(f"{web}/acme.csv")["records"].unchanged


def test_what_a_web_server_does_not_have_is_one_clear_error(shop: Shop, web: str) -> None:
    with pytest.raises(IntakeError, match="the server answered 404"):
        shop.run(f"{web}/acme.csv")


@pytest.mark.slow
def test_deliveries_are_fetched_from_a_bucket(shop: Shop, bucket: fs.S3FileSystem) -> None:
    put(bucket, "today/acme.csv", shop.deliver("acme.csv", kettles(3)))
    put(bucket, "today/zeta.csv", shop.deliver("zeta.csv", kettles(4)))
    put(bucket, "other/acme.csv", shop.deliver("acme.csv", kettles(9)))
    told = shop.run("s3://feeds/today")["records"]
    assert (told.refused, told.rows) == (False, 7)
    assert shop.run("s3://feeds/today/acme.csv")["records"].unchanged
    assert shop.run("s3://feeds/other/acme.csv")["records"].rows == 13


@pytest.mark.parametrize("address", ["s3://feeds/none.csv", "s3://nobody/acme.csv"])
def test_what_a_bucket_does_not_have_is_one_clear_error(shop: Shop, bucket: fs.S3FileSystem, address: str) -> None:
    with pytest.raises(IntakeError, match=r"To do|nothing to read|not downloaded"):
        shop.run(address)
