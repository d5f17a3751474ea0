"""Look: what was looked through before changes nothing about what is found, whatever the memory forgot."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aios_assets.enrich import clean, look, personal, secrets
from aios_assets.enrich.clean import Clean

TEXTS = st.sampled_from(
    [None, "", "kettle", "1.5 l", "jane@example.com", "AKIAIOSFODNN7EXAMPLQ", "a3f5" * 16, "password=hunter2x", "teapot",
     "call +1 415 555 0132", "[mail:hbdpmcaklfogeninjabopcdk]", "4111111111111111", *(f"cup {n}" for n in range(20))]
)  # fmt: skip
TAGS = st.sampled_from([(), ("text",), ("digest",), ("token",), ("digest", "token")])
COLUMNS = st.lists(st.tuples(st.lists(TEXTS, min_size=3, max_size=3), TAGS), min_size=1, max_size=3)


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """A memory so small that it forgets all the time."""
    monkeypatch.setattr(clean, "SIZES", (4, 8))
    monkeypatch.setattr(look, "CLEAN", Clean())


def scanned(values: pl.Series, tags: tuple[str, ...]) -> look.Exposed:
    """The counts as scanning every value tells them."""
    for form in (look.FORMS[tag] for tag in tags if tag in look.FORMS):
        values = values.filter(~(values.str.contains(form) & values.str.contains("[A-Za-z]")))
    return look.Exposed(personal.count(values), secrets.count(values))


@pytest.mark.slow
@given(st.lists(COLUMNS, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_counting_with_a_memory_is_counting(frames: list[list[tuple[list[str | None], tuple[str, ...]]]]) -> None:
    for frame in frames:
        columns = {str(at): pl.Series(values, dtype=pl.String) for at, (values, _) in enumerate(frame)}
        tags = {str(at): tags for at, (_, tags) in enumerate(frame)}
        assert look.counts(columns, tags) == {name: scanned(columns[name], tags[name]) for name in columns}


@pytest.mark.slow
@given(st.lists(st.lists(TEXTS, max_size=6), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_finding_with_a_memory_is_finding(columns: list[list[str | None]]) -> None:
    for column in columns:
        values = pl.Series(column, dtype=pl.String)
        told = pl.concat([personal.find(values), secrets.find(values)]).sort("row", "start")
        assert set(look.spans(values).rows()) <= set(told.rows())
        assert set(look.spans(values)["row"]) == set(told["row"])


def test_what_one_way_of_reading_lets_pass_is_looked_through_by_another() -> None:
    key = {"c": pl.Series(["AKIAIOSFODNN7EXAMPLQ"])}
    assert look.counts(key, {"c": ("digest",)})["c"].secrets == 0
    assert look.counts(key, {"c": ()})["c"].secrets == 1
    assert look.counts(key, {"c": ("digest",)})["c"].secrets == 0


def test_a_text_is_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clean, "SIZES", (1 << 10,))
    monkeypatch.setattr(look, "CLEAN", Clean())
    values = pl.Series([f"kettle {n}" for n in range(50)])
    look.spans(values)
    new = look.CLEAN.look_up(pl.DataFrame({"text": pl.concat([values, pl.Series(["teapot", None, ""])])}))["text"]
    assert "teapot" in pl.concat([values, pl.Series(["teapot", None, ""])]).gather(new["row"]).to_list()
    assert new.height < 5


def test_what_was_found_is_never_remembered() -> None:
    exposed = pl.Series(["jane@example.com", "kettle"])
    for _ in range(3):
        assert look.spans(exposed)["text"].to_list() == ["jane@example.com"]
        assert look.counts({"c": exposed}, {"c": ()})["c"] == look.Exposed(1, 0)


def test_hashes_differ_from_process_to_process() -> None:
    texts = pl.DataFrame({"text": ["kettle"]})
    assert not Clean().look_up(texts)["text"].equals(Clean().look_up(texts)["text"])


@given(st.lists(TEXTS, max_size=4), st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_a_text_that_stands_again_is_found_again(texts: list[str | None], times: int) -> None:
    values = pl.Series(texts * times, dtype=pl.String)
    once = look.spans(pl.Series(texts, dtype=pl.String)).rows()
    again = [(row + turn * len(texts), *rest) for turn in range(times) for row, *rest in once]
    assert look.spans(values).rows() == again


@given(TEXTS, st.integers(1, 70), st.lists(TEXTS, max_size=2), TAGS)
@settings(max_examples=40, deadline=None)
def test_a_column_of_one_value_counts_as_often_as_it_stands(
    text: str | None, times: int, others: list[str | None], tags: tuple[str, ...]
) -> None:
    values = pl.Series([text] * times + others, dtype=pl.String)
    assert look.counts({"c": values}, {"c": tags}) == {"c": scanned(values, tags)}


def test_a_table_that_grows_forgets_little_of_what_went_in_right_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clean, "SIZES", (1 << 8, 1 << 10, 1 << 12))
    memory, before = Clean(), pl.DataFrame({"text": ["kettle"]})
    for turn in range(3):
        texts = pl.DataFrame({"text": [f"kettle {turn} {n}" for n in range(50 * 4**turn)]})
        memory.add(memory.look_up(texts)["text"].select(look.HASHES))
        for known in (texts, before) if turn else (texts,):
            assert memory.look_up(known)["text"].height < known.height / 4, turn
        before = texts


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=8))
def test_the_first_of_each_pair_of_hashes_is_kept_where_one_of_them_is_equal(pairs: list[tuple[int, int]]) -> None:
    rows = pl.DataFrame(pairs, schema={"place": pl.UInt64, "mark": pl.UInt64}, orient="row").with_row_index("row")
    expected = rows.unique(look.HASHES, keep="first", maintain_order=True)
    assert look._first(rows).sort("row").equals(expected)
