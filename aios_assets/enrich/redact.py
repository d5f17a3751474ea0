"""Redact: personal data and secrets in text columns become tokens."""

from collections.abc import Callable, Sequence

import polars as pl

from aios_assets.enrich import personal, secrets

Tokens = Callable[[str, Sequence[str]], Sequence[str]]
"""From a type and data of it to their tokens, as `Vault.tokens` does."""

_ROUNDS = 8


def tokenise(values: pl.Series, tokens: Tokens) -> pl.Series:
    """The values with each datum's place taken by its token; equal data get equal tokens, nothing detectable is left.

    A value is looked at again after each replacement, as what a datum covered may show another, until nothing is found.
    """
    values = values.cast(pl.String)
    changed = _replace(values, tokens)
    if changed is None:
        return values
    rows, texts = changed
    for _ in range(_ROUNDS):
        again = _replace(texts, tokens)
        if again is None:
            break
        texts = texts.scatter(again[0], again[1])
    return values.clone().scatter(rows, texts)


def tokenise_frame(frame: pl.DataFrame, tokens: Tokens) -> pl.DataFrame:
    """The frame with every column of text tokenised."""
    text = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    return frame.with_columns(tokenise(frame[name], tokens) for name in text)


def _replace(values: pl.Series, tokens: Tokens) -> tuple[pl.Series, pl.Series] | None:
    """The rows in which something is found, and their values with tokens; None where nothing is."""
    spans = _merge(personal.find(values), secrets.find(values))
    if spans.is_empty():
        return None
    spans = spans.with_columns(token=pl.lit(None, pl.String))
    kinds = spans["type"].to_list()
    made: dict[tuple[str, str], str] = {}
    for kind in dict.fromkeys(kinds):
        data = spans.filter(pl.col("type") == kind)["text"].unique(maintain_order=True).to_list()
        made.update({(kind, datum): token for datum, token in zip(data, tokens(kind, data), strict=True)})
    rows, texts = [], []
    for (row,), group in spans.group_by("row", maintain_order=True):
        text = values[row]
        for _, start, end, kind, datum in sorted(group.select(personal.SPANS.names()).rows(), reverse=True):
            text = text[:start] + made[kind, datum] + text[end:]
        rows.append(row)
        texts.append(text)
    return pl.Series(rows, dtype=pl.UInt32), pl.Series(texts, dtype=pl.String)


def _merge(first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
    """Both lists, without personal spans that a secret overlaps: a secret is replaced whole."""
    if second.is_empty() or first.is_empty():
        return pl.concat([first, second]).sort("row", "start")
    pairs = first.with_row_index("at").join(second, on="row", suffix="_secret")
    hit = pairs.filter((pl.col("start") < pl.col("end_secret")) & (pl.col("start_secret") < pl.col("end")))["at"]
    kept = first.with_row_index("at").filter(~pl.col("at").is_in(hit.implode())).drop("at")
    return pl.concat([kept, second]).sort("row", "start")
