"""Names: how OpenLineage calls our lakes, tables, jobs and runs, and ids that a retry uses again."""

import re
import uuid
from dataclasses import dataclass

from lineage.errors import LineageError

FILE = "file"
"""Namespace of delivered files, as OpenLineage names local ones."""

_RUNS = uuid.UUID("6f1d5b0e-6f0c-5d0a-9a55-2f2a0f6c7a11")
"""UUIDv5 namespace of every id made here. It never changes: a changed one would make a retry a second run."""

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}")


@dataclass(frozen=True)
class Name:
    """A namespace and a name within it, as OpenLineage keeps datasets and jobs apart."""

    namespace: str
    name: str


def lake(name: str) -> str:
    """The namespace of a lake: `aios://<lake>`."""
    return f"aios://{_plain('lake', name)}"


def dataset(lake_name: str, table: str) -> Name:
    """A governed table: `aios://<lake>` / `<table>`."""
    return Name(lake(lake_name), _plain("table", table))


def delivered(file: str) -> Name:
    """A delivered file, named as its delivery is; raises LineageError for an empty name."""
    if not file:
        raise LineageError("a delivered file has no name", "an empty name cannot be found again", "name the file")
    return Name(FILE, file)


def job(lake_name: str, location: str, stage: str) -> Name:
    """The job of a stage: `<code location>.<stage>`, in the namespace of the lake that it writes."""
    return Name(lake(lake_name), f"{_plain('code location', location)}.{_plain('stage', stage)}")


def run_id(run: str, stage: str, attempt: int) -> str:
    """The id of one attempt of one stage in one orchestrated run: equal arguments give the equal id (UUIDv5, RFC 9562).

    Shipping may send an event many times and a backend still sees one run.
    """
    if not run or attempt < 0:
        raise LineageError(f"stage {stage}", "a run without an id, or a negative attempt, names no run", "pass both")
    # Lengths keep ("a", "b/c") and ("a/b", "c") apart.
    return str(uuid.uuid5(_RUNS, f"{len(run)}:{run}/{len(stage)}:{stage}/{attempt}"))


def parent_id(run: str) -> str:
    """The id of the orchestrated run itself: its own where that is a UUID, else one made from it."""
    try:
        return str(uuid.UUID(run))
    except ValueError:
        return str(uuid.uuid5(_RUNS, f"{len(run)}:{run}"))


def _plain(kind: str, name: str) -> str:
    if not _PLAIN.fullmatch(name):
        raise LineageError(
            f"{kind} {name!r}", "lineage names hold letters, digits, `_`, `.` and `-` only", f"rename the {kind}"
        )
    return name
