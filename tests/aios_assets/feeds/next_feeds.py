"""Next feeds: the suppliers whose second deliveries are looked at, made by code, and how one of them changes."""

import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from aios_assets.example import supplier
from aios_assets.example.catalogue import invent
from aios_assets.example.delivery import flat

Rows = pl.DataFrame
Mode = Literal["snapshot", "delta"]
SALES, ALL = ("sales",), ("nordwind", "bluebird", "sales")


@dataclass(frozen=True)
class Feed:
    """A supplier's feed: its accepted delivery, records that come later, and how each role's column is called."""

    name: str
    rows: Rows
    later: Rows
    separator: str
    decimal: str
    role: dict[str, str]

    def lived(self, dice: random.Random, share: float = 0.05, *, of: Rows | None = None) -> Rows:
        """That share of the records gone, as many new, and as many with another price and a word more in the title."""
        rows = self.rows if of is None else of
        seed = dice.randrange(2**31)
        kept = rows.sample(fraction=1 - share, shuffle=True, seed=seed)
        new = self.later.head(int(share * rows.height))
        touched = pl.int_range(pl.len()) < share * kept.height
        kept = kept.with_columns(
            pl.when(touched)
            .then(pl.col(self.role["title"]) + " neu")
            .otherwise(self.role["title"])
            .alias(self.role["title"])
        )
        factors = [dice.uniform(0.9, 1.15) if at < share * kept.height else 1.0 for at in range(kept.height)]
        return pl.concat([self.priced(kept, factors), new]).sample(fraction=1.0, shuffle=True, seed=seed + 1)

    def amounts(self, rows: Rows) -> pl.Series:
        """The plain prices as numbers; null where another thing stands."""
        text = rows[self.role["price"]]
        plain = text.str.replace_all(".", "", literal=True).str.replace(",", ".") if self.decimal == "," else text
        numbers = plain.cast(pl.Float64, strict=False)
        return numbers.set(~numbers.is_finite(), None)

    def priced(self, rows: Rows, factors: list[float] | float, *, ending: int | None = None, digits: int = 2) -> Rows:
        """The same with plain prices times the factors; `ending`: the cents that each price ends in."""
        by = pl.Series(factors if isinstance(factors, list) else [factors] * rows.height, dtype=pl.Float64)
        cents = self.amounts(rows) * by * 100
        if ending is not None:
            cents = (cents / 100).floor() * 100 + ending
        written = written_price(cents.round().cast(pl.Int64), self.decimal, digits)
        name = self.role["price"]
        return rows.with_columns(pl.coalesce(written, pl.col(name)).alias(name))

    def file(self, rows: Rows, **how: object) -> bytes:
        """The rows as the supplier's file."""
        sink = io.BytesIO()
        rows.write_csv(sink, **{"separator": self.separator, **how})  # type: ignore[arg-type]
        return sink.getvalue()


def written_price(cents: pl.Series, decimal: str, digits: int = 2) -> pl.Series:
    """1234.5 as `1.234,50` or `1234.50`."""
    whole, rest = cents // 100, (cents % 100).cast(pl.String).str.zfill(2)
    if digits == 0:
        return whole.cast(pl.String)
    text = whole.cast(pl.String)
    if decimal == ",":
        text = text.str.replace(r"^(\d+)(\d{3})$", "$1.$2")
    return text + decimal + rest


