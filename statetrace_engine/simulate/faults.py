"""Pure. What can break, what each device then says, which reflectors fall silent, and which routes must have an outage.

A fault is a value. What the network looks like is a function of the faults that are open: `State` and `failing` are all
there is to know, so faults may overlap and heal in any order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from statetrace_engine.model.inventory import ProbeTests
from statetrace_engine.simulate.messages import Event
from statetrace_engine.simulate.network import Link, Network, Port, Reflector

_FAR_END_S = 0.008
_BFD_S = 0.010
SESSION_S = 0.020
_ROUTE_S = 0.045
"""Routers print the link first, then the session, then what carries instead."""
SESSION_UP_S = 0.3
_ROUTE_UP_S = 0.4
_EDIT_S = 1.2
"""An operator leaves the configuration mode so long after the command."""
_OPERATOR = {"user": "jsm", "from": "10.99.0.10"}
_FLAPS, _TRIES = 8, 6
_CARRIER_ASN = 64496
"""RFC 5398."""


class Kind(StrEnum):
    CUT = "cut"
    NOISE = "noise"
    WITHDRAW = "withdraw"
    SHUTDOWN = "shutdown"
    BLACKHOLE = "blackhole"
    NULL0 = "null0"
    SITE_LOST = "site-lost"
    ISOLATION = "isolation"
    POWER = "power"
    FLAPS = "port-flaps"
    LOGINS = "logins"


ANOMALIES = frozenset((Kind.POWER, Kind.FLAPS, Kind.LOGINS))
"""What is odd and makes no route fail: a card, and no outage."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A device will print the lines of its vendor for this event, so long after the fault or its repair."""

    after_s: float
    hostname: str
    event: Event
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    kind: Kind
    label: str
    """What is broken, in a few words."""
    caption: str
    """What to expect of it."""
    devices: frozenset[str] = frozenset()
    """Those whose watched routes it may touch."""
    links: frozenset[str] = frozenset()
    """Cut, by name."""
    shut: Port | None = None
    """Somebody has shut it; its link is cut."""
    dark: str = ""
    """A device whose packets vanish beyond it, with every session up."""
    discards: str = ""
    """A device that fails over into Null0."""
    forsaken: str = ""
    """A device whose primary neighbour offers it no route any more, over a session that stays up."""
    site: str = ""
    """Lost altogether."""
    onset: tuple[Utterance, ...] = ()
    recovery: tuple[Utterance, ...] = ()


def cut(network: Network, link: Link) -> Fault:
    """An uplink is cut: both ends say so, and the device says what carries its routes now."""
    near = link.near
    routes = network.routes_over(link)
    secondary = network.links[network.nodes[near.hostname].uplinks[1]]
    return Fault(
        kind=Kind.CUT,
        label=f"{near.hostname} {near.interface}",
        caption=f"{near.hostname} {near.interface} is cut; "
        + (f"{secondary.far.address} takes over" if routes else "no watched route uses it"),
        devices=frozenset({near.hostname}),
        links=frozenset({link.name}),
        onset=(*_goes_down(network, link), *_installs(network, link, secondary.far.address, secondary, _ROUTE_S)),
        recovery=_comes_back(network, link),
    )


def shutdown(network: Network, hostname: str) -> Fault:
    """Somebody shuts the primary uplink, and later opens it again: the log says it, and so does the next capture."""
    link = network.links[network.nodes[hostname].uplinks[0]]
    secondary = network.links[network.nodes[hostname].uplinks[1]]
    return Fault(
        kind=Kind.SHUTDOWN,
        label=f"{hostname} {link.near.interface}",
        caption=f"jsm shuts {hostname} {link.near.interface}; {secondary.far.address} takes over, and the next capture "
        "shows the line",
        devices=frozenset({hostname}),
        links=frozenset({link.name}),
        shut=link.near,
        onset=(
            *_goes_down(network, link, Event.SHUT),
            *_installs(network, link, secondary.far.address, secondary, _ROUTE_S),
            Utterance(_EDIT_S, hostname, Event.CONFIG, _OPERATOR),
        ),
        recovery=(*_comes_back(network, link), Utterance(_EDIT_S, hostname, Event.CONFIG, _OPERATOR)),
    )


