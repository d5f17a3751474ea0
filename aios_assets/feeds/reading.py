"""Reading: a delivery as batches, and one record again from its receipt."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import polars as pl

from aios_assets.feeds import columnar, csv, documents, jsondocument, jsonl, xlsx, xmldocument
from aios_assets.feeds.batch import LINE, PLACE, START, Batch
from aios_assets.feeds.delivery import Delivery
from aios_assets.feeds.errors import FeedError
from aios_assets.feeds.format import TEXT, Compression, Kind
from aios_assets.feeds.streams import opened

DOCUMENTS = frozenset({Kind.JSON, Kind.XML})


def read(delivery: Delivery) -> Iterator[Batch]:
    """Every record of a delivery, in order, in bounded memory; at least one batch. Raises FeedError.

    Where it raises, what came before is not a delivery: nothing of it may be committed.
    """
    empty = True
    for batch in _batches(delivery):
        if empty or batch.rows.height or batch.rejects.height or batch.skipped.height:
            yield batch
        empty = False
    delivery.unchanged()


def reread(delivery: Delivery, line: int, *, start: int | None = None) -> dict[str, str | None]:
    """The raw fields of the record that a receipt names. Raises FeedError where no record starts on that line.

    With `start` (the receipt's byte offset) an uncompressed text is opened right there, without reading what is before.
    """
    form = delivery.format
    if start is not None and form.kind in TEXT and form.compression is Compression.NONE:
        fields = _at(delivery, start)
    else:
        found = reread_many(delivery, [line])
        fields = found.drop(PLACE).row(0, named=True) if found.height else None
    if fields is None:
        raise FeedError(f"no record starts on line {line:,}", why="the file is another one", do="check the digest")
    return fields


def reread_many(delivery: Delivery, lines: Iterable[int]) -> pl.DataFrame:
    """The rows that start on these lines, in one pass over the file."""
    wanted = pl.Series(LINE, list(lines), dtype=pl.Int64).unique()
    parts = [batch.rows.join(wanted.to_frame(), on=LINE, how="semi") for batch in read(delivery)]
    return pl.concat(parts, how="diagonal") if parts else pl.DataFrame(schema=dict.fromkeys(PLACE, pl.Int64))


def _batches(delivery: Delivery) -> Iterator[Batch]:
    form, limits, path = delivery.format, delivery.limits, delivery.path
    if form.kind in TEXT:
        reader = csv.batches if form.kind is Kind.CSV else jsonl.batches
        with opened(path, form.compression, limits, delivery.member) as stream:
            yield from reader(stream, form, limits, path)
    elif form.kind in DOCUMENTS:
        records = jsondocument.records if form.kind is Kind.JSON else xmldocument.records
        with opened(path, form.compression, limits, delivery.member) as stream:
            yield from documents.batches(records(stream, form, limits, path), limits, path)
    elif form.kind is Kind.XLSX:
        yield from xlsx.batches(path, form, limits)
    else:
        yield from columnar.batches(path, form, limits)


def _at(delivery: Delivery, start: int) -> dict[str, str | None] | None:
    form, limits = delivery.format, delivery.limits
    alone = replace(form, header=False, mark=0, skip=0, preamble=0)
    reader = csv.batches if form.kind is Kind.CSV else jsonl.batches
    with delivery.path.open("rb") as file:
        file.seek(start)
        for batch in reader(file, alone, replace(limits, block_bytes=64 * 1024), delivery.path):
            if batch.rows.height:
                first = batch.rows.row(0, named=True)
                return {name: first[name] for name in first if name not in PLACE} if not first[START] else None
    return None
