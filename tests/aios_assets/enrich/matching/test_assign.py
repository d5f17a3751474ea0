import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from aios_assets.enrich.matching.assign import clusters, levels, one_to_one


@st.composite
def scored_pairs(draw):
    size = draw(st.integers(2, 14))
    sources = np.array(draw(st.lists(st.integers(0, 2), min_size=size, max_size=size)))
    every = [(a, b) for a in range(size) for b in range(a + 1, size) if sources[a] != sources[b]]
    chosen = draw(st.lists(st.sampled_from(every), unique=True)) if every else []
    scores = draw(st.lists(st.integers(0, 5), min_size=len(chosen), max_size=len(chosen)))
    left, right = (np.array([pair[at] for pair in chosen], dtype=np.int64) for at in (0, 1))
    return left, right, sources, np.array(scores, dtype=np.float64)


def greedy(left, right, sources, scores):
    won, taken = [], set()
    for at in np.lexsort((right, left, -scores)).tolist():
        one, other = (left[at], sources[right[at]]), (right[at], sources[left[at]])
        if one not in taken and other not in taken:
            taken |= {one, other}
            won.append(at)
    return sorted(won)


@given(scored_pairs())
def test_rounds_of_mutual_best_equal_greedy(pairs):
    assert one_to_one(*pairs).tolist() == greedy(*pairs)


@given(scored_pairs())
def test_levels_never_repeat_a_pair(pairs):
    found = np.concatenate(levels(*pairs))
    assert len(np.unique(found)) == len(found)


@given(scored_pairs(), st.lists(st.tuples(st.integers(0, 13), st.integers(0, 13)), max_size=3))
def test_a_cluster_holds_one_record_of_a_clean_source_and_nothing_forbidden(pairs, never):
    left, right, sources, _ = pairs
    size = len(sources)
    never = [(a, b) for a, b in never if a < size and b < size and a != b]
    edges = zip(left.tolist(), right.tolist(), strict=True)
    groups = clusters(size, edges, sources=sources, clean=np.ones(3, dtype=bool), never=never)
    for head in np.unique(groups):
        members = np.flatnonzero(groups == head)
        assert head == members.min()
        assert len(np.unique(sources[members])) == len(members)
    assert all(groups[a] != groups[b] for a, b in never)


def test_what_a_person_decided_outweighs_a_clean_source():
    sources = np.array([0, 0, 1])
    groups = clusters(3, [(0, 2)], sources=sources, clean=np.ones(2, dtype=bool), always=[(0, 1)])
    assert groups.tolist() == [0, 0, 0]
