"""Pure. Cisco NX-OS: which command is read by what (Nexus 3000 to 9000, 5.0 to 10.x; ACI leaves where they print alike)."""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from statetrace_engine.model.captured import Kind
from statetrace_engine.parsing import config_lines, log_lines, spanning_lines, vlan_lines
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.shown import Ask, Parse, Show, Shown
from statetrace_engine.parsing.shows.cisco_nxos import (
    briefs,
    interfaces,
    neighbors,
    peers,
    route_totals,
    routes,
    tables,
    version,
    vitals,
)

_VIEWS: dict[str, Parse] = {
    "status": briefs.status,
    "brief": briefs.brief,
    "description": briefs.descriptions,
}


def _interface(text: str, ask: Ask) -> Shown:
    """`show interface ethernet 1/1 status`: the last word says which table it is."""
    return _VIEWS.get(ask.command.rpartition(" ")[2], interfaces.full)(text, ask)


def _ospf(text: str, ask: Ask) -> Shown:
    return (peers.ospf_detail if "detail" in ask.command.split() else peers.ospf)(text, ask)


def _cdp(text: str, ask: Ask) -> Shown:
    return (neighbors.cdp_detail if "detail" in ask.command.split() else neighbors.cdp)(text, ask)


def _lldp(text: str, ask: Ask) -> Shown:
    return (neighbors.lldp_detail if "detail" in ask.command.split() else neighbors.lldp)(text, ask)


def _ip_interface(text: str, ask: Ask) -> Shown:
    return (briefs.addresses if "brief" in ask.command.split() else briefs.detailed)(text, ask)


_FAMILIES = ("ipv4 unicast", "ipv6 unicast", "all", "vpnv4 unicast", "vpnv6 unicast", "l2vpn evpn", "ipv4 multicast")
_SUMMARIES = (
    *("show ip bgp summary", "show ipv6 bgp summary", "show bgp summary"),
    *(f"show {family} bgp {vrf} summary" for family in ("ip", "ipv6") for vrf in ("all", "vrf *", "vrf-all")),
    *(f"show ip bgp {vrf}{family} summary" for vrf in ("", "vrf * ") for family in _FAMILIES if family != "all"),
    *(f"show bgp {vrf}{family} summary" for vrf in ("", "vrf * ") for family in _FAMILIES),
    *(f"show bgp {family} vrf * summary" for family in _FAMILIES),
    "show bgp vrf * summary",
)
_NO_TABLE = (
    *("show ip arp statistics", "show ip arp summary"),
    *("show interface counters", "show interface trunk", "show interface transceiver", "show interface capabilities"),
    *(
        "show interface switchport",
        "show interface snmp-ifindex",
        "show interface flowcontrol",
        "show interface priority-flow-control",
    ),
    *(
        "show interface mac-address",
        "show interface breakout",
        "show interface status err-disabled",
        "show interface hardware-mappings",
    ),
    *("show mac address-table count", "show mac address-table aging-time", "show mac address-table notification"),
    *("show logging info", "show logging server", "show logging level", "show logging console", "show logging monitor"),
    *("show ip ospf neighbors summary", "show ip ospf neighbor summary", "show running-config diff"),
    *(
        f"show vlan {word}"
        for word in ("summary", "counters", "internal", "filter", "private-vlan", "dot1q", "mapping")
    ),
    *(
        f"show spanning-tree {word}"
        for word in (
            "summary",
            "detail",
            "blockedports",
            "inconsistentports",
            "interface",
            "bridge",
            "pathcost",
            "issu-impact",
        )
    ),
    *("show environment detail", "show system resources module", "show system resources all"),
    *(f"show spanning-tree {word}" for word in ("mst configuration", "mst detail", "root detail", "vlan * detail")),
)

SHOWS: tuple[Show, ...] = (
    *(Show(f"show {ip} route", Kind.ROUTES, routes.parse, routes.HEADER) for ip in ("ip", "ipv6")),
    Show("show routing", Kind.ROUTES, routes.parse),
    *(Show(name, Kind.BGP_NEIGHBORS, peers.bgp, peers.BGP_HEADER) for name in _SUMMARIES),
    *(
        Show(f"show {process} {word}", Kind.OSPF_NEIGHBORS, _ospf, peers.OSPF_HEADER)
        for process in ("ip ospf", "ospfv3", "ipv6 ospfv3", "ip ospf *", "ospfv3 *")
        for word in ("neighbor", "neighbors")
    ),
    *(Show(f"show {word}", Kind.INTERFACES, _interface, interfaces.HEADER) for word in ("interface", "interfaces")),
    Show("show interface status", Kind.INTERFACES, briefs.status, briefs.STATUS_HEADER),
    Show("show interface brief", Kind.INTERFACES, briefs.brief, briefs.BRIEF_HEADER),
    Show("show interface description", Kind.INTERFACES, briefs.descriptions),
    Show("show ip interface", Kind.INTERFACES, _ip_interface, briefs.IP_HEADER),
    Show("show ipv6 interface", Kind.INTERFACES, _ip_interface),
    Show("show ip arp", Kind.ARP, tables.arp, tables.ARP_HEADER),
    Show("show arp", Kind.ARP, tables.arp),
    *(Show(f"show ipv6 {word}", Kind.ARP, tables.arp) for word in ("neighbor", "neighbors")),
    *(
        Show(f"show {word}", Kind.MAC_ADDRESSES, tables.macs, tables.MAC_HEADER)
        for word in ("mac address-table", "mac-address-table")
    ),
    *(
        Show(f"show cdp {word}", Kind.NEIGHBORS, _cdp, neighbors.CDP_HEADER)
        for word in ("neighbors", "neighbor", "entry")
    ),
    *(Show(f"show lldp {word}", Kind.NEIGHBORS, _lldp) for word in ("neighbors", "neighbor")),
    Show("show vlan", Kind.VLANS, vlan_lines.parse, late(vlan_lines.HEADER, re.MULTILINE)),
    *(
        Show(name, Kind.SPANNING_TREE, spanning_lines.parse, late(spanning_lines.HEADER, re.MULTILINE))
        for name in spanning_lines.COMMANDS
    ),
    Show("show system resources", Kind.VITALS, vitals.resources),
    *(
        Show(f"show environment{part}", Kind.VITALS, vitals.environment)
        for part in ("", " temperature", " fan", " power")
    ),
    *(
        Show(f"show {ip} route {vrf}summary", Kind.VITALS, route_totals.parse)
        for ip in ("ip", "ipv6")
        for vrf in ("", "vrf * ")
    ),
    Show("show version", Kind.VERSION, version.parse, version.HEADER),
    Show("show logging", Kind.LOG, log_lines.parse),
    *(Show(f"show {word}", Kind.CONFIG, config_lines.parse) for word in ("running-config", "startup-config")),
    *(Show(name, Kind.TABLE, None) for name in _NO_TABLE),
)
"""In no order: `shows.find` takes the longest that fits."""
