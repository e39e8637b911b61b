"""Pure. A made-up network, the same for the same arguments: sites of access routers behind two cores behind two hubs.

Every device has exactly two uplinks, primary and secondary: access routers to the two cores of their site, cores to
the two hubs at the first site, hubs to two carriers. So each watched route has one known way out when its first is
lost, and when a whole site goes dark the hubs remain to say that their sessions with its cores are down.
Addresses are private and carry no packet: every reflector is a UDP port of 127.0.0.1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from statetrace_engine.model import ids
from statetrace_engine.model.inventory import ProbeTests
from statetrace_engine.model.route import Role, RouteClass, RoutePath, RouteRecord

SITES = (
    "WLLS", "BOYO", "LAB", "KARR", "MIDL", "NORT", "FREM", "BUNB",
    "ALBA", "GERA", "KALG", "BROO", "ESPE", "DERB", "CARN", "EXMO",
)  # fmt: skip
_OWNERS = ("Network Core", "Edge team", "Lab desk", "Carrier desk")
_CARRIERS = ("Northline", "Telvia", "Ostrava Net")
_ACCESS_VENDORS = (
    "cisco_ios", "cisco_nxos", "cisco_ios", "arista_eos", "cisco_ios",
    "juniper_junos", "cisco_ios", "frr", "cisco_ios", "cisco_xr",
)  # fmt: skip
_CORE_VENDORS = ("cisco_xr", "juniper_junos", "cisco_ios", "arista_eos", "cisco_xr", "cisco_nxos")
_INTERFACES = {
    "cisco_ios": "GigabitEthernet0/{}", "cisco_nxos": "Ethernet1/{}", "cisco_xr": "GigabitEthernet0/0/0/{}",
    "arista_eos": "Ethernet{}", "juniper_junos": "ge-0/0/{}.0", "frr": "eth{}",
}  # fmt: skip
SPARE_PORT = 48
"""Of every device: it leads to no other, and no watched route uses it."""
_SMALLEST = 12
"""Devices: two cores each for three sites, two hubs, and a few to break."""
MONITORED = 64
"""Devices with an SNMP agent and a BMP session: each costs two sockets, and half of a listener's."""
_PACKETS_PER_S = 800
"""Probe packets that all reflectors together get; above it probes slow down."""


def port_name(vendor: str, number: int) -> str:
    """As this vendor names its ports."""
    return _INTERFACES[vendor].format(number)


class Place(StrEnum):
    HUB = "HR"
    CORE = "CR"
    ACCESS = "AR"


@dataclass(frozen=True, slots=True)
class Port:
    """One end of a link; a carrier's end has no hostname."""

    hostname: str
    interface: str
    address: str


@dataclass(frozen=True, slots=True)
class Link:
    """`near` is the device whose uplink this is."""

    name: str
    near: Port
    far: Port
    protocol: str


@dataclass(frozen=True, slots=True)
class Node:
    hostname: str
    site: str
    vendor: str
    place: Place
    asn: int
    router_id: str
    addresses: tuple[str, ...]
    uplinks: tuple[str, str]
    """Names of its links, primary first."""
    ports: tuple[Port, ...]
    """In the order of their ifIndex, which begins at 1."""

    def index_of(self, interface: str) -> int:
        """Its ifIndex."""
        return next(n for n, port in enumerate(self.ports, 1) if port.interface == interface)


@dataclass(frozen=True, slots=True)
class End:
    """A link as one of its devices sees it."""

    link: Link
    this: Port
    other: Port


@dataclass(frozen=True, slots=True)
class Reflector:
    """Something that answers probes: a next hop, a destination, or the device itself."""

    key: str
    hostname: str
    site: str
    tests: ProbeTests
    next_hop: str = ""
    prefix: str = ""


@dataclass(frozen=True)
class Network:
    sites: tuple[str, ...]
    nodes: dict[str, Node]
    links: dict[str, Link]
    routes: tuple[RouteRecord, ...]
    reflectors: tuple[Reflector, ...]
    interval_ms: int
    """Of every probe."""
    monitored: tuple[str, ...]
    """The devices that answer SNMP and speak BMP; the others send their log and traps."""
    _routes_of: dict[str, tuple[RouteRecord, ...]] = field(default_factory=dict)
    _ends_of: dict[str, tuple[End, ...]] = field(default_factory=dict)

    @property
    def spokes(self) -> tuple[str, ...]:
        """The sites that can be lost while somebody outside remains to say so."""
        return self.sites[1:]

    def routes_of(self, hostname: str) -> tuple[RouteRecord, ...]:
        return self._routes_of.get(hostname, ())

    def ends_of(self, hostname: str) -> tuple[End, ...]:
        """Its links, in the order of its ports."""
        return self._ends_of.get(hostname, ())

    def routes_over(self, link: Link) -> tuple[RouteRecord, ...]:
        """Routes whose primary path is this link."""
        return tuple(r for r in self.routes_of(link.near.hostname) if r.paths[0].next_hop == link.far.address)

    def link_at(self, hostname: str, interface: str) -> Link | None:
        """The link at a device's interface, given by its canonical name."""
        ends = ((hostname, interface),)
        return next(
            (k for k in self.links.values() if any((p.hostname, p.interface) in ends for p in (k.near, k.far))), None
        )


