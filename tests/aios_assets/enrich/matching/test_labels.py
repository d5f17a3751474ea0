import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aios_assets.enrich.matching import PAIR_KEYS, learn
from aios_assets.enrich.matching.corpus import MatchingError
from aios_assets.enrich.matching.labels import FOLDS, Seen, features, train

PAIRS = [(at, other) for at in range(8) for other in (at, (at + 1) % 8)]


@pytest.fixture(scope="module")
def seen():
    rows = [
        {"supplier": supplier, "sku": str(at), "title": f"acme lamp {word} {at}{extra}", "price": f"{10 + at}"}
        for supplier, extra in (("left", ""), ("right", " new"))
        for at, word in enumerate(["red", "blue", "green", "white", "black", "pink", "grey", "gold"])
    ]
    records = pl.DataFrame(rows)
    keyed = [("left", str(one), "right", str(other)) for one, other in PAIRS]
    return features(records, learn(records, within=False), pl.DataFrame(keyed, schema=list(PAIR_KEYS), orient="row"))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 1), min_size=len(PAIRS), max_size=len(PAIRS)), st.integers(0, len(PAIRS) - 1))
def test_no_row_knows_the_label_of_its_own_pair(seen, labels, at):
    every, told = np.arange(len(PAIRS)), np.array(labels)
    other = told.copy()
    other[at] = 1 - told[at]
    one, flipped = (seen.knowing(known, every)[at] for known in (told, other))
    assert np.array_equal(one, flipped)


def test_a_record_that_has_its_counterpart_is_told_in_its_other_pairs(seen):
    nothing = seen.knowing(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    known = seen.knowing(np.array([1]), np.array([0]))
    changed = np.flatnonzero((nothing != known).any(axis=1))
    assert [PAIRS[at] for at in changed] == [(0, 1), (7, 0)]


@pytest.mark.slow
def test_what_can_be_told_apart_is_learned_the_same_each_time():
    draw = np.random.default_rng(0)
    labels = np.arange(60) % 3 == 0
    seen = np.column_stack([labels + draw.normal(0, 0.05, 60), draw.normal(0, 1, 60)])
    pairs = Seen(seen, np.arange(60), np.arange(60))
    told = pairs.knowing(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    trained, again = (train(pairs, labels.astype(np.int64)) for _ in range(2))
    assert 0 < trained.threshold <= 0.5
    assert ((trained.probability(told) >= trained.threshold) == labels).all()
    assert np.array_equal(trained.probability(told), again.probability(told))
    assert trained.threshold == again.threshold


def test_too_few_labels_of_a_class_are_refused():
    labels = np.array([1] * (FOLDS - 1) + [0] * 20)
    with pytest.raises(MatchingError):
        train(Seen(np.zeros((len(labels), 1)), np.arange(len(labels)), np.arange(len(labels))), labels)
