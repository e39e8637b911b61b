"""Pure. `show ip arp`, `show arp` and `show ipv6 neighbors`: who has which address.

Internet  10.1.1.1               12   aabb.cc00.0100  ARPA   GigabitEthernet0/1
FE80::208:E3FF:FEFF:FC28          0 0008.e3ff.fc28  REACH Vl687
"""

from __future__ import annotations

import re

from statetrace_engine.model.captured import ArpRow
from statetrace_engine.parsing import scan
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.prefixes import host
from statetrace_engine.parsing.shown import Ask, Shown, vrf_asked

_MAC = r"[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}"
_LINE = late(
    rf"""^(?:
      \ *+Internet\ ++(\d[\d.]*+)\ ++(?:\d++|-)\ ++(?:({_MAC})|[Ii]ncomplete)
      (?:\ ++[A-Z][A-Z0-9-]*+(?=[ \t]|$))?+(?:\ ++([A-Za-z][^\n]*+))?
    | ([0-9A-Fa-f]{{0,4}}:[0-9A-Fa-f:.]++)\ ++(?:\d++|-)\ ++(?:({_MAC})|-)\ ++[A-Z]{{3,6}}+\ ++(\S++)
    | (Protocol\ +Address\ [^\n]*|IPv6\ Address\ +Age\ [^\n]*|Total\ (?:number\ of\ )?[^\n]*|{scan.CLOCK})
    | ([^\n]*\S[^\n]*)
    )[ \t]*+$""",
    re.VERBOSE | re.MULTILINE,
)


def parse(text: str, ask: Ask) -> Shown:
    """An ArpRow per address; one that did not answer (`Incomplete`) has no MAC."""
    shown = Shown()
    rows, starts, ends = shown.rows, shown.starts, shown.ends
    vrf = vrf_asked(ask.command) or "default"
    for found in _LINE.finditer(text):
        ip, mac, interface, ip6, mac6, interface6, _, rest = found.groups()
        if ip is not None:
            rows.append(ArpRow(ip, mac, interface.rstrip() if interface else None, vrf))
        elif ip6 is not None:
            rows.append(ArpRow(host(ip6), mac6, interface6, vrf))
        else:
            if rest is not None:
                shown.unparsed.append(found.span())
            continue
        starts.append(found.start())
        ends.append(found.end())
    return shown
