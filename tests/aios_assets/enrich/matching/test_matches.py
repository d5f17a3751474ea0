import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from aios_assets.enrich.matching import PAIR_KEYS, MatchingError, MatchModel, learn, match, rematch

sys.path.insert(0, str(Path(__file__).parent))
from catalogues import two_suppliers

KEYS = list(PAIR_KEYS)


@pytest.fixture(scope="module")
def catalogue():
    records, truth = two_suppliers(400)
    model = learn(records)
    return records, truth, model, match(records, model, merge="likely")


def f1(found: pl.DataFrame, truth: pl.DataFrame) -> float:
    right = len(found.join(truth, on=KEYS, how="semi"))
    return 2 * right / (len(found) + len(truth))


def test_duplicates_are_found(catalogue):
    _, truth, _, found = catalogue
    assert f1(found.pairs.filter("likely"), truth) > 0.9


def test_certain_pairs_are_right(catalogue):
    _, truth, _, found = catalogue
    certain = found.pairs.filter(pl.col("decision") == "certain")
    assert len(certain) > 50
    assert len(certain.join(truth, on=KEYS, how="semi")) >= 0.98 * len(certain)


def test_next_to_nothing_merges_where_nothing_is_shared():
    records, _ = two_suppliers(800, shared=0.0)
    found = match(records, learn(records), merge="likely")
    assert len(found.pairs.filter("likely")) <= 0.02 * len(records)
    assert not len(found.pairs.filter(pl.col("decision") == "certain"))


def test_order_of_rows_does_not_matter(catalogue):
    records, _, model, found = catalogue
    shuffled = records.sample(fraction=1.0, shuffle=True, seed=5)
    assert learn(shuffled).to_bytes() == model.to_bytes()
    again = match(shuffled, model, merge="likely")
    assert_frame_equal(again.pairs, found.pairs)
    assert_frame_equal(again.clusters, found.clusters)


def test_a_model_is_its_bytes(catalogue):
    _, _, model, _ = catalogue
    read = MatchModel.from_bytes(model.to_bytes())
    assert read.to_bytes() == model.to_bytes()
    assert read.digest == model.digest


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"format": "other/1", "weights": {}}'])
def test_bytes_that_are_no_model_are_refused(data):
    with pytest.raises(MatchingError):
        MatchModel.from_bytes(data)


def test_every_record_has_one_product_and_the_lone_one_its_own(catalogue):
    records, _, _, found = catalogue
    assert found.clusters.select("supplier", "sku").equals(records.select("supplier", "sku").sort("supplier", "sku"))
    assert found.clusters["product"].null_count() == 0


def test_never_these_two_outlives_a_rebuild_and_lifting_it_restores_both(catalogue):
    records, _, model, found = catalogue
    pair = found.pairs.filter("likely").select(KEYS).head(1)
    parted = match(records, model, merge="likely", never=pair, previous=found.clusters)
    one, other = product(parted, pair, "left"), product(parted, pair, "right")
    assert one != other
    rebuilt = match(records, learn(records), merge="likely", never=pair)
    assert product(rebuilt, pair, "left") != product(rebuilt, pair, "right")
    restored = match(records, model, merge="likely", previous=parted.clusters)
    assert_frame_equal(restored.clusters, found.clusters)


def test_always_these_two_are_one_product(catalogue):
    records, _, model, found = catalogue
    lone = found.clusters.filter(~pl.col("product").is_duplicated())
    a = lone.filter(supplier="north").row(0)
    b = lone.filter(supplier="south").row(0)
    pair = pl.DataFrame([(b[0], b[1], a[0], a[1])], schema=KEYS, orient="row")
    joined = match(records, model, merge="likely", always=pair)
    assert product(joined, pair, "left") == product(joined, pair, "right")


def test_product_ids_stay_when_records_come_and_go(catalogue):
    records, _, model, found = catalogue
    fewer = records.filter(pl.int_range(pl.len()) % 10 != 0)
    later = match(fewer, model, merge="likely", previous=found.clusters)
    both = later.clusters.join(found.clusters, on=["supplier", "sku"], suffix="_before")
    one_before = pl.col("product_before").n_unique().over("product") == 1
    one_after = pl.col("product").n_unique().over("product_before") == 1
    same = both.filter(one_before & one_after)
    assert len(same) > 0.9 * len(both)
    assert (same["product"] == same["product_before"]).all()


def product(found, pair: pl.DataFrame, side: str) -> str:
    key = pair.select(supplier=f"{side}_supplier", sku=f"{side}_sku")
    return found.clusters.join(key, on=["supplier", "sku"], how="semi")["product"].item()


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_rematch_has_the_outcome_of_a_full_run(catalogue, data):
    records, _, model, found = catalogue
    at = st.lists(st.integers(0, len(records) - 1), max_size=6, unique=True)
    gone, changed = data.draw(at), data.draw(at)
    title = data.draw(st.sampled_from(["acme lamp black 8gb series 3", "", "zzz 9", records["title"][7]]))
    rows = records.with_row_index("at")
    after = rows.with_columns(
        title=pl.when(pl.col("at").is_in(changed)).then(pl.lit(title)).otherwise("title"),
        sku=pl.when(pl.col("at").is_in(changed[:2])).then(pl.col("sku") + "x").otherwise("sku"),
    ).filter(~pl.col("at").is_in(gone))
    delivery = after.filter(pl.col("at").is_in(changed)).select("supplier", "sku")
    after = after.drop("at")
    full = match(after, model, merge="likely", previous=found.clusters)
    part = rematch(after, model, found, delivery, merge="likely")
    assert_frame_equal(part.pairs, full.pairs)
    assert_frame_equal(part.clusters, full.clusters)
    assert_frame_equal(part.asked, full.asked)


