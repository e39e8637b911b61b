"""Pure. `show interfaces`, `show ip interface` and `show ipv6 interface`: some twenty lines an interface.

    GigabitEthernet0/1 is up, line protocol is up (connected)
      Hardware is iGbE, address is fa16.3e4f.41cc (bia fa16.3e4f.41cc)
      Description: to iosvl2-2
      Internet address is 10.255.0.16/16
      MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec,
      Full-duplex, 100Mb/s, link type is auto

Indented lines that hold none of these facts belong to their interface and are understood.
"""

from __future__ import annotations

import re

from statetrace_engine.model.captured import InterfaceRow
from statetrace_engine.parsing import scan
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.prefixes import host
from statetrace_engine.parsing.shown import Ask, Shown

_LINE = late(
    rf"""^(?:
      (?P<name>[A-Za-z][\w/.:-]*+(?:\ \d[\w/.:]*+)?)\ is
      \ (?P<status>administratively\ down|[a-z][a-z-]*+(?:\ [a-z]++)?)(?:\ \([^)\n]*\))?
      ,\ line\ protocol\ is\ (?P<protocol>[a-z]++)\b[^\n]*
    | \ ++Hardware\ is\ [^\n]*?\baddress\ is\ (?P<mac>[0-9A-Fa-f]{{4}}\.[0-9A-Fa-f]{{4}}\.[0-9A-Fa-f]{{4}})\b[^\n]*
    | \ ++Description:(?P<description>[^\n]*)
    | \ ++Internet\ address\ is\ (?P<ip>\d[\d.]*+)(?:/(?P<bits>\d{{1,2}}+))?[^\n]*
    | \ ++(?P<ip6>[0-9A-Fa-f]{{0,4}}:[0-9A-Fa-f:.]++),\ subnet\ is\ [0-9A-Fa-f:.]++/(?P<bits6>\d{{1,3}}+)[^\n]*
    | \ ++(?:IP\ )?MTU\ (?:is\ )?(?P<mtu>\d{{1,9}}+)\ bytes\b[^\n]*
    | \ ++Encapsulation\ [^\n]*?\bVlan\ ID\ ++(?P<vlan>\d{{1,5}}+)[^\n]*
    | \ ++(?P<duplex>[Ff]ull|[Hh]alf|[Aa]uto|[Uu]nknown)(?:[-\ ][Dd]uplex)?,
      \ ++(?P<speed>[\w./-]++(?:\ [KMG]b(?:/s|ps))?)[^\n]*
    | \ ++(?P<errors>\d{{1,15}}+)\ input\ errors\b[^\n]*
    | \ (?P<indented>\ *+(?![^\n%]{{0,80}}%[A-Z0-9_]++(?:-[A-Z0-9_]++)*-[0-7]-)\S[^\n]*)
    | (?P<heading>{scan.CLOCK})
    | (?P<rest>[^\n]*\S[^\n]*)
    )[ \t]*+$""",
    re.VERBOSE | re.MULTILINE,
)
_FACTS = ("mac", "description", "ip", "bits", "ip6", "bits6", "mtu", "vlan", "duplex", "speed", "errors")


def parse(text: str, ask: Ask) -> Shown:
    """An InterfaceRow per interface; of a truncated text the last is held back, its facts may be cut off."""
    shown = Shown()
    seen: dict[str, str] | None = None
    head, end = (0, 0), 0
    for found in _LINE.finditer(text):
        if found["name"] is not None:
            if seen is not None:
                shown.add(_row(seen), head[0], end)
            seen = {name: found[name] for name in ("name", "status", "protocol")}
            head, end = found.span(), found.end()
        elif found["rest"] is not None or (seen is None and found["heading"] is None):
            shown.unparsed.append(found.span())
            if seen is not None and scan.interrupts(found[0]) and " is " in found[0]:
                shown.add(_row(seen), head[0], end)
                seen = None
        elif seen is not None:
            end = found.end()
            if found.lastgroup not in ("indented", "heading"):
                for name in _FACTS:
                    if found[name] is not None:
                        seen.setdefault(name, found[name])
    if seen is not None:
        if ask.is_truncated:
            shown.unparsed.append(head)
            shown.unparsed.sort()
        else:
            shown.add(_row(seen), head[0], end)
    return shown


def _row(seen: dict[str, str]) -> InterfaceRow:
    ip = seen.get("ip") or seen.get("ip6")
    bits = seen.get("bits") if "ip" in seen else seen.get("bits6")
    return InterfaceRow(
        seen["name"],
        seen.get("description", "").strip() or None,
        seen["status"] not in ("administratively down", "deleted"),
        seen["protocol"] == "up",
        host(ip) if ip else None,
        int(bits) if bits else None,
        seen.get("mac"),
        seen.get("vlan"),
        seen.get("duplex"),
        seen.get("speed"),
        int(seen["mtu"]) if "mtu" in seen else None,
        int(seen["errors"]) if "errors" in seen else None,
    )
