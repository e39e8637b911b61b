"""The rarer bodies of the messages that say something of a subject: what systems and releases word differently."""

# ruff: noqa: E501 - a message stands on one line, as the device prints it
from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statetrace_engine.model import names
from statetrace_engine.model.observation import (
    DeviceEventKind,
    Fact,
    LogMessage,
    Plane,
    SubjectKind,
    Unparsed,
    Unrelated,
    Verdict,
)
from statetrace_engine.parsing.syslog_text import read
from tests.engine.parsing.test_messages import MESSAGES

LAW = settings(max_examples=max(300, settings.default.max_examples), deadline=None)

RECEIVED = 1795402000.0
UP, DOWN, IMPAIRED = Verdict.UP, Verdict.DOWN, Verdict.IMPAIRED

IOS = b"<189>77: R1: Nov 23 14:03:27.104 UTC: "
NXOS = b"<189>R1: 2026 Nov 23 14:03:27 UTC: "
XR = b"<189>77: R1 RP/0/RSP0/CPU0:Nov 23 14:03:27.104 UTC: bgp[1051]: "
EOS = b"<165>Nov 23 14:03:27 R1 Bgp: "
JUNOS = b"<28>Nov 23 14:03:27  R1 rpd[2902]: "
BRIEF = b"<28>1 2026-11-23T14:03:27.104Z R1 rpd 29 "
FRR = b"<30>Nov 23 14:03:27 R1 bgpd[27]: [AAAAA-BBBBB] "
KERNEL = b"<30>Nov 23 14:03:27 R1 kernel: "
FASTIRON = b"<14>Nov 23 14:03:27 R1 "
AOSCX = b"<190>1 2026-11-23T14:03:27.104+00:00 R1 hpe-routing 1633 - - Event|2701|LOG_INFO|AMM|-|"
PANOS = b"<14>Nov 23 14:03:27 R1 1,2026/11/23 14:03:27,0123,"


def heard(raw: bytes) -> LogMessage:
    message = read(raw, RECEIVED)
    assert isinstance(message, LogMessage), message
    assert message.hostname == "R1"
    return message


def fact(raw: bytes) -> Fact:
    (only,) = heard(raw).facts
    return only


