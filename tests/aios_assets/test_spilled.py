"""Spilled: whatever comes at once, in any order and split, what stands of it is the same as if it were held."""

import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl
import pytest
from core_fixtures import Shop
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from test_parts import HELD, PARTED, open_shop

from aios_assets import spill as spilling
from aios_assets.intake import take_in
from aios_assets.spill import Spill
from aios_assets.stage import Stage
from aios_assets.stages.records import records
from aios_assets.stages.sales import sales
from aios_assets.taken import IntakeError

HEAD = "sku,title,price,updated"
FIELDS = '[fields]\nsku = "sku"\ntitle = "title"\nprice = "price"\n'
SALES_HEAD = "invoice,stock,quantity,date,price,position"
SALES = """[fields]
invoice = "invoice"
sku = "stock"
quantity = "quantity"
sold_at = "date"
price = "price"
position = "position"
"""

Shops = tuple[Shop, Shop]
Files = Sequence[tuple[str, str]]
"""Names behind the supplier's, and the lines in them."""


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shops]:
    """One that holds everything and one that holds nothing."""
    home = tmp_path_factory.mktemp("shops")
    both = tuple(open_shop(home / name, held) for name, held in (("held", HELD), ("parted", PARTED)))
    for shop in both:
        shop.runtime.settings.mappings.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spilling, "KEPT", 1_000)  # what is larger than a few rows goes to the disk
        yield both  # type: ignore[misc]  # two
    for shop in both:
        shop.close()


def fed(shop: Shop, stage: Stage, told: Sequence[tuple[str, str, Files]], head: str) -> pl.DataFrame:
    """What a stage is handed, of deliveries of (supplier, mapping, files); rows of a key in their order."""
    files = []
    for supplier, mapping, own in told:
        (shop.runtime.settings.mappings / f"{supplier}.toml").write_text(mapping)
        for name, lines in own:
            file = shop.folder / f"{supplier}{name}.csv"
            file.write_text(f"{head}\n{lines}")
            files.append(str(file))
    feed = take_in(shop.runtime, files, None, stage)
    assert feed is not None
    held = shop.runtime.settings.feeds.held_bytes == HELD
    assert held == (feed.spilled is None) or feed.rows.is_empty()
    rows = feed.held()
    keys = list(stage.contract.keys)
    nth = pl.int_range(pl.len()).over(keys).alias("nth")
    return rows.with_columns(nth).drop("line_digest", "_fingerprint").sort(*keys, "nth")


def law(shops: Shops, stage: Stage, told: Sequence[tuple[str, str, Files]], head: str) -> pl.DataFrame:
    """Both ways, and equal."""
    held, parted = (fed(shop, stage, told, head) for shop in shops)
    assert_frame_equal(parted, held)
    return held


LINE = st.tuples(st.integers(0, 6), st.integers(1, 30), st.integers(1, 28), st.sampled_from(("9.50", "1,234.50", "7")))
LINES = st.lists(LINE, min_size=1, max_size=12)
ORDERS = {
    "a sequence": lambda at, day: str(at),
    "days": lambda at, day: f"2024-05-{at:02}",
    "the day first": lambda at, day: f"{day}/5/2024 10:{at:02}",
    "some tell none": lambda at, day: "" if at % 3 else f"2024-05-{at:02}",
}


def products(lines: list[tuple[int, int, int, str]], how: str) -> str:
    return "".join(f'P{key},Pan {key} of iron,"{price}",{ORDERS[how](at, day)}\n' for key, at, day, price in lines)


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_products_in_any_order_and_split(shops: Shops, data: st.DataObject) -> None:
    told = []
    for _ in range(data.draw(st.integers(1, 2))):
        supplier, mode = f"s{uuid.uuid4().hex[:8]}", data.draw(st.sampled_from(("snapshot", "delta")))
        how, ordered = data.draw(st.sampled_from(sorted(ORDERS))), data.draw(st.booleans())
        days = data.draw(st.lists(st.sampled_from(("", "_2024-05-01", "_2024-05-02", "_3")), min_size=1, unique=True))
        files = [(day, products(data.draw(LINES), how)) for day in days]
        order = 'order = "updated"\n' if ordered else ""
        told.append((supplier, f'mode = "{mode}"\n{order}supplier = {{ name = "{supplier}" }}\n{FIELDS}', files))
    law(shops, records, told, HEAD)


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(days=st.lists(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.sampled_from(("", "7"))), min_size=1,
                              max_size=12), min_size=1, max_size=3))  # fmt: skip
