"""Python's cycle collector in a process that is the engine's alone: its full passes wait until no signal does.

A pass over the heap of 10,000 routes holds every thread for 60 to 100 ms, which in a storm is the longest that a signal
waits for anything. Where a console shares the process, the console decides, by its keys.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

YOUNG, MIDDLE, NEVER = 10_000, 4, 1_000_000
"""Objects until the young are looked at, times until the middle-aged are; the old wait for `tick`."""
EVERY_S = 60.0
LATEST_S = 600.0
"""Also in a storm without end, so that memory stays bounded."""


def spare() -> None:
    """What is watched stays: with 100,000 routes each look of the collector at all of it held the loop for 0.4 s."""
    gc.collect()
    gc.freeze()


def unspare() -> None:
    """Much of it goes: what is spared next is another."""
    gc.unfreeze()


class Collector:
    """`begin` once, `tick` now and then."""

    def __init__(self, steady: Callable[[], float], collect: Callable[[], object] = gc.collect) -> None:
        self._steady = steady
        self._collect = collect
        self._swept = steady()

    def begin(self) -> None:
        gc.set_threshold(YOUNG, MIDDLE, NEVER)

    def tick(self, *, is_idle: bool) -> None:
        """A full pass once a minute, at a moment in which nothing waits."""
        since = self._steady() - self._swept
        if since >= LATEST_S or (since >= EVERY_S and is_idle):
            self._swept = self._steady()
            self._collect()
