"""Pure. FRRouting `show interface` and `show interface brief`.

Interface eth0 is up, line protocol is up
  index 2 metric 0 mtu 1500 speed 10000
  HWaddr: 00:50:56:aa:bb:01
  inet 10.1.1.2/24
Interface       Status  VRF             Addresses
eth0            up      default         10.1.1.2/24
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from statetrace_engine.model.captured import InterfaceRow
from statetrace_engine.parsing import blocks, scan
from statetrace_engine.parsing.shown import Ask, Shown

_BRIEF = scan.rows(
    r"([^\s%]\S*+)[ ]++(up|down)[ ]++(\S++)(?:[ ]++[+]?[ ]?([0-9a-fA-F.:]++)/(\d{1,3}+))?(?:[ ]++[+][^\n]*)?(?P<row>)",
    r"[ ]{20,}+[+]?[ ]?[0-9a-fA-F.:]++/\d++(?:[ ][^\n]*)?(?P<known>)",
    r"(?:Interface[ ]++Status|-+[ ]++-+)[^\n]*+(?P<heading>)",
)


def brief(text: str, ask: Ask) -> Shown:
    """An InterfaceRow per interface, with its first address."""
    del ask
    shown = Shown()
    for found in _BRIEF.finditer(text):
        if found.lastgroup == "row":
            name, status, _, ip, bits = found.group(1, 2, 3, 4, 5)
            row = InterfaceRow(name, None, None, status == "up", ip, int(bits) if bits else None)
            shown.add(row, found.start(), found.end())
        elif found.lastgroup == "rest":
            shown.unparsed.append(found.span())
    return shown


HEADER = re.compile(r"^Interface \S+ is (?:up|down), line protocol is \w+\n  (?:Link ups|index|vrf)", re.MULTILINE)
_FULL = scan.rows(
    r"(?P<begin>Interface[ ](?P<name>\S++)[ ]is[ ](?P<state>up|down)(?:,[ ]line[ ]protocol[ ](?:is[ ](?P<line>\w++)|detection[ ]is[ ]disabled))?)",
    blocks.fields(
        r"[ ]++Description:[ ](?P<description>\S[^\n]*)",
        r"[ ]++index[ ]\d++[ ]metric[ ]\d++[ ]mtu[ ](?P<mtu>\d{1,9}+)(?:[ ]speed[ ](?P<speed>\d++))?[^\n]*+",
        r"[ ]++HWaddr:[ ](?P<mac>[0-9a-fA-F:]++)",
        r"[ ]++inet[ ](?P<ip>[\d.]++)/(?P<bits>\d{1,2}+)(?![^\n]*[ ]secondary)[^\n]*+",
    ),
    rf"(?:(?!{scan.LOG_VERBOSE})[ ]++[^\n]*\S[^\n]*+)(?P<known>)",
)
_UNKNOWN = frozenset(("0", "4294967295"))


def full(text: str, ask: Ask) -> Shown:
    """An InterfaceRow per interface; `is down` is the administrator's word, the line protocol the link's."""
    return blocks.records(text, ask, _FULL, _row)


def _row(of: blocks.Fields) -> InterfaceRow:
    is_up, line, speed = of["state"] == "up", of.get("line"), of.get("speed")
    return InterfaceRow(
        of["name"],
        of.get("description"),
        is_up,
        line == "up" if is_up and line else None if is_up else False,
        of.get("ip"),
        int(of["bits"]) if "bits" in of else None,
        of.get("mac"),
        speed=speed if speed not in _UNKNOWN else None,
        mtu=int(of["mtu"]) if "mtu" in of else None,
    )
