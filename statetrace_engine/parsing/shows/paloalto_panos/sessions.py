"""Pure. PAN-OS BGP and OSPF neighbours, of virtual routers and of the Advanced Routing Engine.

    peer ISP1:                        AS 65010, Established, IP 192.0.2.1
    Peer status:                Established, for 1234 seconds
    neighbor address:           10.1.1.2
    Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc

Source: PAN-OS CLI Quick Start (`show routing protocol bgp summary|peer`, `show routing protocol ospf neighbor`); the
Advanced Routing Engine prints tables and labels.
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re
from collections.abc import Callable

from statetrace_engine.model.captured import BgpNeighborRow, OspfNeighborRow
from statetrace_engine.model.peer_states import printed
from statetrace_engine.parsing import ages, prefixes, scan
from statetrace_engine.parsing.blocks import Block, blocks
from statetrace_engine.parsing.shown import Ask, Shown, missed, vrf_asked

_IP = r"(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}+:[0-9A-Fa-f:.]*+)"
_LABELLED = (
    rf"(?:(?!{scan.FOREIGN})[ \t]*+[A-Za-z0-9][^\n%:]{{0,60}}:[^\n]*+|[ ]*+[=-]{{4,}}+|[ ]++[^\n%]*+)(?P<known>)"
)
_ROUTER = r"(?P<within>[ ]*(?i:virtual|logical)[ ](?i:router)(?:[ ]name)?[ ]*+:[ ]*+(?P<vrf>\S[^\n]{0,100}?)(?<![ ])(?:[ ]++\(id[ ]++\d++\))?)"

_SUMMARY = scan.rows(
    rf"""[ ]*(?:(?P<peer>{_IP})|[^\s%]++\((?P<named>{_IP})\))[ ]++4[ ]++(?P<asn>\d++(?:\.\d++)?)(?:[ ]++\d++){{5}}[ ]++
      (?P<uptime>\S++)[ ]++(?P<state>\d{{1,10}}+|[A-Z][A-Za-z]++(?:\ \([^)\n]*+\))?)(?:[ ]++[^\n]*)?(?P<row>)""",
    rf"""[ ]*peer[ ](?P<name>[^\n:]{{1,80}}):[ ]++AS[ ](?P<old_asn>\d++(?:\.\d++)?),[ ](?P<old_state>\w++),[ ]IP[ ]
      (?P<old_peer>{_IP})(?P<old>)""",
    _ROUTER.replace("(?P<within>", "(?:"),
    rf"(?:(?!{scan.FOREIGN})(?:[ ]*+[A-Za-z][^\n%:]{{0,60}}:[^\n]*+)|[ ]*+[=-]{{4,}}+|(?:BGP\ |RIB\ |Peers\ |Neighbor[ ]|"
    r"Total\ number|IPv[46]\ |Peer\ groups?\ |[Nn]o\ )[^\n%]*+)(?P<known>)",
)


def bgp_summary(text: str, ask: Ask) -> Shown:
    """A BgpNeighborRow per peer; the old engine's summary holds no counts."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    for found in _SUMMARY.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            state = found["state"]
            is_up = state.isdecimal()
            row = BgpNeighborRow(
                vrf,
                prefixes.host(found["peer"] or found["named"]),
                found["asn"],
                "established" if is_up else printed(state),
                int(state) if is_up else None,
                ages.seconds(found["uptime"]) if is_up else None,
            )
        elif kind == "old":
            row = BgpNeighborRow(vrf, prefixes.host(found["old_peer"]), found["old_asn"], found["old_state"].lower())
        else:
            if kind == "vrf":
                vrf = found["vrf"]
            elif kind == "rest":
                shown.unparsed.append(found.span())
            continue
        shown.add(row, found.start(), found.end())
    return shown


_PEER = scan.rows(
    r"(?P<begin>[ ]*(?:Peer|Peer\ [Nn]ame|peer\ name):[ ]++(?P<name>\S[^\n]{0,80}?)(?<![ ])(?:[ ]++\(id[ ]++\d++\))?)",
    rf"""(?P<field>[ ]*(?i:
        (?:virtual|logical)[ ]router(?:[ ]name)?:[ ]++(?P<vrf>\S[^\n]{{0,100}}?)(?<![ ])(?:[ ]++\(id[ ]++\d++\))?
      | remote[ ]as:[ ]++(?P<asn>\d++(?:\.\d++)?)
      | (?:peer[ ](?:status|state)|state):[ ]++(?P<state>[A-Za-z]++)(?:,[ ]for[ ](?P<uptime>\d{{1,10}}+)[ ]seconds?)?[^\n]*+
      | (?:remote[ ]address|peer[ ]ip(?:[ ]address)?):[ ]++\[?(?P<peer>{_IP}?)\]?(?::\d{{1,5}})?
      | incoming[ ]prefix:[ ]++accepted[ ](?P<prefixes>\d{{1,10}}+)[^\n]*+
      | prefixes[ ](?:received|accepted):[ ]++(?P<prefixes2>\d{{1,10}}+) ))""",
    _LABELLED,
)


