"""Sequence: any order and any split of deliveries ends as one run in order; what is older never overwrites what is newer."""

import shutil
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from core_fixtures import Shop, kettles
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aios_assets.acceptance import Acceptance
from aios_assets.feeds import Mapping, open_delivery
from aios_assets.finished import taken
from aios_assets.intake import take_in
from aios_assets.sequence import applied
from aios_assets.settings import load
from aios_assets.split import REPEATED
from aios_assets.stage import Stage
from aios_assets.stages.records import records
from aios_assets.stages.sales import sales
from aios_assets.taken import IntakeError, Mapped, Taken
from audit.clock import HeldClock
from audit.ledger import Kind

DELTA = 'mode = "delta"\n'
PRODUCTS = '[supplier]\nname = "acme"\n[fields]\nsku = "sku"\ntitle = "title"\nprice = "price"\n'
ORDERED = 'order = "updated"\n'
SNAPSHOT_HEAD, DELTA_HEAD = "sku,title,price", "sku,title,price,updated"


def shop_with(folder: Path, text: str, stage: Stage = records) -> Shop:
    shop = Shop.open(folder, stages=(stage,))
    shop.runtime.settings.mappings.mkdir(exist_ok=True)
    (shop.runtime.settings.mappings / "acme.toml").write_text(text)
    return shop


def write(folder: Path, name: str, lines: list[str], header: str = SNAPSHOT_HEAD) -> Path:
    file = folder / name
    file.write_text("\n".join([header, *lines]) + "\n")
    return file


def pans(*numbers: int, price: str = "9.50") -> list[str]:
    return [f"P{n},Pan number {n} of iron,{price}" for n in numbers]


def prices(shop: Shop) -> dict[str, str]:
    return dict(shop.table("records").select("sku", "price").sort("sku").rows())


def outcomes(shop: Shop) -> list[tuple[str, str]]:
    return [
        (one.entry.body["file"], one.entry.body["outcome"]) for one in shop.runtime.lake.ledger.read(kind=Kind.DELIVERY)
    ]


ROW = st.tuples(st.integers(0, 4), st.integers(0, 30), st.integers(1, 99))
DAYS = st.lists(ROW, min_size=1, max_size=14, unique_by=lambda row: (row[0], row[1]))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    """A delivery of changes that was read, to be filled with other rows."""
    folder = tmp_path_factory.mktemp("template")
    fields = {name: name for name in ("sku", "title", "price")}
    told = {"supplier": {"name": "acme"}, "mode": "delta", "order": "updated", "fields": fields}
    mapping = Mapping.model_validate(told)
    file = write(folder, "acme.csv", ["P1,Pan,1.50,7"], DELTA_HEAD)
    runtime = Shop.open(folder).runtime
    look = Acceptance(runtime, records.name).look("acme", mapping)
    one = Mapped(open_delivery(file, mapping=mapping), mapping)
    return taken(one, runtime.vault, records, datetime.now(UTC), look)


def of_rows(template: Taken, rows: Sequence[tuple[int, int, int]]) -> Taken:
    newest = sorted(rows, key=lambda row: -row[1])
    frame = pl.DataFrame(
        {"sku": [f"P{key}" for key, _, _ in newest], "price": [str(price) for *_, price in newest],
         "ordered": [at for _, at, _ in newest]}, schema_overrides={"ordered": pl.Int64},
    )  # fmt: skip
    rest = [name for name in template.rows.columns if name not in frame.columns]
    filled = frame.join(template.rows.select(rest), how="cross").select(template.rows.columns)
    return replace(template, rows=filled, order=newest[0][1])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=DAYS, data=st.data())
def test_changes_in_any_order_and_split_fold_to_the_newest_of_each_key(
    template: Taken, rows: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(rows))
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, len(rows) - 1)), max_size=3)))
    parts = [shuffled[a:b] for a, b in pairwise([0, *cuts, len(rows)]) if a < b]
    stands = applied([of_rows(template, part) for part in parts], ("supplier", "sku"), None).rows
    told = dict(stands.group_by("sku", maintain_order=True).first().select("sku", "price").rows())
    newest = {f"P{key}": max((at, price) for k, at, price in rows if k == key)[1] for key, _, _ in rows}
    assert told == {key: str(price) for key, price in newest.items()}


