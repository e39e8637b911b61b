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

from statetrace_engine.model.captured import RouteRow
from statetrace_engine.parsing import scan
from statetrace_engine.parsing.ages import seconds
from statetrace_engine.parsing.prefixes import classful_length, host, length, network
from statetrace_engine.parsing.shown import Ask, Shown, vrf_asked
from statetrace_engine.parsing.shows.cisco_ios import route_detail

_V4 = r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}"
_AGE = r"\d++:\d\d:\d\d|(?:\d++[ywdh]){1,3}|never|-"
_HOP = rf"{_V4}(?![\w/])|[0-9A-Fa-f]{{0,4}}:[0-9A-Fa-f:.]*+"
_LINE = re.compile(
    rf"""^(?:
      (?:
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
        (?:,\ (?P<interface>[A-Za-z][^\s,]*+))?
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
    if route_detail.HEADER.search(text):
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

    def read(self, text: str) -> Shown:
        shown, rows, starts, ends = self.shown, self.shown.rows, self.shown.starts, self.shown.ends
        prefix = protocol = kept_code = None
        distance = metric = tag = None
        for found in _LINE.finditer(text):
            (code, v4, bits, mask, v6, repair, dist, met, tag1, tail, hop, via, age, interface, tag2, dangling,
             *_) = found.groups()  # fmt: skip
            if tail is None:
                self.heading(found)
                if found["rest"] is None and found["wrapped"] is None:
                    prefix = None
                continue
            start, end = found.span()
            if code is not None:
                if self.waiting or self.is_open:
                    self.give_up()
                protocol, kept_code = _protocol(code)
                distance = metric = tag = None
                if v4 is not None:
                    prefix = network(v4, int(bits)) if bits else self.network(v4, mask)
                else:
                    address, _, v6_bits = v6.rpartition("/")
                    prefix = network(address, int(v6_bits))
                if not tail:
                    self.waiting = (start, end)
            elif prefix is None:
                shown.unparsed.append((start, end))
                continue
            if dist is not None:
                distance, metric = int(dist), int(met)
            if tag1 is not None or tag2 is not None:
                tag = int(tag1 or tag2)
            if not tail:
                continue
            if self.waiting:
                start, self.waiting = self.waiting[0], None
            rows.append(
                RouteRow(
                    self.vrf, prefix, host(hop) if hop and hop not in ("::", "0.0.0.0") else None, interface or via,
                    protocol, kept_code, distance, metric, tag, seconds(age) if age else None, repair is None,
                )
            )  # fmt: skip
            starts.append(start)
            ends.append(end)
            self.is_open = dangling is not None
        self.give_up()
        return shown

    def network(self, address: str, mask: str | None) -> str:
        bits = length(mask) if mask else self.subnet
        return network(address, classful_length(address) if bits is None else bits)

    def heading(self, found: re.Match[str]) -> None:
        if found["rest"] is not None:
            self.shown.unparsed.append(found.span())
        elif found["wrapped"] is not None:
            self.wrapped(found)
        else:
            self.give_up()
            self.subnet = None
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
            self.shown.unparsed.sort()
        self.waiting, self.is_open = None, False
