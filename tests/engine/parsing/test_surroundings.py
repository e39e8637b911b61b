"""HSRP, VRRP, tracked objects and devices' own probes of every vendor: context that decides nothing; and EIGRP everywhere."""

# ruff: noqa: E501 - a message stands on one line, as the device prints it
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.model.observation import Fact, LogMessage, Plane, SubjectKind, Unparsed, Unrelated, Verdict
from statetrace_engine.model.text import sanitise
from statetrace_engine.parsing.syslog_text import read

RECEIVED = 1795402000.0
UP, DOWN, IMPAIRED = Verdict.UP, Verdict.DOWN, Verdict.IMPAIRED

IOS = b"<189>77: R1: Nov 23 14:03:27.104 UTC: "
NXOS = b"<189>R1: 2026 Nov 23 14:03:27 UTC: "
XR = b"<189>77: R1 RP/0/RSP0/CPU0:Nov 23 14:03:27.104 UTC: eigrp[1051]: "
EOS = b"<165>Nov 23 14:03:27 R1 Vrrp: "
JUNOS = b"<28>Nov 23 14:03:27  R1 vrrpd[2902]: "
FRR = b"<30>Nov 23 14:03:27 R1 eigrpd[27]: [AAAAA-BBBBB] "
FASTIRON = b"<14>Nov 23 14:03:27 R1 "
AOSCX = b"<190>1 2026-11-23T14:03:27.104+00:00 R1 vrrpd 1633 - - Event|7601|LOG_INFO|AMM|-|"
PANOS = b"<14>Nov 23 14:03:27 R1 1,2026/11/23 14:03:27,0123,SYSTEM,"
PROCURVE = b"<14>Nov 23 14:03:27 R1 "


def fact(raw: bytes) -> Fact:
    message = read(raw, RECEIVED)
    assert isinstance(message, LogMessage), message
    assert message.hostname == "R1"
    (only,) = message.facts
    return only


