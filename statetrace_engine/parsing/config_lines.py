"""Pure. A configuration as one row: its lines, without those that differ though nobody changed anything.

Building configuration...
Current configuration : 4711 bytes
! Last configuration change at 09:12:00 UTC Tue Mar 3 2026 by alice
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from statetrace_engine.model.captured import ConfigRow
from statetrace_engine.parsing import scan
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.shown import Ask, Shown

_ANY = r"""
    Building\ configuration\b | Using\ \d+\ out\ of\ \d+\ bytes | Uncompressed\ configuration\ from
  | (?:Current|Running|Startup|Saved|Candidate)\ configuration\ *:(?:\ *\d+\ bytes)?\s*$
  | Load\ for\ five\ secs: | Time\ source\ is
  | !+\ ?(?:Last\ configuration\ change|NVRAM\ config\ last|No\ configuration\ change)
  | !+\ ?(?:Time|Command|Running\ configuration\ last\ done\ at|Startup\ config\ saved\ at|Flash\ config\ last)\b
  | (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\ [A-Z][a-z]{2}\ ++\d{1,2}\ \d\d:\d\d:\d\d
"""
_IOS = r" | ntp\ clock-period\ \d+"
_VOLATILE: Mapping[str, str] = {
    "cisco_ios": _IOS,
    "cisco_nxos": _IOS,
    "cisco_xr": r" | !!\ ",
    "arista_eos": r" | !\ (?:Command|boot\ system|Startup-config\ last)\b",
    "juniper_junos": r" | \#\#\ Last\ (?:commit|changed)",
    "frr": r" | frr\ version\ ",
    "brocade_fastiron": r" | !\ ?(?:Startup-config|Current)\b",
    "ruckus_fastiron": r" | !\ ?(?:Startup-config|Current)\b",
    "hp_procurve": r" | ;\ (?:Ver|hpStack)",
}
"""What else a vendor prints anew each time."""

_PATTERNS = {vendor: late(rf"(?:{_ANY}{more})", re.VERBOSE) for vendor, more in {"": "", **_VOLATILE}.items()}
_LEFT = ("q", "Q", "^C")
"""What somebody typed at the pager who had seen enough."""
_LOG = late(r"(?:[*.]|\d{1,9}: )?[*.]?(?:[A-Z][a-z]{2} |\d\d:\d\d:\d\d|\d{4} )[^%\n]{0,60}%[A-Z0-9_]+-")
_REFUSED = late(r"% ?(?:Invalid|Incomplete|Ambiguous|Unknown|Authorization)\b|\s+\^\s*$|Command authorization failed")


def parse(text: str, ask: Ask) -> Shown:
    """One ConfigRow of all lines that are neither blank nor volatile, or none; its span is the whole text.

    Log messages that ran into it and refusals (`% Invalid input`) are unparsed.
    """
    volatile = _PATTERNS.get(ask.vendor, _PATTERNS[""])
    shown = Shown()
    kept: list[str] = []
    for line, start, end in scan.lines(text):
        if _LOG.match(line) or _REFUSED.match(line):
            shown.unparsed.append((start, end))
        elif not volatile.match(line):
            kept.append(line.rstrip())
    if ask.is_truncated and kept and kept[-1].strip() in _LEFT:
        kept.pop()
    if kept:
        shown.add(ConfigRow(tuple(kept)), 0, len(text))
    return shown
