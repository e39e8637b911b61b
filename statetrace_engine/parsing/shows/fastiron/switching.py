"""Pure. FastIron `show vlan`, `show span` (802.1D) and `show 802-1w` (RSTP).

PORT-VLAN 10, Name users, Priority level0, Spanning tree On
 Untagged Ports: (U1/M1)   1   2   3
   Tagged Ports: (U1/M2)   1

VLAN Root             Root Root   Prio Max He- Ho- Fwd Last     Chg  Bridge
 ID   ID              Cost Port   rity Age llo ld  dly Chang    cnt  Address
   1 800052540010a000 4    1/1/1  8000 20  2   1   15  689      1    52540010b000

Port 128 200000   F   F    ROOT       FORWARDING  0         800052540010a000

Source: Ruckus FastIron Layer 2 Switching Configuration Guides, 07.x to 09.x.
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from statetrace_engine.model.captured import VlanRow
from statetrace_engine.parsing import scan
from statetrace_engine.parsing.shown import Ask, Shown, missed
from statetrace_engine.parsing.spanning import Trees

VLAN_HEADER = re.compile(r"^Total PORT-VLAN entries: \d+", re.MULTILINE)
_VLANS = scan.rows(
    r"PORT-VLAN[ ](?P<vlan>\d{1,4}),[ ]Name[ ](?P<name>[^,\n]*+)(?:,[^\n%]*+)?(?P<begin>)",
    r"""[ ]*+(?P<how>Untagged|Tagged|DualMode|Mac-Vlan)[ ]Ports:[ ]*+(?:None|(?:\((?P<module>[\w/-]{1,16})\))?
      [ ]*+(?P<ports>[\d ]++))?(?P<members>)""",
    rf"""(?:(?!{scan.FOREIGN})(?:Total\ PORT-VLAN|Maximum\ PORT-VLAN|Legend:|[ ]*+[A-Z][\w /-]{{0,40}}:)[^\n%]*+)(?P<known>)""",
)
_TAGGED = "Tagged"
_UNIT = re.compile(r"U(\d+)/M(\d+)")
_SLOT = re.compile(r"(?:S|Mod|M)-?(\d+)")


def vlans(text: str, ask: Ask) -> Shown:
    """A VlanRow a VLAN, ports as other commands name them (`1/1/3`); the last of a truncated answer is held back."""
    shown = Shown()
    ports: list[str] = []
    tagged: list[str] = []
    for found in _VLANS.finditer(text):
        kind = found.lastgroup
        if kind == "begin":
            _end(shown, ports, tagged)
            name = found["name"].strip()
            shown.add(VlanRow(found["vlan"], None if name in ("", "[None]") else name), *found.span())
        elif kind == "members" and shown.rows:
            named = [_port(found["module"], number) for number in (found["ports"] or "").split()]
            ports += named
            tagged += named if found["how"] == _TAGGED else []
            shown.ends[-1] = found.end()
        elif kind != "known":
            shown.unparsed.append(found.span())
    _end(shown, ports, tagged)
    if ask.is_truncated and shown.rows:
        shown.rows.pop()
        missed(text, shown.starts.pop(), shown.ends.pop(), shown.unparsed)
    shown.unparsed = sorted(set(shown.unparsed))
    return shown


def _port(module: str | None, number: str) -> str:
    """`(U1/M2)   3` is 1/2/3, `(LAG)   3` is lg3, `(S2)   3` is 2/3."""
    if module is None:
        return number
    if unit := _UNIT.fullmatch(module):
        return f"{unit[1]}/{unit[2]}/{number}"
    slot = _SLOT.fullmatch(module)
    return f"{slot[1]}/{number}" if slot else f"lg{number}"


def _end(shown: Shown, ports: list[str], tagged: list[str]) -> None:
    if shown.rows and ports:
        last: VlanRow = shown.rows[-1]
        shown.rows[-1] = VlanRow(last.vlan, last.name, None, tuple(ports), tuple(tagged))
    ports.clear()
    tagged.clear()


_HEX_ID = r"[0-9a-fA-F]{16}"
_PORT = r"(?:\d++(?:/\d++)*+|lg\d++)"
_TREE = scan.rows(
    r"STP\ instance\ owned\ by\ VLAN\ (?P<owner>\d{1,4})(?P<owned>)",
    r"---[ ]VLAN\ (?P<of_vlan>\d{1,4})\ \[[^\n%]*+(?P<rapid>)",
    rf"""[ ]*+(?P<vlan>\d{{1,4}})[ ]++(?P<root>{_HEX_ID})[ ]++(?P<cost>\d++)[ ]++(?P<root_port>{_PORT}|Root)[ ]++
      (?P<priority>[0-9a-fA-F]{{1,4}})(?:[ ]++\d++){{4}}[ ]++(?P<changed>\d++)[ ]++(?:(?P<count>\d++)[ ]++)?[0-9a-fA-F]{{12}}(?P<global>)""",
    rf"""(?P<bridge>{_HEX_ID})(?:[ ]++\d++){{3}}[ ]++(?:Default|[0-9a-zA-Z]++)[ ]++\d++(?P<own>)""",
    rf"""(?P<root_id>{_HEX_ID})[ ]++(?P<path>\d++)[ ]++{_HEX_ID}[ ]++(?P<through>{_PORT}|Root)(?:[ ]++\d++){{3}}(?P<its_root>)""",
    rf"""[ ]*+(?P<face>{_PORT})[ ]++(?P<face_priority>[0-9a-fA-F]{{1,4}})[ ]++(?P<face_cost>\d++)[ ]++
      (?P<face_state>[A-Z]{{4,12}})[ ]++\d++[ ]++\d++[ ]++{_HEX_ID}[ ]++{_HEX_ID}(?P<port>)""",
    rf"""[ ]*+(?P<fast>{_PORT})[ ]++(?P<fast_priority>\d++)[ ]++(?P<fast_cost>\d++)[ ]++[TF][ ]++[TF][ ]++
      (?P<fast_role>[A-Z]{{4,12}})[ ]++(?P<fast_state>[A-Z]{{4,12}})[ ]++\d++[ ]++{_HEX_ID}(?P<fast_port>)""",
    r"""(?:[ ]*+(?:Global\ STP|Port\ STP|Port\ IEEE|Bridge\ IEEE|IEEE|VLAN\ \d++\ BPDU|VLAN[ ]++Root|ID[ ]++ID|Hex\b|Port[ ]++(?:Prio?|Num)\b|Num\b|
        Bridge[ ]++Bridge|Identifier|hex\b|RootBridge|<---|Spanning-tree\ is\ not|STP\ is\ not|No\ STP)[^\n%]*+
      |[ ]*+---[^\n%]*+)(?P<known>)""",
)


def spanning_tree(text: str, ask: Ask) -> Shown:
    """A SpanningTreeRow a VLAN's instance and one an interface of it."""
    trees = Trees(text, ask)
    for found in _TREE.finditer(text):
        kind, span = found.lastgroup, found.span()
        if kind == "owned":
            trees.begin(found["owner"], span, protocol="ieee")
        elif kind == "rapid":
            trees.begin(found["of_vlan"], span, protocol="rstp")
        elif kind == "global":
            if not trees.is_within(found["vlan"]):
                trees.begin(found["vlan"], span, protocol="ieee")
            priority = str(int(found["priority"], 16))
            _root(trees, span, *found.group("root", "cost", "root_port"))
            changed = found["changed"] if found["count"] else None  # else the two columns run into each other
            trees.says(span, priority=priority, changed=changed)
        elif kind == "own":
            priority, address = _id(found["bridge"])
            trees.says(span, priority=priority, bridge=address)
        elif kind == "its_root":
            _root(trees, span, *found.group("root_id", "path", "through"))
        elif kind == "port":
            face, priority, cost, state = found.group("face", "face_priority", "face_cost", "face_state")
            trees.port(span, face, None, state, cost, str(int(priority, 16)))
        elif kind == "fast_port":
            trees.port(span, *found.group("fast", "fast_role", "fast_state", "fast_cost", "fast_priority"))
        elif kind != "known":
            trees.rest(span)
    return trees.close()


def _root(trees: Trees, span: tuple[int, int], printed: str, cost: str, port: str) -> None:
    priority, address = _id(printed)
    trees.says(span, root=address, root_priority=priority, cost=cost)
    if port == "Root":
        trees.is_root(span)
    else:
        trees.says(span, root_port=port)


def _id(printed: str) -> tuple[str, str]:
    """Priority and address of `800052540010a000`."""
    return str(int(printed[:4], 16)), printed[4:]
