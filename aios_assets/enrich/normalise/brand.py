"""Brand: one spelling a brand, aliases that shared identifiers prove, and brands read off the beginning of titles.

What is learned from the whole catalogue is a `BrandModel` with a digest; applying it looks at one row alone. So a delta
is read as the full delivery was, for as long as the model is the same. Two names are one brand only where products with
the same trade item number carry both, often enough that the lower end of Wilson's interval lies above one half.
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import orjson
import polars as pl

from aios_assets.enrich.normalise import homoglyph
from aios_assets.enrich.normalise.answer import answer, of_distinct, texts
from aios_assets.enrich.normalise.words import ABSENT, words

RULES: Final[Mapping[str, str]] = {
    "brand/as-written": "the feed names it, and no other spelling is known",
    "brand/spelling": "the feed names it; written as the catalogue mostly writes it",
    "brand/alias": "the feed names it by another name; products with one number carry both",
    "brand/title-start": "the feed names none; the title begins with a brand that titles begin with only when it is theirs",
    "brand/absent": "neither the feed nor the title's beginning names one",
    "brand/none": "the feed says that the product has no brand",
    "brand/too-long": "longer than any brand's name",
    "brand/no-sign": "no letter or digit stands in it",
}
"""Rules in words; the last four refuse."""

_LONGEST = 80
_MOST_WORDS = 4
_ALIAS_BOUND = 0.5
_START_BOUND = 0.8
_NONE = words(
    "no brand|no-brand|nobrand|unbranded|generic|no name|noname|markenlos|ohne marke|bez marki|sans marque", apart="|"
)
_LEGAL = (
    r"(?i)[\s,]+(?:gmbh(?:\s*&\s*co\.?\s*kg)?|ag|kg|se|inc|ltd|limited|llc|plc|corp|corporation|company|s\.?\s?a\.?(?:\s?s\.?)?|"
    r"s\.?p\.?a|s\.?r\.?l|sp\.?\s*z\s*o\.?\s*o|b\.?v|n\.?v|oyj?|a\.?b|a/s|a\.?s|k\.?k|pty)\.?\s*$"
)


@dataclass(frozen=True)
class BrandModel:
    """What a catalogue says about brands.

    `forms`: key → the spelling that most rows have. `aliases`: key → (key of the brand, products that carry both, products
    that could). `starts`: key → (titles that begin with it and are its own, titles that begin with it and name a brand).
    """

    forms: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, int, int]] = field(default_factory=dict)
    starts: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """The model as JSON with sorted keys: equal models are equal bytes."""
        told = {"kind": "brand/1", "forms": self.forms, "aliases": self.aliases, "starts": self.starts}
        return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)

    @classmethod
    def from_bytes(cls, data: bytes) -> "BrandModel":
        """The model that `to_bytes` wrote; raises ValueError for other bytes."""
        told = orjson.loads(data)
        if not isinstance(told, dict) or told.get("kind") != "brand/1":
            raise ValueError("these bytes are no brand model (kind brand/1); learn it again")
        return cls(
            forms=dict(told["forms"]),
            aliases={key: (to, both, of) for key, (to, both, of) in told["aliases"].items()},
            starts={key: (own, of) for key, (own, of) in told["starts"].items()},
        )

    @property
    def digest(self) -> str:
        """SHA-256 of the model, hex."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


UNLEARNED: Final = BrandModel()
"""The model of an empty catalogue: brands stay as they are written."""


def key(brands: pl.Expr) -> pl.Expr:
    """What two spellings of a brand share: letters and digits, without case, accents, look-alikes and legal form."""
    return _folded(brands.str.replace(_LEGAL, ""))


def learn(catalogue: pl.DataFrame) -> BrandModel:
    """The brands of a catalogue with columns `brand`, `title` and `gtin` (String; null where there is none).

    A GTIN has to be a proved one (see `identifier.gtin`): equal wrong numbers prove nothing.
    """
    told = spellings(catalogue.group_by("brand").agg(pl.len().alias("records")))
    aliases = {name: (to, both, of) for name, (to, _, both, of) in proved(catalogue).items()}
    return BrandModel(forms=forms(told), aliases=aliases, starts=_starts(_keyed(catalogue), aliases))


def spellings(counted: pl.DataFrame) -> pl.DataFrame:
    """Every spelling (`form`) of each name (`key`) with its `records`, of a frame of `brand` and `records`.

    Of a name the one that most records have stands first; then one without a legal form, and one not in capitals.
    """
    return (
        _keyed(counted)
        .drop_nulls("key")
        .group_by("key", "form")
        .agg(pl.col("records").sum())
        .sort(
            "key",
            -pl.col("records").cast(pl.Int64),
            pl.col("form").str.contains(_LEGAL),
            pl.col("form") == pl.col("form").str.to_uppercase(),
            "form",
        )
    )


def forms(told: pl.DataFrame) -> dict[str, str]:
    """The spelling that stands first of each name, by key, of what `spellings` tells."""
    return dict(told.unique("key", keep="first", maintain_order=True).select("key", "form").iter_rows())