@pytest.mark.slow
@settings(max_examples=6, suppress_health_check=list(HealthCheck), deadline=None)
@given(rows=DAYS, data=st.data())
def test_any_order_and_split_of_changes_ends_in_the_same_tables(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    home = tmp_path_factory.mktemp("any")
    lines = [f"P{key},Pan number {key} of iron,{price}.50,{at}" for key, at, price in rows]
    others = [f"{line},40" for line in pans(*range(10, 60))]  # so that few of all are set aside
    one = shop_with(home / "one", DELTA + ORDERED + PRODUCTS)
    one.make(records, write(home, "acme.csv", [*lines, *others], DELTA_HEAD))
    many = shop_with(home / "many", DELTA + ORDERED + PRODUCTS)
    shuffled = data.draw(st.permutations(lines))
    cut = data.draw(st.integers(0, len(lines) - 1))
    for number, part in enumerate(filter(None, (shuffled[:cut], shuffled[cut:]))):
        many.make(records, write(home, f"part{number}.csv", [*part, *others], DELTA_HEAD), supplier="acme")
    assert prices(many) == prices(one)


@pytest.mark.slow
@settings(max_examples=6, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data(), days=st.integers(2, 4))
def test_dated_snapshots_and_sales_days_end_alike_in_any_order_and_grouping(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, days: int
) -> None:
    home = tmp_path_factory.mktemp("days")
    snapshots = [
        write(home, f"acme_2024-05-{day + 1:02}.csv", pans(*range(day, day + 4), price=f"{day + 1}.00"))
        for day in range(days)
    ]
    head = "invoice,stock,quantity,date,price"
    sold = [
        write(home, f"shop_2024-05-{day + 1:02}.csv",
              [f"{day}{n},S{n % 3},{1 - 2 * (n % 4 == 0)},2024-05-{day + 1:02} 10:0{n},2.50" for n in range(8)], head)
        for day in range(days)
    ]  # fmt: skip
    told = {"invoice": "invoice", "sku": "stock", "quantity": "quantity", "sold_at": "date", "price": "price"}
    fields = "".join(f'{field} = "{column}"\n' for field, column in told.items())
    meaning = f'kind = "sales"\nmode = "delta"\n[supplier]\nname = "shop"\n[fields]\n{fields}'
    ends = []
    for stage, files in ((records, snapshots), (sales, sold)):
        shuffled = data.draw(st.permutations(files))
        cut = data.draw(st.integers(1, len(files)))
        for groups in ([[file] for file in files], [list(shuffled[:cut]), list(shuffled[cut:])]):
            shop = shop_with(home / uuid.uuid4().hex, PRODUCTS, stage)
            (shop.runtime.settings.mappings / "shop.toml").write_text(meaning)
            for group in filter(None, groups):
                shop.make(stage, *group)
            unlike = ("file", "file_sha256", "line", "line_digest", "customer")
            ends.append(shop.values(stage.name, but=unlike))
    assert ends[0] == ends[1]
    assert ends[2] == ends[3]
    assert len(ends[2]) == 8 * days


def test_two_deliveries_of_one_supplier_in_one_run_are_applied_one_after_another(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, PRODUCTS)
    late, early = write(tmp_path, "acme_2024-05-02.csv", pans(2, 3)), write(tmp_path, "acme_2024-05-01.csv", pans(1, 2))
    made = shop.make(records, late, early)
    assert (made.rows, made.set_aside) == (2, 0)
    assert set(prices(shop)) == {"P2", "P3"}
    assert outcomes(shop) == [("acme_2024-05-01.csv", "superseded"), ("acme_2024-05-02.csv", "taken in")]


def test_a_late_snapshot_is_told_and_not_applied(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, PRODUCTS)
    shop.make(records, write(tmp_path, "acme_2024-05-02.csv", pans(2, 3)))
    made = shop.make(records, write(tmp_path, "acme_2024-05-01.csv", pans(1, 2)))
    assert made.unchanged
    assert set(prices(shop)) == {"P2", "P3"}
    assert outcomes(shop)[-1] == ("acme_2024-05-01.csv", "late")
    assert shop.make(records, write(tmp_path, "acme_2024-05-03.csv", pans(3))).removed == 1


def test_the_same_sku_twice_in_one_file_the_newest_counts_and_the_other_is_told(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, DELTA + ORDERED + PRODUCTS)
    lines = ["P1,Pan one,1.50,2024-05-01", "P1,Pan one,2.50,2024-05-03", "P1,Pan one,3.50,2024-05-02"]
    others = [f"{line},2024-05-01" for line in pans(*range(10, 60))]  # so that few of all are set aside
    shop.make(records, write(tmp_path, "acme.csv", [*lines, *others], DELTA_HEAD))
    assert prices(shop)["P1"] == "2.50"
    aside = shop.table("feed_rejects")
    assert (sorted(aside["line"]), set(aside["rule"])) == ([2, 4], {REPEATED})


def test_without_an_order_the_first_of_a_file_counts(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, PRODUCTS)
    shop.make(records, write(tmp_path, "acme.csv", ["P1,Pan one,1.50", "P1,Pan one,2.50", *pans(*range(10, 60))]))
    assert prices(shop)["P1"] == "1.50"
    assert shop.table("feed_rejects")["line"].to_list() == [3]


def test_a_correction_with_the_same_date_counts(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, PRODUCTS)
    shop.make(records, write(tmp_path, "acme_2024-05-02.csv", pans(1)))
    shop.make(records, write(tmp_path, "acme_2024-05-02.csv", pans(1, price="7.00")))
    assert prices(shop) == {"P1": "7.00"}


def test_rejects_of_one_name_on_two_days_stand_side_by_side(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, DELTA + PRODUCTS)
    for day in ("one", "two"):
        shop.make(records, write(tmp_path, "acme.csv", [*pans(*range(20)), f"{day},too,many,cells"]))
    assert shop.table("feed_rejects").height == 2


# Hostile 14


@pytest.mark.slow
def test_a_feed_that_shrank_by_99_percent_is_refused_and_what_stands_stays(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path, stages=(records,), profile="run")
    assert not shop.make(records, shop.deliver("acme_2024-05-01.csv", kettles(400))).refused
    made = shop.make(records, shop.deliver("acme_2024-05-02.csv", kettles(4)))
    assert made.refused
    assert made.verdict is not None
    assert all(finding.do for finding in made.verdict.refusals)
    assert shop.table("records").height == 400
    # What was refused is not the last accepted one: an older delivery than it still counts.
    assert shop.make(records, shop.deliver("acme_2024-05-01T12.csv", kettles(401))).rows == 401


def test_a_renamed_column_stops_before_anything_is_published(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, PRODUCTS)
    shop.make(records, write(tmp_path, "acme_1.csv", pans(1, 2)))
    file = write(tmp_path, "acme_2.csv", pans(1, 2, price="8.00"), "sku,title,unit_price")
    try:
        refused = shop.make(records, file).refused
    except IntakeError as error:
        refused = "price" in str(error)
    assert refused
    assert prices(shop) == {"P1": "9.50", "P2": "9.50"}


def test_the_same_file_twice_and_one_row_changed(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, DELTA + PRODUCTS)
    file = write(tmp_path, "acme.csv", pans(*range(9)))
    shop.make(records, file)
    shutil.copy(file, tmp_path / "another_name.csv")
    assert shop.make(records, tmp_path / "another_name.csv", supplier="acme").unchanged
    made = shop.make(records, write(tmp_path, "acme.csv", [*pans(*range(8)), *pans(8, price="1.00")]))
    assert (made.upserted, made.computed, made.removed) == (1, 1, 0)


def test_a_file_that_is_still_written_is_not_read(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, PRODUCTS)
    part = write(tmp_path, "acme.csv.part", pans(1))
    with pytest.raises(IntakeError):
        take_in(shop.runtime, [str(part)], None)


# Hostile 17


@pytest.mark.parametrize("by", [timedelta(hours=-1), timedelta(days=365), timedelta(days=-365)])
def test_our_clock_orders_nothing(tmp_path: Path, by: timedelta) -> None:
    shop = shop_with(tmp_path, DELTA + ORDERED + PRODUCTS)
    now = datetime(2024, 6, 1, 12, tzinfo=UTC)
    for clock, at, price in ((now, "2024-05-31 10:00", "1.00"), (now + by, "2024-05-31 12:00", "2.00")):
        held = replace(shop, runtime=replace(shop.runtime, clock=HeldClock(clock)))
        if at > f"{clock + timedelta(days=2):%Y-%m-%d %H:%M}":
            continue  # told below: what lies ahead of our clock is not believed
        held.make(records, write(tmp_path, "acme.csv", [f"P1,Pan one,{price},{at}"], DELTA_HEAD))
        assert prices(shop) == {"P1": price}


def test_a_suppliers_clock_a_year_ahead_does_not_outlive_that_year(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, DELTA + ORDERED + PRODUCTS)
    year = datetime.now(UTC) + timedelta(days=365)
    shop.make(records, write(tmp_path, "acme.csv", [f"P1,Pan one,1.00,{year:%Y-%m-%dT%H:%M}"], DELTA_HEAD))
    shop.make(records, write(tmp_path, "acme.csv", ["P1,Pan one,2.00,2024-05-01"], DELTA_HEAD))
    assert prices(shop) == {"P1": "2.00"}


def test_the_hour_that_comes_twice_in_autumn_orders_by_its_offset(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, DELTA + ORDERED + PRODUCTS)
    for at, price in (("2024-10-27T02:30+01:00", "2.00"), ("2024-10-27T02:45+02:00", "1.00")):
        shop.make(records, write(tmp_path, "acme.csv", [f"P1,Pan one,{price},{at}"], DELTA_HEAD))
    assert prices(shop) == {"P1": "2.00"}


def test_settings_name_where_downloads_lie(tmp_path: Path) -> None:
    assert load(tmp_path).spool == tmp_path / "spool"
