"""Contest: how a golden value came to stand, read off its row: what decided, and what other records say."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from lineage.receipts import FieldReceipt, Lost, SourceLine

Sources = Callable[[tuple[str, str]], tuple[SourceLine, ...]]
"""The lines that a record was read from."""


def with_contest(receipt: FieldReceipt, golden: Mapping[str, Any], sources: Sources) -> FieldReceipt:
    """The receipt of a listed value with what the golden row of it tells."""
    others = orjson.loads(golden["others"]) if golden["others"] else []
    lost = tuple(
        Lost(one["supplier"], one["sku"], one["value"], one["lost"], sources((one["supplier"], one["sku"])))
        for one in others
    )
    return FieldReceipt(**{**vars(receipt), "decided_by": golden["decided_by"], "lost": lost})


def against(receipt: FieldReceipt) -> list[str]:
    """Who lost and why, a line each, for people."""
    words = {"names": "nothing else tells them apart, so the first name in the alphabet stands"}
    return [
        f"{one.supplier}/{one.sku} says {one.value!r}: lost by {words.get(one.lost_by, one.lost_by)}"
        f"{''.join(f'  ({source.file}:{source.line})' for source in one.sources)}"
        for one in receipt.lost
    ]
