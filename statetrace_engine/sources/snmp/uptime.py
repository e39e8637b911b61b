"""Whether sysUpTime says that a device has restarted, or only that its counter is full, as it is after 497 days."""

from __future__ import annotations

from statetrace_engine.model.uptime import WRAPS_AT, could_begin_within, is_another, is_late


class Uptime:
    def __init__(self) -> None:
        self._ticks: int | None = None
        self._at = 0.0

    def is_reset(self, ticks: int, now: float) -> bool:
        """Takes a new answer, in hundredths of a second, at `now` in steady seconds; False for the first one.

        A device that was silent for longer than its restart took has more uptime than before, and less than it should.
        """
        before, elapsed_s = self._ticks, now - self._at
        self._ticks, self._at = ticks, now
        if before is None:
            return False
        behind = (before + round(elapsed_s * 100) - ticks) % WRAPS_AT
        if behind > WRAPS_AT // 2:
            return is_another((WRAPS_AT - behind) / 100, elapsed_s)
        return is_late(behind / 100, elapsed_s) and could_begin_within(ticks / 100, elapsed_s)
