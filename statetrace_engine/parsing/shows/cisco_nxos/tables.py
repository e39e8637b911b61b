"""Pure. NX-OS ARP and IPv6 neighbour tables, and MAC addresses.

10.1.0.2        00:02:06  5254.0001.0002  Ethernet1/1     Ethernet1/1     *
*  100     5254.0001.0002   dynamic  0         F      F    Eth1/1
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from statetrace_engine.model.captured import ArpRow, MacRow
from statetrace_engine.parsing import scan
from statetrace_engine.parsing.shown import Ask, Shown, vrf_asked

ARP_HEADER = re.compile(r"^IP ARP Table for ", re.MULTILINE)
MAC_HEADER = re.compile(r"^ *VLAN +MAC Address +Type +age +Secure", re.MULTILINE)
_MAC = r"[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}"
_ENTRY = rf"[ \t]++(\d[\w:.]*+|-|never)[ \t]++({_MAC}|INCOMPLETE|incomplete|Incomplete)"
_ARP = scan.rows(
    rf"(\d++\.\d++\.\d++\.\d++){_ENTRY}[ \t]++([A-Za-z]\S*+)[^\n]*+(?P<row>)",
    rf"([0-9a-fA-F]{{0,4}}+:[0-9a-fA-F:.]{{1,45}}+(?:%\S++)?){_ENTRY}(?:[ \t]++\S++){{2}}[ \t]++([A-Za-z]\S*+)[^\n]*+(?P<row6>)",
    rf"{_ENTRY}(?:[ \t]++\S++){{2}}[ \t]++([A-Za-z]\S*+)[^\n]*+(?P<wrapped>)",
    r"([0-9a-fA-F]{0,4}+:[0-9a-fA-F:.]{1,45}+(?:%\S++)?)(?P<name>)",
    r"""(?:IP[ ]ARP[ ]Table|IPv6[ ](?:Adjacency|Neighbou?r)[ ]Table)[ ]for[ ](?:context|VRF)[ ]"?(?P<vrf>[^\s"]++)[^\n]*+""",
    r"""(?:Flags:[^\n]*+|[ \t]++(?:\S|CP|PS|RO|D)[ ]{1,2}-[ ][^\n]*+|IP[ ]ARP[^\n]*+|IPv6[ ][^\n]*+|Total[ ]number[^\n]*+|
        Address[ ][^\n]*+|Note:[^\n]*+)(?P<detail>)""",
)


def arp(text: str, ask: Ask) -> Shown:
    """A row an address; a MAC of None: incomplete."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    pending: re.Match[str] | None = None
    for found in _ARP.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            ip, mac, interface = found.group(1, 3, 4)
            shown.add(ArpRow(ip, _mac(mac), interface, vrf), found.start(), found.end())
        elif kind == "row6":
            ip, mac, interface = found.group(6, 8, 9)
            shown.add(ArpRow(ip, _mac(mac), interface, vrf), found.start(), found.end())
        elif kind == "wrapped" and pending:
            mac, interface = found.group(12, 13)
            shown.add(ArpRow(pending[15], _mac(mac), interface, vrf), pending.start(), found.end())
            pending = None
        elif kind == "name":
            shown.unparsed += [pending.span()] if pending else []
            pending = found
        elif kind == "vrf":
            vrf = found["vrf"]
        elif kind != "detail":
            shown.unparsed.append(found.span())
    shown.unparsed += [pending.span()] if pending else []
    shown.unparsed.sort()
    return shown


def _mac(printed: str) -> str | None:
    return printed if "." in printed else None


_MACS = scan.rows(
    rf"[ ]{{0,3}}(?:[*+GCOPAS~()RTF]{{1,4}})?[ \t]*+(\d{{1,8}}+|-)(?:/\S++)?[ \t]++({_MAC})[ \t]++([a-zA-Z]\S*+)[ \t]++"
    rf"(?:(?:\d[\d:.]*+|-|~~~|NA|never)[ \t]++)?(?:[FTN]|~~~|False|True|Yes|No|-)?(?:[ \t]++(?:[FTN]|~~~|False|True|Yes|No|-))?"
    rf"[ \t]++((?:[A-Za-z(][\w(-]|\d{{1,5}}\.\d)[^\n]*?(?<![ \t]))(?P<row>)",
    r"""(?:Legend:[^\n]*+|Note:[^\n]*+|[ \t]*+(?:\(?\w{1,2}\)?|\S|age)[ ]?-[ ][^\n]*+|[ \t]*+VLAN(?:/BD)?[ ]++MAC[ ]Address[^\n]*+|
        [ \t]*+-[-+]++|Total[ ]MAC[^\n]*+|[ ]*+(?:Dynamic|Static|Secure|Total)[ ][^\n]*count[^\n]*+|
        Use[ ]the[ ][^\n]*+|[^\S\n]*+\(T\)[ ][^\n]*+|VLAN[ ]++MAC[^\n]*+)(?P<detail>)""",
)


def macs(text: str, ask: Ask) -> Shown:  # noqa: ARG001 - the contract of parsers
    """A row an entry; the VLAN of the switch's own addresses is `-`."""
    shown = Shown()
    for found in _MACS.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            vlan, mac, ports = found.group(1, 2, 4)
            shown.add(MacRow(mac, None if vlan == "-" else vlan, _ports(ports)), found.start(), found.end())
        elif kind != "detail":
            shown.unparsed.append(found.span())
    return shown


def _ports(printed: str) -> tuple[str, ...]:
    """`Eth1/1 Eth1/2`, `Eth1/1,Eth1/2`, `vPC Peer-Link(R)`."""
    if printed.startswith("vPC "):
        return (printed,)
    return tuple(printed.replace(",", " ").split())
