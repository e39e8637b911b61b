"""Pure. Juniper JunOS: rpd, bfdd, mib2d and mgd, as RFC 3164 text or RFC 5424 structured data.

    rpd[2902]: RPD_BGP_NEIGHBOR_STATE_CHANGED: BGP peer 1.1.1.1 (External AS 2222) changed state from Established to Idle (event HoldTime) (instance master)
    mib2d 2104 SNMP_TRAP_LINK_DOWN [junos@2636.1.1.1.2.29 interface-name="ge-0/0/1"] ifIndex 528, … ifName ge-0/0/1

Seen as printed: captured messages and published logs; SNMP_TRAP_LINK and BFDD_TRAP_STATE also in the Junos OS 10.3 System
Log Messages Reference; VRRPD_NEW_MASTER and PING_*_FAILED in published logs. Not checked: VRRPD_NEW_BACKUP,
PING_TEST_COMPLETED, RPD_ISIS_ADJUP, BFDD_TRAP_MHOP, cold start, reboot and shutdown, `structured-data brief` but for links,
LACP_INTF_MUX_STATE_CHANGED, JSRPD.
"""

# ruff: noqa: E501 - a pattern stands on one line, as the device prints the message
from __future__ import annotations

import re

from msgspec.structs import replace

from statetrace_engine.model.observation import Fact, SubjectKind
from statetrace_engine.parsing import facts, surroundings
from statetrace_engine.parsing.facts import Message

_J = rb'(?: (?:-(?= )|\[(?:[^\]"\\]|\\.|"(?:[^"\\]|\\.)*+")*+\]))?+:?+ *+'
_INSTANCE = rb"(?:.*?\(instance (?P<vrf>[^)\s]+)\))?"
_VERB = (
    rb"(?:set|delete|activate|deactivate|insert|rename|replace|rollback|load|commit|annotate|copy|protect|unprotect)"
)


def _data(spec: str) -> bytes:
    """Structured data that no text follows (`structured-data brief`): groups by their parameters, `?` before optional ones."""
    found = b""
    for part in spec.split():
        group, _, parameter = part.lstrip("?").partition("=")
        value = rb'[^"\s+]+' if group == "name" else rb'[^"]+'
        one = rb'(?=[^\n]{0,500}?\b%b="(?P<%b>%b))' % (parameter.encode(), group.encode(), value)
        found += b"(?:" + one + b"|)" if part.startswith("?") else one
    return rb" \[junos@" + found


_isis = facts.session("isis")
_session = facts.session("bgp")
_ospf = facts.session("ospf")
_bfd = facts.session("bfd", SubjectKind.BFD)

_HARD_RESET = b"9"


def _bgp(groups: facts.Groups, vendor: str) -> facts.Said:
    """`event Stop` is rpd's own end of a session: shut by an operator, cleared, too many prefixes, or without BFD. Where
    it says which, it does so in a message of its own before."""
    said = _session(groups, vendor)
    is_stop = isinstance(said, Fact) and groups["why"] == b"Stop"
    return replace(said, is_reason_sure=False) if is_stop and isinstance(said, Fact) else said


def _notified(groups: facts.Groups, vendor: str) -> facts.Said:
    """A code without a subcode has its words in the code: `code 4 (Hold Timer Expired Error)`; a hard reset behind it."""
    words = groups["more"] if groups["sub"] == _HARD_RESET else None
    return facts.notification({**groups, "why": words or groups["why"] or groups["kind"]}, vendor)


def _updown(groups: facts.Groups, vendor: str) -> facts.Said:
    """rpd prints the flags that the interface has now: `<Up Broadcast Multicast>`."""
    return facts.link({**groups, "state": b"down" if groups["is_up"] is None else b"up"}, vendor)


def _rpm(state: bytes) -> facts.Build:
    """A probe is one of several of a test: its loss alone is none."""
    build = surroundings.watched("rpm")
    return lambda groups, vendor: build(
        {**groups, "name": b"%b %b" % (groups["owner"] or b"", groups["test"] or b""), "state": state}, vendor
    )


_LINK = (
    _J + rb".{0,40}?ifAdminStatus (?P<admin>\w+)(?:\(\d\))?,.{0,60}?ifName (?P<iface>[^\s,]+)",
    rb' \[[^\]]{0,200}?(?:admin-status|ifAdminStatus)="(?P<admin>\w+)[^\]]{0,200}?(?:interface-name|ifName)="(?P<iface>[^"\s]+)"',
    _J + rb".{0,100}?ifName (?P<iface>[^\s,]+)",
)

