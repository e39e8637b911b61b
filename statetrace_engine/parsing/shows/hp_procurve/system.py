"""Pure. ProVision `show system`, `show version`, `show logging`, LLDP and CDP details, `show ipv6 route`.

  Software revision  : WC.16.10.0014
I 03/01/26 09:12:00 00076 ports: ST1-CMDR: port 1/1 is now on-line
  Local Port   : A8
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from msgspec.structs import replace

from statetrace_engine.model.captured import LogRow, NeighborRow, RouteRow, VersionRow
from statetrace_engine.parsing import ages, prefixes, scan
from statetrace_engine.parsing.blocks import blocks
from statetrace_engine.parsing.shown import Ask, Shown, vrf_asked

_WORDS = r"(\S++(?:[ ]\S++)*+)"
_NAME = re.compile(rf"System Name ++: {_WORDS}")
_REVISION = re.compile(
    r"Software [Rr]evision ++: ++(\S+)|^ArubaOS \([^)\n]*\), Version (\S+)|^[ \t]*+([A-Z]{1,2}\.\d\d\.\d\d(?:\.\d++\w*+)?)[ \t]*+$",
    re.MULTILINE,
)
_SERIAL = re.compile(r"Serial Number ++: (\S+)")
_UPTIME = re.compile(rf"(?:Up Time ++: ++|^AP uptime is ){_WORDS}", re.MULTILINE)
_MODEL = re.compile(rf"Chassis ++: {_WORDS}|^ArubaOS \(MODEL: ([^)\n]++)\)", re.MULTILINE)


def version(text: str, ask: Ask) -> Shown:
    """One VersionRow, of a switch or an access point; of a stack, what is common, and the first member's serial number.

    The uptime stands last, of a stack the serial number; access points print none: a cut answer without them is none.
    """
    shown = Shown()
    revision, name, uptime = _REVISION.search(text), _NAME.search(text), _UPTIME.search(text)
    serial = _SERIAL.search(text)
    is_whole = uptime is not None and (serial is not None or uptime[0].startswith("AP"))
    is_ours = (revision is not None or name is not None) and (is_whole or not ask.is_truncated)
    for line, start, end in scan.lines(text):
        if not is_ours or scan.is_log(line) or line.startswith("%"):
            shown.unparsed.append((start, end))
    if is_ours:
        model = _MODEL.search(text)
        row = VersionRow(
            name[1] if name else None,
            revision[revision.lastindex or 1] if revision else None,
            model[model.lastindex or 1] if model else None,
            serial[1] if serial else None,
            ages.seconds(uptime[1]) if uptime else None,
        )
        shown.add(row, 0, len(text))
    return shown


_SEVERITIES = {"M": 2, "E": 3, "W": 4, "I": 6, "D": 7}
_LOG = scan.rows(
    r"""(?P<severity>[MEWID])[ ](?P<at>\d\d/\d\d/\d\d[ ]\d\d:\d\d:\d\d)[ ](?P<number>\d{5})[ ](?P<facility>[^\s:]++):[ ]?
      (?P<text>[^\n]*)(?P<row>)""",
    r"(?P<more>[ ]{10,}+[^\n]*+)",
    r"(?:[ ]*Keys:|[ ]++M=|-{4}|[ ]*Event\ Log)[^\n]*+(?P<known>)",
)


def log(text: str, ask: Ask) -> Shown:
    """A LogRow per event; the event's number stands for a mnemonic, `M` (major) is critical."""
    shown = Shown()
    below: list[str] = []
    for found in _LOG.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            _end(shown, below)
            row = LogRow(
                found["at"],
                found["facility"],
                _SEVERITIES[found["severity"]],
                found["number"],
                found["text"].strip(),
            )
            shown.add(row, found.start(), found.end())
        elif kind == "more" and shown.rows:
            below.append(found[0].strip())
            shown.ends[-1] = found.end()
        elif kind != "known":
            shown.unparsed.append(found.span())
    _end(shown, below)
    if ask.is_truncated and shown.rows:
        shown.rows.pop()
        shown.unparsed.append((shown.starts.pop(), shown.ends.pop()))
    return shown


def _end(shown: Shown, below: list[str]) -> None:
    """The last event is all there: what stood below it is part of its text."""
    if below:
        last: LogRow = shown.rows[-1]
        shown.rows[-1] = replace(last, text=" ".join((last.text, *below)))
        below.clear()


