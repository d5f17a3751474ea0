"""Decisions flow: into matching and everything after it, out again without a trace, and through every rebuild."""

from pathlib import Path

import polars as pl
import pytest
from core_fixtures import Shop, decide, row

from aios_assets.reviews import SUBJECT, Verdict
from audit.ledger import Kind
from policies.contract import ATTEMPT

SAME, DIFFERENT = Verdict.SAME, Verdict.DIFFERENT
THINGS = ("kettle", "lamp", "pan", "drill", "saw", "hose", "mat", "blanket")
OURS = [row(f"A-{n}", f"{THINGS[n % 8]} Trellik TR{n * 7919 % 10_007}X {n} W", price=f"{10 + n}.50") for n in range(60)]
THEIRS = [
    {**one, "sku": f"Z{one['sku']}", "title": f"{one['title']} new", "description": "also sold here"}
    for one in OURS[:50]
]


def listed(shop: Shop) -> list[tuple[object, ...]]:
    """Every row of the listings, all columns but the attempt that it came in with."""
    return sorted(shop.table("listings").drop(ATTEMPT).rows(), key=str)


def product(shop: Shop, name: str) -> str:
    supplier, _, sku = name.partition("/")
    return str(shop.table("matches").filter(supplier=supplier, sku=sku)["product"].item())


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    made = Shop.open(tmp_path_factory.mktemp("flow"))
    for attempt in made.run(made.deliver("acme.csv", OURS), made.deliver("zeta.csv", THEIRS)).values():
        assert not attempt.refused, made.why(attempt)
    assert made.table("matches").filter(pl.col("members") == 2).height > 60
    return made


@pytest.mark.slow
def test_what_is_merged_by_hand_is_parted_to_the_last_value(shop: Shop) -> None:
    one, other = "acme/A-55", "zeta/ZA-3"  # the second is one product with acme/A-3 by itself
    before, ids = listed(shop), (product(shop, one), product(shop, other))
    merged = decide(shop, one, other, SAME)
    told = shop.run()
    assert told["neighbours"].asked == 0
    assert product(shop, one) == product(shop, other)
    assert product(shop, "acme/A-3") != product(
        shop, other
    )  # acme lists a product once, and a person's word goes first
    assert listed(shop) != before
    decide(shop, one, other, DIFFERENT, over=merged.decision.index)
    shop.run()
    assert (product(shop, one), product(shop, other)) == ids
    assert listed(shop) == before
    assert all(attempt.unchanged for attempt in shop.run().values())


@pytest.mark.slow
def test_what_the_model_merged_is_parted_through_every_rebuild_and_comes_back_when_withdrawn(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = "acme/A-7", "zeta/ZA-7"
    before = listed(shop)
    assert product(shop, one) == product(shop, other)
    decide(shop, one, other, DIFFERENT)
    shop.run()
    parted = listed(shop)
    assert product(shop, one) != product(shop, other)
    assert shop.table("matches").filter(supplier="acme", sku="A-7")["decision"].item() != "certain"

    # Another code computes everything again, in place.
    from aios_assets import sources

    monkeypatch.setattr(sources, "digest_of", lambda *parts: f"another {parts}")
    shop.run()
    monkeypatch.undo()
    assert listed(shop) == parted

    # Nothing is left but the deliveries and what people decided.
    fresh = Shop.open(tmp_path / "fresh")
    files = fresh.deliver("acme.csv", OURS), fresh.deliver("zeta.csv", THEIRS)
    for told in shop.runtime.lake.ledger.read(kind=Kind.REVIEW, subject=SUBJECT):
        fresh.runtime.lake.ledger.append(told.entry)
    fresh.run(*files)
    assert listed(fresh) == parted

    decide(shop, one, other, Verdict.UNSURE)
    shop.run()
    assert listed(shop) == before


@pytest.mark.slow
def test_a_new_delivery_keeps_what_was_decided(tmp_path: Path) -> None:
    made = Shop.open(tmp_path)
    ours, theirs = made.deliver("acme.csv", OURS), made.deliver("zeta.csv", THEIRS)
    made.run(ours, theirs)
    decide(made, "acme/A-7", "zeta/ZA-7", DIFFERENT)
    decide(made, "acme/A-55", "acme/A-56", SAME)
    made.run()
    changed = [{**one, "price": "77.00"} if one["sku"] in {"A-7", "A-9"} else one for one in OURS]
    made.run(made.deliver("acme.csv", changed))
    assert product(made, "acme/A-7") != product(made, "zeta/ZA-7")
    assert product(made, "acme/A-55") == product(made, "acme/A-56")
    states = {row["left_sku"]: row["state"] for row in made.table("reviews").iter_rows(named=True) if row["verdict"]}
    assert states == {"A-7": "changed", "A-55": "to confirm"}
    gone = [one for one in changed if one["sku"] != "A-7"]
    made.run(made.deliver("acme.csv", gone))
    assert made.table("reviews").filter(left_sku="A-7")["state"].item() == "gone"
    made.run(made.deliver("acme.csv", changed))
    assert product(made, "acme/A-7") != product(made, "zeta/ZA-7")
