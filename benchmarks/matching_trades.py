"""Made-up catalogues of trades where siblings are dangerous, files are dirty or rows say little, each with its truth.

    python -m benchmarks matching_trades [NAME…]

Prints one JSON line a set, as matching_shapes does. Everything is made from a seed; no word is from a real feed.
"""

import sys
from collections.abc import Callable
from typing import Final

import numpy as np
import polars as pl

from aios_assets.evaluate.matches import LEFT, RIGHT
from aios_assets.evaluate.tables import records_of
from benchmarks.matching_shapes import Maker, Pair, Row, Shape, linked, measured

COLOURS: Final = ("black", "white", "navy", "red", "olive", "beige", "grey", "pink")
SIZES: Final = ("XS", "S", "M", "L", "XL", "XXL")
GARMENTS: Final = ("t-shirt", "hoodie", "chino", "parka", "cardigan", "polo", "shorts")
FARBEN: Final = {
    "black": "schwarz", "white": "weiß", "navy": "marine", "red": "rot", "olive": "oliv", "beige": "beige",
    "grey": "grau", "pink": "rosa",
}  # fmt: skip
GADGETS: Final = {
    "cable": "Kabel", "charger": "Ladegerät", "adapter": "Adapter", "headphones": "Kopfhörer", "keyboard": "Tastatur",
    "speaker": "Lautsprecher", "screen": "Bildschirm", "battery": "Akku",
}  # fmt: skip
STYLES: Final = ("IPA", "Stout", "Amber Ale", "Pale Ale", "Porter", "Pilsner", "American IPA", "Brown Ale")
STREETS: Final = ("street", "road", "avenue", "lane", "court", "place")
SHORT: Final = {"street": "st", "road": "rd", "avenue": "ave", "lane": "ln", "court": "ct", "place": "pl"}
FORMATS: Final = ("hardcover", "paperback", "audio cd")