LINKS = [
    (IOS + b"%LINK-5-CHANGED: Interface Gi0/1, changed state to admin down", "GigabitEthernet0/1", DOWN, "admin"),
    (IOS + b"%CONTROLLER-5-UPDOWN: Controller T1 0/0/0, changed state to down (LOS detected)", "T1 0/0/0", DOWN, ""),
    (IOS + b"%CONTROLLER-5-UPDOWN: Controller E1 0/1/0, changed state to administratively down", "E1 0/1/0", DOWN, "admin"),
    (IOS + b"%PM-4-ERR_DISABLE: bpduguard error detected on Gi0/1, putting Gi0/1 in err-disable state", "GigabitEthernet0/1", DOWN, "other"),
    (IOS + b"%PM-SW2-4-ERR_DISABLE: link-flap error detected on Gi2/0/1, putting Gi2/0/1 in err-disable state", "GigabitEthernet2/0/1", DOWN, "other"),
    (IOS + b"%EC-5-MINLINKS_NOTMET: Port-channel Po1 is down bundled ports (1) doesn't meet min-links", "Port-channel1", DOWN, "other"),
    (IOS + b"%EC-5-MINLINKS_MET: Port-channel Port-channel1 is up as its bundled ports (2) meets min-links", "Port-channel1", UP, ""),
    (IOS + b"%EC-5-PORTDOWN: Shutting down Gi0/1 as its port-channel is admin-down", "GigabitEthernet0/1", DOWN, "admin"),
    (IOS + b"%UDLD-4-UDLD_PORT_DISABLED: UDLD disabled interface Gi1/1, unidirectional link detected", "GigabitEthernet1/1", DOWN, "other"),
    (JUNOS + b"ESWD_BPDU_BLOCK_ERROR_DISABLED: ge-0/0/9.0: bpdu-block disabled port", "ge-0/0/9.0", DOWN, "other"),
    (JUNOS + b"EVENT <UpDown> ge-0/0/0.0 index 71 <Up Broadcast Multicast> address #0 0.5.86.0.1", "ge-0/0/0.0", UP, ""),
    (JUNOS + b"RPD_IFD_NOTIFICATION: EVENT <UpDown> ge-0/0/0 index 134 <Broadcast Multicast> address #0 0.5.86.0.1", "ge-0/0/0", DOWN, ""),
    (FASTIRON + b"ERR_DISABLE: Link flaps on port ethernet 1/1/1 exceeded threshold; port in err-disable state", "Ethernet1/1/1", DOWN, "other"),
    (NXOS + b"%ETH_PORT_CHANNEL-5-PORT_INDIVIDUAL_UP: individual port Ethernet1/33 is up", "Ethernet1/33", UP, ""),
    (NXOS + b"%IM-5-IM_INTF_STATE: mgmt0 is DOWN in vdc 1", "mgmt0", DOWN, ""),
    (NXOS + b"%PORT-5-IF_DOWN_LINK_FAILURE: %$VSAN 1%$ Interface fc1/1 is down (Link failure loss of signal)", "fc1/1", DOWN, ""),
    (NXOS + b"%PORT-5-IF_UP: Interface mgmt0 is up", "mgmt0", UP, ""),
    (NXOS + b"%ETHPORT-5-IF_DOWN_INTERFACE_REMOVED: Interface Ethernet1/1.10 is down (Interface removed)", "Ethernet1/1.10", DOWN, "config"),
    (NXOS + b"%ETHPORT-5-IF_DOWN_PARENT_ADMIN_DOWN: Interface Ethernet1/1.10 is down (Parent interface is admin down)", "Ethernet1/1.10", DOWN, "admin"),
    (NXOS + b"%ETHPORT-5-IF_DOWN_PORT_CHANNEL_MEMBERS_DOWN: Interface port-channel10 is down (No operational members)", "Port-channel10", DOWN, "other"),
    (NXOS + b"%ETHPORT-5-IF_DOWN_ERROR_DISABLED: Interface Ethernet1/1 is down (Error disabled. Reason:BPDUGuard)", "Ethernet1/1", DOWN, "other"),
    (NXOS + b"%ETHPORT-5-IF_DOWN_NONE: Interface Vlan10 is down (None)", "Vlan10", DOWN, ""),
    (NXOS + b"%ETH_PORT_CHANNEL-5-PORT_DOWN: port-channel1: port Ethernet1/1 is down", "Ethernet1/1", DOWN, ""),
    (NXOS + b"%ETH_PORT_CHANNEL-5-PORT_HOT_STANDBY_DOWN: port-channel1: hot-standby port Ethernet1/1 is down", "Ethernet1/1", DOWN, ""),
    (EOS + b"%ETH-4-ERRDISABLE: bpduguard error detected on Et3", "Ethernet3", DOWN, "other"),
    (KERNEL + b"lag_bundlestate_ifd_change: bundle ae0: bundle IFD minimum bandwidth or minimum links not met, Bandwidth (Current : Required) 0 : 1", "ae0", DOWN, "other"),
    (KERNEL + b"e1000e 0000:00:1f.6 eth0: NIC Link is Up 1000 Mbps Full Duplex", "eth0", UP, ""),
    (KERNEL + b"tg3 0000:02:00.0 eth1: Link is down", "eth1", DOWN, ""),
    (KERNEL + b"mlx5_core 0000:01:00.0 eth2: Link up", "eth2", UP, ""),
    (KERNEL + b"bond0: link status definitely down for interface eth3, disabling it", "eth3", DOWN, ""),
    (FASTIRON + b"System: Interface ethernet mgmt1, state down", "mgmt1", DOWN, ""),
    (FASTIRON + b"System: Interface ethernet 1/1/1, state down - disabled", "Ethernet1/1/1", DOWN, "admin"),
    (FASTIRON + b"00077 ports: port A1 in Trk1 is now off-line", "A1", DOWN, ""),
    (FASTIRON + b"00076 ports: ST1-CMDR: port 1/24 is now on-line", "1/24", UP, ""),
    (FASTIRON + b"00079 ports: trunk Trk1 is now inactive", "Trk1", DOWN, ""),
    (FASTIRON + b"00078 ports: trunk Trk1 is now active", "Trk1", UP, ""),
    (PANOS + b'SYSTEM,port,0,2026/11/23 14:03:27,,link-change,ethernet1/1,0,0,general,informational,"Port ethernet1/1: MAC Down",1', "Ethernet1/1", DOWN, ""),
    (b"<28>Nov 23 14:03:27.123 2026 R1 mib2d[18]: SNMP_TRAP_LINK_DOWN: ifIndex 5, ifAdminStatus up(1), ifOperStatus down(2), ifName ge-0/0/2", "ge-0/0/2", DOWN, ""),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "name", "verdict", "reason"), LINKS)
def test_an_interface_changes_state_in_other_words(raw: bytes, name: str, verdict: Verdict, reason: str) -> None:
    said = fact(raw)

    assert (said.plane, said.kind) == (Plane.LINK, SubjectKind.INTERFACE)
    assert (said.name, said.verdict, said.reason.value) == (name, verdict, reason)


