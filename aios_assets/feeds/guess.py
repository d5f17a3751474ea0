"""Guess: what the columns of an unknown feed mean, from names and values, and where that stays unsure.

A name alone is believed where the values do not speak against it; values alone are believed where they are unmistakable
and no second column has them too. A feed is never read with a SKU, title, price or brand that is only likely.
"""

from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

import polars as pl

from aios_assets.feeds.batch import PLACE
from aios_assets.feeds.candidates import Guessed, Names, Table, inside_title, table_of
from aios_assets.feeds.deletions import deletion
from aios_assets.feeds.delivery import Delivery
from aios_assets.feeds.doubts import CRITICAL, Doubt, doubts_of
from aios_assets.feeds.errors import UnsureError
from aios_assets.feeds.language import language
from aios_assets.feeds.looks import SYMBOLS, Look, look
from aios_assets.feeds.mapping import PRODUCT_FIELDS, SALES_FIELDS, Conventions, Mapping, Source, Supplier
from aios_assets.feeds.names import LIKELY
from aios_assets.feeds.reading import read
from aios_assets.feeds.variants import Variants, filled, variants

ACCEPT, LESSER = 0.68, 0.6
SAMPLE_ROWS = 5_000


@dataclass(frozen=True)
class Guess:
    """What a feed's columns mean. With doubts there is no mapping until they are answered."""

    kind: Literal["products", "sales"]
    fields: tuple[Guessed, ...]
    doubts: tuple[Doubt, ...]
    conventions: Conventions = field(default_factory=Conventions)
    currency: str = ""
    language: str = ""
    looks: tuple[Look, ...] = field(default=(), repr=False)
    variants: Variants | None = None

    def proposal(self, supplier: str) -> Mapping:
        """The mapping as far as it is known; for a person to complete, not to run on."""
        sources = {guessed.field: Source(columns=(guessed.column,)) for guessed in self.fields}
        if self.currency and "currency" not in sources and "price" in sources:
            sources["currency"] = Source(constant=self.currency)
        if self.variants and "title" in sources and "title" in self.variants.inherit.fields:
            sources["title"] = self.variants.title(sources["title"].columns[0])
        order = next((guessed.column for guessed in self.fields if guessed.field == "sold_at"), "")
        return Mapping(
            supplier=Supplier(name=supplier),
            kind=self.kind,
            mode="snapshot" if self.kind == "products" else "delta",
            order=order,
            inherit=self.variants.inherit if self.variants and not self.variants.doubt else None,
            language=self.language,
            conventions=self.conventions,
            fields=sources,
        )

    def mapping(self, delivery: Delivery) -> Mapping:
        """The mapping to run on. Raises UnsureError where a doubt is open, with what to write in the TOML."""
        if self.doubts:
            told = "; ".join(f"{doubt.field}: {doubt.why}" for doubt in self.doubts)
            lines = " · ".join(doubt.line for doubt in self.doubts)
            do = f"say it in the mapping (`aios feed inspect --write` makes one): {lines}"
            raise UnsureError(tuple(doubt.field for doubt in self.doubts), why=told, do=do, path=delivery.path)
        return self.proposal(delivery.supplier)


