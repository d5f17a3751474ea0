"""Guess: what the columns of an unknown feed mean, from names and values, and where that stays unsure.

A name alone is believed where the values do not speak against it; values alone are believed where they are unmistakable
and no second column has them too. A feed is never read with a SKU, title or price that is only likely.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Literal

import polars as pl

from aios_assets.feeds.batch import PLACE
from aios_assets.feeds.delivery import Delivery
from aios_assets.feeds.errors import UnsureError
from aios_assets.feeds.language import language
from aios_assets.feeds.looks import SYMBOLS, Look, look, within
from aios_assets.feeds.mapping import PRODUCT_FIELDS, SALES_FIELDS, Conventions, Mapping, Source, Supplier
from aios_assets.feeds.names import means
from aios_assets.feeds.reading import read

ACCEPT, MARGIN, POSSIBLE = 0.68, 0.12, 0.3
SAMPLE_ROWS, FEW_ROWS = 5_000, 20
CRITICAL = ("sku", "title", "price", "brand")


@dataclass(frozen=True)
class Guessed:
    """One field's column, how sure that is (0 to 1), and why."""

    field: str
    column: str
    confidence: float
    why: str


@dataclass(frozen=True)
class Doubt:
    """A field that somebody has to name: the columns it may be, and why that is open."""

    field: str
    columns: tuple[str, ...]
    why: str


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

    def proposal(self, supplier: str) -> Mapping:
        """The mapping as far as it is known; for a person to complete, not to run on."""
        sources = {guessed.field: Source(columns=(guessed.column,)) for guessed in self.fields}
        if self.currency and "currency" not in sources and "price" in sources:
            sources["currency"] = Source(constant=self.currency)
        order = next((guessed.column for guessed in self.fields if guessed.field == "sold_at"), "")
        return Mapping(
            supplier=Supplier(name=supplier),
            kind=self.kind,
            mode="snapshot" if self.kind == "products" else "delta",
            order=order,
            language=self.language,
            conventions=self.conventions,
            fields=sources,
        )

    def mapping(self, delivery: Delivery) -> Mapping:
        """The mapping to run on. Raises UnsureError where a doubt is open, with what to write in the TOML."""
        if self.doubts:
            told = "; ".join(f"{doubt.field}: {doubt.why}" for doubt in self.doubts)
            lines = [
                f'{doubt.field} = "…"' + (f"  # perhaps {', '.join(doubt.columns[:4])}" if doubt.columns else "")
                for doubt in self.doubts
            ]
            do = f"name them in the mapping (`aios feed inspect --write` makes one): [fields] {' · '.join(lines)}"
            raise UnsureError(tuple(doubt.field for doubt in self.doubts), why=told, do=do, path=delivery.path)
        return self.proposal(delivery.supplier)


def guess(delivery: Delivery, rows: pl.DataFrame | None = None) -> Guess:
    """Guesses from a delivery's first rows (or from these)."""
    if rows is None:
        rows = _first(delivery)
    sample = rows.head(SAMPLE_ROWS).select(pl.exclude(PLACE))
    columns = [name for name in sample.columns if sample.schema[name] == pl.String]
    looks = tuple(look(name, place, sample[name]) for place, name in enumerate(columns))
    names = {each.name: means(each.name) for each in looks}
    kind: Literal["products", "sales"] = "sales" if _is_sales(names) else "products"
    fields = PRODUCT_FIELDS if kind == "products" else SALES_FIELDS
    table = {name: _candidates(name, looks, names, kind) for name in fields}
    if "title" in fields:
        table["title"] = _titles(table, looks, names)
    taken: dict[str, Guessed] = {}
    for name in ("sku", "title", "description", "gtin", "price", "currency", *fields):
        if name in fields and name not in taken:
            if name in ("brand", "model") and "title" in taken:
                table[name] = _inside_title(name, table[name], sample, taken["title"].column)
            _take(name, table, taken)
    doubts = _doubts(table, taken, fields, looks)
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
    )


def _first(delivery: Delivery) -> pl.DataFrame:
    parts: list[pl.DataFrame] = []
    for batch in islice(read(delivery), 16):
        parts.append(batch.rows)
        if sum(part.height for part in parts) >= SAMPLE_ROWS:
            break
    return pl.concat(parts, how="diagonal") if parts else pl.DataFrame()


def _is_sales(names: dict[str, dict[str, float]]) -> bool:
    said = {name for meaning in names.values() for name, strength in meaning.items() if strength >= 0.6}
    return "quantity" in said and bool(said & {"invoice", "sold_at"}) and bool(said & {"invoice", "customer", "price"})


