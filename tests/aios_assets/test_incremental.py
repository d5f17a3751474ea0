"""Incremental is full: after any sequence of deliveries the tables are those of a run from nothing on the last ones."""

import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from core_fixtures import HEADER, Row, Shop, embedded, kettles, row
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from aios_assets.stages.records import records
from policies.candidate import Candidate
from policies.gate import Gate
from policies.verdict import Verdict

NAMED = ("product", "digest", "artefact", "file", "file_sha256", "line")
"""What a table may tell otherwise than a run from nothing: names once given, the pinned model, where a row was first seen."""
LINES: tuple[Row | str, ...] = (
    row("A-1", "Kettle steel model 7919 of 2 litres"),
    row("A-1", "Kettle steel model 7919, the newer", price="12.00"),
    row("A-2", "Pan copper 24 cm red", description="A <b>pan</b>"),
    row("A-2", "Pan copper 24 cm blue"),
    row("A-3", "Lamp brass 40 W", price="1.234,56 EUR"),
    row("A-3", ""),
    row("", "Lamp without a number"),
    row("A-4", "Write to joe.bloggs@example.com", price="free"),
    row("A\u200b-5", "Invisible"),
    "A-6,too,many,cells,in,this,line",
    row("A-7", "Kettle steel model 7919 of 2 litres"),
)
DELIVERY = st.tuples(st.sampled_from(["acme", "zeta"]), st.lists(st.sampled_from(LINES), min_size=1, max_size=6))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("incremental")


class Lenient(Gate):
    """The gate, but for the share that goes aside: that rule is about a delivery and not about the law."""

    def judge(self, candidate: Candidate) -> Verdict:
        return super().judge(replace(candidate, quarantined=0, considered=max(candidate.considered, 1)))


def opened(folder: Path) -> Shop:
    """A shop in a folder of its own, with the same master key as the others: equal data have equal tokens and digests."""
    home = folder / uuid.uuid4().hex
    master = home / "lake.keys" / "master.key"
    master.parent.mkdir(parents=True)
    master.write_bytes(b"k" * 32)
    (home / "mappings").mkdir()
    for name in ("acme", "zeta"):  # a guess wants more lines than these to be sure
        told = "".join(f'{field} = "{field}"\n' for field in HEADER)
        (home / "mappings" / f"{name}.toml").write_text(f'[supplier]\nname = "{name}"\n[fields]\n{told}')
    shop = Shop.open(home)
    return Shop(shop.folder, replace(shop.runtime, gate=Lenient(embedded(), "pilot")))