def feeds(count: int = 1_500, seed: int = 11) -> dict[str, Feed]:
    """The two suppliers of the example and a shop's day of sales, `count` records each, a fifth of them for later."""
    catalogue = invent(2 * count, 0.3, np.random.default_rng(seed))
    made = {}
    for name, write in (("nordwind", supplier.nordwind), ("bluebird", supplier.bluebird)):
        order = getattr(catalogue, name)[:count]
        rows = flat(write(catalogue.products[order], np.arange(len(order)), np.random.default_rng([seed, len(name)])))
        dice = random.Random(name)
        rows = rows.with_columns(
            pl.Series("Bestand" if name == "nordwind" else "stock", [str(dice.randrange(0, 300)) for _ in order])
        )
        if name == "nordwind":
            rows = rows.rename({"description": "Beschreibung"})
        made[name] = Feed(
            name,
            rows.head(count * 4 // 5),
            rows.slice(count * 4 // 5),
            ";" if name == "nordwind" else ",",
            "," if name == "nordwind" else ".",
            ROLES[name],
        )
    made["sales"] = _sales(made["nordwind"], count)
    return made


# fmt: off
ROLES = {
    "nordwind": {
        "sku": "Artikelnummer", "gtin": "EAN", "title": "Bezeichnung", "description": "Beschreibung", "brand": "Marke",
        "model": "Herstellernummer", "category": "Kategorie", "price": "Preis", "currency": "Währung", "size": "Maße",
        "image": "Bild", "date": "Stand", "stock": "Bestand",
    },
    "bluebird": {
        "sku": "sku", "gtin": "gtin", "title": "title", "description": "description", "brand": "brand", "model": "mpn",
        "category": "category", "price": "price", "currency": "currency", "size": "attributes.package",
        "image": "images", "date": "updated_at", "stock": "stock",
    },
    "sales": {
        "sku": "SKU", "title": "Product", "price": "UnitPrice", "currency": "Currency", "invoice": "InvoiceNo",
        "quantity": "Quantity", "date": "SoldAt",
    },
}
# fmt: on


def _sales(goods: Feed, count: int) -> Feed:
    """A day of invoice lines over a wholesaler's goods: a few of them sell often."""
    everything = pl.concat([goods.rows, goods.later])
    rows = everything.with_columns(amount=pl.Series(goods.amounts(everything))).drop_nulls("amount")
    return Feed(
        "sales",
        sold(rows, random.Random(1), count * 4 // 5),
        sold(rows, random.Random(2), count * 4 // 5),
        ",",
        ".",
        ROLES["sales"],
    )


def sold(rows: Rows, dice: random.Random, count: int, *, day: int = 3) -> Rows:
    """Lines of one day."""
    weights = [1 / (1 + at) ** 0.7 for at in range(rows.height)]
    chosen = rows[dice.choices(range(rows.height), weights, k=count)]
    return pl.DataFrame(
        {
            "InvoiceNo": [str(500_000 + day * 1000 + at // 4) for at in range(count)],
            "SKU": chosen["Artikelnummer"],
            "Product": chosen["Bezeichnung"],
            "Quantity": [str(dice.choice([1, 1, 1, 2, 3, 6, 12])) for _ in range(count)],
            "UnitPrice": written_price((chosen["amount"] * 100).round().cast(pl.Int64), "."),
            "Currency": ["EUR"] * count,
            "SoldAt": [f"2026-11-{day:02} {8 + at * 12 // count:02}:{at % 60:02}:00" for at in range(count)],
        }
    )


@dataclass(frozen=True)
class Next:
    """One next delivery: its name, the column's role that a change concerns (empty: the file), and how it is made."""

    name: str
    role: str
    made: Callable[[Feed, random.Random], Rows | bytes]
    mode: Mode = "snapshot"
    only: tuple[str, ...] = ("nordwind", "bluebird")


def with_(feed: Feed, rows: Rows, **roles: pl.Expr | pl.Series) -> Rows:
    """The rows with other values in the columns of these roles."""
    return rows.with_columns(value.alias(feed.role[role]) for role, value in roles.items())


def on(change: Callable[[Feed, Rows, random.Random], Rows]) -> Callable[[Feed, random.Random], Rows]:
    """The change on top of an ordinary week."""
    return lambda feed, dice: change(feed, feed.lived(dice), dice)


def column(feed: Feed, role: str) -> pl.Expr:
    """The column of a role."""
    return pl.col(feed.role[role])


def some(rows: Rows, share: float, seed: int = 3) -> pl.Series:
    """That share of the rows, by chance that is the same each time."""
    dice = random.Random(seed)
    return pl.Series([dice.random() < share for _ in range(rows.height)])


def renumbered(feed: Feed, rows: Rows, start: int) -> Rows:
    """The rows with SKUs that nobody had."""
    return with_(feed, rows, sku=pl.Series([str(start + at) for at in range(rows.height)]))
