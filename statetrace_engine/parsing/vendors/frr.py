"""Pure. FRRouting, and the Linux below it.

    bgpd: %ADJCHANGE: neighbor 10.1.1.2(core1) in vrf default Down Interface down
    ospfd: AdjChg: Nbr 10.255.0.2, NbrIP 10.1.1.2 (default) on toc1:10.1.1.1: Full -> Deleted (KillNbr)
    kernel: igb 0000:02:00.0 eth1: igb: eth1 NIC Link is Down

Seen as printed: bgpd and ospfd of a real router (its log is in the corpus). Not checked against FRRouting's source or a
router: isisd, bfdd, eigrpd and vrrpd (from their source), zebra, vty, unnumbered neighbours, and the kernel's and networkd's lines.
"""

# ruff: noqa: E501 - a pattern stands on one line, as the device prints the message
from __future__ import annotations

import re

from statetrace_engine.model.observation import SubjectKind
from statetrace_engine.parsing import facts, surroundings
from statetrace_engine.parsing.facts import Message


def _carrier(groups: facts.Groups, vendor: str) -> facts.Said:
    return facts.link({**groups, "state": b"up" if groups["state"] == b"Gained" else b"down"}, vendor)


def _eigrp(groups: facts.Groups, vendor: str) -> facts.Said:
    """Words that many programs could use: eigrpd alone is meant."""
    return _adjacency(groups, vendor) if b"eigrpd" in (groups["head"] or b"") else None


def _kernel(groups: facts.Groups, vendor: str) -> facts.Said:
    """Words that many programs could use: the kernel alone is meant."""
    return facts.link(groups, vendor) if b" kernel" in (groups["head"] or b"") else None


_adjacency = facts.session("eigrp")

MESSAGES = facts.table(
    "frr",
    ("%ADJCHANGE: neighbor ",
     rb"(?P<name>[^\s(]+)(?:\((?P<peer>[^)]*)\))?(?: in vrf (?P<vrf>\S+))? (?P<state>Up|Down)\b(?: +(?P<why>.*))?", facts.session("bgp")),
    ("%MAXPFX: |%MAXPFXEXCEED: ", rb"", facts.nothing),
    ("%ADJCHANGE: Adjacency to ",
     rb"(?P<name>\S+) \((?P<iface>[^)]+)\) for level-\d changed from (?P<old>\w+) to (?P<state>\w+)(?:, *(?P<why>.*))?", facts.session("isis")),
    ("AdjChg: Nbr ",
     rb"(?P<rid>[^\s,(]+), NbrIP (?P<name>[^\s(]++) ?\((?P<vrf>[^)]*)\) on (?P<iface>[^\s:]+):\S+: (?P<old>[\w-]+) -> (?P<state>[\w-]+)"
     rb"(?: \((?P<why>[^)]*)\))?", facts.session("ospf")),
    ("AdjChg: Nbr ",
     rb"(?P<name>[^\s,(]+)(?: ?\((?P<vrf>[^)]*)\))? on (?:[^\s%(]+%)?(?P<iface>[^\s:(]++)[^ ]*+ (?P<old>[\w-]+) -> (?P<state>[\w-]+)(?: \((?P<why>[^)]*)\))?",
     facts.session("ospf")),
    ("state-change: [",
     rb"mhop:\w+ peer:(?P<name>\S+) local:\S+(?: vrf:(?P<vrf>[^\s\]]+))?(?: ifname:(?P<iface>[^\s\]]+))?\] (?P<old>[\w-]+) -> (?P<state>[\w-]+)"
     rb"(?: reason:(?P<why>.*))?", facts.session("bfd", SubjectKind.BFD)),
    ("Neighbor ", rb"(?P<name>[0-9.]+) \((?P<iface>[^\s)]{1,40})\) (?:is|going) (?P<state>\w+)(?:: *(?P<why>.*))?", _eigrp),
    ("Neighbor(", rb"(?P<name>[0-9.]+)\) adjacency became (?P<state>full)", _eigrp),
    ("Neighbor |Neighbor(", rb"", None),
    ("[VRID ", rb"(?P<group>\d+)\] \[\w+\] (?P<old>\w+) -> (?P<state>\w+)", surroundings.gateway("vrrp")),
    ("[VRID ", rb"", None),
    ("MESSAGE: ZEBRA_INTERFACE_", rb"(?P<state>UP|DOWN) (?P<iface>\S+)", facts.link),
    ("Intf ", rb"(?P<iface>[^\s(]+)\(\d+\) has (?:gone|come) (?P<state>UP|DOWN)", facts.link),
    ("Intf ", rb"", None),
    ("vty[", rb"\d+\]@(?P<who>\S*?)\(config[^)]*\)# (?P<text>.+)", facts.command),
    ("vty[", rb"", None),
    ("ZEBRA starting: |zebra starting: ", rb"(?P<text>.*)", facts.restarted),
    ("status definitely ", rb"(?P<state>up|down) for interface (?P<iface>[\w.@-]{1,15})(?=[,\s]|\Z)", facts.link),
    ("status definitely ", rb"", None),
)  # fmt: skip
MESSAGES = (
    *MESSAGES,
    Message(("NIC Link is ",), re.compile(rb"(?<![^\s:])(?P<iface>[A-Za-z][\w.-]{0,14}):? NIC Link is (?P<state>Up|Down)"), facts.link, "frr", True),
    Message((": Link is ", ": Link up", ": Link down"), re.compile(rb" (?P<iface>[\w.@-]{1,15}): Link (?:is )?(?P<state>up|down)\b"),
            _kernel, "frr", True),
    Message((": Link is ", ": Link up", ": Link down"), re.compile(rb""), None, "frr", True),
    Message(("vty@",), re.compile(rb"(?P<text>zebra \S{1,40} starting)"), facts.restarted, "frr", True),
    Message(("vty@",), re.compile(rb""), None, "frr", True),
    Message((": Lost carrier", ": Gained carrier"), re.compile(rb" (?P<iface>[\w.@-]{1,15}): (?P<state>Lost|Gained) carrier"),
            _carrier, "frr", True),
)  # fmt: skip
