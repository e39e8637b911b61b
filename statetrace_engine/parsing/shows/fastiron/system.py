"""Pure. FastIron `show version`, `show logging`, `show lldp neighbors` (brief and detail), `show fdp neighbors`.

SW: Version 08.0.30hT311
Dec 15 18:46:17:I:System: Interface ethernet 1/1/4, state up
Lcl Port Chassis ID      Port ID         Port Description         System Name
1        0004.1234.0fc0  0004.1234.0fc0  GigabitEthernet9/1       FastIron Supe~
"""

from __future__ import annotations

import re

from statetrace_engine.model.captured import LogRow, NeighborRow, VersionRow
from statetrace_engine.parsing import ages, columns, scan
from statetrace_engine.parsing.blocks import blocks
from statetrace_engine.parsing.shown import Ask, Shown

_SOFTWARE = re.compile(r"^[ \t]*+SW: +Version +(\S+)", re.MULTILINE)
_HARDWARE = re.compile(r"^[ \t]*+HW: (?:Stackable |Chassis )?([^\s(]++(?: [^\s(]++)*+)", re.MULTILINE)
_SERIAL = re.compile(r"^[ \t]*+Serial  ?#: ?(\S+)", re.MULTILINE)
_UPTIME = re.compile(r"system uptime is ([^\n]+)")


def version(text: str, ask: Ask) -> Shown:
    """One VersionRow: of a stack, what its first unit shows. Without the uptime, its last, a cut one is none."""
    shown = Shown()
    software, hardware, uptime = _SOFTWARE.search(text), _HARDWARE.search(text), _UPTIME.search(text)
    is_ours = (software is not None or hardware is not None) and (uptime is not None or not ask.is_truncated)
    for line, start, end in scan.lines(text):
        if not is_ours or scan.is_log(line) or line.startswith("%"):
            shown.unparsed.append((start, end))
    if is_ours:
        serial = _SERIAL.search(text)
        row = VersionRow(
            None,
            software[1] if software else None,
            hardware[1] if hardware else None,
            serial[1] if serial else None,
            ages.seconds(uptime[1].replace("(s)", "").strip()) if uptime else None,
        )
        shown.add(row, 0, len(text))
    return shown


_SEVERITIES = {
    "M": 0, "A": 1, "C": 2, "E": 3, "W": 4, "N": 5, "I": 6, "D": 7, "alert": 1, "critical": 2, "error": 3, "warning": 4,
    "notification": 5, "info": 6, "debug": 7,
}  # fmt: skip
"""By its letter; Foundry's versions print the word."""
_LOG = scan.rows(
    r"""(?P<at>(?:\d{4}[ ])?[A-Z][a-z]{2}[ ]{1,2}\d{1,2}[ ](?:\d{4}[ ])?\d{1,2}:\d\d:\d\d(?:\.\d{1,6})?
      |\d{1,6}d\d\dh\d\dm\d\ds):
      (?P<severity>[MACEWNID]|alert|critical|error|warning|notification|info|debug):[ ]*+(?P<text>[^\n]*\S)(?P<row>)""",
    r"""[ ]*+(?:Syslog\ logging|Buffer\ logging|level\ code|I=|Static\ Log|Dynamic\ Log|Log\ Buffer|Console\ logging|
        Persistent)[^\n]*+(?P<known>)""",
)


def log(text: str, ask: Ask) -> Shown:
    """A LogRow per message, its severity from the letter (M emergency to D debugging)."""
    del ask
    shown = Shown()
    for found in _LOG.finditer(text):
        if found.lastgroup == "row":
            row = LogRow(found["at"], None, _SEVERITIES[found["severity"]], None, found["text"])
            shown.add(row, found.start(), found.end())
        elif found.lastgroup == "rest":
            shown.unparsed.append(found.span())
    return shown


_LLDP = ("Lcl Port", "Chassis ID", "Port ID", "Port Description", "System Name")
_FDP = ("Device ID", "Local Int", "Hold", "Capability", "Platform", "Port ID")
_SHORT = ("Device ID", "Local Int", "Hold", "Capability", "Port ID")
_MAC = re.compile(r"[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}", re.IGNORECASE)
_LEGEND = re.compile(
    r"\s*(?:Capability [Cc]odes|\([A-Z]\) |[A-Z] - |\(\*\) indicates|Total (?:entries|number)|-{4,}+"
    r"|No (?:neighbors|entries))"
)