def _sku(each: Look, kind: str) -> tuple[float, str]:
    alike = 1.0 if kind == "sales" or each.distinct > 0.999 else 0.7 if each.distinct > 0.9 else 0.2
    shape = each.code * (0.3 if each.cents > 0.3 or each.date > 0.5 or each.url > 0.1 else 1.0)
    whole = 1.0 if each.fill > 0.999 else 0.6 if each.fill > 0.9 else 0.2
    unsigned = 0.7 if each.gtin > 0.9 else 1.0
    return (
        alike * shape * whole * unsigned,
        f"{each.distinct:.0%} distinct, {each.fill:.0%} filled, {each.code:.0%} short codes",
    )


def _title(each: Look, kind: str) -> tuple[float, str]:
    words = 1.0 if 2 <= each.words <= 30 else 0.5 if each.words > 1.3 else 0.1
    varied = 1.0 if kind == "sales" or each.distinct > 0.8 else 0.6 if each.distinct > 0.4 else 0.3
    size = 1.0 if 8 <= each.length <= 200 else 0.4
    text = each.letters * (1.0 if each.alpha > 0.5 else 0.5) * (1 - each.url) * (1 - min(1.0, 2 * each.markup))
    return words * varied * size * text * min(
        1.0, each.fill + 0.05
    ), f"{each.words:.1f} words, {each.distinct:.0%} distinct"


def _description(each: Look, kind: str) -> tuple[float, str]:
    del kind
    long = 1.0 if each.words > 12 or each.markup > 0.3 else 0.5 if each.words > 5 else 0.2
    return long * each.letters, f"{each.words:.0f} words"


def _price(each: Look, kind: str) -> tuple[float, str]:
    del kind
    looks = 1.0 if each.signed > 0.5 else 0.9 if each.cents > 0.6 and each.retail > 0.35 else 0.0
    looks = looks or (0.6 if each.cents > 0.3 else 0.25)
    why = f"{each.money:.0%} amounts, {each.signed:.0%} with a currency, {each.cents:.0%} with cents"
    return looks * each.money * (0.2 if each.gtin > 0.5 or each.date > 0.5 else 1.0), why


def _brand(each: Look, kind: str) -> tuple[float, str]:
    del kind
    short = 1.0 if each.words <= 2.6 and each.length <= 30 else 0.2
    few = 1.0 if each.distinct < 0.6 else 0.5
    return short * few * each.letters * (1 - each.url), f"short names, {each.distinct:.0%} distinct"


def _model(each: Look, kind: str) -> tuple[float, str]:
    del kind
    shape = each.code * each.digits * (1 - each.gtin) * (0.3 if each.cents > 0.3 or each.money > 0.9 else 1.0)
    return shape, f"{each.code:.0%} short codes"


def _share(name: str) -> Callable[[Look, str], tuple[float, str]]:
    def fit(each: Look, kind: str) -> tuple[float, str]:
        del kind
        share = float(getattr(each, name))
        return share, f"{share:.0%} {name}"

    return fit


def _url(each: Look, kind: str) -> tuple[float, str]:
    del kind
    return each.url * (1.0 if each.picture < 0.5 else 0.1) * (
        1.0 if each.distinct > 0.8 else 0.4
    ), f"{each.url:.0%} addresses"


def _text(each: Look, kind: str) -> tuple[float, str]:
    del kind
    return 0.6 * (1 - each.url), "any text"


def _currency_code(each: Look, kind: str) -> tuple[float, str]:
    del kind
    return each.signed * (each.length == 3) * (each.digits == 0), f"{each.signed:.0%} currency codes"


_FITS: dict[str, Callable[[Look, str], tuple[float, str]]] = {
    "sku": _sku,
    "title": _title,
    "description": _description,
    "price": _price,
    "brand": _brand,
    "model": _model,
    "gtin": _share("gtin"),
    "image": _share("picture"),
    "url": _url,
    "category": _share("path"),
    "currency": _currency_code,
    "quantity": _share("integer"),
    "sold_at": _share("date"),
}
_BY_VALUE = frozenset({"sku", "title", "description", "price", "brand", "gtin", "image", "url", "category", "currency"})
"""Fields that values alone can show."""


def _candidates(
    name: str, looks: tuple[Look, ...], names: dict[str, dict[str, float]], kind: str
) -> dict[str, Guessed]:
    result = {}
    for each in looks:
        said = names[each.name].get(name, 0.0)
        fits, why = _FITS.get(name, _text)(each, kind)
        if said:
            lenient = max(
                fits, each.money if name == "price" else 0.0, 0.5 if name in ("category", "gtin", "image") else 0.0
            )
            confidence = said * (0.6 + 0.4 * lenient if lenient > 0.15 else 0.35)
            why = f"its name, {why}"
        elif name in _BY_VALUE and not names[each.name]:
            confidence = 0.8 * fits * (1.0 if each.rows >= FEW_ROWS else 0.5)
        else:
            continue
        if confidence > 0.1:
            result[each.name] = Guessed(name, each.name, round(confidence, 3), why)
    return result