CONTEXT = [
    (IOS + b"%HSRP-5-STATECHANGE: Gi0/1 Grp 1 state Standby -> Active", "hsrp", "GigabitEthernet0/1 group 1", UP, "Standby -> Active"),
    (IOS + b"%HSRP-5-STATECHANGE: GigabitEthernet0/0.10 Grp 10 state Active -> Speak", "hsrp", "GigabitEthernet0/0.10 group 10", DOWN, "Active -> Speak"),
    (IOS + b"%HSRP-6-STATECHANGE: Vlan7 Grp 1 state Standby -> Active (#1)", "hsrp", "Vlan7 group 1", UP, "Standby -> Active"),
    (IOS + b"%STANDBY-6-STATECHANGE: Vlan7 Group 7 state Standby -> Active", "hsrp", "Vlan7 group 7", UP, "Standby -> Active"),
    (IOS + b"%VRRP-6-STATECHANGE: Vl7 Grp 10 state Master -> Backup", "vrrp", "Vlan7 group 10", DOWN, "Master -> Backup"),
    (IOS + b"%VRRP-6-STATECHANGE: Gi0/0/0 Grp 10 AF IPv6 state Backup -> Master", "vrrp", "GigabitEthernet0/0/0 group 10", UP, "Backup -> Master"),
    (IOS + b"%VRRP-6-STATE: GigabitEthernet0/0/1 IPv4 group 1 state BACKUP -> MASTER", "vrrp", "GigabitEthernet0/0/1 group 1", UP, "BACKUP -> MASTER"),
    (IOS + b"%GLBP-6-STATECHANGE: Vlan7 Grp 7 state Active -> Speak", "glbp", "Vlan7 group 7", DOWN, "Active -> Speak"),
    (XR + b"%IP-STANDBY-6-INFO_STATECHANGE : SB[10]: GigabitEthernet0/1/0/2: state Standby -> Active", "hsrp", "GigabitEthernet0/1/0/2 group 10", UP, "Standby -> Active"),
    (XR + b"%IP-VRRP-6-INFO_STATECHANGE : GigabitEthernet0/1/0/2: vrid 3 state Master -> Init", "vrrp", "GigabitEthernet0/1/0/2 group 3", DOWN, "Master -> Init"),
    (NXOS + b"%HSRP_ENGINE-5-GRPSTATECHANGE: Interface Vlan7 Group 7 state changed from Standby to Active", "hsrp", "Vlan7 group 7", UP, "Standby -> Active"),
    (NXOS + b"%HSRP_ENGINE-6-STATECHANGE:  Vlan7 Grp 7 IPv4 state changed to Standby reason: Active to Speak", "hsrp", "Vlan7 group 7", DOWN, "Standby, Active to Speak"),
    (NXOS + b"%VRRP-ENG-5-VR_STATE_CHANGE: Interface Vlan7 VR 7 changed state from Backup to Master", "vrrp", "Vlan7 group 7", UP, "Backup -> Master"),
    (EOS + b"%VRRP-5-STATECHANGE: Vlan7 Grp 7 state Backup -> Master", "vrrp", "Vlan7 group 7", UP, "Backup -> Master"),
    (EOS + b"%VRRP-5-STATECHANGE: VRRP v2 Group 10 on Vlan10: state change Backup -> Master", "vrrp", "Vlan10 group 10", UP, "Backup -> Master"),
    (XR + b"%IP-STANDBY-6-INFO_STATECHANGE : SB1: GigabitEthernet0/1/0/2: state Standby -> Active", "hsrp", "GigabitEthernet0/1/0/2 group 1", UP, "Standby -> Active"),
    (JUNOS + b"VRRPD_NEW_MASTER: Interface ae0.7 (local address 192.0.2.3) became VRRP master for group 1 with master reason Running priority high", "vrrp", "ae0.7 group 1", UP, "master, Running priority high"),
    (JUNOS + b"VRRPD_NEW_BACKUP: Interface ae0.7 (local address 192.0.2.3) became VRRP backup for group 1", "vrrp", "ae0.7 group 1", DOWN, "backup"),
    (JUNOS + b"%DAEMON-4-VRRPD_NEW_BACKUP: Interface ae0.7 (local address 192.0.2.3) became VRRP backup for group 1", "vrrp", "ae0.7 group 1", DOWN, "backup"),
    (b"<30>Nov 23 14:03:27 R1 vrrpd[27]: [CORE] [VRID 10] [IPv4] Backup -> Master", "vrrp", "group 10", UP, "Backup -> Master"),
    (FASTIRON + b"VRRP: intf state changed, intf 1/1/1, vrid 1, state backup", "vrrp", "Ethernet1/1/1 group 1", DOWN, "backup"),
    (FASTIRON + b"VRRP intf state changed, intf ve 10, vrid 1, state master", "vrrp", "ve10 group 1", UP, "master"),
    (AOSCX + b"VRRP VRID 10 on interface vlan10 changed from Backup to Master", "vrrp", "vlan10 group 10", UP, "Backup -> Master"),
    (PROCURVE + b"02617 vrrp: Virtual router 10 on VLAN 7 moved from Backup to Master", "vrrp", "Vlan7 group 10", UP, "Backup -> Master"),
    (PANOS + b'ha,0,2026/11/23 14:03:27,,state-change,,0,0,general,critical,"HA Group 1: Moved from state Passive to state Active",12', "ha", "group 1", UP, "Passive -> Active"),
    (JUNOS + b"JSRPD_RG_STATE_CHANGE: Redundancy-group 1 transitioned from 'secondary' to 'primary' state due to Remote node is in secondary hold", "ha", "group 1", UP, "secondary -> primary, Remote node is in secondary hold"),
    (JUNOS + b"JSRPD_RG_STATE_CHANGE: Redundancy-group 1 transitioned from 'primary' to 'secondary-hold' state due to Monitor failed: IF", "ha", "group 1", DOWN, "primary -> secondary-hold, Monitor failed: IF"),
    (IOS + b"%TRACKING-5-STATE: 1 ip sla 1 reachability Up->Down", "track", "1", DOWN, "ip sla 1 reachability Up -> Down"),
    (IOS + b"%TRACKING-5-STATE: 1 rtr 1 reachability Down->Up", "track", "1", UP, "rtr 1 reachability Down -> Up"),
    (IOS + b"%TRACK-6-STATE: 2 interface Gi0/1 line-protocol Up -> Down", "track", "2", DOWN, "interface Gi0/1 line-protocol Up -> Down"),
    (IOS + b"%TRACK-6-STATE: 10 list boolean and Down -> Up", "track", "10", UP, "list boolean and Down -> Up"),
    (IOS + b"%TRACK-6-STATE: 1 ip route 10.9.0.0/16 reachability Down -> Up", "track", "1", UP, "ip route 10.9.0.0/16 reachability Down -> Up"),
    (IOS + b"%RTT-3-IPSLATHRESHOLD: IP SLAs(1): Threshold Occurred for timeout", "ip sla", "1", DOWN, "timeout Occurred"),
    (IOS + b"%RTT-3-IPSLATHRESHOLD: IP SLAs(1): Threshold Cleared for timeout", "ip sla", "1", UP, "timeout Cleared"),
    (IOS + b"%RTT-3-IPSLATHRESHOLD: IP SLAs(5): Threshold exceeded for rtt (value 350, rising 300, falling 200)", "ip sla", "5", IMPAIRED, "rtt exceeded"),
    (IOS + b"%RTT-4-OPER_TIMEOUT: condition occurred, entry number = 1", "ip sla", "1", DOWN, "occurred"),
    (JUNOS + b"PING_TEST_FAILED: pingCtlOwnerIndex = isp-rpm, pingCtlTestName = echo", "rpm", "isp-rpm echo", DOWN, "failed"),
    (JUNOS + b"PING_PROBE_FAILED: pingCtlOwnerIndex = isp-rpm, pingCtlTestName = echo", "rpm", "isp-rpm echo", IMPAIRED, "probe failed"),
    (JUNOS + b"PING_TEST_COMPLETED: pingCtlOwnerIndex = isp-rpm, pingCtlTestName = echo", "rpm", "isp-rpm echo", UP, "completed"),
    (b'<28>1 2026-11-23T14:03:27.104Z R1 rmopd 1199 PING_TEST_FAILED [junos@2636.1.1.1.2.26 test-owner="isp-rpm" test-name="echo"]', "rpm", "isp-rpm echo", DOWN, "failed"),
    (AOSCX + b"IP-SLA session to-isp state changed to Down", "ip sla", "to-isp", DOWN, "Down"),
    (PANOS + b'routing,0,2026/11/23 14:03:27,,path-monitor-failure,VR1,0,2,general,critical,"Path monitoring failed for static route destination 10.9.0.0/16 with next hop 192.0.2.1. Route removed."', "path monitoring", "10.9.0.0/16", DOWN, "failed, 192.0.2.1"),
    (PANOS + b'routing,0,2026/11/23 14:03:27,,path-monitor-recovery,VR1,0,2,general,high,"Path monitoring recovered for static route destination 10.9.0.0/16 with next hop 192.0.2.1. Route restored."', "path monitoring", "10.9.0.0/16", UP, "recovered, 192.0.2.1"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "protocol", "name", "verdict", "detail"), CONTEXT)
