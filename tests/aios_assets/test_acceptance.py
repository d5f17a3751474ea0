"""Acceptance: a harmful drift is refused before anything is visible, and a person's yes is bound to one delivery."""

from pathlib import Path

import pytest
from core_fixtures import Shop, kettles

from aios_assets.acceptance import Acceptance
from aios_assets.errors import AiosError
from aios_assets.intake import take_in
from aios_assets.shapes import ACCEPTED, compared
from aios_assets.stages.drifts import drifts
from aios_assets.stages.records import records
from audit.ledger import Entry, Kind

ROWS = kettles(120)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with one accepted delivery, made once."""
    made = Shop.open(tmp_path_factory.mktemp("acceptance"), stages=(records,), profile="run")
    assert not made.make(records, made.deliver("acme.csv", ROWS)).refused
    return made.close()


@pytest.fixture
def shop(kept: Path, tmp_path: Path) -> Shop:
    """A copy of that shop; it runs strictly."""
    return Shop.like(kept, tmp_path, stages=(records,), profile="run")


def renamed(shop: Shop, old: str, new: str, name: str = "acme_2.csv") -> Path:
    """The accepted delivery with one column called otherwise."""
    file = shop.deliver(name, ROWS)
    file.write_text(file.read_text().replace(old, new, 1))
    return file


def test_a_first_delivery_and_the_same_shape_are_admitted(shop: Shop) -> None:
    again = shop.make(records, shop.deliver("acme_2.csv", [*ROWS[5:], *kettles(10, start=500)]))
    assert (again.refused, again.version) == (False, 1)
    one, other = compared(shop.runtime.lake.ledger)
    assert (one.body["against"], other.body["against"]) == (None, one.delivery)
    assert other.drifts == []


def test_a_renamed_column_is_refused_with_the_patch_and_nothing_becomes_visible(shop: Shop) -> None:
    bad = shop.make(records, renamed(shop, "price", "unit_price"))
    assert (shop.why(bad), bad.version) == (["feed/shape-kept"], 0)
    (finding,) = bad.verdict.refusals
    assert "`price` is now `unit_price`: 100% of values equal" in finding.why
    assert "aios feed accept acme" in finding.do
    assert 'price = "unit_price"' in finding.do
    (told,) = drifts(shop.runtime.lake.ledger).to_dicts()
    assert (told["supplier"], told["kind"], told["column"], told["outcome"]) == ("acme", "renamed", "price", "refused")


def test_a_mapping_that_reads_what_is_gone_is_refused_under_every_profile(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path, stages=(records,), profile="pilot")
    mapping = tmp_path / "mappings" / "acme.toml"
    mapping.parent.mkdir()
    mapping.write_text('[supplier]\nname = "acme"\n[fields]\nsku = "sku"\ntitle = "title"\nprice = "price"\n')
    assert not shop.make(records, shop.deliver("acme.csv", ROWS)).refused
    bad = shop.make(records, renamed(shop, "price", "unit_price"))
    assert (shop.why(bad), bad.version) == (["feed/shape-kept"], 0)
    assert 'price = "unit_price"' in bad.verdict.refusals[0].do
    mapping.write_text(mapping.read_text().replace('"price"', '"prize"'))
    with pytest.raises(AiosError, match="prize"):  # a mistake of the mapping stays one
        take_in(shop.runtime, [str(shop.folder / "deliveries" / "acme.csv")], None)


def test_a_yes_is_for_one_delivery_only(shop: Shop) -> None:
    half = [{**row, "price": str(float(row["price"]) * 100)} for row in ROWS]
    bad = shop.make(records, shop.deliver("acme_2.csv", half))
    assert shop.why(bad) == ["feed/shape-kept"]
    told = compared(shop.runtime.lake.ledger)[-1]
    assert [each["kind"] for each in told.drifts] == ["unit"]
    assert "cents" in told.drifts[0]["why"]
    body = {"what": ACCEPTED, "by": "ann", "why": "meant", "supplier": "acme", "delivery": told.delivery}
    body |= {"drifts": [["unit", "price"]], "patch": []}
    ledger = shop.runtime.lake.ledger
    ledger.append(Entry(Kind.REVIEW, "acme", body, shop.runtime.clock.now()))
    other = shop.make(records, shop.deliver("acme_3.csv", half[1:]))
    assert shop.why(other) == ["feed/shape-kept"]
    good = shop.make(records, shop.deliver("acme_2.csv", half))
    assert (good.refused, good.version) == (False, 1)
    assert set(drifts(ledger).sort("ledger_index")["outcome"]) == {"accepted", "refused"}
    # What was accepted is what the next one is compared with.
    assert not shop.make(records, shop.deliver("acme_4.csv", half[2:])).refused


def test_the_shape_of_the_committed_delivery_is_the_one_to_compare_with(shop: Shop) -> None:
    first = Acceptance(shop.runtime, "records").last("acme")
    assert shop.make(records, shop.deliver("acme_2.csv", ROWS[:20])).refused
    assert Acceptance(shop.runtime, "records").last("acme") == first
    assert Acceptance(shop.runtime, "records").last("zeta") is None
    assert Acceptance(shop.runtime, "products").last("acme") is None


def test_two_files_of_one_supplier_are_one_delivery(shop: Shop) -> None:
    told = "".join(f'{field} = "{field}"\n' for field in ("sku", "title", "description", "brand", "price"))
    mapping = shop.runtime.settings.mappings / "acme.toml"
    mapping.parent.mkdir(exist_ok=True)
    mapping.write_text(
        f'mode = "delta"\n[supplier]\nname = "acme"\n[fields]\n{told}'
    )  # of two snapshots the newer counts
    parts = [shop.deliver("acme_2.csv", ROWS[:60]), shop.deliver("acme_3.csv", [*ROWS[60:], *kettles(4, start=900)])]
    made = shop.make(records, *parts)
    mapping.unlink()
    assert not made.refused
    last = compared(shop.runtime.lake.ledger)[-1]
    assert (len(last.body["files"]), last.drifts) == (2, [])


def test_no_value_of_a_feed_stands_in_the_ledger(shop: Shop) -> None:
    (logged,) = shop.runtime.lake.ledger.read(kind=Kind.SHAPE)
    text = str(dict(logged.entry.body))
    assert "Kettle" not in text
    assert "A-17" not in text


def test_what_is_personal_in_a_column_name_is_a_token(shop: Shop) -> None:
    shop.make(records, renamed(shop, "description", "mail to john.doe@example.com"))
    assert all("john.doe" not in str(dict(one.entry.body)) for one in shop.runtime.lake.ledger.read(kind=Kind.SHAPE))


def test_pictures_that_moved_to_another_host_are_told_and_stop_nothing(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path, stages=(records,), profile="run")
    for day, host in ((1, "a.example"), (2, "cdn.example")):
        lines = [f"P{n},Pan number {n} of iron,{n}.50,https://{host}/p/{n}.jpg" for n in range(200)]
        file = tmp_path / f"acme_2024-05-0{day}.csv"
        file.write_text("\n".join(["sku,title,price,image", *lines]) + "\n")
        made = shop.make(records, file)
        assert not made.refused
    told = [one.entry.body["drifts"] for one in shop.runtime.lake.ledger.read(kind=Kind.SHAPE)]
    assert [(one["kind"], one["column"], one["read"]) for one in told[-1]] == [("replaced", "image", False)]
