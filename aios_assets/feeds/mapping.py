"""Mapping: what the columns of one source mean, as a TOML file beside the feed says it."""

import json
import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl
import tomlkit
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from aios_assets.feeds.batch import PLACE
from aios_assets.feeds.errors import FeedError
from aios_assets.feeds.format import Format, Kind

ProductField = Literal[
    "sku", "gtin", "title", "description", "brand", "model", "category", "price", "currency", "url", "image", "language"
]
SalesField = Literal[
    "sku", "title", "price", "currency", "invoice", "position", "quantity", "sold_at", "customer", "country"
]
PRODUCT_FIELDS: tuple[str, ...] = get_args(ProductField)
SALES_FIELDS: tuple[str, ...] = get_args(SalesField)
ATTRIBUTES = "attributes"
_ELEMENT = re.compile(r"^(?P<column>.+)\[(?P<number>\d{1,6})\]$")


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _source(value: object) -> object:
    """`"id"` and `["brand", "name"]` are short for `{columns = […]}`."""
    if isinstance(value, str):
        return {"columns": (value,)}
    return {"columns": value} if isinstance(value, list | tuple) else value


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"no such time zone: {name}; give an IANA name such as Europe/Berlin") from error
    return name


class Source(_Wire):
    """Where one field comes from: a column (or JSON path, XML path), several joined, or a constant.

    `first`: of several columns the first that is filled counts, and nothing is joined. Cells that say one of `empty` are
    none. `values` replaces whole values after that; `default` stands where nothing is left. `name[2]` is the third element
    of a column that holds a JSON list.
    """

    columns: tuple[str, ...] = ()
    join: str = " "
    first: bool = False
    empty: tuple[str, ...] = ()
    values: dict[str, str] = Field(default_factory=dict)
    default: str | None = None
    constant: str | None = None


class Supplier(_Wire):
    """Who sent it, and how far their word goes (0 to 1) where suppliers contradict each other."""

    name: str = Field(min_length=1)
    trust: float = Field(default=0.5, ge=0, le=1)


class Reading(_Wire):
    """What detection would otherwise find out; empty means: detect."""

    kind: Kind | None = None
    encoding: str = ""
    separator: str = Field(default="", max_length=1)
    quote: str = Field(default="", max_length=1)
    header: bool = True
    records: str = ""


class Conventions(_Wire):
    """How this supplier writes numbers, units, dates and times where a value alone does not say it.

    `dates` is what comes first in `3/4/2024`; `timezone` (IANA name) is that of times without an offset.
    """

    decimal: Literal[".", ",", ""] = ""
    length: str = ""
    weight: str = ""
    dates: Literal["dmy", "mdy", ""] = ""
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"


class Deleted(_Wire):
    """Which rows say that a product is gone: those whose cell in a column is one of these values, in any case."""

    column: str = Field(min_length=1)
    values: tuple[str, ...] = Field(min_length=1)

    def says(self, cells: pl.Series) -> pl.Series:
        """Whether each cell says so (Boolean; false where it is empty)."""
        spoken = {value.strip().lower() for value in self.values}
        return cells.str.strip_chars().str.to_lowercase().is_in(sorted(spoken)).fill_null(value=False)


class Inherit(_Wire):
    """Which row says what a variant's row leaves empty: the first with the same value in column `by`.

    With `of` it is the row whose column `of` holds what `by` says (`Parent` names a `SKU`). `fields` are those it lends.
    """

    by: str = Field(min_length=1)
    of: str = ""
    fields: tuple[ProductField, ...] = ("title", "brand")


class Expect(_Wire):
    """When this supplier's next delivery is due: every so often (`1d`, `12h`, `30m`), at this time of day in UTC."""

    every: str = Field(pattern=r"^[1-9]\d{0,3}[dhm]$")
    by: str = Field(default="00:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")


