"""Places: where deliveries lie (a file, a folder, a glob, https://, s3://), brought to local files before anything is read.

An address comes from a configuration that a supplier may have had a hand in, so it is not trusted: only https, only
public addresses, looked up once and connected to as looked up, every redirect judged anew. Hosts in `allowed` are the
operator's own and may be private and plain http.
"""

import contextlib
import glob
import hashlib
import http.client
import ipaddress
import os
import re
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urljoin, urlsplit

import pyarrow as pa
from pyarrow import fs

from aios_assets.feeds.delivery import PARTIAL
from aios_assets.feeds.errors import FeedError, LimitError
from aios_assets.feeds.limits import MIB, Limits

REDIRECTS, TIMEOUT = 5, 30.0
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True)
class Places:
    """Brings addresses to local files; remote ones are spooled into `spool`, a folder for each address."""

    spool: Path
    limits: Limits = field(default_factory=Limits)
    allowed: frozenset[str] = frozenset()

    def files(self, address: str) -> list[Path]:
        """The files at an address, in the order of their names. Raises FeedError where there is none."""
        if re.match(r"(?i)^https?://", address):
            return [self._download(address)]
        if address.startswith("s3://"):
            return self._bucket(address)
        if re.match(r"(?i)^[a-z][a-z0-9+.-]*://", address):
            do = "give a path, a folder, a glob, https:// or s3://"
            raise FeedError("no such kind of address", why=address.split("://", maxsplit=1)[0], do=do, path=None)
        path = Path(address)
        found = (
            path.iterdir()
            if path.is_dir()
            else [path]
            if path.is_file()
            else map(Path, glob.glob(address, recursive=True))
        )
        files = sorted(each for each in found if each.is_file() and not _hidden(each.name))
        if not files:
            raise FeedError("nothing to read", why="no file is there", do="check the path", path=address)
        return files

    def _download(self, address: str) -> Path:
        until = time.monotonic() + self.limits.seconds
        for _ in range(REDIRECTS + 1):
            parts = self._checked(address)
            with _response(parts, self._public(parts), until) as response:
                if response.status in (301, 302, 303, 307, 308):
                    address = urljoin(address, response.headers.get("Location", ""))
                    continue
                if response.status != 200:
                    why = f"the server answered {response.status}"
                    raise FeedError(
                        "not downloaded", why=why, do="check the address and its access", path=parts.hostname
                    )
                return self._spooled(f"{parts.hostname}{parts.path}", response, until)
        raise FeedError(
            "not downloaded", why=f"more than {REDIRECTS} redirects", do="give the final address", path=None
        )

    def _checked(self, address: str) -> SplitResult:
        """The address in parts; raises FeedError unless it is plain https (or http to an allowed host)."""
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError as error:
            raise FeedError("a broken address", why=str(error), do="correct it", path=None) from error
        host = (parts.hostname or "").lower()
        why = ""
        if parts.scheme != "https" and not (parts.scheme == "http" and host in self.allowed):
            why = f"it is {parts.scheme or 'no'} and not https"
        elif not host or parts.username is not None or parts.password is not None:
            why = "it has no host, or names a user"
        elif port not in (None, 443) and host not in self.allowed:
            why = f"it asks for port {port}"
        if why:
            do = "give a plain https:// address, or allow the host in aios.toml [feeds] allowed"
            raise FeedError("an address that is not asked", why=why, do=do, path=host or None)
        return parts

    def _public(self, parts: SplitResult) -> str:
        """One address of the host, after all of them were found to be public."""
        host = parts.hostname or ""
        try:
            answers = socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise FeedError("not downloaded", why=str(error), do="check the host's name", path=host) from error
        found = [str(answer[4][0]) for answer in answers]
        private = [address for address in found if not is_public(address)]
        if (private or not found) and host.lower() not in self.allowed:
            do = "give a public address, or allow the host in aios.toml [feeds] allowed"
            raise FeedError("an address that is not asked", why=f"{host} is not on the public net", do=do, path=host)
        return found[0]

    def _spooled(self, address: str, response: http.client.HTTPResponse, until: float) -> Path:
        with self._partial(address) as partial:
            size = 0
            try:
                with partial.open("wb") as file:
                    while part := response.read(MIB):
                        size += len(part)
                        if size > self.limits.file_bytes:
                            raise LimitError(
                                "file_bytes", self.limits.file_bytes, f"{size:,} bytes so far", path=address
                            )
                        if time.monotonic() > until:
                            raise LimitError("seconds", self.limits.seconds, "a slower download", path=address)
                        file.write(part)
            except (OSError, http.client.HTTPException) as error:
                why = str(error) or "it was cut off"
                raise FeedError("not downloaded", why=why, do="try again", path=address) from error
            announced = response.headers.get("Content-Length", "")
            if announced.isdigit() and int(announced) != size:
                why = f"{size:,} of {announced} bytes came"
                raise FeedError("not downloaded", why=why, do="try again", path=address)
        return partial.with_suffix("")

    @contextlib.contextmanager
    def _partial(self, address: str) -> Iterator[Path]:
        """A file to write into, in a folder of the address's own; it gets its name when it is whole, or it goes."""
        folder = self.spool / hashlib.sha256(address.encode()).hexdigest()[:12]
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f"{_name(address)}.part"
        try:
            yield partial
            partial.replace(partial.with_suffix(""))
        finally:
            partial.unlink(missing_ok=True)

    def _bucket(self, address: str) -> list[Path]:
        """Objects under a prefix; keys, region and endpoint come from the environment (AWS_…)."""
        where = address.removeprefix("s3://")
        try:
            # Arrow reads keys and region by itself, and not the endpoint: it would ask Amazon for what lies elsewhere.
            endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or None
            bucket = fs.S3FileSystem(endpoint_override=endpoint)
            info = bucket.get_file_info(where)
            found = [info] if info.type is fs.FileType.File else bucket.get_file_info(fs.FileSelector(where))
            files = [each for each in found if each.type is fs.FileType.File and not _hidden(each.base_name)]
            return [self._object(bucket, each) for each in sorted(files, key=lambda each: each.path)]
        except (OSError, pa.ArrowException) as error:
            raise FeedError("not downloaded", why=str(error)[:200], do="check bucket and keys", path=address) from error

    def _object(self, bucket: fs.FileSystem, info: fs.FileInfo) -> Path:
        if info.size > self.limits.file_bytes:
            raise LimitError("file_bytes", self.limits.file_bytes, f"{info.size:,} bytes", path=info.path)
        with (
            self._partial(f"s3://{info.path}") as partial,
            bucket.open_input_stream(info.path, compression=None) as source,
            partial.open("wb") as file,
        ):
            while part := source.read(MIB):
                file.write(part)
        return partial.with_suffix("")


