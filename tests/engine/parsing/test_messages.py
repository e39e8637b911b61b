"""What each vendor's messages come to: subject, direction, reason."""

# ruff: noqa: E501 - a message stands on one line, as the device prints it
from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statetrace_engine.model.observation import (
    DeviceEventKind,
    Fact,
    LogMessage,
    Plane,
    Reason,
    SubjectKind,
    Unparsed,
    Unrelated,
    Verdict,
)
from statetrace_engine.model.signal import InstalledPath
from statetrace_engine.model.text import sanitise
from statetrace_engine.parsing import vendors
from statetrace_engine.parsing.syslog_text import read

LAW = settings(max_examples=max(300, settings.default.max_examples), deadline=None)

RECEIVED = 1795402000.0
UP, DOWN, IMPAIRED = Verdict.UP, Verdict.DOWN, Verdict.IMPAIRED

IOS = b"<189>77: R1: Nov 23 14:03:27.104 UTC: "
NXOS = b"<189>R1: 2026 Nov 23 14:03:27 UTC: "
XR = b"<189>77: R1 RP/0/RSP0/CPU0:Nov 23 14:03:27.104 UTC: bgp[1051]: "
EOS = b"<165>Nov 23 14:03:27 R1 Rib: "
JUNOS = b"<28>Nov 23 14:03:27  R1 rpd[2902]: "
FRR = b'<30>1 2026-11-23T14:03:27.104+00:00 R1 bgpd 27 BGP [a@1 id="x"] '


def heard(raw: bytes, vendor: str = "") -> LogMessage:
    message = read(raw, RECEIVED, vendor)
    assert isinstance(message, LogMessage), message
    assert message.hostname == "R1"
    return message


def fact(raw: bytes, vendor: str = "") -> Fact:
    (only,) = heard(raw, vendor).facts
    return only


LINKS = [
    (IOS + b"%LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down", "GigabitEthernet0/1", DOWN, ""),
    (IOS + b"%LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to up", "GigabitEthernet0/1", UP, ""),
    (IOS + b"%LINEPROTO-5-UPDOWN: Line protocol on Interface Tunnel0, changed state to down", "Tunnel0", DOWN, ""),
    (IOS + b"%LINK-5-CHANGED: Interface Gi0/1.100, changed state to administratively down", "GigabitEthernet0/1.100", DOWN, "admin"),
    (IOS + b"%LINEPROTO-SW1-5-UPDOWN: Line protocol on Interface Port-channel1, changed state to up", "Port-channel1", UP, ""),
    (NXOS + b"%ETHPORT-5-IF_DOWN_LINK_FAILURE: Interface Ethernet1/33 is down (Link failure)", "Ethernet1/33", DOWN, ""),
    (NXOS + b"%ETHPORT-5-IF_DOWN_ADMIN_DOWN: Interface Ethernet1/33 is down (Administratively down)", "Ethernet1/33", DOWN, "admin"),
    (NXOS + b"%ETHPORT-5-IF_DOWN_CFG_CHANGE: Interface Ethernet121/1/1 is down(Config change)", "Ethernet121/1/1", DOWN, "config"),
    (NXOS + b"%ETHPORT-5-IF_DOWN_NEVER_HEARD_OF: Interface port-channel7 is down (None)", "Port-channel7", DOWN, ""),
    (NXOS + b"%ETHPORT-5-IF_UP: Interface Ethernet1/7 is up in mode trunk", "Ethernet1/7", UP, ""),
    (NXOS + b"%$ VDC-2 %$ %ETHPORT-5-IF_UP: Interface Ethernet1/7 is up in Layer3", "Ethernet1/7", UP, ""),
    (NXOS + b"%ETH_PORT_CHANNEL-5-PORT_DOWN: port-channel1: Ethernet1/1 is down", "Ethernet1/1", DOWN, ""),
    (NXOS + b"%INTERFACE_VLAN-5-UPDOWN: Line Protocol on Interface vlan 100, changed state to down", "Vlan100", DOWN, ""),
    (XR + b"%PKT_INFRA-LINK-3-UPDOWN : Interface TenGigE0/2/0/4, changed state to Down ", "TenGigE0/2/0/4", DOWN, ""),
    (XR + b"%PKT_INFRA-LINEPROTO-5-UPDOWN : Line protocol on Interface Bundle-Ether1, changed state to Up", "Bundle-Ether1", UP, ""),
    (XR + b"%PKT_INFRA-LINK-5-CHANGED : Interface GigabitEthernet0/0/0/0, changed state to Administratively Down", "GigabitEthernet0/0/0/0", DOWN, "admin"),
    (EOS + b"%LINEPROTO-5-UPDOWN: Line protocol on Interface Ethernet28 (to core, changed state to up), changed state to down", "Ethernet28", DOWN, ""),
    (JUNOS + b"SNMP_TRAP_LINK_DOWN: ifIndex 515, ifAdminStatus up(1), ifOperStatus down(2), ifName ge-0/0/2", "ge-0/0/2", DOWN, ""),
    (JUNOS + b"SNMP_TRAP_LINK_DOWN: ifIndex 515, ifAdminStatus down(2), ifOperStatus down(2), ifName ge-0/0/2.0", "ge-0/0/2.0", DOWN, "admin"),
    (JUNOS + b"SNMP_TRAP_LINK_UP: ifIndex 515, ifAdminStatus up(1), ifOperStatus up(1), ifName ae1", "ae1", UP, ""),
    (b'<28>1 2026-11-23T14:03:27.104Z R1 mib2d 18 SNMP_TRAP_LINK_DOWN [junos@2636.1.1.1.2.25 snmp-interface-index="7" admin-status="up(1)" operational-status="down(2)" interface-name="ge-3/1/7"] ifIndex 7, ifAdminStatus up(1), ifOperStatus down(2), ifName ge-3/1/7', "ge-3/1/7", DOWN, ""),
    (b'<28>1 2026-11-23T14:03:27.104Z R1 mib2d 18 SNMP_TRAP_LINK_DOWN [junos@2636.1.1.1.2.25 snmp-interface-index="7" admin-status="down(2)" operational-status="down(2)" interface-name="ge-3/1/7"]  -', "ge-3/1/7", DOWN, "admin"),
    (b"<30>1 2026-11-23T14:03:27.104Z R1 kernel - - - igb 0000:02:00.0 eth1: igb: eth1 NIC Link is Down", "eth1", DOWN, ""),
    (b"<30>1 2026-11-23T14:03:27.104Z R1 systemd-networkd - - - eth1: Gained carrier", "eth1", UP, ""),
    (FRR + b"MESSAGE: ZEBRA_INTERFACE_DOWN swp1 vrf default(0)", "swp1", DOWN, ""),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "name", "verdict", "reason"), LINKS)
