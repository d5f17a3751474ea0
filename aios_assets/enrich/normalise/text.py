"""Text: titles and descriptions as plain, composed, visible text, with flags for what was wrong or wants a look.

Cleaning takes layers off until nothing changes, so that what decodes into markup is cleaned again, and cleaning twice
is cleaning once. Words are never rewritten.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

import polars as pl

from aios_assets.enrich.normalise import flag, markup
from aios_assets.enrich.normalise.answer import answer, texts
from aios_assets.enrich.normalise.words import ABSENT

RULES: Final[Mapping[str, str]] = {
    "text/as-is": "it was plain text already",
    "text/cleaned": "white space, invisible, control or presentation characters were put right",
    "text/html": "tags were taken out and character references resolved",
    "text/absent": "nothing is written there, or a word for nothing",
    "text/nothing-left": "only markup or invisible characters stood there",
    "text/too-long": "longer than any title or description",
    "text/nested": "encoded so many times over that it was made to deceive",
}
"""Rules in words; the last four refuse."""

LONGEST_TITLE: Final = 10_000
"""Characters; a longer title is a broken row or an attack."""
LONGEST_DESCRIPTION: Final = 1_000_000
"""Characters of a description, markup included."""

_SHOWN = "!-%'-;=?-z|~\u00a1-\u00ac\u00ae-\u02af\u2013\u2014\u2018-\u201e\u2022\u2026\u20ac\u2122\u00d7"
_PLAIN = f"^[{_SHOWN}]+(?: [{_SHOWN}]+)*$"
_SPACE = r"[\s\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{2800}\x{3000}]+"
_SPACE_IN_LINE = r"[\t\v\f\r \x{A0}\x{1680}\x{2000}-\x{200A}\x{202F}\x{205F}\x{2800}\x{3000}]+"
_LINE_END = r"\r\n?|[\x{85}\x{2028}\x{2029}]"
_FOLDED = {chr(c): unicodedata.normalize("NFKC", chr(c)) for c in [*range(0xFF01, 0xFF5F), *range(0x1D400, 0x1D800)]}
_FOLDED = {sign: plain for sign, plain in _FOLDED.items() if sign != plain}
_JOINED = (
    "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\u0900-\u0dff\u0e00-\u109f\u1780-\u17ff\u2190-\u2bff\U0001f000-\U0001faff"
)
_LONE_JOINER = re.compile(f"(?<![{_JOINED}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINED}])")
_UNSEEN = flag.INVISIBLE.replace(r"\x{200B}-\x{200F}", r"\x{200B}\x{200E}\x{200F}")
_EMOJI = "([#*0-9\u00a9\u00ae\u2122\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff])\ufe0f"
_ROUNDS = 8
_MARKUP = r"<[a-zA-Z/!?]"


def title(raw: pl.Series) -> pl.DataFrame:
    """Answers in one line each: columns `title` (String), `flags` (List of String, sorted), `removed` (invisible signs)."""
    return _clean(raw, "title", lines=False, longest=LONGEST_TITLE)


def description(raw: pl.Series) -> pl.DataFrame:
    """Answers that keep their paragraphs: columns `description`, `flags`, `removed` as `title` has them."""
    return _clean(raw, "description", lines=True, longest=LONGEST_DESCRIPTION)


def flags(*columns: pl.Series) -> pl.Series:
    """The flags that the columns raise together, read one after the other: what is split over two fields shows here."""
    joined = pl.select(
        pl.concat_str([texts(column) for column in columns], separator=" ", ignore_nulls=True)
    ).to_series()
    return _clean(joined, "text", lines=False, longest=LONGEST_DESCRIPTION)["flags"]


def _clean(raw: pl.Series, name: str, *, lines: bool, longest: int) -> pl.DataFrame:
    frame = pl.DataFrame({"raw": texts(raw)}).with_row_index("row")
    bare = pl.col("raw").str.strip_chars()
    absent = (
        pl.col("raw").is_null()
        | (bare == "")
        | ((bare.str.len_bytes() < 24) & bare.str.to_lowercase().is_in(sorted(ABSENT)))
    )
    kinds = frame.select(
        absent=absent,
        long=pl.col("raw").str.len_chars() > longest,
        plain=pl.col("raw").str.contains(_PLAIN),
    ).fill_null(value=False)
    frame = frame.hstack(kinds)
    plain = frame.filter("plain", ~pl.col("absent"), ~pl.col("long"))
    odd = frame.filter(~pl.col("plain"), ~pl.col("absent"), ~pl.col("long"))
    none = frame.filter(pl.col("absent") | pl.col("long"))
    cleaned = _layers(odd["raw"], lines=lines)
    told = pl.concat(
        [
            plain.select("row", pl.col("raw").alias("text"), pl.lit("text/as-is").alias("by")).hstack(
                _flagged(plain["raw"], _spoken(plain["raw"]))
            ),
            odd.select("row").hstack(cleaned),
            none.select(
                "row",
                pl.lit(None, dtype=pl.String).alias("text"),
                pl.when("absent").then(pl.lit("text/absent")).otherwise(pl.lit("text/too-long")).alias("by"),
                pl.lit([], dtype=pl.List(pl.String)).alias("flags"),
                pl.lit(0, dtype=pl.UInt32).alias("removed"),
            ),
        ]
    ).sort("row")
    told = told.hstack([frame["raw"]])
    made = answer(pl.col("text"), pl.String, by=pl.col("by"), raw=pl.col("raw"))
    return told.select(made.alias(name), "flags", "removed")


def _layers(raw: pl.Series, *, lines: bool) -> pl.DataFrame:
    """Columns `text`, `by`, `flags`, `removed` of texts that are not plain."""
    state = pl.DataFrame({"text": raw}).with_row_index("at")
    raised: dict[str, pl.Series] = {}
    active = state = state.with_columns(pl.col("text").str.replace_all(_EMOJI, "$1"))
    at_first = state["text"].str.count_matches(flag.INVISIBLE)
    for _ in range(_ROUNDS):
        seen = _visible(active["text"])
        unseen = active["text"].str.count_matches(flag.INVISIBLE) > seen.str.count_matches(flag.INVISIBLE)
        found = flag.visual(active["text"]) | {"markup": seen.str.contains(_MARKUP), "invisible": unseen}
        words = flag.textual(seen)
        secret = [flag.hidden(text) for text in active["text"].filter(found["hidden-text"])]
        if secret:
            words = _with_hidden(words, found["hidden-text"], flag.textual(pl.Series(secret)))
        for name, here in (found | words).items():
            before = raised.get(name, pl.repeat(value=False, n=len(raw), eager=True))
            raised[name] = before.scatter(active["at"].filter(here), True) if here.any() else before
        after = _layer(seen, lines=lines)
        changed = after != active["text"]
        state = state.with_columns(state["text"].scatter(active["at"], after))
        active = active.with_columns(after.alias("text")).filter(changed)
        if not active.height:
            break
    raised["formula"] = flag.formula(state["text"]) | flag.formula(raw)
    raised["encoding-damage"] = flag.damage(state["text"]) | flag.damage(raw)
    removed = pl.Series("removed", at_first - state["text"].str.count_matches(flag.INVISIBLE))
    stuck = pl.Series("stuck", state["at"].is_in(active["at"].implode()))
    references = raw.str.contains(markup.MARKED)
    return (
        state.hstack(_flagged(raw, raised).with_columns(removed))
        .with_columns(stuck, marked=references, raw=raw)
        .select(
            pl.when(~pl.col("stuck") & (pl.col("text") != "")).then("text").alias("text"),
            pl.when("stuck")
            .then(pl.lit("text/nested"))
            .when(pl.col("text") == "")
            .then(pl.lit("text/nothing-left"))
            .when(pl.col("text") == pl.col("raw"))
            .then(pl.lit("text/as-is"))
            .when("marked")
            .then(pl.lit("text/html"))
            .otherwise(pl.lit("text/cleaned"))
            .alias("by"),
            "flags",
            "removed",
        )
    )


def _spoken(plain: pl.Series) -> dict[str, pl.Series]:
    """The flags that a plain text can raise."""
    return flag.textual(plain) | {"formula": flag.formula(plain), "encoding-damage": flag.damage(plain)}


def _visible(text: pl.Series) -> pl.Series:
    """The text without invisible and control characters, presentation letters folded, composed (NFC)."""
    joined = text.str.contains("[\u200c\u200d]")
    if joined.any():
        kept = [_LONE_JOINER.sub("", each) for each in text.filter(joined).str.replace_all(_UNSEEN, "")]
        text = text.scatter(joined.arg_true(), kept)
    text = text.str.replace_all(_UNSEEN, "").str.replace_all(_LINE_END, "\n").str.replace_all(flag.CONTROL, "")
    wide = text.str.contains(flag.PRESENTATION)
    if wide.any():
        folded = text.filter(wide).str.replace_many(list(_FOLDED), list(_FOLDED.values()))
        text = text.scatter(wide.arg_true(), folded)
    return text.str.normalize("NFC")


def _layer(seen: pl.Series, *, lines: bool) -> pl.Series:
    """One layer off a visible text: tags, then character references, then white space."""
    marked = seen.str.contains(markup.MARKED)
    if marked.any():
        open_ = pl.DataFrame({"t": seen.filter(marked)}).select(markup.strip(pl.col("t"))).to_series()
        seen = seen.scatter(marked.arg_true(), markup.unescape(open_))
    if not lines:
        return seen.str.replace_all(_SPACE, " ").str.strip_chars()
    narrow = seen.str.replace_all(_LINE_END, "\n").str.replace_all(_SPACE_IN_LINE, " ")
    return narrow.str.replace_all(" ?\n ?", "\n").str.replace_all("\n{3,}", "\n\n").str.strip_chars()


def _with_hidden(words: dict[str, pl.Series], where: pl.Series, said: dict[str, pl.Series]) -> dict[str, pl.Series]:
    rows = where.arg_true()
    return {
        name: here.scatter(rows.filter(said[name]), True) if said[name].any() else here for name, here in words.items()
    }


def _flagged(raw: pl.Series, raised: dict[str, pl.Series]) -> pl.DataFrame:
    """Columns `flags` (sorted) and `removed` (zero) out of one Boolean column a flag."""
    some = {name: here for name, here in sorted(raised.items()) if here.any()}
    frame = pl.DataFrame({"removed": pl.repeat(0, len(raw), dtype=pl.UInt32, eager=True), **some})
    listed = [pl.when(pl.col(name)).then(pl.lit(name)) for name in some]
    none = pl.lit([], dtype=pl.List(pl.String))
    return frame.select((pl.concat_list(listed).list.drop_nulls() if some else none).alias("flags"), "removed")
