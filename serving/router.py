"""Router: which model answers which row of a task."""

from collections.abc import Mapping, Sequence

import polars as pl

from serving.model import Model, ServingError
from serving.registry import Registry, Standing


class NoModelError(ServingError):
    """A task that nothing may answer."""

    def __init__(self, task: str, standings: Mapping[str, str]) -> None:
        self.task = task
        known = ", ".join(f"{name} ({standing})" for name, standing in standings.items()) or "none"
        super().__init__(
            f"no model may answer {task}; known for it: {known}; register one as champion, or configure exactly one"
        )


class Router:
    """Sends a task to its champion, and a fixed share of its inputs to the canary where there is one.

    Which input goes to the canary hangs on the input alone, so a run that is repeated asks the same models. A model
    that is not registered answers only where it is the task's one configured model: the gate says that it has no card.
    """

    def __init__(self, models: Sequence[Model], registry: Registry, *, canary_share: float = 0.05) -> None:
        if not 0 <= canary_share <= 1:
            raise ServingError(f"a canary's share is between 0 and 1, not {canary_share}; correct the setting")
        self._models, self._registry, self._share = tuple(models), registry, canary_share

    def route(self, task: str) -> tuple[Model, Model | None]:
        """The model that answers a task, and the canary that answers a share of it."""
        configured = [model for model in self._models if model.task == task]
        standing = {id(model): self._standing(model) for model in configured}
        champion = next((m for m in configured if standing[id(m)] is Standing.CHAMPION), None)
        canary = next((m for m in configured if standing[id(m)] is Standing.CANARY), None)
        if champion is None and len(configured) == 1 and standing[id(configured[0])] is None:
            champion = configured[0]
        if champion is None:
            raise NoModelError(task, self._registry.standing_of(task))
        return champion, canary

    def to_canary(self, keys: pl.Series) -> pl.Series:
        """Which inputs, by the SHA-256 hex of each, the canary answers."""
        # 32 bits of a SHA-256 are even enough, and the same for ever.
        share = keys.str.slice(0, 8).str.to_integer(base=16, dtype=pl.Int64) / 2**32
        return share < self._share

    def _standing(self, model: Model) -> Standing | None:
        entry = self._registry.registered(model.task, model.name, model.version)
        return entry.standing if entry else None
