"""Pure. An outage's record as the noun that leaves the engine, and all that the detail pane shows of its route."""

from __future__ import annotations

from collections.abc import Sequence

from statetrace_engine.explain import items, members
from statetrace_engine.explain.incidents import Incidents
from statetrace_engine.explain.serving import runbook_for
from statetrace_engine.health import not_down, questions, views
from statetrace_engine.health.machine import Machine
from statetrace_engine.health.tracks import RECENT, OutageRecord
from statetrace_engine.health.watched import RouteTrack
from statetrace_engine.model.health import HealthState
from statetrace_engine.model.observation import Observation
from statetrace_engine.model.outage import CauseKind, OutageEvent, RouteDetail


def event(
    machine: Machine, record: OutageRecord, route: RouteTrack | None, standing: Sequence[Observation] | None = None
) -> OutageEvent:
    """`route` is None for a route that is no longer watched: only what the record knows is told. `standing`: what is
    still well now, where the record does not know it yet."""
    is_unseen = route is not None and _is_unseen(record, route)
    top = record.causes[0] if record.causes else None
    watched = route.record if route is not None else None
    cause = top.cause if top is not None else CauseKind.UNKNOWN
    return OutageEvent(
        outage_id=record.outage_id,
        route_id=record.route_id,
        site=watched.site if watched else "",
        hostname=watched.hostname if watched else "",
        vrf=watched.vrf if watched else "",
        prefix=watched.prefix if watched else "",
        route_class=watched.route_class.value if watched else "",
        owner=watched.owner if watched else "",
        contact=watched.contact if watched else "",
        state=record.state,
        severity=record.severity,
        worst=record.worst,
        cause=cause,
        cause_detail=top.detail if top is not None else "",
        element=top.element if top is not None else "",
        causes=(*record.causes[:1], *record.also, *record.causes[1:]),
        evidence=items.of(record.evidence, route, members.apart(record, route) if record.also else {}),
        standing=items.of(record.standing if standing is None else standing) if standing or record.standing else (),
        changes=record.changes,
        incident_id=record.incident_id,
        runbook=(watched.runbook if watched else "") or runbook_for(cause, record),
        failover=record.failover,
        expected_secondary=record.expected_secondary,
        taken_secondary=record.taken_secondary,
        survival=record.why,
        unseen_since=route.state.since_at if route is not None and is_unseen else None,
        unseen_why=views.unseen_words(machine, route) if route is not None and is_unseen else "",
        occurred_at=record.occurred_at,
        occurred_uncertainty_s=record.occurred_uncertainty_s,
        first_signal_at=record.first_signal_at,
        detected_at=record.detected_at,
        watched_at=record.watched_at,
        notified_at=record.notified_at,
        shown_at=record.shown_at,
        looked_at=record.looked_at,
        acked_at=record.acked_at,
        resolved_at=record.resolved_at,
        closed_at=record.closed_at,
        acknowledged_by=record.acked_by,
        ack_note=record.ack_note,
        ack_expires_at=record.ack_expires_at,
        is_transient=record.is_transient,
        is_maintenance=record.is_maintenance,
        is_latched=record.is_latched,
        is_silent=record.is_silent,
        flaps=record.flaps,
        detected_steady=record.opened,
        work=record.work,
    )


def _is_unseen(record: OutageRecord, route: RouteTrack) -> bool:
    """Nobody sees the route of an open outage; of one whose evidence was taken back that is its state."""
    is_unknown = record.is_open and route.state.state is HealthState.UNKNOWN
    return is_unknown and record.state is not HealthState.UNKNOWN


def detail(machine: Machine, incidents: Incidents, route: RouteTrack) -> RouteDetail:
    record = machine.life.records.get(route.state.outage_id)
    joined = incidents.records.get(record.incident_id) if record is not None else None
    losses = (p.window.loss_percent(30) for p in route.probes() if p.state.has_answered)
    return RouteDetail(
        health=views.health(machine, route),
        outage=event(machine, record, route) if record is not None else None,
        paths=views.paths(machine, route),
        freshness=views.freshness(machine, route),
        why_not=questions.why_not_yet(machine, route),
        why_not_down=not_down.why_not_down(machine, route),
        incident=incidents.event(joined) if joined is not None else None,
        survival=route.state.why,
        strip=views.strip(machine, route),
        loss_now=max((loss for loss in losses if loss is not None), default=None),
        signals=items.of(_signals(route)),
    )


def _signals(route: RouteTrack) -> list[Observation]:
    """The last of what was said of it and of what surrounds it, newest first."""
    said = sorted((*route.state.recent, *route.device.state.context), key=lambda o: o.steady, reverse=True)
    return said[:RECENT]
