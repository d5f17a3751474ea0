"""A shop's stages that each break one rule, and beside each its twin with the least mended that it keeps it.

Named `<what>` and `<what>_mended`; configured as `[stages] modules = ["naughty_stages"]` or run one by one.
"""

import polars as pl

from aios_assets.enrich.redact import tokenise
from aios_assets.stage import Stage, StageFunction, row_stage, table_stage
from aios_assets.vault import Vault
from lineage.receipts import answer
from policies.contract import Column, Contract, Expectation

KEY = (Column("supplier", pl.String, reads=("supplier",)), Column("sku", pl.String, reads=("sku",)))
NOTE = Column("note", pl.String, reads=("title", "brand"))


def contract(*columns: Column, expects: tuple[Expectation, ...] = (), tags: frozenset[str] = frozenset()) -> Contract:
    """A contract over the key of products."""
    return Contract(key=("supplier", "sku"), columns=(*KEY, *columns), expects=expects, tags=tags)


def stage(function: StageFunction, promised: Contract) -> Stage:
    """A row stage over products."""
    return row_stage(promised)(function)


def _keyed(products: pl.DataFrame, note: pl.Expr) -> pl.DataFrame:
    return products.select("supplier", "sku", note.alias("note"))


@row_stage(contract(NOTE))
def contact(products: pl.DataFrame) -> pl.DataFrame:
    """A mail address put together of two columns that each hold none."""
    return _keyed(products, pl.format("{}@{}", "brand", pl.lit("example.com")))


@row_stage(contract(NOTE))
def contact_mended(products: pl.DataFrame, vault: Vault) -> pl.DataFrame:
    """The same address with a token in its place."""
    made = _keyed(products, pl.format("{}@{}", "brand", pl.lit("example.com")))
    return made.with_columns(tokenise(made["note"], vault.tokens).alias("note"))


@row_stage(contract(NOTE))
def credential(products: pl.DataFrame) -> pl.DataFrame:
    """An access key put together of two halves."""
    return _keyed(products, pl.format("{}{}", pl.lit("AKIA"), pl.lit("IOSFODNN7EXAMPLQ")))


@row_stage(contract(NOTE))
def credential_mended(products: pl.DataFrame) -> pl.DataFrame:
    """One half of it."""
    return _keyed(products, pl.lit("IOSFOD"))


ANSWERED = Column("note", pl.String, reads=("title",), answered=True)


@row_stage(contract(ANSWERED, tags=frozenset({"decisions"})))
def unsigned(products: pl.DataFrame) -> pl.DataFrame:
    """Answers that are sure of themselves and that nobody signs."""
    said = pl.struct(pl.lit("warm").alias("value"), pl.lit(0.9).alias("confidence"))
    return _keyed(products, said)


@row_stage(contract(ANSWERED, tags=frozenset({"decisions"})))
def unsigned_mended(products: pl.DataFrame) -> pl.DataFrame:
    """The same answers, signed."""
    return _keyed(products, answer(pl.lit("warm"), by="test/guess", confidence=0.9))


@row_stage(contract(ANSWERED))
def guess(products: pl.DataFrame) -> pl.DataFrame:
    """Answers of which one is less sure than its floor."""
    sure = pl.when(pl.col("sku") == pl.col("sku").max()).then(0.4).otherwise(0.9)
    return _keyed(products, answer(pl.lit("warm"), by="test/guess", confidence=sure))


@row_stage(contract(ANSWERED))
def guess_mended(products: pl.DataFrame) -> pl.DataFrame:
    """The same answers, as sure as the floor asks."""
    sure = pl.when(pl.col("sku") == pl.col("sku").max()).then(0.5).otherwise(0.9)
    return _keyed(products, answer(pl.lit("warm"), by="test/guess", confidence=sure))


ALL_DIFFERENT = Expectation("expect_column_values_to_be_unique", {"column": "note"})


@row_stage(contract(NOTE, expects=(ALL_DIFFERENT,)))
def alike(products: pl.DataFrame) -> pl.DataFrame:
    """Notes that should all be different and are one."""
    return _keyed(products, pl.lit("the same"))


@row_stage(contract(NOTE, expects=(ALL_DIFFERENT,)))
def alike_mended(products: pl.DataFrame) -> pl.DataFrame:
    """Notes that are all different."""
    return _keyed(products, pl.format("note {}", "sku"))


@table_stage(contract(Column("note", pl.String, null="none is made", reads=("title",))))
def broken(products: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of which a third and one more name no SKU."""
    return _mostly(products, extra=1)


@table_stage(contract(Column("note", pl.String, null="none is made", reads=("title",))))
def broken_mended(products: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of which fewer than a third name no SKU."""
    return _mostly(products, extra=-2)


def _mostly(products: pl.LazyFrame, *, extra: int) -> pl.LazyFrame:
    numbered = products.select("supplier", "sku", pl.col("sku").rank("ordinal").alias("at"), pl.len().alias("all"))
    lost = pl.col("at") <= pl.col("all") // 3 + extra
    return numbered.select(
        "supplier", pl.when(~lost).then(pl.col("sku")).alias("sku"), pl.format("row {}", "at").alias("note")
    )


REFUSED = {
    "contact": "privacy/no-raw-pii",
    "credential": "privacy/no-secrets",
    "unsigned": "provenance/receipts-complete",
    "alike": "quality/expectations-pass",
    "broken": "quality/quarantine-share",
}
"""Stage -> the one rule that refuses its table."""