_DETAIL = scan.rows(
    r"(?P<begin>[ ]*(?:Local\ Port|Port)[ ]*+:[ ]*+(?P<local>\S++))",
    r"""(?P<field>[ ]*(?:
        (?:SysName|Device\ ID)[ ]*+:[ ]*+(?P<name>[^\n]*\S)
      | (?:System\ Descr|Platform)[ ]*+:[ ]*+(?P<platform>[^\n]*\S)
      | PortType[ ]*+:[ ]*+(?P<kind>\S++)
      | PortDescr[ ]*+:[ ]*+(?P<port_name>[^\n]*\S)
      | (?:PortId|Device\ Port)[ ]*+:[ ]*+(?P<port>[^\n]*\S)
      | ChassisId[ ]*+:[ ]*+(?P<chassis>[^\n]*\S)
      | Address[ ]*+:[ ]*+(?P<address>\d[\d.]*+|[0-9A-Fa-f]*+:[0-9A-Fa-f:.]++) ))""",
    rf"(?:(?!{scan.FOREIGN})(?:[ ]*+[A-Za-z][^\n%:]{{0,60}}:[^\n]*+|-{{4,}}+[^\n]*+|[ ]++[^\n]*+))(?P<known>)",
)


def neighbors_detail(text: str, ask: Ask) -> Shown:
    """A NeighborRow per neighbour; a port known by a MAC address goes by its description, where it has one."""
    shown = Shown()
    for block in blocks(text, _DETAIL, shown.unparsed, is_truncated=ask.is_truncated):
        said = block.fields
        is_mac = said.get("kind") == "mac-address" and "port_name" in said
        row = NeighborRow(
            said["local"],
            said.get("name"),
            said["port_name"] if is_mac else said.get("port"),
            said.get("platform"),
            said.get("address"),
        )
        shown.add(row, block.start, block.end)
    return shown


_IP6 = r"[0-9A-Fa-f]{0,4}+:[0-9A-Fa-f:.]*+"
_ROUTE6 = scan.rows(
    rf"(?P<begin>[ ]*(?:Dest|Destination)[ ]*+:[ ]*+(?P<prefix>{_IP6}/\d{{1,3}})(?:[ ]++(?:VLAN|Vlan)[ ]*+:[ ]*+(?P<vlan>\S++))?)",
    r"""(?P<field>[ ]*(?:
        Gateway[ ]*+:[ ]*+(?P<gateway>\S++)(?:[ ]++Dist\.?[ ]*+:[ ]*+(?P<d1>\d{1,10}+))?(?:[ ]++Metric[ ]*+:[ ]*+(?P<m1>\d{1,10}+))?
      | Type[ ]*+:[ ]*+(?P<type>\w++)(?:[ ]++Sub-Type[ ]*+:[ ]*+(?P<sub>\S++))?(?:[ ]++Dist\w*\.?[ ]*+:[ ]*+(?P<d2>\d{1,10}+))?
        (?:[ ]++Metric[ ]*+:[ ]*+(?P<m2>\d{1,10}+))? ))""",
    rf"(?:(?!{scan.FOREIGN})(?:[ ]*IPv6\ Route\ Entries|[ ]++-{{4,}}+|-{{4,}}+|[ ]*[A-Z][\w. -]{{0,40}}:[^\n]*+))(?P<known>)",
)


def routes6(text: str, ask: Ask) -> Shown:
    """A RouteRow per IPv6 route."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    for block in blocks(text, _ROUTE6, shown.unparsed, is_truncated=ask.is_truncated):
        said = block.fields
        gateway, kind = said.get("gateway", ""), said.get("type", "").lower()
        is_address = ":" in gateway
        distance, metric = said.get("d1") or said.get("d2"), said.get("m1") or said.get("m2")
        row = RouteRow(
            vrf,
            prefixes.prefix(said["prefix"]) or said["prefix"],
            prefixes.host(gateway.partition("%")[0]) if is_address and kind != "connected" else None,
            said.get("vlan") or gateway.partition("%")[2] or (gateway if gateway and not is_address else None),
            kind or None,
            said.get("type"),
            int(distance) if distance else None,
            int(metric) if metric else None,
        )
        shown.add(row, block.start, block.end)
    return shown
