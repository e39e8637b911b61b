"""Pure. `show version` of JunOS, of one box and of a cluster whose members each answer.

node0:
--------------------------------------------------------------------------
Hostname: srx-a
Model: srx345
Junos: 20.2R3-S2.5
"""

from __future__ import annotations

import re

from statetrace_engine.model.captured import VersionRow
from statetrace_engine.parsing import scan
from statetrace_engine.parsing.shown import Ask, Shown, Span, missed

HEADER = re.compile(r"^(?:Hostname: \S+\s*\n)?Model: \S+\s*\n(?:Junos: |JUNOS )", re.MULTILINE)
_WORDS = {
    "hostname": re.compile(r"^Hostname: *(\S+)", re.MULTILINE),
    "model": re.compile(r"^Model: *(\S+)", re.MULTILINE),
    "version": re.compile(r"^Junos: *(\S+)|^(?:JUNOS|KERNEL)[^\n\[]*\[([^\]\n]+)\]", re.MULTILINE),
}
_MEMBER = re.compile(r"^(?:node|fpc|member)(\d+):[ \t]*$", re.MULTILINE)
_HERE = re.compile(r"^\{\w+:(?:node)?(\d+)\}", re.MULTILINE)


def version(text: str, ask: Ask) -> Shown:
    """One row: the release of `Junos:`, else that of the first package."""
    shown = Shown()
    start, end = _own(text)
    said = {
        name: found[found.lastindex or 1]
        for name, pattern in _WORDS.items()
        if (found := pattern.search(text, start, end))
    }
    if "version" not in said or ask.is_truncated:
        missed(text, 0, len(text), shown.unparsed)
        return shown
    shown.unparsed.extend((first, last) for line, first, last in scan.lines(text) if scan.is_log(line))
    shown.add(VersionRow(said.get("hostname"), said["version"], said.get("model")), 0, len(text))
    return shown


def _own(text: str) -> Span:
    """What the member says on which the command was typed (`{primary:node1}`); of an unknown one, all."""
    here = _HERE.search(text)
    members = list(_MEMBER.finditer(text))
    for at, member in enumerate(members):
        if here is not None and member[1] == here[1]:
            return member.end(), members[at + 1].start() if at + 1 < len(members) else len(text)
    return 0, len(text)
