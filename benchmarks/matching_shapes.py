"""Made-up pairs of tables of other trades and shapes than the shared feeds, each with its truth, all from a seed.

    python -m benchmarks matching_shapes

Prints one JSON line a set: F1 at the threshold chosen without labels, the best one in hindsight, and what merges by itself.
"""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from aios_assets.evaluate.matches import LEFT, RIGHT, Result, evaluate_records
from aios_assets.evaluate.tables import records_of

SYLLABLES: Final = ("ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va")
VENUES: Final = ("SIGMOD Record", "VLDB Conference", "ICDE", "TODS", "KDD")
CITIES: Final = ("new york", "los angeles", "chicago", "atlanta", "san francisco")
KITCHENS: Final = ("italian", "french", "american", "chinese", "mexican", "japanese")
GOODS: Final = (
    "Vollmilch",
    "Müsli",
    "Kaffee gemahlen",
    "Spaghetti",
    "Olivenöl",
    "Apfelsaft",
    "Joghurt",
    "Butter",
    "Reis",
)
KINDS: Final = ("mild", "fettarm", "bio", "extra", "naturell", "klassik")
PACKS: Final = (100, 250, 500, 1000)

Row = dict[str, str | None]
Pair = tuple[Row, Row]
"""One thing as the left table writes it, and as the right one does."""


@dataclass(frozen=True)
class Shape:
    """A set: records, true pairs (`left_sku`, `right_sku`), how many records are the left table's, whether it is one table."""

    name: str
    records: pl.DataFrame
    truth: pl.DataFrame
    n_left: int
    dirty: bool = False

    def result(self) -> Result:
        """How well it is matched."""
        within = True if self.dirty else None
        return evaluate_records(self.records, self.truth, n_left=self.n_left, within=within)


class Maker:
    """Words and things from a seed."""

    def __init__(self, seed: int, *, words: int = 400) -> None:
        self.rng = np.random.default_rng(seed)
        self.words = list(dict.fromkeys("".join(self.rng.choice(SYLLABLES, 3)) for _ in range(words)))

    def one(self, values: tuple[str, ...] | tuple[int, ...] | list[str]) -> str:
        """One of the values; of the words, the first are the commonest."""
        return str(values[int(len(values) * self.rng.random() ** 2)])

    def some(self, low: int, high: int) -> list[str]:
        """A few words."""
        return [self.one(self.words) for _ in range(int(self.rng.integers(low, high + 1)))]

    def number(self, digits: int) -> str:
        """A number of so many digits."""
        return str(int(self.rng.integers(10 ** (digits - 1), 10**digits)))

    def chance(self, share: float) -> bool:
        """True that often."""
        return bool(self.rng.random() < share)

    def noisy(self, words: list[str], share: float) -> list[str]:
        """The words, some of them left out and some with two letters in the wrong order."""
        kept = [word for word in words if not self.chance(share)] or words[:1]
        return [
            word[0] + word[2] + word[1] + word[3:] if self.chance(share) and len(word) > 3 else word for word in kept
        ]

    def paper(self) -> Pair:
        """A publication: title, authors, venue, year."""
        title, names = self.some(5, 9), [self.one(self.words) for _ in range(int(self.rng.integers(1, 5)))]
        venue, year = self.one(VENUES), str(self.rng.integers(1994, 2004))
        left = {"title": " ".join(title).title(), "authors": ", ".join(f"{n[0]}. {n}".title() for n in names)}
        right = {"title": " ".join(self.noisy(title, 0.03)), "authors": " and ".join(names)}
        return {**left, "venue": venue, "year": year}, {**right, "venue": venue.split()[0], "year": year}

    def restaurant(self) -> Pair:
        """A restaurant: name, address, city, telephone, kitchen."""
        name, street, house = self.some(1, 2), self.one(self.words), self.number(int(self.rng.integers(2, 5)))
        city, kitchen, phone = self.one(CITIES), self.one(KITCHENS), [self.number(3), self.number(3), self.number(4)]
        left = {"name": " ".join(name), "addr": f"{house} {street} st.", "phone": "{}/{}-{}".format(*phone)}
        right = {"name": " ".join(name), "addr": f"{house} {street} street", "phone": "-".join(phone)}
        other = city if self.chance(0.8) else self.one(CITIES)
        return {**left, "city": city, "type": kitchen}, {**right, "city": other, "type": self.one(KITCHENS)}

    def song(self) -> Pair:
        """A song: its name, who sings it, album, length."""
        name, artist, album = self.some(1, 3), self.some(1, 2), self.some(2, 3)
        time = f"{self.rng.integers(2, 7)}:{self.rng.integers(10, 60)}"
        left = {"Song_Name": " ".join(name), "Artist_Name": " ".join(artist), "Album_Name": " ".join(album)}
        edition = " (Album Version)" if self.chance(0.3) else ""
        right = {**left, "Song_Name": " ".join(name) + edition, "Album_Name": " ".join(album) + " [Deluxe]"}
        return {**left, "Time": time}, {**right, "Time": time}

    def grocery(self) -> Pair:
        """Groceries in German, the pack's size told in other units on the other side."""
        brand, what, kind, grams = (
            self.one(self.words[:60]),
            self.one(GOODS),
            self.one(KINDS),
            int(self.rng.choice(PACKS)),
        )
        cents, many = int(self.rng.integers(49, 900)), int(self.rng.choice((1, 6, 12)))
        packs = f"{many} x " if many > 1 else ""
        left = {"Produktname": f"{brand.title()} {what} {kind} {packs}{grams} g", "Preis": f"{cents / 100:.2f}"}
        dearer = f"{cents / 100 * (1 + self.rng.normal(0, 0.05)):.2f}"
        return left, {"Produktname": f"{what} {kind} {brand.title()} {packs}{grams / 1000:g} kg", "Preis": dearer}

    def gadget(self, noise: float) -> Pair:
        """Electronics: brand, words, model number, price."""
        brand, what = self.one(self.words[:40]), self.some(3, 6)
        model, price = f"{brand[:2]}-{self.number(4)}", float(np.exp(self.rng.normal(4, 1)))
        left = {"title": " ".join([brand, *what, model]), "brand": brand, "price": f"{price:.2f}"}
        shown = [] if self.chance(noise) else [model.replace("-", "")]
        right = {"title": " ".join([brand, *self.noisy(what, noise), *shown]), "brand": brand}
        return left, {**right, "price": f"{price * float(np.exp(self.rng.normal(0, noise))):.2f}"}