class Mapping(_Wire):
    """The meaning of one source's columns. Columns that nothing names are kept as `attributes`.

    `mode` says whether a delivery is the whole assortment (`snapshot`: what is missing is gone) or changes (`delta`);
    `order` names the column with the supplier's own timestamp or sequence: of two rows of one key the newer counts,
    whenever it arrives. Without it a date or running number in the file's name orders deliveries (`aios_assets.order`).
    `deleted` says which rows take a product away, `inherit` which row speaks for a variant.
    """

    supplier: Supplier
    kind: Literal["products", "sales"] = "products"
    mode: Literal["snapshot", "delta"] = "snapshot"
    order: str = ""
    deleted: Deleted | None = None
    inherit: Inherit | None = None
    language: str = ""
    reading: Reading = Reading()
    conventions: Conventions = Conventions()
    expect: Expect | None = None
    fields: dict[str, Annotated[Source, BeforeValidator(_source)]] = Field(default_factory=dict)

    def model_post_init(self, context: object, /) -> None:
        """Refuses what the kind does not have."""
        del context
        if self.deleted and self.kind != "products":
            raise ValueError(
                "`deleted` takes products away; a line of sales is taken back by one of quantity below zero"
            )
        if self.inherit and self.kind != "products":
            raise ValueError("`inherit` is of products; each line of sales says everything itself")
        if unknown := sorted(set(self.fields) - set(self.names)):
            raise ValueError(
                f"no such field in a {self.kind} feed: {', '.join(unknown)}; known: {', '.join(self.names)}"
            )

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that this kind of feed has, in the order of the canonical frame."""
        return PRODUCT_FIELDS if self.kind == "products" else SALES_FIELDS

    def format(self) -> Format:
        """What the mapping says about the bytes; empty parts are detected."""
        said = self.reading
        return Format(
            said.kind or Kind.CSV,
            encoding=said.encoding,
            separator=said.separator,
            quote=said.quote,
            header=said.header,
            records=said.records,
        )

    def columns(self) -> tuple[str, ...]:
        """Every column of the feed that some field reads."""
        return tuple(dict.fromkeys(name for source in self.fields.values() for name in source.columns))

    def lent(self) -> tuple[str, ...]:
        """The columns of which a row takes its parent's value where it has none."""
        fields = self.inherit.fields if self.inherit else ()
        return tuple(dict.fromkeys(c for name in fields if name in self.fields for c in self.fields[name].columns))

    def reads(self) -> tuple[str, ...]:
        """Every column that anything depends on: fields, order, parents, and what says that a product is gone."""
        others = (self.order, self.deleted.column if self.deleted else "")
        parents = (self.inherit.by, self.inherit.of) if self.inherit else ()
        return tuple(dict.fromkeys((*self.columns(), *filter(None, (*others, *parents)))))

    def check(self, columns: tuple[str, ...], path: Path | None = None) -> None:
        """Raises FeedError where a column that the mapping reads is not in the feed."""
        if missing := [name for name in self.reads() if _column(name, columns) is None]:
            raise FeedError(
                f"the mapping reads {', '.join(missing[:5])!r}, which the feed does not have",
                why=f"its columns are {', '.join(columns[:12])}",
                do="correct the mapping's [fields], or ask the supplier what was renamed",
                path=path,
            )

    def toml(self) -> str:
        """The mapping as a TOML file."""
        plain = self.model_dump(mode="json", exclude_defaults=True)
        fields = plain.pop("fields", {})
        plain["fields"] = {name: _short(source) for name, source in fields.items()}
        return tomlkit.dumps({"kind": self.kind, "mode": self.mode, **plain})


def load(path: Path) -> Mapping:
    """Reads a mapping from a TOML file. Raises FeedError that names line or key."""
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FeedError("a mapping that is no TOML file", why=str(error), do="correct it", path=path) from error
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()[:5])
        raise FeedError("a mapping with mistakes", why=told, do="correct these keys", path=path) from error


def apply(mapping: Mapping, rows: pl.DataFrame) -> pl.DataFrame:
    """The canonical text columns of raw rows, in the same order; place columns go along.

    Every field of the kind is a String column (null where the feed says nothing). `attributes` is a JSON object of all
    that no field reads and that is filled, keys sorted, so that nothing is lost and equal rows have equal text.
    """
    present = tuple(name for name in rows.columns if name not in PLACE)
    known = {name: _expression(mapping.fields[name], present) for name in mapping.names if name in mapping.fields}
    fields = [known.get(name, pl.lit(None, pl.String)).cast(pl.String).alias(name) for name in mapping.names]
    if mapping.language and "language" in mapping.names and "language" not in known:
        fields[mapping.names.index("language")] = pl.lit(mapping.language).alias("language")
    read = {_column(name, present) for name in mapping.columns()}
    read |= {mapping.deleted.column} if mapping.deleted else set()
    rest = sorted(name for name in present if name not in read)
    place = [name for name in PLACE if name in rows.columns]
    return rows.select(*fields, _object(rest).alias(ATTRIBUTES), *place)


def _expression(source: Source, present: tuple[str, ...]) -> pl.Expr:
    if source.constant is not None:
        return pl.lit(source.constant)
    parts = [part for name in source.columns if (part := _read(name, present)) is not None]
    if source.empty:
        parts = [pl.when(~part.is_in(source.empty)).then(part) for part in parts]
    if not parts:
        value = pl.lit(None, pl.String)
    elif source.first or len(parts) == 1:
        value = pl.coalesce(pl.when(part != "").then(part) for part in parts)
    else:
        value = pl.concat_str(parts, separator=source.join, ignore_nulls=True)
        value = pl.when(value != "").then(value)
    if source.values:
        value = value.replace(source.values)
    return value if source.default is None else value.fill_null(source.default)


def _read(name: str, present: tuple[str, ...]) -> pl.Expr | None:
    column = _column(name, present)
    if column is None:
        return None
    if column == name:
        return pl.col(column)
    number = name[len(column) + 1 : -1]
    return pl.col(column).str.json_path_match(f"$[{number}]")


def _column(name: str, present: tuple[str, ...]) -> str | None:
    """The feed's column that a name in the mapping reads."""
    if name in present:
        return name
    element = _ELEMENT.match(name)
    return element["column"] if element and element["column"] in present else None


def _object(names: list[str]) -> pl.Expr:
    """A JSON object of the filled columns among these."""
    if not names:
        return pl.lit(None, pl.String)
    members = [
        pl.when(pl.col(name).is_not_null()).then(
            pl.concat_str(
                pl.lit(json.dumps(name, ensure_ascii=False) + ":"),
                pl.struct(pl.col(name).alias("v")).struct.json_encode().str.slice(5).str.head(-1),
            )
        )
        for name in names
    ]
    joined = pl.concat_str(members, separator=",", ignore_nulls=True)
    return pl.when(joined != "").then(pl.concat_str(pl.lit("{"), joined, pl.lit("}")))


def _short(source: dict[str, object]) -> object:
    if set(source) == {"columns"} and isinstance(columns := source["columns"], list):
        return columns[0] if len(columns) == 1 else columns
    return source
