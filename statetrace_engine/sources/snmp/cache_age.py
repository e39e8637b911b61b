"""How long an agent keeps its table of interfaces before it looks again: assumed, until the answers tell.

The packets that we send count on the interface with the address that we ask: two answers with one count come from one
look. A count that goes up by less than we have asked is not of that interface, and tells nothing.
"""

from __future__ import annotations

_SHORTEST_S = 1.0
_LONGEST_S = 30.0
_TELLING = 3
"""New counts, each as much higher as we have asked since the one before, until a count is believed to be ours."""
_COUNTS = 2**32


class CacheAge:
    def __init__(self, assumed_s: float) -> None:
        self.age_s = assumed_s
        """Nothing is gained by asking sooner."""
        self._count: int | None = None
        self._at = 0.0
        self._asked = 0
        """Answers since the count was a new one."""
        self._told = 0
        self._too_soon_s = 0.0
        """Asked again after so long, it has given the same answer."""

    def trial_s(self) -> float:
        """When to ask again if a fresher answer would be worth a try: never sooner than is known to be in vain."""
        if self._told < _TELLING:
            return self.age_s
        return max(_SHORTEST_S, self._too_soon_s, (self.age_s + self._too_soon_s) / 2)

    def saw(self, count: int | None, now: float) -> None:
        """Takes the count of an answer; None when there is none."""
        before, spacing_s = self._count, now - self._at
        self._count, self._at = count, now
        if count is None or before is None:
            self._asked = self._told = 0
            return
        self._asked += 1
        is_telling = self._told >= _TELLING
        if count != before:
            self._told = self._told + 1 if (count - before) % _COUNTS >= self._asked else 0
            self._asked = 0
            if is_telling and spacing_s < self.age_s:
                self.age_s = max(_SHORTEST_S, spacing_s)
        elif is_telling:
            self._too_soon_s = min(spacing_s, _LONGEST_S)
            if spacing_s >= self.age_s:
                self.age_s = min(_LONGEST_S, spacing_s * 1.5)
