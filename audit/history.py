"""History: a table's versions straight from its `_delta_log`, read as the public format it is (Delta protocol).

Only JSON commits are read: the ledger's tables keep their whole log. A checkpoint cannot stand in for a commit that is
missing, for its bytes are what the ledger knows the version by; such a gap is named.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import orjson

LOG = "_delta_log"
_COMMIT = re.compile(r"\d{20}\.json")


@dataclass(frozen=True)
class LogFile:
    """A file that a version adds: path relative to the table's folder (decoded), size in bytes, Delta's statistics."""

    path: str
    size: int
    stats: str = ""


@dataclass(frozen=True)
class LogVersion:
    """One commit of a table's log. `sha256` is over the log file's bytes, hex; `torn` says why it cannot be read.

    A torn version has no actions; an empty `torn` means that the commit is whole. `txns` are application transactions
    by id, `info` the commitInfo with its custom metadata.
    """

    version: int
    sha256: str
    torn: str = ""
    adds: Mapping[str, LogFile] = field(default_factory=dict)
    removes: tuple[str, ...] = ()
    txns: Mapping[str, int] = field(default_factory=dict)
    metadata: Mapping[str, Any] | None = None
    protocol: Mapping[str, Any] | None = None
    info: Mapping[str, Any] = field(default_factory=dict)

    def carries(self, permit: str) -> bool:
        """Whether this commit names the permit, as application transaction or in its custom metadata."""
        return permit in self.txns or permit in self.info.values()


@dataclass(frozen=True)
class History:
    """The versions that a log holds, and the numbers below the latest for which it has no file."""

    versions: Mapping[int, LogVersion]
    missing: tuple[int, ...]

    @property
    def latest(self) -> int:
        """The highest version; -1 where there is none."""
        return max(self.versions, default=-1)


def read_history(table: Path, start: int = 0) -> History:
    """Every version from `start` on of the table in this folder; what is no commit (`.tmp`) does not count."""
    found = {version: read_version(table, version) for version in sorted(log_versions(table)) if version >= start}
    present = {version: told for version, told in found.items() if told is not None}
    return History(present, tuple(sorted(set(range(start, max(present, default=start))) - set(present))))


def read_version(table: Path, version: int) -> LogVersion | None:
    """One version of the table in this folder; None where its log has no such file."""
    try:
        data = (table / LOG / f"{version:020d}.json").read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        return LogVersion(version, "", torn=f"the file cannot be read ({error.strerror})")
    return parse_commit(version, data)


def log_versions(table: Path) -> Iterator[int]:
    """The version numbers that the table's log has files for, in no order."""
    log = table / LOG
    if log.is_dir():
        yield from (int(entry.name[:20]) for entry in log.iterdir() if _COMMIT.fullmatch(entry.name))


def parse_commit(version: int, data: bytes) -> LogVersion:
    """One commit from its log file's bytes; never raises, a torn file is told by `torn`."""
    digest = hashlib.sha256(data).hexdigest()
    if not data.strip(b"\0"):
        return LogVersion(version, digest, torn=f"it holds {len(data)} zero bytes" if data else "it is empty")
    try:
        lines = [line for line in data.split(b"\n") if line.strip()]
        return _told(version, digest, [_action(line) for line in lines])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return LogVersion(version, digest, torn=f"it is no Delta commit ({error})")


def _action(line: bytes) -> Mapping[str, Any]:
    action = orjson.loads(line)
    if not isinstance(action, dict):
        raise TypeError("a line is no action")
    return action


def _told(version: int, digest: str, actions: list[Mapping[str, Any]]) -> LogVersion:
    """Sorts the actions; kinds that are not listed here are passed over, as the protocol asks."""
    adds, removes, txns = dict[str, LogFile](), list[str](), dict[str, int]()
    single: dict[str, Mapping[str, Any]] = {}
    for action in actions:
        for kind, told in action.items():
            match kind:
                case "add":
                    path = unquote(told["path"])
                    adds[path] = LogFile(path, told["size"], told.get("stats") or "")
                case "remove":
                    removes.append(unquote(told["path"]))
                case "txn":
                    txns[told["appId"]] = told["version"]
                case "metaData" | "protocol" | "commitInfo":
                    single[kind] = dict(told.items())
    if not (adds or removes or txns or single):
        raise ValueError("no action that Delta knows")
    info = single.get("commitInfo", {})
    return LogVersion(
        version, digest, "", adds, tuple(removes), txns, single.get("metaData"), single.get("protocol"), info
    )
