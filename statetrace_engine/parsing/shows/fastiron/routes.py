"""Pure. FastIron `show ip route` and `show ipv6 route`: FESX and FCX, ICX 08.0.x to 10.

            Destination        Gateway         Port           Cost          Type Uptime src-vrf
    1       0.0.0.0/0          192.0.2.1       ve 10          1/1           S    6d12h  -
    2       10.1.0.0/16        DIRECT          e 1/1/1        0/0           D    4m27s
            Destination     NetMask         Gateway         Port  Cost  Type
    1       10.1.0.0        255.255.0.0     0.0.0.0         1/1   1     D

Source: Ruckus FastIron Command Reference (08.0.20 to 10.0.10) and Layer 3 Routing Guide; Foundry FESX guide.
"""

from __future__ import annotations

from statetrace_engine.model.captured import RouteRow
from statetrace_engine.parsing import ages, prefixes, scan
from statetrace_engine.parsing.shown import Ask, Shown, vrf_asked

_PROTOCOLS = {
    "B": "bgp", "C": "connected", "D": "connected", "H": "host", "I": "isis", "L": "local", "O": "ospf", "R": "rip",
    "S": "static", "K": "kernel",
}  # fmt: skip
_V4 = r"\d{1,3}(?:\.\d{1,3}){3}"
_V6 = r"[0-9A-Fa-f]{0,4}+:[0-9A-Fa-f:.]*+"
_AGE = r"\d++[ywdhms](?:\ ?\d++[ywdhms])*+|\d++:\d\d:\d\d|-"
_PORT = r"[A-Za-z_]+\ \d[\d/:]*(?=\ ++\d)|[^\s%]++"

_PATTERN = scan.rows(
    rf"""[ ]*(?:\d++[ ]++)?
      (?:(?P<network>{_V4})(?:/(?P<bits>\d{{1,2}})|[ ]++(?P<mask>{_V4})(?=[ ]++{_V4}))?[ ]++)?
      (?P<gateway>{_V4}|DIRECT|Direct|NULL|Null|drop)[ ]++(?P<port>{_PORT})[ ]++
      (?:(?P<distance>\d++)/)?(?P<metric>\d++)[ ]++(?P<code>[*A-Z][A-Za-z0-9+*]{{0,4}})
      (?:[ ]++(?P<age>{_AGE}))?(?:[ ]++(?P<source>[^\s%]++))?(?P<v4>)""",
    rf"""(?P<code6>[*A-Z][A-Za-z0-9+*]{{0,4}})[ ]++(?P<prefix6>{_V6}/\d{{1,3}})
      (?:[ ]++(?P<hop6>{_V6})[ ]++(?P<port6>{_PORT})[ ]++(?:(?P<distance6>\d++)/)?(?P<metric6>\d++)
      (?:[ ]++(?P<age6>{_AGE}))?(?:[ ]++[^\s%]++)?)?(?P<v6>)""",
    rf"""[ ]++(?P<hop7>{_V6})[ ]++(?P<port7>{_PORT})[ ]++(?:(?P<distance7>\d++)/)?(?P<metric7>\d++)
      (?:[ ]++(?P<age7>{_AGE}))?(?:[ ]++[^\s%]++)?(?P<more6>)""",
    r"(?:Entries\ in|Routing\ table\ for)\ (?:vrf|VRF)\ (?P<vrf>[^\s:]++):?",
    r"""(?:Total\ number\ of\ IP(?:v6)?\ routes|IPv6\ Routing\ Table|Start\ index|Type\ Codes|(?:BGP|OSPF|ISIS|STATIC)
        [ ]++Codes|Codes:|Type\ IPv6\ Prefix|[ ]++Destination[ ]++(?:NetMask|Gateway)|[ ]++Network\ Address|
        Destination[ ]++(?:NetMask|Gateway)|[ ]++Nexthop\ Entry\ ID|Entries\ in\ default|
        [ ]++[*A-Z][A-Za-z0-9]?[ :-]++[A-Z])[^\n%]*+(?P<known>)""",
)


def routes(text: str, ask: Ask) -> Shown:
    """A RouteRow per next hop; a gateway of DIRECT, 0.0.0.0 or :: is None, a discarding port stays as printed."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    kept: tuple[str, str] | None = None
    waiting: tuple[int, int] | None = None
    for found in _PATTERN.finditer(text):
        kind = found.lastgroup
        if kind == "v4":
            network, bits, mask, gateway, port, distance, metric, code, age = found.groups()[:9]
            if network is not None:
                prefix = _network(network, bits or mask)
            elif kept is not None:
                prefix = kept[1]
            else:
                shown.unparsed.append(found.span())
                continue
            kept = (code, prefix)
            row = _row(vrf, prefix, code, (gateway, port, distance, metric, age))
        elif kind == "v6":
            code, prefix6 = found["code6"], found["prefix6"]
            kept = (code, prefixes.prefix(prefix6) or prefix6)
            if waiting is not None:
                shown.unparsed.append(waiting)
            waiting = None if found["hop6"] else found.span()
            if waiting is not None:
                continue
            row = _row(vrf, kept[1], code, found.group("hop6", "port6", "distance6", "metric6", "age6"))
        elif kind == "more6":
            if kept is None:
                shown.unparsed.append(found.span())
                continue
            row = _row(vrf, kept[1], kept[0], found.group("hop7", "port7", "distance7", "metric7", "age7"))
            if waiting is not None:
                shown.add(row, waiting[0], found.end())
                waiting = None
                continue
        else:
            if kind == "vrf":
                vrf, kept = found["vrf"], None
            elif kind == "rest":
                shown.unparsed.append(found.span())
            continue
        shown.add(row, found.start(), found.end())
    if waiting is not None:
        shown.unparsed.append(waiting)
    shown.unparsed.sort()
    return shown


def _network(address: str, bits: str | None) -> str:
    length = prefixes.length(bits) if bits else prefixes.classful_length(address)
    return prefixes.network(address, 32 if length is None else length)


Way = tuple[str | None, ...]
"""Gateway, port, distance, metric, age, as printed."""


def _row(vrf: str, prefix: str, code: str, way: Way) -> RouteRow:
    gateway, port, distance, metric, age = way
    hop = gateway if gateway and (gateway[0].isdigit() or ":" in gateway) else None
    return RouteRow(
        vrf,
        prefix,
        None if hop in ("0.0.0.0", "::") or hop is None else prefixes.host(hop),
        port,
        _PROTOCOLS.get(code.lstrip("*")[:1]),
        code,
        int(distance) if distance else None,
        int(metric) if metric else None,
        None,
        ages.seconds(age) if age else None,
    )
