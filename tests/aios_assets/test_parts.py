"""Parts: a delivery too large to be held comes out as it would if it were held, and leaves nothing readable behind."""

import gzip
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from core_fixtures import Shop, embedded, kettles, row
from polars.testing import assert_frame_equal

from aios_assets import attempting as machinery
from aios_assets import spill as spilling
from aios_assets.intake import take_in
from aios_assets.materialise import materialise
from aios_assets.spill import Spill
from aios_assets.stage import Stage
from aios_assets.stages.products import products
from aios_assets.stages.records import records
from audit.checkpoint import Signer
from audit.verify import verify
from policies.candidate import Candidate
from policies.contract import Contract, longest
from policies.gate import Gate
from policies.verdict import Verdict

HELD, PARTED = 2**40, 0


@pytest.fixture(autouse=True)
def few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is larger than a few rows goes to the disk."""
    monkeypatch.setattr(spilling, "KEPT", 2_000)


def open_shop(folder: Path, held_bytes: int, *, stages: tuple[Stage, ...] = (records, products)) -> Shop:
    shop = Shop.open(folder, stages=stages)
    settings = shop.runtime.settings
    told = {
        "feeds": settings.feeds.model_copy(update={"held_bytes": held_bytes}),
        "lake": settings.lake.model_copy(update={"buckets": 5}),
    }
    return replace(shop, runtime=replace(shop.runtime, settings=settings.model_copy(update=told)))


def both(folder: Path) -> tuple[Shop, Shop]:
    return open_shop(folder / "held", HELD), open_shop(folder / "parted", PARTED)


def same(held: Shop, parted: Shop) -> None:
    for table in ("records", "feed_rejects", "products"):
        assert told(parted, table) == told(held, table), table


def told(shop: Shop, table: str) -> list[str]:
    """The rows without what a vault's own keys make of them: digests, tokens and seals of two shops differ."""
    rows = shop.values(table, but=("line_digest", "digest", "sealed"))
    return sorted(re.sub(r"(?<=mail:)[a-p]{24}|[0-9a-f]{64}", "", str(one)) for one in rows)


def deliveries() -> list[list[object]]:
    first: list[object] = [
        *kettles(60),
        "B-1,too,many,cells,in,this,line",
        row("A-3", "the same SKU again"),
        row("", "it has no SKU"),
        row("ann.smith@example.com", "a key that is a person"),
        row("C-1", "Kettle of ann.smith@example.com"),
    ]
    changed = [row("A-7", "another title"), *kettles(40, start=20), row("B-9", "new", price="1.234,50")]
    return [first, changed, [*reversed(changed)], kettles(60)]


CHANGES = 'mode = "delta"\n'
TAKEN_AWAY = f'{CHANGES}deleted = {{ column = "title", values = ["another title", "new"] }}\n'


def mean(shop: Shop, told: str) -> None:
    """A mapping that says what the deliveries are."""
    shop.runtime.settings.mappings.mkdir()
    (shop.runtime.settings.mappings / "acme.toml").write_text(
        f'{told}supplier = {{ name = "acme" }}\n[fields]\nsku = "sku"\ntitle = "title"\nprice = "price"\n'
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("told_of_them", "days"),
    [
        ("", "0123"),
        (CHANGES, "0123"),
        (TAKEN_AWAY, "0123"),
        (TAKEN_AWAY, ("2024-05-02", "2024-05-04", "2024-05-01")),
    ],
)
def test_what_is_published_is_the_same_as_if_it_were_held(
    tmp_path: Path, told_of_them: str, days: Sequence[str]
) -> None:
    held, parted = both(tmp_path)
    for shop in (held, parted) if told_of_them else ():
        mean(shop, told_of_them)
    for number, rows in zip(days, deliveries(), strict=False):
        made = [shop.run(shop.deliver(f"acme_{number}.csv", rows)) for shop in (held, parted)]  # type: ignore[arg-type]
        outcomes = [
            {name: (one.refused, one.unchanged, one.rows, one.set_aside, one.computed, one.upserted, one.removed)
             for name, one in attempts.items()}
            for attempts in made
        ]  # fmt: skip
        assert outcomes[1] == outcomes[0], number
        same(held, parted)
    settings, ledger = parted.runtime.settings, parted.runtime.lake.ledger
    assert verify(ledger, settings.lake_folder, Signer.kept_in(settings.keys_folder).verifier).problems == ()


