"""Trace: one record's whole story, and where every value of it comes from, down to the line of a delivered file."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

import polars as pl

from aios_assets.errors import AiosError
from aios_assets.lake import Lake
from aios_assets.lookup import RECORD, Lookup
from aios_assets.origin import Origins
from aios_assets.story import Step, Story
from lineage.receipts import FieldReceipt


class NotTraced(AiosError):
    """Nothing is known of what was asked for."""


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
    lookup = Lookup(runtime.lake)
    origins = Origins(lookup)
    supplier, slash, sku = subject.partition("/")
    product = lookup.product_of(supplier, sku) if slash else subject
    members = lookup.of_product("matches", product) if product else pl.DataFrame()
    keys = [(str(a), str(b)) for a, b in members.select(RECORD).iter_rows()] if members.height else []
    if slash and (supplier, sku) not in keys:
        keys.append((supplier, sku))
    records, products = lookup.found("records", keys), lookup.found("products", keys)
    listed = lookup.of_product("listings", product) if product else pl.DataFrame()
    aside = lookup.aside(subject, keys)
    if not (records.height or products.height or listed.height or aside.height):
        raise NotTraced(
            subject,
            "no record, product or rejected row is called so",
            "name SUPPLIER/SKU as they stand in the feed; see aios sql 'SELECT supplier, sku FROM records LIMIT 10'",
        )
    receipts = origins.receipts(listed, products, records)
    if field is not None:
        receipts = _only(receipts, origins.unreadable(products, records), field, subject)
    rows = {"records": records, "products": products, "matches": members, "listings": listed, "aside": aside}
    story = Story(lookup).steps(subject, rows)
    known = sorted(f"{a}/{b}" for a, b in keys)
    return Trace(product if members.height or listed.height else None, tuple(known), tuple(receipts), tuple(story))


def _only(receipts: list[FieldReceipt], unreadable: list[FieldReceipt], field: str, subject: str) -> list[FieldReceipt]:
    """One field's receipts; where it has no value, the receipt of the rule that found none."""
    named = {field, f"attribute:{field}"}
    found = [one for one in receipts if one.field in named] or [one for one in unreadable if one.field in named]
    if not found:
        names = ", ".join(dict.fromkeys(one.field for one in receipts)) or "none"
        raise NotTraced(f"field {field} of {subject}", "it has no such value", f"its fields are {names}")
    return found


def _json(told: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal | datetime) else value for name, value in told.items()}
