"""Redact: personal data and secrets in text columns become tokens."""

from collections.abc import Callable, Sequence

import polars as pl

from aios_assets.enrich import look

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
    """The frame with every column of text tokenised, in one pass: an expression is compiled once, not once a column."""
    filled = [column for column in frame if column.null_count() < frame.height]
    text = [column.name for column in filled if column.dtype == pl.String]
    if not text:
        return frame
    together = tokenise(pl.concat([frame[name].alias("text") for name in text]), tokens)
    return frame.with_columns(
        together.slice(at * frame.height, frame.height).alias(name) for at, name in enumerate(text)
    )


def _replace(values: pl.Series, tokens: Tokens) -> tuple[pl.Series, pl.Series] | None:
    """The rows in which something is found, and their values with tokens; None where nothing is."""
    spans = look.spans(values)
    if spans.is_empty():
        return None
    made: dict[tuple[str, str], str] = {}
    for kind in spans["type"].unique(maintain_order=True):
        data = spans.filter(type=kind)["text"].unique(maintain_order=True).to_list()
        made.update({(kind, datum): token for datum, token in zip(data, tokens(kind, data), strict=True)})
    changed: dict[int, str] = {}
    for row, start, end, kind, datum in spans.reverse().iter_rows():
        text = changed[row] if row in changed else values[row]
        changed[row] = text[:start] + made[kind, datum] + text[end:]
    return pl.Series(list(changed), dtype=pl.UInt32), pl.Series(list(changed.values()), dtype=pl.String)
