"""Pure. AOS-CX `show ip route` and `show ipv6 route`, in the two forms of 10.0x and of 10.07 on.

    10.252.22.128/26, vrf default
        via  172.25.0.189,  [20/0],  bgp
    Prefix              Nexthop          Interface     VRF(egress)       Origin/   Distance/    Age
    10.0.0.8/30         10.0.0.18        1/1/6         -                 O         [110/110]    01h:25m:31s
                        10.0.0.1         1/1/8         -                           [110/110]    01h:25m:31s

Source: AOS-CX IP Routing Guide. Ages count months too: `00m:01w:01d`.
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re
from functools import lru_cache

from statetrace_engine.model.captured import RouteRow
from statetrace_engine.parsing import prefixes, scan
from statetrace_engine.parsing.shown import Ask, Shown, vrf_asked

_ORIGINS = {
    "C": "connected", "S": "static", "L": "local", "R": "rip", "B": "bgp", "O": "ospf", "D": "dhcp", "I": "isis",
}  # fmt: skip
_IP = r"(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}+:[0-9A-Fa-f:.]*+)"
_AGE = r"(?:\d{1,9}+[ywdhms]:?){1,7}+|\d++:\d\d:\d\d|-"
_UNITS = {"y": 31_536_000, "w": 604_800, "d": 86_400, "h": 3_600, "s": 1}
_PART = re.compile(r"(\d{1,9})([ywdhms])")


@lru_cache(maxsize=4096)
def age_seconds(text: str) -> int | None:
    """`20h:40m:30s`, `02m:02w:06d`: an `m` before weeks is months (30 days), before seconds minutes; None: `-`."""
    parts = _PART.findall(text)
    month = 2_592_000 if "w" in text or "y" in text else 60
    return sum(int(count) * (month if unit == "m" else _UNITS[unit]) for count, unit in parts) if parts else None


_PATTERN = scan.rows(
    rf"""(?:[ ]*(?P<prefix>{_IP}/\d{{1,3}}))?[ ]++(?P<hop>{_IP}(?:%\S++)?|-)[ ]++(?P<face>[^\s%]++)[ ]++
      (?P<egress>[^\s%\[]++)[ ]++(?:(?P<code>[A-Z]{{1,2}}(?:/[A-Za-z0-9]{{1,2}})?)[ ]++)?\[(?P<distance>\d{{1,10}}+)/(?P<metric>\d{{1,10}}+)\]
      (?:[ ]++(?P<age>{_AGE}))?(?P<row>)""",
    r"""[ \t]++via[ ]++(?P<via>[^\s,]++)(?:,[ ]*+(?P<via_face>[^\s,\[]++))?,[ ]++\[(?P<via_distance>\d{1,10}+)/(?P<via_metric>\d{1,10}+)\]
      (?:,[ ]++(?P<protocol>[a-z][\w-]*+))?(?:,[ ]*+[^\n%]*+)?(?P<old>)""",
    rf"[ ]*(?P<old_prefix>{_IP}/\d{{1,3}}),[ ]++vrf[ ]++(?P<old_vrf>[^\s,]++)[^\n%]*+(?P<target>)",
    rf"[ ]*(?P<alone>{_IP}/\d{{1,3}})(?P<wrapped>)",
    r"[ ]*VRF[ ]*+:[ ]*+(?P<vrf>[^\s]++)",
    r"""(?:Displaying\ |'\[|Origin\ Codes|Type\ Codes|[ ]++[A-Z]{1,2}[0-9]?\ -\ |Prefix[ ]++Next|[ ]++Type[ ]++Metric|-{4,}+|
        Total\ Route|No\ ipv|No\ )[^\n%]*+(?P<known>)""",
)


def routes(text: str, ask: Ask) -> Shown:
    """A RouteRow per next hop; the newer form tells no protocol on the further lines of a route, the first holds."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    prefix = code = None
    for found in _PATTERN.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            printed, hop, face, _, origin, distance, metric, age = found.groups()[:8]
            if printed is not None:
                prefix, code = _network(printed), origin
            elif prefix is None:
                shown.unparsed.append(found.span())
                continue
            code = origin or code
            row = _row(vrf, prefix, hop, face, code, _ORIGINS.get((code or "")[:1]), (distance, metric, age))
        elif kind == "old" and prefix is not None:
            hop, face, distance, metric, protocol = found.group(
                "via", "via_face", "via_distance", "via_metric", "protocol"
            )
            row = _row(vrf, prefix, hop, face, protocol, protocol, (distance, metric, None))
        else:
            if kind == "target":
                prefix, vrf = _network(found["old_prefix"]), found["old_vrf"]
            elif kind == "wrapped":
                prefix, code = _network(found["alone"]), None
            elif kind == "vrf":
                prefix, vrf = None, found["vrf"]
            elif kind != "known":
                shown.unparsed.append(found.span())
                prefix = prefix if scan.is_log(found[0]) else None  # what follows may be of a route unread
            continue
        shown.add(row, found.start(), found.end())
    return shown


def _network(printed: str) -> str:
    return prefixes.prefix(printed) or printed


def _row(
    vrf: str,
    prefix: str,
    hop: str,
    face: str | None,
    code: str | None,
    protocol: str | None,
    ways: tuple[str, str, str | None],
) -> RouteRow:
    """A next hop that is no address is the interface itself (`via vlan10`)."""
    is_address = ":" in hop or ("." in hop and "/" not in hop and hop[0].isdigit())
    return RouteRow(
        vrf,
        prefix,
        prefixes.host(hop) if is_address else None,
        face if face and face != "-" else None if is_address or hop == "-" else hop,
        protocol,
        code,
        int(ways[0]),
        int(ways[1]),
        None,
        age_seconds(ways[2]) if ways[2] else None,
    )
