"""Clock: the one place that time comes from, so that tests can hold it."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)


class HeldClock:
    """A clock that stands still until it is moved, also backwards."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """The moment at which the clock was left."""
        return self._at

    def move(self, seconds: float) -> None:
        """Moves the clock by this many seconds; negative ones go back."""
        self._at += timedelta(seconds=seconds)
