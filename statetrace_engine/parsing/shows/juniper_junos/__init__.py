"""Pure. Juniper JunOS: which command is read by what (MX, QFX, EX, SRX; 12 to 23)."""

from __future__ import annotations

import re

from statetrace_engine.model.captured import Kind
from statetrace_engine.parsing import config_lines, log_lines
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.shown import Ask, Show, Shown
from statetrace_engine.parsing.shows.juniper_junos import (
    interfaces,
    route_totals,
    routes,
    switching,
    tables,
    version,
    vitals,
)


def _interfaces(text: str, ask: Ask) -> Shown:
    """`show interfaces ge-0/0/0 terse`: a word anywhere says which table it is."""
    is_table = {"terse", "descriptions"} & set(ask.command.split())
    return (tables.terse if is_table else interfaces.full)(text, ask)


_NO_TABLE = (
    *("show route instance", "show route resolution", "show route advertising-protocol"),
    *(
        "show route forwarding-table",
        "show interfaces statistics",
        "show interfaces diagnostics",
        "show interfaces queue",
    ),
    *("show bgp neighbor", "show ethernet-switching table summary", "show ospf neighbor summary"),
    *(f"show vlans {word}" for word in ("brief", "detail", "extensive", "summary")),
    *("show bridge domain detail", "show bridge domain extensive", "show spanning-tree interface detail"),
    *(
        f"show chassis environment {word}"
        for word in ("pem", "fpc", "cb", "psu", "psm", "routing-engine", "fan", "monitored")
    ),
    *("show chassis routing-engine bios", "show chassis routing-engine errors"),
    *(
        f"show virtual-chassis {word}"
        for word in ("vc-port", "protocol", "mode", "device-topology", "vc-path", "login")
    ),
    *("show spanning-tree mstp", "show spanning-tree statistics", "show spanning-tree stp-buffer"),
)

SHOWS: tuple[Show, ...] = (
    Show("show route", Kind.ROUTES, routes.parse, routes.HEADER),
    Show("show bgp summary", Kind.BGP_NEIGHBORS, tables.bgp, tables.BGP_HEADER),
    Show("show ospf neighbor", Kind.OSPF_NEIGHBORS, tables.ospf, tables.OSPF_HEADER),
    Show("show ospf3 neighbor", Kind.OSPF_NEIGHBORS, tables.ospf),
    Show("show interfaces", Kind.INTERFACES, _interfaces, interfaces.HEADER),
    Show("show interfaces terse", Kind.INTERFACES, tables.terse, tables.TERSE_HEADER),
    Show("show interfaces descriptions", Kind.INTERFACES, tables.terse),
    Show("show arp", Kind.ARP, tables.arp),
    Show("show ipv6 neighbors", Kind.ARP, tables.arp),
    Show("show ethernet-switching table", Kind.MAC_ADDRESSES, tables.macs),
    Show("show lldp neighbors", Kind.NEIGHBORS, tables.lldp, tables.LLDP_HEADER),
    Show("show vlans", Kind.VLANS, switching.vlans, switching.VLAN_HEADER),
    Show("show bridge domain", Kind.VLANS, switching.vlans),
    Show("show spanning-tree bridge", Kind.SPANNING_TREE, switching.bridge),
    Show("show spanning-tree interface", Kind.SPANNING_TREE, switching.ports),
    Show("show chassis environment", Kind.VITALS, vitals.environment, late(vitals.ENVIRONMENT_HEADER, re.MULTILINE)),
    Show("show chassis fan", Kind.TABLE, None),
    Show("show chassis routing-engine", Kind.VITALS, vitals.engine, late(vitals.ENGINE_HEADER, re.MULTILINE)),
    *(Show(f"show {part} alarms", Kind.VITALS, vitals.alarms) for part in ("chassis", "system")),
    *(Show(name, Kind.VITALS, vitals.members) for name in ("show virtual-chassis", "show virtual-chassis status")),
    Show("show route summary", Kind.VITALS, route_totals.parse),
    Show("show version", Kind.VERSION, version.version, version.HEADER),
    *(Show(f"show log {name}", Kind.LOG, log_lines.parse) for name in ("messages", "syslog")),
    Show("show configuration", Kind.CONFIG, config_lines.parse),
    *(Show(name, Kind.TABLE, None) for name in _NO_TABLE),
)
"""In no order: `shows.find` takes the longest that fits."""
