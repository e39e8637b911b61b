"""The mailbox between the engine and one subscriber: frames merge while nobody looks, latest wins.

What waits is bounded by what there is to watch, however slow the subscriber.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from statetrace_engine.model.health import RouteHealth
from statetrace_engine.model.outage import Incident, OutageEvent
from statetrace_engine.model.status import EngineStatus, Frame

STATUS_S = 1.0


class Mailbox:
    """`offer` from the engine's thread, `pull` from the subscriber's. `steady` gives seconds that never step."""

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._lock = threading.Lock()
        self._routes: dict[str, RouteHealth] = {}
        self._removed: dict[str, None] = {}
        self._outages: dict[str, OutageEvent] = {}
        self._incidents: dict[str, Incident] = {}
        self._status: EngineStatus | None = None
        self._is_primed = False
        self._is_full = False
        self._has_rows = False
        self._offered = steady()
        self._pulled = float("-inf")

    def offer(self, frame: Frame) -> None:
        """Merges a frame into what waits; its cost grows with the rows in it. Nothing waits before a full one came."""
        with self._lock:
            self._offered = self._steady()
            if frame.is_full:
                self._clear()
                self._is_full = self._is_primed = True
            if self._is_primed:
                self._merge(frame)

    def pull(self) -> Frame | None:
        """What came since the last call; None for nothing, or for only a newer status within a second."""
        with self._lock:
            status, now = self._status, self._steady()
            if status is None or not (self._is_full or self._has_rows or now - self._pulled >= STATUS_S):
                return None
            routes, outages, incidents = self._routes, self._outages, self._incidents
            removed, is_full = tuple(self._removed), self._is_full
            self._clear()
            self._pulled = now
        return Frame(
            is_full=is_full,
            routes=tuple(routes.values()),
            removed=removed,
            outages=tuple(outages.values()),
            incidents=tuple(incidents.values()),
            status=status,
        )

    def silent_s(self) -> float:
        """Seconds since the engine last offered anything."""
        return max(0.0, self._steady() - self._offered)

    def _merge(self, frame: Frame) -> None:
        for route_id in frame.removed:
            self._routes.pop(route_id, None)
            self._removed[route_id] = None
        for health in frame.routes:
            route_id = health.route.route_id
            self._removed.pop(route_id, None)
            self._routes[route_id] = health
        for outage in frame.outages:
            self._outages[outage.outage_id] = outage
        for incident in frame.incidents:
            self._incidents[incident.incident_id] = incident
        self._status = frame.status
        self._has_rows = bool(self._has_rows or frame.routes or frame.removed or frame.outages or frame.incidents)

    def _clear(self) -> None:
        self._routes, self._outages, self._incidents, self._removed = {}, {}, {}, {}
        self._status, self._is_full, self._has_rows = None, False, False
