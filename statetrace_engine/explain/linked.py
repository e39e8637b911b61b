"""Pure. Which incidents stand behind or in front of one: a neighbour's fault is a withdrawn prefix here.

upstream CORE1      ←  link CORE1 -- ISP 10.9.0.0/30

Or beside one: a route with two equal paths has lost both, each by a failure of its own, and belongs to the first one's.

link R1 Gi0/2, also link R1 Gi0/1      ↔  link R1 Gi0/1
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

from statetrace_engine.explain.incidents import IncidentRecord
from statetrace_engine.health.topology import Topology
from statetrace_engine.model import Epoch

SINCE_S = 120.0
"""An incident that ended, or began, so long before or after may still be what is behind it."""
MOST = 8
_FROM_BEYOND = ("upstream ", "beyond ")
_NO_DEVICE = ("--", "link", "device", "change", "route", "site", "upstream", "beyond", "next", "hop")


class Named(Protocol):
    """An incident, as a record or as it left the engine."""

    @property
    def incident_id(self) -> str: ...
    @property
    def element(self) -> str: ...
    @property
    def opened_at(self) -> Epoch: ...
    @property
    def closed_at(self) -> Epoch | None: ...
    @property
    def also(self) -> tuple[str, ...]: ...


_Incident = TypeVar("_Incident", bound=Named)


def of(
    incident: _Incident, others: Iterable[_Incident], touched: Callable[[_Incident], Iterable[str]]
) -> tuple[str, ...]:
    """Those of the device that `incident` names as upstream; else those that name one of its devices so. Behind them
    those of what its outages have lost besides, and those whose outages have lost this one's element besides.

    `touched` tells the devices whose routes it has, and those that it left unreachable.
    """

    def devices(one: _Incident) -> Iterator[str]:
        yield from _failed(one)
        yield from touched(one)

    near = [other for other in others if other.incident_id != incident.incident_id and _is_near(incident, other)]
    upstream = _beyond(incident)
    if upstream:
        found = [other.incident_id for other in near if upstream in devices(other)]
    else:
        named = [(other.incident_id, name) for other in near if (name := _beyond(other))]
        own = set(devices(incident)) if named else set()
        found = [ident for ident, name in named if name in own]
    found += [o.incident_id for o in near if o.element in incident.also or incident.element in o.also]
    return tuple(dict.fromkeys(found))[:MOST]


def touched(record: IncidentRecord, topology: Topology) -> Iterator[str]:
    """The devices of a running engine's incident."""
    yield from record.devices
    for ident in record.routes:
        route = topology.routes.get(ident)
        if route is not None:
            yield route.record.hostname


def _failed(incident: Named) -> Iterator[str]:
    """By its element."""
    if not _beyond(incident):
        yield from (word for word in incident.element.split() if word not in _NO_DEVICE)


def _beyond(incident: Named) -> str:
    """The neighbour behind which it lies; empty for a fault of here."""
    return next((incident.element[len(start) :] for start in _FROM_BEYOND if incident.element.startswith(start)), "")


def _is_near(incident: Named, other: Named) -> bool:
    """They were open at one time, give or take what the news takes from one device to the next."""
    end = incident.closed_at if incident.closed_at is not None else other.opened_at
    other_end = other.closed_at if other.closed_at is not None else incident.opened_at
    begins_in_time = other.opened_at <= max(end, incident.opened_at) + SINCE_S
    return begins_in_time and incident.opened_at <= max(other_end, other.opened_at) + SINCE_S
