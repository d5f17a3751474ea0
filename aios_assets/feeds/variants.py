"""Variants: whether an unknown feed's rows leave title and brand to a parent row, and which column says whose they are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from aios_assets.feeds.batch import LINE
from aios_assets.feeds.doubts import Doubt
from aios_assets.feeds.inherit import Lender, pictures
from aios_assets.feeds.mapping import Inherit, Mapping, Source, Supplier
from aios_assets.feeds.names import LIKELY, means, normal

SHARED = ("title", "description", "brand", "category")
"""Fields that a product's variants share; a number, a price or a picture is each one's own."""

_PARENT = frozenset(
    """
    parent|parent sku|parent id|parent product|parent code|parent article|parent product id|parent product sku|elternartikel|
    vaterartikel|eltern sku|parent nr|hauptartikel|artikel parent|produkt nadrzedny|produit parent|sku parent|id parent|
    producto padre|prodotto padre|item group id|group sku|configurable sku|master sku|master id
    """.replace("\n    ", "")
    .strip()
    .split("|")
)
_OPTION = re.compile(
    r"(?:product )?(?:option|attribut|attribute|merkmal|variation|variante?|opcja|opcion|opzione|optie) ?\d?"
    r"(?: values?| wert| valeur| valor| wartosc)?(?: s)?"
    r"|(?:(?:product|variant|artikel|attribute|option) )?(?:size|colou?r|farbe|gro(?:ss|s)e|groesse|kolor|rozmiar|taille|"
    r"couleur|talla|taglia|colore|maat|kleur|storlek|farg|storrelse|farve|koko|vari)"
)
"""What the columns are called that tell a product's variants apart."""
_DECIMALS = r"^\s*\d+[.,]\d+\s*$"
NO_OPTION = "Default Title"
"""What Shopify writes as the option of a product that has none."""
_FEW, _SURE, _PERHAPS, _SAID, _OWN, _MOSTLY, _SHORT = 2, 0.99, 0.8, 0.2, 0.95, 0.5, 60


@dataclass(frozen=True)
class Variants:
    """How a feed's rows inherit, how many of the sample do, and whether somebody has to say so."""

    inherit: Inherit
    rows: int
    of: int
    pictures: int
    right: float
    options: tuple[str, ...] = ()

    def title(self, column: str) -> Source:
        """Where a title is read that tells a product's variants apart."""
        return Source(columns=(column, *self.options), empty=(NO_OPTION,) if self.options else ())

    @property
    def told(self) -> str:
        """In words."""
        parent = (
            f"the row whose {self.inherit.of} it names"
            if self.inherit.of
            else f"the first row of its {self.inherit.by}"
        )
        more = f"; {self.pictures:,} rows are further pictures and no products" if self.pictures else ""
        fields = ", ".join(self.inherit.fields)
        apart = f"; {', '.join(self.options)} tells them apart and ends their title" if self.options else ""
        return f"{self.rows:,} of {self.of:,} rows leave {fields} to {parent} (`{self.inherit.by}`){more}{apart}"

    @property
    def doubt(self) -> Doubt | None:
        """The question, where not all rows find their parent."""
        if self.right >= _SURE:
            return None
        of = f', of = "{self.inherit.of}"' if self.inherit.of else ""
        fields = ", ".join(f'"{name}"' for name in self.inherit.fields)
        line = f'{{ by = "{self.inherit.by}"{of}, fields = [{fields}] }}'
        return Doubt(
            "inherit", (self.inherit.by,), f"{self.right:.0%} of the rows that ask for a parent find one", line
        )