BGP = [
    (IOS + b"%BGP-3-NOTIFICATION: sent to neighbor 10.0.0.1 vpn vrf RED 4/0 (hold time expired) 0 bytes", "10.0.0.1", DOWN, "hold-timer", "RED"),
    (IOS + b"%BGP-5-ADJCHANGE: neighbor 10.0.0.1 Down Peer deleted", "10.0.0.1", DOWN, "admin", "default"),
    (XR + b"%ROUTING-BGP-5-ADJCHANGE : neighbor 10.0.0.1 Down - Peer closing down the session (VRF: default) (AS: 1.10)", "10.0.0.1", DOWN, "peer-closed", "default"),
    (XR + b"%ROUTING-BGP-5-ADJCHANGE_DETAIL : neighbor 2001:db8::1 Down - Interface flap (VRF: RED; AFI/SAFI: 1/1, 2/1) (AS: 65000)", "2001:db8::1", DOWN, "interface-down", "RED"),
    (EOS + b"%BGP-5-ADJCHANGE: peer 10.0.0.1 (AS 65001) old state OpenConfirm event Established new state Established", "10.0.0.1", UP, "", "default"),
    (EOS + b"%BGP-5-ADJCHANGE: peer 10.0.0.1 (VRF RED AS 65001.1) old state Established event TcpClosed new state Idle", "10.0.0.1", DOWN, "peer-closed", "RED"),
    (EOS + b"%BGP-5-ADJCHANGE: peer 10.0.0.1 (VRF RED AS 65001.1) old state Established event MaxRoutes new state Idle", "10.0.0.1", DOWN, "max-prefix", "RED"),
    (JUNOS + b"RPD_BGP_NEIGHBOR_STATE_CHANGED: BGP peer 10.0.0.1 (Internal AS 65000) changed state from Established to EstabSync (event RsyncAck) (instance master)", "10.0.0.1", UP, "", "default"),
    (JUNOS + b"bgp_bfd_callback:187: NOTIFICATION sent to 10.0.0.1 (External AS 64530): code 6 (Cease) subcode 9 (Hard Reset), Reason: BFD Session Down", "10.0.0.1", DOWN, "bfd-down", "default"),
    (JUNOS + b"BGP_CEASE_PREFIX_LIMIT_EXCEEDED: 10.0.0.1 (External AS 65001): Shutting down peer due to exceeding configured maximum prefix-limit(10) for inet-unicast nlri: 11 (instance RED)", "10.0.0.1", DOWN, "max-prefix", "RED"),
    (BRIEF + b'RPD_BGP_NEIGHBOR_STATE_CHANGED [junos@2636.1.1.1.2.29 peer-name="10.0.0.1 (External AS 65000)" old-state="Established" new-state="Idle" event-name="HoldTime" instance-name="RED"]', "10.0.0.1", DOWN, "hold-timer", "RED"),
    (FRR + b'%NOTIFICATION: received from neighbor 10.0.0.1 (r2) 6/2 (Cease/Administrative Shutdown) "works"', "10.0.0.1", DOWN, "admin-remote", "default"),
    (FASTIRON + b"BGP: Peer (VRF: RED) 2001:db8::1 DOWN (Rcv Notification:Hold Timer Expired) ", "2001:db8::1", DOWN, "hold-timer", "RED"),
    (FASTIRON + b"BGP: Peer (VRF: default-vrf) 10.0.0.1 UP (ESTABLISHED)", "10.0.0.1", UP, "", "default"),
    (FASTIRON + b"BGP: Peer 10.0.0.1 DOWN (Rcv Notification:Administratively Shutdown)", "10.0.0.1", DOWN, "admin-remote", "default"),
    (FASTIRON + b"BGP: Peer 10.0.0.1 DOWN (TCP Connection Closed by Remote)", "10.0.0.1", DOWN, "peer-closed", "default"),
    (FASTIRON + b"BGP: Peer 10.0.0.1 DOWN (Port Down)", "10.0.0.1", DOWN, "interface-down", "default"),
    (AOSCX + b"BGP neighbor 10.0.0.1 changed state from Established to Idle in VRF RED", "10.0.0.1", DOWN, "", "RED"),
    (AOSCX + b"BGP neighbor 10.0.0.1 state is Idle", "10.0.0.1", DOWN, "", "default"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "name", "verdict", "reason", "vrf"), BGP)
def test_a_bgp_session_changes_state_in_other_words(
    raw: bytes, name: str, verdict: Verdict, reason: str, vrf: str
) -> None:
    said = fact(raw)

    assert (said.plane, said.kind, said.protocol) == (Plane.SESSION, SubjectKind.NEIGHBOUR, "bgp")
    assert (said.name, said.verdict, said.reason.value, said.vrf) == (name, verdict, reason, vrf)


