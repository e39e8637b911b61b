"""Pure. BGP summaries and OSPF neighbours of EOS.

Description              Neighbor         V  AS           MsgRcvd   MsgSent  InQ OutQ  Up/Down State   PfxRcd PfxAcc
RTR 5                    192.0.2.5        4  64497.233        137       112    0    0 02:12:59 Estab   11     14
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from statetrace_engine.model.captured import BgpNeighborRow, OspfNeighborRow
from statetrace_engine.model.peer_states import printed
from statetrace_engine.parsing import ages, blocks, scan
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.prefixes import host
from statetrace_engine.parsing.shown import Ask, Shown, vrf_asked

BGP_HEADER = late(r"^BGP summary information for VRF \S+\s*\nRouter identifier", re.MULTILINE)
OSPF_HEADER = late(r"^Neighbor ID +(?:Instance +)?VRF +Pri +State", re.MULTILINE)
_IP = r"(?:\d++\.\d++\.\d++\.\d++|[0-9a-fA-F]*+:[0-9a-fA-F:.]++)(?:%\S++)?"
_BGP = scan.rows(
    rf"""[ ]*+(?:\S[^\n]{{0,60}}?(?<![ ])[ ]++)??({_IP})[ ]++4[ ]++(\d[\d.]*+)[ ]++\d++[ ]++\d++[ ]++\d++[ ]++\d++[ ]++(\S++)[ ]++
        (?:(\d{{1,10}}+)|([A-Z]\w*+(?:\([^)\n]*\))?)(?:[ ]++(\d{{1,10}}+)(?!\d)(?:[ ]++\d++)?[^\n]*+)?)(?P<row>)""",
    rf"""[ ]*+(?:\S[^\n]{{0,60}}?(?<![ ])[ ]++)??({_IP})[ ]++(\d[\d.]*+)[ ]++([A-Z]\w++(?:\([^)\n]*\))?)[ ]++(?:IPv[46]|L2VPN|Link)[^\n]*?[ ]
        (?:Negotiated|Advertised|Received|Configured|Not[ ]Negotiated)(?:[ ]++(\d{{1,10}}+)(?:[ ]++\d++)*+)?(?P<new>)""",
    r"BGP[ ]summary[ ]information[ ]for[ ]VRF[ ](?P<vrf>\S++)(?P<heading>)",
    r"""[ ]*+(?:BGP[ ]router|Router[ ]identifier|Neighbor[ ]|Description[ ]|RFD|-+[ ]-+|m[ ]-[ ])[^\n]*+(?P<known>)""",
)


def bgp(text: str, ask: Ask) -> Shown:
    """A BgpNeighborRow per neighbour (and address family, where EOS 4.28 and later print it)."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    for found in _BGP.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            neighbor, remote, age, alone, state, count = found.group(1, 2, 3, 4, 5, 6)
            row = _peer(vrf, neighbor, remote, state or "Estab", alone or count, age)
            shown.add(row, found.start(), found.end())
        elif kind == "new":
            neighbor, remote, state, count = found.group(8, 9, 10, 11)
            shown.add(_peer(vrf, neighbor, remote, state, count, "never"), found.start(), found.end())
        elif kind == "heading":
            vrf = found["vrf"]
        elif kind == "rest":
            shown.unparsed.append(found.span())
    return shown


def _peer(vrf: str, neighbor: str, remote: str, state: str, count: str | None, age: str) -> BgpNeighborRow:
    word = "established" if state.startswith("Estab") else printed(state)
    uptime = ages.seconds(age) if word == "established" else None
    return BgpNeighborRow(vrf, host(neighbor), remote, word, int(count) if count else None, uptime)


_OSPF = scan.rows(
    r"""[ ]*+(\d++\.\d++\.\d++\.\d++)[ ]++(?:\d++[ ]++(?=\S++[ ]++\d++[ ]))?(?:([^\s\d/]\S*+|\d\S*+(?=[ ]++\d++[ ]++(?:[A-Z0-9]*[A-Z]|2[ ]WAY)))[ ]++)?\d++[ ]++((?=[0-9]*+[A-Z])[A-Z0-9]++|2[ ]WAYS?|EXCH[ ]START)(?:/[ ]*+\S++)?
        [ ]++(\S++)[ ]++(\d++\.\d++\.\d++\.\d++)[ ]++(\S++)(?P<row>)""",
    r"(?:Neighbor[ ]ID[ ]|OSPF)[^\n]*+(?P<known>)",
)

_STATES = {"2 WAYS": "2way", "2 WAY": "2way", "EXCH START": "exstart"}
"""How EOS prints what others print in one word."""


def ospf(text: str, ask: Ask) -> Shown:
    """An OspfNeighborRow per adjacency."""
    shown = Shown()
    asked = vrf_asked(ask.command) or "default"
    for found in _OSPF.finditer(text):
        if found.lastgroup == "row":
            router, vrf, state, _, address, port = found.group(1, 2, 3, 4, 5, 6)
            state = _STATES.get(state, state.lower())
            shown.add(OspfNeighborRow(vrf or asked, router, address, port, state), found.start(), found.end())
        elif found.lastgroup == "rest":
            shown.unparsed.append(found.span())
    return shown


_OSPF3 = scan.rows(
    r"Neighbor[ ](?P<id>\d++\.\d++\.\d++\.\d++)(?:,?[ ](?:VRF|vrf)[ ](?P<vrf>\S++))?,?[ ]priority[ ]is[ ]\d++,[ ]state[ ]is[ ](?P<state>[A-Za-z0-9 ]++)(?P<begin>)",
    blocks.fields(r"[ ]++In[ ]area[ ]\S++[ ]interface[ ](?P<interface>\S++)[^\n]*+"),
    r"(?:Routing[ ]Process|OSPFv3)[ ][^\n]*+(?P<within>)",
    rf"(?!{scan.LOG_VERBOSE})[ ]++[^\n]*\S[^\n]*+(?P<known>)",
)


def ospf3(text: str, ask: Ask) -> Shown:
    """An OspfNeighborRow per adjacency of OSPFv3, which tells no address."""
    asked = vrf_asked(ask.command) or "default"

    def row(of: blocks.Fields) -> OspfNeighborRow:
        state = of["state"].strip().upper()
        return OspfNeighborRow(
            of.get("vrf", asked), of["id"], None, of.get("interface"), _STATES.get(state, state.lower())
        )

    return blocks.records(text, ask, _OSPF3, row)
