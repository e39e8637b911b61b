"""Pure. Cisco NX-OS.

    %ETHPORT-5-IF_DOWN_LINK_FAILURE: Interface Ethernet1/33 is down (Link failure)
    %BGP-5-ADJCHANGE:  bgp-65001 [25132] (RED) neighbor 10.116.27.1 Down - sent:  holdtimer expired error

Seen as printed: ETHPORT, individual ports (captured messages); BGP, OSPF, EIGRP, configuration (published logs). Not
checked against a device or a guide: IS-IS, BFD up, port-channel members, the management port,
accounting, restarts, the bodies of HSRP and VRRP.
"""

# ruff: noqa: E501 - a pattern stands on one line, as the device prints the message
from __future__ import annotations

from statetrace_engine.model.observation import SubjectKind
from statetrace_engine.parsing import facts, surroundings

_IFACE = rb"(?P<iface>[A-Za-z][\w./:-]*(?: \d[\d./:]*)?)"
_PROCESS = rb" *(?:\w+-\S* \[\d+\] +)(?:\((?P<vrf>[^)]+?)(?:-base)?\) +)?"
MESSAGES = facts.table(
    "cisco_nxos",
    ("ETHPORT-IF_DOWN_*|ETHPORT-IF_DOWN|ETHPORT-IF_UP|PORT-IF_DOWN_*|PORT-IF_UP",
     rb" *(?:%\$[^%]{0,40}%\$ *)?Interface " + _IFACE + rb"(?: \(.*\))? is (?P<state>up|down)\b(?: *\((?P<why>[^)]*)\))?", facts.link),
    ("IM-IM_INTF_STATE", rb" *" + _IFACE + rb" is (?P<state>UP|DOWN)\b", facts.link),
    ("ETH_PORT_CHANNEL-PORT_INDIVIDUAL", rb" *port \S+ is operationally individual", facts.nothing),
    ("ETH_PORT_CHANNEL-PORT_INDIVIDUAL_DOWN|ETH_PORT_CHANNEL-PORT_INDIVIDUAL_UP|ETH_PORT_CHANNEL-PORT_DOWN|ETH_PORT_CHANNEL-PORT_UP|ETH_PORT_CHANNEL-PORT_HOT_STANDBY_DOWN",
     rb" *(?:individual port |[A-Za-z-]+\d+: (?:hot-standby )?(?:port )?)" + _IFACE + rb" is (?P<state>up|down)", facts.link),
    ("BGP-ADJCHANGE",
     _PROCESS + rb"neighbor (?P<name>\S+) (?P<state>Up|Down)\b(?: *- *(?P<why>.*))?", facts.session("bgp", SubjectKind.NEIGHBOUR)),
    ("OSPF-ADJCHANGE|OSPFv3-ADJCHANGE|OSPFV3-ADJCHANGE",
     _PROCESS + rb"Nbr (?P<name>\S+) on " + _IFACE + rb" went (?P<state>\w+)", facts.session("ospf")),
    ("OSPF-NBRSTATE|OSPFv3-NBRSTATE|OSPFV3-NBRSTATE",
     rb".*?Nbr (?P<name>\S+) on " + _IFACE + rb" from (?P<old>\w+) to (?P<state>\w+)(?:, *(?P<why>.*))?", facts.session("ospf")),
    ("ISIS-ADJCHANGE",
     _PROCESS + rb"(?:LAN|P2P) adj \S+ (?P<name>\S+) over " + _IFACE + rb" - (?P<state>UP|DOWN|INIT)(?: \((?P<why>[^)]*)\))?",
     facts.session("isis")),
    ("EIGRP-NBRCHANGE_DUAL",
     _PROCESS + rb"\S+ \d+: +Neighbor (?P<name>\S+) \(" + _IFACE + rb"\) is (?P<state>\w+)(?:: *(?P<why>.*))?", facts.session("eigrp")),
    ("HSRP_ENGINE-GRPSTATECHANGE|HSRP_ENGINE-STATECHANGE", surroundings.GATEWAY, surroundings.gateway("hsrp")),
    ("ENG-VR_STATE_CHANGE|VRRP_ENG-VR_STATE_CHANGE|VRRP_ENGINE-STATECHANGE|VRRP_ENGINE-VR_STATE_CHANGE", surroundings.GATEWAY, surroundings.gateway("vrrp")),
    ("BFD-SESSION_STATE_DOWN|BFD-SESSION_STATE_UP",
     rb" *BFD session (?:\d+ )?to neighbor (?P<name>[^\s,]+)(?: on interface " + _IFACE +
     rb"(?=[ ,]))?(?:[^.]{0,60}?\bvrf (?P<vrf>[^\s,]+))?[^.]{0,40}? (?:is|has gone) (?P<state>up|down)\b\.?(?: *Reason: (?P<why>.*))?", facts.session("bfd", SubjectKind.BFD)),
    ("PLATFORM-PFM_SYSTEM_RESET|SYSMGR-SYSTEM_RELOAD|SYSMGR-HASWITCHOVER_START|SYSMGR-HAP_FAILURE_SUP_RESET", rb" *(?P<text>.*)", facts.restarted),
    ("AAA-AAA_ACCOUNTING_MESSAGE", rb" *update:(?:[^@\s]*@)?[^:]*:(?P<who>[^:]*):(?P<text>configure .*)", facts.command),
    ("AAA-AAA_ACCOUNTING_MESSAGE", rb"", None),
)  # fmt: skip