def others(records: pl.DataFrame, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A later catalogue and the keys that changed: other prices, titles of other records, halves of them; two are gone."""
    rng = np.random.default_rng(seed)
    hit, donor = rng.choice(len(records), 15, replace=False).tolist(), rng.choice(len(records), 15).tolist()
    titles, prices = records["title"].to_list(), records["price"].to_list()
    for number, (at, other) in enumerate(zip(hit, donor, strict=True)):
        one, two = titles[at].split(), titles[other].split()
        half = " ".join(one[: len(one) // 2] + two[len(two) // 2 :])
        titles[at] = (titles[at], half, titles[other])[number % 3]
        prices[at] = prices[at] if number % 3 else f"{float(prices[at]) + 1:.2f}"
    after = records.with_columns(title=pl.Series(titles), price=pl.Series(prices))
    gone = rng.choice(len(records), 2, replace=False).tolist()
    return after.filter(~pl.int_range(pl.len()).is_in(gone)), after[sorted(hit)].select("supplier", "sku")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [13, 21, 34, 55])
def test_a_rematch_is_exact_where_words_begin_or_cease_to_be_shared(seed):
    records, _ = two_suppliers(1500, seed=5)
    model = learn(records)
    found = match(records, model, merge="probable")
    after, changed = others(records, seed)
    full = match(after, model, merge="probable", previous=found.base)
    part = rematch(after, model, found, changed, merge="probable")
    for name in ("pairs", "clusters", "base", "asked", "found_by"):
        assert_frame_equal(getattr(part, name), getattr(full, name))
    assert part.compared < full.compared / 5


def test_other_prices_look_up_nobody_and_end_like_a_full_run(catalogue, monkeypatch):
    records, _, model, found = catalogue
    rows = pl.int_range(pl.len())
    price = pl.col("price").cast(pl.Float64) * 2
    after = records.with_columns(
        price=pl.when(rows % 50 == 0).then(price.cast(pl.String)).otherwise("price"),
        description=pl.when(rows % 75 == 0).then(pl.lit("for collectors")),
    )
    changed = after.filter((rows % 50 == 0) | (rows % 75 == 0)).select("supplier", "sku")
    full = match(after, model, merge="likely", previous=found.base)
    monkeypatch.delattr(import_module("aios_assets.enrich.matching.rematch"), "Lookup")
    part = rematch(after, model, found, changed, merge="likely")
    for name in ("pairs", "clusters", "base", "asked", "found_by"):
        assert_frame_equal(getattr(part, name), getattr(full, name))
    assert not full.pairs.equals(found.pairs)


@pytest.mark.slow
def test_a_small_delivery_compares_little():
    records, _ = two_suppliers(2000, seed=9)
    model = learn(records)
    before = match(records, model)
    changed = records.select("supplier", "sku").head(len(records) // 100)
    assert rematch(records, model, before, changed).compared <= 0.05 * before.compared


@pytest.mark.parametrize(
    "broken",
    [
        pl.DataFrame({"supplier": ["a"], "sku": ["1"]}),
        pl.DataFrame({"supplier": ["a", "a"], "sku": ["1", "1"], "title": ["x", "y"]}),
        pl.DataFrame({"supplier": ["a"], "sku": [None], "title": ["x"]}, schema_overrides={"sku": pl.String}),
    ],
)
def test_records_without_keys_are_refused(broken):
    with pytest.raises(MatchingError):
        learn(broken)


@pytest.mark.parametrize("size", [0, 1, 2])
def test_a_catalogue_of_next_to_nothing_matches_nothing(size):
    records = pl.DataFrame({"supplier": ["a", "b"], "sku": ["1", "1"], "title": ["one lamp", None]}).head(size)
    found = match(records, learn(records))
    assert len(found.clusters) == size
    assert found.clusters["product"].n_unique() == size


def test_hostile_text_changes_nothing_but_its_record(catalogue):
    records, _, model, found = catalogue
    hostile = ["\x00", "(" * 5000, "a" * 1_000_000, "٣٤ gb", "\u202eevil", "{{7*7}}", "%s%n"]
    extra = pl.DataFrame({"supplier": ["south"] * 7, "sku": [f"z{n}" for n in range(7)], "title": hostile})
    after = match(pl.concat([records, extra], how="diagonal"), model, merge="likely")
    assert len(after.clusters) == len(records) + 7
    assert after.pairs.join(found.pairs, on=KEYS, how="semi").height >= 0.98 * found.pairs.height
