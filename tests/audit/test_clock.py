"""Clocks."""

from datetime import UTC, datetime, timedelta, timezone

from audit.clock import Clock, HeldClock, SystemClock


def test_a_held_clock_moves_only_when_moved() -> None:
    clock = HeldClock(datetime(2026, 11, 23, 14, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now() == clock.now() == datetime(2026, 11, 23, 12, tzinfo=UTC)
    clock.move(-3600)
    assert clock.now().isoformat() == "2026-11-23T11:00:00+00:00"


def test_the_machines_clock_is_in_utc() -> None:
    clock: Clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)
