"""Next deliveries: a feed whose first delivery was accepted, and what is told of its second."""

import os
import random
from pathlib import Path

import polars as pl

from aios_assets.evaluate.drift import refused
from aios_assets.feeds import PLACE, Delivery, guess, open_delivery, read
from aios_assets.feeds.drift import Drift, drift
from aios_assets.feeds.shape import Sampler, Shape, rekeyed
from policies.gate import Gate
from tests.aios_assets.feeds.next_feeds import Feed, Next

SECRET = b"k" * 32


class Watch:
    """A feed whose first delivery was accepted, in the way that a run would read it."""

    def __init__(self, feed: Feed, folder: Path) -> None:
        self.feed, self._folder = feed, folder
        first = open_delivery(self._kept(feed.file(feed.rows), "first"))
        self.mapping = guess(first).mapping(first)
        self.before = self._shape(first, None).kept()

    def told(self, following: Next) -> tuple[Drift, ...]:
        """What is told of a next delivery."""
        made = following.made(self.feed, random.Random(following.name))
        data = made if isinstance(made, bytes) else self.feed.file(made)
        path = self._kept(data, following.name.replace(" ", "-").replace("%", "").replace(":", ""))
        now = self._shape(open_delivery(path), self.before)
        return drift(self.before, now, changes=following.mode == "delta", events=self.mapping.kind == "sales")

    def refused(self, gate: Gate, seen: tuple[Drift, ...]) -> bool:
        """Whether the gate would refuse it."""
        return bool(refused(gate, seen, self.mapping, self.before.records))

    def names(self, following: Next, one: Drift) -> bool:
        """Whether a finding is of what the change was done to."""
        column = self.feed.role[following.role] if following.role else ""
        return not column or column in {one.column, *one.renames} or (one.kind == "keys" and following.role == "sku")

    def _shape(self, delivery: Delivery, before: Shape | None) -> Shape:
        batches = [(batch.rows.select(pl.exclude(PLACE)), batch.rejects.height) for batch in read(delivery)]
        key = before.key if before else self.mapping.fields["sku"].columns[0]
        sampler = Sampler(key, SECRET, first=self.mapping.columns())
        for rows, rejected in batches:
            sampler.take(rows, rejected)
        shape = sampler.shape()
        return rekeyed(shape, before, lambda: [rows for rows, _ in batches], SECRET) if before else shape

    def _kept(self, data: bytes, name: str) -> Path:
        path = self._folder / f"{self.feed.name}-{name}.csv"
        path.write_bytes(data)
        os.utime(path, (1_700_000_000,) * 2)  # long at rest: nothing to wait for
        return path
