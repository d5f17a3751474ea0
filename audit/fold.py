"""Fold: every governed table, from the ledger's entries in their order. Nothing else makes a version visible."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from audit.entries import Abandoned, Committed, Decided, Foreign, Planned, Promised, Vacuumed, closed
from audit.errors import LedgerError
from audit.ledger import Kind, Logged
from audit.table import Fault, InDoubt, TableState, Version
from policies.permit import DraftFile

FOLDED = (Kind.DECIDED, Kind.COMMITTED, Kind.ABANDONED, Kind.FOREIGN, Kind.VACUUMED, Kind.CONTRACT)
"""Kinds of entry that say something about tables."""

_SNAPSHOT = 64
"""Versions between two full lists of files; what lies between is told by its adds and removes."""


@dataclass
class _Table:
    """A table while it is folded."""

    files: dict[str, DraftFile] = field(default_factory=dict)
    history: dict[int, Version] = field(default_factory=dict)
    snapshots: dict[int, dict[str, DraftFile]] = field(default_factory=dict)
    foreign: dict[int, Foreign] = field(default_factory=dict)
    last: int = -1
    decided: Decided | None = None
    decided_index: int | None = None
    settled: Decided | None = None
    state: TableState | None = None


class Fold:
    """Every governed table, as far as it was told; entries are taken in the ledger's order. Not shared by threads."""

    def __init__(self) -> None:
        self._tables: dict[str, _Table] = {}
        self._decided: dict[str, tuple[int, Decided]] = {}
        self._open: dict[tuple[str, str], InDoubt] = {}
        self._faults: list[Fault] = []
        self._promised: dict[str, Promised] = {}

    def take(self, logged: Logged) -> None:
        """Takes in one entry; one that cannot be believed becomes a fault, one about no table changes nothing."""
        entry = logged.entry
        try:
            match entry.kind:
                case Kind.DECIDED:
                    self._take_decision(logged.index, Decided.parse(entry.body))
                case Kind.COMMITTED:
                    self._take_commit(logged, Committed.parse(entry.body))
                case Kind.ABANDONED:
                    self._take_abandonment(logged, Abandoned.parse(entry.body))
                case Kind.FOREIGN:
                    self._take_foreign(Foreign.parse(entry.body))
                case Kind.VACUUMED:
                    self._take_vacuum(Vacuumed.parse(entry.body))
                case Kind.CONTRACT:
                    promised = Promised.parse(entry.body)
                    self._promised[promised.contract] = promised
                case _:
                    return
        except LedgerError as error:
            self._faults.append(Fault(logged.index, entry.subject, str(error)))

    @property
    def names(self) -> tuple[str, ...]:
        """Every table that the ledger speaks of, sorted."""
        return tuple(sorted(self._tables))

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The entries that were not believed."""
        return tuple(self._faults)

    @property
    def in_doubt(self) -> tuple[InDoubt, ...]:
        """Every write whose story has no end yet, in the order of their decisions."""
        return tuple(self._open.values())

    def state(self, table: str) -> TableState | None:
        """What the table is; None where the ledger does not know it."""
        if (found := self._tables.get(table)) is None:
            return None
        if found.state is None:
            at = found.history.get(found.last)
            found.state = TableState(
                table=table,
                version=found.last,
                contract=at.planned.write.contract if at else "",
                schema=at.planned.schema if at else "",
                rows=at.rows if at else 0,
                files=MappingProxyType(dict(found.files)),
                history=MappingProxyType(dict(found.history)),
                in_doubt=tuple(doubt for (_, name), doubt in self._open.items() if name == table),
                foreign=MappingProxyType(dict(found.foreign)),
                decided=found.decided,
                decided_index=found.decided_index,
                settled=found.settled,
            )
        return found.state

    def files(self, table: str, version: int) -> Mapping[str, DraftFile]:
        """The files of a committed version, by path. Raises LedgerError where there are none to read."""
        found = self._tables.get(table)
        if found is None or version not in found.history:
            raise LedgerError(f"version {version} of {table} was never committed; read one that its history names")
        if found.history[version].lost:
            raise LedgerError(f"version {version} of {table} was vacuumed; read a later one")
        return MappingProxyType(_members(found, version))

    def decision(self, permit: str) -> tuple[int, Decided] | None:
        """The admitted decision that gave this permit, with its ledger index."""
        return self._decided.get(permit)

    def promised(self, contract: str) -> Promised | None:
        """The contract of this digest, in the words that it was published in; None where the ledger was not told."""
        return self._promised.get(contract)

    def versions(self) -> Iterator[tuple[str, Version, Mapping[str, DraftFile]]]:
        """Every committed version of every table in order, with its files; in one pass, for verification."""
        for name in self.names:
            found = self._tables[name]
            members: dict[str, DraftFile] = {}
            for version in found.history.values():
                _apply(members, version.planned)
                yield name, version, members

    def _table(self, name: str) -> _Table:
        """The table, about to change."""
        found = self._tables.setdefault(name, _Table())
        found.state = None
        return found

    def _take_decision(self, index: int, decision: Decided) -> None:
        table = self._table(decision.table)
        table.decided, table.decided_index = decision, index
        if decision.permit is None:
            return
        if decision.permit in self._decided:
            raise LedgerError(f"permit {decision.permit} was given twice")
        names = [planned.write.table for planned in decision.writes]
        if len(set(names)) < len(names):
            raise LedgerError(f"permit {decision.permit} allows two writes on one table")
        self._decided[decision.permit] = index, decision
        if not names:
            # What stands was judged again and nothing has to change: settled at once.
            table.settled = decision
        for planned in decision.writes:
            self._table(planned.write.table)
            self._open[decision.permit, planned.write.table] = InDoubt(decision.permit, index, planned, decision)

    def _close(self, logged: Logged, permit: str, table: str) -> InDoubt:
        doubt = self._open.get((permit, table))
        if doubt is None:
            known = "is closed already" if permit in self._decided else "was never given"
            raise LedgerError(f"permit {permit} {known} for table {table}")
        if logged.entry.once != closed(permit, table) or logged.entry.subject != table:
            raise LedgerError(f"the end of permit {permit} on {table} carries the wrong subject or once key")
        return doubt

    def _take_commit(self, logged: Logged, commit: Committed) -> None:
        doubt = self._close(logged, commit.permit, commit.table)
        write, table = doubt.planned.write, self._table(commit.table)
        if commit.decided != doubt.decided:
            raise LedgerError(f"the commit names decision {commit.decided}, its permit was given by {doubt.decided}")
        if commit.version != write.parent + 1 or commit.version <= table.last:
            raise LedgerError(
                f"version {commit.version} of {commit.table} does not follow its parent {write.parent} "
                f"and the committed {table.last}"
            )
        if not write.overwrite and write.parent != table.last:
            raise LedgerError(f"version {commit.version} of {commit.table} builds on {write.parent}, never committed")
        # what replaces every file may also remove those that a foreign version brought in
        if not write.overwrite and (strangers := sorted(set(write.removes) - set(table.files))):
            raise LedgerError(f"version {commit.version} of {commit.table} removes {strangers[0]}, which is no member")
        _apply(table.files, doubt.planned)
        table.last = commit.version
        table.history[commit.version] = Version(
            version=commit.version,
            permit=commit.permit,
            decided=doubt.decided,
            committed=logged.index,
            log_sha256=commit.log_sha256,
            rows=sum(file.rows for file in table.files.values()),
            planned=doubt.planned,
        )
        if len(table.history) % _SNAPSHOT == 0:
            table.snapshots[commit.version] = dict(table.files)
        del self._open[commit.permit, commit.table]
        if not any(permit == commit.permit for permit, _ in self._open):
            self._table(doubt.decision.table).settled = doubt.decision

    def _take_abandonment(self, logged: Logged, abandoned: Abandoned) -> None:
        self._close(logged, abandoned.permit, abandoned.table)
        self._table(abandoned.table)
        del self._open[abandoned.permit, abandoned.table]

    def _take_foreign(self, foreign: Foreign) -> None:
        table = self._table(foreign.table)
        if foreign.version in table.history:
            raise LedgerError(f"version {foreign.version} of {foreign.table} is called foreign and was committed")
        known = table.foreign.get(foreign.version)
        if known is not None and known.log_sha256 != foreign.log_sha256:
            raise LedgerError(f"foreign version {foreign.version} of {foreign.table} is told with two digests")
        table.foreign[foreign.version] = foreign

    def _take_vacuum(self, vacuumed: Vacuumed) -> None:
        table = self._table(vacuumed.table)
        if gone := sorted(set(vacuumed.paths) & set(table.files)):
            raise LedgerError(f"a vacuum of {vacuumed.table} claims {gone[0]}, which its latest version needs")
        for version in vacuumed.versions:
            if version in table.history:
                table.history[version] = replace(table.history[version], lost=True)


def _apply(members: dict[str, DraftFile], planned: Planned) -> None:
    """Changes the set of files as the write does."""
    if planned.write.overwrite:
        members.clear()
    for path in planned.write.removes:
        members.pop(path, None)
    for file in planned.write.adds:
        members[file.path] = file


def _members(found: _Table, version: int) -> dict[str, DraftFile]:
    """The files of a committed version, from the nearest full list or overwrite on."""
    start, members = version, dict[str, DraftFile]()
    while start >= 0 and start not in found.snapshots and not found.history[start].planned.write.overwrite:
        start = found.history[start].planned.write.parent
    if start in found.snapshots:
        members = dict(found.snapshots[start])
    elif start >= 0:
        _apply(members, found.history[start].planned)
    for step in sorted(number for number in found.history if start < number <= version):
        _apply(members, found.history[step].planned)
    return members
