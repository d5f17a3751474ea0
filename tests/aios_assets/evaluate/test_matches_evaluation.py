from pathlib import Path

import polars as pl
import pytest

from aios_assets.enrich.matching import learn, match
from aios_assets.enrich.matching.decide import MERGED
from aios_assets.evaluate.matches import LEFT, RIGHT, evaluate
from aios_assets.evaluate.measures import Hit, b_cubed, best_in_hindsight, interval
from aios_assets.evaluate.tables import TableError, read_table, records_of

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data"
KEYS = [
    *("kind", "n_left", "n_right", "gold", "blocking", "precision", "recall", "f1", "f1_ci", "automatic", "certain"),
    *("review", "threshold", "seconds", "records_per_second", "peak_rss_mb"),
]


def feeds(folder: Path, *, products: int = 120) -> tuple[Path, Path, Path]:
    left = ["id;name;manufacturer;modelno;price"]
    right = ["id;title;brand;price"]
    gold = ["left;right"]
    for at in range(products):
        colour, size = ("black", "white", "red")[at % 3], 2 ** (at % 7 + 2)
        left.append(f'{at};"acme lamp {at * 37 % 101} {colour} {size}gb";acme;am{at}x{at * 7};{10 + at}.50')
        if at % 2:
            right.append(f"r{at};Acme Lamp {at * 37 % 101} {colour} {size} GB AM{at}X{at * 7};acme;{10 + at}.00")
            gold.append(f"{at};r{at}")
    paths = folder / "left.csv", folder / "right.csv", folder / "gold.csv"
    for path, lines in zip(paths, (left, right, gold), strict=True):
        path.write_text("\r\n".join(lines) + "\r\n")
    return paths


def test_two_feeds_against_gold(tmp_path):
    result = evaluate(*feeds(tmp_path))
    plain = result.plain()
    assert list(plain) == KEYS
    assert plain["blocking"].keys() == {"completeness", "reduction"}
    assert {"b_cubed", "calibration", "curve", "errors", "hindsight"} <= result.details().keys()
    assert plain["blocking"]["completeness"] == 1.0
    assert plain["automatic"].keys() == plain["certain"].keys() == {"share", "precision", "precision_low"}
    assert plain["automatic"]["precision_low"] <= plain["automatic"]["precision"]
    assert plain["f1"] > 0.9
    assert plain["f1_ci"][0] <= plain["f1"] <= plain["f1_ci"][1]
    assert any("F1" in line for line in result.lines())


def test_what_merges_by_itself_is_what_a_run_merges(tmp_path):
    left, right, gold = feeds(tmp_path)
    told = evaluate(left, right, gold).automatic
    records = pl.concat(
        [records_of(read_table(path), supplier=side) for path, side in ((left, LEFT), (right, RIGHT))], how="diagonal"
    )
    products = match(records, learn(records), merge=MERGED).clusters["product"]
    assert told.answered == len(products) - products.n_unique() > 0


def test_one_dirty_file_with_a_cluster_column(tmp_path):
    left, _, _ = feeds(tmp_path)
    rows = left.read_text().splitlines()
    doubled = [rows[0] + ";entity", *(f"{row};{at}" for at, row in enumerate(rows[1:]))]
    doubled += [f"d{row};{at}" for at, row in enumerate(rows[1:]) if at % 2]
    path = tmp_path / "dirty.csv"
    path.write_text("\n".join(doubled))
    result = evaluate(path, None, None, dirty=True, cluster="entity")
    assert result.gold == 60
    assert result.hit.recall > 0.9


@pytest.mark.parametrize("text", ["", "one column\nx\n", "a,b\n1,2\n"])
def test_files_that_are_no_feeds_are_refused(tmp_path, text):
    _, right, gold = feeds(tmp_path)
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(TableError):
        evaluate(path, right, gold)


def test_a_missing_gold_is_refused(tmp_path):
    left, right, _ = feeds(tmp_path)
    with pytest.raises(TableError):
        evaluate(left, right, None)


def test_measures_by_hand():
    assert Hit(2, 4, 3).f1 == pytest.approx(4 / 7)
    assert Hit(0, 0, 0).precision == 1.0
    assert b_cubed({"a": "1", "b": "1", "c": "2"}, {"a": "x", "b": "y", "c": "y"})["precision"] == pytest.approx(2 / 3)
    import numpy as np

    assert best_in_hindsight(np.array([0.9, 0.8, 0.1]), np.array([True, False, True]), 2) == (pytest.approx(0.8), 0.1)
    low, high = interval([(1, 1, 1)] * 20)
    assert (low, high) == (1.0, 1.0)


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "left", "right", "floor"),
    [("amazon_google", "amazon", "gp", 0.77), ("walmart_amazon", "walmart", "amazon", 0.80)],
)
def test_the_shared_feeds_stay_matched(folder, left, right, floor):
    home = SHARED / folder
    if not home.exists():
        pytest.skip("the shared data folder is not here")
    result = evaluate(home / f"{left}.csv", home / f"{right}.csv", home / "gt.csv")
    assert result.hit.f1 >= floor
    assert result.hindsight[0] - result.hit.f1 <= 0.03
    assert result.completeness >= 0.99
    assert result.candidates_per_record <= 6
    assert result.review_share <= 0.05
