"""Pure. Arista EOS: which command is read by what."""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from statetrace_engine.model.captured import Kind
from statetrace_engine.parsing import config_lines, log_lines, spanning_lines, top_lines, vlan_lines
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.shown import Show
from statetrace_engine.parsing.shows.arista_eos import interfaces, route_totals, routes, sessions, tables, vitals

_SUMMARIES = (
    *(f"show {name} summary" for name in ("ip bgp", "ipv6 bgp", "bgp", "bgp ipv4 unicast", "bgp ipv6 unicast")),
    *("show ipv6 unicast bgp summary", "show bgp evpn summary", "show ip bgp vrf * summary", "show bgp vrf * summary"),
)
_NO_TABLE = (
    *(f"show {word} {name}" for word in ("interfaces", "interface") for name in
      ("counters", "transceiver", "switchport", "trunk", "capabilities", "negotiation", "phy", "vlans", "mtu", "flowcontrol")),
    *("show ip arp summary", "show ip ospf neighbor detail"),
    *("show mac address-table count", "show ip ospf neighbor summary"),
    *(f"show vlan {name}" for name in ("summary", "counters", "dynamic", "internal", "mapping", "trunk", "configured-ports")),
    *(f"show spanning-tree {name}" for name in
      ("root", "summary", "detail", "blockedports", "interface", "bridge", "counters", "topology", "mst configuration", "mst detail")),
)  # fmt: skip

SHOWS: tuple[Show, ...] = (
    Show("show ip route", Kind.ROUTES, routes.parse, routes.HEADER),
    Show("show ipv6 route", Kind.ROUTES, routes.parse),
    *(Show(name, Kind.BGP_NEIGHBORS, sessions.bgp, sessions.BGP_HEADER) for name in _SUMMARIES),
    Show("show ip ospf neighbor", Kind.OSPF_NEIGHBORS, sessions.ospf, sessions.OSPF_HEADER),
    *(Show(f"show {name} neighbor", Kind.OSPF_NEIGHBORS, sessions.ospf3) for name in ("ipv6 ospf", "ospfv3")),
    *(Show(f"show {word}", Kind.INTERFACES, interfaces.full) for word in ("interfaces", "interface")),
    *(
        Show(f"show {word} status", Kind.INTERFACES, interfaces.status, interfaces.STATUS_HEADER)
        for word in ("interfaces", "interface")
    ),
    *(
        Show(f"show {word} description", Kind.INTERFACES, interfaces.descriptions)
        for word in ("interfaces", "interface")
    ),
    Show("show ip interface brief", Kind.INTERFACES, interfaces.brief, interfaces.BRIEF_HEADER),
    *(Show(name, Kind.ARP, tables.arp) for name in ("show ip arp", "show arp", "show ipv6 neighbors")),
    *(Show(name, Kind.MAC_ADDRESSES, tables.macs) for name in ("show mac address-table", "show mac-address-table")),
    Show("show lldp neighbors", Kind.NEIGHBORS, tables.lldp, tables.LLDP_HEADER),
    Show("show lldp neighbors detail", Kind.NEIGHBORS, tables.lldp_detail),
    Show("show vlan", Kind.VLANS, vlan_lines.parse, late(vlan_lines.HEADER, re.MULTILINE)),
    *(
        Show(name, Kind.SPANNING_TREE, spanning_lines.parse, late(spanning_lines.HEADER, re.MULTILINE))
        for name in ("show spanning-tree", "show spanning-tree mst")
    ),
    *(
        Show(f"show {word}{part}", Kind.VITALS, vitals.environment)
        for word in ("environment", "system environment")
        for part in ("", " temperature", " power", " cooling")
    ),
    Show("show processes top once", Kind.VITALS, top_lines.parse),
    *(
        Show(f"show {ip} route {vrf}summary", Kind.VITALS, route_totals.parse)
        for ip in ("ip", "ipv6")
        for vrf in ("", "vrf * ")
    ),
    Show("show version", Kind.VERSION, tables.version, tables.VERSION_HEADER),
    Show("show logging", Kind.LOG, log_lines.parse),
    *(Show(f"show {word}", Kind.CONFIG, config_lines.parse) for word in ("running-config", "startup-config")),
    Show("write terminal", Kind.CONFIG, config_lines.parse),
    *(Show(name, Kind.TABLE, None) for name in _NO_TABLE),
)
"""In no order: `shows.find` takes the longest that fits."""
