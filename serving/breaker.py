"""Breaker: stops asking a model that keeps failing, and tries it again after a while."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from serving.model import ServingError


class BreakerOpenError(ServingError):
    """A model that failed too often lately and is left alone for a while."""

    def __init__(self, name: str, failures: int, seconds: float) -> None:
        self.name, self.failures, self.seconds = name, failures, seconds
        super().__init__(
            f"{name} failed {failures} times in a row and is not asked for {seconds:.0f} s more;"
            " look at its server, then run again: answers so far are kept"
        )


class Breaker:
    """Opens after `failures` failures in a row, lets one call try after `cooldown` seconds, closes when it succeeds.

    Any number of threads may share one.
    """

    def __init__(
        self, name: str, *, failures: int = 3, cooldown: float = 30.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._name, self._limit, self._cooldown, self._clock = name, failures, cooldown, clock
        self._lock = threading.Lock()
        self._failed = 0
        self._again_at = 0.0

    @contextmanager
    def call(self) -> Iterator[None]:
        """Guards one call; raises BreakerOpenError instead of making it while the breaker is open."""
        with self._lock:
            left = self._again_at - self._clock()
            if self._failed >= self._limit:
                if left > 0:
                    raise BreakerOpenError(self._name, self._failed, left)
                # This call is the one that tries; the others wait for another cooldown.
                self._again_at = self._clock() + self._cooldown
        try:
            yield
        except BaseException:
            with self._lock:
                self._failed += 1
                self._again_at = self._clock() + self._cooldown
            raise
        with self._lock:
            self._failed = 0
