"""What routers print about the causes that labelled faults tell apart: the demo's words, and these.

Worded as in the published logs and captured messages that the tests of parsing hold; what a vendor does not print is
not in its table.
"""

# ruff: noqa: E501 - a message stands on one line, as the device prints it
from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from statetrace_engine.simulate import messages
from statetrace_engine.simulate.messages import Event, Line


class Word(StrEnum):
    PORT_SHUT = "port shut"
    """By an operator, at this end."""
    BGP_BFD = "bgp down by bfd"
    BGP_HELD = "bgp hold timer"
    BGP_HELD_BY_PEER = "bgp hold timer of the other end"
    BGP_SHUT = "bgp shut"
    BGP_SHUT_BY_PEER = "bgp shut by the other end"
    BGP_PREFIXES = "bgp max-prefix"
    BGP_PREFIXES_OF_PEER = "bgp max-prefix of the other end"
    BGP_BAD_KEY = "bgp authentication"
    BGP_CLOSED = "bgp closed"
    BGP_CONFIGURED = "bgp reconfigured"
    BGP_CONFIGURED_BY_PEER = "bgp reconfigured at the other end"
    BGP_CLEARED = "bgp cleared"
    BGP_CLEARED_BY_PEER = "bgp cleared at the other end"
    BGP_RESTARTING = "bgp graceful restart"
    OSPF_DEAD = "ospf dead timer"
    OSPF_BFD = "ospf down by bfd"
    OSPF_OTHER_END = "ospf down, the other end says so"
    """A hello without us in it."""
    RELOAD = "reload"
    COMMAND = "command"


Table = Mapping[Word, tuple[Line, ...]]