def test_an_interface_that_changes_state(raw: bytes, name: str, verdict: Verdict, reason: str) -> None:
    said = fact(raw)

    assert (said.plane, said.kind) == (Plane.LINK, SubjectKind.INTERFACE)
    assert (said.name, said.verdict, said.reason.value) == (name, verdict, reason)


BGP = [
    (IOS + b"%BGP-5-ADJCHANGE: neighbor 10.0.0.1 Up", "10.0.0.1", UP, "", "default"),
    (IOS + b"%BGP-5-ADJCHANGE: neighbor 10.0.0.1 vpn vrf RED Up", "10.0.0.1", UP, "", "RED"),
    (IOS + b"%BGP-5-ADJCHANGE: neighbor *10.0.0.1 Down Hold time expired", "10.0.0.1", DOWN, "hold-timer", "default"),
    (IOS + b"%BGP-5-ADJCHANGE: neighbor 2A00:2180:4003::108 vpn vrf RED Down BGP Notification sent", "2a00:2180:4003::108", DOWN, "", "RED"),
    (IOS + b"%BGP-5-ADJCHANGE: neighbor FE80::1%GigabitEthernet0/1 Down Interface flap", "fe80::1%GigabitEthernet0/1", DOWN, "interface-down", "default"),
    (IOS + b"%BGP-5-ADJCHANGE: neighbor 10.0.0.1 Down Admin. shutdown", "10.0.0.1", DOWN, "admin", "default"),
    (IOS + b"%BGP-5-ADJCHANGE: neighbor 10.0.0.1 Down User reset", "10.0.0.1", DOWN, "reset", "default"),
    (IOS + b"%BGP-5-ADJCHANGE: neighbor 10.0.0.1 Down Neighbor deleted", "10.0.0.1", DOWN, "admin", "default"),
    (IOS + b"%BGP-5-ADJCHANGE: neighbor 10.0.0.1 Down BFD adjacency down", "10.0.0.1", DOWN, "bfd-down", "default"),
    (IOS + b"%BGP-5-ADJCHANGE: neighbor 10.0.0.1 Down Peer closed the session", "10.0.0.1", DOWN, "peer-closed", "default"),
    (IOS + b"%BGP-5-ADJCHANGE: neighbor 10.0.0.1 Down NSF peer closed the session", "10.0.0.1", IMPAIRED, "graceful-restart", "default"),
    (IOS + b"%BGP-5-ADJCHANGE: neighbor 10.0.0.1 Down Remote AS changed", "10.0.0.1", DOWN, "config", "default"),
    (IOS + b"%BGP-3-NOTIFICATION: sent to neighbor 10.0.0.1 4/0 (hold time expired) 0 bytes", "10.0.0.1", DOWN, "hold-timer", "default"),
    (IOS + b"%BGP-3-NOTIFICATION: sent to neighbor 10.0.0.1 6/2 (Administrative Shutdown) 0 bytes", "10.0.0.1", DOWN, "admin", "default"),
    (IOS + b"%BGP-3-NOTIFICATION: received from neighbor 10.0.0.1 6/2 (Administrative Shutdown) 0 bytes", "10.0.0.1", DOWN, "admin-remote", "default"),
    (IOS + b"%BGP-3-NOTIFICATION: sent to neighbor 10.0.0.1 6/4 (Administrative Reset) 0 bytes", "10.0.0.1", DOWN, "reset", "default"),
    (IOS + b"%BGP-3-NOTIFICATION: received from neighbor 10.0.0.1 6/3 (Peer De-configured) 0 bytes", "10.0.0.1", DOWN, "admin-remote", "default"),
    (IOS + b"%BGP-3-NOTIFICATION: sent to neighbor 10.0.0.1 6/1 (Maximum Number of Prefixes Reached) 7 bytes", "10.0.0.1", DOWN, "max-prefix", "default"),
    (IOS + b"%BGP-5-NBR_RESET: Neighbor 10.0.0.1 reset (BFD adjacency down)", "10.0.0.1", DOWN, "bfd-down", "default"),
    (NXOS + b"%BGP-5-ADJCHANGE:  bgp- [25132] (ISP_SERV) neighbor 10.116.27.1 Down - recv:  other configuration change", "10.116.27.1", DOWN, "config", "ISP_SERV"),
    (NXOS + b"%BGP-5-ADJCHANGE:  bgp-65001 [25132] (default) neighbor 10.116.27.1 Down - sent:  holdtimer expired error", "10.116.27.1", DOWN, "hold-timer", "default"),
    (NXOS + b"%BGP-5-ADJCHANGE:  bgp-65001 [25132] (default) neighbor 10.116.27.1 Up", "10.116.27.1", UP, "", "default"),
    (XR + b"%ROUTING-BGP-5-ADJCHANGE : neighbor 10.0.0.1 Down - BGP Notification sent, hold time expired (VRF: default) (AS: 65000)", "10.0.0.1", DOWN, "hold-timer", "default"),
    (XR + b"%ROUTING-BGP-5-ADJCHANGE : neighbor 10.0.0.1 Down - BGP Notification received, administrative shutdown (VRF: RED) (AS: 65000)", "10.0.0.1", DOWN, "admin-remote", "RED"),
    (XR + b"%ROUTING-BGP-5-ADJCHANGE : neighbor 10.0.0.1 Down - Interface flap (CEASE notification sent - hold time expired) (VRF: nemo) (AS: 100)", "10.0.0.1", DOWN, "interface-down", "nemo"),
    (XR + b"%ROUTING-BGP-5-ADJCHANGE_DETAIL : neighbor 10.0.0.130 Up (VRF: default; AFI/SAFI: 1/128) (AS: 12345)", "10.0.0.130", UP, "", "default"),
    (XR + b"%ROUTING-BGP-5-ADJCHANGE : neighbor 10.0.0.1 Up", "10.0.0.1", UP, "", "default"),
    (EOS + b"%BGP-5-ADJCHANGE: peer 192.0.2.2 (VRF RED AS 12345) old state Established event HoldTime new state Idle", "192.0.2.2", DOWN, "hold-timer", "RED"),
    (EOS + b"%BGP-5-ADJCHANGE: peer 192.0.2.2 (VRF default AS 12345) old state Established event AdminReset new state Idle", "192.0.2.2", DOWN, "reset", "default"),
    (EOS + b"%BGP-3-NOTIFICATION: received from neighbor 192.0.2.2 (VRF RED AS 2611) 6/2 (Cease/administrative shutdown) 0 bytes", "192.0.2.2", DOWN, "admin-remote", "RED"),
    (JUNOS + b"RPD_BGP_NEIGHBOR_STATE_CHANGED: BGP peer 1.1.1.1 (External AS 2222) changed state from Established to Idle (event HoldTime) (instance RED)", "1.1.1.1", DOWN, "hold-timer", "RED"),
    (JUNOS + b"RPD_BGP_NEIGHBOR_STATE_CHANGED: BGP peer 1.1.1.1+179 (Internal AS 2222) changed state from Established to Idle (event Stop) (instance master)", "1.1.1.1", DOWN, "admin", "default"),
    (b'<28>1 2026-11-23T14:03:27.104Z R1 rpd 29 RPD_BGP_NEIGHBOR_STATE_CHANGED [junos@2636.1.1.1.2.57 peer-name="1.1.1.1 (External AS 2)"] BGP peer 1.1.1.1 (External AS 2) changed state from OpenConfirm to Established (event RecvKeepAlive) (instance master)', "1.1.1.1", UP, "", "default"),
    (JUNOS + b"bgp_hold_timeout:4065: NOTIFICATION sent to 203.0.113.9 (External AS 64530): code 4 (Hold Timer Expired Error), Reason: holdtime expired", "203.0.113.9", DOWN, "hold-timer", "default"),
    (JUNOS + b"bgp_handle_notify:4236: NOTIFICATION received from 10.0.0.1 (External AS 64512): code 6 (Cease) subcode 4 (Administrative Reset)", "10.0.0.1", DOWN, "reset", "default"),
    (JUNOS + b"bgp_handle_notify:4236: NOTIFICATION received from 10.0.0.1 (External AS 64512): code 6 (Cease) subcode 2 (Administrative Shutdown)", "10.0.0.1", DOWN, "admin-remote", "default"),
    (FRR + b"%ADJCHANGE: neighbor 10.1.1.2(vm) in vrf RED Down Interface down", "10.1.1.2", DOWN, "interface-down", "RED"),
    (FRR + b"%ADJCHANGE: neighbor swp1(leaf01) in vrf default Down BFD down received", "swp1", DOWN, "bfd-down", "default"),
    (FRR + b"%ADJCHANGE: neighbor 10.1.1.2(Unknown) in vrf Default Up", "10.1.1.2", UP, "", "default"),
    (FRR + b"%ADJCHANGE: neighbor 10.1.1.2(vm) in vrf default Down NSF peer closed the session", "10.1.1.2", IMPAIRED, "graceful-restart", "default"),
    (FRR + b"%NOTIFICATION(Hard Reset): received from neighbor 10.1.1.2 6/10 (Cease/BFD Down) 0 bytes ", "10.1.1.2", DOWN, "bfd-down", "default"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "name", "verdict", "reason", "vrf"), BGP)
