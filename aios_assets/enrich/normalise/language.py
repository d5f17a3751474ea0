# ruff: noqa: RUF001 - characters that look like others are what this file is about
"""Language: which language one text is written in, by its script, common words, letters and endings; else unsure.

Product titles are short and full of names, so the method counts only what it knows and abstains otherwise: a word list
says why (`evidence` is the words that decided), costs no model file, and works on a million titles in seconds.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from aios_assets.enrich.normalise.answer import answer, of_distinct, texts
from aios_assets.enrich.normalise.languagewords import ENDINGS, LETTERS, WORDS

RULES: Final[Mapping[str, str]] = {
    "language/words": "its common words, letters and endings are those of one language far more than of any other",
    "language/script": "most of its letters are of a script that one language writes, or has letters that only one has",
    "language/absent": "no letter stands in it",
    "language/unsure": "too little in it belongs to one language alone",
}
"""Rules in words; the last two refuse."""

LANGUAGES: Final = (*sorted(WORDS), "ar", "bg", "el", "fa", "he", "hi", "ja", "ko", "ru", "th", "uk", "zh")
"""ISO 639-1 codes that can be answered."""

# Characters that only simplified Chinese writes; without one, a text of Han characters may as well be Japanese.
_SIMPLIFIED = (
    "们这为电车东书门长开关产儿适图标题签轻钟颜价质单头帮红绿蓝银"
    "铁钢裤婴笔纸锅盘饰链环镜华语简网络买卖无线键显视频摄储备运级龙"
)
_READ = 800
_LEAST = 1.0
_SURE = 0.7
_ENDING_WEIGHT = 0.4
_LETTER_WEIGHT = 0.6
_PRIOR = 0.25


def read(raw: pl.Series) -> pl.Series:
    """Answers of ISO 639-1 codes, with the share of the evidence that is for it as confidence; reads 800 characters."""
    return of_distinct(pl.DataFrame({"raw": texts(raw)}), _read).to_series().alias(raw.name)


def _read(distinct: pl.DataFrame) -> pl.DataFrame:
    frame = distinct.with_row_index("row").with_columns(pl.col("raw").str.head(_READ).str.to_lowercase().alias("text"))
    frame = frame.with_columns(_script(pl.col("text")).alias("script"))
    scored = _scores(frame.filter(pl.col("script").is_null()).select("row", "text"))
    told = frame.join(scored, on="row", how="left", maintain_order="left")
    share = (pl.col("best") + _PRIOR) / (pl.col("best") + pl.col("second") + 2 * _PRIOR)
    # One plain word is in some brand's name; two, or one with a letter of its own, are evidence.
    enough = pl.col("found").str.contains(r"\p{L}{2,} (?:.* )?\p{L}{2,}|[^\x00-\x7F]")
    sure = (pl.col("best") >= _LEAST) & (share >= _SURE) & enough
    by = (
        pl.when(pl.col("text").is_null() | ~pl.col("text").str.contains(r"\p{L}"))
        .then(pl.lit("language/absent"))
        .when(pl.col("script").is_not_null() & (pl.col("script") != "?"))
        .then(pl.lit("language/script"))
        .when(sure)
        .then(pl.lit("language/words"))
        .otherwise(pl.lit("language/unsure"))
    )
    told = told.with_columns(by.alias("by"), share.alias("share"))
    value = (
        pl.when(pl.col("by") == "language/script")
        .then("script")
        .when(pl.col("by") == "language/words")
        .then("language")
    )
    words = pl.col("by") == "language/words"
    return told.select(
        answer(
            value,
            pl.String,
            by=pl.col("by"),
            raw=pl.col("raw"),
            confidence=pl.when(words).then("share"),
            evidence=pl.when(words).then("found"),
        ).alias("language")
    )


def _script(text: pl.Expr) -> pl.Expr:
    """The language that a script other than Latin tells, `?` where it tells several, null for Latin texts."""
    letters = text.str.count_matches(r"\p{L}")

    def most(script: str) -> pl.Expr:
        return text.str.count_matches(rf"\p{{{script}}}") * 2 > letters

    cyrillic = (
        pl.when(text.str.contains("[іїєґ]") & ~text.str.contains("[ыэъё]"))
        .then(pl.lit("uk"))
        .when(text.str.contains("[ыэё]") & ~text.str.contains("[іїєґ]"))
        .then(pl.lit("ru"))
        .when(text.str.contains(r"ът|та\b|\bна\b.*ъ"))
        .then(pl.lit("bg"))
        .otherwise(pl.lit("?"))
    )
    return (
        pl.when(~text.str.contains(r"[^\x00-\x{24F}\x{2000}-\x{22FF}]") | (letters == 0))
        .then(None)
        .when(most("Cyrillic"))
        .then(cyrillic)
        .when(most("Greek"))
        .then(pl.lit("el"))
        .when(most("Hangul"))
        .then(pl.lit("ko"))
        .when(
            text.str.contains(r"[\p{Hiragana}\p{Katakana}]")
            & (text.str.count_matches(r"[\p{Han}\p{Hiragana}\p{Katakana}]") * 3 > letters)
        )
        .then(pl.lit("ja"))
        .when(text.str.count_matches(r"\p{Han}") * 3 > letters)
        .then(pl.when(text.str.contains(f"[{_SIMPLIFIED}]")).then(pl.lit("zh")).otherwise(pl.lit("?")))
        .when(most("Arabic"))
        .then(pl.when(text.str.contains("[پچژگ]")).then(pl.lit("fa")).otherwise(pl.lit("ar")))
        .when(most("Hebrew"))
        .then(pl.lit("he"))
        .when(most("Thai"))
        .then(pl.lit("th"))
        .when(most("Devanagari"))
        .then(pl.lit("hi"))
        .when(~most("Latin"))
        .then(pl.lit("?"))
    )


def _scores(frame: pl.DataFrame) -> pl.DataFrame:
    """For each row with evidence: `language`, its score `best`, the score of the next as `second`, and the words `found`."""
    spoken = frame.select("row", pl.col("text").str.extract_all(r"\p{L}+").list.unique().alias("word"))
    spoken = spoken.explode("word", empty_as_null=True).drop_nulls()
    # Every word once for all its occurrences: a million titles have far fewer words than titles.
    known = _weights(spoken["word"].unique())
    met = spoken.join(known, on="word")
    summed = met.group_by("row", "language").agg(
        pl.col("weight").sum().round(6).alias("score"),
        pl.col("word").sort().unique(maintain_order=True).head(5).alias("found"),
    )
    ranked = summed.sort("row", "score", "language", descending=[False, True, False])
    return ranked.group_by("row", maintain_order=True).agg(
        pl.col("language").first(),
        pl.col("score").first().alias("best"),
        pl.col("score").slice(1, 1).sum().alias("second"),
        pl.col("found").first().list.join(" "),
    )


def _weights(vocabulary: pl.Series) -> pl.DataFrame:
    """What each word says: columns `word`, `language`, `weight`; a word of several languages says less for each."""
    listed = [(word, language) for language, known in WORDS.items() for word in known]
    table = pl.DataFrame(listed, schema={"word": pl.String, "language": pl.String}, orient="row")
    shared = table.group_by("word").len()
    # Short words are in every brand's name; they say less than long ones.
    size = pl.col("word").str.len_chars()
    length = pl.when(size == 1).then(0.2).when(size == 2).then(0.5).otherwise(1.0)
    table = table.join(shared, on="word").select("word", "language", (length / pl.col("len")).alias("weight"))
    words = pl.DataFrame({"word": vocabulary})
    parts = [words.join(table, on="word")]
    for signs in sorted({len(ending) for ending in ENDINGS}):
        endings = {ending: of for ending, of in ENDINGS.items() if len(ending) == signs}
        parts.append(
            _spread(
                words.filter(pl.col("word").str.len_chars() > signs + 2),
                pl.col("word").str.tail(size),
                endings,
                _ENDING_WEIGHT,
            )
        )
    foreign = words.filter(pl.col("word").str.contains(r"[^\x00-\x7F]"))
    letters = foreign.with_columns(
        pl.col("word").str.extract_all(f"[{''.join(LETTERS)}]").list.unique().alias("letter")
    )
    letters = letters.explode("letter", empty_as_null=True).drop_nulls()
    parts.append(_spread(letters, pl.col("letter"), LETTERS, _LETTER_WEIGHT))
    return pl.concat(parts).group_by("word", "language").agg(pl.col("weight").sum())


def _spread(words: pl.DataFrame, mark: pl.Expr, of: Mapping[str, str], weight: float) -> pl.DataFrame:
    told = words.with_columns(
        mark.replace_strict(dict(of), default=None, return_dtype=pl.String).alias("of")
    ).drop_nulls("of")
    told = told.with_columns(pl.col("of").str.split(" ").alias("language"))
    share = weight / pl.col("language").list.len()
    return (
        told.with_columns(share.alias("weight"))
        .explode("language", empty_as_null=True)
        .select("word", "language", "weight")
    )
