"""Match labels: what people decided about pairs of records, as matching obeys it and learns from it."""

import polars as pl

from aios_assets.enrich.matching.contradict import torn
from aios_assets.reviews import Reviewed, Verdict
from aios_assets.stage import table_stage
from policies.contract import Column, Contract, in_set

PAIR = ("left_supplier", "left_sku", "right_supplier", "right_sku")

MATCH_LABELS = Contract(
    key=PAIR,
    columns=(
        Column("left_supplier", pl.String, about="of the two records the one with the lower key"),
        Column("left_sku", pl.String),
        Column("right_supplier", pl.String),
        Column("right_sku", pl.String),
        Column("verdict", pl.String, about="same, different, or unsure: the model decides"),
        Column("stands", pl.Boolean, about="false where it contradicts another, until a person takes one of them back"),
        Column("conflict", pl.String, null="it contradicts none", about="what it contradicts"),
        Column("via", pl.String, about="review, or a command that named the two"),
        Column("by", pl.String, about="who decided"),
        Column("why", pl.String, tags={"text"}, about="for what reason"),
        Column("at", pl.Datetime("us", "UTC")),
        Column("seen", pl.String, tags={"digest"}, about="which version of both records was looked at"),
        Column("seconds", pl.Float64, null="it was not measured", about="how long the person took"),
        Column(
            "replaces", pl.Int64, null="it was the first about the pair", about="the ledger entry that it overruled"
        ),
        Column("ledger_index", pl.Int64, about="the decision's entry"),
    ),
    expects=(in_set("verdict", [verdict.value for verdict in Verdict]), in_set("via", ["review", "command"])),
    tags=frozenset({"decisions"}),
)


@table_stage(MATCH_LABELS)
def match_labels(reviewed: Reviewed) -> pl.DataFrame:
    """The decision that stands about each pair of records; read off the ledger, whether or not the records are there."""
    standing = reviewed.standing
    of = {verdict: [pair for pair, told in standing.items() if told.verdict is verdict] for verdict in Verdict}
    against = torn(of[Verdict.SAME], of[Verdict.DIFFERENT])
    # Where decisions contradict each other, what keeps apart holds: a product that is two is the worse mistake.
    rows = [
        {
            **dict(zip(PAIR, (*pair[0], *pair[1]), strict=True)),
            "verdict": told.verdict.value,
            "stands": pair not in against,
            "conflict": _words(against[pair], standing[against[pair]].words) if pair in against else None,
            "via": told.via,
            "by": told.by,
            "why": told.why,
            "at": told.at,
            "seen": told.seen,
            "seconds": told.seconds,
            "replaces": told.replaces,
            "ledger_index": told.index,
        }
        for pair, told in sorted(standing.items())
    ]
    return pl.DataFrame(rows, schema={column.name: column.type for column in MATCH_LABELS.columns}, orient="row")


def _words(pair: tuple[tuple[str, str], tuple[str, str]], words: str) -> str:
    return f"it would make one product of {' and '.join('/'.join(record) for record in pair)}, of which {words}"
