import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from aios_assets.enrich.matching.corpus import corpus, prepared
from aios_assets.enrich.matching.pairwise import ABSENT, LATE, SHARED, SIDE, pairwise

WORDS = st.sampled_from(["lamp", "desk", "black", "kx12", "kx13", "2007", "500gb", "acme", "ez", "frame", "ezframe"])
RECORD = st.tuples(st.lists(WORDS, max_size=6), st.sampled_from(["", "kx12", "kx-13"]))


def body(*records: tuple[str, str]):
    rows = [
        {"supplier": "s", "sku": str(at), "title": title, "model": model or None}
        for at, (title, model) in enumerate(records)
    ]
    columns = dict.fromkeys(["supplier", "sku", "title", "model"], pl.String)
    return corpus(prepared(pl.DataFrame(rows, schema=columns)), None)[0]


@settings(max_examples=40, deadline=None)
@given(st.lists(RECORD, min_size=2, max_size=6))
def test_what_is_shared_is_told_alike_from_both_sides_and_the_sides_change_places(records):
    held = body(*((" ".join(words), model) for words, model in records))
    one = np.arange(len(records))
    other = one[::-1].copy()
    there, back = pairwise(held, one, other), pairwise(held, other, one)
    assert np.isfinite(there).all()
    assert np.array_equal(there[:, :SHARED], back[:, :SHARED])
    assert np.array_equal(there[:, SHARED : SHARED + SIDE], back[:, SHARED + SIDE :])
    assert np.array_equal(there, pairwise(held, one, other))


def test_equal_records_leave_nothing_over():
    held = body(("acme lamp kx12", "kx12"), ("acme lamp kx12", "kx12"), ("desk", ""), ("frame", ""))
    row = pairwise(held, np.array([0]), np.array([1]))[0]
    assert row[:3].tolist() == [1.0, 1.0, 1.0]
    for side in (row[SHARED : SHARED + SIDE], row[SHARED + SIDE :]):
        assert side[:7].tolist() == [0, 0, 0, ABSENT, 0, 0, 0]
        assert side[-1] == LATE


def test_a_word_written_together_over_there_is_not_left_over():
    held = body(("cinegray ezframe", ""), ("cinegray frame", ""), ("cinegray screen", ""), ("desk", ""))
    together, missing = pairwise(held, np.array([0, 0]), np.array([1, 2]))
    assert together[SHARED + SIDE] == 0
    assert missing[SHARED + SIDE] == 1


def test_no_pairs_have_no_rows():
    none = np.zeros(0, dtype=np.int64)
    assert pairwise(body(("a", ""), ("b", "")), none, none).shape == (0, SHARED + 2 * SIDE)