def bgp_peers(text: str, ask: Ask) -> Shown:
    """A BgpNeighborRow per peer; prefixes are those accepted, of the first address family."""
    return _blocks(text, ask, _PEER, _bgp_peer)


def _bgp_peer(block: Block, vrf: str) -> BgpNeighborRow | None:
    said = block.fields
    if "peer" not in said:
        return None
    state = said.get("state", "").lower() or None
    count, uptime = said.get("prefixes") or said.get("prefixes2"), said.get("uptime")
    is_up = state == "established"
    return BgpNeighborRow(
        said.get("vrf", vrf),
        prefixes.host(said["peer"]),
        said.get("asn"),
        state,
        int(count) if count and is_up else None,
        int(uptime) if uptime and is_up else None,
    )


_OSPF_BLOCKS = scan.rows(
    _ROUTER,
    rf"(?P<begin>[ ]*(?i:neighbor[ ]address):[ ]++(?P<address>{_IP}))",
    r"""(?P<field>[ ]*(?i:
        (?:status|state):[ ]++(?P<state>2[ ]way|[\w-]++)[^\n]*+
      | neighbor[ ]router[ ]id:[ ]++(?P<router>[\d.]++)
      | (?:local[ ])?interface(?:[ ]name)?:[ ]++(?P<port>[A-Za-z]\S*+) ))""",
    _LABELLED,
)
_OSPF_TABLE = scan.rows(
    rf"""[ ]*(?P<id>\d{{1,3}}(?:\.\d{{1,3}}){{3}})[ ]++\d++[ ]++(?P<state>[A-Za-z0-9-]++)(?:/[ ]?[\w-]*+)?[ ]++
      (?:(?P<up>\d++:\d\d:\d\d|(?:\d++[ywdhm])+)[ ]++)?(?:[\d.]++s|\d++:\d\d:\d\d)[ ]++(?P<address>{_IP})[ ]++
      (?P<face>[^\s:%]++)(?::\S++)?(?:[ ]++\d++)*+(?P<row>)""",
    _ROUTER.replace("(?P<within>", "(?:"),
    r"(?:Neighbor\ ID|[ ]*+[=-]{4,}+)[^\n%]*+(?P<known>)",
)


def _ospf_table(text: str, ask: Ask) -> Shown:
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    for found in _OSPF_TABLE.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            up = ages.seconds(found["up"]) if found["up"] else None
            state = found["state"].lower()
            row = OspfNeighborRow(vrf, found["id"], prefixes.host(found["address"]), found["face"], state, up)
            shown.add(row, found.start(), found.end())
        elif kind == "vrf":
            vrf = found["vrf"]
        elif kind == "rest":
            shown.unparsed.append(found.span())
    return shown


def ospf_neighbors(text: str, ask: Ask) -> Shown:
    """An OspfNeighborRow per neighbour, from either engine's form."""
    return _ospf_table(text, ask) if "Neighbor ID" in text else _blocks(text, ask, _OSPF_BLOCKS, _ospf_neighbor)


def _ospf_neighbor(block: Block, vrf: str) -> OspfNeighborRow | None:
    said = block.fields
    return OspfNeighborRow(
        said.get("vrf", vrf),
        said.get("router", ""),
        prefixes.host(said["address"]),
        said.get("port"),
        said.get("state", "").lower().replace(" ", "") or None,
    )


def _blocks(
    text: str, ask: Ask, pattern: re.Pattern[str], row: Callable[[Block, str], BgpNeighborRow | OspfNeighborRow | None]
) -> Shown:
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    for block in blocks(text, pattern, shown.unparsed, is_truncated=ask.is_truncated):
        made = row(block, vrf)
        if made is None:
            missed(text, block.start, block.end, shown.unparsed)
        else:
            shown.add(made, block.start, block.end)
    shown.unparsed.sort()
    return shown
