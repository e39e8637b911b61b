"""Pure. AOS-CX `show vlan` and `show spanning-tree [mst|vlan N]`.

VLAN  Name             Status  Reason          Type      Interfaces
10    users            up      ok              static    1/1/1-1/1/24,lag1

MST0
  Root ID    Priority   : 4096
             MAC-Address: 52:54:00:10:00:01
  Bridge ID  Priority  : 32768
Port         Role           State      Cost    Priority   Type
1/1/1        Designated     Forwarding 20000   128        point_to_point

Source: HPE Aruba AOS-CX Command-Line Interface Guides, 10.02 to 10.13.
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from statetrace_engine.model.captured import VlanRow
from statetrace_engine.parsing import columns, scan, spanning
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.shown import Ask, Shown, missed
from statetrace_engine.parsing.spanning import Trees

VLAN_HEADER = re.compile(r"^VLAN +Name +Status +Reason +Type +Interfaces", re.MULTILINE)
TREE_HEADER = re.compile(r"^Spanning tree status *: *\w+ *(?:Protocol: *\w+)?", re.MULTILINE)
_NAMES = ("VLAN", "Name", "Status", "Reason", "Type", "Interfaces")
_ID = late(r"\d{1,4}")
_WORD = late(r"[a-z][\w-]*")
_RULE = late(r"\s*+---[- ]*$")
_RANGE = late(r"(?P<head>(?:\d{1,3}/){1,2}|[a-z]{1,8})(?P<first>\d{1,3})-(?P=head)(?P<last>\d{1,3})", re.ASCII)
_SEPARATORS = late(r"[,\s]+")


def vlans(text: str, ask: Ask) -> Shown:
    """A VlanRow a VLAN, with all its members; the last of a truncated answer is held back."""
    shown = Shown()
    starts: tuple[int, ...] | None = None
    for line, start, end in scan.lines(text):
        if found := columns.heading(line, _NAMES):
            starts = found
            continue
        if _RULE.match(line):
            continue
        cells = columns.cells(line, starts) if starts is not None and not scan.is_foreign(line) else []
        if cells and _ID.fullmatch(cells[0]) and _WORD.fullmatch(cells[2]):
            shown.add(VlanRow(cells[0], cells[1] or None, cells[2], _ports(cells[5])), start, end)
        elif cells and cells[5] and not any(cells[:5]) and shown.rows:
            last: VlanRow = shown.rows[-1]
            shown.rows[-1] = VlanRow(last.vlan, last.name, last.status, (*last.ports, *_ports(cells[5])))
            shown.ends[-1] = end
        else:
            shown.unparsed.append((start, end))
    if ask.is_truncated and shown.rows:
        shown.rows.pop()
        missed(text, shown.starts.pop(), shown.ends.pop(), shown.unparsed)
    shown.unparsed = sorted(set(shown.unparsed))
    return shown


def _ports(printed: str) -> tuple[str, ...]:
    """`1/1/3-1/1/5,lag1` → each of them."""
    return tuple(port for part in filter(None, _SEPARATORS.split(printed)) for port in _each(part))


def _each(part: str) -> tuple[str, ...]:
    found = _RANGE.fullmatch(part)
    if found is None:
        return (part,)
    head, first, last = found["head"], int(found["first"]), int(found["last"])
    return tuple(f"{head}{number}" for number in range(first, last + 1)) if first <= last else (part,)


_MAC = r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}"
_TREE = scan.rows(
    r"(?P<name>(?:MST|VLAN)\d{1,4})(?P<instance>)",
    r"\#{2,8}[ ]++(?P<mst>MST\d{1,4})(?P<mapped>)",
    r"[ ]*+Spanning\ tree\ status[ ]*+:[ ]*+\w++(?:[ ]++Protocol:[ ]*+(?P<protocol>\w++))?(?P<status>)",
    r"[ ]++(?P<whose>Root|Bridge)\ ID[ ]++Priority[ ]*+:[ ]*+(?P<priority>\d++)(?P<id>)",
    rf"[ ]++MAC-Address[ ]*+:[ ]*+(?P<address>{_MAC})",
    r"[ ]++(?P<this>This\ bridge\ is\ the\ root)",
    r"[ ]++(?=Cost|Port)(?:Cost[ ]*+:[ ]*+(?P<root_cost>\d++)[ ]*+)?(?:Port[ ]*+:[ ]*+(?P<root_port>[\w/.-]++))?(?P<path>)",
    rf"(?P<who>Bridge|Root)[ ]++Address[ ]*+:[ ]*+(?P<mac>{_MAC})[ ]++[Pp]riority[ ]*+:[ ]*+(?P<prio>\d++)(?P<mst_id>)",
    r"[ ]++Port:[ ]*+(?P<mst_port>[\w/.-]++),?[ ]++(?:Path\ cost|Cost)[ ]*+:[ ]*+(?P<mst_cost>\d++)[^\n%]*+(?P<mst_path>)",
    r"""(?P<interface>\d++(?:/\d++)++|lag\d++|vxlan\d++|[a-z][a-z-]*+\d[\w/.-]*+)[ ]++(?P<role>[A-Z][a-z]++)[ ]++
      (?P<state>[A-Z][a-z]++)[ ]++(?P<cost>\d++)[ ]++(?P<of_port>\d++)(?:[ ][^\n%]*+)?(?P<port>)""",
    r"Last\ topology\ change\ occurred[ ]*+:[ ]*+(?P<changed>\d++)\ seconds\ ago",
    r"""(?:[ ]++(?:Hello\ [Tt]ime|Forward\ [Dd]elay|Max\ Age|Internal\ cost)[^\n%]*+|Vlans\ mapped[^\n%]*+|Root|Regional\ Root[^\n%]*+
      |(?:Operational|Configured)[ ][^\n%]*+|(?:Extended\ System-id|Ignore\ PVID\ Inconsistency|Path\ cost\ method|Topology\ change\ flag|
        Number\ of\ topology\ changes|Timers|Bpdus\ sent|Designated\ \w[\w ]*+|Root\ \w[\w ]*+)[ ]*+:?[^\n%]*+
      |Port[ ]++(?:Role[ ]++State[^\n%]*+|\d++(?:/\d++)++|lag\d++)|[- ]{3,}+|[ ]++[\d,-]++)(?P<known>)""",
)
_SAYS: spanning.Says = {
    "path": {"cost": "root_cost", "root_port": "root_port"},
    "mst_path": {"root_port": "mst_port", "cost": "mst_cost"},
    "changed": {"changed": "changed"},
}


def spanning_tree(text: str, ask: Ask) -> Shown:
    """A SpanningTreeRow an instance and one an interface of it."""
    protocol, instance = None, ""

    def begin(trees: Trees, found: re.Match[str]) -> None:
        nonlocal instance
        instance = found["name"]
        trees.begin(instance, found.span(), protocol=protocol)

    def status(trees: Trees, found: re.Match[str]) -> None:
        nonlocal protocol
        protocol = found["protocol"]
        if instance:
            trees.says(found.span(), protocol=protocol)  # of one VLAN, it stands below the VLAN's name

    return spanning.read(text, ask, _TREE, _SAYS, {"instance": begin, "status": status})
