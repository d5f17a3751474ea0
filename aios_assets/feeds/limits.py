"""Limits: how much a delivery may ask of this machine, each by name."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from aios_assets.feeds.errors import FeedError, LimitError

KIB, MIB, GIB = 1024, 1024**2, 1024**3


@dataclass(frozen=True)
class Limits:
    """Settings that bound size, expansion, depth, columns, cells and time; the name of each stands in its error.

    Bytes unless said otherwise. `expansion` is the ratio of decompressed to compressed bytes, asked only beyond 64 MiB;
    `document_bytes` bounds what can only be opened as a whole: a workbook, and a record batch of Arrow.
    `settle_seconds` is how long a file must have been at rest before it is read.
    """

    file_bytes: int = 64 * GIB
    decompressed_bytes: int = 256 * GIB
    expansion: int = 200
    columns: int = 4_096
    cell_bytes: int = MIB
    record_bytes: int = 16 * MIB
    document_bytes: int = 512 * MIB
    depth: int = 64
    records: int = 1_000_000_000
    entries: int = 1_000
    seconds: float = 3_600.0
    settle_seconds: float = 1.0
    block_bytes: int = 4 * MIB

    @classmethod
    def of(cls, told: Mapping[str, float]) -> "Limits":
        """The defaults with what `[feeds.limits]` in aios.toml says instead. Raises FeedError for what is no limit."""
        kinds = {name: type(value) for name, value in asdict(cls()).items()}
        if unknown := sorted(set(told) - set(kinds)):
            do = f"correct [feeds.limits] in aios.toml; there are {', '.join(kinds)}"
            raise FeedError("a limit that there is not", why=", ".join(unknown), do=do)
        if bad := sorted(name for name, value in told.items() if isinstance(value, bool) or value < 0):
            do = "give a number that is not below zero"
            raise FeedError("a limit that is no amount", why=", ".join(bad), do=do)
        return cls(**{name: kinds[name](value) for name, value in told.items()})


@dataclass(frozen=True)
class Watch:
    """A stopwatch over one reading that raises when the limit `seconds` is over."""

    limits: Limits
    path: Path
    since: float = field(default_factory=time.monotonic)

    def check(self) -> None:
        """Raises LimitError when reading has taken too long."""
        taken = time.monotonic() - self.since
        if taken > self.limits.seconds:
            raise LimitError("seconds", self.limits.seconds, f"{taken:,.0f} s", path=self.path)
