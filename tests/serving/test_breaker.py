import threading

import pytest

from serving.breaker import Breaker, BreakerOpenError


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def fail(breaker):
    with pytest.raises(OSError, match="down"), breaker.call():
        raise OSError("down")


def test_opens_after_failures_in_a_row_and_tries_again_after_a_while():
    clock = Clock()
    breaker = Breaker("m", failures=2, cooldown=30, clock=clock)
    fail(breaker)
    with breaker.call():
        pass
    fail(breaker)
    fail(breaker)
    with (
        pytest.raises(BreakerOpenError, match="failed 2 times in a row and is not asked for 30 s more"),
        breaker.call(),
    ):
        pytest.fail("it was asked")
    clock.now += 30
    fail(breaker)
    with pytest.raises(BreakerOpenError, match="failed 3 times"), breaker.call():
        pytest.fail("it was asked")
    clock.now += 30
    with breaker.call():
        pass
    fail(breaker)
    with breaker.call():
        pass


def test_only_one_tries_while_it_is_open():
    clock = Clock()
    breaker = Breaker("m", failures=1, cooldown=30, clock=clock)
    fail(breaker)
    clock.now += 31
    inside, refused = threading.Event(), threading.Event()

    def tries():
        with breaker.call():
            inside.set()
            assert refused.wait(5)

    thread = threading.Thread(target=tries)
    thread.start()
    assert inside.wait(5)
    with pytest.raises(BreakerOpenError), breaker.call():
        pytest.fail("two were asked")
    refused.set()
    thread.join()
    with breaker.call():
        pass
