"""Changes: next deliveries that must not be read as the last one was. Written before the rules that they judge."""

import random
from collections.abc import Callable

import polars as pl

from aios_assets.example.vocabulary import COLOURS, KINDS
from tests.aios_assets.feeds.next_feeds import (
    ALL,
    SALES,
    Feed,
    Next,
    Rows,
    column,
    on,
    renumbered,
    some,
    with_,
    written_price,
)


def _millimetres(feed: Feed, rows: Rows, *, named: bool) -> Rows:
    """`5,1 x 3,0 cm` as `51 x 30 mm`, or without saying so."""
    name = feed.role["size"]
    if named:
        text = pl.col(name).str.replace_all(r"(\d)[.,](\d)", "$1$2").str.replace("cm", "mm")
    else:
        text = pl.col(name).str.replace_all(r"(\d)[.,](\d)", "$1$2")
    return rows.with_columns(text.alias(name))


def _pointed(feed: Feed, rows: Rows, *, thousands: bool = False) -> Rows:
    """Prices with the other decimal sign."""
    other = "." if feed.decimal == "," else ","
    cents = (feed.amounts(rows) * 100).round().cast(pl.Int64)
    text = written_price(cents, other) if other == "," else written_price(cents, ".")
    if thousands and other == ".":
        text = text.str.replace(r"^(\d+)(\d{3})\.", "$1,$2.")
    name = feed.role["price"]
    return rows.with_columns(pl.coalesce(text, pl.col(name)).alias(name))


def _spoken(feed: Feed, rows: Rows, language: int) -> Rows:
    """Nouns and colours of another language: 0 German, 1 English, 2 French, 3 Polish."""
    words = {word: each.nouns[language] for each in KINDS for word in each.nouns}
    words |= {word: each[language] for each in COLOURS for word in each}
    return with_(feed, rows, title=column(feed, "title").str.replace_many(words))


def _redated(feed: Feed, rows: Rows, pattern: str) -> Rows:
    day = column(feed, "date").str.head(10).str.to_date("%Y-%m-%d")
    text = day.dt.epoch("s").cast(pl.String) if pattern == "epoch" else day.dt.strftime(pattern)
    return with_(feed, rows, date=text)


def _recoded(feed: Feed, rows: Rows, dice: random.Random) -> Rows:
    del dice
    names = sorted(set(rows[feed.role["category"]].drop_nulls()))
    codes = {name: f"{4100 + 17 * at}" for at, name in enumerate(names)}
    return with_(feed, rows, category=column(feed, "category").replace(codes))


def _swapped(one: str, two: str) -> Callable[[Feed, random.Random], Rows]:
    def done(feed: Feed, rows: Rows, dice: random.Random) -> Rows:
        del dice
        return rows.rename({feed.role[one]: feed.role[two], feed.role[two]: feed.role[one]}).select(rows.columns)

    return on(done)


def _renamed(role: str, name: str) -> Callable[[Feed, random.Random], Rows]:
    return on(lambda feed, rows, dice: rows.rename({feed.role[role]: name}))


def _less(role: str, share: float) -> Callable[[Feed, random.Random], Rows]:
    return on(lambda feed, rows, dice: with_(feed, rows, **{role: pl.when(some(rows, share)).then(column(feed, role))}))


def _cut(feed: Feed, dice: random.Random, share: float) -> bytes:
    whole = feed.file(feed.lived(dice))
    return whole[: int(len(whole) * share)]


def _times(feed: Feed, dice: random.Random) -> Rows:
    rows = feed.lived(dice)
    more = pl.concat([renumbered(feed, rows, 1_000_000 * (at + 2)) for at in range(9)])
    return pl.concat([rows, more])


def _doubled(feed: Feed, dice: random.Random, share: float) -> Rows:
    rows = feed.lived(dice)
    return pl.concat([rows, rows.head(int(share * rows.height))])


