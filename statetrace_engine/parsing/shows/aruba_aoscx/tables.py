"""Pure. AOS-CX `show bgp … summary`, `show ip ospf neighbors`, `show arp`, `show mac-address-table`, LLDP.

     Neighbor        Remote-AS MsgRcvd MsgSent   Up/Down Time State        AdminStatus
     172.25.0.1      4290000000  116314  133774  02m:02w:06d  Established   Up
    Neighbor ID      Priority  State             Nbr Address       Interface
    10.103.15.238    n/a       FULL              192.168.80.4       1/1/28
    88:3a:30:a3:86:80    1        dynamic                   lag100

Source: AOS-CX command references, 10.04 to 10.15.
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

from statetrace_engine.model.captured import ArpRow, BgpNeighborRow, MacRow, NeighborRow, OspfNeighborRow
from statetrace_engine.parsing import columns, prefixes, scan
from statetrace_engine.parsing.blocks import blocks
from statetrace_engine.parsing.shown import Ask, Shown, vrf_asked
from statetrace_engine.parsing.shows.aruba_aoscx.routes import age_seconds

_IP = r"(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}+:[0-9A-Fa-f:.]*+(?:%[^\s]++)?)"
_MAC = r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}"
_VRF = r"[ ]*VRF[ ]*+:[ ]*+(?P<vrf>[^\s]++)(?:[ ]++[A-Z][^\n%]*+)?"
_COUNTS = r"""(?P<asn>\d++(?:\.\d++)?)[ ]++\d++[ ]++\d++[ ]++(?P<age>[\w:/-]++)[ ]++(?P<state>[A-Za-z]\w*+)
    (?:[ ]++(?P<admin>[A-Za-z]++)){0,2}"""

_BGP = scan.rows(
    rf"[ ]*(?P<peer>{_IP}|[A-Za-z0-9]++[\w/.-]*+)[ ]++{_COUNTS}(?P<row>)",
    rf"[ ]*(?P<alone>{_IP})(?P<long>)",
    rf"[ ]++{_COUNTS.replace('?P<', '?P<more_')}(?P<more>)",
    _VRF,
    rf"(?!{scan.FOREIGN})"
    r"""[ ]*+(?:BGP\ Summary|[-=]{4,}+|Local\ AS|Peers|Cfg\.|Confederation|Address-family|Neighbor\ |Codes?:|Total\ |
        [A-Za-z0-9 .-]{1,40}+:|[Nn]o\ )[^\n%]*+(?P<known>)""",
)


def bgp_summary(text: str, ask: Ask) -> Shown:
    """A BgpNeighborRow per neighbour and address family; this summary counts no prefixes."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    waiting: tuple[str, int, int] | None = None
    for found in _BGP.finditer(text):
        kind = found.lastgroup
        if kind == "long":
            if waiting is not None:
                shown.unparsed.append(waiting[1:])
            waiting = (found["alone"], found.start(), found.end())
        elif kind == "row":
            shown.add(_peer(vrf, found["peer"], found.group("asn", "age", "state", "admin")), *found.span())
        elif kind == "more" and waiting is not None:
            counts = found.group("more_asn", "more_age", "more_state", "more_admin")
            shown.add(_peer(vrf, waiting[0], counts), waiting[1], found.end())
            waiting = None
        elif kind == "vrf":
            vrf = found["vrf"]
        elif kind != "known":
            shown.unparsed.append(found.span())
    if waiting is not None:
        shown.unparsed.append(waiting[1:])
    shown.unparsed.sort()
    return shown


def _peer(vrf: str, peer: str, counts: tuple[str | None, ...]) -> BgpNeighborRow:
    asn, age, printed, admin = counts
    state = (printed or "").lower()
    if (admin or "").lower() == "down" and state != "established":
        state = f"{state} (admin)"  # as others print it
    return BgpNeighborRow(
        vrf, prefixes.host(peer), asn, state, None, age_seconds(age) if state == "established" else None
    )


