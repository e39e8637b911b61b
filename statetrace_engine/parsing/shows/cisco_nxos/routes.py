"""Pure. NX-OS routing tables, IPv4 and IPv6; the formats of releases before 5.0 (`1 ucast next-hops`) too.

IP Route Table for VRF "RED"
10.20.0.0/16, ubest/mbest: 1/0
    *via 10.1.0.2%default, Eth1/1, [110/41], 1d02h, ospf-1, intra, tag 7
     via Null0, [254/0], 1y16w, static
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re
from functools import lru_cache

from statetrace_engine.model.captured import RouteRow
from statetrace_engine.parsing import ages, prefixes, scan
from statetrace_engine.parsing.shown import Ask, Shown, vrf_asked

HEADER = re.compile(r"^IP(?:v6)? Rout(?:e|ing) Table for VRF \"", re.MULTILINE)
_LINES = scan.rows(
    r"""[ \t]*+(\*{0,2}+)(?:[ ]\*{1,2}+)?[ ]?via[ ]([^\s,%]++)(?:%[^\s,]++)?,([^\[\n]*+)\[(\d{1,10})/(\d{1,10})\],
        [ ]*+([^\s,]++)(?:,[ ]*+([^\s,(]++))?(?:,[ ](?!tag[ ]|segid)([A-Za-z][\w-]*+))?,?[ ]?(?:,?[ ]?tag[ ]([\d.]{1,15}+))?
        [^\n]*+(?P<hop>)""",
    r"[ ]?([0-9a-fA-F.:]++)/(\d{1,3}+),[ ](?:ubest/mbest:|\d+[ ]ucast[ ]next-hops?)[^\n]*+(?P<head>)",
    r"""IP(?:v6)?[ ]Rout(?:e|ing)[ ]Table[ ]for[ ](?:VRF|[Cc]ontext)[ ]"(?P<vrf>[^"\n]*+)"[^\n]*+""",
    r"""(?:'[^\n]*+|Route[ ]not[ ]found|IP(?:v6)?[ ]Rout[^\n]*+|
        [ \t]++(?:client-specific[ ]data|recursive[ ]next[ ]hop|extended[ ]route[ ]information|MPLS|SR-MPLS|tunnelid|segid|
        encap|Labels?|BGP|via-label|Number[ ]of)\b[^\n]*+)(?P<detail>)""",
)
_PROTOCOLS = {"direct": "connected", "ospfv3": "ospf"}
_OWN = frozenset({"direct", "local"})
"""Protocols whose next hop is the device's own address."""


def parse(text: str, ask: Ask) -> Shown:
    """A row for each `via`; those without a star are known, and not active."""
    shown = Shown()
    rows, starts, ends, unparsed = shown.rows, shown.starts, shown.ends, shown.unparsed
    vrf = vrf_asked(ask.command) or "default"
    prefix = None
    for found in _LINES.finditer(text):
        kind = found.lastgroup
        if kind == "hop" and prefix is not None:
            rows.append(_row(vrf, prefix, *found.group(1, 2, 3, 4, 5, 6, 7, 8, 9)))
            start, end = found.span()
            starts.append(start)
            ends.append(end)
        elif kind == "head":
            prefix = prefixes.network(found[11], int(found[12]))
        elif kind == "vrf":
            vrf, prefix = found["vrf"], None
        elif kind != "detail":
            unparsed.append(found.span())
            if scan.interrupts(found[0]):
                prefix = None
    return shown


def _row(
    vrf: str, prefix: str, star: str, hop: str, interface: str, distance: str, metric: str, age: str,
    process: str | None, subtype: str | None, tag: str | None,
) -> RouteRow:  # fmt: skip
    protocol, code = _process(process, subtype)
    next_hop, face = _where(hop, interface, process)
    return RouteRow(
        vrf, prefix, next_hop, face, protocol, code, int(distance), int(metric), _number(tag) if tag else None, ages.seconds(age),
        star != "",
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _process(process: str | None, subtype: str | None) -> tuple[str | None, str | None]:
    """`ospf-UNDERLAY`, `intra` → the protocol, and both as printed."""
    if process is None:
        return None, None
    protocol = process.partition("-")[0].lower()
    return _PROTOCOLS.get(protocol, protocol), f"{process}, {subtype}" if subtype else process


@lru_cache(maxsize=4096)
def _where(hop: str, interface: str, process: str | None) -> tuple[str | None, str | None]:
    """The next hop, if it is another's address, and the interface."""
    if not (hop[0].isdigit() or ":" in hop):
        return None, hop
    return None if process in _OWN else hop, interface.strip(" ,\t") or None


def _number(tag: str) -> int | None:
    """A tag, which may be an AS number as two halves (RFC 5396): `65000.1`."""
    high, dot, low = tag.rstrip(".").partition(".")
    if not dot:
        return int(high) if high else None
    return int(high) * 65536 + int(low) if high.isdigit() and low.isdigit() else None
