"""Pure. ARP, MAC addresses, LLDP neighbours and `show version` of EOS."""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from statetrace_engine.model.captured import ArpRow, MacRow, NeighborRow, VersionRow
from statetrace_engine.parsing import ages, blocks, scan
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.prefixes import host
from statetrace_engine.parsing.shown import Ask, Shown, missed, vrf_asked

LLDP_HEADER = late(r"^(?:Last table change time   :|Port +Neighbor Device ID +Neighbor Port ID)", re.MULTILINE)
VERSION_HEADER = late(r"^(?:Arista \S+|\S*vEOS\S*|cEOS\S*)\s*\n(?:Hardware version|Serial number)", re.MULTILINE)
_MAC = r"[0-9a-zA-Z]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}|(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}"
_ARP = scan.rows(
    rf"""([0-9a-fA-F]*+[.:][0-9a-fA-F:.]*+)[ ]++(?:N/A|-|never|[\d:ywdhm]++(?:[ ]days?,[ ][\d:]++)?)[ ]++(?:({_MAC})|[Ii]ncomplete)
        (?:[ ]++(?:REACH|STALE|DELAY|PROBE|FAILED|INCMP|PERM))?[ ]++([^\s,]++)(?:,[ ][^\n]*+)?(?P<row>)""",
    r"VRF:[ ](?P<vrf>\S++)(?P<heading>)",
    r"(?:Address[ ]|IPv6[ ]Address[ ]|-{4,}+|Total[ ])[^\n]*+(?P<known>)",
)


def arp(text: str, ask: Ask) -> Shown:
    """An ArpRow per entry; of `Vlan10, Ethernet1` the first is its interface."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    for found in _ARP.finditer(text):
        if found.lastgroup == "row":
            shown.add(ArpRow(host(found[1]), found[2], found[3], vrf), found.start(), found.end())
        elif found.lastgroup == "heading":
            vrf = found["vrf"]
        elif found.lastgroup == "rest":
            shown.unparsed.append(found.span())
    return shown


_MOVED = r"\d++[ ]{2,}+\S[^\n]{0,60}?[ ]ago"
"""How often an address moved, and when last."""
_PORTS = rf"\S[^ \t\n]*+(?:[ \t]++(?!(?<=[ ][ ]){_MOVED})[^ \t\n]++)*+"
_MACS = scan.rows(
    rf"[ ]*+(\d{{1,4}}+)[ ]++({_MAC})[ ]++([A-Za-z]++)(?:[ ]++({_PORTS}))?(?:[ ]{{2,}}+{_MOVED})?(?P<row>)",
    r"[ ]*+(?:Multicast[ ]|[Mm]ac[ ]Address[ ]Table|MAC[ ]Address|Vlan[ ]|-{3,}+|Total[ ][Mm][aA][cC])[^\n]*+(?P<known>)",
)


def macs(text: str, ask: Ask) -> Shown:
    """A MacRow per address, of unicast and multicast."""
    del ask
    shown = Shown()
    for found in _MACS.finditer(text):
        if found.lastgroup == "row":
            row = MacRow(found[2], found[1], tuple((found[4] or "").replace(",", " ").split()))
            shown.add(row, found.start(), found.end())
        elif found.lastgroup == "rest":
            shown.unparsed.append(found.span())
    return shown


_LLDP = scan.rows(
    r"((?:Et|Ma|Ethernet|Management)\d[\d/.]*+)[ ]++(\S[^\n]*\S)[ ]++(\d++)(?P<row>)",
    r"(?:Last[ ]table|Number[ ]of[ ]table|Port[ ]++Neighbor|-{3,}+)[^\n]*+(?P<known>)",
)


def lldp(text: str, ask: Ask) -> Shown:
    """A NeighborRow per neighbour; its name and its port may each hold single spaces."""
    del ask
    shown = Shown()
    for found in _LLDP.finditer(text):
        name, gap, port = found[2].partition("  " if "  " in found[2] else " ") if found[2] else ("", "", "")
        if gap:
            shown.add(NeighborRow(found[1], name, port.lstrip(" ")), found.start(), found.end())
        elif found.lastgroup != "known":
            shown.unparsed.append(found.span())
    return shown


_DETAIL = scan.rows(
    r"Interface[ ](?P<local>\S++)[ ]detected[ ][1-9]\d*+[ ]LLDP[ ]neighbors:(?P<within>)",
    r"[ ]++Neighbor[ ][^\s,]++,[ ]age[ ][^\n]*+(?P<begin>)",
    blocks.fields(
        r"[ ]++Port[ ]ID[ ]*+:[ ]\"?(?P<remote>[^\"\n]++)\"?",
        r"[ ]*+-[ ]System[ ]Name:[ ]\"?(?P<hostname>[^\"\n]++)\"?",
        r"[ ]*+-[ ]System[ ]Description:[ ]\"?(?P<platform>[^\"\n]++)\"?",
        r"[ ]++Management[ ]Address[ ]++:[ ](?P<address>[0-9a-fA-F.:]++)",
    ),
    r"(?:Interface[ ]\S++[ ]detected[ ]0[ ]LLDP[ ]neighbors:|[ ]++[^\s%*][^\n]*+)(?P<known>)",
)


def lldp_detail(text: str, ask: Ask) -> Shown:
    """The same rows of `show lldp neighbors detail`, with management address and system description."""
    return blocks.records(text, ask, _DETAIL, _neighbor)


def _neighbor(of: blocks.Fields) -> NeighborRow | None:
    if "local" not in of:
        return None
    return NeighborRow(of["local"], of.get("hostname"), of.get("remote"), of.get("platform"), of.get("address"))


_WORDS = {
    "model": late(r"^(?:Arista )?([cv]EOS\S*|DCS-\S+|CCS-\S+|(?<=Arista )\S+)", re.MULTILINE),
    "serial": late(r"^Serial number: *(\S+)", re.MULTILINE),
    "version": late(r"^Software image version: *(\S+)", re.MULTILINE),
    "uptime": late(r"^Uptime: *+(\S[^ \n]*+(?: ++[^ \n]++)*+) *+$", re.MULTILINE),
}


def version(text: str, ask: Ask) -> Shown:
    """One row; of a text that is cut off, only when it tells the uptime, its last fact."""
    shown = Shown()
    said = {name: found[1] for name, pattern in _WORDS.items() if (found := pattern.search(text))}
    if "version" not in said or (ask.is_truncated and "uptime" not in said):
        missed(text, 0, len(text), shown.unparsed)
        return shown
    shown.unparsed.extend((start, end) for line, start, end in scan.lines(text) if scan.is_log(line))
    uptime = ages.seconds(said.get("uptime", "never").replace(" and ", ", "))
    shown.add(VersionRow(None, said["version"], said.get("model"), said.get("serial"), uptime), 0, len(text))
    return shown
