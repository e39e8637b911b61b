"""Pure. Maintenance windows: which are in force for a route now, and whose routes an edge touches."""

from __future__ import annotations

from collections.abc import Iterator

from statetrace_engine.health.topology import Topology
from statetrace_engine.health.watched import RouteTrack
from statetrace_engine.model import Epoch
from statetrace_engine.model.inventory import Maintenance


class Windows:
    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._by_scope: dict[str, list[Maintenance]] = {}
        self.by_id: dict[str, Maintenance] = {}
        for window in topology.inventory.maintenance:
            self.add(window)

    def add(self, window: Maintenance) -> None:
        self.remove(window.maintenance_id)
        self.by_id[window.maintenance_id] = window
        self._by_scope.setdefault(_scope(window), []).append(window)

    def remove(self, ident: str) -> Maintenance | None:
        window = self.by_id.pop(ident, None)
        if window is not None:
            self._by_scope[_scope(window)].remove(window)
        return window

    def covers(self, route: RouteTrack, at: Epoch) -> bool:
        if not self.by_id:
            return False
        record = route.record
        scopes = (record.route_id, f"device {record.hostname}", f"site {record.site}")
        return any(w.starts_at <= at < w.ends_at for scope in scopes for w in self._by_scope.get(scope, ()))

    def overlaps(self, hostname: str, site: str, from_at: Epoch, to_at: Epoch) -> bool:
        """Whether a window for the device, or its site, was or is in force at some moment of this time."""
        scopes = (f"device {hostname}", f"site {site}")
        windows = (w for scope in scopes for w in self._by_scope.get(scope, ()))
        return any(w.starts_at <= to_at and from_at < w.ends_at for w in windows)

    def ending(self, route: RouteTrack, at: Epoch) -> Epoch | None:
        """When the longest window in force for the route ends."""
        record = route.record
        scopes = (record.route_id, f"device {record.hostname}", f"site {record.site}")
        ends = [w.ends_at for s in scopes for w in self._by_scope.get(s, ()) if w.starts_at <= at < w.ends_at]
        return max(ends, default=None)

    def edges(self, at: Epoch) -> Iterator[tuple[str, Epoch]]:
        """Each window's next start or end after `at`."""
        for ident in self.by_id:
            edge = self.next_edge(ident, at)
            if edge is not None:
                yield ident, edge

    def next_edge(self, ident: str, at: Epoch) -> Epoch | None:
        window = self.by_id.get(ident)
        if window is None:
            return None
        return next((edge for edge in (window.starts_at, window.ends_at) if edge > at), None)

    def scope(self, ident: str) -> list[RouteTrack]:
        window = self.by_id.get(ident)
        return self.routes_of(window) if window is not None else []

    def routes_of(self, window: Maintenance) -> list[RouteTrack]:
        if window.route_id:
            found = self._topology.routes.get(window.route_id)
            return [found] if found is not None else []
        if window.hostname:
            device = self._topology.devices.get(window.hostname)
            return list(device.routes.values()) if device is not None else []
        return [r for r in self._topology.routes.values() if r.record.site == window.site]


def _scope(window: Maintenance) -> str:
    if window.route_id:
        return window.route_id
    return f"device {window.hostname}" if window.hostname else f"site {window.site}"
