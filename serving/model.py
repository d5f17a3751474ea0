"""Model: the port behind which every model answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

import polars as pl


class ServingError(RuntimeError):
    """Something about asking models went wrong: it says what, why, and what to do."""


ONE = pl.Schema({"value": pl.String(), "confidence": pl.Float64(), "evidence": pl.String()})
"""The answer of a model that says one thing of each row: a null value says that there is none."""

FOUND = pl.Struct({"attribute": pl.String(), "value": pl.String(), "confidence": pl.Float64(), "evidence": pl.String()})
MANY = pl.Schema({"found": pl.List(FOUND)})
"""The answer of a model that says any number of things of each row: a list, empty where it finds none, never null."""


@dataclass(frozen=True)
class Answered:
    """What one call came back with: one row for each input row, in order, of shape ONE or MANY; and what it cost."""

    rows: pl.DataFrame
    cost: Decimal = Decimal(0)


class Model(Protocol):
    """Anything that answers a task. Its name is `task/name@version` everywhere it is told.

    `inputs` are the columns it reads and is handed, `many` says which shape it answers in, `batch` how many rows it
    takes in a call. `price` is the most that one row can cost: it is reserved before the call. `digest` is the SHA-256
    of its code and artefacts, hex, as they are *now*.
    """

    @property
    def task(self) -> str:
        """What it is asked, `verb/noun`."""

    @property
    def name(self) -> str:
        """Its name among the models of the task."""

    @property
    def version(self) -> str:
        """Its version."""

    @property
    def inputs(self) -> Sequence[str]:
        """The columns it reads."""

    @property
    def many(self) -> bool:
        """True for answers of shape MANY."""

    @property
    def batch(self) -> int:
        """The most rows of one call."""

    @property
    def price(self) -> Decimal:
        """The most that one row can cost."""

    @property
    def digest(self) -> str:
        """SHA-256 of code and artefacts, hex."""

    def answer(self, batch: pl.DataFrame) -> Answered:
        """Answers each row of the batch, which holds the columns `inputs`; raises ServingError."""


def identity(model: Model) -> str:
    """How a model is told in receipts: `task/name@version`."""
    return f"{model.task}/{model.name}@{model.version}"


def shape_of(model: Model) -> pl.Schema:
    """The columns of its answers."""
    return MANY if model.many else ONE
