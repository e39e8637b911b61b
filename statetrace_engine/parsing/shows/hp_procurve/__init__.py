"""Pure. HP and Aruba ProVision (ProCurve, ArubaOS-Switch): 2500 to 8200 series, K to YC releases."""

from __future__ import annotations

import re

from statetrace_engine.model.captured import Kind
from statetrace_engine.parsing import config_lines
from statetrace_engine.parsing.shown import Show
from statetrace_engine.parsing.shows.hp_procurve import switching, system, tables, vitals

_ROUTES = re.compile(r"^ *Destination +Gateway +VLAN +Type +Sub-Type +Metric", re.MULTILINE)
_ARP = re.compile(r"^ *IP ARP table", re.MULTILINE)
_MAC = re.compile(r"^ *Status and Counters - (?:Port )?Address Table", re.MULTILINE)
_PORTS = re.compile(r"^ *Status and Counters - Port Status", re.MULTILINE)
_COUNTERS = re.compile(r"^ *Status and Counters - Port Counters", re.MULTILINE)
_LLDP = re.compile(r"^ *LLDP Remote Devices Information *$", re.MULTILINE)
_LLDP_DETAIL = re.compile(r"^ *LLDP Remote Device Information Detail", re.MULTILINE)
_SYSTEM = re.compile(r"^ *Status and Counters - General System Information", re.MULTILINE)

SHOWS = (
    Show("show ip route", Kind.ROUTES, tables.routes, _ROUTES),
    Show("show ip route summary", Kind.TABLE, None),
    Show("show ipv6 route", Kind.ROUTES, system.routes6),
    Show("show ipv6 route summary", Kind.TABLE, None),
    Show("show arp", Kind.ARP, tables.arp, _ARP),
    Show("show mac-address", Kind.MAC_ADDRESSES, tables.mac_addresses, _MAC),
    Show("show interfaces brief", Kind.INTERFACES, tables.interfaces, _PORTS),
    Show("show interface brief", Kind.INTERFACES, tables.interfaces),
    Show("show interfaces status", Kind.INTERFACES, tables.interfaces),
    Show("show interface status", Kind.INTERFACES, tables.interfaces),
    Show("show interfaces", Kind.INTERFACES, tables.interfaces, _COUNTERS),
    Show("show interface", Kind.INTERFACES, tables.interfaces),
    Show("show interfaces transceiver", Kind.TABLE, None),
    Show("show interfaces port-utilization", Kind.TABLE, None),
    Show("show interfaces config", Kind.TABLE, None),
    Show("show interfaces custom", Kind.TABLE, None),
    Show("show interfaces display", Kind.TABLE, None),
    Show("show ip ospf neighbor", Kind.OSPF_NEIGHBORS, tables.ospf_neighbors),
    Show("show ip ospf neighbors", Kind.OSPF_NEIGHBORS, tables.ospf_neighbors),
    Show("show ip ospf neighbor detail", Kind.TABLE, None),
    Show("show ip bgp summary", Kind.BGP_NEIGHBORS, tables.bgp_neighbors),
    Show("show ip bgp neighbor", Kind.TABLE, None),
    Show("show lldp info remote-device", Kind.NEIGHBORS, tables.neighbors, _LLDP),
    Show("show lldp info remote-device detail", Kind.NEIGHBORS, system.neighbors_detail, _LLDP_DETAIL),
    Show("show cdp neighbors", Kind.NEIGHBORS, tables.neighbors),
    Show("show cdp neighbors detail", Kind.NEIGHBORS, system.neighbors_detail),
    Show("show vlans", Kind.VLANS, switching.vlans, switching.VLAN_HEADER),
    Show("show vlans ports", Kind.TABLE, None),
    Show("show vlans custom", Kind.TABLE, None),
    Show("show spanning-tree", Kind.SPANNING_TREE, switching.spanning_tree, switching.TREE_HEADER),
    Show("show spanning-tree config", Kind.TABLE, None),
    Show("show spanning-tree detail", Kind.TABLE, None),
    Show("show system", Kind.VERSION, system.version, _SYSTEM),
    Show("show system information", Kind.VERSION, system.version),
    Show("show system power-supply", Kind.VITALS, vitals.supplies),
    Show("show system fans", Kind.VITALS, vitals.fans),
    Show("show system temperature", Kind.VITALS, vitals.temperature),
    Show("show cpu", Kind.VITALS, vitals.cpu),
    Show("show version", Kind.VERSION, system.version),
    Show("show logging", Kind.LOG, system.log),
    Show("show running-config", Kind.CONFIG, config_lines.parse),
    Show("show startup-config", Kind.CONFIG, config_lines.parse),
    Show("show config", Kind.CONFIG, config_lines.parse),
    Show("write terminal", Kind.CONFIG, config_lines.parse),
    Show("show config files", Kind.TABLE, None),
)
