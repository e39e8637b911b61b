"""Pure. JunOS: BGP summary, OSPF, ARP, MAC addresses, LLDP and `show interfaces terse`."""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from statetrace_engine.model.captured import (
    ArpRow,
    BgpNeighborRow,
    InterfaceRow,
    MacRow,
    NeighborRow,
    OspfNeighborRow,
)
from statetrace_engine.model.peer_states import printed
from statetrace_engine.parsing import ages, scan
from statetrace_engine.parsing.prefixes import host
from statetrace_engine.parsing.shown import Ask, Shown, missed, vrf_asked
from statetrace_engine.parsing.shows.juniper_junos.protocols import table

BGP_HEADER = re.compile(
    r"^(?:Threading mode: BGP I/O\n)?(?:Default eBGP mode[^\n]*\n)?Groups: \d+ Peers: \d+ Down peers:", re.M
)
OSPF_HEADER = re.compile(r"^Address +Interface +State +ID +Pri +Dead", re.MULTILINE)
TERSE_HEADER = re.compile(r"^Interface +Admin Link Proto +Local +Remote", re.MULTILINE)
LLDP_HEADER = re.compile(r"^Local Interface +Parent Interface +Chassis Id", re.MULTILINE)
_MAC = r"(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}"
_LEGEND = r"(?:\{(?:master|backup|primary|secondary|linecard)[^\n]*+)(?P<legend>)"

_BGP = scan.rows(
    r"""([0-9a-fA-F]*+[.:][0-9a-fA-F:.]*+)(?:%\S++)?(?:\+\d++)?[ ]++(\d[\d.]*+)[ ]++\d++[ ]++\d++[ ]++\d++[ ]++\d++[ ]++(\d[\dywdhms:]*+(?:[ ][\d:]++)?)[ ]++
        (?:(?:Establ(?:ished)?)?[ ]*+(?:\d++/(\d{1,10}+)/\d++(?:/\d++)?(?:[ ]++\d++/\d++/\d++(?:/\d++)?)?)|([A-Z][a-z]\w*+(?:[ ]\([^)\n]*+\))?))(?P<row>)""",
    r"[ ]++(?P<table>[^\s:]++):[ ]\d++/(?P<received>\d{1,10}+)/\d++(?:/\d++)?(?P<family>)",
    r"""(?:Threading|Default[ ]eBGP|Groups:|Unconfigured|Table[ ]++Tot|(?=[^\s:A-Za-z]*+[A-Za-z])\S*\.\d++(?:[ ]++\d++)*+[ ]*+$|Peer[ ]++AS|[ ]{6,}+(?:\d++[ ]++){5}\d++|Warning:|Direct[ ])[^\n]*+(?P<known>)""",
    _LEGEND,
)

_PEER = re.compile(r"[0-9a-fA-F]*+[.:][0-9a-fA-F.:]")


def bgp(text: str, ask: Ask) -> Shown:
    """A BgpNeighborRow per neighbour: prefixes received of all its tables, vrf of the first of them."""
    shown = Shown()
    asked = vrf_asked(ask.command) or "default"
    is_open = is_first = False
    for found in _BGP.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            neighbor, remote, age, count, state = found.group(1, 2, 3, 4, 5)
            word = "established" if count or state.startswith("Establ") else printed(state)
            row = BgpNeighborRow(asked, host(neighbor), remote, word, int(count) if count else None, ages.seconds(age))
            shown.add(row, found.start(), found.end())
            is_open = is_first = word == "established" and not count
        elif kind == "family" and is_open:
            old = shown.rows[-1]
            vrf = table(found["table"]) if is_first else old.vrf
            count = (old.prefixes_received or 0) + int(found["received"])
            vrf = asked if vrf.endswith(".0") or re.search(r"\.\d$", vrf) else vrf
            shown.rows[-1] = BgpNeighborRow(vrf, old.neighbor, old.remote_as, old.state, count, old.uptime_seconds)
            shown.ends[-1] = found.end()
            is_first = False
        elif kind in ("rest", "family"):
            shown.unparsed.append(found.span())
            is_open = is_open and not _PEER.match(found[0])  # the tables of a peer unread are not the last one's
    if ask.is_truncated and is_open:
        shown.rows.pop()
        missed(text, shown.starts.pop(), shown.ends.pop(), shown.unparsed)
        shown.unparsed = sorted(set(shown.unparsed))
    return shown


