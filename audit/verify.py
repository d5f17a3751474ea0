"""Verify: the walk over ledger, logs and files that says whether the lake is what the ledger says it is."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from audit.chain import Chain, Progress, continued, covered, signed, storage
from audit.checkpoint import Verifier
from audit.fold import Fold
from audit.history import LOG, History, LogVersion, read_history
from audit.ledger import Inspected
from audit.problem import RECONCILE, Problem
from audit.table import TableState, Version
from policies.permit import DraftFile

__all__ = ["Problem", "Progress", "Verification", "verify"]

_HASHERS = 2


@dataclass(frozen=True)
class Verification:
    """What a walk found. `root` is hex over the stored entries; `files` and `versions` count what was looked at."""

    size: int
    root: str
    files: int
    versions: int
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """True if nothing was found."""
        return not self.problems


def _silent(what: str, done: int, of: int) -> None:
    """Shows no progress."""


def verify(
    ledger: Inspected,
    lake: Path,
    verifier: Verifier,
    *,
    kept: Iterable[str] = (),
    progress: Progress = _silent,
) -> Verification:
    """Walks ledger and lake and names whatever does not hold.

    `kept` are checkpoints that were kept elsewhere: against them a shorter or another history is noticed. What is being
    written meanwhile may be named too: as in doubt, or as past the gate.

    1. Storage: what the ledger's own storage says of its files.
    2. Chain: every entry's index, hash, nodes, key and index columns follow from its canonical bytes.
    3. Checkpoints: the last is signed and covers exactly these entries, each earlier one those it covered.
    4. Kept checkpoints: this ledger continues them.
    5. Story: every commit has one admitted decision that names that write; every permit was used once and has an end.
    6. Logs: every version of every governed table is committed, or named as foreign and repaired; none is missing.
    7. Files: every file of every version that was not vacuumed is there, with its size and SHA-256.
    8. Strangers: no table lies in the lake that the ledger does not know.
    """
    notes, problems = storage(ledger)  # 1
    checkpoints, unsigned = signed(notes, verifier, "checkpoint")
    elsewhere, unknown = signed(kept, verifier, "kept checkpoint")
    chain = Chain(told.size for told in [*checkpoints, *elsewhere])
    problems += chain.walk(ledger, progress)  # 2
    problems += [*unsigned, *covered(checkpoints, chain)]  # 3
    problems += [*unknown, *continued(elsewhere, chain, "kept checkpoint")]  # 4
    problems += _story(chain.fold)  # 5
    logs = _Logs(lake, chain.fold, progress)
    problems += logs.walk()  # 6
    files = _referenced(chain.fold, logs.tables)
    problems += _files(lake, files, progress)  # 7
    problems += _strangers(lake, chain.fold)  # 8
    return Verification(chain.size, chain.root.hex(), len(files), logs.versions, tuple(problems))


def _story(fold: Fold) -> Iterator[Problem]:
    """Entries that contradict others, and writes whose story has no end."""
    for fault in fold.faults:
        yield Problem("story", f"entry {fault.index}, {fault.table}", fault.why)
    for doubt in fold.in_doubt:
        write = doubt.planned.write
        what = f"permit {doubt.permit} was given by entry {doubt.decided} and is neither committed nor abandoned"
        yield Problem("in doubt", f"{write.table} after version {write.parent}", what, RECONCILE)


class _Logs:
    """The logs of all governed tables, held against the ledger."""

    def __init__(self, lake: Path, fold: Fold, progress: Progress) -> None:
        self._lake, self._fold, self._progress = lake, fold, progress
        self.versions = 0
        self.tables = tuple(name for name in fold.names if _inside(name))

    def walk(self) -> Iterator[Problem]:
        """The problems of every table's log."""
        for name in sorted(set(self._fold.names) - set(self.tables)):
            yield Problem("table", name, "its name leads out of the lake, so nothing of it is looked at")
        members = {name: dict[int, frozenset[str]]() for name in self.tables}
        for name, version, files in self._fold.versions():
            if name in members:
                members[name][version.version] = frozenset(files)
        for number, state in enumerate(filter(None, map(self._fold.state, self.tables)), 1):
            history = read_history(self._lake / state.table)
            self.versions += len(history.versions)
            yield from self._table(state, history, members[state.table])
            self._progress("logs", number, len(self.tables))

    def _table(self, state: TableState, history: History, members: Mapping[int, frozenset[str]]) -> Iterator[Problem]:
        if state.history and not history.versions:
            yield Problem("table", state.table, f"its log is gone, with {len(state.history)} committed versions")
            return
        for version in sorted({*history.missing, *state.history} - set(history.versions)):
            yield Problem("version", f"{state.table} version {version}", "its log file is missing")
        base: frozenset[str] | None = frozenset()
        for number in range(history.latest + 1):
            log, committed = history.versions.get(number), state.history.get(number)
            base = _replayed(base, log)
            if log is not None:
                yield from _version(state, log, committed, base, members.get(number))
            if committed is not None:
                base = members[number]


