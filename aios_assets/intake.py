"""Intake: delivered files as one feed for a stage: found, mapped, read, put in order, told to the ledger."""

import json
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Told
from functools import lru_cache, partial
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl

from aios_assets import whereabouts
from aios_assets.acceptance import Acceptance, Accepted
from aios_assets.draft import bucket_in
from aios_assets.enrich.redact import tokenise
from aios_assets.feeds import Delivery, FeedError, Guess, Limits, Mapping, UnsureError, guess, load, open_delivery, read
from aios_assets.feeds.delivery import entries, read_as
from aios_assets.feeds.places import Places
from aios_assets.finished import finishing
from aios_assets.recognised import Known, identity_of, input_of, once, passed_over, reader, settled_with
from aios_assets.runtime import Runtime
from aios_assets.sequence import Applied, applied, last_snapshots, standing
from aios_assets.settings import Settings
from aios_assets.spill import OF, Spill, Spilled, most_held, text_of
from aios_assets.stage import Stage
from aios_assets.stages.records import records
from aios_assets.stages.sales import sales
from aios_assets.taken import IntakeError, Mapped, Taken, read_in, spilled_by
from aios_assets.vault import Vault
from aios_assets.whereabouts import called
from aios_assets.work import Feed
from audit.ledger import AlreadyLogged, Entry, Kind
from policies.candidate import DeliveryFacts, DriftFacts

READING = ("kind", "encoding", "separator", "quote", "newline")
"""What of a delivery's format has to be known to read one of its lines alone."""

__all__ = ["IntakeError", "Mapped", "arrived", "kind_of", "mapped_files", "mapping_of", "take_in"]


def take_in(runtime: Runtime, files: Sequence[str], supplier: str | None, stage: Stage = records) -> Feed | None:
    """Reads the deliveries of a stage's kind among these files (default: all in the watched folder) into one feed.

    Files are paths, folders, globs, https:// or s3:// addresses. None where deliveries came, and none is of this kind.
    Raises IntakeError for a file that is missing, cannot be read, or whose SKU, title or price column is not certain.
    """
    settings = runtime.settings
    paths = arrived(settings, files)
    if not paths:
        raise IntakeError(
            "a run without a delivery",
            f"no file was named and {settings.inbox} is empty",
            "name files, `aios run FILE…`, or put some into that folder",
        )
    acceptance = Acceptance(runtime, stage.name)
    known = Known.of(runtime)
    mapped = _once(mapped_files(paths, settings, supplier, stage, acceptance, known=known))
    if not mapped:
        return None
    whereabouts.look_through(one.delivery for one in mapped)
    if again := settled_with(runtime, stage, mapped, known):
        return again
    before = last_snapshots(runtime.lake.ledger, stage.name)
    passed = passed_over(runtime, mapped, known, before)
    mapped = [one for one in mapped if one.identity not in passed]
    # Changes are compared as the one delivery that they are together, a whole assortment by itself.
    changes = {one.supplier: acceptance.look(one.supplier, one.mapping) for one in reversed(mapped)}
    looks = [
        changes[one.supplier] if one.mapping.mode == "delta" else acceptance.look(one.supplier, one.mapping)
        for one in mapped
    ]
    now = runtime.clock.now()
    spill, most = _spill(runtime, stage, mapped), most_held(settings.feeds.held_bytes)
    all_read = [
        read_in(
            *(one, runtime.vault, stage, look),
            spill=spill,
            number=number,
            most=most,
            say=partial(runtime.scratch.so_far, f"reading {called(one.delivery, runtime.vault)}"),
        )
        for number, (one, look) in enumerate(zip(mapped, looks, strict=True))
    ]
    whole, spill = finishing(all_read, stage, now, spill)
    results = {
        name: applied(list(own), stage.contract.keys, before.get(name))
        for name, own in groupby(sorted(whole, key=_supplier), key=_supplier)
    }
    told = _logged(runtime, stage, list(results.values()))
    counted = [one for result in results.values() for one in result.counted]
    judged = [_judged(acceptance, list(own), runtime.vault) for _, own in groupby(counted, key=_supplier)]
    return Feed(
        rows=pl.concat([result.rows for result in results.values()]),
        rejects=pl.concat([result.rejects for result in results.values()]),
        suppliers=tuple(name for name, result in results.items() if result.whole),
        inputs=tuple(input_of(one.mapped.delivery, runtime) for one in counted),
        identity=identity_of([one.mapped for one in counted]),
        told=(*passed.values(), *told),
        deliveries=tuple(delivery for delivery, _ in judged),
        drifts=tuple(drift for _, drifts in judged for drift in drifts),
        spilled=Spilled(spill, partial(_part, results, stage.contract.keys, before)) if spill.over else None,
    )


