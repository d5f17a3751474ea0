"""Redrive: what was set aside on its way in, read again with the mapping now in force, as changes for the ordinary stage.

A delivery is read again where it lies, if its bytes are still those that came; a line that could not be read is otherwise
opened from its sealed bytes. Only lines that stand in the quarantine are handed on, and nothing that came later is undone.
"""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from aios_assets.acceptance import Acceptance, Look
from aios_assets.feeds import Delivery, FeedError, Format, Kind, load, open_delivery
from aios_assets.feeds import Mapping as Meaning
from aios_assets.feeds.format import TEXT
from aios_assets.finished import finishing, taken
from aios_assets.intake import kind_of, mapping_of
from aios_assets.keyed import without
from aios_assets.runtime import Runtime
from aios_assets.spill import OF, Spill, most_held, text_of
from aios_assets.split import ID, first_of_key
from aios_assets.stage import Stage
from aios_assets.taken import IntakeError, Mapped, Taken, read_in, spilled_by
from aios_assets.vault import Forgotten
from aios_assets.whereabouts import whereabouts
from aios_assets.work import ORDERED, Feed
from audit.ledger import Kind as Entries
from policies.candidate import InputFacts


def redrive(runtime: Runtime, stage: Stage, supplier: str | None = None) -> Feed | None:
    """A stage's rejects read again, as a feed of changes; None where nothing of it is set aside.

    What is in the way of a delivery (its file is gone and its bytes are not sealed line by line, a mapping that does not
    fit) leaves its rejects where they are; `Feed.told` says so.
    """
    lake = runtime.lake
    if lake.state(stage.quarantine) is None:
        return None
    aside = lake.scan(stage.quarantine).filter(pl.col("file_sha256").is_not_null()).collect()
    aside = aside.filter(pl.col("supplier") == supplier) if supplier else aside
    if aside.is_empty():
        return None
    bodies = {
        (str(one.entry.body["supplier"]), str(one.entry.body["sha256"])): (one.index, one.entry.body)
        for one in lake.ledger.read(kind=Entries.DELIVERY)
    }
    order_of = {digest: index for (_, digest), (index, _) in bodies.items()}
    rows, rejects, done, inputs, told = [], [], set[str](), [], []
    for (name, digest), waiting in aside.group_by("supplier", "file_sha256", maintain_order=True):
        index, body = bodies.get((str(name), str(digest)), (0, {}))
        try:
            again = _again(runtime, stage, body, waiting)
        except (FeedError, IntakeError, Forgotten) as error:
            told.append({**body, "outcome": f"left as it is: {error}", "rows": 0, "rejects": waiting.height})
            continue
        lines = waiting["line"].implode()
        first = again.rows
        mended = _not_overtaken(runtime, stage, first, index, order_of)
        broken = again.rejects.filter(pl.col("line").is_in(lines))
        # What was read again leaves: it is a record now, or is set aside anew. A line that loses to another of its key
        # within the delivery stays what it is.
        again_read = pl.concat([first["line"], broken["line"]]).implode()
        done |= set(waiting.filter(pl.col("line").is_in(again_read))[ID])
        rows.append(mended)
        rejects.append(broken)
        inputs.append(InputFacts(str(body["file"]), "file", None, str(digest), None))
        told.append({**body, "outcome": "read again", "rows": mended.height, "rejects": broken.height})
    if not rows:
        raise IntakeError(
            "the rejects", told[0]["outcome"], "put the delivered file back where it lay, or mend the mapping"
        )
    return Feed(
        rows=pl.concat(rows),
        rejects=pl.concat(rejects),
        suppliers=(),
        inputs=tuple(inputs),
        identity=f"redrive/{lake.ledger.prove().size}",
        redriven=frozenset(done),
        told=tuple(told),
    )


def _again(runtime: Runtime, stage: Stage, body: Mapping[str, Any], waiting: pl.DataFrame) -> Taken:
    """The delivery, or what is sealed of it, read with the mapping now in force.

    Of its rows those that wait and are the first of their key. Raises FeedError, IntakeError, Forgotten.
    """
    if not body:
        raise IntakeError("a delivery", "the ledger does not know it", "run it again")
    acceptance = Acceptance(runtime, stage.name)
    lay, folder = whereabouts(body, runtime.vault), runtime.settings.mappings
    if lay.path.is_file():
        plain = open_delivery(lay.path, supplier=str(body["supplier"]), member=lay.member)
        if plain.sha256 == body["sha256"]:
            one = _mapped(plain, folder, stage, acceptance)
            return _waiting(runtime, stage, one, acceptance.look(one.supplier, one.mapping), waiting["line"])
    again = _unsealed(runtime, stage, body, waiting)
    return replace(again, rows=first_of_key(again.rows, stage.contract.keys)[0])


