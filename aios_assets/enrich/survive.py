"""Survive: which value of a product's field stands where its records differ, who said it, and why the others lost.

Values are weighed by sense, not spelling. Every measure is a maximum or a count over those who say the same, so a further
record that agrees can only strengthen what stands; and what is compared last are names, so the order of records is nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from aios_assets.enrich.sense import apart, fullness, named, sense, words
from aios_assets.enrich.survivorship import BESIDE, TRUST, Survivorship

KEY: Final = ("product", "field", "locale")
SAID: Final = (*KEY, "value", "supplier", "sku", "title", "unit", "recent")
"""What goes in, a row a statement: `value` is an answer, `title` the record's, `unit` a price's currency, `recent` an order in
time (null: unknown)."""

ONLY, AGREED, NAMES = "only", "all agree", "names"
"""What decided where no criterion had to: one record speaks, all say the same, or only the alphabet tells them apart."""

CUT: Final = 200
"""Characters of a lost value that are kept beside the one that stands; the record has the rest."""

_WHO, _SURE = ("supplier", "sku"), 6


def survive(said: pl.DataFrame, policy: Survivorship, aliases: Mapping[str, str] | None = None) -> pl.DataFrame:
    """What stands of each key, a row each, with who said it and why the others lost.

    `aliases` are further names of brands, as `sense` takes them; without, a name is a brand.

    Columns: KEY, `value`, the record it is taken from (`supplier`, `sku`), `agree` and `differ` (records that say the same, or
    only something else), `decided_by`, `others` (JSON: who said what else, and what decided against it; null where nobody
    did), `severity` of the disagreement (0 to 1, null where there is none) and `policy`, the digest of what decided.
    """
    # polars 2.1's `format` panics on what a filter leaves of many chunks
    said = _told(said.rechunk(), policy)
    several = _contested(said)
    settled = [_agreed(said.filter(~several)), *_argued(said.filter(several), policy, aliases or {})]
    told = pl.concat(settled)
    digests = {name: policy.digest(name) for name in told["field"].unique()}
    return told.with_columns(policy=pl.col("field").replace_strict(digests, default=None, return_dtype=pl.String))


def _told(said: pl.DataFrame, policy: Survivorship) -> pl.DataFrame:
    """The statements with their key's number `k`, what is said as `text`, who says it, how sure, and how trusted."""
    follows = {name: one.beside for name in said["field"].unique() if (one := policy.of(name)).beside}
    value, sure = pl.col("value").struct, pl.col("value").struct.field("confidence")
    return said.with_row_index("k").with_columns(
        k=pl.col("k").first().over(KEY),
        text=value.field("value"),
        confidence=sure.round(_SURE),
        trust=pl.col("supplier").replace_strict(dict(policy.trust), default=TRUST, return_dtype=pl.Float64),
        who=pl.concat_str(_WHO, separator="\x1f"),
        leader=pl.col("field").replace_strict(follows, default=None, return_dtype=pl.String),
    )


def _contested(said: pl.DataFrame) -> pl.Series:
    """Whether more than one thing is said of a statement's key, or of one that follows it: most keys need no senses."""
    several = pl.any_horizontal(pl.col("text", "unit").n_unique() > 1).alias("several")
    said = said.join(said.group_by("k").agg(several), on="k", maintain_order="left")
    led = said.filter("several").drop_nulls("leader").select("product", field="leader").unique()
    leads = said.join(led.with_columns(leads=True), on=["product", "field"], how="left", maintain_order="left")
    return leads.select(pl.col("several") | pl.col("leads").fill_null(value=False)).to_series()


def _agreed(said: pl.DataFrame) -> pl.DataFrame:
    """What stands of keys of which one thing is said, as `survive` tells it but for `policy`."""
    records = said.group_by("k").agg(agree=pl.col("who").n_unique().cast(pl.Int64))
    first = _first(said).join(records, on="k", maintain_order="left")
    return first.select(
        *KEY,
        "value",
        *_WHO,
        "agree",
        differ=pl.lit(0, pl.Int64),
        decided_by=pl.when(pl.col("agree") == 1).then(pl.lit(ONLY)).otherwise(pl.lit(AGREED)),
        others=pl.lit(None, pl.String),
        severity=pl.lit(None, pl.Float64),
    )


