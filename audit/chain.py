"""Chain: one pass over a ledger's stored entries, believing nothing, and its checkpoints held against it."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import orjson

from audit.canonical import canonical
from audit.checkpoint import Checkpoint, Verifier
from audit.errors import LedgerError, NoteError
from audit.fold import Fold
from audit.ledger import Inspected, Kind, Logged, Row, parsed
from audit.merkle import EMPTY, Frontier, leaf_hash
from audit.problem import Problem

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is, and how much there is (0: not known)."""

_FOLDED = frozenset({Kind.DECIDED, Kind.COMMITTED, Kind.ABANDONED, Kind.FOREIGN, Kind.VACUUMED})
_EVERY = 10_000


class Chain:
    """The tree over the stored entries and what they tell of tables, made anew in one pass.

    `roots` holds the root at each of the asked sizes that the pass came by whole.
    """

    def __init__(self, sizes: Iterable[int]) -> None:
        self.size = 0
        self.roots: dict[int, bytes] = {0: EMPTY}
        self.fold = Fold()
        self._sizes = frozenset(sizes)
        self._frontier = Frontier()
        self._whole = True
        self._keys: set[str] = set()

    @property
    def root(self) -> bytes:
        """The root over the stored leaf hashes as far as the pass came."""
        return self._frontier.root()

    def walk(self, ledger: Inspected, progress: Progress) -> Iterator[Problem]:
        """The problems of single entries, in order."""
        expected = 0
        try:
            for row in ledger.rows():
                if row.index != expected:
                    last = "" if row.index == expected + 1 else f" to {row.index - 1}"
                    yield Problem("entry", f"entry {expected}{last}", f"missing: the next one stored is {row.index}")
                    self._whole = False
                expected = row.index + 1
                yield from self._entry(row)
                if self.size % _EVERY == 0:
                    progress("entries", self.size, 0)
        except LedgerError as error:
            yield Problem("storage", f"entries from {expected} on", str(error))
            self._whole = False
        progress("entries", self.size, self.size)

    def _entry(self, row: Row) -> Iterator[Problem]:
        where, leaf = f"entry {row.index}", leaf_hash(row.data)
        # going on with the stored leaf names the altered entry alone, not every node above it; the root still tells
        nodes = self._frontier.append(row.hashes[:32] if len(row.hashes) >= 32 else leaf)
        self.size += 1
        if row.hashes[:32] != leaf:
            yield Problem("entry", where, "its bytes are not those that were hashed")
        elif self._whole and nodes != row.hashes:
            yield Problem("entry", where, "the hashes of the nodes that it completes are wrong")
        if self._whole and self.size in self._sizes:
            self.roots[self.size] = self.root
        yield from self._content(row, leaf)

    def _content(self, row: Row, leaf: bytes) -> Iterator[Problem]:
        """Takes an entry into the tables if it can be read."""
        where = f"entry {row.index}"
        try:
            index, entry = parsed(row.data)
        except LedgerError as error:
            yield Problem("entry", where, str(error))
            return
        if index != row.index or (entry.kind, entry.subject, entry.once) != (row.kind, row.subject, row.once):
            yield Problem("entry", where, "what it is stored under (index, kind, subject, once) is not what it says")
        if not _is_canonical(row.data):
            yield Problem("entry", where, "its bytes are not canonical JSON")
        if entry.once is not None:
            if entry.once in self._keys:
                yield Problem("entry", where, f"its key {entry.once!r} is in the ledger twice")
            self._keys.add(entry.once)
        if entry.kind in _FOLDED:
            self.fold.take(Logged(row.index, leaf, entry))


def storage(ledger: Inspected) -> tuple[list[str], list[Problem]]:
    """The kept checkpoints, and what the ledger's storage says against itself."""
    try:
        return list(ledger.notes()), [Problem("storage", "the ledger's file", said) for said in ledger.faults()]
    except LedgerError as error:
        return [], [Problem("storage", "the ledger's file", str(error))]


def signed(notes: Iterable[str], verifier: Verifier, what: str) -> tuple[list[Checkpoint], list[Problem]]:
    """The checkpoints that the key has signed, and a problem for each that it has not."""
    good, problems = list[Checkpoint](), list[Problem]()
    for number, note in enumerate(notes, 1):
        try:
            good.append(verifier.checkpoint(note))
        except NoteError as error:
            problems.append(Problem(what, f"{what} {number}", str(error)))
    return good, problems


def covered(checkpoints: Sequence[Checkpoint], chain: Chain) -> Iterator[Problem]:
    """Whether the ledger's last checkpoint covers it whole, and each earlier one what it covered then."""
    last = max((told.size for told in checkpoints), default=None)
    if last is None:
        yield Problem("checkpoint", "the last checkpoint", f"there is none over the {chain.size} entries")
    elif last < chain.size:
        yield Problem("checkpoint", f"entries from {last} on", "no checkpoint covers them")
    yield from continued(checkpoints, chain, "checkpoint")


def continued(checkpoints: Iterable[Checkpoint], chain: Chain, what: str) -> Iterator[Problem]:
    """Whether the ledger still begins with what each of these checkpoints covered."""
    for told in checkpoints:
        where = f"{what} over {told.size}"
        if told.size > chain.size:
            yield Problem(what, where, f"the ledger is shorter: it holds {chain.size} entries")
        elif (root := chain.roots.get(told.size)) is None:
            yield Problem(what, where, "it cannot be checked while entries below it are missing")
        elif root != told.root:
            yield Problem(what, where, "the entries below it are not those that it was signed over")


def _is_canonical(data: bytes) -> bool:
    try:
        return canonical(orjson.loads(data)) == data
    except LedgerError:
        return False
