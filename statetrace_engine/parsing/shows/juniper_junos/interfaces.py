"""Pure. `show interfaces` of JunOS, brief to extensive: a row a physical interface, and one a logical unit.

Physical interface: xe-0/1/0, Enabled, Physical link is Up
  Logical interface xe-0/1/0.0 (Index 70) (SNMP ifIndex 565)
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from statetrace_engine.model.captured import InterfaceRow
from statetrace_engine.parsing import blocks, scan
from statetrace_engine.parsing.shown import Ask, Shown

HEADER = re.compile(r"^Physical interface: ", re.MULTILINE)
_LINES = scan.rows(
    r"""(?P<begin>Physical[ ]interface:[ ](?P<name>[^\s,]++)[ ]*+,[ ](?P<admin>[^,\n]++),[ ]Physical[ ]link[ ]is[ ](?P<oper>\w++)[^\n]*+
        |[ ]++Logical[ ]interface[ ](?P<unit>\S++)[^\n]*+)""",
    blocks.fields(
        r"[ ]++Description:[ ](?P<description>\S[^\n]*)",
        r"[ ]++(?:Link-level[ ]type|Type):[^\n]*?MTU:[ ](?P<mtu>\d{1,9}+)(?:[^\n]*?[ ]Speed:[ ](?P<speed>[^\s,]++))?[^\n]*+",
        r"[ ]++(?:Input[ ]errors|Errors):[ ](?P<errors>\d{1,15}+),[ ](?:Output[ ]errors|Drops)[^\n]*+",
        r"[ ]++Current[ ]address:[ ](?P<mac>[0-9a-fA-F:]++)[^\n]*+",
        r"[ ]++(?:Destination:[ ](?:[\d.]++/(?P<bits>\d{1,2}+)|[^,\n]++),[ ])?Local:[ ](?P<ip>[0-9a-fA-F:.]++)[^\n]*+",
    ),
    rf"(?:(?!{scan.LOG_VERBOSE})[ ]++[^\n]*\S[^\n]*+|\{{[^\n]*+)(?P<known>)",
)


def full(text: str, ask: Ask) -> Shown:
    """An InterfaceRow per interface and unit; whether a unit is up stands with its physical interface."""
    return blocks.records(text, ask, _LINES, _row)


def _row(of: blocks.Fields) -> InterfaceRow:
    admin, oper = of.get("admin"), of.get("oper")
    return InterfaceRow(
        of.get("name") or of["unit"],
        of.get("description"),
        admin == "Enabled" if admin else None,
        oper == "Up" if oper else None,
        of.get("ip"),
        int(of["bits"]) if "bits" in of else None,
        of.get("mac"),
        speed=of.get("speed"),
        mtu=int(of["mtu"]) if "mtu" in of else None,
        input_errors=int(of["errors"]) if "errors" in of else None,
    )
