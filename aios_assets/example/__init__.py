"""Example: a delivery of two suppliers made from a seed, with the truth about it kept beside it.

`write_example(folder)` writes `folder/feeds/` (what a run reads) and `folder/truth/` (what a run must never see):
which records are the same product, which rows are broken, where personal data, secrets and poisoned text stand. Every
word is made up here; equal arguments give equal bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from aios_assets.example import delivery, supplier, trouble
from aios_assets.example.catalogue import Catalogue, invent
from aios_assets.example.delivery import Format

SHARED: Final = 0.3
"""The share of records whose product the other supplier sells too."""
BROKEN: Final = 0.003
"""Broken rows for each good one; they come on top."""
PERSONAL: Final = 0.012
POISONED: Final = 0.005
SECRET: Final = 0.001
_CHUNK = 100_000
_FOUND: Final = pl.Schema({"supplier": pl.String, "sku": pl.String, "kind": pl.String, "value": pl.String})
_ROWS: Final = pl.Schema({"supplier": pl.String, "file": pl.String, "line": pl.Int64, "kind": pl.String})
_WRITERS: dict[str, Callable[[pl.DataFrame, npt.NDArray[np.int64], np.random.Generator], pl.DataFrame]] = {
    "nordwind": supplier.nordwind,
    "bluebird": supplier.bluebird,
}


class ExampleError(ValueError):
    """Arguments that make no example: it names the argument and what it may be."""


@dataclass(frozen=True)
class ExampleTruth:
    """Where the files lie and what is true of them.

    `pairs` (columns nordwind, bluebird: SKUs of the same product), `broken` (supplier, file, line of the decompressed
    file, kind), `personal`, `secrets` and `poisoned` (supplier, sku, kind, value) are also CSV files in `truth`.
    """

    feeds: tuple[Path, ...]
    truth: Path
    records: dict[str, int]
    pairs: pl.DataFrame
    broken: pl.DataFrame
    personal: pl.DataFrame
    secrets: pl.DataFrame
    poisoned: pl.DataFrame


def write_example(
    folder: Path, *, skus: int = 20_000, seed: int = 7, formats: tuple[Format, Format] = ("csv", "jsonl")
) -> ExampleTruth:
    """Write an example delivery of that many good records; raises ExampleError for fewer than two or unknown formats.

    `formats` are those of nordwind and bluebird, in this order.
    """
    if skus < len(supplier.NAMES):
        raise ExampleError(f"skus is {skus}; two suppliers need at least two")
    if unknown := set(formats) - set(delivery.BROKEN):
        raise ExampleError(f"formats has {sorted(unknown)}; each may be one of {sorted(delivery.BROKEN)}")
    feeds, truth = folder / "feeds", folder / "truth"
    feeds.mkdir(parents=True, exist_ok=True)
    truth.mkdir(parents=True, exist_ok=True)
    catalogue = invent(skus, SHARED, np.random.default_rng([seed, 0]))
    written = [
        _write(feeds, name, format_, catalogue, seed) for name, format_ in zip(supplier.NAMES, formats, strict=True)
    ]
    tables = {
        kind: pl.concat([each[kind] for each in written]) for kind in ("broken", "personal", "secrets", "poisoned")
    }
    told = ExampleTruth(
        feeds=tuple(feeds / delivery.file_name(n, f) for n, f in zip(supplier.NAMES, formats, strict=True)),
        truth=truth,
        records={"nordwind": len(catalogue.nordwind), "bluebird": len(catalogue.bluebird)},
        pairs=_pairs(catalogue),
        **tables,
    )
    told.pairs.write_csv(truth / "pairs.csv")
    for kind, table in tables.items():
        table.write_csv(truth / f"{kind}.csv")
    return told


def _pairs(catalogue: Catalogue) -> pl.DataFrame:
    """The SKUs under which both suppliers sell the same product."""
    sold = {
        name: pl.DataFrame({"product": order, name: supplier.skus(np.arange(len(order)))})
        for name, order in (("nordwind", catalogue.nordwind), ("bluebird", catalogue.bluebird))
    }
    shared = pl.DataFrame({"product": catalogue.shared})
    both = shared.join(sold["nordwind"], on="product").join(sold["bluebird"], on="product")
    return both.sort("product").select("nordwind", "bluebird")


def _write(feeds: Path, name: str, format_: Format, catalogue: Catalogue, seed: int) -> dict[str, pl.DataFrame]:
    """Write one supplier's file, chunk by chunk; answer what is broken, personal, secret and poisoned in it."""
    order = catalogue.nordwind if name == "nordwind" else catalogue.bluebird
    file = delivery.file_name(name, format_)
    found: dict[str, list[pl.DataFrame]] = {"personal": [], "secrets": [], "poisoned": []}
    rows: list[tuple[str, str, int, str]] = []
    line = 1
    with delivery.opened(feeds / file, format_) as sink:
        for start in range(0, len(order), _CHUNK):
            draw = np.random.default_rng([seed, 1 + supplier.NAMES.index(name), start])
            numbers = order[start : start + _CHUNK]
            positions = np.arange(start, start + len(numbers))
            records = _WRITERS[name](catalogue.products[numbers], positions, draw)
            records, slips = _slipped(records, name, draw)
            for kind, table in slips.items():
                found[kind].append(table)
            if not start:
                first = delivery.header(records, format_)
                sink.write(first)
                line += first.count(b"\n")
            at = 0
            for place in delivery.places(len(numbers), BROKEN, draw):
                good = delivery.written(records[at:place], format_) if place > at else b""
                kinds = delivery.BROKEN[format_]
                kind = kinds[len(rows) % len(kinds)]
                sink.write(good)
                line += good.count(b"\n")
                rows.append((name, file, line, kind))
                sink.write(delivery.broken(kind, records, len(rows)))
                line += 1
                at = place
            rest = delivery.written(records[at:], format_)
            sink.write(rest)
            line += rest.count(b"\n")
    broken = pl.DataFrame(rows, schema=_ROWS, orient="row")
    return {"broken": broken, **{kind: pl.concat(tables) for kind, tables in found.items()}}


