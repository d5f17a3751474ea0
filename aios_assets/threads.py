"""Threads: what is done to parts of a frame at the same time, since polars alone leaves a core idle on one column of text."""

import contextvars
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

Part = TypeVar("Part")
Made = TypeVar("Made")

AT_ONCE = min(4, os.cpu_count() or 1)
"""Parts in work at a time; each holds its own memory, and polars has threads of its own."""

_SHARED: contextvars.ContextVar[int] = contextvars.ContextVar("shared", default=1)
"""Among how many the threads are shared here: a part in work beside others has its share of them."""


def each(parts: Sequence[Part], do: Callable[[Part], Made], *, at_once: int = AT_ONCE) -> list[Made]:
    """What `do` makes of each part, in order; the first fault is raised when all that was begun has ended.

    A thread more than there is work for costs: each compiles the expressions of polars for itself.
    """
    at_once //= _SHARED.get()
    if len(parts) < 2 or at_once < 2:
        return [do(part) for part in parts]
    with ThreadPoolExecutor(at_once) as threads:
        begun = [beside(threads, partial(do, part)) for part in parts]
        return [one.result() for one in begun]


def in_turn(parts: Iterable[Part], do: Callable[[Part], Made], *, at_once: int = AT_ONCE) -> Iterator[Made]:
    """What `do` makes of each part, in order; parts are asked for as they are begun, and no more than `at_once` are held."""
    if at_once < 2:
        yield from map(do, parts)
        return

    def shared(part: Part) -> Made:
        _SHARED.set(at_once)  # in the context of this one call
        return do(part)

    with ThreadPoolExecutor(at_once) as threads:
        begun: deque[Future[Made]] = deque()
        for part in parts:
            begun.append(beside(threads, partial(shared, part)))
            if len(begun) == at_once:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()


def ahead(items: Iterable[Part]) -> Iterator[Part]:
    """The same items, where the next one is made in another thread while the last one is worked on."""
    if AT_ONCE < 2:
        yield from items
        return
    source = iter(items)
    with ThreadPoolExecutor(1) as thread:
        coming = beside(thread, partial(next, source, None))
        while (item := coming.result()) is not None:
            coming = beside(thread, partial(next, source, None))
            yield item


def beside(threads: ThreadPoolExecutor, do: Callable[[], Made]) -> Future[Made]:
    """Begins `do` in another thread, under the spans of this one."""
    around = contextvars.copy_context()
    return threads.submit(lambda: around.run(do))
