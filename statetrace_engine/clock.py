"""The engine's two clocks: `steady` for durations and deadlines, `wall` for people (SPEC 3)."""

from __future__ import annotations

import time
from collections.abc import Callable

from statetrace_engine.model import Epoch


class Clock:
    """Tells both times; tests pass functions of their own."""

    # perf_counter and not monotonic: the same clock on Linux and macOS, but a fine one on Windows, where
    # monotonic moved in steps of 15.6 ms before Python 3.13.
    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.perf_counter,
        *,
        not_before: float = 0.0,
    ) -> None:
        self.wall: Callable[[], Epoch] = wall
        """Seconds since 1970 in UTC; may step when the machine's clock is set."""
        self._monotonic = monotonic
        self._offset = max(wall(), not_before) - monotonic()

    def steady(self) -> float:
        """Wall time when this clock was made plus the monotonic seconds since; never steps, never goes back, and
        goes on from `not_before`, where an engine before this one stopped."""
        return self._offset + self._monotonic()
