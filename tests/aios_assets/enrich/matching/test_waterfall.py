import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from aios_assets.enrich.matching import MatchingError, learn, match
from aios_assets.enrich.matching.waterfall import explain

sys.path.insert(0, str(Path(__file__).parent))
from catalogues import two_suppliers


@pytest.fixture(scope="module")
def matched():
    records, _ = two_suppliers(300)
    model = learn(records)
    return records, model, match(records, model)


def test_steps_sum_to_the_probability_that_was_told(matched):
    records, model, found = matched
    for pair in found.pairs.filter("likely").head(5).to_dicts():
        told = explain(
            records, model, (pair["left_supplier"], pair["left_sku"]), (pair["right_supplier"], pair["right_sku"])
        )
        log_odds = told.start + sum(step.added for step in told.steps)
        assert 1 / (1 + np.exp(-log_odds)) == pytest.approx(told.probability)
        assert told.probability == pytest.approx(pair["probability"], abs=0.01)  # farther rivals are not looked up
        assert told.plain()["left"] == f"{pair['left_supplier']}/{pair['left_sku']}"


def test_order_of_the_two_does_not_matter(matched):
    records, model, found = matched
    pair = found.pairs.row(0, named=True)
    one, other = (pair["left_supplier"], pair["left_sku"]), (pair["right_supplier"], pair["right_sku"])
    assert explain(records, model, one, other) == explain(records, model, other, one)


def test_a_record_that_is_not_there_is_named(matched):
    records, model, _ = matched
    with pytest.raises(MatchingError, match="nobody/1"):
        explain(records, model, ("nobody", "1"), ("north", "n00000"))


def test_a_contradiction_that_no_catalogue_overrules_is_told():
    records = pl.DataFrame(
        [
            {"supplier": supplier, "sku": f"{at}", "title": f"{word}ora kettle {word}tre lamp {size}"}
            for supplier, size in (("a", "64GB"), ("b", "128GB"))
            for at, word in enumerate(f"{one}{other}{one}" for one in "bdfgklmnpr" for other in "aeiouy")
        ]
    )
    told = explain(records, learn(records), ("a", "7"), ("b", "7"))
    assert any(step.kind == "veto" and step.added < 0 for step in told.steps)
    log_odds = told.start + sum(step.added for step in told.steps)
    assert 1 / (1 + np.exp(-log_odds)) == pytest.approx(told.probability)
    assert told.probability < told.threshold
