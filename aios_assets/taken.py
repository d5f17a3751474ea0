"""Taken: one delivery read to the end, as canonical rows with their places, digests and order, and rejects sealed."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from aios_assets import order
from aios_assets.acceptance import Look
from aios_assets.enrich.normalise import moment, price
from aios_assets.errors import AiosError
from aios_assets.feeds import LINE, Delivery, FeedError, Mapping, apply, read
from aios_assets.feeds.views import apart
from aios_assets.fingerprint import fingerprint
from aios_assets.spill import Spill, Spilled
from aios_assets.split import ID, place_id, quarantine_contract
from aios_assets.stage import Stage
from aios_assets.threads import ahead
from aios_assets.vault import Vault
from aios_assets.whereabouts import called
from aios_assets.work import ORDERED
from policies.contract import ATTEMPT, FINGERPRINT

UNTOLD, AHEAD = "arrival", "arrival, its own lies in the future"
"""What says which delivery is the newer one, where the supplier says nothing that can be believed."""

WITHDRAWN = "withdrawn"
"""The column that is true where a row says that its product is gone."""

PLACED = ("supplier", "file", "file_sha256", "line", "line_digest", ORDERED)


class IntakeError(AiosError):
    """A delivery that cannot be taken in as it is."""


@dataclass(frozen=True)
class Mapped:
    """A delivery and what its columns mean; whether that is a guess from its bytes and nothing else."""

    delivery: Delivery
    mapping: Mapping
    guessed: bool = False

    @property
    def supplier(self) -> str:
        """Who sent it."""
        return self.delivery.supplier

    @property
    def meaning(self) -> str:
        """SHA-256 of all that turns its raw lines into records besides those lines, hex."""
        told = f"{self.mapping.model_dump_json(exclude={'expect'})}{list(self.delivery.format.columns)}"
        return hashlib.sha256(told.encode()).hexdigest()

    @property
    def identity(self) -> str:
        """Equal for the same bytes from the same supplier, read alike, under any name."""
        return f"{self.supplier}/{self.delivery.sha256}/{self.delivery.member}/{self.meaning}"


@dataclass(frozen=True)
class Taken:
    """A delivery that was read: `rows` in canonical columns, `rejects` in the quarantine's shape.

    `order` is its place in the supplier's own order and `by` what says so (`column NAME`, `name`, `arrival`, or
    `arrival, its own lies in the future`). `filled` counts the records that fill each field, `look` saw its shape.
    Of a delivery too large to be held `rows` has the columns only, and the rows are `spilled`.
    """

    mapped: Mapped
    rows: pl.DataFrame
    rejects: pl.DataFrame
    order: int | None
    by: str
    filled: dict[str, int]
    look: Look
    spilled: Spilled | None = None

    @property
    def height(self) -> int:
        """How many records it has."""
        return self.spilled.height if self.spilled else self.rows.height

    @property
    def whole(self) -> bool:
        """Whether it is the supplier's whole assortment."""
        return self.mapped.mapping.mode == "snapshot"


def taken(one: Mapped, vault: Vault, stage: Stage, now: datetime, look: Look, *, spill: Spill | None = None) -> Taken:
    """Reads a delivery to the end, and shows it to `look`. Raises IntakeError.

    With a `spill` its rows go there as they are read: it is a whole assortment whose rows tell no order of their own.
    """
    rejected: list[pl.DataFrame] = []
    canonical = _canonical(one, vault, stage, look, rejected)
    try:
        rows, decimal, filled = _held(canonical, one) if spill is None else _spilled(canonical, one, now, spill)
    except FeedError as error:
        raise IntakeError(f"delivery {one.delivery.name}", f"{error.what}: {error.why}", error.do) from error
    height = spill.height if spill is not None else 0 if rows is None else rows.height
    # A day without changes is one; an assortment without a record is a file that broke off, and would take all away.
    if rows is None or not (height or rejected or one.mapping.mode == "delta"):
        raise IntakeError(f"delivery {one.delivery.name}", "it holds no record", "have the supplier send it again")
    rows, newest, by = _ordered(rows, one, now)
    rows = _read_alike(rows, one, decimal)
    rejects = pl.concat(rejected) if rejected else no_rejects(stage)
    if one.mapping.mode == "delta":
        rejects = rejects.with_columns(pl.lit(newest, dtype=pl.Int64).alias(ORDERED))
    spilled = Spilled(spill, lambda part: _read_alike(part, one, decimal)) if spill is not None else None
    return Taken(one, rows, rejects, newest, by, filled, look, spilled)