class Trade(Maker):
    """Things of trades; families are made whole, since their members are what is confused."""

    def price(self, middle: float = 3.0) -> float:
        """A price in units."""
        return round(float(np.exp(self.rng.normal(middle, 0.8))), 2)

    def near(self, price: float, spread: float = 0.05) -> str:
        """What another shop asks for it."""
        return f"{price * float(np.exp(self.rng.normal(0, spread))):.2f}"

    def typed(self, word: str, share: float) -> str:
        """The word with a letter mistyped, that often."""
        if len(word) < 4 or not self.chance(share):
            return word
        at = int(self.rng.integers(1, len(word) - 1))
        return word[:at] + str(self.rng.choice(list("aeiourstln"))) + word[at + self.rng.integers(0, 2) :]

    def publication(self) -> list[Pair]:
        """A paper alone."""
        return [self.paper()]

    def fashion(self) -> list[Pair]:
        """A garment in a few colours and sizes, each a product of its own; titles alike but for these."""
        brand, line, what = self.one(self.words[:50]), self.one(self.words), self.one(GARMENTS)
        price, fit = self.price(), self.one(("slim fit", "regular fit", "relaxed fit"))
        made = []
        for colour in self.rng.choice(COLOURS, 2, replace=False):
            for size in self.rng.choice(SIZES, 2, replace=False):
                left = {
                    "title": f"{brand} {line} {what} {fit}".title(), "colour": str(colour), "size": str(size),
                    "brand": brand.title(), "price": f"{price:.2f}",
                }  # fmt: skip
                told = f"{brand.title()} {what} {line} - {str(colour).title()} - Size {size}"
                made.append((left, {"title": told, "price": self.near(price)}))
        return made

    def shade(self) -> list[Pair]:
        """Make-up in shades that only its makers name: no list has the words that tell siblings apart."""
        brand, line, what = self.one(self.words[:30]), self.one(self.words), self.one(("lipstick", "gloss", "powder"))
        price, made = self.price(2.5), []
        for shade in self.rng.choice(self.words[:300], 3, replace=False):
            left = {"title": f"{brand} {line} {what}".title(), "brand": brand.title(), "shade": str(shade)}
            told = f"{brand.title()} {what} {line} {shade}".title()
            made.append((left | {"price": f"{price:.2f}"}, {"title": told, "price": self.near(price)}))
        return made

    def book(self) -> list[Pair]:
        """A book in editions and bindings: ISBN-10 on one side, ISBN-13 on the other, where they are told."""
        title, author = " ".join(self.some(2, 5)).title(), " ".join(self.some(2, 2)).title()
        made = []
        for edition in range(1, int(self.rng.integers(1, 4)) + 1):
            for binding in self.rng.choice(FORMATS, int(self.rng.integers(1, 3)), replace=False):
                core = "".join(str(d) for d in self.rng.integers(0, 10, 9))
                price, year = self.price(), str(int(self.rng.integers(1985, 2010)) + edition)
                left = {"title": title, "author": author, "publisher": self.one(self.words[:20]), "year": year}
                left |= {"isbn": isbn10(core) if self.chance(0.7) else None, "binding": str(binding)}
                told = f"{title} ({ordinal(edition)} edition)" if edition > 1 else title
                right = {"name": f"{told} by {author}", "ean": isbn13(core) if self.chance(0.7) else None}
                left["title"] = told.replace(" (", ", ").replace(")", "")
                made.append(
                    (left | {"price": f"{price:.2f}"}, right | {"format": str(binding), "price": self.near(price)})
                )
        return made

    def accessory(self) -> list[Pair]:
        """A family of parts whose model numbers differ in one character."""
        brand, what, stem = (
            self.one(self.words[:30]),
            self.some(2, 4),
            f"{self.one(self.words)[:3].upper()}-{self.number(3)}",
        )
        price, made = self.price(), []
        for last in self.rng.choice(list("ABCDEFGH12345678"), 4, replace=False):
            model, cost = f"{stem}{last}", price * (1 + 0.1 * float(self.rng.random()))
            left = {
                "name": f"{brand} {' '.join(what)}".title(),
                "brand": brand,
                "modelno": model,
                "price": f"{cost:.2f}",
            }
            shown = model if self.chance(0.5) else model.replace("-", "")
            right = {"title": f"{brand.title()} {' '.join(self.noisy(what, 0.1))} {shown}", "price": self.near(cost)}
            made.append((left, right))
        return made

    def shop(self) -> list[Pair]:
        """Electronics with a description on either side, the brand told in one, prices mostly not."""
        brand, what, model = (
            self.one(self.words[:40]),
            self.some(3, 6),
            f"{self.one(self.words)[:2]}{self.number(4)}".upper(),
        )
        price, said = self.price(4.5), self.some(8, 25)
        left = {"name": f"{brand} {' '.join(what[:2])} - {model}".title(), "description": " ".join(what + said)}
        left["price"] = f"{price:.2f}" if self.chance(0.4) else None
        shown = model if self.chance(0.8) else ""
        right = {"name": f"{brand} {' '.join(self.noisy(what, 0.2))} {shown}".strip(), "manufacturer": brand.upper()}
        right |= {
            "description": " ".join(self.noisy(said, 0.5)),
            "price": self.near(price, 0.2) if self.chance(0.5) else None,
        }
        return [(left, right)]

    def beer(self) -> list[Pair]:
        """A brewery's beers: name, brewery, style, strength."""
        brewery, made = f"{' '.join(self.some(1, 2))} Brewing Company".title(), []
        for _ in range(int(self.rng.integers(1, 5))):
            name, style, abv = " ".join(self.some(1, 3)).title(), self.one(STYLES), f"{self.rng.normal(6, 1.5):.1f}"
            left = {"Beer_Name": f"{name} {style}", "Brew_Factory_Name": brewery, "Style": style, "ABV": f"{abv} %"}
            right = {
                "Beer_Name": f"{brewery.split()[0]} {name} {style}",
                "Brew_Factory_Name": brewery.replace("Company", "Co."),
                "Style": self.one(STYLES),
                "ABV": f"{abv}0%",
            }
            made.append((left, right))
        return made

    def gtinless(self) -> list[Pair]:
        """Household goods with a title and nothing else."""
        what, size = self.some(3, 6), int(self.rng.choice((10, 12, 20, 24, 30, 50)))
        return [({"text": f"{' '.join(what)} {size} cm"}, {"text": f"{' '.join(self.noisy(what, 0.12))}, {size}cm"})]

    def bilingual(self) -> list[Pair]:
        """A gadget told in English and in German: brand, model number and figures are what is common."""
        brand, what, colour = self.one(self.words[:40]), self.one(tuple(GADGETS)), self.one(COLOURS)
        line, model, long = (
            self.one(self.words),
            f"{self.one(self.words)[:2]}{self.number(4)}".upper(),
            self.one((1, 2, 3, 5)),
        )
        price = self.price()
        left = {
            "title": f"{brand} {line} {what} {long} m {colour} {model}".title(),
            "brand": brand.title(),
            "price": f"{price:.2f}",
        }
        shown = model if self.chance(0.7) else ""
        right = {"Titel": f"{brand.title()} {line.title()} {GADGETS[what]} {long}m {FARBEN[colour]} {shown}".strip()}
        return [(left, right | {"Marke": brand.title(), "Preis": self.near(price).replace(".", ",")})]

    def person(self) -> list[Pair]:
        """A person: names, address, date of birth; either side mistypes or leaves out."""
        given, family, street = self.one(self.words), self.one(self.words), self.one(self.words)
        kind, house, town = self.one(STREETS), self.number(2), self.one(self.words[:40])
        born, code = (
            f"{self.rng.integers(1930, 2000)}{self.rng.integers(1, 13):02}{self.rng.integers(1, 29):02}",
            self.number(4),
        )

        def told(share: float) -> Row:
            row: Row = {
                "given_name": self.typed(given, share), "surname": self.typed(family, share), "street_number": house,
                "address_1": f"{self.typed(street, share)} {kind if share < 0.1 else SHORT[kind]}",
                "suburb": self.typed(town, share), "postcode": code, "date_of_birth": born,
            }  # fmt: skip
            return {
                key: None if key not in ("surname",) and self.chance(share / 3) else value for key, value in row.items()
            }

        return [(told(0.02), told(0.25))]

    def company(self) -> list[Pair]:
        """A company: name and town, nothing else."""
        name, town = self.some(1, 3), self.one(self.words[:60])
        form = self.one(("Inc.", "GmbH", "Ltd.", "LLC", "AG"))
        return [
            (
                {"name": f"{' '.join(name)} {form}".title(), "city": town},
                {"company": " ".join(self.noisy(name, 0.06)).upper(), "city": town if self.chance(0.9) else None},
            )
        ]