_IOS: Table = {
    Word.PORT_SHUT: (
        Line(5, "", "%LINK-5-CHANGED: Interface {interface}, changed state to administratively down"),
        Line(5, "", "%LINEPROTO-5-UPDOWN: Line protocol on Interface {interface}, changed state to down"),
    ),
    Word.BGP_BFD: (
        Line(5, "", "%BGP-5-NBR_RESET: Neighbor {neighbour} reset (BFD adjacency down)"),
        Line(5, "", "%BGP-5-ADJCHANGE: neighbor {neighbour} Down BFD adjacency down"),
    ),
    Word.BGP_HELD: (
        Line(3, "", "%BGP-3-NOTIFICATION: sent to neighbor {neighbour} 4/0 (hold time expired) 0 bytes"),
        Line(5, "", "%BGP-5-NBR_RESET: Neighbor {neighbour} reset (BGP Notification sent)"),
        Line(5, "", "%BGP-5-ADJCHANGE: neighbor {neighbour} Down BGP Notification sent"),
    ),
    Word.BGP_HELD_BY_PEER: (
        Line(3, "", "%BGP-3-NOTIFICATION: received from neighbor {neighbour} 4/0 (hold time expired) 0 bytes"),
        Line(5, "", "%BGP-5-ADJCHANGE: neighbor {neighbour} Down BGP Notification received"),
    ),
    Word.BGP_SHUT: (
        Line(5, "", "%BGP-5-NBR_RESET: Neighbor {neighbour} reset (Admin. shutdown)"),
        Line(5, "", "%BGP-5-ADJCHANGE: neighbor {neighbour} Down Admin. shutdown"),
    ),
    Word.BGP_SHUT_BY_PEER: (
        Line(3, "", "%BGP-3-NOTIFICATION: received from neighbor {neighbour} 6/2 (Administrative Shutdown) 0 bytes"),
        Line(5, "", "%BGP-5-NBR_RESET: Neighbor {neighbour} reset (BGP Notification received)"),
        Line(5, "", "%BGP-5-ADJCHANGE: neighbor {neighbour} Down BGP Notification received"),
    ),
    Word.BGP_PREFIXES: (
        Line(4, "", "%BGP-4-MAXPFX: Number of prefixes received from {neighbour} (afi 0) reaches 751, max 1000"),
        Line(3, "", "%BGP-3-MAXPFXEXCEED: Number of prefixes received from {neighbour} (afi 0): 1001 exceeds limit 1000"),
        Line(3, "", "%BGP-3-NOTIFICATION: sent to neighbor {neighbour} 6/1 (Maximum Number of Prefixes Reached) 7 bytes"),
        Line(5, "", "%BGP-5-ADJCHANGE: neighbor {neighbour} Down BGP Notification sent"),
    ),
    Word.BGP_PREFIXES_OF_PEER: (
        Line(3, "", "%BGP-3-NOTIFICATION: received from neighbor {neighbour} 6/1 (Maximum Number of Prefixes Reached) 7 bytes"),
        Line(5, "", "%BGP-5-ADJCHANGE: neighbor {neighbour} Down BGP Notification received"),
    ),
    Word.BGP_BAD_KEY: (
        Line(6, "", "%TCP-6-BADAUTH: Invalid MD5 digest from {neighbour}(179) to {local}(51234) tableid - 0"),
        Line(6, "", "%TCP-6-BADAUTH: Invalid MD5 digest from {neighbour}(179) to {local}(51234) tableid - 0"),
        Line(3, "", "%BGP-3-NOTIFICATION: sent to neighbor {neighbour} 4/0 (hold time expired) 0 bytes"),
        Line(5, "", "%BGP-5-ADJCHANGE: neighbor {neighbour} Down BGP Notification sent"),
    ),
    Word.BGP_CLOSED: (
        Line(5, "", "%BGP-5-NBR_RESET: Neighbor {neighbour} reset (Peer closed the session)"),
        Line(5, "", "%BGP-5-ADJCHANGE: neighbor {neighbour} Down Peer closed the session"),
    ),
    Word.BGP_CONFIGURED: (Line(5, "", "%BGP-5-ADJCHANGE: neighbor {neighbour} Down Remote AS changed"),),
    Word.BGP_CONFIGURED_BY_PEER: (
        Line(3, "", "%BGP-3-NOTIFICATION: received from neighbor {neighbour} 6/6 (Other Configuration Change) 0 bytes"),
        Line(5, "", "%BGP-5-ADJCHANGE: neighbor {neighbour} Down BGP Notification received"),
    ),
    Word.BGP_CLEARED: (
        Line(5, "", "%BGP-5-NBR_RESET: Neighbor {neighbour} reset (User reset)"),
        Line(5, "", "%BGP-5-ADJCHANGE: neighbor {neighbour} Down User reset"),
    ),
    Word.BGP_CLEARED_BY_PEER: (
        Line(3, "", "%BGP-3-NOTIFICATION: received from neighbor {neighbour} 6/4 (Administrative Reset) 0 bytes"),
        Line(5, "", "%BGP-5-ADJCHANGE: neighbor {neighbour} Down BGP Notification received"),
    ),
    Word.BGP_RESTARTING: (Line(5, "", "%BGP-5-ADJCHANGE: neighbor {neighbour} Down NSF peer closed the session"),),
    Word.OSPF_DEAD: (
        Line(5, "", "%OSPF-5-ADJCHG: Process 1, Nbr {router_id} on {interface} from FULL to DOWN, Neighbor Down: Dead timer expired"),
    ),
    Word.OSPF_BFD: (
        Line(5, "", "%OSPF-5-ADJCHG: Process 1, Nbr {router_id} on {interface} from FULL to DOWN, Neighbor Down: BFD node down"),
    ),
    Word.OSPF_OTHER_END: (
        Line(5, "", "%OSPF-5-ADJCHG: Process 1, Nbr {router_id} on {interface} from FULL to INIT, 1-Way"),
    ),
    Word.RELOAD: (Line(5, "", "%SYS-5-RELOAD: Reload requested by {user} on vty0 ({from}). Reload Reason: Reload Command."),),
    Word.COMMAND: (Line(5, "", "%PARSER-5-CFGLOG_LOGGEDCMD: User:{user}  logged command:{command}"),),
}  # fmt: skip

