"""Problem: one thing that a verification found."""

from dataclasses import dataclass

RESTORE = "keep it as it is for whoever investigates, and restore it from a copy that verifies"
RECONCILE = "run `aios reconcile`"


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it should be: what kind, where, what is seen, and what to do."""

    kind: str
    where: str
    what: str
    do: str = RESTORE
