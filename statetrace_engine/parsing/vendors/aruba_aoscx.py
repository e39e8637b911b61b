"""Pure. Aruba AOS-CX: an event's number, level and source between bars, then its text.

    intfd[1633]: Event|403|LOG_INFO|AMM|1/1|Link status for interface 1/1/24 is down

Seen as printed: link states, configuration and sessions' logins in published logs. Not checked against a device or a
guide: the words of BGP, OSPF and BFD events, which are matched by neighbour and state, and of VRRP and IP SLA.
"""

# ruff: noqa: E501 - a pattern stands on one line, as the device prints the message
from __future__ import annotations

from statetrace_engine.model.observation import SubjectKind
from statetrace_engine.parsing import facts, surroundings

_LEVELS = "LOG_INFO|LOG_NOTICE|LOG_WARN|LOG_ERR|LOG_CRIT"
_E = rb"\|[^|]{0,20}\|[^|]{0,20}\|"
_IP = rb"(?P<name>[0-9A-Fa-f]*[.:][0-9A-Fa-f.:]*[0-9A-Fa-f])(?!\w)"
_IN_VRF = rb"(?:.*? (?:in |on )?(?:vrf|VRF) (?P<vrf>[^\s,.]+))?"

_session = facts.session("bgp")


def _bgp(groups: facts.Groups, vendor: str) -> facts.Said:
    """Idle without the state before it is where a session falls to; from one that was not up, it is none."""
    is_lost = groups["old"] is None and (groups["state"] or b"").lower() == b"idle"
    return _session({**groups, "state": b"down"} if is_lost else groups, vendor)


MESSAGES = facts.table(
    "aruba_aoscx",
    (_LEVELS, _E + rb"Link status for (?:interface|port) (?P<iface>\S+) is (?P<state>up|down)\b(?:,? ?(?:due to|reason:?) (?P<why>.*))?", facts.link),
    (_LEVELS, _E + rb"[^|]{0,40}?BGP[^|]{0,40}? " + _IP + rb".{0,40}?(?: from (?P<old>\w+))? (?:to|is|went) (?P<state>Established|ESTABLISHED|Idle|IDLE|down|DOWN|up|UP)\b" + _IN_VRF,
     _bgp),
    (_LEVELS, _E + rb"[^|]{0,40}?(?:OSPF|AdjChg)[^|]{0,40}? " + _IP + rb".{0,60}? (?:to|is|went|->) (?P<state>FULL|Full|full|DOWN|Down|down)\b" + _IN_VRF,
     facts.session("ospf")),
    (_LEVELS, _E + rb"[^|]{0,40}?BFD[^|]{0,60}? " + _IP + rb".{0,60}? (?:to|is|went) (?P<state>up|down|UP|DOWN|Up|Down)\b" + _IN_VRF,
     facts.session("bfd", SubjectKind.BFD)),
    (_LEVELS, _E + rb"(?=[^|]{0,40}?VRRP)" + surroundings.GATEWAY, surroundings.gateway("vrrp")),
    (_LEVELS, _E + rb"[^|]{0,40}?IP-?SLA[^|]{0,24}? (?P<name>[\w.-]{1,40}) (?:state |status )?(?:has )?(?:changed |moved )?(?:(?:from \w{1,16} )?to|is) (?P<state>\w{1,16})", surroundings.watched("ip sla")),
    (_LEVELS, _E + rb"(?P<text>(?:Copying configs|Configuration ).*)(?P<who>)", facts.configured),
    (_LEVELS, rb"", None),
)  # fmt: skip
