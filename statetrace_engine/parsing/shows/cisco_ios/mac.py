"""Pure. `show mac address-table` (and `show mac-address-table`) of the Catalysts, each generation with its own columns.

      87    0019.ab11.1111    DYNAMIC     Gi1/1/1
    *     420 009e.1ead.eadd  dynamic  Yes        5     Po140
      46      0000.0c07.ac04   dynamic ip,ipx,assigned,other TenGigabitEthernet5/1
    0007.7d1f.1111         Dynamic       1     FastEthernet0/1/0

Multicast entries are known and left out: they say whom a switch floods to, not where a station is.
"""

from __future__ import annotations

import re

from statetrace_engine.model.captured import MacRow
from statetrace_engine.parsing import scan
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.shown import Ask, Shown

_MAC = r"[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}"
_LINE = late(
    rf"""^(?:
      [*\#+~RDSGOPTF\ ]*+(?P<vlan>\d++|All|[Nn]/[Aa]|-{{1,3}}|[A-Z][A-Za-z]++\d++)\ ++
      (?P<mac>{_MAC})\ ++(?!forward\b)[A-Za-z_-]++\*?
      (?:\ ++(?:Yes|No|[Nn]/[Aa])\ ++(?:\d++|-++|[Nn]/[Aa]|~++))?
      (?:\ ++(?:ip|ipx|ipv6|assigned|other|appletalk|pv)(?:,[a-z0-9,]*+)?(?=\ |$))?
      (?:\ ++(?P<ports>[A-Za-z(][^\n]*+))?
    | \ *+(?P<old_mac>{_MAC})[ \t]++[A-Za-z]++[ \t]++(?P<old_vlan>\d++|All)[ \t]++(?P<old_ports>[A-Za-z][^\n]*+)
    | (?P<multicast>Multicast\ Entries[^\n]*)
    | (?P<unicast>Unicast\ Entries[^\n]*)
    | \ {{16,}}+(?P<more>[A-Z][A-Za-z]*+\d*+[\d/.]*+(?:,\ ?[A-Z][A-Za-z]*+[\d/.]*+)*+,?)
    | (?P<heading>\ *+(?:
          Mac\ Address\ Table[^\n]*|[-+ ]++|(?i:vlan\ ++mac\ address\b)[^\n]*|Legend:[^\n]*|age\ -[^\n]*|n/a\ -[^\n]*
        | [SRD\#*+~]\ -\ [^\n]*|Displaying\ entries[^\n]*|Total\ [^\n]*|No\ entries\ [^\n]*
        | (?:Secure|Static|Non-static)\ [^\n]*
        | (?:Dynamic|System|Static|Secure|Total|Maximum)\ [^\n]*|Destination\ Address\b[^\n]*|-+\ [^\n]*
        | [Mm]ac\ Address\ Table\b[^\n]*|Module\ \d++[^\n]*|Nr\b[^\n]*|{scan.CLOCK}))
    | (?P<rest>[^\n]*\S[^\n]*)
    )[ \t]*+$""",
    re.VERBOSE | re.MULTILINE,
)
_SEPARATORS = late(r"[,\s]+")


def _split(ports: str) -> tuple[str, ...]:
    return tuple(filter(None, _SEPARATORS.split(ports)))


def parse(text: str, ask: Ask) -> Shown:
    """A MacRow per unicast entry; the last of a truncated table is held back, its ports may go on."""
    shown = Shown()
    is_multicast, can_go_on = False, False
    below: list[str] = []
    for found in _LINE.finditer(text):
        vlan, mac, ports, old_mac, old_vlan, old_ports, multicast, unicast, more, _, rest = found.groups()
        if mac is not None and not is_multicast:
            _end(shown, below)
            shown.add(MacRow(mac, None if vlan[0] == "-" else vlan, _ports(ports)), *found.span())
        elif old_mac is not None and not is_multicast:
            _end(shown, below)
            shown.add(MacRow(old_mac, old_vlan, _ports(old_ports)), *found.span())
        elif more is not None and can_go_on and not is_multicast:
            below += _split(more)
            shown.ends[-1] = found.end()
        elif rest is not None or (more is not None and not is_multicast):
            shown.unparsed.append(found.span())
            can_go_on = can_go_on and scan.is_log(found[0])
            continue
        else:
            is_multicast = (is_multicast or multicast is not None) and unicast is None
            can_go_on = False
            continue
        can_go_on = True
    _end(shown, below)
    if ask.is_truncated and can_go_on and len(shown.rows[-1].ports) > 1:
        shown.rows.pop()
        shown.unparsed.append((shown.starts.pop(), shown.ends.pop()))
        shown.unparsed.sort()
    return shown


def _end(shown: Shown, below: list[str]) -> None:
    """The last entry is all there: what stood below it are ports of its own."""
    if below:
        last: MacRow = shown.rows[-1]
        shown.rows[-1] = MacRow(last.mac, last.vlan, (*last.ports, *below))
        below.clear()


def _ports(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    bare = text.rstrip()
    return _split(bare) if "," in bare or " " in bare else (bare,)
