"""A file's name and folder are told without what is personal in them, and the file is found again all the same."""

import zipfile
from pathlib import Path

import pytest
from core_fixtures import Shop, kettles
from test_privacy import MAILS, exposed

from aios_assets.enrich.personal import TOKEN
from aios_assets.redrive import redrive
from aios_assets.reopen import SourceGone, reopen
from aios_assets.stages.records import records
from aios_assets.whereabouts import SEALED, Whereabouts, whereabouts
from audit.ledger import Kind
from lineage.receipts import SourceLine

ANNA, BERT, CARL = MAILS[:3]


def delivered(shop: Shop) -> dict[str, object]:
    (body,) = (dict(logged.entry.body) for logged in shop.runtime.lake.ledger.read(kind=Kind.DELIVERY))
    return body


def personal(folder: Path) -> Path:
    """An archive whose folder, name and entry are called after people, with a line in it that cannot be read."""
    made = folder / f"from {ANNA}" / f"for {BERT} .zip"
    made.parent.mkdir()
    rows = [",".join(("sku", "title", "price"))] + [
        f"{one['sku']},{one['title']},{one['price']}" for one in kettles(20)
    ]
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(f"by {CARL} .csv", "\n".join([*rows, "B-1,Kettle,3.00,one,too,many"]) + "\n")
        archive.writestr("read me.md", "Kettles.")  # no data, so the archive is one delivery
    return made


def source(shop: Shop) -> SourceLine:
    row = shop.table("records").sort("line").row(0, named=True)
    return SourceLine(row["file"], row["line"], row["line_digest"])


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A shop that took such a file in."""
    made = Shop.open(tmp_path / "shop", stages=(records,))
    assert not made.run(personal(tmp_path), supplier="acme")["records"].refused
    return made


def test_neither_name_nor_folder_stands_in_the_clear_anywhere(shop: Shop) -> None:
    assert exposed(shop.runtime.settings.lake_folder) == []
    body = delivered(shop)
    assert TOKEN.search(str(body["file"]))
    assert TOKEN.search(str(body["path"]))
    assert shop.runtime.vault.reveal(TOKEN.findall(str(body["path"]))[0]) == ANNA
    assert set(shop.table("records")["file"]) == {body["file"]}
    assert set(shop.table("feed_rejects")["file"]) == {body["file"]}


def test_a_receipt_opens_the_file_again(shop: Shop) -> None:
    again = reopen(shop.runtime, source(shop))
    assert again["title"] == kettles(1)[0]["title"]


@pytest.mark.slow
def test_rejects_are_read_again_where_the_file_lies(shop: Shop) -> None:
    feed = redrive(shop.runtime, records)
    assert feed is not None
    assert [told["outcome"] for told in feed.told] == ["read again"]


def test_who_forgets_the_delivery_forgets_what_it_was_called(shop: Shop) -> None:
    shop.runtime.vault.forget(str(delivered(shop)["sha256"]))
    with pytest.raises(SourceGone, match="forgotten"):
        reopen(shop.runtime, source(shop))


def test_an_ordinary_name_is_told_as_it_is_and_nothing_is_sealed(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path, stages=(records,))
    file = shop.deliver("acme_2026-11-25.csv", kettles(20))
    shop.run(file)
    body = delivered(shop)
    assert (body["file"], SEALED in body) == (file.name, False)
    assert whereabouts(body, shop.runtime.vault) == Whereabouts(file)
