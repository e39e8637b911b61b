"""Pure. Signals a second, of counters that are read once a second: here and not in a console, so that all see one."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

SPANS_S = (10.0, 60.0)
READ_S = 1.0
_SLACK_S = 0.5
"""A reading may come so late and still be that of its second."""


class Pace:
    def __init__(self) -> None:
        self._readings: deque[tuple[float, dict[str, int]]] = deque()

    def is_due(self, now: float) -> bool:
        return not self._readings or now - self._readings[-1][0] >= READ_S

    def read(self, now: float, counts: Mapping[str, int]) -> None:
        """One reading of all counters; `now` is steady."""
        self._readings.append((now, dict(counts)))
        while now - self._readings[0][0] > max(SPANS_S) + READ_S:
            self._readings.popleft()

    def per_s(self, name: str, span_s: float) -> float | None:
        """Between the newest reading and the one so long before; None when nobody has read for so long."""
        if not self._readings:
            return None
        now, newest = self._readings[-1]
        wanted = now - span_s
        before = next((r for r in reversed(self._readings) if r[0] <= wanted + _SLACK_S), None)
        if before is None:
            return None
        return (newest.get(name, 0) - before[1].get(name, 0)) / (now - before[0])