def _titles(
    table: dict[str, dict[str, Guessed]], looks: tuple[Look, ...], names: dict[str, dict[str, float]]
) -> dict[str, Guessed]:
    """A feed's only text is its title, though it be called description; of two texts the longer is no title."""
    titles = dict(table["title"])
    named = [each for each in looks if names[each.name].get("title", 0) >= 0.6]
    described = [each for each in looks if names[each.name].get("description", 0) >= 0.6]
    if not named and len(described) == 1 and described[0].words <= 12 and described[0].markup < 0.1:
        only = described[0]
        titles[only.name] = Guessed("title", only.name, 0.75, f"the only text, {only.words:.1f} words")
    unnamed = [each for each in looks if each.name in titles and not names[each.name] and each.alpha > 0.5]
    for each in unnamed:
        longer = [other for other in unnamed if other.length > 1.5 * each.length and other.words > 8]
        if longer:
            for other in longer:
                titles[other.name] = replace(
                    titles[other.name], confidence=round(titles[other.name].confidence * 0.5, 3)
                )
    return titles


def _inside_title(name: str, candidates: dict[str, Guessed], sample: pl.DataFrame, title: str) -> dict[str, Guessed]:
    """A brand that no name shows has to stand in the titles, mostly at their start."""
    result = {}
    for column, each in candidates.items():
        inside, start = within(sample[column], sample[title]) if column != title else (0.0, 0.0)
        named = each.why.startswith("its name")
        factor = 1.0 if named or start > 0.5 else 0.9 if inside > 0.6 else 0.7 if inside > 0.2 else 0.45
        why = f"{each.why}, {inside:.0%} stand in the title ({start:.0%} at its start)" if name == "brand" else each.why
        result[column] = replace(each, confidence=round(each.confidence * factor, 3), why=why)
    return result


def _take(name: str, table: dict[str, dict[str, Guessed]], taken: dict[str, Guessed]) -> None:
    used = {guessed.column for guessed in taken.values()}
    free = [each for column, each in table[name].items() if column not in used]
    best = max(free, key=lambda each: each.confidence, default=None)
    if best is None or best.confidence < (ACCEPT if name in CRITICAL else 0.6):
        return
    stronger = [
        other[best.column].confidence
        for field_name, other in table.items()
        if field_name != name and field_name not in taken and best.column in other
    ]
    if max(stronger, default=0.0) <= best.confidence:
        taken[name] = best


def _doubts(
    table: dict[str, dict[str, Guessed]], taken: dict[str, Guessed], fields: tuple[str, ...], looks: tuple[Look, ...]
) -> tuple[Doubt, ...]:
    doubts = []
    owner = {guessed.column: guessed for guessed in taken.values()}
    for name in (each for each in CRITICAL if each in fields):
        best = taken.get(name)
        rivals = sorted(
            (
                each
                for column, each in table[name].items()
                if (column not in owner or owner[column].field == name) and each.confidence >= POSSIBLE
            ),
            key=lambda each: -each.confidence,
        )
        columns = tuple(each.column for each in rivals)
        if best is None:
            if name in ("sku", "title") or columns:
                why = f"{', '.join(columns[:3])} may be it, none is sure" if columns else "no column looks like one"
                doubts.append(Doubt(name, columns or tuple(each.name for each in looks[:4]), why))
            continue
        others = [each for each in rivals if each.column != best.column]
        if others and others[0].confidence > best.confidence - MARGIN:
            why = f"{best.column} ({best.confidence:.2f}) and {others[0].column} ({others[0].confidence:.2f}) both may be it"
            doubts.append(Doubt(name, columns, why))
    return tuple(doubts)


def _decimal(price: Look | None) -> Literal[".", ",", ""]:
    if price is None:
        return ""
    if price.commas > 0.3 and price.points < 0.1 * price.commas:
        return ","
    return "." if price.points > 0.3 and price.commas < 0.1 * price.points else ""


def _currency(price: Look | None, sample: pl.DataFrame, names: dict[str, dict[str, float]]) -> str:
    """The one currency of the prices, by sign or code in the values or by code in the column's name."""
    if price is None or any("currency" in meaning for meaning in names.values()):
        return ""
    values = sample[price.name].drop_nulls()
    codes = set(SYMBOLS.values())
    found = {
        code for sign, code in SYMBOLS.items() if len(sign) == 1 and values.str.contains(sign, literal=True).mean() == 1
    }
    words = {word.upper() for word in price.name.replace("_", " ").split()}
    return next(iter(found or words & codes), "")
