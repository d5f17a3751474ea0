"""Reopen: the line of a delivered file that a receipt names, read again, and values made of it anew to compare."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import polars as pl

from aios_assets import feeds
from aios_assets.errors import AiosError
from aios_assets.feeds import LINE, FeedError
from aios_assets.feeds.batch import PLACE
from aios_assets.feeds.inherit import LENT, Lender
from aios_assets.lake import Lake
from aios_assets.stages.products import PRODUCTS, products
from aios_assets.stages.records import records
from aios_assets.stages.said import ATTRIBUTE, FIELDS, written
from aios_assets.taken import WITHDRAWN
from aios_assets.vault import Forgotten, Vault
from aios_assets.whereabouts import whereabouts
from audit.ledger import Kind
from lineage.receipts import SourceLine, split_answers
from serving.gateway import Gateway

RECORD = ("supplier", "sku")
TAKEN = ("supplier", "sku", "ordered", "file", "file_sha256", "line", "line_digest", "decimal")


class SourceGone(AiosError):
    """A delivered file that a receipt names and that is not there any more as it was."""


class Reopens(Protocol):
    """What holds a lake and its vault: a Runtime, or a lake that was opened to be looked at."""

    @property
    def lake(self) -> Lake:
        """The lake."""

    @property
    def vault(self) -> Vault:
        """The vault, whose key the digests of lines are made with."""


class Answers(Reopens, Protocol):
    """What can also ask models: a Runtime."""

    @property
    def models(self) -> Gateway:
        """The models."""


@dataclass(frozen=True)
class Difference:
    """A published value that its source line does not give again, and what that gives (None: nothing)."""

    product: str
    field: str
    published: str
    again: str | None
    file: str
    line: int


@dataclass(frozen=True)
class Checked:
    """How many published values were made again from their lines; `unread` names files that are gone, with why."""

    values: int
    same: int
    different: tuple[Difference, ...]
    unread: tuple[str, ...]
    seconds: float

    @property
    def ok(self) -> bool:
        """True if there was something to check and every value came out the same."""
        return self.values > 0 and self.same == self.values

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "ok": self.ok,
            "values": self.values,
            "same": self.same,
            "different": [vars(one) for one in self.different],
            "unread": list(self.unread),
            "seconds": round(self.seconds, 3),
        }


def reopen(runtime: Reopens, source: SourceLine) -> dict[str, str | None]:
    """The raw fields of the record that a receipt names, read from the delivered file again.

    Raises SourceGone where no delivery of that name is where it lay, with the bytes that the ledger tells and a line of
    that digest.
    """
    rows, _ = _lines(runtime, source.file, {source.line: source.sha256})
    return rows.drop(PLACE, strict=False).row(0, named=True)


def check_receipts(runtime: Answers, n: int = 1000, *, seed: int = 7) -> Checked:
    """Takes n published values at random, reads their lines again, makes the values anew, and compares.

    What is compared is what is published now: run it after a run that ended, not beside one.
    """
    begun = time.monotonic()
    lake = runtime.lake
    listed = lake.scan("listings").filter(pl.col("value").is_not_null()).select("product", "field", "value", *RECORD)
    everything = listed.collect()
    sample = everything.sample(min(n, everything.height), seed=seed)
    taken = lake.scan("records").select(TAKEN).join(sample.select(RECORD).unique().lazy(), on=RECORD).collect()
    again, unread = [], []
    for (name,), rows in taken.group_by("file", maintain_order=True):
        try:
            again.append(_again(runtime, str(name), rows))
        except (SourceGone, FeedError) as gone:
            unread.append(str(gone))
    made = pl.concat(again) if again else pl.DataFrame(schema=dict.fromkeys((*RECORD, "field", "again"), pl.String))
    compared = sample.join(taken.select(*RECORD, "file", "line"), on=RECORD, how="left").join(
        made, on=[*RECORD, "field"], how="left"
    )
    # A field that a model reads may have several answers; one of them is what was published.
    right = pl.col("again").list.contains(pl.col("value")).fill_null(value=False)
    compared = (
        compared.group_by("product", "field", "value", *RECORD, "file", "line")
        .agg(pl.col("again"))
        .with_columns(right=right)
    )
    different = tuple(
        Difference(
            row["product"],
            row["field"],
            row["value"],
            " | ".join(filter(None, row["again"])) or None,
            row["file"],
            row["line"],
        )
        for row in compared.filter(~pl.col("right")).sort("product", "field").iter_rows(named=True)
    )
    same = compared.height - len(different)
    return Checked(compared.height, same, different, tuple(unread), time.monotonic() - begun)


def _again(runtime: Answers, file: str, taken: pl.DataFrame) -> pl.DataFrame:
    """What the lines of one file give: supplier, sku, field, again."""
    wanted = dict(taken.select("line", "line_digest").iter_rows())
    rows, mapping = _lines(runtime, file, wanted)
    mapped = feeds.apply(mapping, rows).rename({LINE: "line"})
    lacking = [name for name in ("sku", *FIELDS, "url", "language") if name not in mapped.columns]
    mapped = mapped.with_columns(pl.lit(None, pl.String).alias(name) for name in lacking).drop("sku")
    feed = mapped.drop([name for name in PLACE if name in mapped.columns]).join(taken, on="line")
    feed = feed.with_columns(pl.lit(None, pl.Boolean).alias(WITHDRAWN))  # what was taken away is not published
    recorded = records(feed, runtime.vault)
    normal = split_answers(products(recorded), PRODUCTS).frame
    stated = [normal.select(*RECORD, pl.lit(name).alias("field"), written(name).alias("again")) for name in FIELDS]
    titled = normal.filter(pl.col("title").is_not_null()).select(*RECORD, "language", "title")
    found = runtime.models.ask("extract/attributes", titled).frame()
    read = found.select(
        *RECORD,
        pl.format("{}{}", pl.lit(ATTRIBUTE), "attribute").alias("field"),
        pl.col("value").struct.field("value").alias("again"),
    )
    return pl.concat([*stated, read]).filter(pl.col("again").is_not_null())


def _lines(runtime: Reopens, file: str, wanted: Mapping[int, str]) -> tuple[pl.DataFrame, feeds.Mapping]:
    """The raw rows on these lines (number -> keyed digest) of the delivery that has them all, and its mapping."""
    why = "the ledger knows no delivery of that name"
    for body in _deliveries(runtime.lake, file):
        try:
            lay = whereabouts(body, runtime.vault)
        except Forgotten:
            why = "what it was called was forgotten"
            continue
        path = lay.path
        mapping = feeds.Mapping.model_validate_json(str(body["mapping"]))
        if not path.is_file():
            why = f"it is no longer at {path}"
            continue
        delivery = feeds.open_delivery(path, supplier=str(body["supplier"]), mapping=mapping, member=lay.member)
        if delivery.sha256 != body["sha256"]:
            why = f"the file at {path} has other bytes now (SHA-256 {delivery.sha256[:16]}… instead of {body['sha256'][:16]}…)"
            continue
        rows = _digested(runtime.vault, feeds.read(delivery), wanted, mapping)
        if rows.height == len(wanted):
            return rows.drop("line_digest"), mapping
        missing = sorted(set(wanted) - set(rows[LINE].to_list() if rows.height else ()))
        why = f"line {missing[0]} of {path} is not the record that was taken in"
    raise SourceGone(f"file {file}", why, "put the delivered file back where it lay; its digest is in the ledger")


def _digested(
    vault: Vault, batches: Iterable[feeds.Batch], wanted: Mapping[int, str], mapping: feeds.Mapping
) -> pl.DataFrame:
    """The rows on these lines whose raw bytes have the digests that were kept."""
    asked = pl.DataFrame(list(wanted.items()), schema={LINE: pl.Int64, "line_digest": pl.String}, orient="row")
    parts = []
    lender = Lender(mapping)
    for batch in batches:
        numbered = (
            lender.take(batch.rows).drop(LENT).with_columns(raw=batch.raw).join(asked.select(LINE), on=LINE, how="semi")
        )
        if numbered.height:
            parts.append(numbered.with_columns(vault.digests(numbered["raw"]).alias("line_digest")).drop("raw"))
    rows = (
        pl.concat(parts, how="diagonal") if parts else pl.DataFrame(schema={LINE: pl.Int64, "line_digest": pl.String})
    )
    return rows.join(asked, on=[LINE, "line_digest"], how="semi")


def _deliveries(lake: Lake, file: str) -> list[Mapping[str, Any]]:
    """The deliveries of that name, the latest first."""
    found = [logged.entry.body for logged in lake.ledger.read(kind=Kind.DELIVERY)]
    return [body for body in reversed(found) if body["file"] == file]
