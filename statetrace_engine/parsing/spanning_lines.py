"""Pure. `show spanning-tree [root|mst|vlan N]` of IOS, NX-OS and EOS.

    VLAN0010
      Spanning tree enabled protocol rstp
      Root ID    Priority    24586
                 Address     5254.0010.0001
                 Cost        4
                 Port        24 (GigabitEthernet1/0/24)
      Bridge ID  Priority    32778  (priority 32768 sys-id-ext 10)
    Interface           Role Sts Cost      Prio.Nbr Type
    Gi1/0/24            Root FWD 4         128.24   P2p

Source: Cisco command references (Catalyst 2960 to 9500, Nexus 5000 to 9000), Arista EOS user manual.
"""

from __future__ import annotations

import re

from statetrace_engine.parsing import scan, spanning
from statetrace_engine.parsing.shown import Ask, Shown
from statetrace_engine.parsing.spanning import Trees

HEADER = r"^(?:VLAN\d{4}|MST\d{1,4}|VL\d{1,4})[ ]*\n +Spanning tree enabled protocol "
COMMANDS = ("show spanning-tree", "show spanning-tree root", "show spanning-tree mst")
_MAC = r"[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}"
_ID = r"(?:VLAN|VL|MST)\d{1,4}"
_LINE = scan.rows(
    rf"(?P<name>{_ID}|Bridge\ group\ \d{{1,3}})(?P<instance>)",
    r"\#{2,8}[ ]++(?P<mst>MST\d{1,4})[ ]++vlans\ mapped:[^\n]*+(?P<mapped>)",
    r"[ ]++Spanning\ tree\ enabled\ protocol\ (?P<protocol>[\w-]++)",
    r"[ ]++(?P<whose>Root|Bridge)\ ID[ ]++Priority[ ]++(?P<priority>\d++)[^\n%]*+(?P<id>)",
    rf"[ ]++Address[ ]++(?P<address>{_MAC})",
    r"[ ]++(?P<this>This\ bridge\ is\ the\ root)",
    r"[ ]++Cost[ ]++(?P<root_cost>\d++)(?:[ ](?:\(Ext\)|\(Int\)|\d)[^\n%]*+)?(?P<cost_line>)",
    r"[ ]++Port[ ]++\d++[ ]++\((?P<root_port>[^\s()]++)(?:,[^\n()%]*+)?\)(?P<port_line>)",
    rf"(?P<who>Bridge|Root)[ ]++address[ ](?P<mac>{_MAC})[ ]++priority[ ]++(?P<prio>\d++)[^\n%]*+(?P<mst_id>)",
    r"Root[ ]++(?P<itself>this\ switch\ for\ [^\n%]*+)",
    r"[ ]++port[ ]++(?P<mst_port>[^\s%]++)[ ]++(?:path\ )?cost[ ]++(?P<mst_cost>\d++)[^\n%]*+(?P<mst_path>)",
    r"""(?P<interface>[A-Za-z][\w/.:-]*+)[ ]++(?P<role>[A-Za-z]{3,10}+)[ ]++(?P<state>[A-Za-z]{3,10}+\*?)[ ]*+
      (?P<cost>\d++)[ ]++(?P<of_port>\d++)\.[ ]*+\d++(?:[ ][^\n]*+)?(?P<port>)""",
    rf"""(?P<at_root>{_ID})[ ]++(?P<its_priority>\d++)[ ]++(?P<its_mac>{_MAC})[ ]++(?P<its_cost>\d++)
      (?:[ ]++\d++){{3}}(?:[ ]++(?P<its_port>[A-Za-z][^\n]*+))?(?P<root>)""",
    rf"""(?:[ ]++(?:Hello\ Time|Aging\ Time|UplinkFast|Uplinkfast|BackboneFast|Root\ +Hello|Root\ ID)[^\n%]*+
      |[ ]++internal\ cost[^\n%]*+|Regional\ Root[^\n%]*+|(?:Operational|Configured)[ ]++hello[^\n%]*+|[ ]++[\d,-]++
      |(?:Interface|Name|Port|Vlan|Instance)[ ]++[A-Z][^\n%]*+|[- ]{{3,}}+|Uplinkfast\ enabled
      |No\ spanning\ tree\ instance[^\n%]*+|Spanning\ tree\ instance\(s\)[^\n%]*+|[ ]{{8,}}+Root[ ][^\n%]*+
      |{scan.CLOCK})(?P<known>)""",
)


_SAYS: spanning.Says = {
    "protocol": {"protocol": "protocol"},
    "cost_line": {"cost": "root_cost"},
    "port_line": {"root_port": "root_port"},
    "mst_path": {"root_port": "mst_port", "cost": "mst_cost"},
}


def parse(text: str, ask: Ask) -> Shown:
    """A SpanningTreeRow an instance and one an interface of it."""
    return spanning.read(text, ask, _LINE, _SAYS, {"instance": _instance, "root": _root})


def _instance(trees: Trees, found: re.Match[str]) -> None:
    trees.begin(found["name"], found.span())


def _root(trees: Trees, found: re.Match[str]) -> None:
    """A line of `show spanning-tree root`: the root itself names no port, or says so."""
    instance, priority, mac, cost, port = found.group("at_root", "its_priority", "its_mac", "its_cost", "its_port")
    trees.begin(instance, found.span(), root=mac, root_priority=priority, cost=cost)
    if port is None or port.startswith("This "):
        trees.is_root(found.span())
    else:
        trees.says(found.span(), root_port=port.strip())
