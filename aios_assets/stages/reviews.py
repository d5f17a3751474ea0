"""Reviews: pairs of records that wait for a person, and those that a person has decided, with the evidence."""

import base64
import math
from typing import Any

import polars as pl

from aios_assets.enrich.matching import MatchModel
from aios_assets.enrich.matching.decide import PROBABLE
from aios_assets.enrich.matching.explain import steps
from aios_assets.reviews import FIELDS, Reviewed, pair_of, review_id, seen_of
from aios_assets.stage import table_stage
from aios_assets.stages.match_labels import PAIR
from aios_assets.stages.neighbours import itself
from policies.contract import Column, Contract, in_set

NEAR = ("neighbours.supplier", "neighbours.sku", "neighbours.near_supplier", "neighbours.near_sku")
LABELS = tuple(f"match_labels.{name}" for name in PAIR)
PAIRED = (*NEAR, *LABELS, "neighbours.decision", "products.supplier", "products.sku")
"""What it depends on which pairs are here."""
SAID = (*PAIRED, *(f"products.{field}" for field in FIELDS))
WEIGHED = (*PAIRED, "neighbours.probability", "neighbours.evidence", "match_model.artefact")
DECIDED = (*PAIRED, "match_labels.verdict", "match_labels.via", "match_labels.seen", "match_labels.stands")
STATES = ("contradiction", "waiting", "to confirm", "changed", "decided", "gone")
NONE = "nobody has decided"
UNLIKELY = "it was too unlikely for anybody to look at"

REVIEWS = Contract(
    key=PAIR,
    columns=(
        Column("left_supplier", pl.String, reads=PAIRED, about="of the two records the one with the lower key"),
        Column("left_sku", pl.String, reads=PAIRED),
        Column("right_supplier", pl.String, reads=PAIRED),
        Column("right_sku", pl.String, reads=PAIRED),
        Column("id", pl.String, reads=SAID, tags={"digest"}, about="names the pair, and the version of both records"),
        Column("state", pl.String, reads=(*SAID, *DECIDED), about=f"one of {', '.join(STATES)}"),
        Column("reason", pl.String, reads=DECIDED, about="why it is here: doubt, sample, command or review"),
        Column(
            "merged", pl.Boolean, reads=(*PAIRED, "neighbours.product"), about="whether the two are one product now"
        ),
        Column("stratum", pl.String, reads=PAIRED, null="no sample drew it", about="what a sample drew it from"),
        Column("probability", pl.Float64, reads=WEIGHED, null=UNLIKELY, about="that the two are one product"),
        Column("start", pl.Float64, reads=WEIGHED, null=UNLIKELY, about="log-odds before any evidence"),
        Column("evidence", pl.String, reads=WEIGHED, null=UNLIKELY, about="what adds how much to that, in words"),
        Column("rest", pl.Float64, reads=WEIGHED, null=UNLIKELY, about="log-odds of what is too little to be said"),
        Column("line", pl.Float64, reads=WEIGHED, null=UNLIKELY, about="probability from which on such a pair merges"),
        Column("tipping", pl.String, reads=WEIGHED, null=UNLIKELY, about="what would have changed the outcome"),
        Column("verdict", pl.String, reads=DECIDED, null=NONE),
        Column("by", pl.String, reads=(*PAIRED, "match_labels.by"), null=NONE),
        Column("why", pl.String, reads=(*PAIRED, "match_labels.why"), tags={"text"}, null=NONE),
        Column("at", pl.Datetime("us", "UTC"), reads=(*PAIRED, "match_labels.at"), null=NONE),
        Column("seconds", pl.Float64, reads=(*PAIRED, "match_labels.seconds"), null="it was not measured"),
        Column(
            "conflict", pl.String, reads=(*PAIRED, "match_labels.conflict"), null="it contradicts no other decision"
        ),
        Column("ledger_index", pl.Int64, reads=(*PAIRED, "match_labels.ledger_index"), null=NONE),
    ),
    expects=(in_set("state", list(STATES)),),
    tags=frozenset({"decisions"}),
)


