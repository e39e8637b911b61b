"""Pure. FastIron `show ip route` and `show ipv6 route`: FESX and FCX, ICX 08.0.x to 10.

            Destination        Gateway         Port           Cost          Type Uptime src-vrf
    1       0.0.0.0/0          192.0.2.1       ve 10          1/1           S    6d12h  -
    2       10.1.0.0/16        DIRECT          e 1/1/1        0/0           D    4m27s
            Destination     NetMask         Gateway         Port  Cost  Type
    1       10.1.0.0        255.255.0.0     0.0.0.0         1/1   1     D

Source: Ruckus FastIron Command Reference (08.0.20 to 10.0.10) and Layer 3 Routing Guide; Foundry FESX guide.
"""

from __future__ import annotations

from re import Match

from msgspec import Struct, field

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
_GATEWAY = rf"{_V4}|DIRECT|Direct|NULL|Null|drop"
_PORT = r"[A-Za-z_]+\ \d[\d/:]*(?=\ ++\d)|[^\s%]++"

_PATTERN = scan.rows(
    rf"""[ ]*(?:\d++[ ]++)?
      (?:(?P<network>{_V4})(?:/(?P<bits>\d{{1,2}})|[ ]++(?P<mask>{_V4})(?=[ ]++(?:{_GATEWAY})))?[ ]++)?
      (?P<gateway>{_GATEWAY})[ ]++(?P<port>{_PORT})[ ]++
      (?:(?P<distance>\d{{1,10}}+)/)?(?P<metric>\d{{1,10}}+)[ ]++(?P<code>[*A-Z][A-Za-z0-9+*]{{0,4}})
      (?:[ ]++(?P<age>{_AGE}))?(?:[ ]++(?P<source>[^\s%]++))?(?P<v4>)""",
    rf"""(?P<code6>[*A-Z][A-Za-z0-9+*]{{0,4}})[ ]++(?P<prefix6>{_V6}/\d{{1,3}})
      (?:[ ]++(?P<hop6>{_V6})(?:[ ]++(?P<port6>{_PORT})[ ]++(?:(?P<distance6>\d{{1,10}}+)/)?(?P<metric6>\d{{1,10}}+)
      (?:[ ]++(?P<age6>{_AGE}))?(?:[ ]++[^\s%]++)?)?)?(?P<v6>)""",
    rf"[ ]++(?P<hop8>{_V6})(?P<hop_alone>)",
    rf"""[ ]++(?:(?P<hop7>{_V6})[ ]++|(?=[A-Za-z][^\n/]{{0,40}}[ ]\d++/\d))(?P<port7>{_PORT})
      [ ]++(?:(?P<distance7>\d{{1,10}}+)/)?(?P<metric7>\d{{1,10}}+)
      (?:[ ]++(?P<age7>{_AGE}))?(?:[ ]++[^\s%]++)?(?P<more6>)""",
    r"(?:Entries\ in|Routing\ table\ for)\ (?:vrf|VRF)\ (?P<vrf>[^\s:]++):?",
    r"""(?:Total\ number\ of\ IP(?:v6)?\ routes|IPv6\ Routing\ Table|Start\ index|Type\ Codes|(?:BGP|OSPF|ISIS|STATIC)
        (?:\ Sub\ Type)?[ ]++Codes|Codes:|Type\ IPv6\ Prefix|[ ]++Destination[ ]++(?:NetMask|Gateway)|
        [ ]++Network\ Address|Destination[ ]++(?:NetMask|Gateway)|[ ]++Nexthop\ Entry\ ID|Entries\ in\ default|
        [ ]++[*A-Z][A-Za-z0-9]?[ :-]++[A-Z])[^\n%]*+(?P<known>)""",
)


def routes(text: str, ask: Ask) -> Shown:
    """A RouteRow per next hop; a gateway of DIRECT, 0.0.0.0 or :: is None, a discarding port stays as printed."""
    table = _Table(vrf_asked(ask.command) or "default")
    for found in _PATTERN.finditer(text):
        kind = found.lastgroup
        if kind == "v4":
            table.ipv4(found)
        elif kind == "v6":
            table.ipv6(found)
        elif kind == "hop_alone":
            table.hop(found)
        elif kind == "more6":
            table.more(found)
        elif kind == "vrf":
            table.vrf, table.route = found["vrf"], None
        elif kind == "rest":
            table.shown.unparsed.append(found.span())
            if not scan.is_log(found[0]):  # what follows may be of a route unread
                table.route = None
    table.give_up()
    table.shown.unparsed.sort()
    return table.shown


class _Table(Struct):
    """What is known of the route at hand while its lines are read."""

    vrf: str
    shown: Shown = field(default_factory=Shown)
    route: tuple[str, str] | None = None
    """Its code and prefix: further next hops stand alone."""
    waiting: tuple[int, int, str | None] | None = None
    """Where a wrapped IPv6 line begins and ends, and its next hop where that is known: the port stands on the next."""

    def ipv4(self, found: Match[str]) -> None:
        network, bits, mask, gateway, port, distance, metric, code, age = found.groups()[:9]
        if network is not None:
            prefix = _network(network, bits or mask)
        elif self.route is not None:
            prefix = self.route[1]
        else:
            self.shown.unparsed.append(found.span())
            return
        self.route = (code, prefix)
        self.shown.add(_row(self.vrf, prefix, code, (gateway, port, distance, metric, age)), *found.span())

    def ipv6(self, found: Match[str]) -> None:
        self.give_up()
        code, prefix = found["code6"], found["prefix6"]
        self.route = (code, prefixes.prefix(prefix) or prefix)
        if found["port6"] is None:
            self.waiting = (*found.span(), found["hop6"])
            return
        way = found.group("hop6", "port6", "distance6", "metric6", "age6")
        self.shown.add(_row(self.vrf, self.route[1], code, way), *found.span())

    def hop(self, found: Match[str]) -> None:
        start = found.start()
        if self.waiting is not None and self.waiting[2] is None:
            start = self.waiting[0]
        else:
            self.give_up()
        self.waiting = (start, found.end(), found["hop8"])

    def more(self, found: Match[str]) -> None:
        hop, start = found["hop7"], found.start()
        if self.waiting is not None and (hop is None) != (self.waiting[2] is None):
            start, hop = self.waiting[0], hop or self.waiting[2]
            self.waiting = None
        else:
            self.give_up()
        if self.route is None or hop is None:
            self.shown.unparsed.append(found.span())
            return
        code, prefix = self.route
        way = (hop, *found.group("port7", "distance7", "metric7", "age7"))
        self.shown.add(_row(self.vrf, prefix, code, way), start, found.end())

    def give_up(self) -> None:
        """What the wrapped line waited for did not come."""
        if self.waiting is not None:
            self.shown.unparsed.append(self.waiting[:2])
        self.waiting = None


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