def null0(network: Network, hostname: str) -> Fault:
    """The primary uplink is cut and the device fails over into Null0 (an old static route, say): nothing carries."""
    link = network.links[network.nodes[hostname].uplinks[0]]
    repaired = Utterance(_ROUTE_UP_S + 0.1, hostname, Event.CONFIG, _OPERATOR)
    return Fault(
        kind=Kind.NULL0,
        label=f"{hostname} {link.near.interface}",
        caption=f"{hostname} {link.near.interface} is cut and its routes fall into Null0; nothing carries",
        devices=frozenset({hostname}),
        links=frozenset({link.name}),
        discards=hostname,
        onset=(*_goes_down(network, link), *_installs(network, link, "0.0.0.0", None, _ROUTE_S)),
        recovery=(*_comes_back(network, link), repaired),
    )


def withdraw(network: Network, hostname: str) -> Fault:
    """The primary neighbour loses its own way out and withdraws all routes, over a session that stays up: only the
    device's BMP and its route table tell of it, and its log where an applet watches routes."""
    primary, secondary = (network.links[name] for name in network.nodes[hostname].uplinks)
    return Fault(
        kind=Kind.WITHDRAW,
        label=f"{hostname} {primary.far.address}",
        caption=f"{primary.far.hostname} withdraws the routes of {hostname}; {secondary.far.address} takes over",
        devices=frozenset({hostname}),
        forsaken=hostname,
        onset=tuple(_installs(network, primary, secondary.far.address, secondary, _ROUTE_S)),
        recovery=tuple(_installs(network, primary, primary.far.address, primary, _ROUTE_UP_S)),
    )


def blackhole(network: Network, hostname: str) -> Fault:
    """The primary path forwards nothing while every session stays up: no device says a word."""
    next_hop = network.links[network.nodes[hostname].uplinks[0]].far.address
    return Fault(
        kind=Kind.BLACKHOLE,
        label=f"{hostname} {next_hop}",
        caption=f"{hostname}: everything by {next_hop} vanishes, with all sessions up",
        devices=frozenset({hostname}),
        dark=hostname,
    )


def site_lost(network: Network, site: str) -> Fault:
    """A whole site goes dark; the hubs say that the links and sessions to its cores are down.

    Raises ValueError for the site of the hubs, whose loss nobody would be left to report.
    """
    if site not in network.spokes:
        raise ValueError(f"{site} cannot be lost: {', '.join(network.spokes)}")
    exits = _exits(network, site)
    return Fault(
        kind=Kind.SITE_LOST,
        label=site,
        caption=f"{site} is lost: {sum(n.site == site for n in network.nodes.values())} devices fall silent",
        devices=frozenset(n.hostname for n in network.nodes.values() if n.site == site),
        site=site,
        onset=tuple(said for link in exits for said in _goes_down(network, link)),
        recovery=tuple(said for link in exits for said in _comes_back(network, link)),
    )


def isolation() -> Fault:
    """The jump host's own network is gone: nothing is heard of anybody, and nothing is wrong out there."""
    return Fault(kind=Kind.ISOLATION, label="jump host", caption="the jump host is cut off; nothing out there is wrong")


def noise(count: int) -> Fault:
    """Unrelated log lines: nothing is broken."""
    return Fault(kind=Kind.NOISE, label=f"{count} lines", caption=f"{count:,} unrelated log lines; nothing opens")


