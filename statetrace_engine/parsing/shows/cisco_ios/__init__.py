"""Pure. The show commands of IOS and IOS-XE: which parser reads which, and how each answer can be known by itself."""

from __future__ import annotations

import re

from statetrace_engine.model.captured import Kind
from statetrace_engine.parsing import config_lines, log_lines, spanning_lines, vlan_lines
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.shown import Parse, Show
from statetrace_engine.parsing.shows.cisco_ios import (
    arp,
    bgp,
    interfaces,
    interfaces_full,
    mac,
    neighbors,
    ospf,
    route_totals,
    routes,
    version,
    vitals,
)


def _known(kind: Kind, parse: Parse, *commands: str, header: str | None = None) -> tuple[Show, ...]:
    """One row per spelling; only the first has the header, which finds it where no command was captured."""
    pattern = late(header, re.MULTILINE) if header else None
    return tuple(Show(command, kind, parse, None if at else pattern) for at, command in enumerate(commands))


_BGP_FAMILIES = (
    "show ip bgp summary", "show bgp summary", "show bgp all summary", "show ip bgp all summary",
    "show ip bgp ipv4 unicast summary", "show ip bgp ipv4 multicast summary", "show ip bgp vpnv4 all summary",
    "show ip bgp vpnv4 vrf * summary", "show bgp ipv4 unicast summary", "show bgp ipv4 multicast summary",
    "show bgp ipv4 unicast vrf * summary", "show bgp ipv6 unicast summary", "show bgp ipv6 unicast vrf * summary",
    "show bgp vrf * summary",
    "show bgp vpnv4 unicast summary", "show bgp vpnv4 unicast all summary", "show bgp vpnv4 unicast vrf * summary",
    "show bgp vpnv6 unicast all summary", "show bgp vpnv6 unicast vrf * summary", "show bgp l2vpn evpn summary",
    "show bgp ipv6 summary", "show ip bgp ipv6 unicast summary", "show ip bgp vrf * summary",
)  # fmt: skip
_SUMMARIES = ("summary", "vrf * summary", "topology * summary")
_LEFT = (
    (Kind.ROUTES, "show ip route profile"), (Kind.ROUTES, "show ip route track-table"),
    (Kind.INTERFACES, "show interfaces counters"), (Kind.INTERFACES, "show interfaces switchport"),
    (Kind.INTERFACES, "show interfaces trunk"), (Kind.INTERFACES, "show interfaces transceiver"),
    (Kind.INTERFACES, "show interfaces link"), (Kind.INTERFACES, "show interface link"),
    (Kind.INTERFACES, "show interface transceiver"), (Kind.INTERFACES, "show interface counters"),
    (Kind.INTERFACES, "show interface switchport"), (Kind.INTERFACES, "show interface trunk"),
    (Kind.INTERFACES, "show interfaces capabilities"), (Kind.INTERFACES, "show interfaces summary"),
    (Kind.INTERFACES, "show interfaces accounting"), (Kind.INTERFACES, "show interfaces stats"),
    (Kind.MAC_ADDRESSES, "show mac address-table count"), (Kind.MAC_ADDRESSES, "show mac-address-table count"),
    (Kind.MAC_ADDRESSES, "show mac address-table aging-time"), (Kind.ARP, "show arp summary"),
    (Kind.ARP, "show ip arp summary"), (Kind.ARP, "show ip arp inspection"),
    (Kind.LOG, "show logging history"), (Kind.LOG, "show logging onboard"), (Kind.VERSION, "show version running"),
    (Kind.NEIGHBORS, "show lldp entry"),
    *((Kind.VLANS, f"show vlan {word}") for word in (
        "summary", "group", "filter", "access-map", "internal", "mapping", "mtu", "dot1q", "private-vlan",
        "remote-span", "counters",
    )),
    *((Kind.SPANNING_TREE, f"show spanning-tree {word}") for word in (
        "summary", "detail", "blockedports", "inconsistentports", "interface", "backbonefast", "bridge",
        "mst configuration", "mst detail", "mst interface", "uplinkfast", "pathcost", "root detail", "vlan * detail",
        "vlan * root detail",
    )),
    *((Kind.TABLE, f"show {words}") for words in (
        "processes cpu history", "processes cpu platform", "processes cpu monitor", "processes memory platform",
        "environment status", "environment stack", "environment xps", "environment connector", "environment module",
        "environment cooling", "environment alarm", "switch virtual", "switch stack-ports", "switch neighbors",
        "switch stack-ring", "switch service-modules", "switch hstack-ports",
    )),
    (Kind.CONFIG, "show running-config interface"), (Kind.CONFIG, "show running-config partition"),
)  # fmt: skip

