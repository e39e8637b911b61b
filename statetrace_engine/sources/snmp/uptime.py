"""Whether sysUpTime says that a device has restarted, or only that its counter is full, as it is after 497 days."""

from __future__ import annotations

_WRAPS_AT = 2**32
_TOLERANCE_S = 5.0
_DRIFT = 0.01
"""A device's clock may be off by so much, and its answer may have waited."""


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
        behind = (before + round(elapsed_s * 100) - ticks) % _WRAPS_AT
        if behind > _WRAPS_AT // 2:  # ahead of us
            behind = _WRAPS_AT - behind
        return behind / 100 > _TOLERANCE_S + _DRIFT * elapsed_s