_OSPF = scan.rows(
    r"([0-9a-fA-F]++[.:][0-9a-fA-F:.]*+)[ ]++(\S++)[ ]++(2[Ww]ay|[A-Z][\w-]++)[ ]++(\d++\.\d++\.\d++\.\d++)[ ]++\d++[ ]++\d++(?P<row>)",
    r"(\d++\.\d++\.\d++\.\d++)[ ]++([a-z]\S++)[ ]++(2[Ww]ay|[A-Z][\w-]++)[ ]++\d++[ ]++\d++(?P<v3>)",
    r"[ ]++Neighbor-address[ ](?P<address>\S++)(?P<below>)",
    r"(?:Address[ ]|ID[ ]++Interface|Instance:[ ]|[ ]{2,}+[Aa]rea[ ]|[ ]{2,}+[Uu]p[ ]|[ ]{2,}+DR[ ]|[ ]{2,}+Topology|OSPF[ ])[^\n]*+(?P<known>)",
    _LEGEND,
)


def ospf(text: str, ask: Ask) -> Shown:
    """An OspfNeighborRow per adjacency; OSPFv3 tells the address in a line below."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    is_open = False
    for found in _OSPF.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            row = OspfNeighborRow(vrf, found[4], host(found[1]), found[2], found[3].lower())
            shown.add(row, found.start(), found.end())
            is_open = False
        elif kind == "v3":
            shown.add(OspfNeighborRow(vrf, found[6], None, found[7], found[8].lower()), found.start(), found.end())
            is_open = True
        elif kind == "below" and is_open:
            old = shown.rows[-1]
            shown.rows[-1] = OspfNeighborRow(vrf, old.neighbor_id, host(found["address"]), old.interface, old.state)
            shown.ends[-1], is_open = found.end(), False
        elif kind in ("rest", "below"):
            shown.unparsed.append(found.span())
    if ask.is_truncated and is_open:
        shown.rows.pop()
        missed(text, shown.starts.pop(), shown.ends.pop(), shown.unparsed)
        shown.unparsed.sort()
    return shown


_ARP = scan.rows(
    rf"({_MAC})[ ]++(\d++\.\d++\.\d++\.\d++)[ ]++(?:\S++[ ]++)??([a-z][^\s\d]*+\d\S*+(?:[ ]\[[^\]\n]*\])?)(?:[ ]++[a-z]\S*+)*+(?P<row>)",
    rf"([0-9a-fA-F]*+:[0-9a-fA-F:.]++)[ ]++({_MAC}|none)[ ]++[a-z]++[ ]++\S++[ ]++\w++[ ]++\w++(?:[ ]++\w++)?[ ]++(\S++)[^\n]*+(?P<v6>)",
    r"(?:MAC[ ]Address|IPv6[ ]Address|Total[ ]entries)[^\n]*+(?P<known>)",
    _LEGEND,
)


def arp(text: str, ask: Ask) -> Shown:
    """An ArpRow per entry of `show arp` and `show ipv6 neighbors`; the port in brackets is left out."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    for found in _ARP.finditer(text):
        if found.lastgroup == "row":
            shown.add(ArpRow(found[2], found[1], found[3].split(" ")[0], vrf), found.start(), found.end())
        elif found.lastgroup == "v6":
            mac = None if found[6] == "none" else found[6]
            shown.add(ArpRow(host(found[5]), mac, found[7], vrf), found.start(), found.end())
        elif found.lastgroup == "rest":
            shown.unparsed.append(found.span())
    return shown