def power(hostname: str) -> Fault:
    """One of two power supplies fails; the other carries the device on."""
    fields = {"unit": "1"}
    return Fault(
        kind=Kind.POWER,
        label=f"{hostname} power supply 1",
        caption=f"{hostname} loses a power supply; no route fails, an anomaly card is raised",
        onset=(Utterance(0.0, hostname, Event.POWER_DOWN, fields),),
        recovery=(Utterance(0.0, hostname, Event.POWER_UP, fields),),
    )


def flaps(hostname: str, interface: str) -> Fault:
    """A port that no watched route uses goes down and comes up again, four times."""
    fields = {"interface": interface, "port": interface.partition(".")[0], "index": "48"}
    return Fault(
        kind=Kind.FLAPS,
        label=f"{hostname} {interface}",
        caption=f"{hostname} {interface} flaps; no watched route uses it, an anomaly card is raised",
        onset=tuple(
            Utterance(0.7 * n, hostname, Event.LINK_UP if n % 2 else Event.LINK_DOWN, fields) for n in range(_FLAPS)
        ),
    )


def logins(hostname: str) -> Fault:
    """Somebody tries passwords."""
    fields = {"user": "root", "from": "10.99.66.6"}
    return Fault(
        kind=Kind.LOGINS,
        label=f"{hostname} from {fields['from']}",
        caption=f"{fields['from']} tries passwords on {hostname}; an anomaly card is raised",
        onset=tuple(Utterance(0.2 * n, hostname, Event.LOGIN_FAILED, fields) for n in range(_TRIES)),
    )


def failing(network: Network, open_faults: Collection[Fault]) -> frozenset[str]:
    """The ids of the routes that must have an outage.

    Of a lost site these are the routes of the devices with a neighbour outside, who bears witness; of the others
    nobody can know (SPEC 2: UNKNOWN).
    """
    routes: set[str] = set()
    for fault in open_faults:
        for name in fault.links:
            routes.update(route.route_id for route in network.routes_over(network.links[name]))
        hosts = (
            {fault.dark or fault.forsaken}
            if fault.dark or fault.forsaken
            else {link.near.hostname for link in _exits(network, fault.site)}
        )
        routes.update(route.route_id for host in hosts for route in network.routes_of(host))
    return frozenset(routes)


class State:
    """What the open faults add up to."""

    def __init__(self, network: Network, open_faults: Collection[Fault] = ()) -> None:
        self._network = network
        self._nodes = network.nodes
        self._cut = {name for fault in open_faults for name in fault.links}
        self._shut = {fault.shut for fault in open_faults}
        self._dark = {fault.dark for fault in open_faults if fault.dark}
        self._discards = {fault.discards for fault in open_faults if fault.discards}
        self._forsaken = {fault.forsaken for fault in open_faults if fault.forsaken}
        self._lost = {fault.site for fault in open_faults if fault.site}
        self._is_isolated = any(fault.kind is Kind.ISOLATION for fault in open_faults)
        self.silent = (
            frozenset(r.key for r in network.reflectors if not self._answers(r)) if open_faults else frozenset()
        )
        """Keys of the reflectors that do not answer."""

    def reaches(self, hostname: str) -> bool:
        """Whether what this device says arrives, and what is asked of it."""
        node = self._nodes[hostname]
        return not self._is_isolated and node.site not in self._lost and not self._cut.issuperset(node.uplinks)

    def is_up(self, link: Link) -> bool:
        """Its interfaces, and the session over it; what a site loses is its ways out, and inside it all goes on."""
        is_near_lost, is_far_lost = (self._is_lost(port.hostname) for port in (link.near, link.far))
        return link.name not in self._cut and is_near_lost is is_far_lost

    def is_shut(self, port: Port) -> bool:
        """Whether somebody has shut this end."""
        return port in self._shut

    def _is_lost(self, hostname: str) -> bool:
        return bool(hostname) and self._nodes[hostname].site in self._lost

    def offers(self, link: Link) -> bool:
        """Whether the far end offers the near one the routes that it watches."""
        is_forsaken = link.near.hostname in self._forsaken and link.name == self._nodes[link.near.hostname].uplinks[0]
        return self.is_up(link) and not is_forsaken

    def carries(self, hostname: str) -> Link | None:
        """The uplink that its routes have installed; None: they lead nowhere."""
        primary, secondary = (self._network.links[name] for name in self._nodes[hostname].uplinks)
        if self.offers(primary):
            return primary
        return secondary if self.offers(secondary) and not self.discards(hostname) else None

    def discards(self, hostname: str) -> bool:
        """Whether what leads nowhere is installed into Null0."""
        return hostname in self._discards

    def _answers(self, reflector: Reflector) -> bool:
        if not self.reaches(reflector.hostname):
            return False
        if reflector.tests is ProbeTests.CONTROL:
            return True
        if reflector.hostname in self._dark:
            return False
        if reflector.tests is ProbeTests.NEXT_HOP:
            return self._nodes[reflector.hostname].uplinks[0] not in self._cut
        return self.carries(reflector.hostname) is not None


