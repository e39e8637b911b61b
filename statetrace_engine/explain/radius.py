"""Pure. How far an incident reaches: exact counts of what it touches, and its worst routes by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import nsmallest

from statetrace_engine.model.explanation import BlastRadius, TouchedRoute
from statetrace_engine.model.health import Severity
from statetrace_engine.model.outage import Incident

MOST_ROUTES = 200
_RANK = {Severity.CRITICAL: 0, Severity.MAJOR: 1, Severity.WARNING: 2, Severity.INFO: 3, None: 4}


def of(incident: Incident, touched: Callable[[str], TouchedRoute | None], linked: Iterable[str] = ()) -> BlastRadius:
    """`touched` tells of a route of the incident what became of it; None where nobody knows it any more."""
    known = [route for ident in incident.route_ids if (route := touched(ident)) is not None]
    return BlastRadius(
        incident_id=incident.incident_id,
        element=incident.element,
        cause=incident.cause,
        route_count=len(incident.route_ids),
        open_count=sum(route.is_open for route in known),
        devices=incident.devices,
        sites=incident.sites,
        owners=incident.owners,
        routes=tuple(nsmallest(MOST_ROUTES, known, key=_order)),
        linked=tuple(linked),
    )


def _order(route: TouchedRoute) -> tuple[bool, int, str, str, str]:
    """What is open first, then the worst."""
    return not route.is_open, _RANK[route.severity], route.hostname, route.vrf, route.prefix
