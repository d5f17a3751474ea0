"""Sales: invoice lines as shops report them, one row a line, with amounts read and customers sealed."""

import polars as pl

from aios_assets.enrich.normalise import currency as currencies
from aios_assets.enrich.normalise import moment, number
from aios_assets.enrich.normalise.number import Convention
from aios_assets.enrich.personal import TOKEN
from aios_assets.enrich.redact import tokenise_frame
from aios_assets.stage import row_stage
from aios_assets.stages.records import ORDERED, REJECTS, TEXT
from aios_assets.vault import Vault
from policies.contract import Column, Contract, RowRule, in_set, longest

AMOUNT = pl.Decimal(18, 4)
SALE, RETURN = "sale", "return"

_NAMED = r"\A[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,256}\z"
_UNIT = r"[^\d\s.,()-]{0,4}"
_AMOUNT = rf"^\s*(?<sign>[-\u2212(]?)\s*{_UNIT}\s*(?<digits>\d[\d.,'\u2019\u00a0\u202f ]*?)\s*{_UNIT}\s*(?<end>[-\u2212)]?)\s*$"

SALES = Contract(
    key=("supplier", "invoice", "position"),
    columns=(
        Column("supplier", pl.String, reads=("supplier",), about="who reports the sale"),
        Column("invoice", pl.String, reads=("invoice",), about="the invoice's own number, as written"),
        Column("position", pl.String, reads=("position", "sku"),
               about="the line's own number; where the feed has none, the SKU and which of the invoice's lines with it "
                     "this is: 85123A.1"),
        Column("sku", pl.String, reads=("sku",), about="the supplier's own number for what was sold, as written"),
        Column("title", pl.String, reads=("title",), tags=TEXT, null="the feed has no text for it"),
        Column("kind", pl.String, reads=("quantity",), about="sale, or return where the quantity is below zero"),
        Column("quantity", AMOUNT, reads=("quantity", "decimal"), about="what was counted; of a return below zero"),
        Column("price", AMOUNT, reads=("price", "decimal"), about="of one piece; zero where something was given away"),
        Column("currency", pl.String, reads=("price", "currency"), null="neither price nor feed nor mapping names one",
               about="ISO 4217"),
        Column("sold_at", moment.TYPE, reads=("sold_at", "dates", "zone"), about="in UTC"),
        Column("customer", pl.String, reads=("customer",), null="the feed names no customer",
               about="a token: equal customers have equal ones, and who it is lies sealed"),
        Column("country", pl.String, reads=("country",), tags=TEXT, null="the feed names none",
               about="as the feed writes it"),
        Column("attributes", pl.String, reads=("attributes",), tags=TEXT, null="the feed has no other columns"),
        ORDERED,
        Column("file", pl.String, reads=("file",), about="the delivery in which the line was first seen as it is"),
        Column("file_sha256", pl.String, reads=("file_sha256",), tags={"digest"}, about="of the file as delivered, hex"),
        Column("line", pl.Int64, reads=("line",), about="the physical line where it starts, from 1"),
        Column("line_digest", pl.String, reads=("line_digest",), tags={"digest"}, about="keyed digest of the raw line"),
    ),
    rules=(
        RowRule("invoice-readable", pl.col("invoice").str.contains(_NAMED) & ~pl.col("invoice").str.contains(TOKEN.pattern),
                "the invoice's number is empty, longer than 256 characters, holds characters that cannot be seen, or "
                "personal data", "have the line sent again with the number of its invoice"),
        RowRule("sku-readable", pl.col("sku").str.contains(_NAMED) & ~pl.col("sku").str.contains(TOKEN.pattern),
                "the SKU is empty, longer than 256 characters, holds characters that cannot be seen, or personal data",
                "have the line sent again with the SKU of what was sold"),
        RowRule("quantity-readable", pl.col("quantity").is_not_null(),
                "the quantity is no number that can be read",
                "correct it, or name its column and [conventions] decimal in the mapping"),
        RowRule("quantity-something", pl.col("quantity").is_null() | (pl.col("quantity") != 0),
                "nothing was sold and nothing came back: the quantity is zero", "leave such lines out"),
        RowRule("price-readable", pl.col("price").is_not_null(),
                "the price is no amount that can be read",
                "correct it, or name its column and [conventions] decimal in the mapping"),
        RowRule("moment-readable", pl.col("sold_at").is_not_null(),
                "when it was sold cannot be read, or is a time that the clock skipped",
                "say in the mapping's [conventions] which comes first (dates) and where the clock hangs (timezone)"),
    ),
    expects=(in_set("kind", (SALE, RETURN)), longest("title", 100_000), longest("attributes", 100_000)),
    rejects=REJECTS,
    quarantine="sales_rejects",
)  # fmt: skip


