"""Pure. The four blocks of an explanation, from an outage and what is known beside it; total, for any at any moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from statetrace_engine.explain import linked, matrix, radius, sentence, standing, weighing
from statetrace_engine.explain.case import items
from statetrace_engine.explain.incidents import IncidentRecord, Incidents
from statetrace_engine.explain.outage_view import event
from statetrace_engine.health import not_down, questions, views
from statetrace_engine.health.machine import Machine
from statetrace_engine.health.tracks import OutageRecord
from statetrace_engine.health.watched import RouteTrack
from statetrace_engine.model import Epoch
from statetrace_engine.model.explanation import BlastRadius, Explanation, TouchedRoute
from statetrace_engine.model.health import Freshness, HealthState, WhyNot
from statetrace_engine.model.observation import Observation
from statetrace_engine.model.outage import EvidenceItem, Incident, OutageEvent
from statetrace_engine.model.route import RouteRecord


class Beside(Struct, frozen=True, kw_only=True):
    """What is known beside the outage itself; nothing of it need be."""

    signals: tuple[EvidenceItem, ...] = ()
    freshness: tuple[Freshness, ...] = ()
    radius: BlastRadius | None = None
    why_not_yet: tuple[WhyNot, ...] = ()
    why_not_down: tuple[WhyNot, ...] = ()
    name: sentence.Name = str


def of(outage: OutageEvent, at: Epoch, beside: Beside) -> Explanation:
    """All but the next step, which is the runbooks'."""
    said = weighing.towards(outage, (*outage.evidence, *outage.standing, *beside.signals))
    return Explanation(
        outage=outage,
        at=at,
        sentence=sentence.of(outage, beside.name),
        signals=matrix.rows(said, beside.freshness, outage.hostname),
        causes=weighing.weighed(outage),
        changes=outage.changes,
        radius=beside.radius,
        next_step=None,
        why_not_yet=beside.why_not_yet,
        why_not_down=beside.why_not_down,
    )


def live(machine: Machine, incidents: Incidents, record: OutageRecord) -> Explanation:
    """Of an outage that the machine knows, open or over."""
    route = machine.topology.routes.get(record.route_id)
    incident = incidents.records.get(record.incident_id)
    reach = _radius(machine, incidents, incident) if incident is not None else None
    if route is None:
        return of(event(record, None), machine.moment.now_at, Beside(radius=reach))
    outage = event(record, route, _beside(machine, record, route))
    is_now = record.is_open and machine.life.open_of(route) is record
    beside = Beside(
        signals=items(_around(route, record)) if is_now else (),
        freshness=views.freshness(machine, route),
        radius=reach,
        why_not_yet=questions.why_not_yet(machine, route) if is_now else (),
        why_not_down=not_down.why_not_down(machine, route) if is_now and record.state is not HealthState.DOWN else (),
        name=lambda address: _name(machine, address),
    )
    return of(outage, machine.moment.now_at, beside)


def past(
    outage: OutageEvent,
    at: Epoch,
    incident: Incident | None,
    routes: Callable[[str], RouteRecord | None],
    outages: Iterable[OutageEvent],
) -> Explanation:
    """Of an outage that only the store knows: `outages` are those of its incident."""
    by_route: dict[str, OutageEvent] = {}
    for other in outages:
        if other.route_id not in by_route or other.closed_at is None:
            by_route[other.route_id] = other

    def touched(route_id: str) -> TouchedRoute | None:
        known, other = routes(route_id), by_route.get(route_id)
        where = known or other
        if where is None:
            return None
        is_open = other is not None and other.closed_at is None
        return _touched(route_id, where, other, is_open)

    reach = radius.of(incident, touched) if incident is not None else None
    return of(outage, at, Beside(radius=reach))


def _beside(machine: Machine, record: OutageRecord, route: RouteTrack) -> list[Observation]:
    """What stands beside its evidence: as of now, as long as its causes are not final."""
    if not record.is_open or machine.now > record.settles:
        return record.standing
    return [*record.standing, *standing.ups(record, route, machine.moment.offset)]


def _around(route: RouteTrack, record: OutageRecord) -> list[Observation]:
    """What was said of the route since it failed and is no evidence of the outage: there is room for so much of it."""
    return [o for o in route.state.recent if o.steady >= record.opened and o not in record.evidence]


def _name(machine: Machine, address: str) -> str:
    device = machine.topology.device_by_address.get(address)
    return device.device.hostname if device is not None else address


def _radius(machine: Machine, incidents: Incidents, record: IncidentRecord) -> BlastRadius:
    outages = {}
    for ident in record.outages:
        outage = machine.life.records.get(ident)
        if outage is not None and (outage.route_id not in outages or outage.is_open):
            outages[outage.route_id] = outage

    def touched(route_id: str) -> TouchedRoute | None:
        route, outage = machine.topology.routes.get(route_id), outages.get(route_id)
        if route is None:
            return None
        return _touched(route_id, route.record, outage, outage is not None and outage.is_open)

    return radius.of(incidents.event(record), touched, linked.of(record, incidents, machine.topology))


def _touched(
    route_id: str, where: RouteRecord | OutageEvent, outage: OutageRecord | OutageEvent | None, is_open: bool
) -> TouchedRoute:
    return TouchedRoute(
        route_id=route_id,
        hostname=where.hostname,
        vrf=where.vrf,
        prefix=where.prefix,
        owner=where.owner,
        outage_id=outage.outage_id if outage is not None else "",
        severity=outage.severity if outage is not None else None,
        is_open=is_open,
    )
