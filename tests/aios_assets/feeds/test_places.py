"""Places: what is fetched, and what is never asked."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from aios_assets.feeds import FeedError, Limits, open_delivery, read
from aios_assets.feeds.places import Places, is_public

CSV = b"sku,title,price\n1,Kettle,2\n"


class _Shop(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        port = self.server.server_address[1]
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/").replace("PORT", str(port)))
            self.end_headers()
            return
        self.send_response(200 if self.path != "/gone" else 404)
        self.send_header("Content-Length", str(len(CSV) + (5 if "lies" in self.path else 0)))
        self.end_headers()
        self.wfile.write(CSV)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server asks for
        """Says nothing."""


@pytest.fixture
def shop() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Shop)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def allowing(tmp_path: Path, *hosts: str, **limits: float) -> Places:
    return Places(tmp_path / "spool", Limits(settle_seconds=0, **limits), frozenset(hosts))  # type: ignore[arg-type]


def test_folders_and_globs(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "c.csv.part", ".d.csv"):
        (tmp_path / name).write_bytes(CSV)
    places = allowing(tmp_path)
    for address in (str(tmp_path), str(tmp_path / "*.csv"), str(tmp_path / "**" / "*.csv")):
        assert [path.name for path in places.files(address)] == ["a.csv", "b.csv"]
    assert [path.name for path in places.files(str(tmp_path / "b.csv"))] == ["b.csv"]
    with pytest.raises(FeedError, match="nothing to read"):
        places.files(str(tmp_path / "*.xml"))


def test_a_download_is_read_like_a_file(tmp_path: Path, shop: str) -> None:
    (path,) = allowing(tmp_path, "127.0.0.1").files(f"{shop}/to/{shop}/acme.csv?key=1")
    delivery = open_delivery(path, limits=Limits(settle_seconds=0))
    assert delivery.supplier == "acme"
    assert [batch.rows["title"].to_list() for batch in read(delivery)] == [["Kettle"]]


@pytest.mark.parametrize(
    "path",
    [
        "/gone",
        "/lies.csv",
        "/to/https://169.254.169.254/latest",
        "/to/file:///etc/passwd",
        "/to/http://localhost:PORT/a",
    ],
)
def test_what_a_server_answers_is_not_trusted(tmp_path: Path, shop: str, path: str) -> None:
    with pytest.raises(FeedError):
        allowing(tmp_path, "127.0.0.1").files(shop + path)
    assert not [each for each in (tmp_path / "spool").rglob("*") if each.is_file()]


def test_a_redirect_without_end_is_left(tmp_path: Path, shop: str) -> None:
    with pytest.raises(FeedError, match="redirects"):
        allowing(tmp_path, "127.0.0.1").files(shop + "/to/" * 9 + shop)


def test_a_download_has_limits(tmp_path: Path, shop: str) -> None:
    with pytest.raises(FeedError, match="file_bytes"):
        allowing(tmp_path, "127.0.0.1", file_bytes=5).files(f"{shop}/a.csv")


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/a.csv",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:127.0.0.1]/a.csv",
        "https://0x7f000001/a.csv",
        "https://2130706433/a.csv",
        "https://127.1/a.csv",
        "https://localhost/a.csv",
        "https://user@10.0.0.1/a.csv",
        "https://example.com@127.0.0.1/a.csv",
        "https://10.0.0.1:8443/a.csv",
        "https://[fe80::1]/a.csv",
        "https://0.0.0.0/a.csv",
        "https:///a.csv",
        "https://[::1/a.csv",
        "https://a:b:c/a.csv",
        "file:///etc/passwd",
        "gopher://127.0.0.1/a.csv",
    ],
)
def test_addresses_that_are_never_asked(tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def connected(*args: object, **more: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr("socket.create_connection", connected)
    with pytest.raises(FeedError):
        allowing(tmp_path).files(address)


def test_a_name_that_moves_to_a_private_address_gains_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def resolve(*args: object, **more: object) -> list[tuple[object, ...]]:
        address = "93.184.216.34" if not asked else "127.0.0.1"
        asked.append(args)
        return [(2, 1, 6, "", (address, 443))]

    def connected(target: tuple[str, int], *args: object) -> None:
        assert target[0] == "93.184.216.34"
        raise OSError("no net here")

    monkeypatch.setattr("socket.getaddrinfo", resolve)
    monkeypatch.setattr("socket.create_connection", connected)
    with pytest.raises(FeedError, match="no net here"):
        allowing(tmp_path).files("https://rebinding.example/a.csv")
    assert len(asked) == 1


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


PRIVATE = ("10.1.2.3", "127.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::")


@pytest.mark.parametrize("address", [*PRIVATE, "fe80::1%eth0", "224.0.0.1", "100.64.0.1", "0.0.0.0", "x"])
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)
