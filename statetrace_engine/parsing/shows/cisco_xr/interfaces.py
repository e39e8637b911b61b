"""Pure. IOS XR interfaces: in full, in brief, their descriptions and addresses; and its ARP table.

GigabitEthernet0/0/0/1 is administratively down, line protocol is administratively down
Gi0/0/0/1  admin-down  admin-down               ARPA  1514    1000000
GigabitEthernet0/0/0/1         10.1.0.1        Up              Up       default
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from msgspec.structs import replace

from statetrace_engine.model.captured import ArpRow, InterfaceRow
from statetrace_engine.parsing import blocks, scan
from statetrace_engine.parsing.prefixes import host
from statetrace_engine.parsing.shown import Ask, Shown, missed, vrf_asked
from statetrace_engine.parsing.shows.cisco_xr.peers import STAMP

BRIEF_HEADER = re.compile(r"^ +Name +State +State +Type \(byte\)", re.MULTILINE)
ADDRESSES_HEADER = re.compile(r"^Interface +IP-Address +Status +Protocol +Vrf-Name", re.MULTILINE)
ARP_HEADER = re.compile(r"^Address +Age +Hardware Addr +State +Type +Interface", re.MULTILINE)
_MAC = r"[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}"
_NAME = r"[A-Za-z][A-Za-z-]*+\d[\w/.:-]*+"

_FULL = scan.rows(
    rf"(?P<name>{_NAME})[ ]is[ ](?P<oper>up|down|administratively[ ]down|[a-z][a-z -]*?)(?:[ ]\([^)\n]*+\))?,[ ]line[ ]protocol[ ]is[ ](?P<line>[a-z][a-z ]*+)"
    r"[^\n]*+(?P<begin>)",
    blocks.fields(
        rf"[ ]++Hardware[ ]is[ ][^\n]*?address[ ]is[ ](?P<mac>{_MAC})[^\n]*+",
        r"[ ]++Description:[ ]?(?P<described>[^\n]*+)",
        r"[ ]++Internet[ ]address[ ]is[ ](?P<ip>[\d.]{7,15}+)/(?P<length>\d{1,2})\b[^\n]*+",
        r"[ ]++MTU[ ](?P<mtu>\d{1,9})[ ]bytes[^\n]*+",
        r"[ ]++Encapsulation[ ]802\.1[^\n]*?VLAN[ ]Id[ ](?P<vlan>\d++)[^\n]*+",
        r"[ ]{2}(?P<duplex>Full|Half|Auto|Duplex[ ]unknown)(?:-duplex)?,[ ](?P<speed>[\d.]++[ ]?[KMGT]?b(?:/s|ps))[^\n]*+",
    ),
    rf"(?:{STAMP})(?P<within>)",
    r"[ ]++\S[^\n]*+(?P<known>)",
    blocks.FOREIGN_INTERFACE,
)


def full(text: str, ask: Ask) -> Shown:
    """A row an interface of `show interfaces`."""
    return blocks.records(text, ask, _FULL, _row)


def _row(of: blocks.Fields) -> InterfaceRow:
    length, mtu, duplex = of.get("length"), of.get("mtu"), of.get("duplex")
    return InterfaceRow(
        of["name"],
        of.get("described") or None,
        "admin" not in of["oper"],
        of["oper"] == "up" and of["line"].startswith("up"),
        of.get("ip"),
        int(length) if length else None,
        of.get("mac"),
        of.get("vlan"),
        duplex.lower() if duplex and " " not in duplex else None,
        of.get("speed"),
        int(mtu) if mtu else None,
    )


_STATES = r"(up|down|admin-down|deleted|shutdown|not-ready|err-disable[d]?)"
_SHUT = ("admin-down", "shutdown")
_BRIEF = scan.rows(
    rf"[ ]*+({_NAME})[ ]++{_STATES}[ ]++{_STATES}[ ]++(\S++(?:[ ]VLAN)?)[ ]++(\d{{1,9}}+)[ ]++(\d++)(?P<row>)",
    rf"(?:{STAMP}|-{{4,}}+|[ ]++(?:Intf|Name)[ ][^\n]*+)(?P<known>)",
)


def brief(text: str, ask: Ask) -> Shown:  # noqa: ARG001 - the contract of parsers
    """A row an interface of `show interfaces brief`."""
    shown = Shown()
    for found in _BRIEF.finditer(text):
        if found.lastgroup == "row":
            name, state, line, _, mtu = found.group(1, 2, 3, 4, 5)
            row = InterfaceRow(name, None, state not in _SHUT, state == line == "up", mtu=int(mtu))
            shown.add(row, found.start(), found.end())
        elif found.lastgroup != "known":
            shown.unparsed.append(found.span())
    return shown


_DESCRIBED = scan.rows(
    rf"({_NAME})[ ]++{_STATES}[ ]++{_STATES}(?:[ ]++(\S[^\n]*?)(?<![ \t]))?(?P<row>)",
    rf"(?:{STAMP}|-{{4,}}+|Interface[ ][^\n]*+)(?P<known>)",
)


def descriptions(text: str, ask: Ask) -> Shown:  # noqa: ARG001 - the contract of parsers
    """A row an interface of `show interfaces description`."""
    shown = Shown()
    for found in _DESCRIBED.finditer(text):
        if found.lastgroup == "row":
            name, state, line, words = found.group(1, 2, 3, 4)
            row = InterfaceRow(name, words, state not in _SHUT, state == line == "up")
            shown.add(row, found.start(), found.end())
        elif found.lastgroup != "known":
            shown.unparsed.append(found.span())
    return shown


_ADDRESSES = scan.rows(
    rf"({_NAME})[ ]++(\d++\.\d++\.\d++\.\d++|unassigned|unnumbered)[ ]++(Up|Down|Shutdown)[ ]++(Up|Down)(?:[ ]++\S++)?(?P<row>)",
    rf"({_NAME})[ ]++\[(Up|Down|Shutdown)/(Up|Down)\][^\n]*+(?P<row6>)",
    r"[ ]++(?P<address6>[0-9a-fA-F]*+:[0-9a-fA-F:.]*+)",
    rf"(?:{STAMP}|Interface[ ][^\n]*+|[ ]++unassigned|VRF[ :][^\n]*+)(?P<known>)",
)


def addresses(text: str, ask: Ask) -> Shown:
    """A row an interface of `show ipv4 interface brief`, of all VRFs or one, and of `show ipv6 interface brief`.

    Of IPv6, the first address that is not link-local, else that one; they stand below their interface.
    """
    shown = Shown()
    is_open = False
    for found in _ADDRESSES.finditer(text):
        if found.lastgroup == "row":
            name, ip, state, line = found.group(1, 2, 3, 4)
            row = InterfaceRow(name, None, state != "Shutdown", state == line == "Up", ip if ip[0].isdigit() else None)
            shown.add(row, found.start(), found.end())
            is_open = False
        elif found.lastgroup == "row6":
            name, state, line = found.group(6, 7, 8)
            shown.add(InterfaceRow(name, None, state != "Shutdown", state == line == "Up"), found.start(), found.end())
            is_open = True
        elif found.lastgroup == "address6" and is_open:
            last = shown.rows[-1]
            if last.ip is None or last.ip.startswith("fe80:"):
                shown.rows[-1] = replace(last, ip=host(found["address6"]))
            shown.ends[-1] = found.end()
        elif found.lastgroup != "known":
            shown.unparsed.append(found.span())
            is_open = is_open and scan.is_log(found[0])
    if ask.is_truncated and is_open:
        shown.rows.pop()
        shown.ends.pop()
        start = shown.starts.pop()
        shown.unparsed[:] = [span for span in shown.unparsed if span[0] < start]
        missed(text, start, len(text), shown.unparsed)
    return shown


_DETAILED = scan.rows(
    rf"(?P<name>{_NAME})[ ]is[ ](?P<state>Up|Down|Shutdown),[ ]ipv[46][ ]protocol[ ]is[ ](?P<line>Up|Down)[^\n]*+(?P<begin>)",
    blocks.fields(
        r"[ ]++Internet[ ]address[ ]is[ ](?P<ip>[\d.]{7,15}+)/(?P<length>\d{1,2})\b[^\n]*+",
        r"[ ]++MTU[ ]is[ ](?P<mtu>\d{1,9})[ ][^\n]*+",
    ),
    rf"(?:{STAMP})(?P<within>)",
    r"(?:[ ]++\S[^\n]*+|(?:IP[ ]unicast|RPF[ ]mode)[^\n]*+)(?P<known>)",
)


def detailed(text: str, ask: Ask) -> Shown:
    """A row an interface of `show ipv4 interface`."""
    return blocks.records(text, ask, _DETAILED, _detailed_row)


def _detailed_row(of: blocks.Fields) -> InterfaceRow:
    length, mtu = of.get("length"), of.get("mtu")
    return InterfaceRow(
        of["name"],
        None,
        of["state"] != "Shutdown",
        of["state"] == of["line"] == "Up",
        of.get("ip"),
        int(length) if length else None,
        mtu=int(mtu) if mtu else None,
    )


_ARP = scan.rows(
    rf"""(\d++\.\d++\.\d++\.\d++)[ \t]++(?:-|\d[\w:]*+)[ \t]++({_MAC}|[Ii]ncomplete|-)[ \t]++(\w[\w/-]*+)[ \t]++(?:ARPA|\S++)[ \t]++([A-Za-z]\S*+)
        (?P<row>)""",
    rf"([0-9a-fA-F]*+:[0-9a-fA-F:.]++)[ \t]++(?:\d++|-)[ \t]++({_MAC})[ \t]++[A-Z]++[ \t]++([A-Za-z]\S*+)(?:[ \t]++\S++)?(?P<row6>)",
    r"(?:VRF[: ][ ]*+(?P<vrf>\S++)[^\n]*+)",
    rf"(?:{STAMP}|-{{4,}}+|\d++/[\w/]*CPU\d++|(?:IPv6[ ])?Address[ ][^\n]*+|\[Mcast[ ]adjacency\][^\n]*+)(?P<known>)",
)


def arp(text: str, ask: Ask) -> Shown:
    """A row an address, its MAC as printed (`0000.0000.0000`: incomplete)."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    for found in _ARP.finditer(text):
        if found.lastgroup == "row":
            ip, mac, _, interface = found.group(1, 2, 3, 4)
            shown.add(ArpRow(ip, mac if "." in mac else None, interface, vrf), found.start(), found.end())
        elif found.lastgroup == "row6":
            shown.add(ArpRow(found[6], found[7], found[8], vrf), found.start(), found.end())
        elif found.lastgroup == "vrf":
            vrf = found["vrf"]
        elif found.lastgroup != "known":
            shown.unparsed.append(found.span())
    return shown
