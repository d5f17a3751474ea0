"""Tables of labelled data as people publish them: any separator, columns named this way or that."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Final

import polars as pl

from aios_assets.errors import AiosError

SEPARATORS: Final = (",", ";", "\t", "|", "#", "~", "^", "\x1f", "\x01", ":")
LINES: Final = 20
"""How many lines show which separator a file has."""

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "sku": ("id", "sku", "idabt", "idbuy", "idamazon", "idgoogle", "article", "artikelnummer"),
    "title": ("title", "name", "product_name", "product_title", "titel", "produktname", "titre", "nom"),
    "description": ("description", "beschreibung", "text"),
    "brand": ("brand", "manufacturer", "vendor", "marke", "hersteller", "marque"),
    "model": ("modelno", "model", "model_number", "mpn", "part_number"),
    "gtin": ("gtin", "ean", "upc", "isbn", "isbn13", "isbn10", "ean13", "gtin13", "barcode"),
    "price": ("price", "preis", "list_price", "prix"),
    "currency": ("currency", "price_currency", "pricecurrency", "waehrung"),
    "category": ("category", "kategorie"),
}
"""What matching calls a field, and what publishers call it; the first that a table has is taken."""

SIZES: Final = ("size", "groesse", "größe", "taille", "talla", "taglia", "rozmiar", "maat", "tamanho")
"""Columns whose values say nothing without their name: `M` is a size, a metre, or somebody's first name."""

MEASURE: Final = r"^[$€£]?\d[\d.,]*(?:\s?x\s?\d[\d.,]*)*\s*\p{L}{0,12}\.?$"
NUMBER: Final = r"^\d{4,}$"
"""A year, a date, a telephone or post code: four digits and more, and nothing else, measure nothing."""

DISTINCT: Final = 0.5
"""A column whose values are mostly distinct can be a title; one with a handful of values cannot."""


class TableError(AiosError):
    """A file of labelled data that cannot be used."""


def read_table(path: Path | str) -> pl.DataFrame:
    """A separated file with a header as text columns; raises TableError for what is none."""
    path = Path(path)
    try:
        text = _decoded(path.read_bytes())
    except OSError as broken:
        raise TableError(str(path), str(broken), "give a file that can be read") from broken
    # Published gold files begin with lines of remarks about how they were made.
    lines = text.splitlines(keepends=True)
    while lines and lines[0].startswith(("# ", "##")):
        lines.pop(0)
    head = [line for line in lines[:LINES] if line.strip()]
    separator = _separator(head)
    if separator is None:
        do = "give a table with a header and two columns or more"
        raise TableError(str(path), "its first line has no separator" if head else "it is empty", do)
    data = "".join(lines).encode()
    frame, why = None, ""
    for quote in ('"', None):
        try:
            frame = pl.read_csv(BytesIO(data), separator=separator, infer_schema=False, quote_char=quote)
            break
        except pl.exceptions.PolarsError as broken:
            why = str(broken).split("\n", 1)[0]
    if frame is None:
        raise TableError(str(path), f"it is no table: {why}", "give one row a line, as many cells as the header")
    return frame.rename({name: name.strip().strip("\ufeff\"'") for name in frame.columns}).select(
        pl.all().str.strip_chars().replace("", None)
    )


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _separator(head: list[str]) -> str | None:
    """The separator that the header has and that most lines have as often; of equals, the one that makes more columns."""
    if not head:
        return None

    def worth(separator: str) -> tuple[int, int]:
        there = head[0].count(separator)
        return sum(line.count(separator) == there for line in head), there

    there = [separator for separator in SEPARATORS if separator in head[0]]
    return max(there, key=worth, default=None)


