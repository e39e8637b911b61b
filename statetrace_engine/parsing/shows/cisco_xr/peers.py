"""Pure. IOS XR BGP summaries, OSPF and OSPFv3 neighbours.

Neighbor        Spk    AS MsgRcvd MsgSent   TblVer  InQ OutQ  Up/Down  St/PfxRcd
10.1.0.2          0 65001     100     101       10    0    0 01:02:03          5

10.0.0.2        1     FULL/DR         00:00:39    10.1.0.2        GigabitEthernet0/0/0/1
    Neighbor is up for 1w2d
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from msgspec.structs import replace

from statetrace_engine.model.captured import BgpNeighborRow, OspfNeighborRow
from statetrace_engine.model.peer_states import printed
from statetrace_engine.parsing import ages, scan
from statetrace_engine.parsing.shown import Ask, Shown, vrf_asked

BGP_HEADER = re.compile(r"^Neighbor +Spk +AS +MsgRcvd", re.MULTILINE)
OSPF_HEADER = re.compile(r"^Neighbors for OSPF(?:v3)? ", re.MULTILINE)
STAMP = r"[A-Z][a-z]{2}[ ][A-Z][a-z]{2}[ ]++\d{1,2}[ ]\d\d:\d\d:\d\d[^%\n]*+"
"""The clock that XR prints before each answer."""

_NAME = r"([0-9a-fA-F]*[.:][0-9a-fA-F.:%/\w]*+)"
_AS = r"[ \t]++\d++[ \t]++(\d[\d.]{0,20}+)"
_COUNTS = r"(?:[ \t]++\d++){5}[ \t]++(\S++)[ \t]++([^\s\d][^\n]*?(?<![ \t])|\d{1,10}+)!?"
_BGP = scan.rows(
    rf"[ ]*+{_NAME}{_AS}{_COUNTS}(?P<row>)",
    rf"(?:{_AS})?{_COUNTS}(?P<wrapped>)",
    rf"{_NAME}(?:{_AS})?(?P<neighbor>)",
    r"(?:VRF:[ ]++|BGP[ ]VRF[ ]|[ ]*+VRF[ ]name:?[ ])(?P<vrf>[^\s,]++)[^\n]*+",
    rf"""(?:{STAMP}|BGP[ ][^\n]*+|Neighbor[ ][^\n]*+|Process[ ][^\n]*+|Speaker[ ][^\n]*+|Non-stop[^\n]*+|Table[ ]ID[^\n]*+|
        Address[ ]Family[^\n]*+|[-=]{{3,}}+|Some[ ]configured[^\n]*+|Route[ ]Distinguisher[^\n]*+|VRF[ ]ID[^\n]*+|
        Dampening[^\n]*+|(?:do[ ]not|address[ ]family|receiving|configured|in-bound|bound|policy|eBGP|Use[ ]the|advertised|Inbound|peers|routes|applied|these|out|See)\b
        [^\n]*+|%[ ]None[ ]of[^\n]*+)(?P<known>)""",
)


def bgp(text: str, ask: Ask) -> Shown:
    """A row a neighbour; `5!` is a count too (its policy is missing). Long addresses go on in the next line."""
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
        elif kind == "neighbor":
            shown.unparsed += [pending.span()] if pending else []
            pending = found
        elif kind == "vrf":
            vrf = found["vrf"]
        elif kind != "known":
            shown.unparsed.append(found.span())
            if pending and scan.interrupts(found[0]):
                shown.unparsed.append(pending.span())
                pending = None
    shown.unparsed += [pending.span()] if pending else []
    shown.unparsed.sort()
    return shown


def _bgp_row(vrf: str, neighbor: str, remote_as: str | None, age: str, state: str) -> BgpNeighborRow:
    if state.isdecimal():
        return BgpNeighborRow(vrf, neighbor, remote_as, "established", int(state), ages.seconds(age))
    return BgpNeighborRow(vrf, neighbor, remote_as, printed(state) or None)


_OSPF = scan.rows(
    r"""[*#]?[ ]*+(\d++\.\d++\.\d++\.\d++)[ \t]++\d++[ \t]++([A-Z0-9-]++)(?:/[ ]*+(?:-|[A-Z]\w*+)?)?[ \t]++(\S++)[ \t]++
        ([0-9a-fA-F.:]++)[ \t]++([A-Za-z]\S*+)(?P<row>)""",
    r"Neighbors[ ]for[ ]OSPF(?:v3)?[ ][^\s,]++(?:,[ ]VRF[ ](?P<vrf>\S++))?(?P<process>)",
    r"[ ]++Neighbor[ ]is[ ]up[ ]for[ ](?P<age>\S++)",
    rf"(?:{STAMP}|[*#][ ]Indicates[^\n]*+|Neighbor[ ]ID[ ][^\n]*+|Total[ ]neighbor[^\n]*+)(?P<known>)",
)


def ospf(text: str, ask: Ask) -> Shown:
    """A row an adjacency; how long it is up stands in a line of its own."""
    shown = Shown()
    vrf = asked = vrf_asked(ask.command) or "default"
    waits = False
    for found in _OSPF.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            router, state, _, address, interface = found.group(1, 2, 3, 4, 5)
            printed = address if "." in address or ":" in address else None
            shown.add(OspfNeighborRow(vrf, router, printed, interface, state.lower()), found.start(), found.end())
            waits = True
        elif kind == "process":
            vrf, waits = found["vrf"] or asked, False
        elif kind == "age" and waits:
            shown.rows[-1] = replace(shown.rows[-1], uptime_seconds=ages.seconds(found["age"]))
            shown.ends[-1] = found.end()
            waits = False
        elif kind == "rest" or kind == "age":
            shown.unparsed.append(found.span())
            waits = waits and scan.is_log(found[0])
    if ask.is_truncated and waits:
        shown.rows.pop()
        shown.unparsed.append((shown.starts.pop(), shown.ends.pop()))
        shown.unparsed.sort()
    return shown
