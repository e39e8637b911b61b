"""Python's pauses, kept away from the keys: full collections when nobody is pressing, and short turns of the lock.

The engine and the console share an interpreter. A full collection of the heap of 10,000 routes holds both for 60 to
100 ms, and a thread that is evaluating lets go of the lock after 5 ms, three times between a key and its paint.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable

SWITCH_S = 0.001
YOUNG, MIDDLE, NEVER = 10_000, 4, 1_000_000
"""Objects until the young are looked at, times until the middle-aged are; the old wait for `tick`."""
IDLE_S = 5.0
EVERY_S = 60.0
LATEST_S = 600.0
"""Also while keys are pressed all the time, so that memory stays bounded."""


class Sweeper:
    """For the process of a console: `begin` once, `pressed` with each key, `tick` now and then."""

    def __init__(self, monotonic: Callable[[], float], collect: Callable[[], object] = gc.collect) -> None:
        self._monotonic = monotonic
        self._collect = collect
        self._pressed = self._swept = monotonic()

    def begin(self) -> None:
        sys.setswitchinterval(SWITCH_S)
        gc.set_threshold(YOUNG, MIDDLE, NEVER)

    def keep(self) -> None:
        """What is here now lives as long as the console (every row of a full frame): never look through it again."""
        gc.freeze()

    def pressed(self) -> None:
        self._pressed = self._monotonic()

    def tick(self) -> None:
        """Sweeps once a minute, when no key has come for a while."""
        now = self._monotonic()
        since = now - self._swept
        if since >= LATEST_S or (since >= EVERY_S and now - self._pressed >= IDLE_S):
            self._swept = now
            self._collect()
