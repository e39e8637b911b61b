"""Pure. IOS XR routing tables, IPv4 and IPv6, and the entry of one prefix in detail.

O E2 10.20.0.0/16 [110/20] via 10.1.0.2, 1d02h, GigabitEthernet0/0/0/0
                  [110/20] via 10.1.0.6, 1d02h, GigabitEthernet0/0/0/1 (!)
C    2001:db8:1::/64 is directly connected,
      1d02h, GigabitEthernet0/0/0/0
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re
from collections.abc import Callable
from sys import intern

from msgspec import Struct
from msgspec.structs import replace

from statetrace_engine.model.captured import RouteRow
from statetrace_engine.parsing import ages, prefixes, scan
from statetrace_engine.parsing.shown import Ask, Shown, Span, missed, vrf_asked

_AGE = r"(\d++(?::\d\d){1,2}+|(?:\d++[ywdhms]){1,4}+|never)"
_BACKUP = r"([ ]\(!\))?"
_LINES = scan.rows(
    rf"""(?:([A-Za-z][\w*()> ]{{0,7}}?)[ ]{{1,8}}([0-9a-fA-F.:]++)/(\d{{1,3}}+)[ ]++|[ ]*+)
        (?:\[(\d{{1,10}}+)/(\d{{1,10}}+)\][ ])?
        (?:via[ ]([0-9a-fA-F.:]++)(?:%\S++)?(?:[ ]\([^)\n]*+\))?|is[ ](directly[ ]connected|a[ ]summary))
        (?:,(?:[ ]++{_AGE}(?:,(?:[ ]++(?!vrf[ ])([A-Za-z][^\s,(]*+))?)?)?)?{_BACKUP}(?:[ ,][^\n]*+)?(?P<hop>)""",
    r"([A-Za-z][\w*()> ]{0,7}?)[ ]{1,8}([0-9a-fA-F.:]++)/(\d{1,3}+)(?P<prefix>)",
    rf"[ ]++{_AGE}(?:,[ ]++([A-Za-z][^\s,(]*+))?{_BACKUP}(?P<wrapped>)",
    r"[ ]++([A-Za-z][A-Za-z-]*\d[\w/.:-]*+)(?:[ ]\(!\))?(?P<interface>)",
    r"VRF:[ ]++(?P<vrf>\S++)[^\n]*+",
    r"Routing[ ]entry[ ]for[ ]([0-9a-fA-F.:]++)/(\d{1,3}+)[^\n]*+(?P<entry>)",
    r"""[ ]++Known[ ]via[ ]"(\w[\w-]*+)[^"\n]*+",[ ]distance[ ](\d{1,10}+),[ ]metric[ ](\d{1,10}+)[^\n]*+(?P<known>)""",
    r"[ ]++Tag[ ](\d{1,10}+)[^\n]*+(?P<tag>)",
    r"[ ]++Installed[ ][^\n]*?[ ]for[ ](\S++)(?P<installed>)",
    r"""[ ]{4}(?:([0-9a-fA-F]{0,4}+[.:][0-9a-fA-F.:]*+)|directly[ ]connected)(?:,[ ]from[ ][^\s,]++)?(?:,[ ]via[ ]([^\s,]++))?(?:,[^\n]*+)?
        (?P<block>)""",
    rf"(?:{scan.CODES})(?P<legend>)",
    r"""(?:[A-Z][a-z]{2}[ ][A-Z][a-z]{2}[ ]++\d{1,2}[ ]\d\d:\d\d:\d\d[^%\n]*+|Gateway[ ]of[ ]last[ ]resort[^\n]*+|
        %[ ](?:Network|Subnet)[ ]not[ ]in[ ]table|%[ ]No[ ]matching[ ]routes?[ ]found|[ ]++Routing[ ]Descriptor[ ]Blocks|
        [ ]++(?:Route[ ](?:metric|version)|Number[ ]of|No[ ]advertising|Nexthop[ ]in[ ]Vrf|Label|Tunnel|Redist|Extended|NHID|Path|
        LFA|Protected|Binding|Local[ ]Label|Download|Route[ ]Priority|SVD|QPPB|Flow-tag|Fwd-class|BGP|Attribute|Not[ ])[^\n]*+)
        (?P<heading>)""",
)
_PROTOCOLS = {
    "C": "connected", "L": "local", "S": "static", "U": "static", "R": "rip", "B": "bgp", "D": "eigrp", "O": "ospf", "i": "isis",
    "o": "odr", "E": "egp", "G": "dagr", "l": "lisp", "A": "subscriber", "a": "application", "M": "mobile", "r": "rpl", "t": "te",
}  # fmt: skip


class _Reader(Struct):
    """What the lines before say of the line at hand."""

    vrf: str
    shown: Shown
    prefix: str | None = None
    code: str | None = None
    protocol: str | None = None
    distance: int | None = None
    metric: int | None = None
    tag: int | None = None
    age: int | None = None
    open: Span | None = None
    """The line of a prefix whose first next hop stands on the next line."""
    waits: bool = False
    """The last row lacks its age or interface."""


