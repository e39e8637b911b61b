"""Pure. Aruba (HPE) AOS-CX: 6000 to 10000 series, 10.04 to 10.15."""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from statetrace_engine.model.captured import Kind, LogRow, VersionRow
from statetrace_engine.parsing import ages, config_lines, scan
from statetrace_engine.parsing.shown import Ask, Show, Shown
from statetrace_engine.parsing.shows.aruba_aoscx import interfaces, routes, switching, tables, vitals

_LABEL = re.compile(r"^ *+([A-Z][\w ().-]{0,40}?) *+: *+([^\n]*\S)", re.MULTILINE)


def _system(text: str, ask: Ask) -> Shown:
    """One VersionRow of the labels of `show system` or `show version`; a cut answer without the uptime is none."""
    shown = Shown()
    said: dict[str, str] = {}
    for found in _LABEL.finditer(text):
        said.setdefault(found[1].lower(), found[2])
    version = said.get("aos-cx version") or said.get("arubaos-cx version") or said.get("version")
    if ask.is_truncated and "up time" not in said:
        version = None
    for line, start, end in scan.lines(text):
        if version is None or scan.is_log(line) or line.startswith("%"):
            shown.unparsed.append((start, end))
    if version is not None:
        uptime = said.get("up time", "").replace(", under a minute", "")
        row = VersionRow(
            said.get("hostname"),
            version,
            said.get("product name"),
            said.get("chassis serial nbr"),
            ages.seconds(uptime) if uptime else None,
        )
        shown.add(row, 0, len(text))
    return shown


_SEVERITIES = {
    "EMER": 0, "ALERT": 1, "CRIT": 2, "ERR": 3, "ERROR": 3, "WARN": 4, "NOTICE": 5, "INFO": 6, "DEBUG": 7,
}  # fmt: skip
_LOG = scan.rows(
    r"""(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)?)[ ]++(?:(?P<host>\S++)[ ]++)?
      (?P<program>[\w./-]++)\[\d++\][ ]?:?[ ]*+(?:Event\|(?P<event>\d++)\|LOG_(?P<level>[A-Z]++)\|[^\n|]*+\|[^\n|]*+\|)?
      (?P<text>[^\n]*)(?P<row>)""",
    r"[ ]*+(?:[-=]{4,}+|Event\ logs|Accounting|Showing)[^\n]*+(?P<known>)",
)


def _log(text: str, ask: Ask) -> Shown:
    """A LogRow per event; its number stands for a mnemonic, its program for a facility."""
    del ask
    shown = Shown()
    for found in _LOG.finditer(text):
        if found.lastgroup == "row":
            severity = _SEVERITIES.get(found["level"] or "")
            row = LogRow(found["at"], found["program"], severity, found["event"], found["text"].strip())
            shown.add(row, found.start(), found.end())
        elif found.lastgroup == "rest":
            shown.unparsed.append(found.span())
    return shown


_ROUTES = re.compile(r"^Displaying ipv[46] routes selected for forwarding", re.MULTILINE)
_BGP = re.compile(r"^ *Neighbor +Remote-AS +MsgRcvd +MsgSent +Up/Down Time", re.MULTILINE)
_OSPF = re.compile(r"^ *Neighbor ID +Priority +State +Nbr Address +Interface", re.MULTILINE)
_MAC = re.compile(r"^MAC age-time +: \d+ seconds", re.MULTILINE)
_ARP = re.compile(r"^IPv4 Address +MAC +Port +Physical Port", re.MULTILINE)
_BRIEF = re.compile(r"^Port +Native +Mode +Type +Enabled +Status", re.MULTILINE)
_SYSTEM = re.compile(r"^(?:ArubaOS|AOS)-CX Version +:", re.MULTILINE)


def _each(commands: str, show: Show) -> tuple[Show, ...]:
    """One row per spelling; the first has the heading."""
    return tuple(
        Show(command.strip(), show.kind, show.parse, None if at else show.header)
        for at, command in enumerate(commands.split(","))
    )