def is_public(address: str) -> bool:
    """Whether an IP address is on the public net, also where it is wrapped in another (IPv4-mapped, 6to4, NAT64)."""
    try:
        known = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    if isinstance(known, ipaddress.IPv6Address):
        inner = known.ipv4_mapped or known.sixtofour
        if inner is None and known in _NAT64:
            inner = ipaddress.IPv4Address(int(known) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return known.is_global and not known.is_multicast


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was judged already, whatever the name would resolve to by now."""

    def __init__(self, parts: SplitResult, address: str) -> None:
        secure = parts.scheme == "https"
        super().__init__(parts.hostname or "", parts.port or (443 if secure else 80), timeout=TIMEOUT)
        self.address, self.context = address, ssl.create_default_context() if secure else None

    def connect(self) -> None:
        """Connects to the pinned address; the certificate is asked for the name."""
        plain = socket.create_connection((self.address, self.port), self.timeout)
        self.sock = self.context.wrap_socket(plain, server_hostname=self.host) if self.context else plain


@contextlib.contextmanager
def _response(parts: SplitResult, address: str, until: float) -> Iterator[http.client.HTTPResponse]:
    connection = _Pinned(parts, address)
    try:
        way = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", way, headers={"Accept-Encoding": "identity", "User-Agent": "aios"})
        yield connection.getresponse()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FeedError(
            "not downloaded", why=str(error) or "it was cut off", do="try again", path=parts.hostname
        ) from error
    finally:
        connection.close()
    if time.monotonic() > until:
        raise FeedError(
            "not downloaded", why="redirects took too long", do="give the final address", path=parts.hostname
        )


def _name(path: str) -> str:
    """A file name that stays in its folder."""
    plain = re.sub(r"[^\w.-]+", "_", path.rsplit("/", 1)[-1]).lstrip(".")
    return plain[-120:] or "feed"


def _hidden(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower().endswith(PARTIAL)