def parse(text: str, ask: Ask) -> Shown:
    """A row a path; backups of fast reroute (`(!)`) are known, and not active."""
    reader = _Reader(vrf_asked(ask.command) or "default", Shown())
    unparsed, steps = reader.shown.unparsed, _STEPS
    for found in _LINES.finditer(text):
        step = steps.get(found.lastgroup)
        if step is None or not step(reader, found):
            unparsed.append(found.span())
            if scan.interrupts(found[0]):
                _close(reader)
    if reader.open is not None:
        _close(reader)
    unparsed.sort()
    if ask.is_truncated and reader.waits and reader.shown.rows:
        reader.shown.rows.pop()
        reader.shown.ends.pop()
        start = reader.shown.starts.pop()
        unparsed[:] = [span for span in unparsed if span[0] < start]
        missed(text, start, len(text), unparsed)
    return reader.shown


def _hop(at: _Reader, found: re.Match[str]) -> bool:
    code, address, length, distance, metric, hop, how, age, interface, backup = found.group(
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    )
    start = found.start()
    if address:
        _begin(at, code, address, length)
    elif at.prefix is None:
        return False
    elif at.open is not None:
        start, at.open = at.open[0], None
    at.waits = age is None or (interface is None and (hop is None or found[0].rstrip().endswith(",")))
    at.shown.add(
        RouteRow(
            at.vrf,
            at.prefix or "",
            None if hop in ("0.0.0.0", "::") else hop and intern(hop),
            interface and intern(interface),
            at.protocol,
            at.code,
            int(distance) if distance else None,
            int(metric) if metric else None,
            None,
            ages.seconds(age) if age else None,
            not (backup or "(!)" in found[0]),
        ),
        start,
        found.end(),
    )
    return how is not None or hop is not None


def _begin(at: _Reader, code: str, address: str, length: str) -> None:
    _close(at)
    at.prefix = prefixes.network(address, int(length))
    at.code = " ".join(code.split())
    at.protocol = _PROTOCOLS.get(code[0])


def _close(at: _Reader) -> None:
    """What follows belongs to no earlier prefix; one of which no next hop was shown is unparsed."""
    if at.open is not None:
        at.shown.unparsed.append(at.open)
    at.prefix, at.open, at.waits = None, None, False


def _prefix(at: _Reader, found: re.Match[str]) -> bool:
    code, address, length = found.groups()[11:14]
    _begin(at, code, address, length)
    at.open = found.span()
    return True


def _wrapped(at: _Reader, found: re.Match[str]) -> bool:
    age, interface, backup = found.groups()[15:18]
    if not at.waits:
        return False
    row = at.shown.rows[-1]
    at.shown.rows[-1] = replace(
        row, interface=interface or row.interface, age_seconds=ages.seconds(age), active=row.active and not backup
    )
    at.shown.ends[-1] = found.end()
    at.waits = False
    return True


def _interface(at: _Reader, found: re.Match[str]) -> bool:
    if not at.waits:
        return False
    row = at.shown.rows[-1]
    at.shown.rows[-1] = replace(row, interface=found[20], active=row.active and "(!)" not in found[0])
    at.shown.ends[-1] = found.end()
    at.waits = False
    return True


def _vrf(at: _Reader, found: re.Match[str]) -> bool:
    _close(at)
    at.vrf = found["vrf"]
    return True


def _entry(at: _Reader, found: re.Match[str]) -> bool:
    _close(at)
    at.prefix = prefixes.network(found[23], int(found[24]))
    at.code = at.protocol = at.distance = at.metric = at.tag = at.age = None
    return True


def _known(at: _Reader, found: re.Match[str]) -> bool:
    at.protocol = at.code = found[26]
    at.distance, at.metric = int(found[27]), int(found[28])
    return True


def _tag(at: _Reader, found: re.Match[str]) -> bool:
    at.tag = int(found[30])
    return True


def _installed(at: _Reader, found: re.Match[str]) -> bool:
    at.age = ages.seconds(found[32])
    return True


def _block(at: _Reader, found: re.Match[str]) -> bool:
    if at.prefix is None:
        return False
    row = RouteRow(
        at.vrf, at.prefix, found[34], found[35], at.protocol, at.code, at.distance, at.metric, at.tag, at.age,
        not re.search(r", Backup\b", found[0]),
    )  # fmt: skip
    at.shown.add(row, found.start(), found.end())
    return True


def _nothing(at: _Reader, found: re.Match[str]) -> bool:  # noqa: ARG001 - a step
    return True


_STEPS: dict[str | None, Callable[[_Reader, re.Match[str]], bool]] = {
    "hop": _hop,
    "prefix": _prefix,
    "wrapped": _wrapped,
    "interface": _interface,
    "vrf": _vrf,
    "entry": _entry,
    "known": _known,
    "tag": _tag,
    "installed": _installed,
    "block": _block,
    "legend": _nothing,
    "heading": _nothing,
}
