"""Trace: one record's whole story, and where every value of it comes from, down to the line of a delivered file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, Protocol

import polars as pl

from aios_assets.contest import with_contest
from aios_assets.draft import bucket_in
from aios_assets.errors import AiosError, LakeError
from aios_assets.fingerprint import bucket_of
from aios_assets.lake import Lake, polars_schema
from aios_assets.reviews import Reviewed
from audit.entries import Decided
from audit.ledger import Kind, Logged
from audit.tables import TableState, Version
from lineage.receipts import FieldReceipt, SourceLine
from policies.contract import ATTEMPT, RECEIPT_TYPES

RECORD = ("supplier", "sku")
LISTED = ("product", "field", "locale", "channel")
PLACE = ("file", "file_sha256", "line", "line_digest")
QUARANTINE = ("id", "rule", "why", "do", "row")
"""Columns that every table of rows set aside has."""
CHAIN = ("records", "products", "matches", "listings")


class NotTraced(AiosError):
    """Nothing is known of what was asked for."""


@dataclass(frozen=True)
class Step:
    """One thing that happened: when (None: not told), what, and where that is kept. `ledger_index` is its entry."""

    at: datetime | None
    what: str
    where: str
    ledger_index: int | None

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        at = None if self.at is None else self.at.isoformat().replace("+00:00", "Z")
        return {"at": at, "what": self.what, "where": self.where, "ledger_index": self.ledger_index}


@dataclass(frozen=True)
class Trace:
    """What is known of a record or product: its product, its records as `supplier/sku`, receipts, story in order of time."""

    product: str | None
    records: tuple[str, ...]
    fields: tuple[FieldReceipt, ...]
    story: tuple[Step, ...]

    def plain(self) -> dict[str, Any]:
        """As `aios trace --json` answers."""
        return {
            "product": self.product,
            "records": list(self.records),
            "fields": [_json(field.plain()) for field in self.fields],
            "story": [step.plain() for step in self.story],
        }


class Holds(Protocol):
    """What has a lake: a Runtime, or a lake that was opened to be looked at."""

    @property
    def lake(self) -> Lake:
        """The lake."""


def trace(runtime: Holds, subject: str, field: str | None = None) -> Trace:
    """The story of a record (`supplier/sku`; what follows the first slash is the SKU) or of a product (its id).

    Receipts are those of its listings; of its normalised values where nothing is listed; of the record as delivered
    where nothing was normalised. `field` keeps the receipts of one field. Raises NotTraced where nothing is known of
    the subject or of the field, LakeError where a file is not what was decided on.
    """
    return _Tracing(runtime.lake).traced(subject, field)


class _Tracing:
    """One question. Every table is asked once, at what is published now."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self.tables = lake.tables
        self.decided = cache(self._decided)
        self.entry = cache(self._entry)

    def traced(self, subject: str, field: str | None) -> Trace:
        supplier, slash, sku = subject.partition("/")
        product = self._product_of(supplier, sku) if slash else subject
        members = self._of_product("matches", product) if product else pl.DataFrame()
        keys = [(str(a), str(b)) for a, b in members.select(RECORD).iter_rows()] if members.height else []
        if slash and (supplier, sku) not in keys:
            keys.append((supplier, sku))
        records, products = self._found("records", keys), self._found("products", keys)
        listed = self._of_product("listings", product) if product else pl.DataFrame()
        aside = self._aside(subject, keys)
        if not (records.height or products.height or listed.height or aside.height):
            raise NotTraced(
                subject,
                "no record, product or rejected row is called so",
                "name SUPPLIER/SKU as they stand in the feed; see aios sql 'SELECT supplier, sku FROM records LIMIT 10'",
            )
        receipts = self._receipts(listed, products, records)
        if field is not None:
            receipts = self._only(receipts, self._unreadable(products, records), field, subject)
        rows = {"records": records, "products": products, "matches": members, "listings": listed, "aside": aside}
        story = self._story(subject, rows)
        known = [f"{a}/{b}" for a, b in keys]
        return Trace(product if members.height or listed.height else None, tuple(known), tuple(receipts), tuple(story))

    def _only(
        self, receipts: list[FieldReceipt], unreadable: list[FieldReceipt], field: str, subject: str
    ) -> list[FieldReceipt]:
        """One field's receipts; where it has no value, the receipt of the rule that found none."""
        named = {field, f"attribute:{field}"}
        found = [one for one in receipts if one.field in named] or [one for one in unreadable if one.field in named]
        if not found:
            names = ", ".join(dict.fromkeys(one.field for one in receipts)) or "none"
            raise NotTraced(f"field {field} of {subject}", "it has no such value", f"its fields are {names}")
        return found

    def _unreadable(self, products: pl.DataFrame, records: pl.DataFrame) -> list[FieldReceipt]:
        delivered = self._read_by("records", records)
        return [
            receipt
            for row in products.iter_rows(named=True)
            for receipt in self._normal(row, delivered, missing=True)
            if receipt.value is None
        ]

    def _product_of(self, supplier: str, sku: str) -> str | None:
        found = self._found("matches", [(supplier, sku)])
        return str(found["product"][0]) if found.height else None

    def _of_product(self, table: str, product: str) -> pl.DataFrame:
        """A product's rows; without any where nothing of the table is committed."""
        state = self.lake.state(table)
        return pl.DataFrame() if state is None else self.lake.scan(table).filter(pl.col("product") == product).collect()

    def _found(self, table: str, keys: list[tuple[str, str]], version: int | None = None) -> pl.DataFrame:
        """The rows of these records: only the buckets that their keys fall into are proven and read."""
        state = self.lake.state(table)
        if state is None or not keys:
            return pl.DataFrame()
        at = state.version if version is None else version
        if at not in state.history:
            return pl.DataFrame()
        files = self.tables.files(table, at)
        asked = pl.DataFrame(keys, schema=dict.fromkeys(RECORD, pl.String), orient="row")
        cuts = {bucket_in(path)[1] for path in files}
        hit = {(bucket, cut) for cut in cuts for bucket in asked.select(bucket_of(RECORD, cut)).to_series()}
        wanted = [file for path, file in files.items() if bucket_in(path) in hit]
        schema = polars_schema(state.history[at].planned.schema)
        return self.lake.scan_files(table, wanted, schema).filter(_keyed(keys)).collect()

    def _aside(self, subject: str, keys: Iterable[tuple[str, str]]) -> pl.DataFrame:
        ids = [subject, *(f"{a}/{b}" for a, b in keys)]
        parts = []
        for table in self.tables.names:
            state = self.lake.state(table)
            known = set(polars_schema(state.schema).names()) if state is not None and state.rows else set()
            if known.issuperset(QUARANTINE):
                where = pl.col("id").is_in(ids)
                if known.issuperset(RECORD):
                    where = where | _keyed(keys)
                if known.issuperset(("file", "line")):
                    where = where | (pl.format("{}:{}", "file", "line") == subject)
                rows = self.lake.scan(table).filter(where).select("id", "rule", "why", "do", ATTEMPT)
                parts.append(rows.with_columns(pl.lit(table).alias("table")).collect())
        return pl.concat(parts) if parts else pl.DataFrame()

    # receipts

    def _receipts(self, listed: pl.DataFrame, products: pl.DataFrame, records: pl.DataFrame) -> list[FieldReceipt]:
        if listed.height:
            normalised, delivered = self._read_by("products", products), self._read_by("records", records)
            told = self._of_product("golden", str(listed["product"][0]))
            golden = {(row["field"], row["locale"]): row for row in told.iter_rows(named=True)}
            return [
                self._listed(row, normalised, delivered, golden.get((row["field"], row["locale"])))
                for row in listed.sort(LISTED).iter_rows(named=True)
            ]
        delivered = self._read_by("records", records)
        if products.height:
            return [one for row in products.sort(RECORD).iter_rows(named=True) for one in self._normal(row, delivered)]
        rows = records.sort(RECORD).iter_rows(named=True) if records.height else ()
        return [one for row in rows for one in self._raw(row)]

    def _listed(
        self, row: dict[str, Any], normalised: "_Inputs", delivered: "_Inputs", golden: Mapping[str, Any] | None
    ) -> FieldReceipt:
        key = (row["supplier"], row["sku"])
        product = normalised.as_read(key, self._pinned(row[ATTEMPT], "products"))
        record = delivered.as_read(key, self._pinned(product[ATTEMPT], "records")) if product else None
        said = _Said.of(row, "value", row["field"])
        if product and said.by and said.by.startswith("source:") and product.get(f"{row['field']}__by"):
            # The listing takes a normalised value over; what made the value is the rule that read it.
            said = replace(said, by=product[f"{row['field']}__by"])
        receipt = replace(
            self._receipt("listings", row, said, record),
            supplier=row["supplier"],
            sku=row["sku"],
            agree=row["agree"],
            differ=row["differ"],
        )
        if golden is None or (golden["value"], golden["sku"]) != (row["value"], row["sku"]):
            return receipt
        decision = self.decided(golden[ATTEMPT])  # there the model was asked, if one was
        receipt = replace(receipt, cost=_cost(decision[1], receipt.model) if decision else receipt.cost)

        def sources(key: tuple[str, str]) -> tuple[SourceLine, ...]:
            other = normalised.as_read(key, self._pinned(golden[ATTEMPT], "products"))
            line = delivered.as_read(key, self._pinned(other[ATTEMPT], "records")) if other else None
            return () if line is None else (_source(line),)

        return with_contest(receipt, golden, sources)

    def _normal(self, row: dict[str, Any], delivered: "_Inputs", *, missing: bool = False) -> list[FieldReceipt]:
        record = delivered.as_read((row["supplier"], row["sku"]), self._pinned(row[ATTEMPT], "records"))
        return [self._receipt("products", row, said, record) for said in _values(row, missing=missing)]

    def _raw(self, row: dict[str, Any]) -> list[FieldReceipt]:
        return [self._receipt("records", row, said, row) for said in _values(row) if said.field not in PLACE]

    def _receipt(
        self, table: str, row: Mapping[str, Any], said: "_Said", record: Mapping[str, Any] | None
    ) -> FieldReceipt:
        version, decision = self._version(table, row[ATTEMPT]), self.decided(row[ATTEMPT])
        family, _, name = (said.by or "").partition(":")
        rule = name if family == "rule" else said.by if family == "source" else None
        model = name if family == "model" else None
        return FieldReceipt(
            field=said.field,
            locale=row.get("locale") if table == "listings" else None,
            channel=row.get("channel"),
            value=said.value,
            table=table,
            version=version.version if version else -1,
            stage=decision[1].stage if decision else table,
            model=model,
            rule=rule,
            confidence=said.confidence,
            evidence=said.evidence,
            sources=() if record is None else (_source(record),),
            decision=row[ATTEMPT],
            ledger_index=decision[0] if decision else None,
            reviewer=name if family == "person" else None,
            cost=_cost(decision[1], model) if decision else None,
            trace_id=self.entry(decision[0]).entry.trace_id if decision else None,
        )

    def _read_by(self, table: str, rows: pl.DataFrame) -> "_Inputs":
        return _Inputs(self, table, {(row["supplier"], row["sku"]): row for row in rows.iter_rows(named=True)})

    def _pinned(self, attempt: str, table: str) -> int | None:
        """The version of `table` that an attempt read."""
        decision = self.decided(attempt)
        inputs = decision[1].inputs if decision else ()
        return next((one.version for one in inputs if one.name == table), None)

    def _version(self, table: str, attempt: str) -> Version | None:
        """The version that an attempt's rows came in with."""
        state = self.lake.state(table)
        history = state.history.values() if state else ()
        return next((version for version in history if version.permit == attempt), None)

    def _decided(self, attempt: str) -> tuple[int, Decided] | None:
        return self.tables.decision(attempt)

    def _entry(self, index: int) -> Logged:
        return next(iter(self.lake.ledger.read(index, index + 1)))

    # story

    def _story(self, subject: str, rows: Mapping[str, pl.DataFrame]) -> list[Step]:
        records, products, members, listed, aside = (rows[name] for name in (*CHAIN, "aside"))
        steps = self._deliveries(records)
        said = {_id(row): row for row in records.iter_rows(named=True)}
        for row in records.iter_rows(named=True):
            what = f"{_id(row)} was taken in from {row['file']}, line {row['line']}"
            steps.append(self._committed("records", row[ATTEMPT], what))
        for row in products.iter_rows(named=True):
            nulls = _unread(row, said.get(_id(row), {}))
            unread = f"; not readable: {', '.join(nulls)}" if nulls else ""
            steps.append(self._committed("products", row[ATTEMPT], f"{_id(row)} was normalised{unread}"))
        steps += [self._committed("matches", row[ATTEMPT], _matched(row)) for row in members.iter_rows(named=True)]
        for (attempt,), fields in listed.group_by(ATTEMPT, maintain_order=True) if listed.height else ():
            names = ", ".join(fields["field"].unique(maintain_order=True))
            steps.append(self._committed("listings", str(attempt), f"listed: {names}"))
        for row in aside.iter_rows(named=True):
            what = f"{row['id']} was set aside by {row['rule']}: {row['why']}. To do: {row['do']}"
            steps.append(self._committed(row["table"], row[ATTEMPT], what))
        steps += self._refusals()
        for name in {subject, *(f"{row['supplier']}/{row['sku']}" for row in records.iter_rows(named=True))}:
            steps += [
                Step(one.entry.at, f"review: {_told(one.entry.body)}", "ledger", one.index)
                for one in self.lake.ledger.read(kind=Kind.REVIEW, subject=name)
            ]
        here = {(row["supplier"], row["sku"]) for row in records.iter_rows(named=True)}
        steps += [
            Step(one.at, f"{' and '.join('/'.join(record) for record in one.pair)}: {one.words}", "ledger", one.index)
            for one in Reviewed.read(self.lake.ledger).decisions
            if here.intersection(one.pair)
        ]
        return sorted(steps, key=lambda step: (step.ledger_index is None, step.ledger_index or 0, step.what))

    def _deliveries(self, records: pl.DataFrame) -> list[Step]:
        if not records.height:
            return []
        wanted = {(row["supplier"], row["file_sha256"]) for row in records.iter_rows(named=True)}
        return [
            Step(
                one.entry.at,
                f"{supplier} delivered {one.entry.body['file']}: {one.entry.body['rows']:,} records, "
                f"{one.entry.body['rejects']:,} rejected",
                str(one.entry.body["path"]),
                one.index,
            )
            for supplier in sorted({supplier for supplier, _ in wanted})
            for one in self.lake.ledger.read(kind=Kind.DELIVERY, subject=supplier)
            if (supplier, one.entry.body["sha256"]) in wanted
        ]

    def _committed(self, table: str, attempt: str, what: str) -> Step:
        version = self._version(table, attempt)
        if version is None:
            return Step(None, what, table, None)
        entry = self.entry(version.committed)
        return Step(entry.entry.at, what, f"{table} version {version.version}", version.committed)

    def _refusals(self) -> list[Step]:
        """Refusals of the chain's tables that still hold: what is published is older than what was asked for."""
        states = [state for table in CHAIN if (state := self.tables.state(table)) is not None]
        return [self._refused(state) for state in states if state.decided and not state.decided.admitted]

    def _refused(self, state: TableState) -> Step:
        index = state.decided_index or 0
        findings = state.decided.verdict.get("findings", ()) if state.decided else ()
        why = "; ".join(f"{f['rule']}: {f['why']}" for f in findings if f["outcome"] == "refused")
        stays = f"version {state.version} stays" if state.version >= 0 else "nothing is published"
        what = f"the latest attempt at {state.table} was refused and {stays}: {why}"
        return Step(self.entry(index).entry.at, what, "ledger", index)


