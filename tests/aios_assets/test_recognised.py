"""Recognised: what is passed over unread leaves the lake and its ledger as reading it all again would."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from core_fixtures import Shop, kettles
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aios_assets import intake, recognised
from aios_assets.recognised import Again, Known
from aios_assets.stage import Stage
from aios_assets.stages.records import records
from aios_assets.stages.sales import sales
from aios_assets.taken import Mapped, ReadIn

MAPPING = '[supplier]\nname = "acme"\n[fields]\nsku = "sku"\ntitle = "title"\nprice = "price"\n'
SOLD = (
    'kind = "sales"\nmode = "delta"\n[supplier]\nname = "acme"\n[fields]\ninvoice = "invoice"\nsku = "sku"\n'
    'quantity = "quantity"\nsold_at = "date"\nprice = "price"\n'
)
Files = Callable[[Path], list[Path]]


def write(folder: Path, name: str, lines: list[str], header: str = "sku,title,price") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text("\n".join([header, *lines]) + "\n")
    return file


def pans(*numbers: int, price: str = "9.50", at: str = "") -> list[str]:
    return [f"P{n},Pan number {n} of iron,{price}{at}" for n in numbers]


def snapshots(folder: Path) -> list[Path]:
    return [write(folder, f"acme_2024-05-0{day}.csv", pans(*range(day, day + 30))) for day in (1, 2, 3)]


def undated(folder: Path) -> list[Path]:
    files = [write(folder, f"acme {name}.csv", pans(*range(at, at + 30))) for at, name in enumerate(("a", "b"))]
    for age, file in enumerate(files):
        os.utime(file, (1_700_000_000 - age, 1_700_000_000 - age))
    return files


def changes(folder: Path) -> list[Path]:
    head = "sku,title,price,updated"
    return [
        write(folder, "one.csv", [*pans(*range(30), at=",5"), *pans(3, price="1.00", at=",7"), "broken"], head),
        write(folder, "two.csv", pans(*range(20, 40), price="2.00", at=",6"), head),
    ]


def invoices(folder: Path) -> list[Path]:
    head = "invoice,sku,quantity,date,price"
    return [
        write(folder, f"day{day}.csv", [f"{day}{n},S{n},1,2024-05-0{day} 10:00,2.50" for n in range(9)], head)
        for day in (1, 2)
    ]


CASES: dict[str, tuple[Files, Stage, str]] = {
    "snapshots": (snapshots, records, MAPPING),
    "undated snapshots": (undated, records, MAPPING),
    "changes": (changes, records, 'mode = "delta"\norder = "updated"\n' + MAPPING),
    "sales": (invoices, sales, SOLD),
}


def shop_with(folder: Path, stage: Stage, mapping: str) -> Shop:
    shop = Shop.open(folder, stages=(stage,))
    shop.runtime.settings.mappings.mkdir(exist_ok=True)
    (shop.runtime.settings.mappings / "acme.toml").write_text(mapping)
    return shop


def story(shop: Shop) -> tuple[int, str]:
    return shop.runtime.ledger_head()


def read_all(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(intake, "settled_with", lambda *_: None)
    patch.setattr(Known, "guess", lambda *_: None)


@pytest.mark.parametrize("case", CASES)
def test_the_same_deliveries_again_tell_and_leave_what_reading_them_would(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files_of, stage, mapping = CASES[case]
    shop, files = shop_with(tmp_path, stage, mapping), [str(file) for file in files_of(tmp_path / "in")]
    first = shop.make(stage, *files, supplier="acme")
    stands, size = shop.values(stage.name), story(shop)
    again = intake.take_in(shop.runtime, files, "acme", stage)
    assert isinstance(again, Again)
    made = shop.make(stage, *files, supplier="acme")
    assert (made.unchanged, made.rows, story(shop)) == (True, first.rows, size)
    with monkeypatch.context() as patch:
        read_all(patch)
        read = intake.take_in(shop.runtime, files, "acme", stage)
        assert read is not None
        assert not isinstance(read, Again)
        assert (again.identity, again.inputs, again.told) == (read.identity, read.inputs, read.told)
        assert shop.make(stage, *files, supplier="acme").unchanged
    assert (shop.values(stage.name), story(shop)) == (stands, size)


def noted(patch: pytest.MonkeyPatch) -> list[str]:
    """The names of the deliveries that are read from now on."""
    read_in, names = intake.read_in, list[str]()

    def noting(one: Mapped, *rest: Any, **named: Any) -> ReadIn:
        names.append(one.delivery.name)
        return read_in(one, *rest, **named)

    patch.setattr(intake, "read_in", noting)
    return names


DAYS = st.permutations(["2024-05-01", "2024-05-02", "2024-05-03", "2024-05-04", "undated a", "undated b"])


@pytest.mark.slow
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(days=DAYS, first=st.integers(1, 5), changes=st.booleans())
def test_what_is_passed_over_leaves_a_feed_as_reading_it_would(
    tmp_path_factory: pytest.TempPathFactory, days: list[str], first: int, changes: bool
) -> None:
    home, feeds, read = tmp_path_factory.mktemp("passed"), [], []
    for way in ("passed over", "read"):
        shop = shop_with(home / way, records, ('mode = "delta"\n' if changes else "") + MAPPING)
        files = [write(home / way / "in", f"acme {day}.csv", [*pans(*range(n, n + 30)), "broken"])
                 for n, day in enumerate(days)]  # fmt: skip
        for age, file in enumerate(files):
            os.utime(file, (1_700_000_000 - age, 1_700_000_000 - age))
        shop.make(records, *files[:first], supplier="acme")
        with pytest.MonkeyPatch.context() as patch:
            if way == "read":
                patch.setattr(intake, "passed_over", lambda *_: {})
            reads = noted(patch)
            feed = intake.take_in(shop.runtime, [str(file) for file in files], "acme")
            assert feed is not None
        unlike = ("line_digest", "_fingerprint", "digest", "sealed")
        rows, rejects = (frame.drop(unlike, strict=False) for frame in (feed.rows, feed.rejects))
        told = sorted((one["file"], one["outcome"], one["rows"], one["order"]) for one in feed.told)
        whole = (feed.suppliers, feed.inputs, feed.identity, feed.deliveries, feed.drifts, told)
        feeds.append((rows.rows(), rejects.rows(), whole))
        read.append(sorted(reads))
    assert feeds[0] == feeds[1]
    assert len(read[1]) == len(days)
    passed = {name for name, outcome, *_ in feeds[0][2][-1] if outcome != "taken in"} & {
        f"acme {d}.csv" for d in days[:first]
    }
    assert set(read[1]) - set(read[0]) == passed


def test_the_same_bytes_under_another_name_are_not_read_either(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, records, MAPPING)
    lines = pans(*range(30))
    shop.make(records, write(tmp_path / "in", "acme.csv", lines))
    size = story(shop)
    other = write(tmp_path / "in", "second try.csv", lines)
    assert isinstance(intake.take_in(shop.runtime, [str(other)], "acme"), Again)
    assert shop.make(records, other, supplier="acme").unchanged
    assert story(shop) == size


def test_a_name_that_tells_another_order_is_read_and_told(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, records, MAPPING)
    lines = pans(*range(30))
    shop.make(records, write(tmp_path / "in", "acme_2024-05-01.csv", lines))
    later = write(tmp_path / "in", "acme_2024-05-02.csv", lines)
    assert not isinstance(intake.take_in(shop.runtime, [str(later)], None), Again)


def test_other_bytes_another_mapping_or_one_more_delivery_are_read(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, records, MAPPING)
    file = write(tmp_path / "in", "acme.csv", pans(*range(30)))
    shop.make(records, file)
    more = write(tmp_path / "in", "other.csv", pans(*range(50, 80)))
    assert not isinstance(intake.take_in(shop.runtime, [str(file), str(more)], "acme"), Again)
    written = shop.runtime.settings.mappings / "acme.toml"
    written.write_text(MAPPING + 'brand = "title"\n')
    assert not isinstance(intake.take_in(shop.runtime, [str(file)], "acme"), Again)
    written.write_text(MAPPING)
    assert isinstance(intake.take_in(shop.runtime, [str(file)], "acme"), Again)
    write(tmp_path / "in", "acme.csv", pans(*range(31)))
    assert not isinstance(intake.take_in(shop.runtime, [str(file)], "acme"), Again)


def test_another_row_rule_or_other_code_has_all_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = shop_with(tmp_path, records, MAPPING)
    file = write(tmp_path / "in", "acme.csv", pans(*range(30)))
    shop.make(records, file)
    monkeypatch.setattr(Stage, "code", "0" * 64)
    assert not isinstance(intake.take_in(shop.runtime, [str(file)], "acme"), Again)


def test_a_guess_is_recalled_for_the_same_bytes_and_code_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = Shop.open(tmp_path, stages=(records,))
    file = shop.deliver("acme.csv", kettles(40))
    shop.make(records, file)
    delivery = intake.open_delivery(file)
    known = Known.of(shop.runtime)
    assert known.guess(delivery) == intake.mapping_of(delivery, shop.runtime.settings.mappings)
    monkeypatch.setattr(recognised, "reader", lambda: "another")
    assert known.guess(delivery) is None


def test_who_asks_for_rows_that_were_not_read_is_told_to_run_again(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, records, MAPPING)
    file = write(tmp_path / "in", "acme.csv", pans(*range(30)))
    shop.make(records, file)
    feed = intake.take_in(shop.runtime, [str(file)], "acme")
    assert feed is not None
    with pytest.raises(recognised.LakeError, match="run again"):
        feed.held()
