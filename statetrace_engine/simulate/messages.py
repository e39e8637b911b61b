"""Pure. What each vendor's routers print about an event, byte for byte as they send it over syslog.

`<187>77: WLLS-A01-AR-01: Nov 23 14:03:27.104 UTC: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down`

Sources: Cisco IOS, NX-OS and IOS XR System Message Guides; Arista EOS System Message Guide; Junos OS System Log
Explorer; FRRouting `bgpd`, `ospfd` and `bfdd` as they print. All clocks are true and in UTC.
"""

# ruff: noqa: E501 - a message stands on one line, as the device prints it
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from statetrace_engine.model import Epoch


class Event(StrEnum):
    LINK_DOWN = "link down"
    LINK_UP = "link up"
    SHUT = "shut"
    """Somebody has shut the interface."""
    BGP_DOWN = "bgp down"
    BGP_UP = "bgp up"
    OSPF_DOWN = "ospf down"
    OSPF_UP = "ospf up"
    BFD_DOWN = "bfd down"
    BFD_UP = "bfd up"
    ROUTE = "route"
    """The device's own word on what carries a prefix now; IOS with an EEM applet only."""
    CONFIG = "config"
    POWER_DOWN = "power down"
    POWER_UP = "power up"
    LOGIN_FAILED = "login failed"


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a vendor: severity (RFC 5424 section 6.2.1), the program that prints it, and its text."""

    severity: int
    program: str
    text: str


Table = Mapping[Event, tuple[Line, ...]]
"""Fields: {interface} {port} {local} of this end, {neighbour} {peer} {router_id} {asn} of the other, {local_asn};
for a route {prefix} {next_hop} {out} {protocol}; for a configuration and a login {user} {from}; {unit} of a power supply."""

_IOS: Table = {
    Event.LINK_DOWN: (
        Line(3, "", "%LINK-3-UPDOWN: Interface {interface}, changed state to down"),
        Line(5, "", "%LINEPROTO-5-UPDOWN: Line protocol on Interface {interface}, changed state to down"),
    ),
    Event.LINK_UP: (
        Line(3, "", "%LINK-3-UPDOWN: Interface {interface}, changed state to up"),
        Line(5, "", "%LINEPROTO-5-UPDOWN: Line protocol on Interface {interface}, changed state to up"),
    ),
    Event.SHUT: (
        Line(5, "", "%LINK-5-CHANGED: Interface {interface}, changed state to administratively down"),
        Line(5, "", "%LINEPROTO-5-UPDOWN: Line protocol on Interface {interface}, changed state to down"),
    ),
    Event.BGP_DOWN: (
        Line(5, "", "%BGP-5-NBR_RESET: Neighbor {neighbour} reset (Interface flap)"),
        Line(5, "", "%BGP-5-ADJCHANGE: neighbor {neighbour} Down Interface flap"),
        Line(5, "", "%BGP_SESSION-5-ADJCHANGE: neighbor {neighbour} IPv4 Unicast topology base removed from session  Interface flap"),
    ),
    Event.BGP_UP: (Line(5, "", "%BGP-5-ADJCHANGE: neighbor {neighbour} Up"),),
    Event.OSPF_DOWN: (
        Line(5, "", "%OSPF-5-ADJCHG: Process 1, Nbr {router_id} on {interface} from FULL to DOWN, Neighbor Down: Interface down or detached"),
    ),
    Event.OSPF_UP: (
        Line(5, "", "%OSPF-5-ADJCHG: Process 1, Nbr {router_id} on {interface} from LOADING to FULL, Loading Done"),
    ),
    Event.ROUTE: (
        Line(6, "", "%HA_EM-6-LOG: ROUTEWATCH: route modify {prefix} via {next_hop} {out} protocol {protocol}"),
    ),
    Event.CONFIG: (Line(5, "", "%SYS-5-CONFIG_I: Configured from console by {user} on vty0 ({from})"),),
    Event.POWER_DOWN: (Line(4, "", "%C4K_IOSMODPORTMAN-4-POWERSUPPLYBAD: Power supply {unit} has failed or been turned off"),),
    Event.POWER_UP: (Line(6, "", "%C4K_IOSMODPORTMAN-6-POWERSUPPLYGOOD: Power supply {unit} is okay"),),
    Event.LOGIN_FAILED: (
        Line(4, "", "%SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: {user}] [Source: {from}] [localport: 22] [Reason: Login Authentication Failed]"),
    ),
}  # fmt: skip

_NXOS: Table = {
    Event.LINK_DOWN: (
        Line(5, "", "%ETHPORT-5-IF_DOWN_LINK_FAILURE: Interface {interface} is down (Link failure)"),
    ),
    Event.LINK_UP: (Line(5, "", "%ETHPORT-5-IF_UP: Interface {interface} is up in Layer3"),),
    Event.BGP_DOWN: (
        Line(5, "", "%BGP-5-ADJCHANGE:  bgp-{local_asn} [8724] (default) neighbor {neighbour} Down - interface down"),
    ),
    Event.BGP_UP: (Line(5, "", "%BGP-5-ADJCHANGE:  bgp-{local_asn} [8724] (default) neighbor {neighbour} Up"),),
    Event.OSPF_DOWN: (Line(5, "", "%OSPF-5-ADJCHANGE:  ospf-1 [8801] (default) Nbr {neighbour} on {interface} went DOWN"),),
    Event.OSPF_UP: (Line(5, "", "%OSPF-5-ADJCHANGE:  ospf-1 [8801] (default) Nbr {neighbour} on {interface} went FULL"),),
    Event.BFD_DOWN: (
        Line(5, "", "%BFD-5-SESSION_STATE_DOWN: BFD session 1090519041 to neighbor {neighbour} on interface {interface} has gone down. Reason: Control Detection Time Expired."),
    ),
    Event.BFD_UP: (
        Line(5, "", "%BFD-5-SESSION_STATE_UP: BFD session 1090519041 to neighbor {neighbour} on interface {interface} is up."),
    ),
    Event.CONFIG: (Line(5, "", "%VSHD-5-VSHD_SYSLOG_CONFIG_I: Configured from vty by {user} on {from}@pts/0"),),
    Event.POWER_DOWN: (Line(2, "", "%PLATFORM-2-PS_FAIL: Power supply {unit} failed or shut down (Serial number ART2230F6KZ)"),),
    Event.POWER_UP: (Line(5, "", "%PLATFORM-5-PS_STATUS: PowerSupply {unit} current-status is PS_OK"),),
}  # fmt: skip

_XR: Table = {
    Event.LINK_DOWN: (
        Line(3, "ifmgr[214]", "%PKT_INFRA-LINK-3-UPDOWN : Interface {interface}, changed state to Down"),
        Line(5, "ifmgr[214]", "%PKT_INFRA-LINEPROTO-5-UPDOWN : Line protocol on Interface {interface}, changed state to Down"),
    ),
    Event.LINK_UP: (
        Line(3, "ifmgr[214]", "%PKT_INFRA-LINK-3-UPDOWN : Interface {interface}, changed state to Up"),
        Line(5, "ifmgr[214]", "%PKT_INFRA-LINEPROTO-5-UPDOWN : Line protocol on Interface {interface}, changed state to Up"),
    ),
    Event.BGP_DOWN: (
        Line(5, "bgp[1051]", "%ROUTING-BGP-5-ADJCHANGE : neighbor {neighbour} Down - Interface flap (VRF: default) (AS: {asn})"),
    ),
    Event.BGP_UP: (
        Line(5, "bgp[1051]", "%ROUTING-BGP-5-ADJCHANGE : neighbor {neighbour} Up (VRF: default) (AS: {asn})"),
    ),
    Event.OSPF_DOWN: (
        Line(5, "ospf[1018]", "%ROUTING-OSPF-5-ADJCHG : Process 1, Nbr {router_id} on {interface} in area 0 from FULL to DOWN, Neighbor Down: interface down or detached, vrf default vrfid 0x60000000"),
    ),
    Event.OSPF_UP: (
        Line(5, "ospf[1018]", "%ROUTING-OSPF-5-ADJCHG : Process 1, Nbr {router_id} on {interface} in area 0 from LOADING to FULL, Loading Done, vrf default vrfid 0x60000000"),
    ),
    Event.BFD_DOWN: (
        Line(6, "bfd_agent[125]", "%L2-BFD-6-SESSION_STATE_DOWN : BFD session to neighbor {neighbour} on interface {interface} has gone down. Reason: Control packet detect timer expired"),
    ),
    Event.BFD_UP: (
        Line(6, "bfd_agent[125]", "%L2-BFD-6-SESSION_STATE_UP : BFD session to neighbor {neighbour} on interface {interface} is up"),
    ),
    Event.CONFIG: (
        Line(6, "config[65800]", "%MGBL-CONFIG-6-DB_COMMIT : Configuration committed by user '{user}'. Use 'show configuration commit changes 1000000412' to view the changes."),
    ),
}  # fmt: skip

_EOS: Table = {
    Event.LINK_DOWN: (Line(5, "Ebra", "%LINEPROTO-5-UPDOWN: Line protocol on Interface {interface}, changed state to down"),),
    Event.LINK_UP: (Line(5, "Ebra", "%LINEPROTO-5-UPDOWN: Line protocol on Interface {interface}, changed state to up"),),
    Event.BGP_DOWN: (
        Line(5, "Bgp", "%BGP-5-ADJCHANGE: peer {neighbour} (VRF default AS {asn}) old state Established event TransportError new state Idle"),
    ),
    Event.BGP_UP: (
        Line(5, "Bgp", "%BGP-5-ADJCHANGE: peer {neighbour} (VRF default AS {asn}) old state OpenConfirm event Established new state Established"),
    ),
    Event.OSPF_DOWN: (
        Line(4, "Rib", "%OSPF-4-OSPF_ADJACENCY_TEARDOWN: NGB {router_id}, interface {local} adjacency dropped: interface went down, state was: FULL"),
    ),
    Event.OSPF_UP: (
        Line(4, "Rib", "%OSPF-4-OSPF_ADJACENCY_ESTABLISHED: NGB {router_id}, interface {local} adjacency established"),
    ),
    Event.BFD_DOWN: (
        Line(5, "Bfd", "%BFD-5-STATE_CHANGE: peer (vrf:default, ip:{neighbour}, intf:{interface}, srcIp:{local}, type:normal) changed state from Up to Down diag None"),
    ),
    Event.BFD_UP: (
        Line(5, "Bfd", "%BFD-5-STATE_CHANGE: peer (vrf:default, ip:{neighbour}, intf:{interface}, srcIp:{local}, type:normal) changed state from Init to Up diag None"),
    ),
    Event.CONFIG: (Line(5, "ConfigAgent", "%SYS-5-CONFIG_I: Configured from console by {user} on vty3 ({from})"),),
    Event.LOGIN_FAILED: (
        Line(4, "Aaa", "%SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: {user}] [Source: {from}] [localport: 22] [Reason: Login Authentication Failed]"),
    ),
}  # fmt: skip

_JUNOS: Table = {
    Event.LINK_DOWN: (
        Line(4, "mib2d[2891]", "SNMP_TRAP_LINK_DOWN: ifIndex 526, ifAdminStatus up(1), ifOperStatus down(2), ifName {port}"),
        Line(4, "mib2d[2891]", "SNMP_TRAP_LINK_DOWN: ifIndex 541, ifAdminStatus up(1), ifOperStatus down(2), ifName {interface}"),
    ),
    Event.LINK_UP: (
        Line(6, "mib2d[2891]", "SNMP_TRAP_LINK_UP: ifIndex 526, ifAdminStatus up(1), ifOperStatus up(1), ifName {port}"),
        Line(6, "mib2d[2891]", "SNMP_TRAP_LINK_UP: ifIndex 541, ifAdminStatus up(1), ifOperStatus up(1), ifName {interface}"),
    ),
    Event.BGP_DOWN: (
        Line(4, "rpd[2902]", "RPD_BGP_NEIGHBOR_STATE_CHANGED: BGP peer {neighbour} (External AS {asn}) changed state from Established to Idle (event TransportError) (instance master)"),
    ),
    Event.BGP_UP: (
        Line(4, "rpd[2902]", "RPD_BGP_NEIGHBOR_STATE_CHANGED: BGP peer {neighbour} (External AS {asn}) changed state from OpenConfirm to Established (event RecvKeepAlive) (instance master)"),
    ),
    Event.OSPF_DOWN: (
        Line(5, "rpd[2902]", "RPD_OSPF_NBRDOWN: OSPF neighbor {neighbour} (realm ospf-v2 {interface} area 0.0.0.0) state changed from Full to Down due to KillNbr (event reason: interface went down)"),
    ),
    Event.OSPF_UP: (
        Line(5, "rpd[2902]", "RPD_OSPF_NBRUP: OSPF neighbor {neighbour} (realm ospf-v2 {interface} area 0.0.0.0) state changed from Loading to Full due to LoadDone (event reason: load done)"),
    ),
    Event.BFD_DOWN: (
        Line(4, "bfdd[2895]", "BFDD_TRAP_SHOP_STATE_DOWN: local discriminator: 17, new state: down, interface: {interface}, peer addr: {neighbour}"),
    ),
    Event.BFD_UP: (
        Line(4, "bfdd[2895]", "BFDD_TRAP_SHOP_STATE_UP: local discriminator: 17, new state: up, interface: {interface}, peer addr: {neighbour}"),
    ),
    Event.CONFIG: (Line(5, "mgd[7729]", "UI_COMMIT: User '{user}' requested 'commit' operation (comment: none)"),),
    Event.POWER_DOWN: (
        Line(4, "chassisd[2811]", "CHASSISD_SNMP_TRAP10: SNMP trap generated: Power Supply failed (jnxContentsContainerIndex 2, jnxContentsL1Index {unit}, jnxContentsL2Index 0, jnxContentsL3Index 0, jnxContentsDescr PEM {unit}, jnxOperatingState/Temp 6)"),
    ),
    Event.POWER_UP: (
        Line(5, "chassisd[2811]", "CHASSISD_SNMP_TRAP10: SNMP trap generated: Power Supply OK (jnxContentsContainerIndex 2, jnxContentsL1Index {unit}, jnxContentsL2Index 0, jnxContentsL3Index 0, jnxContentsDescr PEM {unit}, jnxOperatingState/Temp 2)"),
    ),
}  # fmt: skip

_FRR: Table = {
    Event.LINK_DOWN: (Line(6, "kernel", "igb 0000:02:00.0 {interface}: igb: {interface} NIC Link is Down"),),
    Event.LINK_UP: (
        Line(6, "kernel", "igb 0000:02:00.0 {interface}: igb: {interface} NIC Link is Up 1000 Mbps Full Duplex, Flow Control: RX"),
    ),
    Event.BGP_DOWN: (Line(6, "bgpd", "%ADJCHANGE: neighbor {neighbour}({peer}) in vrf default Down Interface down"),),
    Event.BGP_UP: (Line(6, "bgpd", "%ADJCHANGE: neighbor {neighbour}({peer}) in vrf default Up"),),
    Event.OSPF_DOWN: (
        Line(5, "ospfd", "AdjChg: Nbr {router_id}, NbrIP {neighbour} (default) on {interface}:{local}: Full -> Deleted (KillNbr)"),
    ),
    Event.OSPF_UP: (
        Line(5, "ospfd", "AdjChg: Nbr {router_id}, NbrIP {neighbour} (default) on {interface}:{local}: Loading -> Full (LoadingDone)"),
    ),
    Event.LOGIN_FAILED: (Line(6, "sshd", "Failed password for {user} from {from} port 50122 ssh2"),),
}  # fmt: skip

TABLES: Mapping[str, Table] = {
    "cisco_ios": _IOS,
    "cisco_nxos": _NXOS,
    "cisco_xr": _XR,
    "arista_eos": _EOS,
    "juniper_junos": _JUNOS,
    "frr": _FRR,
}


def lines(vendor: str, event: Event, fields: Mapping[str, str]) -> tuple[Line, ...]:
    """The vendor's messages for an event, in the order it sends them; none when it says nothing of such."""
    templates = TABLES[vendor].get(event, ())
    return tuple(Line(line.severity, line.program, line.text.format_map(fields)) for line in templates)


