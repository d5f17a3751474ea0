"""Acceptance: how deliveries differ from the last accepted ones of their suppliers, as facts for the gate and in the ledger."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from aios_assets.enrich.redact import tokenise
from aios_assets.feeds import Mapping
from aios_assets.feeds.drift import Drift, drift, moved, patched
from aios_assets.feeds.shape import Sampler, Shape, rekeyed
from aios_assets.runtime import Runtime
from aios_assets.shapes import compared
from audit.ledger import AlreadyLogged, Entry, Kind
from policies.candidate import DeliveryFacts, DriftFacts

Batches = Callable[[], Iterable[pl.DataFrame]]


@dataclass(frozen=True)
class Accepted:
    """The last accepted delivery of a supplier: its digest, its shape, and what its columns meant."""

    digest: str
    shape: Shape
    mapping: Mapping


class Acceptance:
    """What was accepted so far of the feeds that fill one table."""

    def __init__(self, runtime: Runtime, table: str) -> None:
        self._runtime, self._table = runtime, table
        self._known: dict[str, Accepted | None] = {}
        self._secret = bytes.fromhex(runtime.vault.line_key)

    def last(self, supplier: str) -> Accepted | None:
        """The supplier's delivery that came into the table last, as it is committed; None before the first."""
        if supplier not in self._known:
            self._known[supplier] = self._last(supplier)
        return self._known[supplier]

    def look(self, supplier: str, mapping: Mapping) -> "Look":
        """Begins to look at a delivery of this supplier."""
        return Look(self.last(supplier), mapping, self._secret, self._runtime)

    def judged(
        self, supplier: str, files: Sequence[tuple[str, str]], look: "Look", again: Batches
    ) -> tuple[DeliveryFacts, tuple[DriftFacts, ...]]:
        """The delivery as facts, and as an entry of the ledger, once for the same bytes read and compared alike.

        `files` are name and digest of each, `again` reads their raw rows once more.
        """
        digests = sorted(digest for _, digest in files)
        digest = digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()
        before, shape = look.before, look.shape(again)
        if look.mapping.mode == "delta" and not shape.records:
            # Changes that only take products away show no shape: the next ones are compared with what came before.
            return DeliveryFacts(supplier, digest, before.digest if before else None, 0), ()
        found: tuple[Drift, ...] = ()
        if before is not None and before.digest != digest:
            changes, events = look.mapping.mode == "delta", look.mapping.kind == "sales"
            found = drift(before.shape, shape, changes=changes, events=events)
        accepted = {
            name
            for one in compared(self._runtime.lake.ledger, supplier)
            if one.delivery == digest
            for name in one.accepted
        }
        facts = tuple(
            self._facts(supplier, digest, each, look, shape, accepted=(each.kind, each.column) in accepted)
            for each in found
        )
        body: dict[str, object] = {
            "delivery": digest,
            "files": [one for _, one in files],
            "names": [name for name, _ in files],
            "against": before.digest if before else None,
            "mapping": look.mapping.model_dump_json(exclude_defaults=True),
            "shape": shape.kept().plain(),
            "drifts": [_told(each, fact, look.read_by(each)) for each, fact in zip(found, facts, strict=True)],
        }
        if before is None or (before.digest, before.mapping) != (digest, look.mapping):
            self._log(supplier, body)  # the accepted delivery again, read alike, tells nothing new
        return DeliveryFacts(supplier, digest, before.digest if before else None, shape.records), facts

    def _last(self, supplier: str) -> Accepted | None:
        lake = self._runtime.lake
        state = lake.state(self._table)
        told = [one.entry.body for one in lake.ledger.read(kind=Kind.SHAPE, subject=supplier)]
        if state is None or not told:
            return None
        for version in sorted(state.history, reverse=True):
            decision = lake.tables.decision(state.history[version].permit)
            digests = {one.digest for one in decision[1].inputs if one.kind == "file"} if decision else set()
            for body in reversed(told):
                if digests.issuperset(body["files"]):
                    mapping = Mapping.model_validate_json(body["mapping"])
                    return Accepted(str(body["delivery"]), Shape.from_plain(body["shape"]), mapping)
        return None

    def _facts(
        self, supplier: str, digest: str, each: Drift, look: "Look", shape: Shape, *, accepted: bool
    ) -> DriftFacts:
        before = look.before
        reads = {name for one in (before.mapping if before else None, look.mapping) if one for name in one.reads()}
        new = set(each.renames.values())
        lost = each.column in look.mapping.columns() and each.column not in shape.columns
        return DriftFacts(
            supplier=supplier,
            delivery=digest,
            kind=each.kind,
            column=each.column,
            size=round(each.size, 6),
            read=not each.column or (bool({each.column, *new} & reads) and not moved(look.mapping, each)),
            lost=lost,
            records=before.shape.records if before else 0,
            what=each.what,
            why=each.why,
            do=remedy(supplier, patch(look.read_by(each), (each,))),
            accepted=accepted,
        )

    def _log(self, supplier: str, body: dict[str, object]) -> None:
        """Once for the same bytes, read alike and compared with the same."""
        alike = "\n".join(str(body[name]) for name in ("delivery", "against", "mapping"))
        once = f"shape:{supplier}:{hashlib.sha256(alike.encode()).hexdigest()}"
        runtime = self._runtime
        try:
            runtime.lake.ledger.append(Entry(Kind.SHAPE, supplier, body, runtime.clock.now(), "", once))
        except AlreadyLogged:
            return


