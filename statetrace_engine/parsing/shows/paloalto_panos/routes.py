"""Pure. PAN-OS `show routing route`, and `show advanced-routing route` of the Advanced Routing Engine (10.2 on).

    VIRTUAL ROUTER: default (id 1)
    destination         nexthop         metric flags      age   interface          next-AS
    10.7.7.0/24         10.6.255.25     10     A O2       3474418 ae1.255
    Logical Router: lr1
    destination     protocol  nexthop      distance  metric  flag  tag  age       interface
    0.0.0.0/0       static    192.0.2.1    10        10      A          00:10:43  ethernet1/1

A metric may be missing, and an age may run into the next column: cells are told by their shape. Flags: A active,
? loose, C connect, H host, S static, ~ internal, R rip, O ospf (Oi Oo O1 O2), B bgp, E ecmp, M multicast.
Source: the legends that the commands print; PAN-OS CLI Quick Start.
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

from functools import lru_cache

from statetrace_engine.model.captured import RouteRow
from statetrace_engine.parsing import ages, prefixes, scan
from statetrace_engine.parsing.shown import Ask, Shown, vrf_asked

_PROTOCOLS = {"C": "connected", "H": "local", "S": "static", "~": "internal", "R": "rip", "O": "ospf", "B": "bgp"}
_NAMES = {"connect": "connected", "host": "local", "direct": "connected"}
_IP = r"(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}+:[0-9A-Fa-f:.]*+(?:%[^\s]++)?)"
_ROUTER = r"""[ ]*(?:VIRTUAL|Virtual|virtual|LOGICAL|Logical|logical)[ ](?:ROUTER|Router|router)[ ]*+:[ ]*+
    (?P<vrf>[^\n]{0,100}?\S)(?:[ ]++\(id[ ]++\d++\))?"""
_HOP = rf"{_IP}|discard|drop|reject|next-vr|next-lr|vr[ ][^\n]{{1,40}}?|[A-Za-z_][\w./-]*+(?:\ \(id\ \d++\))?"

_FLAGS = r"(?:[?~ACHSRBEM]|O[io12]?+)++(?=\s|$)"
"""Some of a route's flags: `A S`, `A?B`, `A O2`, and under ECMP `A S    E`."""

_PATTERN = scan.rows(
    rf"""[ ]*(?P<prefix>{_IP}/\d{{1,3}})[ ]++(?:(?P<hop>{_HOP})[ ]++)?(?:(?P<metric>\d{{1,10}}+)[ ]++)?
      (?P<flags>{_FLAGS}(?:[ ]{{1,5}}{_FLAGS}){{0,3}})(?=\s|$)
      (?:[ ]++(?P<age>\d{{1,10}}+)(?!\S))?(?:[ ]++(?P<face>[A-Za-z][\w./:-]*+))?(?:[ ]++(?P<next_as>\d++))?(?P<row>)""",
    rf"""[ ]*(?P<are_prefix>{_IP}/\d{{1,3}})[ ]++(?P<protocol>(?:connect|host|direct|static|bgp|ospf|rip|local|internal|kernel)[\w-]*+)
      (?:[ ]++(?P<are_hop>{_HOP}))??[ ]++(?P<distance>\d{{1,10}}+)[ ]++(?P<are_metric>\d{{1,10}}+)
      (?:[ ]++(?P<are_flags>(?:[A-Z?~][a-z0-9]?[ ]?)+?))?(?:[ ]++(?P<tag>\d{{1,10}}+))?
      (?:[ ]++(?P<are_age>\d++:\d\d:\d\d|(?:\d++[ywdhm])++|never))?(?:[ ]++(?P<are_face>[A-Za-z][\w./:-]*+))?(?P<are>)""",
    _ROUTER,
    r"""(?:flags:|[ ]++Oi:|[ ]++\S++:ospf|[ ]*+={4,}+|[ ]*+destination[ ]|total\ routes?\ shown|total\ route|Codes)[^\n%]*+
      (?P<known>)""",
)


def routes(text: str, ask: Ask) -> Shown:
    """A RouteRow per line, of its virtual or logical router; active is what the flag A says."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    for found in _PATTERN.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            prefix, hop, metric, flags, age, face = found.groups()[:6]
            if not flags.strip():
                shown.unparsed.append(found.span())
                continue
            protocol, code, is_active = _flags(flags)
            row = RouteRow(
                vrf,
                prefixes.prefix(prefix) or prefix,
                _hop(hop),
                face or (hop if hop and not _is_address(hop) else None),
                protocol,
                code,
                None,
                int(metric) if metric else None,
                None,
                int(age) if age else None,
                is_active,
            )
        elif kind == "are":
            row = _advanced(vrf, found.groups()[8:17])
        else:
            if kind == "vrf":
                vrf = found["vrf"]
            elif kind == "rest":
                shown.unparsed.append(found.span())
            continue
        shown.add(row, found.start(), found.end())
    return shown


def _advanced(vrf: str, cells: tuple[str | None, ...]) -> RouteRow:
    prefix, printed, hop, distance, metric, flags, tag, age, face = cells
    name = (printed or "").lower()
    protocol = _NAMES.get(name, name.partition("-")[0])
    return RouteRow(
        vrf,
        prefixes.prefix(prefix or "") or prefix or "",
        _hop(hop),
        face or (hop if hop and not _is_address(hop) else None),
        protocol,
        printed,
        int(distance or 0),
        int(metric or 0),
        int(tag) if tag else None,
        ages.seconds(age) if age else None,
        "A" in (flags or ""),
    )


def _is_address(hop: str) -> bool:
    return hop[0].isdigit() or ":" in hop


def _hop(hop: str | None) -> str | None:
    """As printed: of a connected route that is the device's own address, which is in no other column."""
    if hop is None or hop in ("0.0.0.0", "::") or not _is_address(hop):
        return None
    return prefixes.host(hop)


@lru_cache(maxsize=256)
def _flags(flags: str) -> tuple[str | None, str, bool]:
    code = " ".join(flags.split())
    for letter in code.removeprefix("A"):
        if letter in _PROTOCOLS:
            return _PROTOCOLS[letter], code, code.startswith("A")
    return None, code, code.startswith("A")
