"""Overtaken: another writer commits between judgement and commit; the attempt is judged again and both are there."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from core_fixtures import Shop, embedded, kettles

from aios_assets.errors import Overtaken
from aios_assets.stages.products import products
from aios_assets.stages.records import records
from audit.checkpoint import Signer
from audit.ledger import Kind
from audit.sqlite import SqliteLedger
from audit.verify import verify
from policies.engine import VERDICT, Identity


@dataclass
class Meanwhile:
    """The real engine, during whose first verdicts something else happens."""

    happens: list[Callable[[], Any]] = field(default_factory=list)

    @property
    def identity(self) -> Identity:
        return embedded().identity

    def decide(self, entrypoint: str, document: bytes) -> Any:
        if entrypoint == VERDICT and self.happens:
            self.happens.pop(0)()
        return embedded().decide(entrypoint, document)


def verified(shop: Shop) -> list[str]:
    """What the auditor's walk finds."""
    settings, ledger = shop.runtime.settings, shop.runtime.lake.ledger
    assert isinstance(ledger, SqliteLedger)
    found = verify(ledger, settings.lake_folder, Signer.kept_in(settings.keys_folder).verifier)
    return [f"{one.kind}: {one.where}" for one in found.problems]


@pytest.mark.slow
def test_two_suppliers_delivered_at_once_are_both_there(tmp_path: Path) -> None:
    engine = Meanwhile()
    mine, theirs = Shop.open(tmp_path, engine=engine), Shop.open(tmp_path)
    acme, zeta = mine.deliver("acme.csv", kettles(5)), mine.deliver("zeta.csv", kettles(4))
    engine.happens = [lambda: theirs.make(records, zeta)]
    attempt = mine.make(records, acme)
    assert (attempt.refused, attempt.version, attempt.rows) == (False, 1, 9)
    assert sorted(mine.table("records")["supplier"]) == ["acme"] * 5 + ["zeta"] * 4
    told = [logged.entry.kind for logged in mine.runtime.lake.ledger.read(kind=(Kind.ABANDONED, Kind.COMMITTED))]
    assert told == [Kind.COMMITTED, Kind.ABANDONED, Kind.COMMITTED]
    assert verified(mine) == []


@pytest.mark.slow
def test_the_same_delivery_at_once_is_taken_in_once(tmp_path: Path) -> None:
    engine = Meanwhile()
    mine, theirs = Shop.open(tmp_path, engine=engine), Shop.open(tmp_path)
    acme = mine.deliver("acme.csv", [*kettles(5), "broken,line"])
    engine.happens = [lambda: theirs.make(records, acme)]
    attempt = mine.make(records, acme)
    assert (attempt.unchanged, attempt.version, attempt.rows, attempt.set_aside) == (True, 0, 5, 1)
    assert verified(mine) == []


def test_an_input_that_moves_on_is_read_as_it_was_pinned(tmp_path: Path) -> None:
    engine = Meanwhile()
    mine, theirs = Shop.open(tmp_path, engine=engine), Shop.open(tmp_path)
    mine.make(records, mine.deliver("acme.csv", kettles(5)))
    engine.happens = [lambda: theirs.make(records, theirs.deliver("acme.csv", kettles(6)))]
    attempt = mine.make(products)
    assert (attempt.rows, mine.table("records").height) == (5, 6)
    assert attempt.ledger_index is not None
    (logged,) = mine.runtime.lake.ledger.read(attempt.ledger_index, attempt.ledger_index + 1)
    assert [one["version"] for one in logged.entry.body["inputs"]] == [0]
    assert mine.make(products).rows == 6
    assert verified(mine) == []


@pytest.mark.slow
def test_who_is_overtaken_every_time_gives_up_and_leaves_nothing_in_doubt(tmp_path: Path) -> None:
    engine = Meanwhile()
    mine, theirs = Shop.open(tmp_path, engine=engine), Shop.open(tmp_path)
    acme = mine.deliver("acme.csv", kettles(3))
    rivals = [theirs.deliver(f"rival{chr(97 + n)}.csv", kettles(2 + n)) for n in range(5)]
    engine.happens = [lambda file=file: theirs.make(records, file) for file in rivals]  # type: ignore[misc]
    with pytest.raises(Overtaken):
        mine.make(records, acme)
    assert mine.runtime.lake.tables.in_doubt == ()
    assert "acme" not in set(mine.table("records")["supplier"])
    assert mine.make(records, acme).rows == 3 + sum(2 + n for n in range(5))
    assert verified(mine) == []
