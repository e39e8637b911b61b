r"""Pure. Cisco IOS and IOS XE, and the bodies that other vendors took over from it.

    %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down
    %BGP-5-ADJCHANGE: neighbor 10.0.0.1 vpn vrf RED Down BGP Notification sent
    %HA_EM-6-LOG: ROUTEWATCH: route modify 10.0.0.0/8 via 10.1.1.2 GigabitEthernet0/1 protocol ospf

The last comes from this applet, one line of the configuration each:

    event manager applet ROUTEWATCH
     event routing network 0.0.0.0/0 type all ge 1
     action 1 syslog msg "route $_routing_type $_routing_network/$_routing_mask via $_routing_lastgateway
      $_routing_lastinterface protocol $_routing_protocol"

Seen as printed: link, line protocol, configuration (captured messages); BGP, OSPF, EIGRP, BFD, logged commands (published
logs); HSRP, VRRP, tracked objects, IP SLA thresholds (published logs). EC-BUNDLE, UNBUNDLE and PORTDOWN: Catalyst system
message guides. Not checked against a device or a guide: the applet's variables, EIGRP resync and its vrf, BOOTTIME,
MAXPFXEXCEED, GLBP, OPER_TIMEOUT, CONTROLLER, MINLINKS, DMI, RF, PMAN.
"""

# ruff: noqa: E501 - a pattern stands on one line, as the device prints the message
from __future__ import annotations

from statetrace_engine.model.observation import SubjectKind
from statetrace_engine.parsing import facts, surroundings

_IFACE = rb"(?P<iface>[A-Za-z][\w./:-]*(?: \d[\d./:]*)?)"
_WHY = rb"(?:,? +(?:- +)?(?P<why>.+))?"
_V4 = rb"\d+\.\d+\.\d+\.\d+"
_V6 = rb"[0-9A-Fa-f]*:[0-9A-Fa-f:.]+"
_MEMBER = rb"(?P<member>[A-Za-z][\w./:-]*)"
_ROUTE = rb" *+\S+: route (?P<state>add|modify|remove)"

