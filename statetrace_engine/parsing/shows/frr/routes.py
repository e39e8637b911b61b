"""Pure. `show ip route` and `show ipv6 route` of FRRouting.

B>* 0.0.0.0/0 [20/0] via 10.2.1.2, eth1, weight 1, 00:00:26
  *                  via 10.3.1.2, eth2, weight 1, 00:00:26
"""

from __future__ import annotations

import re

from statetrace_engine.model.captured import RouteRow
from statetrace_engine.parsing import ages, scan
from statetrace_engine.parsing.prefixes import host, prefix
from statetrace_engine.parsing.shown import Ask, Shown, vrf_asked
from statetrace_engine.parsing.shows.frr import route_detail

PROTOCOLS = {
    "K": "kernel", "C": "connected", "L": "local", "S": "static", "R": "rip", "O": "ospf", "I": "isis", "B": "bgp",
    "E": "eigrp", "N": "nhrp", "T": "table", "v": "vnc", "V": "vnc", "A": "babel", "F": "pbr", "f": "openfabric",
    "D": "sharp", "t": "table-direct",
}  # fmt: skip
HEADER = re.compile(r"^Codes: K - kernel route, C - connected", re.MULTILINE)
_LINES = scan.rows(
    r"""(?:(?P<letter>[A-Za-z])(?P<flags>[>*qrbto ]{0,4}?)[ ]++(?P<to>[0-9a-fA-F]*+[.:][0-9a-fA-F.:]*+/\d{1,3}+)
          (?:[ ]\[(?P<distance>\d{1,10}+)/(?P<metric>\d{1,10}+)\])?[ ]
        |[ ]{2}(?P<mark>[*qrbto ]?)[ ]++(?=via[ ]|is[ ]|unreach))
        (?P<way>via[ ](?P<hop>[^\s,]++)|is[ ]directly[ ]connected|(?P<nowhere>unreachable(?:[ ]\(blackhole\))?+))
        (?P<said>[^\n]*+)(?P<row>)""",
    r"(?:VRF[ ](?P<vrf>[^\s:]++)(?:[ ]table[ ]\d++)?|IPv[46][ ]\S++[ ]VRF[ ](?P<vrf2>[^\s:]++)):(?P<heading>)",
    rf"{scan.CODES}(?P<legend>)",
)
_OUT = re.compile(r", (?!src |weight |label |seg6|encap|onlink|\d)([^\s,(]+)")
_AGE = re.compile(r", (\S+)$")
_NOT_INSTALLED = frozenset("brq")
"""Selected, but a backup, rejected by the kernel, or queued for it."""


def parse(text: str, ask: Ask) -> Shown:
    """A RouteRow per next hop; what a recursive next hop resolves to (indented below it) is not a hop of its own."""
    if route_detail.HEADER.search(text):
        return route_detail.parse(text, ask)
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    entry: re.Match[str] | None = None
    recursive: int | None = None
    for found in _LINES.finditer(text):
        kind = found.lastgroup
        if kind == "heading":
            vrf, entry = found["vrf"] or found["vrf2"], None
        elif kind == "row":
            if found["letter"]:
                entry, recursive = found, None
            if entry is None:
                shown.unparsed.append(found.span())
                continue
            column = found.start("way") - found.start()
            if recursive is not None and column > recursive:
                continue
            recursive = column if "(recursive" in found["said"] else None
            shown.add(_row(vrf, entry, found), found.start(), found.end())
        elif kind == "rest":
            shown.unparsed.append(found.span())
            entry = entry if scan.is_log(found[0]) else None  # what follows may be of a route unread
    return shown


def _row(vrf: str, entry: re.Match[str], found: re.Match[str]) -> RouteRow:
    said = found["said"].rstrip()
    out, age = _OUT.search(said), _AGE.search(said)
    seconds = ages.seconds(age[1]) if age else None
    interface = out[1] if out and (not age or out.start() != age.start() or seconds is None) else None
    letter, flags = entry["letter"], entry["flags"]
    interface = interface or route_detail.nowhere(found["nowhere"])
    hop, code = found["hop"], f"{letter}{flags.strip()}"
    is_active = ">" in flags and _NOT_INSTALLED.isdisjoint(flags + (found["mark"] or "")) and " inactive" not in said
    distance, metric = entry["distance"], entry["metric"]
    return RouteRow(
        vrf,
        prefix(entry["to"]) or entry["to"],
        host(hop) if hop else None,
        interface,
        PROTOCOLS.get(letter),
        code,
        int(distance) if distance else None,
        int(metric) if metric else None,
        None,
        seconds,
        is_active,
    )
