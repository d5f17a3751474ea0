"""Intake: delivered files as one feed for the records stage, mapped, with every record's digest and every reject sealed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from aios_assets.acceptance import Acceptance, Accepted, Look
from aios_assets.enrich.normalise import price
from aios_assets.errors import AiosError
from aios_assets.feeds import LINE, Delivery, FeedError, Mapping, UnsureError, apply, guess, load, open_delivery, read
from aios_assets.fingerprint import fingerprint
from aios_assets.runtime import Runtime
from aios_assets.split import ID, quarantine_contract
from aios_assets.stages.records import records
from aios_assets.vault import Vault
from aios_assets.work import Feed
from audit.ledger import AlreadyLogged, Entry, Kind
from policies.candidate import DeliveryFacts, DriftFacts, InputFacts
from policies.contract import ATTEMPT, FINGERPRINT


class IntakeError(AiosError):
    """A delivery that cannot be taken in as it is."""


@dataclass(frozen=True)
class Mapped:
    """A delivery and what its columns mean."""

    delivery: Delivery
    mapping: Mapping

    @property
    def supplier(self) -> str:
        """Who sent it."""
        return self.delivery.supplier

    @property
    def meaning(self) -> str:
        """SHA-256 of all that turns its raw lines into records besides those lines, hex."""
        told = f"{self.mapping.model_dump_json()}{list(self.delivery.format.columns)}"
        return hashlib.sha256(told.encode()).hexdigest()

    @property
    def identity(self) -> str:
        """Equal for the same bytes from the same supplier, read alike, under any name."""
        return f"{self.supplier}/{self.delivery.sha256}/{self.delivery.member}/{self.meaning}"


def take_in(runtime: Runtime, files: Sequence[str], supplier: str | None) -> Feed:
    """Reads delivered files (default: all in the watched folder) into one feed.

    Raises IntakeError for a file that is missing, cannot be read, or whose SKU, title or price column is not certain.
    """
    settings = runtime.settings
    paths = [Path(name) for name in files] or _waiting(settings.inbox)
    if not paths:
        raise IntakeError(
            "a run without a delivery",
            f"no file was named and {settings.inbox} is empty",
            "name files, `aios run FILE…`, or put some into that folder",
        )
    acceptance = Acceptance(runtime, records.name)
    mapped = _once([_mapped(path, settings.mappings, supplier, acceptance) for path in paths])
    looks = {one.supplier: acceptance.look(one.supplier, one.mapping) for one in reversed(mapped)}
    parts = [_records(one, runtime.vault, looks[one.supplier]) for one in mapped]
    rows = pl.concat([part for part, _ in parts])
    rejects = pl.concat([part for _, part in parts])
    for one, (part, aside) in zip(mapped, parts, strict=True):
        _log(runtime, one, part.height, aside.height)
    judged = [_judged(acceptance, mapped, name, look) for name, look in sorted(looks.items())]
    return Feed(
        rows=rows,
        rejects=rejects,
        suppliers=tuple(sorted({one.supplier for one in mapped if one.mapping.mode == "snapshot"})),
        inputs=tuple(InputFacts(one.delivery.name, "file", None, one.delivery.sha256, None) for one in mapped),
        identity=hashlib.sha256("\n".join(sorted(one.identity for one in mapped)).encode()).hexdigest(),
        deliveries=tuple(delivery for delivery, _ in judged),
        drifts=tuple(drift for _, drifts in judged for drift in drifts),
    )


def _once(mapped: Sequence[Mapped]) -> list[Mapped]:
    """Each delivery once: the same bytes under two names are one."""
    return list({one.identity: one for one in reversed(mapped)}.values())[::-1]


def mapping_of(delivery: Delivery, folder: Path, last: Accepted | None = None) -> Mapping:
    """The mapping in force: the file beside the mappings that bears the supplier's name, else what is guessed surely.

    A guess may add to what the last accepted delivery meant and never change it, as long as its columns are there.
    """
    written = folder / f"{delivery.supplier}.toml"
    if written.is_file():
        return load(written)
    try:
        guessed = guess(delivery).mapping(delivery)
    except UnsureError:
        if last is None:
            raise
        return last.mapping  # what it lacks is told to the gate, with what each column is called now
    if last is None or last.mapping.fields.items() <= guessed.fields.items():
        return guessed
    return last.mapping if set(last.mapping.columns()) <= set(delivery.format.columns) else guessed


def _judged(
    acceptance: Acceptance, mapped: Sequence[Mapped], supplier: str, look: Look
) -> tuple[DeliveryFacts, tuple[DriftFacts, ...]]:
    """One supplier's files as one delivery, compared with the last accepted one."""
    own = [one.delivery for one in mapped if one.supplier == supplier]
    files = [(delivery.name, delivery.sha256) for delivery in own]
    return acceptance.judged(supplier, files, look, lambda: (batch.rows for each in own for batch in read(each)))