def build(routes: int = 120, seed: int = 1, max_sockets: int = 1500) -> Network:
    """The network with this many watched routes: 120 make 3 sites and 40 devices; above, both grow with the sockets."""
    devices = max(_SMALLEST, min(-(-routes // 3), max_sockets // 3))
    sites = SITES[: max(3, min(len(SITES), devices // 13))]
    draft = _Draft()
    for number, name in enumerate(sites, 1):
        draft.site(number, name, devices // len(sites) + (number <= devices % len(sites)))
    nodes = {node.hostname: node for node in draft.nodes()}
    watched = tuple(_routes(nodes, draft.links, routes, Random(seed)))
    routes_of: dict[str, list[RouteRecord]] = defaultdict(list)
    for route in watched:
        routes_of[route.hostname].append(route)
    destinations = 2 if 4 * devices <= max_sockets else 1
    reflectors = tuple(_reflectors(nodes, draft.links, routes_of, destinations))
    return Network(
        sites=sites,
        nodes=nodes,
        links=draft.links,
        routes=watched,
        reflectors=reflectors,
        interval_ms=max(250, -(-len(reflectors) * 1000 // _PACKETS_PER_S // 250) * 250),
        monitored=_monitored(nodes),
        _routes_of={hostname: tuple(of) for hostname, of in routes_of.items()},
        _ends_of=_ends(nodes, draft.links),
    )


class _Draft:
    """Places devices and joins them; interfaces are numbered as links are laid."""

    def __init__(self) -> None:
        self.links: dict[str, Link] = {}
        self._placed: list[tuple[str, str, str, Place, int, str]] = []
        self._vendor: dict[str, str] = {}
        self._ports: dict[str, list[Port]] = defaultdict(list)
        self._uplinks: dict[str, list[str]] = defaultdict(list)
        self._hubs: tuple[str, ...] = ()

    def site(self, number: int, name: str, devices: int) -> None:
        if number == 1:
            self._hubs = tuple(self._place(number, name, Place.HUB, n) for n in (1, 2))
            for n, hub in enumerate(self._hubs, 1):
                for carrier in (1, 2):
                    self._lay(hub, "", f"10.250.{n}", 4 * carrier, "bgp")
        cores = tuple(self._place(number, name, Place.CORE, n) for n in (1, 2))
        for n, core in enumerate(cores):
            for side in (0, 1):
                self._lay(core, self._hubs[(n + side) % 2], f"10.240.{number}", 8 * n + 4 * side, "bgp")
        for n in range(1, devices - len(cores) - (len(self._hubs) if number == 1 else 0) + 1):
            access = self._place(number, name, Place.ACCESS, n)
            for side in (0, 1):
                network = f"10.{number}.{2 * n - 1 + side}"
                self._lay(access, cores[(n - 1 + side) % 2], network, 0, "ospf" if n % 4 == 0 else "bgp")

    def nodes(self) -> Iterator[Node]:
        for hostname, site, vendor, place, asn, router_id in self._placed:
            primary, secondary = self._uplinks[hostname]
            ports = tuple(self._ports[hostname])
            addresses = (router_id, *(port.address for port in ports))
            yield Node(hostname, site, vendor, place, asn, router_id, addresses, (primary, secondary), ports)

    def _place(self, number: int, site: str, place: Place, n: int) -> str:
        hostname = f"{site}-{place.value[0]}{n:02}-{place.value}-01"
        vendors = _ACCESS_VENDORS if place is Place.ACCESS else _CORE_VENDORS
        self._vendor[hostname] = vendors[(n - 1 + 2 * (number - 1) * (place is Place.CORE)) % len(vendors)]
        host = {Place.HUB: 250, Place.CORE: 240, Place.ACCESS: 0}[place] + n
        asn = {Place.HUB: 64512, Place.CORE: 64512 + number, Place.ACCESS: 65000 + n}[place]
        self._placed.append((hostname, site, self._vendor[hostname], place, asn, f"10.255.{number}.{host}"))
        return hostname

    def _lay(self, near: str, far: str, network: str, base: int, protocol: str) -> None:
        ends = self._port(near, f"{network}.{base + 1}"), self._port(far, f"{network}.{base + 2}")
        name = f"{near} {ends[0].interface}"
        self.links[name] = Link(name, *ends, protocol)
        self._uplinks[near].append(name)

    def _port(self, hostname: str, address: str) -> Port:
        if not hostname:
            return Port("", "", address)
        interface = port_name(self._vendor[hostname], len(self._ports[hostname]) + 1)
        port = Port(hostname, interface, address)
        self._ports[hostname].append(port)
        return port


def _monitored(nodes: dict[str, Node]) -> tuple[str, ...]:
    """Hubs and cores first, then the first access router of every site, the second, and so on."""
    ranks: dict[tuple[str, Place], int] = defaultdict(int)
    order: dict[str, tuple[bool, int]] = {}
    for node in nodes.values():
        ranks[node.site, node.place] += 1
        order[node.hostname] = (node.place is Place.ACCESS, ranks[node.site, node.place])
    return tuple(sorted(order, key=order.__getitem__)[:MONITORED])


def _ends(nodes: dict[str, Node], links: dict[str, Link]) -> dict[str, tuple[End, ...]]:
    found: dict[str, dict[str, End]] = {hostname: {} for hostname in nodes}
    for link in links.values():
        for this, other in ((link.near, link.far), (link.far, link.near)):
            if this.hostname:
                found[this.hostname][this.interface] = End(link, this, other)
    return {node.hostname: tuple(found[node.hostname][p.interface] for p in node.ports) for node in nodes.values()}


def _routes(nodes: dict[str, Node], links: dict[str, Link], count: int, random: Random) -> Iterator[RouteRecord]:
    each, more = divmod(count, len(nodes))
    for position, node in enumerate(nodes.values()):
        offset = random.randrange(4096)
        for n in range(each + (position < more)):
            yield _route(node, links, _prefix(n, offset), n, position)


def _prefix(n: int, offset: int) -> str:
    """The default route first, then blocks that do not repeat on a device below 4,096 of them."""
    if n == 0:
        return "0.0.0.0/0"
    if n == 1:
        return f"10.{20 + offset % 180}.0.0/16"
    block = (offset + n) % 4096
    return f"172.{16 + block % 16}.{block // 16}.0/24"


def _route(node: Node, links: dict[str, Link], prefix: str, n: int, position: int) -> RouteRecord:
    route = ids.route_id(node.site, node.hostname, "default", prefix)
    is_standard = n >= 2 and position % 3 == 0
    carrier = _CARRIERS[position % len(_CARRIERS)]
    return RouteRecord(
        route_id=route,
        site=node.site,
        hostname=node.hostname,
        vrf="default",
        prefix=prefix,
        route_class=RouteClass.STANDARD if is_standard else RouteClass.CRITICAL,
        owner="Applications" if is_standard else _OWNERS[SITES.index(node.site) % len(_OWNERS)],
        contact="apps@example.net" if is_standard else contact_of(node.site),
        circuit=f"{node.site[:3]}-{1000 + 7 * position}",
        carrier=carrier,
        carrier_contact=f"noc@{carrier.lower().replace(' ', '')}.example",
        paths=tuple(
            _path(route, role, links[name])
            for role, name in zip((Role.PRIMARY, Role.SECONDARY), node.uplinks, strict=True)
        ),
    )


def _path(route: str, role: Role, link: Link) -> RoutePath:
    next_hop, interface = link.far.address, link.near.interface
    return RoutePath(
        path_id=ids.path_id(route, link.protocol, next_hop, interface),
        role=role,
        next_hop=next_hop,
        interface=interface,
        protocol=link.protocol,
    )


def _reflectors(
    nodes: dict[str, Node], links: dict[str, Link], routes_of: dict[str, list[RouteRecord]], destinations: int
) -> Iterator[Reflector]:
    for node in nodes.values():
        hostname, site = node.hostname, node.site
        yield Reflector(f"{hostname} control", hostname, site, ProbeTests.CONTROL)
        if not (routes := routes_of[hostname]):
            continue
        next_hop = links[node.uplinks[0]].far.address
        yield Reflector(f"{hostname} next-hop {next_hop}", hostname, site, ProbeTests.NEXT_HOP, next_hop=next_hop)
        for route in routes[:destinations]:
            key = f"{hostname} destination {route.prefix}"
            yield Reflector(key, hostname, site, ProbeTests.DESTINATION, prefix=route.prefix)


def owner_of(site: str) -> str:
    return _OWNERS[SITES.index(site) % len(_OWNERS)]


def contact_of(site: str) -> str:
    return f"{owner_of(site).lower().replace(' ', '-')}@example.net"
