"""Sampling: random pairs of each kind of decision, put into review, so that precision and recall can be estimated."""

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from aios_assets.desk import Desk
from aios_assets.errors import Refused, SettingsError
from aios_assets.lake import Lake
from aios_assets.reviews import Reviewed, entry_of, once_after, pair_of, sampled_body
from audit.ledger import AlreadyLogged

PAIR: Final = ("supplier", "sku", "near_supplier", "near_sku")
STRATA: Final = ("certain", "likely", "review", "apart", "unlikely")
WHY: Final = "sample"


@dataclass(frozen=True)
class Drawn:
    """What was drawn: pairs there are by what was decided of them, pairs drawn, the seed, and the ledger's entry."""

    index: int
    seed: int
    sizes: Mapping[str, int]
    drawn: Mapping[str, int]


def draw(lake: Lake, desk: Desk, number: int, *, by: str, seed: int | None = None) -> Drawn:
    """Draws `number` pairs, the same number from each stratum as far as it has them, and puts them on the ledger.

    Raises SettingsError where nothing is matched yet, Refused where another decision came first.
    """
    by, _ = desk.signed(by, WHY)
    if lake.state("neighbours") is None or lake.state("match_model") is None:
        raise SettingsError("a sample", "nothing is matched yet", "run the chain first: aios run FEED…")
    pairs = strata(lake.scan("neighbours")).collect()
    model = str(lake.scan("match_model").select("digest").collect().item())
    sizes = {name: pairs.filter(stratum=name).height for name in STRATA}
    if not sum(sizes.values()):
        raise SettingsError("a sample", "no two records were ever compared", "deliver what several suppliers offer")
    seed = secrets.randbelow(2**31) if seed is None else seed
    parts = [
        pairs.filter(stratum=name).sample(share, seed=seed, shuffle=True)
        for name, share in shares(sizes, number).items()
        if share
    ]
    chosen = pl.concat(parts)
    drawn = {pair_of(*row[:4]): row[4] for row in chosen.select(*PAIR, "stratum").iter_rows()}
    last = Reviewed.read(lake.ledger).last
    body = sampled_body(by=by, model=model, seed=seed, sizes=sizes, drawn=drawn)
    try:
        (logged,) = lake.ledger.append(entry_of(body, desk.now, once_after(last)))
    except AlreadyLogged as other:
        raise Refused("a sample", "somebody decided at the same moment", "draw it again") from other
    return Drawn(logged.index, seed, sizes, Counter(drawn.values()))


def strata(neighbours: pl.LazyFrame) -> pl.LazyFrame:
    """Every pair that was compared, once, with what the model decided of it; people's decisions don't count here."""
    own = (pl.col("supplier") == pl.col("near_supplier")) & (pl.col("sku") == pl.col("near_sku"))
    base = neighbours.filter(own).select("supplier", "sku", "base")
    near = base.rename({"supplier": "near_supplier", "sku": "near_sku", "base": "near_base"})
    merged = pl.col("base") == pl.col("near_base")
    turned = pl.concat_str("supplier", "sku", separator="\x1f") > pl.concat_str(
        "near_supplier", "near_sku", separator="\x1f"
    )
    lower = [pl.when(turned).then(PAIR[(at + 2) % 4]).otherwise(name).alias(name) for at, name in enumerate(PAIR)]
    stratum = (
        pl.when(merged & (pl.col("decision") == "certain"))
        .then(pl.lit("certain"))
        .when(merged)
        .then(pl.lit("likely"))
        .when(pl.col("decision") == "review")
        .then(pl.lit("review"))
        .when(pl.col("decision").is_not_null())
        .then(pl.lit("apart"))
        .otherwise(pl.lit("unlikely"))
    )
    return (
        neighbours.filter(~own)
        .drop("base")
        .join(base, on=["supplier", "sku"])
        .join(near, on=["near_supplier", "near_sku"])
        .select(stratum.alias("stratum"), *lower)
        .unique(subset=PAIR, keep="first")
        .sort(PAIR)
    )


def shares(sizes: Mapping[str, int], number: int) -> dict[str, int]:
    """How many to draw of each: as evenly as the small ones allow, all of them where there are fewer than asked for."""
    drawn = dict.fromkeys(sizes, 0)
    left = min(number, sum(sizes.values()))
    while left:
        open_ = [name for name in sizes if drawn[name] < sizes[name]]
        each = max(left // len(open_), 1)
        for name in open_:
            more = min(each, sizes[name] - drawn[name], left)
            drawn[name] += more
            left -= more
    return drawn
