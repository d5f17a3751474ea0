"""Story: what happened to a record or product, in the ledger's order: deliveries, versions, refusals, what people decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from aios_assets.lookup import Lookup
from aios_assets.reviews import Reviewed
from audit.ledger import Kind
from audit.table import TableState
from policies.contract import ATTEMPT

CHAIN = ("records", "products", "matches", "listings")


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


class Story:
    """Stories out of a lake."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    def steps(self, subject: str, rows: Mapping[str, pl.DataFrame]) -> list[Step]:
        """All that is told of these rows (of CHAIN's tables, and `aside`), of their records and of the subject."""
        records, products, members, listed, aside = (rows[name] for name in (*CHAIN, "aside"))
        steps = self._deliveries(records)
        said = {_id(row): row for row in records.iter_rows(named=True)}
        for row in records.iter_rows(named=True):
            what = "was taken away by its supplier:" if row.get("withdrawn") else "was taken in from"
            what = f"{_id(row)} {what} {row['file']}, line {row['line']}"
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
                for one in self._lookup.lake.ledger.read(kind=Kind.REVIEW, subject=name)
            ]
        here = {(row["supplier"], row["sku"]) for row in records.iter_rows(named=True)}
        steps += [
            Step(one.at, f"{' and '.join('/'.join(record) for record in one.pair)}: {one.words}", "ledger", one.index)
            for one in Reviewed.read(self._lookup.lake.ledger).decisions
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
            for one in self._lookup.lake.ledger.read(kind=Kind.DELIVERY, subject=supplier)
            if (supplier, one.entry.body["sha256"]) in wanted
        ]

    def _committed(self, table: str, attempt: str, what: str) -> Step:
        version = self._lookup.version(table, attempt)
        if version is None:
            return Step(None, what, table, None)
        entry = self._lookup.entry(version.committed)
        return Step(entry.entry.at, what, f"{table} version {version.version}", version.committed)

    def _refusals(self) -> list[Step]:
        """Refusals of the chain's tables that still hold: what is published is older than what was asked for."""
        states = [state for table in CHAIN if (state := self._lookup.tables.state(table)) is not None]
        return [self._refused(state) for state in states if state.decided and not state.decided.admitted]

    def _refused(self, state: TableState) -> Step:
        index = state.decided_index or 0
        findings = state.decided.verdict.get("findings", ()) if state.decided else ()
        why = "; ".join(f"{f['rule']}: {f['why']}" for f in findings if f["outcome"] == "refused")
        stays = f"version {state.version} stays" if state.version >= 0 else "nothing is published"
        what = f"the latest attempt at {state.table} was refused and {stays}: {why}"
        return Step(self._lookup.entry(index).entry.at, what, "ledger", index)


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
