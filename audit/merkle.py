"""Merkle trees as in RFC 6962 and RFC 9162: hashes, roots and proofs, pure.

A *node* is a complete subtree: `(level, number)` covers the leaves `number << level` up to `(number + 1) << level`.
Leaf `i` completes one node at each level up to the count of trailing ones of `i`; who stores those beside the leaf can
answer any proof with O(log n) look-ups.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

EMPTY = hashlib.sha256(b"").digest()
"""Root of the tree without leaves."""

Node = Callable[[int, int], bytes]
"""Answers the hash of the complete subtree at (level, number)."""


def leaf_hash(data: bytes) -> bytes:
    """SHA-256 of 0x00 and the data (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and both children (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, word for word as the RFC defines it: what everything else is compared with."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaves[0]
    split = _split(len(leaves))
    return node_hash(root_of(leaves[:split]), root_of(leaves[split:]))


class Frontier:
    """The complete subtrees at a growing tree's right edge: all that appending needs. At most log2(n) hashes."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size, self._peaks = size, list(peaks)

    @classmethod
    def at(cls, size: int, node: Node) -> "Frontier":
        """The frontier of a stored tree of this size."""
        levels = (level for level in reversed(range(size.bit_length())) if size >> level & 1)
        return cls(size, [node(level, (size >> level) - 1) for level in levels])

    def copy(self) -> "Frontier":
        """A frontier that grows by itself."""
        return Frontier(self.size, self._peaks)

    def append(self, leaf: bytes) -> bytes:
        """Adds a leaf hash; answers it followed by the hash of each node it completes, 32 bytes each, lowest first."""
        hashes, number = leaf, self.size
        while number & 1:
            leaf = node_hash(self._peaks.pop(), leaf)
            hashes += leaf
            number >>= 1
        self._peaks.append(leaf)
        self.size += 1
        return hashes

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        if not self._peaks:
            return EMPTY
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def root_at(size: int, node: Node) -> bytes:
    """The root of a stored tree when it had this size."""
    return _range(0, size, node) if size else EMPTY


def inclusion(index: int, size: int, node: Node) -> tuple[bytes, ...]:
    """The audit path of leaf `index` in the tree of `size` leaves, lowest sibling first (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise IndexError(f"a tree of {size} leaves has no leaf {index}; ask for one from 0 to {size - 1}")
    low, high, path = 0, size, []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_range(middle, high, node))
            high = middle
        else:
            path.append(_range(low, middle, node))
            low = middle
    return tuple(reversed(path))


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether this path proves the leaf hash at `index` of the tree with that size and root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    number, last, so_far = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if number & 1 or number == last:
            so_far = node_hash(sibling, so_far)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            so_far = node_hash(so_far, sibling)
        number, last = number >> 1, last >> 1
    return last == 0 and so_far == root


def consistency(old: int, new: int, node: Node) -> tuple[bytes, ...]:
    """The proof that the tree of `new` leaves begins with the tree of `old` ones (RFC 9162, 2.1.4.1).

    Empty where `old` is 0 or `new`: there is nothing to prove beyond comparing roots.
    """
    if not 0 <= old <= new:
        raise IndexError(f"a tree of {new} leaves never had {old}; ask from a size between 0 and {new}")
    if old in (0, new):
        return ()
    low, high, known, path = 0, new, True, []
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(_range(middle, high, node))
            high = middle
        else:
            path.append(_range(low, middle, node))
            low, known = middle, False
    return tuple(reversed(path if known else [*path, _range(low, high, node)]))


def consistent(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether this path proves that the newer tree begins with the older one (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old in (0, new):
        return not path and (old_root == new_root if old else old_root == EMPTY)
    path = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not path:
        return False
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    first = second = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            second = node_hash(second, step)
        number, last = number >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _range(low: int, high: int, node: Node) -> bytes:
    """The root over the leaves from `low` up to `high`; every part but the last is a stored node."""
    size = high - low
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, low >> level)
    middle = low + _split(size)
    return node_hash(_range(low, middle, node), _range(middle, high, node))