def test_a_bgp_session_that_changes_state(raw: bytes, name: str, verdict: Verdict, reason: str, vrf: str) -> None:
    said = fact(raw)

    assert (said.plane, said.kind, said.protocol) == (Plane.SESSION, SubjectKind.NEIGHBOUR, "bgp")
    assert (said.name, said.verdict, said.reason.value, said.vrf) == (name, verdict, reason, vrf)


IGP = [
    (IOS + b"%OSPF-5-ADJCHG: Process 1, Nbr 10.0.0.2 on GigabitEthernet0/0 from FULL to DOWN, Neighbor Down: Dead timer expired", "ospf", "10.0.0.2", ("GigabitEthernet0/0",), DOWN, "hold-timer"),
    (IOS + b"%OSPF-5-ADJCHG: Process 1, Nbr 10.0.0.2 on Vlan7 from FULL to DOWN, Neighbor Down: Interface down or detached", "ospf", "10.0.0.2", ("Vlan7",), DOWN, "interface-down"),
    (IOS + b"%OSPF-5-ADJCHG: Process 1, Nbr 10.0.0.2 on Vlan7 from FULL to DOWN, Neighbor Down: BFD node down", "ospf", "10.0.0.2", ("Vlan7",), DOWN, "bfd-down"),
    (IOS + b"%OSPF-5-ADJCHG: Process 1, Nbr 10.0.0.2 on Vlan7 from FULL to INIT, 1-Way", "ospf", "10.0.0.2", ("Vlan7",), DOWN, "other"),
    (IOS + b"%OSPF-5-ADJCHG: Process 1, Nbr 10.0.0.2 on Vlan7 from LOADING to FULL, Loading Done", "ospf", "10.0.0.2", ("Vlan7",), UP, ""),
    (IOS + b"%OSPFv3-5-ADJCHG: Process 1, IPv6, Nbr 10.0.0.2 on Vlan7 from LOADING to FULL, Loading Done", "ospf", "10.0.0.2", ("Vlan7",), UP, ""),
    (XR + b"%ROUTING-OSPF-5-ADJCHG : Process 1, Nbr 10.0.0.3 on GigabitEthernet0/0/0/0 in area 0.0.0.0 from FULL to DOWN, Neighbor Down: interface down or detached, vrf RED vrfid 0x60000000", "ospf", "10.0.0.3", ("GigabitEthernet0/0/0/0",), DOWN, "interface-down"),
    (NXOS + b"%OSPF-5-ADJCHANGE:  ospf-2 [3860] (default) Nbr 192.168.4.46 on port-channel10 went DOWN", "ospf", "192.168.4.46", ("Port-channel10",), DOWN, ""),
    (NXOS + b"%OSPF-5-ADJCHANGE: ospf-2 [3860] Nbr 192.168.4.46 on port-channel10 went FULL", "ospf", "192.168.4.46", ("Port-channel10",), UP, ""),
    (NXOS + b"%OSPF-5-NBRSTATE:  ospf-2 [3860] Process 2, Nbr 192.168.4.46 on port-channel10 from FULL to DOWN, DEADTIME", "ospf", "192.168.4.46", ("Port-channel10",), DOWN, "hold-timer"),
    (EOS + b"Instance 1: %OSPF-4-OSPF_ADJACENCY_TEARDOWN: NGB 10.0.0.2, interface 172.16.0.1 adjacency dropped: inactivity timer expired, state was: FULL", "ospf", "10.0.0.2", ("172.16.0.1",), DOWN, "hold-timer"),
    (EOS + b"%OSPF-4-OSPF_ADJACENCY_ESTABLISHED: NGB 10.0.0.2, interface 172.16.0.1 adjacency established", "ospf", "10.0.0.2", ("172.16.0.1",), UP, ""),
    (EOS + b"%OSPF-4-OSPF_STATE_CHANGE: NGB 10.0.0.2, intf 172.16.0.2 change from <FULL> to <DOWN>", "ospf", "172.16.0.2", ("10.0.0.2",), DOWN, ""),
    (JUNOS + b"RPD_OSPF_NBRDOWN: OSPF neighbor 1.1.1.1 (realm ospf-v2 ge-0/0/0.0 area 0.0.0.0) state changed from Full to Down due to KillNbr (event reason: interface went down)", "ospf", "1.1.1.1", ("ge-0/0/0.0",), DOWN, "interface-down"),
    (FRR + b"AdjChg: Nbr 10.255.0.2, NbrIP 10.1.1.2 (default) on toc1:10.1.1.1: Full -> Deleted (InactivityTimer)", "ospf", "10.1.1.2", ("10.255.0.2", "toc1"), DOWN, "hold-timer"),
    (FRR + b"AdjChg: Nbr 10.255.0.2(default) on toc1:10.1.1.1: Loading -> Full (LoadingDone)", "ospf", "10.255.0.2", ("toc1",), UP, ""),
    (IOS + b"%CLNS-5-ADJCHANGE: ISIS: Adjacency to NAGSR002 (POS1/0) Down, interface deleted(non-iih)", "isis", "NAGSR002", ("POS1/0",), DOWN, "interface-down"),
    (XR + b"%ROUTING-ISIS-5-ADJCHANGE : Adjacency to gw3.lax1 (TenGigE0/2/0/8.995) (L2) Up, New adjacency", "isis", "gw3.lax1", ("TenGigE0/2/0/8.995",), UP, ""),
    (NXOS + b"%ISIS-5-ADJCHANGE:  isis-UNDERLAY [1234]  P2P adj L1-2 spine2 over Ethernet1/1 - DOWN (Holdtime expired) on MT--1", "isis", "spine2", ("Ethernet1/1",), DOWN, "hold-timer"),
    (JUNOS + b"RPD_ISIS_ADJDOWN: IS-IS lost L1 adjacency to RN-RT on xe-0/3/0.1600, reason: Aged out", "isis", "RN-RT", ("xe-0/3/0.1600",), DOWN, "hold-timer"),
    (FRR + b"%ADJCHANGE: Adjacency to r2 (eth0) for level-2 changed from Up to Down, holding time expired", "isis", "r2", ("eth0",), DOWN, "hold-timer"),
    (IOS + b"%DUAL-5-NBRCHANGE: EIGRP-IPv4 100: Neighbor 172.16.0.4 (Tunnel0) is down: interface down", "eigrp", "172.16.0.4", ("Tunnel0",), DOWN, "interface-down"),
    (IOS + b"%DUAL-5-NBRCHANGE: IP-EIGRP(0) 12: Neighbor 192.168.12.1 (FastEthernet0/0) is up: new adjacency", "eigrp", "192.168.12.1", ("FastEthernet0/0",), UP, ""),
    (IOS + b"%DUAL-5-NBRCHANGE: EIGRP-IPv4 1: Neighbor 172.20.13.97 (Tunnel31) is down: Interface PEER-TERMINATION received", "eigrp", "172.20.13.97", ("Tunnel31",), DOWN, "peer-closed"),
    (IOS + b"%DUAL-5-NBRCHANGE: EIGRP-IPv4 1: Neighbor 10.0.0.2 (Gi0/1) is resync: peer graceful-restart", "eigrp", "10.0.0.2", ("GigabitEthernet0/1",), IMPAIRED, "graceful-restart"),
    (NXOS + b"%EIGRP-5-NBRCHANGE_DUAL:  eigrp-101 [30032] (RED-base) IP-EIGRP(0) 254: Neighbor 192.168.1.66 (Vlan101) is down: retry limit exceeded", "eigrp", "192.168.1.66", ("Vlan101",), DOWN, "other"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "protocol", "name", "peers", "verdict", "reason"), IGP)
