"""Materialise: the next version of a stage's table, attempted anew where other writers come first."""

from collections.abc import Callable, Mapping

from aios_assets import telemetry
from aios_assets.attempting import Attempting, Run
from aios_assets.errors import Overtaken
from aios_assets.journal import Attempt
from aios_assets.parts import Parted
from aios_assets.runtime import Runtime
from aios_assets.stage import Stage
from aios_assets.work import Feed
from policies.contract import Contract

__all__ = ["Run", "attempted", "materialise"]

TRIES = 5
"""Attempts when other writers come first; each is judged anew."""


def materialise(
    stage: Stage, runtime: Runtime, run: Run, *, contracts: Mapping[str, Contract], feed: Feed | None = None
) -> Attempt:
    """Makes the next version of a stage's table, if there is anything to change and the gate admits it.

    `contracts` are those of its input tables, by name.

    Nothing changed: nothing is decided. Overtaken by another writer: judged again on top of the new version. Raises
    StageError, LakeError, and what the stage's own function raises.
    """
    kind = Parted if feed is not None and feed.spilled is not None else Attempting
    return attempted(
        stage.name,
        runtime,
        run,
        lambda number: kind(stage, runtime, run, number=number, contracts=contracts, feed=feed),
    )


def attempted(name: str, runtime: Runtime, run: Run, begin: Callable[[int], Attempting]) -> Attempt:
    """Carries an attempt out, and where other writers come first another; `begin` pins one, given its number."""
    for number in range(TRIES):
        try:
            with telemetry.span("stage", stage=name, run_id=run.id):
                runtime.journal.on_begin(name)
                attempt = begin(number).made()
                runtime.journal.ended(run.id, attempt)
                telemetry.record_stage(
                    name,
                    seconds=attempt.seconds,
                    rows=attempt.rows,
                    cost=attempt.cost,
                    outcome="unchanged" if attempt.unchanged else "refused" if attempt.refused else "admitted",
                )
                return attempt
        except Overtaken:
            if number == TRIES - 1:
                raise
    raise AssertionError("the last try returns or raises")
