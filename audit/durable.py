"""Durable folders and files: what these functions made is still there after a power cut."""

import os
import secrets
from pathlib import Path


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Makes the folder and what it lies in, each entered durably in its parent before the next is made.

    Where a crash came between making and syncing, the next call syncs the parent of what it found.
    """
    if folder.is_dir():
        sync_folder(folder.parent)
        return
    make_folder(folder.parent)
    folder.mkdir(mode=mode, exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Makes the folder's entries durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_once(path: Path, data: bytes, mode: int) -> bool:
    """Makes the file with these bytes, whole and durable, unless it is there; False if it was there.

    Of several processes that try at once exactly one is answered True, and nobody ever sees half a file.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)
    except FileExistsError:
        return False
    finally:
        draft.unlink(missing_ok=True)
        sync_folder(path.parent)
    return True
