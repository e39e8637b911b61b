"""Pure. ProVision's tables: a ruler (`-------- + ----------`) stands between the headings and the rows.

Port         Type       | Alert     Enabled Status Mode       Mode Ctrl Limit
------------ ---------- + --------- ------- ------ ---------- ---- ---- -----
1            100/1000T  | No        Yes     Up     100FDx     MDI  off  0
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from statetrace_engine.parsing import columns, scan
from statetrace_engine.parsing.shown import Span

_WIDEST = 1024
"""A table is no wider; every row is cut where the ruler says."""
_RULER = re.compile(r"\s*+-{2,}+(?:[ +|]++-{2,}+)*+[ +|]*+$")
_HEADINGS = re.compile(
    r"\s*(?:\* |Note:|Status and Counters|IP (?:Route|ARP)|IPv6 |LLDP |CDP |OSPF|BGP|"
    r"Peer Info|Port\b|Destination\b|Intrusion|"
    r"MAC Address|IP Address|LocalPort|\| |Flow\b|Total\b|Remote Address|Router ID|Interface|Maximum |Primary |"
    r"Management |VLAN |802\.1Q|ID +Address|Internet|Default|Rxmt|Located|Local|Cfg|Name\b|Number of|Legend|BGP Peer|"
    r"Neighbors?\b)"
)


def rows(text: str, unparsed: list[Span]) -> Iterator[tuple[list[str], list[str], int, int]]:
    """Each row as (names of its columns, its cells, start, end); other lines that say something go to `unparsed`.

    A name is the heading right above the ruler, lower case; where headings have two lines, the lower one.
    """
    starts: tuple[int, ...] = ()
    names: list[str] = []
    above = ""
    for line, start, end in scan.lines(text):
        if len(line) < _WIDEST and _RULER.match(line):
            starts = columns.ruler(line)
            names = [name.lower() for name in columns.cells(above, starts)]
        elif scan.is_foreign(line) or line.lstrip().startswith("%"):
            unparsed.append((start, end))
            continue
        elif _HEADINGS.match(line) and not (starts and _is_row(line, starts)):
            starts = ()
        elif starts:
            indent = len(line) - len(line.lstrip())
            yield names, columns.cells(" " * (starts[0] - indent) + line, starts), start, end
        else:
            unparsed.append((start, end))
        above = line


def _is_row(line: str, starts: tuple[int, ...]) -> bool:
    """A row begins under its first column; its first cell may read like a heading (`Port-1`)."""
    return len(starts) > 1 and line[starts[0] : starts[0] + 1].isdigit()
