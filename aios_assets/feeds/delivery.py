"""Delivery: one file that a supplier sent, and everything that is known of it before it is read."""

import hashlib
import re
import time
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from aios_assets.feeds.detect import SAMPLE, detect, magic
from aios_assets.feeds.errors import FeedError, LimitError, StillWrittenError
from aios_assets.feeds.format import Compression, Format, Kind
from aios_assets.feeds.limits import MIB, Limits
from aios_assets.feeds.streams import compression_of, members, opened

if TYPE_CHECKING:
    from aios_assets.feeds.mapping import Mapping

PARTIAL = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".swp", ".lock", ".writing")
_RUNNING = re.compile(r"(?:^|[-_. ]+)\d[\dT:._ -]*$")
_ENDINGS = (
    ".gz",
    ".zst",
    ".zip",
    ".csv",
    ".tsv",
    ".txt",
    ".jsonl",
    ".ndjson",
    ".json",
    ".xml",
    ".xlsx",
    ".parquet",
    ".arrow",
)


CONTENT_TYPES = "[Content_Types].xml"
"""An entry of every XLSX file, which is a zip archive too (ECMA-376, part 2)."""

UNTOLD = Format(Kind.CSV, encoding="")
"""What is known of a file's format where no mapping says anything: nothing."""


@dataclass(frozen=True)
class Delivery:
    """A file at rest: path, digest and size of the bytes as delivered, how to read it, and who sent it.

    `member` is the entry of a zip archive that this delivery is. The same `sha256` and `member` are the same delivery
    under any name.
    """

    path: Path
    sha256: str
    size: int
    format: Format
    supplier: str
    member: str = ""
    mapping: "Mapping | None" = None
    limits: Limits = field(default_factory=Limits)
    modified: int = 0

    @property
    def name(self) -> str:
        """What receipts call the file."""
        return f"{self.path.name}!{self.member}" if self.member else self.path.name

    def unchanged(self) -> None:
        """Raises StillWrittenError where the file is no longer what was looked at."""
        now = self.path.stat()
        if (now.st_size, now.st_mtime_ns) != (self.size, self.modified):
            raise _moving(self.path, "it changed while it was read")


def settled(path: Path, limits: Limits) -> None:
    """Waits until a file has been at rest; raises StillWrittenError where it is not.

    The rule: a name that programs give to unfinished files is never read; a file changed less than `settle_seconds` ago
    is looked at again after that time and must have kept size and time of change; and after the last record it must
    still be the same, or the whole delivery is refused.
    """
    name = path.name.lower()
    if name.endswith(PARTIAL) or name.startswith((".", "~$")):
        raise _moving(path, "its name is that of an unfinished file")
    before = path.stat()
    age = time.time() - before.st_mtime
    if age < limits.settle_seconds:
        time.sleep(min(limits.settle_seconds, limits.settle_seconds - age))
        after = path.stat()
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise _moving(path, f"it changed within settle_seconds = {limits.settle_seconds:g}")


def open_delivery(
    path: str | Path,
    *,
    supplier: str | None = None,
    mapping: "Mapping | None" = None,
    limits: Limits | None = None,
    member: str = "",
    known: Collection[str] = (),
) -> Delivery:
    """Looks at one file: digest, compression, format. Raises FeedError.

    The supplier is the argument, else the mapping's, else the file's name up to the first dot. An archive with one data
    file in it is that file; of several it takes `member`, or what a path `FILE.zip!ENTRY` names. `known` are columns of an
    earlier delivery: that one of them is missing is no mistake of the mapping but drift, and the gate's business.
    """
    path, limits = Path(path), limits or Limits()
    if not member and ".zip!" in str(path) and not path.exists():
        archive, member = str(path).split("!", maxsplit=1)
        path = Path(archive)
    try:
        if not path.is_file():
            raise FeedError("no such file", why="nothing that can be read is there", do="check the path", path=path)
        settled(path, limits)
        status = path.stat()
        if status.st_size > limits.file_bytes:
            raise LimitError("file_bytes", limits.file_bytes, f"{status.st_size:,} bytes", path=path)
        if not status.st_size:
            raise FeedError("the file is empty", why="it has no bytes", do="ask for it again", path=path)
        digest = _digest(path)
    except OSError as error:
        raise FeedError("not readable", why=str(error), do="check path and permissions", path=path) from error
    fixed = mapping.format() if mapping else UNTOLD
    form, member = _found(path, digest, limits, fixed, member)
    if mapping and form.columns:
        mapping.check((*form.columns, *known), path)
    named = supplier or (mapping.supplier.name if mapping else "") or supplier_of(path, member)
    return Delivery(path, digest, status.st_size, form, named, member, mapping, limits, status.st_mtime_ns)


