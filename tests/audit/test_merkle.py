"""Merkle trees against published vectors and against the RFC's own recursive definition."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.merkle import (
    EMPTY,
    Frontier,
    Node,
    consistency,
    consistent,
    included,
    inclusion,
    leaf_hash,
    node_hash,
    root_at,
    root_of,
)

# the eight-leaf tree of the certificate-transparency test data, used by most implementations of RFC 6962
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
}
CONSISTENCY = {
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def tree(leaves: list[bytes]) -> tuple[Frontier, Node]:
    """The frontier over these leaf hashes, and its stored nodes kept as the ledger keeps them."""
    frontier = Frontier()
    stored = [frontier.append(leaf) for leaf in leaves]
    return frontier, lambda level, number: stored[((number + 1) << level) - 1][32 * level :][:32]


def hashes(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size: int) -> None:
    leaves = [leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:size]]
    assert root_of(leaves).hex() == ROOTS[size]
    assert tree(leaves)[0].root().hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_published_inclusion_proofs(index: int, size: int) -> None:
    _, node = tree([leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES])
    assert [step.hex() for step in inclusion(index, size, node)] == INCLUSION[index, size]


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_published_consistency_proofs(old: int, new: int) -> None:
    _, node = tree([leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES])
    assert [step.hex() for step in consistency(old, new, node)] == CONSISTENCY[old, new]


def test_every_small_tree_is_what_the_rfc_defines() -> None:
    leaves = hashes(70)
    frontier, node = tree(leaves)
    assert frontier.root() == root_of(leaves)
    for size in range(71):
        assert root_at(size, node) == root_of(leaves[:size])
        assert Frontier.at(size, node).root() == root_of(leaves[:size])


sizes = st.integers(1, 300)


@settings(deadline=None, max_examples=60)
@given(sizes, st.data())
def test_inclusion_holds_for_its_leaf_alone(size: int, data: st.DataObject) -> None:
    leaves = hashes(size)
    frontier, node = tree(leaves)
    index = data.draw(st.integers(0, size - 1))
    path, root = inclusion(index, size, node), frontier.root()
    assert included(leaves[index], index, size, path, root)
    assert len(path) <= size.bit_length()
    assert not included(leaf_hash(b"other"), index, size, path, root)
    assert not included(leaves[index], index, size, path, leaf_hash(b"other"))
    assert not included(leaves[index], index, size, (*path, EMPTY), root)
    if path:
        assert not included(leaves[index], index, size, path[:-1], root)
        assert not included(leaves[index], index, size, (EMPTY, *path[1:]), root)
    for other in {0, index - 1, index + 1, size} - {index}:
        assert not included(leaves[index], other, size, path, root)


@settings(deadline=None, max_examples=60)
@given(sizes, st.data())
def test_consistency_holds_for_a_prefix_alone(new: int, data: st.DataObject) -> None:
    leaves = hashes(new)
    frontier, node = tree(leaves)
    old = data.draw(st.integers(0, new))
    path, before, root = consistency(old, new, node), root_of(leaves[:old]), frontier.root()
    assert consistent(old, new, before, root, path)
    forked = root_of([*leaves[: old - 1], leaf_hash(b"other")]) if old else leaf_hash(b"other")
    assert not consistent(old, new, forked, root, path)
    assert not consistent(old, new, before, leaf_hash(b"other"), path) or old == 0
    assert not consistent(old, new, before, root, (*path, EMPTY))
    if path:
        assert not consistent(old, new, before, root, path[:-1])
        assert not consistent(old, new, before, root, (EMPTY, *path[1:]))


@settings(deadline=None, max_examples=40)
@given(sizes, sizes)
def test_growing_on_from_a_stored_frontier_is_growing(first: int, more: int) -> None:
    leaves = hashes(first + more)
    frontier, node = tree(leaves[:first])
    copy = Frontier.at(first, node).copy()
    for leaf in leaves[first:]:
        assert copy.append(leaf) == frontier.append(leaf)
    assert copy.root() == root_of(leaves)


def test_what_does_not_exist_cannot_be_proved() -> None:
    frontier, node = tree(hashes(4))
    with pytest.raises(IndexError, match="no leaf 4"):
        inclusion(4, 4, node)
    with pytest.raises(IndexError, match="never had 5"):
        consistency(5, 4, node)
    assert not included(EMPTY, 4, 4, (), frontier.root())
    assert not consistent(5, 4, EMPTY, EMPTY, ())
    assert not consistent(3, 4, root_of(hashes(3)), frontier.root(), ())


def test_a_leaf_is_never_a_node() -> None:
    left, right = hashes(2)
    assert leaf_hash(left + right) != node_hash(left, right)