_NXOS_BGP = "%BGP-5-ADJCHANGE:  bgp-{local_asn} [8724] (default) neighbor {neighbour} Down - "
_NXOS: Table = {
    Word.PORT_SHUT: (
        Line(5, "", "%ETHPORT-5-IF_DOWN_CFG_CHANGE: Interface {interface} is down(Config change)"),
        Line(5, "", "%ETHPORT-5-IF_DOWN_ADMIN_DOWN: Interface {interface} is down (Administratively down)"),
    ),
    Word.BGP_BFD: (Line(5, "", _NXOS_BGP + "bfd session down"),),
    Word.BGP_HELD: (Line(5, "", _NXOS_BGP + "sent:  holdtimer expired error"),),
    Word.BGP_HELD_BY_PEER: (Line(5, "", _NXOS_BGP + "recv:  holdtimer expired error"),),
    Word.BGP_SHUT: (Line(5, "", _NXOS_BGP + "sent:  administrative shutdown"),),
    Word.BGP_SHUT_BY_PEER: (Line(5, "", _NXOS_BGP + "recv:  administrative shutdown"),),
    Word.BGP_PREFIXES: (Line(5, "", _NXOS_BGP + "sent:  maximum number of prefixes reached"),),
    Word.BGP_PREFIXES_OF_PEER: (Line(5, "", _NXOS_BGP + "recv:  maximum number of prefixes reached"),),
    Word.BGP_BAD_KEY: (Line(5, "", _NXOS_BGP + "sent:  holdtimer expired error"),),
    Word.BGP_CLOSED: (Line(5, "", _NXOS_BGP + "session closed by remote peer"),),
    Word.BGP_CONFIGURED: (Line(5, "", _NXOS_BGP + "sent:  other configuration change"),),
    Word.BGP_CONFIGURED_BY_PEER: (Line(5, "", _NXOS_BGP + "recv:  other configuration change"),),
    Word.BGP_CLEARED: (Line(5, "", _NXOS_BGP + "sent:  session cleared"),),
    Word.BGP_CLEARED_BY_PEER: (Line(5, "", _NXOS_BGP + "recv:  session cleared"),),
    Word.OSPF_DEAD: (Line(5, "", "%OSPF-5-ADJCHANGE:  ospf-1 [8801] (default) Nbr {neighbour} on {interface} went DOWN"),),
    Word.OSPF_BFD: (Line(5, "", "%OSPF-5-ADJCHANGE:  ospf-1 [8801] (default) Nbr {neighbour} on {interface} went DOWN"),),
    Word.OSPF_OTHER_END: (Line(5, "", "%OSPF-5-ADJCHANGE:  ospf-1 [8801] (default) Nbr {neighbour} on {interface} went DOWN"),),
    Word.RELOAD: (Line(2, "", "%PLATFORM-2-PFM_SYSTEM_RESET: Manual system restart from Command Line Interface"),),
    Word.COMMAND: (Line(6, "", "%AAA-6-AAA_ACCOUNTING_MESSAGE: update:{from}@pts/0:{user}:configure terminal ; {command} (SUCCESS)"),),
}  # fmt: skip

_XR_BGP = "%ROUTING-BGP-5-ADJCHANGE : neighbor {neighbour} Down - {{}} (VRF: default) (AS: {asn})"
_XR_OSPF = "%ROUTING-OSPF-5-ADJCHG : Process 1, Nbr {{router_id}} on {{interface}} in area 0 from FULL to {}, {}, vrf default vrfid 0x60000000"


def _xr(why: str) -> tuple[Line, ...]:
    return (Line(5, "bgp[1051]", _XR_BGP.replace("{{}}", why)),)


def _xr_ospf(state: str, why: str) -> tuple[Line, ...]:
    return (Line(5, "ospf[1018]", _XR_OSPF.format(state, why)),)


_XR: Table = {
    Word.PORT_SHUT: (
        Line(5, "ifmgr[214]", "%PKT_INFRA-LINK-5-CHANGED : Interface {interface}, changed state to Administratively Down"),
        Line(5, "ifmgr[214]", "%PKT_INFRA-LINEPROTO-5-UPDOWN : Line protocol on Interface {interface}, changed state to Down"),
    ),
    Word.BGP_BFD: _xr("BFD (Bidirectional forwarding detection) session down"),
    Word.BGP_HELD: _xr("BGP Notification sent, hold time expired"),
    Word.BGP_HELD_BY_PEER: _xr("BGP Notification received, hold time expired"),
    Word.BGP_SHUT: _xr("Admin. shutdown"),
    Word.BGP_SHUT_BY_PEER: _xr("BGP Notification received, administrative shutdown"),
    Word.BGP_PREFIXES: _xr("BGP Notification sent, maximum number of prefixes reached"),
    Word.BGP_PREFIXES_OF_PEER: _xr("BGP Notification received, maximum number of prefixes reached"),
    Word.BGP_BAD_KEY: _xr("BGP Notification sent, hold time expired"),
    Word.BGP_CLOSED: _xr("Peer closing down the session"),
    Word.BGP_CONFIGURED: _xr("Remote AS configuration changed"),
    Word.BGP_CONFIGURED_BY_PEER: _xr("BGP Notification received, other configuration change"),
    Word.BGP_CLEARED: _xr("User clear requested (CEASE notification sent - administrative reset)"),
    Word.BGP_CLEARED_BY_PEER: _xr("BGP Notification received, administrative reset"),
    Word.OSPF_DEAD: _xr_ospf("DOWN", "Neighbor Down: dead timer expired"),
    Word.OSPF_BFD: _xr_ospf("DOWN", "Neighbor Down: BFD session down"),
    Word.OSPF_OTHER_END: _xr_ospf("INIT", "1-Way"),
}  # fmt: skip

