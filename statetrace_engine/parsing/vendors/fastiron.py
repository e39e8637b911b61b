"""Pure. Foundry, Brocade and Ruckus FastIron: untagged text, told by the words that begin it.

    System: Interface ethernet 1/1/4, state down - link down
    BGP: Peer 192.0.2.1 DOWN (Hold Timer Expired)
    OSPF: nbr state changed, rid 10.1.1.1, nbr addr 10.1.2.2, nbr rid 10.2.2.2, state down

Seen as printed: interface states and configuration changes in published logs, BGP with a VRF (NetIron). From the FastIron Monitoring
Configuration Guide (syslog messages) and not checked against a device: BGP, OSPF, BFD, VRRP, err-disable and starts.
"""

# ruff: noqa: E501 - a pattern stands on one line, as the device prints the message
from __future__ import annotations

from statetrace_engine.model.observation import SubjectKind
from statetrace_engine.parsing import facts, surroundings


def _started(text: bytes) -> facts.Build:
    return lambda groups, vendor: facts.restarted({**groups, "text": text}, vendor)


MESSAGES = facts.table(
    "brocade_fastiron",
    ("System: Interface ", rb"(?:ethernet (?=mgmt))?(?P<iface>(?:[A-Za-z\d-]+ )?[A-Za-z-]*\d[\d/]*), state (?P<state>up|down)\b(?: ?- ?(?P<why>.*))?", facts.link),
    ("System: Interface ", rb"", None),
    ("ERR_DISABLE: ", rb".{0,60}?\bport (?P<iface>(?:ethernet )?\d[\d/]*+)(?P<why>[ ,].{0,80}?err-disable state)", facts.became(b"down", facts.link)),
    ("ERR_DISABLE: ", rb"", None),
    ("BGP: Peer |BGP Peer ", rb"(?:\(VRF:? (?P<vrf>[^)\s]+)\) )?(?P<name>[0-9A-Fa-f.:]+) (?:\(VRF:? (?P<vpn>[^)\s]+)\) )?(?P<state>UP|DOWN)\b(?: ?\((?P<why>[^)]*)\))?", facts.session("bgp")),
    ("OSPF: nbr state changed,|OSPF nbr state changed,|OSPF neighbor state changed,|OSPFv3: nbr state changed,|OSPFv3 nbr state changed,",
     rb" ?rid [\d.]+, ?nbr addr (?P<name>[0-9A-Fa-f.:]+), ?nbr rid (?P<rid>[\d.]+), ?state (?P<state>[\w-]+)", facts.session("ospf")),
    ("BFD: Session ", rb"(?P<state>UP|DOWN) for (?:NBR|Neighbor) (?P<name>[0-9A-Fa-f.:]++)(?![\w/])(?: on (?P<iface>[A-Za-z]+ ?\d[\d/]*+)(?![\w+]))?(?:.*?[Rr]eason: (?P<why>.*))?",
     facts.session("bfd", SubjectKind.BFD)),
    ("VRRP: intf state changed, intf |VRRP intf state changed, intf |VRRPE: intf state changed, intf |VRRPE intf state changed, intf |VRRP-E: intf state changed, intf ",
     rb"(?P<iface>(?:[A-Za-z-]{1,20} ?)?\d[\d/]{0,16}), vrid (?P<group>\d{1,5}), state (?P<state>\w{1,16})", surroundings.gateway("vrrp")),
    ("-config was changed by ", rb"(?P<text>(?P<who>.{0,64}?) ?from .*)", facts.configured),
    *((f"System: {word} start", rb"", _started(f"{word} start".encode())) for word in ("Cold", "Warm")),
)  # fmt: skip
