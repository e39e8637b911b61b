"""Pure. Deadlines: one heap, one truth of what is due when; what was moved or cancelled is skipped."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from enum import StrEnum


class Due(StrEnum):
    UNPROVEN = "unproven"
    """Survival was not proven in time."""
    NOTICE = "notice"
    HOLD = "hold"
    RELEASE = "release"
    """From flapping."""
    STALE = "stale"
    RESTART = "restart"
    """Patience with a graceful restart ends."""
    WITHDRAWN = "withdrawn"
    """What a neighbour withdrew has not been announced again."""
    TABLE = "table"
    """A session has had its time to be told all that it offers."""
    WATCH = "watch"
    CONTROL = "control"
    """A lost burst waits for its device's control probe."""
    ACK_EXPIRY = "ack-expiry"
    WINDOW = "window"
    """A maintenance window starts or ends."""
    CONFLICT = "conflict"
    SETTLE = "settle"
    """Causes are final."""
    FORGET = "forget"
    """A closed outage leaves memory."""
    BASELINE = "baseline"
    """What carries is learnt as the primary, or a failover is accepted."""
    SWEEP = "sweep"
    """The next slice of all routes is evaluated anew."""
    TURN = "turn"
    """A route that waits while very many are evaluated has its turn."""
    INCIDENT = "incident"
    """A large incident tells how it has grown."""

    __hash__ = str.__hash__  # an enum's own runs in Python, for every deadline that is set


Key = tuple[Due, str]


class Agenda:
    def __init__(self) -> None:
        self._at: dict[Key, float] = {}
        self._heap: list[tuple[float, int, Key]] = []
        self._count = 0

    def set(self, kind: Due, ident: str, at: float) -> None:
        """Replaces the deadline of that kind and subject."""
        key = (kind, ident)
        if self._at.get(key) == at:
            return
        self._at[key] = at
        self._count += 1
        heapq.heappush(self._heap, (at, self._count, key))

    def cancel(self, kind: Due, ident: str) -> None:
        self._at.pop((kind, ident), None)

    def at(self, kind: Due, ident: str) -> float | None:
        return self._at.get((kind, ident))

    def next(self) -> float | None:
        """When the earliest deadline is due; drops what has moved."""
        heap = self._heap
        while heap and self._at.get(heap[0][2]) != heap[0][0]:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def pop(self) -> tuple[float, Due, str]:
        """The earliest deadline; call after `next` said there is one."""
        at, _, key = heapq.heappop(self._heap)
        del self._at[key]
        return at, *key

    def shift(self, seconds: float, moves: Callable[[Due], bool]) -> None:
        """Time that nobody watched does not count: every deadline of such a kind moves on."""
        live = dict.fromkeys((key, at) for at, _, key in sorted(self._heap) if self._at.get(key) == at)
        moved = [(at + seconds if moves(key[0]) else at, key) for key, at in live]
        self._at = {key: at for at, key in moved}
        self._heap = [(at, n, key) for n, (at, key) in enumerate(moved)]
        self._count = len(moved)
        heapq.heapify(self._heap)

    def saved(self) -> list[tuple[str, str, float]]:
        """In the order in which they will fire, some twice; without those that every evaluation of a route sets."""
        at_of, stale = self._at, Due.STALE
        live = [e for e in self._heap if e[2][0] is not stale and at_of.get(e[2]) == e[0]]
        live.sort()
        return [(kind, ident, at) for at, _, (kind, ident) in live]

    def restore(self, saved: list[tuple[str, str, float]]) -> None:
        for kind, ident, at in saved:
            self.set(Due(kind), ident, at)
