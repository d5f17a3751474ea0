"""Journal: how the attempts of this process ended, for who started them and waits."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from aios_assets.tally import Tally
from policies.verdict import Verdict


@dataclass(frozen=True)
class Attempt:
    """How one attempt ended. `version` is what is published now, None where nothing ever was; no verdict: unchanged.

    `aside` says why rows of a refused draft were set aside, most frequent first: no table has them.
    """

    id: str
    stage: str
    verdict: Verdict | None
    ledger_index: int | None
    version: int | None
    rows: int
    set_aside: int
    computed: int
    upserted: int
    removed: int
    asked: int
    cost: Decimal
    seconds: float
    trace_id: str
    aside: tuple[Tally, ...] = ()

    @property
    def refused(self) -> bool:
        """True if the gate said no."""
        return self.verdict is not None and not self.verdict.admitted

    @property
    def unchanged(self) -> bool:
        """True if there was nothing to decide."""
        return self.verdict is None


@dataclass
class Journal:
    """The attempts by Dagster run, and whoever listens to them as they begin and end."""

    attempts: dict[str, list[Attempt]] = field(default_factory=dict)
    on_begin: Callable[[str], None] = lambda stage: None  # noqa: ARG005  nobody listens
    on_end: Callable[[Attempt], None] = lambda attempt: None  # noqa: ARG005  nobody listens
    on_progress: Callable[[str], None] = lambda line: None  # noqa: ARG005  nobody listens

    def ended(self, run: str, attempt: Attempt) -> None:
        """Keeps an attempt and tells who listens."""
        self.attempts.setdefault(run, []).append(attempt)
        self.on_end(attempt)