SHOWS = (
    *_each("show ip route, show ipv6 route", Show("", Kind.ROUTES, routes.routes, _ROUTES)),
    *_each("show ip route summary, show ipv6 route summary", Show("", Kind.TABLE, None)),
    *_each(
        "show bgp all-vrf all summary, show bgp all-vrfs all summary, show bgp all summary, show bgp summary,"
        "show bgp vrf * all summary, show bgp vrf * ipv4 unicast summary, show bgp vrf * ipv6 unicast summary,"
        "show bgp ipv4 unicast summary, show bgp ipv6 unicast summary, show bgp l2vpn evpn summary,"
        "show bgp ipv4 unicast vrf * summary, show bgp all-vrf ipv4 unicast summary, show bgp all-vrf ipv6 unicast summary,"
        "show bgp all-vrfs ipv4 unicast summary, show bgp all-vrfs ipv6 unicast summary, show ip bgp summary",
        Show("", Kind.BGP_NEIGHBORS, tables.bgp_summary, _BGP),
    ),
    *_each(
        "show ip ospf neighbors, show ip ospf neighbor, show ipv6 ospfv3 neighbors, show ipv6 ospfv3 neighbor,"
        "show ip ospf all-vrfs neighbors",
        Show("", Kind.OSPF_NEIGHBORS, tables.ospf_neighbors, _OSPF),
    ),
    *_each("show ip ospf neighbors detail, show ipv6 ospfv3 neighbors detail", Show("", Kind.TABLE, None)),
    *_each("show arp, show ipv6 neighbors", Show("", Kind.ARP, tables.arp, _ARP)),
    *_each("show arp summary, show mac-address-table count", Show("", Kind.TABLE, None)),
    *_each("show mac-address-table", Show("", Kind.MAC_ADDRESSES, tables.mac_addresses, _MAC)),
    *_each(
        "show interface brief, show interfaces brief, show ip interface brief",
        Show("", Kind.INTERFACES, interfaces.brief, _BRIEF),
    ),
    *_each("show interface, show interfaces", Show("", Kind.INTERFACES, interfaces.full)),
    *_each("show interface mgmt", Show("", Kind.INTERFACES, interfaces.management)),
    *_each(
        "show interface statistics, show interface transceiver, show interface counters, show interface utilization,"
        "show interface queues, show interface dom, show interface error-statistics",
        Show("", Kind.TABLE, None),
    ),
    *_each(
        "show lldp neighbor-info, show lldp neighbors-info, show lldp neighbor-info detail, show lldp neighbors-info detail",
        Show("", Kind.NEIGHBORS, tables.neighbors),
    ),
    *_each("show vlan", Show("", Kind.VLANS, switching.vlans, switching.VLAN_HEADER)),
    *_each("show vlan summary, show vlan port, show vlan voice, show vlan translation", Show("", Kind.TABLE, None)),
    *_each(
        "show spanning-tree, show spanning-tree mst, show spanning-tree vlan *",
        Show("", Kind.SPANNING_TREE, switching.spanning_tree, switching.TREE_HEADER),
    ),
    *_each(
        "show spanning-tree summary, show spanning-tree inconsistent-ports, show spanning-tree mst-config,"
        "show spanning-tree detail, show spanning-tree mst detail, show spanning-tree mst interface",
        Show("", Kind.TABLE, None),
    ),
    *_each("show system, show version", Show("", Kind.VERSION, _system, _SYSTEM)),
    *_each("show system resource-utilization", Show("", Kind.VITALS, vitals.resources)),
    *_each(
        "show environment, show environment temperature, show environment fan, show environment power-supply",
        Show("", Kind.VITALS, vitals.environment),
    ),
    *_each(
        "show system inventory, show system resource-utilization daemon, show environment led,"
        "show environment power-consumption, show environment power-allocation, show environment rear-display-module,"
        "show environment temperature detail",
        Show("", Kind.TABLE, None),
    ),
    *_each("show logging, show events", Show("", Kind.LOG, _log)),
    *_each("show running-config, show startup-config, show configuration", Show("", Kind.CONFIG, config_lines.parse)),
)
