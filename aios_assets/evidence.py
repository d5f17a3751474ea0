"""Evidence: what stages read of the ledger. Entries about tables that are themselves read off it are left out of it."""

import hashlib
from collections.abc import Iterator

from audit.ledger import Kind, LedgerReader, Logged
from policies.candidate import InputFacts

LEDGER_INPUT = "ledger/entries"
"""Name of the ledger among a decision's inputs; no delivered file can be called so."""

FACTS = (
    Kind.DECIDED,
    Kind.COMMITTED,
    Kind.ABANDONED,
    Kind.FOREIGN,
    Kind.DELIVERY,
    Kind.SHAPE,
    Kind.REVIEW,
    Kind.RUN,
)
"""Kinds of entries that tables of evidence are made of. A change of these, and nothing else, makes them anew."""


def facts_of(ledger: LedgerReader, *kinds: Kind) -> Iterator[Logged]:
    """The entries of these kinds (some of FACTS), in order, but for those about tables that are read off the ledger.

    With those, every table of evidence would make a new version of every other, for ever.
    """
    own = set[str]()
    for logged in ledger.read(kind=tuple({Kind.DECIDED, *kinds})):
        body = logged.entry.body
        if logged.entry.kind is Kind.DECIDED and any(one["name"] == LEDGER_INPUT for one in body["inputs"]):
            own.add(body["attempt"])
        elif logged.entry.kind in kinds and body.get("permit", body.get("attempt")) not in own:
            yield logged


def pinned(ledger: LedgerReader) -> InputFacts:
    """The facts as one input of a stage: their digest is what its decision is bound to."""
    told = hashlib.sha256()
    for logged in facts_of(ledger, *FACTS):
        told.update(logged.leaf)
    return InputFacts(LEDGER_INPUT, "file", None, told.hexdigest(), None)
