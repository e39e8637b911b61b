"""Pure. `show ip route 10.0.0.0/8` of FRRouting: one destination in full.

Routing entry for 10.0.0.0/8
  Known via "bgp", distance 20, metric 0, vrf RED, best
  Last update 00:00:26 ago
  * 10.2.1.2, via eth1, weight 1
    10.255.0.9 (recursive), weight 1
  *   10.1.1.1, via eth0, weight 1
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from msgspec import Struct

from statetrace_engine.model.captured import RouteRow
from statetrace_engine.parsing import ages, scan
from statetrace_engine.parsing.prefixes import host, prefix
from statetrace_engine.parsing.shown import Ask, Shown, vrf_asked

HEADER = re.compile(r"^Routing entry for \S+/\d", re.MULTILINE)
_LINES = scan.rows(
    r"Routing[ ]entry[ ]for[ ](?P<to>[^\s/]++/\d++)[^\n%]*+(?P<target>)",
    r"""[ ]{2}Known[ ]via[ ]"(?P<known>[^"\n]++)"(?:,[ ]distance[ ](?P<distance>\d{1,10}+))?
        (?:,[ ]metric[ ](?P<metric>\d{1,10}+))?(?P<said>[^\n]*+)(?P<entry>)""",
    r"[ ]{2}Last[ ]update[ ](?P<age>\S++)[ ]ago(?P<updated>)",
    r"""[ ]{2}(?P<mark>[*b ])[ ](?P<deep>[ ]*+)(?:(?P<hop>[0-9a-fA-F]*+[.:][0-9a-fA-F.:]*+)|directly[ ]connected|(?P<nowhere>(?:unreachable|blackhole)(?:[ ]\(blackhole\))?+))
        (?:[ ]\([^)\n]*+\))*+(?:,[ ](?:via[ ])?(?!weight|label|src|seg6)(?P<out>[^\s,]++))?(?P<tail>[^\n]*+)(?P<way>)""",
    r"[ ]++(?:Flags|Status|Installed|Nexthop|Received|Time|Mpls|Opaque)\b[^\n%]*+(?P<legend>)",
)
_SAID = re.compile(r", (?:tag (?P<tag>\d{1,10}+)|vrf (?P<vrf>[^\s,]++)|(?P<best>best|selected)\b)")
_PROTOCOLS = {"ospf6": "ospf", "ripng": "rip"}


class _Entry(Struct):
    """What one protocol offers."""

    vrf: str
    known: str
    distance: int | None
    metric: int | None
    tag: int | None
    is_best: bool
    age: int | None = None


def parse(text: str, ask: Ask) -> Shown:
    """A RouteRow per next hop; what a recursive one resolves to (indented below it) is not a hop of its own."""
    shown = Shown()
    asked = vrf_asked(ask.command) or "default"
    to: str | None = None
    entry: _Entry | None = None
    for found in _LINES.finditer(text):
        kind = found.lastgroup
        if kind == "target":
            to, entry = prefix(found["to"]) or found["to"], None
        elif kind == "entry" and to:
            entry = _entry(found, asked)
        elif kind == "updated" and entry:
            entry.age = ages.seconds(found["age"])
        elif kind == "way" and to and entry:
            if not found["deep"]:
                shown.add(_row(to, entry, found), found.start(), found.end())
        elif kind != "legend":
            shown.unparsed.append(found.span())
    return shown


def nowhere(printed: str | None) -> str | None:
    """What stands for the interface of a route into nothing: `blackhole` is silent, `unreachable` answers by ICMP."""
    return printed and ("blackhole" if "blackhole" in printed else "unreachable")


def _entry(found: re.Match[str], vrf: str) -> _Entry:
    distance, metric = (int(found[name]) if found[name] else None for name in ("distance", "metric"))
    entry = _Entry(vrf, found["known"], distance, metric, None, is_best=False)
    for word in _SAID.finditer(found["said"]):
        entry.tag = int(word["tag"]) if word["tag"] else entry.tag
        entry.vrf = word["vrf"] or entry.vrf
        entry.is_best = entry.is_best or word["best"] is not None
    return entry


def _row(to: str, entry: _Entry, found: re.Match[str]) -> RouteRow:
    name, hop = entry.known.split()[0], found["hop"]
    is_active = entry.is_best and found["mark"] != "b" and "inactive" not in found["tail"]
    return RouteRow(
        entry.vrf,
        to,
        host(hop) if hop else None,
        found["out"] or nowhere(found["nowhere"]),
        _PROTOCOLS.get(name, name),
        entry.known,
        entry.distance,
        entry.metric,
        entry.tag,
        entry.age,
        is_active,
    )
