"""Pure. JunOS `show vlans`, `show bridge domain`, `show spanning-tree bridge` and `show spanning-tree interface`.

Routing instance        VLAN name             Tag          Interfaces
default-switch          users                 10
                                                           ge-0/0/3.0*

Name           Tag     Interfaces                 (before ELS)
users          10
                       ge-0/0/3.0*, ge-0/0/4.0

Interface    Port ID    Designated      Designated         Port    State  Role
ge-0/0/0        128:1        128:1  32768.52540010a0d0     20000  FWD    DESG
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from statetrace_engine.model.captured import VlanRow
from statetrace_engine.parsing import scan
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.shown import Ask, Shown, missed
from statetrace_engine.parsing.spanning import Trees

VLAN_HEADER = re.compile(r"^Routing instance +(?:VLAN name|Bridge domain) +(?:Tag|VLAN ID) +Interfaces", re.M)
_HEADING = late(r"(?P<instance>Routing instance +)?(?:VLAN name|Bridge domain|Name) +(?:Tag|VLAN ID) +Interfaces\s*$")
_TAG = late(r"\d{1,4}(?:-\d{1,4})?|NA|none|None")
_MARK = late(r"\{[a-z]+(?::[\w.-]+)?\}\s*$")
_PORT = late(r"[a-z][\w/:-]*\.\d{1,10}\*?|None|none")
_ACTIVE = "*"


def vlans(text: str, ask: Ask) -> Shown:
    """A VlanRow a VLAN; a port's `*` (it is up) is left out. The last of a truncated answer is held back."""
    shown = Shown()
    width = 0
    ports: list[str] = []
    for line, start, end in scan.lines(text):
        heading = _HEADING.match(line)
        words = line.replace(",", " ").split()
        if heading is not None:
            width = 2 if heading["instance"] else 1
        elif scan.is_foreign(line):
            shown.unparsed.append((start, end))
        elif not width or _MARK.match(line):
            if width == 0:
                shown.unparsed.append((start, end))
        elif line[0].isspace():
            if shown.rows and all(map(_PORT.fullmatch, words)):
                ports += words
                shown.ends[-1] = end
            else:
                shown.unparsed.append((start, end))
        else:
            row = _vlan(words, width)
            _end(shown, ports)
            if row is None:
                shown.unparsed.append((start, end))
            else:
                shown.add(row, start, end)
    _end(shown, ports)
    if ask.is_truncated and shown.rows:
        shown.rows.pop()
        missed(text, shown.starts.pop(), shown.ends.pop(), shown.unparsed)
    shown.unparsed = sorted(set(shown.unparsed))
    return shown


def _vlan(words: list[str], width: int) -> VlanRow | None:
    """`width`: words before the tag, which may be missing."""
    if len(words) < width:
        return None
    name, rest = words[width - 1], words[width:]
    tag = rest.pop(0) if rest and _TAG.fullmatch(rest[0]) else None
    if not all(map(_PORT.fullmatch, rest)):
        return None
    is_number = tag is not None and tag[0].isdigit()
    return VlanRow(tag if tag is not None and is_number else name, name, None, _named(rest))


def _named(printed: list[str]) -> tuple[str, ...]:
    return tuple(port.removesuffix(_ACTIVE) for port in printed if port.lower() != "none")


def _end(shown: Shown, ports: list[str]) -> None:
    if ports:
        last: VlanRow = shown.rows[-1]
        shown.rows[-1] = VlanRow(last.vlan, last.name, None, (*last.ports, *_named(ports)))
        ports.clear()


