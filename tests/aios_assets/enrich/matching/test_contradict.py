"""Contradictions: what cannot hold together is found, with the pairs that say so."""

from hypothesis import given
from hypothesis import strategies as st

from aios_assets.enrich.matching.contradict import Decided, Pair, Record, ordered, torn

RECORDS: list[Record] = [("acme", str(n)) for n in range(6)]
PAIRS = st.tuples(st.sampled_from(RECORDS), st.sampled_from(RECORDS)).filter(lambda two: two[0] != two[1])
SETS = st.lists(PAIRS.map(lambda two: ordered(*two)), max_size=8, unique=True)


def groups(same: list[Pair]) -> dict[Record, frozenset[Record]]:
    """By brute force: what is joined with what."""
    found = {record: frozenset([record]) for record in RECORDS}
    for _ in RECORDS:
        for one, other in same:
            both = found[one] | found[other]
            found |= dict.fromkeys(both, both)
    return found


@given(same=SETS, different=SETS, asked=PAIRS)
def test_a_decision_contradicts_exactly_where_it_cannot_hold(
    same: list[Pair], different: list[Pair], asked: Pair
) -> None:
    pair = ordered(*asked)
    same = [one for one in same if one != pair]
    apart = [one for one in different if one not in same and one != pair]
    before, after = groups(same), groups([*same, pair])
    if any(before[a] == before[b] for a, b in apart):
        return  # contradicts itself already
    decided = Decided(same, apart)
    told = decided.against(pair, same=True)
    assert bool(told) == any(after[a] == after[b] for a, b in apart)
    assert not told or (told[0] in apart and set(told[1:]) <= set(same))
    chain = decided.against(pair, same=False)
    assert bool(chain) == (before[pair[0]] == before[pair[1]])
    assert set(chain) <= set(same)


@given(same=SETS, different=SETS)
def test_what_is_torn_never_joins_what_is_kept_apart(same: list[Pair], different: list[Pair]) -> None:
    different = [pair for pair in different if pair not in same]
    found = torn(same, different)
    left = groups([pair for pair in same if pair not in found])
    assert all(left[a] != left[b] for a, b in different)
    joined = groups(same)
    assert set(found) == {pair for pair in same if any(joined[a] == joined[b] == joined[pair[0]] for a, b in different)}


def test_a_longer_way_round_is_found() -> None:
    a, b, c, d = RECORDS[:4]
    decided = Decided([(a, b), (b, c), (a, c)], [])
    assert decided.against((a, c), same=False) == ((a, b), (b, c))
    decided.take((a, b), same=None)
    assert decided.against((a, c), same=False) == ()
    decided.take((a, d), same=False)
    assert decided.against((b, d), same=True) == ((a, d), (a, c), (b, c))
    assert decided.against((c, d), same=True) == ((a, d), (a, c))
