"""Pure. Whom NX-OS sees by CDP and LLDP, in brief and in detail.

Device-ID          Local Intrfce  Hldtme Capability  Platform      Port ID
leaf-2.example.net(FDO00000001)
                    Eth1/1         133    R S s     N9K-C9396PX   Eth1/49
"""

from __future__ import annotations

import re
from collections.abc import Callable

from statetrace_engine.model.captured import NeighborRow
from statetrace_engine.parsing import blocks, device_ids, scan
from statetrace_engine.parsing.shown import Ask, Shown

Make = Callable[[str, tuple[str, ...]], NeighborRow]
CDP_HEADER = re.compile(r"^Device-ID +Local Intrfce +Hldtme +Capability +Platform", re.MULTILINE)
_LOCAL = r"((?:[Ee]th(?:ernet)?|[Mm]gmt|Po|port-channel|Gi|Te)\d[\d/.:]*+)[ \t]++(\d++)"
_CDP_TAIL = rf"""[ \t]++{_LOCAL}(?:[ \t]++[A-Za-z](?=[ \t])){{1,12}}+[ \t]++([^\s]{{2}}[^\n]*?)(?<![ \t])
        [ \t]++(\S++(?:[ ]\d[\d/.]*+)?)"""
_CDP = scan.rows(
    rf"(\S++){_CDP_TAIL}(?P<row>)",
    rf"{_CDP_TAIL}(?P<wrapped>)",
    r"""(?:(?:Capability[ ]Codes:|Device-ID[ ]|Total[ ]entries|[ \t]{6,}+[A-Za-z][ ]-[ ])[^\n]*+)(?P<detail>)""",
    r"(\S{2,})(?P<name>)",
)


def cdp(text: str, ask: Ask) -> Shown:  # noqa: ARG001 - the contract of parsers
    """A row a neighbour; a serial number in parentheses is no part of its name."""
    return _brief(text, _CDP, 4, _cdp_row)


def _cdp_row(name: str, found: tuple[str, ...]) -> NeighborRow:
    local, _, platform, remote = found
    return NeighborRow(local, device_ids.hostname(name), remote, platform)


_LLDP_TAIL = rf"[ \t]++{_LOCAL}(?:[ \t]++([BRTCWPSO](?:[,]?[ ]?[BRTCWPSO])*+))?[ \t]++(\S[^\n]*?)(?<![ \t])"
_LLDP = scan.rows(
    rf"(\S[^\n]{{0,19}}?)(?<![ \t]){_LLDP_TAIL}(?P<row>)",
    rf"{_LLDP_TAIL}(?P<wrapped>)",
    r"""(?:(?:Capability[ ][Cc]odes:|Device[ ]ID[ ]|Total[ ]entries|[ \t]+\([A-Z]\)[ ])[^\n]*+)(?P<detail>)""",
    r"([^\s%]\S*+)(?P<name>)",
)


def lldp(text: str, ask: Ask) -> Shown:  # noqa: ARG001 - the contract of parsers
    """A row a neighbour; a name that fills its line goes on in the next."""
    return _brief(text, _LLDP, 4, _lldp_row)


_NAMELESS = ("null", "not advertised")


def _lldp_row(name: str, found: tuple[str, ...]) -> NeighborRow:
    return NeighborRow(found[0], None if name in _NAMELESS else device_ids.hostname(name), found[3])


def _brief(text: str, pattern: re.Pattern[str], columns: int, make: Make) -> Shown:
    shown = Shown()
    pending: re.Match[str] | None = None
    for found in pattern.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            shown.add(make(found[1], found.groups()[1 : 1 + columns]), found.start(), found.end())
        elif kind == "wrapped" and pending:
            begin = columns + 2
            shown.add(make(pending[0].strip(), found.groups()[begin : begin + columns]), pending.start(), found.end())
            pending = None
        elif kind == "name":
            shown.unparsed += [pending.span()] if pending else []
            pending = found
        elif kind != "detail":
            shown.unparsed.append(found.span())
    shown.unparsed += [pending.span()] if pending else []
    shown.unparsed.sort()
    return shown


_PROSE = rf"(?!{scan.LOG_VERBOSE}|{scan.REFUSED})[^\n]*\S[^\n]*+(?P<known>)"
"""Whatever a neighbour says of itself: its description goes on over lines of any words."""

_CDP_DETAIL = scan.rows(
    r"Device[ ]ID:[ ]?(?P<device>\S[^\n]*+)(?P<begin>)",
    r"(?:-{4,}+|Total[ ]entries[^\n]*+|Capability[ ]Codes[^\n]*+)(?P<within>)",
    blocks.fields(
        r"System[ ]Name:[ ]?(?P<system>\S[^\n]*+)?",
        r"[ ]+IP(?:v4|v6)?[ ][Aa]ddress:[ ]?(?P<address>[0-9a-fA-F.:]++)[^\n]*+",
        r"Platform:[ ]?(?P<platform>[^,\n]*+)[^\n]*+",
        r"Interface:[ ]?(?P<local>[^\s,]++),[ ]Port[ ]ID[ ]\(outgoing[ ]port\):[ ]?(?P<remote>\S[^\n]*+)",
    ),
    _PROSE,
)


def cdp_detail(text: str, ask: Ask) -> Shown:
    """A row a neighbour of `show cdp neighbors detail`; the first address that it tells."""
    return blocks.records(text, ask, _CDP_DETAIL, _cdp_record)


def _cdp_record(of: blocks.Fields) -> NeighborRow | None:
    if "local" not in of:
        return None
    return NeighborRow(
        of["local"],
        of.get("system") or device_ids.hostname(of["device"]),
        of.get("remote"),
        of.get("platform"),
        of.get("address"),
    )


_LLDP_DETAIL = scan.rows(
    r"Chassis[ ]id:[ ]?(?P<chassis>\S[^\n]*+)(?P<begin>)",
    r"(?:Total[ ]entries[^\n]*+|Capability[ ]codes:[^\n]*+|Device[ ]ID[ ][^\n]*+)(?P<within>)",
    blocks.fields(
        r"Port[ ]id:[ ]?(?P<remote>\S[^\n]*+)",
        r"Local[ ]Port[ ]id:[ ]?(?P<local>\S++)[^\n]*+",
        r"System[ ]Name:[ ]?(?!not[ ]advertised|null)(?P<system>\S[^\n]*+)",
        r"System[ ]Description:[ ]?(?!not[ ]advertised|null)(?P<platform>\S[^\n]*+)",
        r"Management[ ]Address(?:[ ]IPV6)?:[ ]?(?P<address>(?=[0-9a-fA-F]*+[.:])[0-9a-fA-F.:]++)[^\n]*+",
    ),
    _PROSE,
)


def lldp_detail(text: str, ask: Ask) -> Shown:
    """A row a neighbour of `show lldp neighbors detail`; the platform is the first line of its description."""
    return blocks.records(text, ask, _LLDP_DETAIL, _lldp_record)


def _lldp_record(of: blocks.Fields) -> NeighborRow | None:
    if "local" not in of:
        return None
    return NeighborRow(of["local"], of.get("system"), of.get("remote"), of.get("platform"), of.get("address"))