ADJACENCIES = [
    (IOS + b"%CLNS-5-ADJCHANGE: ISIS (CORE): Adjacency to R2 (Gi0/1) Down, neighbor restarted", "isis", "R2", ("GigabitEthernet0/1",), DOWN, "peer-closed", "default"),
    (IOS + b"%CLNS-5-ADJCHANGE: ISIS: Adjacency to LO1 (Gi0/1) Up, new adjacency", "isis", "LO1", ("GigabitEthernet0/1",), UP, "", "default"),
    (XR + b"%ROUTING-ISIS-6-ADJCHANGE : Adjacency to R2 (Bundle-Ether1) (L1L2) Up, New adjacency", "isis", "R2", ("Bundle-Ether1",), UP, "", "default"),
    (EOS + b"%ISIS-4-ISIS_ADJCHG: L2 Neighbor State Change for SystemID R2 on Ethernet1 to DOWN, hold timer expired", "isis", "R2", ("Ethernet1",), DOWN, "hold-timer", "default"),
    (JUNOS + b"RPD_ISIS_ADJUPNOIP: IS-IS new L2 adjacency to R2 on ge-0/0/0.0 without an address", "isis", "R2", ("ge-0/0/0.0",), UP, "", "default"),
    (BRIEF + b'RPD_ISIS_ADJDOWN [junos@2636.1.1.1.2.29 isis-level="L2" neighbor-name="R2" interface-name="ge-0/0/0.0" reason-code="Aged out"]', "isis", "R2", ("ge-0/0/0.0",), DOWN, "hold-timer", "default"),
    (FRR + b"%ADJCHANGE: Adjacency to r2 (eth0.10) for level-2 changed from Up to Down, circuit is down", "isis", "r2", ("eth0.10",), DOWN, "interface-down", "default"),
    (IOS + b"%DUAL-5-NBRCHANGE: EIGRP-IPv4:(100) 100: Neighbor 10.0.0.2 (Gi0/1) is down: peer restarted", "eigrp", "10.0.0.2", ("GigabitEthernet0/1",), DOWN, "peer-closed", "default"),
    (EOS + b"Instance 1: %OSPF-4-OSPF_ADJACENCY_TEARDOWN: NGB 10.0.0.2, intf 172.16.0.1 adjacency dropped: interface went down, state was: FULL", "ospf", "10.0.0.2", ("172.16.0.1",), DOWN, "interface-down", "default"),
    (EOS + b"Instance 1: %OSPF3-4-OSPF3_ADJACENCY_TEARDOWN: NGB 10.0.0.2, interface Ethernet1 adjacency dropped: inactivity timer expired, state was: FULL", "ospf", "10.0.0.2", ("Ethernet1",), DOWN, "hold-timer", "default"),
    (JUNOS + b"RPD_OSPF_NBRDOWN: OSPF neighbor 10.0.0.2 (realm ospf-v2 instance RED ge-0/0/0.0 area 0.0.0.0) state changed from Full to Down due to KillNbr (event reason: interface went down)", "ospf", "10.0.0.2", ("ge-0/0/0.0",), DOWN, "interface-down", "RED"),
    (BRIEF + b'RPD_OSPF_NBRDOWN [junos@2636.1.1.1.2.29 neighbor-address="10.0.0.2" realm-name="ospf-v2" interface-name="ge-0/0/0.0" area-name="0.0.0.0" old-state-name="Full" new-state-name="Down" event-name="InActiveTimer"]', "ospf", "10.0.0.2", ("ge-0/0/0.0",), DOWN, "hold-timer", "default"),
    (b"<29>Nov 23 14:03:27 R1 ospf6d[27]: AdjChg: Nbr 10.255.0.2(RED) on 10.255.0.2%toc1: Full -> Down (InactivityTimer)", "ospf", "10.255.0.2", ("toc1",), DOWN, "hold-timer", "RED"),
    (FASTIRON + b"OSPF: nbr state changed,rid 10.1.1.1,nbr addr 10.1.2.2,nbr rid 10.2.2.2, state down", "ospf", "10.1.2.2", ("10.2.2.2",), DOWN, "", "default"),
    (FASTIRON + b"OSPFv3: nbr state changed, rid 10.1.1.1, nbr addr fe80::2, nbr rid 10.2.2.2, state full", "ospf", "fe80::2", ("10.2.2.2",), UP, "", "default"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "protocol", "name", "peers", "verdict", "reason", "vrf"), ADJACENCIES)
