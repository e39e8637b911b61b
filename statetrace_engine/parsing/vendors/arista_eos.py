"""Pure. Arista EOS; its interfaces and configuration are worded as in IOS.

    %BGP-5-ADJCHANGE: peer 192.0.2.2 (VRF default AS 12345) old state Established event AdminReset new state Idle
    %OSPF-4-OSPF_ADJACENCY_TEARDOWN: NGB 10.0.0.2, interface 172.16.0.1 adjacency dropped: interface went down, state was: FULL

In the second, NGB is the neighbour's router id and `interface` the address of this end; OSPF_STATE_CHANGE has the
neighbour's address as `intf`. Seen as printed: captured messages and published
logs; OSPF3, ACCOUNTING, CONFIG_SESSION_COMMIT_SUCCESS and CONFIG_REPLACE_SUCCESS are not checked against a device or a guide.
"""

# ruff: noqa: E501 - a pattern stands on one line, as the device prints the message
from __future__ import annotations

import re

from statetrace_engine.model.observation import SubjectKind
from statetrace_engine.parsing import facts

_PROCESS_VRF = re.compile(rb" Ospf3?-vrf-(\S+?)(?:\[\d+\])?: ")
"""Each VRF has an OSPF process of its own, which is named so."""
_session = facts.session("ospf")
_LOOKS = (
    rb"(?:show|ping|traceroute|enable|disable|exit|end|configure|bash|watch|dir|more|less|copy|write|clear|terminal)\b"
)
"""Commands that change no configuration."""


def _ospf(state: bytes | None = None) -> facts.Build:
    def build(groups: facts.Groups, vendor: str) -> facts.Said:
        process = _PROCESS_VRF.search(groups["head"] or b"")
        vrf = process[1] if process else None
        return _session({**groups, "state": state or groups["state"], "vrf": vrf}, vendor)

    return build


MESSAGES = facts.table(
    "arista_eos",
    ("BGP-ADJCHANGE",
     rb" *peer (?P<name>\S+) \((?:[Vv][Rr][Ff] (?P<vrf>\S+) )?AS \S+\) old state (?P<old>\w+) event (?P<why>\w+) new state (?P<state>\w+)",
     facts.session("bgp")),
    ("OSPF-OSPF_ADJACENCY_TEARDOWN|OSPF3-OSPF3_ADJACENCY_TEARDOWN",
     rb" *NGB (?P<name>[^\s,]+), (?:interface|intf) (?P<rid>\S+) adjacency dropped: (?P<why>.*?), state was: \w+", _ospf(b"down")),
    ("OSPF-OSPF_ADJACENCY_ESTABLISHED|OSPF3-OSPF3_ADJACENCY_ESTABLISHED",
     rb" *NGB (?P<name>[^\s,]+), (?:interface|intf) (?P<rid>\S+) adjacency established", _ospf(b"full")),
    ("OSPF-OSPF_STATE_CHANGE|OSPF3-OSPF3_STATE_CHANGE",
     rb" *NGB (?P<rid>[^\s,]+), intf (?P<name>\S+) change from <(?P<old>[^>]+)> to <(?P<state>[^>]+)>", _ospf()),
    ("ISIS-ISIS_ADJCHG",
     rb" *L[12-]+ Neighbor State Change for SystemID (?P<name>\S+) on (?P<iface>\S+) to (?P<state>\w+)"
     rb"(?:[\s,:;-]+(?P<why>.+))?", facts.session("isis")),
    ("BFD-STATE_CHANGE",
     rb" *peer \(vrf:(?P<vrf>[^,]+), ip:(?P<name>[^,]+), intf:(?:(?P<iface>[A-Za-z][\w./-]*\d)|[^,]*),[^)]*\) changed state from (?P<old>\w+) to "
     rb"(?P<state>\w+)(?: diag (?P<why>.*))?", facts.session("bfd", SubjectKind.BFD)),
    ("SYS-CONFIG_SESSION_COMMIT_SUCCESS|SYS-CONFIG_REPLACE_SUCCESS",
     rb" *(?P<text>User (?P<who>\S+) (?:committed|replaced) .*)", facts.configured),
    ("ACCOUNTING-CMD", rb" *(?P<who>\S+) [^=]{0,200}?\bstop [^\n]{0,300}?\bcmd=(?!" + _LOOKS + rb")(?P<text>[^<\n]{1,500})", facts.command),
    ("ACCOUNTING-CMD", rb"", None),
)  # fmt: skip
