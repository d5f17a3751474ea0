"""Origin: where every value of a record or product comes from, as receipts: rule or model, decision, cost, and line."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

import polars as pl

from aios_assets.contest import with_contest
from aios_assets.errors import LakeError
from aios_assets.lookup import RECORD, Lookup
from audit.entries import Decided
from lineage.receipts import FieldReceipt, SourceLine
from policies.contract import ATTEMPT, RECEIPT_TYPES

LISTED = ("product", "field", "locale", "channel")
PLACE = ("file", "file_sha256", "line", "line_digest", "lent_line", "lent_digest")
OWN = frozenset({"sku", "gtin", "model", "price", "currency"})
"""Fields that a variant says itself."""


class Origins:
    """The receipts of values in a lake."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    def receipts(self, listed: pl.DataFrame, products: pl.DataFrame, records: pl.DataFrame) -> list[FieldReceipt]:
        """Receipts of what is listed; of normalised values where nothing is; of what was delivered where nothing is normal."""
        if listed.height:
            normalised, delivered = self._read_by("products", products), self._read_by("records", records)
            told = self._lookup.of_product("golden", str(listed["product"][0]))
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
        product = normalised.as_read(key, self._lookup.pinned(row[ATTEMPT], "products"))
        record = delivered.as_read(key, self._lookup.pinned(product[ATTEMPT], "records")) if product else None
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
        decision = self._lookup.decided(golden[ATTEMPT])  # there the model was asked, if one was
        receipt = replace(receipt, cost=_cost(decision[1], receipt.model) if decision else receipt.cost)

        def sources(key: tuple[str, str]) -> tuple[SourceLine, ...]:
            other = normalised.as_read(key, self._lookup.pinned(golden[ATTEMPT], "products"))
            line = delivered.as_read(key, self._lookup.pinned(other[ATTEMPT], "records")) if other else None
            return () if line is None else (_source(line),)

        return with_contest(receipt, golden, sources)

    def _normal(self, row: dict[str, Any], delivered: "_Inputs", *, missing: bool = False) -> list[FieldReceipt]:
        record = delivered.as_read((row["supplier"], row["sku"]), self._lookup.pinned(row[ATTEMPT], "records"))
        return [self._receipt("products", row, said, record) for said in _values(row, missing=missing)]

    def _raw(self, row: dict[str, Any]) -> list[FieldReceipt]:
        return [self._receipt("records", row, said, row) for said in _values(row) if said.field not in PLACE]

    def _receipt(
        self, table: str, row: Mapping[str, Any], said: "_Said", record: Mapping[str, Any] | None
    ) -> FieldReceipt:
        version, decision = self._lookup.version(table, row[ATTEMPT]), self._lookup.decided(row[ATTEMPT])
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
            sources=_sources(record, said.field),
            decision=row[ATTEMPT],
            ledger_index=decision[0] if decision else None,
            reviewer=name if family == "person" else None,
            cost=_cost(decision[1], model) if decision else None,
            trace_id=self._lookup.entry(decision[0]).entry.trace_id if decision else None,
        )

    def unreadable(self, products: pl.DataFrame, records: pl.DataFrame) -> list[FieldReceipt]:
        """Receipts of what no rule could read: each names the rule that says so."""
        delivered = self._read_by("records", records)
        return [
            receipt
            for row in products.iter_rows(named=True)
            for receipt in self._normal(row, delivered, missing=True)
            if receipt.value is None
        ]

    def _read_by(self, table: str, rows: pl.DataFrame) -> "_Inputs":
        return _Inputs(self._lookup, table, {(row["supplier"], row["sku"]): row for row in rows.iter_rows(named=True)})


class _Inputs:
    """Rows of an input as they are now, and as an attempt read them where they have changed since."""

    def __init__(self, lookup: Lookup, table: str, rows: Mapping[tuple[str, str], dict[str, Any]]) -> None:
        self._lookup, self._table, self._rows = lookup, table, rows
        self.as_read = cache(self._as_read)

    def _as_read(self, key: tuple[str, str], pinned: int | None) -> dict[str, Any] | None:
        row = self._rows.get(key)
        version = self._lookup.version(self._table, row[ATTEMPT]) if row else None
        if row is not None and (pinned is None or version is None or version.version <= pinned):
            return row
        try:
            before = self._lookup.found(self._table, [key], pinned)
        except LakeError:
            return None  # vacuumed: better no source than a wrong one
        return before.row(0, named=True) if before.height else None


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


def _sources(record: Mapping[str, Any] | None, name: str) -> tuple[SourceLine, ...]:
    """The line of a record, and that of the row that lent it what variants share."""
    if record is None:
        return ()
    lent = None if name in OWN else record.get("lent_line")
    parent = () if lent is None else (SourceLine(record["file"], lent, record["lent_digest"]),)
    return (_source(record), *parent)


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