CHANGES = (
    Next("millimetres, said", "size", on(lambda feed, rows, dice: _millimetres(feed, rows, named=True))),
    Next("millimetres, not said", "size", on(lambda feed, rows, dice: _millimetres(feed, rows, named=False))),
    Next(
        "another currency, said",
        "currency",
        on(lambda feed, rows, dice: with_(feed, feed.priced(rows, 1.1723), currency=pl.lit("USD"))),
    ),
    Next(
        "another currency, only said",
        "currency",
        on(lambda feed, rows, dice: with_(feed, rows, currency=pl.lit("CHF"))),
    ),
    Next("another currency, not said", "price", on(lambda feed, rows, dice: feed.priced(rows, 0.9312)), only=ALL),
    Next(
        "a sign before each price",
        "price",
        on(lambda feed, rows, dice: with_(feed, rows, price="$" + column(feed, "price"))),
        only=ALL,
    ),
    Next("gross for net", "price", on(lambda feed, rows, dice: feed.priced(rows, 1.19)), only=ALL),
    Next("net for gross", "price", on(lambda feed, rows, dice: feed.priced(rows, 1 / 1.19))),
    Next("cents", "price", on(lambda feed, rows, dice: feed.priced(rows, 100.0, digits=0)), only=ALL),
    Next("comma and point exchanged", "price", on(lambda feed, rows, dice: _pointed(feed, rows)), only=ALL),
    Next(
        "comma and point exchanged, thousands too",
        "price",
        on(lambda feed, rows, dice: _pointed(feed, rows, thousands=True)),
    ),
    Next("title and brand swapped", "title", _swapped("title", "brand")),
    Next("number and model swapped", "gtin", _swapped("gtin", "model")),
    Next("price and stock swapped", "price", _swapped("price", "stock")),
    Next("price and quantity swapped", "price", _swapped("price", "quantity"), only=SALES),
    Next("dates by points", "date", on(lambda feed, rows, dice: _redated(feed, rows, "%d.%m.%Y")), only=ALL),
    Next("dates by slashes", "date", on(lambda feed, rows, dice: _redated(feed, rows, "%m/%d/%y"))),
    Next("dates as seconds", "date", on(lambda feed, rows, dice: _redated(feed, rows, "epoch"))),
    Next("brands of two thirds gone", "brand", _less("brand", 0.33)),
    Next("numbers of half gone", "gtin", _less("gtin", 0.5)),
    Next("prices of a third gone", "price", _less("price", 0.66), only=ALL),
    Next("no description", "description", _less("description", 0.0)),
    Next("titles in Polish", "title", on(lambda feed, rows, dice: _spoken(feed, rows, 3))),
    Next("titles in French", "title", on(lambda feed, rows, dice: _spoken(feed, rows, 2))),
    Next(
        "titles cut off",
        "title",
        on(lambda feed, rows, dice: with_(feed, rows, title=column(feed, "title").str.head(18))),
    ),
    Next("SKUs with a prefix", "sku", on(lambda feed, rows, dice: with_(feed, rows, sku="NW-" + column(feed, "sku")))),
    Next("SKUs padded", "sku", on(lambda feed, rows, dice: with_(feed, rows, sku="0000" + column(feed, "sku")))),
    Next("price renamed", "price", _renamed("price", "VK"), only=ALL),
    Next("title renamed", "title", _renamed("title", "Name 1"), only=ALL),
    Next("SKU renamed", "sku", _renamed("sku", "Nr")),
    Next("ten times as many", "", _times),
    Next("a tenth", "", lambda feed, dice: feed.lived(dice).head(feed.rows.height // 10)),
    Next("categories recoded", "category", on(_recoded)),
    Next("every row twice", "", lambda feed, dice: _doubled(feed, dice, 1.0)),
    Next("a quarter of the rows twice", "", lambda feed, dice: _doubled(feed, dice, 0.25)),
    Next("cut off after 60 %", "", lambda feed, dice: _cut(feed, dice, 0.6)),
    Next("cut off after 30 %", "", lambda feed, dice: _cut(feed, dice, 0.3)),
    Next(
        "numbers as Excel writes them",
        "gtin",
        on(
            lambda feed, rows, dice: with_(
                feed, rows, gtin=column(feed, "gtin").str.replace(r"^(\d)(\d\d).*$", "$1,${2}E+12")
            )
        ),
    ),
    Next(
        "one price everywhere",
        "price",
        on(lambda feed, rows, dice: with_(feed, rows, price=pl.lit("9.99" if feed.decimal == "." else "9,99"))),
    ),
    Next(
        "titles moved by a row",
        "title",
        on(lambda feed, rows, dice: with_(feed, rows, title=column(feed, "title").shift(1))),
    ),
    Next("changes: gross for net", "price", lambda feed, dice: feed.priced(feed.lived(dice).head(300), 1.19), "delta"),
    Next(
        "changes: comma and point exchanged",
        "price",
        lambda feed, dice: _pointed(feed, feed.lived(dice).head(300)),
        "delta",
    ),
    Next(
        "changes: title and brand swapped",
        "title",
        lambda feed, dice: _swapped("title", "brand")(feed, dice).head(200),
        "delta",
    ),
    Next("changes: prices gone", "price", lambda feed, dice: _less("price", 0.0)(feed, dice).head(200), "delta"),
)
