"""Pure. Which incidents stand behind or in front of one: a neighbour's fault is a withdrawn prefix here.

upstream CORE1      ←  link CORE1 -- ISP 10.9.0.0/30
"""

from __future__ import annotations

from collections.abc import Iterator

from statetrace_engine.explain.incidents import IncidentRecord, Incidents
from statetrace_engine.health.topology import Topology

SINCE_S = 120.0
"""An incident that ended, or began, so long before or after may still be what is behind it."""
MOST = 8
_FROM_BEYOND = ("upstream ", "beyond ")
_NO_DEVICE = ("--", "link", "device", "change", "route", "site", "upstream", "beyond", "next", "hop")


def of(record: IncidentRecord, incidents: Incidents, topology: Topology) -> tuple[str, ...]:
    """Those of the device that `record` names as upstream; else those that name one of its devices so."""
    others = [other for other in incidents.records.values() if other is not record and _is_near(record, other)]
    upstream = _beyond(record)
    if upstream:
        found = [other.incident_id for other in others if upstream in _devices(other, topology)]
    else:
        named = [(other.incident_id, name) for other in others if (name := _beyond(other))]
        devices = set(_devices(record, topology)) if named else set()
        found = [ident for ident, name in named if name in devices]
    return tuple(found[:MOST])


def _beyond(record: IncidentRecord) -> str:
    """The neighbour behind which it lies; empty for a fault of here."""
    return next((record.element[len(start) :] for start in _FROM_BEYOND if record.element.startswith(start)), "")


def _is_near(record: IncidentRecord, other: IncidentRecord) -> bool:
    """They were open at one time, give or take what the news takes from one device to the next."""
    end = record.closed if record.closed is not None else other.opened
    other_end = other.closed if other.closed is not None else record.opened
    return other.opened <= max(end, record.opened) + SINCE_S and record.opened <= max(other_end, other.opened) + SINCE_S


def _devices(record: IncidentRecord, topology: Topology) -> Iterator[str]:
    """Those that failed, by its element, and those whose routes did."""
    if not _beyond(record):
        yield from (word for word in record.element.split() if word not in _NO_DEVICE)
    yield from record.devices
    for ident in record.routes:
        route = topology.routes.get(ident)
        if route is not None:
            yield route.record.hostname
