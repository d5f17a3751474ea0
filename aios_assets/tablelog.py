"""Table log: the Delta log of one table's folder on this disk: which writes it holds, and that they outlive a power cut."""

import os
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from aios_assets.disk import copy_file, sha256_of, sync_file, sync_folder
from audit.history import LOG, log_versions, read_version
from policies.permit import Write


@dataclass(frozen=True)
class TableLog:
    """The log of the table in this folder. What changes it wants the table's lock held."""

    folder: Path

    def file(self, version: int) -> Path:
        """The log entry of a version."""
        return self.folder / LOG / f"{version:020d}.json"

    def sha256(self, version: int) -> str:
        """Digest of a version's log entry, hex."""
        return sha256_of(self.file(version))

    @property
    def top(self) -> int:
        """The highest version, -1 where there is none; 0.4 µs a log entry."""
        try:
            names = os.listdir(self.folder / LOG)
        except FileNotFoundError:
            return -1
        whole = (name for name in names if len(name) == 25 and name.endswith(".json") and name[:20].isdecimal())
        return int(max(whole, default="-1.json")[:-5])

    def above(self, version: int) -> list[int]:
        """The versions above this one, in order."""
        return sorted(number for number in log_versions(self.folder) if number > version)

    def holds(self, permit: str, write: Write) -> bool:
        """Whether the log holds this write, as it was decided; a permit's id on other actions proves nothing."""
        version = read_version(self.folder, write.parent + 1)
        if version is None or version.torn or not version.carries(permit):
            return False
        added = {(file.path, file.size) for file in version.adds.values()}
        removed = write.overwrite or set(version.removes) == set(write.removes)
        return removed and added == {(file.path, file.size) for file in write.adds}

    def clear_torn(self, committed: Container[int]) -> None:
        """Takes away a log entry of which a power cut kept the name and lost the bytes, unless it was committed.

        It was never acknowledged, and delta-rs would read it as old data, or not open the table at all. Nobody is
        writing it now: the lock is held, and foreign writers link whole files.
        """
        while (top := self.top) >= 0:
            version = read_version(self.folder, top)
            if version is None or not (version.torn and version.sha256) or top in committed:
                return
            self.file(top).unlink()
            sync_folder(self.folder / LOG)

    def sync(self, version: int) -> None:
        """Makes the bytes of a version's log entry durable."""
        sync_file(self.file(version))

    def sync_names(self) -> None:
        """Makes the names of the log's entries durable, and the log's own."""
        sync_folder(self.folder / LOG)
        sync_folder(self.folder)

    def rewrite(self, version: int) -> None:
        """Puts a durable copy in the place of a log entry of which nobody knows whether its sync failed.

        The kernel forgets bytes that it could not write, and a second fsync then says that all is well.
        """
        copy, log = self.folder / "_log_copy", self.file(version)
        copy.unlink(missing_ok=True)
        copy_file(log, copy)
        copy.replace(log)
