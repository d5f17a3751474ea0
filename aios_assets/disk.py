"""Disk: what makes a file and a name in a folder survive a power cut (POSIX fsync; delta-rs and polars do neither)."""

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from audit.durable import make_folder, sync_folder

__all__ = ["copy_file", "locked", "make_folder", "sha256_of", "signature_of", "sync_file", "sync_folder"]


def sync_file(path: Path) -> None:
    """The file's bytes are durable on return. Raises OSError; bytes whose sync failed once are not to be trusted."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def copy_file(source: Path, target: Path) -> None:
    """Makes a new file with the bytes of another; the bytes are durable on return, the name is not."""
    with source.open("rb") as read, target.open("xb") as written:
        shutil.copyfileobj(read, written, 1 << 20)
        written.flush()
        os.fsync(written.fileno())


def sha256_of(path: Path) -> str:
    """SHA-256 of the file's bytes, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def signature_of(path: Path) -> tuple[int, ...]:
    """Size, times and inode: equal for as long as nobody writes to the file, as finely as its clock ticks."""
    told = path.stat()
    return told.st_size, told.st_mtime_ns, told.st_ctime_ns, told.st_ino


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds an advisory lock for as long as the block runs; the system releases it when a process dies."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