class _Inputs:
    """Rows of an input as they are now, and as an attempt read them where they have changed since."""

    def __init__(self, tracing: _Tracing, table: str, rows: Mapping[tuple[str, str], dict[str, Any]]) -> None:
        self._tracing, self._table, self._rows = tracing, table, rows
        self.as_read = cache(self._as_read)

    def _as_read(self, key: tuple[str, str], pinned: int | None) -> dict[str, Any] | None:
        row = self._rows.get(key)
        version = self._tracing._version(self._table, row[ATTEMPT]) if row else None
        if row is not None and (pinned is None or version is None or version.version <= pinned):
            return row
        try:
            before = self._tracing._found(self._table, [key], pinned)
        except LakeError:
            return None  # vacuumed: better no source than a wrong one
        return before.row(0, named=True) if before.height else None


def _keyed(keys: Iterable[tuple[str, str]]) -> pl.Expr:
    each = [(pl.col("supplier") == supplier) & (pl.col("sku") == sku) for supplier, sku in keys]
    return pl.any_horizontal(each) if each else pl.lit(value=False)


@dataclass(frozen=True)
class _Said:
    """A value and what stands beside it."""

    field: str
    value: Any
    by: str | None
    confidence: float | None
    evidence: str | None

    @classmethod
    def of(cls, row: Mapping[str, Any], column: str, field: str) -> "_Said":
        by, confidence, evidence = (row.get(f"{column}__{part}") for part in RECEIPT_TYPES)
        return cls(field, row[column], by, confidence, evidence)