def test_an_adjacency_that_changes_state(
    raw: bytes, protocol: str, name: str, peers: tuple[str, ...], verdict: Verdict, reason: str
) -> None:
    said = fact(raw)

    assert (said.plane, said.kind, said.protocol) == (Plane.SESSION, SubjectKind.NEIGHBOUR, protocol)
    assert (said.name, said.peer_names, said.verdict, said.reason.value) == (name, peers, verdict, reason)


@pytest.mark.parametrize(
    ("raw", "vrf"),
    [
        (IGP[6][0], "RED"),
        (IGP[25][0], "RED"),
        (b"<165>Nov 23 14:03:27 R1 Ospf-vrf-vch-guest[10200]: Instance 300: %OSPF-4-OSPF_ADJACENCY_TEARDOWN: NGB 10.0.0.2, interface 172.16.0.1 adjacency dropped: interface went down, state was: FULL", "vch-guest"),
    ],
)  # fmt: skip
def test_an_adjacency_has_its_vrf_where_the_device_tells(raw: bytes, vrf: str) -> None:
    assert fact(raw).vrf == vrf


BFD = [
    (XR + b"%L2-BFD-6-SESSION_STATE_DOWN : BFD session to neighbor fe80::2 on interface FourHundredGigE0/0/0/1 has gone down. Reason: Control timer expired", "fe80::2", ("FourHundredGigE0/0/0/1",), DOWN, "hold-timer"),
    (XR + b"%L2-BFD-6-SESSION_STATE_DOWN : BFD session to neighbor 31.1.1.2 on interface Bundle-Ether30.1 has gone down. Reason: Admin down ", "31.1.1.2", ("Bundle-Ether30.1",), DOWN, "admin"),
    (XR + b"%L2-BFD-6-SESSION_STATE_UP : BFD session to neighbor 10.0.1.1 on interface Te0/0/0/1 is up", "10.0.1.1", ("TenGigE0/0/0/1",), UP, ""),
    (NXOS + b"%BFD-5-SESSION_STATE_DOWN: BFD session 1090519044 to neighbor 10.0.0.2 on interface Vlan10 has gone down. Reason: Echo Function Failed.", "10.0.0.2", ("Vlan10",), DOWN, "hold-timer"),
    (EOS + b"%BFD-5-STATE_CHANGE: peer (vrf:default, ip:18.11.5.1, intf:Ethernet50/1, srcIp:0.0.0.0, type:normal) changed state from Up to AdminDown diag None", "18.11.5.1", ("Ethernet50/1",), DOWN, "admin"),
    (JUNOS + b"BFDD_TRAP_SHOP_STATE_DOWN: local discriminator: 46, new state: down, interface: irb.1, peer addr: 192.0.2.1", "192.0.2.1", ("irb.1",), DOWN, ""),
    (JUNOS + b"%DAEMON-4-BFDD_TRAP_SHOP_STATE_DOWN: local discriminator: 30, new state: down, interface: xe-1/1/10:0.86, peer addr: 192.168.130.221", "192.168.130.221", ("xe-1/1/10:0.86",), DOWN, ""),
    (JUNOS + b"BFDD_TRAP_MHOP_STATE_UP: local discriminator: 46, new state: up, peer addr: 192.0.2.1", "192.0.2.1", (), UP, ""),
    (JUNOS + b"BFDD_STATE_UP_TO_DOWN: BFD Session 192.0.2.1 (IFL 393) state Up -> Down LD/RD(46/19) Up time:00:03:12 Local diag: AdminDown Remote diag: None Reason: Received Upstream Destroy Session.", "192.0.2.1", (), DOWN, "admin"),
    (JUNOS + b"BFDD_STATE_UP_TO_DOWN: BFD Session 192.0.2.1 (IFL 393) state Up -> Down LD/RD(46/19) Up time:00:03:12 Local diag: CtlExpire Remote diag: None Reason: Detect Timer Expiry.", "192.0.2.1", (), DOWN, "hold-timer"),
    (IOS + b"%BFDFSM-6-BFD_SESS_DOWN: BFD-SYSLOG: BFD session ld:2039 handle:2,is going Down Reason: ECHO FAILURE", "ld:2039", (), DOWN, "hold-timer"),
    (IOS + b"%BFDFSM-6-BFD_SESS_UP: BFD-SYSLOG: BFD session ld:4097 handle:1 is going UP", "ld:4097", (), UP, ""),
    (FRR + b"state-change: [mhop:no peer:10.1.1.2 local:10.1.1.1 vrf:default ifname:toc1] up -> down reason:control-expired", "10.1.1.2", ("toc1",), DOWN, "hold-timer"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "name", "peers", "verdict", "reason"), BFD)
