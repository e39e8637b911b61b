"""Pure. NX-OS `show interface` in full: a record of many lines for each.

Ethernet1/1 is up
admin state is up, Dedicated Interface
  Hardware: 1000/10000 Ethernet, address: 5254.0001.0001 (bia 5254.0001.0001)
  Internet Address is 10.1.0.1/30
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from statetrace_engine.model.captured import InterfaceRow
from statetrace_engine.parsing import blocks, scan
from statetrace_engine.parsing.shown import Ask, Shown

HEADER = re.compile(r"^admin state is (?:up|down)", re.MULTILINE)
_MAC = r"(?P<mac>[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4})"
_FULL = scan.rows(
    r"""(?P<name>[A-Za-z][A-Za-z-]*+[ ]?\d[\d/.:]*+)[ ]is[ ](?P<oper>up|down|trunking|administratively[ ]down|\w+)
        (?P<why>[ ]\([^\n]*?\))?(?:,[ ]*line[ ]protocol[ ]is[ ](?P<line>up|down))?(?:,[^\n]*|[ ]*\([^\n]*)?(?P<begin>)""",
    blocks.fields(
        r"[ ]*+[Aa]dmin[ ][Ss]tate(?:[ ]is|:)[ ](?P<admin>up|down)[^\n]*+",
        rf"[ ]+Hardware(?::|[ ]is)[^\n]*?address(?::|[ ]is)[ ]*+{_MAC}[^\n]*+",
        r"[ ]+(?:Port[ ]d|D)escription(?::|[ ]is)[ ]?(?P<described>[^\n]*+)",
        r"[ ]+Internet[ ][Aa]ddress[ ]is[ ](?P<ip>[\d.]{7,15}+)/(?P<length>\d{1,2})\b[^\n]*+",
        r"[ ]{2,}+(?P<own>\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})/(?P<own_length>\d{1,2})",
        r"[ ]+MTU[ ](?P<bytes>\d{1,9})[ ]bytes[^\n]*+",
        r"[ ]+Port[ ]mode[ ]is[ ](?P<mode>\S+)[^\n]*+",
        r"[ ]+(?P<duplex>full|half|auto)-duplex(?:,[ ](?P<speed>\d[\d.]*[ ]?[KMGT]?b/s|auto-speed))?[^\n]*+",
        r"[ ]+(?P<errors>\d{1,15})[ ]input[ ]errors?\b[^\n]*+",
        r"[ ]+Port[ ]vsan[ ]is[ ](?P<vsan>\d++)",
    ),
    r"[ ]++\S[^\n]*+(?P<known>)",
    blocks.FOREIGN_INTERFACE,
)


def full(text: str, ask: Ask) -> Shown:
    """A row an interface; its first Internet address."""
    return blocks.records(text, ask, _FULL, _row)


def _row(of: blocks.Fields) -> InterfaceRow:
    why = of.get("why", "").lower()
    is_shut = "administratively" in why + of["oper"] or of.get("admin") == "down"
    length = of.get("length") or of.get("own_length")
    mtu = of.get("bytes")
    return InterfaceRow(
        of["name"],
        of.get("described"),
        not is_shut if is_shut or "admin" in of or of["oper"] in ("up", "trunking") else None,
        (of["oper"] in ("up", "trunking")) and of.get("line", "up") == "up",
        of.get("ip") or of.get("own"),
        int(length) if length else None,
        of.get("mac"),
        of.get("mode"),
        of.get("duplex"),
        of.get("speed"),
        int(mtu) if mtu else None,
        int(of["errors"]) if "errors" in of else None,
    )