def test_what_surrounds_a_route_is_context(raw: bytes, protocol: str, name: str, verdict: Verdict, detail: str) -> None:
    said = fact(raw)

    assert (said.plane, said.kind) == (Plane.CONTEXT, SubjectKind.DEVICE)
    assert (said.protocol, said.name, said.verdict, said.detail) == (protocol, name, verdict, detail)


EIGRP = [
    (IOS + b"%DUAL-5-NBRCHANGE: EIGRP-IPv4 100: Neighbor 10.1.1.2 (Gi0/1) is down: holding time expired", "10.1.1.2", "GigabitEthernet0/1", DOWN, "hold-timer", "default"),
    (IOS + b"%DUAL-5-NBRCHANGE: EIGRP-IPv4 100: Neighbor 10.1.1.2 (Gi0/1) is down: peer restarted", "10.1.1.2", "GigabitEthernet0/1", DOWN, "peer-closed", "default"),
    (IOS + b"%DUAL-5-NBRCHANGE: EIGRP-IPv4 100: Neighbor 10.1.1.2 (Gi0/1) is down: Interface Goodbye received", "10.1.1.2", "GigabitEthernet0/1", DOWN, "peer-closed", "default"),
    (IOS + b"%DUAL-5-NBRCHANGE: EIGRP-IPv4 100: Neighbor 10.1.1.2 (Gi0/1) is down: K-value mismatch", "10.1.1.2", "GigabitEthernet0/1", DOWN, "config", "default"),
    (IOS + b"%DUAL-5-NBRCHANGE: EIGRP-IPv4 100: Neighbor 10.1.1.2 (Gi0/1) is down: Auth failure", "10.1.1.2", "GigabitEthernet0/1", DOWN, "authentication", "default"),
    (IOS + b"%DUAL-5-NBRCHANGE: EIGRP-IPv4 100: Neighbor 10.1.1.2 (Gi0/1) is down: BFD peer down notified", "10.1.1.2", "GigabitEthernet0/1", DOWN, "bfd-down", "default"),
    (IOS + b"%DUAL-5-NBRCHANGE: IP-EIGRP(0) 100: Neighbor 10.1.1.2 (Serial0/0/0) is down: retry limit exceeded", "10.1.1.2", "Serial0/0/0", DOWN, "other", "default"),
    (IOS + b"%DUAL-5-NBRCHANGE: EIGRP-IPv6 100: Neighbor FE80::2 (Gi0/1) is up: new adjacency", "fe80::2", "GigabitEthernet0/1", UP, "", "default"),
    (IOS + b"%DUAL-5-NBRCHANGE: EIGRP-IPv4 vrf BLUE 100: Neighbor 10.1.1.2 (Gi0/1) is down: interface down", "10.1.1.2", "GigabitEthernet0/1", DOWN, "interface-down", "BLUE"),
    (NXOS + b"%EIGRP-5-NBRCHANGE_DUAL:  eigrp-100 [30032] (BLUE-base) IP-EIGRP(0) 100: Neighbor 10.1.1.2 (Vlan7) is down: holding time expired", "10.1.1.2", "Vlan7", DOWN, "hold-timer", "BLUE"),
    (NXOS + b"%EIGRP-5-NBRCHANGE_DUAL:  eigrp-100 [30032] (default-base) IP-EIGRP(0) 100: Neighbor 10.1.1.2 (Ethernet1/1) is up: new adjacency", "10.1.1.2", "Ethernet1/1", UP, "", "default"),
    (XR + b"%ROUTING-EIGRP-5-NBRCHANGE : IP-EIGRP(0) 100: Neighbor 10.1.1.2 (GigabitEthernet0/0/0/1) is down: holding time expired", "10.1.1.2", "GigabitEthernet0/0/0/1", DOWN, "hold-timer", "default"),
    (FRR + b"Neighbor 10.1.1.2 (eth1) is down: holding time expired", "10.1.1.2", "eth1", DOWN, "hold-timer", "default"),
    (FRR + b"Neighbor 10.1.1.2 (eth1) going down: Kvalue mismatch", "10.1.1.2", "eth1", DOWN, "config", "default"),
    (FRR + b"Neighbor 10.1.1.2 (eth1) is up: new adjacency", "10.1.1.2", "eth1", UP, "", "default"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "name", "iface", "verdict", "reason", "vrf"), EIGRP)
