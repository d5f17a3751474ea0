"""Match quality: precision and recall of matching, estimated from random pairs that people have reviewed."""

import polars as pl

from aios_assets.enrich.matching.estimate import Estimate, Stratum, precision, recall, wilson
from aios_assets.reviews import Reviewed, Verdict
from aios_assets.stage import table_stage
from aios_assets.stages.match_labels import PAIR
from policies.contract import Column, Contract, between

STRATA = ("certain", "likely", "review", "apart", "unlikely")
"""What was decided of a pair, from the surest match down: merged (certain, likely), not merged, too unlikely to be told."""
MERGED = frozenset({"certain", "likely"})
LABELS = tuple(f"match_labels.{name}" for name in (*PAIR, "verdict"))
UNKNOWN = "too few of the drawn pairs have been decided"

MATCH_QUALITY = Contract(
    key="measure",
    columns=(
        Column("measure", pl.String, about="precision, recall, or same/<stratum>: the share of one product there"),
        Column("value", pl.Float64, reads=LABELS, null=UNKNOWN),
        Column("low", pl.Float64, reads=LABELS, null=UNKNOWN, about="lower end of the 95 % interval"),
        Column("high", pl.Float64, reads=LABELS, null=UNKNOWN, about="its upper end"),
        Column("pairs", pl.Int64, about="pairs that it speaks for"),
        Column("drawn", pl.Int64, about="pairs drawn at random for review"),
        Column("decided", pl.Int64, reads=LABELS, about="of those decided; unsure ones count as not decided"),
        Column("same", pl.Int64, reads=LABELS, about="of those one product"),
        Column("model", pl.String, tags={"digest"}, about="digest of the match model that the sample was drawn of"),
        Column("at", pl.Datetime("us", "UTC"), about="when the latest sample was drawn"),
    ),
    expects=(between("value", 0, 1), between("low", 0, 1), between("high", 0, 1)),
    tags=frozenset({"signal"}),
)


@table_stage(MATCH_QUALITY)
def match_quality(match_labels: pl.LazyFrame, reviewed: Reviewed) -> pl.DataFrame:
    """Precision and recall of the pairs compared, with intervals, from the random samples of the model last sampled."""
    schema = {column.name: column.type for column in MATCH_QUALITY.columns}
    if not reviewed.samples:
        return pl.DataFrame(schema=schema)
    last = reviewed.samples[-1]
    drawn = {pair: name for one in reviewed.samples if one.model == last.model for pair, name in one.drawn.items()}
    said = {
        ((a, b), (c, d)): Verdict(verdict)
        for a, b, c, d, verdict in match_labels.select(*PAIR, "verdict").collect().iter_rows()
    }
    strata, counts = {}, {}
    for name in STRATA:
        pairs = [pair for pair, of in drawn.items() if of == name]
        told = [said[pair].same for pair in pairs if pair in said and said[pair].same is not None]
        strata[name] = Stratum(last.sizes.get(name, 0), len(told), sum(1 for same in told if same), name in MERGED)
        counts[name] = len(pairs)
    rows = [
        _row("precision", precision(strata), {n: s for n, s in strata.items() if s.merged}, counts),
        _row("recall", recall(strata), strata, counts),
        *(_row(f"same/{n}", wilson(s.same, s.decided), {n: s}, counts) for n, s in strata.items() if s.size),
    ]
    return pl.DataFrame([{**row, "model": last.model, "at": last.at} for row in rows], schema=schema, orient="row")


def _row(measure: str, told: Estimate | None, strata: dict[str, Stratum], counts: dict[str, int]) -> dict[str, object]:
    return {
        "measure": measure,
        "value": told.value if told else None,
        "low": told.low if told else None,
        "high": told.high if told else None,
        "pairs": sum(stratum.size for stratum in strata.values()),
        "drawn": sum(counts[name] for name in strata),
        "decided": sum(stratum.decided for stratum in strata.values()),
        "same": sum(stratum.same for stratum in strata.values()),
    }
