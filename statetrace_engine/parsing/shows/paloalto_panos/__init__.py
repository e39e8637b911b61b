"""Pure. Palo Alto Networks PAN-OS: the virtual routers' commands and those of the Advanced Routing Engine."""

from __future__ import annotations

import re

from statetrace_engine.model.captured import Kind, VersionRow
from statetrace_engine.parsing import ages, config_lines, scan, top_lines
from statetrace_engine.parsing.shown import Ask, Show, Shown
from statetrace_engine.parsing.shows.paloalto_panos import routes, sessions, tables, vitals

_LABEL = re.compile(r"^([a-z][a-z0-9-]*): *+([^\n]*\S)", re.MULTILINE)


def _system(text: str, ask: Ask) -> Shown:
    """One VersionRow of `show system info`'s labels; a cut answer that does not reach the version is none."""
    shown = Shown()
    said: dict[str, str] = {}
    for found in _LABEL.finditer(text):
        said.setdefault(found[1], found[2])
    is_ours = "sw-version" in said or ("hostname" in said and not ask.is_truncated)
    for line, start, end in scan.lines(text):
        if not is_ours or scan.is_log(line) or line.startswith("%"):
            shown.unparsed.append((start, end))
    if is_ours:
        row = VersionRow(
            said.get("hostname"),
            said.get("sw-version"),
            said.get("model"),
            said.get("serial"),
            ages.seconds(said["uptime"]) if "uptime" in said else None,
        )
        shown.add(row, 0, len(text))
    return shown


_ROUTES = re.compile(r"^destination +nexthop +metric +flags", re.MULTILINE)
_ADVANCED = re.compile(r"^destination +protocol +nexthop +distance", re.MULTILINE)
_LOGICAL = re.compile(r"^total configured (?:logical|hardware) interfaces", re.MULTILINE)
_ARP = re.compile(r"^total ARP entries in table", re.MULTILINE)
_MAC = re.compile(r"^total MAC entries in table", re.MULTILINE)

SHOWS = (
    Show("show routing route", Kind.ROUTES, routes.routes, _ROUTES),
    Show("show advanced-routing route", Kind.ROUTES, routes.routes, _ADVANCED),
    Show("show routing protocol bgp summary", Kind.BGP_NEIGHBORS, sessions.bgp_summary),
    Show("show routing protocol bgp peer", Kind.BGP_NEIGHBORS, sessions.bgp_peers),
    Show("show advanced-routing bgp summary", Kind.BGP_NEIGHBORS, sessions.bgp_summary),
    Show("show advanced-routing bgp peer status", Kind.BGP_NEIGHBORS, sessions.bgp_peers),
    Show("show advanced-routing bgp peer", Kind.BGP_NEIGHBORS, sessions.bgp_peers),
    Show("show routing protocol ospf neighbor", Kind.OSPF_NEIGHBORS, sessions.ospf_neighbors),
    Show("show routing protocol ospfv3 neighbor", Kind.OSPF_NEIGHBORS, sessions.ospf_neighbors),
    Show("show advanced-routing ospf neighbor", Kind.OSPF_NEIGHBORS, sessions.ospf_neighbors),
    Show("show advanced-routing ospfv3 neighbor", Kind.OSPF_NEIGHBORS, sessions.ospf_neighbors),
    Show("show interface all", Kind.INTERFACES, tables.interfaces, _LOGICAL),
    Show("show interface logical", Kind.INTERFACES, tables.interfaces),
    Show("show interface hardware", Kind.INTERFACES, tables.interfaces),
    Show("show arp all", Kind.ARP, tables.arp, _ARP),
    Show("show arp", Kind.ARP, tables.arp),
    Show("show mac all", Kind.MAC_ADDRESSES, tables.mac_addresses, _MAC),
    Show("show mac", Kind.MAC_ADDRESSES, tables.mac_addresses),
    Show("show lldp neighbors", Kind.NEIGHBORS, tables.neighbors),
    Show("show system info", Kind.VERSION, _system),
    Show("show system resources", Kind.VITALS, top_lines.parse),
    Show("show system environmentals", Kind.VITALS, vitals.environment),
    Show("show config running", Kind.CONFIG, config_lines.parse),
    Show("show config candidate", Kind.CONFIG, config_lines.parse),
)