_ID = r"(?P<{0}>\d{{1,5}})\.(?P<{1}>[0-9a-f]{{2}}(?::[0-9a-f]{{2}}){{5}}|[0-9a-f]{{12}})"
_INSTANCE = r"(?:CIST|MSTI\ \d{1,4}|VLAN\ \d{1,4}|instance\ \d{1,4})"
_BRIDGE = scan.rows(
    rf"STP\ bridge\ parameters\ for\ (?P<name>{_INSTANCE})(?P<instance>)",
    r"STP\ bridge\ parameters:?(?P<first>)",
    r"[ ]*+Enabled\ protocol[ ]*+:[ ]*+(?P<protocol>[\w-]++)",
    rf"[ ]*+(?:Root\ ID|MSTI\ regional\ root)[ ]*+:[ ]*+{_ID.format('root_priority', 'root')}(?P<root_id>)",
    r"[ ]*+Root\ cost[ ]*+:[ ]*+(?P<cost>\d++)",
    r"[ ]*+Root\ port[ ]*+:[ ]*+(?P<root_port>[a-z][\w/:.-]*+)",
    rf"[ ]*+Bridge\ ID[ ]*+:[ ]*+{_ID.format('priority', 'bridge')}(?P<bridge_id>)",
    r"[ ]*+Time\ since\ last\ topology\ change[ ]*+:[ ]*+(?P<changed>\d++)\ seconds",
    r"""(?:[ ]*+(?:Routing\ instance\ name|Context\ ID|CIST\ (?:regional|internal)\ root[\w ]*+|Hello\ time|Maximum\ age|
        Forward\ delay|Message\ age|Hop\ count|Number\ of\ topology\ changes|Extended\ system\ ID|
        Internal\ instance\ ID|Topology\ change\ \w++(?:\ \w++)?|Path\ cost\ method)[ ]*+:[^\n%]*+
      |[ ]*+Local\ parameters|\{[a-z]++(?::[\w.-]++)?\})(?P<known>)""",
)
_SAYS: dict[str | None, tuple[str, ...]] = {
    "root_id": ("root_priority", "root"),
    "cost": ("cost",),
    "root_port": ("root_port",),
    "bridge_id": ("priority", "bridge"),
    "changed": ("changed",),
}


def bridge(text: str, ask: Ask) -> Shown:
    """A SpanningTreeRow an instance."""
    trees = Trees(text, ask)
    protocol: str | None = None
    waiting: tuple[int, int] | None = None
    for found in _BRIDGE.finditer(text):
        kind, span = found.lastgroup, found.span()
        if kind == "instance":
            trees.begin(_named_instance(found["name"]), span, protocol=protocol)
            waiting = None
        elif kind == "first":
            waiting, protocol = span, None
        elif kind == "protocol":
            protocol = found["protocol"]
            if waiting is None:
                trees.says(span, protocol=protocol)
        elif kind in _SAYS:
            if waiting is not None:
                trees.begin(_named_instance("CIST"), waiting, protocol=protocol)
                waiting = None
            trees.says(span, **{name: found[name] for name in _SAYS[kind]})
        elif kind != "known":
            trees.rest(span)
    return trees.close()


def _named_instance(printed: str) -> str:
    """As both commands have it: `0` (the CIST), `1` (an MSTI), `VLAN 10`."""
    if printed == "CIST":
        return "0"
    return printed.removeprefix("MSTI ").removeprefix("instance ")


_PORTS = scan.rows(
    rf"""Spanning\ tree\ interface\ parameters\ for\ (?P<name>{_INSTANCE})(?P<instance>)""",
    r"""(?P<interface>[a-z][\w/:.-]*+)[ ]++(?P<of_port>\d++):\d++[ ]++\d++:\d++[ ]++\d++\.[0-9a-f:]++[ ]++(?P<cost>\d++)
      [ ]++(?P<state>[A-Z]{2,4})(?:[ ]++(?P<role>[A-Z]{2,4}))?(?:[ ][^\n%]*+)?(?P<port>)""",
    r"""(?:Interface[ ]++(?:name[ ]++)?Port\ ID[^\n%]*+|[ ]++(?:port\ ID|Designated)[^\n%]*+|Routing\ instance[^\n%]*+
      |\{[a-z]++(?::[\w.-]++)?\})(?P<known>)""",
)


def ports(text: str, ask: Ask) -> Shown:
    """A SpanningTreeRow an interface; of an instance itself no more is shown than its root port."""
    trees = Trees(text, ask)
    for found in _PORTS.finditer(text):
        kind, span = found.lastgroup, found.span()
        if kind == "instance":
            trees.begin(_named_instance(found["name"]), span)
        elif kind == "port":
            trees.port(span, *found.group("interface", "role", "state", "cost", "of_port"))
        elif kind != "known":
            trees.rest(span)
    return trees.close()
