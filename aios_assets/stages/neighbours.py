"""Neighbours: which records of other suppliers each record was compared with, and what came of it."""

import base64

import polars as pl

from aios_assets.enrich.matching import PAIR_KEYS, Matches, MatchModel, match, rematch
from aios_assets.enrich.matching.decide import MERGED, PAIRS, PROBABLE
from aios_assets.enrich.matching.matches import ASKED
from aios_assets.enrich.matching.scratch import Scratch
from aios_assets.stage import Changes, table_stage
from aios_assets.stages.match_labels import PAIR
from aios_assets.stages.match_model import READ
from policies.contract import Column, Contract

LABELS = tuple(f"match_labels.{name}" for name in (*PAIR, "verdict", "stands"))
DECIDING = ("products.supplier", "products.sku", *READ, "match_model.artefact", *LABELS)
KEY = ("supplier", "sku", "near_supplier", "near_sku")

TOLD = 6
"""Decimals that a probability is told with."""

NEIGHBOURS = Contract(
    key=KEY,
    columns=(
        Column("supplier", pl.String, reads=("products.supplier",)),
        Column("sku", pl.String, reads=("products.sku",)),
        Column("near_supplier", pl.String, reads=DECIDING, about="the record's own supplier in the row for itself"),
        Column("near_sku", pl.String, reads=DECIDING),
        Column("near", pl.Float64, reads=DECIDING, null="found from the other side only",
               about="likeness of the words, 0 to 1; a record is 1 like itself"),
        Column("score", pl.Float64, reads=DECIDING, null="the record itself, or found from the other side only"),
        Column("probability", pl.Float64, reads=DECIDING, null="too unlikely for anybody to look at"),
        Column("decision", pl.String, reads=DECIDING, null="too unlikely for anybody to look at",
               about="certain, likely, review or apart; same or different where a person decided"),
        Column("unruled", pl.Float64, reads=DECIDING, null="the record itself, or nothing that no catalogue overrules",
               about="log-odds before any catalogue of a pair with different quantities or GTINs"),
        Column("doubt", pl.Float64, reads=DECIDING, null="too unlikely for anybody to look at",
               about="by how much other candidates move the log-odds, as the evidence tells it"),
        Column("veto", pl.Float64, reads=DECIDING, null="too unlikely for anybody to look at",
               about="by how much a contradiction does, as the evidence tells it"),
        Column("evidence", pl.String, reads=DECIDING, null="too unlikely for anybody to look at",
               about="what speaks for and against the pair, in words"),
        Column("product", pl.String, reads=DECIDING, tags={"digest"}, about="the golden product that the record is"),
        Column("base", pl.String, reads=DECIDING, tags={"digest"}, null="the record's own row has it",
               about="the product that the record would be if nobody had decided anything"),
        Column("found_by", pl.Int64, reads=DECIDING, null="the record's own row has it",
               about="hash of what neighbours of the record are looked up by"),
    ),
    version=3,
    tags=frozenset({"working"}),
)  # fmt: skip


@table_stage(NEIGHBOURS)
def neighbours(
    products: pl.LazyFrame,
    match_model: pl.LazyFrame,
    match_labels: pl.LazyFrame,
    changes: Changes,
    scratch: Scratch | None = None,
) -> pl.DataFrame:
    """Which records each record was compared with, how alike they are, and the golden product that came of it."""
    records = products.collect()
    model = MatchModel.from_bytes(base64.b64decode(match_model.select("artefact").collect().item()))
    labels = {verdict: labelled(match_labels, verdict) for verdict in ("same", "different", "unsure")}
    people = {"always": labels["same"], "never": labels["different"], "settled": labels["unsure"]}
    held, base = changes.previous, None
    if changes.held is not None:
        base = changes.held.filter(itself()).select("supplier", "sku", product=pl.coalesce("base", "product"))
        base = base.drop_nulls()
    if held is None or base is None or changes.keys["match_model"].height:
        return told(match(records, model, previous=base, merge=MERGED, scratch=scratch, **people))
    before = Matches(
        pairs=_pairs(held),
        clusters=base,
        base=base,
        asked=held.filter(~itself() & pl.col("near").is_not_null()).select(
            pl.col(name).cast(dtype) for name, dtype in ASKED.items()
        ),
        found_by=held.filter(itself()).select("supplier", "sku", "found_by"),
        compared=0,
    )
    return told(rematch(records, model, before, changes.keys["products"], merge=MERGED, **people))


def _pairs(held: pl.DataFrame) -> pl.DataFrame:
    """Pairs as they were told, the lower key on the left."""
    one_supplier = pl.col("supplier") == pl.col("near_supplier")
    lower = (pl.col("supplier") < pl.col("near_supplier")) | (one_supplier & (pl.col("sku") < pl.col("near_sku")))
    told = held.filter(pl.col("decision").is_not_null() & lower)
    names = dict(zip(KEY, PAIR_KEYS, strict=True))
    return told.rename(names).with_columns(likely=pl.lit(None, pl.Boolean)).select(*PAIRS)


def labelled(match_labels: pl.LazyFrame, verdict: str) -> pl.DataFrame:
    """The pairs of which a person decided so."""
    return match_labels.filter(pl.col("stands") & (pl.col("verdict") == verdict)).select(PAIR_KEYS).collect()


def itself() -> pl.Expr:
    """Whether a row is a record's row for itself."""
    return (pl.col("supplier") == pl.col("near_supplier")) & (pl.col("sku") == pl.col("near_sku"))


def told(found: Matches) -> pl.DataFrame:
    """Everything that matching found, as rows of the contract: each record's own row first, then its neighbours."""
    own = found.clusters.select(
        "supplier", "sku", pl.col("supplier").alias("near_supplier"), pl.col("sku").alias("near_sku"),
        pl.lit(1.0).alias("near"), "product",
    )  # fmt: skip
    for beside in (found.base.rename({"product": "base"}), found.found_by):
        own = own.join(beside, on=["supplier", "sku"], how="left", maintain_order="left")
    verdicts = ("probability", "decision", "doubt", "veto", "evidence")
    merged = pl.col("likely") & (pl.col("decision") == "apart") & (pl.col("probability") >= PROBABLE)
    # A candidate far behind moves a probability in its tenth decimal, and that is no change of anything downstream.
    pairs = found.pairs.with_columns(
        pl.when(merged).then(pl.lit("likely")).otherwise("decision").alias("decision"),
        pl.col("probability").round(TOLD),
    )
    sides = [
        pairs.select(
            pl.col(f"{one}_supplier").alias("supplier"), pl.col(f"{one}_sku").alias("sku"),
            pl.col(f"{other}_supplier").alias("near_supplier"), pl.col(f"{other}_sku").alias("near_sku"), *verdicts,
        )
        for one, other in (("left", "right"), ("right", "left"))
    ]  # fmt: skip
    asked = (
        found.asked.with_columns(pl.col("near").cast(pl.Float64))
        .join(pl.concat(sides), on=list(KEY), how="full", coalesce=True)
        .join(found.clusters, on=["supplier", "sku"], how="left")
    )
    return pl.concat([own, asked], how="diagonal").select(column.name for column in NEIGHBOURS.columns)