def proved(catalogue: pl.DataFrame) -> dict[str, tuple[str, str, int, int]]:
    """Names that shared numbers prove to be another name of a brand, of a catalogue's columns `brand` and `gtin`.

    Key → (key of the brand, key of the name that the same products carry, products that carry both, products that
    could). The two keys differ where that name is itself an alias.
    """
    rows = _keyed(catalogue).drop_nulls("key")
    links = _links(rows.select("gtin", "key"), dict(rows.group_by("key").len().iter_rows()))
    return {name: (_root(name, links), *link) for name, link in sorted(links.items())}


def read(brands: pl.Series, model: BrandModel, *, titles: pl.Series | None = None) -> pl.Series:
    """Answers of brands; where the feed names none, the beginning of the title may."""
    raw = pl.DataFrame({"raw": texts(brands)})
    told = of_distinct(raw, lambda distinct: _spelled(distinct, model))
    if titles is None or not model.starts:
        return told["brand"].alias(brands.name)
    missing = told["brand"].struct.field("by") == "brand/absent"
    found = _begun(texts(titles).filter(missing), model)
    rows = pl.concat([(~missing).arg_true(), missing.arg_true()])
    return pl.concat([told["brand"].filter(~missing), found]).gather(rows.arg_sort()).alias(brands.name)


def _spelled(distinct: pl.DataFrame, model: BrandModel) -> pl.DataFrame:
    tidy = distinct.with_columns(_tidy(pl.col("raw")).alias("form")).with_columns(key(pl.col("form")).alias("key"))
    roots = {alias: (to, (both + 1) / (of + 2)) for alias, (to, both, of) in model.aliases.items()}
    tidy = tidy.with_columns(
        pl.col("key")
        .replace_strict({a: to for a, (to, _) in roots.items()}, default=None, return_dtype=pl.String)
        .alias("root"),
        pl.col("key")
        .replace_strict({a: p for a, (_, p) in roots.items()}, default=None, return_dtype=pl.Float64)
        .alias("sure"),
    )
    best = pl.coalesce("root", "key").replace_strict(model.forms, default=None, return_dtype=pl.String)
    tidy = tidy.with_columns(best.alias("best"))
    lower = pl.col("form").str.to_lowercase()
    by = (
        pl.when(pl.col("form").is_null() | (pl.col("form") == "") | lower.is_in(sorted(ABSENT)))
        .then(pl.lit("brand/absent"))
        .when(lower.is_in(sorted(_NONE)))
        .then(pl.lit("brand/none"))
        .when(pl.col("form").str.len_chars() > _LONGEST)
        .then(pl.lit("brand/too-long"))
        .when(pl.col("key") == "")
        .then(pl.lit("brand/no-sign"))
        .when(pl.col("root").is_not_null() & pl.col("best").is_not_null())
        .then(pl.lit("brand/alias"))
        .when(pl.col("best").is_not_null() & (pl.col("best") != pl.col("form")))
        .then(pl.lit("brand/spelling"))
        .otherwise(pl.lit("brand/as-written"))
    )
    tidy = tidy.with_columns(by.alias("by"))
    value = (
        pl.when(pl.col("by").is_in(["brand/alias", "brand/spelling"]))
        .then("best")
        .when(pl.col("by") == "brand/as-written")
        .then("form")
    )
    sure = pl.when(pl.col("by") == "brand/alias").then("sure")
    return tidy.select(answer(value, pl.String, by=pl.col("by"), raw=pl.col("raw"), confidence=sure).alias("brand"))


def _begun(titles: pl.Series, model: BrandModel) -> pl.Series:
    """Answers from title beginnings, the longest known one first."""
    shares = {start: (own + 1) / (of + 2) for start, (own, of) in model.starts.items()}
    roots = {start: model.aliases[start][0] if start in model.aliases else start for start in shares}
    named = {start: model.forms[root] for start, root in roots.items()}
    longest = _openings(titles, list(shares)).sort("row", "words").group_by("row", maintain_order=True).last()
    rows = pl.DataFrame({"row": pl.int_range(0, len(titles), dtype=pl.UInt32, eager=True)})
    told = rows.join(longest, on="row", how="left", maintain_order="left")
    return told.select(
        answer(
            pl.col("start").replace_strict(named, default=None, return_dtype=pl.String),
            pl.String,
            by=pl.when(pl.col("start").is_null()).then(pl.lit("brand/absent")).otherwise(pl.lit("brand/title-start")),
            raw=pl.lit(None, dtype=pl.String),
            evidence=pl.col("span"),
            confidence=pl.col("start").replace_strict(shares, default=None, return_dtype=pl.Float64),
        ).alias("brand")
    ).to_series()