def test_a_bfd_session_that_changes_state(
    raw: bytes, name: str, peers: tuple[str, ...], verdict: Verdict, reason: str
) -> None:
    said = fact(raw)

    assert (said.plane, said.kind, said.protocol) == (Plane.SESSION, SubjectKind.BFD, "bfd")
    assert (said.name, said.peer_names, said.verdict, said.reason.value) == (name, peers, verdict, reason)


UNDECIDED = [
    IOS + b"%OSPF-5-ADJCHG: Process 1, Nbr 10.0.0.2 on Vlan7 from INIT to EXSTART, 2-Way",
    IOS + b"%OSPF-5-ADJCHG: Process 1, Nbr 10.0.0.2 on Vlan7 from FULL to 2WAY, AdjOK?",
    XR + b"%ROUTING-BGP-5-ADJCHANGE : neighbor 2001:de8:4::39:9077:1 Downloading update (VRF: network) (AS: 399077)",
    IOS + b"%BGP-3-NOTIFICATION: sent to neighbor 10.0.0.1 active 2/2 (peer in wrong AS) 2 bytes FDE8",
    FRR + b"%NOTIFICATION: sent to neighbor 10.1.1.2 6/7 (Cease/Connection Collision Resolution) 0 bytes ",
    JUNOS + b"bgp_listen_accept:4984: NOTIFICATION sent to 2001:e8::1+51528 (proto): code 6 (Cease) subcode 5 (Connection Rejected)",
    IOS + b"%BGP-5-NBR_RESET: Neighbor 10.0.0.1 active reset (BGP Notification sent)",
    IOS + b"%BGP-4-MAXPFX: Number of prefixes received from 10.0.0.1 (afi 0) reaches 750, max 1000",
    IOS + b"%BGP-3-MAXPFXEXCEED: Number of prefixes received from 10.0.0.1 (afi 0): 1001 exceeds limit 1000",
    IOS + b"%TCP-6-BADAUTH: No MD5 digest from 10.0.0.1(179) to 10.0.0.2(11000) tableid - 0",
    JUNOS + b"RPD_BGP_NEIGHBOR_STATE_CHANGED: BGP peer 1.1.1.1 (External AS 2) changed state from Connect to Active (event TransportError) (instance master)",
    EOS + b"%BGP-5-ADJCHANGE: peer 192.0.2.2 (VRF default AS 1) old state OpenSent event RecvNotify new state Idle",
]  # fmt: skip