def _canonical(
    one: Mapped, vault: Vault, stage: Stage, look: Look, rejected: list[pl.DataFrame]
) -> Iterator[pl.DataFrame]:
    """The delivery's rows in canonical columns, batch by batch; what could not be read goes to `rejected`, sealed."""
    delivery, mapping = one.delivery, one.mapping
    file = called(delivery, vault)
    for batch in read(delivery):
        withdrawn = mapping.deleted.says(batch.rows[mapping.deleted.column]) if mapping.deleted else None
        # What is taken away mostly has a key and nothing else: it says nothing of how the supplier fills columns.
        look.take(batch.rows if withdrawn is None else batch.rows.filter(~withdrawn), batch.rejects.height)
        rows = _withdrawn(apply(mapping, batch.rows), withdrawn, mapping)
        told = batch.rows[mapping.order] if mapping.order in batch.rows.columns else pl.lit(None, dtype=pl.String)
        yield rows.select(
            pl.lit(one.supplier).alias("supplier"),
            *mapping.names,
            "attributes",
            WITHDRAWN,
            pl.lit(file).alias("file"),
            pl.lit(delivery.sha256).alias("file_sha256"),
            pl.col(LINE).alias("line"),
            vault.digests(batch.raw).alias("line_digest"),
            told.alias("_order"),
        )
        if batch.rejects.height:
            rejected.append(sealed(batch.rejects, one, vault, stage))


def _withdrawn(rows: pl.DataFrame, withdrawn: pl.Series | None, mapping: Mapping) -> pl.DataFrame:
    """The rows with column WITHDRAWN (true or null); of what is taken away only the key is kept."""
    if withdrawn is None:
        return rows.with_columns(pl.lit(None, dtype=pl.Boolean).alias(WITHDRAWN))
    gone = pl.when(withdrawn).then(pl.lit(value=True)).alias(WITHDRAWN)
    values = [name for name in (*mapping.names, "attributes") if name != "sku"]
    return rows.with_columns(pl.when(~withdrawn).then(pl.col(name)).alias(name) for name in values).with_columns(gone)


_Read = tuple[pl.DataFrame | None, str | None, dict[str, int]]
"""Rows (None where no batch came), the decimal separator of their prices, and how many cells of each field are filled."""


def _held(canonical: Iterable[pl.DataFrame], one: Mapped) -> _Read:
    kept = list(canonical)
    if not kept:
        return None, None, {}
    rows = pl.concat(kept)
    return rows, _decimal(rows, one), _filled(rows, one.mapping)


def _spilled(canonical: Iterable[pl.DataFrame], one: Mapped, now: datetime, spill: Spill) -> _Read:
    """As `_held`, of rows that are put into the spill; only their columns are answered."""
    rows, filled, prices = None, Counter[str](), pl.DataFrame(schema={"price": pl.String})
    for batch in ahead(canonical):
        rows = batch.clear()
        spill.add(_ordered(batch, one, now)[0])
        filled.update(_filled(batch, one.mapping))
        prices = apart(pl.concat([prices, batch.select("price")]).unique())
    return rows, _decimal(prices, one), dict(filled)


def _decimal(rows: pl.DataFrame, one: Mapped) -> str | None:
    """The decimal separator of a delivery's prices, as the mapping says or its whole price column."""
    return one.mapping.conventions.decimal or price.learn(rows["price"]).decimal


def _filled(rows: pl.DataFrame, mapping: Mapping) -> dict[str, int]:
    counts = rows.select(pl.col(mapping.names).count()).row(0, named=True)
    return {name: int(count) for name, count in counts.items()}


def order_by_name(one: Mapped, now: datetime) -> tuple[int | None, str]:
    """(the order of a delivery whose rows tell none, what says so)."""
    told = order.of_name(one.delivery.name, one.mapping.conventions.timezone)
    newest = order.believed(told, now)
    return newest, "name" if newest is not None else UNTOLD if told is None else AHEAD