MESSAGES = facts.table(
    "",
    ("LINK-UPDOWN|LINK-CHANGED|LINEPROTO-UPDOWN|INTERFACE_VLAN-UPDOWN|LINK-ADMIN_CHANGED",
     rb" *(?:Line [Pp]rotocol on )?Interface " + _IFACE + rb"(?: \(.*\))?, changed state to "
     rb"(?P<state>(?i:administratively down|admin down|up|down|reset))", facts.link),
    ("LINK-UPDOWN|LINK-CHANGED|LINEPROTO-UPDOWN", rb".*changed state to (?!(?i:up|down|admin|reset)\b)\w+", facts.nothing),
    ("CONTROLLER-UPDOWN",
     rb" *Controller (?P<iface>[A-Za-z][\w-]* [\d/.:]+), changed state to (?P<state>(?i:administratively down|up|down))\b", facts.link),
    ("PM-ERR_DISABLE|ETH-ERRDISABLE", rb" *(?P<why>[\w-]{1,40} error detected) on " + _IFACE + rb"(?=,|\s|\Z)", facts.became(b"down", facts.link)),
    ("UDLD-UDLD_PORT_DISABLED", rb" *UDLD disabled interface (?P<iface>[A-Za-z][\w./-]*), (?P<why>.{1,80})", facts.became(b"down", facts.link)),
    ("EC-MINLINKS_NOTMET|EC-MINLINKS_MET", rb" *Port-channel (?P<iface>\S+) is (?P<state>up|down)(?: (?P<why>.+))?", facts.link),
    ("EC-PORTDOWN", rb" *Shutting down " + _MEMBER.replace(b"member", b"iface") + rb" as its (?P<why>port-channel is admin-down)",
     facts.became(b"down", facts.link)),
    ("EC-UNBUNDLE|EC-BUNDLE", rb" *Interface " + _MEMBER + rb" (?P<state>left|joined) (?:the )?port-channel " + _IFACE + rb"(?=[.,\s]|\Z)", surroundings.member),
    ("BGP-ADJCHANGE",
     rb" *neighbor \*?(?P<name>[^\s(]+)(?:(?: vpn)? vrf (?P<vrf>\S+))? (?P<state>Up|Down)\b" + _WHY, facts.session("bgp")),
    ("BGP-ADJCHANGE", rb" *neighbor \S+(?: vpn)?(?: vrf \S+)? (?!Up\b|Down\b)\w", facts.nothing),
    ("BGP-NBR_RESET",
     rb" *Neighbor \*?(?P<name>\S+)(?:(?: vpn)? vrf (?P<vrf>\S+))? (?P<state>reset)(?: \((?P<why>.*)\))?", facts.session("bgp")),
    ("BGP-NBR_RESET", rb" *Neighbor \S+ (?:active|passive) reset", facts.nothing),
    ("BGP-NOTIFICATION|%NOTIFICATION",  # the second is FRR's, with the same body
     rb"(?:\(Hard Reset\))?:? *(?P<direction>sent to|received from) neighbor \*?(?P<name>[^\s(]+)"
     rb"(?: \((?:VRF (?P<vrf>\S+) )?[^)]*\))?(?: vpn vrf (?P<vpn>\S+))?(?: (?P<way>active|passive))? "
     rb"\(?(?P<code>\d+)/(?P<sub>\d+) \((?:Cease/)?(?P<why>[^)]*)\)", facts.notification),
    ("BGP-NOTIFICATION", rb" *(?:sent to|received from) neighbor \S+ (?!\(|active|passive|\d)", facts.nothing),
    ("BGP-MAXPFX|BGP-MAXPFXEXCEED|TCP-BADAUTH", rb"", facts.nothing),
    ("OSPF-ADJCHG|OSPFv3-ADJCHG",
     rb" *(?:Process \S+, )?(?:IPv[46], )?Nbr (?P<name>\S+) on " + _IFACE + rb"(?: in area [\w.]+)? from (?P<old>[\w-]+) to "
     rb"(?P<state>[\w-]+)(?:, (?:Neighbor Down: )?(?P<why>[^,]*))?(?:, *vrf (?P<vrf>\S+))?", facts.session("ospf")),
    ("CLNS-ADJCHANGE|ISIS-ADJCHANGE",
     rb"[^\n]{0,60}?\bAdjacency to (?P<name>\S+) \(" + _IFACE + rb"\)(?: \(L[12L-]+\))? (?P<state>Up|Down)" + _WHY, facts.session("isis")),
    ("DUAL-NBRCHANGE|EIGRP-NBRCHANGE|EIGRP-NBRCHANGE_DUAL",
     rb"(?: *EIGRP-IPv[46]:(?=\())?[^:]{0,80}?(?:\b[Vv][Rr][Ff][ (:]{0,3}(?P<vrf>[^\s):]{1,64})[^:]{0,40}?)?: +Neighbor (?P<name>\S+) \(" + _IFACE + rb"\) is (?P<state>\w+)(?:: *(?P<why>.*))?",
     facts.session("eigrp")),
    ("HSRP-STATECHANGE|HSRP-INFO_STATECHANGE|STANDBY-STATECHANGE|STANDBY-INFO_STATECHANGE", surroundings.GATEWAY, surroundings.gateway("hsrp")),
    ("VRRP-STATECHANGE|VRRP-STATE_CHANGE|VRRP-STATE|VRRP-INFO_STATECHANGE", surroundings.GATEWAY, surroundings.gateway("vrrp")),
    ("GLBP-STATECHANGE", surroundings.GATEWAY, surroundings.gateway("glbp")),
    ("TRACKING-STATE|TRACK-STATE|TRACK-STATE_CHANGE|TRACK-STATECHANGE",
     rb" *(?:[Tt]rack(?:ed object)? )?(?P<name>\S{1,40}?)(?: (?P<text>.{1,120}?))?(?: (?:state )?(?:changed )?(?:from )?)(?P<old>[A-Za-z]{1,12}+)(?: ?-> ?| to )(?P<state>[A-Za-z]{1,12}+)",
     surroundings.watched("track")),
    ("RTT-IPSLATHRESHOLD|RTT-SAATHRESHOLD|RTT-IPSLACLEAR|RTT-OPER_TIMEOUT|RTT-OPER_CONNLOSS",
     rb"\D{0,24}(?P<name>\d{1,10})\)?:? *[Tt]hreshold (?P<state>\w{1,16}) for (?P<text>\w{1,40})", surroundings.watched("ip sla")),
    ("RTT-OPER_TIMEOUT|RTT-OPER_CONNLOSS",
     rb" *condition (?P<state>\w{1,16}), entry number ?= ?(?P<name>\d{1,10})", surroundings.watched("ip sla")),
    ("BFDFSM-BFD_SESS_DOWN|BFDFSM-BFD_SESS_UP",
     rb" *BFD-SYSLOG: BFD session (?P<name>ld:\d+) handle:\d+,? ?is going (?P<state>Down|DOWN|UP|Up)(?: Reason: (?P<why>.*))?",
     facts.session("bfd", SubjectKind.BFD)),
    ("HA_EM-LOG",
     _ROUTE + rb" (?P<prefix>" + _V4 + rb"|" + _V6 + rb")[ /]+(?P<mask>" + _V4 + rb"|\d{1,3})(?: vrf (?P<vrf>\S+))? via"
     rb"(?: +(?P<hop>" + _V4 + rb"|" + _V6 + rb"))?(?: +(?!protocol )(?P<iface>[A-Za-z]\S*))? +protocol *(?P<protocol>.*)", facts.route),
    ("HA_EM-LOG", rb"(?!" + _ROUTE + rb" )", None),
    ("SYS-RESTART|SYS-RELOAD|SYS-BOOTTIME|SNMP-COLDSTART|SYS-SYSTEM_RESTARTED|SYS-SYSTEM_INITIALIZED",
     rb" *(?P<text>(?:.*?requested by (?P<who>[^\s.]+))?.*)", facts.restarted),
    ("REDUNDANCY-SWITCHOVER|PMAN-RELOAD_SYSTEM|STACKMGR-RELOAD_REQUEST|STACKMGR-RELOAD", rb" *(?P<text>.*)", facts.restarted),
    ("RF-RF_RELOAD", rb" *(?P<text>Self reload.*)", facts.restarted),
    ("RF-RF_RELOAD", rb" *Peer reload", None),
    ("SYS-CONFIG_I|VSHD-VSHD_SYSLOG_CONFIG_I|DMI-CONFIG_I",
     rb"[^\n]{0,60}?(?P<text>Configur(?:ed|ing(?: console)?) from \S+(?: by (?P<who>[^\s,]+))?.*)", facts.configured),
    ("SYS-CONFIG_P", rb" *(?P<text>Configured programmatically by process \S+(?: from \S+ as (?P<who>\S+))?.*)", facts.configured),
    ("PARSER-CFGLOG_LOGGEDCMD", rb" *User: ?(?P<who>\S.{0,80}?) +logged command: ?(?P<text>.*)", facts.command),
)  # fmt: skip
