"""Pure. The book: everything the console knows, merged from the engine's frames, and what each merge changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from statetrace_engine.model import Epoch
from statetrace_engine.model.health import HealthState, Overlay, RouteHealth, Severity
from statetrace_engine.model.outage import Incident, OutageEvent
from statetrace_engine.model.status import EngineStatus, Frame

_OPEN = (HealthState.DOWN, HealthState.DEGRADED)


class Delta(NamedTuple):
    """Ids that a frame touched."""

    is_full: bool = False
    routes: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    outages: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()


def is_new(row: RouteHealth) -> bool:
    """An open outage that nobody has acknowledged and that no maintenance window explains."""
    return bool(
        row.outage_id
        and not row.acknowledged_by
        and not row.is_latched
        and row.state not in (HealthState.HEALTHY, HealthState.RECOVERED)
        and row.severity is not Severity.INFO
        and not row.overlays & Overlay.MAINTENANCE
    )


def is_open(outage: OutageEvent) -> bool:
    """Still failing: neither recovered nor closed."""
    return outage.resolved_at is None and outage.closed_at is None


def latched(rows: Iterable[RouteHealth]) -> list[str]:
    """Outages among these rows that recovered unseen."""
    return [row.outage_id for row in rows if row.is_latched and row.outage_id]


def acknowledgeable(rows: Iterable[RouteHealth]) -> list[str]:
    """Outages among these rows that somebody can still take."""
    return [row.outage_id for row in rows if row.outage_id and not row.acknowledged_by]


class Book:
    """The console's own copy: rows are immutable and replaced, so identity says whether one changed."""

    def __init__(self) -> None:
        self.rows: dict[str, RouteHealth] = {}
        self.outages: dict[str, OutageEvent] = {}
        self.incidents: dict[str, Incident] = {}
        self.status: EngineStatus | None = None
        self.states: dict[HealthState, int] = dict.fromkeys(HealthState, 0)
        """Routes by state."""
        self.new: set[str] = set()
        """Routes with an outage that nobody has."""
        self.latched: set[str] = set()
        """Routes that failed and recovered with nobody having seen it."""

    def merge(self, frame: Frame) -> Delta:
        """Takes a frame in; a full one replaces what is known of routes."""
        removed = frame.removed
        if frame.is_full:
            kept = {row.route.route_id for row in frame.routes}
            removed = tuple(route_id for route_id in self.rows if route_id not in kept)
        for route_id in removed:
            self._replace(route_id, None)
        for row in frame.routes:
            self._replace(row.route.route_id, row)
        self.outages.update((outage.outage_id, outage) for outage in frame.outages)
        self.incidents.update((incident.incident_id, incident) for incident in frame.incidents)
        self.status = frame.status
        return Delta(
            frame.is_full,
            tuple(row.route.route_id for row in frame.routes),
            removed,
            tuple(outage.outage_id for outage in frame.outages),
            tuple(incident.incident_id for incident in frame.incidents),
        )

    def forget_outages(self, before: Epoch) -> None:
        """Drops outages that closed before then, so that a console open for weeks stays small."""
        for outage_id in [o.outage_id for o in self.outages.values() if o.closed_at and o.closed_at < before]:
            del self.outages[outage_id]

    @property
    def has_open(self) -> bool:
        """Some age on the screen is moving: a route is neither healthy nor plainly unmeasured."""
        return bool(
            self.states[HealthState.DOWN] or self.states[HealthState.DEGRADED] or self.states[HealthState.RECOVERED]
        )

    def _replace(self, route_id: str, row: RouteHealth | None) -> None:
        old = self.rows.get(route_id)
        if old is not None:
            self.states[old.state] -= 1
        self.new.discard(route_id)
        self.latched.discard(route_id)
        if row is None:
            self.rows.pop(route_id, None)
            return
        self.rows[route_id] = row
        self.states[row.state] += 1
        if row.outage_id:
            if is_new(row):
                self.new.add(route_id)
            elif row.is_latched:
                self.latched.add(route_id)