_MACS = scan.rows(
    rf"[ ]*+(\S++)[ ]++({_MAC}|\*)[ ]++(?:[A-Z]{{1,3}}(?:,[A-Z]{{1,3}})*+|Learn|Static|Flood|Persistent)[ ]++(?:(?:-|[\d:]++)[ ]++)?(\S++)(?:[ ]++[^\n]*)?(?P<row>)",
    rf"[ ]*+(\S++)[ ]++({_MAC})[ ]++(?:-[ ]++)?(\S++\.\d++)[^\n]*+(?P<plain>)",
    r"""[ ]*+(?:MAC[ ]flags|SE[ ]-|Ethernet[ ]switching[ ]table|Ethernet-switching|Routing[ ]instance|Vlan[ ]|VLAN[ ]|name[ ]|Name[ ]|O[ ]-|P[ ]-|GBP|B[ ]-)[^\n]*+(?P<known>)""",
    _LEGEND,
)


def macs(text: str, ask: Ask) -> Shown:
    """A MacRow per address; a VLAN's flooding entry (`*`) is understood and no address."""
    del ask
    shown = Shown()
    for found in _MACS.finditer(text):
        kind = found.lastgroup
        if kind in ("row", "plain"):
            vlan, mac, port = found.group(1, 2, 3) if kind == "row" else found.group(5, 6, 7)
            if mac != "*":
                shown.add(MacRow(mac, vlan, (port,)), found.start(), found.end())
        elif kind == "rest":
            shown.unparsed.append(found.span())
    return shown


_LLDP = scan.rows(
    rf"(?![a-z]++:)([a-z]\S*+)[ ]++(?:(?:-|[a-z]\S*\d)[ ]++)?({_MAC}|\d++\.\d++\.\d++\.\d++|\S++)[ ]++(\S[^\n]*?)(?<![ \t])(?:[ ]{{2,}}+(\S[^\n]*?)(?<![ \t])|[ ]([^\s\d]\S*+))?(?P<row>)",
    r"(?:Local[ ]Interface|LLDP[ ]|Chassis)[^\n]*+(?P<known>)",
    _LEGEND,
)


def lldp(text: str, ask: Ask) -> Shown:
    """A NeighborRow per neighbour of `show lldp neighbors`."""
    del ask
    shown = Shown()
    for found in _LLDP.finditer(text):
        if found.lastgroup == "row":
            shown.add(NeighborRow(found[1], found[4] or found[5], found[3]), found.start(), found.end())
        elif found.lastgroup == "rest":
            shown.unparsed.append(found.span())
    return shown


_TERSE = scan.rows(
    r"([a-z][\w/:.-]*+)[ ]++(up|down)[ ]++(up|down)(?:[ ]++(?:inet6?[ ]++([0-9a-fA-F.:]++)(?:/(\d{1,3}+))?|[a-z]\S*)[^\n]*)?(?P<row>)",
    r"(?:[ ]{20,}+\S[^\n]*+|Interface[ ]++Admin[^\n]*+)(?P<known>)",
    r"([a-z][\w/:.-]*+)[ ]++(up|down)[ ]++(up|down)[ ]++(\S[^\n]*)(?P<described>)",
    _LEGEND,
)


def terse(text: str, ask: Ask) -> Shown:
    """An InterfaceRow per interface of `show interfaces terse` or `descriptions`, with its first address."""
    is_described = "descriptions" in ask.command.split()
    shown = Shown()
    for found in _TERSE.finditer(text):
        if found.lastgroup in ("row", "described"):
            name, admin, link = found.group(1, 2, 3) if found[1] else found.group(8, 9, 10)
            words = found[0].split(None, 3)[3].strip() if is_described and len(found[0].split(None, 3)) > 3 else None
            ip, bits = (None, None) if is_described else found.group(4, 5)
            row = InterfaceRow(name, words, admin == "up", link == "up", ip, int(bits) if bits else None)
            shown.add(row, found.start(), found.end())
        elif found.lastgroup == "rest":
            shown.unparsed.append(found.span())
    return shown