def read_as(
    delivery: Delivery, mapping: "Mapping", supplier: str | None = None, *, known: Collection[str] = ()
) -> Delivery:
    """A delivery that was opened without a mapping, as the mapping reads it. Raises FeedError, as `open_delivery` does.

    Its bytes are looked at again only where the mapping says something of them.
    """
    form, member, fixed = delivery.format, delivery.member, mapping.format()
    if fixed != UNTOLD:
        form, member = _found(delivery.path, delivery.sha256, delivery.limits, fixed, member)
    if form.columns:
        mapping.check((*form.columns, *known), delivery.path)
    named = supplier or mapping.supplier.name or delivery.supplier
    return replace(delivery, format=form, member=member, supplier=named, mapping=mapping)


def open_deliveries(
    path: str | Path, *, supplier: str | None = None, mapping: "Mapping | None" = None, limits: Limits | None = None
) -> list[Delivery]:
    """The deliveries in one file: one, but for an archive with several data files. Raises FeedError."""
    path, limits = Path(path), limits or Limits()
    inside = entries(path, limits)
    return [open_delivery(path, supplier=supplier, mapping=mapping, limits=limits, member=name) for name in inside]


def entries(path: Path, limits: Limits) -> list[str]:
    """The entries of an archive that are deliveries of their own; `[""]` for a file that is one. Raises FeedError."""
    try:
        with path.open("rb") as file:
            zipped = compression_of(file.read(8)) is Compression.ZIP
    except OSError as error:
        raise FeedError("not readable", why=str(error), do="check path and permissions", path=path) from error
    names = _data(members(path, limits)) if zipped else []
    return names if len(names) > 1 and CONTENT_TYPES not in names else [""]


def supplier_of(path: Path, member: str = "") -> str:
    """The supplier that a file's name stands for: `walmart.csv.gz` is walmart, `acme_2024-05-01.csv` is acme.

    Dates and running numbers at the end are the delivery's, not the supplier's; where nothing else is in the name, its
    folder's name is taken.
    """
    stem = (member or path.name).rsplit("/", 1)[-1]
    while stem.lower().endswith(_ENDINGS):
        stem = stem[: stem.rindex(".")]
    bare = _RUNNING.sub("", stem)
    return bare or path.resolve().parent.name or stem


@lru_cache(maxsize=256)
def _found(
    path: Path,
    sha256: str,  # noqa: ARG001  what is remembered is of these bytes
    limits: Limits,
    fixed: Format,
    member: str,
) -> tuple[Format, str]:
    """Format and archive entry of a file; the same bytes are looked at once a process, whoever asks. Raises FeedError."""
    try:
        with path.open("rb") as file:
            packed = file.read(8)
    except OSError as error:
        raise FeedError("not readable", why=str(error), do="check path and permissions", path=path) from error
    return _format(path, compression_of(packed), limits, fixed, member)


def _format(path: Path, compression: Compression, limits: Limits, fixed: Format, member: str) -> tuple[Format, str]:
    if compression is Compression.ZIP:
        names = members(path, limits)
        if CONTENT_TYPES in names:
            return replace(fixed, kind=Kind.XLSX, encoding="utf-8"), ""
        member = member or _only(path, _data(names))
    with opened(path, compression, limits, member) as stream:
        head = stream.read(SAMPLE)
        if compression is not Compression.NONE and compression_of(head[:8]) is not Compression.NONE:
            raise FeedError("an archive in an archive", why="only one is opened", do="send the inner one", path=path)
        if not head:
            raise FeedError("the file is empty", why="it has no bytes", do="ask for it again", path=path)
        binary = magic(head, path)
        if binary is None:
            whole = len(head) < SAMPLE
            return detect(head, path, limits, whole=whole, compression=compression, fixed=fixed), member
        if compression is not Compression.NONE:
            why = f"{binary} is compressed by itself and read at many places"
            raise FeedError(f"{binary} inside {compression}", why=why, do="send it as it is", path=path)
        return replace(fixed, kind=binary, encoding="utf-8"), member


def _data(names: list[str]) -> list[str]:
    """The entries that are data: of those with a data file's ending, if there are any, all; pictures and notes lie beside."""
    if CONTENT_TYPES in names:
        return names
    return [name for name in names if name.lower().endswith(_ENDINGS)] or names


def _only(path: Path, names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    found = f"it holds {len(names)} data files" if names else "it holds no data file"
    do = f"name one: {', '.join(f'{path.name}!{name}' for name in names[:5])}" if names else "ask for it again"
    raise FeedError("which file of the archive", why=found, do=do, path=path)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(MIB):
            digest.update(part)
    return digest.hexdigest()


def _moving(path: Path, why: str) -> StillWrittenError:
    return StillWrittenError(
        "still being written", why=why, do="let it be finished under another name, then move it", path=path
    )
