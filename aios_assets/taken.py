"""Taken: one delivery read to the end, as canonical rows with their places, digests and order, and rejects sealed."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from aios_assets.acceptance import Look
from aios_assets.errors import AiosError
from aios_assets.feeds import LINE, Delivery, FeedError, Mapping, apply, read
from aios_assets.feeds.inherit import LENT, LENT_DIGEST, Lender, pictures
from aios_assets.fingerprint import fingerprint
from aios_assets.gathered import Gathered
from aios_assets.spill import Spill, weight_of
from aios_assets.split import ID, place_id, quarantine_contract
from aios_assets.stage import Stage
from aios_assets.threads import ahead
from aios_assets.vault import Vault
from aios_assets.whereabouts import called
from aios_assets.work import ORDERED
from policies.contract import ATTEMPT, FINGERPRINT

LENDER = LENT_DIGEST
"""The column with the digest of the row that lent another what it leaves empty."""

WITHDRAWN = "withdrawn"
"""The column that is true where a row says that its product is gone."""

LINE_KEYS = ("supplier", "invoice", "sku")
"""By what lines of an invoice are counted that have no position of their own."""

ALL = 2**62
"""No bound."""

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
    `arrival, its own lies in the future`). `filled` counts the records that fill each field, `height` all of them, `look`
    saw its shape. Of deliveries too large to be held `rows` has the columns only; they lie in the spill under `number`, and
    `finish` makes of a part of them what `rows` would hold.
    """

    mapped: Mapped
    rows: pl.DataFrame
    rejects: pl.DataFrame
    order: int | None
    by: str
    filled: dict[str, int]
    look: Look
    height: int
    number: int
    finish: Callable[[pl.DataFrame], pl.DataFrame]

    @property
    def whole(self) -> bool:
        """Whether it is the supplier's whole assortment."""
        return self.mapped.mapping.mode == "snapshot"


@dataclass(frozen=True)
class ReadIn:
    """A delivery that was read to the end, whose rows lie in a spill under `number` as the supplier wrote them."""

    mapped: Mapped
    number: int
    rejects: pl.DataFrame
    gathered: Gathered
    look: Look


def read_in(
    one: Mapped,
    vault: Vault,
    stage: Stage,
    look: Look,
    *,
    spill: Spill,
    number: int = 0,
    most: int = ALL,
    say: Callable[[int], None] = lambda done: None,  # noqa: ARG005  nobody listens
) -> ReadIn:
    """Reads a delivery to the end into the spill, shows it to `look`, and says how many records it has read.

    Raises IntakeError, also where more than `most` bytes of what cannot be read would have to be held.
    """
    rejected: list[pl.DataFrame] = []
    gathered, weight, counted = Gathered(one.mapping), 0, 0
    canonical = _canonical(one, vault, stage, look, rejected)
    try:
        for batch in ahead(canonical) if spill.over else canonical:
            gathered.take(batch)
            spill.add(batch, number)
            say(gathered.height)
            weight, counted = weight + sum(map(weight_of, rejected[counted:])), len(rejected)
            if weight > most:
                raise IntakeError(
                    f"delivery {one.delivery.name}",
                    f"more of it cannot be read than is held: after {gathered.height:,} good records "
                    f"{sum(frame.height for frame in rejected):,} broken ones take {weight:,} bytes",
                    "see what is wrong with `aios feed inspect`, or raise held_bytes under [feeds] in aios.toml",
                )
    except FeedError as error:
        raise IntakeError(f"delivery {one.delivery.name}", f"{error.what}: {error.why}", error.do) from error
    # A day without changes is one; an assortment without a record is a file that broke off, and would take all away.
    if not (gathered.height or rejected or one.mapping.mode == "delta"):
        raise IntakeError(f"delivery {one.delivery.name}", "it holds no record", "have the supplier send it again")
    return ReadIn(one, number, pl.concat(rejected) if rejected else no_rejects(stage), gathered, look)


def spilled_by(stage: Stage) -> tuple[str, ...]:
    """By what rows are cut as they come: an invoice's line has a key only when others of its SKU are counted."""
    return LINE_KEYS if "position" in stage.contract.keys else stage.contract.keys


def _canonical(
    one: Mapped, vault: Vault, stage: Stage, look: Look, rejected: list[pl.DataFrame]
) -> Iterator[pl.DataFrame]:
    """The delivery's rows in canonical columns, batch by batch; what could not be read goes to `rejected`, sealed."""
    delivery, mapping = one.delivery, one.mapping
    file = called(delivery, vault)
    lender, inherit = Lender(mapping), mapping.inherit
    for batch in read(delivery):
        withdrawn = mapping.deleted.says(batch.rows[mapping.deleted.column]) if mapping.deleted else None
        # What is taken away mostly has a key and nothing else: it says nothing of how the supplier fills columns.
        look.take(batch.rows if withdrawn is None else batch.rows.filter(~withdrawn), batch.rejects.height)
        if batch.rejects.height:
            rejected.append(sealed(batch.rejects, one, vault, stage))
        digests = vault.digests(batch.raw)
        whole = lender.take(batch.rows, digests)
        rows = _withdrawn(apply(mapping, whole.drop(LENT)), withdrawn, mapping)
        told = batch.rows[mapping.order] if mapping.order in batch.rows.columns else pl.lit(None, dtype=pl.String)
        canonical = rows.select(
            pl.lit(one.supplier).alias("supplier"),
            *mapping.names,
            "attributes",
            WITHDRAWN,
            pl.lit(file).alias("file"),
            pl.lit(delivery.sha256).alias("file_sha256"),
            pl.col(LINE).alias("line"),
            digests.alias("line_digest"),
            *whole.select(LENT),
            told.alias("_order"),
        )
        yield canonical.filter(~pictures(batch.rows, inherit.by)) if inherit else canonical


def _withdrawn(rows: pl.DataFrame, withdrawn: pl.Series | None, mapping: Mapping) -> pl.DataFrame:
    """The rows with column WITHDRAWN (true or null); of what is taken away only the key is kept."""
    if withdrawn is None:
        return rows.with_columns(pl.lit(None, dtype=pl.Boolean).alias(WITHDRAWN))
    gone = pl.when(withdrawn).then(pl.lit(value=True)).alias(WITHDRAWN)
    values = [name for name in (*mapping.names, "attributes") if name != "sku"]
    return rows.with_columns(pl.when(~withdrawn).then(pl.col(name)).alias(name) for name in values).with_columns(gone)


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