_RPM = (("TEST_FAILED", b"failed"), ("PROBE_FAILED", b"probe failed"), ("TEST_COMPLETED", b"completed"))
_PING = (
    _J + rb".{0,40}?pingCtlOwnerIndex ?= ?(?P<owner>[^,]{1,64}), *pingCtlTestName ?= ?(?P<test>[^,\s]{1,64})",
    rb' \[[^\]]{0,200}?test-owner="(?P<owner>[^"]{1,64})" test-name="(?P<test>[^"]{1,64})"',
)

MESSAGES = facts.table(
    "juniper_junos",
    *((f"SNMP_TRAP_LINK_{word}", pattern, facts.became(word.lower().encode(), facts.link)) for word in ("UP", "DOWN") for pattern in _LINK),
    ("RPD_BGP_NEIGHBOR_STATE_CHANGED",
     _J + rb"BGP peer (?P<name>[^\s+]+)(?:\+\d+)? .*?changed state from (?P<old>\w+) to (?P<state>\w+)"
     rb"(?: \(event (?P<why>\w+)\))?" + _INSTANCE, _bgp),
    ("RPD_BGP_NEIGHBOR_STATE_CHANGED", _data("name=peer-name old=old-state state=new-state ?why=event-name ?vrf=instance-name"), _bgp),
    ("BGP_CEASE_PREFIX_LIMIT_EXCEEDED",
     _J + rb"(?P<name>[^\s+]+)(?:\+\d+)? \([^)]*\): (?P<why>Shutting down peer due to exceeding configured maximum prefix.limit)" + _INSTANCE,
     facts.became(b"down", _bgp)),
    ("BGP_PREFIX_THRESH_EXCEEDED|BGP_PREFIX_LIMIT_EXCEEDED", rb"", facts.nothing),
    ("NOTIFICATION ",
     rb"(?P<direction>sent to|received from) (?P<name>[^\s+]+)(?:\+\d+)?(?: \([^)]*\))?(?: \(instance (?P<vrf>[^)\s]+)\))?: "
     rb"code (?P<code>\d+) \((?P<kind>[^)]*)\)(?: subcode (?P<sub>\d+) \((?P<why>[^)]*)\))?(?:,? Reason: (?P<more>.*))?", _notified),
    ("RPD_OSPF_NBRDOWN|RPD_OSPF_NBRUP",
     _J + rb"OSPF neighbor (?P<name>\S+) \((?=(?:[^)]*?\binstance (?P<vrf>[^\s)]+))?)[^)]*?\brealm \S+ (?:instance \S+ )?(?P<iface>[^\s)]++)[^)]*+\) "
     rb"state changed from (?P<old>\w+) to (?P<state>\w+)(?: due to (?P<why>.*))?", _ospf),
    ("RPD_OSPF_NBRDOWN|RPD_OSPF_NBRUP",
     _data("name=neighbor-address iface=interface-name old=old-state(?:-name)? state=new-state(?:-name)? ?why=event-name"), _ospf),
    ("RPD_ISIS_ADJDOWN", _J + rb"IS-IS lost L[12-]+ adjacency to (?P<name>\S+) on (?P<iface>[^\s,]+)(?:, reason: (?P<why>.*))?",
     facts.became(b"down", _isis)),
    ("RPD_ISIS_ADJUP|RPD_ISIS_ADJUPNOIP", _J + rb"IS-IS new L[12-]+ adjacency to (?P<name>\S+) on (?P<iface>[^\s,]+)", facts.became(b"up", _isis)),
    *((f"RPD_ISIS_ADJ{word}", _data("name=neighbor-name iface=interface-name ?why=reason-code"), facts.became(word.lower().encode(), _isis))
      for word in ("UP", "DOWN")),
    ("BFDD_STATE_UP_TO_DOWN|BFDD_STATE_DOWN_TO_UP|BFDD_STATE_INIT_TO_UP|BFDD_STATE_UP_TO_ADMINDOWN",
     _J + rb"BFD Session (?P<name>\S+) .*?state (?P<old>\w+) -> (?P<state>\w+)(?:.*?Local diag: (?P<why>\w+(?: Remote diag: \w+)?))?", _bfd),
    ("BFD Session ",
     rb"(?P<name>[0-9A-Fa-f]*[.:][0-9A-Fa-f.:]+(?:%\S+)?) .*?state (?P<old>\w+) -> (?P<state>\w+)(?:.*?Local diag: (?P<why>\w+(?: Remote diag: \w+)?))?", _bfd),
    ("BFD Session ", rb"", None),
    ("BFDD_TRAP_SHOP_STATE_DOWN|BFDD_TRAP_SHOP_STATE_UP|BFDD_TRAP_MHOP_STATE_DOWN|BFDD_TRAP_MHOP_STATE_UP",
     _J + rb"local discriminator: \d+, new state: (?P<state>[\w ]+?)(?:, interface: (?P<iface>[^\s,]+))?, peer addr: (?P<name>[^\s,]+)", _bfd),
    ("BFDD_TRAP_SHOP_STATE_DOWN|BFDD_TRAP_SHOP_STATE_UP|BFDD_TRAP_MHOP_STATE_DOWN|BFDD_TRAP_MHOP_STATE_UP",
     _data("name=peer-address state=new-state ?iface=interface-name"), _bfd),
    ("BFDD_TRAP_STATE_DOWN|BFDD_TRAP_STATE_UP", rb"", facts.nothing),  # names no neighbour
    ("LACP_INTF_DOWN", _J + rb"(?P<iface>\S+?): Interface marked down due to (?P<why>.{1,80}?) on member (?P<member>[^\s,]+)", surroundings.member),
    ("LACPD_TIMEOUT", _J + rb"(?P<member>\S+?): (?P<why>lacp current while timer expired)", surroundings.member),
    ("LACP_INTF_MUX_STATE_CHANGED",
     _J + rb"(?P<iface>\S+?): (?P<member>\S+?): [Ll]acp state changed from (?P<old>\w+) to (?P<state>\w+)", surroundings.member),
    ("ESWD_BPDU_BLOCK_ERROR_DISABLED", _J + rb"(?P<iface>\S+?): (?P<why>bpdu-block disabled port)", facts.became(b"down", facts.link)),
    ("EVENT <UpDown> |EVENT UpDown ", rb"(?P<iface>\S+) index \d+ <(?P<is_up>Up\b)?", _updown),
    ("JSRPD_RG_STATE_CHANGE",
     _J + rb"Redundancy-group (?P<group>\d{1,3}) transitioned from '(?P<old>[\w-]{1,24})' to '(?P<state>[\w-]{1,24})' state(?: due to (?P<why>.{1,100}))?",
     surroundings.gateway("ha")),
    ("VRRPD_NEW_MASTER|VRRPD_NEWMASTER|VRRPD_NEWMASTER_TRAP|VRRPD_NEW_BACKUP",
     _J + rb"Interface (?P<iface>[^\s,]{1,60}).{0,120}? VRRP (?P<state>master|backup|Master|Backup)(?:.{0,20}?group (?P<group>\d{1,5}))?"
     rb"(?:.{0,40}?reason (?P<why>.{1,100}))?", surroundings.gateway("vrrp")),
    *((f"PING_{word}", pattern, _rpm(state)) for word, state in _RPM for pattern in _PING),
    ("UI_COMMIT", _J + rb"(?P<text>User '(?P<who>[^']*)' (?:requested 'commit(?! check)[^']*'|performed commit).*)", facts.configured),
    ("UI_COMMIT", _J + rb"User '[^']*' requested", None),
    ("UI_COMMIT", _data('who=username text=command') + rb'(?!.{0,500}?command="commit check)', facts.configured),
    ("UI_COMMIT", _data("who=username"), None),
    ("UI_COMMIT_COMPLETED|UI_COMMIT_CONFIRMED|UI_COMMIT_NOT_CONFIRMED|UI_COMMIT_AT_COMPLETED", _J + rb"(?P<text>.*)", facts.configured),
    ("UI_CFG_AUDIT_SET|UI_CFG_AUDIT_OTHER|UI_CFG_AUDIT_NEW|UI_CFG_AUDIT_SET_SECRET",
     _J + rb"User '(?P<who>[^']*)' (?P<text>.*)", facts.command),
    ("UI_CMDLINE_READ_LINE", _J + rb"User '(?P<who>[^']*)', command '(?P<text>" + _VERB + rb" [^']*)", facts.command),
    ("UI_CMDLINE_READ_LINE", rb"", None),
    ("SNMPD_TRAP_COLD_START|UI_REBOOT_EVENT|UI_HALT_EVENT|SYSTEM_SHUTDOWN|SYSTEM_ABNORMAL_SHUTDOWN",
     _J + rb"(?P<text>(?:.*? by '?(?P<who>[^'\s.]+))?.*)", facts.restarted),
)  # fmt: skip
_LAG = rb"bundle (?P<iface>[\w.-]{1,20}): bundle IFD (?P<why>minimum bandwidth or minimum links not met)"
MESSAGES = (
    *MESSAGES,
    Message(("IFD minimum bandwidth",), re.compile(_LAG), facts.became(b"down", facts.link), "juniper_junos", True),
    Message(("IFD minimum bandwidth",), re.compile(rb""), None, "juniper_junos", True),
)