def _spill(runtime: Runtime, stage: Stage, mapped: Sequence[Mapped]) -> Spill:
    """Where the rows of deliveries go: on disk where they are known to be too large, or turn out to be as they come."""
    held, state = runtime.settings.feeds.held_bytes, runtime.lake.state(stage.name)
    stands = {bucket_in(path)[1] for path in state.files} if state else set()
    large = sum(one.delivery.size for one in mapped) > held
    cut = stands.pop() if stands else runtime.settings.lake.buckets
    return Spill(runtime.settings.lake_folder / "_scratch", spilled_by(stage), cut, holds=0 if large else text_of(held))


def _part(results: Told[str, Applied], keys: Sequence[str], before: Told[str, int], rows: pl.DataFrame) -> pl.DataFrame:
    """What stands of a part of the keys after all deliveries were applied, from their rows in the spill."""
    own = {int(str(of)): each for (of,), each in rows.partition_by(OF, as_dict=True, include_key=False).items()}
    stands = [results[name].rows for name in results]
    for name, result in results.items():
        given = [(one, one.finish(own[one.number]) if one.number in own else one.rows) for one in result.counted]
        if (part := standing(given, keys, before.get(name))) is not None:
            stands.append(part)
    return pl.concat(stands)


def _judged(acceptance: Acceptance, own: Sequence[Taken], vault: Vault) -> tuple[DeliveryFacts, tuple[DriftFacts, ...]]:
    """What counts of one supplier's files, as one delivery, compared with the last accepted one."""
    deliveries, look = [one.mapped.delivery for one in own], own[-1].look
    files = [(called(delivery, vault), delivery.sha256) for delivery in deliveries]

    def again() -> Iterator[pl.DataFrame]:
        return (batch.rows for each in deliveries for batch in read(each))

    return acceptance.judged(_supplier(own[0]), files, look, again)


def arrived(settings: Settings, addresses: Sequence[str]) -> list[Path]:
    """The files at these addresses, or those in the watched folder where none is named. Raises IntakeError."""
    if not addresses:
        inbox = settings.inbox
        found = inbox.iterdir() if inbox.is_dir() else ()
        return sorted(path for path in found if path.is_file() and not path.name.startswith((".", "_")))
    places = Places(settings.spool, Limits.of(settings.feeds.limits), frozenset(settings.feeds.allowed))
    paths: dict[Path, None] = {}
    for address in addresses:
        try:
            paths |= dict.fromkeys(places.files(address))
        except FeedError as error:
            raise IntakeError(f"delivery {address}", f"{error.what}: {error.why}", error.do) from error
    return list(paths)


def kind_of(stage: Stage) -> str:
    """The kind of feed that fills a stage's table."""
    return "sales" if stage.name == sales.name else "products"


def mapping_of(
    delivery: Delivery, folder: Path, last: Accepted | None = None, recalled: Mapping | None = None
) -> Mapping:
    """The mapping in force: the file beside the mappings that bears the supplier's name, else what is guessed surely.

    A guess may add to what the last accepted delivery meant and never change it, as long as its columns are there.
    `recalled` is a guess that was made of the same bytes before.
    """
    written = _written(delivery, folder)
    if written.is_file():
        return load(written)
    try:
        guessed = recalled or _guessed(delivery).mapping(delivery)
    except UnsureError:
        if last is None:
            raise
        return last.mapping  # what it lacks is told to the gate, with what each column is called now
    if last is None or last.mapping.fields.items() <= guessed.fields.items():
        return guessed
    return last.mapping if set(last.mapping.columns()) <= set(delivery.format.columns) else guessed


def _written(delivery: Delivery, folder: Path) -> Path:
    return folder / f"{delivery.supplier}.toml"


@lru_cache(maxsize=256)
def _guessed(delivery: Delivery) -> Guess:
    """What a delivery seems to mean; each feed stage of a run asks, and it is guessed once as long as it is the same."""
    return guess(delivery)


