"""Pure. Foundry, Brocade and Ruckus FastIron: FESX, FCX and ICX; the same commands under both names."""

from __future__ import annotations

import re

from statetrace_engine.model.captured import Kind
from statetrace_engine.parsing import config_lines
from statetrace_engine.parsing.shown import Show
from statetrace_engine.parsing.shows.fastiron import interfaces, routes, sessions, switching, system, tables, vitals

_ROUTES = re.compile(
    r"^ *(?:Destination +(?:NetMask +)?Gateway +Port +Cost +Type|Type IPv6 Prefix +Next Hop Router)", re.M
)
_BGP = re.compile(r"^ *Neighbor Address +AS# +State +Time +Rt:Accepted", re.M)
_OSPF = re.compile(r"^ *Port +Address +Pri +State +Neigh Address +Neigh ID", re.M)
_ARP = re.compile(r"^No\. +IP(?: Address)? +MAC(?: Address)? +Type +Age +Port", re.M)
_MAC = re.compile(r"^MAC-Address +Port +Type +(?:Index +)?VLAN", re.M)
_BRIEF = re.compile(r"^ *Port +Link +State +Dupl +Speed +Trunk +Tag", re.M)

SHOWS = (
    Show("show ip route", Kind.ROUTES, routes.routes, _ROUTES),
    Show("show ip route summary", Kind.TABLE, None),
    Show("show ipv6 route", Kind.ROUTES, routes.routes),
    Show("show ipv6 route summary", Kind.TABLE, None),
    Show("show ip bgp summary", Kind.BGP_NEIGHBORS, sessions.bgp_summary, _BGP),
    Show("show ipv6 bgp summary", Kind.BGP_NEIGHBORS, sessions.bgp_summary),
    Show("show ip bgp vrf * summary", Kind.BGP_NEIGHBORS, sessions.bgp_summary),
    Show("show ipv6 bgp vrf * summary", Kind.BGP_NEIGHBORS, sessions.bgp_summary),
    Show("show ip ospf neighbor", Kind.OSPF_NEIGHBORS, sessions.ospf_neighbors, _OSPF),
    Show("show ip ospf neighbors", Kind.OSPF_NEIGHBORS, sessions.ospf_neighbors),
    Show("show ip ospf vrf * neighbor", Kind.OSPF_NEIGHBORS, sessions.ospf_neighbors),
    Show("show ipv6 ospf neighbor", Kind.OSPF_NEIGHBORS, sessions.ospf_neighbors),
    Show("show ipv6 ospf neighbors", Kind.OSPF_NEIGHBORS, sessions.ospf_neighbors),
    Show("show arp", Kind.ARP, tables.arp, _ARP),
    Show("show ip arp", Kind.ARP, tables.arp),
    Show("show ipv6 neighbor", Kind.ARP, tables.arp),
    Show("show mac-address", Kind.MAC_ADDRESSES, tables.mac_addresses, _MAC),
    Show("show mac-address all", Kind.MAC_ADDRESSES, tables.mac_addresses),
    Show("show mac-address statistics", Kind.TABLE, None),
    Show("show interfaces brief", Kind.INTERFACES, interfaces.brief, _BRIEF),
    Show("show interface brief", Kind.INTERFACES, interfaces.brief),
    Show("show ip interface", Kind.INTERFACES, interfaces.brief),
    Show("show interfaces", Kind.INTERFACES, interfaces.full),
    Show("show interface", Kind.INTERFACES, interfaces.full),
    Show("show lldp neighbors", Kind.NEIGHBORS, system.neighbors),
    Show("show lldp neighbors detail", Kind.NEIGHBORS, system.neighbors_detail),
    Show("show fdp neighbor", Kind.NEIGHBORS, system.neighbors),
    Show("show fdp neighbor detail", Kind.NEIGHBORS, system.fdp_detail),
    Show("show fdp neighbors", Kind.NEIGHBORS, system.neighbors),
    Show("show fdp neighbors detail", Kind.NEIGHBORS, system.fdp_detail),
    Show("show cdp neighbors", Kind.NEIGHBORS, system.neighbors),
    Show("show cdp neighbors detail", Kind.NEIGHBORS, system.fdp_detail),
    Show("show vlan", Kind.VLANS, switching.vlans, switching.VLAN_HEADER),
    Show("show vlans", Kind.VLANS, switching.vlans),
    Show("show vlan brief", Kind.TABLE, None),
    Show("show span", Kind.SPANNING_TREE, switching.spanning_tree),
    Show("show span detail", Kind.TABLE, None),
    Show("show span fast-uplink-span", Kind.TABLE, None),
    Show("show 802-1w", Kind.SPANNING_TREE, switching.spanning_tree),
    Show("show 802-1w detail", Kind.TABLE, None),
    Show("show chassis", Kind.VITALS, vitals.chassis),
    Show("show cpu", Kind.VITALS, vitals.cpu),
    Show("show cpu-utilization", Kind.VITALS, vitals.cpu),
    Show("show cpu-utilization tasks", Kind.TABLE, None),
    Show("show cpu tasks", Kind.TABLE, None),
    Show("show memory", Kind.VITALS, vitals.memory),
    Show("show version", Kind.VERSION, system.version),
    Show("show logging", Kind.LOG, system.log),
    Show("show running-config", Kind.CONFIG, config_lines.parse),
    Show("show configuration", Kind.CONFIG, config_lines.parse),
    Show("show startup-config", Kind.CONFIG, config_lines.parse),
    Show("write terminal", Kind.CONFIG, config_lines.parse),
)  # fmt: skip
