"""Changes: which keys of an input are new, different or gone, and which groups that concerns."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from aios_assets.changes import Source, affected_groups, changed_keys, in_parts, only_groups
from policies.contract import ATTEMPT


def table(*rows: tuple[str, str | None, str], group: str = "g") -> pl.LazyFrame:
    """Rows of key, group, attempt."""
    return pl.LazyFrame(rows, schema={"k": pl.String, group: pl.String, ATTEMPT: pl.String}, orient="row")


BEFORE = table(("1", "x", "a"), ("2", "x", "a"), ("3", "y", "a"))
NOW = table(("1", "x", "a"), ("2", "z", "b"), ("4", "y", "b"))
CHANGED = Source(NOW, BEFORE, ("k",), frozenset({"b"}))
STILL = Source(BEFORE, BEFORE, ("k",), frozenset())


def test_new_different_and_gone_rows_are_changed() -> None:
    assert sorted(changed_keys(CHANGED)["k"]) == ["2", "3", "4"]
    assert changed_keys(STILL).is_empty()
    assert sorted(changed_keys(Source(NOW, None, ("k",), frozenset()))["k"]) == ["1", "2", "4"]


def test_a_row_concerns_the_group_it_is_in_and_the_one_it_was_in() -> None:
    assert sorted(affected_groups("g", {"t": CHANGED})["g"]) == ["x", "y", "z"]
    assert affected_groups("g", {"t": STILL}).is_empty()


def test_an_input_without_the_group_is_found_through_its_key() -> None:
    named = pl.LazyFrame({"k": ["1", "2"], "name": ["p", "q"], ATTEMPT: ["a", "c"]})
    sources = {"t": STILL, "names": Source(named, named, ("k",), frozenset({"c"}))}
    groups = affected_groups("g", sources)
    assert groups["g"].to_list() == ["x"]
    cut = only_groups("g", groups, sources)
    assert sorted(cut["t"].collect()["k"]) == ["1", "2"]
    assert sorted(cut["names"].collect()["k"]) == ["1", "2"]


def test_only_rows_of_these_groups_are_handed_over() -> None:
    cut = only_groups("g", pl.DataFrame({"g": ["y"]}), {"t": CHANGED})
    assert cut["t"].collect()["k"].to_list() == ["4"]


def test_an_input_that_shares_nothing_with_the_group_concerns_all_of_them_and_stays_whole() -> None:
    policy = pl.LazyFrame({"setting": ["s"], ATTEMPT: ["a"]})
    still = Source(policy, policy, ("setting",), frozenset())
    other = pl.LazyFrame({"setting": ["r"], ATTEMPT: ["c"]})
    changed = Source(policy, other, ("setting",), frozenset({"c"}))
    assert affected_groups("g", {"t": STILL, "policy": still}).is_empty()
    assert sorted(affected_groups("g", {"t": STILL, "policy": changed})["g"]) == ["x", "y"]
    cut = only_groups("g", pl.DataFrame({"g": ["y"]}), {"t": STILL, "policy": still})
    assert cut["t"].collect()["k"].to_list() == ["3"]
    assert cut["policy"].collect()["setting"].to_list() == ["s"]


def test_an_input_that_shares_nothing_concerns_nobody_while_what_is_read_of_it_is_the_same() -> None:
    before = pl.LazyFrame({"setting": ["s", "t"], "level": [1, None], ATTEMPT: ["a", "a"]})
    again = pl.LazyFrame({"setting": ["t", "s"], "level": [None, 1], ATTEMPT: ["c", "a"]})
    for now, groups in ((again, []), (again.with_columns(level=2), ["x", "y"]), (again.head(1), ["x", "y"])):
        policy = Source(now, before, ("setting",), frozenset({"c"}))
        assert sorted(affected_groups("g", {"t": STILL, "policy": policy})["g"]) == groups
    never = Source(again, None, ("setting",), frozenset())
    assert sorted(affected_groups("g", {"t": STILL, "policy": never})["g"]) == ["x", "y"]


ROWS = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["p", "q", "r", "s", None])), max_size=12)


@given(ROWS, ROWS, st.integers(1, 4))
def test_parts_share_no_group_and_lose_no_row(
    carried: list[tuple[str, str | None]], beside: list[tuple[str, str | None]], parts: int
) -> None:
    frames = {
        "matches": pl.DataFrame(carried, schema={"sku": pl.String, "product": pl.String}, orient="row").unique("sku"),
        "records": pl.DataFrame({"sku": [sku for sku, _ in beside]}, schema={"sku": pl.String}).unique(),
        "policy": pl.DataFrame({"level": [1]}),
    }
    made = in_parts("product", frames, {"matches": ("sku",), "records": ("sku",), "policy": ("level",)}, parts)
    assert len(made) == parts
    for name in ("matches", "records"):
        assert pl.concat([part[name] for part in made]).sort(pl.all()).equals(frames[name].sort(pl.all()))
    groups = [set(part["matches"]["product"]) for part in made]
    assert sum(len(one) for one in groups) == len(set().union(*groups))
    for part, found in zip(made, groups, strict=True):
        assert part["policy"].equals(frames["policy"])
        known = part["records"].join(frames["matches"], on="sku")
        assert set(known["product"]) <= found
