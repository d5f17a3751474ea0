"""Proven: what this process knows of data files: whose bytes it has hashed, and which it has made durable."""

import time
from collections.abc import Iterable
from pathlib import Path

from aios_assets.disk import sha256_of, signature_of
from policies.permit import DraftFile

SETTLED = 100_000_000
"""Nanoseconds that a file must have lain still before its times prove anything: a second write within the same tick of
the file system's clock leaves no trace in them."""


class Proven:
    """Remembers files by size, times and inode, so that each is hashed once a process, and again when it is touched."""

    def __init__(self) -> None:
        self._digests: dict[Path, tuple[tuple[int, ...], str]] = {}
        self._durable: dict[Path, tuple[int, ...]] = {}

    def holds(self, path: Path, file: DraftFile) -> bool:
        """Whether exactly the bytes of `file` stand at `path`. Raises OSError where they cannot be read."""
        if path.is_symlink() or not path.is_file():
            return False
        signature, now = signature_of(path), time.time_ns()
        if self._digests.get(path) == (signature, file.sha256):
            return signature[0] == file.size
        if signature[0] != file.size or sha256_of(path) != file.sha256 or signature_of(path) != signature:
            return False
        if signature[2] + SETTLED < now:
            self._digests[path] = signature, file.sha256
        return True

    def made_durable(self, paths: Iterable[Path]) -> None:
        """Remembers that the bytes of these files and their names are synced."""
        self._durable |= {path: signature_of(path) for path in paths}

    def is_durable(self, path: Path) -> bool:
        """Whether this process has synced the file as it stands now."""
        return self._durable.get(path) == signature_of(path)
