"""Records: what suppliers delivered, one row a (supplier, sku), with the file and line it stands in."""

import polars as pl

from aios_assets.enrich.normalise import text
from aios_assets.enrich.personal import TOKEN
from aios_assets.enrich.redact import Tokens, tokenise, tokenise_frame
from aios_assets.stage import row_stage
from aios_assets.vault import Vault
from policies.contract import TOMBSTONE, Column, Contract, RowRule, longest

TEXT = frozenset({"text"})
LONGEST = 100_000
"""Characters a text may have: more is no product text, and one such cell costs every later stage."""

MARKED = r"&(?:#|[A-Za-z])|<[A-Za-z/!?]"
"""A character reference or a tag, or what begins like one."""

SUMS = frozenset(
    """
    total|totals|grand total|sub total|subtotal|sub-total|sum|summe|gesamt|gesamtsumme|zwischensumme|insgesamt|total général|
    total general|sous-total|somme|suma|suma total|razem|totale|totale generale|subtotale|somma|totaal|subtotaal|celkem|součet|
    spolu|összesen|toplam|genel toplam|ukupno|skupaj|yhteensä|totalt|summa|i alt|
    итого|всего|разом|σύνολο|合計|合计|总计|小計|합계
    """.replace("\n    ", "").split("|")
)
"""What the line that adds a table's columns up begins with."""

ORDERED = Column(
    "ordered", pl.Int64, reads=("ordered",), null="neither row nor delivery says which is the newer one",
    about="the supplier's own order: microseconds since 1970, or a sequence; of one key's rows the newest counts",
)  # fmt: skip
REJECTS = (
    Column("file", pl.String, null="the row was set aside after reading", about="the delivery it stands in"),
    Column("file_sha256", pl.String, tags={"digest"}, null="the row came of no file", about="of that file, hex"),
    Column("line", pl.Int64, null="the row was set aside after reading"),
    Column("ordered", pl.Int64, null=ORDERED.null, about=ORDERED.about),
    Column("sealed", pl.Binary, tags={"sealed"}, null="the row could be read into columns",
           about="the raw bytes, sealed under the delivery's key"),
)  # fmt: skip
"""What a delivered row that was set aside tells besides its reason."""

FIELDS = ("title", "description", "brand", "model", "gtin", "price", "currency", "category", "url", "image", "language")

RECORDS = Contract(
    key=("supplier", "sku"),
    columns=(
        Column("supplier", pl.String, reads=("supplier",), about="who delivered the record"),
        Column("sku", pl.String, reads=("sku",), about="the supplier's own number for it, as written"),
        Column("title", pl.String, reads=("title",), tags=TEXT, null="the feed has no title for it"),
        Column("description", pl.String, reads=("description",), tags=TEXT, null="the feed has none"),
        Column("brand", pl.String, reads=("brand",), tags=TEXT, null="the feed names none"),
        Column("model", pl.String, reads=("model",), tags=TEXT, null="the feed names none"),
        Column("gtin", pl.String, reads=("gtin",), null="the feed has none"),
        Column("price", pl.String, reads=("price",), null="the feed has none", about="as the feed writes it"),
        Column("currency", pl.String, reads=("currency",), null="the feed names none"),
        Column("category", pl.String, reads=("category",), tags=TEXT, null="the feed names none"),
        Column("url", pl.String, reads=("url",), tags=TEXT, null="the feed has none"),
        Column("image", pl.String, reads=("image",), tags=TEXT, null="the feed has none"),
        Column("language", pl.String, reads=("language",), null="neither feed nor mapping names one"),
        Column("attributes", pl.String, reads=("attributes",), tags=TEXT, null="the feed has no other columns"),
        Column("decimal", pl.String, reads=("decimal",), null="the delivery's prices do not tell which it is",
               about="the delivery's decimal separator, found over its whole price column"),
        ORDERED,
        Column("withdrawn", pl.Boolean, reads=("withdrawn",), tags={TOMBSTONE}, null="the supplier offers it",
               about="the supplier took it away; the row is kept for its order, and handed to no later stage"),
        Column("file", pl.String, reads=("file",), about="the delivery in which the record was first seen as it is"),
        Column("file_sha256", pl.String, reads=("file_sha256",), tags={"digest"}, about="of the file as delivered, hex"),
        Column("line", pl.Int64, reads=("line",), about="the physical line where the record starts, from 1"),
        Column("line_digest", pl.String, reads=("line_digest",), tags={"digest"}, about="keyed digest of the raw record"),
        Column("lent_line", pl.Int64, reads=("lent_line",), null="the row says everything itself",
               about="the line of the row that the record took title, brand and the like from: its parent's"),
        Column("lent_digest", pl.String, reads=("lent_digest",), tags={"digest"}, null="the row says everything itself",
               about="keyed digest of that row"),
    ),
    rules=(
        RowRule("sku-readable", pl.col("sku").str.contains(r"\A[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,256}\z"),
                "the SKU is empty, longer than 256 characters, or holds control or invisible characters",
                "correct the SKU in the feed: it is what every later system knows the product by"),
        RowRule("sku-impersonal", ~pl.col("sku").str.contains(TOKEN.pattern),
                "the SKU holds personal data, and a key cannot be replaced by a token",
                "have the supplier send a SKU that names a product"),
        RowRule("sku-no-sum", ~pl.col("sku").str.strip_chars(" :.*=-").str.to_lowercase().is_in(sorted(SUMS)),
                "the SKU is a word for a sum, so the row adds others up and is no product",
                "leave sums out of the feed"),
        RowRule("something-named", pl.any_horizontal(pl.col("title", "gtin", "model", "withdrawn").is_not_null()),
                "the record has no title, no GTIN and no model number, so it names no product",
                "have the supplier send a title"),
    ),
    expects=tuple(longest(name, LONGEST) for name in ("title", "description", "attributes")),
    rejects=REJECTS,
    quarantine="feed_rejects",
    version=4,
)  # fmt: skip


@row_stage(RECORDS, part="feeds")
def records(feed: pl.DataFrame, vault: Vault) -> pl.DataFrame:
    """What suppliers delivered, one row a record, with the file and line it stands in and personal data sealed."""
    told = tokenise_frame(feed.select("sku", *FIELDS, "attributes"), vault.tokens)
    return feed.with_columns(told).with_columns(_uncovered(told[name], vault.tokens) for name in FIELDS)


def _uncovered(texts: pl.Series, tokens: Tokens) -> pl.Series:
    """Where markup, character references or line ends hide personal data: the plain text, with tokens in its place.

    Every later stage reads the plain text, and would find there what nothing sealed.
    """
    name, read = ("description", text.description) if texts.name == "description" else ("title", text.title)
    # Only what taking a layer off would change: a description keeps its lines.
    coded = texts.str.contains(MARKED + (r"|[^\S \r\n]" if name == "description" else r"|[^\S ]"))
    coded = coded.fill_null(value=False)
    if not coded.any():
        return texts
    plain = read(texts.filter(coded))[name].struct.field("value")
    clean = tokenise(plain, tokens)
    hidden = plain.ne_missing(clean)
    return texts.clone().scatter(coded.arg_true().filter(hidden), clean.filter(hidden)) if hidden.any() else texts
