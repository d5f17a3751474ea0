"""Tables of labelled data as people publish them: any separator, columns named this way or that."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import polars as pl

from aios_assets.errors import AiosError

SEPARATORS: Final = (",", ";", "\t", "|", "#")

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "sku": ("id", "sku", "idabt", "idbuy", "idamazon", "idgoogle", "article", "artikelnummer"),
    "title": ("title", "name", "product_name", "product_title", "titel"),
    "description": ("description", "beschreibung", "text"),
    "brand": ("brand", "manufacturer", "vendor", "marke", "hersteller"),
    "model": ("modelno", "model", "model_number", "mpn", "part_number"),
    "gtin": ("gtin", "ean", "upc", "isbn", "barcode"),
    "price": ("price", "preis", "list_price"),
    "currency": ("currency", "price_currency", "waehrung"),
    "category": ("category", "kategorie"),
}
"""What matching calls a field, and what publishers call it; the first that a table has is taken."""


class TableError(AiosError):
    """A file of labelled data that cannot be used."""


def read_table(path: Path | str) -> pl.DataFrame:
    """A separated file with a header as text columns; raises TableError for what is none."""
    path = Path(path)
    try:
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            header = file.readline().rstrip("\r\n")
    except OSError as broken:
        raise TableError(str(path), str(broken), "give a file that can be read") from broken
    separator = max(SEPARATORS, key=header.count)
    if not header.count(separator):
        raise TableError(
            str(path), "its first line has no separator", "give a table with a header and two columns or more"
        )
    try:
        frame = pl.read_csv(path, separator=separator, infer_schema=False, encoding="utf8-lossy")
    except pl.exceptions.ComputeError:
        try:
            frame = pl.read_csv(path, separator=separator, infer_schema=False, encoding="utf8-lossy", quote_char=None)
        except pl.exceptions.PolarsError as broken:
            raise TableError(
                str(path), f"it is no table: {broken}", "give one row a line, as many cells as the header"
            ) from broken
    return frame.rename({name: name.strip().strip("\ufeff") for name in frame.columns}).select(
        pl.all().str.strip_chars().replace("", None)
    )


def records_of(frame: pl.DataFrame, *, supplier: str) -> pl.DataFrame:
    """The table's rows as records of one supplier, columns guessed by name; without an id column the first one is it."""
    lower = {name.lower(): name for name in frame.columns}
    found = {field: next((lower[name] for name in names if name in lower), None) for field, names in NAMES.items()}
    found["sku"] = found["sku"] or frame.columns[0]
    if found["title"] is None:
        do = "name one column title or name"
        raise TableError(supplier, f"none of its columns is a title: {', '.join(frame.columns)}", do)
    return frame.select(
        pl.lit(supplier).alias("supplier"),
        *(pl.col(name).alias(field) for field, name in found.items() if name is not None),
    ).filter(pl.col("sku").is_not_null())


def pairs_of(frame: pl.DataFrame) -> pl.DataFrame:
    """The first two columns as `left_sku`, `right_sku`."""
    if frame.width < 2:
        raise TableError("gold", "it has one column", "give id pairs, one a line")
    return frame.select(left_sku=pl.nth(0), right_sku=pl.nth(1)).drop_nulls().unique(maintain_order=True)


def cluster_pairs(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Pairs (`left_sku`, `right_sku`) of rows that have the same value in a column."""
    if column not in frame.columns:
        raise TableError("gold", f"there is no column {column}", f"name one of {', '.join(frame.columns)}")
    key = records_of(frame, supplier="").with_columns(cluster=frame[column]).select("sku", "cluster").drop_nulls()
    both = key.join(key, on="cluster", suffix="_right").filter(pl.col("sku") < pl.col("sku_right"))
    return both.select(left_sku="sku", right_sku="sku_right").unique(maintain_order=True)
