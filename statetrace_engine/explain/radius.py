"""Pure. How far an incident reaches: exact counts of what it touches, and its worst routes by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import nsmallest
from typing import Protocol

from statetrace_engine.model import Epoch
from statetrace_engine.model.explanation import BlastRadius, TouchedRoute
from statetrace_engine.model.health import Severity
from statetrace_engine.model.outage import Incident

MOST_ROUTES = 200
_RANK = {Severity.CRITICAL: 0, Severity.MAJOR: 1, Severity.WARNING: 2, Severity.INFO: 3}
_OVER, _WITHOUT = 4, 8


class Outaged(Protocol):
    """An outage, as a record or as it left the engine."""

    @property
    def outage_id(self) -> str: ...
    @property
    def route_id(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def closed_at(self) -> Epoch | None: ...


class Where(Protocol):
    """A route, or an outage that knows its route."""

    @property
    def hostname(self) -> str: ...
    @property
    def vrf(self) -> str: ...
    @property
    def prefix(self) -> str: ...
    @property
    def owner(self) -> str: ...


def of(
    incident: Incident, outages: Iterable[Outaged], where: Callable[[str], Where | None], linked: Iterable[str] = ()
) -> BlastRadius:
    """`outages` are those of the incident; `where` answers None for a route that nobody knows any more."""
    by_route = _last(outages)

    def urgency(route_id: str) -> int:
        """Small: what is open and severe; its routes without an outage come last."""
        outage = by_route.get(route_id)
        if outage is None:
            return _WITHOUT
        return _RANK[outage.severity] + (0 if outage.closed_at is None else _OVER)

    named = nsmallest(MOST_ROUTES, incident.route_ids, key=urgency)
    routes = [_touched(i, place, by_route.get(i)) for i in named if (place := where(i)) is not None]
    return BlastRadius(
        incident_id=incident.incident_id,
        element=incident.element,
        cause=incident.cause,
        route_count=len(incident.route_ids),
        open_count=sum(outage.closed_at is None for outage in by_route.values()),
        devices=incident.devices,
        sites=incident.sites,
        owners=incident.owners,
        routes=tuple(sorted(routes, key=lambda r: (urgency(r.route_id), r.hostname, r.vrf, r.prefix))),
        linked=tuple(linked),
    )


def _last(outages: Iterable[Outaged]) -> dict[str, Outaged]:
    """Of each route the open one, else the first told."""
    found: dict[str, Outaged] = {}
    for outage in outages:
        if outage.closed_at is None or outage.route_id not in found:
            found[outage.route_id] = outage
    return found


def _touched(route_id: str, where: Where, outage: Outaged | None) -> TouchedRoute:
    return TouchedRoute(
        route_id=route_id,
        hostname=where.hostname,
        vrf=where.vrf,
        prefix=where.prefix,
        owner=where.owner,
        outage_id=outage.outage_id if outage is not None else "",
        severity=outage.severity if outage is not None else None,
        is_open=outage is not None and outage.closed_at is None,
    )
