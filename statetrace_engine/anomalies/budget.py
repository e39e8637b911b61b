"""Pure. What each rule costs, by a sample of messages, and which of them cost too much; the timer is the caller's."""

from __future__ import annotations

from collections.abc import Callable

EVERY = 16
"""Of so many messages one is measured: to measure costs as much as to look."""
BUDGET_S = 0.0005
"""A rule may take so long for a message, in the mean: a hundred times what an honest one takes."""
LONGEST_S = 0.02
"""One look counts for no more: the machine may have been elsewhere."""
FEWEST = 50
"""Looks before a rule is judged."""
_HALVE = 10_000
"""Looks after which what was long ago counts half."""


class Meter:
    def __init__(self) -> None:
        self.timer: Callable[[], float] | None = None
        """None: nothing is measured."""
        self._message = 0
        self._spent: dict[str, tuple[float, int]] = {}

    def is_measured(self) -> bool:
        """Whether the looks at this message are to be measured."""
        self._message += 1
        return self.timer is not None and self._message % EVERY == 0

    def add(self, rule: str, seconds: float) -> str:
        """One look; why the rule costs too much, or empty."""
        spent, looks = self._spent.get(rule, (0.0, 0))
        spent, looks = spent + min(max(seconds, 0.0), LONGEST_S), looks + 1
        self._spent[rule] = (spent / 2, looks // 2) if looks >= _HALVE else (spent, looks)
        mean = spent / looks
        if looks < FEWEST or mean <= BUDGET_S:
            return ""
        return f"it takes {mean * 1e3:.1f} ms a message, and may take {BUDGET_S * 1e3:.1f} ms"

    def mean_us(self, rule: str) -> float:
        """0.0: not measured."""
        spent, looks = self._spent.get(rule, (0.0, 0))
        return spent / looks * 1e6 if looks else 0.0
