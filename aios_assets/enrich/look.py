"""Look: what is personal or secret in columns of text, where each distinct text is looked through once a process."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from aios_assets.enrich import personal, secrets
from aios_assets.enrich.clean import Clean

FORMS = {"digest": r"\A[A-Za-z0-9+/_:-]*={0,2}\z", "token": r"\A(?:\[[a-z]+:[a-p]{24}\])*\z"}
"""Tags of columns whose text is no language, and the form of their values: there is nothing in those to detect. A value of
another form, or all of digits, is looked through like any text, since a tag is only somebody's word."""

CLEAN = Clean()
"""Texts in which this process' detectors found nothing; they can't change while it runs."""

SCANNERS = (personal.SCANNER, secrets.SCANNER)

HASHES = ["place", "mark"]

_FEW = 64
"""Values that tell nearly every other column from one of equal values."""


class Exposed(NamedTuple):
    """How many values of a column hold something personal, and how many a secret."""

    personal: int
    secrets: int


def spans(values: pl.Series) -> pl.DataFrame:
    """Every datum and secret in a column of text, as `personal.SPANS`; of two that overlap the secret, which goes whole."""
    new = CLEAN.look_up(pl.DataFrame({"text": values}))["text"]
    if new.is_empty():
        return personal.SPANS.to_frame()  # asking no text at all compiles every expression all the same
    distinct = _first(new)
    texts = values.gather(distinct["row"])
    frame = personal.readable(texts)
    found = _merged(*(scanner.placed(texts, frame) for scanner in SCANNERS))
    hit = distinct.select(HASHES).with_row_index("at")
    clean = hit.filter(~pl.col("at").is_in(found["row"].implode()))
    if clean.height:
        CLEAN.add(clean.select(HASHES))
    if found.is_empty():
        return found
    where = hit.join(new, on=HASHES).select("at", "row")
    return where.join(found.rename({"row": "at"}), on="at").select(found.columns).sort("row", "start")


def counts(columns: Mapping[str, pl.Series], tags: Mapping[str, Sequence[str]]) -> dict[str, Exposed]:
    """How much of each column is exposed; its `tags` may say that its values have one of FORMS.

    What is new in any of them is looked through in one go: compiling costs most.
    """
    alike = {name: len(values) for name, values in columns.items() if _alike(values)}
    language = {
        name: _language(values.head(1) if name in alike else values, [FORMS[tag] for tag in FORMS if tag in tags[name]])
        for name, values in columns.items()
    }
    fresh = [
        _distinct(values, looked).with_columns(pl.lit(name).alias("column"))
        for name, values in language.items()
        if (looked := CLEAN.look_up(pl.DataFrame({"text": values}))["text"]).height
    ]
    if not fresh:
        return dict.fromkeys(columns, Exposed(0, 0))
    rows = pl.concat(fresh)
    distinct = _first(rows)
    frame = personal.readable(distinct["text"])
    hits = [distinct.select(HASHES)[scanner.rows(frame)] for scanner in SCANNERS]
    CLEAN.add(distinct.select(HASHES).join(pl.concat(hits), on=HASHES, how="anti"))
    found = [dict(rows.join(hit, on=HASHES).group_by("column").agg(pl.col("times").sum()).iter_rows()) for hit in hits]
    return {name: Exposed(*(int(told.get(name, 0)) * alike.get(name, 1) for told in found)) for name in columns}


def _alike(values: pl.Series) -> bool:
    """Whether every value is the first one, as in a column that says who delivered: then one look is enough."""
    return values.head(_FEW).n_unique() == 1 and bool(values.eq_missing(values.head(1)).all())


def _language(values: pl.Series, forms: Sequence[str]) -> pl.Series:
    """The values that are none of these forms, or all of digits."""
    if not forms:
        return values
    formed = pl.any_horizontal([pl.col("text").str.contains(form) for form in forms])
    formed &= pl.col("text").str.contains("[A-Za-z]")
    return pl.DataFrame({"text": values}).filter(~formed)["text"]


def _distinct(values: pl.Series, new: pl.DataFrame) -> pl.DataFrame:
    """The distinct texts among those of which nothing is known, with how often each stands there."""
    texts = new.with_columns(values.gather(new["row"]).alias("text"))
    return texts.group_by(HASHES, maintain_order=True).agg(pl.col("text").first(), pl.len().alias("times"))


def _first(rows: pl.DataFrame) -> pl.DataFrame:
    """The first row of each pair of hashes: by one of them, which is twice as fast, and by both where that one is equal."""
    seen = ~rows["mark"].is_first_distinct()
    first, again = rows.filter(~seen), rows.filter(seen)
    if again.is_empty():
        return first
    held = first.select("mark", pl.col("place").alias("_place"))
    other = again.join(held, on="mark").filter(pl.col("_place") != pl.col("place")).select(rows.columns)
    return pl.concat([first, other.unique(HASHES, keep="first")]) if other.height else first


def _merged(data: pl.DataFrame, hidden: pl.DataFrame) -> pl.DataFrame:
    """Both lists, without personal spans that a secret overlaps: a secret is replaced whole."""
    if hidden.is_empty() or data.is_empty():
        return pl.concat([data, hidden]).sort("row", "start")
    pairs = data.with_row_index("at").join(hidden, on="row", suffix="_secret")
    hit = pairs.filter((pl.col("start") < pl.col("end_secret")) & (pl.col("start_secret") < pl.col("end")))["at"]
    kept = data.with_row_index("at").filter(~pl.col("at").is_in(hit.implode())).drop("at")
    return pl.concat([kept, hidden]).sort("row", "start")
