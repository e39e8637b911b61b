"""Pure. What the operator says is out there: sites, devices, watched routes, probes, maintenance."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from statetrace_engine.model import Epoch
from statetrace_engine.model.route import RouteRecord


class ProbeKind(StrEnum):
    ICMP = "icmp"
    TCP = "tcp"
    STAMP = "stamp"


class ProbeTests(StrEnum):
    """What a probe's answer says."""

    NEXT_HOP = "next-hop"
    DESTINATION = "destination"
    CONTROL = "control"
    GATEWAY = "gateway"
    """The engine's own first hop: its loss is local isolation."""


class Probe(Struct, frozen=True, kw_only=True, gc=False):
    """One target asked at one interval."""

    probe_id: str
    """`HOST/tests/kind/target[:port]`, stable."""
    hostname: str
    """The device whose paths it tests; empty for the gateway."""
    kind: ProbeKind
    tests: ProbeTests
    target: str
    port: int = 0
    interval_ms: int = 1000
    next_hop: str = ""
    """For next-hop probes: the next hop it speaks for."""
    prefix: str = ""
    """For destination probes: the watched prefix it proves; chosen by longest match when not given."""
    vrf: str = "default"
    is_silent: bool = False
    """Marked as never answering: counted, never evidence."""


class Device(Struct, frozen=True, kw_only=True, gc=False):
    hostname: str
    site: str
    vendor: str = ""
    addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class Site(Struct, frozen=True, kw_only=True, gc=False):
    name: str
    owner: str = ""
    contact: str = ""
    exits: tuple[str, ...] = ()
    """Route ids; empty: all its watched defaults."""


class Maintenance(Struct, frozen=True, kw_only=True, gc=False):
    """A window in which an outage is `info`. Exactly one of site, hostname, route_id is set."""

    maintenance_id: str
    starts_at: Epoch
    ends_at: Epoch
    reason: str
    site: str = ""
    hostname: str = ""
    route_id: str = ""
    declared_by: str = ""


class Inventory(Struct, frozen=True, kw_only=True, gc=False):
    sites: tuple[Site, ...] = ()
    devices: tuple[Device, ...] = ()
    routes: tuple[RouteRecord, ...] = ()
    probes: tuple[Probe, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()
