"""Pure. Cisco IOS XR: which command is read by what (ASR 9000, CRS, NCS, 8000, XRv; 4.x to 24.x)."""

from __future__ import annotations

import re

from statetrace_engine.model.captured import Kind
from statetrace_engine.parsing import config_lines, log_lines
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.shown import Ask, Parse, Show, Shown
from statetrace_engine.parsing.shows.cisco_xr import interfaces, neighbors, peers, route_totals, routes, version, vitals

_VIEWS: dict[str, Parse] = {"brief": interfaces.brief, "description": interfaces.descriptions}


def _interfaces(text: str, ask: Ask) -> Shown:
    """`show interfaces GigabitEthernet0/0/0/1 brief`: the last word says which table it is."""
    return _VIEWS.get(ask.command.rpartition(" ")[2], interfaces.full)(text, ask)


def _addresses(text: str, ask: Ask) -> Shown:
    return (interfaces.addresses if "brief" in ask.command.split() else interfaces.detailed)(text, ask)


_FAMILIES = (
    "ipv4 unicast",
    "ipv6 unicast",
    "vpnv4 unicast",
    "vpnv6 unicast",
    "l2vpn evpn",
    "ipv4 labeled-unicast",
    "all all",
)
_SUMMARIES = (
    *("show bgp summary", "show ip bgp summary", "show bgp vrf * summary", "show bgp instance all summary"),
    *(f"show bgp {family} summary" for family in _FAMILIES),
    *(f"show bgp vrf * {family} summary" for family in _FAMILIES),
    *(f"show bgp instance * {family} summary" for family in _FAMILIES),
)
_INTERFACES = tuple(f"show {ip}{vrf} interface" for ip in ("ip", "ipv4", "ipv6") for vrf in ("", " vrf *"))
_ADMIN = ("", "admin ")
_NO_TABLE = (
    *(
        "show arp traffic",
        "show arp idb",
        "show interfaces summary",
        "show interfaces counters",
        "show interfaces accounting",
    ),
    *("show logging history", "show logging correlator", "show ospf neighbor detail", "show version running"),
)

SHOWS: tuple[Show, ...] = (
    *(Show(name, Kind.ROUTES, routes.parse) for name in ("show route", "show ip route", "show ipv6 route")),
    *(Show(name, Kind.BGP_NEIGHBORS, peers.bgp, peers.BGP_HEADER) for name in _SUMMARIES),
    *(
        Show(f"show {process} {word}", Kind.OSPF_NEIGHBORS, peers.ospf, peers.OSPF_HEADER)
        for process in ("ospf", "ospfv3", "ip ospf", "ospf *", "ospf vrf *", "ospf * vrf *", "ospfv3 *", "ospfv3 vrf *")
        for word in ("neighbor", "neighbors")
    ),
    *(Show(f"show {word}", Kind.INTERFACES, _interfaces) for word in ("interface", "interfaces")),
    *(
        Show(f"show {word} description", Kind.INTERFACES, interfaces.descriptions)
        for word in ("interface", "interfaces")
    ),
    *(
        Show(f"show {word} brief", Kind.INTERFACES, interfaces.brief, interfaces.BRIEF_HEADER)
        for word in ("interface", "interfaces")
    ),
    *(Show(name, Kind.INTERFACES, _addresses, interfaces.ADDRESSES_HEADER) for name in _INTERFACES),
    *(Show(f"show {word}", Kind.ARP, interfaces.arp, interfaces.ARP_HEADER) for word in ("arp", "ip arp")),
    *(Show(f"show ipv6 {word}", Kind.ARP, interfaces.arp) for word in ("neighbors", "neighbor")),
    *(Show(f"show cdp {word}", Kind.NEIGHBORS, neighbors.cdp) for word in ("neighbors", "neighbor", "entry")),
    *(Show(f"show lldp {word}", Kind.NEIGHBORS, neighbors.lldp) for word in ("neighbors", "neighbor")),
    *(
        Show(f"show {ip}route {vrf}{family}summary", Kind.VITALS, route_totals.parse)
        for ip in ("", "ip ")
        for vrf in ("", "vrf * ")
        for family in ("", "ipv4 ", "ipv6 ", "afi-all ", "ipv4 unicast ", "ipv6 unicast ")
    ),
    Show("show version", Kind.VERSION, version.parse, version.HEADER),
    *(
        Show(f"{view}show processes cpu", Kind.VITALS, vitals.cpu, late(vitals.CPU_HEADER, re.MULTILINE))
        for view in _ADMIN
    ),
    *(Show(f"{view}show memory summary", Kind.VITALS, vitals.memory) for view in _ADMIN),
    *(
        Show(f"{view}show environment {part}", Kind.VITALS, vitals.environment)
        for view in _ADMIN
        for part in ("power", "power-supply", "temperature", "temperatures")
    ),
    Show("show logging", Kind.LOG, log_lines.parse),
    *(
        Show(f"show {word}", Kind.CONFIG, config_lines.parse)
        for word in ("running-config", "startup-config", "configuration running-config")
    ),
    *(Show(name, Kind.TABLE, None) for name in _NO_TABLE),
)
"""In no order: `shows.find` takes the longest that fits."""
