"""A small catalogue of two suppliers with siblings, duplicates and noise, from a seed."""

import numpy as np
import polars as pl

THINGS = ("lamp", "kettle", "printer", "speaker", "monitor", "router", "camera", "scanner", "keyboard", "headset")
BRANDS = ("acme", "borex", "cindra", "doltex", "ermiss", "fonix", "garand", "helio")
COLOURS = ("black", "white", "red", "blue")


def two_suppliers(products: int, *, seed: int = 3, shared: float = 0.6) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Records and true pairs; `shared` of the products are with both suppliers, the rest alternate."""
    rng = np.random.default_rng(seed)
    rows, truth = [], []
    for product in range(products):
        brand, thing = BRANDS[rng.integers(8)], THINGS[rng.integers(10)]
        model = f"{brand[:2]}{rng.integers(100, 999)}{'abcdef'[rng.integers(6)]}{product}"
        words = [
            brand,
            thing,
            COLOURS[rng.integers(4)],
            f"{2 ** rng.integers(3, 9)}gb",
            f"series {rng.integers(1, 40)}",
        ]
        price = float(np.round(np.exp(rng.normal(4, 1)), 2))
        both = rng.random() < shared
        owners = ("north", "south") if both else (("north", "south")[product % 2],)
        for owner in owners:
            told = list(words)
            if rng.random() < 0.3:
                told.pop(int(rng.integers(len(told))))
            if rng.random() < 0.5:
                told.append(model.upper())
            sku = f"{owner[0]}{product:05d}"
            code = model if rng.random() < 0.6 else None
            rows.append((owner, sku, " ".join(told), brand, code, f"{price * rng.uniform(0.9, 1.1):.2f}"))
        if both:
            truth.append(("north", f"n{product:05d}", "south", f"s{product:05d}"))
    frame = pl.DataFrame(rows, schema=["supplier", "sku", "title", "brand", "model", "price"], orient="row")
    keys = ["left_supplier", "left_sku", "right_supplier", "right_sku"]
    return frame, pl.DataFrame(truth, schema=dict.fromkeys(keys, pl.String), orient="row")
