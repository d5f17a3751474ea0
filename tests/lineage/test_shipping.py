from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage.errors import LineageError, TransportError
from lineage.shipping import Shipped, ship


class Flaky:
    """A transport that acknowledges as its script says, and delivers some of what it does not acknowledge."""

    def __init__(self, script: list[str]) -> None:
        self.script = script
        self.received: list[int] = []

    def emit(self, event: Mapping[str, Any]) -> None:
        step = self.script.pop(0) if self.script else "yes"
        if step != "no":
            self.received.append(event["n"])
        if step != "yes":
            raise TransportError("event", step, "again")


def events(*indices: int) -> list[tuple[int, dict[str, Any]]]:
    return [(index, {"n": index}) for index in indices]


def test_everything_leaves_in_order_and_is_marked() -> None:
    marked: list[int] = []
    transport = Flaky([])
    assert ship(events(2, 5, 9), transport, marked.append) == Shipped(3, 9)
    assert transport.received == marked == [2, 5, 9]
    assert ship([], transport, marked.append) == Shipped(0)


def test_the_first_failure_stops_all_that_follows() -> None:
    marked: list[int] = []
    transport = Flaky(["yes", "no"])
    shipped = ship(events(2, 5, 9), transport, marked.append)
    assert (shipped.acknowledged, shipped.last, shipped.stopped_at, shipped.done) == (1, 2, 5, False)
    assert shipped.why == "event: no. To do: again"
    assert transport.received == marked == [2]


def test_a_round_that_is_over_stops_before_the_next_event() -> None:
    marked: list[int] = []
    shipped = ship(events(1, 2), Flaky([]), marked.append, seconds=0)
    assert (shipped.acknowledged, shipped.stopped_at) == (0, 1)
    assert marked == []


@pytest.mark.parametrize("indices", [(2, 1), (1, 1)])
def test_indices_that_do_not_rise_are_an_error(indices: tuple[int, ...]) -> None:
    with pytest.raises(LineageError, match="order"):
        ship(events(*indices), Flaky([]), lambda _: None)


def test_an_acknowledged_event_whose_mark_is_lost_is_sent_again() -> None:
    transport = Flaky([])

    def lost(_: int) -> None:
        raise OSError("power")

    with pytest.raises(OSError, match="power"):
        ship(events(1, 2), transport, lost)
    ship(events(1, 2), transport, lambda _: None)
    assert transport.received == [1, 1, 2]


@given(st.lists(st.sampled_from(["yes", "no", "lost"]), max_size=30), st.integers(1, 8))
def test_every_event_arrives_and_none_before_its_elder(script: list[str], many: int) -> None:
    transport, marked = Flaky(script), []
    pending = events(*range(many))

    def mark(index: int) -> None:
        marked.append(index)
        pending.pop(0)

    for _ in range(40):
        if not pending:
            break
        ship(list(pending), transport, mark)
    assert marked == list(range(many))
    first_seen = list(dict.fromkeys(transport.received))
    assert first_seen == list(range(many))
    assert transport.received == sorted(transport.received)