def linked(name: str, make: Callable[[], Pair], *, left: int, right: int, shared: int) -> Shape:
    """Two tables of so many records, of which `shared` are of the same things."""
    both = [make() for _ in range(left + right - shared)]
    here = [{"id": f"l{at}", **both[at][0]} for at in range(left)]
    there = [{"id": f"r{at}", **both[at][1]} for at in range(left - shared, len(both))]
    records = pl.concat(
        [records_of(pl.DataFrame(rows), supplier=who) for rows, who in ((here, LEFT), (there, RIGHT))], how="diagonal"
    )
    common = range(left - shared, left)
    truth = pl.DataFrame({"left_sku": [f"l{at}" for at in common], "right_sku": [f"r{at}" for at in common]})
    return Shape(name, records, truth.cast(pl.String), left)


def repeated(name: str, make: Callable[[], Pair], *, things: int, twice: int) -> Shape:
    """One table in which `twice` of the things stand two times."""
    both = [make() for _ in range(things)]
    rows = [{"id": f"a{at}", **one} for at, (one, _) in enumerate(both)]
    rows += [{"id": f"b{at}", **other} for at, (_, other) in enumerate(both[:twice])]
    truth = pl.DataFrame(
        {"left_sku": [f"a{at}" for at in range(twice)], "right_sku": [f"b{at}" for at in range(twice)]}
    )
    return Shape(name, records_of(pl.DataFrame(rows), supplier=LEFT), truth, len(rows), dirty=True)


def shapes(seed: int = 1) -> Iterator[Shape]:
    """All sets, from easy to hard and from few matches to nothing else."""
    make = Maker(seed)
    yield linked("bibliography", make.paper, left=1500, right=1068, shared=775)
    yield linked("restaurants", make.restaurant, left=500, right=330, shared=112)
    yield linked("songs", make.song, left=900, right=400, shared=372)
    yield linked("groceries", make.grocery, left=900, right=600, shared=500)
    yield linked("a tenth", lambda: make.gadget(0.15), left=1000, right=1000, shared=100)
    yield linked("everything", lambda: make.gadget(0.15), left=800, right=800, shared=800)
    yield linked("clean and easy", lambda: make.gadget(0.0), left=800, right=600, shared=300)
    yield linked("nothing", lambda: make.gadget(0.15), left=800, right=800, shared=0)
    yield repeated("one dirty table", make.paper, things=800, twice=300)


def measured(shape: Shape) -> None:
    """Prints how well it is matched, as one JSON line."""
    told = shape.result()
    best = told.hindsight[0]
    line = {"name": shape.name, "f1": told.hit.f1, "hindsight": best, "cost": best - told.hit.f1}
    line |= {
        "likely": told.hit.answered,
        "gold": told.gold,
        "completeness": told.completeness,
        "merged": told.automatic.answered,
        "right": told.automatic.precision,
        "certain": told.certain.answered,
    }
    print(json.dumps({key: round(v, 3) if isinstance(v, float) else v for key, v in line.items()}), flush=True)


def main() -> int:
    """Measures every set."""
    for shape in shapes():
        measured(shape)
    return 0


if __name__ == "__main__":
    sys.exit(main())
