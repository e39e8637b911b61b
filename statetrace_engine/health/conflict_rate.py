"""Pure. The conflict rate (SPEC 2): of the windows in which two or more fresh sources spoke of a route that was not
HEALTHY, how many conflicted.

All routes have the same windows of UTC, so none is counted window by window: the present window has so many routes, and
each says with which window it will cease to count if nothing new is heard. What a change costs does not depend on how
many routes there are, nor does asking.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, floor, inf

from msgspec import Struct, field

from statetrace_engine.model import Epoch

DAY_S = 86400.0
KEPT_DAYS = 8
_HAIR_S = 1e-6
"""A deadline that fires on the edge of a window is neither before nor behind it."""
FOR_EVER = 1 << 60
"""The last window of a route whose sources do not grow old."""


class ConflictDay(Struct, omit_defaults=True):
    """Windows of one UTC day that have ended, over all routes."""

    windows: int = 0
    """In which two or more fresh sources spoke of a route that was not HEALTHY."""
    conflicting: int = 0
    """Of these."""
    on_healthy: int = 0
    """Conflicting ones beside them: their route was HEALTHY, or nothing else spoke of it."""


class SavedRate(Struct, omit_defaults=True):
    """What a restart goes on with; which routes count stands in their own states."""

    width_s: float = 0.0
    current: int = 0
    days: dict[int, ConflictDay] = field(default_factory=dict)
    """By the number of the day since 1970."""


class ConflictRate:
    def __init__(self, width_s: float) -> None:
        self.width_s = width_s
        self.current = 0
        """The present window, by its number since 1970."""
        self.days: dict[int, ConflictDay] = {}
        self._counting = 0
        """Routes that the present window counts."""
        self._ends: dict[int, int] = {}
        """How many of them count for the last time in a window."""

    def window_of(self, at: Epoch) -> int:
        return floor((at + _HAIR_S) / self.width_s)

    def begins_at(self, window: int) -> Epoch:
        return window * self.width_s

    def move(self, now_at: Epoch) -> None:
        """Ends the windows that have passed."""
        window = self.window_of(now_at)
        while self._counting and self.current < window:
            self._end_current()
        self.current = max(self.current, window)

    def skip_to(self, at: Epoch) -> None:
        """Nobody watched from now until then: what lies between is counted for no route."""
        window = self.window_of(at)
        if window == self.current:
            return
        if self._counting:
            self._end_current()
        for last in [last for last in self._ends if last < window]:
            self._counting -= self._ends.pop(last)
        self.current = window

    def count(self, last: int, until_at: Epoch) -> int:
        """From now on a route counts until then; `last` is what this answered for it before: its last window."""
        until = FOR_EVER if until_at == inf else max(self._last_before(until_at), self.current)
        if last == until:
            return last
        if last >= self.current:
            self._leave(last)
        self._enter(until)
        return until

    def cease(self, last: int, now_at: Epoch) -> int:
        """It counts no longer; the present window only if it has begun before now."""
        if last < self.current:
            return last
        self._leave(last)
        end = min(last, self._last_before(now_at))
        if end >= self.current:
            self._enter(end)
        return end

    def conflict(self, window: int, is_counted: bool) -> None:
        """A window of one route has ended, and conflicted."""
        day = self._day(window)
        if is_counted:
            day.conflicting += 1
        else:
            day.on_healthy += 1

    def today(self, at: Epoch) -> ConflictDay:
        return self.days.get(floor(at / DAY_S)) or ConflictDay()

    def saved(self) -> SavedRate:
        return SavedRate(self.width_s, self.current, self.days)

    def restore(self, saved: SavedRate, lasts: Iterable[int]) -> None:
        """`lasts` are the last windows of all routes, as their states have them."""
        self.current, self.days = saved.current, saved.days
        self._ends, self._counting = {}, 0
        for last in lasts:
            if last and last >= self.current:
                self._enter(last)

    def _last_before(self, at: Epoch) -> int:
        """The last window that begins before then."""
        return ceil((at - _HAIR_S) / self.width_s) - 1

    def _enter(self, last: int) -> None:
        self._ends[last] = self._ends.get(last, 0) + 1
        self._counting += 1

    def _leave(self, last: int) -> None:
        left = self._ends[last] - 1
        if left:
            self._ends[last] = left
        else:
            del self._ends[last]
        self._counting -= 1

    def _end_current(self) -> None:
        self._day(self.current).windows += self._counting
        self._counting -= self._ends.pop(self.current, 0)
        self.current += 1

    def _day(self, window: int) -> ConflictDay:
        """That of the window's beginning."""
        number = floor(window * self.width_s / DAY_S)
        day = self.days.get(number)
        if day is None:
            day = self.days[number] = ConflictDay()
            for old in [old for old in self.days if old <= number - KEPT_DAYS]:
                del self.days[old]
        return day
