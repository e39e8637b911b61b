"""Pure. `show vlan` of IOS, NX-OS and EOS: a table under a ruler; ports that find no room stand on lines below.

    VLAN Name                             Status    Ports
    ---- -------------------------------- --------- -------------------------------
    1    default                          active    Gi1/0/1, Gi1/0/2, Gi1/0/3
                                                    Gi1/0/4

The tables behind it (types, remote SPAN, private VLANs) say nothing of a row; what stands in the last two is unparsed.
"""

from __future__ import annotations

import re

from statetrace_engine.model.captured import VlanRow
from statetrace_engine.parsing import columns, scan
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.shown import Ask, Shown, missed

HEADER = r"^VLAN +Name +Status +Ports[ ]*$"
_HEADING = late(r"VLAN +Name +Status +Ports\s*$")
_OTHER = late(r"VLAN +Type\b|Remote SPAN VLANs|Primary +Secondary +Type")
_TYPES = late(r"VLAN +Type\b")
_RULER = late(r" *+---[- ]*$")
_ID = late(r"(\d{1,4})\*?")
_STATUS = late(r"[a-zA-Z][\w/-]*")
_KNOWN = late(
    rf"\*\ indicates\ a\ |VLAN\ (?:id\ )?[\d,-]+\ not\ found|No\ VLAN|{scan.CLOCK}", re.VERBOSE | re.IGNORECASE
)
_SEPARATORS = late(r"[,\s]+")
_WIDEST = 1024


def parse(text: str, ask: Ask) -> Shown:
    """A VlanRow a VLAN; the last of a truncated table is held back, its ports may go on."""
    shown = Shown()
    starts: tuple[int, ...] = ()
    is_here, is_types, can_go_on = False, False, False
    below: list[str] = []
    for line, start, end in scan.lines(text):
        if scan.is_foreign(line):
            shown.unparsed.append((start, end))
        elif _HEADING.match(line) or _OTHER.match(line):
            _end(shown, below)
            is_here, is_types = _HEADING.match(line) is not None, _TYPES.match(line) is not None
            starts, can_go_on = (), False
        elif len(line) < _WIDEST and _RULER.match(line):
            starts = columns.ruler(line)
        elif is_here and len(starts) == 4:
            cells = columns.cells(line, starts)
            row = _row(cells)
            if row is not None:
                _end(shown, below)
                shown.add(row, start, end)
                can_go_on = True
            elif can_go_on and cells[3] and not any(cells[:3]):
                below += _ports(cells[3])
                shown.ends[-1] = end
            elif not _KNOWN.match(line):
                shown.unparsed.append((start, end))
        elif not (is_types or _KNOWN.match(line)):
            shown.unparsed.append((start, end))
    _end(shown, below)
    if ask.is_truncated and can_go_on:
        shown.rows.pop()
        missed(text, shown.starts.pop(), shown.ends.pop(), shown.unparsed)
    shown.unparsed = sorted(set(shown.unparsed))
    return shown


def _row(cells: list[str]) -> VlanRow | None:
    found, status = _ID.fullmatch(cells[0]), _STATUS.fullmatch(cells[2])
    if found is None or status is None:
        return None
    return VlanRow(found[1], cells[1] or None, status[0].lower(), _ports(cells[3]))


def _ports(printed: str) -> tuple[str, ...]:
    return tuple(filter(None, _SEPARATORS.split(printed)))


def _end(shown: Shown, below: list[str]) -> None:
    """The last VLAN is all there: what stood below it are ports of its own."""
    if below:
        last: VlanRow = shown.rows[-1]
        shown.rows[-1] = VlanRow(last.vlan, last.name, last.status, (*last.ports, *below))
        below.clear()
