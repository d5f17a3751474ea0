"""Ordinary next deliveries: what a person would take in without a word. Written before the rules that they judge."""

import random

import polars as pl

from tests.aios_assets.feeds.next_feeds import SALES, Feed, Next, Rows, column, on, renumbered, sold, some, with_


def _season(feed: Feed, dice: random.Random, *, leave: float, come: float) -> Rows:
    """A season's goods leave, another's come, of two categories that were not so many before."""
    rows = feed.lived(dice)
    kept = rows.filter(~some(rows, leave, dice.randrange(99)))
    top = rows[feed.role["category"]].drop_nulls().value_counts(sort=True)[feed.role["category"]][:2].to_list()
    source = pl.concat([feed.rows, feed.later]).filter(column(feed, "category").is_in(top))
    new = source.sample(int(come * rows.height), with_replacement=True, seed=5)
    return pl.concat([kept, renumbered(feed, new, 900_000)])


def _sale(
    feed: Feed,
    rows: Rows,
    dice: random.Random,
    share: float,
    *,
    ending: int | None = None,
    low: float = 0.7,
    high: float = 0.8,
) -> Rows:
    chosen = some(rows, share, dice.randrange(99))
    factors = [dice.uniform(low, high) if on else 1.0 for on in chosen]
    return feed.priced(rows, factors, ending=ending)


def _category_sale(feed: Feed, rows: Rows, dice: random.Random) -> Rows:
    del dice
    top = rows[feed.role["category"]].drop_nulls().value_counts(sort=True)[feed.role["category"]][0]
    return feed.priced(rows, [0.75 if each == top else 1.0 for each in rows[feed.role["category"]]])


def _steps(feed: Feed, rows: Rows, dice: random.Random) -> Rows:
    """A sale in steps, as shops have them: 20, 25 or 30 % off everything."""
    return feed.priced(rows, [dice.choice([0.8, 0.75, 0.7]) for _ in range(rows.height)])


def _category(feed: Feed, rows: Rows, *, most: int = 10**9) -> Rows:
    name = feed.role["category"]
    return rows.filter(pl.col(name) == rows[name].drop_nulls().value_counts(sort=True)[name][0]).head(most)


def _brand(feed: Feed, rows: Rows) -> Rows:
    name = feed.role["brand"]
    return rows.filter(pl.col(name) == rows[name].drop_nulls().value_counts(sort=True)[name][0])


def _longer(feed: Feed, rows: Rows, share: float) -> Rows:
    more = " Lieferung frei Haus, Rückgabe in 30 Tagen. Delivered with care, returns in 30 days."
    return with_(
        feed,
        rows,
        description=pl.when(some(rows, share))
        .then(column(feed, "description") + more)
        .otherwise(column(feed, "description")),
    )


