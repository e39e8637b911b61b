"""Pure. "Since you looked": which routes changed while the operator was away, until they have looked at them.

Away is no key for five minutes, or the time between two sessions. A healthy route has changed only when an outage of
it ended meanwhile: that an engine started, or a measurement came back, is no news.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from statetrace_engine.model import Epoch
from statetrace_engine.model.health import HealthState, RouteHealth
from statetrace_engine.model.outage import OutageEvent
from statetrace_tui.present.book import Delta

AWAY_S = 300.0


class Since:
    """`marks` are the routes to mark; `away_from` is when the operator last looked, None when nothing is marked."""

    def __init__(self, looked_at: Epoch | None, now: Epoch) -> None:
        """`looked_at`: the end of the last session; None, or a time to come: there was none."""
        self.marks: set[str] = set()
        self._away_from: Epoch | None = None
        self._is_away = False
        self.looked_at = looked_at if looked_at is not None and looked_at <= now else now

    @property
    def away_from(self) -> Epoch | None:
        return self._away_from if self.marks else None

    def pressed(self, now: Epoch) -> None:
        """The operator is here: what changes from now on they see for themselves."""
        self._is_away = False
        self.looked_at = now

    def tick(self, now: Epoch, rows: Mapping[str, RouteHealth], outages: Mapping[str, OutageEvent]) -> None:
        """Notices that the operator has gone, and marks what has changed since."""
        if self._is_away or now - self.looked_at < AWAY_S or not rows:
            return
        self._is_away = True
        if not self.marks:
            self._away_from = self.looked_at
        self._mark(rows, rows, outages)

    def follow(self, delta: Delta, rows: Mapping[str, RouteHealth], outages: Mapping[str, OutageEvent]) -> None:
        """The book changed."""
        self.marks.difference_update(delta.removed)
        if self._is_away:
            self._mark((*delta.routes, *(outages[i].route_id for i in delta.outages if i in outages)), rows, outages)

    def seen(self, route_id: str) -> None:
        self.marks.discard(route_id)

    def clear(self) -> bool:
        """Everything was looked at; answers whether there was something."""
        had = bool(self.marks)
        self.marks.clear()
        return had

    def _mark(
        self, route_ids: Iterable[str], rows: Mapping[str, RouteHealth], outages: Mapping[str, OutageEvent]
    ) -> None:
        ended = _ended(outages.values())
        since = self._away_from or self.looked_at
        for route_id in route_ids:
            row = rows.get(route_id)
            if row is not None and _changed_at(row, ended) > since:
                self.marks.add(route_id)
            else:
                self.marks.discard(route_id)


def _ended(outages: Iterable[OutageEvent]) -> dict[str, Epoch]:
    """When the last outage of each route ended."""
    found: dict[str, Epoch] = {}
    for outage in outages:
        if outage.resolved_at is not None and not outage.is_transient:
            found[outage.route_id] = max(outage.resolved_at, found.get(outage.route_id, 0.0))
    return found


def _changed_at(row: RouteHealth, ended: Mapping[str, Epoch]) -> Epoch:
    if row.state is HealthState.HEALTHY:
        return ended.get(row.route.route_id, 0.0)
    return max(row.since_at, row.acknowledged_at or 0.0)
