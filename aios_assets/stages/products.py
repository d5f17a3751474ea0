"""Products: each record with its values normalised; every normalised value names the rule that read it."""

import polars as pl

from aios_assets.enrich.normalise import identifier, language, price, text
from aios_assets.enrich.normalise.number import Convention
from aios_assets.stage import row_stage
from lineage.receipts import answer
from policies.contract import Column, Contract, RowRule, longest

TEXT = frozenset({"text"})
ENRICHED = frozenset({"enriched"})

PRODUCTS = Contract(
    key=("supplier", "sku"),
    columns=(
        Column("supplier", pl.String, reads=("supplier",), about="who delivered the record"),
        Column("sku", pl.String, reads=("sku",), about="the supplier's own number for it"),
        Column("title", pl.String, reads=("title",), tags=TEXT, answered=True, null="no text is left of the title",
               about="as plain text: no markup, no invisible characters, NFC"),
        Column("description", pl.String, reads=("description",), tags=TEXT, answered=True, null="the feed has none",
               about="as plain text"),
        Column("flags", pl.String, reads=("title", "description"), null="nothing in the text is suspicious",
               about="what is suspicious in the text, for moderation: comma-separated"),
        Column("brand", pl.String, reads=("brand",), tags=TEXT, answered=True, null="the feed names none"),
        Column("model", pl.String, reads=("model",), tags=TEXT, answered=True, null="the feed names no model number"),
        Column("gtin", pl.String, reads=("gtin",), answered=True, null="the feed has none with a right check digit",
               about="GTIN-14"),
        Column("price", price.AMOUNT, reads=("price", "currency", "decimal"), answered=True,
               null="the price cannot be read, and its rule says why"),
        Column("currency", pl.String, reads=("price", "currency", "decimal"), answered=True,
               null="neither price nor feed names one", about="ISO 4217"),
        Column("category", pl.String, reads=("category",), tags=TEXT, null="the feed names none"),
        Column("image", pl.String, reads=("image",), tags=TEXT, null="the feed has none"),
        Column("language", pl.String, reads=("language",), null="neither feed nor mapping names one"),
        Column("written_in", pl.String, reads=("title", "description"), answered=True,
               null="too little of its text belongs to one language alone, and its rule says so",
               about="ISO 639-1: the language that title and description are written in, whatever the feed says"),
        Column("ordered", pl.Int64, reads=("ordered",), null="neither row nor delivery says how new the record is",
               about="the supplier's own order: microseconds since 1970, or a sequence"),
    ),
    rules=(
        RowRule("price-positive", pl.col("price").is_null() | (pl.col("price") > 0),
                "the price is not above zero", "correct the price in the feed"),
    ),
    expects=(longest("title", 100_000),),
    version=3,
)  # fmt: skip


@row_stage(PRODUCTS)
def products(records: pl.DataFrame) -> pl.DataFrame:
    """Each record with prices, texts and identifiers normalised; what cannot be read is null with its reason."""
    priced = _priced(records)
    title, description = text.title(records["title"]), text.description(records["description"])
    return records.select("supplier", "sku", "category", "image", "language", "ordered").with_columns(
        title["title"],
        description["description"],
        _flags(title, description),
        records.select(answer(pl.col("brand").str.strip_chars(), by="text/as-delivered").alias("brand")).to_series(),
        _written_in(title, description),
        identifier.model(records["model"]).alias("model"),
        identifier.gtin(records["gtin"]).alias("gtin"),
        priced["price"],
        priced["currency"],
    )


def _written_in(title: pl.DataFrame, description: pl.DataFrame) -> pl.Series:
    """The language of both clean texts, read in one go: a title alone is short."""
    parts = (title["title"], description["description"])
    texts = pl.DataFrame([part.struct.field("value").alias(part.name) for part in parts])
    both = pl.concat_str(pl.all(), separator=" ", ignore_nulls=True)
    return language.read(texts.select(pl.when(both != "").then(both)).to_series()).alias("written_in")


def _flags(title: pl.DataFrame, description: pl.DataFrame) -> pl.Series:
    """All flags of a record; the two clean texts are read in one go as well, for what is split over both."""
    together = text.flags(title["title"].struct.field("value"), description["description"].struct.field("value"))
    found = pl.DataFrame([title["flags"].alias("t"), description["flags"].alias("d"), together.alias("b")])
    joined = pl.concat_list(pl.col("t", "d", "b").fill_null([])).list.unique().list.sort().list.join(",")
    return found.select(pl.when(joined != "").then(joined).alias("flags")).to_series()


def _priced(records: pl.DataFrame) -> pl.DataFrame:
    """Price and currency answers, each record's price read by its delivery's decimal separator."""
    parts = []
    numbered = records.select("price", "currency", "decimal").with_row_index("row")
    for (decimal,), rows in numbered.group_by("decimal", maintain_order=True):
        convention = Convention(decimal if decimal in {".", ","} else None)
        read = price.read(rows["price"], currency=rows["currency"], convention=convention)
        parts.append(read.select("price", "currency").hstack([rows["row"]]))
    return pl.concat(parts).sort("row") if parts else price.read(records["price"], currency=records["currency"])
