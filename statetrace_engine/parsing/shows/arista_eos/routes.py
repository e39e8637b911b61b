"""Pure. `show ip route` and `show ipv6 route` of EOS, of one VRF or of all.

O E1   0.0.0.0/0 [110/21] via 10.0.1.48, Vlan55
                          via 10.0.1.50, Vlan65
B E      10.1.0.0/16 [200/0]
          via 10.0.0.1, Ethernet1
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re
from sys import intern

from statetrace_engine.model.captured import RouteRow
from statetrace_engine.parsing import scan
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.prefixes import host, prefix
from statetrace_engine.parsing.shown import Ask, Shown, vrf_asked

HEADER = late(r"^VRF(?: name)?: \S+\s*\n(?:WARNING[^\n]*\n[^\n]*\n)?(?:Source )?Codes:", re.MULTILINE)
_WAY = r"""(?:via[ ](?:VTEP[ ](?P<{0}vtep>\S++)(?P<{0}vxlan>[^\n]*+)|(?P<{0}hop>[0-9A-Fa-f]*+[.:][0-9A-Fa-f:.]*+)(?:/\d++)?(?:%\S++)?
        (?:,[ ](?P<{0}out>[A-Za-z][A-Za-z-]*+\d[^\s,]*+))?[^\n]*+|(?P<{0}only>[A-Za-z][^\s,]*+)[^\n]*+)
    |(?:is[ ])?directly[ ]connected(?:[ ]\([^)\n]*+\))?(?:,[ ](?P<{0}direct>[^\s,]++))?[^\n]*+)"""
_LINES = scan.rows(
    rf"""[ ]{{0,3}}(?P<code>[A-Z][A-Z0-9]?(?:[ ][A-Z0-9]{{1,2}})?[%>*+]{{0,2}})[ ]++(?P<to>[0-9A-Fa-f]*+[.:][0-9A-Fa-f:.]*+/\d{{1,3}}+)
        (?:[ ]\[(?P<distance>\d{{1,10}}+)/(?P<metric>\d{{1,10}}+)\])?(?:[ ]\(?tag[ ](?P<tag>\d{{1,10}}+)\)?)?(?:[ ]\(source[ ]VRF[ ][^)\n]++\))?(?:,?[ ]+{_WAY.format("")})?(?P<route>)""",
    rf"(?P<indent>[ ]++){_WAY.format('n_')}(?P<more>)",
    r"VRF(?:[ ]name)?:[ ](?P<vrf>\S++)(?P<heading>)",
    rf"""(?:{scan.CODES}|(?:Source[ ])?Codes:[^\n]*+|[ ]{{4,}}+[A-Z][A-Z0-9]?[ ]{{0,2}}[A-Z0-9]{{0,2}}[ ]++-[ ][^\n]*+|Gateway[ ]of[ ]last[ ]resort[^\n]*+
        |![ ]IP(?:v6)?[ ]routing[ ]not[^\n]*+|WARNING:[^\n]*+|kernel,[ ]and[^\n]*+|Displaying[ ][^\n]*+|Routing[ ]entry[^\n]*+|IPv6[ ]Routing[ ]Table[^\n]*+|Maximum[ ]number[^\n]*+)(?P<legend>)""",
)
_PROTOCOLS = {
    "C": "connected", "S": "static", "K": "kernel", "O": "ospf", "IA": "ospf", "E1": "ospf", "E2": "ospf", "N1": "ospf",
    "N2": "ospf", "O3": "ospf", "B": "bgp", "A B": "bgp", "A O": "ospf", "R": "rip", "I": "isis", "NG": "static", "V": "vxlan",
    "M": "martian", "DH": "dhcp", "DP": "policy", "L": "leaked", "G": "gribi", "RC": "cache", "CL": "connected",
}  # fmt: skip

_DEEP = "    "
"""Begins a line that says more of the route above it; a route of its own stands further to the left."""


def parse(text: str, ask: Ask) -> Shown:
    """A RouteRow per next hop; what a tunnel below it resolves to is no hop of its own."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    route: re.Match[str] | None = None
    is_waiting = False
    tunnel: int | None = None
    for found in _LINES.finditer(text):
        kind = found.lastgroup
        if kind == "more" and route:
            indent = len(found["indent"])
            if tunnel is not None and indent > tunnel:
                continue
            tunnel = indent if " tunnel " in found[0] or "/32," in found[0] else None
            begin = route.start() if is_waiting else found.start()
            hop, out = _way(found, "n_")
            shown.add(_row(vrf, route, hop, out), begin, found.end())
            is_waiting = False
            continue
        if kind in ("rest", "more"):
            shown.unparsed.append(found.span())
            if kind == "more" or found[0].startswith(_DEEP) or scan.is_log(found[0]):
                continue
        if is_waiting and route:
            shown.unparsed.append(route.span())
        is_waiting, tunnel = False, None
        if kind == "route":
            route = found
            hop, out = _way(found, "")
            tunnel = found[0].find("via ") if hop and " tunnel index " in found[0] else None
            is_waiting = not hop and not out and "connected" not in found[0]
            if not is_waiting:
                shown.add(_row(vrf, found, hop, out), found.start(), found.end())
        else:
            route = None
            vrf = found["vrf"] if kind == "heading" else vrf
    if is_waiting and route:
        shown.unparsed.append(route.span())
    shown.unparsed.sort()
    return shown


def _way(found: re.Match[str], of: str) -> tuple[str | None, str | None]:
    hop = found[of + "hop"] or found[of + "vtep"]
    out = found[of + "out"] or found[of + "only"] or found[of + "direct"]
    if found[of + "vtep"] and "local-interface" in found[of + "vxlan"]:
        out = found[of + "vxlan"].rpartition("local-interface")[2].strip() or None
    return host(hop) if hop else None, intern(out) if out else None


def _row(vrf: str, route: re.Match[str], hop: str | None, out: str | None) -> RouteRow:
    code = route["code"]
    bare = code.rstrip("%>*+")
    distance, metric, tag = route["distance"], route["metric"], route["tag"]
    return RouteRow(
        vrf,
        prefix(route["to"]) or route["to"],
        hop,
        out,
        _PROTOCOLS.get(bare) or _PROTOCOLS.get(bare.partition(" ")[0]),
        code,
        int(distance) if distance else None,
        int(metric) if metric else None,
        int(tag) if tag else None,
        None,
        "%" not in code,
    )
