"""Transport: how an event leaves. The port, a file of JSON lines, and HTTP to any OpenLineage backend."""

import fcntl
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import orjson

from lineage.errors import TransportError


class Transport(Protocol):
    """Where events go."""

    def emit(self, event: Mapping[str, Any]) -> None:
        """Returns once the event is acknowledged; raises TransportError for everything else, silence included."""


class FileTransport:
    """Appends events to a file, one JSON object a line; acknowledged once it is on the disk.

    Many processes may share the file. What a crash left of a line was never acknowledged, and is cut off before the
    next one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def emit(self, event: Mapping[str, Any]) -> None:
        """Appends and fsyncs; raises TransportError where the disk says no, and takes back what stands of the line."""
        line = orjson.dumps(event) + b"\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                first = _append(file, line) == 0
                if first:
                    # A file that is durable in a folder that is not is lost with the power.
                    _sync_folder(self._path.parent)
                    _sync_folder(self._path.parent.parent)
            finally:
                os.close(file)
        except OSError as broken:
            raise TransportError(
                f"event not written to {self._path}",
                broken.strerror or type(broken).__name__,
                "make room or mend the path; the event waits and is sent again",
            ) from broken


def _append(file: int, line: bytes) -> int:
    """Where the line begins."""
    end = _whole(file)
    os.ftruncate(file, end)
    try:
        written = 0
        while written < len(line):
            written += os.pwrite(file, line[written:], end + written)
        os.fsync(file)
    except OSError:
        os.ftruncate(file, end)
        raise
    return end


def _whole(file: int) -> int:
    """Length of the file up to its last complete line."""
    end = os.fstat(file).st_size
    while end:
        start = max(0, end - 65536)
        found = os.pread(file, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class HttpTransport:
    """Posts events to an OpenLineage backend through the OpenLineage client's own HTTP transport.

    `seconds` bounds a whole exchange, not a read: a server that sends one byte a second is cut off too. Retries are the
    shipper's, not the client's. Only a 2xx of the address that was asked acknowledges: a redirect would turn the POST
    into a GET, and its 200 would say nothing about the event.
    """

    def __init__(self, url: str, *, endpoint: str = "api/v1/lineage", api_key: str = "", seconds: float = 10.0) -> None:
        # Costs 0.4 s (OpenLineage's client, requests), and who keeps events in the ledger or a file never needs it.
        import requests
        from openlineage.client.transport.http import ApiKeyTokenProvider, HttpConfig, TokenProvider
        from openlineage.client.transport.http import HttpTransport as Client

        from lineage.deadline import DeadlineAdapter

        self._adapter = DeadlineAdapter()
        session = requests.Session()
        session.max_redirects = 0
        # The answer's body is nobody's business; unread it can neither be endless nor slow.
        session.stream = True
        auth = ApiKeyTokenProvider({"api_key": api_key}) if api_key else TokenProvider({})
        try:
            self._client = Client(
                HttpConfig(
                    url=url if url.endswith("/") else f"{url}/",
                    endpoint=endpoint,
                    timeout=seconds,
                    auth=auth,
                    session=session,
                    adapter=self._adapter,
                )
            )
        except ValueError as wrong:
            raise TransportError(
                f"lineage cannot be sent to {url}", "that is no http address", "set OPENLINEAGE_URL to one"
            ) from wrong
        self._url, self._seconds = url, seconds

    def emit(self, event: Mapping[str, Any]) -> None:
        """Posts and waits for a 2xx; raises TransportError for any other status, a fault, or the deadline."""
        import requests

        late = threading.Event()
        watch = threading.Timer(self._seconds, self._cut, args=(late,))
        watch.daemon = True
        watch.start()
        try:
            # The client's type wants its own classes; its code takes any plain event (openlineage.client.serde).
            answer = self._client.emit(dict(event))  # type: ignore[arg-type]
        except requests.HTTPError as refused:
            status = refused.response.status_code if refused.response is not None else "an error"
            raise self._unacknowledged(f"it answered {status}") from refused
        except (requests.RequestException, OSError, ValueError) as broken:
            why = f"no answer within {self._seconds:g} s" if late.is_set() else type(broken).__name__
            raise self._unacknowledged(why) from broken
        finally:
            watch.cancel()
        if late.is_set():
            # Headers that the deadline cut short parse as if they were whole.
            raise self._unacknowledged(f"no answer within {self._seconds:g} s")
        if not 200 <= answer.status_code < 300:
            raise self._unacknowledged(f"it answered {answer.status_code}")

    def _cut(self, late: threading.Event) -> None:
        late.set()
        self._adapter.cut()

    def _unacknowledged(self, why: str) -> TransportError:
        return TransportError(
            f"event not acknowledged by {self._url}", why, "nothing is lost: it waits in the ledger and is sent again"
        )


def from_environment(environment: Mapping[str, str], *, file: str = "") -> Transport | None:
    """The transport that OPENLINEAGE_URL (OPENLINEAGE_ENDPOINT, OPENLINEAGE_API_KEY) names, else `file`, else none."""
    if url := environment.get("OPENLINEAGE_URL", "").strip():
        return HttpTransport(
            url,
            endpoint=environment.get("OPENLINEAGE_ENDPOINT", "").strip() or "api/v1/lineage",
            api_key=environment.get("OPENLINEAGE_API_KEY", "").strip(),
        )
    return FileTransport(Path(file)) if file else None
