"""Pure. `show version`: one row of what the box is and runs.

Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.2(1)T1, RELEASE SOFTWARE (fc1)
rtr-01 uptime is 1 week, 3 days, 16 hours, 11 minutes
cisco WS-C4948E (MPC8548) processor (revision 4) with 1048576K bytes of memory.
Processor board ID CAT1451S15C
"""

from __future__ import annotations

import re

from statetrace_engine.model.captured import VersionRow
from statetrace_engine.parsing import scan
from statetrace_engine.parsing.ages import seconds
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.shown import Ask, Shown

_LINE = late(
    r"""^(?:
      Cisco\ IOS[ -]XE\ Software,\ Version\ (?P<platform_version>\S++)[^\n]*
    | (?:Cisco\ (?:IOS|Internetwork)|IOS\ \(tm\))[^\n]{0,200}?,\ (?:Experimental\ )?Version\ (?P<version>[^\s,]++)[^\n]*
    | \ *+(?P<hostname>[^\s:]++)\ uptime\ is\ (?P<uptime>[^\n]*)
    | [Cc]isco\ (?P<model>\S++)\ (?:\([^)\n]*+\)\ )?(?:[^\n]{0,60}?)processor\b[^\n]*\ with\ [^\n]*
    | Processor\ board\ ID\ (?P<board>[^\s,]++)[^\n]*
    | [Mm]odel\ [Nn]umber\ *:\ *(?P<model_number>\S++)[^\n]*
    | System\ [Ss]erial\ [Nn]umber\ *:\ *(?P<serial>\S++)[^\n]*
    )""",
    re.VERBOSE | re.MULTILINE,
)


def parse(text: str, ask: Ask) -> Shown:
    """One VersionRow over the whole text, or none without a version, or where a cut may have taken part of it.

    IOS-XE names its own version, then that of its IOSd, which is the one taken. Log messages are unparsed, every other
    line is prose.
    """
    seen: dict[str, str] = {}
    for found in _LINE.finditer(text):
        for name, value in found.groupdict().items():
            if value is not None:
                seen.setdefault(name, value)
    shown = Shown()
    version = seen.get("version") or seen.get("platform_version")
    if not version or (ask.is_truncated and "\nConfiguration register is" not in text):
        shown.unparsed.extend((start, end) for _, start, end in scan.lines(text))
        return shown
    uptime = seen.get("uptime")
    row = VersionRow(
        seen.get("hostname"),
        version,
        seen.get("model") or seen.get("model_number"),
        seen.get("board") or seen.get("serial"),
        seconds(uptime.rstrip()) if uptime else None,
    )
    shown.add(row, 0, len(text))
    shown.unparsed.extend((start, end) for line, start, end in scan.lines(text) if scan.is_log(line))
    return shown
