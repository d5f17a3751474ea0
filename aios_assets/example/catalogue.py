"""Catalogue: the true products behind the example, before two suppliers write about them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from aios_assets.enrich.normalise.identifier import check_digits
from aios_assets.example.vocabulary import BRANDS, COLOURS, KINDS, SERIES

_BRANDS_A_KIND = 9
_VARIANT = 0.3
_COUNTRIES = (400, 420, 590, 540, 340, 370, 500, 730)


@dataclass(frozen=True)
class Catalogue:
    """Products by number, and which of them each supplier sells, in the order of its file."""

    products: pl.DataFrame
    nordwind: npt.NDArray[np.int64]
    bluebird: npt.NDArray[np.int64]
    shared: npt.NDArray[np.int64]


def invent(records: int, share: float, draw: np.random.Generator) -> Catalogue:
    """Products for that many records of two suppliers, of which this share stands for a product that both sell.

    Three in ten products are variants of another (same brand, kind and series, other size or colour): the near misses
    of matching.
    """
    first = (records + 1) // 2
    both = min(round(records * share / 2), records - first)
    count = records - both
    variant = draw.random(count) < _VARIANT
    variant[0] = False
    base = np.maximum.accumulate(np.where(variant, 0, np.arange(count)))
    kind = draw.integers(0, len(KINDS), count)[base]
    brand = (kind * 5 + draw.integers(0, _BRANDS_A_KIND, count)[base]) % len(BRANDS)
    sizes = np.array([len(each.sizes) for each in KINDS])
    step = np.arange(count) - base
    serial = (np.arange(count, dtype=np.int64) * 7_368_787 + int(draw.integers(0, 10**9))) % 10**9
    country = np.array(_COUNTRIES)[brand % len(_COUNTRIES)]
    body = country.astype(np.int64) * 10**9 + serial
    medians = np.array([each.price for each in KINDS])
    cents = (
        np.maximum(medians[kind] * np.exp(draw.normal(0, 0.55, count)[base] + draw.normal(0, 0.08, count)), 1.5) * 100
    )
    products = pl.DataFrame(
        {
            "kind": kind,
            "brand": brand,
            "series": draw.integers(0, len(SERIES), count)[base],
            "colour": (draw.integers(0, len(COLOURS), count)[base] + step // sizes[kind]) % len(COLOURS),
            "size": (draw.integers(0, 1 << 30, count)[base] + step) % sizes[kind],
            "family": base,
            "step": step,
            "cents": (cents // 100 * 100 + draw.choice([0, 49, 90, 95, 99], count)).astype(np.int64),
            "gtin": body * 10 + check_digits(body),
            "scale": draw.uniform(0.8, 1.25, count),
        }
    )
    nordwind = draw.permutation(first)
    bluebird = draw.permutation(np.arange(first - both, count))
    return Catalogue(products, nordwind, bluebird, np.arange(first - both, first))