def test_an_adjacency_changes_state_in_other_words(
    raw: bytes, protocol: str, name: str, peers: tuple[str, ...], verdict: Verdict, reason: str, vrf: str
) -> None:
    said = fact(raw)

    assert (said.plane, said.kind, said.protocol) == (Plane.SESSION, SubjectKind.NEIGHBOUR, protocol)
    assert (said.name, said.peer_names, said.vrf) == (name, peers, vrf)
    assert (said.verdict, said.reason.value) == (verdict, reason)


BFD = [
    (XR + b"%L2-BFD-6-SESSION_STATE_DOWN : BFD session to neighbor 10.0.0.2, multihop, vrf RED, has gone down. Reason: Control timer expired", "10.0.0.2", (), DOWN, "hold-timer", "RED"),
    (EOS + b"%BFD-5-STATE_CHANGE: peer (vrf:RED, ip:10.0.0.1, intf:, srcIp:10.0.0.2, type:multihop) changed state from Up to Down diag nbrSignaledDown", "10.0.0.1", (), DOWN, "other", "RED"),
    (EOS + b"%BFD-5-STATE_CHANGE: peer (vrf:RED, ip:10.0.0.1, intf:not specified, srcIp:10.0.0.2, type:multihop) changed state from Up to Down diag Path Down", "10.0.0.1", (), DOWN, "other", "RED"),
    (JUNOS + b"BFDD_TRAP_SHOP_STATE_DOWN: local discriminator: 30, new state: admin down, interface: ge-0/0/0.0, peer addr: 10.0.0.2", "10.0.0.2", ("ge-0/0/0.0",), DOWN, "admin", "default"),
    (JUNOS + b"BFD Session 10.0.0.2 (IFL 393) state Up -> Down LD/RD(46/19) Up time:00:03:12 Local diag: CtlExpire Remote diag: None Reason: Detect Timer Expiry.", "10.0.0.2", (), DOWN, "hold-timer", "default"),
    (BRIEF + b'BFDD_TRAP_SHOP_STATE_DOWN [junos@2636.1.1.1.2.29 local-discriminator="30" new-state="down" interface-name="ge-0/0/0.0" peer-address="10.0.0.2"]', "10.0.0.2", ("ge-0/0/0.0",), DOWN, "", "default"),
    (FRR + b"state-change: [mhop:no peer:10.0.0.2 local:10.0.0.1 vrf:default ifname:eth0] up -> shutdown", "10.0.0.2", ("eth0",), DOWN, "admin", "default"),
    (PANOS + b'SYSTEM,bfd,0,2026/11/23 14:03:27,,session-state-change,x,0,0,general,high,"BFD state changed to down for BFD session 1 to neighbor 10.0.0.2 on interface ethernet1/1. Protocol: BGP",1', "10.0.0.2", (), DOWN, "", "default"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "name", "peers", "verdict", "reason", "vrf"), BFD)
def test_a_bfd_session_changes_state_in_other_words(
    raw: bytes, name: str, peers: tuple[str, ...], verdict: Verdict, reason: str, vrf: str
) -> None:
    said = fact(raw)

    assert (said.plane, said.kind, said.protocol) == (Plane.SESSION, SubjectKind.BFD, "bfd")
    assert (said.name, said.peer_names, said.vrf) == (name, peers, vrf)
    assert (said.verdict, said.reason.value) == (verdict, reason)


MEMBERS = [
    (IOS + b"%EC-5-UNBUNDLE: Interface Gi0/1 left the port-channel Po1", "Port-channel1 GigabitEthernet0/1", DOWN),
    (IOS + b"%EC-SP-5-BUNDLE: Interface TenGigabitEthernet1/1 joined port-channel Port-channel1", "Port-channel1 TenGigabitEthernet1/1", UP),
    (XR + b"%L2-BM-6-ACTIVE : TenGigE0/0/0/0 is no longer Active as part of Bundle-Ether1 (Link is down)", "Bundle-Ether1 TenGigE0/0/0/0", DOWN),
    (XR + b"%L2-BM-6-ACTIVE : TenGigE0/0/0/0 is Active as part of Bundle-Ether1", "Bundle-Ether1 TenGigE0/0/0/0", UP),
    (JUNOS + b"LACP_INTF_DOWN: ae105: Interface marked down due to lacp timeout on member et-0/0/25:3", "ae105 et-0/0/25:3", DOWN),
    (JUNOS + b"LACPD_TIMEOUT: et-0/0/25: lacp current while timer expired current Receive State: CURRENT", "et-0/0/25", DOWN),
    (JUNOS + b"LACP_INTF_MUX_STATE_CHANGED: ae1: xe-0/0/0: Lacp state changed from COLLECTING_DISTRIBUTING to ATTACHED, actor port state : |-|", "ae1 xe-0/0/0", DOWN),
    (JUNOS + b"LACP_INTF_MUX_STATE_CHANGED: ae1: xe-0/0/0: Lacp state changed from ATTACHED to COLLECTING_DISTRIBUTING, actor port state : |-|", "ae1 xe-0/0/0", UP),
    (PANOS + b'SYSTEM,lacp,0,2026/11/23 14:03:27,,lacp-down,ae1,0,0,general,critical,"LACP interface ethernet1/1 moved out of AE-group ae1. Selection state Unselected(Link down)",1', "ae1 Ethernet1/1", DOWN),
    (PANOS + b'SYSTEM,lacp,0,2026/11/23 14:03:27,,lacp-up,ae1,0,0,general,critical,"LACP interface ethernet1/1 moved into AE-group ae1.",1', "ae1 Ethernet1/1", UP),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "name", "verdict"), MEMBERS)