def _waiting(inbox: Path) -> list[Path]:
    if not inbox.is_dir():
        return []
    return sorted(path for path in inbox.iterdir() if path.is_file() and not path.name.startswith((".", "_")))


def _mapped(path: Path, folder: Path, supplier: str | None, acceptance: Acceptance) -> Mapped:
    try:
        delivery = open_delivery(path, supplier=supplier)
        last = acceptance.last(delivery.supplier)
        mapping = mapping_of(delivery, folder, last)
        known = tuple(last.shape.columns) if last else ()
        delivery = open_delivery(path, supplier=supplier, mapping=mapping, known=known)
    except FeedError as error:
        raise IntakeError(f"delivery {path.name}", f"{error.what}: {error.why}", error.do) from error
    except OSError as error:
        raise IntakeError(f"delivery {path}", str(error.strerror or error), "name a file that can be read") from error
    if mapping.kind != "products":
        raise IntakeError(
            f"delivery {path.name}", f"it is a feed of {mapping.kind}", "records take feeds of products only"
        )
    return Mapped(delivery, mapping)


def _records(one: Mapped, vault: Vault, look: Look) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(canonical rows with place, digests and fingerprint; rejects in the shape of `feed_rejects`)."""
    delivery, kept, rejected = one.delivery, [], []
    try:
        for batch in read(delivery):
            look.take(batch.rows, batch.rejects.height)
            rows = apply(one.mapping, batch.rows)
            kept.append(
                rows.select(
                    pl.lit(one.supplier).alias("supplier"),
                    *(name for name in one.mapping.names),
                    "attributes",
                    pl.lit(delivery.name).alias("file"),
                    pl.lit(delivery.sha256).alias("file_sha256"),
                    pl.col(LINE).alias("line"),
                    vault.digests(batch.raw).alias("line_digest"),
                )
            )
            if batch.rejects.height:
                rejected.append(_sealed(batch.rejects, one, vault))
    except FeedError as error:
        raise IntakeError(f"delivery {delivery.name}", f"{error.what}: {error.why}", error.do) from error
    if not kept:
        raise IntakeError(f"delivery {delivery.name}", "it holds no record", "have the supplier send it again")
    rows = pl.concat(kept)
    decimal = one.mapping.conventions.decimal or price.learn(rows["price"]).decimal
    rows = rows.with_columns(pl.lit(decimal, dtype=pl.String).alias("decimal"))
    prints = rows.select("line_digest", "decimal", pl.lit(one.meaning).alias("meaning"))
    rows = rows.with_columns(prints.select(fingerprint(prints.columns, prints.schema)).to_series())
    empty = pl.DataFrame(schema={n: t for n, t in quarantine_contract(records).schema.items() if n != ATTEMPT})
    return rows, pl.concat(rejected) if rejected else empty


def _sealed(rejects: pl.DataFrame, one: Mapped, vault: Vault) -> pl.DataFrame:
    delivery = one.delivery
    shaped = rejects.select(
        pl.format("{}:{}:{}", pl.lit(one.supplier), pl.lit(delivery.name), "line").alias(ID),
        pl.lit(one.supplier).alias("supplier"),
        pl.lit(None, dtype=pl.String).alias("sku"),
        pl.format("feed/{}", "rule").alias("rule"),
        pl.col("reason").alias("why"),
        "do",
        pl.lit(None, dtype=pl.String).alias("row"),
        pl.lit(delivery.name).alias("file"),
        "line",
    ).with_columns(
        pl.Series("sealed", vault.seal(delivery.sha256, rejects["raw"].to_list()), dtype=pl.Binary),
        vault.digests(rejects["raw"]).alias("digest"),
    )
    prints = shaped.select(fingerprint([ID, "digest"], shaped.schema)).to_series()
    names = [name for name in quarantine_contract(records).schema if name not in {FINGERPRINT, ATTEMPT}]
    return shaped.select(names).with_columns(prints.alias(FINGERPRINT))


def _log(runtime: Runtime, one: Mapped, rows: int, rejects: int) -> None:
    """Tells the ledger of a delivery, once for its bytes: where it lay is what a receipt opens again."""
    delivery = one.delivery
    body = {
        "file": delivery.name,
        "path": str(delivery.path.absolute()),
        "sha256": delivery.sha256,
        "size": delivery.size,
        "supplier": one.supplier,
        "format": str(delivery.format.kind),
        "rows": rows,
        "rejects": rejects,
        "mapping": one.mapping.model_dump_json(exclude_defaults=True),
    }
    once = f"delivery:{one.supplier}:{delivery.sha256}:{delivery.member}"
    try:
        runtime.lake.ledger.append(Entry(Kind.DELIVERY, one.supplier, body, runtime.clock.now(), "", once))
    except AlreadyLogged:
        return