_EOS_BGP = "%BGP-5-ADJCHANGE: peer {neighbour} (VRF default AS {asn}) old state Established event "
_EOS_NOTE = "%BGP-3-NOTIFICATION: received from neighbor {neighbour} (VRF default AS {asn}) "


def _eos(event: str, note: str = "") -> tuple[Line, ...]:
    notes = (Line(3, "Bgp", _EOS_NOTE + note),) if note else ()
    return (*notes, Line(5, "Bgp", f"{_EOS_BGP}{event} new state Idle"))


_EOS_OSPF = (
    "%OSPF-4-OSPF_ADJACENCY_TEARDOWN: NGB {{router_id}}, interface {{local}} adjacency dropped: {}, state was: FULL"
)


def _eos_ospf(why: str) -> tuple[Line, ...]:
    return (Line(4, "Rib", _EOS_OSPF.format(why)),)


_EOS: Table = {
    Word.PORT_SHUT: (
        Line(5, "Ebra", "%LINEPROTO-5-UPDOWN: Line protocol on Interface {interface}, changed state to down"),
        Line(5, "Ebra", "%LINK-5-CHANGED: Interface {interface}, changed state to administratively down"),
    ),
    Word.BGP_BFD: _eos("BfdDown"),
    Word.BGP_HELD: _eos("HoldTime"),
    Word.BGP_HELD_BY_PEER: _eos("RecvNotify", "4/0 (Hold Timer Expired Error/None) 0 bytes"),
    Word.BGP_SHUT: _eos("Stop"),
    Word.BGP_SHUT_BY_PEER: _eos("RecvNotify", "6/2 (Cease/administrative shutdown) 0 bytes"),
    Word.BGP_PREFIXES: _eos("MaxRoutes"),
    Word.BGP_PREFIXES_OF_PEER: _eos("RecvNotify", "6/1 (Cease/maximum number of prefixes reached) 7 bytes"),
    Word.BGP_BAD_KEY: _eos("HoldTime"),
    Word.BGP_CLOSED: _eos("TcpClosed"),
    Word.BGP_CONFIGURED_BY_PEER: _eos("RecvNotify", "6/6 (Cease/other configuration change) 0 bytes"),
    Word.BGP_CLEARED: _eos("AdminReset"),
    Word.BGP_CLEARED_BY_PEER: _eos("RecvNotify", "6/4 (Cease/administrative reset) 0 bytes"),
    Word.OSPF_DEAD: _eos_ospf("inactivity timer expired"),
    Word.OSPF_BFD: _eos_ospf("BFD session went down"),
    Word.OSPF_OTHER_END: _eos_ospf("neighbor was dropped by the other end"),
    Word.COMMAND: (Line(6, "Aaa", "%ACCOUNTING-6-CMD: {user} vty3 {from} stop task_id=42 start_time=1764000000 timezone=UTC service=shell priv-lvl=15 cmd={command} <cr>"),),
}  # fmt: skip

_JUNOS_BGP = "RPD_BGP_NEIGHBOR_STATE_CHANGED: BGP peer {neighbour} (External AS {asn}) changed state from Established to Idle (event "


def _junos(event: str, note: str = "") -> tuple[Line, ...]:
    notes = (Line(4, "rpd[2902]", note),) if note else ()
    return (*notes, Line(4, "rpd[2902]", f"{_JUNOS_BGP}{event}) (instance master)"))


