import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from lineage.errors import TransportError
from lineage.shipping import ship
from lineage.transport import FileTransport, HttpTransport, from_environment

EVENT = {"eventType": "START", "run": {"runId": "00000000-0000-0000-0000-000000000001"}, "text": "ä\n"}


def append_many(path: Path, who: int) -> None:
    transport = FileTransport(path)
    for number in range(50):
        transport.emit({"who": who, "number": number, "padding": "x" * 3000})


class Backend(ThreadingHTTPServer):
    """A real server that answers what its script says: a status, "hang", "trickle", "close" or "redirect"."""

    daemon_threads = True

    def __init__(self) -> None:
        self.script: list[Any] = []
        self.heard: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.asked: list[str] = []
        self.over = threading.Event()
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Backend

    def log_message(self, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self.server.asked.append(f"GET {self.path}")
        self.send_response(200)
        self.end_headers()

    def do_POST(self) -> None:
        self.server.asked.append(f"POST {self.path}")
        body = self.rfile.read(int(self.headers["Content-Length"]))
        step = self.server.script.pop(0) if self.server.script else 201
        self.server.headers.append(dict(self.headers))
        match step:
            case "close":
                self.connection.shutdown(socket.SHUT_RDWR)
            case "hang":
                self.server.over.wait(30)
            case "trickle":
                self.wfile.write(b"HTTP/1.1 201 Created\r\n")
                while not self.server.over.wait(0.05):
                    try:
                        self.wfile.write(b"X")
                    except OSError:
                        return
            case "redirect":
                self.send_response(302)
                self.send_header("Location", f"{self.server.url}/elsewhere")
                self.end_headers()
            case int():
                if 200 <= step < 300:
                    self.server.heard.append(json.loads(body))
                self.send_response(step)
                self.send_header("Content-Length", "6")
                self.end_headers()
                self.wfile.write(b"secret")


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = Backend()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_2xx_acknowledges(backend: Backend, status: int) -> None:
    backend.script = [status]
    HttpTransport(backend.url, api_key="key").emit(EVENT)
    assert backend.heard == [EVENT]
    assert backend.asked == ["POST /api/v1/lineage"]
    assert backend.headers[0]["Authorization"] == "Bearer key"


@pytest.mark.parametrize("step", [304, 400, 401, 404, 409, 429, 500, 503, "close", "hang", "trickle", "redirect"])
def test_anything_else_does_not(backend: Backend, step: object) -> None:
    backend.script = [step]
    transport = HttpTransport(backend.url, api_key="key", seconds=0.5)
    begun = time.monotonic()
    with pytest.raises(TransportError) as raised:
        transport.emit(EVENT)
    assert time.monotonic() - begun < 3
    assert backend.heard == []
    assert len(backend.asked) == 1, "one emit is one request"
    assert "secret" not in str(raised.value)
    assert "key" not in str(raised.value)
    # And the same transport delivers as soon as the backend does.
    transport.emit(EVENT)
    assert backend.heard == [EVENT]


def test_nobody_there_does_not_acknowledge() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(TransportError, match="sent again"):
        HttpTransport(f"http://127.0.0.1:{port}", seconds=0.5).emit(EVENT)


def test_a_backend_that_fails_and_recovers_gets_every_event_once_and_in_order(backend: Backend) -> None:
    backend.script = [500, "close", "hang", 201, 503, "trickle", 201]
    transport = HttpTransport(backend.url, seconds=0.3)
    pending = {index: {"number": index} for index in (3, 5, 8)}
    rounds = 0
    while pending and rounds < 20:
        ship(sorted(pending.items()), transport, lambda index: pending.pop(index) and None)
        rounds += 1
    assert [event["number"] for event in backend.heard] == [3, 5, 8]
    assert rounds == 6


@pytest.mark.parametrize("url", ["nonsense", "http://"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(TransportError, match="OPENLINEAGE_URL"):
        HttpTransport(url)


def test_the_environment_names_the_transport(tmp_path: Path, backend: Backend) -> None:
    assert from_environment({}) is None
    assert isinstance(from_environment({}, file=str(tmp_path / "e")), FileTransport)
    made = from_environment({"OPENLINEAGE_URL": backend.url, "OPENLINEAGE_ENDPOINT": "v2", "OPENLINEAGE_API_KEY": "k"})
    assert isinstance(made, HttpTransport)
    made.emit(EVENT)
    assert backend.asked == ["POST /v2"]
    assert backend.headers[0]["Authorization"] == "Bearer k"


def test_a_file_holds_one_event_a_line(tmp_path: Path) -> None:
    path = tmp_path / "new" / "events.jsonl"
    transport = FileTransport(path)
    transport.emit(EVENT)
    transport.emit({"second": 1})
    assert [json.loads(line) for line in path.read_bytes().splitlines()] == [EVENT, {"second": 1}]


@pytest.mark.parametrize("torn", [b'{"half', b"x" * 200_000])
def test_what_a_crash_left_of_a_line_is_cut_off(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "events.jsonl"
    for before in (b"", b'{"first":1}\n'):
        path.write_bytes(before + torn)
        FileTransport(path).emit({"next": 2})
        assert path.read_bytes() == before + b'{"next":2}\n'


def test_a_disk_that_says_no_acknowledges_nothing(tmp_path: Path) -> None:
    with pytest.raises(TransportError, match="sent again"):
        FileTransport(tmp_path).emit(EVENT)
    if Path("/dev/full").exists():
        with pytest.raises(TransportError):
            FileTransport(Path("/dev/full")).emit(EVENT)


def test_a_line_that_could_not_be_synced_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "events.jsonl"
    FileTransport(path).emit({"first": 1})
    with monkeypatch.context() as broken:

        def no(_: int) -> None:
            raise OSError(5, "Input/output error")

        broken.setattr(os, "fsync", no)
        with pytest.raises(TransportError, match="Input/output error"):
            FileTransport(path).emit({"second": 2})
    assert path.read_bytes() == b'{"first":1}\n'


def test_processes_share_a_file_without_mixing_lines(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    context = get_context("fork")
    writers = [context.Process(target=append_many, args=(path, who)) for who in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    told = [json.loads(line) for line in path.read_bytes().splitlines()]
    for who in range(3):
        assert [event["number"] for event in told if event["who"] == who] == list(range(50))