def _keyed(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with each `brand`, tidied, as `form`, and its `key`; null where it names none."""

    def read(distinct: pl.DataFrame) -> pl.DataFrame:
        tidy = distinct.select(_tidy(pl.col("brand")).alias("form"))
        tidy = tidy.with_columns(pl.when(_named(pl.col("form"))).then(key(pl.col("form"))).alias("key"))
        return tidy.with_columns(pl.when(pl.col("key") != "").then("key").alias("key"))

    return frame.hstack(of_distinct(frame.select("brand"), read))


def _links(rows: pl.DataFrame, totals: Mapping[str, int]) -> dict[str, tuple[str, int, int]]:
    """Rarer names with the name that the same products carry elsewhere, by the evidence of shared numbers."""
    # A number that stands once says nothing, and in a catalogue most do.
    rows = rows.drop_nulls("gtin").filter(pl.col("gtin").is_duplicated())
    carried = rows.unique()
    # A number on more than a handful of brands is a placeholder that happens to pass its check.
    counts = carried.group_by("gtin").len().filter(pl.col("len").is_between(2, 4))
    shared = carried.join(counts.select("gtin"), on="gtin")
    again = rows.group_by("gtin", "key").len()
    alone = again.group_by("gtin").agg(
        pl.col("len").sum().alias("rows"), pl.len().alias("names"), pl.col("key").first()
    )
    # Products that other rows carry too, under this name alone: they speak against an alias.
    against = dict(alone.filter((pl.col("names") == 1) & (pl.col("rows") > 1)).group_by("key").len().iter_rows())
    pairs = shared.join(shared, on="gtin", suffix="_other").filter(pl.col("key") != pl.col("key_other"))
    met = dict(shared.group_by("key").len().iter_rows())
    links: dict[str, tuple[str, int, int]] = {}
    evidence = (
        pairs.group_by("key", "key_other").len().sort(["len", "key", "key_other"], descending=[True, False, False])
    )
    for name, other, both in evidence.iter_rows():
        of = met[name] + against.get(name, 0)
        rarer = (totals[name], other) < (totals[other], name)
        if rarer and name not in links and lower_bound(both, of) > _ALIAS_BOUND:
            links[name] = (other, both, of)
    return links


def _root(name: str, links: Mapping[str, tuple[str, int, int]]) -> str:
    # Every step goes to a name on more rows, so that it ends.
    while name in links:
        name = links[name][0]
    return name


def _starts(rows: pl.DataFrame, aliases: Mapping[str, tuple[str, int, int]]) -> dict[str, tuple[int, int]]:
    """Keys that titles begin with, kept where those titles are nearly always the brand's own."""
    roots = {name: to for name, (to, _, _) in aliases.items()}
    spoken = rows.select("key", "title").drop_nulls().with_row_index("row")
    begun = _openings(spoken["title"], spoken["key"].unique().to_list())
    found = begun.join(spoken.select("row", "key"), on="row")
    same = pl.col("key").replace(roots) == pl.col("start").replace(roots)
    counted = found.group_by("start").agg(same.sum().alias("own"), pl.len().alias("of")).sort("start")
    return {start: (own, of) for start, own, of in counted.iter_rows() if lower_bound(own, of) > _START_BOUND}


def lower_bound(hits: int, of: int) -> float:
    """The lower end of Wilson's 95 % interval of a share; 0 where nothing was seen."""
    if not of:
        return 0.0
    z, share = 1.96, hits / of
    middle = share + z * z / (2 * of)
    return (middle - z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))) / (1 + z * z / of)


def _openings(titles: pl.Series, known: list[str]) -> pl.DataFrame:
    """Where the first one to four words of a title are a known key: columns `row`, `words`, `span`, `start`.

    A second word is looked at only where the first could begin a known key; for most titles it could not.
    """
    prefixes = pl.Series(sorted({name[:n] for name in known for n in range(1, len(name) + 1)}), dtype=pl.String)
    left = pl.DataFrame({"title": titles}).with_row_index("row").with_columns(pl.lit("").alias("before"))
    found = []
    for n in range(1, _MOST_WORDS + 1):
        span = pl.col("title").str.extract(rf"^\s*((?:\S+\s+){{{n - 1}}}[^\s,;:()]+)")
        left = left.with_columns(span.alias("span")).drop_nulls("span")
        folded = of_distinct(left.select("span"), lambda spans: spans.select(_folded(pl.col("span")).alias("start")))
        left = left.hstack(folded).filter(pl.col("start").is_in(prefixes.implode()))
        # A word that folds to nothing ("&") makes no new start.
        hit = left.filter(pl.col("start").is_in(known), pl.col("start") != pl.col("before"))
        found.append(hit.select("row", pl.lit(n).alias("words"), "span", "start"))
        left = left.select("row", "title", pl.col("start").alias("before"))
    return pl.concat(found)


def _tidy(raw: pl.Expr) -> pl.Expr:
    return raw.str.normalize("NFC").str.replace_all(r"[\s\p{Cf}\p{Cc}]+", " ").str.strip_chars(" \"',;")


def _named(form: pl.Expr) -> pl.Expr:
    lower = form.str.to_lowercase()
    return (form.str.len_chars() <= _LONGEST) & ~lower.is_in(sorted(ABSENT | _NONE))


def _folded(text: pl.Expr) -> pl.Expr:
    plain = homoglyph.skeleton(text).str.normalize("NFKD").str.to_lowercase()
    return plain.str.replace_all(r"[^\p{L}\p{N}]", "")