def _new_brand(feed: Feed, rows: Rows, dice: random.Random) -> Rows:
    del dice
    new = renumbered(feed, feed.rows.head(rows.height // 8), 800_000)
    return pl.concat([rows, with_(feed, new, brand=pl.lit("Zenkai"))])


def _dated(feed: Feed, rows: Rows, dice: random.Random) -> Rows:
    days = [dice.randrange(10, 29) for _ in range(rows.height)]
    text = [f"2026-12-{day}" if feed.name == "nordwind" else f"2026-12-{day}T06:{day}:00Z" for day in days]
    return with_(feed, rows, date=pl.Series(text))


def _one_day(feed: Feed, rows: Rows, dice: random.Random) -> Rows:
    del dice
    return with_(feed, rows, date=pl.lit("2026-12-24" if feed.name == "nordwind" else "2026-12-24T06:00:00Z"))


def _restocked(feed: Feed, rows: Rows, dice: random.Random) -> Rows:
    return with_(feed, rows, stock=pl.Series([str(dice.randrange(0, 300)) for _ in range(rows.height)]))


def _sold_out(feed: Feed, rows: Rows, dice: random.Random) -> Rows:
    return with_(
        feed,
        rows,
        stock=pl.Series(["0" if dice.random() < 0.4 else str(dice.randrange(300)) for _ in range(rows.height)]),
    )


def _sales_of(feed: Feed, dice: random.Random, count: int, *, factor: tuple[float, float] = (1.0, 1.0)) -> Rows:
    """Another day: other lines of the same goods, at these prices."""
    lines = pl.concat([feed.rows, feed.later]).unique("SKU", keep="first", maintain_order=True)
    goods = lines.select(Artikelnummer="SKU", Bezeichnung="Product", amount=pl.col("UnitPrice").cast(pl.Float64))
    by = pl.Series([dice.uniform(*factor) for _ in range(goods.height)])
    return sold(
        goods.with_columns(amount=pl.col("amount") * by).sample(fraction=1, shuffle=True, seed=dice.randrange(99)),
        dice,
        count,
        day=4,
    )


ORDINARY = (
    Next("1 % changed", "", lambda feed, dice: feed.lived(dice, 0.01)),
    Next("10 % changed", "", lambda feed, dice: feed.lived(dice, 0.1)),
    Next("20 % changed", "", lambda feed, dice: feed.lived(dice, 0.2)),
    Next("a season of 30 %", "", lambda feed, dice: _season(feed, dice, leave=0.3, come=0.25)),
    Next("a season of 45 %", "", lambda feed, dice: _season(feed, dice, leave=0.45, come=0.4)),
    Next("a third on sale", "", on(lambda feed, rows, dice: _sale(feed, rows, dice, 0.33))),
    Next("all on sale, 20 to 30 %", "", on(lambda feed, rows, dice: _sale(feed, rows, dice, 1.0))),
    Next("all on sale, ending in 99", "", on(lambda feed, rows, dice: _sale(feed, rows, dice, 1.0, ending=99))),
    Next("all on sale, in steps", "", on(_steps)),
    Next("a category on sale", "", on(_category_sale)),
    Next("the sale is over", "", on(lambda feed, rows, dice: _sale(feed, rows, dice, 0.9, low=1.25, high=1.42))),
    Next("prices up 3 to 8 %", "", on(lambda feed, rows, dice: _sale(feed, rows, dice, 1.0, low=1.03, high=1.08))),
    Next("prices end in 99 now", "", on(lambda feed, rows, dice: feed.priced(rows, 1.0, ending=99))),
    Next("a new brand", "", on(_new_brand)),
    Next("a third of descriptions longer", "", on(lambda feed, rows, dice: _longer(feed, rows, 0.33))),
    Next("most descriptions longer", "", on(lambda feed, rows, dice: _longer(feed, rows, 0.6))),
    Next("columns in another order", "", on(lambda feed, rows, dice: rows.select(sorted(rows.columns)))),
    Next("records in another order", "", on(lambda feed, rows, dice: rows.sort(feed.role["title"]))),
    Next("all quoted", "", lambda feed, dice: feed.file(feed.lived(dice), quote_style="always")),
    Next("another separator", "", lambda feed, dice: feed.file(feed.lived(dice), separator="\t")),
    Next("BOM and CRLF", "", lambda feed, dice: feed.file(feed.lived(dice), include_bom=True, line_terminator="\r\n")),
    Next("new dates everywhere", "", on(_dated)),
    Next("one new date everywhere", "", on(_one_day)),
    Next("stock counted anew", "", on(_restocked)),
    Next("much sold out", "", on(_sold_out)),
    Next(
        "a tenth fewer numbers",
        "",
        on(lambda feed, rows, dice: with_(feed, rows, gtin=pl.when(some(rows, 0.9)).then(column(feed, "gtin")))),
    ),
    Next(
        "pictures moved to another host",
        "",
        on(
            lambda feed, rows, dice: with_(
                feed, rows, image=column(feed, "image").str.replace("example", "pictures.example")
            )
        ),
    ),
    Next("a quarter fewer", "", lambda feed, dice: feed.lived(dice).head(feed.rows.height * 3 // 4)),
    Next(
        "a quarter more",
        "",
        lambda feed, dice: pl.concat([feed.lived(dice), feed.later]).unique(
            feed.role["sku"], keep="first", maintain_order=True
        ),
    ),
    Next(
        "titles of a fifth rewritten",
        "",
        on(
            lambda feed, rows, dice: with_(
                feed,
                rows,
                title=pl.when(some(rows, 0.2))
                .then(column(feed, "brand").fill_null("") + " " + column(feed, "category"))
                .otherwise(column(feed, "title")),
            )
        ),
    ),
    Next("changes: a dozen", "", lambda feed, dice: feed.lived(dice).head(12), "delta"),
    Next("changes: forty", "", lambda feed, dice: feed.lived(dice).head(40), "delta"),
    Next("changes: one category", "", lambda feed, dice: _category(feed, feed.lived(dice)), "delta"),
    Next("changes: 15 of one category", "", lambda feed, dice: _category(feed, feed.lived(dice), most=15), "delta"),
    Next("changes: one brand", "", lambda feed, dice: _brand(feed, feed.lived(dice)), "delta"),
    Next("changes: a sale", "", lambda feed, dice: _sale(feed, feed.lived(dice).head(120), dice, 1.0), "delta"),
    Next("changes: new goods only", "", lambda feed, dice: renumbered(feed, feed.later.head(80), 700_000), "delta"),
    Next(
        "changes: a category not seen before",
        "",
        lambda feed, dice: with_(
            feed,
            renumbered(feed, _category(feed, feed.later), 600_000),
            category=pl.lit("Garten > Grill"),
            brand=pl.lit("Zenkai"),
        ),
        "delta",
    ),
    Next("changes: half of the weekend", "", lambda feed, dice: feed.lived(dice).head(feed.rows.height // 2), "delta"),
    Next(
        "changes: stock only moved",
        "",
        lambda feed, dice: _sold_out(feed, feed.lived(dice, 0.0).head(200), dice),
        "delta",
    ),
    Next("a day of sales", "", lambda feed, dice: _sales_of(feed, dice, feed.rows.height), only=SALES),
    Next("a weekend, half as much", "", lambda feed, dice: _sales_of(feed, dice, feed.rows.height // 2), only=SALES),
    Next("a Sunday of 15 lines", "", lambda feed, dice: _sales_of(feed, dice, 15), only=SALES),
    Next("a day three times as good", "", lambda feed, dice: _sales_of(feed, dice, feed.rows.height * 3), only=SALES),
    Next(
        "a day of sale prices",
        "",
        lambda feed, dice: _sales_of(feed, dice, feed.rows.height, factor=(0.7, 0.8)),
        only=SALES,
    ),
    Next(
        "a day of refunds",
        "",
        lambda feed, dice: _sales_of(feed, dice, 60).with_columns(Quantity="-" + pl.col("Quantity")),
        only=SALES,
    ),
)
