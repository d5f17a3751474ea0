"""Streams: the bytes of a delivery behind its compression, within the limits."""

import gzip
import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

from aios_assets.feeds.errors import FeedError, LimitError
from aios_assets.feeds.format import Compression
from aios_assets.feeds.limits import MIB, Limits

_FREE = 64 * MIB  # below this nobody is hurt, and short texts of one letter do expand a thousandfold
_BROKEN = (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError, zipfile.BadZipFile, NotImplementedError)


class Bounded(io.RawIOBase):
    """A reader that counts what it gives and stops at the limits; damage in the container is a FeedError."""

    def __init__(self, inner: BinaryIO, path: Path, limits: Limits, packed: int | None) -> None:
        self.inner, self.path, self.limits, self.packed = inner, path, limits, packed
        self.given = 0

    def readable(self) -> bool:
        """Always: this is a reader."""
        return True

    def read(self, size: int = -1) -> bytes:
        """As many bytes as asked for, fewer only at the end; raises FeedError or LimitError."""
        parts: list[bytes] = []
        wanted = size if size >= 0 else self.limits.decompressed_bytes + 1
        try:
            while wanted > 0 and (part := self.inner.read(min(wanted, 16 * MIB))):
                parts.append(part)
                wanted -= len(part)
                self._count(len(part))
        except _BROKEN as error:
            raise FeedError(
                "a broken archive", why=str(error) or type(error).__name__, do="ask for the file again", path=self.path
            ) from error
        except RuntimeError as error:  # zipfile's word for a member that needs a password
            raise FeedError(
                "a locked archive", why=str(error), do="send it without password", path=self.path
            ) from error
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _count(self, size: int) -> None:
        self.given += size
        if self.given > self.limits.decompressed_bytes:
            raise LimitError(
                "decompressed_bytes", self.limits.decompressed_bytes, f"{self.given:,} bytes so far", path=self.path
            )
        if self.packed is not None and self.given > _FREE and self.given > self.limits.expansion * self.packed:
            found = f"{self.given:,} bytes out of {self.packed:,}"
            raise LimitError("expansion", self.limits.expansion, found, path=self.path)


@contextmanager
def opened(path: Path, compression: Compression, limits: Limits, member: str = "") -> Iterator[BinaryIO]:
    """The decompressed bytes of a file, or of one member of a zip archive; raises FeedError."""
    try:
        with path.open("rb") as file:
            if compression is Compression.NONE:
                yield cast("BinaryIO", Bounded(file, path, limits, None))
                return
            packed = path.stat().st_size
            match compression:
                case Compression.GZIP:
                    with gzip.GzipFile(fileobj=file) as inner:
                        yield cast("BinaryIO", Bounded(cast("BinaryIO", inner), path, limits, packed))
                case Compression.ZSTD:
                    with zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True) as reader:
                        yield cast("BinaryIO", Bounded(cast("BinaryIO", reader), path, limits, packed))
                case Compression.ZIP:
                    with archive(path, file) as zipped, unzipped(zipped, member, path) as inner_member:
                        packed = zipped.getinfo(member).compress_size
                        yield cast("BinaryIO", Bounded(inner_member, path, limits, packed))
    except OSError as error:
        raise FeedError("not readable", why=str(error), do="check path and permissions", path=path) from error


def archive(path: Path, file: BinaryIO) -> zipfile.ZipFile:
    """A zip archive's directory; raises FeedError."""
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError) as error:
        raise FeedError("a broken archive", why=str(error), do="ask for the file again", path=path) from error


def unzipped(zipped: zipfile.ZipFile, member: str, path: Path) -> BinaryIO:
    """One member as a stream; raises FeedError."""
    try:
        return cast("BinaryIO", zipped.open(member))
    except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise FeedError("a broken archive", why=str(error), do="send it again, unlocked", path=path) from error


def members(path: Path, limits: Limits) -> list[str]:
    """The data files in a zip archive, in its order; raises FeedError where one of them leads out of it.

    Nothing is ever unpacked to disk. What operating systems add of their own is passed over.
    """
    with path.open("rb") as file, archive(path, file) as zipped:
        entries = zipped.infolist()
        if len(entries) > limits.entries:
            raise LimitError("entries", limits.entries, f"{len(entries):,} entries", path=path)
        result = []
        for entry in entries:
            parts = entry.filename.replace("\\", "/").split("/")
            if ".." in parts or parts[0] == "" or ":" in parts[0] or stat.S_ISLNK(entry.external_attr >> 16):
                raise FeedError(
                    f"the archive's entry {entry.filename[:80]!r} leads out of it",
                    why="its path is absolute, has .. in it, or is a link",
                    do="pack the files again with plain names",
                    path=path,
                )
            if entry.is_dir() or parts[0] == "__MACOSX" or parts[-1].startswith("."):
                continue
            result.append(entry.filename)
        return result


def compression_of(head: bytes) -> Compression:
    """What the first bytes say the file is wrapped in."""
    if head.startswith(b"\x1f\x8b"):
        return Compression.GZIP
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return Compression.ZSTD
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return Compression.ZIP
    return Compression.NONE