def _argued(said: pl.DataFrame, policy: Survivorship, aliases: Mapping[str, str]) -> list[pl.DataFrame]:
    """The same of keys of which several things are said; fields that follow another one come after it."""
    if said.is_empty():
        return []
    said = _measured(said, policy, aliases)
    leading, following = (said.filter(part) for part in (pl.col("leader").is_null(), pl.col("leader").is_not_null()))
    settled = [_settled(leading.with_columns(beside=pl.lit(0, pl.Int8)), policy)]
    if following.height:
        settled.append(_settled(_beside(following, leading, settled[0]), policy))
    return [one.drop("sense") for one in settled]


def _measured(said: pl.DataFrame, policy: Survivorship, aliases: Mapping[str, str]) -> pl.DataFrame:
    """The statements with what each criterion asks of one of them."""
    policies = {name: policy.of(name) for name in said["field"].unique()}
    shown = {name: one.shown for name, one in policies.items()}
    field, text = pl.col("field"), pl.col("text")
    said = said.with_columns(
        shown=field.replace_strict(shown, default=None, return_dtype=pl.Int64),
        asked=field.is_in([name for name, one in policies.items() if "named" in one.criteria]),
    )
    full = pl.when(field == "price").then(pl.col("unit").is_not_null().cast(pl.UInt32)).otherwise(
        fullness(text, pl.col("shown"))
    )  # fmt: skip
    bears = pl.when("asked").then(named(text, pl.col("title"))).fill_null(0.0)
    said = said.with_columns(sense(said, aliases), full.alias("completeness"), bears.alias("named")).drop(
        "title", "shown", "asked"
    )
    # A brand's sense has no blanks, so that Dane-Elec is DaneElec; how far two are apart is told by their words.
    return said.with_columns(plain=pl.when(field == "brand").then(words(text)).otherwise("sense"))


def _beside(following: pl.DataFrame, leading: pl.DataFrame, settled: pl.DataFrame) -> pl.DataFrame:
    """The statements of fields that follow another one, each with whether its record says of that what stands."""
    stands = settled.join(following.select("product", field="leader").unique(), on=["product", "field"], how="semi")
    stands = stands.select("product", "field", "sense")
    right = leading.join(stands, on=["product", "field", "sense"], how="semi").select(
        "product", *_WHO, pl.col("field").alias("leader"), pl.lit(1, pl.Int8).alias("beside")
    )
    return following.join(
        right.unique(), on=["product", *_WHO, "leader"], how="left", maintain_order="left"
    ).with_columns(pl.col("beside").fill_null(0))


def _settled(said: pl.DataFrame, policy: Survivorship) -> pl.DataFrame:
    """One row a key, as `survive` tells it, with the `sense` that stands."""
    said = said.with_columns(several=pl.col("sense").n_unique().over("k") > 1)
    differing, agreeing = said.filter("several"), said.filter(~pl.col("several"))
    senses = _ranked(differing, ["k", "sense"], policy)
    stands = senses.filter(pl.col("rank") == 0).select("k", "sense")
    chosen = _spelled(pl.concat([differing.join(stands, on=["k", "sense"], how="semi"), agreeing]), policy)
    counted = said.group_by("k").agg(records=pl.col("who").n_unique())
    same = chosen.select("k", "sense").join(said, on=["k", "sense"]).group_by("k").agg(agree=pl.col("who").n_unique())
    told = _lost(differing, senses, stands, policy)
    alone = pl.when(pl.col("records") == 1).then(pl.lit(ONLY)).otherwise(pl.lit(AGREED))
    return (
        chosen.join(counted, on="k")
        .join(same, on="k")
        .join(told, on="k", how="left")
        .select(
            *KEY,
            "value",
            *_WHO,
            pl.col("agree").cast(pl.Int64),
            (pl.col("records") - pl.col("agree")).cast(pl.Int64).alias("differ"),
            pl.coalesce("decided_by", alone).alias("decided_by"),
            "others",
            "severity",
            "sense",
        )
    )


def _ranked(said: pl.DataFrame, level: Sequence[str], policy: Survivorship) -> pl.DataFrame:
    """What is said, once each, with the measures of all who say it and its `rank` within its key, from 0."""
    voices = said.group_by(level).agg(
        pl.col("field").first(),
        agreement=pl.col("supplier").n_unique(),
        **{name: pl.col(name).max() for name in ("trust", "completeness", "recent", "confidence", "named", "beside")},
        who=pl.col("who").min(),
        plain=pl.col("plain").min(),
    )
    parts = [
        part.sort(
            *columns, "who", *level, descending=[True] * len(columns) + [False] * (1 + len(level)), nulls_last=True
        )
        for columns, part in _by_criteria(voices, policy)
    ]
    ordered = pl.concat(parts) if parts else voices
    return ordered.with_columns(rank=pl.int_range(pl.len()).over("k"))


