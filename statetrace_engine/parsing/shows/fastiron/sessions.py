"""Pure. FastIron `show ip bgp summary`, `show ip ospf neighbor`, `show ipv6 ospf neighbor`.

    Neighbor Address  AS#         State   Time          Rt:Accepted Filtered Sent     ToSend
    192.0.2.2         65002       ESTAB   1d20h32m      12          0        7        0
    Port   Address         Pri State      Neigh Address   Neigh ID        Ev Opt Cnt
    v10    10.1.10.1       1   FULL/DR    10.1.10.2       10.65.12.1      5  2   0
    RouterID        Pri State    DR              BDR             Interface   [State]
    10.1.1.1          1 Full     10.1.1.2        10.1.1.1        ve 10       [BDR]

Source: Ruckus FastIron Command Reference. BGP states are cut to five letters there: ESTAB, OPENC, ADMND.
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

from statetrace_engine.model.captured import BgpNeighborRow, OspfNeighborRow
from statetrace_engine.model.peer_states import SHUT
from statetrace_engine.parsing import ages, prefixes, scan
from statetrace_engine.parsing.shown import Ask, Shown, vrf_asked

_STATES = {
    "estab": "established", "activ": "active", "conn": "connect", "opens": "opensent", "openc": "openconfirm",
    "admnd": SHUT, "admin": SHUT,
}  # fmt: skip
_V4 = r"\d{1,3}(?:\.\d{1,3}){3}"
_IP = rf"{_V4}|[0-9A-Fa-f]{{0,4}}+:[0-9A-Fa-f:.]*+"
_COUNTS = (
    r"(?P<asn>\d++(?:\.\d++)?)[ ]++(?P<state>[A-Z]++|[A-Za-z]++)(?:[ ]?[-+><*cprs^]{1,5})?[ ]++"
    r"(?P<time>(?:\d++[ ]?[ywdhms][ ]*+)++|\d++:\d\d:\d\d|-|never)[ ]*+(?P<accepted>\d{1,10}+)(?:[ ]++\d++){0,6}"
)

_BGP = scan.rows(
    rf"[ ]*(?P<peer>{_IP})(?:[ ]++{_COUNTS})?(?P<row>)",
    rf"[ ]++{_COUNTS.replace('?P<', '?P<more_')}(?P<more>)",
    r"""[ ]*+(?:BGP4?\+?\ Summary|Router\ ID|Confederation|Cluster\ ID|Maximum\ Number|Number\ of|'.{1,2}':|Neighbor\ Address
        |Local\ AS|[Nn]o\ |BGP4?\ is)[^\n%]*+(?P<known>)""",
)


def bgp_summary(text: str, ask: Ask) -> Shown:
    """A BgpNeighborRow per neighbour; `ADMND` is shut down, and accepted prefixes stand for those received."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    waiting: tuple[str, int, int] | None = None
    for found in _BGP.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            if waiting is not None:
                shown.unparsed.append(waiting[1:])
            waiting = None
            if found["asn"] is None:
                waiting = (found["peer"], *found.span())
            else:
                shown.add(_peer(vrf, found["peer"], found.group("asn", "state", "time", "accepted")), *found.span())
        elif kind == "more" and waiting is not None:
            counts = found.group("more_asn", "more_state", "more_time", "more_accepted")
            shown.add(_peer(vrf, waiting[0], counts), waiting[1], found.end())
            waiting = None
        elif kind != "known":
            shown.unparsed.append(found.span())
    if waiting is not None:
        shown.unparsed.append(waiting[1:])
    shown.unparsed.sort()
    return shown


def _peer(vrf: str, peer: str, counts: tuple[str, ...]) -> BgpNeighborRow:
    asn, printed, time, accepted = counts
    state = _STATES.get(printed.lower(), printed.lower())
    is_up = state == "established"
    return BgpNeighborRow(
        vrf, prefixes.host(peer), asn, state, int(accepted) if is_up else None, ages.seconds(time) if is_up else None
    )


_PORT = r"[A-Za-z_]+\ \d[\d/:]*(?=\ )|[^\s%]++"
_OSPF = scan.rows(
    rf"""[ ]*(?P<port>{_PORT})[ ]++{_V4}[ ]++\d++[ ]++(?P<state>[A-Za-z0-9-]++)(?:\ ?/\ ?[A-Za-z-]*+)?[ ]++
      (?P<address>{_V4})[ ]++(?P<id>{_V4})(?:[ ]++\w++){{0,6}}(?P<row>)""",
    rf"""[ ]*(?P<id6>{_V4})[ ]++\d++[ ]++(?P<state6>[A-Za-z0-9-]++)(?:\ ?/\ ?[A-Za-z]*+)?[ ]++{_V4}[ ]++{_V4}[ ]++
      (?P<port6>[^\s%\[][^\n%\[]*?)(?<![ \t])(?:[ ]*+\[[^\]\n%]*+\])?(?P<row6>)""",
    rf"(?!{scan.FOREIGN})"
    r"""[ ]*+(?:Number\ of\ [Nn]eighbors|Total\ number\ of|Port[ ]++Address|RouterID|Router\ ID|Second-to-dead|No\ OSPF|
        Options?:|DBD|Last\ SeqNo|LSA|Interface:|Priority|[A-Za-z]++:\ )[^\n%]*+(?P<known>)""",
)


def ospf_neighbors(text: str, ask: Ask) -> Shown:
    """An OspfNeighborRow per neighbour, states as abbreviated by the device (`exst`)."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    for found in _OSPF.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            neighbour, address, port, state = found.group("id", "address", "port", "state")
        elif kind == "row6":
            neighbour, address, port, state = found["id6"], None, found["port6"], found["state6"]
        else:
            if kind == "rest":
                shown.unparsed.append(found.span())
            continue
        shown.add(OspfNeighborRow(vrf, neighbour, address, port.strip(), state.lower()), *found.span())
    return shown
