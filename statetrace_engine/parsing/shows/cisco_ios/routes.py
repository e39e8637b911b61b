"""Pure. `show ip route` and `show ipv6 route` of IOS and IOS-XE, of one table or of all.

    O E2     10.1.0.0/16 [110/20] via 10.0.0.2, 1d02h, GigabitEthernet0/1
                         [110/20] via 10.0.1.2, 1d02h, GigabitEthernet0/2
    B   2001:DB8:2::/48 [20/0]
         via FE80::2, GigabitEthernet0/1

A route without a length has that of the heading above it (`10.0.0.0/24 is subnetted`), else that of its class.
"""

from __future__ import annotations

import re
from functools import lru_cache
from sys import intern

from statetrace_engine.model.captured import RouteRow
from statetrace_engine.parsing import scan
from statetrace_engine.parsing.ages import seconds
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.prefixes import classful_length, host, length, network
from statetrace_engine.parsing.shown import Ask, Shown, vrf_asked
from statetrace_engine.parsing.shows.cisco_ios import route_detail

_V4 = r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}"
_AGE = r"\d++:\d\d:\d\d|(?:\d++[ywdh]){1,3}|never|-"
_HOP = rf"{_V4}(?![\w/])|[0-9A-Fa-f]{{0,4}}:[0-9A-Fa-f:.]*+"
_LINE = late(
    rf"""^(?:
      (?:([A-Za-z][^\s:\[.]{{0,4}}+(?:\ {{1,4}}[A-Za-z][^\s:\[.]{{0,2}})?)\ ++({_V4})/(\d{{1,2}}+)|\ {{4,}}+(?=\[))
      \ *+\[(\d{{1,10}}+)/(\d{{1,10}}+)\]\ via\ ({_V4}),\ ({_AGE}),\ (?P<usual>[A-Za-z][^\s,]*+)
    | (?:
        (?P<code>[A-Za-z][^\s:\[.]{{0,4}}+(?:\ {{1,4}}[^\s\d\[:.][^\s:\[.]{{0,2}}){{0,3}}?)\ ++
        (?:(?P<v4>{_V4})(?:/(?P<bits>\d{{1,2}}+)|\ (?P<mask>{_V4}))?
          |(?P<v6>[0-9A-Fa-f]{{0,4}}:[0-9A-Fa-f:.]*+/\d{{1,3}}+))
      | (?=[ \t]++(?:\[|via\ |is\ |routing\ via\ )) )
      [ \t]*+
      (?:(?P<repair>\[RPR\])|\[NHO\])?
      (?:\[(?P<distance>\d{{1,10}}+)/(?P<metric>\d{{1,10}}+)\])?(?:,?\ tag\ (?P<tag>\d{{1,10}}+))?
      (?:is\ possibly\ down,(?=[ \t]*+$))?+
      (?P<tail>
        (?:,?\ ++(?=via\ |is\ |routing\ ))?+(?:is\ possibly\ down,\ ++(?=routing))?+(?:routing\ )?
        (?:via\ (?:(?P<hop>{_HOP})(?:%[^\s,]++)?|(?P<via>[A-Z][^\s,]*+))|is\ directly\ connected|is\ a\ summary)?+
        (?:\ \([^)\n]{{0,80}}\))?
        (?:,\ (?P<age>{_AGE}))?
        (?:,\ (?:(?:in)?directly\ connected|receive))?
        (?:,\ (?P<interface>[A-Za-z][^\s,%]*+)(?:%[^\s,]++)?)?
        (?:,\ tag\ (?P<late_tag>\d{{1,10}}+))?
        (?P<open>,)?
      )
    | [ \t]*+{_V4}(?:/(?P<subnet>\d{{1,2}}+)|\ (?P<submask>{_V4}))?\ is\ (?:variably\ )?subnetted\b[^\n]*
    | (?:IP\ )?Routing\ [Tt]able:\ ++(?P<vrf4>\S++)
    | (?P<v6_table>IPv6\ Routing\ Table)(?:\ for\ VRF)?(?:\ -)?\ ++(?:(?P<vrf6>\S++)\ -\ )?\d++\ entries
    | [ \t]++(?P<wrapped>[A-Z][A-Za-z-]++\d[^\s,]*+)
    | (?P<heading>Gateway\ of\ last\ resort\b[^\n]*|Default\ gateway\ is\b[^\n]*|{scan.CODES}|{scan.CLOCK})
    | (?P<rest>[^\n]*\S[^\n]*)
    )[ \t]*+$""",
    re.VERBOSE | re.MULTILINE,
)

_USUAL = _LINE.groupindex["usual"]
"""Groups of the first branch, nearly every line of a large table; it spares the other groups' cost."""
_PROTOCOLS = {
    "C": "connected", "LC": "connected", "L": "local", "S": "static", "U": "static", "P": "static", "R": "rip",
    "M": "mobile", "B": "bgp", "D": "eigrp", "EX": "eigrp", "O": "ospf", "OE": "ospf", "OI": "ospf", "ON": "ospf",
    "i": "isis", "I": "igrp", "IA": "isis", "IS": "isis", "I1": "isis", "I2": "isis", "E": "egp", "o": "odr",
    "H": "nhrp", "HA": "mobile", "MR": "mobile", "l": "lisp", "ls": "lisp", "lA": "lisp", "a": "application",
    "m": "omp", "n": "nat", "Ni": "nat", "No": "nat", "NI": "nat", "NO": "nat", "NS": "nat", "Na": "nat", "Nd": "dia",
    "Ng": "nat", "ND": "nd", "NDp": "nd", "NDr": "nd", "nd": "nd", "dl": "lisp", "d": "connected", "g": "geo",
}  # fmt: skip