def _exits(network: Network, site: str) -> tuple[Link, ...]:
    """The links of a site's devices to devices elsewhere."""
    return tuple(
        link
        for link in network.links.values()
        if link.far.hostname
        and network.nodes[link.near.hostname].site == site
        and network.nodes[link.far.hostname].site != site
    )


def _goes_down(network: Network, link: Link, why: Event = Event.LINK_DOWN) -> Iterator[Utterance]:
    """`why`: what the near end says of its own interface."""
    session = Event.OSPF_DOWN if link.protocol == "ospf" else Event.BGP_DOWN
    said = _both_ends(network, link, ((0.0, Event.LINK_DOWN), (_BFD_S, Event.BFD_DOWN), (SESSION_S, session)))
    for utterance in said:
        is_own = utterance.event is Event.LINK_DOWN and utterance.hostname == link.near.hostname
        yield replace(utterance, event=why) if is_own else utterance


def _comes_back(network: Network, link: Link) -> tuple[Utterance, ...]:
    session = Event.OSPF_UP if link.protocol == "ospf" else Event.BGP_UP
    after_s = ((0.0, Event.LINK_UP), (SESSION_UP_S - _BFD_S, Event.BFD_UP), (SESSION_UP_S, session))
    said = _both_ends(network, link, after_s)
    return (*said, *_installs(network, link, link.far.address, link, _ROUTE_UP_S))


def _both_ends(network: Network, link: Link, events: tuple[tuple[float, Event], ...]) -> Iterator[Utterance]:
    for lag_s, this, other in ((0.0, link.near, link.far), (_FAR_END_S, link.far, link.near)):
        if this.hostname:
            fields = port_fields(network, this, other)
            for after_s, event in events:
                yield Utterance(after_s + lag_s, this.hostname, event, fields)


def _installs(network: Network, link: Link, next_hop: str, out: Link | None, after_s: float) -> Iterator[Utterance]:
    """What the device says of its routes over `link`: they go by `out` now, or into Null0."""
    for n, route in enumerate(network.routes_over(link)):
        fields = {
            "prefix": route.prefix,
            "next_hop": next_hop,
            "out": out.near.interface if out else "Null0",
            "protocol": out.protocol if out else "static",
        }
        yield Utterance(after_s + 0.0002 * n, link.near.hostname, Event.ROUTE, fields)


def port_fields(network: Network, this: Port, other: Port) -> Mapping[str, str]:
    """The fields of `messages` for one end of a link."""
    peer = network.nodes.get(other.hostname)
    return {
        "interface": this.interface,
        "index": str(network.nodes[this.hostname].index_of(this.interface)),
        "port": this.interface.partition(".")[0],
        "local": this.address,
        "local_asn": str(network.nodes[this.hostname].asn),
        "neighbour": other.address,
        "peer": other.hostname or "carrier",
        "router_id": peer.router_id if peer else other.address,
        "asn": str(peer.asn if peer else _CARRIER_ASN),
    }
