"""Pure. `show ip route 10.1.0.0`: one destination in full, of IPv4 and IPv6.

Routing entry for 10.1.0.0/16
  Known via "ospf 1", distance 110, metric 20, type extern 2
  Routing Descriptor Blocks:
  * 10.0.0.2, from 10.255.0.2, 1d02h ago, via GigabitEthernet0/1
"""

from __future__ import annotations

import re

from statetrace_engine.model.captured import RouteRow
from statetrace_engine.parsing import scan
from statetrace_engine.parsing.ages import seconds
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.prefixes import host, prefix
from statetrace_engine.parsing.shown import Ask, Shown, vrf_asked

_ADDRESS = r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]*+"
_AGE = r"[\w:]{1,20}"
_LINE = late(
    rf"""^(?:
      [ \t]*+Routing\ entry\ for\ (?P<prefix>[0-9A-Fa-f:.]++/\d{{1,3}}+)[^\n]*
    | Routing\ [Tt]able:\ ++(?P<vrf>\S++)
    | [ \t]++Known\ via\ "(?P<known>[^"\n]*+)"(?:,\ distance\ (?P<distance>\d{{1,10}}+))?
      (?:,\ metric\ (?P<metric>\d{{1,10}}+))?[^\n]*
    | [ \t]++(?:Route\ )?[Tt]ag\ (?:is\ )?(?P<tag>\d{{1,10}}+)[^\n]*
    | [ \t]++Last\ updated\ (?P<updated>{_AGE})\ ago
    | [ \t]++(?P<best>\*\ )?(?P<hop>{_ADDRESS})(?:%[^\s,]++)?(?:\ \([^)\n]{{0,80}}\))?(?:\ \[[^\]\n]{{0,80}}\])?
      (?=,|[ \t]*$)(?P<hop_tail>[^\n]*)
    | [ \t]++(?P<here>(?:\*\ )?(?:directly\ connected|receive)[^\n]*)
    | (?P<understood>[ \t]++[^\s%][^\n]*)
    | (?P<rest>[^\n]*\S[^\n]*)
    )[ \t]*+$""",
    re.VERBOSE | re.MULTILINE,
)
_VIA = late(r"\bvia (?P<interface>[A-Za-z][^\s,]*)")
_PLAIN = late(r"^, (?P<interface>[A-Z][^\s,]*)")
_AGO = late(r", ([\w:]{1,20}) ago")


def parse(text: str, ask: Ask) -> Shown:
    """A RouteRow per routing descriptor block; the one marked `*` carries the next packet, all are installed."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    target = known = None
    distance = metric = tag = None
    for found in _LINE.finditer(text):
        if found["rest"] is not None or scan.is_log(found[0]):
            shown.unparsed.append(found.span())
        elif found["prefix"] is not None:
            target, known, distance, metric, tag = prefix(found["prefix"]), None, None, None, None
        elif found["vrf"] is not None:
            vrf = found["vrf"]
        elif found["known"] is not None:
            known = found["known"]
            distance, metric = (int(found[name]) if found[name] else None for name in ("distance", "metric"))
        elif found["tag"] is not None:
            tag = int(found["tag"])
        elif target and (found["hop"] is not None or found["here"] is not None):
            tail = found["hop_tail"] or found["here"] or ""
            interface = _VIA.search(tail) or _PLAIN.match(tail)
            age = _AGO.search(tail)
            row = RouteRow(
                vrf,
                target,
                host(found["hop"]) if found["hop"] else None,
                interface["interface"] if interface else None,
                _protocol(known),
                known,
                distance,
                metric,
                tag,
                seconds(age[1]) if age else None,
            )
            shown.add(row, *found.span())
    return shown


def _protocol(known: str | None) -> str | None:
    """`ospf 1` → `ospf`; IPv6 says `connected`, `local`, `static` as IPv4 does."""
    return known.split()[0].lower() if known and known.strip() else None
