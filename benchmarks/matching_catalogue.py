"""A generated catalogue of several suppliers: Zipf words, families of variants, duplicates with a trader's noise."""

from itertools import pairwise

import numpy as np
import polars as pl

COLOURS = ("black", "white", "blue", "red", "silver", "grey", "green", "pink")
SIZES = ("8gb", "16gb", "32gb", "64gb", "128gb", "10 ft", "6 ft", "3 ft", "13 inch", "15 inch", "2 pack", "4 pack")
COMMON = ("with", "for", "the", "new", "and", "case", "usb", "wireless", "cable", "kit")
SYLLABLES = (
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "je",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "ri",
    "so",
    "tu",
    "va",
    "xe",
    "zi",
    "tra",
    "sto",
)


def catalogue(
    size: int, *, seed: int = 7, shared: float = 0.3, suppliers: int = 2
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """About `size` records (`supplier`, `sku`, `title`, `brand`, `model`, `price`) and the true pairs.

    As many products as `shared` of a supplier's own range are the next one's too. Words follow a Zipf law as they do in
    real feeds; one product in two belongs to a family whose members differ by colour, size and number only.
    """
    rng = np.random.default_rng(seed)
    products = int(size / (1 + shared))
    vocabulary = _words(rng, max(2_000, int(40 * products**0.5)))
    rank = np.arange(1, len(vocabulary) + 1)
    chance = 1 / rank**0.9
    chance /= chance.sum()
    families = max(products // 3, 1)
    lines = rng.choice(len(vocabulary), size=(families, 5), p=chance)
    brands = _words(rng, max(50, products // 500))
    brand_of = rng.zipf(1.3, size=families) % len(brands)
    family = np.where(rng.random(products) < 0.5, rng.integers(0, families, products), np.arange(products) % families)
    colour, measure = rng.integers(0, len(COLOURS), products), rng.integers(0, len(SIZES), products)
    number = rng.permutation(products) + 1000
    price = np.round(np.exp(rng.normal(3.5, 1.0, products)), 2)
    owners = _owners(rng, products, suppliers, shared)
    rows: list[tuple[str, str, str, str | None, str | None, str | None, int]] = []
    for supplier, (name, owned) in enumerate(owners):
        for at, product in enumerate(owned.tolist()):
            words = [vocabulary[word] for word in lines[family[product]]]
            brand = brands[brand_of[family[product]]]
            model = f"{brand[:2]}{number[product] // 100}-{number[product] % 100:02d}{'abcdef'[product % 6]}"
            told = [*words, COLOURS[colour[product]], SIZES[measure[product]], *rng.choice(COMMON, 2)]
            rows.append(_record(rng, name, f"{supplier}{at:08d}", told, brand, model, float(price[product]), product))
    columns = ["supplier", "sku", "title", "brand", "model", "price", "truth"]
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    keyed = frame.select("supplier", "sku", "truth")
    pairs = keyed.join(keyed, on="truth", suffix="_right").filter(pl.col("supplier") < pl.col("supplier_right"))
    gold = pairs.select(
        left_supplier="supplier", left_sku="sku", right_supplier="supplier_right", right_sku="sku_right"
    )
    return frame.drop("truth"), gold


def _words(rng: np.random.Generator, count: int) -> list[str]:
    """Distinct words of two to four syllables."""
    told: dict[str, None] = {}
    while len(told) < count:
        parts = rng.integers(0, len(SYLLABLES), size=(count, 4))
        lengths = rng.integers(2, 5, size=count)
        rows = zip(parts.tolist(), lengths.tolist(), strict=True)
        told.update(dict.fromkeys("".join(SYLLABLES[part] for part in row[:length]) for row, length in rows))
    return list(told)[:count]


def _owners(rng: np.random.Generator, products: int, suppliers: int, shared: float) -> list[tuple[str, np.ndarray]]:
    order = rng.permutation(products)
    edges = [products * at // suppliers for at in range(suppliers + 1)]
    over = int(products / suppliers * shared)
    twice = np.concatenate([order, order])
    return [(f"s{at}", twice[low : high + over]) for at, (low, high) in enumerate(pairwise(edges))]


def _record(
    rng: np.random.Generator,
    supplier: str,
    sku: str,
    told: list[str],
    brand: str,
    model: str,
    price: float,
    product: int,
) -> tuple[str, str, str, str | None, str | None, str | None, int]:
    chances = rng.random(6)
    words = [word for word in told if rng.random() > 0.1]
    if chances[0] < 0.3:
        rng.shuffle(words)
    if chances[1] < 0.2 and words:
        at = int(rng.integers(len(words)))
        words[at] = _typo(rng, words[at])
    title = " ".join(([brand] if chances[2] < 0.8 else []) + words + ([model] if chances[3] < 0.5 else []))
    shown = model.replace("-", "") if chances[0] < 0.5 else model
    asked = price * float(np.exp(rng.normal(0, 0.15)))
    return (
        supplier,
        sku,
        title,
        brand if chances[4] < 0.8 else None,
        shown if chances[5] < 0.5 else None,
        f"{asked:.2f}" if chances[1] < 0.9 else None,
        product,
    )


def _typo(rng: np.random.Generator, word: str) -> str:
    if len(word) < 4:
        return word
    at = int(rng.integers(1, len(word) - 1))
    return (
        word[:at] + word[at + 1 :] if rng.random() < 0.5 else word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
    )