_JUNOS_SENT = "bgp_event: NOTIFICATION sent to {neighbour} (External AS {asn}): code "
_JUNOS_RECEIVED = "bgp_read_message: NOTIFICATION received from {neighbour} (External AS {asn}): code "
_JUNOS_OSPF = "RPD_OSPF_NBRDOWN: OSPF neighbor {{neighbour}} (realm ospf-v2 {{interface}} area 0.0.0.0) state changed from Full to {} due to {}"


def _junos_ospf(state: str, why: str) -> tuple[Line, ...]:
    return (Line(5, "rpd[2902]", _JUNOS_OSPF.format(state, why)),)


_JUNOS: Table = {
    Word.PORT_SHUT: (
        Line(4, "mib2d[2891]", "SNMP_TRAP_LINK_DOWN: ifIndex 526, ifAdminStatus down(2), ifOperStatus down(2), ifName {port}"),
        Line(4, "mib2d[2891]", "SNMP_TRAP_LINK_DOWN: ifIndex 541, ifAdminStatus down(2), ifOperStatus down(2), ifName {interface}"),
    ),
    Word.BGP_BFD: _junos("Stop", _JUNOS_SENT + "6 (Cease) subcode 9 (Hard Reset), Reason: BFD Session Down"),
    Word.BGP_HELD: _junos("HoldTime", _JUNOS_SENT + "4 (Hold Timer Expired Error), Reason: holdtime expired"),
    Word.BGP_HELD_BY_PEER: _junos("RecvNotify", _JUNOS_RECEIVED + "4 (Hold Timer Expired Error)"),
    Word.BGP_SHUT: _junos("Stop", _JUNOS_SENT + "6 (Cease) subcode 2 (Administrative Shutdown)"),
    Word.BGP_SHUT_BY_PEER: _junos("RecvNotify", _JUNOS_RECEIVED + "6 (Cease) subcode 2 (Administrative Shutdown)"),
    Word.BGP_PREFIXES: _junos(
        "Stop", "BGP_CEASE_PREFIX_LIMIT_EXCEEDED: {neighbour} (External AS {asn}): Shutting down peer due to exceeding configured maximum prefix-limit(1000) for inet-unicast nlri: 1001 (instance master)"
    ),
    Word.BGP_PREFIXES_OF_PEER: _junos("RecvNotify", _JUNOS_RECEIVED + "6 (Cease) subcode 1 (Maximum Number of Prefixes Reached)"),
    Word.BGP_BAD_KEY: _junos("HoldTime", _JUNOS_SENT + "4 (Hold Timer Expired Error), Reason: holdtime expired"),
    Word.BGP_CLOSED: _junos("Closed"),
    Word.BGP_CONFIGURED: _junos("Stop", _JUNOS_SENT + "6 (Cease) subcode 6 (Other Configuration Change)"),
    Word.BGP_CONFIGURED_BY_PEER: _junos("RecvNotify", _JUNOS_RECEIVED + "6 (Cease) subcode 6 (Other Configuration Change)"),
    Word.BGP_CLEARED: _junos("Stop", _JUNOS_SENT + "6 (Cease) subcode 4 (Administrative Reset)"),
    Word.BGP_CLEARED_BY_PEER: _junos("RecvNotify", _JUNOS_RECEIVED + "6 (Cease) subcode 4 (Administrative Reset)"),
    Word.OSPF_DEAD: _junos_ospf("Down", "InActiveTimer (event reason: neighbor was inactive and declared dead)"),
    Word.OSPF_BFD: _junos_ospf("Down", "KillNbr (event reason: BFD session timed out and neighbor was declared dead)"),
    Word.OSPF_OTHER_END: _junos_ospf("Init", "1WayRcvd (event reason: neighbor is in one-way mode)"),
    Word.RELOAD: (Line(3, "mgd[7729]", "UI_REBOOT_EVENT: System rebooted by '{user}'"),),
    Word.COMMAND: (Line(5, "mgd[7729]", "UI_CFG_AUDIT_SET: User '{user}' set: {command}"),),
}  # fmt: skip

_FRR_BGP = "%ADJCHANGE: neighbor {neighbour}({peer}) in vrf default Down "
_FRR_NOTE = "%NOTIFICATION: received from neighbor {neighbour} ({peer}) "
_FRR_SENT = "%NOTIFICATION: sent to neighbor {neighbour} ({peer}) "


