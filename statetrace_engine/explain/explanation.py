"""Pure. The four blocks of an explanation, from an outage and what is known beside it; total, for any at any moment."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from statetrace_engine.explain import items, linked, matrix, radius, sentence, standing, weighing
from statetrace_engine.explain.incidents import IncidentRecord, Incidents
from statetrace_engine.explain.outage_view import event
from statetrace_engine.health import not_down, questions, views
from statetrace_engine.health.machine import Machine
from statetrace_engine.health.tracks import OutageRecord
from statetrace_engine.health.watched import RouteTrack
from statetrace_engine.model import Epoch
from statetrace_engine.model.explanation import BlastRadius, Explanation
from statetrace_engine.model.health import Freshness, WhyNot
from statetrace_engine.model.observation import Observation
from statetrace_engine.model.outage import EvidenceItem, Incident, OutageEvent
from statetrace_engine.model.route import RouteRecord


class Kept(Struct, frozen=True, kw_only=True):
    """What the store knows of an outage's incident, and an engine that was started since does not."""

    incident: Incident | None = None
    outages: tuple[OutageEvent, ...] = ()
    """Of the incident."""
    routes: dict[str, RouteRecord] = {}
    """Of the incident, those that nobody watches any more as well."""
    near: tuple[Incident, ...] = ()
    """Other incidents of that time."""

    def where(self, route_id: str) -> radius.Where | None:
        return self.routes.get(route_id) or next((o for o in self.outages if o.route_id == route_id), None)


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
    said = weighing.towards(outage, (*outage.evidence, *beside.signals))
    stood = weighing.towards(outage, (item for item in outage.standing if item not in outage.evidence))
    return Explanation(
        outage=outage,
        at=at,
        sentence=sentence.of(outage, beside.name),
        signals=matrix.rows(said, beside.freshness, outage.hostname, stood),
        causes=weighing.weighed(outage),
        changes=outage.changes,
        radius=beside.radius,
        next_step=None,
        why_not_yet=beside.why_not_yet,
        why_not_down=beside.why_not_down,
    )


def live(machine: Machine, incidents: Incidents, record: OutageRecord, kept: Kept | None = None) -> Explanation:
    """Of an outage that the machine knows, open or over; `kept` where its incident began before the machine did."""
    route = machine.topology.routes.get(record.route_id)
    incident = incidents.records.get(record.incident_id)
    known = kept or Kept()
    reach = _radius(machine, incidents, incident, known) if incident is not None else _radius_kept(known)
    if route is None:
        return of(event(machine, record, None), machine.moment.now_at, Beside(radius=reach))
    outage = event(machine, record, route, _beside(machine, record, route))
    is_now = record.is_open and machine.life.open_of(route) is record
    beside = Beside(
        signals=items.of(_around(route, record), route) if is_now else (),
        freshness=views.freshness(machine, route),
        radius=reach,
        why_not_yet=questions.why_not_yet(machine, route) if is_now else (),
        why_not_down=not_down.why_not_down(machine, route) if is_now else (),
        name=lambda address: _name(machine, route, address),
    )
    return of(outage, machine.moment.now_at, beside)


def past(outage: OutageEvent, at: Epoch, kept: Kept) -> Explanation:
    """Of an outage that only the store knows."""
    return of(outage, at, Beside(radius=_radius_kept(kept)))


def _radius_kept(kept: Kept) -> BlastRadius | None:
    if kept.incident is None:
        return None
    found = linked.of(kept.incident, kept.near, lambda incident: incident.devices)
    return radius.of(kept.incident, kept.outages, kept.where, found)


def _beside(machine: Machine, record: OutageRecord, route: RouteTrack) -> list[Observation]:
    """What stands beside its evidence: as of now, as long as its causes are not final."""
    if not record.is_open or machine.now > record.settles:
        return record.standing
    return [*record.standing, *standing.ups(record, route, machine.moment.offset)]


def _around(route: RouteTrack, record: OutageRecord) -> list[Observation]:
    """What was said of the route since it failed and is no evidence of the outage: there is room for so much of it."""
    return [o for o in route.state.recent if o.steady >= record.opened and o not in record.evidence]


def _name(machine: Machine, route: RouteTrack, address: str) -> str:
    device = machine.topology.beyond(route.record.hostname, address)
    return device.device.hostname if device is not None else address


def _radius(machine: Machine, incidents: Incidents, record: IncidentRecord, kept: Kept) -> BlastRadius:
    records, routes = machine.life.records, machine.topology.routes
    outages: list[radius.Outaged] = [found for ident in record.outages if (found := records.get(ident)) is not None]
    outages += [outage for outage in kept.outages if outage.outage_id not in records]

    def where(route_id: str) -> radius.Where | None:
        route = routes.get(route_id)
        return route.record if route is not None else kept.where(route_id)

    def touched(one: IncidentRecord | Incident) -> Iterable[str]:
        return one.devices if isinstance(one, Incident) else linked.touched(one, machine.topology)

    near: list[IncidentRecord | Incident] = [*incidents.records.values()]
    near += [incident for incident in kept.near if incident.incident_id not in incidents.records]
    return radius.of(incidents.event(record), outages, where, linked.of(record, near, touched))
