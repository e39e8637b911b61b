"""Pure. The rows of routes as they were last told: what is told again, and what is only kept.

Whoever keeps a row shares what is kept here: with 100,000 routes each copy would be felt.
"""

from __future__ import annotations

from collections.abc import Iterable

from statetrace_engine.health import views
from statetrace_engine.health.machine import Machine
from statetrace_engine.health.watched import RouteTrack
from statetrace_engine.model.change import HealthChanged
from statetrace_engine.model.health import RouteHealth


class Rows:
    def __init__(self) -> None:
        self._said: dict[str, tuple[object, ...]] = {}
        self._common: dict[tuple[object, ...], tuple[object, ...]] = {}
        """What is said of routes without an outage, which is little: once for all of them."""
        self._views: dict[str, RouteHealth] = {}

    def changed(self, machine: Machine, route: RouteTrack, seq: int) -> HealthChanged | None:
        """The row, where it is another than was told; with a snapshot where its state, severity or overlays are."""
        route_id, health = route.record.route_id, views.health(machine, route)
        if self._views.get(route_id) == health:
            return None
        self._views[route_id] = health
        said = (health.state, health.severity, health.failover, health.overlays, health.outage_id)
        snapshot = None
        if self._said.get(route_id) != said:
            self._said[route_id] = said if health.outage_id else self._common.setdefault(said, said)
            snapshot = views.snapshot(health, machine.moment.now_at, seq)
        return HealthChanged(health=health, snapshot=snapshot)

    def now(self, machine: Machine, route: RouteTrack) -> RouteHealth:
        """The row as it is."""
        health, told = views.health(machine, route), self._views.get(route.record.route_id)
        return told if told == health else health

    def keep(self, route_ids: Iterable[str]) -> None:
        """After a reload: only of these is anything known, and all rows are looked at anew."""
        known = set(route_ids)
        self._said = {route_id: said for route_id, said in self._said.items() if route_id in known}
        self._views = {}