def test_an_eigrp_neighbour_comes_and_goes(
    raw: bytes, name: str, iface: str, verdict: Verdict, reason: str, vrf: str
) -> None:
    said = fact(raw)

    assert (said.plane, said.kind, said.protocol) == (Plane.SESSION, SubjectKind.NEIGHBOUR, "eigrp")
    assert (said.name, said.peer_names, said.vrf) == (name, (iface,), vrf)
    assert (said.verdict, said.reason.value) == (verdict, reason)


@pytest.mark.parametrize(
    "raw",
    [
        IOS + b"%HSRP-5-STATECHANGE: Vlan10 Grp 10 state Speak -> Standby",
        IOS + b"%VRRP-6-STATECHANGE: Fa0/0 Grp 10 state Init -> Backup",
        FRR + b"Neighbor 10.1.1.2 (eth1) is pending: new adjacency",
        b"<30>Nov 23 14:03:27 R1 ldpd[27]: Neighbor 10.1.1.2 (eth1) is down: timeout",
        EOS + b"%OSPF-4-OSPF_STATE_CHANGE: NGB 10.0.0.2, intf 172.16.0.2 change from <DOWN> to <DOWN>",
    ],
)
def test_what_lies_between_the_states_says_nothing(raw: bytes) -> None:
    message = read(raw, RECEIVED)

    assert isinstance(message, LogMessage)
    assert message.facts == ()


