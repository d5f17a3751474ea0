"""Layouts: made-up feeds of shops that nobody here saw, each with what its columns really are.

A layout is one of the export forms in `layout_shops.py` (some columns left out, sometimes in another order), filled with
records of a domain, a language, a currency and ways to write prices and article numbers; under its own names, names
written otherwise (upper case, underscores), numbered names (`c1`), letters, or no header at all.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from benchmarks.layout_shops import SHOPS
from benchmarks.layout_words import AUTHORS, DOMAINS, SENTENCES

STYLES = ("named", "upper", "snake", "numbered", "letters", "headerless", "shifted")
PRICES: dict[str, tuple[str, ...]] = {
    "en": ("{p:.2f}", "${p:.2f}", "£{p:,.2f}", "{p:.2f} USD", "USD {p:.2f}", "₹{p:,.0f}"),
    "de": ("{c}", "{c} €", "{p:.2f}", "EUR {c}", "CHF {p:.2f}"),
    "pl": ("{c}", "{c} zł", "{p:.2f} PLN", "{p:.2f}"),
}
OWED = ("sku", "title", "price", "brand")


@dataclass(frozen=True)
class Layout:
    """A feed, and for each owed field its column (None: the feed has none), under the names that the feed has."""

    name: str
    rows: pl.DataFrame
    header: bool
    truth: dict[str, str | None]


def layouts(count: int, seed: int = 1) -> Iterator[Layout]:
    """So many layouts, always the same for a seed."""
    for number in range(count):
        yield layout(random.Random(f"{seed}/{number}"), number)


def layout(chance: random.Random, number: int) -> Layout:
    """One layout; every shop form and every style of names comes round."""
    shop = list(SHOPS)[number % len(SHOPS)]
    style = STYLES[number // len(SHOPS) % len(STYLES)]
    columns = [(name, role) for name, role in (each.rsplit("=", 1) for each in SHOPS[shop].split("|"))]
    columns = [(name, role) for name, role in columns if role in OWED or chance.random() < 0.85]
    if chance.random() < 0.3:
        chance.shuffle(columns)
    domain = "books" if shop == "books" else chance.choice(list(DOMAINS))
    maker = _Records(chance, domain, chance.choice(list(SENTENCES)))
    count = chance.choice((25, 60, 200, 400))
    values = {name: maker.column(role, count) for name, role in columns}
    titles, brand = values[_of(columns, "title") or ""], _of(columns, "brand")
    if brand and maker.brand_in_title:
        for place, made in enumerate(values[brand]):
            titles[place] = f"{made or ''} {titles[place]}".strip()
    new = dict(zip(values, _styled([name for name, _ in columns], style), strict=True))
    truth = {field: new.get(_of(columns, field) or "") for field in OWED}
    frame = pl.DataFrame({new[name]: pl.Series(column, dtype=pl.String) for name, column in values.items()})
    return Layout(f"{shop}, {style}, {domain}, {maker.language}, {count} rows", frame, style != "headerless", truth)


def _of(columns: list[tuple[str, str]], role: str) -> str | None:
    return next((name for name, each in columns if each == role), None)


def _styled(names: list[str], style: str) -> list[str]:
    match style:
        case "upper":
            return [name.upper() for name in names]
        case "snake":
            return ["_".join("".join(c if c.isalnum() else " " for c in name).lower().split()) for name in names]
        case "numbered" | "headerless":
            return [f"c{place}" for place in range(1, len(names) + 1)]
        case "shifted":
            return [*names[1:], names[0]]
        case "letters":
            return [chr(65 + place) for place in range(len(names))]
        case _:
            return names


class _Records:
    """Columns of one made-up catalogue."""

    def __init__(self, chance: random.Random, domain: str, language: str) -> None:
        words = DOMAINS[domain]
        self.chance, self.language = chance, language
        self.nouns, self.brands = str(words[language]).split("|"), str(words["brands"]).split("|")
        self.colours, self.sizes = str(words["colours"]).split("|"), str(words["sizes"]).split("|")
        self.low, self.high = words["prices"] if isinstance(words["prices"], tuple) else (1, 99)
        self.brand_in_title = chance.random() < 0.4
        self.filled = chance.choice((1.0, 1.0, 0.9, 0.6))
        self.form = chance.choice(PRICES.get(language, PRICES["de"]))
        self.round = chance.random() < 0.2
        self.code = chance.choice(("running", "padded", "letters", "long", "ean", "mixed", "dotted", "uuid"))
        self.start = chance.randrange(1, 90_000)
        self.sentences = SENTENCES[language]
        self.prices: list[float] = []

    def column(self, role: str, count: int) -> list[str | None]:
        """One column of so many values."""
        if not self.prices:
            self.prices = [self._amount() for _ in range(count)]
        if role == "sku":
            return [self.sku(n) for n in self._numbers(count)]
        if role == "constant":
            value = self.chance.choice(["simple", "Size", "active", "default", "1", "Stk", "EAN"])
            return [value] * count
        make: Callable[[int], str | None] = getattr(self, role)
        return [make(n) for n in range(count)]

    def _numbers(self, count: int) -> list[int]:
        sparse = self.chance.random() < 0.5
        return (
            sorted(self.chance.sample(range(self.start, self.start + 9 * count), count))
            if sparse
            else list(range(self.start, self.start + count))
        )

    def _amount(self) -> float:
        value = self.low + (self.high - self.low) * self.chance.random() ** 2
        ends = (0.99, 0.95, 0.5, 0.0, round(self.chance.random(), 2))
        return int(value) + (0.0 if self.round else self.chance.choice(ends))

    def money(self, value: float) -> str:
        """The value as this shop writes prices."""
        comma = f"{value:,.2f}".replace(",", " ").replace(".", ",").replace(" ", "." if value >= 1_000 else "")
        text = self.form.format(p=value, c=comma)
        return text.replace(".00", "") if self.round and "," not in text else text

    def sku(self, n: int) -> str:
        """An article number in this shop's form."""
        match self.code:
            case "running":
                return str(n)
            case "padded":
                return f"{n:08d}"
            case "letters":
                return f"{self.brands[0][:3].upper()}-{n}"
            case "long":
                return str(40_000_000_000 + n * 7)
            case "ean":
                return _ean(f"{590_000_000_000 + n}")
            case "mixed":
                return f"{n % 97:02d}{chr(65 + n % 26)}{n:04X}"
            case "dotted":
                return f"{n // 100}.{n % 100:02d}.{n % 7}"
            case _:
                return f"{random.Random(n).getrandbits(64):016x}"

    def gtin(self, n: int) -> str | None:
        """A GTIN-13, sometimes none."""
        return _ean(f"{400_000_000_000 + self.start * 131 + n * 17}") if self.chance.random() < self.filled else None

    def title(self, n: int) -> str:
        """A title of a few words."""
        parts = [self.nouns[n % len(self.nouns)], self.chance.choice(self.colours)]
        parts += [self.chance.choice(self.sizes)] * (self.chance.random() < 0.7)
        return " ".join([*parts, f"{self.chance.choice('ABCDEFGH')}{self.chance.randrange(10, 999)}"])

    def seo(self, n: int) -> str:
        """A title for search engines."""
        return f"{self.title(n)} | Shop"

    def description(self, n: int) -> str:
        """Some sentences."""
        return f"{self.nouns[n % len(self.nouns)]} {self.chance.choice(self.colours)}. {self.sentences} ({n})"

    def html(self, n: int) -> str:
        """The same with markup."""
        return f"<p>{self.description(n)}</p>"

    def short(self, n: int) -> str:
        """A sentence."""
        return f"{self.nouns[n % len(self.nouns)]}, {self.sentences.split('. ')[n % 3]}"

    def handle(self, n: int) -> str:
        """The part of an address."""
        return f"{self.nouns[n % len(self.nouns)]}-{n}".lower().replace(" ", "-").replace("'", "")

    def brand(self, n: int) -> str | None:
        """One of few brands."""
        return self.brands[n * 7 % len(self.brands)] if self.chance.random() < max(self.filled, 0.9) else None

    def maker(self, n: int) -> str:
        """The company behind the brand."""
        return f"{self.brands[n * 7 % len(self.brands)]} {self.chance.choice(['GmbH', 'Ltd', 'S.A.'])}"

    def supplier(self, n: int) -> str:
        """One of three suppliers."""
        return ("Central Wholesale", "Eurotrade", "Direct")[n % 3]

    def author(self, n: int) -> str:
        """An author."""
        return AUTHORS.split("|")[n % 7]

    def price(self, n: int) -> str:
        """What it costs."""
        return self.money(self.prices[n])

    def list(self, n: int) -> str | None:
        """What it cost once; of some only."""
        return self.money(round(self.prices[n] * 1.25, 2)) if self.chance.random() < 0.7 else None

    def cost(self, n: int) -> str:
        """What the shop pays."""
        return self.money(round(self.prices[n] * 0.61, 2))

    def unit(self, n: int) -> str:
        """The price of a unit."""
        return self.money(round(self.prices[n] / 3.0, 2))

    def shipping(self, n: int) -> str:
        """What sending costs."""
        return self.money((3.9, 4.99, 6.9)[n % 3])

    def weight(self, n: int) -> str:
        """Kilogrammes."""
        return f"{0.05 + self.chance.random() * 9:.2f}"

    def grams(self, n: int) -> str:
        """Grammes."""
        return str(self.chance.randrange(40, 9_000))

    def stock(self, n: int) -> str:
        """Pieces."""
        return str(self.chance.randrange(200))

    def pack(self, n: int) -> str:
        """Pieces a carton."""
        return str(self.chance.choice((1, 6, 10, 12, 24)))

    def rating(self, n: int) -> str:
        """Stars."""
        return f"{1 + 4 * self.chance.random():.1f}"

    def vat(self, n: int) -> str:
        """A tax rate."""
        return ("19", "7", "23")[n % 3]

    def flag(self, n: int) -> str:
        """Yes or no."""
        return self.chance.choice("01")

    def empty(self, n: int) -> str | None:
        """Nothing."""
        return None

    def avail(self, n: int) -> str:
        """Whether it is there."""
        return self.chance.choice(("in stock", "out of stock"))

    def condition(self, n: int) -> str:
        """New."""
        return "new"

    def delivery(self, n: int) -> str:
        """Days."""
        return self.chance.choice(("1-3 days", "2-4 Werktage", "24h"))

    def category(self, n: int) -> str:
        """A path."""
        return f"Shop > Sortiment > {self.nouns[n % len(self.nouns)].title()}"

    def leaf(self, n: int) -> str:
        """One word of few."""
        return ("Basics", "Premium", "Outlet", "New in")[n % 4]

    def group(self, n: int) -> str:
        """A group's number."""
        return str(100 + n % 12)

    def tariff(self, n: int) -> str:
        """A customs number."""
        return f"{84_710_000 + n % 40 * 10}"

    def number(self, n: int) -> str:
        """The shop's own running number."""
        return str(1_000 + n)

    def parent(self, n: int) -> str:
        """What variants share."""
        return f"G{n // 3 + 100}"

    def mpn(self, n: int) -> str | None:
        """The maker's number."""
        made = f"{chr(65 + n % 23)}{chr(66 + n % 19)}{n * 37 % 9973:04d}"
        return made if self.chance.random() < self.filled else None

    def url(self, n: int) -> str:
        """A page."""
        return f"https://www.shop.example/p/{n}"

    def image(self, n: int) -> str:
        """A picture."""
        return f"https://cdn.shop.example/img/{n}.jpg"

    def colour(self, n: int) -> str:
        """A colour."""
        return ("black", "white", "red", "blue")[n % 4]

    def size(self, n: int) -> str:
        """A size."""
        return self.sizes[n % len(self.sizes)]

    def material(self, n: int) -> str:
        """A material."""
        return ("cotton", "steel", "oak", "glass")[n % 4]

    def tags(self, n: int) -> str:
        """Some words."""
        return ", ".join(self.chance.sample(["new", "sale", "gift", "spring", "eco"], 2))

    def date(self, n: int) -> str:
        """A day."""
        return f"2024-{n % 12 + 1:02d}-{n % 28 + 1:02d}"

    def pages(self, n: int) -> str:
        """Pages."""
        return str(self.chance.randrange(80, 700))

    def format(self, n: int) -> str:
        """A binding."""
        return ("Paperback", "Hardcover", "eBook")[n % 3]

    def country(self, n: int) -> str:
        """Where it is made."""
        return ("China", "Germany", "Italy", "Portugal")[n % 4]

    def currency(self, n: int) -> str:
        """A code."""
        return "EUR"


def _ean(twelve: str) -> str:
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve[:12]))
    return f"{twelve[:12]}{-total % 10}"