@pytest.mark.slow
@settings(max_examples=8, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate))
@given(deliveries=st.lists(DELIVERY, min_size=2, max_size=4))
def test_any_sequence_of_deliveries_ends_as_from_nothing(
    folder: Path, deliveries: list[tuple[str, list[Row | str]]]
) -> None:
    step = opened(folder)
    last: dict[str, Path] = {}
    for number, (supplier, lines) in enumerate(deliveries):
        last[supplier] = step.deliver(f"{supplier}_{number}.csv", lines)
        step.run(last[supplier])
    fresh = opened(folder)
    fresh.run(*(last[supplier] for supplier in sorted(last)))
    for name in ("records", "products", "listings"):
        assert step.values(name, but=NAMED) == fresh.values(name, but=NAMED), name
    aside = ("id", "row", *NAMED, "sealed", "digest")
    assert step.values("feed_rejects", but=aside) == fresh.values("feed_rejects", but=aside)
    assert len(step.values("matches")) == len(fresh.values("matches"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop after the first run of forty products of two suppliers, and a third delivery with rejects."""
    made = Shop.open(tmp_path_factory.mktemp("again"))
    theirs = [{**one, "sku": f"Z{one['sku']}", "price": "9.00"} for one in kettles(20)]
    made.run(made.deliver("acme.csv", [*kettles(20), "broken,line", row("A-99", "")]), made.deliver("zeta.csv", theirs))
    return made


def versions(shop: Shop) -> dict[str, int]:
    """The published version of every table."""
    tables = shop.runtime.lake.tables
    return {name: state.version for name in tables.names if (state := tables.state(name))}


def test_the_same_file_again_is_no_decision_under_any_name(shop: Shop) -> None:
    before, size = versions(shop), shop.runtime.ledger_head()[0]
    acme, zeta = (shop.folder / "deliveries" / name for name in ("acme.csv", "zeta.csv"))
    assert all(attempt.unchanged for attempt in shop.run(acme, zeta).values())
    assert all(attempt.unchanged for attempt in shop.run(acme).values())
    other = acme.with_name("acme_2026-11-24.csv")
    other.write_bytes(acme.read_bytes())
    assert shop.make(records, acme, other).unchanged  # the same bytes under two names in one run are one delivery
    assert versions(shop) == before
    assert shop.runtime.ledger_head()[0] == size


def test_a_changed_row_changes_one_row_and_what_concerns_it(shop: Shop) -> None:
    changed = [{**one, "price": "77.00"} if one["sku"] == "A-5" else one for one in kettles(20)]
    before = {
        name: dict.fromkeys(shop.table(name).select("supplier", "sku").rows()) for name in ("records", "products")
    }
    told = shop.run(shop.deliver("acme.csv", [*changed, "broken,line", row("A-99", "")]))
    for name in before:
        assert (told[name].computed, told[name].upserted, told[name].removed) == (1, 1, 0), name
    assert told["match_model"].upserted == 0
    assert 0 < told["listings"].upserted <= 4
    (fresh,) = shop.table("records").filter(shop.table("records")["_attempt"] == told["records"].id)["sku"]
    assert fresh == "A-5"


def test_the_same_bytes_of_another_supplier_are_another_delivery(tmp_path: Path) -> None:
    made = Shop.open(tmp_path, stages=(records,))
    file = made.deliver("acme.csv", kettles(3))
    assert made.make(records, file).rows == 3
    assert made.make(records, file, supplier="zeta").rows == 6
    assert made.make(records, file).unchanged
    assert made.make(records, file, supplier="zeta").unchanged


def test_another_mapping_reads_the_same_bytes_anew(tmp_path: Path) -> None:
    made = Shop.open(tmp_path, stages=(records,))
    file = made.deliver("acme.csv", kettles(3))
    made.make(records, file)
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "acme.toml").write_text(
        '[supplier]\nname = "acme"\n[fields]\nsku = "sku"\ntitle = "title"\nprice = "price"\nmodel = "brand"\n'
    )
    assert made.make(records, file).upserted == 3
    assert made.table("records")["model"].to_list() == ["Acme"] * 3


def test_columns_that_change_places_are_read_anew_though_every_line_is_the_same(tmp_path: Path) -> None:
    made = Shop.open(tmp_path, stages=(records,))
    file = made.deliver("acme.csv", [row(f"A-{n}", f"Title {n}", description=f"Text {n}") for n in range(4)])
    made.make(records, file)
    head, rest = file.read_text().split("\n", 1)
    assert head.startswith("sku,title,description")
    file.write_text("\n".join(("sku,description,title,brand,price", rest)))
    made.make(records, file)
    assert sorted(made.table("records")["title"]) == [f"Text {n}" for n in range(4)]


def test_rejects_of_two_suppliers_whose_files_bear_one_name_stand_side_by_side(tmp_path: Path) -> None:
    made = Shop.open(tmp_path, stages=(records,))
    file = made.deliver("products.csv", [*kettles(9), "broken,line"])
    made.make(records, file, supplier="acme")
    made.make(records, file, supplier="zeta")
    assert sorted(made.table("feed_rejects")["supplier"]) == ["acme", "zeta"]
    made.make(records, made.deliver("products.csv", kettles(9)), supplier="zeta")
    assert made.table("feed_rejects")["supplier"].to_list() == ["acme"]


def test_a_supplier_that_sends_changes_keeps_what_it_does_not_name(tmp_path: Path) -> None:
    made = Shop.open(tmp_path, stages=(records,))
    made.make(records, made.deliver("acme.csv", kettles(5)))
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "acme.toml").write_text(
        'mode = "delta"\n[supplier]\nname = "acme"\n[fields]\nsku = "sku"\ntitle = "title"\nprice = "price"\n'
    )
    told = made.make(records, made.deliver("acme.csv", kettles(2, start=4)))
    assert (told.rows, told.upserted, told.removed) == (6, 2, 0)
