"""Pure. What time it is: engine time, and how far the wall clock stands from it (SPEC 3)."""

from __future__ import annotations

from statetrace_engine.model import Epoch


class Moment:
    __slots__ = ("now", "offset")

    def __init__(self) -> None:
        self.now = 0.0
        """Steady seconds; never goes back."""
        self.offset = 0.0
        """Wall time minus engine time."""

    def move(self, now: float, offset: float) -> None:
        self.now = max(now, self.now)
        self.offset = offset

    def wall(self, steady: float) -> Epoch:
        return steady + self.offset

    @property
    def now_at(self) -> Epoch:
        return self.now + self.offset
