"""Pure. FRRouting's BGP summary, OSPF neighbours and `show version`.

Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc
10.1.1.1        4      65001         7         8        0    0    0 00:00:29            1        3 N/A
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from statetrace_engine.model.captured import BgpNeighborRow, OspfNeighborRow, VersionRow
from statetrace_engine.model.peer_states import printed
from statetrace_engine.parsing import ages, scan
from statetrace_engine.parsing.prefixes import host
from statetrace_engine.parsing.shown import Ask, Shown, vrf_asked

BGP_HEADER = re.compile(r"^Neighbor +V +AS +MsgRcvd +MsgSent +TblVer +InQ OutQ +Up/Down State/PfxRcd +PfxSnt", re.M)
OSPF_HEADER = re.compile(r"^Neighbor ID +Pri State +Up Time +Dead Time", re.MULTILINE)
_TAIL = r"[ ]++4[ ]++(\d[\d.]*+)(?:[ ]++\d++){5}[ ]++(never|[\dywdhm:]++)[ ]++(\d{1,10}+|\([A-Za-z]++\)|[A-Z]\w++(?:[ ]\([A-Za-z]++\))?)(?:[ ][^\n]*)?"
_BGP = scan.rows(
    rf"([*]?[^\s%][^\s]*+){_TAIL}(?P<row>)",
    rf"(?P<cut>){_TAIL}(?P<wrapped>)",
    r"""(?:(?:IPv[46]|L2VPN)[ ][^\n]*Summary[ ]*(?:\(VRF[ ](?P<vrf>[^)\s]++)\))?:|Instance[ ](?P<vrf2>\S++):|
        BGP[ ]router[ ]identifier[ ][^\n]*+)(?P<heading>)""",
    r"""(?:BGP[ ]table|RIB[ ]entries|Peers[ ]\d|Peer[ ]groups|Neighbor[ ]++V|Total[ ]number|Displayed|\*[ ]-[ ]|
        \d++[ ]dynamic|No[ ](?:BGP|IPv[46])|%[ ]No[ ]BGP[ ]neighbors|Dampening)[^\n]*+(?P<known>)""",
    r"(?P<name>[*]?[^\s%{]\S{15,}+)",
)


def bgp(text: str, ask: Ask) -> Shown:
    """A BgpNeighborRow per neighbour and family; `(Policy)` is established without a policy to accept by."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    pending: re.Match[str] | None = None
    for found in _BGP.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            shown.add(_peer(vrf, *found.group(1, 2, 3, 4)), found.start(), found.end())
        elif kind == "wrapped" and pending:
            shown.add(_peer(vrf, pending["name"], *found.group(7, 8, 9)), pending.start(), found.end())
            pending = None
            continue
        elif kind == "heading":
            vrf = found["vrf"] or found["vrf2"] or vrf
        elif kind == "rest":
            shown.unparsed.append(found.span())
            continue
        elif kind == "wrapped":
            shown.unparsed.append(found.span())
        if pending:
            shown.unparsed.append(pending.span())
        pending = found if kind == "name" else None
    if pending:
        shown.unparsed.append(pending.span())
    shown.unparsed.sort()
    return shown


def _peer(vrf: str, name: str, remote_as: str, age: str, state: str) -> BgpNeighborRow:
    inner = re.fullmatch(r"\*?[^()]*\(([0-9a-fA-F.:]+)\)", name)
    neighbor = host(inner[1]) if inner else name.lstrip("*")
    if state.isdecimal():
        return BgpNeighborRow(vrf, neighbor, remote_as, "established", int(state), ages.seconds(age))
    word = "established" if state in ("(Policy)", "NoNeg") else printed(state)
    return BgpNeighborRow(vrf, neighbor, remote_as, word, None, ages.seconds(age))


_OSPF = scan.rows(
    r"""(\d++\.\d++\.\d++\.\d++)[ ]++\d++[ ]++([A-Za-z0-9-]++)/\S++[ ]++(?:([\dywdhm:.]++s?|-)[ ]++)?([\dywdhms:.]++|-)[ ]++
        (\d++\.\d++\.\d++\.\d++)[ ]++([^\s:]++)(?::\S++)?[ ]++\d++[ ]++\d++[ ]++\d++(?P<row>)""",
    r"""(\d++\.\d++\.\d++\.\d++)[ ]++\d++[ ]++([\d:]++)[ ]++([A-Za-z0-9-]++)/\S++[ ]++([\d:ywdhm]++)[ ]++
        ([^\s\[]++)\[[^\]\s]++\](?P<v6>)""",
    r"(?:VRF[ ]Name:[ ]++(?P<vrf>\S++)|OSPF[ ]Instance:[ ]++\S++)(?P<heading>)",
    r"(?:Neighbor[ ]ID[ ]|%[ ]OSPF)[^\n]*+(?P<known>)",
)


def ospf(text: str, ask: Ask) -> Shown:
    """An OspfNeighborRow per adjacency, of OSPF and OSPFv3."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    for found in _OSPF.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            router, state, age, _, address, port = found.group(1, 2, 3, 4, 5, 6)
            row = OspfNeighborRow(vrf, router, address, port, state.lower(), ages.seconds(age or "never"))
            shown.add(row, found.start(), found.end())
        elif kind == "v6":
            router, _, state, age, port = found.group(8, 9, 10, 11, 12)
            row = OspfNeighborRow(vrf, router, None, port, state.lower(), ages.seconds(age))
            shown.add(row, found.start(), found.end())
        elif kind == "heading":
            vrf = found["vrf"] or vrf
        elif kind == "rest":
            shown.unparsed.append(found.span())
    return shown


_VERSION = re.compile(r"^FRRouting (\S+) \(([^)\s]+)\)", re.MULTILINE)


def version(text: str, ask: Ask) -> Shown:
    """One row: `FRRouting 8.4.4 (core1) on Linux(6.1.0).`; the lines below it tell how it was built."""
    shown = Shown()
    found = _VERSION.search(text)
    for line, start, end in scan.lines(text):
        if scan.is_log(line) or found is None or (ask.is_truncated and start > found.start()):
            shown.unparsed.append((start, end))
    if found:
        shown.add(VersionRow(found[2], found[1]), *found.span())
    return shown