def _frr(why: str, note: str = "") -> tuple[Line, ...]:
    notes = (Line(6, "bgpd", note),) if note else ()
    return (*notes, Line(6, "bgpd", _FRR_BGP + why))


_FRR_OSPF = "AdjChg: Nbr {{router_id}}, NbrIP {{neighbour}} (default) on {{interface}}:{{local}}: Full -> {}"


def _frr_ospf(state: str) -> tuple[Line, ...]:
    return (Line(5, "ospfd", _FRR_OSPF.format(state)),)


_FRR: Table = {
    Word.PORT_SHUT: (Line(6, "kernel", "igb 0000:02:00.0 {interface}: igb: {interface} NIC Link is Down"),),
    Word.BGP_BFD: _frr("BFD down received", "%NOTIFICATION(Hard Reset): sent to neighbor {neighbour} 6/10 (Cease/BFD Down) 0 bytes "),
    Word.BGP_HELD: _frr("BGP Notification send", _FRR_SENT + "4/0 (Hold Timer Expired) 0 bytes "),
    Word.BGP_HELD_BY_PEER: _frr("BGP Notification received", _FRR_NOTE + "4/0 (Hold Timer Expired) 0 bytes "),
    Word.BGP_SHUT: _frr("Admin. shutdown", _FRR_SENT + "6/2 (Cease/Administrative Shutdown) 0 bytes "),
    Word.BGP_SHUT_BY_PEER: _frr("BGP Notification received", _FRR_NOTE + "6/2 (Cease/Administrative Shutdown) 0 bytes "),
    Word.BGP_PREFIXES: _frr("BGP Notification send", _FRR_SENT + "6/1 (Cease/Maximum Number of Prefixes Reached) 7 bytes "),
    Word.BGP_PREFIXES_OF_PEER: _frr("BGP Notification received", _FRR_NOTE + "6/1 (Cease/Maximum Number of Prefixes Reached) 7 bytes "),
    Word.BGP_BAD_KEY: _frr("BGP Notification send", _FRR_SENT + "4/0 (Hold Timer Expired) 0 bytes "),
    Word.BGP_CLOSED: _frr("Peer closed the session"),
    Word.BGP_CONFIGURED: _frr("Remote AS changed", _FRR_SENT + "6/6 (Cease/Other Configuration Change) 0 bytes "),
    Word.BGP_CONFIGURED_BY_PEER: _frr("BGP Notification received", _FRR_NOTE + "6/6 (Cease/Other Configuration Change) 0 bytes "),
    Word.BGP_CLEARED: _frr("User reset", _FRR_SENT + "6/4 (Cease/Administrative Reset) 0 bytes "),
    Word.BGP_CLEARED_BY_PEER: _frr("BGP Notification received", _FRR_NOTE + "6/4 (Cease/Administrative Reset) 0 bytes "),
    Word.BGP_RESTARTING: _frr("NSF peer closed the session"),
    Word.OSPF_DEAD: _frr_ospf("Deleted (InactivityTimer)"),
    Word.OSPF_BFD: _frr_ospf("Deleted (KillNbr)"),
    Word.OSPF_OTHER_END: _frr_ospf("Init (1-WayReceived)"),
}  # fmt: skip

_MORE: Mapping[str, Table] = {
    "cisco_ios": _IOS,
    "cisco_nxos": _NXOS,
    "cisco_xr": _XR,
    "arista_eos": _EOS,
    "juniper_junos": _JUNOS,
    "frr": _FRR,
}
NAMES_ADMIN = frozenset(("cisco_ios", "cisco_nxos", "cisco_xr", "arista_eos", "juniper_junos"))
"""Vendors whose log tells a port that was shut from one that was lost; Linux prints the same of both."""
LOGS_COMMANDS = frozenset(vendor for vendor, table in _MORE.items() if Word.COMMAND in table)


def lines(vendor: str, word: Word | Event, fields: Mapping[str, str]) -> tuple[Line, ...]:
    """The vendor's messages, in the order it sends them; none when it says nothing of such."""
    if isinstance(word, Event):
        return messages.lines(vendor, word, fields)
    templates = _MORE[vendor].get(word, ())
    return tuple(Line(line.severity, line.program, line.text.format_map(fields)) for line in templates)