@pytest.mark.parametrize("raw", UNDECIDED)
def test_what_decides_nothing_is_understood_and_says_no_verdict(raw: bytes) -> None:
    assert heard(raw).facts == ()


EVENTS = [
    (IOS + b"%SYS-5-RESTART: System restarted --", DeviceEventKind.RESTART, "", "System restarted"),
    (IOS + b"%SYS-5-RELOAD: Reload requested by joe on vty0 (10.0.0.9). Reload Reason: Reload command.", DeviceEventKind.RESTART, "joe", "Reload requested by joe on vty0 (10.0.0.9). Reload Reason: Reload command"),
    (IOS + b"%SNMP-5-COLDSTART: SNMP agent on host R1 is undergoing a cold start", DeviceEventKind.RESTART, "", "SNMP agent on host R1 is undergoing a cold start"),
    (XR + b"%OS-SYSMGR-5-NOTICE : Card is COLD started ", DeviceEventKind.RESTART, "", "Card is COLD started"),
    (JUNOS + b"SNMPD_TRAP_COLD_START: trap_generate_cold: SNMP trap: cold start", DeviceEventKind.RESTART, "", "trap_generate_cold: SNMP trap: cold start"),
    (JUNOS + b"UI_REBOOT_EVENT: System rebooted by 'joe'", DeviceEventKind.RESTART, "joe", "System rebooted by 'joe'"),
    (IOS + b"%SYS-5-CONFIG_I: Configured from console by joe on vty0 (10.0.0.9)", DeviceEventKind.CONFIG_CHANGE, "joe", "Configured from console by joe on vty0 (10.0.0.9)"),
    (IOS + b"%SYS-SW1-5-CONFIG_I: Configured from 10.0.0.9 by snmp", DeviceEventKind.CONFIG_CHANGE, "snmp", "Configured from 10.0.0.9 by snmp"),
    (NXOS + b"%VSHD-5-VSHD_SYSLOG_CONFIG_I: Configured from vty by admin on 10.1.1.1@pts/1", DeviceEventKind.CONFIG_CHANGE, "admin", "Configured from vty by admin on 10.1.1.1@pts/1"),
    (XR + b"%MGBL-CONFIG-6-DB_COMMIT : Configuration committed by user 'cisco'. Use 'show configuration commit changes 1000000261' to view the changes.", DeviceEventKind.CONFIG_CHANGE, "cisco", "Configuration committed by user 'cisco'. Use 'show configuration commit changes 1000000261' to view the changes"),
    (XR + b"%MGBL-SYS-5-CONFIG_I : Configured from console by joe on vty0 (10.0.0.9)", DeviceEventKind.CONFIG_CHANGE, "joe", "Configured from console by joe on vty0 (10.0.0.9)"),
    (EOS + b"%SYS-5-CONFIG_I: Configured from console by admin on vty3 (127.0.0.1)", DeviceEventKind.CONFIG_CHANGE, "admin", "Configured from console by admin on vty3 (127.0.0.1)"),
    (JUNOS + b"UI_COMMIT: User 'luke' requested 'commit' operation (comment: hello)", DeviceEventKind.CONFIG_CHANGE, "luke", "User 'luke' requested 'commit' operation (comment: hello)"),
    (JUNOS + b"UI_COMMIT_COMPLETED: commit complete", DeviceEventKind.CONFIG_CHANGE, "", "commit complete"),
    (IOS + b"%PARSER-5-CFGLOG_LOGGEDCMD: User:joe  logged command:no ip route 10.0.0.0 255.0.0.0 10.1.1.2 ", DeviceEventKind.CONFIG_COMMAND, "joe", "no ip route 10.0.0.0 255.0.0.0 10.1.1.2"),
    (IOS + b"%PARSER-5-CFGLOG_LOGGEDCMD: User:joe  logged command:username x password 7 08314942", DeviceEventKind.CONFIG_COMMAND, "joe", "username x password 7 <redacted>"),
    (NXOS + b"%AAA-6-AAA_ACCOUNTING_MESSAGE: update:10.0.0.9@pts/0:joe:configure terminal ; interface Ethernet1/1 ; shutdown (SUCCESS)", DeviceEventKind.CONFIG_COMMAND, "joe", "configure terminal ; interface Ethernet1/1 ; shutdown (SUCCESS)"),
    (JUNOS + b"UI_CFG_AUDIT_SET: User 'joe' set: [interfaces ge-3/1/6] unconfigured -- \"disable\"", DeviceEventKind.CONFIG_COMMAND, "joe", "set: [interfaces ge-3/1/6] unconfigured -- \"disable\""),
    (JUNOS + b"UI_CMDLINE_READ_LINE: User 'joe', command 'set interfaces ge-3/1/6 disable '", DeviceEventKind.CONFIG_COMMAND, "joe", "set interfaces ge-3/1/6 disable"),
    (FRR + b"vty[21]@127.0.0.1(config-router)# neighbor 10.0.0.1 shutdown", DeviceEventKind.CONFIG_COMMAND, "127.0.0.1", "neighbor 10.0.0.1 shutdown"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "kind", "who", "text"), EVENTS)