@row_stage(SALES, part="feeds")
def sales(feed: pl.DataFrame, vault: Vault) -> pl.DataFrame:
    """Invoice lines, one row a line: what was sold or came back, when, for how much; customers are tokens."""
    texts = ["invoice", "position", "sku", "title", "country", "attributes"]
    told = tokenise_frame(feed.select(texts), vault.tokens)
    amounts = [_amounts(feed, name) for name in ("quantity", "price")]
    returned = pl.col("quantity") < 0
    made = feed.select("supplier", "ordered", "file", "file_sha256", "line", "line_digest").with_columns(
        *told,
        *amounts,
        _currency(feed),
        _moments(feed),
        _customers(feed, vault),
    )
    return made.with_columns(pl.when(returned).then(pl.lit(RETURN)).otherwise(pl.lit(SALE)).alias("kind"))


def _amounts(feed: pl.DataFrame, name: str) -> pl.Series:
    """A column's amounts with their signs, each delivery's by its own decimal separator; null where it is none."""
    parts = (
        feed.select(pl.col(name).str.extract_groups(_AMOUNT).alias("g"), "decimal").unnest("g").with_row_index("row")
    )
    read = []
    for (decimal,), rows in parts.group_by("decimal", maintain_order=True):
        convention = Convention(decimal if decimal in {".", ","} else None)
        read.append(rows.select("row").hstack(number.read(rows["digits"], convention=convention).select("number")))
    numbers = pl.concat(read).sort("row")["number"] if read else pl.Series("number", [], dtype=pl.String)
    below = (parts["sign"] != "") | (parts["end"] != "")
    exact = pl.DataFrame({"n": numbers.cast(AMOUNT, strict=False), "below": below})
    return exact.select(pl.when("below").then(-pl.col("n")).otherwise("n").cast(AMOUNT).alias(name)).to_series()


def _currency(feed: pl.DataFrame) -> pl.Series:
    """What the currency column names, else what stands beside the price; null where that is no one currency."""
    beside = feed["price"].str.replace_all(r"[\d.,'\s()\u2212-]", "")
    told = pl.DataFrame({"column": feed["currency"], "beside": beside}).with_columns(
        pl.when(pl.col("beside") != "").then("beside").alias("beside")
    )
    cells = told.select(pl.coalesce("column", "beside")).to_series()
    known = {cell: currencies.candidates(cell) for cell in cells.drop_nulls().unique()}
    one = {cell: codes for cell, codes in known.items() if codes is not None and len(codes.split()) == 1}
    return cells.replace_strict(one, default=None, return_dtype=pl.String).alias("currency")


def _moments(feed: pl.DataFrame) -> pl.Series:
    """When each line was sold, each delivery's by its own clock."""
    parts = []
    told = feed.select("sold_at", "dates", "zone").with_row_index("row")
    for (dates, zone), rows in told.group_by("dates", "zone", maintain_order=True):
        at = moment.read(rows["sold_at"], dates=dates or "", zone=str(zone))
        parts.append(rows.select("row").with_columns(at))
    return pl.concat(parts).sort("row")["sold_at"] if parts else pl.Series("sold_at", [], dtype=moment.TYPE)


def _customers(feed: pl.DataFrame, vault: Vault) -> pl.Series:
    """A token for each customer of each supplier: a shop's number for somebody is somebody."""
    named = feed.select(pl.concat_str("supplier", "customer", separator="/").alias("customer")).to_series()
    distinct = named.drop_nulls().unique(maintain_order=True).to_list()
    known = dict(zip(distinct, vault.tokens("customer", distinct), strict=True))
    return named.replace_strict(known, default=None, return_dtype=pl.String)