def encode(vendor: str, hostname: str, line: Line, at: Epoch, sequence: int) -> bytes:
    """One syslog message as this vendor frames it; `at` is the device's clock."""
    return _HEADERS[vendor](hostname, line, datetime.fromtimestamp(at, UTC), sequence).encode() + line.text.encode()


def _ios_header(hostname: str, line: Line, at: datetime, sequence: int) -> str:
    """`logging origin-id hostname`; `service timestamps log datetime msec show-timezone`; sequence numbers."""
    return f"<{184 + line.severity}>{sequence}: {hostname}: {_day(at)}.{at.microsecond // 1000:03} UTC: "


def _nxos_header(hostname: str, line: Line, at: datetime, _sequence: int) -> str:
    return f"<{184 + line.severity}>{hostname}: {at:%Y %b} {at.day:>2} {at:%H:%M:%S} UTC: "


def _xr_header(hostname: str, line: Line, at: datetime, sequence: int) -> str:
    stamp = f"{_day(at)}.{at.microsecond // 1000:03} UTC"
    return f"<{184 + line.severity}>{sequence}: {hostname} RP/0/RSP0/CPU0:{stamp}: {line.program}: "


def _bsd_header(facility: int) -> Callable[[str, Line, datetime, int], str]:
    """RFC 3164 section 4.1."""

    def header(hostname: str, line: Line, at: datetime, _sequence: int) -> str:
        return f"<{8 * facility + line.severity}>{_day(at)} {hostname} {line.program}: "

    return header


def _rfc5424_header(hostname: str, line: Line, at: datetime, sequence: int) -> str:
    process = "-" if line.program == "kernel" else "2797"
    stamp = f"{at:%Y-%m-%dT%H:%M:%S.%f}+00:00"
    return f'<{24 + line.severity}>1 {stamp} {hostname} {line.program} {process} - [meta sequenceId="{sequence}"] '


def _day(at: datetime) -> str:
    """`Nov  3 14:03:27`: RFC 3164 pads the day with a space."""
    return f"{at:%b} {at.day:>2} {at:%H:%M:%S}"


_HEADERS: Mapping[str, Callable[[str, Line, datetime, int], str]] = {
    "cisco_ios": _ios_header,
    "cisco_nxos": _nxos_header,
    "cisco_xr": _xr_header,
    "arista_eos": _bsd_header(20),
    "juniper_junos": _bsd_header(3),
    "frr": _rfc5424_header,
}
