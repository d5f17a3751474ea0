"""Laws of a changed contract: a run after it goes on as if it had always been so, and the way back leads exactly back."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from changing import KEY, OFFERS, STOCK, Changing, as_told, changed, delivered, in_words, offers, stock
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policies.contract import ATTEMPT, Column, Contract
from policies.migration import Added, Dropped, Renamed, Retyped, Step

DELIVERY = st.dictionaries(
    st.sampled_from("abcdefgh"), st.one_of(st.none(), st.integers(-2, 200)), min_size=1, max_size=8
)
TYPES = (pl.Int64, pl.Int8, pl.String, pl.Float64)


@dataclass(frozen=True)
class Change:
    """Steps, what the column `value` is afterwards (name and type; no name: gone), and whether a column comes."""

    name: str
    dtype: Any
    more: bool

    @property
    def steps(self) -> tuple[Step, ...]:
        steps: list[Step] = [Added("unit", "piece")] if self.more else []
        if not self.name:
            return (*steps, Dropped("value"))
        steps += [Renamed("value", self.name)] if self.name != "value" else []
        return (*steps, *([Retyped(self.name)] if self.dtype is not pl.Int64 else []))

    def contract(self, before: Contract) -> Contract:
        value = before.column("value")
        told = [replace(value, name=self.name, dtype=self.dtype)] if self.name else []
        rest = [column for column in before.columns if column.name not in {"supplier", "id", "value"}]
        more = [Column("unit", pl.String)] if self.more else []
        return changed(before, *self.steps, columns=(*KEY, *told, *rest, *more), rules=())

    def made(self, make: Callable[[pl.DataFrame], pl.DataFrame]) -> Callable[[pl.DataFrame], pl.DataFrame]:
        def after(rows: pl.DataFrame) -> pl.DataFrame:
            made = make(rows)
            made = made.rename({"value": self.name}) if self.name else made.drop("value")
            return made.with_columns(unit=pl.lit("piece")) if self.more else made

        return after


CHANGES = st.builds(Change, st.sampled_from(("value", "amount", "")), st.sampled_from(TYPES), st.booleans()).filter(
    lambda one: bool(one.steps)
)
PLAIN = replace(STOCK, rules=())


@contextmanager
def shop() -> Iterator[Changing]:
    with tempfile.TemporaryDirectory() as folder:
        made = Changing.open(Path(folder))
        made.code(stock(PLAIN))
        try:
            yield made
        finally:
            made.runtime.lake.ledger.close()  # type: ignore[attr-defined]  # the embedded ledger can be closed
            made.runtime.vault.close()


def told(made: Changing, table: str) -> list[tuple[Any, ...]]:
    """A table and its quarantine, but for the attempts that rows came in with."""
    found = []
    for name in (table, f"{table}_quarantine"):
        if made.runtime.lake.state(name):
            rows = made.table(name).drop(ATTEMPT)
            # Which promise a row broke is told where it breaks it: as a value, or as what was carried.
            found += sorted(rows.drop("row", strict=False).rows(), key=str)
    return found


@pytest.mark.slow
@settings(max_examples=25)
@given(first=DELIVERY, second=DELIVERY, change=CHANGES)
def test_delivered_rows_go_on_as_if_the_contract_had_always_been_so(
    first: dict[str, int | None], second: dict[str, int | None], change: Change
) -> None:
    with shop() as moved, shop() as always:
        assert not moved.run("stock", delivered(first)).refused
        before = moved.table("stock")
        after = stock(change.contract(PLAIN), change.made(as_told))
        moved.code(after)
        always.code(after)
        assume(not moved.apply("stock").refused)  # too many that do not fit
        assume(not always.run("stock", delivered(first)).refused)
        assert told(moved, "stock") == told(always, "stock")
        assert [one.run("stock", delivered(second)).refused for one in (moved, always)] in (
            [False, False],
            [True, True],
        )
        assert told(moved, "stock") == told(always, "stock")
        assert moved.runtime.lake.scan("stock", 0).collect().sort("supplier", "id").equals(before)


@pytest.mark.slow
@settings(max_examples=25)
@given(first=DELIVERY, second=DELIVERY, change=CHANGES)
def test_computed_rows_go_on_as_if_the_contract_had_always_been_so(
    first: dict[str, int | None], second: dict[str, int | None], change: Change
) -> None:
    with shop() as moved, shop() as always:
        after = offers(change.contract(OFFERS), change.made(in_words))
        for one in (moved, always):
            assert not one.run("stock", delivered(first)).refused
        assert not moved.run("offers").refused
        moved.code(after)
        always.code(after)
        assume(not moved.apply("offers").refused)
        assert moved.run("offers").computed == 0
        assume(not always.run("offers").refused)
        assert told(moved, "offers") == told(always, "offers")
        for one in (moved, always):
            one.run("stock", delivered(second))
        refused = [one.run("offers").refused for one in (moved, always)]
        assert refused[0] == refused[1]
        assert told(moved, "offers") == told(always, "offers")


@pytest.mark.slow
@settings(max_examples=25)
@given(first=DELIVERY, change=CHANGES)
def test_the_way_back_leads_exactly_back(first: dict[str, int | None], change: Change) -> None:
    with shop() as moved:
        moved.code(stock(STOCK))
        assume(not moved.run("stock", delivered(first)).refused)
        before, aside = moved.table("stock"), moved.runtime.lake.state("stock_quarantine")
        set_aside = moved.table("stock_quarantine") if aside else None
        moved.code(stock(change.contract(STOCK), change.made(as_told)))
        assume(not moved.apply("stock").refused)
        assert not moved.revert("stock").refused
        assert moved.table("stock").equals(before)
        if set_aside is not None:
            assert moved.table("stock_quarantine").equals(set_aside)
        moved.code(stock(STOCK))
        assert moved.run("stock", delivered(first)).unchanged