@pytest.mark.parametrize("name", ["acme.csv", "acme.csv.gz", "acme.jsonl", "acme_2024-05-01.json"])
def test_rows_come_out_of_the_spill_as_they_would_have_been_held(tmp_path: Path, name: str) -> None:
    rows = [*kettles(300), row("P-1", "of another price", price="1.234,50")]
    shop, file = open_shop(tmp_path, PARTED), tmp_path / name
    text = "\n".join(map(json.dumps, rows)) if "jsonl" in name else json.dumps(rows)
    if "csv" in name:
        text = shop.deliver("plain.csv", rows).read_text()
    file.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    parted = take_in(shop.runtime, [str(file)], None)
    feeds = shop.runtime.settings.feeds.model_copy(update={"held_bytes": HELD})
    settings = shop.runtime.settings.model_copy(update={"feeds": feeds})
    held = take_in(replace(shop.runtime, settings=settings), [str(file)], None)
    assert parted is not None
    assert held is not None
    assert (parted.spilled is None, held.spilled is None, parted.identity) == (False, True, held.identity)
    assert_frame_equal(parted.held().sort("line"), held.rows.sort("line"))
    assert_frame_equal(parted.rows, held.rows.clear())


def test_each_part_is_made_of_its_own_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop, heights = open_shop(tmp_path, PARTED), []
    work = machinery.row_work

    def seen(*given: object, **named: object) -> object:
        heights.append(given[1].height)  # type: ignore[attr-defined]  # the driver
        return work(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(machinery, "row_work", seen)
    shop.make(records, shop.deliver("acme.csv", kettles(200)))
    assert len(heights) == shop.runtime.settings.lake.buckets
    assert sum(heights) == 200
    assert max(heights) < 100
    files = shop.runtime.lake.state("records").files  # type: ignore[union-attr]  # just committed
    assert len(files) == shop.runtime.settings.lake.buckets


@pytest.mark.slow
def test_a_table_that_was_small_is_cut_anew_for_a_large_delivery(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, parted = both(tmp_path)
    for shop in (held, parted):
        shop.make(records, shop.deliver("acme.csv", kettles(20)))
    monkeypatch.setattr(spilling, "PART_TEXT", 200)
    for rows in (kettles(90, start=10), [*kettles(80, start=10), row("A-9", "back again")]):
        made = [shop.make(records, shop.deliver("acme.csv", rows)) for shop in (held, parted)]
        assert len({(one.rows, one.upserted, one.removed, one.set_aside) for one in made}) == 1
        assert told(parted, "records") == told(held, "records")
    state = parted.runtime.lake.state("records")
    assert state is not None
    (cut,) = {int(path.split("-of-")[1][:3]) for path in state.files}
    assert (cut > 5, cut % 5) == (True, 0)
    assert sum(file.rows for file in state.files.values()) == state.rows == 81


class Watching(Gate):
    """The gate, which remembers what it was asked about."""

    seen: list[Candidate]

    def judge(self, candidate: Candidate) -> Verdict:
        self.seen.append(candidate)
        return super().judge(candidate)


@pytest.mark.slow
@pytest.mark.parametrize("changes", ["rules", "contract"])
def test_under_other_rules_or_another_contract_each_part_is_judged_and_measured_anew(
    tmp_path: Path, changes: str
) -> None:
    told_of_both = []
    for shop in both(tmp_path):
        file = shop.deliver("acme.csv", kettles(30))
        shop.make(records, file)
        settings = shop.runtime.settings
        if changes == "rules":  # they are asked about a profile
            settings = settings.model_copy(update={"policy": settings.policy.model_copy(update={"profile": "scale"})})
        gate = Watching(embedded(), settings.policy.profile)
        gate.seen = []
        stage = records if changes == "rules" else replace(records, contract=longer_titles(records.contract))
        other = replace(shop, runtime=replace(shop.runtime, settings=settings, gate=gate))
        made = other.make(stage, shop.deliver("acme.csv", kettles(31)))
        one = gate.seen[-1]
        kept = [(each.type, each.columns, each.success) for each in one.expectations]
        facts = (one.measured, one.rows, one.fingerprints, one.columns, kept)
        told_of_both.append((made.refused, made.rows, made.upserted, made.set_aside, *facts))
    assert told_of_both[0] == told_of_both[1]
    assert told_of_both[0][4] == 31  # not the new one alone


def longer_titles(contract: Contract) -> Contract:
    """The same with another promise."""
    return replace(contract, expects=(*contract.expects, longest("title", 200_000)))


def test_of_changes_older_than_the_last_assortment_none_counts(tmp_path: Path) -> None:
    shop = open_shop(tmp_path, PARTED)
    shop.make(records, shop.deliver("acme_2024-05-02.csv", kettles(9)))
    mean(shop, CHANGES)
    heights = {}
    for day in ("2024-05-01", "2024-05-03"):
        feed = take_in(shop.runtime, [str(shop.deliver(f"acme_{day}.csv", kettles(3)))], None)
        assert feed is not None
        heights[day] = feed.held().height
    assert heights == {"2024-05-01": 0, "2024-05-03": 3}


def test_a_table_whose_files_are_cut_otherwise_is_made_whole(tmp_path: Path) -> None:
    shop = open_shop(tmp_path, PARTED)
    shop.make(records, shop.deliver("acme.csv", kettles(30)))
    feed = take_in(shop.runtime, [str(shop.deliver("acme.csv", kettles(40)))], None)
    assert feed is not None
    assert feed.spilled is not None
    other = Spill(tmp_path, records.contract.keys, 3)
    other.add(feed.spilled.spill.part(0))
    for number in range(1, feed.spilled.parts):
        other.add(feed.spilled.spill.part(number))
    feed = replace(feed, spilled=replace(feed.spilled, spill=other))
    made = materialise(
        records, shop.runtime, machinery.Run("run", "test"), contracts={"records": records.contract}, feed=feed
    )
    assert (made.rows, made.upserted) == (40, 10)


def test_a_part_in_which_a_person_stands_ends_it_and_leaves_no_draft(tmp_path: Path) -> None:
    careless = replace(records, function=lambda feed, vault: feed)
    shop = open_shop(tmp_path, PARTED, stages=(careless,))
    rows = [*kettles(60), row("C-1", "Kettle of ann.smith@example.com")]
    made = shop.make(careless, shop.deliver("acme.csv", rows))
    assert made.refused
    assert "privacy/no-raw-pii" in shop.why(made)
    assert not list(shop.runtime.settings.lake_folder.rglob("*.parquet"))


@pytest.mark.slow
def test_parts_behind_the_one_in_which_a_person_stands_change_nothing_of_what_is_told(tmp_path: Path) -> None:
    careless = replace(records, function=lambda feed, vault: feed)
    rows = [*kettles(30), *(row(f"C-{n}", f"Kettle of ann.smith{n}@example.com") for n in range(40))]
    facts = []
    for number in range(3):
        shop = open_shop(tmp_path / str(number), PARTED, stages=(careless,))
        made = shop.make(careless, shop.deliver("acme.csv", rows))
        assert not list(shop.runtime.settings.lake_folder.rglob("*.parquet"))
        facts.append(shop.why(made))
    assert facts[0] == facts[1] == facts[2]


@pytest.mark.parametrize("kept", [0, 2_000])
def test_a_spill_gives_back_what_came_in_its_order_and_shows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    monkeypatch.setattr(spilling, "PIECE", 100)
    monkeypatch.setattr(spilling, "KEPT", kept)
    rows = pl.DataFrame({"sku": [f"secret-{n % 40}" for n in range(100)], "n": range(100)})
    spill = Spill(tmp_path / "scratch", ["sku"], 4)
    for piece in rows.iter_slices(7):
        spill.add(piece)
    assert spill.parts == 4
    parts = [spill.part(number).drop(spilling.OF) for number in range(4)]
    assert all(own["n"].is_sorted() for part in parts for own in part.partition_by("sku"))
    assert_frame_equal(pl.concat(parts).sort("n"), rows)
    assert min(part.height for part in parts) > 0
    assert list((tmp_path / "scratch").iterdir()) == []
    written = Path(f"/proc/self/fd/{spill._file.fileno()}").read_bytes()
    assert len(written) > 1_000
    assert b"secret" not in written


@pytest.mark.parametrize("part_text", [100, spilling.PART_TEXT])
def test_what_is_kept_comes_back_as_from_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part_text: int
) -> None:
    monkeypatch.setattr(spilling, "PIECE", 100)
    monkeypatch.setattr(spilling, "PART_TEXT", part_text)
    rows = pl.DataFrame({"sku": [None, *(f"long number {n % 40}" for n in range(99))], "n": range(100)})
    both = []
    for kept in (0, 2**40):
        monkeypatch.setattr(spilling, "KEPT", kept)
        spill = Spill(tmp_path / str(kept), ["sku"], 3)
        for piece in rows.iter_slices(7):
            spill.add(piece, of=piece.item(0, "n") % 2)
        looked = pl.concat(spill.looked_through(["n"])).sort("n")
        parts = [spill.part(number).sort("sku", maintain_order=True).rows() for number in range(spill.parts)]
        both.append((parts, looked.rows()))
    assert [folder.name for folder in tmp_path.iterdir()] == ["0"]
    assert both[0] == both[1]
    assert (len(both[0][0]) == 3) == (part_text > 100)


def test_rows_without_a_whole_key_are_in_the_first_part(tmp_path: Path) -> None:
    rows = pl.DataFrame({"supplier": ["a", "a"], "sku": [None, "1"]})
    spill = Spill(tmp_path, ["supplier", "sku"], 64)
    spill.add(rows)
    assert spill.part(0)["sku"].to_list()[0] is None
    assert sum(spill.part(number).height for number in range(64)) == 2