def _values(row: Mapping[str, Any], *, missing: bool = False) -> list[_Said]:
    """A row's own values, without key, receipts and machinery; with `missing` also nulls that somebody signed."""
    parts = tuple(f"__{part}" for part in RECEIPT_TYPES)
    names = [name for name in row if name not in RECORD and not name.startswith("_") and not name.endswith(parts)]
    return [
        _Said.of(row, name, name) for name in names if row[name] is not None or (missing and row.get(f"{name}__by"))
    ]


def _source(record: Mapping[str, Any]) -> SourceLine:
    return SourceLine(record["file"], record["line"], record["line_digest"])


def _cost(decided: Decided, model: str | None) -> Decimal:
    """What one value cost: nothing for rules and sources, an even share of its calls for a model's answer."""
    if model is None:
        return Decimal(0)
    for used in decided.models:
        if f"{used['task']}/{used['name']}@{used['version']}" == model and int(used["answers"]):
            return Decimal(str(used["cost"])) / int(used["answers"])
    return Decimal(0)


def _id(row: Mapping[str, Any]) -> str:
    return f"{row['supplier']}/{row['sku']}"


def _unread(product: Mapping[str, Any], record: Mapping[str, Any]) -> list[str]:
    """Fields that the supplier filled and no rule could read, each with the rule that says why."""
    signed = [name.removesuffix("__by") for name, by in product.items() if name.endswith("__by") and by]
    return [
        f"{name} ({product[f'{name}__by']})"
        for name in signed
        if product[name] is None and record.get(name) is not None
    ]


def _matched(row: Mapping[str, Any]) -> str:
    if row["other_sku"] is None:
        return f"{_id(row)} is like no other record: product {row['product']}"
    other, sure = f"{row['other_supplier']}/{row['other_sku']}", f"{row['probability']:.3f}"
    word = {
        "certain": "is the same as",
        "likely": "is most likely the same as",
        "review": "may be the same as",
        "apart": "is not the same as",
        "same": "is, by a person's word, the same as",
        "different": "is, by a person's word, not the same as",
    }
    said = word.get(row["decision"], "was compared with")
    return (
        f"{_id(row)} {said} {other} (probability {sure}): product {row['product']}, {row['members']} "
        f"record{'s' if row['members'] != 1 else ''}"
    )


def _told(body: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in body.items() if isinstance(value, str | int))


def _json(told: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal | datetime) else value for name, value in told.items()}