@table_stage(REVIEWS)
def reviews(
    neighbours: pl.LazyFrame,
    products: pl.LazyFrame,
    match_model: pl.LazyFrame,
    match_labels: pl.LazyFrame,
    reviewed: Reviewed,
) -> pl.DataFrame:
    """Every pair that a person should look at or has decided, with probability, evidence, and who said what, why and when."""
    told = pl.collect_all([neighbours.filter(itself()).select("supplier", "sku", "product"), match_labels, match_model])
    own, labels, models = told
    model = MatchModel.from_bytes(base64.b64decode(models["artefact"].item()))
    strata = {pair: stratum for sample in reviewed.samples for pair, stratum in sample.drawn.items()}
    drawn = pl.DataFrame([(*a, *b) for a, b in strata], schema=dict.fromkeys(PAIR, pl.String), orient="row")
    near = neighbours.rename(dict(zip(("supplier", "sku", "near_supplier", "near_sku"), PAIR, strict=True)))
    lower = pl.col("left_supplier") < pl.col("right_supplier")
    within = (pl.col("left_supplier") == pl.col("right_supplier")) & (pl.col("left_sku") < pl.col("right_sku"))
    near = near.filter(lower | within)
    doubtful = near.filter(pl.col("decision") == "review").select(PAIR).collect()
    wanted = pl.concat([doubtful, labels.select(PAIR), drawn]).unique().sort(PAIR)
    weighed = near.join(wanted.lazy(), on=list(PAIR), how="semi").select(*PAIR, "decision", "probability", "evidence")
    rows = wanted.join(weighed.collect(), on=list(PAIR), how="left").join(labels, on=list(PAIR), how="left").sort(PAIR)
    said, product = _said(products, rows), _product(own, rows)
    made = [row for one in rows.iter_rows(named=True) if (row := _row(one, said, product, strata, model)) is not None]
    return pl.DataFrame(made, schema={column.name: column.type for column in REVIEWS.columns}, orient="row")


Record = tuple[str, str]


def _said(products: pl.LazyFrame, rows: pl.DataFrame) -> dict[Record, tuple[str | None, ...]]:
    """What the records say that are in a pair."""
    fields = [pl.col(field).cast(pl.String) for field in FIELDS]
    found = products.join(_sides(rows).lazy(), on=["supplier", "sku"], how="semi").select("supplier", "sku", *fields)
    return {(row[0], row[1]): row[2:] for row in found.collect().iter_rows()}


def _product(own: pl.DataFrame, rows: pl.DataFrame) -> dict[Record, str]:
    """The product that each record in a pair is."""
    found = own.join(_sides(rows), on=["supplier", "sku"], how="semi")
    return {(supplier, sku): product for supplier, sku, product in found.iter_rows()}


def _sides(rows: pl.DataFrame) -> pl.DataFrame:
    sides = [rows.select(supplier=f"{side}_supplier", sku=f"{side}_sku") for side in ("left", "right")]
    return pl.concat(sides).unique()


def _row(
    one: dict[str, Any],
    said: dict[Record, tuple[str | None, ...]],
    product: dict[Record, str],
    strata: dict[Any, str],
    model: MatchModel,
) -> dict[str, Any] | None:
    """A pair's row; None for one that nobody decided and of which a record is gone."""
    pair = pair_of(*(one[name] for name in PAIR))
    there = all(record in said for record in pair)
    decided = one["verdict"] is not None
    if not there and not decided:
        return None
    seen = seen_of(*(said[record] for record in pair)) if there else one["seen"]
    told = {name: one[name] for name in (*PAIR, "verdict", "by", "why", "at", "seconds", "conflict", "ledger_index")}
    return {
        **told,
        "id": review_id(pair, seen),
        "state": _state(one, seen, there=there),
        "reason": one["via"] or ("sample" if pair in strata and one["decision"] != "review" else "doubt"),
        "merged": there and product.get(pair[0]) is not None and product.get(pair[0]) == product.get(pair[1]),
        "stratum": strata.get(pair),
        **_weighed(one, model),
    }


def _state(one: dict[str, Any], seen: str, *, there: bool) -> str:
    if one["verdict"] is None:
        return "waiting"
    if not one["stands"]:
        return "contradiction"
    if not there:
        return "gone"
    if one["seen"] != seen:
        return "changed"
    return "to confirm" if one["via"] == "command" else "decided"


def _weighed(one: dict[str, Any], model: MatchModel) -> dict[str, Any]:
    """The pair's waterfall: where it starts, what adds how much, where it ends, and what would have changed the outcome."""
    probability, evidence = one["probability"], one["evidence"]
    if probability is None or evidence is None:
        return dict.fromkeys(("probability", "start", "evidence", "rest", "line", "tipping"))
    known = model.calibration(one["left_supplier"], one["right_supplier"])
    start = known.start
    line = max(PROBABLE, known.threshold)
    said = steps(evidence)
    ends = _logit(probability)
    rest = ends - start - sum(weight for weight, _ in said)
    return {
        "probability": probability,
        "start": round(start, 3),
        "evidence": evidence,
        "rest": round(rest, 3),
        "line": line,
        "tipping": _tipping(said, ends - _logit(line)),
    }


def _tipping(said: list[tuple[float, str]], above: float) -> str:
    """What would have changed the outcome; `above` is by how much log-odds the pair is over the line (negative: under it)."""
    single = [f"“{words}” ({weight:+.1f})" for weight, words in said if (above - weight >= 0) != (above >= 0)]
    by = f"{abs(above):.2f}" if abs(above) >= 0.01 else "less than 0.01"
    short = f"{by} log-odds {'more' if above < 0 else 'less'}"
    other = "merges" if above < 0 else "stays apart"
    if not single:
        return f"no single evidence decides: with {short} it {other} by itself"
    return f"without {' or '.join(single)} it {other} by itself; so it does with {short}"


def _logit(probability: float) -> float:
    bounded = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(bounded / (1 - bounded))
