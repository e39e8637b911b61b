"""What holds of every explanation: journeys ask it wherever they expect anything, of every outage there is."""

from __future__ import annotations

from typing import Any

from statetrace_engine.model.explanation import Explanation
from statetrace_engine.model.health import HealthState
from statetrace_engine.model.observation import Plane
from statetrace_engine.model.outage import Agreement, OutageEvent
from tests import served
from tests.virtual import VirtualNetwork


def check(network: VirtualNetwork) -> None:
    """Every outage that is known can be explained, every cell and item can be opened, and the radius is exact."""
    seqs = {signal.seq for signal in network.journal}
    for outage in network.outages():
        explained = network.pipeline.explanation(outage.outage_id)
        assert explained is not None
        served.check(network.pipeline, outage)
        _check_shape(explained)
        opened = {cell.seq for row in explained.signals for cell in row.cells}
        opened |= {item.seq for hypothesis in explained.causes for item in hypothesis.evidence}
        opened |= {change.seq for change in explained.changes}
        assert opened <= seqs, f"nothing stands in the journal at {sorted(opened - seqs)}"
        _check_radius(network, explained)


def _check_shape(explained: Explanation) -> None:
    outage = explained.outage
    assert explained.sentence
    assert [h.cause for h in explained.causes] == [h.cause for h in outage.causes]
    assert len({row.source for row in explained.signals}) == len(explained.signals)
    for row in explained.signals:
        planes = [list(Plane).index(cell.plane) for cell in row.cells]
        assert planes == sorted(set(planes))
    if explained.causes:
        top = explained.causes[0]
        assert any(i.agreement is Agreement.SUPPORTS for i in top.evidence), (
            f"nothing supports {top.cause}: {outage.evidence}"
        )
    is_down = (outage.state is HealthState.DOWN and outage.unseen_since is None) or outage.closed_at is not None
    if is_down:
        assert explained.why_not_down == ()
    elif outage.resolved_at is None:
        assert explained.why_not_down, f"nobody says what keeps {outage.state} from DOWN: {outage.survival}"


def _check_radius(network: VirtualNetwork, explained: Explanation) -> None:
    """Counted anew from the outages and devices themselves."""
    radius, pipeline = explained.radius, network.pipeline
    assert radius is not None
    incident = pipeline.incidents.records[radius.incident_id]
    touched = {r.route_id for r in pipeline.machine.life.records.values() if r.outage_id in incident.outages}
    touched |= {ident for host in incident.devices for ident in pipeline.topology.devices[host].routes}
    routes = [pipeline.topology.routes[ident].record for ident in touched if ident in pipeline.topology.routes]
    assert radius.route_count == len(touched)
    assert set(radius.devices) == {route.hostname for route in routes} | set(incident.devices)
    sites = {pipeline.topology.devices[host].device.site for host in incident.devices}
    assert set(radius.sites) == {route.site for route in routes} | sites
    assert set(radius.owners) == {route.owner or "unowned" for route in routes}
    open_routes = {
        r.route_id for r in pipeline.machine.life.records.values() if r.outage_id in incident.outages and r.is_open
    }
    assert radius.open_count == len(open_routes)


def facts(network: VirtualNetwork, outage: OutageEvent) -> dict[str, Any]:
    """What a journey may expect of an explanation."""
    found = network.pipeline.explanation(outage.outage_id)
    assert found is not None
    assert found.radius is not None
    incidents = network.pipeline.incidents.records
    evidence = found.causes[0].evidence
    return {
        "sentence": found.sentence,
        "matrix": [
            f"{row.source} {cell.plane} {cell.verdict} {cell.agreement}" for row in found.signals for cell in row.cells
        ],
        "sources": [f"{row.source} {row.freshness}" for row in found.signals],
        "supports": [item.text for item in evidence if item.agreement is Agreement.SUPPORTS],
        "opposes": [item.text for item in evidence if item.agreement is Agreement.OPPOSES],
        "changes": [
            f"{change.likelihood} {change.text} by {change.by}{', expected' * change.is_expected}"
            for change in found.changes
        ],
        "reach": f"{found.radius.route_count} routes, {found.radius.open_count} open",
        "linked": sorted(incidents[ident].element for ident in found.radius.linked),
    }