def test_a_member_that_leaves_its_bundle_is_context(raw: bytes, name: str, verdict: Verdict) -> None:
    """The bundle carries while it has members enough; when it has not, the device says so of the bundle."""
    said = fact(raw)

    assert (said.plane, said.kind, said.protocol) == (Plane.CONTEXT, SubjectKind.DEVICE, "bundle")
    assert (said.name, said.verdict) == (name, verdict)


EVENTS = [
    (IOS + b"%SYS-5-CONFIG_P: Configured programmatically by process iosp_vty_100001_dmi_nesd from console as NETCONF on vty63", DeviceEventKind.CONFIG_CHANGE, "NETCONF"),
    (IOS + b"%DMI-5-CONFIG_I: Switch 1 R0/0: nesd: Configured from NETCONF/RESTCONF by admin, transaction-id 91", DeviceEventKind.CONFIG_CHANGE, "admin"),
    (IOS + b"%PARSER-5-CFGLOG_LOGGEDCMD: User:unknown user  logged command:no shutdown", DeviceEventKind.CONFIG_COMMAND, "unknown user"),
    (IOS + b"%REDUNDANCY-3-SWITCHOVER: RP switchover (PEER_NOT_PRESENT)", DeviceEventKind.RESTART, ""),
    (IOS + b"%RF-5-RF_RELOAD: Self reload. Reason: x", DeviceEventKind.RESTART, ""),
    (IOS + b"%PMAN-3-RELOAD_SYSTEM: R0/0: pvp: Reloading: Reload command", DeviceEventKind.RESTART, ""),
    (NXOS + b"%VSHD-5-VSHD_SYSLOG_CONFIG_I: Configuring console from pts/0 by admin", DeviceEventKind.CONFIG_CHANGE, "admin"),
    (NXOS + b"%AAA-6-AAA_ACCOUNTING_MESSAGE: update:2001:db8::9@pts/0:joe:configure terminal ; no shutdown (SUCCESS)", DeviceEventKind.CONFIG_COMMAND, "joe"),
    (NXOS + b"%SYSMGR-2-HASWITCHOVER_START: Supervisor 1 is becoming active.", DeviceEventKind.RESTART, ""),
    (NXOS + b'%SYSMGR-3-HAP_FAILURE_SUP_RESET: System reset due to service "x" in vdc 1', DeviceEventKind.RESTART, ""),
    (XR + b"%MGBL-CONFIG-6-DB_COMMIT_ADMIN : Configuration committed by user 'joe'. Use 'show configuration commit changes 2000000261' to view the changes.", DeviceEventKind.CONFIG_CHANGE, "joe"),
    (XR + b"%HA-REDCON-1-GO_ACTIVE : this card going active", DeviceEventKind.RESTART, ""),
    (EOS + b"%SYS-5-CONFIG_REPLACE_SUCCESS: User admin replaced running configuration with flash:x successfully on vty3 (10.0.0.9)", DeviceEventKind.CONFIG_CHANGE, "admin"),
    (EOS + b"%ACCOUNTING-6-CMD: admin vty3 10.0.0.9 stop service=shell priv-lvl=15 cmd=interface Ethernet1 <cr>", DeviceEventKind.CONFIG_COMMAND, "admin"),
    (JUNOS + b"UI_COMMIT: User 'joe' requested 'commit synchronize' operation (comment: none)", DeviceEventKind.CONFIG_CHANGE, "joe"),
    (JUNOS + b"UI_COMMIT: User 'joe' performed commit: no comment", DeviceEventKind.CONFIG_CHANGE, "joe"),
    (BRIEF + b'UI_COMMIT [junos@2636.1.1.1.2.29 username="joe" command="commit" message="none"]', DeviceEventKind.CONFIG_CHANGE, "joe"),
    (BRIEF + b'UI_CFG_AUDIT_SET [junos@2636.1.1.1.2.29 username="joe" action="set" pathname="\\[interfaces ge-0/0/0\\]" delimiter="--" value="x" data="y"] User \'joe\' set: [interfaces ge-0/0/0] y -- "x"', DeviceEventKind.CONFIG_COMMAND, "joe"),
    (JUNOS + b"UI_COMMIT_NOT_CONFIRMED: Commit was not confirmed; automatic rollback complete.", DeviceEventKind.CONFIG_CHANGE, ""),
    (JUNOS + b"SYSTEM_SHUTDOWN: System rebooted by joe", DeviceEventKind.RESTART, "joe"),
    (JUNOS + b"UI_HALT_EVENT: System halted by 'joe'", DeviceEventKind.RESTART, "joe"),
    (JUNOS + b"SYSTEM_ABNORMAL_SHUTDOWN: System abnormally shut down", DeviceEventKind.RESTART, ""),
    (b"<30>Nov 23 14:03:27 R1 zebra[27]: zebra 8.4.2 starting: vty@2601", DeviceEventKind.RESTART, ""),
    (FASTIRON + b"running-config was changed by unknown user from ssh client 10.0.0.1", DeviceEventKind.CONFIG_CHANGE, "unknown user"),
    (FASTIRON + b"00064 system: Operator warm reload from CONSOLE session.", DeviceEventKind.RESTART, ""),
    (FASTIRON + b"00063 system: System went down:  11/23/26 14:03:27", DeviceEventKind.RESTART, ""),
    (PANOS + b'SYSTEM,general,0,2026/11/23 14:03:27,,general,,0,0,general,informational,"Commit job succeeded. Completion time=2026/11/23 14:03:27. JobId=7. User: admin",1', DeviceEventKind.CONFIG_CHANGE, "admin"),
    (PANOS + b"CONFIG,0,0,2026/11/23 14:03:27,10.0.0.9,,set,admin,Web,Succeeded, network interface ethernet ethernet1/1,1,0x0", DeviceEventKind.CONFIG_COMMAND, "admin"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "kind", "who"), EVENTS)
