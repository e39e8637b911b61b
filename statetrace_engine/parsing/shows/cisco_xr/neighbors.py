"""Pure. Whom IOS XR sees by CDP and LLDP, in brief and in detail.

Device ID       Local Intf          Hold-time  Capability     Port ID
pe2.example.net GigabitEthernet0/0/0/1   120        R              Gi0/0/0/2
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from statetrace_engine.model.captured import NeighborRow
from statetrace_engine.parsing import blocks, device_ids, scan
from statetrace_engine.parsing.shown import Ask, Shown
from statetrace_engine.parsing.shows.cisco_xr.peers import STAMP

_LOCAL = r"([A-Z][A-Za-z-]*+\d[\w/.]*+(?:\[[^\]\s]*+\])?)[ \t]++(\d++)"
_PORT = r"([A-Za-z]\S*+(?:[ ]\d[\d/.]*+)?|\S++)"
_CDP_TAIL = rf"[ \t]++{_LOCAL}(?:[ \t]++[A-Za-z](?=[ \t]))*+[ \t]++([^\s]{{2}}[^\n]*?)(?<![ \t])[ \t]++{_PORT}"
_LLDP_TAIL = rf"[ \t]++{_LOCAL}[ \t]++(?:([A-Z](?:,[ ]?[A-Z])*+|N/A)[ \t]++)?{_PORT}"
_KNOWN = rf"(?:{STAMP}|(?:Capability[ ][Cc]odes:|Device[ ]ID[ ]|Total[ ]entries|[ \t]++[A-Za-z][ ]-[ ]|[ \t]++\([A-Z]\)[ ])[^\n]*+)(?P<known>)"
_CDP = scan.rows(rf"(\S++){_CDP_TAIL}(?P<row>)", rf"{_CDP_TAIL}(?P<wrapped>)", _KNOWN, r"([^\s%]\S++)(?P<name>)")
_LLDP = scan.rows(rf"(\S++){_LLDP_TAIL}(?P<row>)", rf"{_LLDP_TAIL}(?P<wrapped>)", _KNOWN, r"([^\s%]\S++)(?P<name>)")


def cdp(text: str, ask: Ask) -> Shown:
    """A row a neighbour of `show cdp neighbors`, or of its `detail`."""
    if "detail" in ask.command.split():
        return blocks.records(text, ask, _CDP_DETAIL, _record)
    return _brief(text, _CDP)


def lldp(text: str, ask: Ask) -> Shown:
    """A row a neighbour of `show lldp neighbors`, or of its `detail`."""
    if "detail" in ask.command.split():
        return blocks.records(text, ask, _LLDP_DETAIL, _record)
    return _brief(text, _LLDP)


def _brief(text: str, pattern: re.Pattern[str]) -> Shown:
    shown = Shown()
    pending: re.Match[str] | None = None
    for found in pattern.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            name, local, _, platform, remote = found.group(1, 2, 3, 4, 5)
            start = found.start()
        elif kind == "wrapped" and pending:
            local, _, platform, remote = found.group(7, 8, 9, 10)
            name, start, pending = pending[0].strip(), pending.start(), None
        else:
            if kind == "name":
                shown.unparsed += [pending.span()] if pending else []
                pending = found
            elif kind != "known":
                shown.unparsed.append(found.span())
            continue
        name = device_ids.hostname(name) if pattern is _CDP else name
        shown.add(NeighborRow(local, name, remote, platform if pattern is _CDP else None), start, found.end())
    shown.unparsed += [pending.span()] if pending else []
    shown.unparsed.sort()
    return shown


_CDP_DETAIL = scan.rows(
    r"Device[ ]ID[ ]?:[ ]?(?P<device>\S[^\n]*+)(?P<begin>)",
    rf"(?:{STAMP}|-{{4,}}+|Total[ ]entries[^\n]*+)(?P<within>)",
    blocks.fields(
        r"(?:SysName|System[ ]Name)[ ]?:[ ]?(?P<system>\S[^\n]*+)",
        r"[ ]++IP(?:v[46])?[ ]address:[ ]?(?P<address>[0-9a-fA-F.:]++)[^\n]*+",
        r"Platform:[ ]?(?P<platform>[^,\n]*+)[^\n]*+",
        r"Interface:[ ]?(?P<local>[^\s,]++)(?:,?[ ]++Port[ ]ID[ ]\(outgoing[ ]port\):[ ]?(?P<remote>\S[^\n]*+))?",
        r"Port[ ]ID[ ]\(outgoing[ ]port\):[ ]?(?P<port>\S[^\n]*+)",
    ),
    r"(?:(?!Device|\*)[A-Za-z][^%\n]*+|[ ]++\S[^\n]*+)(?P<known>)",
)
_LLDP_DETAIL = scan.rows(
    r"Local[ ]Interface:[ ]?(?P<local>\S++)[^\n]*+(?P<begin>)",
    rf"(?:{STAMP}|-{{4,}}+|Total[ ]entries[^\n]*+|Capability[ ]codes:[^\n]*+)(?P<within>)",
    blocks.fields(
        r"Port[ ]id:[ ]?(?P<remote>\S[^\n]*+)",
        r"System[ ]Name:[ ]?(?!not[ ]advertised)(?P<system>\S[^\n]*+)",
        r"System[ ]Description:[ ]*+(?!not[ ]advertised)(?P<platform>\S[^\n]*+)",
        r"[ ]++IPv[46][ ]address:[ ]?(?P<address>[0-9a-fA-F.:]++)[^\n]*+",
        r"(?:[ ]|(?=(?:Cisco|Arista|Juniper|Huawei|Nokia|Linux|Ubuntu|Debian)[ ]))(?P<described>[A-Z0-9][^\n]*+)",
    ),
    r"(?:(?!Local[ ]Interface|\*)[A-Za-z][^%\n]*+|[ ]++\S[^\n]*+)(?P<known>)",
)


def _record(of: blocks.Fields) -> NeighborRow | None:
    if "local" not in of:
        return None
    platform = of.get("platform") or of.get("described")
    name = of.get("system") or device_ids.hostname(of.get("device", "")) or None
    return NeighborRow(of["local"], name, of.get("remote") or of.get("port"), platform, of.get("address"))