SHOWS: tuple[Show, ...] = (
    *_known(
        Kind.ROUTES, routes.parse, "show ip route",
        header=r"^(?:Codes: (?:L - local, )?C - connected, S - static, [RI] - |Gateway of last resort is )",
    ),
    *_known(Kind.ROUTES, routes.parse, "show ipv6 route", header=r"^IPv6 Routing Table - "),
    *_known(
        Kind.BGP_NEIGHBORS, bgp.parse, *_BGP_FAMILIES,
        header=r"^Neighbor +V +AS +MsgRcvd +MsgSent +TblVer +InQ +OutQ +Up/Down +State/PfxRcd",
    ),
    *_known(
        Kind.OSPF_NEIGHBORS, ospf.parse, "show ip ospf neighbor", "show ip ospf neighbors", "show ipv6 ospf neighbor",
        "show ospfv3 neighbor", "show ip ospf neighbor detail", "show ipv6 ospf neighbor detail",
        header=r"^Neighbor ID +Pri +State +Dead Time +(?:Address|Interface ID) +Interface",
    ),
    *_known(
        Kind.INTERFACES, interfaces_full.parse, "show interfaces", "show interface", "show ip interface",
        "show ipv6 interface", header=r"^\S+ is (?:up|down|administratively down), line protocol is ",
    ),
    *_known(
        Kind.INTERFACES, interfaces.parse_status, "show interfaces status", "show interface status",
        header=r"^Port +Name +Status +Vlan +Duplex +Speed",
    ),
    *_known(
        Kind.INTERFACES, interfaces.parse_brief, "show ip interface brief",
        header=r"^Interface +IP-Address +OK\? +Method +Status +Protocol",
    ),
    *_known(Kind.INTERFACES, interfaces.parse_v6_brief, "show ipv6 interface brief"),
    *_known(
        Kind.INTERFACES, interfaces.parse_description, "show interfaces description", "show interface description",
        header=r"^Interface +Status +Protocol +Description",
    ),
    *_known(
        Kind.ARP, arp.parse, "show ip arp", "show arp", header=r"^Protocol +Address +Age \(min\) +Hardware Addr",
    ),
    *_known(
        Kind.ARP, arp.parse, "show ipv6 neighbors", "show ipv6 neighbor", header=r"^IPv6 Address +Age Link-layer Addr",
    ),
    *_known(
        Kind.MAC_ADDRESSES, mac.parse, "show mac address-table", "show mac-address-table",
        header=r"^ *(?i:mac address table$|vlan +mac address +type +(?:ports|learn|protocols)|"
        r"destination address +address type +vlan)",
    ),
    *_known(
        Kind.NEIGHBORS, neighbors.parse_cdp, "show cdp neighbors", "show cdp neighbor",
        header=r"^Device ID +Local Intrfce +Holdtme",
    ),
    *_known(
        Kind.NEIGHBORS, neighbors.parse_lldp, "show lldp neighbors", "show lldp neighbor",
        header=r"^Device ID +Local Intf +Hold-time",
    ),
    *_known(
        Kind.NEIGHBORS, neighbors.parse_detail, "show cdp neighbors detail", "show cdp neighbor detail",
        "show cdp entry", header=r"^Device ID: \S+\s*\nEntry address\(es\)",
    ),
    *_known(
        Kind.NEIGHBORS, neighbors.parse_detail, "show lldp neighbors detail", "show lldp neighbor detail",
        header=r"^(?:Local Intf: \S+\s*\n)?Chassis id: ",
    ),
    *_known(
        Kind.VLANS, vlan_lines.parse, "show vlan", "show vlan-switch", header=vlan_lines.HEADER,
    ),
    *_known(Kind.SPANNING_TREE, spanning_lines.parse, *spanning_lines.COMMANDS, header=spanning_lines.HEADER),
    *_known(Kind.VITALS, vitals.cpu, "show processes cpu", "show processes cpu sorted", header=vitals.CPU_HEADER),
    *_known(Kind.VITALS, vitals.memory, "show memory statistics", "show processes memory"),
    *_known(
        Kind.VITALS, vitals.environment, "show environment", "show environment temperature",
        "show environment temperature status", "show environment power", "show environment fan",
    ),
    *_known(
        Kind.VITALS, route_totals.parse, *(f"show {ip} route {way}" for ip in ("ip", "ipv6") for way in _SUMMARIES),
        header=r"^IPv?6? [Rr]outing [Tt]able (?:name is \S|Summary - )",
    ),
    *_known(Kind.VITALS, vitals.members, "show switch", header=vitals.SWITCH_HEADER),
    *_known(
        Kind.VERSION, version.parse, "show version",
        header=r"^(?:Cisco IOS(?: XE)? Software|Cisco Internetwork Operating System Software|IOS \(tm\))",
    ),
    *_known(Kind.LOG, log_lines.parse, "show logging", "show log", header=r"^Syslog logging: "),
    *_known(
        Kind.CONFIG, config_lines.parse, "show running-config", "show startup-config", "show configuration",
        "more system:running-config", "more nvram:startup-config", "write terminal",
        header=r"^(?:Building configuration\.\.\.|Current configuration : \d+ bytes|! Last configuration change at )",
    ),
    *(Show(command, kind, None) for kind, command in _LEFT),
)  # fmt: skip
"""Every command of ours, and those that only look like it (`parse` None)."""