def _slipped(
    records: pl.DataFrame, name: str, draw: np.random.Generator
) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """The records with contact lines, keys and attacks in their descriptions, and where those stand."""
    count = records.height
    key = records.columns[0]
    chance = draw.random((3, count))
    language = np.full(count, 0 if name == "nordwind" else 1)
    people = np.flatnonzero(chance[0] < PERSONAL)
    leaks = np.flatnonzero(chance[1] < SECRET)
    attacked = np.flatnonzero(chance[2] < POISONED)
    texts = list(trouble.POISON.items())
    # In turn, not by chance: every kind stands in any example of a few thousand records.
    which = ((np.arange(len(attacked)) + draw.integers(0, len(texts))) % len(texts)).tolist()
    poison = pl.DataFrame(
        {
            "row": attacked,
            "kind": [texts[at][0] for at in which],
            "value": [texts[at][1] for at in which],
            "sentence": [texts[at][1] for at in which],
        },
        schema={"row": pl.Int64, "kind": pl.String, "value": pl.String, "sentence": pl.String},
    )
    slips = {
        "personal": trouble.personal(people, language[people], draw),
        "secrets": trouble.secrets(leaks, draw),
        "poisoned": poison,
    }
    said = pl.concat(slips.values()).group_by("row", maintain_order=True).agg(pl.col("sentence").str.join(" "))
    records = (
        records.with_row_index("row")
        .cast({"row": pl.Int64})
        .join(said, on="row", how="left", maintain_order="left")
        .with_columns(
            pl.concat_str(["description", "sentence"], separator=" ", ignore_nulls=True)
            .str.strip_chars(" ")
            .replace("", None)
            .alias("description")
        )
        .drop("row", "sentence")
    )
    skus = records[key]
    where = {
        kind: table.select(
            pl.lit(name).alias("supplier"), skus.gather(table["row"]).alias("sku"), "kind", "value"
        ).cast(_FOUND)
        for kind, table in slips.items()
    }
    named = {"description": "Beschreibung"} if name == "nordwind" else {}
    return records.rename(named), where
