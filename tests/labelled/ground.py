"""The network that breaks: the demo's, with routes in both directions of some links, static ones, BFD here and there.

Also by which channels each device is heard. Complete evidence is every channel of every device on time; what is taken
away of it is `degrading`'s.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from random import Random

from msgspec.structs import replace

from statetrace_engine.model import ids
from statetrace_engine.model.inventory import Device, Inventory, Probe, ProbeKind, ProbeTests
from statetrace_engine.model.route import Role, RouteClass, RoutePath, RouteRecord
from statetrace_engine.simulate import network
from statetrace_engine.simulate.network import Link, Network, Node, Place, Port

SMALLEST, LARGEST = 12, 500
_STATIC_SHARE, _BFD_SHARE = 0.12, 0.5
_REVERSED = 2
"""Routes back to so many devices behind each."""


@dataclass
class Voice:
    """How a device is heard; all of it by default."""

    has_syslog: bool = True
    has_traps: bool = True
    is_polled: bool = True
    is_probed: bool = True
    has_bmp: bool = True
    late_s: float = 0.0
    """Its log comes by a stream that was held up for so long."""
    loses_events: bool = False
    """What it sends unasked goes the way that broke."""
    clock_s: float = 0.0
    """How far its clock is off."""
    stamp: str = ""
    """`star`: not synchronised, says IOS; `bare`: local time without a zone."""
    repeats: float = 0.0
    """Share of its messages that come twice."""
    jitter_s: float = 0.0
    """Messages overtake one another within it."""

    @property
    def is_mute(self) -> bool:
        return not (self.has_syslog or self.has_traps or self.is_polled or self.has_bmp)


@dataclass(frozen=True)
class End:
    """One end of a link, and the other."""

    link: Link
    here: Port
    there: Port

    @property
    def other(self) -> End:
        return End(self.link, self.there, self.here)


@dataclass
class Ground:
    net: Network
    routes: tuple[RouteRecord, ...]
    static: frozenset[str]
    """Links over which nothing is spoken."""
    bfd: frozenset[str]
    voices: dict[str, Voice] = field(default_factory=dict)

    @cached_property
    def by_next_hop(self) -> dict[tuple[str, str], tuple[RouteRecord, ...]]:
        found: dict[tuple[str, str], list[RouteRecord]] = {}
        for route in self.routes:
            found.setdefault((route.hostname, route.paths[0].next_hop or ""), []).append(route)
        return {key: tuple(of) for key, of in found.items()}

    @cached_property
    def ends_of(self) -> dict[str, tuple[End, ...]]:
        """Both ends known, by device."""
        found: dict[str, list[End]] = {}
        for link in self.net.links.values():
            if link.far.hostname:
                near = End(link, link.near, link.far)
                found.setdefault(link.near.hostname, []).append(near)
                found.setdefault(link.far.hostname, []).append(near.other)
        return {host: tuple(ends) for host, ends in found.items()}

    def node(self, host: str) -> Node:
        return self.net.nodes[host]

    def voice(self, host: str) -> Voice:
        return self.voices.setdefault(host, Voice())

    def protocol(self, link: Link) -> str:
        return "static" if link.name in self.static else link.protocol

    def routes_at(self, end: End) -> tuple[RouteRecord, ...]:
        """Watched routes of this end whose primary path is the link."""
        return self.by_next_hop.get((end.here.hostname, end.there.address), ())

    def primary_links(self, place: Place | None = None) -> list[Link]:
        """Primary uplinks between two watched devices, of devices of that kind."""
        nodes = self.net.nodes.values()
        links = [self.net.links[n.uplinks[0]] for n in nodes if place is None or n.place is place]
        return [link for link in links if link.far.hostname]

    def inventory(self, active: set[str]) -> Inventory:
        """Everything is watched; `active` devices are probed."""
        devices = tuple(
            Device(hostname=n.hostname, site=n.site, vendor=n.vendor, addresses=n.addresses)
            for n in self.net.nodes.values()
        )
        probes = tuple(p for host in sorted(active) if self.voice(host).is_probed for p in self._probes(host))
        return Inventory(devices=devices, routes=self.routes, probes=probes)

    def _probes(self, host: str) -> list[Probe]:
        found = [_probe(host, ProbeTests.CONTROL, self.node(host).router_id)]
        hops = dict.fromkeys(route.paths[0].next_hop or "" for route in self.routes if route.hostname == host)
        found += (_probe(host, ProbeTests.NEXT_HOP, hop, next_hop=hop) for hop in hops)
        own = (route for route in self.routes if route.hostname == host)
        found += (_probe(host, ProbeTests.DESTINATION, beyond(route), prefix=route.prefix) for route in own)
        return found


def beyond(route: RouteRecord) -> str:
    """What is probed behind all paths of a route."""
    return f"host.{route.prefix.replace('/', '-')}"


def _probe(host: str, tests: ProbeTests, target: str, next_hop: str = "", prefix: str = "") -> Probe:
    ident = f"{host}/{tests.value}/icmp/{target}"
    return Probe(
        probe_id=ident,
        hostname=host,
        kind=ProbeKind.ICMP,
        tests=tests,
        target=target,
        interval_ms=1000,
        next_hop=next_hop,
        prefix=prefix,
    )


def build(rng: Random, devices: int) -> Ground:
    """A network of about so many devices, 12 to 500."""
    devices = max(SMALLEST, min(devices, LARGEST))
    net = network.build(routes=3 * devices, seed=rng.randrange(2**31), max_sockets=3 * LARGEST)
    access = [n for n in net.nodes.values() if n.place is Place.ACCESS]
    static = {name for n in access if rng.random() < _STATIC_SHARE for name in n.uplinks}
    bfd = {name for name in sorted(net.links) if name not in static and rng.random() < _BFD_SHARE}
    routes = [_with_protocol(r, "static") if net.nodes[r.hostname].uplinks[0] in static else r for r in net.routes]
    return Ground(net, (*routes, *_backwards(net, static)), frozenset(static), frozenset(bfd))


def _with_protocol(route: RouteRecord, protocol: str) -> RouteRecord:
    paths = (
        replace(p, protocol=protocol, path_id=ids.path_id(route.route_id, protocol, p.next_hop, p.interface))
        for p in route.paths
    )
    return replace(route, paths=tuple(paths))


def _backwards(net: Network, static: set[str]) -> list[RouteRecord]:
    """Routes from a core or hub to what lies behind some of the devices whose primary uplink ends there."""
    found: list[RouteRecord] = []
    count: dict[str, int] = {}
    for node in net.nodes.values():
        link = net.links[node.uplinks[0]]
        far = link.far.hostname
        if not far or count.get(far, 0) >= _REVERSED:
            continue
        count[far] = count.get(far, 0) + 1
        spare = net.links[net.nodes[far].uplinks[0]]
        ident = ids.route_id(net.nodes[far].site, far, "default", prefix := f"192.168.{count[far]}.0/24")
        protocol = "static" if link.name in static else link.protocol
        paths = (
            _path(ident, Role.PRIMARY, link.near.address, link.far.interface, protocol),
            _path(ident, Role.SECONDARY, spare.far.address, spare.near.interface, spare.protocol),
        )
        found.append(
            RouteRecord(
                route_id=ident,
                site=net.nodes[far].site,
                hostname=far,
                vrf="default",
                prefix=prefix,
                route_class=RouteClass.STANDARD,
                owner="Network Core",
                paths=paths,
            )
        )
    return found


def _path(ident: str, role: Role, next_hop: str, interface: str, protocol: str) -> RoutePath:
    path_id = ids.path_id(ident, protocol, next_hop, interface)
    return RoutePath(path_id=path_id, role=role, next_hop=next_hop, interface=interface, protocol=protocol)
