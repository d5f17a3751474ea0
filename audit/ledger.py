"""Ledger: the append-only record of what happened, as a port.

An entry is kept as canonical JSON that includes its index; those bytes are the leaves of an RFC 9162 tree, whose root
every group of appends signs anew.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

import orjson

from audit.canonical import canonical
from audit.errors import AlreadyLogged, InDoubt, LedgerError

__all__ = [
    "AlreadyLogged",
    "Entry",
    "InDoubt",
    "Inspected",
    "Kind",
    "Ledger",
    "LedgerError",
    "LedgerReader",
    "Logged",
    "Proof",
    "Row",
]

FORMAT = 1
"""Version of the entries' shape, in every entry as `v`."""


class Kind(StrEnum):
    """What an entry speaks of."""

    DECIDED = "decided"
    COMMITTED = "committed"
    ABANDONED = "abandoned"
    LINEAGE = "lineage"
    SHIPPED = "shipped"
    REVIEW = "review"
    MODELS = "models"
    DELIVERY = "delivery"
    SHAPE = "shape"
    FOREIGN = "foreign"
    VACUUMED = "vacuumed"
    PINNED = "pinned"
    CONTRACT = "contract"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened.

    `subject` is what it happened to (a table, a run, a file). `at` is aware. `once` is a key that the ledger holds at
    most once, ever: a retry that repeats it is recognised. The body is plain JSON without fractions.
    """

    kind: Kind
    subject: str
    body: Mapping[str, Any]
    at: datetime
    trace_id: str = ""
    once: str | None = None


@dataclass(frozen=True, slots=True)
class Logged:
    """An entry in the ledger: its index from 0, and its leaf hash (32 bytes)."""

    index: int
    leaf: bytes
    entry: Entry


@dataclass(frozen=True, slots=True)
class Proof:
    """What the ledger's latest signed checkpoint proves.

    `note` is the checkpoint. `inclusion` holds the audit path of each asked index, `consistency` the path from the
    asked earlier size; see audit.merkle for both checks.
    """

    note: str
    size: int
    root: bytes
    inclusion: Mapping[int, tuple[bytes, ...]] = field(default_factory=dict)
    consistency: tuple[bytes, ...] = ()


class LedgerReader(Protocol):
    """Read and prove: what most need of a ledger."""

    def read(
        self,
        start: int = 0,
        stop: int | None = None,
        *,
        kind: Kind | tuple[Kind, ...] | None = None,
        subject: str | None = None,
    ) -> Iterator[Logged]:
        """The entries from `start` up to `stop` (at most the size at the time of the call), in order."""
        ...

    def prove(self, *indices: int, since: int = 0) -> Proof:
        """The latest checkpoint, with inclusion paths for these indices and the consistency path from size `since`."""
        ...


class Ledger(LedgerReader, Protocol):
    """Append, read, prove."""

    def append(self, *entries: Entry) -> tuple[Logged, ...]:
        """Appends all entries or none, durable on return, under one signed checkpoint.

        Raises AlreadyLogged for a known `once` key, InDoubt if storage failed and did not answer again, LedgerError
        where nothing was appended.
        """
        ...


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as storage holds it, unbelieved: index columns, canonical bytes, leaf hash and completed nodes."""

    index: int
    kind: str
    subject: str
    once: str | None
    data: bytes
    hashes: bytes


class Inspected(LedgerReader, Protocol):
    """A ledger whose storage can be looked at, for verification."""

    def rows(self) -> Iterator[Row]:
        """Every stored entry in order, unbelieved; raises LedgerError where storage cannot be read."""
        ...

    def notes(self) -> tuple[str, ...]:
        """Every kept checkpoint, the latest last, unbelieved."""
        ...

    def faults(self) -> tuple[str, ...]:
        """What storage itself finds wrong with its files, in its own words."""
        ...


def framed(entry: Entry) -> tuple[bytes, bytes]:
    """An entry's canonical bytes before and after its index, so that all but the index is done outside any lock.

    Raises LedgerError for a time without zone, an unknown kind, or a body that has no canonical form.
    """
    if entry.at.utcoffset() is None:
        raise LedgerError(f"the time of a {entry.kind} entry has no zone; take it from a Clock")
    if not isinstance(entry.kind, Kind):
        raise LedgerError(f"{entry.kind!r} is no kind of entry; take one of audit.ledger.Kind")
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")[:-6]
    head = b'{"at":"%bZ","body":%b,"index":' % (at.encode(), canonical(dict(entry.body)))
    tail = canonical(
        {
            "kind": entry.kind.value,
            "once": entry.once,
            "subject": entry.subject,
            "trace_id": entry.trace_id,
            "v": FORMAT,
        }
    )
    return head, b"," + tail[1:]


def entry_bytes(index: int, entry: Entry) -> bytes:
    """The canonical bytes of an entry at an index: what is hashed."""
    head, tail = framed(entry)
    return head + str(index).encode() + tail


def parsed(data: bytes) -> tuple[int, Entry]:
    """Index and entry of canonical bytes; raises LedgerError where they are none."""
    try:
        told = orjson.loads(data)
        at = datetime.fromisoformat(told["at"])
        entry = Entry(Kind(told["kind"]), told["subject"], told["body"], at, told["trace_id"], told["once"])
        return told["index"], entry
    except (ValueError, KeyError, TypeError) as error:
        raise LedgerError(f"an entry cannot be read ({error}); run `aios audit verify` to see where and why") from error