def isbn10(core: str) -> str:
    """The ISBN-10 of nine digits."""
    rest = (11 - sum((10 - at) * int(digit) for at, digit in enumerate(core)) % 11) % 11
    return core + ("X" if rest == 10 else str(rest))


def isbn13(core: str) -> str:
    """The ISBN-13 of the same."""
    digits = "978" + core
    return digits + str(-sum((1, 3)[at % 2] * int(digit) for at, digit in enumerate(digits)) % 10)


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th."""
    return f"{number}{({1: 'st', 2: 'nd', 3: 'rd'}).get(number, 'th')}"


def families(name: str, make: Callable[[], list[Pair]], *, left: int, right: int, shared: int, seed: int = 0) -> Shape:
    """Two tables of about so many records out of families; members of one family stand on both sides or on one."""
    members: list[Pair] = []
    while len(members) < left + right - shared:
        members += make()
    # Which members are shared is drawn over all, so that a sibling of what one side lists stands on the other.
    order = iter(np.random.default_rng(seed).permutation(len(members)).tolist())
    drawn = [members[at] for at in order]
    it = iter(drawn)
    return linked(name, lambda: next(it), left=left, right=right, shared=shared)


def clusters(
    name: str,
    make: Callable[[], list[Pair]],
    again: Callable[[Row], Row],
    *,
    rows: int,
    most: int,
    rng: np.random.Generator,
) -> Shape:
    """One dirty table: each thing stands once to `most` times, every time a little differently."""
    told: list[tuple[str, Row]] = []
    thing = 0
    while len(told) < rows:
        for one, other in make():
            times = min(int(rng.geometric(0.45)), most)
            versions = [one, other, *(again(one if at % 2 else other) for at in range(times))][:times]
            told += [(f"t{thing}", version) for version in versions]
            thing += 1
    told = [told[at] for at in rng.permutation(len(told))]
    frame = pl.DataFrame([{"id": f"r{at}", **row} for at, (_, row) in enumerate(told)], infer_schema_length=None)
    key = pl.DataFrame({"sku": [f"r{at}" for at in range(len(told))], "of": [of for of, _ in told]})
    both = key.join(key, on="of", suffix="_right").filter(pl.col("sku") < pl.col("sku_right"))
    truth = both.select(left_sku="sku", right_sku="sku_right")
    return Shape(name, records_of(frame, supplier=LEFT), truth, len(told), dirty=True)


def once_or_twice(name: str, make: Callable[[], list[Pair]], again: Callable[[Row], Row], maker: Trade) -> Shape:
    """A clean table, and one of which three records in ten stand twice: too few to be called dirty."""
    return listings(
        name, make, again, left=800, right=1200, shared=500, rng=maker.rng, times=lambda: 2 if maker.chance(0.3) else 1
    )


def listings(
    name: str,
    make: Callable[[], list[Pair]],
    again: Callable[[Row], Row],
    *,
    left: int,
    right: int,
    shared: int,
    rng: np.random.Generator,
    times: Callable[[], int] | None = None,
) -> Shape:
    """A clean table, and one that lists most of its things several times over."""
    members: list[Pair] = []
    while len(members) < left + right:
        members += make()
    here = [{"id": f"l{at}", **members[at][0]} for at in range(left)]
    there: list[Row] = []
    pairs: list[tuple[str, str]] = []
    for at in range(left - shared, left - shared + right):
        for turn in range(times() if times else int(rng.integers(1, 5))):
            row = members[at][1] if not turn else again(members[at][1])
            if at < left:
                pairs.append((f"l{at}", f"r{len(there)}"))
            there.append({"id": f"r{len(there)}", **row})
    records = pl.concat(
        [
            records_of(pl.DataFrame(rows, infer_schema_length=None), supplier=who)
            for rows, who in ((here, LEFT), (there, RIGHT))
        ],
        how="diagonal",
    )
    truth = pl.DataFrame(pairs, schema={"left_sku": pl.String, "right_sku": pl.String}, orient="row")
    return Shape(name, records, truth, left)


LINKED: Final = {
    "fashion variants": ("fashion", 900, 700, 400),
    "fashion, few shared": ("fashion", 900, 700, 60),
    "books": ("book", 900, 700, 400),
    "part families": ("accessory", 900, 900, 450),
    "part families, none shared": ("accessory", 700, 700, 0),
    "described electronics": ("shop", 1081, 1092, 1000),
    "beer, few shared": ("beer", 2500, 1800, 60),
    "titles only": ("gtinless", 800, 700, 400),
    "titles only, none shared": ("gtinless", 800, 700, 0),
    "English and German": ("bilingual", 700, 600, 350),
    "people": ("person", 1500, 1200, 700),
    "companies": ("company", 1500, 1000, 600),
    "tiny": ("shop", 20, 20, 10),
    "tiny fashion": ("fashion", 20, 20, 8),
}
"""Two tables: what they are of, how many records each has, and how many things stand in both."""

DIRTY: Final = {
    "dirty papers": ("publication", 0.08),
    "dirty people": ("person", 0.05),
    "dirty offers": ("shop", 0.15),
    "dirty fashion": ("fashion", 0.05),
}
"""One table: what it is of, and how much noise a further listing has."""

SINCE: Final = {
    "make-up in shades": ("shade", 900, 700, 400),
    "make-up in shades, few shared": ("shade", 900, 700, 60),
    "make-up in shades, none shared": ("shade", 900, 700, 0),
}
"""As LINKED; behind all others, whose draws go by their places."""

SEVERAL: Final = "papers, listed several times"
TWICE: Final = "offers, some listed twice"
NAMES: Final = (*LINKED, *DIRTY, SEVERAL, TWICE, *SINCE)


def trade(name: str, seed: int = 1) -> Shape:
    """One of the sets NAMES."""
    maker = Trade(seed * 1000 + NAMES.index(name), words=2000)

    def again(share: float) -> Callable[[Row], Row]:
        return lambda row: {
            key: None if value is None else " ".join(maker.noisy(value.split(), share)) for key, value in row.items()
        }

    if two := (LINKED | SINCE).get(name):
        kind, left, right, shared = two
        return families(name, getattr(maker, kind), left=left, right=right, shared=shared, seed=seed)
    if name in DIRTY:
        kind, share = DIRTY[name]
        return clusters(name, getattr(maker, kind), again(share), rows=1500, most=6, rng=maker.rng)
    if name == TWICE:
        return once_or_twice(name, maker.shop, again(0.1), maker)
    return listings(name, maker.publication, again(0.1), left=800, right=1500, shared=500, rng=maker.rng)


def main(names: list[str]) -> int:
    """Measures every set, or the named ones."""
    if unknown := set(names) - set(NAMES):
        print(f"no set is called {sorted(unknown)}; there are {list(NAMES)}", file=sys.stderr)
        return 2
    for name in names or NAMES:
        measured(trade(name))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
