"""Pure. Interfaces of EOS: `show interfaces`, its status and description, and `show ip interface brief`."""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from statetrace_engine.model.captured import InterfaceRow
from statetrace_engine.parsing import blocks, scan
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.shown import Ask, Shown

STATUS_HEADER = late(r"^Port +Name +Status +Vlan +Duplex +Speed +Type +(?:Flags|Encaps)", re.MULTILINE)
BRIEF_HEADER = late(r"^Interface +IP Address +Status +Protocol +MTU", re.MULTILINE)
_STATUS = scan.rows(
    r"""([A-Z][A-Za-z-]*+\d[\d/.]*+)[ ]++(?:(\S[^\n]*?)(?<![ ])[ ]++)??
        (connected|notconnect|disabled|errdisabled|inactive|up|down|monitoring|sub-interface[ ]\S++)[ ]++(in[ ]\S++|\S++)[ ]++((?:a-)?(?:full|half|auto)|unconf\w*+|[Uu]nknown|[Nn]/[Aa]|--)[ ]++(\S++)(?:[ ]++(\S[^\n]*))?(?P<row>)""",
    r"(?:Port[ ]++Name[ ]|-{2,}+)[^\n]*+(?P<known>)",
)
_OPER = {"connected": True, "up": True, "monitoring": True}


def status(text: str, ask: Ask) -> Shown:
    """An InterfaceRow per port of `show interfaces status`."""
    del ask
    shown = Shown()
    for found in _STATUS.finditer(text):
        if found.lastgroup == "row":
            name, words, state, vlan, duplex, speed = found.group(1, 2, 3, 4, 5, 6)
            row = InterfaceRow(
                name, words, state != "disabled", _OPER.get(state, False), vlan=vlan, duplex=duplex, speed=speed
            )
            shown.add(row, found.start(), found.end())
        elif found.lastgroup == "rest":
            shown.unparsed.append(found.span())
    return shown


_DESCRIPTIONS = scan.rows(
    r"([A-Z][A-Za-z-]*+\d[\d/.]*+)[ ]++(admin[ ]down|up|down)[ ]++(up|down|lowerlayerdown|notpresent|unknown|dormant|testing)(?:[ ]++(\S[^\n]*?)(?<![ \t]))?(?P<row>)",
    r"Interface[ ]++Status[^\n]*+(?P<known>)",
)


def descriptions(text: str, ask: Ask) -> Shown:
    """An InterfaceRow per interface of `show interfaces description`."""
    del ask
    shown = Shown()
    for found in _DESCRIPTIONS.finditer(text):
        if found.lastgroup == "row":
            row = InterfaceRow(found[1], found[4], found[2] != "admin down", found[3] == "up")
            shown.add(row, found.start(), found.end())
        elif found.lastgroup == "rest":
            shown.unparsed.append(found.span())
    return shown


_BRIEF = scan.rows(
    r"""([A-Z][A-Za-z-]*+\d[\d/.]*+)[ ]++(?:([0-9a-fA-F.:]++)(?:/(\d{1,3}+))?|unassigned|\S++)[ ]++(admin[ ]down|up|down)[ ]++
        (up|down|lowerlayerdown|notpresent|unknown|dormant|testing)[ ]++(\d{1,9}+(?!\d))?[^\n]*+(?P<row>)""",
    r"(?:Interface[ ]|Address[ ]|[ ]++Address|-{3,}+|[ ]{20,}+(?:IP|Owner|Status|MTU))[^\n]*+(?P<known>)",
)


def brief(text: str, ask: Ask) -> Shown:
    """An InterfaceRow per interface of `show ip interface brief`."""
    del ask
    shown = Shown()
    for found in _BRIEF.finditer(text):
        if found.lastgroup == "row":
            name, ip, bits, admin, oper, mtu = found.group(1, 2, 3, 4, 5, 6)
            length = int(bits) if bits else None
            row = InterfaceRow(
                name, None, admin != "admin down", oper == "up", ip, length, mtu=int(mtu) if mtu else None
            )
            shown.add(row, found.start(), found.end())
        elif found.lastgroup == "rest":
            shown.unparsed.append(found.span())
    return shown


_FULL = scan.rows(
    r"(?P<name>[A-Z][A-Za-z-]*+\d[\d/.]*+)[ ]is[ ](?P<admin>administratively[ ]down|[a-z]++),[ ]line[ ]protocol[ ]is[ ](?P<oper>\w++)[^\n]*+(?P<begin>)",
    blocks.fields(
        r"[ ]++Description:[ ](?P<description>\S[^\n]*+)",
        r"[ ]++Hardware[ ]is[ ][^,\n]++,[ ]address[ ]is[ ](?P<mac>\S++)[^\n]*+",
        r"[ ]++Internet[ ]address[ ]is[ ](?:virtual[ ])?(?P<ip>[\d.]++)/(?P<bits>\d{1,2}+)",
        r"[ ]++(?:IP|Ethernet)[ ]MTU[ ](?P<mtu>\d{1,9}+)[ ]bytes[^\n]*+",
        r"[ ]++(?P<duplex>\w++)-duplex,[ ](?P<speed>[^,\n]++)[^\n]*+",
        r"[ ]++(?P<errors>\d{1,15}+)[ ]input[ ]errors\b[^\n]*+",
    ),
    rf"(?!{scan.LOG_VERBOSE})[ ]++[^\n]*\S[^\n]*+(?P<known>)",
    blocks.FOREIGN_INTERFACE,
)


def full(text: str, ask: Ask) -> Shown:
    """An InterfaceRow per interface of `show interfaces`."""
    return blocks.records(text, ask, _FULL, _record)


def _record(of: blocks.Fields) -> InterfaceRow:
    words = of.get("description", "")
    is_quoted = len(words) > 1 and words[0] == words[-1] == '"'
    return InterfaceRow(
        of["name"],
        (words[1:-1] if is_quoted else words) or None,
        of["admin"] != "administratively down",
        of["oper"] == "up",
        of.get("ip"),
        int(of["bits"]) if "bits" in of else None,
        of.get("mac"),
        None,
        of.get("duplex"),
        of.get("speed"),
        int(of["mtu"]) if "mtu" in of else None,
        int(of["errors"]) if "errors" in of else None,
    )
