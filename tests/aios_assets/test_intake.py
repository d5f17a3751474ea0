"""Intake: delivered files as one feed; each delivery once, told to the ledger once, every reject sealed."""

import os
import zipfile
from pathlib import Path

import polars as pl
import pytest
from core_fixtures import Shop, kettles, row

from aios_assets.intake import IntakeError, take_in
from aios_assets.reopen import reopen
from aios_assets.stages.records import records
from aios_assets.work import Feed
from audit.ledger import Kind
from lineage.receipts import SourceLine
from policies.contract import FINGERPRINT


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop with nothing in it."""
    return Shop.open(tmp_path_factory.mktemp("intake"), stages=(records,))


def taken(shop: Shop, *files: Path, supplier: str | None = None) -> Feed:
    """The files as a feed."""
    return take_in(shop.runtime, [str(file) for file in files], supplier)


def test_a_record_tells_its_file_line_and_digests(shop: Shop) -> None:
    feed = taken(shop, shop.deliver("acme.csv", kettles(3)))
    assert feed.rows["line"].to_list() == [2, 3, 4]
    assert set(feed.rows["file"]) == {"acme.csv"}
    assert feed.rows.select(pl.col("line_digest", FINGERPRINT).n_unique()).row(0) == (3, 3)
    assert feed.suppliers == ("acme",)
    assert [(one.name, one.kind, one.digest) for one in feed.inputs] == [
        ("acme.csv", "file", feed.rows["file_sha256"][0])
    ]


def test_an_unchanged_line_has_the_same_print_wherever_it_stands(shop: Shop) -> None:
    first = taken(shop, shop.deliver("acme.csv", kettles(4)))
    later = taken(shop, shop.deliver("acme_2.csv", list(reversed([*kettles(4), row("A-9", "Pan")]))))
    assert set(first.rows[FINGERPRINT]) < set(later.rows[FINGERPRINT])
    assert first.identity != later.identity


def test_identity_is_of_bytes_supplier_and_reading_and_not_of_the_name(shop: Shop) -> None:
    one, other = shop.deliver("acme.csv", kettles(4)), shop.deliver("acme_2026-01-02.csv", kettles(4))
    assert taken(shop, one).identity == taken(shop, other).identity
    assert taken(shop, one, other).identity == taken(shop, one).identity
    assert taken(shop, one, other).rows.height == 4
    assert taken(shop, one).identity != taken(shop, one, supplier="zeta").identity


def test_files_of_several_suppliers_and_columns_are_one_feed(shop: Shop) -> None:
    zeta = shop.folder / "zeta.tsv"
    lines = [f"Z{n}\tPan {n} copper\t{n}.00\tblue\t40063813339{n:02}" for n in range(10, 20)]
    zeta.write_text("\n".join(["sku\ttitle\tprice\tcolour\tean", *lines]) + "\n")
    os.utime(zeta, (1_700_000_000,) * 2)  # long at rest: nothing to wait for
    feed = taken(shop, shop.deliver("acme.csv", kettles(3)), zeta)
    assert feed.suppliers == ("acme", "zeta")
    assert feed.rows.group_by("supplier").len().sort("supplier").rows() == [("acme", 3), ("zeta", 10)]


def test_what_cannot_be_read_is_sealed_and_named_by_supplier_file_and_line(shop: Shop) -> None:
    feed = taken(shop, shop.deliver("acme.csv", [*kettles(3), "B-1,too,many,cells,in,this,line"]))
    (one,) = feed.rejects.iter_rows(named=True)
    assert one["id"] == f"acme:acme.csv@{one['file_sha256'][:8]}:5"
    assert (one["supplier"], one["file"], one["line"]) == ("acme", "acme.csv", 5)
    assert one["rule"].startswith("feed/")
    assert one["row"] is None
    assert shop.runtime.vault.unseal(feed.rows["file_sha256"][0], [one["sealed"]])[0].startswith(b"B-1,too,many")


def test_a_delivery_is_told_once(shop: Shop) -> None:
    before = len(list(shop.runtime.lake.ledger.read(kind=Kind.DELIVERY)))
    file = shop.deliver("told.csv", kettles(5))
    for _ in range(3):
        taken(shop, file)
    taken(shop, file, supplier="other")
    told = [one.entry for one in shop.runtime.lake.ledger.read(kind=Kind.DELIVERY)][before:]
    assert [one.subject for one in told] == ["told", "other"]


def test_the_watched_folder_is_what_is_taken_where_no_file_is_named(shop: Shop) -> None:
    inbox = shop.runtime.settings.inbox
    with pytest.raises(IntakeError, match="no file was named"):
        take_in(shop.runtime, (), None)
    inbox.mkdir()
    (inbox / "acme.csv").write_bytes(shop.deliver("acme.csv", kettles(3)).read_bytes())
    (inbox / ".half").write_text("x")
    (inbox / "_done").mkdir()
    assert take_in(shop.runtime, (), None).rows.height == 3


@pytest.mark.parametrize("content", [b"", b"sku,title,price\n", b"\n\n", b"\x00\x01\x02", b"just a line"])
def test_a_file_without_a_record_changes_nothing(shop: Shop, content: bytes) -> None:
    file = shop.folder / "empty.csv"
    file.write_bytes(content)
    os.utime(file, (1_700_000_000,) * 2)  # long at rest: nothing to wait for
    with pytest.raises(IntakeError) as raised:
        taken(shop, file)
    assert raised.value.do


def test_a_file_that_is_not_there_is_named(shop: Shop) -> None:
    with pytest.raises(IntakeError, match=r"nowhere\.csv"):
        taken(shop, shop.folder / "nowhere.csv")
    with pytest.raises(IntakeError):
        taken(shop, shop.folder)


@pytest.mark.slow
def test_an_archive_of_several_files_is_several_deliveries(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path, stages=(records,))
    packed = tmp_path / "monday.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(shop.deliver("acme.csv", kettles(3)), "acme.csv")
        archive.write(shop.deliver("zeta.csv", kettles(4)), "sub/zeta.csv")
        archive.writestr("read me.txt.bak", "Prices are net.")
    feed = taken(shop, packed)
    assert dict(feed.rows.group_by("supplier", "file").len().select("file", "len").iter_rows()) == {
        "monday.zip!acme.csv": 3,
        "monday.zip!sub/zeta.csv": 4,
    }
    assert len(feed.inputs) == 2
    shop.run(packed)
    row = shop.table("records").filter(supplier="zeta").row(0, named=True)
    assert reopen(shop.runtime, SourceLine(row["file"], row["line"], row["line_digest"]))["sku"] == row["sku"]