def _replayed(base: frozenset[str] | None, log: LogVersion | None) -> frozenset[str] | None:
    """The files after a version, from those before it; None where one of the two is not known."""
    if base is None or log is None or log.torn:
        return None
    return base - set(log.removes) | set(log.adds)


def _version(
    state: TableState,
    log: LogVersion,
    committed: Version | None,
    replayed: frozenset[str] | None,
    members: frozenset[str] | None,
) -> Iterator[Problem]:
    """One version of a log against the ledger; `replayed` are the files that the log makes of its parent."""
    where = f"{state.table} version {log.version}"
    if committed is None:
        yield from _uncommitted(state, log, where)
        return
    if log.sha256 != committed.log_sha256:
        yield Problem("version", where, "its log file is not the one that was committed")
    if log.torn:
        yield Problem("version", where, f"its log file is torn: {log.torn}")
        return
    write = committed.planned.write
    if {(file.path, file.size) for file in log.adds.values()} != {(file.path, file.size) for file in write.adds}:
        yield Problem("version", where, "it adds other files than its permit allows")
    if not write.overwrite and set(log.removes) != set(write.removes):
        yield Problem("version", where, "it removes other files than its permit allows")
    if replayed is not None and replayed != members:
        yield Problem("version", where, "the table's files after it are not those that the ledger tells")


def _uncommitted(state: TableState, log: LogVersion, where: str) -> Iterator[Problem]:
    """A version that no entry committed: in doubt (named elsewhere), foreign and repaired, or a problem."""
    foreign = state.foreign.get(log.version)
    if foreign is not None:
        repairs = {version.permit for version in state.history.values() if version.version > log.version}
        if foreign.log_sha256 != log.sha256:
            yield Problem("foreign", where, "the log file of this foreign version was changed since it was named")
        elif foreign.repaired_by not in repairs:
            yield Problem(
                "foreign", where, "it was written past the gate, is named in the ledger, and not repaired", _REPAIR
            )
    elif log.torn:
        yield Problem("version", where, f"its log file is torn: {log.torn}", RECONCILE)
    elif not any(log.carries(doubt.permit) for doubt in state.in_doubt):
        yield Problem("foreign", where, "it was written past the gate: no entry of the ledger committed it", _REPAIR)


def _referenced(fold: Fold, tables: Iterable[str]) -> dict[tuple[str, str], DraftFile]:
    """The files that committed versions name, by table and path, without those that only vacuumed versions need."""
    known, needed = frozenset(tables), dict[tuple[str, str], DraftFile]()
    for name, version, files in fold.versions():
        if name in known and not version.lost:
            needed.update(((name, path), file) for path, file in files.items())
    return needed


def _files(lake: Path, files: Mapping[tuple[str, str], DraftFile], progress: Progress) -> Iterator[Problem]:
    """Hashes every file, on two threads: hashing leaves the interpreter's lock alone."""
    with ThreadPoolExecutor(_HASHERS, "verify") as pool:
        looks = pool.map(lambda item: _file_fault(lake / item[0][0], item[1]), files.items())
        for number, ((table, path), fault) in enumerate(zip(files, looks, strict=True), 1):
            if fault:
                yield Problem("file", f"{table}/{path}", fault)
            progress("files", number, len(files))


def _file_fault(folder: Path, file: DraftFile) -> str:
    """What is wrong with one file; empty if nothing is."""
    if not _inside(file.path):
        return "its path leads out of the table's folder, so it is not looked at"
    try:
        with (folder / file.path).open("rb") as data:
            size = os.fstat(data.fileno()).st_size
            if size != file.size:
                return f"it has {size} bytes and was committed with {file.size}"
            if hashlib.file_digest(data, "sha256").hexdigest() != file.sha256:
                return "its bytes are not those that were committed"
    except FileNotFoundError:
        return "it is missing"
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
    return ""


def _strangers(lake: Path, fold: Fold) -> Iterator[Problem]:
    """Folders with a Delta log that no entry of the ledger speaks of."""
    known = frozenset(fold.names)
    for folder, folders, _ in os.walk(lake):
        name = Path(folder).relative_to(lake).as_posix()
        if LOG in folders and name not in known:
            yield Problem("table", name, "the ledger knows no such table, so nobody reads it", _STRANGER)
        folders[:] = [inner for inner in folders if not inner.startswith("_")]


def _inside(name: str) -> bool:
    """Whether a relative path stays below the folder that it is joined to."""
    parts = PurePosixPath(name)
    return bool(name) and "\0" not in name and not parts.is_absolute() and ".." not in parts.parts


_REPAIR = "run `aios repair TABLE`, which names it in the ledger and puts the last committed version back on top"
_STRANGER = "move it out of the lake, or feed its rows through a stage"