def _ordered(rows: pl.DataFrame, one: Mapped, now: datetime) -> tuple[pl.DataFrame, int | None, str]:
    """(rows with their order, the newest first; the delivery's own order; what says so)."""
    mapping, said = one.mapping, one.mapping.conventions
    if mapping.order:
        own = order.of_rows(rows["_order"], dates=said.dates or moment.learn(rows["_order"]), zone=said.timezone)
        by = f"column {mapping.order}"
        told = own.max()
        own = own.to_frame().select(pl.when(order.believable(pl.col(ORDERED), now)).then(ORDERED)).to_series()
        newest = None if own.max() is None else int(own.max())  # type: ignore[arg-type]  # Int64: a number
        by = by if newest is not None else UNTOLD if told is None else AHEAD
    else:
        own = pl.repeat(None, rows.height, dtype=pl.Int64, eager=True).alias(ORDERED)
        newest, by = order_by_name(one, now)
    # Of a whole assortment the delivery's own order decides, and a row keeps only what it says itself.
    own = own.fill_null(newest) if newest is not None and mapping.mode == "delta" else own
    rows = rows.drop("_order").with_columns(own)
    if own.null_count() < rows.height:
        rows = rows.sort(ORDERED, descending=True, nulls_last=True, maintain_order=True)
    return rows, newest, by


def _read_alike(rows: pl.DataFrame, one: Mapped, decimal: str | None) -> pl.DataFrame:
    """The rows with what was learned over the whole delivery, the key where the feed has none, and the fingerprint."""
    mapping, said = one.mapping, one.mapping.conventions
    rows = rows.with_columns(pl.lit(decimal, dtype=pl.String).alias("decimal"))
    learned = ["decimal"]
    if mapping.kind == "sales":
        dates = said.dates or moment.learn(rows["sold_at"])
        nth = pl.int_range(1, pl.len() + 1).over("invoice", "sku").cast(pl.String)
        rows = rows.sort("line", maintain_order=True).with_columns(
            pl.lit(dates).alias("dates"),
            pl.lit(said.timezone).alias("zone"),
            pl.coalesce("position", pl.concat_str("sku", nth, separator=".")).alias("position"),
        )
        if rows[ORDERED].null_count() < rows.height:
            rows = rows.sort(ORDERED, descending=True, nulls_last=True, maintain_order=True)
        learned += ["dates", "zone", "position"]
    # A change is told anew with each delivery: that it still holds is what makes an older one late.
    again = [ORDERED] if mapping.mode == "delta" else []
    prints = rows.select("line_digest", *learned, *again, pl.lit(one.meaning).alias("meaning"))
    return rows.with_columns(prints.select(fingerprint(prints.columns, prints.schema)).to_series())


def no_rejects(stage: Stage) -> pl.DataFrame:
    """Nothing, in the shape of a stage's rejects."""
    return pl.DataFrame(schema={n: t for n, t in quarantine_contract(stage).schema.items() if n != ATTEMPT})


def sealed(rejects: pl.DataFrame, one: Mapped, vault: Vault, stage: Stage) -> pl.DataFrame:
    """Records that could not be read, as rows of the quarantine; their bytes are sealed under the delivery's key."""
    delivery, shape = one.delivery, quarantine_contract(stage).schema
    known: dict[str, Any] = {"supplier": one.supplier, "file": called(delivery, vault), "file_sha256": delivery.sha256}
    shaped = rejects.with_columns(pl.lit(value).alias(name) for name, value in known.items()).select(
        place_id().alias(ID),
        *known,
        pl.format("feed/{}", "rule").alias("rule"),
        pl.col("reason").alias("why"),
        "do",
        "line",
    )
    shaped = shaped.with_columns(
        pl.Series("sealed", vault.seal(delivery.sha256, rejects["raw"].to_list()), dtype=pl.Binary),
        vault.digests(rejects["raw"]).alias("digest"),
    )
    prints = shaped.select(fingerprint([ID, "digest", "rule"], shaped.schema)).to_series()
    names = [name for name in shape if name not in {FINGERPRINT, ATTEMPT}]
    absent = [pl.lit(None, dtype=shape[name]).alias(name) for name in names if name not in shaped.columns]
    return shaped.with_columns(absent).select(names).with_columns(prints.alias(FINGERPRINT))
