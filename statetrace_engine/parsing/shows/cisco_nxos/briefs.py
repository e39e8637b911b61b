"""Pure. NX-OS tables with a line an interface: `show interface status`, `brief`, `description`; `show ip interface brief`.

Eth1/1        to core            connected trunk     full    10G     10Gbase-SR
Eth1/1        150     eth  access down    Link not connected         auto(D) --
Eth1/1               10.1.0.1        protocol-up/link-up/admin-up
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from msgspec.structs import replace

from statetrace_engine.model.captured import InterfaceRow
from statetrace_engine.parsing import blocks, scan
from statetrace_engine.parsing.shown import Ask, Shown

STATUS_HEADER = re.compile(r"^Port +Name +Status +Vlan +Duplex +Speed +Type", re.MULTILINE)
BRIEF_HEADER = re.compile(
    r"^(?:Ethernet +VLAN +Type Mode +Status +Reason|Port +VRF +Status +IP Address +Speed +MTU)", re.MULTILINE
)
IP_HEADER = re.compile(r"^IP Interface Status for VRF ", re.MULTILINE)
_UP = frozenset({"up", "connected", "trunking"})
_SHUT = frozenset({"disabled", "administratively down", "admin down", "administratively"})
_RULE = r"-[-+ ]*+"
_PORT = r"([A-Za-z][A-Za-z-]*+\d[\d/.:]*+)"

_STATUS = scan.rows(
    rf"""{_PORT}[ \t]++(?:([^\n]*)(?<![ \t])[ \t]++)?([A-Za-z][\w-]{{1,15}}+)[ \t]{{1,40}}+(\d{{1,4}}+|trunk|routed|f-path|
        (?!auto|full|half|a-|down\b|up\b)[a-z][\w-]{{1,9}}+|--)[ \t]{{1,40}}+(full|half|auto|a-full|a-half|[Uu]nknown|--)[ \t]{{1,40}}+([\w.()-]{{1,12}}+)
        (?:[ \t][^\n]*+)?(?P<row>)""",
    rf"""{_PORT}[ \t]++(?:(\S[^\n]*?)(?<![ \t])[ \t]++)?((?:not)?connect\w*+|down|up|disabled|inactive|suspended|sfpAbsent|xcvrAbsen\w*+|
        channelDo\w*+|noOperMem\w*+|err\w++)[ \t]++(\S[^\n]*?)(?<![ \t])(?P<reasoned>)""",
    r"(?:Port|Interface)[ \t]++Name[ \t]++Status[ \t]++Reason[^\n]*+(?P<reasons>)",
    rf"(?:{_RULE}|Port[ \t]++Name[^\n]*+|Interface[ \t]++[^\n]*+)(?P<detail>)",
)


def status(text: str, ask: Ask) -> Shown:  # noqa: ARG001 - the contract of parsers
    """A row a port. That an administrator shut it, only `disabled` says, or the reason in a table of reasons."""
    shown = Shown()
    tells_reasons = False
    for found in _STATUS.finditer(text):
        if found.lastgroup == "row":
            name, described, state, vlan, duplex, speed = found.group(1, 2, 3, 4, 5, 6)
            is_up, is_shut = state in _UP, state == "disabled"
            row = InterfaceRow(
                name, _said(described), not is_shut, is_up, None, None, None, _said(vlan), _said(duplex), _said(speed)
            )
            shown.add(row, found.start(), found.end())
        elif found.lastgroup == "reasoned" and tells_reasons:
            name, described, state, why = found.group(8, 9, 10, 11)
            is_shut = state == "disabled" or why.lower().startswith("admin")
            shown.add(InterfaceRow(name, _said(described), not is_shut, state in _UP), found.start(), found.end())
        elif found.lastgroup in ("reasons", "detail"):
            tells_reasons = found.lastgroup == "reasons" or (tells_reasons and found[0].startswith("-"))
        else:
            shown.unparsed.append(found.span())
    return shown


def _said(printed: str | None) -> str | None:
    """None for an empty column: `--`."""
    bare = printed.strip() if printed else ""
    return None if bare in ("", "--", "-") else bare


_BRIEF = scan.rows(
    r"""(?P<name>(?:mgmt|Mgmt|sup-fc)\d[\d/.]*+)[ \t]++(?P<vrf>\S++)[ \t]++(?P<state>up|down)[ \t]++(?P<ip>\S++)[ \t]++(?P<speed>\S++)
        [ \t]++(?P<mtu>\d{1,6}|--)(?P<managed>)""",
    r"""(?P<port>[A-Za-z][A-Za-z-]*+\d[\d/.:]*+)[ \t]++(?P<vlan>\S++)[ \t]++(?:eth|veth|fc|pvirt|virt|e?fcp)[ \t]++(?P<mode>\S++)[ \t]++
        (?P<status>\S++)[ \t]++(?:(?P<why>\S[^\n]*?)(?<![ \t])[ \t]++)??(?P<rate>[\w-]{1,10}+\([A-Za-z]\)|auto|--|\d{1,6}[MGT]?)
        (?:[ \t]++(?:--|\d+|none|lacp|on|active|passive|pagp))?(?P<ethernet>)""",
    r"(?P<virtual>Vlan\d++)[ \t]++\S++[ \t]++(?P<vstate>up|down)(?:[ \t]++(?P<vwhy>\S[^\n]*?)(?<![ \t]))?(?P<svi>)",
    r"""(?P<tunnel>Tunnel\d++)[ \t]++(?P<tstate>up|down)[ \t]++(?P<tip>\S++)[ \t]++\S[^\n]*?(?<![ \t])[ \t]++(?P<tmtu>\d{1,6})(?P<tunnelled>)""",
    r"(?P<plain>(?:Lo|loopback|nve|Nve|BDI|Bdi|Tunnel|Null)\d++)[ \t]++(?P<pstate>up|down)(?:[ \t]++(?P<pwords>\S[^\n]*?)(?<![ \t]))?(?P<looped>)",
    r"""(?P<fibre>v?fc(?:-po)?\d[\d/]*+|San-po\d++)[ \t]++(?P<vsan>\d++|--)[ \t]++\S++[ \t]++\S++[ \t]++(?P<fstate>up|down|trunking|
        [A-Za-z]\w*)(?:[ \t]++\S++)*(?P<fabric>)""",
    rf"(?:{_RULE}|(?:Port|Ethernet|Interface|Port-channel|Loopback|Tunnel|Vlan|NVE|Secondary)(?:[ \t][^\n]*+)?|[ \t]{{8,}}+\S[^\n]*+)(?P<detail>)",
)


def brief(text: str, ask: Ask) -> Shown:  # noqa: ARG001 - the contract of parsers
    """A row an interface, of the tables for management, Ethernet, port-channels, loopbacks, VLANs, tunnels and fibres."""
    shown = Shown()
    for found in _BRIEF.finditer(text):
        make = _BRIEF_ROWS.get(found.lastgroup or "")
        if make:
            shown.add(make(found), found.start(), found.end())
        elif found.lastgroup != "detail":
            shown.unparsed.append(found.span())
    return shown


def _states(state: str, why: str | None) -> tuple[bool, bool]:
    return (why or "").lower() not in _SHUT, state in _UP


def _managed(found: re.Match[str]) -> InterfaceRow:
    mtu = found["mtu"]
    return InterfaceRow(
        found["name"],
        None,
        None if found["state"] != "up" else True,
        found["state"] == "up",
        _address(found["ip"]),
        speed=_said(found["speed"]),
        mtu=int(mtu) if mtu.isdigit() else None,
    )


def _ethernet(found: re.Match[str]) -> InterfaceRow:
    admin, oper = _states(found["status"], found["why"])
    mode = found["mode"]
    vlan = mode if mode in ("trunk", "routed") else _said(found["vlan"])
    return InterfaceRow(found["port"], None, admin, oper, vlan=vlan, speed=_said(found["rate"]))


def _svi(found: re.Match[str]) -> InterfaceRow:
    admin, oper = _states(found["vstate"], found["vwhy"])
    return InterfaceRow(found["virtual"], None, admin, oper)


def _tunnelled(found: re.Match[str]) -> InterfaceRow:
    return InterfaceRow(
        found["tunnel"], None, *_unsaid(found["tstate"]), _address(found["tip"]), mtu=int(found["tmtu"])
    )


def _looped(found: re.Match[str]) -> InterfaceRow:
    words = found["pwords"]
    is_description = found["plain"].startswith(("Lo", "lo"))
    return InterfaceRow(found["plain"], _said(words) if is_description else None, *_unsaid(found["pstate"]))


def _fabric(found: re.Match[str]) -> InterfaceRow:
    return InterfaceRow(found["fibre"], None, *_unsaid(found["fstate"]))


def _unsaid(state: str) -> tuple[bool | None, bool]:
    """Up is up both ways; down does not say whether an administrator wants it so."""
    return (True if state in _UP else None), state in _UP


_BRIEF_ROWS = {
    "managed": _managed,
    "ethernet": _ethernet,
    "svi": _svi,
    "tunnelled": _tunnelled,
    "looped": _looped,
    "fabric": _fabric,
}


def _address(printed: str) -> str | None:
    bare = printed.partition("/")[0]
    return bare if (bare[:1].isdigit() and "." in bare) or ":" in bare else None


_DESCRIBED = scan.rows(
    rf"{_PORT}[ \t]++(?:eth|fc|veth)[ \t]++\S++(?:[ \t]++(\S[^\n]*?)(?<![ \t]))?(?P<typed>)",
    rf"{_PORT}(?:[ \t]++(\S[^\n]*?)(?<![ \t]))?(?P<plain>)",
    rf"(?:{_RULE}|(?:Interface|Port|VLAN|Vlan|Loopback|Tunnel)(?:[ \t][^\n]*+)?)(?P<detail>)",
)


def descriptions(text: str, ask: Ask) -> Shown:  # noqa: ARG001 - the contract of parsers
    """A row an interface, with its description; this table knows no states."""
    shown = Shown()
    for found in _DESCRIBED.finditer(text):
        if found.lastgroup == "typed":
            shown.add(InterfaceRow(found[1], _said(found[2])), found.start(), found.end())
        elif found.lastgroup == "plain":
            shown.add(InterfaceRow(found[4], _said(found[5])), found.start(), found.end())
        elif found.lastgroup != "detail":
            shown.unparsed.append(found.span())
    return shown


_IP = scan.rows(
    rf"""{_PORT}[ \t]++(\S++)(?:[ \t]++(?:protocol-)?(up|down)/(?:link-)?(up|down)/(?:admin-)?(up|down))[^\n]*+(?P<row>)""",
    r"(?:IP|IPv6)[ ]Interface[ ]Status[^\n]*+(?P<vrf>)",
    r"[ \t]+\([A-Za-z][\w./:-]*\)(?P<detail>)",
    r"[ \t]{8,}+(?:[0-9a-fA-F]{0,4}+:[0-9a-fA-F:]*+|prot/link/admin|IPv6|Interface)[^\n]*+(?P<more>)",
    r"(?:Interface[ ]|IPv6[ ]is)[^\n]*+(?P<heading>)",
)


def addresses(text: str, ask: Ask) -> Shown:  # noqa: ARG001 - the contract of parsers
    """A row an interface of `show ip interface brief` or `show ipv6 interface brief`; VRFs are not told apart."""
    shown = Shown()
    for found in _IP.finditer(text):
        if found.lastgroup == "row":
            name, address, protocol, _, admin = found.group(1, 2, 3, 4, 5)
            ip = _address(address)
            length = address.partition("/")[2]
            row = InterfaceRow(
                name, None, admin == "up", protocol == "up", ip, int(length) if ip and length.isdecimal() else None
            )
            shown.add(row, found.start(), found.end())
        elif found.lastgroup == "rest":
            shown.unparsed.append(found.span())
    return shown


_DETAILED = scan.rows(
    r"""(?P<name>[A-Za-z][A-Za-z-]*+\d[\d/.:]*+),[ ]Interface[ ]status:[ ]protocol-(?P<oper>up|down)/link-(?:up|down)/
        admin-(?P<admin>up|down)[^\n]*+(?P<begin>)""",
    r"IP(?:v6)?[ ]Interface[ ]Status[ ]for[ ]VRF[^\n]*+(?P<within>)",
    blocks.fields(
        r"[ ]++IP[ ]address:[ ](?P<ip>[\d.]++),[ ]IP[ ]subnet:[ ][\d.]++/(?P<length>\d{1,2})[^\n]*+",
        r"[ ]++IP[ ]MTU:[ ](?P<bytes>\d{1,9})[ ]bytes[^\n]*+",
    ),
    r"(?:[ ]++\S[^\n]*+|Unnumbered[ ]interfaces[^\n]*+|(?:[A-Za-z]\w*+:[ ]?)++)(?P<known>)",
)


def detailed(text: str, ask: Ask) -> Shown:
    """A row an interface of `show ip interface`, with its primary address and IP MTU."""
    return blocks.records(text, ask, _DETAILED, _detailed_row)


def _detailed_row(of: blocks.Fields) -> InterfaceRow:
    length, mtu = of.get("length"), of.get("bytes")
    row = InterfaceRow(of["name"], None, of["admin"] == "up", of["oper"] == "up", of.get("ip"))
    return replace(row, prefix_length=int(length) if length else None, mtu=int(mtu) if mtu else None)
