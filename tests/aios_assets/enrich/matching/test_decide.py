"""Decisions by people in matching: never is never violated, taking back leaves no trace, any order ends alike."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from catalogues import two_suppliers
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from aios_assets.enrich.matching import PAIR_KEYS, Matches, MatchModel, decide, learn, match, rematch
from aios_assets.enrich.matching.contradict import Pair, Record, ordered, torn
from aios_assets.enrich.matching.decide import PROBABLE
from aios_assets.enrich.matching.naming import product_id


@dataclass(frozen=True)
class Catalogue:
    """Records, what was learned of them, and what the model makes of them."""

    records: pl.DataFrame
    model: MatchModel
    found: Matches

    def decided(self, told: dict[Pair, bool | None], before: Matches | None = None) -> Matches:
        """The outcome with these decisions: from nothing, or after `before` with nothing compared."""
        same = [pair for pair, verdict in told.items() if verdict is True]
        different = [pair for pair, verdict in told.items() if verdict is False]
        against = torn(same, different)
        people = {
            "always": frame([pair for pair in same if pair not in against]),
            "never": frame(different),
            "settled": frame([pair for pair, verdict in told.items() if verdict is None]),
        }
        if before is None:
            return match(self.records, self.model, merge="probable", previous=self.found.base, **people)
        nothing = self.records.head(0)
        return rematch(self.records, self.model, before, nothing, merge="probable", **people)


def frame(pairs: list[Pair]) -> pl.DataFrame:
    return pl.DataFrame([(*a, *b) for a, b in pairs], schema=dict.fromkeys(PAIR_KEYS, pl.String), orient="row")


def products(found: Matches) -> dict[Record, str]:
    return {(supplier, sku): product for supplier, sku, product in found.clusters.iter_rows()}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    records, _ = two_suppliers(110)
    model = learn(records)
    return Catalogue(records, model, match(records, model, merge="probable"))


def surest(catalogue: Catalogue) -> tuple[str, str, str, str]:
    """The keys of a pair that merges beyond doubt."""
    return catalogue.found.pairs.sort("probability", *PAIR_KEYS).select(PAIR_KEYS).row(-1)


FEW = 8


@st.composite
def decisions(draw: st.DrawFn, most: int = 9) -> list[tuple[int, int, bool | None]]:
    """A sequence of decisions about a few records, by their places."""
    place = st.integers(0, 2 * FEW - 1)
    one = st.tuples(place, place, st.sampled_from([True, False, None])).filter(lambda told: told[0] != told[1])
    return draw(st.lists(one, min_size=1, max_size=most))


def few(catalogue: Catalogue) -> list[Record]:
    """Records of merged pairs, and as many of others."""
    merged = catalogue.found.clusters.filter(pl.col("product").is_duplicated()).sort("product").head(FEW)
    lone = catalogue.found.clusters.filter(~pl.col("product").is_duplicated()).head(FEW)
    return [(supplier, sku) for supplier, sku, _ in pl.concat([merged, lone]).iter_rows()]


@pytest.mark.slow
@settings(max_examples=6, deadline=None)
@given(told=decisions(most=4))
def test_any_sequence_of_decisions_ends_as_one_application_from_nothing(
    catalogue: Catalogue, told: list[tuple[int, int, bool | None]]
) -> None:
    in_steps_and_at_once(catalogue, told)


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(told=decisions())
def test_many_sequences_of_decisions(catalogue: Catalogue, told: list[tuple[int, int, bool | None]]) -> None:
    in_steps_and_at_once(catalogue, told)


def in_steps_and_at_once(catalogue: Catalogue, told: list[tuple[int, int, bool | None]]) -> None:
    """Decided one after the other, each time on what came before; and all at once from nothing."""
    records, standing, step = few(catalogue), {}, catalogue.found
    for one, other, verdict in told:
        standing[ordered(records[one], records[other])] = verdict
        step = catalogue.decided(standing, step)
        named = products(step)
        for (a, b), said in standing.items():
            assert said is not False or named[a] != named[b]
    once = catalogue.decided(standing)
    assert_frame_equal(step.clusters, once.clusters)
    assert_frame_equal(step.base, once.base)
    assert_frame_equal(step.pairs, once.pairs)
    joined = torn([p for p, v in standing.items() if v is True], [p for p, v in standing.items() if v is False])
    for pair, said in standing.items():
        assert said is not True or pair in joined or products(once)[pair[0]] == products(once)[pair[1]]


@pytest.mark.slow
@settings(max_examples=6, deadline=None)
@given(told=decisions(), one=st.integers(0, 2 * FEW - 1), other=st.integers(0, 2 * FEW - 1))
def test_unmerging_restores_both_exactly(
    catalogue: Catalogue, told: list[tuple[int, int, bool | None]], one: int, other: int
) -> None:
    """Whatever was decided before, of two that were apart: merged and parted again, every record is what it was."""
    records = few(catalogue)
    standing = {ordered(records[a], records[b]): verdict for a, b, verdict in told}
    pair = ordered(records[one], records[other])
    before = catalogue.decided(standing)
    named = products(before)
    if one == other or named[pair[0]] == named[pair[1]]:
        return
    merged = catalogue.decided({**standing, pair: True}, before)
    parted = catalogue.decided({**standing, pair: False}, merged)
    assert_frame_equal(parted.clusters, before.clusters)


def test_nobody_decided_is_the_model_alone(catalogue: Catalogue) -> None:
    assert_frame_equal(catalogue.found.clusters, catalogue.found.base)
    assert_frame_equal(catalogue.decided({}).pairs, catalogue.found.pairs)


def test_a_decided_pair_is_told_as_such_and_not_asked_again(catalogue: Catalogue) -> None:
    doubtful = catalogue.found.pairs.filter(pl.col("decision") == "review").head(3).select(PAIR_KEYS).rows()
    same, different, unsure = (ordered(row[:2], row[2:]) for row in doubtful)
    told = catalogue.decided({same: True, different: False, unsure: None})
    of = {(row[:2], row[2:4]): row[4] for row in told.pairs.select(*PAIR_KEYS, "decision").iter_rows()}
    assert (of[same], of[different], of[unsure]) == ("same", "different", "apart")


def test_a_decision_leaves_a_clean_counterpart_no_second_one(catalogue: Catalogue) -> None:
    """Who is merged by hand with a record of a supplier that lists each product once is not merged with a second of it."""
    sure = surest(catalogue)
    lone = catalogue.found.clusters.filter(~pl.col("product").is_duplicated() & (pl.col("supplier") == sure[2])).row(0)
    pair = ordered(sure[:2], lone[:2])
    told = catalogue.decided({pair: True})
    named = products(told)
    assert named[pair[0]] == named[pair[1]] != named[sure[2:]]
    assert (
        told.pairs.filter(decision="certain").join(frame([(sure[:2], sure[2:])]), on=PAIR_KEYS, how="semi").is_empty()
    )


def test_the_record_that_a_product_is_named_after_keeps_the_name_when_it_is_parted(catalogue: Catalogue) -> None:
    """It was there first; the other came later, sorts before it, and joined."""
    sure = surest(catalogue)
    early, late = sure[2:], sure[:2]
    first = match(catalogue.records.filter(pl.col("sku") != late[1]), catalogue.model, merge="probable")
    name = products(first)[early]
    assert name == product_id(*early)
    joined = match(catalogue.records, catalogue.model, merge="probable", previous=first.base)
    assert products(joined)[late] == products(joined)[early] == name
    parted = match(
        catalogue.records, catalogue.model, merge="probable", previous=joined.base, never=frame([ordered(early, late)])
    )
    assert products(parted)[early] == name
    assert products(parted)[late] == product_id(*late)


def test_who_may_not_be_a_counterpart_is_no_rival_any_more() -> None:
    """Two twins on either side: as likely one way as the other, until a person says which way it is not."""
    records, _ = two_suppliers(110)
    one, other = records["supplier"].unique().sort()
    twins = [
        {"supplier": side, "sku": f"twin{n}", "title": "zubrowka glass carafe 700"}
        for side in (one, other)
        for n in (1, 2)
    ]
    records = pl.concat([records, pl.DataFrame(twins)], how="diagonal")
    model = learn(records)
    catalogue = Catalogue(records, model, match(records, model, merge="probable"))
    first, second = ((one, "twin1"), (other, "twin1")), ((one, "twin2"), (other, "twin2"))
    crossed = ((one, "twin1"), (other, "twin2"))
    alike = products(catalogue.found)
    assert len({alike[record] for pair in (first, second) for record in pair}) == 4
    told = catalogue.decided({ordered(*first): False, ordered(*second): False})
    named = products(told)
    assert named[crossed[0]] == named[crossed[1]] != named[first[1]]
    assert_frame_equal(told.base, catalogue.found.base)


def test_what_is_most_likely_decided_wrongly_is_reviewed_first(catalogue: Catalogue) -> None:
    queue = catalogue.found.pairs.filter(decision="review")
    rest = catalogue.found.pairs.filter((pl.col("decision") == "apart") & (pl.col("probability") < PROBABLE))
    assert 0 < queue.height <= 0.05 * catalogue.records.height / 2
    assert queue["probability"].min() >= rest["probability"].append(pl.Series([0.0])).max()


def test_where_room_is_left_what_no_catalogue_would_call_a_coincidence_is_reviewed_last() -> None:
    probability = np.array([0.6, 0.001, 0.001, 0.001, 0.1, 0.0])
    before = np.array([0.1, 0.7, 0.9, 0.4, 0.0, 0.95])
    won = np.array([True, True, True, True, True, False])
    merging = np.zeros(6, dtype=bool)
    told = decide._Verdicts(won, probability, merging, merging, merging)
    ranked = [
        np.flatnonzero(decide._reviewed(told, won, size, before=before)).tolist() for size in (40, 80, 120, 160, 400)
    ]
    assert ranked == [[0], [0, 4], [0, 2, 4], [0, 1, 2, 4], [0, 1, 2, 4]]