_OSPF = scan.rows(
    rf"""[ ]*(?P<id>\d{{1,3}}(?:\.\d{{1,3}}){{3}})[ ]++(?:\d++|n/a)[ ]++(?P<state>[A-Za-z0-9-]++)(?:[ ]?/[ ]?[\w-]*+)?[ ]++
      (?P<address>{_IP})[ ]++(?P<face>[^\s%]++)(?P<row>)""",
    r"""[ ]*(?P<id6>\d{1,3}(?:\.\d{1,3}){3})[ ]++(?:\d++|n/a)[ ]++(?P<state6>[A-Za-z0-9-]++)(?:[ ]?/[ ]?[\w-]*+)?[ ]++
      (?P<face6>[A-Za-z\d][^\s%]*+)(?P<row6>)""",
    _VRF,
    rf"[ ]++Nbr\ Address[ ]*+:[ ]*+{_IP}(?P<known_address>)",
    r"[ ]*+(?:[-=]{4,}+|Total\ Number|Neighbor\ ID|OSPF|No\ OSPF|No\ )[^\n%]*+(?P<known>)",
)


def ospf_neighbors(text: str, ask: Ask) -> Shown:
    """An OspfNeighborRow per neighbour, of OSPFv2 and (without an address) OSPFv3."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    for found in _OSPF.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            neighbour, state, address, face = found.group("id", "state", "address", "face")
        elif kind == "row6":
            neighbour, state, address, face = found["id6"], found["state6"], None, found["face6"]
        else:
            if kind == "vrf":
                vrf = found["vrf"]
            elif kind == "rest":
                shown.unparsed.append(found.span())
            continue
        row = OspfNeighborRow(vrf, neighbour, prefixes.host(address) if address else None, face, state.lower())
        shown.add(row, found.start(), found.end())
    return shown


_STATE = r"reachable|stale|delay|probe|incomplete|failed|permanent|noarp|none"
_ARP = scan.rows(
    rf"""[ ]*(?P<ip>{_IP})[ ]++(?:(?P<mac>{_MAC})[ ]++)?(?:(?P<port>(?!(?:{_STATE})\b)[^\s%]++)[ ]++)?
      (?:(?P<physical>(?!(?:{_STATE})\b)[^\s%]++)[ ]++)?(?P<state>{_STATE})(?:[ ]++(?P<vrf>[^\s%]++))?(?P<row>)""",
    rf"[ ]*(?P<full_ip>{_IP})[ ]++(?P<full_mac>{_MAC})[ ]++(?P<full_port>[^\s%]++)[ ]++[^\s%]++[ ]++[a-z]++[ ]++(?P<full_vrf>[^\s%]++)(?P<full>)",
    r"""[ ]*+(?:IPv[46]\ (?:Entries|Address)|[-=]{4,}+|Total\ Number|ARP\ |No\ |IPv[46]\ Neighbor|VRF\ )[^\n%]*+(?P<known>)""",
)


def arp(text: str, ask: Ask) -> Shown:
    """An ArpRow per entry of ARP or IPv6 neighbour discovery; MAC None where resolution failed."""
    shown = Shown()
    asked = vrf_asked(ask.command) or "default"
    for found in _ARP.finditer(text):
        if found.lastgroup == "row":
            ip, mac, port, _, _, vrf = found.groups()[:6]
            shown.add(ArpRow(prefixes.host(ip), mac, port, vrf or asked), found.start(), found.end())
        elif found.lastgroup == "full":
            ip, mac, port, vrf = found.group("full_ip", "full_mac", "full_port", "full_vrf")
            shown.add(ArpRow(prefixes.host(ip), mac, port, vrf), found.start(), found.end())
        elif found.lastgroup == "rest":
            shown.unparsed.append(found.span())
    return shown


_MACS = scan.rows(
    rf"""[ ]*(?P<mac>{_MAC})[ ]++(?P<vlan>\d++|-)[ ]++(?P<type>[A-Za-z][\w-]*+)[ ]++(?P<port>[^\s%]++)(?:[ ]++[^\n%]*+)?(?P<row>)""",
    r"[ ]*+(?:MAC\ |Number\ of|[-=]{4,}+|No\ )[^\n%]*+(?P<known>)",
)


def mac_addresses(text: str, ask: Ask) -> Shown:
    """A MacRow per entry; a port may be a tunnel (`vxlan1(10.1.1.1)`)."""
    del ask
    shown = Shown()
    for found in _MACS.finditer(text):
        if found.lastgroup == "row":
            mac, vlan, _, port = found.groups()[:4]
            shown.add(MacRow(mac, vlan if vlan != "-" else None, (port,)), found.start(), found.end())
        elif found.lastgroup == "rest":
            shown.unparsed.append(found.span())
    return shown


_HEADING = ("LOCAL-PORT", "CHASSIS-ID", "PORT-ID", "PORT-DESC", "TTL", "SYS-NAME")


def neighbors(text: str, ask: Ask) -> Shown:
    """A NeighborRow per line of `show lldp neighbor-info`, under the columns of its heading."""
    if "Neighbor Chassis-ID" in text or "Neighbor Chassis-Name" in text:
        return _neighbors_detail(text, ask)
    shown = Shown()
    starts: tuple[int, ...] | None = None
    for line, start, end in scan.lines(text):
        if found := columns.heading(line, _HEADING):
            starts = found
        elif starts is None or not line[0].isalnum() or scan.is_log(line):
            if scan.is_log(line) or not line.lstrip().startswith(("LLDP", "=", "-", "Total")):
                shown.unparsed.append((start, end))
        else:
            cells = [cell or None for cell in columns.cells(line, starts)]
            if not (cells[4] or "").isdecimal():
                shown.unparsed.append((start, end))
                continue
            is_mac = (cells[2] or "").count(":") == 5
            port = cells[3] or cells[2] if is_mac else cells[2] or cells[3]
            shown.add(NeighborRow(cells[0] or "", cells[5], port), start, end)
    return shown


_DETAIL = scan.rows(
    r"(?P<begin>Port[ ]++:[ ](?P<local>\S++))",
    r"""(?P<field>[ ]*(?:
        Neighbor\ (?:Chassis-Name|System-Name)[ ]*+:[ ]*+(?P<name>[^\n]*\S)
      | Neighbor\ (?:Chassis-Description|System-Description)[ ]*+:[ ]*+(?P<platform>[^\n]*\S)
      | Neighbor\ Management-Address[ ]*+:[ ]*+(?P<address>[^\s,]++)[^\n]*+
      | Neighbor\ Port-ID[ ]*+:[ ]*+(?P<port>[^\n]*\S)
      | Neighbor\ Port-Desc[ ]*+:[ ]*+(?P<port_name>[^\n]*\S)
      | Neighbor\ Chassis-ID[ ]*+:[ ]*+(?P<chassis>[^\n]*\S) ))""",
    rf"(?:(?!{scan.FOREIGN})(?:[ ]*+[A-Za-z][^\n%]{{0,80}}?:[^\n]*+|[=-]{{4,}}+|LLDP\ Neighbor\ |Neighbor\ |[ ]++)[^\n%]*+)"
    r"(?P<known>)",
)


def _neighbors_detail(text: str, ask: Ask) -> Shown:
    shown = Shown()
    for block in blocks(text, _DETAIL, shown.unparsed, is_truncated=ask.is_truncated):
        said = block.fields
        if "chassis" in said or "port" in said:
            is_mac = said.get("port", "").count(":") == 5
            port = said.get("port_name", said.get("port")) if is_mac else said.get("port")
            row = NeighborRow(said.get("local", ""), said.get("name"), port, said.get("platform"), said.get("address"))
            shown.add(row, block.start, block.end)
    return shown