def _by_criteria(frame: pl.DataFrame, policy: Survivorship) -> list[tuple[list[str], pl.DataFrame]]:
    """The rows, parted by the criteria of their fields, each part with these as columns."""
    orders: dict[tuple[str, ...], list[str]] = {}
    for name in sorted(frame["field"].unique()):
        orders.setdefault(policy.of(name).criteria, []).append(name)
    return [
        ([_column(one) for one in order], frame.filter(pl.col("field").is_in(names))) for order, names in orders.items()
    ]


def _column(criterion: str) -> str:
    return "beside" if criterion.startswith(BESIDE) else "recent" if criterion == "recency" else criterion


def _spelled(said: pl.DataFrame, policy: Survivorship) -> pl.DataFrame:
    """Of those who say what stands, the record that it is taken from.

    The spelling of most suppliers, not in capitals throughout where another is not, then as the policy goes; of those who
    spell it so, the record of most trust and the latest.
    """
    several = said.with_columns(spellings=pl.col("text").n_unique().over("k")).filter(pl.col("spellings") > 1)
    if several.height:
        spelled = _ranked(several, ["k", "text"], policy).with_columns(
            shouted=(pl.col("text") == pl.col("text").str.to_uppercase())
            | (pl.col("text") == pl.col("text").str.to_lowercase())
        )
        best = (
            spelled.sort("agreement", "shouted", "rank", descending=[True, False, False])
            .unique("k", keep="first", maintain_order=True)
            .select("k", "text")
        )
        spelled_so = several.drop("spellings").join(best, on=["k", "text"], how="semi")
        said = pl.concat([said.join(best, on="k", how="anti"), spelled_so])
    return _first(said)


def _first(said: pl.DataFrame) -> pl.DataFrame:
    """Of each key the statement of most trust, then the latest, the surest, the first in the alphabet."""
    return said.sort(
        "trust", "recent", "confidence", "who", "value", descending=[True, True, True, False, False], nulls_last=True
    ).unique("k", keep="first", maintain_order=True)


def _lost(said: pl.DataFrame, senses: pl.DataFrame, stands: pl.DataFrame, policy: Survivorship) -> pl.DataFrame:
    """Per key with several senses: `decided_by`, `others`, `severity`."""
    best = senses.filter(pl.col("rank") == 0).select("k", pl.all().exclude("k", "field", "rank").name.suffix("_best"))
    beaten = senses.filter(pl.col("rank") > 0).join(best, on="k")
    told = []
    for columns, part in _by_criteria(beaten, policy):
        names = policy.of(part["field"][0]).criteria
        reasons = [
            pl.when(pl.col(column).ne_missing(pl.col(f"{column}_best"))).then(pl.lit(name))
            for column, name in zip(columns, names, strict=True)
        ]
        told.append(part.with_columns(lost=pl.coalesce(*reasons, pl.lit(NAMES))))
    lost = pl.concat(told) if told else beaten.with_columns(lost=pl.lit(None, pl.String))
    policies = {name: policy.of(name) for name in lost["field"].unique()}
    number = {
        part: pl.col("field").replace_strict(
            {name: getattr(one, part) for name, one in policies.items()}, default=0.0, return_dtype=pl.Float64
        )
        for part in ("weight", "tolerance")
    }
    lost = lost.with_columns(**number).with_columns(
        severity=(apart("plain", "plain_best", "field", "tolerance") * pl.col("weight")).round(3)
    )
    right = said.join(stands, on=["k", "sense"], how="semi").select("k", "who")
    # A record that also says what stands contradicts nobody: a title may name two colours.
    others = (
        said.join(right, on=["k", "who"], how="anti")
        .join(lost.select("k", "sense", "rank", "lost", "severity"), on=["k", "sense"])
        .sort("rank", "who", "text")
        .unique(["k", "sense", "who"], keep="first", maintain_order=True)
    )
    text = pl.concat_str("text", "unit", separator=" ", ignore_nulls=True)
    cut = pl.when(text.str.len_chars() > CUT).then(text.str.slice(0, CUT) + "…").otherwise(text)
    each = pl.struct(*_WHO, cut.alias("value"), "lost")
    return (
        others.group_by("k", maintain_order=True)
        .agg(pl.col("lost").first().alias("decided_by"), each.alias("others"), pl.col("severity").max())
        .with_columns(pl.struct("others").struct.json_encode().str.slice(10).str.head(-1).alias("others"))
    )