def test_sales_number_their_lines_alike(shops: Shops, days: list[list[tuple[int, int, str]]]) -> None:
    supplier = f"s{uuid.uuid4().hex[:8]}"
    files = [
        (f"_2024-05-0{n + 1}", "".join(f'I{i},S{s},1,{13 + n}/5/2024,"2,50",{p}\n' for i, s, p in lines))
        for n, lines in enumerate(days)
    ]
    mapping = f'kind = "sales"\nmode = "delta"\nsupplier = {{ name = "{supplier}" }}\n{SALES}'
    rows = law(shops, sales, [(supplier, mapping, files)], SALES_HEAD)
    assert set(rows["dates"]) == {"dmy"}
    assert set(rows["decimal"]) == {","}


def test_a_snapshot_and_three_changes_at_once(shops: Shops) -> None:
    whole, change = f"s{uuid.uuid4().hex[:8]}", f"s{uuid.uuid4().hex[:8]}"
    told = [
        (whole, f'supplier = {{ name = "{whole}" }}\n{FIELDS}',
         [("_2024-05-01", "P1,Pan one,1,\n"), ("_2024-05-02", "P2,Pan two,2,\nP2,Pan two again,3,\n")]),
        (change, f'mode = "delta"\nsupplier = {{ name = "{change}" }}\n{FIELDS}',
         [(f"_2024-05-0{day}", f"P1,Pan one,{day},\nP{day},Pan more,{day},\n") for day in (3, 1, 2)]),
    ]  # fmt: skip
    rows = law(shops, records, told, HEAD)
    of = {name: own.select("sku", "price").rows() for (name,), own in rows.group_by("supplier")}
    assert of[whole] == [("P2", "2"), ("P2", "3")]
    assert of[change] == [("P1", "3"), ("P2", "2"), ("P3", "3")]


def test_what_turns_out_larger_than_it_looked_is_spilled_as_it_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spilling, "PIECE", 1_000)
    spill = Spill(tmp_path / "scratch", ["sku"], 2, holds=2_000)
    rows = pl.DataFrame({"sku": [f"a long number {n}" for n in range(400)]})
    spill.add(rows.head(50))
    assert (spill.over, (tmp_path / "scratch").exists()) == (False, False)
    spill.add(rows.tail(350))
    assert spill.over
    assert_frame_equal(
        pl.concat([spill.part(n).drop(spilling.OF) for n in range(spill.parts)]).sort("sku"), rows.sort("sku")
    )


def test_what_lies_on_the_disk_is_cut_by_other_keys_as_what_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, found = pl.DataFrame({"one": [f"a{n % 7}" for n in range(300)], "n": [str(n) for n in range(300)]}), []
    monkeypatch.setattr(spilling, "PIECE", 200)
    for kept in (2**30, 0):
        monkeypatch.setattr(spilling, "KEPT", kept)
        spill = Spill(tmp_path, ["one"], 4)
        for piece in rows.iter_slices(40):
            spill.add(piece, 3)
            spill.add(piece.clear(), 4)
        other = spill.again(["n"], lambda part: part.with_columns(pl.len().over("one").alias("of")))
        found.append([other.part(number).sort("n").rows() for number in range(other.parts)])
    assert found[0] == found[1]
    assert {row[2] for part in found[0] for row in part} == {300 // 7, 300 // 7 + 1}
    assert {row[-1] for part in found[0] for row in part} == {3}
    assert sum(map(len, found[0])) == 300


def test_more_text_makes_more_parts_in_multiples_of_the_least(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spilling, "PART_TEXT", 100)
    spill, told = Spill(tmp_path, ["sku"], 16), []
    for _ in range(5):
        spill.add(pl.DataFrame({"sku": ["x" * 20] * 100}))
        told.append(spill.parts)
    assert told == [32, 64, 64, 128, 128]


def test_more_broken_records_than_are_held_are_one_error(shops: Shops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spilling, "PIECE", 5_000)
    supplier = f"s{uuid.uuid4().hex[:8]}"
    broken = "".join(f"P{n},Pan {n},1,\n" for n in range(300)) + "P1,too,many,cells,in,this,line\n" * 40
    mapping = f'supplier = {{ name = "{supplier}" }}\n{FIELDS}'
    with pytest.raises(IntakeError, match="held_bytes"):
        fed(shops[1], records, [(supplier, mapping, [("", broken)])], HEAD)
