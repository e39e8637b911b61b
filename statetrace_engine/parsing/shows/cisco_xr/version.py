"""Pure. `show version` of IOS XR, classic and 64 bit.

Cisco IOS XR Software, Version 6.5.1
cisco IOS-XRv 9000 () processor
pe1 uptime is 2 years, 51 weeks, 5 days, 11 hours, 1 minute
"""

from __future__ import annotations

import re

from statetrace_engine.model.captured import VersionRow
from statetrace_engine.parsing import ages, scan
from statetrace_engine.parsing.shown import Ask, Shown, missed

HEADER = re.compile(r"^Cisco IOS XR Software, Version ", re.MULTILINE)
_LINES = scan.rows(
    r"Cisco[ ]IOS[ ]XR[ ](?:Admin[ ])?Software,[ ]Version[ ](?P<version>[^\s\[,]++)[^\n]*+(?P<release>)",
    r"(?:System|(?P<hostname>\S++))[ ]uptime[ ]is[ ](?P<uptime>[^\n]*+)(?P<running>)",
    r"[Cc]isco[ ](?P<model>(?!IOS[ ]XR)[A-Z0-9][^(\n]*?)(?<![ ])[ ]*+\([^\n]*processor[^\n]*+(?P<chassis>)",
    r"[ ]*+(?:Processor[ ]board[ ]ID|Chassis[ ]Serial[^:\n]*+:)[ ]?(?P<serial>\w++)[^\n]*+(?P<board>)",
    r"(?![*.%]|\d++:|RP/)(?![^\n]{0,80}%[A-Z0-9_]+-)\S?[^\n]*\S[^\n]*+(?P<words>)",
)
_ALL = ("version", "model", "uptime")


def parse(text: str, ask: Ask) -> Shown:
    """One row, or none where nothing of it was found, or not all of a truncated text: then all lines are unparsed."""
    fields: dict[str, str] = {}
    shown = Shown()
    for found in _LINES.finditer(text):
        if found.lastgroup == "rest":
            shown.unparsed.append(found.span())
        elif found.lastgroup != "words":
            for key, value in found.groupdict().items():
                if value:
                    fields.setdefault(key, value.strip())
    is_cut = ask.is_truncated and not all(name in fields for name in _ALL)
    if is_cut or "version" not in fields:
        shown.unparsed.clear()
        missed(text, 0, len(text), shown.unparsed)
        return shown
    uptime = ages.seconds(fields.get("uptime", ""))
    row = VersionRow(fields.get("hostname"), fields["version"], fields.get("model"), fields.get("serial"), uptime)
    shown.add(row, 0, len(text))
    return shown
