"""Redrive: what was set aside comes back after the mapping was mended: nothing is lost, nothing comes twice."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from core_fixtures import Shop

from aios_assets.journal import Attempt
from aios_assets.materialise import Run, materialise
from aios_assets.redrive import redrive
from aios_assets.stages.records import records
from aios_assets.stages.sales import sales
from aios_assets.taken import IntakeError

WHOLE = '[supplier]\nname = "acme"\n[fields]\nsku = "nr"\ntitle = "{title}"\nprice = "price"\n'
LINES = [f"{n},,Lamp number {n} brass,{n}.50" for n in range(8)] + [
    f"{n},Pan number {n} iron,,{n}.50" for n in range(8, 40)
]


def mapping(shop: Shop, text: str) -> None:
    folder = shop.runtime.settings.mappings
    folder.mkdir(exist_ok=True)
    (folder / "acme.toml").write_text(text)


def driven(shop: Shop, stage: object = records) -> Attempt | None:
    feed = redrive(shop.runtime, stage)  # type: ignore[arg-type]  # one of two stages
    contracts = {other.name: other.contract for other in shop.stages}
    return materialise(stage, shop.runtime, Run("again", "test"), contracts=contracts, feed=feed) if feed else None  # type: ignore[arg-type]


def write(folder: Path, name: str, lines: list[str], header: str = "nr,name,label,price") -> Path:
    file = folder / name
    file.write_text("\n".join([header, *lines]) + "\n")
    os.utime(file, (1_700_000_000,) * 2)  # long at rest: nothing to wait for
    return file


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A shop whose mapping names the wrong column of two for the title, so that eight of forty records have none."""
    shop = Shop.open(tmp_path, stages=(records,))
    mapping(shop, WHOLE.format(title="name"))
    made = shop.make(records, write(tmp_path, "acme_2024-05-01.csv", LINES))
    assert (made.rows, made.set_aside, made.refused) == (32, 8, False)
    return shop


@pytest.mark.parametrize("held_bytes", [2**30, 0])
def test_a_mended_mapping_brings_them_back_and_nothing_twice(shop: Shop, held_bytes: int) -> None:
    settings = shop.runtime.settings
    feeds = settings.feeds.model_copy(update={"held_bytes": held_bytes})
    shop = replace(shop, runtime=replace(shop.runtime, settings=settings.model_copy(update={"feeds": feeds})))
    mapping(shop, WHOLE.format(title="name").replace('"name"\nprice', '["name", "label"]\nprice'))
    made = driven(shop)
    assert made is not None
    assert (made.rows, made.set_aside, made.upserted, made.removed) == (40, 0, 8, 0)
    assert shop.table("feed_rejects").is_empty()
    assert sorted(shop.table("records")["sku"], key=int) == [str(n) for n in range(40)]
    assert driven(shop) is None


def test_without_a_mended_mapping_nothing_moves(shop: Shop) -> None:
    before, size = shop.values("feed_rejects"), shop.runtime.ledger_head()[0]
    made = driven(shop)
    assert made is not None
    assert made.unchanged
    assert shop.values("feed_rejects") == before
    assert shop.runtime.ledger_head()[0] == size


def test_what_is_still_broken_stays_with_its_reason(shop: Shop) -> None:
    mapping(shop, WHOLE.format(title="label"))
    made = driven(shop)
    assert made is not None
    assert (made.rows, made.set_aside) == (40, 0)  # the others are not read again: they are records already


def test_a_file_that_is_gone_is_named_and_its_rejects_stay(shop: Shop) -> None:
    (shop.folder / "acme_2024-05-01.csv").unlink()
    with pytest.raises(IntakeError, match="put the"):
        driven(shop)
    assert shop.table("feed_rejects").height == 8


def test_sealed_lines_are_read_without_the_file(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path, stages=(records,))
    mapping(shop, WHOLE.format(title="name"))
    lines = [f"{n},Lamp number {n} brass,x,{n}.50" for n in range(30)]
    damaged = [f"{n},Caf\xe9 lamp {n},x,1.50" for n in (90, 91)]
    file = tmp_path / "acme.csv"
    text = "\n".join(["nr,name,label,price", *lines]) + "\n"
    file.write_bytes(text.encode() + "\n".join(damaged).encode("latin-1") + b"\n")
    os.utime(file, (1_700_000_000,) * 2)  # long at rest: nothing to wait for
    mapping(shop, WHOLE.format(title="name") + '[reading]\nencoding = "utf-8"\n')
    assert shop.make(records, file).set_aside == 2
    file.unlink()
    mapping(shop, WHOLE.format(title="name") + '[reading]\nencoding = "latin-1"\n')
    made = driven(shop)
    assert made is not None
    assert (made.rows, made.set_aside) == (32, 0)
    came = shop.table("records").filter(shop.table("records")["sku"] == "91").row(0, named=True)
    assert (came["title"], came["file"], came["line"]) == ("Café lamp 91", "acme.csv", 33)


@pytest.mark.slow
def test_what_came_later_is_not_undone(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path, stages=(records,))
    delta = 'mode = "delta"\n' + WHOLE
    mapping(shop, delta.format(title="name"))
    shop.make(records, write(tmp_path, "acme.csv", LINES))
    assert shop.table("feed_rejects").height == 8
    # Key 3 comes again later, whole; the older line of it must not come back over it.
    shop.make(records, write(tmp_path, "later.csv", ["3,Newer lamp three,,9.00"]), supplier="acme")
    assert shop.table("feed_rejects").height == 7
    mapping(shop, delta.format(title="name").replace('"name"\nprice', '["name", "label"]\nprice'))
    made = driven(shop)
    assert made is not None
    assert (made.rows, made.set_aside) == (40, 0)
    assert shop.table("records").filter(shop.table("records")["sku"] == "3")["title"].to_list() == ["Newer lamp three"]


@pytest.mark.slow
def test_sales_come_back_too(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path, stages=(sales,))
    mapping(shop, 'kind = "sales"\nmode = "delta"\n[supplier]\nname = "acme"\n[fields]\ninvoice = "i"\nsku = "s"\n'
                  'quantity = "q"\nprice = "p"\nsold_at = "t"\n')  # fmt: skip
    days = [f"{n},A{n},1,2.50,{3 + n % 9}/{1 + n % 12}/2024" for n in range(30)]
    made = shop.make(sales, write(tmp_path, "acme.csv", [*days, "99,B,-2,2.50,13/4/2024"], "i,s,q,p,t"))
    assert made.set_aside == 0  # one date above twelve says which comes first
    made = shop.make(sales, write(tmp_path, "more.csv", ["7,C,1,9.00,3/4/2024"], "i,s,q,p,t"), supplier="acme")
    assert (made.set_aside, made.refused) == (1, False)
    text = (shop.runtime.settings.mappings / "acme.toml").read_text()
    mapping(shop, text + '[conventions]\ndates = "dmy"\n')
    again = driven(shop, sales)
    assert again is not None
    assert (again.rows, again.set_aside) == (32, 0)
    assert shop.table("sales").filter(shop.table("sales")["sku"] == "C")["sold_at"].dt.month().to_list() == [4]
