"""Pure. Palo Alto Networks PAN-OS: a record of commas, its type third, its event and text in words.

    1,2026/11/23 14:03:27,0123,SYSTEM,port,0,2026/11/23 14:03:27,,link-change,ethernet1/1,0,0,general,informational,"Port ethernet1/1: Down 1Gb/s Full duplex",…

Source: PAN-OS syslog field descriptions (SYSTEM and CONFIG) and the list of system log events; not checked against a
device: the words of BFD and HA events.
"""

# ruff: noqa: E501 - a pattern stands on one line, as the device prints the message
from __future__ import annotations

from statetrace_engine.model.observation import SubjectKind
from statetrace_engine.parsing import facts, surroundings

_R = rb"[^\n]{0,300}?"
_IP = rb"(?P<name>[0-9A-Fa-f]*[.:][0-9A-Fa-f.:]*[0-9A-Fa-f])(?!\w)"


def _edited(groups: facts.Groups, vendor: str) -> facts.Said:
    return facts.command({**groups, "text": b"%b %b" % (groups["cmd"] or b"", (groups["path"] or b"").strip())}, vendor)


_BFD = facts.session("bfd", SubjectKind.BFD)
_BGP, _OSPF = facts.session("bgp"), facts.session("ospf")

_HA = surroundings.gateway("ha")

MESSAGES = facts.table(
    "paloalto_panos",
    ("SYSTEM,port,", _R + rb"Port (?P<iface>[A-Za-z][\w./-]*): (?:MAC )?(?P<state>Up|Down)\b(?P<why>)", facts.link),
    ("SYSTEM,port,", rb"", None),
    ("SYSTEM,routing,", _R + rb"BGP peer session left established state" + _R + rb"peer IP: " + _IP, facts.became(b"down", _BGP)),
    ("SYSTEM,routing,", _R + rb"BGP peer session entered established state" + _R + rb"peer IP: " + _IP, facts.became(b"up", _BGP)),
    ("SYSTEM,routing,", _R + rb"OSPF adjacency with neighbor has gone down\. interface (?P<iface>[^\s,]+), neighbor router ID (?P<rid>[\d.]+), neighbor IP address " + _IP,
     facts.became(b"down", _OSPF)),
    ("SYSTEM,routing,", _R + rb"OSPF full adjacency established with neighbor\. interface (?P<iface>[^\s,]+), neighbor router ID (?P<rid>[\d.]+), neighbor IP address " + _IP,
     facts.became(b"full", _OSPF)),
    ("SYSTEM,routing,|SYSTEM,bfd,", _R + rb"(?i:bfd)[^\n]{0,80}?(?:state|change)[^\n]{0,20}? to (?P<state>up|down)\b[^\n]{0,80}? " + _IP, _BFD),
    ("SYSTEM,bfd,", rb"", None),
    ("SYSTEM,lacp,", _R + rb"LACP interface (?P<member>[A-Za-z][\w./-]*) moved (?P<state>into|out of) AE-group (?P<iface>[A-Za-z][\w-]*+)(?=[\s.,\"]|\Z)", surroundings.member),
    ("SYSTEM,lacp,", rb"", None),
    ("SYSTEM,routing,", _R + rb"(?i:path monitoring (?P<state>failed|recovered)) for static route destination (?P<name>[0-9A-Fa-f.:/]{1,64})(?: with next ?hop (?P<why>[0-9A-Fa-f.:]{1,64}[0-9A-Fa-f]))?",
     surroundings.watched("path monitoring")),
    ("SYSTEM,routing,", rb"", None),
    ("SYSTEM,ha,", _R + rb"HA Group (?P<group>\d{1,3}): Moved from state (?P<old>[\w-]{1,24}) to state (?P<state>[\w-]{1,24})", _HA),
    ("SYSTEM,ha,", _R + rb"(?i:path monitoring) (?P<state>failed|recovered)(?P<name>)\b", surroundings.watched("ha path monitoring")),
    ("SYSTEM,ha,", rb"", None),
    ("SYSTEM,general,", _R + rb'(?P<text>Commit job succeeded(?=(?:[^"\n]{0,200}?(?: for user|User:) (?P<who>[^\s",.]+))?)[^"\n]{0,200})', facts.configured),
    ("SYSTEM,general,", _R + rb'(?P<text>The system is (?:starting up|shutting down)[^"\n]{0,100})(?P<who>)', facts.restarted),
    ("SYSTEM,general,", rb"", None),
    ("CONFIG,", rb"(?:[^,]*,){5}(?P<cmd>(?!commit|validate|lock|unlock)[^,]+),(?P<who>[^,]*),[^,]*,(?:Succeeded|Submitted),(?P<path>[^,\n]{0,400})", _edited),
    ("CONFIG,", rb"", None),
)  # fmt: skip
