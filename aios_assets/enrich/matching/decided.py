"""Decided: what people decided about pairs, as places in a catalogue, and which pairs that leaves open."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from aios_assets.enrich.matching.block import Candidates
from aios_assets.enrich.matching.corpus import KEY, Corpus

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Pairs = list[tuple[int, int]]

PAIR_KEYS: Final = ("left_supplier", "left_sku", "right_supplier", "right_sku")


@dataclass(frozen=True)
class Decisions:
    """What people decided and what came before: see `match`."""

    previous: pl.DataFrame | None = None
    never: pl.DataFrame | None = None
    always: pl.DataFrame | None = None
    settled: pl.DataFrame | None = None
    merge: str = "certain"


def places(body: Corpus, decided: pl.DataFrame | None) -> Pairs:
    """Positions of decided pairs whose records are both there, lower one first."""
    if decided is None or not len(decided):
        return []
    at = body.records.select(KEY).with_row_index("at")
    placed = (
        decided.select(pl.col(PAIR_KEYS).cast(pl.String))
        .join(at.rename({"supplier": "left_supplier", "sku": "left_sku"}), on=["left_supplier", "left_sku"])
        .join(
            at.rename({"supplier": "right_supplier", "sku": "right_sku", "at": "other"}),
            on=["right_supplier", "right_sku"],
        )
        .select(low=pl.min_horizontal("at", "other"), high=pl.max_horizontal("at", "other"))
        .unique()
        .sort("low", "high")
    )
    return [(int(low), int(high)) for low, high in placed.iter_rows()]


def coded(places: Pairs, size: int) -> Ints:
    """Each pair as one number, in a catalogue of that many records."""
    return np.array([low * size + high for low, high in places], dtype=np.int64)


def still_open(pairs: Candidates, body: Corpus, clean: Flags, never: Pairs, always: Pairs) -> Ints:
    """The pairs that nobody decided on, but for those that a decision leaves no room: a clean source has one for each."""
    code = pairs.left * body.size + pairs.right
    closed = np.isin(code, coded([*never, *always], body.size))
    if always:
        number, sources = len(clean), body.sources
        low, high = (np.array(side, dtype=np.int64) for side in zip(*always, strict=True))
        taken = np.concatenate([low * number + sources[high], high * number + sources[low]])
        taken = taken[clean[taken % number]]
        closed |= np.isin(pairs.left * number + sources[pairs.right], taken)
        closed |= np.isin(pairs.right * number + sources[pairs.left], taken)
    return np.flatnonzero(~closed)
