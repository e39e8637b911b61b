"""Pure. ProVision's tables of routes, ports, ARP, MAC addresses, OSPF and BGP neighbours, LLDP and CDP.

      Destination        Gateway         VLAN Type      Sub-Type   Metric     Dist.
      ------------------ --------------- ---- --------- ---------- ---------- -----
      0.0.0.0/0          10.11.11.254    1111 static               250        1

Source: HPE ArubaOS-Switch Management, Multicast and Routing guides (15.x, 16.x).
"""

from __future__ import annotations

import re
from collections import deque

from statetrace_engine.model.captured import (
    ArpRow,
    BgpNeighborRow,
    InterfaceRow,
    MacRow,
    NeighborRow,
    OspfNeighborRow,
    RouteRow,
)
from statetrace_engine.parsing import prefixes, scan
from statetrace_engine.parsing.blocks import Fields, fields, records
from statetrace_engine.parsing.shown import Ask, Shown, number, vrf_asked
from statetrace_engine.parsing.shows.hp_procurve.ruled import rows

_V4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]*(?:%\S+)?")
_MAC = re.compile(r"[0-9A-Fa-f]{6}-[0-9A-Fa-f]{6}|[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}")


def routes(text: str, ask: Ask) -> Shown:
    """A RouteRow per line; the interface is a VLAN's number, or the name (`lo0`, `reject`) in the gateway's place."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    for names, cells, start, end in rows(text, shown.unparsed):
        said = dict(zip(names, cells, strict=True))
        prefix = prefixes.prefix(said.get("destination", ""))
        if prefix is None or "type" not in said:
            shown.unparsed.append((start, end))
            continue
        gateway, vlan, kind = said.get("gateway", ""), said.get("vlan", ""), said["type"]
        is_address = _ADDRESS.fullmatch(gateway) is not None
        row = RouteRow(
            vrf,
            prefix,
            prefixes.host(gateway) if is_address and kind != "connected" else None,
            vlan or (gateway if gateway and not is_address else None) or None,
            kind.lower() or None,
            " ".join(filter(None, (kind, said.get("sub-type")))),
            number(said.get("dist.")),
            number(said.get("metric")),
        )
        shown.add(row, start, end)
    shown.unparsed.sort()
    return shown


def arp(text: str, ask: Ask) -> Shown:
    """An ArpRow per line of `show arp`; MAC None while it is unknown."""
    del ask
    shown = Shown()
    for names, cells, start, end in rows(text, shown.unparsed):
        said = dict(zip(names, cells, strict=True))
        ip, mac = said.get("ip address", cells[0]), said.get("mac address", "")
        is_mac = _MAC.fullmatch(mac) is not None
        if _ADDRESS.fullmatch(ip) and (is_mac or not mac or mac.isalpha()):
            shown.add(ArpRow(prefixes.host(ip), mac if is_mac else None, said.get("port") or None), start, end)
        else:
            shown.unparsed.append((start, end))
    shown.unparsed.sort()
    return shown


_VLAN = re.compile(r"vlan (\d{1,4})\b")
_TITLE = re.compile(r"Address Table(?: - (?:VLAN[- ](?P<vlan>\d{1,4})\b|(?P<port>\S++)))?")


def mac_addresses(text: str, ask: Ask) -> Shown:
    """A MacRow per line; VLAN or port stand in a table's title where they were asked for."""
    shown = Shown()
    typed = _VLAN.search(ask.command)
    asked = typed[1] if typed else None
    vlan, port = asked, None
    titles = deque(_TITLE.finditer(text))
    for names, cells, start, end in rows(text, shown.unparsed):
        said = dict(zip(names, cells, strict=True))
        while titles and titles[0].start() < start:
            title = titles.popleft()
            vlan, port = title["vlan"] or asked, title["port"]
        if not _MAC.fullmatch(cells[0]):
            shown.unparsed.append((start, end))
            continue
        on = said.get("port") or said.get("located on port") or port
        within = said.get("vlan") or said.get("vlans") or said.get("vlan id") or vlan
        shown.add(MacRow(cells[0], within or None, (on,) if on else ()), start, end)
    shown.unparsed.sort()
    return shown


_DUPLEX = re.compile(r"(\d+(?:Gig)?)(FDx|HDx|FD|HD)|(\S+)")
_FOREIGN = "*"
"""Marks transceivers that are not the vendor's own."""