def records_of(frame: pl.DataFrame, *, supplier: str, but: tuple[str, ...] = ()) -> pl.DataFrame:
    """The table's rows as records of one supplier, columns guessed by name; `but`: columns that matching must not see.

    Without an id column the first one is it. A table without a title takes the first column of mostly distinct text. What no
    field is called by is kept as `attributes`, but for measures; a row without a title is called by all that it says.
    Raises TableError for ids that stand twice, and for tables with no text.
    """
    found = _columns(frame.drop(but, strict=False))
    sku, title = found.pop("sku"), found["title"]
    used = {sku, *found.values(), *but}
    rest = [name for name in frame.columns if name not in used and not _measures(frame[name])]
    key = frame.filter(pl.col(sku).is_not_null())[sku]
    if key.is_duplicated().any():
        twice = key.filter(key.is_duplicated())[0]
        raise TableError(
            f"{supplier}: column {sku}", f"the id {twice} stands twice", "give every record an id of its own"
        )
    said = pl.concat_str(
        [pl.col(name) for name in frame.columns if name not in {sku, *but}], separator=" ", ignore_nulls=True
    )
    cells = [pl.lit(f"{_plain(name)} ") + pl.col(name) if _plain(name) in SIZES else pl.col(name) for name in rest]
    other = pl.concat_str(cells, separator=" ", ignore_nulls=True) if rest else pl.lit(None)
    return frame.select(
        pl.lit(supplier).alias("supplier"),
        pl.col(sku).alias("sku"),
        pl.coalesce(title, said.replace("", None)).alias("title"),
        *(pl.col(name).alias(field) for field, name in found.items() if field != "title"),
        other.cast(pl.String).replace("", None).alias("attributes"),
    ).filter(pl.col("sku").is_not_null())


def id_column(frame: pl.DataFrame, *, but: tuple[str, ...] = ()) -> str:
    """The column that `records_of` takes for the id."""
    return _columns(frame.drop(but, strict=False))["sku"]


def _columns(frame: pl.DataFrame) -> dict[str, str]:
    """Which column is which field; `sku` and `title` are always there."""
    lower = {_plain(name): name for name in reversed(frame.columns)}
    found = {field: next((lower[name] for name in names if name in lower), None) for field, names in NAMES.items()}
    found["sku"] = found["sku"] or next(
        (n for n in frame.columns if _is_id(n) and _all_distinct(frame[n])), frame.columns[0]
    )
    free = [name for name in frame.columns if name not in found.values()]
    if found["title"] is None:
        named = [name for name in free if _plain(name).endswith(("name", "title", "titel"))]
        found["title"] = next(iter([*named, *(name for name in free if _texts(frame[name]))]), None)
    if found["title"] is None:
        found["title"] = found["description"] or found["model"] or found["brand"]
    if found["title"] is None:
        do = "name one column title or name"
        raise TableError("the table", f"none of its columns is a text: {', '.join(frame.columns)}", do)
    title = found["title"]
    return {field: name for field, name in found.items() if name is not None and (field == "title" or name != title)}


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _is_id(name: str) -> bool:
    told = _plain(name)
    return told.startswith("id") or told.endswith("id")


def _all_distinct(values: pl.Series) -> bool:
    return not values.null_count() and not values.is_duplicated().any()


def _texts(values: pl.Series) -> bool:
    """Whether a column holds mostly distinct texts with letters in them."""
    said = values.drop_nulls()
    letters = said.str.contains(r"\p{L}{3}").mean() or 0.0
    return len(said) > 0 and float(letters) > DISTINCT and said.n_unique() > DISTINCT * len(said)  # type: ignore[arg-type]  # of lengths


def _measures(values: pl.Series) -> bool:
    """Whether a column holds mostly measures (`1.5 pounds`, `9 x 6 inches`): two suppliers weigh one thing differently."""
    said = values.drop_nulls()
    measure = (said.str.to_lowercase().str.contains(MEASURE) & ~said.str.contains(NUMBER)).mean()
    return len(said) == 0 or float(measure or 0.0) > 0.5  # type: ignore[arg-type]  # of booleans
