"""Candidates: for each field the columns that may be it, from names and values, and how sure each is."""

from dataclasses import dataclass, replace

import polars as pl

from aios_assets.feeds.fits import BY_VALUE, FEW_ROWS, fit
from aios_assets.feeds.looks import Look, within
from aios_assets.feeds.names import HINT, LIKELY, is_generic, is_other, means

_ONLY = "the only text"


@dataclass(frozen=True)
class Guessed:
    """One field's column, how sure that is (0 to 1), why, and whether the column's name says it."""

    field: str
    column: str
    confidence: float
    why: str
    named: bool = False


Table = dict[str, dict[str, Guessed]]
"""Field -> column -> guess."""


@dataclass(frozen=True)
class Names:
    """What the columns' names say: field by field, or that no field holds the column, or nothing."""

    said: dict[str, dict[str, float]]
    other: frozenset[str]
    speak: bool

    @classmethod
    def of(cls, looks: tuple[Look, ...]) -> "Names":
        """Reads the names. They `speak` where two or more are understood: what is not understood then is no accident.

        Where the values of a SKU, title or price, or of two columns, are plainly another thing, the header is a wrong one
        (shifted by a column, say): then no name is believed.
        """
        columns = [each.name for each in looks]
        said = {name: {} if is_generic(name) else means(name) for name in columns}
        lies = [
            field
            for each in looks
            for field in said[each.name]
            if said[each.name][field] >= LIKELY and _denied(field, each)
        ]
        if len(lies) > 1 or set(lies) & {"sku", "title", "price"}:
            return cls({name: {} for name in columns}, frozenset(), speak=False)
        other = frozenset(name for name in columns if not said[name] and not is_generic(name) and is_other(name))
        known = sum(max(meaning.values(), default=0.0) >= LIKELY for meaning in said.values())
        return cls(said, other, known >= 2)

    def strongly(self, column: str, field: str) -> bool:
        """Whether the column's name mostly says this field."""
        return self.said[column].get(field, 0.0) >= 0.6


def _denied(field: str, each: Look) -> bool:
    """Whether values are plainly not what a name says."""
    amounts, pages = each.money > 0.7 and each.integer < 0.9, each.url > 0.3
    denied = {
        "price": each.money < 0.3,
        "quantity": each.money < 0.3,
        "title": each.letters < 0.3 or amounts or pages,
        "description": each.letters < 0.3 or amounts or pages,
        "brand": amounts or pages or each.words > 8,
        "sku": each.words > 3 or pages or (each.signed > 0.5 and amounts),
        "gtin": each.letters > 0.5,
        "image": not pages and each.picture < 0.2,
        "url": not pages,
    }
    return each.fill > 0.1 and each.rows > 0 and denied.get(field, False)


def table_of(fields: tuple[str, ...], looks: tuple[Look, ...], names: Names, kind: str) -> Table:
    """Every field's candidates."""
    table = {field: _candidates(field, looks, names, kind) for field in fields}
    if "title" in fields:
        table["title"] = _titles(table, looks, names)
        for only in (each for each in table["title"].values() if each.why.startswith(_ONLY)):
            table.get("description", {}).pop(only.column, None)
    if "sku" in fields:
        table["sku"] = _only_code(table["sku"])
    return table


def _candidates(field: str, looks: tuple[Look, ...], names: Names, kind: str) -> dict[str, Guessed]:
    result = {}
    for each in looks:
        said = names.said[each.name].get(field, 0.0)
        fits, why = fit(field, each, kind)
        if said and not each.rows:
            confidence, why = said, "its name, nothing speaks against it"
        elif said:
            lenient = max(
                fits, each.money if field == "price" else 0.0, 0.5 if field in ("category", "gtin", "image") else 0.0
            )
            confidence = said * (0.6 + 0.4 * lenient if lenient > 0.15 else 0.35)
            if field == "sku":  # colours under an article number's name are no SKUs
                confidence = said * (0.35 + 0.65 * fits)
            why = f"its name, {why}"
        elif field in BY_VALUE and not names.said[each.name] and each.name not in names.other:
            confidence = 0.8 * fits * (1.0 if each.rows >= FEW_ROWS else 0.5) * (0.6 if names.speak else 1.0)
            confidence *= each.named * (0.7 if each.gtin > 0.9 else 1.0) if field == "sku" else 1.0
        else:
            continue
        if confidence > 0.1:
            result[each.name] = Guessed(field, each.name, round(confidence, 3), why, bool(said))
    return result


def _titles(table: Table, looks: tuple[Look, ...], names: Names) -> dict[str, Guessed]:
    """A feed's only text is its title, though it be called description; of two texts the longer is no title."""
    titles = dict(table["title"])
    named = [each for each in looks if names.strongly(each.name, "title")]
    described = [each for each in looks if names.strongly(each.name, "description")]
    if not named and len(described) == 1 and 1.3 < described[0].words <= 12 and described[0].markup < 0.1:
        only = described[0]
        titles[only.name] = Guessed("title", only.name, 0.75, f"{_ONLY}, {only.words:.1f} words", named=True)
    unnamed = [each for each in looks if each.name in titles and not names.said[each.name] and each.alpha > 0.5]
    for each in unnamed:
        for other in unnamed:
            if other.length > 1.5 * each.length and other.words > 8:
                less = round(titles[other.name].confidence * 0.5, 3)
                titles[other.name] = replace(titles[other.name], confidence=less)
    return titles


def _only_code(codes: dict[str, Guessed]) -> dict[str, Guessed]:
    """Where one column alone is called anything like a code, and its values are as a SKU's, a weak name is enough."""
    named = [each for each in codes.values() if each.named]
    if len(named) == 1 and HINT * 0.9 <= named[0].confidence < 0.7:
        only = named[0]
        return {**codes, only.column: replace(only, confidence=0.7, why=f"{only.why}, no other is called a code")}
    return codes


def inside_title(field: str, candidates: dict[str, Guessed], sample: pl.DataFrame, title: str) -> dict[str, Guessed]:
    """A brand that no name shows is the likelier the more it stands in the titles; so is a colour, so it is never sure."""
    result = {}
    for column, each in candidates.items():
        inside, start = within(sample[column], sample[title]) if column != title else (0.0, 0.0)
        factor = 1.0 if each.named else 0.8 if start > 0.5 else 0.7 if inside > 0.6 else 0.6
        why = (
            f"{each.why}, {inside:.0%} stand in the title ({start:.0%} at its start)" if field == "brand" else each.why
        )
        result[column] = replace(each, confidence=round(each.confidence * factor, 3), why=why)
    return result
