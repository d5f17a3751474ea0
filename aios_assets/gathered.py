"""Gathered: what has to be known of all rows of a delivery before the first can be finished, in bounded memory."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl

from aios_assets import order
from aios_assets.enrich.normalise import moment, price
from aios_assets.feeds import Mapping
from aios_assets.feeds.views import apart

LEAST: Final = 100_000
"""Cells that are waited for before they are looked through."""

MOST: Final = 1_000_000
"""Distinct prices that are enough to say how all are written."""


class Cells:
    """Of a column's cells those that tell something: `telling` says which, of what was kept and what came since."""

    def __init__(self, telling: Callable[[pl.Series], pl.Series]) -> None:
        self._telling = telling
        self._kept = pl.Series([], dtype=pl.String)
        self._waiting: list[pl.Series] = []

    def add(self, cells: pl.Series) -> None:
        """Takes cells in."""
        self._waiting.append(apart(cells.cast(pl.String).to_frame("cell")).to_series())
        if sum(map(len, self._waiting)) > max(LEAST, 2 * len(self._kept)):
            self.told()

    def told(self) -> pl.Series:
        """What tells something of all that came."""
        if self._waiting:
            self._kept = self._telling(pl.concat([self._kept, *self._waiting]))
            self._waiting = []
        return self._kept


class Gathered:
    """What is known of one delivery, batch by batch."""

    def __init__(self, mapping: Mapping) -> None:
        self.height, self.filled = 0, Counter[str]()
        self._mapping = mapping
        self._prices = Cells(_prices)
        self._sold = Cells(moment.telling)
        self._order = Cells(order.telling)

    def take(self, rows: pl.DataFrame) -> None:
        """Canonical rows, with `_order` as the supplier wrote it."""
        self.height += rows.height
        self.filled.update(rows.select(pl.col(self._mapping.names).count()).row(0, named=True))
        said = self._mapping.conventions
        if not said.decimal:
            self._prices.add(rows["price"])
        if self._mapping.kind == "sales" and not said.dates:
            self._sold.add(rows["sold_at"])
        if self._mapping.order:
            self._order.add(rows["_order"])

    def learned(self) -> "Learned":
        """What the whole delivery tells of how it is written, as far as the mapping does not say it."""
        said, order_cells = self._mapping.conventions, self._order.told()
        return Learned(
            decimal=said.decimal or price.learn(self._prices.told()).decimal,
            dates=said.dates or moment.learn(self._sold.told()),
            written=order.Written(order.numbers(order_cells), said.dates or moment.learn(order_cells), said.timezone),
        )


@dataclass(frozen=True)
class Learned:
    """The decimal separator of the prices, what comes first in the dates of sales, and how rows tell their order."""

    decimal: str | None
    dates: moment.Dates
    written: order.Written


def _prices(cells: pl.Series) -> pl.Series:
    distinct = cells.unique(maintain_order=True)
    return distinct.drop_nulls().head(MOST)
