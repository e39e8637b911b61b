"""Pure. Juniper JunOS: rpd, bfdd, mib2d and mgd, as RFC 3164 text or RFC 5424 structured data.

    rpd[2902]: RPD_BGP_NEIGHBOR_STATE_CHANGED: BGP peer 1.1.1.1 (External AS 2222) changed state from Established to Idle (event HoldTime) (instance master)
    mib2d 2104 SNMP_TRAP_LINK_DOWN [junos@2636.1.1.1.2.29 interface-name="ge-0/0/1"] ifIndex 528, … ifName ge-0/0/1

Seen as printed: captured messages and published logs; SNMP_TRAP_LINK and BFDD_TRAP_STATE also in the Junos OS 10.3 System
Log Messages Reference; VRRPD_NEW_MASTER and PING_*_FAILED in published logs. Not checked: VRRPD_NEW_BACKUP,
PING_TEST_COMPLETED, RPD_ISIS_ADJUP, BFDD_TRAP_MHOP, cold start, reboot and shutdown.
"""

# ruff: noqa: E501 - a pattern stands on one line, as the device prints the message
from __future__ import annotations

from statetrace_engine.model.observation import SubjectKind
from statetrace_engine.parsing import facts, surroundings

_J = rb"(?: \[[^\]]*+\])?+:?+ *+"
_INSTANCE = rb"(?:.*?\(instance (?P<vrf>[^)\s]+)\))?"
_VERB = (
    rb"(?:set|delete|activate|deactivate|insert|rename|replace|rollback|load|commit|annotate|copy|protect|unprotect)"
)


def _adjacency(state: bytes) -> facts.Build:
    isis = facts.session("isis")
    return lambda groups, vendor: isis({**groups, "state": state}, vendor)


def _notified(groups: facts.Groups, vendor: str) -> facts.Said:
    """A code without a subcode has its words in the code: `code 4 (Hold Timer Expired Error)`."""
    return facts.notification({**groups, "why": groups["why"] or groups["kind"]}, vendor)


def _trap(state: bytes) -> facts.Build:
    return lambda groups, vendor: facts.link({**groups, "state": state}, vendor)


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
    *((f"SNMP_TRAP_LINK_{word}", pattern, _trap(word.lower().encode())) for word in ("UP", "DOWN") for pattern in _LINK),
    ("RPD_BGP_NEIGHBOR_STATE_CHANGED",
     _J + rb"BGP peer (?P<name>[^\s+]+)(?:\+\d+)? .*?changed state from (?P<old>\w+) to (?P<state>\w+)"
     rb"(?: \(event (?P<why>\w+)\))?" + _INSTANCE, facts.session("bgp")),
    ("NOTIFICATION ",
     rb"(?P<direction>sent to|received from) (?P<name>[^\s+]+)(?:\+\d+)?(?: \([^)]*\))?(?: \(instance (?P<vrf>[^)\s]+)\))?: "
     rb"code (?P<code>\d+) \((?P<kind>[^)]*)\)(?: subcode (?P<sub>\d+) \((?P<why>[^)]*)\))?", _notified),
    ("RPD_OSPF_NBRDOWN|RPD_OSPF_NBRUP",
     _J + rb"OSPF neighbor (?P<name>\S+) \(realm \S+ (?P<iface>[^\s)]++)(?:[^)]*?instance (?P<vrf>[^\s)]+))?[^)]*+\) state changed from "
     rb"(?P<old>\w+) to (?P<state>\w+)(?: due to (?P<why>.*))?", facts.session("ospf")),
    ("RPD_ISIS_ADJDOWN", _J + rb"IS-IS lost L[12-]+ adjacency to (?P<name>\S+) on (?P<iface>[^\s,]+)(?:, reason: (?P<why>.*))?",
     _adjacency(b"down")),
    ("RPD_ISIS_ADJUP", _J + rb"IS-IS new L[12-]+ adjacency to (?P<name>\S+) on (?P<iface>[^\s,]+)", _adjacency(b"up")),
    ("BFDD_STATE_UP_TO_DOWN|BFDD_STATE_DOWN_TO_UP|BFDD_STATE_INIT_TO_UP|BFDD_STATE_UP_TO_ADMINDOWN",
     _J + rb"BFD Session (?P<name>\S+) .*?state (?P<old>\w+) -> (?P<state>\w+)(?:.*?Local diag: (?P<why>\w+(?: Remote diag: \w+)?))?", facts.session("bfd", SubjectKind.BFD)),
    ("BFDD_TRAP_SHOP_STATE_DOWN|BFDD_TRAP_SHOP_STATE_UP|BFDD_TRAP_MHOP_STATE_DOWN|BFDD_TRAP_MHOP_STATE_UP",
     _J + rb"local discriminator: \d+, new state: (?P<state>[\w ]+?)(?:, interface: (?P<iface>[^\s,]+))?, peer addr: (?P<name>[^\s,]+)",
     facts.session("bfd", SubjectKind.BFD)),
    ("VRRPD_NEW_MASTER|VRRPD_NEWMASTER|VRRPD_NEWMASTER_TRAP|VRRPD_NEW_BACKUP",
     _J + rb"Interface (?P<iface>[^\s,]{1,60}).{0,120}? VRRP (?P<state>master|backup|Master|Backup)(?:.{0,20}?group (?P<group>\d{1,5}))?"
     rb"(?:.{0,40}?reason (?P<why>.{1,100}))?", surroundings.gateway("vrrp")),
    *((f"PING_{word}", pattern, _rpm(state)) for word, state in _RPM for pattern in _PING),
    ("UI_COMMIT", _J + rb"(?P<text>User '(?P<who>[^']*)' requested 'commit'.*)", facts.configured),
    ("UI_COMMIT", _J + rb"User '[^']*' (?:requested|performed)", None),
    ("UI_COMMIT_COMPLETED|UI_COMMIT_CONFIRMED", _J + rb"(?P<text>.*)", facts.configured),
    ("UI_CFG_AUDIT_SET|UI_CFG_AUDIT_OTHER|UI_CFG_AUDIT_NEW|UI_CFG_AUDIT_SET_SECRET",
     _J + rb"User '(?P<who>[^']*)' (?P<text>.*)", facts.command),
    ("UI_CMDLINE_READ_LINE", _J + rb"User '(?P<who>[^']*)', command '(?P<text>" + _VERB + rb" [^']*)", facts.command),
    ("UI_CMDLINE_READ_LINE", rb"", None),
    ("SNMPD_TRAP_COLD_START|UI_REBOOT_EVENT|SYSTEM_SHUTDOWN", _J + rb"(?P<text>(?:.*? by '(?P<who>[^']*)')?.*)", facts.restarted),
)  # fmt: skip
