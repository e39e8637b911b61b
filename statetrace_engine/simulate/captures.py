"""Pure. What a router of IOS shows to somebody who collects it: one terminal session, as a collector files it.

    WLLS-A01-AR-01#show ip route
    Codes: L - local, C - connected, S - static, ...

Form: Cisco IOS IP Routing, Interface and Configuration Fundamentals Command References; of the routes only watched ones
and those of its own links are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Interface, IPv4Network

from statetrace_engine.model import Epoch
from statetrace_engine.simulate.faults import State, port_fields
from statetrace_engine.simulate.network import Link, Network, Node

VENDOR = "cisco_ios"
_LINK_LENGTH = 30
_DISTANCES = {"bgp": ("B", "20/0"), "ospf": ("O", "110/20")}
_UP_SINCE = "5w6d"
_WEEKDAY_CLOCK = "%H:%M:%S UTC %a %b {day} %Y"


@dataclass(frozen=True, slots=True)
class Edit:
    """The last change of a device's configuration."""

    at: Epoch
    user: str


def is_collected(network: Network, node: Node) -> bool:
    """Whether a collector reads it: those of this system that speak BGP upwards."""
    return (
        node.vendor == VENDOR
        and bool(network.routes_of(node.hostname))
        and network.links[node.uplinks[0]].protocol == "bgp"
    )


def file_name(node: Node, at: Epoch) -> str:
    """`WLLS-A01-AR-01_20261128T221501Z.log`."""
    return f"{node.hostname}_{datetime.fromtimestamp(at, UTC):%Y%m%dT%H%M%SZ}.log"


def session(network: Network, node: Node, state: State, edit: Edit) -> str:
    """What its terminal showed, from the first prompt to the last."""
    told = ((command, "\n".join(shown(network, node, state, edit))) for command, shown in _SHOWN)
    return "".join(f"{node.hostname}#{command}\n{text}\n" for command, text in told) + f"{node.hostname}#exit\n"


def _version(_network: Network, node: Node, _state: State, _edit: Edit) -> Iterator[str]:
    yield "Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.7(3)M6, RELEASE SOFTWARE (fc1)"
    yield ""
    yield f"{node.hostname} uptime is 5 weeks, 6 days, 2 hours, 11 minutes"
    yield 'System image file is "flash0:c2900-universalk9-mz.SPA.157-3.M6.bin"'
    yield ""
    yield f"Processor board ID FGL{node.asn % 10000:04}{len(node.hostname):02}{node.router_id.rpartition('.')[2]:>02}"
    yield f"{len(node.ports)} Gigabit Ethernet interfaces"
    yield ""
    yield "Configuration register is 0x2102"


def _interfaces(network: Network, node: Node, state: State, _edit: Edit) -> Iterator[str]:
    yield f"{'Interface':<27}{'IP-Address':<16}OK? Method Status                Protocol"
    for end in network.ends_of(node.hostname):
        status = "up" if state.is_up(end.link) else "down"
        words = "administratively down" if state.is_shut(end.this) else status
        yield f"{end.this.interface:<27}{end.this.address:<16}YES NVRAM  {words:<22}{status:<8}".rstrip()
    yield f"{'Loopback0':<27}{node.router_id:<16}YES NVRAM  {'up':<22}up"


def _neighbours(network: Network, node: Node, state: State, _edit: Edit) -> Iterator[str]:
    yield f"BGP router identifier {node.router_id}, local AS number {node.asn}"
    yield "BGP table version is 412, main routing table version 412"
    yield ""
    yield "Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd"
    received = len(network.routes_of(node.hostname))
    for end in network.ends_of(node.hostname):
        if end.link.protocol == "bgp":
            asn = port_fields(network, end.this, end.other)["asn"]
            last = (_UP_SINCE, str(received)) if state.is_up(end.link) else ("00:00:03", "Idle")
            yield f"{end.other.address:<16}4 {asn:>12}   64130   64087      412    0    0 {last[0]:<9}{last[1]:>12}"


def _routes(network: Network, node: Node, state: State, _edit: Edit) -> Iterator[str]:
    carrying = state.carries(node.hostname)
    yield "Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP"
    yield "       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area"
    yield "       + - replicated route, % - next hop override"
    yield ""
    via = carrying.far.address if carrying is not None else ""
    yield f"Gateway of last resort is {via} to network 0.0.0.0" if via else "Gateway of last resort is not set"
    yield ""
    rows = [(IPv4Network(r.prefix), _learnt(r.prefix, carrying)) for r in network.routes_of(node.hostname)]
    rows += [row for end in network.ends_of(node.hostname) if state.is_up(end.link) for row in _own(end.this.address,
             end.this.interface)]  # fmt: skip
    rows.append((IPv4Network(node.router_id), f"C        {node.router_id}/32 is directly connected, Loopback0"))
    yield from (text for _, text in sorted(rows) if text)


def _learnt(prefix: str, carrying: Link | None) -> str:
    if carrying is None:
        return ""
    code, distance = _DISTANCES[carrying.protocol]
    mark = "*" if prefix == "0.0.0.0/0" else " "
    return f"{code}{mark}       {prefix} [{distance}] via {carrying.far.address}, {_UP_SINCE}"


def _own(address: str, interface: str) -> Iterator[tuple[IPv4Network, str]]:
    network = IPv4Interface(f"{address}/{_LINK_LENGTH}").network
    yield network, f"C        {network} is directly connected, {interface}"
    yield IPv4Network(address), f"L        {address}/32 is directly connected, {interface}"


def _configuration(network: Network, node: Node, state: State, edit: Edit) -> Iterator[str]:
    at = datetime.fromtimestamp(edit.at, UTC)
    yield from ("Building configuration...", "", "Current configuration : 2914 bytes", "!")
    yield f"! Last configuration change at {at.strftime(_WEEKDAY_CLOCK.format(day=at.day))} by {edit.user}"
    yield from ("!", "version 15.7", "service timestamps log datetime msec show-timezone", "!")
    yield from (f"hostname {node.hostname}", "!")
    yield from ("interface Loopback0", f" ip address {node.router_id} 255.255.255.255", "!")
    for end in network.ends_of(node.hostname):
        yield f"interface {end.this.interface}"
        yield f" description {end.other.hostname or 'carrier'}"
        yield f" ip address {end.this.address} 255.255.255.252"
        if state.is_shut(end.this):
            yield " shutdown"
        yield "!"
    yield f"router bgp {node.asn}"
    yield f" bgp router-id {node.router_id}"
    yield from (
        f" neighbor {end.other.address} remote-as {port_fields(network, end.this, end.other)['asn']}"
        for end in network.ends_of(node.hostname)
        if end.link.protocol == "bgp"
    )
    yield from ("!", "end")


_Shown = Callable[[Network, Node, State, Edit], Iterator[str]]
_SHOWN: Sequence[tuple[str, _Shown]] = (
    ("show version", _version),
    ("show ip interface brief", _interfaces),
    ("show ip bgp summary", _neighbours),
    ("show ip route", _routes),
    ("show running-config", _configuration),
)
