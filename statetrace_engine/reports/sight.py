"""Pure. What a row says of our own sight: which concerns a route is counted under."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from statetrace_engine.model.health import HealthState, Overlay, RouteHealth
from statetrace_engine.model.monitors import NAMED, Concern, Concerned

_BY_OVERLAY = (
    (int(Overlay.CONFLICTING), Concern.CONFLICTING),
    (int(Overlay.STALE), Concern.STALE),
    (int(Overlay.UNPROBED), Concern.UNPROBED),
)
_UNSEEN = int(Overlay.STALE | Overlay.UNPROBED)


def concerns_of(row: RouteHealth) -> tuple[Concern, ...]:
    overlays = int(row.overlays)
    found = tuple(concern for bit, concern in _BY_OVERLAY if overlays & bit) if overlays else ()
    if row.state is HealthState.UNKNOWN and not overlays & _UNSEEN:
        found += (Concern.BLIND,)
    return found if row.route.owner else (*found, Concern.UNOWNED)


class Sight:
    """Routes by concern, kept with every row that changes."""

    def __init__(self, rows: Iterable[RouteHealth] = ()) -> None:
        self._routes: dict[Concern, dict[str, None]] = {concern: {} for concern in Concern}
        self._of: dict[str, tuple[Concern, ...]] = {}
        for row in rows:
            self.put(row)

    def put(self, row: RouteHealth) -> None:
        route_id, concerns = row.route.route_id, concerns_of(row)
        before = self._of.get(route_id, ())
        if concerns == before:
            return
        for gone in before:
            if gone not in concerns:
                del self._routes[gone][route_id]
        for concern in concerns:
            self._routes[concern].setdefault(route_id)
        if concerns:
            self._of[route_id] = concerns
        else:
            del self._of[route_id]

    def remove(self, route_id: str) -> None:
        for concern in self._of.pop(route_id, ()):
            del self._routes[concern][route_id]

    def count(self, concern: Concern) -> int:
        return len(self._routes[concern])

    def some(self, concern: Concern) -> tuple[str, ...]:
        """At most 50 of them."""
        return tuple(islice(self._routes[concern], NAMED))

    def concerns(self) -> tuple[Concerned, ...]:
        return tuple(Concerned(concern=c, count=self.count(c), route_ids=self.some(c)) for c in Concern)