def test_something_happens_to_a_device_as_a_whole(raw: bytes, kind: DeviceEventKind, who: str, text: str) -> None:
    (event,) = heard(raw).events

    assert (event.kind, event.who, event.text) == (kind, who, text)


EEM = IOS + b"%HA_EM-6-LOG: ROUTEWATCH: route "
ROUTES = [
    (b"modify 10.0.0.0/8 via 10.1.1.2 GigabitEthernet0/1 protocol ospf", "10.0.0.0/8", UP, ("10.1.1.2", "GigabitEthernet0/1", "ospf")),
    (b"add 10.0.0.0/255.0.0.0 via 10.1.1.2 Gi0/1 protocol OSPF 1", "10.0.0.0/8", UP, ("10.1.1.2", "GigabitEthernet0/1", "ospf")),
    (b"add 0.0.0.0 0.0.0.0 via 10.1.1.2 protocol bgp", "0.0.0.0/0", UP, ("10.1.1.2", None, "bgp")),
    (b"add 10.9.0.0/16 via 0.0.0.0 GigabitEthernet0/1 protocol connected", "10.9.0.0/16", UP, (None, "GigabitEthernet0/1", "connected")),
    (b"modify 10.0.0.0/8 via 0.0.0.0 Null0 protocol static", "10.0.0.0/8", DOWN, (None, "Null0", "static")),
    (b"modify 10.0.0.0/8 via Null0 protocol static", "10.0.0.0/8", DOWN, (None, "Null0", "static")),
    (b"add 2001:DB8::/32 via FE80::1 GigabitEthernet0/1 protocol bgp", "2001:db8::/32", UP, ("fe80::1", "GigabitEthernet0/1", "bgp")),
    (b"remove 10.0.0.0/8 via 10.1.1.2 GigabitEthernet0/1 protocol ospf", "10.0.0.0/8", DOWN, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "prefix", "verdict", "path"), ROUTES)
def test_the_devices_own_word_on_what_carries_a_prefix(
    text: bytes, prefix: str, verdict: Verdict, path: tuple[str | None, str | None, str] | None
) -> None:
    said = fact(EEM + text)

    assert (said.plane, said.kind, said.name, said.verdict) == (Plane.ROUTE, SubjectKind.PREFIX, prefix, verdict)
    assert said.installed == (() if path is None else (InstalledPath(*path),))


@pytest.mark.parametrize(
    "raw",
    [
        IOS + b"%HA_EM-6-LOG: on_high_cpu: CPU utilization is over 80%:",
        IOS
        + b"%BGP_SESSION-5-ADJCHANGE: neighbor 10.1.1.2 IPv4 Unicast topology base removed from session  Interface flap",
        IOS + b"%SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: joe]",
        NXOS + b"%AAA-6-AAA_ACCOUNTING_MESSAGE: update:10.0.0.9@pts/0:joe:show version (SUCCESS)",
        NXOS + b"%ETHPORT-5-IF_DUPLEX: Interface Ethernet1/33, operational duplex mode changed to Full",
        JUNOS + b"UI_COMMIT_PROGRESS: Commit operation in progress: running",
        JUNOS + b"UI_COMMIT: User 'luke' requested 'commit check' operation (comment: none)",
        JUNOS + b"UI_CMDLINE_READ_LINE: User 'joe', command 'show interfaces '",
        FRR + b"bmp[10.0.0.1]: connect in progress  10.0.0.1:5000",
        b"<189>77: R1: Nov 23 14:03:27.104 UTC: %AAA-6-X: quoting %BGP-5-ADJCHANGE: neighbor 10.0.0.1 Down",
    ],
)
def test_a_message_about_something_else_is_unrelated(raw: bytes) -> None:
    assert read(raw, RECEIVED) == Unrelated(hostname="R1")


