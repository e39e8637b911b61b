"""How long an agent keeps its table of interfaces before it looks again: assumed, until the answers tell.

The packets that we send count on the interface with the address that we ask: two answers with one count come from one
look. An agent whose count does not move with every answer tells nothing, and the assumption stands.
"""

from __future__ import annotations

_SHORTEST_S = 1.0
_LONGEST_S = 30.0
_TELLING = 3
"""Answers in a row whose count moved, before one that did not move says something."""


class CacheAge:
    def __init__(self, assumed_s: float) -> None:
        self.age_s = assumed_s
        """Nothing is gained by asking sooner."""
        self._count: int | None = None
        self._at = 0.0
        self._moved = 0
        self._too_soon_s = 0.0
        """Asked again after so long, it has given the same answer."""

    def trial_s(self) -> float:
        """When to ask again if a fresher answer would be worth a try: never sooner than is known to be in vain."""
        if self._moved < _TELLING:
            return self.age_s
        return max(_SHORTEST_S, self._too_soon_s, (self.age_s + self._too_soon_s) / 2)

    def saw(self, count: int | None, now: float) -> None:
        """Takes the count of an answer; None when there is none."""
        before, spacing_s = self._count, now - self._at
        self._count, self._at = count, now
        if count is None or before is None:
            return
        if count != before:
            self._moved += 1
            if self._moved > _TELLING and spacing_s < self.age_s:
                self.age_s = max(_SHORTEST_S, spacing_s)
            return
        if self._moved >= _TELLING:
            self._too_soon_s = min(spacing_s, _LONGEST_S)
            if spacing_s >= self.age_s:
                self.age_s = min(_LONGEST_S, spacing_s * 1.5)
        self._moved = 0
