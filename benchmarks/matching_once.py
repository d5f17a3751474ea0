"""Matching the same records over and over: what looking them up and comparing them brings is kept from one time to the next."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import polars as pl

from aios_assets.enrich.matching import block, decide, matches
from aios_assets.enrich.matching.compare import Comparer


@contextmanager
def wordless() -> Iterator[None]:
    """While it holds, evidence is not put into words, which nothing is decided by."""

    def unsaid(_scored: Any, at: Any, _words: Any) -> pl.Series:
        return pl.Series("evidence", [""] * len(at), dtype=pl.String)

    with patch.object(decide, "_evidence", unsaid):
        yield


class Once:
    """Words, neighbours and evidence of a set of records, told once for all that is asked alike."""

    def __init__(self) -> None:
        self.known: dict[tuple[Any, ...], Any] = {}

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """While it holds, what has been looked up is not looked up again."""
        prepared, corpus, space, lot = matches.prepared, matches.corpus, block.space, block._lot
        asked, siblings, evidence = block.Lookup.asked, block.Lookup.siblings, Comparer.evidence

        def look(lookup: block.Lookup, rows: Any, *more: Any) -> Any:
            pinned = (lookup.model.dirty, *sorted(lookup.model.wanted.items()))
            return self.once(("asked", rows.tobytes(), pinned), lambda: asked(lookup, rows, *more))

        def beside(lookup: block.Lookup, chosen: Any) -> Any:
            return self.once(("siblings", chosen.tobytes()), lambda: siblings(lookup, chosen))

        def told(comparer: Comparer, left: Any, right: Any) -> Any:
            if comparer._lone.any():
                return evidence(comparer, left, right)
            return self.once(("evidence", left.tobytes(), right.tobytes()), lambda: evidence(comparer, left, right))

        with ExitStack() as held:
            for home, name, kept in (
                (matches, "prepared", lambda records: self.once(("prepared",), lambda: prepared(records))),
                (matches, "corpus", lambda frame, known: self.once(("corpus",), lambda: corpus(frame, known))),
                (block, "space", lambda body, model: self.once(("space",), lambda: space(body, model))),
                (block, "_lot", lambda body: self.once(("lot",), lambda: lot(body))),
                (block.Lookup, "asked", look),
                (block.Lookup, "siblings", beside),
                (Comparer, "evidence", told),
            ):
                held.enter_context(patch.object(home, name, kept))
            yield

    def once(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """What was made under that key, or is made now."""
        if key not in self.known:
            self.known[key] = make()
        return self.known[key]