def mapped_files(
    paths: Sequence[Path],
    settings: Settings,
    supplier: str | None,
    stage: Stage,
    acceptance: Acceptance,
    *,
    known: Known,
) -> list[Mapped]:
    """The deliveries of a stage's kind among these files. Raises IntakeError.

    A file that says too little by itself, as one of three lines does, means what another delivery of its supplier with
    the same columns means. What cannot be told at all is told once, by the stage of products.
    """
    found: list[Mapped] = []
    unsure: list[tuple[Path, str, UnsureError]] = []
    for path in paths:
        try:
            for entry in entries(path, Limits.of(settings.feeds.limits)):
                try:
                    found.append(_mapped(path, entry, settings, supplier, acceptance, known=known))
                except UnsureError as error:
                    unsure.append((path, entry, error))
        except (FeedError, OSError) as error:
            if stage.name == records.name or len(paths) == 1:
                raise _refused(path, error) from error
    for path, entry, doubt in unsure:
        try:
            found.append(_like_another(path, entry, supplier, found, doubt))
        except FeedError as still:
            if stage.name == records.name:
                raise _refused(path, still) from still
    return [one for one in found if one.mapping.kind == kind_of(stage)]


def _mapped(
    path: Path, entry: str, settings: Settings, supplier: str | None, acceptance: Acceptance, *, known: Known
) -> Mapped:
    delivery = open_delivery(path, supplier=supplier, limits=Limits.of(settings.feeds.limits), member=entry)
    last, recalled = acceptance.last(delivery.supplier), known.guess(delivery)
    mapping = mapping_of(delivery, settings.mappings, last, recalled)
    again = read_as(delivery, mapping, supplier, known=tuple(last.shape.columns) if last else ())
    written = _written(delivery, settings.mappings).is_file()
    return Mapped(again, mapping, guessed=not written and mapping == (recalled or _sure(delivery)))


def _sure(delivery: Delivery) -> Mapping | None:
    """What a delivery is guessed to mean, where nothing of it is in doubt."""
    guessed = _guessed(delivery)
    return None if guessed.doubts else guessed.proposal(delivery.supplier)


def _like_another(path: Path, entry: str, supplier: str | None, known: Sequence[Mapped], error: UnsureError) -> Mapped:
    limits = known[0].delivery.limits if known else None
    delivery = open_delivery(path, supplier=supplier, limits=limits, member=entry)
    for other in known:
        if (other.supplier, other.delivery.format.columns) == (delivery.supplier, delivery.format.columns):
            return Mapped(read_as(delivery, other.mapping, supplier), other.mapping)
    raise error


def _refused(path: Path, error: FeedError | OSError) -> IntakeError:
    if isinstance(error, FeedError):
        return IntakeError(f"delivery {path.name}", f"{error.what}: {error.why}", error.do)
    return IntakeError(f"delivery {path}", str(error.strerror or error), "name a file that can be read")


def _once(mapped: Sequence[Mapped]) -> list[Mapped]:
    """Each delivery once: the same bytes under two names are one."""
    return list({one.identity: one for one in reversed(mapped)}.values())[::-1]


def _supplier(one: Taken) -> str:
    return one.mapped.supplier


def _impersonal(names: Sequence[str], runtime: Runtime) -> list[str]:
    """Column names with tokens in the place of what is personal: a file without a header may be taken to have any."""
    told: list[str] = tokenise(pl.Series(list(names), dtype=pl.String), runtime.vault.tokens).to_list()
    return told


def _logged(runtime: Runtime, stage: Stage, results: Sequence[Applied]) -> list[Told[str, Any]]:
    """Tells the ledger of each delivery, once for its bytes, meaning and order: a receipt opens it again where it lay."""
    now = runtime.clock.now()
    told: list[Told[str, Any]] = []
    for one, outcome in [pair for result in results for pair in result.outcomes]:
        delivery, mapping = one.mapped.delivery, one.mapped.mapping
        body = {
            **whereabouts.told(delivery, runtime.vault),
            "sha256": delivery.sha256,
            "size": delivery.size,
            "supplier": one.mapped.supplier,
            "format": str(delivery.format.kind),
            "table": stage.name,
            "mode": mapping.mode,
            "order": None if one.order is None else str(one.order),
            "by": one.by,
            "outcome": outcome,
            "rows": one.height,
            "rejects": one.rejects.height,
            "filled": one.filled,
            "columns": json.dumps(_impersonal(delivery.format.columns, runtime)),
            "reading": {name: str(getattr(delivery.format, name)) for name in READING},
            "mapping": mapping.model_dump_json(exclude_defaults=True),
            "guessed": one.mapped.guessed,
            "reader": reader(),
        }
        told.append(body)
        entry = Entry(Kind.DELIVERY, one.mapped.supplier, body, now, "", once(one.mapped, one.order, one.by))
        try:
            runtime.lake.ledger.append(entry)
        except AlreadyLogged:
            continue
    return told