def variants(sample: pl.DataFrame) -> Variants | None:
    """How the sample's rows inherit; None where each says everything itself."""
    texts = [name for name, dtype in sample.schema.items() if dtype == pl.String]
    known = {name: field for field in SHARED for name in texts if means(name).get(field, 0.0) >= LIKELY}
    title = next((name for name in texts if known.get(name) == "title"), None)
    if title is None or sample.height <= _FEW:
        return None
    rows = sample.select(texts).with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(LINE))
    found = [*_following(rows, title, texts), *_pointing(rows, texts)]
    best = max(found, key=lambda one: one[1], default=None)
    if best is None or best[1] < (_SAID if best[0].of else _PERHAPS):
        return None
    inherit, right, variant = best
    further = pictures(rows, inherit.by)
    asked, parents = rows.filter(variant & ~further), rows.filter(~variant)
    lent = [
        name
        for name in known
        if asked[name].null_count() > _MOSTLY * asked.height and parents[name].count() > _MOSTLY * parents.height
    ]
    fields = tuple(dict.fromkeys(field for field in SHARED for name in lent if known[name] == field))
    if not fields or asked.height < _FEW:
        return None
    options = tuple(_options(asked, texts)) if "title" in fields else ()
    return Variants(
        inherit.model_copy(update={"fields": fields}), asked.height, rows.height, int(further.sum()), right, options
    )


def _options(asked: pl.DataFrame, texts: Sequence[str]) -> Iterator[str]:
    """Columns that tell variants apart which have their title from another row: a size, a colour."""
    for name in texts:
        values = asked[name].drop_nulls()
        short = values.str.len_chars().max()
        if _OPTION.fullmatch(normal(name)) and values.n_unique() > 1 and isinstance(short, int) and short <= _SHORT:
            yield name


def filled(sample: pl.DataFrame, found: Variants) -> pl.DataFrame:
    """The sample's products with what they inherit, to be guessed from."""
    shared = {field: [name for name in sample.columns if means(name).get(field, 0.0) >= LIKELY] for field in SHARED}
    fields = {field: Source(columns=tuple(names)) for field, names in shared.items() if names}
    inherit = found.inherit.model_copy(update={"fields": tuple(fields)})
    mapping = Mapping(supplier=Supplier(name="-"), fields=fields, inherit=inherit)
    products = sample.filter(~pictures(sample, inherit.by)).with_columns(
        pl.int_range(pl.len(), dtype=pl.Int64).alias(LINE)
    )
    return Lender(mapping).take(products).select(sample.columns)


_Found = tuple[Inherit, float, pl.Series]
"""How rows inherit, which share of those that have to finds a parent, and which rows those are."""


def _following(rows: pl.DataFrame, title: str, texts: Sequence[str]) -> Iterator[_Found]:
    """Columns that name a product in each of its rows, which follow each other and of which only the first has a title.

    Rows without a title that share a price or a brand with one that has a title are no variants: the column may mean
    nothing else, and of several products at least two have to have some.
    """
    untitled = rows[title].is_null()
    if not _FEW <= untitled.sum() < rows.height:
        return
    for by in texts:
        column = rows[by]
        if by == title or column.null_count() or column.n_unique() < _OWN * rows[title].count() or _is_a_field(by):
            continue
        if _share(column.str.contains(_DECIMALS)) > _MOSTLY:
            continue
        behind = _share((column == column.shift()).filter(untitled))  # the row before is of the same product
        first = rows.select(pl.col(title).first().over(by).is_not_null()).to_series()
        titles = rows.group_by(by).agg(pl.col(title).drop_nulls().n_unique())[title]
        families = column.filter(untitled).n_unique()
        if families >= _FEW and behind >= _PERHAPS and _share(titles > 1) <= 1 - _SURE:
            yield Inherit(by=by), min(behind, _share((first & untitled).filter(untitled))), untitled


def _is_a_field(name: str) -> bool:
    """Whether a column is called like one that says something of a product, and not which product it is."""
    return any(strength >= LIKELY for field, strength in means(name).items() if field != "sku")


def _pointing(rows: pl.DataFrame, texts: Sequence[str]) -> Iterator[_Found]:
    """Columns that name another row: a parent's SKU or number."""
    for by in (name for name in texts if normal(name) in _PARENT):
        asked = rows[by].is_not_null()
        if not _FEW <= asked.sum() < rows.height:
            continue
        wanted = rows.filter(asked)[by].str.strip_chars().str.replace(r"^id:\s*", "")
        for of in (name for name in texts if name != by and means(name).get("sku", 0.0) > 0):
            there = rows.filter(~asked)[of].str.strip_chars().drop_nulls()
            yield Inherit(by=by, of=of), _share(wanted.is_in(there.implode())), asked


def _share(flags: pl.Series) -> float:
    return int(flags.sum()) / max(flags.len(), 1)
