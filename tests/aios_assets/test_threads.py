"""Threads: what is worked on at the same time comes out in order, never more of it than was said, and its faults too."""

from collections.abc import Iterator
from threading import Barrier, Lock, get_ident

import pytest

from aios_assets import threads
from aios_assets.threads import ahead, each, in_turn


def test_parts_come_back_in_their_order_and_are_asked_for_as_they_are_begun() -> None:
    asked: list[int] = []

    def parts() -> Iterator[int]:
        for number in range(9):
            asked.append(number)
            yield number

    for number, made in enumerate(in_turn(parts(), lambda part: part * part, at_once=3)):
        assert made == number * number
        assert len(asked) <= number + 3


def test_as_many_are_in_work_as_was_said_and_no_more() -> None:
    together, at_work, most = Barrier(2, timeout=60), [0], [0]
    counting = Lock()

    def work(part: int) -> int:
        with counting:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
        together.wait()  # never passed by one alone
        with counting:
            at_work[0] -= 1
        return part

    assert list(in_turn(range(8), work, at_once=2)) == list(range(8))
    assert most == [2]


def test_a_fault_of_one_part_is_raised_where_its_turn_is() -> None:
    turns = in_turn([4, 2, 0, 1], lambda part: 8 // part, at_once=2)
    assert [next(turns), next(turns)] == [2, 4]
    with pytest.raises(ZeroDivisionError):
        next(turns)


@pytest.mark.parametrize("at_once", [1, 4])
def test_what_is_made_ahead_is_what_would_have_been_made(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "AT_ONCE", at_once)
    assert list(ahead([])) == []
    assert list(ahead(iter("abc"))) == ["a", "b", "c"]

    def broken() -> Iterator[str]:
        yield "a"
        raise ValueError("torn")

    items = ahead(broken())
    assert next(items) == "a"
    with pytest.raises(ValueError, match="torn"):
        next(items)


def test_a_part_in_work_beside_others_has_its_share_of_the_threads() -> None:
    def inside(_: int) -> set[int]:
        return set(each(range(4), lambda _: get_ident(), at_once=2))

    assert all(len(used) == 1 for used in in_turn(range(3), inside, at_once=2))
    assert get_ident() not in inside(0)