def _waiting(runtime: Runtime, stage: Stage, one: Mapped, look: Look, lines: pl.Series) -> Taken:
    """A delivery of which these lines wait, read as any is: held, or part by part of its keys."""
    now, settings, keys = runtime.clock.now(), runtime.settings, stage.contract.keys
    held, folder = settings.feeds.held_bytes, settings.lake_folder / "_scratch"
    spill = Spill(folder, spilled_by(stage), settings.lake.buckets, holds=text_of(held))
    (again,), spill = finishing(
        [read_in(one, runtime.vault, stage, look, spill=spill, most=most_held(held))], stage, now, spill
    )
    parts = (again.finish(spill.part(n).drop(OF)) for n in range(spill.parts)) if spill.over else (again.rows,)
    waits = pl.col("line").is_in(lines.implode())
    return replace(again, rows=pl.concat([first_of_key(part, keys)[0].filter(waits) for part in parts]))


def _mapped(plain: Delivery, folder: Path, stage: Stage, acceptance: Acceptance) -> Mapped:
    mapping = mapping_of(plain, folder, acceptance.last(plain.supplier))
    if mapping.kind != kind_of(stage):
        raise IntakeError(
            f"delivery {plain.name}", f"its mapping says {mapping.kind} now", f"say {kind_of(stage)} again"
        )
    return Mapped(open_delivery(plain.path, supplier=plain.supplier, mapping=mapping, member=plain.member), mapping)


def _unsealed(runtime: Runtime, stage: Stage, body: Mapping[str, Any], waiting: pl.DataFrame) -> Taken:
    """The lines of a delivery that are sealed by themselves, each read alone: an open quote must not swallow the next.

    Raises IntakeError where other lines wait as well, or none of them can be read now.
    """
    lacking, digest = waiting["sealed"].null_count(), str(body["sha256"])
    if lacking or body.get("reading", {}).get("kind") not in {str(kind) for kind in TEXT}:
        why = f"the file is no longer at {body['path']} as it came, and not all of its lines are sealed one by one"
        raise IntakeError(f"delivery {body['file']}", why, "put the file back where it lay")
    written = runtime.settings.mappings / f"{body['supplier']}.toml"
    mapping = load(written) if written.is_file() else Meaning.model_validate_json(str(body["mapping"]))
    form = _format(body["reading"], tuple(json.loads(str(body["columns"]))), mapping)
    parts: list[Taken] = []
    look = Acceptance(runtime, stage.name).look(str(body["supplier"]), mapping)
    with tempfile.TemporaryDirectory(prefix="aios-redrive-") as folder:
        path = Path(folder) / str(body["file"]).partition("!")[0]
        for line, blob in zip(waiting["line"], runtime.vault.unseal(digest, waiting["sealed"]), strict=True):
            path.write_bytes(blob)
            status = path.stat()
            delivery = Delivery(path, digest, len(blob), form, str(body["supplier"]), modified=status.st_mtime_ns)
            try:
                one = taken(Mapped(delivery, mapping), runtime.vault, stage, runtime.clock.now(), look)
            except IntakeError:
                continue
            name = pl.lit(str(body["file"])).alias("file")
            parts.append(
                replace(one, rows=one.rows.head(1).with_columns(pl.lit(line, dtype=pl.Int64).alias("line"), name))
            )
    if not any(one.rows.height for one in parts):
        raise IntakeError(f"delivery {body['file']}", "none of its sealed lines can be read now", f"correct {written}")
    return replace(parts[0], rows=pl.concat([one.rows for one in parts]), rejects=parts[0].rejects.clear())


def _format(told: Mapping[str, Any], columns: tuple[str, ...], mapping: Meaning) -> Format:
    """How the lines of a delivery are read without what stood around them; what the mapping says comes first."""
    said = mapping.reading
    return Format(
        Kind(told["kind"]),
        encoding=said.encoding or str(told["encoding"]),
        separator=said.separator or str(told["separator"]),
        quote=said.quote or str(told["quote"]),
        newline=str(told["newline"]),
        header=False,
        columns=columns,
    )


def _not_overtaken(
    runtime: Runtime, stage: Stage, rows: pl.DataFrame, index: int, order_of: Mapping[str, int]
) -> pl.DataFrame:
    """The rows whose key stands there from no later delivery, where no order of the supplier's own tells."""
    keys = list(stage.contract.keys)
    if runtime.lake.state(stage.name) is None:
        return rows
    stands = (
        runtime.lake.scan(stage.name).select(*keys, "file_sha256").join(rows.lazy().select(keys), on=keys, how="semi")
    )
    came = pl.col("file_sha256").replace_strict(dict(order_of), default=-1, return_dtype=pl.Int64)
    later = stands.filter(came > index).select(keys).collect()
    untold = rows[ORDERED].is_null()
    return pl.concat([rows.filter(~untold), without(rows.filter(untold), later, keys)])
