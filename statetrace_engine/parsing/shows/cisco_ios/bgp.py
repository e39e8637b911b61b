"""Pure. `show ip bgp summary` of every address family: a line a neighbour, its address sometimes on a line of its own.

Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
10.0.14.4       4        65001      26      27        9    0    0 00:20:06        7
*10.0.15.5      4   64000.2017       0       0        1    0    0 never    Idle (Admin)
"""

from __future__ import annotations

import re

from statetrace_engine.model.captured import BgpNeighborRow
from statetrace_engine.model.peer_states import printed
from statetrace_engine.parsing import scan
from statetrace_engine.parsing.ages import seconds
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.prefixes import host
from statetrace_engine.parsing.shown import Ask, Shown, vrf_asked

_ADDRESS = r"\*?(?:\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?!/)|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]*+(?:%[\w/.-]++)?)"
_LINE = late(
    rf"""^(?:
      (?:(?P<neighbor>{_ADDRESS})|(?=[ ]))[ ]++[46][ ]++(?P<as>\d{{1,10}}+(?:\.\d{{1,5}}+)?)
      (?:[ ]++\d++){{5}}[ ]++(?P<age>[\w:]++)[ ]++(?:(?P<count>\d{{1,10}}+)|
        \(?(?P<state>[A-Z][A-Za-z]*+(?:\ ?\([^\n]*)?)\)?)
    | [ ]*+(?P<alone>{_ADDRESS})
    | (?P<table>BGP\ router\ identifier\b[^\n]*)
    | (?P<heading>
        (?:For\ (?:address\ family|VRF):|BGP\ (?:table|using|activity|is|peergroup)\b|Neighbor\ +V\ |Path\ RPKI|
          Dampening|
          (?:Total\ )?[Dd]ynamically\ created|\*?\ ?Dynamically|\*\ |Listen\ range|RIB\ |
          \d++(?:/\d++)?\ (?:[A-Za-z]++\ ){{1,5}}
          (?:entries|paths?|using|prefixes)|
          \d++\ (?:BGP|networks?|path|multipath|received|history|dampened|filtered|identical)\b|
          \ ++\d++\.\d++\.\d++\.\d++/\d)[^\n]*
      | {scan.CLOCK} )
    | (?P<rest>[^\n]*\S[^\n]*)
    )[ \t]*+$""",
    re.VERBOSE | re.MULTILINE,
)
_VRF = late(r"\bvrf (\S+)", re.IGNORECASE)


def parse(text: str, ask: Ask) -> Shown:
    """A BgpNeighborRow per line and address family; a dynamic neighbour (`*10.0.0.1`) without its mark."""
    shown = Shown()
    vrf = asked = vrf_asked(ask.command) or "default"
    alone: tuple[str, int, int] | None = None
    for found in _LINE.finditer(text):
        if found["rest"] is not None:
            shown.unparsed.append(found.span())
            if alone and scan.interrupts(found[0]):
                shown.unparsed.append(alone[1:])
                alone = None
            continue
        neighbor, start = found["neighbor"], found.start()
        if found["as"] is not None and neighbor is None and alone:
            (neighbor, start, _), alone = alone, None
        if alone:
            shown.unparsed.append(alone[1:])
            alone = None
        if found["alone"] is not None:
            alone = (found["alone"], found.start(), found.end())
        elif found["as"] is not None and neighbor is None:
            shown.unparsed.append(found.span())
        elif neighbor is not None:
            shown.add(_row(vrf, neighbor, found), start, found.end())
        elif found["table"] is not None:
            named = _VRF.search(found[0])
            vrf = named[1] if named else asked
    if alone:
        shown.unparsed.append(alone[1:])
    shown.unparsed.sort()
    return shown


def _row(vrf: str, neighbor: str, found: re.Match[str]) -> BgpNeighborRow:
    count = found["count"]
    state = "established" if count else printed(found["state"])
    return BgpNeighborRow(
        vrf,
        host(neighbor.lstrip("*")),
        found["as"],
        state,
        int(count) if count else None,
        seconds(found["age"]) if count else None,
    )
