"""Naming: which product id each cluster has, such that ids are stable across runs."""

import hashlib
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from aios_assets.enrich.matching.corpus import KEY, Corpus

CLUSTERS: Final = {"supplier": pl.String, "sku": pl.String, "product": pl.String}


def product_id(supplier: str, sku: str, again: int = 0) -> str:
    """The id of a product that was first seen as this record; `again` counts up where that id is taken."""
    told = f"{supplier}\x00{sku}" + (f"\x00{again}" if again else "")
    return "p" + hashlib.sha256(told.encode()).hexdigest()[:16]


def named(
    body: Corpus, groups: NDArray[np.int64], previous: pl.DataFrame | None, *, split: bool = False
) -> pl.DataFrame:
    """Every record's product id (see CLUSTERS), records of one group having one.

    A cluster keeps the previous id that most of its records had (of equals, that of its first record); an id goes to the
    cluster that took most of its records. With `split`, an id that several clusters could have goes to the one with the
    record that it is named after. A new cluster is named after its first record.
    """
    frame = body.records.select(KEY).with_columns(group=pl.Series(groups))
    names: dict[int, str] = {}
    if previous is not None and len(previous):
        before = previous.select(*(pl.col(name).cast(pl.String) for name in (*KEY, "product")))
        known = frame.with_row_index("at").join(before, on=list(KEY), maintain_order="left")
        known = known.with_columns(own=_own(known) if split else pl.lit(value=True))
        counted = (
            known.group_by("group", "product")
            .agg(pl.len().alias("count"), pl.col("at").min(), pl.col("own").any())
            .sort("own", "count", "at", descending=[True, True, False])
        )
        taken: set[str] = set()
        for group, product in counted.select("group", "product").iter_rows():
            if group not in names and product not in taken:
                names[group] = product
                taken.add(product)
    used = set(names.values())
    heads = frame.filter(pl.int_range(pl.len()) == pl.col("group"))
    for supplier, sku, group in heads.iter_rows():
        if group in names:
            continue
        again = 0
        while (name := product_id(supplier, sku, again)) in used:
            again += 1
        names[group] = name
        used.add(name)
    told = pl.DataFrame(
        {"group": list(names), "product": list(names.values())}, schema={"group": pl.Int64, "product": pl.String}
    )
    return frame.join(told, on="group", how="left", maintain_order="left").select(*KEY, "product")


def _own(known: pl.DataFrame) -> pl.Series:
    """Whether a record may claim its id first: only the record that it is named after, where several clusters could."""
    contested = known.select(pl.col("group").n_unique().over("product") > 1).to_series()
    mine = [
        not several or product_id(supplier, sku) == product
        for supplier, sku, product, several in zip(
            known["supplier"], known["sku"], known["product"], contested, strict=True
        )
    ]
    return pl.Series("own", mine, dtype=pl.Boolean)
