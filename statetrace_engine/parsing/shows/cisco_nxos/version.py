"""Pure. `show version` of NX-OS and of ACI leaves.

NXOS: version 10.4(5) [Maintenance Release]
cisco Nexus9000 C93180YC-FX3 Chassis
Processor Board ID FLM00000001
Device name: leaf-1
Kernel uptime is 60 day(s), 17 hour(s), 26 minute(s), 51 second(s)
"""

from __future__ import annotations

import re

from statetrace_engine.model.captured import VersionRow
from statetrace_engine.parsing import ages, blocks, scan
from statetrace_engine.parsing.shown import Ask, Shown, missed

HEADER = re.compile(r"^Cisco Nexus Operating System \(NX-OS\) Software", re.MULTILINE)
_LINES = scan.rows(
    r"[ ]*+(?:NXOS|system):[ ]++version[ ](?P<version>\S++)[^\n]*+(?P<release>)",
    r"[ ]*+kickstart:[ ]++version[ ](?P<kickstart>\S++)[^\n]*+(?P<kernel>)",
    r"[ ]*+cisco[ ](?P<model>\S[^\n]*?)(?<![ \t])(?:[ ]++\([^\n()]*+\))?(?:[ ]++[Cc]hassis)?(?:[ ]++\("
    r"[^\n()]*+\))?(?P<chassis>)",
    r"[ ]*+Processor[ ][Bb]oard[ ]ID[ ](?P<serial>\S++)(?P<board>)",
    r"[ ]*+Device[ ]name:[ ](?P<hostname>\S++)[^\n]*+(?P<named>)",
    r"[ ]*+(?:Kernel|System)[ ]uptime[ ]is[ ](?P<uptime>[^\n]*+)(?P<running>)",
    r"Active[ ]Packages?(?:\(s\))?:[^\n]*+(?P<detail>)",
    r"(?!(?:[*.:]|\d++:|20\d\d[ ])[^\n]{0,60}%[A-Z0-9_])(?!%)\S?[^\n]*\S[^\n]*+(?P<words>)",
)
_ALL = ("hostname", "version", "model", "serial", "uptime")


def parse(text: str, ask: Ask) -> Shown:
    """One row, or none where nothing of it was found, or not all of a truncated text: then all lines are unparsed."""
    fields: blocks.Fields = {}
    shown = Shown()
    for found in _LINES.finditer(text):
        if found.lastgroup == "rest":
            shown.unparsed.append(found.span())
        elif found.lastgroup != "words":
            for key, value in found.groupdict().items():
                if value:
                    fields.setdefault(key, value.strip())
    is_cut = ask.is_truncated and not all(name in fields for name in _ALL)
    version = fields.get("version") or fields.get("kickstart")
    if is_cut or (not version and "hostname" not in fields):
        shown.unparsed.clear()
        missed(text, 0, len(text), shown.unparsed)
        return shown
    uptime = ages.seconds(fields.get("uptime", "").replace("(s)", "s"))
    row = VersionRow(fields.get("hostname"), version, fields.get("model"), fields.get("serial"), uptime)
    shown.add(row, 0, len(text))
    return shown
