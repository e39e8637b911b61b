"""Pure. NX-OS BGP summaries, and OSPF and OSPFv3 neighbours.

Neighbor        V    AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
10.1.0.2        4 65001   12345   12346      110    0    0    10w4d 7

 Neighbor ID     Pri State            Up Time  Address         Interface
 10.0.0.2          1 FULL/DR          2w3d     10.1.0.2        Eth1/1
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from msgspec.structs import replace

from statetrace_engine.model.captured import BgpNeighborRow, OspfNeighborRow
from statetrace_engine.model.peer_states import printed
from statetrace_engine.parsing import ages, blocks, scan
from statetrace_engine.parsing.shown import Ask, Shown, vrf_asked

BGP_HEADER = re.compile(r"^BGP summary information for VRF ", re.MULTILINE)
OSPF_HEADER = re.compile(r"^ OSPF(?:v3)? Process ID \S+ VRF ", re.MULTILINE)

_NAME = r"([0-9a-fA-F]*+[.:][0-9a-fA-F.:%/\w]*+|(?:Eth|Ethernet|Vlan|Po|port-channel)\d[\d/.]*+)"
_AS = r"[ \t]++\d[ \t]++(\d[\d.]{0,20}+)"
_COUNTS = r"(?:[ \t]++\d++){5}[ \t]++(\S++)[ \t]++([^\s\d][^\n]*?(?<![ \t])|\d{1,10}+)"
_BGP = scan.rows(
    rf"{_NAME}{_AS}{_COUNTS}(?P<row>)",
    rf"(?:{_AS})?{_COUNTS}(?P<wrapped>)",
    rf"{_NAME}(?:{_AS})?(?P<neighbor>)",
    r"BGP[ ]summary[ ]information[ ]for[ ]VRF[ ](?P<vrf>[^\s,]++)[^\n]*+",
    r"""(?:BGP[ ][^\n]*+|Neighbor[ ][^\n]*+|\d++[ ](?:network|received|identical|history|damp)[^\n]*+|
        Dampening[^\n]*+|[0-9a-fA-F]++[.:][0-9a-fA-F.:]*+[ \t]++[IEL](?:[ \t]++\d[\d.]*+)++)(?P<detail>)""",
)


def bgp(text: str, ask: Ask) -> Shown:
    """A row a neighbour and address family. A neighbour whose name fills its line goes on in the next."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    pending: re.Match[str] | None = None
    for found in _BGP.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            shown.add(_bgp_row(vrf, *found.group(1, 2, 3, 4)), found.start(), found.end())
        elif kind == "wrapped" and pending:
            remote_as = pending[11] or found[6]
            shown.add(_bgp_row(vrf, pending[10], remote_as, *found.group(7, 8)), pending.start(), found.end())
            pending = None
            continue
        elif kind == "vrf":
            vrf = found["vrf"]
        elif kind == "rest":
            shown.unparsed.append(found.span())
            if not scan.interrupts(found[0]):
                continue
        elif kind == "wrapped":
            shown.unparsed.append(found.span())
        if pending:
            shown.unparsed.append(pending.span())
        pending = found if kind == "neighbor" else None
    if pending:
        shown.unparsed.append(pending.span())
    shown.unparsed.sort()
    return shown


def _bgp_row(vrf: str, neighbor: str, remote_as: str | None, age: str, state: str) -> BgpNeighborRow:
    if state.isdecimal():
        return BgpNeighborRow(vrf, neighbor, remote_as, "established", int(state), ages.seconds(age))
    return BgpNeighborRow(vrf, neighbor, remote_as, printed(state))


_OSPF = scan.rows(
    r"""[ ]*+(\d++\.\d++\.\d++\.\d++)[ \t]++\d++[ \t]++([A-Z0-9-]++)(?:/[ ]*+\S*+)?[ \t]++(\S++)[ \t]++(\S++)[ \t]++(\S++)
        (?P<row>)""",
    r"[ ]*+OSPF(?:v3)?[ ]Process[ ]ID[ ]\S++[ ](?:VRF|vrf|context)[ ](?P<vrf>[^\s,]++)[^\n]*+",
    r"[ ]*+Neighbor[ ]address[ ](?P<address>\S++)",
    r"[ ]*+(?:Total[ ]number[ ]of[ ]neighbors|Neighbor[ ]ID[ ]|OSPF)[^\n]*+(?P<detail>)",
)


def ospf(text: str, ask: Ask) -> Shown:
    """A row an adjacency. OSPFv3 prints an interface's number, and the address in a line of its own."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    waits = False
    for found in _OSPF.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            router, state, age, address, interface = found.group(1, 2, 3, 4, 5)
            printed = address if "." in address or ":" in address else None
            row = OspfNeighborRow(vrf, router, printed, interface, state.lower(), ages.seconds(age))
            shown.add(row, found.start(), found.end())
            waits = printed is None
        elif kind == "vrf":
            vrf = found["vrf"]
        elif kind == "address" and waits:
            shown.rows[-1] = replace(shown.rows[-1], address=found["address"])
            shown.ends[-1] = found.end()
            waits = False
        elif kind != "detail":
            shown.unparsed.append(found.span())
            waits = waits and scan.is_log(found[0])
    if ask.is_truncated and waits:
        shown.rows.pop()
        shown.unparsed.append((shown.starts.pop(), shown.ends.pop()))
        shown.unparsed.sort()
    return shown


_OSPF_DETAIL = scan.rows(
    r"[ ]Neighbor[ ](?P<id>[^\s,]++),[ ](?:interface[ ])?address[ ](?P<address>\S++)(?P<begin>)",
    blocks.fields(
        r"[ ]++Process[ ]ID[ ]\S++[ ]VRF[ ](?P<vrf>[^\s,]++),[ ]in[ ]area[ ]\S++[ ]via[ ]interface[ ](?P<interface>\S++)",
        r"[ ]++State[ ]is[ ](?P<state>[A-Z0-9-]++)[^,\n]*+,[^\n]*?last[ ]change[ ](?P<age>\S++)",
    ),
    r"[ ]{2,}+\S[^\n]*+(?P<known>)",
)


def ospf_detail(text: str, ask: Ask) -> Shown:
    """The same rows of `show ip ospf neighbors detail`."""
    return blocks.records(text, ask, _OSPF_DETAIL, _ospf_row)


def _ospf_row(of: blocks.Fields) -> OspfNeighborRow:
    state = of.get("state")
    return OspfNeighborRow(
        of.get("vrf", "default"),
        of["id"],
        of["address"],
        of.get("interface"),
        state.lower() if state else None,
        ages.seconds(of.get("age", "")),
    )