@pytest.mark.parametrize(
    "raw",
    [
        IOS + b"%BGP-5-ADJCHANGE: gobbledygook",
        IOS + b"%LINK-3-UPDOWN: Interface",
        IOS + b"%HA_EM-6-LOG: ROUTEWATCH: route modify 10.0.0.0/99 via 10.1.1.2 protocol ospf",
        IOS + b"%HA_EM-6-LOG: ROUTEWATCH: route modify nonsense",
        JUNOS + b"RPD_OSPF_NBRDOWN: lost somebody",
        FRR + b"AdjChg: Nbr ?",
    ],
)
def test_a_message_of_ours_with_an_unknown_body_is_unparsed_and_says_which(raw: bytes) -> None:
    message = read(raw, RECEIVED)

    assert isinstance(message, Unparsed)
    assert message.hostname == "R1"
    assert message.why


@pytest.mark.parametrize("raw", [b"", b"\n", b"\x00\x00", b"hello", b"<999>%BGP-5-ADJCHANGE: neighbor 10.0.0.1 Up"])
def test_no_syslog_message_is_unparsed(raw: bytes) -> None:
    assert isinstance(read(raw, RECEIVED), Unparsed)


def test_the_devices_clock_comes_with_its_word() -> None:
    message = heard(IOS + b"%BGP-5-ADJCHANGE: neighbor 10.0.0.1 Up\r\n\0")

    assert message.mnemonic == "BGP-5-ADJCHANGE"
    assert message.is_time_trustworthy
    assert message.device_time == pytest.approx(1795442607.104)


def test_a_short_name_is_lengthened_in_the_vendors_way() -> None:
    raw = EOS + b"%LINEPROTO-5-UPDOWN: Line protocol on Interface et1, changed state to down"

    assert fact(raw, "arista_eos").name == "Ethernet1"
    assert fact(raw).name == "et1"


def test_nothing_a_device_wrote_can_reach_a_terminal_raw() -> None:
    message = heard(IOS + b"%BGP-5-ADJCHANGE: neighbor 10.0.0.1 Down \x1b[2J\xe2\x80\xaeboo\x07")

    assert message.facts[0].detail.isprintable()
    assert message.facts[0].reason is Reason.OTHER


MESSAGES = (
    [row[0] for table in (LINKS, BGP, IGP, BFD, EVENTS) for row in table] + UNDECIDED + [EEM + r[0] for r in ROUTES]
)
VENDORS = st.sampled_from(["", "cisco_ios", "cisco_nxos", "cisco_xr", "arista_eos", "juniper_junos", "frr"])


def showable(message: LogMessage | Unrelated | Unparsed) -> bool:
    texts = [message.hostname]
    if isinstance(message, Unparsed):
        texts.append(message.why)
    elif isinstance(message, LogMessage):
        texts.append(message.mnemonic)
        for said in message.facts:
            texts += [said.name, said.protocol, said.vrf, said.detail, *said.peer_names]
            texts += [
                text for path in said.installed for text in (path.next_hop, path.interface, path.protocol) if text
            ]
        texts += [text for event in message.events for text in (event.text, event.who)]
    return all(len(text) <= 600 and sanitise(text) == text for text in texts)


@LAW
@given(st.binary(max_size=300), VENDORS, st.floats(0, 4e9))
def test_any_bytes_get_an_answer_that_can_be_shown(raw: bytes, vendor: str, received_at: float) -> None:
    assert showable(read(raw, received_at, vendor))


@LAW
@given(st.sampled_from(MESSAGES), st.integers(0, 250), st.binary(max_size=6), st.integers(0, 12), VENDORS)
def test_a_damaged_message_gets_an_answer_that_can_be_shown(
    raw: bytes, where: int, noise: bytes, removed: int, vendor: str
) -> None:
    assert showable(read(raw[:where] + noise + raw[where + removed :], RECEIVED, vendor))


@LAW
@given(st.sampled_from(sorted(vendors.ALL_KEYS)), st.text(max_size=80), VENDORS)
def test_any_text_behind_a_mnemonic_of_ours_gets_an_answer_that_can_be_shown(key: str, text: str, vendor: str) -> None:
    facility, dash, mnemonic = key.rstrip("*").partition("-")
    tag = f"%{facility}-5-{mnemonic}:" if dash else key
    assert showable(read(IOS + f"{tag} {text}".encode("utf-8", "replace"), RECEIVED, vendor))


@pytest.mark.parametrize("raw", MESSAGES)
def test_a_message_is_read_alike_behind_a_relay_and_with_its_line_end(raw: bytes) -> None:
    priority, _, rest = raw.partition(b">")
    relayed = read(priority + b">Nov 23 14:59:00 10.9.9.9 " + rest + b"\r\n", RECEIVED)
    direct = heard(raw)

    assert isinstance(relayed, LogMessage)
    assert (relayed.facts, relayed.events, relayed.mnemonic) == (direct.facts, direct.events, direct.mnemonic)