class Look:
    """Looks at a delivery while it is read: what is personal in a column's name is a token before anything is kept."""

    def __init__(self, before: Accepted | None, mapping: Mapping, secret: bytes, runtime: Runtime) -> None:
        self.before, self.mapping = before, mapping
        self._secret, self._runtime = secret, runtime
        key = mapping.fields["sku"].columns[:1] if "sku" in mapping.fields else ()
        self._key = before.shape.key if before and before.shape.key else key[0] if key else ""
        self._sampler = Sampler(self._key, secret, first=mapping.columns())
        self._names: dict[str, str] = {}

    def take(self, rows: pl.DataFrame, rejected: int) -> None:
        """One batch of raw rows, and how many records of it could not be read."""
        self._sampler.take(self._named(rows), rejected)

    def read_by(self, each: Drift) -> Mapping:
        """The mapping that a difference is told against: the last accepted one, where the one in force follows already."""
        if self.before is None or each.column in self.mapping.columns():
            return self.mapping
        return self.before.mapping

    def shape(self, again: Batches) -> Shape:
        """What was seen, by the column that names the records as they were named before."""
        shape = self._sampler.shape()
        if self.before is None:
            return shape
        return rekeyed(shape, self.before.shape, lambda: map(self._named, again()), self._secret)

    def _named(self, rows: pl.DataFrame) -> pl.DataFrame:
        new = [name for name in rows.columns if name not in self._names]
        if new:
            self._names |= zip(new, tokenise(pl.Series(new), self._runtime.vault.tokens).to_list(), strict=True)
        return rows.rename({name: told for name in rows.columns if (told := self._names[name]) != name})


def _told(each: Drift, fact: DriftFacts, mapping: Mapping) -> dict[str, object]:
    """One difference as the ledger keeps it."""
    told = {name: getattr(fact, name) for name in ("kind", "column", "read", "lost", "what", "why", "do")}
    size, lines = f"{fact.size:.6f}", list(patch(mapping, (each,)))
    return {**told, "size": size, "patch": lines, "renames": each.renames}


def patch(mapping: Mapping, found: tuple[Drift, ...]) -> tuple[str, ...]:
    """The lines of the mapping's TOML that would follow these differences; none where no line would."""
    old, new = mapping.toml().splitlines(), patched(mapping, found)
    gone = (f"# {name} is no longer read" for name in mapping.fields if name not in new.fields)
    return (*(line for line in new.toml().splitlines() if line not in old), *gone)


def remedy(supplier: str, lines: Sequence[str]) -> str:
    """What to do about a difference, in words."""
    accept = f"`aios feed accept {supplier} --by NAME --why TEXT`"
    if lines:
        return (
            f"if it is meant, {accept} writes {'; '.join(lines)} into the mapping; else have it sent as it was before"
        )
    return f"have it sent again as it was before; if it is meant, {accept} takes this delivery as it is"
