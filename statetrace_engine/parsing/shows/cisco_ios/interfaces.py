"""Pure. The tables of interfaces, a line each: `show interfaces status`, `show interfaces description`,
`show ip interface brief`; and `show ipv6 interface brief`, whose addresses stand below.

    Gi1/0/2   AccessPoint        connected    8          a-full a-1000 10/100/1000BaseTX
    GigabitEthernet0/1     10.1.1.1        YES NVRAM  administratively down down
"""

from __future__ import annotations

import re

from statetrace_engine.model.captured import InterfaceRow
from statetrace_engine.parsing import scan
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.prefixes import host
from statetrace_engine.parsing.shown import Ask, Shown

_STATUS = late(
    rf"""^(?:
      \ *+(?P<name>[A-Za-z][A-Za-z-]{{0,30}}+\d\S*+)\ ++(?:(?P<description>\S[^\n]*?)(?<!\ )\ ++)??
      (?P<status>connected|notconnect(?:ed)?|disabled|err-disabled|inactive|monitoring|suspend(?:ed|nd)?|sfpAbsent|
        sfpInvali?d?|xcvrAbsen?t?|noOperMem|notConnec|faulty|channelDo|down|up|sdpDown|eth-Down|link-err|linkFlapE|
        standby|dormant|udld|vlan-inact|nopwrcfg|hwFailure|trunk-err|admin|dis-port-sec|remoteErr)
      (?::(?:\ [A-Z]{{1,4}}(?=\ ))?)?\ ++
      (?P<vlan>\d[\d,-]*+|trunk|routed|unassigned|f-path|fabricpath|(?:pvlan|private)(?:\ ++[b-z]++)?|monitor|
        connected|[Nn]/[Aa]|--)\ ++
      (?P<duplex>(?:a-)?(?:auto|full|half)|--|[Uu]nknown|[Nn]/[Aa])\ ++(?P<speed>[\w./-]++)(?:\ [^\n]*+)?
    | \ *+(?P<port>[A-Za-z][A-Za-z-]{{0,30}}+\d\S*+)\ is\ (?P<link>[a-z]++)\ [^\n]*
    | (?P<heading>Port\ ++Name\ [^\n]*|-{{5,}}+[-\ ]*+|{scan.CLOCK})
    | (?P<rest>[^\n]*\S[^\n]*)
    )[ \t]*+$""",
    re.VERBOSE | re.MULTILINE,
)
_BRIEF = late(
    rf"""^(?:
      ([A-Za-z][\w/.:-]*+(?:\ \d[\w/.:]*+)?)\ ++
      (?:(\d++\.\d++\.\d++\.\d++)(?:/(\d{{1,2}}))?|unassigned|unnumbered|[a-z][\w-]*+)
      \ ++(?:YES|NO)\ ++\S++\ ++(administratively\ down|up|down|deleted|reset|standby(?:\ mode)?)(?:\ \([^)\n]*\))?\ ++
      (up|down)\b[^\n]*
    | (Interface\ ++IP-Address\ [^\n]*|Any\ interface\ listed\ with\ [^\n]*|{scan.CLOCK})
    | ([^\n]*\S[^\n]*)
    )[ \t]*+$""",
    re.VERBOSE | re.MULTILINE,
)
_DESCRIPTION = late(
    rf"""^(?:
      ([A-Za-z][\w/.:-]*+)\ ++(admin\ down|up|down|deleted)\ ++(up|down)(?:\ ++([^\n]*\S))?
    | (Interface\ ++Status\ ++Protocol\b[^\n]*|{scan.CLOCK})
    | ([^\n]*\S[^\n]*)
    )[ \t]*+$""",
    re.VERBOSE | re.MULTILINE,
)
_V6_BRIEF = late(
    rf"""^(?:
      (?P<name>[A-Za-z][\w/.:-]*+)\ ++\[(?P<admin>administratively\ down|[a-z]++)/(?P<oper>[a-z]++)\]
    | \ ++(?P<address>[0-9A-Fa-f]{{0,4}}:[0-9A-Fa-f:.]++)(?:/(?P<bits>\d{{1,3}}))?(?:\ \[[A-Z/]++\])?
    | (?P<heading>\ ++(?:unassigned|unnumbered[^\n]*)|{scan.CLOCK})
    | (?P<rest>[^\n]*\S[^\n]*)
    )[ \t]*+$""",
    re.VERBOSE | re.MULTILINE,
)


def parse_status(text: str, ask: Ask) -> Shown:
    """An InterfaceRow per port of `show interfaces status`; a connected or monitoring port is up."""
    del ask
    shown = Shown()
    for found in _STATUS.finditer(text):
        if found["name"] is not None:
            status = found["status"]
            row = InterfaceRow(
                found["name"],
                (found["description"] or "").strip() or None,
                status not in ("disabled", "admin"),
                status in ("connected", "monitoring", "up"),
                vlan=found["vlan"],
                duplex=found["duplex"],
                speed=found["speed"],
            )
            shown.add(row, *found.span())
        elif found["port"] is not None:
            is_up = found["link"] in ("up", "trunking", "connected")
            shown.add(InterfaceRow(found["port"], oper_up=is_up), *found.span())
        elif found["rest"] is not None:
            shown.unparsed.append(found.span())
    return shown


def parse_brief(text: str, ask: Ask) -> Shown:
    """An InterfaceRow per line of `show ip interface brief`; it shows no length."""
    del ask
    shown = Shown()
    for found in _BRIEF.finditer(text):
        name, ip, bits, status, protocol, _, rest = found.groups()
        if name is not None:
            is_admin_up = status not in ("administratively down", "deleted")
            row = InterfaceRow(name, None, is_admin_up, protocol == "up", ip, int(bits) if bits else None)
            shown.add(row, *found.span())
        elif rest is not None:
            shown.unparsed.append(found.span())
    return shown


def parse_description(text: str, ask: Ask) -> Shown:
    """An InterfaceRow per line of `show interfaces description`."""
    del ask
    shown = Shown()
    for found in _DESCRIPTION.finditer(text):
        name, status, protocol, description, _, rest = found.groups()
        if name is not None:
            row = InterfaceRow(name, description, status not in ("admin down", "deleted"), protocol == "up")
            shown.add(row, *found.span())
        elif rest is not None:
            shown.unparsed.append(found.span())
    return shown


def parse_v6_brief(text: str, ask: Ask) -> Shown:
    """An InterfaceRow per interface, with its first address that is not link-local, else that one."""
    shown = Shown()
    is_open = False
    for found in _V6_BRIEF.finditer(text):
        if found["name"] is not None:
            is_admin_up = found["admin"] != "administratively down"
            shown.add(InterfaceRow(found["name"], None, is_admin_up, found["oper"] == "up"), *found.span())
            is_open = True
        elif found["address"] is not None and is_open:
            last: InterfaceRow = shown.rows[-1]
            if last.ip is None or last.ip.startswith("fe80:"):
                bits = int(found["bits"]) if found["bits"] else None
                shown.rows[-1] = InterfaceRow(
                    last.name, None, last.admin_up, last.oper_up, host(found["address"]), bits
                )
            shown.ends[-1] = found.end()
        elif found["heading"] is None:
            shown.unparsed.append(found.span())
            is_open = is_open and not scan.interrupts(found[0])
    if ask.is_truncated and shown.rows:
        shown.rows.pop()
        shown.ends.pop()
        start = shown.starts.pop()
        shown.unparsed.append((start, end if (end := text.find("\n", start)) >= 0 else len(text)))
        shown.unparsed.sort()
    return shown