def test_something_happens_to_a_device_in_other_words(raw: bytes, kind: DeviceEventKind, who: str) -> None:
    (event,) = heard(raw).events

    assert (event.kind, event.who) == (kind, who)
    assert event.text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"System: Cold start", "Cold start"),
        (b"System: Warm start", "Warm start"),
        (b"00063 system: System went down:  11/23/26 14:03:27", "System went down: 11/23/26 14:03:27"),
        (b"00064 system: Operator warm reload from CONSOLE session.", "Operator warm reload from CONSOLE session"),
    ],
)
def test_a_start_says_which(raw: bytes, text: str) -> None:
    (event,) = heard(FASTIRON + raw).events

    assert event.text == text


@pytest.mark.parametrize(
    "raw",
    [
        JUNOS + b"BGP_PREFIX_THRESH_EXCEEDED: 10.0.0.1 (External AS 65001): Configured maximum prefix-limit threshold(20) exceeded for inet-unicast nlri: 21 (instance master)",
        JUNOS + b"BGP_PREFIX_LIMIT_EXCEEDED: 10.0.0.1 (External AS 65001): Configured maximum prefix-limit(27) exceeded for inet-unicast nlri: 28 (instance master)",
        FRR + b"%MAXPFX: No. of IPv4 Unicast prefix received from 10.0.0.1 reaches 8, max 10",
        EOS + b"%BGP-3-NOTIFICATION: sent to neighbor 10.0.0.1 (proto) 2/2 (OPEN Message Error/bad peer AS) 2 bytes",
        NXOS + b"%ETH_PORT_CHANNEL-5-PORT_INDIVIDUAL: port Ethernet1/1 is operationally individual",
        JUNOS + b"LACP_INTF_MUX_STATE_CHANGED: ae1: xe-0/0/0: Lacp state changed from WAITING to ATTACHED, actor port state : |-|",
        AOSCX + b"BGP neighbor 10.0.0.1 changed state from OpenSent to Idle in VRF RED",
        b"<30>Nov 23 14:03:27 R1 app[3]: eth9: Link down",
        JUNOS + b"BFDD_TRAP_STATE_DOWN: local discriminator: 2, new state: down",
    ],
)  # fmt: skip
def test_what_the_session_itself_decides_is_understood_and_says_no_verdict(raw: bytes) -> None:
    assert heard(raw).facts == ()


