"""Small catalogues: what a person would say of a handful of rows holds, whatever little there is to learn from."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aios_assets.enrich.matching import Matches, learn, match
from aios_assets.enrich.matching.decide import MERGED

SYLLABLES = ("ba", "ko", "mi", "tre", "lus", "fan", "ze", "dor", "qui", "pa", "sen", "gor")
SIZES = (1, 2, 5, 10, 20, 49, *(pytest.param(size, marks=pytest.mark.slow) for size in (3, 60, 120)))
GTINS = ("4006381333931", "5901234123457")

Row = dict[str, str]


def product(number: int, **more: str) -> Row:
    """A product of four words of three syllables that no other number has, its brand and price."""
    digits = [number * 7919 + 104729 * at for at in range(12)]
    said = [SYLLABLES[(digit // 12**at + digit) % 12] for at, digit in enumerate(digits)]
    words = ["".join(said[at : at + 3]) for at in range(0, 12, 3)]
    return {"title": " ".join(words), "brand": words[0], "price": f"{5 + number % 97}.90", **more}


def matched(left: list[Row], right: list[Row]) -> Matches:
    """What `aios run` makes of two feeds."""
    rows = [
        {"supplier": name, "sku": f"{name}{at}", **row}
        for name, feed in (("a", left), ("b", right))
        for at, row in enumerate(feed)
    ]
    records = pl.DataFrame(rows, infer_schema_length=None)
    return match(records, learn(records), merge=MERGED)


def products(found: Matches) -> list[list[str]]:
    """The products of more than one record, by their records."""
    groups = found.clusters.sort("sku").group_by("product").agg("sku").filter(pl.col("sku").list.len() > 1)
    return sorted(groups["sku"].to_list())


def likely(found: Matches) -> int:
    return int(found.pairs["likely"].sum())


@pytest.mark.parametrize("size", SIZES)
def test_identical_rows_are_one_product(size: int) -> None:
    rows = [product(number) for number in range(size)]
    assert products(matched(rows, rows)) == sorted([f"a{at}", f"b{at}"] for at in range(size))


@pytest.mark.parametrize("size", SIZES)
def test_rows_of_other_products_are_not(size: int) -> None:
    found = matched([product(number) for number in range(size)], [product(1000 + number) for number in range(size)])
    assert products(found) == []
    assert likely(found) <= 0.02 * size


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("what", ["gtin", "capacity"])
def test_what_contradicts_is_not_the_same_however_alike_it_is(size: int, what: str) -> None:
    said = [
        [
            product(number, gtin=GTINS[side][:8] + f"{number:05d}")
            if what == "gtin"
            else {"title": f"{product(number)['title']} {('64GB', '128GB')[side]}", "brand": product(number)["brand"]}
            for number in range(size)
        ]
        for side in (0, 1)
    ]
    found = matched(*said)
    assert products(found) == []
    assert likely(found) <= 0.15 * size


@pytest.mark.slow
def test_contradictions_stay_apart_where_the_rest_is_identical() -> None:
    same = [product(number) for number in range(50)]
    here = [{"title": f"{product(n)['title']} 64 GB", "brand": product(n)["brand"]} for n in range(100, 120)]
    there = [{"title": f"{product(n)['title']} 256 GB", "brand": product(n)["brand"]} for n in range(100, 120)]
    assert products(matched(same + here, same + there)) == sorted([f"a{at}", f"b{at}"] for at in range(50))


def test_twenty_of_sixty_records_are_found() -> None:
    found = matched([product(n) for n in range(40)], [product(n) for n in range(20, 60)])
    assert products(found) == sorted([f"a{at + 20}", f"b{at}"] for at in range(20))


def test_one_gtin_is_one_product_however_it_is_called() -> None:
    found = matched(
        [{"title": "HP 301 Tinte schwarz", "gtin": GTINS[0]}, product(1)],
        [{"title": "ink cartridge CH561EE black", "gtin": GTINS[0]}, product(1)],
    )
    assert likely(found) == 2


def test_the_right_capacity_wins() -> None:
    sizes = ("32 GB", "64 GB", "128 GB", "256 GB")
    here = [{"title": f"SanDisk Ultra USB 3.0 {size} black"} for size in sizes]
    there = [{"title": f"Sandisk Ultra USB-Stick {size}"} for size in sizes[1:]]
    pairs = matched(here, there).pairs.filter(pl.col("likely"))
    assert {(left, right) for left, right in pairs.select("left_sku", "right_sku").iter_rows()} <= {
        (f"a{at + 1}", f"b{at}") for at in range(3)
    }


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.integers(1, 40), st.integers(0, 20), st.integers(0, 20))
def test_what_is_shared_is_found_and_nothing_else(shared: int, here: int, there: int) -> None:
    left = [product(number) for number in range(shared + here)]
    right = [product(number) for number in range(shared)] + [product(5000 + number) for number in range(there)]
    assert products(matched(left, right)) == sorted([f"a{at}", f"b{at}"] for at in range(shared))