def neighbors(text: str, ask: Ask) -> Shown:
    """A NeighborRow per line of the LLDP or FDP/CDP table; a port known by a MAC address goes by its description."""
    del ask
    shown = Shown()
    starts: tuple[int, ...] | None = None
    for line, start, end in scan.lines(text):
        if found := columns.heading(line, _LLDP) or columns.heading(line, _FDP) or columns.heading(line, _SHORT):
            starts, is_lldp, has_platform = found, "Lcl Port" in line, "Platform" in line
        elif scan.is_foreign(line) or line.lstrip().startswith("%"):
            shown.unparsed.append((start, end))
        elif _LEGEND.match(line):
            pass
        elif starts is None or not (line[0].isalnum() or line.startswith("(*)")):
            shown.unparsed.append((start, end))
        else:
            cells = [cell or None for cell in columns.cells(line, starts)]
            if is_lldp:
                port = cells[3] or cells[2] if _MAC.fullmatch(cells[2] or "") else cells[2]
                shown.add(NeighborRow(cells[0] or "", cells[4], port), start, end)
            elif not (cells[2] or "").isdecimal():  # a name wider than its column moved the others
                shown.unparsed.append((start, end))
            else:
                platform = cells[4] if has_platform else None
                shown.add(NeighborRow(cells[1] or "", _bare(cells[0]), cells[-1], platform), start, end)
    return shown


def _bare(host: str | None) -> str | None:
    """Without the mark of a device that speaks CDP."""
    return (host or "").removeprefix("(*)").removesuffix("(*)").strip() or None


_DETAIL = scan.rows(
    r"(?P<within>Local\ port:\ (?P<local>\S++))",
    r"(?P<begin>[ ]++Neighbor:\ (?P<chassis>[^\s,]++)[^\n]*+)",
    r"""(?P<field>[ ]++\+\ (?:
        Port\ ID\ \((?P<kind>[^)\n]*+)\)[ ]*:\ (?P<port>[^\n]*\S)
      | System\ name[ ]*:\ "?(?P<name>[^"\n]*+)"?
      | Port\ description[ ]*:\ "?(?P<port_name>[^"\n]*+)"?
      | System\ description[ ]*:\ "?(?P<platform>[^"\n\\]*+)["\\]*+
      | Management\ address\ \([^)\n]*+\):\ (?P<address>\S++) ))""",
    rf"(?:(?!{scan.FOREIGN})(?:[ \t]++[^\n]*+|[^\n%]{{0,200}}\")|-{{4,}}+|No\ neighbors[^\n%]*+)(?P<known>)",
)


def neighbors_detail(text: str, ask: Ask) -> Shown:
    """A NeighborRow per neighbour; a port known by a MAC address only goes by its description."""
    shown = Shown()
    for block in blocks(text, _DETAIL, shown.unparsed, is_truncated=ask.is_truncated):
        said = block.fields
        is_mac = said.get("kind", "").startswith("MAC") and said.get("port_name")
        port = said.get("port_name") if is_mac else said.get("port")
        row = NeighborRow(
            said.get("local", ""), said.get("name") or None, port, said.get("platform") or None, said.get("address")
        )
        shown.add(row, block.start, block.end)
    return shown


_FDP_DETAIL = scan.rows(
    r"(?P<begin>Device\ ID:\ *+(?P<host>[^\n]*?\S)(?:\ configured\ as\ [^\n]*+)?)",
    r"""(?P<field>[ ]*(?:
        (?:IP|IPv6)\ address:\ ++(?P<address>[0-9A-Fa-f:.]++)
      | Platform:\ *+(?P<platform>[^\n,]*[^\s,])(?:,\ *+Capabilities:[^\n]*+)?
      | Interface:\ *+(?P<local>[^\n,]*[^\s,])(?:,\ *+Port\ ID\ [^\n:]*+:\ *+(?P<same_line>[^\n]*\S))?
      | Port\ ID\ [^\n:]*+:\ *+(?P<port>[^\n]*?\S)(?:\ is\ (?:UN)?TAGGED\ in\ [^\n]*+)? ))""",
    rf"(?:(?!{scan.FOREIGN}|Device\ ID|%)[^\n]*\S)(?P<known>)",
)


def fdp_detail(text: str, ask: Ask) -> Shown:
    """A NeighborRow per device that FDP or CDP hears; its first address."""
    shown = Shown()
    for block in blocks(text, _FDP_DETAIL, shown.unparsed, is_truncated=ask.is_truncated):
        said = block.fields
        port = said.get("port") or said.get("same_line")
        row = NeighborRow(said.get("local", ""), _bare(said["host"]), port, said.get("platform"), said.get("address"))
        shown.add(row, block.start, block.end)
    return shown
