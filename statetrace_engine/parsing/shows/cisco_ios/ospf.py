"""Pure. `show ip ospf neighbor` and `show ipv6 ospf neighbor` (OSPFv3), brief and `detail`.

10.0.0.1          0   FULL/  -        00:00:32    10.0.1.1        Port-channel1
10.0.0.9          1   2WAY/DROTHER    952 msec    7               GigabitEthernet0/2
"""

from __future__ import annotations

import re

from statetrace_engine.model.captured import OspfNeighborRow
from statetrace_engine.parsing import scan
from statetrace_engine.parsing.ages import seconds
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.prefixes import host
from statetrace_engine.parsing.shown import Ask, Shown, vrf_asked

_V4 = r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}"
_LINE = late(
    rf"""^(?:
      [ ]?(?P<id>{_V4})[ ]++\d++[ ]++(?P<state>[A-Z0-9]++)[ ]?/[ ]*+(?:[A-Z]++|-)?
      [ ]++(?:-|[\w:.]++(?:[ ]msec)?)[ ]++(?:(?P<address>{_V4}|[0-9A-Fa-f]{{0,4}}:[0-9A-Fa-f:.]++)|\d++)
      [ ]++(?P<interface>[A-Za-z]\S*+)
    | [ ]*+Neighbor[ ](?P<peer>{_V4})(?:,[ ]interface\ address[ ](?P<peer_address>[0-9A-Fa-f:.]++))?[^\n]*
    | [ ]++In\ the\ area[ ]\S++[^\n]*?[ ]interface[ ](?P<peer_interface>[^\s,]++)[^\n]*
    | [ ]++Neighbor:\ interface-id[^\n]{{0,60}}?link-local\ address[ ](?P<link_local>[0-9A-Fa-f:.]++)
    | [ ]++Neighbor\ priority\ is[ ]\d++,[ ]State\ is[ ](?P<peer_state>\w++)[^\n]*
    | [ ]++Neighbor\ is\ up\ for[ ](?P<up>[\w:]++)
    | (?P<heading>
        Neighbor\ ID\ +Pri\ [^\n]* | [ ]*+OSPFv?3?\ [^\n]*\((?:Process|[Rr]outer|ID|VRF)?[^\n]*
      | [ ]*+OSPF\ Router\ with\ ID[^\n]* | {scan.CLOCK} )
    | (?P<detail>[ ]{{2,}}+(?![^\n%]{{0,80}}%[A-Z])[A-Z][^\n]*)
    | (?P<rest>[^\n]*\S[^\n]*)
    )[ \t]*+$""",
    re.VERBOSE | re.MULTILINE,
)
_VRF = late(r"\bVRF ([^\s)]+)", re.IGNORECASE)


def parse(text: str, ask: Ask) -> Shown:
    """An OspfNeighborRow per adjacency; the last of a truncated `detail` is held back."""
    shown = Shown()
    vrf = asked = vrf_asked(ask.command) or "default"
    peers: list[_Peer] = []
    for found in _LINE.finditer(text):
        if found["id"] is not None:
            address, state = found["address"], found["state"].lower()
            row = OspfNeighborRow(vrf, found["id"], host(address) if address else None, found["interface"], state)
            shown.add(row, *found.span())
        elif found["peer"] is not None:
            peers.append(_Peer(found, vrf))
        elif found["rest"] is not None or (found["detail"] is not None and not peers):
            shown.unparsed.append(found.span())
        elif found["heading"] is not None:
            if "OSPF" in found[0]:
                named = _VRF.search(found[0])
                vrf = named[1] if named else asked
        elif peers:
            peers[-1].learn(found)
        else:
            shown.unparsed.append(found.span())
    if ask.is_truncated and peers:
        shown.unparsed.append(peers.pop().line)
    for peer in peers:
        shown.add(peer.row(), peer.line[0], peer.end)
    shown.unparsed.sort()
    return shown


class _Peer:
    """One adjacency of `detail`, growing line by line."""

    def __init__(self, found: re.Match[str], vrf: str) -> None:
        self.vrf = vrf
        self.line = found.span()
        self.end = found.end()
        self.seen: dict[str, str] = {"id": found["peer"]}
        self.learn(found)

    def learn(self, found: re.Match[str]) -> None:
        self.end = found.end()
        for name in ("peer_address", "peer_interface", "link_local", "peer_state", "up"):
            if found[name] is not None:
                self.seen.setdefault(name, found[name])

    def row(self) -> OspfNeighborRow:
        seen = self.seen
        address, state, up = seen.get("peer_address") or seen.get("link_local"), seen.get("peer_state"), seen.get("up")
        return OspfNeighborRow(
            self.vrf,
            seen["id"],
            host(address) if address else None,
            seen.get("peer_interface"),
            state.lower() if state else None,
            seconds(up) if up else None,
        )