@pytest.mark.parametrize(
    "raw",
    [
        FRR + b"Neighbor 10.1.1.2 (eth1) prefix withdrawn",
        b"<30>Nov 23 14:03:27 R1 vrrpd[27]: [CORE] [VRID 10] [IPv4] Adver_Timer expired",
        PANOS + b'ha,0,2026/11/23 14:03:27,,ha1-up,,0,0,general,informational,"HA1 hello received from peer",12',
        PROCURVE + b"00179 mgr: SME SSH from 192.0.2.9 - MANAGER Mode",
        PROCURVE + b"02618 vrrp: Virtual router 10 enabled",
        PROCURVE + b"the on-line help",
    ],
)
def test_what_concerns_no_route_is_unrelated(raw: bytes) -> None:
    assert read(raw, RECEIVED) == Unrelated(hostname="R1")


@pytest.mark.parametrize(
    "raw",
    [
        IOS + b"%HSRP-5-STATECHANGE: nonsense",
        IOS + b"%TRACK-6-STATE: 1",
        IOS + b"%RTT-3-IPSLATHRESHOLD: nobody knows",
        IOS + b"%DUAL-5-NBRCHANGE: EIGRP-IPv4 100: somebody went",
        NXOS + b"%HSRP_ENGINE-5-GRPSTATECHANGE: nonsense",
    ],
)
def test_a_message_of_ours_in_other_words_is_counted_as_not_understood(raw: bytes) -> None:
    assert isinstance(read(raw, RECEIVED), Unparsed)


@pytest.mark.parametrize(
    ("text", "name", "verdict"), [(b"24 is now off-line", "24", DOWN), (b"A1 is now on-line", "A1", UP)]
)
def test_a_procurve_port_changes_state(text: bytes, name: str, verdict: Verdict) -> None:
    said = fact(PROCURVE + b"00077 ports: port " + text)

    assert (said.plane, said.name, said.verdict) == (Plane.LINK, name, verdict)


@given(
    st.sampled_from([row[0] for row in CONTEXT] + [row[0] for row in EIGRP]),
    st.integers(0, 250),
    st.binary(max_size=6),
    st.integers(0, 12),
)
def test_a_damaged_message_gets_an_answer_that_can_be_shown(raw: bytes, where: int, noise: bytes, removed: int) -> None:
    message = read(raw[:where] + noise + raw[where + removed :], RECEIVED)

    for said in message.facts if isinstance(message, LogMessage) else ():
        assert all(sanitise(text) == text for text in (said.name, said.detail, said.vrf, *said.peer_names))


@pytest.mark.parametrize("word", [b"a", b"Vlan1 ", b"to ", b"Grp ", b"x -> ", b"vrf ", b" ", b"1", b"Neighbor "])
@pytest.mark.parametrize("tag", [b"%HSRP-5-STATECHANGE:", b"%TRACK-6-STATE:", b"%DUAL-5-NBRCHANGE:", b"vrrp:"])
def test_nothing_of_ours_in_a_long_message_is_no_fact(tag: bytes, word: bytes) -> None:
    message = read(IOS + tag + b" " + word * (4000 // len(word)), RECEIVED)

    assert not isinstance(message, LogMessage) or message.facts == ()