@pytest.mark.parametrize(
    "raw",
    [
        IOS + b"%RF-5-RF_RELOAD: Peer reload. Reason: EHSA standby down",
        EOS + b"%ACCOUNTING-6-CMD: admin vty3 10.0.0.9 stop service=shell priv-lvl=15 cmd=show version <cr>",
        JUNOS + b"BFD Session restarted",
        PANOS + b"CONFIG,0,0,2026/11/23 14:03:27,10.0.0.9,,set,admin,Web,Failed, network interface ethernet ethernet1/1,1,0x0",
        FASTIRON + b"00064 system: Operator warm words",
    ],
)  # fmt: skip
def test_what_only_resembles_it_is_unrelated(raw: bytes) -> None:
    assert read(raw, RECEIVED) == Unrelated(hostname="R1")


@pytest.mark.parametrize(
    "raw",
    [
        IOS + b"%EC-5-UNBUNDLE: nonsense",
        IOS + b"%PM-4-ERR_DISABLE: nonsense",
        NXOS + b"%IM-5-IM_INTF_STATE: nonsense",
        XR + b"%L2-BM-6-ACTIVE : nonsense",
        EOS + b"%ISIS-4-ISIS_ADJCHG: nonsense",
        JUNOS + b"LACP_INTF_DOWN: nonsense",
        BRIEF + b'RPD_BGP_NEIGHBOR_STATE_CHANGED [junos@2636.1.1.1.2.29 peer-name="10.0.0.1"]',
    ],
)
def test_a_message_of_ours_in_unknown_words_is_counted_as_not_understood(raw: bytes) -> None:
    message = read(raw, RECEIVED)

    assert isinstance(message, Unparsed)
    assert message.hostname == "R1"


@pytest.mark.parametrize(
    "raw",
    [
        IOS + b"%BGP-5-ADJCHANGE: neighbor 10\x7f0.0.1 Down Peer closed the session",
        IOS + b"%BGP-5-ADJCHANGE: neighbor 10.0.0.300 Up",
        IOS + b"%OSPF-5-ADJCHG: Process 1, Nbr 10.0.02 on Vlan7 from FULL to DOWN, Neighbor Down: Dead timer expired",
        IOS + b"%PM-4-ERR_DISABLE: link-flap error detected on Gi0%/1, putting Gi0%/1 in err-disable state",
        XR + b"%ROUTING-ISIS-5-ADJCHANGE : Adjacency to R2er1) (L2) Down, BFD session DOWN",
        JUNOS + b"SNMP_TRAP_LINK_UP: ifIndex 515, ifAdminStatus up(1), ifOperStatus up(1), ifName ae12]:",
        AOSCX + b"BGP neighbor 10.0.0.tate from Established to Idle",
    ],
)
def test_half_a_name_may_be_that_of_somebody_else_and_is_none(raw: bytes) -> None:
    assert isinstance(read(raw, RECEIVED), Unparsed)


ROWS = [row[0] for table in (LINKS, BGP, ADJACENCIES, BFD, MEMBERS, EVENTS) for row in table]


@pytest.mark.parametrize("raw", ROWS)
def test_a_rarer_message_is_read_alike_behind_a_relay(raw: bytes) -> None:
    priority, _, rest = raw.partition(b">")

    relayed = read(priority + b">Nov 23 14:59:00 10.9.9.9 " + rest, RECEIVED)

    assert isinstance(relayed, LogMessage)
    assert (relayed.facts, relayed.events) == (heard(raw).facts, heard(raw).events)


TOKEN = re.compile(r"(?=((?<![\w./:%+@-])[\w./:%+@-]+(?: \d[\w./:-]*)?))")
EDGE = re.compile(r"\b")


def names_in(raw: bytes) -> set[str]:
    """Every name that stands in a message with an edge on either side, as it is spelled and canonically."""
    found: set[str] = set()
    for token in TOKEN.findall(raw.decode("latin-1")):
        edges = {0, len(token), *(edge.start() for edge in EDGE.finditer(token))}
        parts = {token[start:end] for start in edges for end in edges if start < end}
        found |= parts | {names.interface(part, vendor) for part in parts for vendor in ("", "cisco_ios")}
        for part in parts:
            with contextlib.suppress(ValueError):
                found.add(names.address(part))
    return found


@LAW
@given(st.sampled_from(ROWS + MESSAGES), st.integers(0, 300), st.binary(max_size=4), st.integers(0, 12))
def test_a_damaged_message_names_nobody_that_its_text_does_not(
    raw: bytes, where: int, noise: bytes, removed: int
) -> None:
    damaged = raw[:where] + noise + raw[where + removed :]

    message = read(damaged, RECEIVED)

    for said in message.facts if isinstance(message, LogMessage) else ():
        if said.plane in (Plane.LINK, Plane.SESSION):
            assert {said.name, *said.peer_names} <= names_in(damaged)
