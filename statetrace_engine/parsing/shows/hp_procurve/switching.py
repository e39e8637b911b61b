"""Pure. ProVision's `show vlans [N]` and `show spanning-tree`.

  VLAN ID Name                             | Status     Voice Jumbo
  ------- -------------------------------- + ---------- ----- -----
  10      users                            | Port-based No    No

                |           Prio            | Designated    Hello
  Port  Type    | Cost      rity State      | Bridge        Time PtP Edge
  ----- ------- + --------- ---- ---------- + ------------- ---- --- ----
  1     1000T   | 20000     128  Forwarding | 525400-10a000 2    Yes No

It prints no roles of ports. Source: HPE ArubaOS-Switch Advanced Traffic Management Guides (15.x, 16.x).
"""

from __future__ import annotations

import re

from statetrace_engine.model.captured import VlanRow
from statetrace_engine.parsing import ages, scan
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.shown import Ask, Shown, Span, missed
from statetrace_engine.parsing.shows.hp_procurve.ruled import rows
from statetrace_engine.parsing.spanning import Trees

VLAN_HEADER = re.compile(r"^ *Status and Counters - VLAN Information", re.MULTILINE)
TREE_HEADER = re.compile(r"^ *(?:Multiple Spanning Tree \(MST\)|Spanning Tree) Information", re.MULTILINE)
_ID = late(r"\d{1,4}")
_LABEL = late(r"[ ]*([A-Z0-9][\w .()/-]{0,40}?)[ ]*(?:\[[^\]\n]{0,40}\][ ]*)?:[ ]*(.*)")
_TITLE = late(r"\s*(?:Status and Counters - |Multiple Spanning Tree|Spanning Tree Information)")
_MODES = ("Untagged", "Tagged", "Auto", "No", "Forbid")
_MEMBERS = _MODES[:2]


def vlans(text: str, ask: Ask) -> Shown:
    """A VlanRow a VLAN; of one that was asked for, with its ports. The last of a truncated answer is held back."""
    shown = Shown()
    said: dict[str, str] = {}
    labels, rest = _labels(text, said)
    ports: list[tuple[str, str]] = []
    left: list[Span] = []
    for names, cells, start, end in rows(text, left):
        found = dict(zip(names, cells, strict=True))
        vlan = found.get("vlan id") or found.get("802.1q vlan id") or ""
        if _ID.fullmatch(vlan) and found.get("status"):
            shown.add(VlanRow(vlan, found.get("name") or None, found["status"].lower()), start, end)
        elif "vlan id" in said and found.get("mode") in _MODES:
            ports.append((found.get("port information") or cells[0], found["mode"]))
            said["end"] = str(end)
        elif (start, end) not in labels:
            shown.unparsed.append((start, end))
    shown.unparsed += [span for span in left if span not in labels]
    if _ID.fullmatch(said.get("vlan id", "")) and rest is not None:
        end = int(said.get("end") or rest)
        shown.add(_one(said, ports), 0, end)
    if ask.is_truncated and shown.rows:
        shown.rows.pop()
        missed(text, shown.starts.pop(), shown.ends.pop(), shown.unparsed)
    shown.unparsed = sorted(set(shown.unparsed))
    return shown


def _one(said: dict[str, str], ports: list[tuple[str, str]]) -> VlanRow:
    members = tuple(port for port, mode in ports if mode in _MEMBERS)
    tagged = tuple(port for port, mode in ports if mode == "Tagged")
    return VlanRow(said["vlan id"], said.get("name") or None, said.get("status", "").lower() or None, members, tagged)


def _labels(text: str, said: dict[str, str]) -> tuple[set[Span], int | None]:
    """Lines that are `Label : value`, what they say (the first counts), and where the last of them ends."""
    found: set[Span] = set()
    last: int | None = None
    for line, start, end in scan.lines(text):
        if scan.is_foreign(line) or "%" in line:
            continue
        label = _LABEL.match(line) if len(line) < 1024 else None
        if label is not None:
            said.setdefault(label[1].lower(), label[2].strip())
            found.add((start, end))
            last = end
        elif _TITLE.match(line):
            found.add((start, end))
    return found, last


def spanning_tree(text: str, ask: Ask) -> Shown:
    """A SpanningTreeRow an instance (`CST`, or a VLAN's number) and one an interface."""
    trees = Trees(text, ask)
    said: dict[str, str] = {}
    labels, last = _labels(text, said)
    left: list[Span] = []
    found = list(rows(text, left))
    protocol = said.get("force version", said.get("mode", "")).removesuffix("-operation") or None
    if last is not None and "cst root mac address" in said:
        _cst(trees, said, protocol, text, last)
    for names, cells, start, end in found:
        of = dict(zip(names, cells, strict=True))
        if (start, end) in labels:
            continue
        if _ID.fullmatch(cells[0]) and "path-cost" in of:
            _vlan(trees, cells, protocol, (start, end))
        elif of.get("port") and of.get("state") and of.get("cost", "").isalnum():
            priority = of.get("rity") or of.get("priority") or of.get("prio")
            trees.port((start, end), of["port"], of.get("role"), of["state"], of["cost"], priority)
        else:
            trees.rest((start, end))
    for span in left:
        if span not in labels:
            trees.rest(span)
    return trees.close()


def _cst(trees: Trees, said: dict[str, str], protocol: str | None, text: str, last: int) -> None:
    port = said.get("cst root port", "")
    changed = ages.seconds(said.get("time since last change", ""))
    span = len(text) - len(text.lstrip()), last
    trees.begin(
        "CST",
        span,
        protocol=protocol,
        root=said["cst root mac address"],
        root_priority=said.get("cst root priority"),
        cost=said.get("cst root path cost"),
        bridge=said.get("switch mac address"),
        priority=said.get("switch priority"),
        changed=str(changed) if changed is not None else None,
    )
    if port.startswith("This "):
        trees.is_root(span)
    elif port:
        trees.says(span, root_port=port)


def _vlan(trees: Trees, cells: list[str], protocol: str | None, span: Span) -> None:
    """A line of RPVST's table: VLAN, root, its priority (`32,768`), cost, port."""
    vlan, root, priority, cost, port = cells[:5]
    trees.begin(vlan, span, protocol=protocol, root=root, root_priority=_plain(priority), cost=_plain(cost))
    if port.startswith("This "):
        trees.is_root(span)
    elif port:
        trees.says(span, root_port=port)


def _plain(printed: str) -> str:
    """`32,768` as a number is written."""
    return printed.replace(",", "")