@lru_cache(maxsize=1024)
def _protocol(code: str) -> tuple[str | None, str]:
    """`O*E2` → (`ospf`, `O*E2`): the protocol of a code, and the code with single spaces."""
    letters = re.split(r"[*\s+%&]", code, maxsplit=1)[0]
    return _PROTOCOLS.get(letters) or _PROTOCOLS.get(letters[:2]) or _PROTOCOLS.get(letters[:1]), " ".join(code.split())


def _table(name: str | None) -> str:
    return "default" if name in (None, "default", "global") else str(name)


def parse(text: str, ask: Ask) -> Shown:
    """A RouteRow per next hop; a route of which no next hop was shown is unparsed."""
    if "Routing entry for " in text:
        return route_detail.parse(text, ask)
    return _Table(ask).read(text)


class _Table:
    """What the lines above say of the next: the table, the subnet's length, the route whose next hops follow."""

    def __init__(self, ask: Ask) -> None:
        self.shown = Shown()
        self.vrf = _table(vrf_asked(ask.command))
        self.subnet: int | None = None
        self.waiting: tuple[int, int] | None = None
        """The line of a route without a next hop so far."""
        self.is_open = False
        """The last row ended in a comma: its interface stands on the next line."""
        self.prefix = ""
        self.protocol: str | None = None
        self.code: str | None = None
        self.distance: int | None = None
        self.metric: int | None = None
        self.tag: int | None = None

    def read(self, text: str) -> Shown:
        shown, rows, starts, ends = self.shown, self.shown.rows, self.shown.starts, self.shown.ends
        for found in _LINE.finditer(text):
            if found.lastindex != _USUAL:
                self.unusual(found)
                continue
            code, v4, bits, distance, metric, hop, age, interface = found.group(1, 2, 3, 4, 5, 6, 7, 8)
            start, end = found.span()
            if code is not None:
                self.begin(code, network(v4, int(bits)))
            elif not self.prefix:
                shown.unparsed.append((start, end))
                continue
            if self.waiting:
                start, self.waiting = self.waiting[0], None
            self.distance, self.metric = int(distance), int(metric)
            rows.append(
                RouteRow(
                    self.vrf, self.prefix, None if hop == "0.0.0.0" else intern(hop), intern(interface), self.protocol,
                    self.code, self.distance, self.metric, self.tag, seconds(age),
                )
            )  # fmt: skip
            starts.append(start)
            ends.append(end)
            self.is_open = False
        self.give_up()
        shown.unparsed.sort()
        return shown

    def begin(self, code: str, prefix: str) -> None:
        if self.waiting or self.is_open:
            self.give_up()
        self.prefix = prefix
        self.protocol, self.code = _protocol(code)
        self.distance = self.metric = self.tag = None

    def unusual(self, found: re.Match[str]) -> None:
        """IPv6, connected, wrapped, tagged, discarded; headings."""
        if found["tail"] is None:
            self.heading(found)
            return
        if found["v4"] is not None:
            self.begin(found["code"], self.network(found["v4"], found["bits"] or found["mask"]))
        elif found["v6"] is not None:
            address, _, bits = found["v6"].rpartition("/")
            self.begin(found["code"], network(address, int(bits)))
        elif not self.prefix:
            self.shown.unparsed.append(found.span())
            return
        if found["distance"] is not None:
            self.distance, self.metric = int(found["distance"]), int(found["metric"])
        if tag := found["tag"] or found["late_tag"]:
            self.tag = int(tag)
        if found["tail"]:
            self.hop(found)
        elif found["code"] is not None:
            self.waiting = found.span()

    def hop(self, found: re.Match[str]) -> None:
        hop, age, start = found["hop"], found["age"], found.start()
        row = RouteRow(
            self.vrf, self.prefix, host(hop) if hop and hop not in ("::", "0.0.0.0") else None,
            found["interface"] or found["via"], self.protocol, self.code, self.distance, self.metric, self.tag,
            seconds(age) if age else None, found["repair"] is None,
        )  # fmt: skip
        if self.waiting:
            start, self.waiting = self.waiting[0], None
        self.shown.add(row, start, found.end())
        self.is_open = found["open"] is not None

    def network(self, address: str, mask: str | None) -> str:
        bits = length(mask) if mask else self.subnet
        return network(address, classful_length(address) if bits is None else bits)

    def heading(self, found: re.Match[str]) -> None:
        if found["rest"] is not None:
            self.shown.unparsed.append(found.span())
            if scan.interrupts(found[0]):
                self.give_up()
                self.prefix = ""
        elif found["wrapped"] is not None:
            self.wrapped(found)
        else:
            self.give_up()
            self.prefix, self.subnet = "", None
            if subnet := found["subnet"] or found["submask"]:
                self.subnet = length(subnet) if "variably" not in found[0] else None
            elif found["vrf4"] is not None or found["v6_table"] is not None:
                self.vrf = _table(found["vrf4"] or found["vrf6"] or self.vrf)

    def wrapped(self, found: re.Match[str]) -> None:
        """An interface that stood no more on its route's line."""
        if not self.is_open:
            self.shown.unparsed.append(found.span())
            return
        last: RouteRow = self.shown.rows[-1]
        self.shown.rows[-1] = RouteRow(
            last.vrf, last.prefix, last.next_hop, found["wrapped"], last.protocol, last.protocol_code,
            last.admin_distance, last.metric, last.tag, last.age_seconds, last.active,
        )  # fmt: skip
        self.shown.ends[-1] = found.end()
        self.is_open = False

    def give_up(self) -> None:
        """No further line completes the last route."""
        lost = self.waiting
        if self.is_open:
            self.shown.rows.pop()
            lost = (self.shown.starts.pop(), self.shown.ends.pop())
        if lost:
            self.shown.unparsed.append(lost)
        self.waiting, self.is_open = None, False