def guess(delivery: Delivery, rows: pl.DataFrame | None = None) -> Guess:
    """Guesses from a delivery's first rows (or from these)."""
    if rows is None:
        rows = _first(delivery)
    sample = rows.head(SAMPLE_ROWS).select(pl.exclude(PLACE))
    inherited = variants(sample)
    sample = filled(sample, inherited) if inherited else sample
    columns = [name for name in sample.columns if sample.schema[name] == pl.String]
    looks = tuple(look(name, place, sample[name]) for place, name in enumerate(columns))
    names = Names.of(looks)
    kind: Literal["products", "sales"] = "sales" if _is_sales(names, looks) else "products"
    fields = PRODUCT_FIELDS if kind == "products" else SALES_FIELDS
    table = table_of(fields, looks, names, kind)
    unsaid = [name for name in columns if max(names.said[name].values(), default=0.0) < LIKELY]
    gone = deletion(sample.select(unsaid)) if kind == "products" else None
    if gone:  # what says that a product is gone says nothing else
        table = {name: {c: each for c, each in found.items() if c not in gone.columns} for name, found in table.items()}
    taken: dict[str, Guessed] = {}
    for name in ("sku", "title", "description", "gtin", "price", "currency", *fields):
        if name in fields and name not in taken:
            if name in ("brand", "model") and "title" in taken:
                table[name] = inside_title(name, table[name], sample, taken["title"].column)
            _take(name, table, taken)
    doubts = doubts_of(table, taken, fields, looks, sample)
    open_ = inherited.doubt if inherited and kind == "products" else None
    doubts = (*doubts, *filter(None, (gone, open_)))
    accepted = tuple(taken[name] for name in fields if name in taken and name not in {doubt.field for doubt in doubts})
    price = next((each for each in looks if "price" in taken and each.name == taken["price"].column), None)
    texts = [sample[taken[name].column] for name in ("title", "description") if name in taken]
    return Guess(
        kind,
        accepted,
        doubts,
        Conventions(decimal=_decimal(price)),
        _currency(price, sample, names),
        language(text for column in texts for text in column.head(500)),
        looks,
        inherited if kind == "products" else None,
    )


def _first(delivery: Delivery) -> pl.DataFrame:
    parts: list[pl.DataFrame] = []
    for batch in islice(read(delivery), 16):
        parts.append(batch.rows)
        if sum(part.height for part in parts) >= SAMPLE_ROWS:
            break
    return pl.concat(parts, how="diagonal") if parts else pl.DataFrame()


def _is_sales(names: Names, looks: tuple[Look, ...]) -> bool:
    """Lines of invoices: how many were sold, and on which invoice, to whom or when; a product comes again and again."""
    told = {each.name: names.said[each.name] for each in looks}
    said = {name for meaning in told.values() for name, strength in meaning.items() if strength >= LESSER}
    surely = {name for meaning in told.values() for name, strength in meaning.items() if strength >= 0.9}
    if "quantity" not in said or said & {"description", "image", "url", "gtin"} - {"description"}:
        return False
    if "invoice" in surely or ("customer" in surely and "sold_at" in said) or {"invoice", "sold_at"} <= said:
        return True
    codes = [each for each in looks if told[each.name].get("sku", 0.0) >= LESSER]
    return "sold_at" in said and bool(codes) and max(each.distinct for each in codes) < 0.98


def _take(name: str, table: Table, taken: dict[str, Guessed]) -> None:
    used = {guessed.column for guessed in taken.values()}
    free = [each for column, each in table[name].items() if column not in used]
    best = max(free, key=lambda each: each.confidence, default=None)
    if best is None or best.confidence < (ACCEPT if name in CRITICAL else LESSER):
        return
    stronger = [
        other[best.column].confidence
        for field_name, other in table.items()
        if field_name != name and field_name not in taken and best.column in other
    ]
    if max(stronger, default=0.0) <= best.confidence:
        taken[name] = best


def _decimal(price: Look | None) -> Literal[".", ",", ""]:
    if price is None:
        return ""
    if price.commas > 0.3 and price.points < 0.1 * price.commas:
        return ","
    return "." if price.points > 0.3 and price.commas < 0.1 * price.points else ""


def _currency(price: Look | None, sample: pl.DataFrame, names: Names) -> str:
    """The one currency of the prices, by sign or code in the values or by code in the column's name."""
    if price is None or any("currency" in meaning for meaning in names.said.values()):
        return ""
    values = sample[price.name].drop_nulls()
    codes = set(SYMBOLS.values())
    found = {
        code for sign, code in SYMBOLS.items() if len(sign) == 1 and values.str.contains(sign, literal=True).mean() == 1
    }
    words = {word.upper() for word in price.name.replace("_", " ").split()}
    return next(iter(found or words & codes), "")