_COUNTERS = re.compile(r"Port Counters for (?:port|trunk) ")
_OF_ONE = scan.rows(
    r"(?P<begin>[ ]*Status\ and\ Counters\ -\ Port\ Counters\ for\ (?:port|trunk)\ (?P<port>\S++))",
    fields(
        r"[ ]*Name[ ]*+:[ ]*+(?P<name>[^\n]*)",
        r"[ ]*MAC\ Address[ ]*+:[ ]*+(?P<mac>\S++)",
        r"[ ]*Link\ Status[ ]*+:[ ]*+(?P<link>Up|Down)(?:[ ]++Port\ Enabled[ ]*+:[ ]*+(?P<enabled>\w++))?",
        r"[ ]*Port\ Enabled[ ]*+:[ ]*+(?P<is_enabled>\w++)",
    ),
    rf"(?:(?!{scan.FOREIGN})[ ]*+[A-Z][^\n:]{{0,60}}:[^\n]*+)(?P<known>)",
)


def _one(of: Fields) -> InterfaceRow:
    """`show interfaces 5`: labels, each with its counter."""
    enabled = of.get("enabled") or of.get("is_enabled")
    return InterfaceRow(
        of["port"],
        of.get("name") or None,
        enabled == "Yes" if enabled else None,
        of["link"] == "Up" if "link" in of else None,
        mac=of.get("mac"),
    )


def interfaces(text: str, ask: Ask) -> Shown:
    """An InterfaceRow per port of `show interfaces [brief|status]`; counters alone give its name only."""
    if _COUNTERS.search(text):
        return records(text, ask, _OF_ONE, _one)
    shown = Shown()
    for names, cells, start, end in rows(text, shown.unparsed):
        said = {name: cell for name, cell in zip(reversed(names), reversed(cells), strict=True) if cell}
        port = cells[names.index("port")].removesuffix(_FOREIGN) if "port" in names else ""
        if not port or " " in port:
            shown.unparsed.append((start, end))
            continue
        mode = said.get("speed") or (cells[names.index("mode")] if "mode" in names and "enabled" in names else None)
        speed = _DUPLEX.fullmatch(mode.removesuffix(_FOREIGN)) if mode and mode != "." else None
        enabled, status = said.get("enabled"), said.get("status")
        row = InterfaceRow(
            port,
            said.get("name"),
            enabled == "Yes" if enabled else None,
            status == "Up" if status else None,
            vlan=said.get("untagged") if said.get("untagged") != "No" else None,
            duplex=speed[2] if speed else None,
            speed=speed[1] or speed[3] if speed else None,
        )
        shown.add(row, start, end)
    shown.unparsed.sort()
    return shown


def ospf_neighbors(text: str, ask: Ask) -> Shown:
    """An OspfNeighborRow per line; this table names no interface."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    for names, cells, start, end in rows(text, shown.unparsed):
        said = dict(zip(names, cells, strict=True))
        state = said.get("state", "").lower() or None
        if not _V4.fullmatch(cells[0]):
            shown.unparsed.append((start, end))
            continue
        row = OspfNeighborRow(vrf, cells[0], said.get("ip address") or None, said.get("interface") or None, state)
        shown.add(row, start, end)
    shown.unparsed.sort()
    return shown


def bgp_neighbors(text: str, ask: Ask) -> Shown:
    """A BgpNeighborRow per peer of `show ip bgp summary`; it counts no prefixes."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    for names, cells, start, end in rows(text, shown.unparsed):
        said = dict(zip(names, cells, strict=True))
        if not _ADDRESS.fullmatch(cells[0]) or "state" not in said:
            shown.unparsed.append((start, end))
            continue
        asn, state = said.get("remote-as") or said.get("remote as"), said["state"].lower()
        shown.add(BgpNeighborRow(vrf, prefixes.host(cells[0]), asn or None, state or None), start, end)
    shown.unparsed.sort()
    return shown


def neighbors(text: str, ask: Ask) -> Shown:
    """A NeighborRow per line of the LLDP or CDP table; names are cut there (`sw-with-a-lo...`)."""
    del ask
    shown = Shown()
    for names, cells, start, end in rows(text, shown.unparsed):
        said = dict(zip(names, (cell or None for cell in cells), strict=True))
        local = said.get("localport") or said.get("port")
        if not local:
            shown.unparsed.append((start, end))
            continue
        host = said.get("sysname") or said.get("device id")
        shown.add(NeighborRow(local, host, said.get("portid"), said.get("platform")), start, end)
    shown.unparsed.sort()
    return shown
